"""How far the United States depends on imports, as USGS prints it: figures, and bounds where a company's data are withheld."""

from functools import lru_cache
from pathlib import Path

import pandas as pd

from chokepoint import tables
from chokepoint.measures import supply
from chokepoint.tables import by_release

_WORDS = {"greater": "more than {:.0f} %", "less": "less than {:.0f} %", "net_exporter": "net exporter"}


@by_release
def lines(release: str = tables.DEFAULT_RELEASE) -> pd.DataFrame:
    """One row a listed mineral: value [% of consumption, or the bound; 0 for a net exporter], kind of figure, text, largest source.

    >>> lines().set_index("mineral").text[["gallium", "lithium"]].to_dict()
    {'gallium': '100 %', 'lithium': 'more than 50 %'}
    """
    if release not in tables.releases("headline"):
        return pd.DataFrame(columns=["mineral", "commodity", "value", "kind", "text", "source", "source_id"])
    table = tables.load("headline", release)
    rows = table[table.measure == "net_import_reliance"].drop_duplicates("mineral")
    source = table[table.measure == "primary_import_source"].drop_duplicates("mineral").set_index("mineral").area
    kind = rows.qualifier.fillna("")
    value = rows.value.fillna(rows.low).fillna(rows.high).fillna(0)
    text = [_WORDS.get(k, "{:.0f} %").format(v) for k, v in zip(kind, value, strict=True)]
    made = rows.assign(value=value, kind=kind, text=text, source=rows.mineral.map(source))
    return made[made.kind.isin(["", *_WORDS])][["mineral", "commodity", "value", "kind", "text", "source", "source_id"]].reset_index(
        drop=True
    )


def sources(release: str, mineral: str) -> pd.DataFrame:
    """Where imports of a mineral came from, largest first, the residual last: area, value [% of imports], period, form."""
    rows = _sources(release)
    return rows[rows.mineral == mineral].reset_index(drop=True)


@by_release
def main_sources(release: str = tables.DEFAULT_RELEASE) -> pd.DataFrame:
    """The largest source of each mineral, where shares are printed."""
    rows = _sources(release)
    return rows[rows["rank"].notna() & rows.value.notna()].drop_duplicates("mineral")


@by_release
def by_country(release: str = tables.DEFAULT_RELEASE) -> pd.DataFrame:
    """Every country that USGS names as a source of US imports of a listed mineral, with its share [%]; `first`: it is the largest."""
    rows = _sources(release).dropna(subset=["iso3", "value"])
    rows = rows[rows.mineral.isin(tables.load("minerals").query("kind != 'other'").mineral)]
    largest = main_sources(release).set_index("mineral").iso3
    return rows.assign(first=rows.iso3 == rows.mineral.map(largest)).sort_values("value", ascending=False, ignore_index=True)


@by_release
def _sources(release: str) -> pd.DataFrame:
    if release not in tables.releases("import_sources"):
        return pd.DataFrame(
            columns=["mineral", "commodity", "area", "iso3", "value", "rank", "first_year", "last_year", "detail", "source_id"]
        )
    rows = tables.load("import_sources", release).query("headline")
    speaks = supply.summary(release).what.groupby(level="mineral").last()  # of bauxite, alumina and aluminum the last
    rows = rows.assign(other=rows.commodity != rows.mineral.map(speaks)).sort_values(
        ["mineral", "other", "commodity", "rank"], na_position="last"
    )
    return rows[rows.commodity == rows.groupby("mineral").commodity.transform("first")].drop(columns="other")


@by_release
def by_year(release: str = tables.DEFAULT_RELEASE) -> pd.DataFrame:
    """Net import reliance of each mineral in every year that a release covers: columns mineral, commodity, year, text.

    Where a release prints several series for a mineral, the one is taken that agrees with its summary table.
    """
    if release not in tables.releases("salient"):
        return pd.DataFrame(columns=["mineral", "commodity", "year", "text"])
    rows = tables.load("salient", release).query("statistic == 'net_import_reliance'").fillna({"detail": ""})
    rows = rows.assign(text=[_printed(r) for r in rows.to_dict("records")]).dropna(subset=["text"])
    every = rows[["mineral", "commodity", "detail"]].drop_duplicates()
    summed = rows[rows.year == rows.year.max()].merge(lines(release)[["mineral", "text"]], on=["mineral", "text"])
    series = pd.concat([summed[every.columns], every[~every.mineral.duplicated(keep=False)]]).drop_duplicates()
    return rows.merge(series[~series.mineral.duplicated(keep=False)])[["mineral", "commodity", "year", "text"]]


def _printed(row: dict) -> str | None:
    kind = "" if pd.isna(row["qualifier"]) else row["qualifier"]
    value = next((row[k] for k in ("value", "low", "high") if pd.notna(row[k])), 0)
    return _WORDS.get(kind, "{:.0f} %").format(value) if kind in ("", "zero", *_WORDS) else None


def readings(mineral: str, year: int) -> dict[str, str]:
    """What each release says of a mineral's net import reliance in a year, oldest release first.

    >>> readings("rare_earths", 2024)
    {'mcs2025': '80 %', 'mcs2026': '53 %'}
    """
    return _readings(tables.data_dir()).get((mineral, year), {})


def disputed() -> list[tuple[str, int]]:
    """Minerals and years whose net import reliance two releases print differently."""
    return sorted(key for key, texts in _readings(tables.data_dir()).items() if len(set(texts.values())) > 1)


@lru_cache(maxsize=4)
def _readings(data: Path) -> dict[tuple[str, int], dict[str, str]]:
    every = pd.concat([by_year(release).assign(release=release) for release in tables.releases("salient")])
    same = every.groupby("mineral").commodity.transform("last") == every.commodity  # of magnesium metal and compounds always one
    found: dict[tuple[str, int], dict[str, str]] = {}
    for row in every[same].itertuples():
        found.setdefault((row.mineral, int(row.year)), {})[row.release] = row.text
    return found
