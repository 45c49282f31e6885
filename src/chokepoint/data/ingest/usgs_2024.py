"""Layout of MCS 2022 to 2024, and the salient files up to 2025.

One small file a commodity, units and years in the header.
"""

import re
from typing import NamedTuple

from chokepoint.data.ingest import salient, values
from chokepoint.data.ingest.files import Sheet
from chokepoint.data.ingest.tidy import Reading, Tables, from_note

STATISTICS = {"prod": "production", "cap": "capacity", "reserves": "reserves", "reserve": "reserves"}
PRICE_UNITS = ["ctslb", "dtoz", "dkg", "dlb", "dst", "dto", "dt", "dg", "df", "index"]
UNITS = [
    *PRICE_UNITS,
    "mmt",
    "mdol",
    "msqft",
    "mct",
    "kct",
    "mcm",
    "num",
    "pct",
    "kt",
    "kg",
    "mt",
    "t",
    "g",
    "cm",
]


class Column(NamedTuple):
    """A value column of a world file, taken from its name."""

    name: str
    table: str
    unit: str
    year: int | None
    estimated: bool
    detail: str
    notes: str


def is_world(sheet: Sheet) -> bool:
    """Whether this is a world table of one commodity."""
    return "Country" in sheet.header and any(
        re.match(r"(prod|cap|reserves?)_", h, re.I) for h in sheet.header
    )


def is_salient(sheet: Sheet) -> bool:
    """Whether this is the salient statistics of one commodity."""
    return (
        "Year" in sheet.header
        and "Commodity" in sheet.header
        and sheet.header[0] in ("DataSource", "Source")
        and len(sheet.header) > 4
    )


def code(name: str) -> str:
    """Return the short code of a commodity in a file name.

    >>> code("world/mcs2024-antim_world.csv"), code("MCS2024-bismu_world.csv")
    ('antim', 'bismu')
    """
    found = re.search(r"mcs\d{4}[-_]([\w-]+?)_(?:world|salient)", name, re.I)
    return found[1].lower() if found else name.rsplit("/", 1)[-1].removesuffix(".csv").lower()


def columns(header: list[str]) -> list[Column]:
    """Return the value columns of a world file.

    >>> columns(["Prod_kt_2022", "Prod_kt_Est_2023", "Prod_notes"])[1][1:5]
    ('production', 'kt', 2023, True)
    >>> [c.detail for c in columns(["Reserves_ore_kt", "Reserves_ore_K2O_equiv_kt"])]
    ['ore', 'ore_K2O_equiv']
    """
    found = []
    for name in header:
        first, *rest = name.split("_")
        if first.lower() not in STATISTICS or "note" in name.lower():
            continue
        unit = next((p for p in rest if p.lower() in UNITS), "")
        years = [p for p in rest if re.fullmatch(r"\d{4}", p)]
        detail = "_".join(p for p in rest if p not in (unit, *years) and p.lower() != "est")
        own = [h for h in header if h.lower().startswith(f"{first.lower()}_note")]
        reserves = [
            h for h in header if first.lower().startswith("reserve") and re.match(r"reserves?_note", h, re.I)
        ]
        notes, year = next(iter([*own, *reserves]), ""), int(years[0]) if years else None
        estimated = any(p.lower() == "est" for p in rest)
        found.append(Column(name, STATISTICS[first.lower()], unit.lower(), year, estimated, detail, notes))
    return found


def read_world(sheet: Sheet, tables: Tables, release_year: int) -> None:
    """Add every figure of a world file to the tables."""
    beside = [*sheet.header[sheet.header.index("Country") + 1 :], ""][0]
    # One file says "Form", one has the type itself for a name.
    column, found = "Type" if "Type" in sheet.header else beside, columns(sheet.header)
    for line, row in sheet.rows:
        kind = row.get(column, "") or column
        if row.get("Country"):
            tables.worlds([r for c in found if (r := _reading(sheet, line, row, kind, c, release_year))])
        else:
            tables.report.rows.read += 1
            tables.report.rows.refuse("a line of a world table without a country")


def _reading(
    sheet: Sheet, line: int, row: dict[str, str], kind: str, column: Column, release_year: int
) -> Reading | None:
    note = row.get(column.notes, "") if column.notes else ""
    stray = row.get("_stray", "")
    if len(stray) > 20:  # a note that slipped past the last column; a number there repeats one inside
        note = f"{note} -- {stray}" if note else stray
    year = column.year or release_year - 1
    printed = row.get(column.name, "").strip()
    word = from_note(note, year)
    if not printed or (printed == "NA" and values.parse(word).qualifier == "word"):
        printed = word or printed  # "NA" beside "considered large" is the word
    if not printed:
        return None
    table = "capacity" if "capacity" in kind.lower() and "production" not in kind.lower() else column.table
    late = re.search(r"estimated", note, re.I) and not column.estimated
    reported = column.estimated and re.search(rf"\breported\b.*\b{year}\b|^reported\.?$", note, re.I)
    return Reading(
        table=table,
        names=(code(sheet.name), code(sheet.name)[:5]),
        text=column.detail or kind,
        area=row["Country"],
        year=year,
        printed=printed,
        unit=column.unit,
        notes=""
        if re.fullmatch(r"(also )?(estimated|reported)[^.]{0,30}\.?|NA|not applicable|[\d,]+", note, re.I)
        else note,
        estimated=table != "reserves" and bool(late or column.estimated) and not reported,
        where=f"{sheet.name} line {line}",
    )


def read_salient(sheet: Sheet, tables: Tables) -> None:
    """Add every figure of a salient file to the tables."""
    rows, usual = tables.report.rows, _usual_unit(sheet.header)
    # Of the release, not of the file, which may be a part of one.
    newest = int(tables.report.release.removeprefix("mcs")) - 1
    for line, row in rows.each(sheet.rows):
        year = re.match(r"\d{4}", row["Year"])
        if not year:
            rows.refuse("a line of salient statistics without a year")
            continue
        rows.kept += 1
        for header in sheet.header[3:]:
            if row.get(header):
                name, unit = split_unit(header)
                label = Reading(
                    names=(code(sheet.name), row["Commodity"]),
                    text=_words(name),
                    year=int(year[0]),
                    printed=row[header],
                    unit=unit or usual,
                    # The newest year is always an estimate.
                    estimated="est" in row["Year"].lower() or int(year[0]) == newest,
                    where=f"{sheet.name} line {line}",
                )
                salient.add(tables, label)


def split_unit(header: str) -> tuple[str, str]:
    """Return a header without its unit, and the unit, glued or not.

    >>> split_unit("Imports_Metalkg"), split_unit("Price_High-purity_dkg"), split_unit("Employment_")
    (('Imports_Metal', 'kg'), ('Price_High-purity', 'dkg'), ('Employment', ''))
    >>> split_unit("Consump_Reportedt"), split_unit("Price_WO3dt")
    (('Consump_Reported', 't'), ('Price_WO3', 'dt'))
    """
    bare = re.sub(r" #\d+$", "", header)
    mark = header[len(bare) :]
    if bare.lower().startswith("employment"):
        return re.sub(r"_?(num|um|m|t|mmt)?$", "", bare) + mark, "num" if bare.endswith(("num", "um")) else ""
    if bare.lower().startswith("nir") or "_nir" in bare.lower():
        return re.sub(r"_?(pct|ct|t)$", "", bare) + mark, "pct"
    glued = PRICE_UNITS if bare.startswith("Price") else ["kt", "kg", "t"]
    if "_" not in bare or bare.endswith(("Ingot", "Market", "Plant", "Pigment")):
        glued = []
    unit = next((u for u in UNITS if bare.endswith("_" + u)), "")
    unit = unit or next((u for u in glued if bare.endswith(u)), "")
    return bare.removesuffix(unit).rstrip("_") + mark, unit


def _words(name: str) -> str:
    """Write a header as words, the statistic first: `Alumina_Imports` reads `Imports Alumina`."""
    name = name.replace("CASE STATEMENT ERROR", "")
    part = re.match(r"(Bauxite|Alumina|Bort|Stones|HPQ|Crystal|Granite)_?(?=[A-Z])(.*)", name)
    return " ".join((f"{part[2]} {part[1]}" if part else name).replace("_", " ").split())


def _usual_unit(header: list[str]) -> str:
    """Return the unit most columns of a file are in, for one that lacks its own."""
    masses = [u for u in (split_unit(h)[1] for h in header) if u in ("t", "kt", "kg", "mmt")]
    return max(set(masses), key=masses.count) if masses else ""
