"""Chapter 4: what Project Vault's money buys, for how long, and on what terms it may be drawn."""

from dataclasses import replace

import pandas as pd
from markupsafe import Markup

from chokepoint.analysis import facts, vault_basket
from chokepoint.analysis.vault_basket import STOCK, capital
from chokepoint.charts.bars import paired_bars
from chokepoint.charts.curves import curves, runout
from chokepoint.charts.dots import dots
from chokepoint.charts.dumbbell import durations
from chokepoint.charts.theme import HOLDS, INK, OTHER
from chokepoint.data import tables
from chokepoint.pages.amounts import capital as capital_letter
from chokepoint.pages.amounts import listed, mineral
from chokepoint.pages.components.brief import Brief
from chokepoint.pages.components.explorable import Explorable, explore
from chokepoint.pages.components.figure import Figure, figure, numbers
from chokepoint.pages.components.listing import Listing, is_answered
from chokepoint.pages.components.spread import Spread, spread
from chokepoint.pages.markup import chapters, fact_exists, html_list, paragraph, with_links
from chokepoint.parameters import checked

PARTS = {"vault_private": "Private money", "vault_total": "The whole"}


def brief(release: str, capital_usd_bn: float | None = None) -> Brief:
    """Say what it is, how long it lasts by two ways to count, what it does not do.

    It also says what another sum would cover.
    """
    return Brief(
        [
            "Project Vault is {vault.total} for a stock of raw materials that paying members may draw on: "
            "up to {vault.exim_loan} lent by the US Export-Import Bank and {vault.private_capital} of "
            "private money.",
            _covers(release) or UNKNOWN,
            f"The stock buys {_months(release)} and ends no dependence; by {{evidence.newest_opened}} "
            f"{'a' if is_answered('open.vault_purchases') else 'no'} purchase for it was confirmed.",
            *(
                [
                    f"At the US${capital_usd_bn:g} billion set for this page instead, it would replace "
                    f"about {cover(release, capital_usd_bn).days.iloc[0]:.0f} days of the same imports."
                ]
                if capital_usd_bn and fact_exists("vault.cover_whole", release)
                else []
            ),
        ],
        release,
    )


UNKNOWN = (
    "How long the money would last is not worked out here: this release does not hold both the trade of "
    "the United States and the prices."
)


def _months(release: str) -> str:
    """Say what the money buys: weeks, months or years; time, where there is no basket."""
    if not fact_exists("vault.cover_whole", release):
        return "time"
    days = facts.get("vault.cover_whole", release).value
    return "weeks" if days < 45 else "months" if days < 540 else "years"


def _covers(release: str) -> str:
    """Return days of net imports and of use, of two years; nothing where there is no basket."""
    if not fact_exists("vault.cover_whole", release):
        return ""
    return (
        "The money would replace about {vault.cover_whole} of US net imports of all that is on the list and "
        "has a price, or {vault.use_whole} of use; at the trade of {vault.basket_year_before}, "
        "{vault.cover_before} and {vault.use_before}."
    )


def aim(release: str) -> Listing:
    """Say what the stated aim would cost, and whether the money is enough for it.

    Nothing where there is no basket.
    """
    if not fact_exists("vault.cost_sixty", release):
        return Listing("")
    money = facts.get("vault.total_parts", release).value
    imports, use = (
        facts.get(f"vault.{name}", release).value <= money for name in ("cost_sixty", "cost_sixty_use")
    )
    enough = (
        "enough for either"
        if use
        else "enough for the first and not for the second"
        if imports
        else "enough for neither"
    )
    said = (
        "An aim of {vault.cover_days} is often repeated, by nobody official. They would cost "
        f"{{vault.cost_sixty}} in imports or {{vault.cost_sixty_use}} in use: the money is {enough}. "
        "How long a sum would last for one mineral stands on its page, [gallium](minerals/gallium)’s or any "
        "other in the [list of minerals](minerals)."
    )
    return Listing(paragraph(with_links(said, release)))


def readings() -> pd.DataFrame:
    """Return what each outlet says the Vault is worth [US$ billion]."""
    rows = tables.load("readings").query("published and unit == 'US$ billion'")
    return rows[rows.conflict_group.isin(PARTS) & rows["value"].notna()]


def worth(release: str) -> Figure:
    """Draw a dot a reading: private money, and the whole."""
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
    least, most = whole["value"].min(), whole["value"].max()
    title = f"The press puts the whole at {least:g} to {most:g} billion dollars"
    return figure(
        dots(
            frame,
            x="value",
            y="row",
            color="kind",
            colours={"reading we adopt": HOLDS, "other reading": OTHER},
            x_title="US$ billion",
            order=list(PARTS.values()),
            zero=True,
            dodge=True,
        ),
        name="worth",
        title=title,
        table=shown,
        alt_text="Two rows of dots on an axis of US$ billion. Private money lies at 1.67 or 2; the whole "
        "lies at 10 or 12.",
    )


def money(capital_usd_bn: float | None) -> dict[str, float]:
    """Return loan and private capital [US$ billion] that make up a sum.

    They are in the proportion announced (the loan in halves); nothing for None.

    >>> money(20)
    {'loan': 17.0, 'private_capital': 3.0}
    """
    if checked("capital_usd_bn", float, capital_usd_bn) is None:
        return {}
    announced = tables.load("assumptions").query("model == 'vault'").set_index("name").value
    loan = round(2 * capital_usd_bn * announced.loan / (announced.loan + announced.private_capital)) / 2
    return {"loan": loan, "private_capital": round(capital_usd_bn - loan, 2)}


def cover(release: str, capital_usd_bn: float | None = None) -> pd.DataFrame:
    """Return net imports and use [US$ billion a year] by each rule of the basket.

    With them come the days of each that the money, or another sum, would replace. Columns rule, name, year,
    minerals, value, days, use, days_of_use, sources; no rows where the release holds no basket.
    """
    found = [vault_basket.cover(release, capital_usd_bn or capital(), rule) for rule in vault_basket.RULES]
    columns = ["rule", "name", "year", "minerals", "value", "days", "use", "days_of_use"]
    rows = pd.DataFrame(
        [vars(c) | {"name": vault_basket.RULES[c.rule].name} for c in found if c], columns=columns
    )
    return rows.assign(sources=[_sources(release) for _ in rows.index])


def _sources(release: str) -> tuple[str, ...]:
    """Return the sources of the basket, and of the money that buys it."""
    known = facts.get("vault.cover_days", release).sources
    return tuple(sorted({*vault_basket.basket(release).source_id, *known}))


def lead(release: str, capital_usd_bn: float | None = None) -> Figure | Listing:
    """Draw days of net imports and of use by each rule, beside the sixty days that are given as the aim."""
    rows, aim = cover(release, capital_usd_bn), facts.get("vault.cover_days", release).value
    if rows.empty:
        return Listing(paragraph(UNKNOWN))
    frame = pd.DataFrame(
        {
            "name": rows.name + ", " + rows.year.astype(str),
            "first": rows.days,
            "second": rows.days_of_use,
            "detail": rows.minerals.map(lambda m: f"{len(m)} minerals"),
        }
    )
    days = f"replaces {rows.days.min():.0f} to {rows.days.max():.0f} days"
    title = (
        f"US${capital_usd_bn:g} billion, as set for this page, {days}"
        if capital_usd_bn
        else f"The Vault’s money {days} of net imports"
    )
    shown = pd.DataFrame(
        {
            "Counted": rows.name,
            "Year": rows.year,
            "Minerals": rows.minerals.map(len),
            "Net imports, US$ billion a year": rows.value.round(2),
            "Days of net imports": rows.days.round(1),
            "Use, US$ billion a year": rows.use.round(2),
            "Days of use": rows.days_of_use.round(1),
            "Which": [", ".join(map(mineral, m)) for m in rows.minerals],
            "Left out": [_out(release, rule) for rule in rows.rule],
        }
    )
    return figure(
        paired_bars(
            frame,
            y="name",
            pair={"first": "Net imports", "second": "Use"},
            x_title="Days",
            level=aim,
            level_label=f"{aim:.0f} days, the aim often given",
            detail="detail",
        ),
        name="lead",
        title=title,
        table=shown,
        sources=_sources(release),
        alt_text=(
            "Pairs of bars of days that the Vault’s money would replace, of net imports and of use: "
            + "; ".join(
                f"{r.name.lower()}, {r.year}: {r.days:.0f} and {r.days_of_use:.0f}" for r in rows.itertuples()
            )
            + f". A dashed line marks the {aim:.0f} days of the aim."
        ),
    )


def _out(release: str, rule: str) -> str:
    """Return the listed minerals that a rule leaves out, by reason."""
    rows = vault_basket.left_out(release, rule)
    return "; ".join(
        f"{listed(list(map(mineral, names)))}: {why}"
        for why, names in rows.groupby("why", sort=False).mineral
    )


def counted(release: str) -> Listing:
    """List what is in the basket and what is not, by each rule.

    Each line has its form, its price, and why these.
    """
    rows = cover(release)
    if rows.empty:
        return Listing(paragraph(UNKNOWN))
    first = vault_basket.basket(release)
    largest = first.groupby("mineral").value.sum().sort_values(ascending=False)
    earlier = vault_basket.basket(release, vault_basket.BEFORE).groupby("mineral").value.sum()
    copper = (
        "The two years differ most in copper: net imports of the refined metal were {vault.copper_before} "
        "in {vault.basket_year_before} and {vault.copper_latest} in {vault.basket_year}. "
        if (largest - earlier.reindex(largest.index).fillna(0)).abs().idxmax() == "copper"
        else ""
    )
    words = [
        f"{capital_letter(mineral(largest.index[0]))} and {mineral(largest.index[1])} alone take "
        f"{{vault.basket_two}} of it. {copper}"
        "A year of stocking up makes the same money last for less, whichever mineral it is, so each rule "
        "takes one year for all of them.",
        "Spent only on what China asks an export licence for, {vault.minerals_licensed} with net imports "
        "of {vault.basket_licensed} a year, the money would last {vault.cover_licensed}. "
        "Money is not the limit there: a stock of that size may be more than there is to buy.",
    ]
    return Listing(
        *(paragraph(with_links(w, release)) for w in words),
        html_list(_rule(r.rule, release) for r in rows.itertuples()),
        paragraph("The numbers under the chart at the head of the chapter list all of it for each."),
        numbers(_line_by_line(release), "The basket, line by line"),
    )


def _rule(rule: str, release: str) -> Markup:
    """Say what a rule takes in and leaves out.

    Of the first all of it, of the others what differs from the first.
    """
    cover_of, out = (
        vault_basket.cover(release, capital(), rule),
        vault_basket.left_out(release, rule).set_index("mineral").why,
    )
    first, own = set(vault_basket.basket(release).mineral), set(cover_of.minerals)
    less, more = sorted(first - own), sorted(own - first)
    reasons = "; ".join(
        f"{listed(list(map(mineral, names)))}: {why}"
        for why, names in out[less].groupby(out[less]).groups.items()
    )
    return chapters.rule(
        name=vault_basket.RULES[rule].name,
        year=cover_of.year,
        count=len(cover_of.minerals),
        listed=listed(list(map(mineral, cover_of.minerals))),
        left_out=_out(release, rule),
        without=reasons,
        more=listed(list(map(mineral, more))) if more else "",
        first=rule == vault_basket.EVERYTHING,
    )


def _line_by_line(release: str) -> pd.DataFrame:
    """Every line of both years as a reader may check it."""
    rows = vault_basket.lines(release).sort_values(["line", "year"], ascending=[True, False])
    return pd.DataFrame(
        {
            "Form": rows.form,
            "Year": rows.year,
            "Imports, t": rows.imports,
            "Exports, t": rows.exports,
            "Net imports, t": rows.net_imports,
            "Price, US$ a kilogram": rows.price,
            "Price taken": rows.priced_as,
            "Net imports, US$ million": (rows.value / 1e6).where(rows.missing == "").round(1),
            "Use, US$ million": (rows.use_value / 1e6).where(rows.missing == "").round(1),
            "Use from": rows.use_from.where(rows.missing == "", ""),
            "Left out because": rows.missing,
            "Why this form and price": rows.why,
        }
    )


STOCKS = (
    *("copper", "nickel", "antimony", "cobalt", "tungsten", "rare_earths"),
    *("lithium", "graphite", "germanium", "gallium"),
)  # from markets that the sum hardly touches to one that it could empty


def one_by_one(release: str) -> Figure | Listing:
    """Draw how long one sum would replace net imports and use, mineral by mineral."""
    rows = pd.DataFrame(
        [
            {
                "mineral": code,
                "imports": of.value.sum(),
                "use": of.use_value.sum(),
                "why": of.use_from.iloc[0],
            }
            for code in STOCKS
            if len(of := vault_basket.of(code, release).query("missing == ''"))
        ]
    )
    if rows.empty:
        return Listing(paragraph(UNKNOWN))
    for what in ("imports", "use"):
        rows[what] = vault_basket.DAYS_A_YEAR * STOCK * 1e6 / rows[what]
        rows[f"{what}_text"] = rows[what].map(vault_basket.duration)
    rows = rows.sort_values("imports", ignore_index=True).assign(name=lambda r: r.mineral.map(mineral))
    rows = rows.assign(name=rows.name.map(capital_letter))
    least, most = rows.iloc[0], rows.iloc[-1]
    return figure(
        durations(
            rows[["name", "imports", "use", "imports_text", "use_text"]],
            pair={"imports": "Net imports", "use": "Use"},
            x_title=f"What US${STOCK} million of it would replace",
        ),
        name="one-by-one",
        title=(
            f"US${STOCK} million buys {least.imports_text} of {mineral(least.mineral)} and "
            f"{most.imports_text} of {mineral(most.mineral)}"
        ),
        table=pd.DataFrame(
            {
                "Mineral": rows.name,
                "Days of net imports": rows.imports.round(1),
                "Days of use": rows.use.round(1),
                "Use from": rows.why,
                "source_id": vault_basket.basket(release).source_id.mode().iloc[0],
            }
        ),
        alt_text=(
            f"Dots on a logarithmic axis of time: how long US${STOCK} million would replace net imports, and "
            "use, of one mineral. "
            + "; ".join(
                f"{r.name_}, {r.imports_text}" for r in rows.rename(columns={"name": "name_"}).itertuples()
            )
            + "."
        ),
    )


def how_long(capital_usd_bn: float | None = None, release: str = tables.DEFAULT_RELEASE) -> Explorable:
    """Put model 3 under the reader's hand, on the basket of the release.

    With another sum than the one announced, the sliders reach it.
    """
    made = explore(
        "vault",
        ["cut_years", "cut", "basket_value", "loan", "private_capital", "fee"],
        runout,
        along="cut_years",
        title="A stock buys time: how much depends on what is in it",
        results=[
            "cover_days",
            "months_last",
            "draw",
            "unmet",
            "carry",
            "carry_rate",
            "fee_income",
            "best_years",
        ],
        sentence="This stock replaces {cover_days:,.0f} days of net imports if they stop altogether{cut?, "
        "and lasts {months_last:,.1~f} months against the cut set here|; with no cut nothing is drawn "
        "from it}. "
        "Holding it costs US${carry:,.2~f} billion a year.",
        alt_text="Areas of what the stock gives and what stays missing, by the length of the cut in months. "
        "The stock’s area rises and then stays level once the stock is empty.",
        named={
            "No cut": {"cut": "low"},
            "All imports stop": {"cut": "high"},
            "A long cut of part": {"cut_years": "high"},
        },
        per=12,
    )
    sums, found = money(capital_usd_bn), vault_basket.cover(release, capital())
    wide = [
        replace(c, low=min(c.low, sums[c.name]), high=max(c.high, sums[c.name])) if c.name in sums else c
        for c in made.controls
    ]
    if found:
        value, source = round(found.value, 2), vault_basket.basket(release).source_id.mode().iloc[0]
        wide = [
            replace(c, value=value, source_id=source, basis="derived") if c.name == "basket_value" else c
            for c in wide
        ]
    return replace(made, controls=wide).with_defaults(**sums)


def drawn_down() -> Explorable:
    """Explore the stock month by month: a cut, a draw, a refill."""
    return explore(
        "stockpile",
        ["cut_months", "cut", "stock", "participation", "refill_rate", "price_multiple"],
        curves(
            "cut_months",
            {"unmet": ("Stays missing", INK), "released": ("The stock gives", OTHER)},
            x_title="Length of the cut, months",
            y_title="Years of net imports",
            y_format=".1f",
        ),
        along="cut_months",
        title="A stock ends a short cut and only delays a long one",
        results=[
            "needed",
            "released",
            "unmet",
            "months_covered",
            "lowest_stock",
            "refilled",
            "spike_loss",
            "stock_end",
        ],
        sentence="The cut takes away {needed:.2~f} years of net imports; the stock gives {released:.2~f} of "
        "it and {unmet:.2~f} stay missing. "
        "{refilled?Of what was drawn {refilled:.2~f} is bought back|Nothing of it is bought back} within "
        "three years{spike_loss?, for {spike_loss:.2~f} more than it would have cost before, in the same "
        "unit, because the price has not come all the way down|}.",
        alt_text="What a stock gives and what stays missing against the length of a cut. The first curve "
        "rises and then stays level, the second starts where it does.",
        named={
            "A long cut": {"cut_months": "high"},
            "All imports stop": {"cut": "high"},
            "A far larger stock": {"stock": "high"},
        },
    )


def size_spread() -> Spread:
    """Draw the spread of the best size of a stock with every assumption free."""
    return spread(
        "vault",
        "best_days",
        "disruption_rate",
        name="Nobody knows the best size of a stock",
        held=("days", "filled"),
    )
