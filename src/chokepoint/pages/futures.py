"""Chapter 7: one system or three, how fast separation could be built, and how wide the assumptions are."""

from chokepoint.analysis import facts
from chokepoint.analysis.forecast import china_refined
from chokepoint.charts.curves import curves
from chokepoint.charts.dumbbell import forecast_change
from chokepoint.charts.theme import BLOC
from chokepoint.models.buildout import FIRST_YEAR
from chokepoint.pages.components.brief import Brief
from chokepoint.pages.components.explorable import Explorable, explore
from chokepoint.pages.components.figure import Figure, figure
from chokepoint.pages.components.spread import Spread, spread

CHOICES = ("year", "target")  # what the reader asks, not what is uncertain


def brief(release: str) -> Brief:
    """Who would refine in 2035, how many tonnes that is outside China, and what no model here can say."""
    known, most = (
        facts.get("futures.iea_minerals", release).value,
        facts.get("futures.iea_majority", release).value,
    )
    hub = "China stays the hub" if most > known / 2 else "China is a hub no longer"
    return Brief(
        [
            f"{hub} in the base case of the International Energy Agency (IEA), a forecast: in 2035 it "
            f"still refines more than half of {{futures.iea_majority}} of {{futures.iea_minerals}} "
            "minerals, "
            "and {futures.iea_rare_earths} of the magnet rare earths.",
            "Outside China the agency expects {futures.iea_kt_2035} of magnet rare earths in 2035, of "
            "{futures.iea_world_2035}; in 2024 it was {futures.iea_kt_2024} of {futures.iea_world_2024}. "
            "It counts announced projects, and no price floor.",
            "No model here says how much a floor would add: the one below is set to the agency's share, "
            "and what a price does in it is put in by hand.",
        ],
        release,
    )


def lead(release: str) -> Figure:
    """China's share of refining now and in the IEA's base case for 2035."""
    rows = china_refined().sort_values("share_2035", ascending=False)
    most = int((rows.share_2035 > 50).sum())
    title = (
        f"Forecast: in 2035 China would still refine more than half of {most} of the {len(rows)} minerals "
        "that the IEA follows"
    )
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
        forecast_change(rows),
        title=title,
        table=table,
        alt_text=(
            "One row a mineral: a circle for China's share of refining in 2024 and a diamond for the IEA's "
            "base case for 2035. A dashed line marks half. "
            + " ".join(
                f"{r.name}: {r.share_2024:.0f} to {r.share_2035:.0f} percent."
                for r in rows.itertuples(index=False)
            )
        ),
    )


def build_out(horizon: int | None = None) -> Explorable:
    """Model 6 under the reader's hand, looking at the year `horizon` first."""
    made = explore(
        "buildout",
        [
            "floor",
            "world_price",
            "capital",
            "capital_intensity",
            "lead_time",
            "demand_growth",
            "year",
            "target",
        ],
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
        title="How many plants a price brings is assumed; what time and money then do is arithmetic",
        results=[
            "price",
            "viable",
            "added",
            "capacity",
            "demand",
            "share",
            "added_needed",
            "capital_needed",
            "target_year",
        ],
        sentence="At US${price:,.0f} a kilogram {viable:.0%} of the projects outside China are assumed to "
        "pay, and each year adds {added:,.2f} thousand tonnes. In the year looked at "
        "that is {capacity:,.1f} of {demand:,.1f} thousand tonnes, {share:.1%} of the world's need. The "
        "target is {target_year?met first in {target_year:.0f}|not met within sixty years}.",
        alt_text="Share of separated magnet rare earths made outside China, by year. A dashed line is the "
        "target, a dot the year looked at.",
    )
    return made.with_defaults(year=horizon and horizon - FIRST_YEAR)


def simple_spread() -> Spread:
    """Model 6, the simple form, with every assumption free."""
    return spread("buildout", "share", "year", name="Share outside China in 2035", held=CHOICES)
