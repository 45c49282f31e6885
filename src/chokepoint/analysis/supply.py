"""Who makes how much of what: each country's share of world output, at the mine and at the step after it.

The step after the mine is a refinery, a smelter or another plant. USGS has it for some minerals; for the
others the IEA has it, one year earlier, and for rare earths only for the four magnet elements.

A share is output over the world's total that the same publisher prints for the same year in the same release,
and over nothing else: not over the sum of the countries. Totals are rounded, so shares may add up to a little
more than 100%.

A year is taken from the newest release that prints it: `by_year`.
"""

import re
from collections.abc import Callable
from typing import Any

import pandas as pd

from chokepoint.analysis import coalitions, parts
from chokepoint.analysis.spelling import ours
from chokepoint.data import memory, tables
from chokepoint.data.tables import by_release

MINE, REFINERY = "mine", "refinery"
MAGNET = "magnet_rare_earths"  # the IEA's stand-in for refined rare earths
KILOGRAMS = ("kg", "kilograms")  # units in which a release prints what is counted in kilograms
_SERIES = ["mineral", "step", "stage", "commodity", "detail"]
_COLUMNS = [
    "mineral",
    "step",
    "form",
    "what",
    "area",
    "area_kind",
    "iso3",
    "year",
    "value",
    "world",
    "share",
    "alone",
    "kilograms",
    "qualifier",
    "excludes_us",
    "release",
    "source_id",
]
_ORDER = {
    "by": ["mineral", "step", "value"],
    "ascending": [True, True, False],
    "kind": "stable",
    "ignore_index": True,
}


def in_sentence(mineral: str) -> str:
    """Write a mineral as it stands in a sentence.

    >>> in_sentence("rare_earths"), in_sentence("aluminum")
    ('rare earths', 'aluminium')
    """
    text = _names()[mineral].split(" (")[0]
    return text[0].lower() + text[1:]


@memory.remembered
def _names() -> dict[str, str]:
    return tables.load("minerals").set_index("mineral").name.to_dict()


def share_text(share: float, alone: bool = False) -> str:
    """Return a share of world output as it is printed: totals are rounded, so it is too.

    alone: nobody else makes any. Where rounding makes 100% of a share, and others are printed too, only a
    bound can be said.

    >>> share_text(34.09), share_text(0.4), share_text(0), share_text(100), share_text(100, alone=True)
    ('34%', 'under 1%', 'none', 'over 99%', '100%')
    """
    if share > 99 and not alone:
        return "over 99%"
    return f"{share:.0f}%" if share >= 1 else "under 1%" if share > 0 else "none"


@by_release
def output(release: str = tables.DEFAULT_RELEASE, year: int | None = None) -> pd.DataFrame:
    """Output by country in the latest year: value and world [t], share of the printed world total [%].

    step is `mine` or `refinery`; what names the product; release is where the row is printed; alone, whether
    no other place makes any; kilograms, whether the release counts it in kilograms. Rows that the source
    withholds are kept, without a value.
    year: what the release prints of an earlier year, in place of its latest; the IEA's rows are always those
    of its base year.

    >>> rows = output().query("mineral == 'rare_earths' and iso3 == 'CHN'")
    >>> {r.step: round(r.share, 1) for r in rows.itertuples()}
    {'mine': 69.2, 'refinery': 91.3}
    """
    usgs = _usgs(release).query("form == ''")
    return _with_agency(usgs[usgs.year == (year or _latest(release))], _agency_latest())


@by_release
def forms(release: str = tables.DEFAULT_RELEASE, year: int | None = None) -> pd.DataFrame:
    """Return output of what a release prints beside the series that speaks for a mineral.

    It has a total of its own. Rows are as in `output`.

    >>> rows = forms().query("iso3 == 'SLE'")
    >>> [(r.what, round(r.share)) for r in rows.itertuples()]
    [('Rutile', 24)]
    """
    usgs = _usgs(release).query("form != ''")
    return usgs[usgs.year == (year or _latest(release))].sort_values(**_ORDER)


@by_release
def by_year(release: str = tables.DEFAULT_RELEASE) -> pd.DataFrame:
    """Return output by country in every year that is held.

    Each year of a mineral and step is from the newest release that prints it. Rows as in `output`; no release
    newer than `release` is looked at. The IEA's years come from its newest edition that has them.

    >>> rows = by_year().query("mineral == 'antimony' and iso3 == 'CHN'").set_index("year")
    >>> round(float(rows.share[2024]), 1), rows.release[2024]
    (33.6, 'mcs2026')
    """
    held = [r for r in reversed(tables.releases()) if r <= release]
    every = pd.concat([_usgs(r).query("form == ''") for r in held], ignore_index=True)
    usgs = _newest(
        every[every.value.notna().groupby([every[c] for c in (*_YEAR, "release")]).transform("any")]
    )
    return _with_agency(usgs, _agency().query("step == @REFINERY"))


_YEAR = ["mineral", "step", "year"]


def _newest(rows: pd.DataFrame) -> pd.DataFrame:
    """Of each mineral, step and year the rows of one release, the first in which they come."""
    first = rows.drop_duplicates(_YEAR).set_index(_YEAR).release
    return rows[rows.release.to_numpy() == first.reindex(pd.MultiIndex.from_frame(rows[_YEAR])).to_numpy()]


def label(what: str) -> str:
    """Return a product as the label of a bar.

    >>> (
    ...     label("Natural and synthetic graphite"),
    ...     label("Magnet rare earths (Nd, Pr, Dy, Tb)"),
    ...     label("Bauxite"),
    ... )
    ('Graphite with synthetic', 'Magnet rare earths', 'Bauxite')
    """
    return _short_names().get(what) or what.split(" (")[0]


@memory.remembered
def _short_names() -> dict[str, str]:
    return dict(tables.load("products")[["product", "short"]].itertuples(index=False))


def mass(value: float, kilograms: bool = False) -> str:
    """Return an output [t] in full; what a release counts in kilograms, in kilograms.

    >>> mass(2.5, kilograms=True), mass(270000.0), mass(2.5), mass(44965.3226)
    ('2,500 kg', '270,000 t', '2.5 t', '44,965 t')
    """
    return (
        f"{1000 * value:,.0f} kg" if kilograms else f"{value:,.0f} t" if value >= 100 else f"{value:,.3g} t"
    )


def _latest(release: str) -> int:
    return int(tables.load("production", release).year.max())


def _with_agency(usgs: pd.DataFrame, iea: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of USGS, and those of the IEA where USGS has no country.

    That is judged for each mineral and step.
    """
    known = set(zip(usgs.mineral, usgs.step, strict=True))
    iea = iea.assign(mineral=iea.mineral.replace(MAGNET, "rare_earths"))
    extra = [key not in known for key in zip(iea.mineral, iea.step, strict=True)]
    return pd.concat([usgs[_COLUMNS], iea[extra][_COLUMNS]], ignore_index=True).sort_values(**_ORDER)


@by_release
def _usgs(release: str) -> pd.DataFrame:
    """Return every series of a release of which the world's total is printed, in every year.

    form is empty for the one that speaks for its mineral and step. A country that is printed in a form of its
    own (tellurium in concentrate) counts in the total and is kept.
    """
    minerals = tables.load("minerals").set_index("mineral")
    table = tables.load("production", release)
    table = table[table.mineral.map(minerals.kind).ne("other")]
    table = parts.with_sums(table, ["mineral", "stage", "commodity", "detail", "year"])
    table = table.assign(
        step=table.stage.where(table.stage == MINE, REFINERY), detail=table.detail.fillna("")
    )
    series = [*_SERIES, "year"]
    totals = (
        table[table.area_kind == "world"].dropna(subset=["value"]).drop_duplicates(series).set_index(series)
    )
    totals = totals[["value", "excludes_us"]].rename(columns={"value": "world"})
    rows = table[table.area_kind != "world"].drop(columns="excludes_us").join(totals, on=series, how="inner")
    rows = rows.assign(excludes_us=rows.excludes_us.fillna(False).astype(bool))
    size = rows.groupby(_SERIES, as_index=False).value.sum()
    wanted = size.mineral.map(minerals.headline_stage).eq(size.stage) & size.mineral.map(
        minerals.headline_detail.fillna("")
    ).eq(size.detail)
    chosen = (
        size.assign(wanted=wanted)
        .sort_values(["wanted", "value"], ascending=False)
        .drop_duplicates(["mineral", "step"])
    )
    speaks = pd.MultiIndex.from_frame(rows[_SERIES]).isin(pd.MultiIndex.from_frame(chosen[_SERIES]))
    products = tables.load("products").set_index(["mineral", "step"])["product"].to_dict()
    # An older release may print another product in the place of the one a mineral is known by: silicon
    # together with ferrosilicon.
    other = {
        (r.mineral, r.detail)
        for r in rows.itertuples()
        if " and " in r.detail and minerals.headline_detail.get(r.mineral) in str(r.detail).split(" and ")
    }
    called = [
        _called(r, s, {} if (r.mineral, r.detail) in other else products)
        for r, s in zip(rows.itertuples(), speaks, strict=True)
    ]
    rows = rows.assign(
        what=called,
        form=["" if s else re.sub(r"\W+", "_", w.lower()) for s, w in zip(speaks, called, strict=True)],
        kilograms=rows.printed_unit.isin(KILOGRAMS),
        release=release,
    )
    return _shares(rows)


def _called(row: Any, speaks: bool, products: dict[tuple[str, str], str]) -> str:
    """Return the name of a product: Bauxite; Titanium concentrates.

    Of another form of the mineral it is what tells it apart: Rutile, Alumina.
    """
    if not speaks:
        return ours(row.detail[:1].upper() + row.detail[1:] if row.detail else row.commodity)
    return products.get((row.mineral, row.step)) or ours(
        f"{row.commodity}, {row.detail}" if row.detail else row.commodity
    )


def _shares(rows: pd.DataFrame) -> pd.DataFrame:
    of = rows[rows.value > 0].groupby(["mineral", "step", "form", "year", "release"]).area.nunique()
    makers = of.reindex(pd.MultiIndex.from_frame(rows[of.index.names])).to_numpy()
    return rows.assign(share=100 * rows.value / rows.world, alone=makers == 1)[_COLUMNS]


def _agency() -> pd.DataFrame:
    """Return what the IEA prints of mining and refining, forecasts apart.

    Each year is from its newest edition that has it. Rows are as in `output`.
    """
    return _editions().copy(deep=False)


@memory.remembered
def _editions() -> pd.DataFrame:
    names = tables.load("minerals").set_index("mineral").name
    products = tables.load("products").set_index(["mineral", "step"])["product"]
    editions = []
    for edition in reversed(tables.releases("iea_production")):
        table = tables.load("iea_production", edition)
        table = table[~table.forecast].rename(columns={"stage": "step"})
        worlds = table[table.area_kind == "world"].set_index(_YEAR).value.rename("world")
        rows = table[table.area_kind != "world"].join(worlds, on=_YEAR, how="inner")
        keys = pd.MultiIndex.from_frame(rows[["mineral", "step"]])
        what = pd.Series(products.reindex(keys).to_numpy(), index=rows.index).fillna(rows.mineral.map(names))
        editions.append(
            _shares(
                rows.assign(
                    what=what, form="", kilograms=False, qualifier=None, excludes_us=False, release=edition
                )
            )
        )
    return _newest(pd.concat(editions, ignore_index=True))


def _agency_latest() -> pd.DataFrame:
    """Refining in the IEA's latest year of each mineral."""
    rows = _agency().query("step == @REFINERY")
    return rows[rows.year == rows.groupby("mineral").year.transform("max")]


@by_release
def pairs(release: str = tables.DEFAULT_RELEASE, year: int | None = None) -> pd.DataFrame:
    """Rows of `output` of the minerals of which one and the same product is counted at the mine and after it.

    Ore and metal are counted as two products for some minerals (bauxite and aluminium), and refined graphite
    holds synthetic graphite that no mine gave: these are left out. For rare earths, of which USGS counts all
    at the mine and the IEA four after it, the IEA's own two steps of those four stand in, as
    `magnet_rare_earths`.

    >>> rows = pairs().query("mineral == 'magnet_rare_earths' and iso3 == 'CHN'")
    >>> [(r.step, round(r.share)) for r in rows.itertuples()]
    [('mine', 61), ('refinery', 91)]
    """
    rows, iea = output(release, year), _agency()
    alike = rows[_one_product(rows, ["mineral"])]
    iea = iea[_one_product(iea, ["mineral", "year"]) & ~iea.mineral.isin(rows.mineral)]
    iea = iea[iea.year == iea.groupby("mineral").year.transform("max")]
    return pd.concat([alike, iea], ignore_index=True).sort_values(**_ORDER)[_COLUMNS]


def _one_product(rows: pd.DataFrame, keys: list[str]) -> pd.Series:
    """Whether both steps are there under the name of one product."""
    of = rows.groupby(keys)
    return of.step.transform("nunique").eq(2) & of.what.transform("nunique").eq(1)


@by_release
def two_steps(release: str = tables.DEFAULT_RELEASE, year: int | None = None) -> pd.DataFrame:
    """Return the rows of `output` of every mineral whose makers are known at both steps.

    `alike`: whether both steps count one product (see `pairs`). Magnet rare earths stand in for all rare
    earths.
    """
    rows, same = output(release, year), pairs(release, year)
    instead = {"rare_earths"} if MAGNET in set(same.mineral) else set()
    both = rows.groupby("mineral").step.transform("nunique").eq(2) & ~rows.mineral.isin(
        {*same.mineral, *instead}
    )
    return pd.concat([same.assign(alike=True), rows[both].assign(alike=False)], ignore_index=True)


# --- sums: each of `output`, or of the minerals of `pairs` or `two_steps` ---

Rows = Callable[..., pd.DataFrame]


@by_release
def china(release: str = tables.DEFAULT_RELEASE, year: int | None = None, of: Rows = output) -> pd.DataFrame:
    """Return China's share [%] of each mineral, columns `mine` and `refinery`.

    It is 0 where the countries are known and it has none.
    """
    rows = of(release, year)
    named = rows[rows.iso3 == "CHN"].dropna(subset=["share"]).set_index(["mineral", "step"]).share
    known = rows[["mineral", "step"]].drop_duplicates()
    withheld = rows[(rows.iso3 == "CHN") & rows.share.isna()].set_index(["mineral", "step"]).index
    keys = [k for k in known.itertuples(index=False, name=None) if k not in withheld]
    shares = named.reindex(pd.MultiIndex.from_tuples(keys, names=["mineral", "step"]), fill_value=0.0)
    return shares.unstack("step").reindex(columns=[MINE, REFINERY])


@by_release
def china_pairs(release: str = tables.DEFAULT_RELEASE, year: int | None = None) -> pd.DataFrame:
    """China's share [%] at both steps of the minerals of `pairs`.

    >>> rows = china_pairs()
    >>> bool((rows.refinery > rows.mine).all())
    True
    """
    return china(release, year, pairs).dropna()


def with_sources(shares: pd.DataFrame, output: pd.DataFrame, *, members: bool = False) -> pd.DataFrame:
    """Add to shares of world output by mineral, or by mineral and step, a column `sources`.

    It holds a tuple of the ids of the sources of the rows of `output`, or of `pairs`, that the shares are of;
    with `members`, those that say who belongs to which club as well.

    >>> with_sources(china_pairs(), pairs()).loc["magnet_rare_earths", "sources"]
    ('IEA2025',)
    """
    keys = list(shares.index.names)
    of = output.groupby(keys).source_id.unique()
    also = set(tables.load("memberships").query("published").source_id) if members else set()
    return shares.assign(sources=[tuple(sorted({*of[key], *also})) for key in shares.index])


@by_release
def leaders(
    release: str = tables.DEFAULT_RELEASE, year: int | None = None, of: Rows = output
) -> pd.DataFrame:
    """Return the largest country of each mineral and step, with its share [%]."""
    rows = of(release, year)
    rows = rows[(rows.area_kind == "country") & (rows.value > 0)]
    return rows.drop_duplicates(["mineral", "step"]).reset_index(drop=True)


@by_release
def by_standing(
    release: str = tables.DEFAULT_RELEASE, year: int | None = None, of: Rows = output
) -> pd.DataFrame:
    """Share of world output [%] by where countries stand towards the bloc, every mineral and step.

    "Not itemised" is what no named country has: what is left of 100. Rounded countries may come to more than
    the rounded total; then nothing is left, and the shares add up to a little more than 100.
    """
    rows, where = of(release, year), coalitions.standing()
    named = rows[rows.area_kind == "country"]
    group = named.iso3.map(where).fillna(coalitions.ELSEWHERE)
    sums = (
        named.assign(standing=group)
        .groupby(["mineral", "step", "standing"])
        .share.sum()
        .unstack(fill_value=0.0)
    )
    sums[coalitions.NOT_NAMED] = (100 - sums.sum(axis=1)).clip(lower=0)
    return sums.stack().rename("share").reset_index()


@by_release
def standing_of_two_steps(release: str = tables.DEFAULT_RELEASE) -> pd.DataFrame:
    """Return the same of the minerals of `two_steps`, with `alike` and the product."""
    return _with_product(by_standing(release, None, two_steps), release)


def _with_product(shares: pd.DataFrame, release: str) -> pd.DataFrame:
    told = two_steps(release).drop_duplicates(["mineral", "step"])
    return shares.merge(told[["mineral", "step", "what", "alike"]], on=["mineral", "step"])


@by_release
def by_country(release: str = tables.DEFAULT_RELEASE, of: Rows = output) -> pd.DataFrame:
    """Share of world output [%] of each named country: columns mineral, step, iso3, share.

    >>> rows = by_country().set_index(["mineral", "step", "iso3"]).share
    >>> round(float(rows["rare_earths", "mine", "CHN"]), 1)
    69.2
    """
    named = of(release).query("area_kind == 'country' and share > 0")
    return named.groupby(["mineral", "step", "iso3"], as_index=False).share.sum()


@by_release
def country_of_two_steps(release: str = tables.DEFAULT_RELEASE) -> pd.DataFrame:
    """`by_country` of the minerals of `two_steps`, with `alike` and the product."""
    return _with_product(by_country(release, two_steps), release)


@by_release
def clubs(release: str = tables.DEFAULT_RELEASE) -> pd.DataFrame:
    """Return the share of world output [%] inside each of `coalitions.CLUBS`.

    There is a row for each mineral and step of which countries are published, and a column for each club. The
    members' shares added up; never more than 100, which rounded figures may come to.

    >>> float(clubs().loc[("gallium", "refinery"), "china"])
    100.0
    """
    rows = by_country(release)
    known = (
        output(release)
        .query("share > 0")[["mineral", "step"]]
        .drop_duplicates()
        .set_index(["mineral", "step"])
        .index
    )
    sums = {
        key: rows[rows.iso3.isin(coalitions.club(key))]
        .groupby(["mineral", "step"])
        .share.sum()
        .reindex(known, fill_value=0.0)
        for key in coalitions.CLUBS
    }
    return pd.DataFrame(sums).clip(upper=100).sort_index()


@by_release
def whole(release: str = tables.DEFAULT_RELEASE) -> pd.DataFrame:
    """Return whether a club makes all there is: rows and columns of `clubs`.

    True where nobody outside it is printed with any output.
    """
    rows = output(release).query("value > 0")
    keys = [rows.mineral, rows.step]
    inside = {key: rows.iso3.isin(coalitions.club(key)).groupby(keys).all() for key in coalitions.CLUBS}
    return pd.DataFrame(inside).reindex(clubs(release).index, fill_value=False)


@by_release
def inside(release: str = tables.DEFAULT_RELEASE, year: int | None = None, of: Rows = output) -> pd.DataFrame:
    """Return the share [%] of the United States, the signatories and those that came.

    Columns `mine` and `refinery`; never more than 100.
    """
    held = by_standing(release, year, of)
    held = held[held.standing.isin([coalitions.SIGNED, coalitions.CAME])]
    return (
        held.groupby(["mineral", "step"])
        .share.sum()
        .clip(upper=100)
        .unstack("step")
        .reindex(columns=[MINE, REFINERY])
    )


@by_release
def inside_pairs(release: str = tables.DEFAULT_RELEASE, year: int | None = None) -> pd.DataFrame:
    """Return the same at both steps of the minerals of `pairs`."""
    return inside(release, year, pairs).dropna()


@by_release
def inside_of_two_steps(release: str = tables.DEFAULT_RELEASE) -> pd.DataFrame:
    """Return the same of the minerals of `two_steps`, whether or not both steps count one product."""
    return inside(release, None, two_steps).dropna()


@by_release
def summary(
    release: str = tables.DEFAULT_RELEASE, year: int | None = None, of: Rows = output
) -> pd.DataFrame:
    """Return for each mineral and step the largest country and its share, and other shares [%].

    These are China's and the bloc's; sources are a tuple.
    """
    largest = leaders(release, year, of).set_index(["mineral", "step"])
    sources = (
        of(release, year).groupby(["mineral", "step"]).source_id.agg(lambda ids: tuple(sorted(set(ids))))
    )
    return pd.DataFrame(
        {
            "leader": largest.area,
            "leader_iso3": largest.iso3,
            "largest": largest.share,
            "what": largest.what,
            "year": largest.year,
            "release": largest.release,
            "china": china(release, year, of).stack(),
            "inside": inside(release, year, of).stack(),
            "sources": sources,
        }
    )
