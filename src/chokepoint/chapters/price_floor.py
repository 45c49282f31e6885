"""Chapter 3: how reference prices held up by adjustable tariffs would work."""

from chokepoint.charts.floor import levy_gap
from chokepoint.explore import Explorable, explore


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
