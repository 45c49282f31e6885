"""Enters a release in data/releases.csv and data/evidence/sources.csv, so that its tables have a source.

A row that is there stays as it is: what is known of a release by hand is more than what its family says.
"""

import csv
import io
from pathlib import Path

import pandas as pd

from chokepoint.data.ingest.reference import records
from chokepoint.errors import UserError

_LICENSES = {
    "CC-BY-4.0": "CC BY 4.0",
    "Etalab-2.0": "Etalab 2.0",
    "BGS-derived": "derived shares, with attribution",
}
FAMILIES = {
    "mcs": {
        "title": "USGS Mineral Commodity Summaries {stamp} data release",
        "publisher": "U.S. Geological Survey",
        "url": "https://www.usgs.gov/centers/national-minerals-information-center/mineral-commodity-summaries",
        "license": "public domain",
        "viewpoint": "US government statistical agency",
        "next_release": "Early in the next year, by the same publisher",
    },
    "iea": {
        "title": "IEA Critical Minerals Dataset {stamp}",
        "publisher": "International Energy Agency",
        "url": "https://www.iea.org/data-and-statistics/data-product/critical-minerals-dataset",
        "license": "CC-BY-4.0",
        "viewpoint": "Intergovernmental agency of mostly OECD consumer states",
        "next_release": "Yearly, with the Global Critical Minerals Outlook, same page",
    },
    "wb": {
        "title": "World Bank Commodity Price Data (Pink Sheet), monthly, {stamp}",
        "publisher": "World Bank",
        "url": "https://www.worldbank.org/en/research/commodity-markets",
        "license": "CC-BY-4.0",
        "viewpoint": "Intergovernmental development bank",
        "next_release": "At the start of each month, same page",
    },
    "history": {
        "title": "USGS Data Series 140, historical statistics, to {stamp}",
        "publisher": "U.S. Geological Survey",
        "url": "https://www.usgs.gov/centers/national-minerals-information-center/historical-statistics-mineral-and-material-commodities-united",
        "license": "public domain",
        "viewpoint": "US government statistical agency",
        "next_release": "One worksheet at a time, same page",
    },
    "yearbook": {
        "title": "USGS Minerals Yearbook {stamp}, rare earths, tables",
        "publisher": "U.S. Geological Survey",
        "url": "https://www.usgs.gov/centers/national-minerals-information-center/rare-earths-statistics-and-information",
        "license": "public domain",
        "viewpoint": "US government statistical agency",
        "next_release": "About two years after the year it covers, same page",
    },
    "baci": {
        "title": "CEPII BACI, bilateral trade, edition {stamp}",
        "publisher": "CEPII",
        "url": "https://www.cepii.fr/CEPII/en/bdd_modele/bdd_modele_item.asp?id=37",
        "license": "Etalab-2.0",
        "viewpoint": "French research centre; reconciles what both sides of a trade report to the United "
        "Nations",
        "next_release": "Each January, same page",
        "read_as": "mirror",
        "reliability": "Read in yearly files of a public copy, which keeps the largest suppliers and "
        "customers of each country; totals are 98 to 100% of the original's",
    },
    "ustrade": {
        "title": "US imports and domestic exports by partner and heading, USITC DataWeb, to {stamp}",
        "publisher": "U.S. International Trade Commission",
        "url": "https://dataweb.usitc.gov",
        "license": "public domain",
        "viewpoint": "US government trade agency; figures of the Census Bureau",
        "next_release": "Monthly, by a query of the same kind",
        "read_as": "mirror",
        "reliability": "Workbooks as downloaded, in a public copy; eighteen partners only",
    },
    "customs": {
        "title": "China's exports of magnets, rare earths, gallium and germanium, as the press quotes its "
        "customs, to {stamp}",
        "publisher": "General Administration of Customs of China",
        "url": "http://stats.customs.gov.cn",
        "license": "CC-BY-4.0",
        "viewpoint": "Chinese government statistics, chosen and rounded by the press that quotes them",
        "next_release": "Monthly, about the 20th of the next month, in the press",
        "read_as": "relay",
        "reliability": "Own compilation; each row has the address that quotes it, and sums were checked "
        "where both parts and whole are quoted",
    },
    "eustudy": {
        "title": "Study on the critical raw materials for the EU {stamp}, annexes",
        "publisher": "European Commission",
        "url": "https://op.europa.eu/en/publication-detail/-/publication/57318397-fdd4-11ed-a05c-01aa75ed71a1",
        "license": "CC-BY-4.0",
        "viewpoint": "Executive of the European Union, for its own list of critical materials",
        "next_release": "Every third year",
        "read_as": "mirror",
        "reliability": "Tables retyped in a public copy; shares add up to 100% within 4 points for 121 of "
        "122 material-stages",
    },
    "bgs": {
        "title": "BGS World Mineral Statistics, production by country 1971–{stamp}: shares derived from it",
        "publisher": "British Geological Survey",
        "url": "https://www.bgs.ac.uk/mineralsuk/statistics/world-mineral-statistics",
        "license": "BGS-derived",
        "viewpoint": "UK government geological survey",
        "next_release": "Yearly, from the same service",
        "read_as": "mirror",
        "reliability": "Read by machine from a public copy of the service's answers; only shares derived "
        "from it are kept here",
    },
}


def parts(release: str) -> tuple[str, str]:
    """Return the family of a release and its stamp.

    >>> parts("wb2026-03")
    ('wb', '2026-03')
    """
    family = release.rstrip("0123456789-")
    return family, release.removeprefix(family)


def about(release: str, releases: pd.DataFrame) -> dict[str, str]:
    """Return a release's row of data/releases.csv, or what its family says of it.

    >>> about("mcs2027", pd.DataFrame(columns=["release"]))["title"]
    'USGS Mineral Commodity Summaries 2027 data release'
    """
    listed = releases[releases["release"] == release]
    if len(listed):
        return records(listed)[0]
    family, stamp = parts(release)
    row = FAMILIES[family]
    title = row["title"].format(stamp=stamp)
    return {**row, "release": release, "title": title, "source_id": release.upper()}


def source(release: str, releases: pd.DataFrame) -> dict[str, str]:
    """Return the row of a release in data/evidence/sources.csv."""
    row = about(release, releases)
    family, stamp = parts(release)
    reliability = FAMILIES[family].get("reliability", "Read in full by machine as published")
    return {
        "source_id": release.upper(),
        "publisher": row["publisher"],
        "title": row["title"],
        "date": stamp,
        "url": row["url"],
        "kind": "dataset",
        "viewpoint": FAMILIES[family]["viewpoint"],
        "read_as": FAMILIES[family].get("read_as", "original"),
        "reliability": f"{reliability}; {_LICENSES.get(row['license'], row['license'])}",
    }


def additions(release: str, releases: pd.DataFrame, data: Path) -> dict[Path, str]:
    """Return the two files with the release's own row, where they lack it: path → text.

    Nothing is written.
    """
    rows = {
        data / "releases.csv": about(release, releases),
        data / "evidence" / "sources.csv": source(release, releases),
    }
    before = {path: _text(path) for path in rows if path.exists()}
    after = {path: with_row(text, rows[path]) for path, text in before.items()}
    return {path: text for path, text in after.items() if text != before[path]}


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise UserError(
            f"{path}: is not UTF-8 (byte {error.start}). Save it as UTF-8. Nothing was written."
        ) from None


def with_row(text: str, row: dict[str, str]) -> str:
    r"""Add one row in the order of the first column; the same text if that key is there.

    No other line changes.

    >>> with_row("id,title\na,A\nc,C\n", {"id": "b", "title": "B, or beta"})
    'id,title\na,A\nb,"B, or beta"\nc,C\n'
    """
    header, *rows = list(csv.reader(io.StringIO(text, newline=""))) or [[]]
    if not header or header[0] not in row:
        raise UserError(
            f"data/releases.csv or data/evidence/sources.csv begins with {header}; "
            "a header with its key first is expected."
        )
    key = row[header[0]]
    if any(cells and cells[0] == key for cells in rows):
        return text
    line = io.StringIO()
    csv.writer(line, lineterminator="\n").writerow([row.get(column, "") for column in header])
    lines = text.splitlines(keepends=True)
    after = next((i for i, line_ in enumerate(lines[1:], 1) if line_.split(",")[0] > key), len(lines))
    return "".join([*lines[:after], line.getvalue(), *lines[after:]])
