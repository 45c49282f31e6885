"""Readings to rows: what it is, whose it is, how much, and every caveat in a column of its own."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from chokepoint.data.ingest import areas, values
from chokepoint.data.ingest.reference import Reference, records
from chokepoint.data.ingest.report import Report
from chokepoint.errors import UserError


@dataclass(frozen=True)
class Reading:
    """One printed value and the words around it, as a reader found them."""

    names: tuple[str, ...]  # the commodity as printed, most telling first
    text: str  # the words that say which series it is, and of a label of salient statistics which statistic
    year: int
    printed: str
    unit: str
    where: str
    notes: str = ""
    estimated: bool = False
    table: str = ""  # production, capacity, reserves; none of a label, whose words say it
    area: str = ""
    form: str = ""  # what this area counts, where the words say so
    statistic: str = ""  # of a label, where the file says it in a column of its own


Row = dict[str, Any]
WORLD_KEY = ["mineral", "commodity", "stage", "detail", "form", "area", "year"]
KEYS = {
    "production": WORLD_KEY,
    "capacity": WORLD_KEY,
    "reserves": [k for k in WORLD_KEY if k != "stage"],
    "salient": ["mineral", "commodity", "statistic", "detail", "year"],
    "prices": ["mineral", "commodity", "series", "basis", "unit", "year"],
    "import_sources": ["mineral", "commodity", "detail", "area"],
    "import_reliance": ["mineral", "commodity", "detail", "year"],
    "critical_list": ["mineral"],
    "headline": ["mineral", "commodity", "measure", "year"],
    "export_controls": ["area", "control", "commodity"],
    "trade_agreements": ["party", "agreement"],
    "chapter_notes": ["mineral", "commodity", "note"],
}
WHERE = "_where"  # column with the file and line a row was read from; it is not written
MOST = 1e18  # of any unit: no figure of a mineral comes near it
BOILERPLATE = (r"Estimated ?\.?", r"Reported\.?", r"See Appendix C for [^.]*\.")


def footnote(notes: str) -> str:
    """Return the notes without what every row says.

    >>> footnote("Estimated. -- Excludes U.S. production.")
    'Excludes U.S. production.'
    """
    parts = [p.strip() if p.endswith(".”") else p.strip(" .") for p in re.split(r"\s*--\s*", notes)]
    text = ". ".join(p for p in parts if p and not any(re.fullmatch(b, p + ".") for b in BOILERPLATE))
    return text + ("" if text.endswith((".”", ".")) or not text else ".")


def _form(form: str, rule: dict[str, str]) -> str:
    """Return the form a row names, unless that is the series itself."""
    own = form.casefold() in (rule["commodity"].casefold(), rule["detail"].casefold())
    return "" if own or rule["detail"] not in ("", "all forms") else form


def from_note(note: str, year: int) -> str:
    """Return what a note says in place of a figure left blank: MCS 2025 writes W, NA and Large there.

    >>> from_note("W for 23-24", 2024), from_note("na for 2023", 2023), from_note("na for 2023", 2024)
    ('W', 'NA', '')
    >>> (from_note('Categorized as "Large"', 2023), from_note("Less than 1/2 unit", 2024),
    ...     from_note("Reported.", 2024))
    ('Large', 's', '')
    """
    text = note.strip()
    if mark := re.match(r"(W|NA|XX)\b(.*)", text, re.I):
        only = re.fullmatch(r" for (\d{4})\.?", mark[2])
        return "" if only and int(only[1]) != year else mark[1].upper()
    if re.match(r"less than (½|1/2) ?unit", text, re.I):
        return "s"
    if bound := re.match(r"[<>][\d,]+", text):
        return bound[0]
    sizes = "moderate to large|very small|large|moderate|small"
    if word := re.search(rf"(?:^|categori[sxz]ed as|considered(?: to be)?)\s*\W*({sizes})\b", text, re.I):
        return word[1].capitalize()
    included = re.search(r"included (in|with)\b.*", text, re.I)
    return included[0].rstrip(".").capitalize() if included else ""


def world_row(reading: Reading, ref: Reference, source_id: str) -> Row | str:
    """Return a row of production, capacity or reserves; or the reason why there is none."""
    place = areas.area(reading.area, ref.areas)
    if place.kind == "unknown":
        return areas.unknown(reading.area, ref.areas)
    rule = ref.commodity(
        reading.names, f"{reading.table}: {reading.text} {place.form if place.kind == 'world' else ''}"
    )
    if rule is None:
        return f'commodity "{reading.names[0]}" is not in data/commodities.csv: add a row there'
    known_unit = values.unit(reading.unit)
    if known_unit is None:
        return f'unit "{reading.unit}" is not known'
    unit, factor = known_unit
    cell = values.parse(reading.printed)
    if fault := values.fault(reading.printed, cell):
        return fault
    row = {
        "mineral": rule["mineral"],
        "commodity": rule["commodity"],
        "stage": rule["stage"],
        "detail": rule["detail"],
        "form": "" if place.kind == "world" else place.form or _form(reading.form, rule),
        "area": place.name,
        "area_kind": place.kind,
        "iso3": place.iso3,
        "year": reading.year,
        "unit": unit,
        "printed": reading.printed,
        "printed_unit": " ".join(reading.unit.split()),
        "qualifier": cell.qualifier,
        "estimated": reading.estimated or cell.estimated or place.estimated,
        "basis": rule["basis"],
        "excludes_us": place.kind == "world" and bool(re.search(r"xcludes U\.? ?S\.?", reading.notes)),
        "footnote": footnote(reading.notes),
        "correction_id": "",
        "superseded": None,
        "source_id": source_id,
        **values.numbers(cell, factor),
    }
    if reading.table == "reserves":
        del row["stage"]
    return row


@dataclass
class Tables:
    """Rows collected by table.

    A key given twice with another value is an error, with the same value a refusal.
    """

    ref: Reference
    report: Report
    existing: Callable[
        [str], pd.DataFrame | None
    ]  # table → what the project has of the release already, as text
    rows: dict[str, dict[tuple, tuple[Row, str]]] = field(default_factory=dict)

    @property
    def source_id(self) -> str:
        """The release as a source."""
        return self.report.release.upper()

    def with_existing(self, table: str) -> list[Row]:
        """Return the rows read so far, and the existing ones not read anew (their numbers as text)."""
        read, before = self.rows.get(table, {}), self.existing(table)
        kept = [] if before is None else records(before)
        return [row for row, _ in read.values()] + [
            r for r in kept if tuple(r[k] for k in KEYS[table]) not in read
        ]

    def world(self, reading: Reading) -> None:
        """Add a reading of production, capacity or reserves."""
        self.add(reading.table, world_row(reading, self.ref, self.source_id), reading.where)

    def worlds(self, readings: list[Reading]) -> None:
        """Add the readings of one line of a world table, and count the line."""
        lines = self.report.rows
        lines.read += 1
        for reading in readings:
            self.world(reading)
        if readings:
            lines.kept += 1
        else:
            lines.refuse("a line of the world table with neither a figure nor a note in place of one")

    def add(self, table: str, row: Row | str, where: str) -> None:
        """Count a reading, and keep its row or the reason why there is none.

        UserError where a key is given twice, with two figures.
        """
        tally = self.report.table(table)
        tally.read += 1
        if isinstance(row, dict) and any(isinstance(v, float) and not abs(v) < MOST for v in row.values()):
            row = f"{row['printed'][:40]!r} is larger than any figure can be"
        if isinstance(row, str):
            tally.refuse(row)
            return
        key = tuple(row[k] for k in KEYS[table])
        before = self.rows.setdefault(table, {}).setdefault(key, (row, where))
        if before[0] is row:
            tally.kept += 1
        elif before[0].get("printed") == row.get("printed"):
            tally.refuse("the same value twice for one key")
        elif "not_applicable" in (before[0].get("qualifier"), row.get("qualifier")):
            # MCS 2023 repeats the column of reserves, as not applicable, beside a refinery's output.
            if before[0]["qualifier"] == "not_applicable":
                self.rows[table][key] = (row, where)
            tally.refuse("not applicable, where another line prints the figure")
        else:
            series = ", ".join(f"{k} {v}" for k, v in zip(KEYS[table], key, strict=True) if v)
            raise UserError(
                f"{where}: {series} is given twice, as {before[0]['printed']!r} ({before[1]}) and "
                f"{row['printed']!r}. Remove one of the two lines, or tell the series apart in "
                "data/commodities.csv. Nothing was written."
            )

    def frames(self) -> dict[str, pd.DataFrame]:
        """Return the rows by table, each with the place it was read from."""
        return {
            table: pd.DataFrame([{**row, WHERE: where} for row, where in rows.values()])
            for table, rows in self.rows.items()
        }
