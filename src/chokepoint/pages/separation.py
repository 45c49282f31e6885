"""From rock to motor, where the elements are parted: the row of tanks, as a thing to move."""

from chokepoint.charts.curves import curves
from chokepoint.charts.theme import INK, OTHER
from chokepoint.pages.components.explorable import Explorable, explore


def row_of_tanks() -> Explorable:
    """Model 8 under the reader's hand: the tanks that part two neighbours, by how alike they are."""
    return explore(
        "separation",
        ["separation_factor", "purity", "reflux_multiple"],
        curves(
            "separation_factor",
            {
                "tanks": ("Tanks needed", INK),
                "least_stages": ("Fewest, if nothing were taken out", OTHER),
            },
            x_title="Separation factor of the two (1: no difference)",
            y_title="Tanks",
            word="format(tanks, ',.0f') + ' tanks'",
        ),
        along="separation_factor",
        title="The more alike two elements are, the more tanks it takes to part them",
        results=[
            "tanks",
            "least_stages",
            "turned_over",
            "held",
            "held_days",
            "first_product",
            "settling",
            "plain_purity",
        ],
        sentence="It takes {tanks:,.0f} tanks in a row to part these two to {purity:.1%}. Filling them takes "
        "{held_days:,.1~f} days of feed, and the first pure product comes {first_product:,.1~f} days after "
        "the first feed, at the least. A small error of balance, left alone, would take "
        "{settles?{settling:,.0f} days to fall to a third|longer than anyone waits to die away}. "
        "Without washing back, as many stages would give only {plain_purity:.0%}.",
        alt_text="Tanks needed against the separation factor. The curve falls steeply: the nearer the "
        "factor is to one, which means no difference, the longer the row.",
        named={
            "Almost alike": {"separation_factor": "low"},
            "Easy to part": {"separation_factor": "high"},
            "As pure as can be": {"purity": "high"},
        },
    )
