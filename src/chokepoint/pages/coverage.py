"""Chapter 5's two views of coalitions: the matrix, and the club that the reader puts together."""

import pandas as pd

from chokepoint.analysis import coalitions, supply, withheld
from chokepoint.charts import matrix as drawn
from chokepoint.charts.maps import membership
from chokepoint.data import tables
from chokepoint.pages.amounts import in_words
from chokepoint.pages.components.figure import Figure, figure

CLUBS = {key: name for key, (name, _, _) in coalitions.CLUBS.items()}
HEADS = {key: short for key, (_, short, _) in coalitions.CLUBS.items()}


def _names() -> pd.Series:
    return tables.load("minerals").set_index("mineral").name.str.replace(r" \(.*\)", "", regex=True)


def _sources(rows: pd.DataFrame) -> list[str]:
    return sorted({*rows.source_id} | set(tables.load("memberships").query("published").source_id))


def matrix(release: str) -> Figure:
    """Draw a row a mineral, a column a coalition."""
    rows, whole, output = supply.clubs(release), supply.whole(release), supply.output(release)
    both = pd.MultiIndex.from_product(
        [sorted(set(rows.index.get_level_values(0))), drawn.STEPS], names=["mineral", "step"]
    )
    long = rows.reindex(both).melt(ignore_index=False, var_name="club", value_name="share").reset_index()
    bound = [
        bool(withheld.within(r.mineral, r.step, coalitions.club(r.club), release)) for r in long.itertuples()
    ]
    alone = whole.reindex(both).melt(ignore_index=False, value_name="all")["all"].to_numpy()
    told = long.share.map("{:.0f}".format).where((long.share <= 99) | (alone == True), ">99")  # noqa: E712 (nothing where it is not known)
    what = output.drop_duplicates(["mineral", "step"]).set_index(["mineral", "step"]).what.map(supply.label)
    named = what.reindex(pd.MultiIndex.from_frame(long[["mineral", "step"]])).to_numpy()
    long = long.assign(
        mineral=pd.Series(named).fillna(long.mineral.map(_names())),
        name=long.club.map(CLUBS),
        text=told,
        bound=bound,
    )
    at = {step: rows[rows.index.get_level_values("step") == step] for step in drawn.STEPS}
    half, of = (
        {step: (held > 50).sum() for step, held in at.items()},
        {step: len(held) for step, held in at.items()},
    )
    title, subtitle = (
        (
            f"Everyone who came refines more than half of {_none(half['refinery'].came)} of "
            f"{of['refinery']} minerals",
            f"They mine more than half of {_none(half['mine'].came)} of {of['mine']}; the G7 alone mines "
            f"more than half of {_none(half['mine'].g7)} and refines more than half of "
            f"{_none(half['refinery'].g7)}.",
        )
        if all(of.values())
        else ("What each coalition makes of the world’s output", "Where producers are published, per cent.")
    )
    everyone = frozenset().union(*(coalitions.club(key) for key in CLUBS))
    table = rows.reset_index()
    table[withheld.COLUMN] = withheld.column(rows.index, everyone, release)
    table = table.assign(mineral=[what[m, s] for m, s in rows.index], step=table.step.map(drawn.STEPS))
    table = table.rename(
        columns={"mineral": "Mineral", "step": "Step"} | {k: f"{v}, %" for k, v in CLUBS.items()}
    )
    return figure(
        drawn.matrix(long, CLUBS, HEADS),
        name="matrix",
        title=title,
        subtitle=subtitle,
        table=table,
        sources=_sources(output[output.mineral.isin(rows.index.get_level_values(0))]),
        alt_text=(
            f"A grid of {rows.index.get_level_values(0).nunique()} minerals by {len(CLUBS)} coalitions "
            "with the share of world output inside each, darker for more, beside China’s own. Two selects "
            "choose the step and the coalition by which the rows are sorted; a dash stands where no "
            "country’s output is published, and a sign for at "
            "least where the output of a member is not printed and counts as nothing."
        ),
    )


def _not_printed(mineral: str, release: str) -> str:
    """Whose output the widest coalition counts as 0, and at which step."""
    named = {step: withheld.within(mineral, step, coalitions.club("came"), release) for step in drawn.STEPS}
    return "; ".join(f"{', '.join(areas)} ({drawn.STEPS[step]})" for step, areas in named.items() if areas)


def _none(count: int) -> str:
    return in_words(int(count)) if count else "none"


def your_club(release: str) -> Figure | None:
    """Draw the map on which each click lets a country in or out, and what would then be inside.

    Nothing where no mineral has both steps.
    """
    inside = supply.inside_of_two_steps(release)
    if inside.empty:
        return None
    order = list(inside.mine.sub(inside.refinery).sort_values(ascending=False).index)
    rows = supply.country_of_two_steps(release)
    product = rows.what.map(supply.label).where(~rows.alike, None)
    rows = rows.assign(
        at=rows.mineral.map(order.index),
        mineral=rows.mineral.map(_names()),
        share=rows.share.round(4),
        product=product,
    )
    geography = tables.load("geography").query("is_country").set_index("iso3")
    codes = {*rows.iso3, *(i for key in CLUBS for i in coalitions.club(key))} & set(geography.index)
    people = pd.DataFrame({"iso3": sorted(codes)})
    people = people.assign(country=people.iso3.map(geography.name), region=people.iso3.map(geography.region))
    people = people.assign(**{key: people.iso3.isin(coalitions.club(key)) for key in CLUBS}, none=False)
    starts = CLUBS | {"none": "Nobody"}
    names = _names()
    what = supply.two_steps(release).drop_duplicates(["mineral", "step"]).set_index(["mineral", "step"]).what
    table = pd.DataFrame(
        {
            "Mineral": [names[m] for m in order],
            "Counted at the mine": [what[m, "mine"] for m in order],
            "Counted after the mine": [what[m, "refinery"] for m in order],
            "Inside at the mine, %": [inside.mine[m] for m in order],
            "Inside after the mine, %": [inside.refinery[m] for m in order],
            withheld.COLUMN: [_not_printed(m, release) for m in order],
        }
    )
    held = {step: int((inside[step] > 50).sum()) for step in drawn.STEPS}
    return figure(
        membership(
            tables.outlines(),
            people,
            rows[["mineral", "at", "step", "product", "iso3", "share"]],
            clubs=starts,
            start="came",
        ),
        name="your-club",
        title="With everyone inside, the club refines half of "
        + (
            f"{_none(held['refinery'])} of {in_words(len(order))} minerals"
            if held["refinery"]
            else f"none of these {in_words(len(order))}"
        ),
        subtitle=f"The United States and all who signed or came mine more than half of {_none(held['mine'])} "
        f"of {in_words(len(order))} minerals: let others in, or put some out.",
        table=table,
        sources=sorted({*_sources(supply.two_steps(release)), "NE2018"}),
        alt_text=(
            "A world map on which a click lets a country in or out, and under it a bar for the mine and "
            f"one for the refinery of {len(order)} minerals that add up what is inside, "
            "with China’s share in red from the right. Selects above choose the coalition to start from "
            "and one country to let in or out. Borders take no position on disputes."
        ),
    )
