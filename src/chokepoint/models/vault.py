"""Model 3: Project Vault as a stockpile.

How much it covers, what it costs to hold, how it empties, how large it should be.

Stocks are counted in years of net imports, so that minerals can be added up by value. A stock buys time, not
supply. The best size s holds one unit more as long as its carry c is below what it is expected to save: with
shortages of mean m, exponentially distributed, at a rate λ, and a loss k from the last unit missing,
λ k exp(−s/m) = c, hence s = m ln(λ k / c).
"""

import numpy as np

from .expr import log, maximum, minimum, where
from .model import Model

MONTHS = 36  # length of the month-by-month path


def vault(
    *,
    loan,
    private_capital,
    basket_value,
    loan_rate,
    private_return,
    storage,
    filled,
    days,
    cut,
    cut_years,
    fee,
    spike,
    disruption_rate,
    mean_shortage,
    loss_multiple,
):
    """Cover, cost, draw and best size of a stockpile spread over a basket for equal days.

    loan             public loan [US$ billion]
    private_capital  [US$ billion]
    basket_value     yearly net imports of what is stored [US$ billion/year]
    loan_rate        interest on the loan [per year]
    private_return   return the private money asks for [per year]
    storage          storing and insuring [share of value per year]
    filled           share of the money already turned into stock [0–1]
    days             cover to be priced [days of net imports]
    cut              share of net imports that stops coming [0–1]
    cut_years        how long [years]
    fee              charge for what is drawn [share of its value]
    spike            price multiple in a disruption, spared to who may draw [x]
    disruption_rate  disruptions to be expected [per year]
    mean_shortage    what an average one takes away [years of net imports]
    loss_multiple    loss from the last unit missing, in units of its price [x]

    The best size weighs the cost of holding one more unit for a year against the chance of needing it times
    its worth.

    >>> r = vault(loan=10, private_capital=1.67, basket_value=43.24, loan_rate=0.0525, private_return=0.10,
    ...     storage=0.015, filled=1, days=60, cut=0.4, cut_years=0.5, fee=0.02, spike=3, disruption_rate=0.1,
    ...     mean_shortage=0.5, loss_multiple=2)
    >>> (round(r["cover_days"], 1), round(r["cost_of_days"], 1), round(r["months_last"], 1),
    ...     round(r["best_days"]))
    (98.5, 7.1, 8.1, 181)
    """
    capital = loan + private_capital
    stock = filled * capital / basket_value
    carry = loan * loan_rate + private_capital * private_return + storage * capital
    carry_rate = carry / capital
    needed = cut * cut_years
    draw = minimum(stock, needed)
    best = maximum(0, mean_shortage * log(maximum(1, disruption_rate * loss_multiple / carry_rate)))
    return {
        "cover_days": 365 * stock,
        "cover_months": 12 * stock,
        "cost_of_days": basket_value * days / 365,
        "carry": carry,
        "carry_rate": carry_rate,
        "draw": draw * basket_value,
        "unmet": maximum(0, needed - stock) * basket_value,
        "unmet_share": maximum(0, needed - stock) / maximum(needed, 1e-9),
        "months_last": 12 * stock / maximum(cut, 1e-9),
        "stock_left": (stock - draw) * basket_value,
        "fee_income": fee * draw * basket_value,
        "firm_fee": disruption_rate * (spike - 1) - carry_rate,
        "best_years": best,
        "best_days": 365 * best,
        "best_cost": best * basket_value,
    }


def stock_path(
    *, stock, target, cut, cut_start, cut_months, participation, refill_rate, refill_budget, price_multiple
):
    """Stock, release, shortage and refill month by month; keywords of `stockpile`.

    Returns MONTHS rows; stock is that at the end of the month. All in years of net imports; refill_cost in
    the same at
    the price before the cut.
    """
    rows = []
    for month in range(MONTHS):
        cut_now = where(month >= cut_start, where(month < cut_start + cut_months, cut, 0), 0)
        need = cut_now / 12
        release = minimum(stock, need * participation)
        multiple = where(
            cut_now > 0, price_multiple, 1 + (price_multiple - 1) * where(month > cut_start, 0.5, 0)
        )
        wanted = minimum(refill_rate / 12, refill_budget / 12 / multiple)
        refill = where(cut_now > 0, 0, maximum(0, minimum(wanted, target - stock)))
        stock = stock + refill - release
        rows.append(
            {
                "month": month + 1,
                "stock": stock,
                "need": need,
                "release": release,
                "unmet": need - release,
                "refill": refill,
                "refill_cost": refill * multiple,
            }
        )
    return rows


def stockpile(
    *, stock, target, cut, cut_start, cut_months, participation, refill_rate, refill_budget, price_multiple
):
    """Three years of a stockpile through a disruption.

    stock           at the start [years of net imports]
    target          what it is refilled to [years of net imports]
    cut             share of net imports that stops coming [0–1]
    cut_start       months before the cut [months]
    cut_months      its length [months]
    participation   share of the users who may draw [0–1]
    refill_rate     most that can be bought [years of net imports per year]
    refill_budget   money for it [years of net imports at the usual price, per year]
    price_multiple  price during the cut [x]; afterwards it has come half-way down

    >>> r = stockpile(stock=0.27, target=0.27, cut=0.4, cut_start=0, cut_months=12, participation=1,
    ...     refill_rate=0.2, refill_budget=0.2, price_multiple=3)
    >>> round(r["released"], 2), round(r["unmet"], 2), round(r["months_covered"], 1)
    (0.27, 0.13, 8.1)
    """
    rows = stock_path(
        stock=stock,
        target=target,
        cut=cut,
        cut_start=cut_start,
        cut_months=cut_months,
        participation=participation,
        refill_rate=refill_rate,
        refill_budget=refill_budget,
        price_multiple=price_multiple,
    )
    total = {
        name: _sum(row[name] for row in rows)
        for name in ("need", "release", "unmet", "refill", "refill_cost")
    }
    lowest = stock
    for row in rows:
        lowest = minimum(lowest, row["stock"])
    return {
        "needed": total["need"],
        "released": total["release"],
        "unmet": total["unmet"],
        "months_covered": 12 * total["release"] / maximum(cut, 1e-9),
        "lowest_stock": lowest,
        "refilled": total["refill"],
        "refill_cost": total["refill_cost"],
        "spike_loss": total["refill_cost"] - total["refill"],
        "stock_end": rows[-1]["stock"],
    }


def _sum(terms):
    total = 0
    for term in terms:
        total = total + term
    return total


def allocate(values, capital, *, mode="days", weights=None, longest_days=365):
    """Money for each mineral, given its yearly net imports by value [unit of `capital` a year].

    Sums to at most `capital`.

    mode  "days": equal cover; "dollars": equal money; "weights": in proportion to value times weight (a risk
          score);
          "greedy": highest weight (loss avoided per dollar) first. None covers more than `longest_days`.

    >>> allocate([30, 10], 4, mode="days").tolist()
    [3.0, 1.0]
    """
    values = np.asarray(values, dtype=float)
    weights = np.ones_like(values) if weights is None else np.asarray(weights, dtype=float)
    most = values * longest_days / 365
    if mode == "greedy":
        money, left = np.zeros_like(values), float(capital)
        for i in np.argsort(-weights, kind="stable"):
            money[i] = min(left, most[i])
            left -= money[i]
        return money
    wish = {"days": values, "dollars": np.ones_like(values), "weights": values * weights}[mode]
    money, free = np.zeros_like(values), wish > 0
    while free.any():  # what a full mineral cannot take goes to the others
        share = np.where(free, wish, 0) / wish[free].sum() * (capital - money[~free].sum())
        full = free & (share >= most)
        if not full.any():
            return np.where(free, share, money)
        money[full], free = most[full], free & ~full
    return money


VAULT = Model(
    name="vault",
    title="What does the Vault’s money cover, and what does it cost to keep?",
    function=vault,
    results={
        "cover_days": ("days", "net imports the stock replaces if they stop altogether"),
        "cover_months": ("months", "the same in months"),
        "cost_of_days": ("US$ billion", "money for the cover asked for"),
        "carry": ("US$ billion/year", "interest, return and storage"),
        "carry_rate": ("per year", "the same as a share of the money, and the fee that would pay for it"),
        "draw": ("US$ billion", "stock drawn during the cut, at the usual price"),
        "unmet": ("US$ billion", "need the stock does not meet, at the usual price"),
        "unmet_share": ("share", "the same as a share of the need"),
        "months_last": ("months", "how long the stock lasts against the cut"),
        "stock_left": ("US$ billion", "stock after the cut"),
        "fee_income": ("US$ billion", "charge for what was drawn"),
        "firm_fee": (
            "share of value per year",
            "most a firm would pay for the right to draw, above its share of the carry",
        ),
        "best_years": ("years of net imports", "size at which one more unit costs what it is worth"),
        "best_days": ("days", "the same in days"),
        "best_cost": ("US$ billion", "money for that size"),
    },
    cautions=(
        "What the Vault will hold, its rates and its fees are not public.",
        "Annual averages hide days without stock.",
        "Days are days of net imports: of what is used they are fewer, "
        "as the United States makes part of it.",
        "How often supply fails and what the last missing unit costs are assumptions.",
    ),
)

STOCKPILE = Model(
    name="stockpile",
    title="How does a stockpile empty and fill again?",
    function=stockpile,
    results={
        "needed": ("years of net imports", "what the cut takes away in three years"),
        "released": ("years of net imports", "what the stock gives"),
        "unmet": ("years of net imports", "what stays missing"),
        "months_covered": ("months", "months of the cut that the release amounts to"),
        "lowest_stock": ("years of net imports", "lowest level"),
        "refilled": ("years of net imports", "bought in three years"),
        "refill_cost": ("years of net imports", "paid for it, in units of the usual price"),
        "spike_loss": ("years of net imports", "paid above the usual price"),
        "stock_end": ("years of net imports", "level after three years"),
    },
    cautions=("How fast the Vault would refill, and at what price, is an assumption.",),
)
