"""What the recursion takes, in its order: names, units, defaults, lowest and highest of everything a reader may set."""

from __future__ import annotations

from dataclasses import dataclass

REGIONS = ("club", "china", "rest")

FACTS = (
    "price",  # US$/kg of the traded form
    "growth",  # of use, a year
    "ore_share",  # cost of ore in the price of the start
    "input_share",  # cost of the refined form in the product's price
    "refinery_lead",  # months from money to output
    "mine_lead",  # months
    "refinery_capital",  # US$ million for a tonne a year
    "mine_capital",  # US$ million for a tonne a year
    "stock_months",  # private stocks outside China, in months of use there
    "feed",  # t/year of scrap, stocks and by-products that mines do not count
    *(f"use_{r}" for r in REGIONS),  # t/year
    *(f"refinery_{r}" for r in REGIONS),  # t/year of capacity
    *(f"output_{r}" for r in REGIONS),  # t/year refined at the start
    *(f"mine_{r}" for r in REGIONS),  # t/year of capacity, in the traded form's units
    *(f"refinery_coming_{r}" for r in REGIONS),  # t/year under construction
    *(f"mine_coming_{r}" for r in REGIONS),  # t/year under construction
    *(f"dear_{r}" for r in REGIONS),  # long-run cost of new plants over the price of the start
    *(f"seed_{r}" for r in REGIONS),  # t/year: a first plant's size, so that investment can begin from nothing
)

BEHAVIOUR = (
    "elasticity",
    "long_elasticity",
    "drift",
    "steepness",
    "speculation",
    "hoarding",
    "adjustment",
    "calming",
    "learning",
    "investing",
    "fastest",
    "closing",
    "sensitivity",
    "leaving",
    "credibility",
    "highest",
    "carry",
    "tolerance",
)


@dataclass(frozen=True)
class Setting:
    """Something a reader may choose."""

    name: str
    default: float
    low: float
    high: float
    unit: str
    meaning: str


YEARS = (2026, 2040)
MONTHS = (YEARS[1] - YEARS[0] + 1) * 12

POLICY = (
    Setting("floor_ore", 0, 0, 5, "× the price of the start", "floor under the price of ore in the club; 0: none"),
    Setting("floor", 0, 0, 5, "× the price of the start", "floor under the price of the refined form in the club; 0: none"),
    Setting("floor_product", 0, 0, 5, "× the price of the start", "floor under the price of what is made of it; 0: none"),
    Setting("evasion", 0, 0, 0.95, "share", "imports that dodge the levy"),
    Setting("floor_from", 0, 0, 179, "months after January 2026", "when the floors begin"),
    Setting("strike", 0, 0, 5, "× the price of the start", "price that contracts promise to makers in the club; 0: none"),
    Setting("covered", 1, 0, 1, "share", "club's output under such a contract"),
    Setting("strike_from", 0, 0, 179, "months after January 2026", "when the contracts begin"),
    Setting("strike_months", 120, 0, 180, "months", "how long they last"),
    Setting("money", 0, 0, 100_000, "US$ million a year", "public money for plants in the club"),
    Setting("money_from", 0, 0, 179, "months after January 2026", "when it begins"),
    Setting("money_months", 60, 0, 180, "months", "how long it is given"),
    Setting("money_to_mines", 0.5, 0, 1, "share", "of the money that goes to mines"),
    Setting("vault", 0, 0, 12_000, "US$ million", "money the Vault may spend on this mineral"),
    Setting("cover_days", 365, 0, 3650, "days of the club's net imports", "most the Vault wants to hold"),
    Setting("fill_months", 36, 1, 180, "months", "over which it spends its money"),
    Setting("fill_share", 0.1, 0, 1, "share of use outside China", "most it buys in a month"),
    Setting("draw_share", 0.5, 0, 1, "share of the club's net imports", "what it gives out in a crisis"),
    Setting("vault_from", 0, 0, 179, "months after January 2026", "when it begins to buy"),
    Setting("cut", 0, 0, 1, "share", "of its exports that China withholds"),
    Setting("cut_from", 24, 0, 179, "months after January 2026", "when it begins to"),
    Setting("cut_months", 12, 0, 180, "months", "how long"),
    Setting("leak", 0.2, 0, 0.95, "share", "of what is withheld that comes through third countries all the same"),
    Setting("held", 180, 0, 180, "months", "at full depth; licences begin to open after them"),
    Setting("opening", 1, 1, 180, "months", "over which licences then open"),
    Setting("settled", 0, 0, 1, "share", "of the first depth that stays withheld once they have opened"),
    Setting("aim_at_rest", 1, 0, 1, "share", "how far the cut holds for countries outside the club too"),
    Setting("flood", 0, 0, 0.7, "share", "by which China lowers its makers' costs"),
    Setting("flood_trigger", 0, 0, 1, "share", "made outside China above which it does so; 0: at once"),
    Setting("flood_from", 24, 0, 179, "months after January 2026", "when it may begin to"),
    Setting("flood_months", 60, 0, 180, "months", "how long"),
    Setting("patience", 0, 0, 15, "years", "of net loss after which a member leaves; 0: never"),
)
