"""Rules for one figure alone.

Its year, its sign, its area's code, and shares that cannot be above 100 percent.
"""

import re
from collections.abc import Iterator

import pandas as pd

from chokepoint.data.ingest.plausibility.finding import NUMBERS, SERIES, Finding, Table, amount

SIGNED = (
    "shipments",
    "stocks",
)  # statistics that may be negative: a change of stocks, and what is added to them
EARLIEST = 1900  # year of an export control or an agreement
# First and last year that a table may have, by column: counted from the release's year, save those after
# EARLIEST.
USGS_YEARS = {
    "production": {"year": (-2, -1)},
    "capacity": {"year": (-2, -1)},
    "reserves": {"year": (-1, -1)},
    "salient": {"year": (-6, -1)},
    "prices": {"year": (-6, -1)},
    "headline": {"year": (-1, -1)},
    "import_sources": {"first_year": (-7, -3), "last_year": (-3, -1)},
    "export_controls": {"since": (EARLIEST, 0)},
    "trade_agreements": {"signed": (EARLIEST, 0)},
}


def years(table: Table) -> Iterator[Finding]:
    """Find years that a release of its year cannot print."""
    for column, (first, last) in _span(table.release, table.name).items():
        if column not in table.rows:
            continue
        text = table.rows[column].str[: 7 if column == "month" else 4]
        time = pd.to_numeric(text.str.replace("-", ""), errors="coerce")
        usual = f"{time.mode().iloc[0]:.0f}" if time.notna().any() else "none"
        span = f"from {first} to {last}" if first != last else f"of {last}"
        for label in table.rows.index[(time < first) | (time > last)]:
            message = (
                f"{table.rows.at[label, column]} is no {column.replace('_', ' ')} of {table.release}, "
                f"whose figures here are {span}; the other rows have {usual}"
            )
            yield table.finding(label, column, "year", message)


def _span(release: str, table: str) -> dict[str, tuple[int, int]]:
    """Return the first and last year (or month) that a table of a release may have, by column.

    >>> _span("mcs2026", "production"), _span("wb2026-03", "prices_monthly")
    ({'year': (2024, 2025)}, {'month': (190001, 202603)})
    """
    stamp = re.search(r"\d{4}", release)
    year = int(stamp[0]) if stamp else 0
    if release.startswith("mcs"):
        spans = USGS_YEARS.get(table, {})
        return {c: (a if a == EARLIEST else year + a, year + b) for c, (a, b) in spans.items()}
    if release.startswith("iea"):
        return {"year": (year - 1, 2100)} if table in ("iea_production", "iea_demand") else {}
    return {"month": (190001, int(release[2:].replace("-", "")))} if table == "prices_monthly" else {}


def signs(table: Table) -> Iterator[Finding]:
    """Find negative figures of what can only be nothing or more."""
    for column in NUMBERS if table.name in SERIES or table.name == "import_sources" else ():
        if column not in table.rows:
            continue
        numbers = table.numbers(column)
        negative = numbers < 0
        if table.name == "salient":
            negative &= ~table.rows["statistic"].isin(SIGNED)
        for label in table.rows.index[negative]:
            row = table.row(label)
            series = [c for c in SERIES.get(table.name, ["mineral", "commodity", "detail"]) if c in row]
            beside = numbers[table.alike(row, series) & (table.rows.index != label)].dropna()
            neighbour = f"; beside it stands {amount(beside.iloc[0], row)}" if len(beside) else ""
            message = f"{amount(numbers[label], row)} is negative{neighbour}; nothing or more is expected"
            yield table.finding(label, column, "sign", message)


def codes(table: Table, names: dict[str, str]) -> Iterator[Finding]:
    """Find names of areas that are not those of their code. `names`: ISO code → name."""
    rows = table.rows
    if "iso3" not in rows or "area" not in rows or not names:
        return
    code_of = {name: code for code, name in names.items()}
    kind = rows["area_kind"] if "area_kind" in rows else pd.Series("", index=rows.index)
    for label in rows.index[(rows["iso3"] != "") & (rows["iso3"].map(names) != rows["area"])]:
        code, area = str(rows.at[label, "iso3"]), str(rows.at[label, "area"])
        right = code_of.get(area, "in no row of geography.csv")
        of = names.get(code, "no area of geography.csv")
        message = f"{code} is the code of {of}, not of {area}; {area} is {right}"
        yield table.finding(label, "iso3", "area", message)
    for label in rows.index[(rows["iso3"] == "") & ((kind == "country") | rows["area"].isin(code_of))]:
        area = str(rows.at[label, "area"])
        message = f"is empty beside {area}, a country; {code_of.get(area, 'its code')} is expected"
        yield table.finding(label, "iso3", "area", message)


def reliance(table: Table) -> Iterator[Finding]:
    """Find net import reliance above all that is used."""
    if table.name == "salient":
        share = table.numbers()
        for label in share.index[(table.rows["statistic"] == "net_import_reliance") & (share > 100)]:
            message = f"{share[label]:g} percent is a net import reliance above 100 percent"
            yield table.finding(label, "value", "share", message)
