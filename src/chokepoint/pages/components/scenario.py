"""What a page with the scenario model is given: the model as a script, and facts, ranges and choices as data.

The page's own script (`book/_static/scenario.js`) holds no model and no figure: it adds up countries, runs,
tells and draws with what is written here.
"""

import json
from dataclasses import asdict

from chokepoint.data import tables
from chokepoint.models.scenario import SERIES, bands, controls, javascript, minerals, runner
from chokepoint.models.scenario.assemble import JUDGED, PRESETS, behaviour_values, members_of, world_of
from chokepoint.models.scenario.inputs import BEHAVIOUR, MONTHS, YEARS
from chokepoint.models.scenario.results import SUMMARY

DRAWS = 1000  # in the reader's browser


def payload() -> dict:
    """Return what the page needs beside the script, in the order the model takes it."""
    behaviour = behaviour_values()
    names = tables.load("minerals").set_index("mineral")["name"]
    sent = {}
    for mineral in minerals():
        world, codes, figures = world_of(mineral.mineral)
        more = {"name": names[mineral.mineral], "world": world, "codes": codes, "figures": figures}
        sent[mineral.mineral] = {**asdict(mineral), **more, "prices": runner.limit(mineral.mineral)}
    ranges = tables.load("scenario_behaviour").set_index("parameter")
    return {
        "minerals": sent,
        "presets": {
            name: {"title": title, "members": members_of(name)} for name, (title, _) in PRESETS.items()
        },
        "policy": [asdict(control) for control in controls().values()],
        "stories": {
            name: {"title": title, "settings": settings} for name, (title, settings) in runner.STORIES.items()
        },
        "behaviour": [behaviour[name] for name in BEHAVIOUR],
        "judged": [behaviour[name] for name in JUDGED],
        "dear": JUDGED.index("dear"),
        "ranges": [[float(ranges.low[name]), float(ranges.high[name])] for name in [*BEHAVIOUR, "dear"]],
        "factors": [bands.FACTS_DRAWN["stock_months"], bands.FACTS_DRAWN["growth"]],
        "series": SERIES,
        "summary": SUMMARY,
        "months": MONTHS,
        "first": YEARS[0],
        "seed": bands.SEED,
        "draws": DRAWS,
    }


def data_script() -> str:
    """Return the data as a classic script: a fetch would die on the disk."""
    return f"var scenarioData = {json.dumps(payload(), ensure_ascii=False, separators=(',', ':'))};\n"


def model_script() -> str:
    """Return the model as a script."""
    return javascript.script()
