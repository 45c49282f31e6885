"""Chapter 4: what Project Vault's money buys, for how long, and on what terms it may be drawn."""

from dataclasses import replace

import pandas as pd

from chokepoint import facts, tables
from chokepoint.charts.bars import named_bars
from chokepoint.charts.curves import curves
from chokepoint.charts.figure import Figure, figure
from chokepoint.charts.runout import runout
from chokepoint.charts.strip import strip
from chokepoint.charts.theme import BLOC, CHINA, OTHER
from chokepoint.explore import Explorable, explore
from chokepoint.models import MODELS
from chokepoint.parameters import checked
from chokepoint.prose.findings import Brief
from chokepoint.prose.spread import Spread, spread

PARTS = {"vault_private": "Private money", "vault_total": "The whole"}


def brief(release: str, capital_usd_bn: float | None = None) -> Brief:
    """What it is, what it covers, what is missing; and what another sum would cover."""
    enough = facts.get("vault.cost_sixty", release).value <= facts.get("vault.total_parts", release).value
    covers = (
        "more than enough for the {vault.cover_days} that one source gives as its aim, if days of net imports are meant"
        if enough
        else "not enough for the {vault.cover_days} that one source gives as its aim"
    )
    return Brief(
        [
            "Project Vault is a loan of up to {vault.exim_loan} from the Export-Import Bank and {vault.private_capital} of private money: {vault.total_parts} by its parts, {vault.total} as announced.",
            f"Spread over US net imports of every listed mineral that the model can price, the money would replace about {{vault.cover_whole}} of imports, {covers}.",
            "No purchase, no list of materials, no interest rate and no fee has been published in anything found up to {evidence.newest_opened}.",
            *(
                [
                    f"At the US${capital_usd_bn:g} billion set for this page instead, it would replace about {cover(capital_usd_bn).days.min():.0f} days of the same imports."
                ]
                if capital_usd_bn
                else []
            ),
        ],
        release,
    )


def readings() -> pd.DataFrame:
    """What each outlet says the Vault is worth [US$ billion]."""
    rows = tables.load("readings").query("published and unit == 'US$ billion'")
    return rows[rows.conflict_group.isin(PARTS) & rows["value"].notna()]


def worth(release: str) -> Figure:
    """A dot a reading: private money, and the whole."""
    rows = readings()
    whole = rows[rows.conflict_group == "vault_total"]
    frame = pd.DataFrame(
        {
            "row": rows.conflict_group.map(PARTS),
            "value": rows["value"],
            "low": float("nan"),
            "high": float("nan"),
            "kind": rows.adopted.map({True: "reading we adopt", False: "other reading"}),
            "source": rows.outlet,
        }
    )
    shown = pd.DataFrame(
        {
            "What": frame.row,
            "US$ billion": rows["value"],
            "Outlet": rows.outlet,
            "Reading": rows.reading,
            "Why": rows.why,
            "source_id": rows.source_id,
        }
    )
    says = f"Press figures for the whole run from {whole['value'].min():g} to {whole['value'].max():g} billion dollars: some leave the private money out, some round it"
    return figure(
        strip(frame, colours={"reading we adopt": BLOC, "other reading": OTHER}, axis="US$ billion", rows=list(PARTS.values()), dodge=True),
        says=says,
        table=shown,
        alt_text="Two rows of dots on an axis of US$ billion. Private money lies at 1.67 or 2; the whole lies at 10 or 12.",
    )


BASKETS = {
    "Everything the model can price": ("base_and_platinum", "other", "classic"),
    "Without base and platinum metals": ("other", "classic"),
    "Fifteen critical minerals": ("classic",),
}


def money(capital_usd_bn: float | None) -> dict[str, float]:
    """Loan and private capital [US$ billion] that make up a sum, in the proportion announced (the loan in halves); nothing for None.

    >>> money(20)
    {'loan': 17.0, 'private_capital': 3.0}
    """
    if checked("capital_usd_bn", float, capital_usd_bn) is None:
        return {}
    announced = tables.load("assumptions").query("model == 'vault'").set_index("name").value
    loan = round(2 * capital_usd_bn * announced.loan / (announced.loan + announced.private_capital)) / 2
    return {"loan": loan, "private_capital": round(capital_usd_bn - loan, 2)}


def cover(capital_usd_bn: float | None = None) -> pd.DataFrame:
    """Net imports [US$ billion a year] of three baskets, and the days of them that the Vault's money, or another sum, would replace."""
    items = tables.load("vault_basket")
    settings = tables.load("assumptions").query("model == 'vault'").set_index("name").value.to_dict() | money(capital_usd_bn)
    rows = []
    for name, parts in BASKETS.items():
        chosen = items[items.basket.isin(parts)]
        value = float(chosen.net_imports_usd.sum() / 1e9)
        days = MODELS["vault"].function(**settings | {"basket_value": value})["cover_days"]
        rows.append({"name": name, "minerals": ", ".join(chosen.label), "lines": len(chosen), "value": value, "days": days})
    return pd.DataFrame(rows)


def lead(release: str, capital_usd_bn: float | None = None) -> Figure:
    """Days of cover for three baskets, beside the sixty days that one source gives as the aim."""
    rows, aim = cover(capital_usd_bn), facts.get("vault.cover_days", release).value
    frame = pd.DataFrame(
        {
            "name": rows.name + ": US$" + rows.value.map("{:.1f}".format) + " bn a year",
            "value": rows.days / 30.4167,
            "label": rows.days.map(lambda d: f"{d:.0f} days" if d < 365 else f"{d / 30.4167:.0f} months"),
            "detail": rows.minerals,
        }
    )
    low, high = rows.days.min(), rows.days.max() / 30.4167
    whose = f"US${capital_usd_bn:g} billion, as set for this page," if capital_usd_bn else "The Vault's money"
    says = f"{whose} would replace {low:.0f} days of imports of everything, or {high:.0f} months of fifteen critical minerals"
    shown = pd.DataFrame(
        {"Basket": rows.name, "Net imports, US$ billion a year": rows.value, "Cover, days": rows.days.round(1), "Minerals": rows.minerals}
    )
    return figure(
        named_bars(frame, axis="Months of net imports", colour=BLOC, mark=aim / 30.4167, mark_label=f"{aim:.0f} days, the stated aim"),
        says=says,
        table=shown,
        sources=["MCS2026", "MCS2025", "S151", "S156"],
        alt_text=(
            "Bars of months of net imports that the Vault's money would replace: shortest for everything, longer without base metals and platinum metals, "
            f"longest for fifteen critical minerals. A dashed line marks the {aim:.0f} days of the aim, left of all bars' ends."
        ),
    )


def how_long(capital_usd_bn: float | None = None) -> Explorable:
    """Model 3 under the reader's hand; with another sum than the one announced, sliders that reach it."""
    made = explore(
        "vault",
        ["cut_years", "cut", "basket_value", "loan", "private_capital", "fee"],
        runout,
        along="cut_years",
        says="A stock buys time: how much depends on what is in it",
        results=["cover_days", "months_last", "draw", "unmet", "carry", "carry_rate", "fee_income", "best_years"],
        sentence="This stock replaces {cover_days:,.0f} days of net imports if they stop altogether{cut?, and lasts {months_last:,.1f} months against the cut set here|; with no cut nothing is drawn from it}. "
        "Holding it costs US${carry:,.2f} billion a year.",
        alt_text="Areas of what the stock gives and what stays missing, by the length of the cut in months. The stock's area rises and then stays level once the stock is empty.",
    )
    sums = money(capital_usd_bn)
    wide = [replace(c, low=min(c.low, sums[c.name]), high=max(c.high, sums[c.name])) if c.name in sums else c for c in made.controls]
    return replace(made, controls=wide).starting(**sums)


def drawn_down() -> Explorable:
    """The stock month by month: a cut, a draw, a refill."""
    return explore(
        "stockpile",
        ["cut_months", "cut", "stock", "participation", "refill_rate", "price_multiple"],
        curves(
            "cut_months",
            {"unmet": ("Stays missing", CHINA), "released": ("The stock gives", BLOC)},
            x_title="Length of the cut, months",
            y_title="Years of net imports",
            y_format=".1f",
        ),
        along="cut_months",
        says="A stock ends a short cut and only begins to answer a long one",
        results=["needed", "released", "unmet", "months_covered", "lowest_stock", "refilled", "spike_loss", "stock_end"],
        sentence="The cut takes away {needed:.2f} years of net imports; the stock gives {released:.2f} of it and {unmet:.2f} stay missing. "
        "Refilling afterwards costs {spike_loss:.2f} more than it would have before, in the same unit, because the price has not come all the way down.",
        alt_text="What a stock gives and what stays missing against the length of a cut. The first curve rises and then stays level, the second starts where it does.",
    )


def draw_spread() -> Spread:
    """The draw with every assumption free."""
    return spread("stockpile", "unmet", "stock", name="Need that stays unmet", held=("stock", "target"))


def size_spread() -> Spread:
    """The best size of a stock with every assumption free."""
    return spread("vault", "best_days", "disruption_rate", name="Best size of a stock", held=("days", "filled"))
