"""One mineral: who makes it, what the United States needs, what it costs, what China controls.

Only what there are data for.
"""

from chokepoint.pages import mineral_text as lead_prose
from chokepoint.pages.components.brief import Brief
from chokepoint.pages.decisions import on_mineral as decisions
from chokepoint.pages.mineral.ahead import mined_ahead
from chokepoint.pages.mineral.cut import vault
from chokepoint.pages.mineral.elements import one_by_one, other_scores
from chokepoint.pages.mineral.flows import bought_from_china, trades
from chokepoint.pages.mineral.market import prices, reserves
from chokepoint.pages.mineral.output import inside, makers
from chokepoint.pages.mineral.policy import controls, money
from chokepoint.pages.mineral.publishers import eu_scores, publishers
from chokepoint.pages.mineral.record import century, effects_of_controls
from chokepoint.pages.mineral.united_states import bought_by_partner, imports
from chokepoint.pages.mineral.unknown import not_published, read_on

__all__ = [
    "bought_by_partner",
    "bought_from_china",
    "brief",
    "century",
    "controls",
    "decisions",
    "effects_of_controls",
    "eu_scores",
    "imports",
    "inside",
    "makers",
    "mined_ahead",
    "money",
    "not_published",
    "one_by_one",
    "other_scores",
    "prices",
    "publishers",
    "read_on",
    "reserves",
    "trades",
    "vault",
]


def brief(mineral: str, release: str) -> Brief:
    """Say who makes it, what of that is inside the bloc, what the United States imports.

    It also says since when China controls it.
    """
    return Brief(lead_prose.sentences(mineral, release), release)
