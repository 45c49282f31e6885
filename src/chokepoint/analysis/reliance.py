"""How far the United States depends on imports, as USGS prints it.

It prints figures, and bounds where a company's data are withheld. A release states it in up to three tables:
the salient statistics of each chapter, the summary of listed minerals, and figure 2. The first that has a
mineral is taken. Some minerals are only in the last; older releases have no summary.
"""

import pandas as pd

from chokepoint.analysis.spelling import ours
from chokepoint.data import memory, tables
from chokepoint.data.tables import by_release

_WORDS = {"greater": "more than {:g}%", "less": "less than {:g}%", "net_exporter": "net exporter"}
_TABLES = ("salient", "headline", "import_reliance")  # the fullest first
_FORMS = (
    "",
    "total",
    "refined",
    "compounds and metals",
    "ores and concentrates",
)  # which one speaks for a mineral, the first of these
_COLUMNS = [
    "mineral",
    "commodity",
    "detail",
    "form",
    "what",
    "year",
    "value",
    "kind",
    "text",
    "table",
    "source_id",
]
# The elements of the chapter "Rare Earths (Heavy)" of MCS 2026, and thulium, which stands between two of
# them.
_HEAVY = ("dysprosium", "terbium", "holmium", "erbium", "thulium", "ytterbium", "lutetium")


@by_release
def statements(release: str = tables.DEFAULT_RELEASE) -> pd.DataFrame:
    """Return all that a release states for its latest year of listed minerals and their groups.

    For each mineral the form that speaks for it comes first.
    mineral, commodity, detail: as in the tables; form: the detail, or the commodity where there is none;
    what: both in words; value [% of consumption, or the bound; 0 for a net exporter];
    kind: empty for a figure, else greater, less or net_exporter; text; table: which of the three; source_id.

    >>> rows = statements()
    >>> rows[rows.mineral == "aluminum"].set_index("what").text.to_dict()
    {'Aluminium': '60%', 'Alumina': '71%', 'Bauxite': 'more than 75%'}
    """
    found = [_stated(table, release) for table in _TABLES if release in tables.releases(table)]
    if not found:
        return pd.DataFrame(columns=_COLUMNS)
    rows = pd.concat(found, ignore_index=True)
    rows = rows[rows.table == rows.groupby("mineral").table.transform("first")]
    minerals = tables.load("minerals").query("kind != 'other'").set_index("mineral")
    rows = rows[rows.mineral.isin(minerals.index)]
    speaks = [(_speaks(m), c) for m, c in zip(rows.mineral, rows.commodity, strict=True)]
    rows = rows.assign(
        other=[bool(names) and c not in names for names, c in speaks],
        place=[_FORMS.index(d) if d in _FORMS else len(_FORMS) for d in rows.detail],
    )
    return rows.sort_values(["mineral", "other", "place", "what"], ignore_index=True)[_COLUMNS]


@memory.remembered
def _stated(table: str, release: str) -> pd.DataFrame:
    """Return the figures and bounds of one table for the latest year that it has."""
    rows = tables.load(table, release)
    if table == "salient":
        rows = rows[rows.statistic == "net_import_reliance"]
    elif table == "headline":
        names = rows.commodity.str.extract(r"^(?P<commodity>.*?)(?: \((?P<detail>.*)\))?$")
        rows = rows.assign(commodity=names.commodity, detail=names.detail.str.lower())[
            rows.measure == "net_import_reliance"
        ]
    rows = rows.assign(detail=rows.detail.fillna(""), table=table)
    rows = _in_words(rows[rows.year == rows.year.max()])
    what = rows.commodity.where(rows.detail.isin(["", "total"]), rows.commodity + " (" + rows.detail + ")")
    return rows.assign(form=rows.detail.where(rows.detail != "", rows.commodity), what=what.map(ours))[
        _COLUMNS
    ]


def _in_words(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the rows that state a figure or a bound, with its kind, its value and its text.

    Those withheld or not available go.
    """
    kind = rows.qualifier.fillna("").replace({"zero": "", "small": "less"})
    rows = rows.assign(
        kind=kind, value=rows.value.fillna(rows.low.where(kind != "less")).fillna(rows.high).fillna(0)
    )
    rows = rows[rows.kind.isin(["", *_WORDS])]
    return rows.assign(
        text=[_WORDS.get(k, "{:.0f}%").format(v) for k, v in zip(rows.kind, rows.value, strict=True)]
    )


@memory.remembered
def _speaking() -> dict[str, set[str]]:
    stage = tables.load("minerals").set_index("mineral").headline_stage
    rules = tables.load("commodities")
    rules = rules[rules.stage.eq(rules.mineral.map(stage)) & rules.stage.notna()]
    return rules.groupby("mineral").commodity.agg(set).to_dict()


def _speaks(mineral: str) -> set[str]:
    """Return the commodities that speak for a mineral of which several are printed.

    Of bauxite, alumina and aluminium it is the last.
    """
    return _speaking().get(mineral, set())


@by_release
def lines(release: str = tables.DEFAULT_RELEASE) -> pd.DataFrame:
    """Return one row a mineral or group: the statement that speaks for it, as in `statements`.

    With it comes the largest source of its imports.

    >>> lines().set_index("mineral").text[["gallium", "lithium", "cesium", "heavy_rare_earths"]].to_dict()
    {'gallium': '100%', 'lithium': 'more than 50%', 'cesium': '100%', 'heavy_rare_earths': '100%'}
    """
    rows = statements(release).drop_duplicates("mineral", ignore_index=True)
    first = _first(_sources(release)).set_index("mineral").area
    return rows.assign(source=rows.mineral.map(first))


_IN_WORDS = {"headline": "the summary of listed minerals", "import_reliance": "figure 2"}


def otherwise(mineral: str, release: str) -> list[str]:
    """Return what another table of the release prints for the same product and year as the line.

    The line is that of a mineral; only what differs from it is returned.

    >>> otherwise("potash", "mcs2025"), otherwise("potash", "mcs2026")
    (['figure 2 prints 93%'], [])
    """
    line = lines(release).query("mineral == @mineral")
    if line.empty:
        return []
    own, found = line.iloc[0], []
    for table in _IN_WORDS:
        if table != own.table and release in tables.releases(table):
            rows = _stated(table, release)
            same = rows[
                (rows.mineral == mineral)
                & (rows.what.str.lower() == own.what.lower())
                & (rows.year == own.year)
            ]
            found += [f"{_IN_WORDS[table]} prints {text}" for text in same.text if text != own.text]
    return found


def further(mineral: str, release: str) -> pd.DataFrame:
    """Return the other forms of a mineral whose reliance is stated: for aluminium, alumina and bauxite."""
    rows = statements(release)
    return rows[rows.mineral == mineral].iloc[1:].reset_index(drop=True)


def groups(mineral: str) -> list[str]:
    """Return the groups that a mineral is counted in, the narrowest first.

    There are none where it has a statement of its own.

    >>> groups("dysprosium"), groups("neodymium"), groups("tin")
    (['heavy_rare_earths', 'rare_earths'], ['rare_earths'], [])
    """
    if mineral in _HEAVY:
        return ["heavy_rare_earths", "rare_earths"]
    row = tables.load("minerals").set_index("mineral").loc[mineral]
    return (
        ["rare_earths"]
        if row.group == "rare earths" and row.headline_mineral == "rare_earths" and mineral != "rare_earths"
        else []
    )


def speaks_for(mineral: str, release: str) -> str | None:
    """Return the mineral, or the narrowest group it is counted in, whose reliance is stated.

    None where the release states neither.

    >>> speaks_for("terbium", "mcs2026"), speaks_for("terbium", "mcs2025"), speaks_for("uranium", "mcs2026")
    ('heavy_rare_earths', 'rare_earths', None)
    """
    stated = set(lines(release).mineral)
    return next((m for m in (mineral, *groups(mineral)) if m in stated), None)


def sources(release: str, mineral: str) -> pd.DataFrame:
    """Where imports of a mineral came from, largest first, the residual last.

    area, area_kind, value [% of imports, or the bound; none where a release gives the order alone], kind and
    text as in `statements`, first_year, last_year, detail (the form counted), footnote.
    """
    rows = _sources(release)
    return rows[rows.mineral == mineral].reset_index(drop=True)


@by_release
def main_sources(release: str = tables.DEFAULT_RELEASE) -> pd.DataFrame:
    """Return the largest source of each mineral, where shares are printed."""
    rows = _sources(release)
    return _first(rows[rows.value.notna()])


def _first(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the source that comes first of each mineral, where it is a country.

    Of a group none can be told to be the largest.
    """
    rows = rows[rows["rank"].notna()].drop_duplicates("mineral")
    return rows[rows.area_kind == "country"]


@by_release
def firsts(release: str = tables.DEFAULT_RELEASE) -> pd.DataFrame:
    """Return the country that comes first among the import sources of each listed mineral or group.

    With it comes its share, where one is printed.
    stated: whether it is one of the `lines`, those of which the United States is a net exporter apart; single
    heavy rare earths, which are stated as a group, are none.

    >>> rows = firsts().query("iso3 == 'CHN'")
    >>> int(rows.stated.sum()) == int((lines().query("kind != 'net_exporter'").source == "China").sum())
    True
    """
    rows = _first(_sources(release))
    rows = rows[rows.mineral.isin(tables.load("minerals").query("kind != 'other'").mineral)]
    stated = lines(release)
    stated = stated[stated.kind != "net_exporter"].mineral
    return rows.assign(stated=rows.mineral.isin(stated)).sort_values(
        "value", ascending=False, ignore_index=True, kind="stable"
    )


@by_release
def by_country(release: str = tables.DEFAULT_RELEASE) -> pd.DataFrame:
    """Return every country that USGS names as a source of US imports of a listed mineral.

    Its share is in %; `first`: it is the largest.
    """
    rows = _sources(release).dropna(subset=["iso3", "value"])
    rows = rows[rows.mineral.isin(tables.load("minerals").query("kind != 'other'").mineral)]
    largest = main_sources(release).set_index("mineral").iso3
    return rows.assign(first=rows.iso3 == rows.mineral.map(largest)).sort_values(
        "value", ascending=False, ignore_index=True
    )


@by_release
def _sources(release: str) -> pd.DataFrame:
    if release not in tables.releases("import_sources"):
        columns = [
            "mineral",
            "commodity",
            "area",
            "area_kind",
            "iso3",
            "value",
            "kind",
            "text",
            "rank",
            "first_year",
            "last_year",
            "detail",
        ]
        return pd.DataFrame(columns=[*columns, "footnote", "source_id"])
    rows = tables.load("import_sources", release).query("headline")
    speaks = [(_speaks(m), c) for m, c in zip(rows.mineral, rows.commodity, strict=True)]
    rows = rows.assign(other=[bool(names) and c not in names for names, c in speaks])
    rows = rows.sort_values(["mineral", "other", "commodity", "rank"], na_position="last")
    rows = rows[rows.commodity == rows.groupby("mineral").commodity.transform("first")].drop(columns="other")
    printed = _in_words(rows[rows.value.notna() | rows.qualifier.isin(["greater", "less"])])
    rows = rows.assign(kind="", text=None).astype({"kind": "str", "text": "str"})
    rows.loc[printed.index, ["value", "kind", "text"]] = printed[["value", "kind", "text"]]
    return rows


@by_release
def by_year(release: str = tables.DEFAULT_RELEASE) -> pd.DataFrame:
    """Return net import reliance of each mineral in every year that a release covers.

    Columns: mineral, commodity, year, text. Where a release prints several series for a mineral, it is the
    one that speaks for it in the latest year.
    """
    if release not in tables.releases("salient"):
        return pd.DataFrame(columns=["mineral", "commodity", "year", "text"])
    rows = tables.load("salient", release).query("statistic == 'net_import_reliance'")
    rows = _in_words(rows.assign(detail=rows.detail.fillna("")))
    every = lines(release)
    every = every[every.table == "salient"]
    return rows.merge(every[["mineral", "commodity", "detail"]])[["mineral", "commodity", "year", "text"]]


def readings(mineral: str, year: int) -> dict[str, str]:
    """Return what each release says of a mineral's net import reliance in a year, oldest release first.

    >>> readings("rare_earths", 2024)
    {'mcs2025': '80%', 'mcs2026': '53%'}
    """
    return _readings().get((mineral, year), {})


def disputed() -> list[tuple[str, int]]:
    """Minerals and years whose net import reliance two releases print differently."""
    return sorted(key for key, texts in _readings().items() if len(set(texts.values())) > 1)


@memory.remembered
def _readings() -> dict[tuple[str, int], dict[str, str]]:
    every = pd.concat(
        [
            by_year("").assign(release=""),
            *(by_year(release).assign(release=release) for release in tables.releases("salient")),
        ]
    )
    same = (
        every.groupby("mineral").commodity.transform("last") == every.commodity
    )  # of magnesium metal and compounds always one
    found: dict[tuple[str, int], dict[str, str]] = {}
    for row in every[same].itertuples():
        found.setdefault((row.mineral, int(row.year)), {})[row.release] = row.text
    return found
