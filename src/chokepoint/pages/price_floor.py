"""Chapter 3: how reference prices held up by adjustable tariffs would work."""

import pandas as pd

from chokepoint.analysis import facts
from chokepoint.analysis.prices import FLOOR, floor_price, ndpr
from chokepoint.charts import theme
from chokepoint.charts.bars import columns, columns_and_floor
from chokepoint.charts.curves import curves, levy_gap, protection
from chokepoint.data import tables
from chokepoint.pages.components.brief import Brief
from chokepoint.pages.components.explorable import Explorable, explore
from chokepoint.pages.components.figure import Figure, figure
from chokepoint.pages.components.listing import is_answered
from chokepoint.pages.components.spread import Spread, spread

# Where a reader may begin: a flood, a market dearer than the floor, a floor that does nothing.
FLOODS = {
    "China floods the market": {"world_price": "low"},
    "The market is dear": {"world_price": "high"},
    "The floor lies below the market": {"floor": "low"},
}


def brief(release: str) -> Brief:
    """Say what there is of it, what it would cost at the latest price and whom, whom it hurts."""
    latest = facts.find("ndpr.latest", release)
    costs = (
        "such a floor costs somebody {ndpr.below}: buyers where a tariff holds it, taxpayers where a "
        "contract does"
        if latest and latest.value < floor_price()
        else "such a floor would have done nothing"
    )
    stands = (
        f"At the latest yearly average, {{ndpr.latest}}, {costs}."
        if latest
        else "This release prints no average price of that oxide."
    )
    taxed = facts.get("cascade.magnet_protection", release).value < 0
    next_stage = (
        "On the oxide alone it turns against the next stage: in the model, at prices of 2024, it wipes "
        "out {cascade.work_lost} of what the magnet maker earns on each kilogram"
        if taxed
        else "In the model a floor on the oxide alone does no harm to the magnet maker"
    )
    return Brief(
        [
            f"{_where()} company contracts, where MP Materials is guaranteed {{mp.price_floor}} for the "
            "oxide of magnets, and in one US order, {polysilicon.floor} for the polysilicon of solar cells.",
            stands,
            f"{next_stage}.",
        ],
        release,
    )


def _where() -> str:
    """Begin the sentence on floors with a number; the bloc has none until the question is answered."""
    return (
        "F" if is_answered("open.reference_prices") else "The bloc has published no price: f"
    ) + "loors with a number stand in"


def lead(release: str) -> Figure | None:
    """Draw the yearly price of NdPr oxide against the one floor that has a number.

    Nothing where the release prints no price.
    """
    if not facts.find("ndpr.latest", release):
        return None
    rows, floor = ndpr(release).sort_values("year"), floor_price()
    mixed = rows.series.str.contains("NdPr").any()
    name = "NdPr oxide" if mixed else "Neodymium oxide"
    frame = _columns(rows).assign(gap=(floor - rows.value).clip(lower=0).to_numpy())
    below = (rows.value < floor).sum()
    shown = pd.DataFrame(
        {
            "Year (e: estimate)": frame.year,
            "Average price, US$/kg, free on board, without VAT": frame.price,
            "Below the floor by, US$/kg": frame.gap,
            "source_id": rows.source_id.to_numpy(),
        }
    )
    return figure(
        columns_and_floor(frame, floor, floor_label=f"Floor of MP Materials: {floor:.0f}"),
        name="lead",
        title=f"{'Magnet' if mixed else 'Neodymium'} oxide sold below US${floor:.0f} in {below} of the last "
        f"{len(rows)} years",
        table=shown,
        sources=sorted({*rows.source_id, *facts.get(FLOOR, release).sources}),
        alt_text=(
            f"Bars of the yearly average price of {name}, {frame.year.iloc[0]} to {frame.year.iloc[-1]}, "
            f"and a line at US${floor:.0f} per kilogram. "
            f"{below} of {len(rows)} bars end below the line."
        ),
    )


def _columns(rows: pd.DataFrame) -> pd.DataFrame:
    """Return yearly prices as columns: year (with an e where estimated), price, label."""
    return pd.DataFrame(
        {
            "year": (rows.year.astype(str) + rows.estimated.map({True: "e", False: ""})).to_numpy(),
            "price": rows.value.to_numpy(),
            "label": rows.value.map("{:.3g}".format).to_numpy(),
        }
    )


def lithium(release: str) -> Figure | None:
    """Draw the yearly price of lithium carbonate; nothing where none is printed."""
    if release not in tables.releases("prices"):
        return None
    rows = tables.load("prices", release).query("mineral == 'lithium'").sort_values("year")
    if rows.empty:
        return None
    dearest, last = rows.loc[rows.value.idxmax()], rows.iloc[-1]
    lost = 100 * (1 - last.value / dearest.value)
    frame = _columns(rows.assign(value=rows.value / 1000))
    return figure(
        columns(frame, y_title="Thousand US$ per tonne"),
        name="lithium",
        title=(
            f"Lithium carbonate lost {lost:.0f}% of its price from {dearest.year} to {last.year}"
            if lost > 0
            else f"Lithium carbonate was dearest in {last.year}, the last year shown"
        ),
        table=pd.DataFrame(
            {
                "Year (e: estimate)": frame.year,
                "Average price, US$ a tonne": rows.value.to_numpy(),
                "What": rows.basis.fillna("").to_numpy(),
                "source_id": rows.source_id.to_numpy(),
            }
        ),
        alt_text=(
            f"Bars of the yearly average price of lithium carbonate, {frame.year.iloc[0]} to "
            f"{frame.year.iloc[-1]}. The highest is {dearest.year}, US${dearest.value:,.0f} a tonne; the "
            f"last is US${last.value:,.0f}."
        ),
    )


def who_pays() -> Explorable:
    """Model 1 under the reader's hand."""
    return explore(
        "price_floor",
        ["world_price", "floor", "supply_elasticity", "demand_elasticity", "evasion_share"],
        levy_gap,
        along="world_price",
        title="Flooding moves the levy, not the price inside the bloc",
        results=[
            "supply",
            "revenue",
            "spending_change",
            "use_change",
            "consumer_surplus_change",
            "producer_surplus_change",
            "deadweight_loss",
            "secure_cost",
        ],
        sentence="{taxed?At these settings the levy is US${levy:,.1~f} on each kilogram that pays it, and "
        "buyers pay US${bloc_price:,.1~f}|At these settings no levy is paid, and buyers pay "
        "US${bloc_price:,.1~f}"
        "}{idle_floor?. The bloc would feed itself at that price, so no floor above it can be "
        "held|}.{extra_supply? Each extra kilogram that the bloc makes costs US${secure_cost:,.1~f} that "
        "nobody gets back.|}",
        alt_text="Price inside the bloc against the world price. Below the floor the bloc’s price stays "
        "level while the world price falls, or sinks with it where part of the levy is dodged; "
        "the gap between the two lines is what imports pay.",
        named=FLOODS | {"Importers dodge the levy": {"evasion_share": "high"}},
    )


def next_stage() -> Explorable:
    """Explore the stage cascade: what a floor on the oxide does to who buys it."""
    return explore(
        "stage_cascade",
        ["magnet_floor", "oxide_floor", "oxide_world_price", "magnet_world_price", "oxide_per_magnet"],
        protection,
        along="magnet_floor",
        title="A floor on the oxide alone taxes the magnet maker",
        results=["magnet_cost_rise", "magnet_floor_needed", "car_cost_rise"],
        sentence="Dearer oxide adds US${magnet_cost_rise:,.1~f} to each kilogram of magnet. Magnets need a "
        "floor of US${magnet_floor_needed:,.1~f} "
        "before their maker is no worse off. {work?At the floor set here what their own work "
        "earns changes by {magnet_protection:.0%} against no floor at all|"
        "At these world prices the oxide alone takes {oxide_share:.0%} of the magnet’s price, which leaves "
        "too little work to protect}.",
        alt_text="Protection of magnet making against the floor on magnets. Left of the floor that is needed "
        "the line lies below zero: makers are taxed.",
        named={
            "Oxide alone gets a floor": {"magnet_floor": "low"},
            "Magnets alone get one": {"oxide_floor": "low"},
            "A higher floor on magnets": {"magnet_floor": "high"},
        },
    )


def floor_spread() -> Spread:
    """Model 1 with every assumption free."""
    return spread(
        "price_floor", "deadweight_loss", "world_price", name="Loss that nobody gets back", held=("floor",)
    )


def mine() -> Explorable:
    """Model 2 under the reader's hand: a flood, with a floor and without."""
    return explore(
        "project_value",
        [
            "flood_price",
            "flood_years",
            "flood_start",
            "floor",
            "floor_years",
            "discount_rate",
        ],
        curves(
            "flood_price",
            {"npv": ("Without a floor", theme.OTHER), "npv_with_floor": ("With the floor", theme.FLOOR)},
            x_title="Price during the flood, US$ per kilogram",
            y_title="Value, A$ million",
            y_format=",~f",
            level="0",
        ),
        along="flood_price",
        title="A long flood takes value from a mine; a floor restores it",
        results=[
            "npv",
            "npv_with_floor",
            "floor_payments",
            "pull_out",
        ],
        sentence="An investor who expects this flood {built?builds even without a floor: the project is "
        "worth|does not build without a floor: the project is worth} "
        "A${npv:,.3~r} million. With the floor it is worth A${npv_with_floor:,.3~r} million, and "
        "{built_with_floor?is built|is not built}. "
        "{floor_payments?The payments that do it come to A${floor_payments:,.3~r} million, discounted|"
        "Nothing is paid under it}.",
        alt_text="Value of a mine against the price during a flood, one curve without a floor and one with. "
        "Without a floor the curve falls below zero when the flood is deep.",
        named={
            "Nobody floods": {"flood_years": "low"},
            "A very long flood": {"flood_years": "high"},
            "Nobody promises a floor": {"floor": "low"},
        },
    )


def contract() -> Explorable:
    """Model 2, second half: the promise of a price as an option that the state gives away."""
    return explore(
        "price_protection",
        ["start_price", "strike", "long_run_price", "volatility", "reversion", "upside_share", "full_output"],
        curves(
            "start_price",
            {
                "net_cost": ("Expected cost", theme.FLOOR),
                "certain_cost": ("If prices were certain", theme.OTHER),
            },
            x_title="Price at the start, US$ per kilogram",
            y_title="US$ million, ten years",
            y_format=",~f",
            word="(costs ? 'costs US$' + format(net_cost, ',.0f') : 'brings US$' + format(net_gain, "
            "',.0f')) + ' million'",
        ),
        along="start_price",
        title="A promised price costs most when the market is low",
        results=["guarantee", "upside", "net_cost", "certain_cost", "first_payment", "quarter_payment"],
        sentence="Ten years of this promise are expected to {costs?cost the state US${net_cost:,.3~r} "
        "million|bring the state US${net_gain:,.3~r} million}, discounted: US${guarantee:,.3~r} "
        "million for the guarantee, less "
        "US${upside:,.3~r} million from its share of high prices. In the first year it would expect to pay "
        "US${first_payment:,.3~r} million.",
        alt_text="Expected cost of a ten-year price guarantee against the price at the start, and the cost "
        "if prices came out as expected. Both fall as the price rises; the gap between them is what "
        "uncertainty costs.",
        named={
            "A flooded market": {"start_price": "low"},
            "A dear market": {"start_price": "high"},
            "Calmer prices": {"volatility": "low"},
        },
    )
