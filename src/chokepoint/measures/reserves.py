"""What is in the ground: the one series of reserves that speaks for each mineral."""

import pandas as pd

from chokepoint import tables
from chokepoint.measures import parts
from chokepoint.tables import by_release

_COLUMNS = ["mineral", "area", "area_kind", "iso3", "value", "low", "world", "bound", "share", "detail", "counted", "source_id"]


@by_release
def series(release: str = tables.DEFAULT_RELEASE) -> pd.DataFrame:
    """Reserves by country [t], largest first: of the series that holds most, in the latest year; detail says which, where there are several.

    counted: of a series in parts, as ilmenite and rutile, those of which the country has a figure; empty for any other.
    world is the printed total, bound the total where it is printed as "more than"; share [%] needs a total.

    >>> rows = series().query("mineral == 'lithium' and area_kind == 'country'")
    >>> rows.area.iloc[0]
    'Chile'
    >>> rows = series().query("mineral == 'titanium'").set_index("area").counted
    >>> rows[["Sierra Leone", "Canada", "Australia"]].tolist()
    ['rutile', 'ilmenite', 'ilmenite and rutile']
    """
    if release not in tables.releases("reserves"):
        return pd.DataFrame(columns=_COLUMNS)
    printed = tables.load("reserves", release)
    rows = parts.with_sums(printed, ["mineral", "commodity", "detail", "year"])
    rows = rows[(rows.year == rows.groupby("mineral").year.transform("max")) & rows.form.isna()]
    rows = rows.assign(one=rows.commodity + "|" + rows.detail.fillna(""))
    countries = rows[(rows.area_kind == "country") & (rows.value > 0)]
    sizes = countries.groupby(["mineral", "one"]).value.sum().reset_index().sort_values("value", ascending=False, kind="stable")
    rows = rows.merge(sizes.drop_duplicates("mineral")[["mineral", "one"]], on=["mineral", "one"])
    totals = rows[rows.area_kind == "world"].drop_duplicates("mineral").set_index("mineral")
    world, bound = (rows.mineral.map(totals[column]).astype(float) for column in ("value", "low"))
    rows = rows.assign(world=world, bound=bound.where(world.isna()), share=100 * rows.value / world)
    rows = rows.assign(counted=_counted(rows, printed))
    return rows[_COLUMNS].sort_values(["mineral", "value"], ascending=[True, False], ignore_index=True, kind="stable")


def _counted(rows: pd.DataFrame, printed: pd.DataFrame) -> list[str]:
    """The parts behind each row of a sum, in the order of its name; an empty text for a row that is no sum. printed: the release's own rows."""
    figures = printed[printed.value > 0]
    has = {(r.mineral, r.area, r.detail) for r in figures.itertuples()}
    return [
        parts.AND.join(d for d in r.detail.split(parts.AND) if (r.mineral, r.area, d) in has)
        if isinstance(r.detail, str) and parts.AND in r.detail
        else ""
        for r in rows.itertuples()
    ]
