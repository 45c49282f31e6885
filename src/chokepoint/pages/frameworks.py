"""Chapter 5: what each partner signed, what it binds, how much supply it brings.

It also asks whether a member would cheat.
"""

import pandas as pd
from markupsafe import Markup

from chokepoint.analysis import coalitions, countries, facts, supply, withheld
from chokepoint.analysis.events import day
from chokepoint.charts.curves import cheating, curves
from chokepoint.charts.theme import INK
from chokepoint.data import tables
from chokepoint.pages import standings
from chokepoint.pages.agreements import EXCLUDES, binds
from chokepoint.pages.amounts import in_words
from chokepoint.pages.components.brief import Brief
from chokepoint.pages.components.explorable import Explorable, explore
from chokepoint.pages.components.figure import Figure, figure
from chokepoint.pages.components.listing import Listing
from chokepoint.pages.components.spread import Spread, spread
from chokepoint.pages.components.table import Row, Table
from chokepoint.pages.markup import chapters, fact_exists, fold, page_link

BATCHES = {
    "eleven_4feb": "Signed on 4 February 2026",
    "earlier_ten": "Signed in the five months before",
    "after_february": "Signed or announced since",
    "trade_track": "The trade track: plans, statements and the agreement in the making",
    "forum": "Forums",
    "other": "Other",
    "concluded_17": "Concluded, names not published",
    "reluctant": "Hesitant, or signed nothing",
}
LEVEL = 1  # percentage points: less than this is no fall, since the output figures are rounded


def brief(release: str) -> Brief:
    """Say who signed and whether it binds; what they bring inside at each step; whom they sell to."""
    binding = facts.get("frameworks.texts_binding", release).value
    bind = (
        "and none of the texts is known to bind anybody"
        if binding == 0
        else "and {frameworks.texts_binding} of the texts are known to bind"
    )
    signed = (
        "{frameworks.established} have signed a framework, memorandum or partnership with Washington, "
        f"{bind}."
    )
    held = {step: facts.get(f"frameworks.majority_{step}", release).value for step in ("mined", "refined")}
    counted = {step: facts.get(f"dependence.known_{step}", release).value for step in held}
    if not all(counted.values()):
        return Brief(
            [signed, "This release does not print who makes what at both steps.", _sold(release)], release
        )
    mined, refined = (held[step] / counted[step] for step in held)
    less = refined < mined
    turn, brings = (
        ("but", "what the papers bring inside is ore more than metal")
        if less
        else ("and", "the papers bring in metal as well as ore")
    )
    return Brief(
        [
            signed,
            "With everyone who came on 4 February they and the United States mine more than half of "
            f"{{frameworks.majority_mined}} of {{dependence.known_mined}} minerals {turn} "
            "refine more than half of {frameworks.majority_refined} of {dependence.known_refined}: "
            f"{brings}.",
            _sold(release),
        ],
        release,
    )


def _sold(release: str) -> str:
    """Say who buys what they sell; where no trade is held, what China has at each step."""
    if not fact_exists("partners.sells_to_china", release):
        return (
            "China mines more than half of {frameworks.china_majority_mined} and refines more than half of "
            "{frameworks.china_majority_refined}."
        )
    to = {who: facts.get(f"partners.sells_to_{who}", release).value for who in ("china", "us")}
    customer = "Their customer is China" if to["china"] > to["us"] else "Their customer is the United States"
    return (
        f"{customer}: Chinese buyers take {{partners.sells_to_china}} of what they sell, American ones "
        "{partners.sells_to_us}."
    )


def lead(release: str) -> Figure | None:
    """Draw shares of world output by where countries stand, at the mine and at the refinery.

    Nothing where no mineral has both.
    """
    inside, shown = supply.inside_pairs(release), supply.inside_of_two_steps(release)
    if shown.empty:
        return None
    fall = shown.mine - shown.refinery
    alike = pd.Series(fall.index.isin(inside.index), index=fall.index)
    order = pd.DataFrame({"alike": alike, "fall": fall}).sort_values(["alike", "fall"], ascending=False).index
    rows = supply.standing_of_two_steps(release)
    rows = rows.sort_values("mineral", key=lambda m: m.map(list(order).index), kind="stable")
    names = tables.load("minerals").set_index("mineral").name.str.replace(r" \(.*\)", "", regex=True)
    rows = rows.assign(
        mineral=rows.mineral.map(names), product=rows.what.map(supply.label).where(~rows.alike, None)
    )
    drops, most = int((inside.mine - inside.refinery > LEVEL).sum()), names[order[0]]
    of = f"all {in_words(drops)}" if drops == len(inside) else f"{in_words(drops)} of {in_words(len(inside))}"
    table = (
        rows.pivot_table(index=["mineral", "step", "what"], columns="standing", values="share", sort=False)
        .reindex(columns=list(standings.COLOURS))
        .fillna(0)
        .reset_index()
    )
    codes = {names[m]: m for m in order}
    keys = zip(table.mineral.map(codes), table.step, strict=True)
    table[withheld.COLUMN] = withheld.column(keys, coalitions.club("came"), release)
    table = table.rename(
        columns={"mineral": "Mineral", "step": "Step", "what": "Product"}
        | {s: f"{s}, %" for s in standings.COLOURS}
    )
    return figure(
        standings.stacks(rows[["mineral", "step", "standing", "share", "product"]]),
        name="lead",
        title=f"In {of} minerals compared, the bloc’s share shrinks after the mine",
        subtitle="Share of world output of the US, signatories and attendees, counted alike at both steps: "
        f"{most.lower()} goes from {inside.mine[order[0]]:.0f} to {inside.refinery[order[0]]:.0f}%.",
        table=table,
        sources=sorted({*supply.two_steps(release).source_id, "S001"}),
        alt_text=f"Two stacked bars for each of {len(shown)} minerals, mine and refinery: the United States "
        "and signatories (members of the European Union among them), those who only attended, "
        f"others, what is not broken down, and China. {most} goes from {inside.mine[order[0]]:.0f} percent "
        "inside at the mine to "
        f"{inside.refinery[order[0]]:.0f} at the refinery.",
    )


def commitments(*batches: str) -> Listing:
    """List what each text commits to, whether it binds, and where that is read.

    A folded table a batch.
    """
    rows = tables.load("agreements").query("published").fillna({"commits": ""})
    parts = [_batch(b, rows[rows.batch == b].sort_values(["date_start", "partner"])) for b in batches]
    return Listing(*parts)


def _batch(batch: str, rows: pd.DataFrame) -> Markup:
    title, many = BATCHES[batch], "entry" if len(rows) == 1 else "entries"
    heads = ["Partner", "What the text commits to", "Binding?"]
    table = Table("", heads, [_agreement(r) for r in rows.to_dict("records")], search=False, label=title)
    return fold(f"{title}: {len(rows)} {many}", table)


def _agreement(row: dict) -> Row:
    when = f", {day(row)}" if pd.notna(row["date_start"]) and row["batch"] != "eleven_4feb" else ""
    binding = [t for t in (binds(row), EXCLUDES.get(row["exclusive"], "")) if t]
    partner = chapters.partner(row, _partner(row), when)
    return Row([partner, chapters.commits(row), chapters.lines(binding)], row["agreement_id"])


def _partner(row: dict) -> Markup | str:
    """Write the partner's name, linked to its page where it has one."""
    name, iso3 = row["partner"], row["iso3s"]
    return page_link(f"countries/{countries.slug(iso3)}", name) if iso3 in countries.names() else name


def would_cheat() -> Explorable:
    """Model 4 under the reader's hand: the member's choice."""
    return explore(
        "coalition",
        ["levy", "detection", "imports", "penalty", "membership_value", "patience"],
        cheating,
        along="levy",
        title="The higher the floor, the harder it is to stay honest",
        results=["temptation", "gain_now", "patience_needed", "detection_needed", "firm_gain"],
        sentence="Buying outside would save this member US${temptation:,.3~r} million a period. It keeps to "
        "the rules only if a dollar of the next period "
        "is worth at least {patience_needed:.0%} of a dollar today. A firm that buys outside expects to gain "
        "US${firm_gain:,.1~f} a kilogram.",
        alt_text="The patience a member needs in order to keep to the rules, against the levy. The curve "
        "rises with the levy; a dashed line marks the "
        "patience this member has, and a dot the present setting.",
        named={
            "Hardly anyone is found out": {"detection": "low"},
            "Everyone is found out": {"detection": "high"},
            "An impatient member": {"patience": "low"},
        },
    )


def cheating_spread() -> Spread:
    """Draw the spread of the member's choice with every assumption free."""
    return spread(
        "coalition",
        "patience_needed",
        "levy",
        name="How patient a member must be",
    )


def stable_club() -> Explorable:
    """Draw how large a club holds together by itself, and what a penalty on outsiders does."""
    return explore(
        "club",
        ["penalty", "countries", "benefit", "cost"],
        curves(
            "penalty",
            {"stable_size": ("Countries inside", INK)},
            x_title="What an outsider loses for each member inside",
            y_title="Countries that hold together",
            y_format="d",
            step=True,
            below=True,
            word="format(stable_size, 'd') + ' of ' + format(countries, 'd')",
        ),
        along="penalty",
        title="A club that shuts others out can hold many together",
        results=["stable_size", "stable_share", "provided", "provided_of_full"],
        sentence="{stable_size:.0f} of {countries:.0f} countries hold together, and provide "
        "{provided_of_full:.0%} of what all of them would together.",
        alt_text="Size of the largest stable club against the penalty on outsiders: a staircase that starts "
        "at three and climbs.",
        named={
            "Outsiders lose a little": {"penalty": 1},
            "Outsiders lose most": {"penalty": "high"},
            "More could join": {"countries": "high"},
        },
    )
