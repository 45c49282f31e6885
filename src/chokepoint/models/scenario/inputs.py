"""What the recursion takes, by name and in its order."""

from __future__ import annotations

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
    *(
        f"seed_{r}" for r in REGIONS
    ),  # t/year: a first plant's size, so that investment can begin from nothing
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


YEARS = (2026, 2040)
MONTHS = (YEARS[1] - YEARS[0] + 1) * 12

POLICY = (  # names of data/scenario/controls.csv
    "floor_ore",
    "floor",
    "floor_product",
    "evasion",
    "floor_from",
    "strike",
    "covered",
    "strike_from",
    "strike_months",
    "money",
    "money_from",
    "money_months",
    "money_to_mines",
    "vault",
    "cover_days",
    "fill_months",
    "fill_share",
    "draw_share",
    "vault_from",
    "cut",
    "cut_from",
    "cut_months",
    "leak",
    "held",
    "opening",
    "settled",
    "aim_at_rest",
    "flood",
    "flood_trigger",
    "flood_from",
    "flood_months",
    "patience",
)
