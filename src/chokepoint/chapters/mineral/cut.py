"""How long the Vault would last if China stopped selling a mineral, under the reader's hand."""

from dataclasses import replace

import pandas as pd

from chokepoint.charts.runout import runout
from chokepoint.explore import Explorable, explore
from chokepoint.measures import supply
from chokepoint.prose.mineral import made, name, row_of

LEAST = 10  # share of world output [%] below which a Chinese cut is no story


def cut(mineral: str, release: str) -> Explorable | None:
    """Model 3 with the cut set to China's share of world output at the last step that is known; nothing where that is small or unknown."""
    speaks, steps = row_of(mineral).headline_mineral, list(made(mineral, release))
    if not steps or speaks != mineral:
        return None
    row = supply.summary(release).loc[(speaks, steps[-1])]
    if pd.isna(row.china) or row.china < LEAST:
        return None
    what = name(mineral)
    made_here = explore(
        "vault",
        ["cut_years", "cut", "loan", "private_capital"],
        runout,
        along="cut_years",
        says=f"How long the Vault would last in a cut as deep as China's share of {what}",
        results=["cover_days", "months_last", "draw", "unmet"],
        sentence="A Vault that holds every mineral it can price in proportion to its yearly net imports replaces {cover_days:,.0f} days of each. "
        "{cut?Against the cut set here it lasts {months_last:,.1f} months|With no cut nothing is drawn from it}. The dollars are those of all these minerals together.",
        alt_text=f"Areas of what the stock gives and what stays missing of all minerals, by the length of a cut as deep as China's share of {what}.",
    )
    exposed = round(round(row.china / 5) * 0.05, 2)
    return replace(
        made_here,
        controls=[
            replace(c, value=exposed, source_id=row.sources[-1], basis="derived") if c.name == "cut" else c for c in made_here.controls
        ],
    )
