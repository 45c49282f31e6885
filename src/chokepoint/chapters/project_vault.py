"""Chapter 4: what Project Vault's money buys, for how long, and on what terms it may be drawn."""

import html
from dataclasses import replace

import pandas as pd

from chokepoint import facts, tables
from chokepoint.charts.bars import paired_bars
from chokepoint.charts.curves import curves
from chokepoint.charts.figure import Figure, figure, link, numbers
from chokepoint.charts.runout import runout
from chokepoint.charts.strip import strip
from chokepoint.charts.theme import BLOC, CHINA, OTHER
from chokepoint.explore import Explorable, explore
from chokepoint.facts.vault import STOCK, capital
from chokepoint.measures import vault_basket
from chokepoint.parameters import checked
from chokepoint.prose.amounts import listed, mineral
from chokepoint.prose.findings import Brief, with_links
from chokepoint.prose.listing import Listing
from chokepoint.prose.sections import capital as capital_letter
from chokepoint.prose.sections import fact_exists
from chokepoint.prose.spread import Spread, spread

PARTS = {"vault_private": "Private money", "vault_total": "The whole"}


def brief(release: str, capital_usd_bn: float | None = None) -> Brief:
    """What it is, what it covers by three ways to count, what is missing; and what another sum would cover."""
    return Brief(
        [
            "Project Vault is a loan of up to {vault.exim_loan} from the Export-Import Bank and {vault.private_capital} of private money: {vault.total_parts} by its parts, {vault.total} as announced.",
            _covers(release) or UNKNOWN,
            f"{_aim(release)}No purchase is confirmed, and no list of materials, interest rate or fee has been published in anything found up to {{evidence.newest_opened}}.",
            *(
                [
                    f"At the US${capital_usd_bn:g} billion set for this page instead, it would replace about {cover(release, capital_usd_bn).days.iloc[0]:.0f} days of the same imports."
                ]
                if capital_usd_bn and fact_exists("vault.cover_whole", release)
                else []
            ),
        ],
        release,
    )


UNKNOWN = (
    "How long the money would last is not worked out here: this release does not hold both the trade of the United States and the prices."
)


def _covers(release: str) -> str:
    """Days of net imports and of use under each rule; nothing where there is no basket."""
    if not fact_exists("vault.cover_whole", release):
        return ""
    return (
        "The money would replace about {vault.cover_whole} of US net imports of {vault.minerals_whole} on the list, all that the release prices (the rare earths as one), as they were in {vault.basket_year}; "
        "{vault.cover_before} as they were in {vault.basket_year_before}, and {vault.cover_industry} without silver and the platinum metals. In days of use: {vault.use_whole}, {vault.use_before} and {vault.use_industry}."
    )


def _aim(release: str) -> str:
    """What the stated aim would cost, and whether the money is enough for it; nothing where there is no basket."""
    if not fact_exists("vault.cost_sixty", release):
        return ""
    money = facts.get("vault.total_parts", release).value
    imports, use = (facts.get(f"vault.{name}", release).value <= money for name in ("cost_sixty", "cost_sixty_use"))
    enough = "enough for either" if use else "enough for the first and not for the second" if imports else "enough for neither"
    return f"The {{vault.cover_days}} that are given as the aim, by nobody official, would cost {{vault.cost_sixty}} in imports or {{vault.cost_sixty_use}} in use: the money is {enough}. "


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


def cover(release: str, capital_usd_bn: float | None = None) -> pd.DataFrame:
    """Net imports and use [US$ billion a year] by each rule of the basket, and the days of them that the money, or another sum, would replace.

    Columns rule, name, year, minerals, value, days, use, days_of_use; no rows where the release holds no basket.
    """
    found = [vault_basket.cover(release, capital_usd_bn or capital(), rule) for rule in vault_basket.RULES]
    columns = ["rule", "name", "year", "minerals", "value", "days", "use", "days_of_use"]
    return pd.DataFrame([vars(c) | {"name": vault_basket.RULES[c.rule].name} for c in found if c], columns=columns)


def lead(release: str, capital_usd_bn: float | None = None) -> Figure | Listing:
    """Days of net imports and of use by each rule, beside the sixty days that are given as the aim."""
    rows, aim = cover(release, capital_usd_bn), facts.get("vault.cover_days", release).value
    if rows.empty:
        return Listing(f"<p>{UNKNOWN}</p>")
    frame = pd.DataFrame(
        {
            "name": rows.name + ", " + rows.year.astype(str),
            "first": rows.days,
            "second": rows.days_of_use,
            "detail": rows.minerals.map(lambda m: f"{len(m)} minerals"),
        }
    )
    whose = f"US${capital_usd_bn:g} billion, as set for this page," if capital_usd_bn else "The Vault's money"
    says = (
        f"{whose} would replace {rows.days.min():.0f} to {rows.days.max():.0f} days of US net imports, "
        f"or {rows.days_of_use.min():.0f} to {rows.days_of_use.max():.0f} days of use, by three ways to count"
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
    sources = sorted({*vault_basket.basket(release).source_id, *facts.get("vault.cover_days", release).sources})
    return figure(
        paired_bars(frame, axis="Days", names=("Net imports", "Use"), mark=aim, mark_label=f"{aim:.0f} days, the stated aim"),
        says=says,
        table=shown,
        sources=sources,
        alt_text=(
            "Pairs of bars of days that the Vault's money would replace, of net imports and of use: "
            + "; ".join(f"{r.name.lower()}, {r.year}: {r.days:.0f} and {r.days_of_use:.0f}" for r in rows.itertuples())
            + f". A dashed line marks the {aim:.0f} days of the aim."
        ),
    )


def _out(release: str, rule: str) -> str:
    """The listed minerals that a rule leaves out, by reason."""
    rows = vault_basket.left_out(release, rule)
    return "; ".join(f"{listed(list(map(mineral, names)))}: {why}" for why, names in rows.groupby("why", sort=False).mineral)


def counted(release: str) -> Listing:
    """What is in the basket and what is not, by each rule; each line with its form, its price, and why these."""
    rows = cover(release)
    if rows.empty:
        return Listing(f"<p>{UNKNOWN}</p>")
    first = vault_basket.basket(release)
    largest = first.groupby("mineral").value.sum().sort_values(ascending=False)
    earlier = vault_basket.basket(release, vault_basket.BEFORE).groupby("mineral").value.sum()
    copper = (
        "The two years differ most in copper: net imports of the refined metal were {vault.copper_before} in {vault.basket_year_before} and {vault.copper_latest} in {vault.basket_year}. "
        if (largest - earlier.reindex(largest.index).fillna(0)).abs().idxmax() == "copper"
        else ""
    )
    words = [
        f"{capital_letter(mineral(largest.index[0]))} and {mineral(largest.index[1])} alone take {{vault.basket_two}} of it. {copper}"
        "A year of stocking up makes the same money last for less, whichever mineral it is, so each rule takes one year for all of them.",
        "Spent only on what China asks an export licence for, {vault.minerals_licensed} with net imports of {vault.basket_licensed} a year, the money would last {vault.cover_licensed}. "
        "Money is not the limit there: a stock of that size may be more than there is to buy.",
    ]
    rules = [_rule(r.rule, release) for r in rows.itertuples()]
    full = "<p>The numbers under the chart at the head of the chapter list all of it for each.</p>"
    body = "".join(f"<p>{with_links(w, release)}</p>" for w in words) + f"<ul>{''.join(f'<li>{r}</li>' for r in rules)}</ul>"
    return Listing(body + full + numbers(_line_by_line(release), "The basket, line by line"))


def _rule(rule: str, release: str) -> str:
    """What a rule takes in and leaves out, as HTML: of the first all of it, of the others what differs from the first."""
    found, out = vault_basket.cover(release, capital(), rule), vault_basket.left_out(release, rule).set_index("mineral").why
    head = f"<b>{html.escape(vault_basket.RULES[rule].name)}, {found.year}</b>, {len(found.minerals)} minerals"
    if rule == vault_basket.EVERYTHING:
        return f"{head}: {html.escape(listed(list(map(mineral, found.minerals))))}. <i>Left out:</i> {html.escape(_out(release, rule))}."
    first = set(vault_basket.basket(release).mineral)
    less, more = sorted(first - set(found.minerals)), sorted(set(found.minerals) - first)
    reasons = "; ".join(f"{listed(list(map(mineral, names)))}: {why}" for why, names in out[less].groupby(out[less]).groups.items())
    told = [f"<i>without</i> {html.escape(reasons)}"] if less else []
    told += [f"<i>and</i> {html.escape(listed(list(map(mineral, more))))}"] if more else []
    return f"{head}: as the first, {' '.join(told) or 'mineral for mineral'}."


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


STOCKS = ("gallium", "graphite", "antimony", "copper")  # from a market that money could empty to one that it hardly touches


def beside(release: str) -> Listing:
    """What a stock of one mineral would do, for a few; the rest stand on their own pages."""
    shown = [m for m in STOCKS if fact_exists(f"{m}.stock_days", release)]
    if not shown:
        return Listing("")
    sums = listed([f"{{{m}.stock_days}} of net imports of {mineral(m)}" for m in shown])
    words = f"A stock of one mineral is worked out on its own page. US${STOCK} million would replace {sums}. So money decides for the large markets, and what there is to buy for the small."
    links = listed([f'<a href="{link(f"minerals/{m}")}">{mineral(m)}</a>' for m in shown])
    return Listing(
        f'<p>{with_links(words, release)} On: {links}; the <a href="{link("minerals")}">list of minerals</a> leads to the others.</p>'
    )


def how_long(capital_usd_bn: float | None = None, release: str = tables.DEFAULT_RELEASE) -> Explorable:
    """Model 3 under the reader's hand, on the basket of the release; with another sum than the one announced, sliders that reach it."""
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
    sums, found = money(capital_usd_bn), vault_basket.cover(release, capital())
    wide = [replace(c, low=min(c.low, sums[c.name]), high=max(c.high, sums[c.name])) if c.name in sums else c for c in made.controls]
    if found:
        value, source = round(found.value, 2), vault_basket.basket(release).source_id.mode().iloc[0]
        wide = [replace(c, value=value, source_id=source, basis="derived") if c.name == "basket_value" else c for c in wide]
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
