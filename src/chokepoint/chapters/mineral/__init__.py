"""One mineral: who makes it, what the United States needs, what it costs, what China controls. Only what there are data for."""

from chokepoint.chapters.mineral.cut import vault
from chokepoint.chapters.mineral.market import prices, reserves
from chokepoint.chapters.mineral.output import inside, makers
from chokepoint.chapters.mineral.policy import controls, money
from chokepoint.chapters.mineral.united_states import imports
from chokepoint.chapters.mineral.unknown import not_published, read_on
from chokepoint.prose import mineral as lead_prose
from chokepoint.prose.findings import Brief

__all__ = ["brief", "controls", "imports", "inside", "makers", "money", "not_published", "prices", "read_on", "reserves", "vault"]


def brief(mineral: str, release: str) -> Brief:
    """Who makes it, what of that is inside the bloc, what the United States imports, since when China controls it."""
    return Brief(lead_prose.sentences(mineral, release), release)
