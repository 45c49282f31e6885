"""Chapter 7: what would you do?, and behind it the IEA's outlook and how sure the model is."""

from math import isnan

from chokepoint.analysis import decisions, facts
from chokepoint.analysis.forecast import china_mined, china_refined
from chokepoint.charts.dumbbell import forecast_change
from chokepoint.data import tables
from chokepoint.models import scenario
from chokepoint.pages.amounts import capital
from chokepoint.pages.components.brief import Brief
from chokepoint.pages.components.figure import Figure, figure
from chokepoint.pages.components.scenario_desk import ScenarioDesk, describe, rough
from chokepoint.pages.components.table import Row, Table
from chokepoint.pages.markup import macros

source = macros("inline").source


def brief(release: str) -> Brief:
    """Say who would refine by the IEA's count, and what a club's choices come to in the model."""
    known, most = (facts.get(f"futures.iea_{what}", release).value for what in ("minerals", "majority"))
    before, after, early, late = (
        facts.get(f"scenario.{what}", release).value
        for what in ("half_nothing", "half_all", "left_early", "left_late")
    )
    hub = "China stays the hub" if most > known / 2 else "China is a hub no longer"
    moved = "no further: {scenario.half_all}" if after <= before else "to {scenario.half_all}"
    lasts = "nowhere" if not late else "in {scenario.left_late}" if late < early else "no less often"
    return Brief(
        [
            f"{hub} in what the International Energy Agency (IEA) forecasts: in 2035 it refines more than "
            "half of {futures.iea_majority} of {futures.iea_minerals} minerals, and "
            "{futures.iea_rare_earths} of the magnet rare earths.",
            "In the model below, without an answer from China, those who signed or came and do nothing make "
            "more than half of the world’s output of {scenario.half_nothing} of {scenario.minerals} minerals "
            "in 2040, as ore or as metal; price floors, public money and a stock all at once bring them "
            f"{moved}.",
            "In {scenario.left_early} of these minerals a floor on the refined metal alone drives out a "
            f"tenth or more of the makers who use it; one that covers their product too, {lasts}, and then "
            "its buyers pay.",
        ],
        release,
    )


def lead(mineral: str, members: str, story: str, answer: str) -> ScenarioDesk:
    """Return the model under the reader's hand, at a story to begin with."""
    return ScenarioDesk(mineral, members, story, answer)


STORY_FIGURES = {  # of the summary: head of its column
    "club_share": "Made in the club, 2040",
    "worst_unserved": "Need that goes without, worst month",
    "buyers": "Buyers pay, US$ million a year",
    "taxpayers": "Taxpayers pay, US$ million a year",
    "makers_gone": "Next stage’s makers gone",
}


def stories(mineral: str, members: str, answer: str) -> Table:
    """Set what each story comes to side by side, under an answer from China."""
    rows = []
    for story, (title, _) in scenario.STORIES.items():
        summary = decisions.run(mineral, members, story, answer).summary
        rows.append(
            Row(
                [
                    title,
                    *(
                        describe(summary.value[name], name, unit, rough(mineral, unit))
                        for name, unit in summary.unit[list(STORY_FIGURES)].items()
                    ),
                ]
            )
        )
    form = next(known.form for known in scenario.minerals() if known.mineral == mineral)
    caption = f"{capital(form)}; China: {decisions.ANSWERS[answer][0].lower()}"
    if rough(mineral, summary.unit["buyers"]):
        caption += "; sums of money to one digit, as the model is not trusted with this price"
    heads = ["Choice", *STORY_FIGURES.values()]
    return Table("cp-stories-told", heads, rows, of="choices", search=False, caption=caption)


def outlook(release: str) -> Figure:
    """Draw China's share of refining now and in the IEA's base case for 2035."""
    rows = china_refined().sort_values("share_2035", ascending=False)
    most = int((rows.share_2035 > 50).sum())
    title = f"Forecast: China refines over half of {most} of {len(rows)} minerals in 2035"
    table = rows[["name", "share_2024", "share_2030", "share_2035", "share_2040", "source_id"]].rename(
        columns={
            "name": "Mineral",
            "share_2024": "China, 2024, %",
            "share_2030": "2030, forecast, %",
            "share_2035": "2035, forecast, %",
            "share_2040": "2040, forecast, %",
        }
    )
    return figure(
        forecast_change(rows),
        name="outlook",
        title=title,
        table=table,
        alt_text=(
            "One row a mineral: a circle for China’s share of refining in 2024 and a diamond for the IEA’s "
            "base case for 2035. A dashed line marks half. "
            + " ".join(
                f"{r.name}: {r.share_2024:.0f} to {r.share_2035:.0f} percent."
                for r in rows.itertuples(index=False)
            )
        ),
    )


def mines(release: str) -> Figure | None:
    """Draw China's share of mining now and in the base case for 2035; nothing without the IEA's edition."""
    if not tables.releases("iea_production"):
        return None
    rows = china_mined().dropna(subset=["share_2035"]).sort_values("share_2035", ascending=False)
    rows = rows.assign(name=rows["name"].str.partition(" (")[0])
    columns = [column for column in rows if column.startswith("share_")]
    first = columns[0].removeprefix("share_")
    heads = {c: f"China, {c[6:]}, %" if c[6:] == first else f"{c[6:]}, forecast, %" for c in columns}
    most = int((rows.share_2035 > 50).sum())
    return figure(
        forecast_change(rows, now=first, of="mining"),
        name="mines",
        title=f"Forecast: China mines over half of {most} of {len(rows)} minerals in 2035",
        table=rows[["name", *columns, "source_id"]].rename(columns={"name": "Mineral"} | heads),
        alt_text=f"One row a mineral: a circle for China’s share of mining in {first} and a diamond for the "
        "IEA’s base case for 2035. A dashed line marks half. "
        + " ".join(
            f"{name}: {now:.0f} to {then:.0f} percent."
            for name, now, then in zip(rows["name"], rows[f"share_{first}"], rows.share_2035, strict=True)
        ),
    )


def magnet_chain() -> Table:
    """Set what the model has of magnet rare earths outside China beside the IEA's count and the plants."""
    rows = [
        Row([f"{r.year:.0f}", *(f"{value:.1f}" for value in (r.model, r.iea, r.plants))])
        for r in scenario.magnet_chain().itertuples(index=False)
    ]
    heads = ["Year", "This model, in use", "The IEA, output", "Plants that run or are being built"]
    caption = "Magnet rare earths refined outside China, thousand tonnes of oxide a year"
    return Table("cp-magnet-chain", heads, rows, of="years", search=False, caption=caption)


def literature() -> Table:
    """Set two papers' findings beside what this model says of the same."""
    found = scenario.beside()
    rows = [
        Row([source(r.source_id), r.what, ratio(r.theirs), ratio(r.ours), r.why])
        for r in found.itertuples(index=False)
    ]
    caption = f"The model agrees with {found.agrees.sum() or 'none'} of {len(found)} findings"
    heads = ["Paper", "Ratio", "Theirs", "Here", "Why they differ"]
    return Table("cp-literature", heads, rows, of="findings", search=False, caption=caption)


RAISED = {"evasion": "More evasion", "cut": "A deeper cut", "vault": "A larger Vault"}


def reversals() -> Table:
    """Tell where more of a thing ends in the contrary of what it does at first, and why."""
    rows = [Row([RAISED[found.raised], found.said]) for found in scenario.reversals()]
    return Table("cp-reversals", ["What is raised", "What comes of it"], rows, of="reversals", search=False)


def ratio(value: float) -> str:
    """Write a ratio; a paper may print none.

    >>> ratio(0.6809), ratio(float("nan"))
    ('0.68', 'no figure')
    """
    return "no figure" if isnan(value) else f"{value:.2f}"
