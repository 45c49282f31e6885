"""Past price jumps, and how far the model of one misses them."""

from chokepoint.analysis.facts.registry import Answer, fact
from chokepoint.models.supply_shock import EPISODES, fit_constant, typical_miss

EPISODE_SOURCES = sorted({source for *_, source in EPISODES})


@fact(
    "{fact_id}",
    "{label}",
    "x",
    "{:.2f}",
    how="{how}",
    each=[
        {
            "fact_id": "shock.miss",
            "label": "Factor by which the fit of six price jumps misses them",
            "how": "Root mean square of the logarithm of predicted over seen",
            "options": {},
        },
        {
            "fact_id": "shock.miss_constant",
            "label": "Factor by which one number for all six misses them",
            "how": "The same for their geometric mean",
            "options": {"constant": True},
        },
        {
            "fact_id": "shock.left_out",
            "label": "The same, each jump predicted from the other five",
            "how": "Leave one out, root mean square in logarithms",
            "options": {"left_out": True},
        },
        {
            "fact_id": "shock.left_out_constant",
            "label": "The same by one number for all, each jump predicted from the other five",
            "how": "Leave one out, root mean square in logarithms",
            "options": {"left_out": True, "constant": True},
        },
    ],
    confidence="modelled",
)
def shock_miss(options: dict) -> Answer:
    return Answer(typical_miss(**options), EPISODE_SOURCES)


@fact(
    "shock.constant",
    "The one number: geometric mean of six past price jumps",
    "x",
    "{:.1f}",
    how="Geometric mean of what was seen",
    confidence="modelled",
)
def shock_constant() -> Answer:
    return Answer(fit_constant(), EPISODE_SOURCES)
