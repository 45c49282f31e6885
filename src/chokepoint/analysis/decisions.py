"""What a club may decide and China may answer: the scenario model at named choices, and what they come to."""

from collections.abc import Callable, Iterable, Mapping

import pandas as pd

from chokepoint.data import memory, tables
from chokepoint.errors import MissingTable, UserError, nearest
from chokepoint.models import scenario
from chokepoint.models.scenario import Scenario, assemble, runner

ANSWERS: dict[str, tuple[str, dict[str, float]]] = {  # name → what China does, settings
    "none": ("Nothing", {}),
    "cut": ("Halves exports", {"cut": 0.5, "cut_from": 24, "cut_months": 24}),
    "licences": (
        "Licenses slowly",
        {"cut": 0.5, "cut_from": 24, "cut_months": 156, "held": 6, "opening": 18, "settled": 0.2},
    ),
    "cheap": ("Sells cheaply", {"flood": 0.4, "flood_from": 24, "flood_months": 60}),
}
CLUBS = f"{', '.join(scenario.PRESETS)}, or codes of countries"
CHOICES = {"story": list(scenario.STORIES), "answer": list(ANSWERS)}


def refusal(members: str) -> str:
    """Say why a club may not be; nothing if it may.

    >>> refusal("us"), refusal("USA,CHN")
    ('', 'members: "CHN" is China, whose answer is the other side. Leave it out.')
    """
    return _fault(scenario.members_of, members)


def mineral_refusal(mineral: str) -> str:
    """Say why the model cannot run a mineral; nothing if it can.

    >>> mineral_refusal("gallium"), mineral_refusal("germanium").partition(":")[0]
    ('', 'germanium cannot be run')
    """
    return _fault(assemble.choice_of, mineral)


def _fault(ask: Callable[[str], object], name: str) -> str:
    """Return what is said of a name that is refused; nothing of one that is not."""
    try:
        ask(name)
    except UserError as error:
        return str(error)
    return ""


@memory.remembered
def run(mineral: str, members: str, story: str, answer: str = "none", **settings: float) -> Scenario:
    """Run a story under an answer of China's; settings given by name come on top.

    UserError for what there is not.

    >>> run("copper", "us", "ore_and_oxide").settings["floor"]
    1.5
    """
    if answer not in ANSWERS:
        raise UserError(f'scenario: no answer "{answer}". {nearest(answer, ANSWERS)}')
    return scenario.run(mineral, members, story, **{**ANSWERS[answer][1], **settings})


def half_a_year(mineral: str, members: str) -> float:
    """Return half of what a club spends on a mineral in a year [US$ million], at the start's price and use.

    It is the Vault of the stories, and no more than a Vault may have.

    >>> half_a_year("gallium", "came") == run("gallium", "came", "everything").settings["vault"]
    True
    """
    return run(mineral, members, "everything").settings["vault"]


@memory.remembered
def across(members: str = "came") -> pd.DataFrame:
    """Return what a club comes to by 2040 in each mineral, an index of minerals, China answering nothing.

    club_share of the world's output when nothing is done (nothing) and with everything at once (all);
    makers of the next stage gone under a floor for ore and the refined form (early) and under one up to the
    product (late). Minerals that the release states no price of are left out.
    """
    stories = {"nothing": "nothing", "all": "everything", "early": "ore_and_oxide", "late": "to_the_product"}
    made = {}
    for known in scenario.minerals():
        try:
            found = runner.figures(known.mineral, members, stories.values())
        except MissingTable:  # the release states no price of it
            continue
        made[known.mineral] = {
            name: found.loc[story, "makers_gone" if name in ("early", "late") else "club_share"]
            for name, story in stories.items()
        }
    return pd.DataFrame.from_dict(made, orient="index")


def compared(runs: Mapping[str, tuple[Scenario, str]], figures: Iterable[str]) -> pd.DataFrame:
    """Set runs side by side: a row a figure of the summary, a column a run, with unit and meaning.

    runs: name → run, and which of its columns: value, or nothing.
    """
    first = next(iter(runs.values()))[0].summary
    table = first.loc[list(figures), ["unit", "meaning"]]
    return table.assign(
        **{name: run.summary.loc[table.index, column] for name, (run, column) in runs.items()}
    )


def part_of(iso3: Iterable[str]) -> pd.Series:
    """Return the largest part that countries have of a mineral's mining, refining or use, by mineral.

    Minerals that cannot be run are left out; the largest part comes first.
    """
    facts = tables.load("scenario_facts")
    facts = facts[facts.mineral.isin([m.mineral for m in scenario.minerals()]) & (facts.quantity != "coming")]
    by = ["mineral", "stage", "quantity"]
    own = facts[facts.iso3.isin(list(iso3))].groupby(by).value.sum()
    parts = (own / facts.groupby(by).value.sum()).dropna()
    return parts.groupby("mineral").max().sort_values(ascending=False)
