"""What the IEA expects of refining: a forecast, kept apart from what was produced."""

import pandas as pd

from chokepoint.data import tables


def newest(stage: str) -> pd.DataFrame:
    """Return the rows of a stage, forecasts too, of the newest edition that has any.

    One may give mining alone.

    >>> newest("mine").source_id.iloc[0], newest("refinery").source_id.iloc[0]
    ('IEA2026', 'IEA2025')
    """
    editions = (tables.load("iea_production", r) for r in reversed(tables.releases("iea_production")))
    of_stage = (table[table.stage == stage] for table in editions)
    return next(rows for rows in of_stage if len(rows))


def china_refined() -> pd.DataFrame:
    """China's share of refined output [%] by mineral.

    Columns mineral, name, share_2024 (base year), share_2030 … (base case), source_id.

    >>> f"{china_refined().set_index('mineral').share_2035['magnet_rare_earths']:.1f}"
    '75.5'
    """
    table = newest("refinery")
    world, china = (
        table[rows].set_index(["mineral", "year"]).value
        for rows in (table.area_kind == "world", table.iso3 == "CHN")
    )
    shares = (100 * china / world).unstack("year").add_prefix("share_")
    names = tables.load("minerals").set_index("mineral").name
    names.update(tables.load("products").query("step == 'refinery'").set_index("mineral").short)
    return shares.assign(name=names.reindex(shares.index), source_id=table.source_id.iloc[0]).reset_index()


def outside_china() -> pd.DataFrame:
    """Return refined magnet rare earths outside China and in the world [kt a year].

    Columns: year, outside, world, share [%], source_id.

    >>> rows = outside_china().set_index("year")
    >>> f"{rows.outside[2035]:.1f} of {rows.world[2035]:.1f}"
    '28.1 of 114.5'
    """
    table = newest("refinery").query("mineral == 'magnet_rare_earths'")
    world, china = (
        table[rows].set_index("year").value / 1000
        for rows in (table.area_kind == "world", table.iso3 == "CHN")
    )
    made = pd.DataFrame({"outside": world - china, "world": world, "share": 100 * (1 - china / world)})
    return made.assign(source_id=table.source_id.iloc[0]).rename_axis("year").reset_index()
