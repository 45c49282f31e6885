"""The small tables of a release: the critical list, headline rows, export controls, agreements, ranked import sources."""

from __future__ import annotations

import re

from chokepoint.data.ingest import areas, values
from chokepoint.data.ingest.files import Sheet, need
from chokepoint.data.ingest.salient import reliance_series
from chokepoint.data.ingest.tidy import Tables, exact
from chokepoint.data.ingest.usgs_2026 import period

MEASURES = [
    ("primary_production", "Primary_prod", "t"),
    ("secondary_production", "Secondary_prod", "t"),
    ("apparent_consumption", "Apparent_Consumption", "t"),
    ("net_import_reliance", "Net_Import_Reliance", "percent"),
    ("primary_import_source", "Primary_import_source", ""),
    ("leading_producer_production", "Leading_country_prod", "t"),
    ("leading_producer_share", "Leading_source_precent_world", "percent"),
    ("world_production", "World_total_prod", "t"),
]
NOTES = {
    "primary_production": "Prod_notes",
    "secondary_production": "Prod_notes",
    "apparent_consumption": "Consumption_Notes",
    "primary_import_source": "Import_source_notes",
    "world_production": "World_prod_notes",
}


def plain_header(sheet: Sheet) -> dict[str, str]:
    """Columns by a name without case, spaces and the misspellings of some years."""
    names = {}
    for name in sheet.header:
        key = re.sub(r"[ _]+", "_", name).lower()
        key = key.replace("consuption", "consumption").replace("contsumption", "consumption")
        names[re.sub(r"^primary_import_sources?(_[\d-]+)?$", "primary_import_source", key)] = name
    return names


def fits(sheet: Sheet) -> bool:
    """Whether this is one of the small tables that are read."""
    names = set(plain_header(sheet))
    sets = (
        {"critical_mineral", "leading_source_country", "year"},
        {"critical_mineral", "primary_applications"},
        {"country", "control_type"},
    )
    return any(s <= names for s in (*sets, {"agreement", "signing_date"}, {"import_share_order"}))


def read(sheet: Sheet, tables: Tables) -> bool:
    """Read a small table if it is one of these; False if it is none."""
    names = plain_header(sheet)
    if {"critical_mineral", "leading_source_country", "year"} <= set(names):
        _each(sheet, tables, lambda row, where: _headline(row, names, tables, where))
    elif {"critical_mineral", "primary_applications"} <= set(names):
        _each(sheet, tables, lambda row, where: _critical(row, names, tables, where))
    elif {"country", "control_type"} <= set(names):
        need(sheet, ["Country", "Control_Type", "Commodity_Year", "Data_source"])
        _each(sheet, tables, lambda row, where: _control(row, tables, where))
    elif {"agreement", "signing_date"} <= set(names):
        need(sheet, ["Country", "Agreement"])
        _each(sheet, tables, lambda row, where: _agreement(row, tables, where))
    elif {"import_share_order", "import_share_rank"} & set(names):
        need(sheet, ["Commodity"])
        column, stated = (
            next((h for h in sheet.header if h.startswith(s)), "")
            for s in ("Major_Import_Sources", "Net_Import_Reliance")
        )
        if not column:
            return False
        _each(sheet, tables, lambda row, where: _figure_2(row, column, stated, tables, where))
    else:
        return False
    return True


def _each(sheet: Sheet, tables: Tables, one) -> None:
    for line, row in sheet.rows:
        tables.report.rows.read += 1
        tables.report.rows.kept += 1
        one(row, f"{sheet.name} line {line}")


def mineral(printed: str, tables: Tables) -> str:
    """The mineral a name of the critical list means, or ""."""
    name = re.sub(r"(?<=\D)\d+$", "", printed.strip())
    base = re.sub(r"\s*\(.*\)", "", name)
    slug = re.sub(r"\W+", "_", base.lower()).strip("_")
    return slug if slug in tables.ref.minerals else ""


def _no_mineral(printed: str) -> str:
    return f'mineral "{printed}" is not in data/minerals.csv: add a row there'


def _critical(row: dict[str, str], names: dict[str, str], tables: Tables, where: str) -> None:
    printed = row[names["critical_mineral"]]
    slug = mineral(printed, tables)
    made = {
        "mineral": slug,
        "uses": row[names["primary_applications"]],
        "note": row.get(names.get("category_note", ""), ""),
        "printed": printed,
        "source_id": tables.source_id,
    }
    tables.add("critical_list", made if slug else _no_mineral(printed), where)


def _headline(row: dict[str, str], names: dict[str, str], tables: Tables, where: str) -> None:
    printed = row[names["critical_mineral"]]
    slug = mineral(printed, tables)
    stated = re.match(r"\d{4}", row[names["year"]])
    if not stated:
        tables.add("headline", f'year "{row[names["year"]]}" is no year', where)
        return
    year = int(stated[0])
    for measure, column, unit in MEASURES:
        cell = row.get(names.get(column.lower(), ""), "")
        if not slug:
            tables.add("headline", _no_mineral(printed), where)
            continue
        place = ""
        if measure == "primary_import_source":
            place, cell = cell, ""
        elif measure.startswith("leading"):
            place = row.get(names["leading_source_country"], "")
        area = areas.area(place, tables.ref.areas) if place and place != "NA" else areas.Area("", "")
        taken = values.parse(cell)
        tables.add(
            "headline",
            {
                "mineral": slug,
                "commodity": re.sub(r"(?<=\D)\d+$", "", printed).strip(),
                "measure": measure,
                "year": year,
                "area": area.name,
                "iso3": area.iso3,
                "value": exact(taken.value),
                "unit": unit,
                "printed": cell or place,
                "qualifier": ""
                if measure == "primary_import_source"
                else taken.qualifier.replace("blank", "not_available"),
                "low": taken.low,
                "high": taken.high,
                "footnote": row.get(names.get(NOTES.get(measure, "").lower(), ""), ""),
                "source_id": tables.source_id,
            },
            where,
        )


def _control(row: dict[str, str], tables: Tables, where: str) -> None:
    """One row for each commodity a control names, with its year; what cannot be split stays whole."""
    place = areas.area(row["Country"], tables.ref.areas)
    if place.kind == "unknown":
        tables.add("export_controls", areas.unknown(row["Country"], tables.ref.areas), where)
        return
    for item, year in controlled(row["Commodity_Year"]):
        tables.add(
            "export_controls",
            {
                "area": place.name,
                "iso3": place.iso3,
                "control": row["Control_Type"].strip(),
                "commodity": item,
                "minerals": named_minerals(item, tables.ref.minerals),
                "since": year,
                "url": web(row["Data_source"]),
                "printed": row["Commodity_Year"],
                "source_id": tables.source_id,
            },
            where,
        )


def controlled(text: str) -> list[tuple[str, int | None]]:
    """Commodities and the year of each.

    >>> controlled("Bauxite (2023), copper concentrates (2023), and nickel ore (2020).")
    [('bauxite', 2023), ('copper concentrates', 2023), ('nickel ore', 2020)]
    >>> controlled("Quartz and gypsum (2024).")
    [('quartz', 2024), ('gypsum', 2024)]
    """
    found = []
    for part, year in re.findall(r"(.*?)\((\d{4})\)[,. ]*", text):
        bare = re.sub(r"\([^)]*\)", lambda m: m[0].replace(",", "&").replace(" and ", " + "), part)
        bare = re.sub(
            r"^(and|Raw minerals, including|Ores and concentrates of|Ore concentrates of|Raw materials of) ",
            "",
            bare.strip(),
            flags=re.I,
        )
        items = (
            [bare] if bare.startswith("items related") else re.split(r", and |, | and (?!alloys|scrap)", bare)
        )
        for item in items:
            item = item.replace("&", ",").replace(" + ", " and ").strip(" ,")
            if item:
                found.append((item[0].lower() + item[1:], int(year)))
    return found


ORES = {
    "bauxite": "aluminum",
    "rare earth": "rare_earths",
    "cassiterite": "tin",
    "chromite": "chromium",
    "columbite": "niobium",
    "tantalite": "tantalum",
    "apatite": "phosphate_rock",
    "synthesized diamond": "diamond_industrial",
    "raw diamond": "gemstones",
    "potassium": "potash",
}


def named_minerals(item: str, known: set[str]) -> str:
    """The minerals an item of a control names, separated by semicolons; none for goods made of several.

    >>> named_minerals("columbite-tantalite", set()), named_minerals("nickel ore", {"nickel"})
    ('niobium;tantalum', 'nickel')
    >>> named_minerals("items related to lithium batteries", {"lithium"}), named_minerals("raw rare earths", set())
    ('', 'rare_earths')
    """
    if item.startswith("items related"):
        return ""
    words = re.findall(r"[a-z]+", item.lower())
    found = [slug for ore, slug in ORES.items() if ore in item.lower()] + [w for w in words if w in known]
    return ";".join(dict.fromkeys(found))


def _agreement(row: dict[str, str], tables: Tables, where: str) -> None:
    """An agreement with both dates as printed; the ISO one is adopted, and a disagreement of the two is said."""
    printed, iso = row.get("Signing_date", ""), row.get("Signing_date #2", "")
    made = {
        "party": row["Country"].strip(),
        "iso3": "",
        "agreement": row["Agreement"].strip(),
        "signed": iso,
        "printed": printed,
        "dates_agree": same_date(printed, iso),
        "focus": row.get("Focus_area", ""),
        "url": web(row.get("Source", "")),
        "note": "",
        "correction_id": "",
        "source_id": tables.source_id,
    }
    place = areas.area(made["party"], tables.ref.areas)
    made["iso3"] = place.iso3 if place.kind == "country" else ""
    tables.add("trade_agreements", made, where)


def web(address: str) -> str:
    """An address that a browser may be sent to, or nothing.

    >>> web("https://example.org/a"), web("javascript:alert(1)")
    ('https://example.org/a', '')
    """
    return address if re.fullmatch(r"https?://\S+", address) else ""


MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]


def same_date(printed: str, iso: str) -> bool:
    """Whether the two dates the table prints are one.

    >>> same_date("20-Oct-25", "2025-10-20"), same_date("23-Aug", "2025-09-23"), same_date("25-Feb", "2025-02")
    (True, False, True)
    """
    day = re.fullmatch(r"(\d{1,4})-(\w{3})(?:-(\d{1,4}))?", printed)
    parts = iso.split("-")
    if not day or not re.fullmatch(r"\d{4}-\d{1,2}(-\d{1,2})?", iso) or day[2].lower() not in MONTHS:
        return printed == iso
    if MONTHS.index(day[2].lower()) + 1 != int(parts[1]):
        return False
    if day[3] is None and len(parts) == 2:
        return day[1] == parts[0][2:]  # a spreadsheet read February 2025 as 25 February
    return int(day[1]) == int(parts[2]) if len(parts) > 2 else True


def _figure_2(row: dict[str, str], column: str, stated: str, tables: Tables, where: str) -> None:
    """A line of figure 2: how far the United States relies on imports of one thing, and its main sources in order."""
    printed = row["Commodity"].strip()
    base, _, detail = printed.partition(", ")
    rule = tables.ref.commodity((printed, base), detail)
    if rule is None:
        tables.add(
            "import_sources", f'commodity "{printed}" is not in data/commodities.csv: add a row there', where
        )
        return
    if stated:
        _reliance(row, stated, rule, detail, tables, where)
    _ranked(row, column, rule, detail, tables, where)


def _reliance(
    row: dict[str, str], column: str, rule: dict[str, str], detail: str, tables: Tables, where: str
) -> None:
    """Net import reliance as figure 2 prints it: for some minerals no other table of a release has it."""
    year = re.search(r"\d{4}", column)
    taken = values.parse(row[column])
    made = {
        "mineral": rule["mineral"],
        "commodity": rule["commodity"],
        "detail": reliance_series(detail, rule["commodity"]),
        "year": int(year[0]) if year else None,
        "value": taken.value,
        "unit": "percent",
        "printed": row[column],
        "qualifier": taken.qualifier,
        "low": taken.low,
        "high": taken.high,
        "source_id": tables.source_id,
    }
    if not year:
        tables.add("import_reliance", f'column "{column}" names no year', where)
    elif taken.qualifier == "blank":
        tables.add("import_reliance", "nothing printed in the cell", where)
    else:
        tables.add("import_reliance", made, where)


def _ranked(
    row: dict[str, str], column: str, rule: dict[str, str], detail: str, tables: Tables, where: str
) -> None:
    """Import sources in order of share, where a release prints no shares."""
    if any(
        r["commodity"] == rule["commodity"] and r["value"] not in (None, "")
        for r in tables.with_standing("import_sources")
    ):
        tables.add("import_sources", "a ranking of sources whose shares the release gives elsewhere", where)
        return
    first, last = period(column)
    for rank, name in enumerate((n.strip() for n in row[column].split(",")), 1):
        if name in ("", "NA"):
            tables.add("import_sources", "no import source named", where)
            continue
        place = areas.area(name.removeprefix("and "), tables.ref.areas)
        made = {
            "mineral": rule["mineral"],
            "commodity": rule["commodity"],
            "detail": detail,
            "headline": True,
            "area": place.name,
            "area_kind": place.kind,
            "iso3": place.iso3,
            "rank": rank,
            "first_year": first,
            "last_year": last,
            "value": None,
            "printed": name,
            "qualifier": "not_available",
            "low": None,
            "high": None,
            "footnote": row.get("Notes", "").replace("Descending order of import share.", "").strip(" ."),
            "source_id": tables.source_id,
        }
        tables.add(
            "import_sources",
            areas.unknown(name, tables.ref.areas) if place.kind == "unknown" else made,
            where,
        )
