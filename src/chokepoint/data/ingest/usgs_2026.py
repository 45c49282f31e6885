"""Layout of MCS 2026: one long file, a row a value, world tables and United States statistics together."""

import re
from collections import Counter

from chokepoint.data.ingest import areas, salient, values
from chokepoint.data.ingest.files import Sheet, need, year_in
from chokepoint.data.ingest.tidy import Reading, Row, Tables, footnote

COLUMNS = [
    "MCS chapter",
    "Section",
    "Commodity",
    "Country",
    "Statistics",
    "Statistics_detail",
    "Unit",
    "Year",
    "Value",
    "Notes",
]
WORLD = {"Production": "production", "Capacity": "capacity", "Reserves": "reserves"}
SALIENT = {
    "Production": "production",
    "Import": "imports",
    "Export": "exports",
    "Consumption": "consumption",
    "Net import reliance": "net_import_reliance",
    "Stock": "stocks",
    "Employment": "employment",
    "Shipment": "shipments",
    "Sales": "sales",
    "Sold": "sales",
    "Sold or used": "sold_or_used",
    "Supply": "supply",
    "Price": "price",
}
SLIPS = 10  # times fewer lines than the year that has most: so few are no year of the release
# Which import series stands for its commodity, best first.
TOTALS = ("total|combined total|all forms|manganese contained", "refined|primary", "")


def fits(sheet: Sheet) -> bool:
    """Whether this is the long main file, going by columns that no other layout has (one may be misspelt)."""
    return len({"MCS chapter", "Section", "Statistics", "Statistics_detail"} & set(sheet.header)) >= 2


def year(sheet: Sheet) -> int:
    """Return the release year: the year after the newest figures.

    A few lines with a later year do not make it; they are slips, and are judged. A part of the file without
    its newest year is of the release that its name gives.
    """
    need(sheet, COLUMNS)
    lines = Counter(int(row["Year"]) for _, row in sheet.rows if re.fullmatch(r"\d{4}", row["Year"]))
    if not lines:
        return 1
    most = max(lines.values())
    newest = max(year for year, count in lines.items() if count * SLIPS >= most)
    return max(newest + 1, year_in(sheet.name) or 0)


def read(sheet: Sheet, tables: Tables) -> None:
    """Add every row of the main file to the tables."""
    rows = tables.report.rows
    for line, row in rows.each(sheet.rows):
        where = f"{sheet.name} line {line}"
        section, statistic = row.get("Section", ""), row.get("Statistics", "")
        if section.startswith("World") and statistic in WORLD and row["Year"].isdecimal():
            about = {"table": WORLD[statistic], "area": row["Country"], "form": _form(row)}
            tables.world(_reading(row, where, **about))
        elif section.startswith("Salient") and statistic in SALIENT and row["Year"].isdecimal():
            salient.add(tables, _reading(row, where, statistic=SALIENT[statistic]))
        elif section.startswith("Import"):
            tables.add("import_sources", _import_source(row, tables), where)
        else:
            rows.refuse(
                f'section "{section}", statistic "{statistic}", year "{row.get("Year", "")}" is none that '
                "is read"
            )
            continue
        rows.kept += 1
    _chapter_notes(sheet, tables)
    _headline_imports(tables)


def _form(row: dict[str, str]) -> str:
    """Return what an area counts: what stands in the detail after a colon or a dash."""
    form = re.split(r"[:—]", row["Statistics_detail"] + ":", maxsplit=1)[1].strip(" :,")
    return re.sub(r",? ?\brounded\b", "", form).strip(" ,")


def _reading(row: dict[str, str], where: str, **about: str) -> Reading:
    return Reading(
        names=(row["Commodity"], row["MCS chapter"]),
        text=row["Statistics_detail"],
        year=int(row["Year"]),
        printed=row["Value"],
        unit=row["Unit"],
        notes=row["Notes"],
        estimated=row["Notes"].startswith("Estimated"),
        where=where,
        **about,
    )


def _import_source(row: dict[str, str], tables: Tables) -> Row | str:
    place = areas.area(row["Country"], tables.ref.areas)
    if place.kind == "unknown":
        return areas.unknown(row["Country"], tables.ref.areas)
    rule = tables.ref.commodity((row["Commodity"], row["MCS chapter"]), row["Statistics_detail"])
    if rule is None:
        return f'commodity "{row["Commodity"]}" is not in data/commodities.csv: add a row there'
    detail = row["Statistics_detail"]
    first, last = period(row["Year"])
    cell = values.parse(row["Value"])
    if cell.qualifier == "word" and (fault := values.spoilt(row["Value"])):
        return fault
    return {
        "mineral": rule["mineral"],
        "commodity": rule["commodity"],
        "detail": "" if detail.casefold() in ("all", "all forms", rule["commodity"].casefold()) else detail,
        "headline": False,
        "area": place.name,
        "area_kind": place.kind,
        "iso3": place.iso3,
        "rank": None,
        "first_year": first,
        "last_year": last,
        "value": cell.value,
        "printed": row["Value"],
        "qualifier": cell.qualifier,
        "low": cell.low,
        "high": cell.high,
        "footnote": footnote(row["Notes"]),
        "source_id": tables.source_id,
    }


def period(printed: str) -> tuple[int | None, int | None]:
    """Return first and last year of a period, whatever its dash.

    >>> period("2021–24"), period("2020_2023")
    ((2021, 2024), (2020, 2023))
    """
    found = re.search(r"(\d{4})\D+(\d{2,4})", printed)
    if not found:
        return None, None
    first, last = found[1], found[2]
    return int(first), int(last if len(last) == 4 else first[:2] + last)


def _headline_imports(tables: Tables) -> None:
    """Mark the series that stands for a commodity, and rank its countries.

    It is the total, else refined metal, else the first. Existing rows count and are not changed.
    """
    read = {id(row) for row, _ in tables.rows.get("import_sources", {}).values()}
    series: dict[tuple, dict[str, list[Row]]] = {}
    for row in tables.with_existing("import_sources") if read else []:
        series.setdefault((row["mineral"], row["commodity"]), {}).setdefault(row["detail"], []).append(row)
    for details in series.values():
        total = next(d for words in TOTALS for d in details if re.match(words, d, re.I))
        for detail, members in details.items():
            named = [r for r in members if r["area_kind"] != "other"]
            ranked = sorted(named, key=lambda r: -float(r["value"] or r["low"] or 0))
            places = {id(row): place for place, row in enumerate(ranked, 1)}
            for row in (r for r in members if id(r) in read):
                row["rank"] = places.get(id(row), row["rank"])
                row["headline"] = detail in (total, "")


def _chapter_notes(sheet: Sheet, tables: Tables) -> None:
    """Add what a chapter says about its world table as a whole (revisions, coverage), once."""
    seen = set()
    for line, row in sheet.rows:
        if not row.get("Section", "").startswith("World"):
            continue
        rule = tables.ref.commodity((row["Commodity"], row["MCS chapter"]), "")
        for note in re.split(r"\s*--\s*", row.get("Other notes", "")):
            if rule and note and not note.startswith("(Data in") and (rule["commodity"], note) not in seen:
                seen.add((rule["commodity"], note))
                made = {
                    "mineral": rule["mineral"],
                    "commodity": rule["commodity"],
                    "note": note,
                    "source_id": tables.source_id,
                }
                tables.add("chapter_notes", made, f"{sheet.name} line {line}")
