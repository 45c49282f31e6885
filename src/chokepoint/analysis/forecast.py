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
    return _china("refinery")


def china_mined() -> pd.DataFrame:
    """China's share of mined output [%] by mineral: as `china_refined`, of the newest edition with mining.

    NA where the edition does not name China.

    >>> rows = china_mined().set_index("mineral")
    >>> bool(rows.share_2035["graphite"] > 50 > rows.share_2035["copper"])
    True
    """
    return _china("mine")


def mined(mineral: str) -> pd.DataFrame:
    """Return what each country mines [t], in the base year and in the base case; empty where none is given.

    Columns: area, area_kind, iso3, year, value, forecast, source_id.

    >>> rows = mined("cobalt").query("iso3 == 'COD'").set_index("year").value
    >>> bool(rows[2040] < rows[2025])
    True
    """
    rows = newest("mine") if tables.releases("iea_production") else pd.DataFrame(columns=_MINED)
    return rows[rows.mineral == mineral][_MINED[1:]].reset_index(drop=True)


_MINED = ["mineral", "area", "area_kind", "iso3", "year", "value", "forecast", "source_id"]


def _china(stage: str) -> pd.DataFrame:
    table = newest(stage)
    world, china = (
        table[rows].set_index(["mineral", "year"]).value
        for rows in (table.area_kind == "world", table.iso3 == "CHN")
    )
    shares = (100 * china.reindex(world.index) / world).unstack("year").add_prefix("share_")
    names = tables.load("minerals").set_index("mineral").name
    names.update(tables.load("products").query("step == @stage").set_index("mineral").short)
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
