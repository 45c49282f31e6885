"""What each publisher counts of a mineral, side by side and never added or averaged.

Four count who makes it: USGS and the IEA a year, the British Geological Survey (BGS) the output that was
reported to it, which is a sum of reporters and no world total, and the European Commission's study of 2023
the average of 2016–20. `steps` sets them beside each other; `joins` holds the rule by which a series of BGS
is continued by one of USGS, with its reason and the gap of the years that both print.
"""

import pandas as pd

from chokepoint.analysis import forecast, history, supply
from chokepoint.data import tables

CHINA = "CHN"
USGS, IEA, EU, BGS = "USGS", "IEA", "EU study", "BGS"
EU_YEARS = (2016, 2020)  # the study's shares are averages of these
BASIS = {
    USGS: "of the printed world total",
    IEA: "of the printed world total",
    EU: "of the world, average of 2016–20",
    BGS: "of the output reported to BGS, a sum of reporters",
}
_COLUMNS = ["step", "publisher", "product", "first", "last", "area", "iso3", "share", "source_id"]
# Elements that the Commission scores together → the row that speaks for them.
_LIGHT = ("cerium", "lanthanum", "neodymium", "praseodymium", "samarium")
_HEAVY = ("dysprosium", "erbium", "europium", "gadolinium", "holmium", "lutetium", "terbium", "thulium")
SCORED_AS = {
    **dict.fromkeys(_LIGHT, "rare_earths"),
    **dict.fromkeys([*_HEAVY, "ytterbium", "yttrium"], "heavy_rare_earths"),
    **dict.fromkeys(["iridium", "palladium", "platinum", "rhodium", "ruthenium"], "platinum_group_metals"),
}


def steps(mineral: str, release: str = tables.DEFAULT_RELEASE) -> pd.DataFrame:
    """Return the share [%] of each country by step and publisher, in the newest year, largest first.

    step is `mine` or `refinery` (whatever follows the mine); first and last are the years counted.

    >>> rows = steps("germanium").query("step == 'refinery' and iso3 == 'CHN'").set_index("publisher")
    >>> {name: round(share) for name, share in rows.share.items()}
    {'EU study': 83, 'BGS': 95}
    """
    found = [_yearly(mineral, release), _mined(mineral), _study(mineral), _survey(mineral)]
    every = pd.concat([part[_COLUMNS] for part in found if len(part)] or [pd.DataFrame(columns=_COLUMNS)])
    order = {name: at for at, name in enumerate(BASIS)}
    return every.assign(at=every.publisher.map(order)).sort_values(
        ["step", "at", "product", "share"], ascending=[True, True, True, False], ignore_index=True
    )[_COLUMNS]


def _yearly(mineral: str, release: str) -> pd.DataFrame:
    rows = supply.output(release)
    rows = rows[(rows.mineral == mineral) & (rows.area_kind == "country") & (rows.share > 0)]
    agency = rows.source_id.str.startswith("IEA")
    publisher = pd.Series(USGS, index=rows.index).mask(agency, IEA)
    return rows.assign(publisher=publisher, product=rows.what, first=rows.year, last=rows.year)


def _mined(mineral: str) -> pd.DataFrame:
    """Return mining of the IEA's newest edition, its base year."""
    if not tables.releases("iea_production"):
        return pd.DataFrame(columns=_COLUMNS)
    rows = forecast.newest(supply.MINE)
    rows = rows[(rows.mineral == mineral) & ~rows.forecast]
    world = rows[rows.area_kind == "world"].value.sum()
    if not world:  # without a total there is no share
        return pd.DataFrame(columns=_COLUMNS)
    rows = rows[(rows.area_kind == "country") & (rows.value > 0)]
    about = {"step": supply.MINE, "publisher": IEA, "product": "mined", "first": rows.year, "last": rows.year}
    return rows.assign(**about, share=100 * rows.value / world)


def _study(mineral: str) -> pd.DataFrame:
    rows = _newest_rows("eu_supply_shares", mineral)
    if rows.empty:
        return rows
    rows = rows[(rows.scope == "world") & (rows.share_pct > 0)]
    about = {"publisher": EU, "first": EU_YEARS[0], "last": EU_YEARS[1]}
    return rows.assign(**about, step=rows.stage, share=rows.share_pct)


def _survey(mineral: str) -> pd.DataFrame:
    rows = history.reported(mineral)
    if rows.empty:
        return rows
    newest = tables.distinct("output_shares", tables.releases("output_shares")[-1], "year")[-1]
    rows = rows[rows.year == int(newest)]  # a series that ended long ago is history
    step = rows.stage.where(rows.stage == supply.MINE, supply.REFINERY)
    return rows.assign(publisher=BGS, step=step, first=rows.year, last=rows.year, share=rows.share_pct)


def _newest_rows(table: str, mineral: str) -> pd.DataFrame:
    """Return a mineral's rows of a table at its newest release; nothing where none is held."""
    held = tables.releases(table)
    return tables.rows(table, held[-1], mineral=mineral) if held else pd.DataFrame(columns=_COLUMNS)


def refined(mineral: str, release: str = tables.DEFAULT_RELEASE) -> pd.DataFrame:
    """Return the rows of `steps` after the mine.

    >>> sorted(set(refined("germanium").publisher))
    ['BGS', 'EU study']
    """
    return steps(mineral, release).query("step == @supply.REFINERY").reset_index(drop=True)


def scores(mineral: str) -> pd.DataFrame:
    """Return supply risk and economic importance by edition of the Commission's study; empty where none is.

    Columns: mineral, product, year, supply_risk, economic_importance, source_id. Light and heavy rare earths
    and the platinum metals are scored together, and speak for each of theirs.

    >>> scores("neodymium")["product"].iloc[0], len(scores("tungsten"))
    ('light rare earths', 5)
    """
    rows = _newest_rows("eu_criticality", SCORED_AS.get(mineral, mineral))
    if rows.empty:
        return rows
    most = rows["product"].value_counts().index[0]  # titanium metal was scored once, titanium five times
    return rows[rows["product"] == most].sort_values("year", ignore_index=True)


def joins(mineral: str | None = None, release: str = tables.DEFAULT_RELEASE) -> pd.DataFrame:
    """Return for each series of BGS whether USGS continues it, why, and how far the two are apart.

    Of one mineral, or of all.

    The rule and its reason are those of data/crosswalk.csv. Columns: mineral, stage, product, joined, reason;
    first_year and last_year, between which the series is used, empty where all of it is; years, that both
    print; typical and largest, gap of a country's share [points]; china, gap of China's
    (BGS less USGS) in the last of those years. They are empty where the two share no year.

    >>> rows = joins("antimony").set_index("stage")
    >>> bool(rows.joined["mine"]), round(float(rows.china["mine"]))
    (False, -24)
    """
    rules = tables.load("crosswalk").query("publisher == 'bgs'").fillna({"note": ""})
    if mineral:
        rules = rules[rules.mineral == mineral]
    theirs, ours, series = history.reported(mineral), supply.by_year(release), history.SERIES
    found = []
    for rule in rules.itertuples():
        step = supply.MINE if rule.stage == supply.MINE else supply.REFINERY
        of = (rule.mineral, rule.stage, rule.product)
        mine = theirs[theirs[series].eq(list(of)).all(axis=1)]
        other = ours[(ours.mineral == rule.mineral) & (ours.step == step) & ours.iso3.notna()]
        other = other[~other.source_id.str.startswith("IEA")]
        both = mine.merge(other[["iso3", "year", "share"]], on=["iso3", "year"]).dropna(subset=["share"])
        gap = both.share_pct - both.share
        last = gap[(both.iso3 == CHINA) & (both.year == both.year.max())]
        found.append(
            {
                "mineral": rule.mineral,
                "stage": rule.stage,
                "product": rule.product,
                "joined": bool(rule.joined),
                "reason": rule.note,
                "first_year": rule.first_year,
                "last_year": rule.last_year,
                "years": sorted(both.year.unique().tolist()),
                "typical": gap.abs().median(),
                "largest": gap.abs().max(),
                "china": last.iloc[0] if len(last) else None,
            }
        )
    columns = [*series, "joined", "reason", "first_year", "last_year", "years", "typical", "largest", "china"]
    return pd.DataFrame(found, columns=columns).sort_values(
        ["joined", "mineral", "product"], ascending=[False, True, True], ignore_index=True
    )
