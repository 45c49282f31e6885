"""Chapter 3: how reference prices held up by adjustable tariffs would work."""

import pandas as pd

from chokepoint import facts
from chokepoint.charts.cascade import protection
from chokepoint.charts.figure import Figure, figure
from chokepoint.charts.floor import levy_gap
from chokepoint.charts.price import price_and_floor
from chokepoint.computed import FLOOR, floor_price, ndpr
from chokepoint.explore import Explorable, explore
from chokepoint.findings import Brief


def brief(release: str) -> Brief:
    """What is proposed, where the price stands, who pays."""
    below = facts.get("ndpr.latest", release).value < floor_price()
    stands = ("{ndpr.latest}, so a floor at that height would have cost somebody money" if below
              else "{ndpr.latest}, so a floor at that height would have done nothing")
    taxed = facts.get("cascade.magnet_protection", release).value < 0
    next_stage = ("A floor on the oxide alone turns against the next stage: in the model the magnet maker's own work is protected by {cascade.magnet_protection}, which is a tax"
                  if taxed else "In the model a floor on the oxide alone does no harm to the magnet maker")
    return Brief([
        "No reference price has been published for any mineral or stage; the one floor with a number is a company's contract, {mp.price_floor} of NdPr oxide for {mp.price_floor_term}.",
        f"USGS puts the average price in its latest year at {stands}.",
        f"{next_stage}.",
    ], release)


def lead(release: str) -> Figure:
    """The yearly price of NdPr oxide against the one floor that has a number."""
    rows, floor = ndpr(release).sort_values("year"), floor_price()
    name = "NdPr oxide" if rows.series.str.contains("NdPr").any() else "Neodymium oxide"
    frame = pd.DataFrame({"year": rows.year.astype(str) + rows.estimated.map({True: "e", False: ""}), "price": rows.value,
                          "label": rows.value.map("{:.0f}".format), "gap": (floor - rows.value).clip(lower=0)})
    below = (rows.value < floor).sum()
    says = f"{name} sold below the floor of US${floor:.0f} in {below} of the last {len(rows)} years"
    shown = pd.DataFrame({"Year (e: estimate)": frame.year, "Average price, US$/kg, free on board, without VAT": frame.price, "Below the floor by, US$/kg": frame.gap,
                          "source_id": rows.source_id})
    return figure(price_and_floor(frame, floor, floor_label=f"Floor of MP Materials: {floor:.0f}"), says=says, table=shown,
                  sources=sorted({*rows.source_id, *facts.get(FLOOR, release).sources}), alt_text=(
        f"Bars of the yearly average price of {name}, {frame.year.iloc[0]} to {frame.year.iloc[-1]}, and a line at US${floor:.0f} per kilogram. "
        f"{below} of {len(rows)} bars end below the line."))


def who_pays() -> Explorable:
    """Model 1 under the reader's hand."""
    return explore(
        "price_floor",
        ["world_price", "floor", "supply_elasticity", "demand_elasticity", "evasion_share"],
        levy_gap,
        along="world_price",
        says="Flooding moves the levy and nothing else inside the bloc",
        results=["levy", "imports", "supply", "revenue", "consumer_surplus_change", "producer_surplus_change", "deadweight_loss", "secure_cost"],
        sentence="At these settings the levy is US${levy:,.2f} on each kilogram. Buyers in the bloc pay US${bloc_price:,.2f}, and each extra "
                 "kilogram of its own output costs US${secure_cost:,.2f} that nobody gets back.",
        alt_text="Price inside the bloc against the world price. Below the floor the bloc's price stays level while the world price falls; "
                 "the gap between the two lines is the levy.",
    )


def next_stage() -> Explorable:
    """The stage cascade: what a floor on the oxide does to who buys it."""
    return explore(
        "stage_cascade",
        ["magnet_floor", "oxide_floor", "oxide_world_price", "magnet_world_price", "oxide_per_magnet"],
        protection,
        along="magnet_floor",
        says="A floor on the oxide alone is a tax on the magnet maker",
        results=["magnet_cost_rise", "magnet_floor_needed", "car_cost_rise", "jet_cost_rise"],
        sentence="Dearer oxide adds US${magnet_cost_rise:,.2f} to each kilogram of magnet. Magnets need a floor of US${magnet_floor_needed:,.2f} "
                 "before their maker is no worse off. At the floor set here their own work is protected by {magnet_protection:.0%}; below zero is a tax.",
        alt_text="Protection of magnet making against the floor on magnets. Left of the floor that is needed the line lies below zero: makers are taxed.",
    )
