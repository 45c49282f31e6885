"""What the page *What would you do?* is given: the model as a script, and the facts, ranges and choices as data.

The page itself (`book/_static/scenario.js`) holds no model and no figure: it adds up countries, runs and draws with what is written here.
"""

from __future__ import annotations

import json

import numpy as np

from chokepoint import tables
from chokepoint.models.scenario import assemble, bands, javascript, runner
from chokepoint.models.scenario.inputs import BEHAVIOUR, MONTHS, POLICY, YEARS
from chokepoint.models.scenario.results import SERIES


def payload() -> dict:
    """Everything the page needs beside the script, in the order the model takes it."""
    behaviour = assemble.behaviour_values()
    names = tables.load("minerals").set_index("mineral")["name"]
    minerals = {}
    for mineral in assemble.minerals():
        world, codes, figures = assemble.world_of(mineral)
        choice = assemble.choice_of(mineral)
        minerals[mineral] = {
            "name": names[mineral],
            "form": choice["form"],
            "grade": choice["grade"],
            "why": choice["why"],
            "world": world,
            "codes": codes,
            "figures": figures,
        }
    ranges = tables.load("scenario_behaviour").set_index("parameter")
    drawn = [*BEHAVIOUR, "dear"]
    return {
        "minerals": minerals,
        "presets": {name: {"title": title, "members": assemble.members_of(name)} for name, (title, _) in assemble.PRESETS.items()},
        "policy": [
            {"name": s.name, "value": s.default, "low": s.low, "high": s.high, "unit": s.unit, "meaning": s.meaning} for s in POLICY
        ],
        "answers": list(runner.ANSWERS),
        "stories": {name: {"title": title, "settings": settings} for name, (title, settings) in runner.STORIES.items()},
        "behaviour": [behaviour[name] for name in BEHAVIOUR],
        "judged": [behaviour[name] for name in assemble.JUDGED],
        "dear": list(assemble.JUDGED).index("dear"),
        "ranges": [[float(ranges.low[name]), float(ranges.high[name])] for name in drawn],
        "factors": [list(bands.FACTS_DRAWN["stock_months"]), list(bands.FACTS_DRAWN["growth"])],
        "series": {name: list(said) for name, said in SERIES.items()},
        "months": MONTHS,
        "first": YEARS[0],
        "seed": bands.SEED,
        "draws": bands.DRAWS,
        "prices": runner.prices_shown(),
    }


def data_script() -> str:
    """The data as a classic script: pages may run no inline script, and a fetch dies on the disk."""
    return f"var scenarioData = {json.dumps(payload(), ensure_ascii=False, separators=(',', ':'), default=_plain)};\n"


def model_script() -> str:
    """The model as a script."""
    return javascript.script()


def _plain(value: object) -> object:
    if isinstance(value, np.generic):
        return value.item()
    raise TypeError(f"{value!r} is not for JSON")
