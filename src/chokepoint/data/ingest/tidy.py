"""Readings to rows: what it is, whose it is, how much, and every caveat in a column of its own."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd

from chokepoint.data.ingest import areas, values
from chokepoint.data.ingest.reference import Reference
from chokepoint.data.ingest.report import Report
from chokepoint.errors import UserError


@dataclass(frozen=True)
class Reading:
    """One printed value and the words around it, as a reader found them."""

    table: str  # production, capacity, reserves
    names: tuple[str, ...]  # the commodity as printed, most telling first
    text: str  # the words that say which series it is
    area: str
    year: int
    printed: str
    unit: str
    form: str = ""  # what this area counts, where the words say so
    notes: str = ""
    estimated: bool = False
    where: str = ""


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
    """The notes without what every row says.

    >>> footnote("Estimated. -- Excludes U.S. production.")
    'Excludes U.S. production.'
    """
    parts = [
        part.strip(" .") if not part.endswith(".”") else part.strip() for part in re.split(r"\s*--\s*", notes)
    ]
    kept = [p for p in parts if p and not any(re.fullmatch(b, p + ".") for b in BOILERPLATE)]
    text = ". ".join(kept)
    return text + ("" if text.endswith((".”", ".")) or not text else ".")


def exact(number: float | None) -> float | None:
    """A number free of the noise of unit conversion."""
    return None if number is None else float(f"{number:.12g}")


def _form(form: str, rule: dict[str, str]) -> str:
    """The form a row names, unless that is the series itself."""
    own = form.casefold() in (rule["commodity"].casefold(), rule["detail"].casefold())
    return "" if own or rule["detail"] not in ("", "all forms") else form


def from_note(note: str, year: int) -> str:
    """What a note says in place of a figure left blank: MCS 2025 writes W, NA and Large there.

    >>> from_note("W for 23-24", 2024), from_note("na for 2023", 2023), from_note("na for 2023", 2024)
    ('W', 'NA', '')
    >>> from_note('Categorized as "Large"', 2023), from_note("Less than 1/2 unit", 2024), from_note("Reported.", 2024)
    ('Large', 's', '')
    """
    text = note.strip()
    if said := re.match(r"(W|NA|XX)\b(.*)", text, re.I):
        only = re.fullmatch(r" for (\d{4})\.?", said[2])
        return "" if only and int(only[1]) != year else said[1].upper()
    if re.match(r"less than (½|1/2) ?unit", text, re.I):
        return "s"
    if bound := re.match(r"[<>][\d,]+", text):
        return bound[0]
    sizes = "moderate to large|very small|large|moderate|small"
    if word := re.search(rf"(?:^|categori[sxz]ed as|considered(?: to be)?)\s*\W*({sizes})\b", text, re.I):
        return word[1].capitalize()
    if re.search(r"included (in|with)\b", text, re.I):
        return re.search(r"included (in|with).*", text, re.I)[0].rstrip(".").capitalize()
    return ""


def world_row(reading: Reading, ref: Reference, source_id: str) -> dict[str, object] | str:
    """A row of production, capacity or reserves; or the reason why there is none."""
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
    taken = values.parse(reading.printed)
    if taken.qualifier == "blank":
        return "nothing printed in the cell"
    if taken.qualifier == "word" and (why := values.spoilt(reading.printed)):
        return why
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
        "qualifier": taken.qualifier,
        "estimated": reading.estimated or taken.estimated or place.estimated,
        "basis": rule["basis"],
        "excludes_us": place.kind == "world" and bool(re.search(r"xcludes U\.? ?S\.?", reading.notes)),
        "footnote": footnote(reading.notes),
        "correction_id": "",
        "superseded": None,
        "source_id": source_id,
    }
    for column, printed in (("value", taken.value), ("low", taken.low), ("high", taken.high)):
        row[column] = None if printed is None else exact(printed * factor)
    if reading.table == "reserves":
        del row["stage"]
    return row


class Tables:
    """Rows collected by table; a key given twice with another value is an error, with the same value a refusal."""

    def __init__(self, ref: Reference, report: Report) -> None:
        self.ref = ref
        self.report = report
        self.source_id = report.release.upper()
        self.rows: dict[str, dict[tuple, tuple[dict, str]]] = {}
        self.standing: Callable[[str], pd.DataFrame | None] = lambda table: (
            None
        )  # what stands of the release already, as text

    def with_standing(self, table: str) -> list[dict]:
        """The rows read so far, and those that stand of the release already and were not read anew (their numbers as text)."""
        read = self.rows.get(table, {})
        stands = self.standing(table)
        kept = (
            []
            if stands is None
            else [r for r in stands.to_dict("records") if tuple(r[k] for k in KEYS[table]) not in read]
        )
        return [row for row, _ in read.values()] + kept

    def world(self, reading: Reading) -> None:
        """Add a reading of production, capacity or reserves."""
        self.add(reading.table, world_row(reading, self.ref, self.source_id), reading.where)

    def add(self, table: str, row: dict[str, object] | str, where: str) -> None:
        """Count a reading, and keep its row or the reason why there is none."""
        tally = self.report.table(table)
        tally.read += 1
        if isinstance(row, str):
            tally.refuse(row)
            return
        if any(isinstance(v, float) and not abs(v) < MOST for v in row.values()):
            tally.refuse(f"{row['printed'][:40]!r} is larger than any figure can be")
            return
        key = tuple(row[k] for k in KEYS[table])
        before = self.rows.setdefault(table, {}).get(key)
        if before is None:
            self.rows[table][key] = (row, where)
            tally.kept += 1
        elif before[0].get("printed") == row.get("printed"):
            tally.refuse("the same value twice for one key")
        elif "not_applicable" in (before[0].get("qualifier"), row.get("qualifier")):
            # MCS 2023 repeats the column of reserves, as not applicable, beside a refinery's output.
            self.rows[table][key] = (row, where) if before[0]["qualifier"] == "not_applicable" else before
            tally.refuse("not applicable, where another line prints the figure")
        else:
            said = ", ".join(f"{k} {v}" for k, v in zip(KEYS[table], key, strict=True) if v)
            raise UserError(
                f"{where}: {said} is given twice, as {before[0]['printed']!r} ({before[1]}) and {row['printed']!r}. "
                "Remove one of the two lines, or tell the series apart in data/commodities.csv. Nothing was written."
            )

    def frames(self) -> dict[str, pd.DataFrame]:
        return {
            table: pd.DataFrame([{**row, WHERE: where} for row, where in rows.values()])
            for table, rows in self.rows.items()
        }
