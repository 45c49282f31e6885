"""What the recursion gives, in its order: names, units and meanings; the path as a table, and what it says in one sentence."""

from __future__ import annotations

import pandas as pd

from .inputs import YEARS

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
    "mine_club": ("t/year", "mining capacity in the club, in the refined form's units"),
    "mine_china": ("t/year", "mining capacity in China"),
    "mine_rest": ("t/year", "mining capacity elsewhere"),
    "outside_share": ("share", "refined outside China"),
    "exports": ("t/year", "China's net exports; negative where it imports"),
    "stock": ("t", "private stocks outside China"),
    "stock_flow": ("t/year", "going into private stocks; negative where they are drawn down"),
    "vault": ("t", "in the Vault"),
    "vault_bought": ("t/year", "bought for the Vault"),
    "vault_drawn": ("t/year", "given out by the Vault"),
    "net_imports": ("t/year", "the club's net imports; 0 where it makes more than it uses"),
    "levy": ("US$/kg", "levy that holds the floor"),
    "buyers": ("US$ million/year", "paid by the club's buyers above the outside price"),
    "revenue": ("US$ million/year", "what the levy brings in"),
    "contracts": ("US$ million/year", "paid to makers under contract"),
    "money": ("US$ million/year", "public money for plants"),
    "vault_cost": ("US$ million/year", "the Vault's purchases less sales, with interest and storage"),
    "taxpayers": ("US$ million/year", "contracts, money and Vault less the levy's revenue"),
    "unserved": ("share", "of the club's need at the start's price that goes without"),
    "makers": ("share", "of the club's makers of the product that stayed"),
    "withheld": ("share", "of China's exports withheld, after leaks"),
    "vault_cash": ("US$ million", "the Vault's money not spent"),
    "members": ("members", "still in the club, where members may leave"),
}
PRICES = ("price_outside", "price_inside", "price_china", "levy")


def table(flat: list[float]) -> pd.DataFrame:
    """The flat result of `recursion.simulate` as one row a month, with year and month; units are in SERIES."""
    width = len(SERIES)
    rows = [flat[i : i + width] for i in range(0, len(flat), width)]
    frame = pd.DataFrame(rows, columns=list(SERIES))
    frame.insert(0, "year", [YEARS[0] + t // 12 for t in range(len(rows))])
    frame.insert(1, "month", [t % 12 + 1 for t in range(len(rows))])
    return frame


def cover_days(frame: pd.DataFrame) -> pd.Series:
    """Days of the club's net imports in the Vault; NA where it makes more than it uses."""
    return (365 * frame.vault / frame.net_imports.where(frame.net_imports > 1e-9 * frame.use_club)).rename("cover_days")


def year_of_half(frame: pd.DataFrame) -> int | None:
    """First year whose mean share outside China is a half or more; None if there is none."""
    yearly = frame.groupby("year").outside_share.mean()
    return int(yearly.index[yearly >= 0.5][0]) if (yearly >= 0.5).any() else None
