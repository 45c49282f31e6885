"""Chapter 7: one system or three, how fast separation can be built, and what is left when every assumption varies."""

import pandas as pd

from chokepoint import facts, tables
from chokepoint.charts.curves import curves
from chokepoint.charts.figure import Figure, figure
from chokepoint.charts.futures import change, paths
from chokepoint.charts.theme import BLOC, CHINA, FLOOR, OTHER
from chokepoint.explore import Explorable, explore
from chokepoint.measures.forecast import china_refined
from chokepoint.models.buildout import FIRST_YEAR, pipeline_path
from chokepoint.prose.findings import Brief
from chokepoint.prose.spread import Spread, spread

CHOICES = ("year", "target")  # what the reader asks, not what is uncertain


def brief(release: str) -> Brief:
    """Who would refine in 2035, what a price does to that, and how far the answers spread."""
    known, most = facts.get("futures.iea_minerals", release).value, facts.get("futures.iea_majority", release).value
    hub = "China stays the hub" if most > known / 2 else "China is a hub no longer"
    far = facts.get("futures.share_floor", release).value > 2 * facts.get("futures.share_market", release).value
    price = "The price decides more than the calendar does" if far else "The price decides little"
    return Brief(
        [
            f"{hub} in the base case of the International Energy Agency (IEA), a forecast: in 2035 it still refines more than half of {{futures.iea_majority}} of {{futures.iea_minerals}} minerals, "
            "and {futures.iea_rare_earths} of the magnet rare earths.",
            f"{price}: in the model {{futures.share_floor}} are separated outside China in 2035 if builders can count on the price of the published floors, and "
            "{futures.share_market} if they get the market's.",
            "With every assumption free within its range, nine draws of ten of the fuller model lie between {futures.spread_low} and {futures.spread_high}; "
            "half by 2044 comes out in {futures.half_draws} of the draws.",
        ],
        release,
    )


def lead(release: str) -> Figure:
    """China's share of refining now and in the IEA's base case for 2035."""
    rows = china_refined().sort_values("share_2035", ascending=False)
    most = int((rows.share_2035 > 50).sum())
    says = f"Forecast: in 2035 China would still refine more than half of {most} of the {len(rows)} minerals that the IEA follows"
    table = rows[["name", "share_2024", "share_2030", "share_2035", "share_2040", "source_id"]].rename(
        columns={
            "name": "Mineral",
            "share_2024": "China, 2024, %",
            "share_2030": "2030, forecast, %",
            "share_2035": "2035, forecast, %",
            "share_2040": "2040, forecast, %",
        }
    )
    return figure(
        change(rows),
        says=says,
        table=table,
        alt_text=(
            "One row a mineral: a circle for China's share of refining in 2024 and a diamond for the IEA's base case for 2035. A dashed line marks half. "
            + " ".join(f"{r.name}: {r.share_2024:.0f} to {r.share_2035:.0f} percent." for r in rows.itertuples(index=False))
        ),
    )


def build_out(horizon: int | None = None) -> Explorable:
    """Model 6 under the reader's hand, looking at the year `horizon` first."""
    made = explore(
        "buildout",
        ["floor", "world_price", "capital", "capital_intensity", "lead_time", "demand_growth", "year", "target"],
        curves(
            "year",
            {"share": ("Separated outside China", BLOC)},
            x_title="Year",
            y_title="Share of magnet rare earths",
            y_format=".0%",
            level="target",
            below=True,
            word="format(share, '.1%') + ' in ' + format(2024 + year, 'd')",
            x_expr="2024 + datum.value",
        ),
        along="year",
        says="Below the price that pays for a plant, more years bring nothing",
        results=["price", "viable", "added", "capacity", "demand", "share", "added_needed", "capital_needed", "target_year"],
        sentence="At US${price:,.0f} a kilogram {viable:.0%} of the projects outside China pay, and each year adds {added:,.2f} thousand tonnes. In the year looked at "
        "that is {share:.1%} of the world's need. The target is {target_year?met first in {target_year:.0f}|not met within sixty years}.",
        alt_text="Share of separated magnet rare earths made outside China, by year. A dashed line is the target, a dot the year looked at.",
    )
    return made.starting(year=horizon and horizon - FIRST_YEAR)


SCENARIOS = {  # name → settings of the pipeline that differ from its defaults, colour
    "A floor of US$110": (dict(floor=110), FLOOR),
    "US$90 and no floor, left alone": (dict(floor=0, world_price=90, pulse_years=0), BLOC),
    "US$90 and no floor, China cuts its price": (dict(floor=0, world_price=90), CHINA),
    "US$60 and no floor": (dict(floor=0), OTHER),
}


def path(**moved: float) -> pd.DataFrame:
    """Share outside China by year in the cohort model with some settings moved: columns year, share [0–1], pulse."""
    defaults = tables.load("assumptions").query("model == 'pipeline' and name not in @CHOICES").set_index("name").value.to_dict()
    found = pipeline_path(**(defaults | moved))
    return pd.DataFrame({"year": FIRST_YEAR + pd.RangeIndex(len(found["share"])), "share": found["share"], "pulse": found["pulse"]})


def scenario_paths() -> pd.DataFrame:
    """`path` of each scenario, to 2050, with a column scenario."""
    return pd.concat([path(**moved).assign(scenario=name) for name, (moved, _) in SCENARIOS.items()], ignore_index=True).query(
        "year <= 2050"
    )


def floor_left_alone() -> pd.Series:
    """The first scenario without any pulse: share by year."""
    return path(**next(iter(SCENARIOS.values()))[0], pulse_years=0).set_index("year").share


def pressure(release: str) -> Figure:
    """The cohort model with and without Chinese pulses, with and without a floor."""
    rows = scenario_paths()
    at = rows[rows.year == 2040].set_index("scenario").share
    names = list(SCENARIOS)
    alone, pressed = at[names[1]], at[names[2]]
    effect = (
        f"takes {100 * (alone - pressed):.0f} points off the share in 2040 if builders live on the market price"
        if alone > pressed + 0.005
        else "changes nothing by 2040"
    )
    floor = rows.query("scenario == @names[0]")
    spared = abs(at[names[0]] - floor_left_alone().loc[2040]) < 0.005
    says = f"In the model, Chinese price pressure {effect}{', and nothing if they have the floor' if spared else ', and less if they have the floor'}"
    table = (
        rows.pivot(index="year", columns="scenario", values="share")
        .mul(100)
        .reindex(columns=names)
        .reset_index()
        .rename(columns={"year": "Year"} | {n: f"{n}, %" for n in names})
    )
    used = tables.load("assumptions").query("model == 'pipeline'").source_id.dropna().unique()
    return figure(
        paths(rows, {n: c for n, (_, c) in SCENARIOS.items()}),
        says=says,
        table=table,
        sources=sorted(used),
        alt_text=(
            f"Four curves of the share separated outside China from 2024 to 2050. With a floor it reaches {100 * floor.share.max():.0f} percent; at 90 dollars without pressure "
            f"{100 * alone:.0f} percent in 2040, with pressure {100 * pressed:.0f}; at 60 dollars it falls from the start."
        ),
    )


def simple_spread() -> Spread:
    """Model 6, the simple form, with every assumption free."""
    return spread("buildout", "share", "year", name="Share outside China in 2035", held=CHOICES)


def full_spread() -> Spread:
    """The cohort model, with every assumption free."""
    return spread("pipeline", "share", "floor", name="Share outside China in 2035, with mines, learning and pressure", held=CHOICES)
