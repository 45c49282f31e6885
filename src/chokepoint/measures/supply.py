"""Who makes how much of what: each country's share of world output, at the mine and at the step after it.

The step after the mine is a refinery, a smelter or another plant. USGS has it for some minerals; for the others the IEA
has it, one year earlier, and for rare earths only for the four magnet elements.
"""

import pandas as pd

from chokepoint import tables
from chokepoint.measures import coalitions
from chokepoint.tables import by_release

MINE, REFINERY = "mine", "refinery"
MAGNET = "magnet_rare_earths"  # the IEA's stand-in for refined rare earths
_COLUMNS = [
    "mineral",
    "step",
    "what",
    "area",
    "area_kind",
    "iso3",
    "year",
    "value",
    "world",
    "share",
    "qualifier",
    "excludes_us",
    "source_id",
]


@by_release
def output(release: str = tables.DEFAULT_RELEASE) -> pd.DataFrame:
    """Output by country in the latest year: value and world [t], share of the printed world total [%].

    step is `mine` or `refinery`; what names the product. Rows that the source withholds are kept, without a value.

    >>> rows = output().query("mineral == 'rare_earths' and iso3 == 'CHN'")
    >>> {r.step: round(r.share, 1) for r in rows.itertuples()}
    {'mine': 69.2, 'refinery': 91.3}
    """
    usgs, iea = _usgs(release), _iea()
    known = set(zip(usgs.mineral, usgs.step, strict=True))
    extra = [key not in known for key in zip(iea.mineral, iea.step, strict=True)]
    both = pd.concat([usgs[_COLUMNS], iea[extra][_COLUMNS]], ignore_index=True)
    return both.sort_values(["mineral", "step", "value"], ascending=[True, True, False], kind="stable").reset_index(drop=True)


def _usgs(release: str) -> pd.DataFrame:
    """The series of the release that speaks for each mineral and step."""
    table = tables.load("production", release)
    table = table[(table.year == table.year.max()) & table.form.isna()]
    table = table.assign(step=table.stage.where(table.stage == MINE, REFINERY), detail=table.detail.fillna(""))
    series = ["mineral", "step", "stage", "commodity", "detail"]
    totals = table[table.area_kind == "world"].dropna(subset=["value"]).set_index(series).value.rename("world")
    totals = totals[~totals.index.duplicated()]
    countries = table[table.area_kind != "world"].merge(totals.reset_index(), on=series)
    size = countries.groupby(series).value.sum().reset_index()
    minerals = tables.load("minerals").set_index("mineral")
    wanted = size.mineral.map(minerals.headline_stage).eq(size.stage) & size.mineral.map(minerals.headline_detail.fillna("")).eq(
        size.detail
    )
    chosen = size.assign(wanted=wanted).sort_values(["wanted", "value"], ascending=False).drop_duplicates(["mineral", "step"])
    chosen = chosen[chosen.mineral.map(minerals.kind).ne("other")]
    excludes = table[(table.area_kind == "world") & table.excludes_us.fillna(False)].set_index(series).index
    rows = countries.merge(chosen[series], on=series)
    what = rows.commodity.where(rows.detail == "", rows.commodity + ", " + rows.detail)
    without_us = [key in excludes for key in rows[series].itertuples(index=False, name=None)]
    return rows.assign(share=100 * rows.value / rows.world, what=what, excludes_us=without_us)


def _iea() -> pd.DataFrame:
    """Refining in the base year of the latest IEA release."""
    table = tables.load("iea_production", tables.releases("iea_production")[-1])
    table = table[~table.forecast & (table.stage == REFINERY)].rename(columns={"stage": "step"})
    worlds = table[table.area_kind == "world"].set_index("mineral").value
    rows = table[table.area_kind != "world"].assign(qualifier=None, excludes_us=False)
    names = tables.load("minerals").set_index("mineral").name
    rows = rows.assign(world=rows.mineral.map(worlds), what=rows.mineral.map(names), mineral=rows.mineral.replace(MAGNET, "rare_earths"))
    return rows.assign(share=100 * rows.value / rows.world)


@by_release
def china(release: str = tables.DEFAULT_RELEASE) -> pd.DataFrame:
    """China's share [%] of each mineral, columns `mine` and `refinery`; 0 where the countries are known and it has none."""
    rows = output(release)
    named = rows[rows.iso3 == "CHN"].dropna(subset=["share"]).set_index(["mineral", "step"]).share
    known = rows[["mineral", "step"]].drop_duplicates()
    withheld = rows[(rows.iso3 == "CHN") & rows.share.isna()].set_index(["mineral", "step"]).index
    keys = [k for k in known.itertuples(index=False, name=None) if k not in withheld]
    shares = named.reindex(pd.MultiIndex.from_tuples(keys, names=["mineral", "step"]), fill_value=0.0)
    return shares.unstack("step").reindex(columns=[MINE, REFINERY])


@by_release
def leaders(release: str = tables.DEFAULT_RELEASE) -> pd.DataFrame:
    """The largest country of each mineral and step, with its share [%]."""
    rows = output(release)
    rows = rows[(rows.area_kind == "country") & (rows.value > 0)]
    return rows.drop_duplicates(["mineral", "step"]).reset_index(drop=True)


@by_release
def by_standing(release: str = tables.DEFAULT_RELEASE) -> pd.DataFrame:
    """Share of world output [%] by where countries stand towards the bloc; each mineral and step adds up to 100.

    What the source gives only as a remainder or for a group of countries is "Not itemised". Where rounded countries add up
    to more than the rounded total, the shares are of their sum.
    """
    rows = output(release)
    where = coalitions.standing()
    group = rows.iso3.map(where).fillna(coalitions.ELSEWHERE).where(rows.area_kind == "country", coalitions.NOT_NAMED)
    sums = rows.assign(standing=group).groupby(["mineral", "step", "standing"]).share.sum().unstack(fill_value=0.0)
    sums[coalitions.NOT_NAMED] = sums.get(coalitions.NOT_NAMED, 0) + (100 - sums.sum(axis=1)).clip(lower=0)
    sums = sums.mul(100 / sums.sum(axis=1), axis=0)
    return sums.stack().rename("share").reset_index()


@by_release
def by_country(release: str = tables.DEFAULT_RELEASE) -> pd.DataFrame:
    """Share of world output [%] of each named country, scaled as in `by_standing`: columns mineral, step, iso3, share.

    >>> rows = by_country().set_index(["mineral", "step", "iso3"]).share
    >>> round(float(rows["rare_earths", "mine", "CHN"]), 1)
    69.2
    """
    rows = output(release)
    total = rows.groupby(["mineral", "step"]).share.transform("sum").clip(lower=100)
    named = rows.assign(share=rows.share * 100 / total).query("area_kind == 'country' and share > 0")
    return named.groupby(["mineral", "step", "iso3"], as_index=False).share.sum()


@by_release
def clubs(release: str = tables.DEFAULT_RELEASE) -> pd.DataFrame:
    """Share of world output [%] inside each of `coalitions.CLUBS`: a row a mineral and step of which countries are published, a column a club.

    >>> float(clubs().loc[("gallium", "refinery"), "china"]) > 95
    True
    """
    rows = by_country(release)
    known = output(release).query("share > 0")[["mineral", "step"]].drop_duplicates().set_index(["mineral", "step"]).index
    sums = {
        key: rows[rows.iso3.isin(coalitions.club(key))].groupby(["mineral", "step"]).share.sum().reindex(known, fill_value=0.0)
        for key in coalitions.CLUBS
    }
    return pd.DataFrame(sums).sort_index()


@by_release
def inside(release: str = tables.DEFAULT_RELEASE) -> pd.DataFrame:
    """Share [%] of the United States, the signatories and those that came, columns `mine` and `refinery`."""
    rows = by_standing(release)
    rows = rows[rows.standing.isin([coalitions.SIGNED, coalitions.CAME])]
    return rows.groupby(["mineral", "step"]).share.sum().unstack("step").reindex(columns=[MINE, REFINERY])


@by_release
def summary(release: str = tables.DEFAULT_RELEASE) -> pd.DataFrame:
    """For each mineral and step: the largest country and its share, China's and the bloc's share [%], sources (a tuple)."""
    rows = output(release)
    largest = leaders(release).set_index(["mineral", "step"])
    sources = rows.groupby(["mineral", "step"]).source_id.agg(lambda ids: tuple(sorted(set(ids))))
    return pd.DataFrame(
        {
            "leader": largest.area,
            "leader_iso3": largest.iso3,
            "largest": largest.share,
            "what": largest.what,
            "year": largest.year,
            "china": china(release).stack(),
            "inside": inside(release).stack(),
            "sources": sources,
        }
    )
