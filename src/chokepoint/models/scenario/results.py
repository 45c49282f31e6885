"""What the recursion gives, in its order, as a table; and the figures that sum a run up."""

import math

import pandas as pd

from .inputs import YEARS
from .told import NONE, sum_up

SERIES = {
    "price_outside": ("US$/kg", "price outside the club and China"),
    "price_inside": ("US$/kg", "price in the club"),
    "price_china": ("US$/kg", "price in China"),
    "use_club": ("t/year", "use in the club"),
    "use_china": ("t/year", "use in China"),
    "use_rest": ("t/year", "use elsewhere"),
    "output_club": ("t/year", "refined in the club"),
    "output_china": ("t/year", "refined in China"),
    "output_rest": ("t/year", "refined elsewhere"),
    "refinery_club": ("t/year", "refining capacity in the club"),
    "refinery_china": ("t/year", "refining capacity in China"),
    "refinery_rest": ("t/year", "refining capacity elsewhere"),
    "mine_club": ("t/year", "mining capacity in the club, in the refined form’s units"),
    "mine_china": ("t/year", "mining capacity in China"),
    "mine_rest": ("t/year", "mining capacity elsewhere"),
    "outside_share": ("share", "refined outside China"),
    "exports": ("t/year", "China’s net exports; negative where it imports"),
    "stock": ("t", "private stocks outside China"),
    "stock_flow": ("t/year", "going into private stocks; negative where they are drawn down"),
    "vault": ("t", "in the Vault"),
    "vault_bought": ("t/year", "bought for the Vault"),
    "vault_drawn": ("t/year", "given out by the Vault"),
    "net_imports": ("t/year", "the club’s net imports; 0 where it makes more than it uses"),
    "levy": ("US$/kg", "levy that holds the floor"),
    "buyers": ("US$ million/year", "paid by the club’s buyers above the outside price"),
    "revenue": ("US$ million/year", "what the levy brings in"),
    "contracts": ("US$ million/year", "paid to makers under contract"),
    "money": ("US$ million/year", "public money for plants"),
    "vault_cost": ("US$ million/year", "the Vault’s purchases less sales, with interest and storage"),
    "taxpayers": ("US$ million/year", "contracts, money and Vault less the levy’s revenue"),
    "unserved": ("share", "of the club’s need at the start’s price that goes without"),
    "makers": ("share", "of the club’s makers of the product that stayed"),
    "withheld": ("share", "of China’s exports withheld, after leaks"),
    "vault_cash": ("US$ million", "the Vault’s money not spent"),
    "members": ("members", "still in the club, where members may leave"),
}
LAST = YEARS[1]
SUMMARY = {  # name → unit, meaning; in the order of `told.sum_up`
    "club_share": ("share", f"of the world’s output that is in the club, {LAST}"),
    "outside_share": ("share", f"of the world’s output that is outside China, {LAST}"),
    "half": ("year", "from which half is refined outside China"),
    "worst_unserved": ("share", "of the club’s need that goes without in the worst month"),
    "net_imports": ("t/year", f"the club’s net imports, {LAST}"),
    "most_vault": ("t", "in the Vault at its fullest"),
    "cover_days": ("days", "of the club’s net imports in the Vault at its fullest"),
    "highest_price": ("US$/kg", "price outside China in the dearest month"),
    "buyers": ("US$ million/year", "paid by the club’s buyers above the outside price, mean"),
    "taxpayers": ("US$ million/year", "contracts, money and Vault less the levy’s revenue, mean"),
    "makers_gone": ("share", f"of the club’s makers of the product that left by {LAST}"),
    "members": ("members", "at the start, where members may leave"),
    "members_gone": ("members", f"who left by {LAST}"),
}


def table(flat: list[float]) -> pd.DataFrame:
    """Return the result of `recursion.simulate` as one row a month; units are in SERIES."""
    width = len(SERIES)
    rows = [flat[i : i + width] for i in range(0, len(flat), width)]
    frame = pd.DataFrame(rows, columns=list(SERIES))
    frame.insert(0, "year", [YEARS[0] + t // 12 for t in range(len(rows))])
    frame.insert(1, "month", [t % 12 + 1 for t in range(len(rows))])
    return frame


def summary(flat: list[float], nothing: list[float]) -> pd.DataFrame:
    """Return the figures of SUMMARY for a path and for doing nothing: value, nothing, unit, meaning.

    NaN where there is no such figure.
    """
    frame = pd.DataFrame(SUMMARY.values(), index=list(SUMMARY), columns=["unit", "meaning"])
    for at, (column, path) in enumerate((("value", flat), ("nothing", nothing))):
        frame.insert(at, column, [math.nan if v == NONE else v for v in sum_up(path, YEARS[0])])
    return frame
