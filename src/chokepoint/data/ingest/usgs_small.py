"""The small tables of a release.

The critical list, headline rows, export controls, agreements, ranked import sources.
"""

import re
from collections.abc import Iterator

from chokepoint.data.ingest import areas, values
from chokepoint.data.ingest.files import Sheet, need
from chokepoint.data.ingest.salient import reliance_series
from chokepoint.data.ingest.tidy import Row, Tables
from chokepoint.data.ingest.usgs_2026 import period

Cells = dict[str, str]
Made = Iterator[tuple[str, Row | str]]  # table, and its row or the reason why there is none

MEASURES = [  # measure, column, unit, column of its notes
    ("primary_production", "primary_prod", "t", "prod_notes"),
    ("secondary_production", "secondary_prod", "t", "prod_notes"),
    ("apparent_consumption", "apparent_consumption", "t", "consumption_notes"),
    ("net_import_reliance", "net_import_reliance", "percent", ""),
    ("primary_import_source", "primary_import_source", "", "import_source_notes"),
    ("leading_producer_production", "leading_country_prod", "t", ""),
    ("leading_producer_share", "leading_source_precent_world", "percent", ""),
    ("world_production", "world_total_prod", "t", "world_prod_notes"),
]


def plain_header(sheet: Sheet) -> dict[str, str]:
    """Return the columns by a name without case, spaces and the misspellings of some years."""
    names = {}
    for name in sheet.header:
        key = re.sub(r"[ _]+", "_", name).lower()
        key = key.replace("consuption", "consumption").replace("contsumption", "consumption")
        names[re.sub(r"^primary_import_sources?(_[\d-]+)?$", "primary_import_source", key)] = name
    return names


def fits(sheet: Sheet) -> bool:
    """Whether this is one of the small tables that are read."""
    names = set(plain_header(sheet))
    return any(
        columns <= names for columns, *_ in KINDS[:-1]
    )  # a ranking without its order is no release by itself


def read(sheet: Sheet, tables: Tables) -> bool:
    """Read a small table if it is one of these; return False if it is none."""
    names = plain_header(sheet)
    kind = next((kind for kind in KINDS if kind[0] <= set(names)), None)
    if kind is None:
        return False
    _, needed, rows = kind
    need(sheet, needed)
    if rows is _figure_2 and not any(name.startswith("Major_Import_Sources") for name in sheet.header):
        return False
    for line, row in sheet.rows:
        tables.report.rows.read += 1
        tables.report.rows.kept += 1
        plain = {key: row[name] for key, name in names.items()}
        for table, made in rows(row, plain, tables):
            tables.add(table, made, f"{sheet.name} line {line}")
    return True


def mineral(printed: str, tables: Tables) -> str:
    """Return the mineral a name of the critical list means, or ""."""
    base = re.sub(r"\s*\(.*\)", "", re.sub(r"(?<=\D)\d+$", "", printed.strip()))
    slug = re.sub(r"\W+", "_", base.lower()).strip("_")
    return slug if slug in tables.ref.minerals else ""


def _no_mineral(printed: str) -> str:
    return f'mineral "{printed}" is not in data/minerals.csv: add a row there'


def _critical(row: Cells, plain: Cells, tables: Tables) -> Made:
    printed = plain["critical_mineral"]
    slug = mineral(printed, tables)
    made: Row = {
        "mineral": slug,
        "uses": plain["primary_applications"],
        "note": plain.get("category_note", ""),
        "printed": printed,
        "source_id": tables.source_id,
    }
    yield "critical_list", made if slug else _no_mineral(printed)


def _headline(row: Cells, plain: Cells, tables: Tables) -> Made:
    """Yield a row for each measure: what is produced, used, imported, and by whom."""
    printed = plain["critical_mineral"]
    slug, year = mineral(printed, tables), re.match(r"\d{4}", plain["year"])
    if not year:
        yield "headline", f'year "{plain["year"]}" is no year'
        return
    for measure, column, unit, notes in MEASURES:
        if not slug:
            yield "headline", _no_mineral(printed)
            continue
        cell, place = plain.get(column, ""), ""
        if measure == "primary_import_source":
            cell, place = "", cell
        elif measure.startswith("leading"):
            place = plain["leading_source_country"]
        area = areas.area(place, tables.ref.areas) if place and place != "NA" else areas.Area("", "")
        parsed = values.parse(cell)
        qualifier = parsed.qualifier.replace("blank", "not_available")
        yield (
            "headline",
            {
                "mineral": slug,
                "commodity": re.sub(r"(?<=\D)\d+$", "", printed).strip(),
                "measure": measure,
                "year": int(year[0]),
                "area": area.name,
                "iso3": area.iso3,
                **values.numbers(parsed, 1.0),
                "unit": unit,
                "printed": cell or place,
                "qualifier": "" if measure == "primary_import_source" else qualifier,
                "footnote": plain.get(notes, ""),
                "source_id": tables.source_id,
            },
        )


def _control(row: Cells, plain: Cells, tables: Tables) -> Made:
    """Yield a row for each commodity a control names, with its year; what cannot be split stays whole."""
    place = areas.area(row["Country"], tables.ref.areas)
    if place.kind == "unknown":
        yield "export_controls", areas.unknown(row["Country"], tables.ref.areas)
        return
    for item, year in controlled(row["Commodity_Year"]):
        yield (
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
        )


def controlled(text: str) -> list[tuple[str, int]]:
    """Return commodities and the year of each.

    >>> controlled("Bauxite (2023), copper concentrates (2023), and nickel ore (2020).")
    [('bauxite', 2023), ('copper concentrates', 2023), ('nickel ore', 2020)]
    >>> controlled("Quartz and gypsum (2024).")
    [('quartz', 2024), ('gypsum', 2024)]
    """
    found = []
    for part, year in re.findall(r"(.*?)\((\d{4})\)[,. ]*", text):
        bare = re.sub(r"\([^)]*\)", lambda m: m[0].replace(",", "&").replace(" and ", " + "), part).strip()
        bare = re.sub(rf"^({'|'.join(LEADS)}) ", "", bare, flags=re.I)
        whole = bare.startswith("items related")
        for piece in [bare] if whole else re.split(r", and |, | and (?!alloys|scrap)", bare):
            item = piece.replace("&", ",").replace(" + ", " and ").strip(" ,")
            if item:
                found.append((item[0].lower() + item[1:], int(year)))
    return found


LEADS = (  # words before the commodities
    "and",
    "Raw minerals, including",
    "Ores and concentrates of",
    "Ore concentrates of",
    "Raw materials of",
)
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
    """Return the minerals an item of a control names, separated by semicolons.

    None for goods made of several.

    >>> named_minerals("columbite-tantalite", set()), named_minerals("nickel ore", {"nickel"})
    ('niobium;tantalum', 'nickel')
    >>> (named_minerals("items related to lithium batteries", {"lithium"}), named_minerals("raw rare earths",
    ...     set()))
    ('', 'rare_earths')
    """
    if item.startswith("items related"):
        return ""
    words = re.findall(r"[a-z]+", item.lower())
    found = [slug for ore, slug in ORES.items() if ore in item.lower()] + [w for w in words if w in known]
    return ";".join(dict.fromkeys(found))


def _agreement(row: Cells, plain: Cells, tables: Tables) -> Made:
    """Yield an agreement with both dates as printed.

    The ISO one is adopted, and a disagreement of the two is noted.
    """
    printed, iso = row.get("Signing_date", ""), row.get("Signing_date #2", "")
    party = row["Country"].strip()
    place = areas.area(party, tables.ref.areas)
    yield (
        "trade_agreements",
        {
            "party": party,
            "iso3": place.iso3 if place.kind == "country" else "",
            "agreement": row["Agreement"].strip(),
            "signed": iso,
            "printed": printed,
            "dates_agree": same_date(printed, iso),
            "focus": row.get("Focus_area", ""),
            "url": web(row.get("Source", "")),
            "note": "",
            "correction_id": "",
            "source_id": tables.source_id,
        },
    )


def web(address: str) -> str:
    """Return an address that a browser may be sent to, or nothing.

    >>> web("https://example.org/a"), web("javascript:alert(1)")
    ('https://example.org/a', '')
    """
    return address if re.fullmatch(r"https?://\S+", address) else ""


MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]


def same_date(printed: str, iso: str) -> bool:
    """Whether the two dates the table prints are one.

    >>> (same_date("20-Oct-25", "2025-10-20"), same_date("23-Aug", "2025-09-23"), same_date("25-Feb",
    ...     "2025-02"))
    (True, False, True)
    """
    day, parts = re.fullmatch(r"(\d{1,4})-(\w{3})(?:-(\d{1,4}))?", printed), iso.split("-")
    if not day or not re.fullmatch(r"\d{4}-\d{1,2}(-\d{1,2})?", iso) or day[2].lower() not in MONTHS:
        return printed == iso
    if MONTHS.index(day[2].lower()) + 1 != int(parts[1]):
        return False
    if day[3] is None and len(parts) == 2:
        return day[1] == parts[0][2:]  # a spreadsheet read February 2025 as 25 February
    return len(parts) <= 2 or int(day[1]) == int(parts[2])


def _figure_2(row: Cells, plain: Cells, tables: Tables) -> Made:
    """Yield net import reliance and the main sources, in order of share, of a line of figure 2."""
    sources, stated = (
        next((name for name in row if name.startswith(stem)), "")
        for stem in ("Major_Import_Sources", "Net_Import_Reliance")
    )
    printed = row["Commodity"].strip()
    base, _, detail = printed.partition(", ")
    rule = tables.ref.commodity((printed, base), detail)
    if rule is None:
        yield "import_sources", f'commodity "{printed}" is not in data/commodities.csv: add a row there'
        return
    about: Row = {"mineral": rule["mineral"], "commodity": rule["commodity"], "source_id": tables.source_id}
    if stated:
        yield "import_reliance", _reliance(row[stated], stated, about, detail)
    known = tables.with_existing("import_sources")
    if any(r["commodity"] == rule["commodity"] and r["value"] not in (None, "") for r in known):
        yield "import_sources", "a ranking of sources whose shares the release gives elsewhere"
        return
    first, last = period(sources)
    for rank, name in enumerate((n.strip() for n in row[sources].split(",")), 1):
        place = areas.area(name.removeprefix("and "), tables.ref.areas)
        if name in ("", "NA"):
            yield "import_sources", "no import source named"
        elif place.kind == "unknown":
            yield "import_sources", areas.unknown(name, tables.ref.areas)
        else:
            yield (
                "import_sources",
                {
                    **about,
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
                    "footnote": row.get("Notes", "")
                    .replace("Descending order of import share.", "")
                    .strip(" ."),
                },
            )


def _reliance(printed: str, column: str, about: Row, detail: str) -> Row | str:
    """Return net import reliance as figure 2 prints it.

    For some minerals no other table of a release has it.
    """
    year, cell = re.search(r"\d{4}", column), values.parse(printed)
    if not year:
        return f'column "{column}" names no year'
    if cell.qualifier == "blank":
        return "nothing printed in the cell"
    return {
        **about,
        "detail": reliance_series(detail, about["commodity"]),
        "year": int(year[0]),
        **values.numbers(cell, 1.0),
        "unit": "percent",
        "printed": printed,
        "qualifier": cell.qualifier,
    }


# What the plain header of a table has, the columns that it must have, and what makes rows of its lines.
KINDS = [
    ({"critical_mineral", "leading_source_country", "year"}, [], _headline),
    ({"critical_mineral", "primary_applications"}, [], _critical),
    ({"country", "control_type"}, ["Country", "Control_Type", "Commodity_Year", "Data_source"], _control),
    ({"agreement", "signing_date"}, ["Country", "Agreement"], _agreement),
    ({"import_share_order"}, ["Commodity"], _figure_2),
    ({"import_share_rank"}, ["Commodity"], _figure_2),
]
