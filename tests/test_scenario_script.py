"""The page's script is the same model: CPython and JavaScript agree on random settings, in a browser and, where it is there, in Node."""

import json
import math
import random
import shutil
import subprocess

import pytest

from chokepoint.models.scenario import assemble, javascript, recursion
from chokepoint.models.scenario.inputs import BEHAVIOUR, MONTHS, POLICY
from chokepoint.models.scenario.results import SERIES

pytestmark = pytest.mark.slow

MINERALS = ("antimony", "cobalt", "copper", "dysprosium", "gallium", "graphite", "magnesium", "neodymium", "titanium", "tungsten")
CLUBS = ("came", "g7", "signed", "us")
TOLERANCE = 1e-9


@pytest.fixture(scope="module")
def settings():
    """Two hundred settings over the whole box, twenty for each of ten minerals."""
    rng = random.Random(16)
    behaviour = assemble.behaviour_values()
    made = []
    for k in range(200):
        mineral, club = MINERALS[k % len(MINERALS)], assemble.members_of(rng.choice(CLUBS))
        facts = assemble.facts_of(mineral, club, behaviour)
        values = [behaviour[name] * rng.uniform(0.7, 1.3) for name in BEHAVIOUR]
        policy = [float(s.default) if rng.random() < 0.4 else rng.uniform(s.low, s.high) for s in POLICY]
        made.append([facts, values, policy, assemble.shares_of(mineral, club) if k % 3 == 0 else [], MONTHS])
    return made


@pytest.fixture(scope="module")
def here(settings):
    return [recursion.simulate(*each) for each in settings]


def agree(here, there):
    """|a − b| ≤ 1e-9 · max(|a|, |b|, the series' own scale), every series of every setting; the widest gap, over that."""
    widest = 0.0
    for a, b in zip(here, there, strict=True):
        assert len(a) == len(b) == MONTHS * len(SERIES)
        sizes = sum(max(map(abs, a[k :: len(SERIES)])) for k in range(3, 9))  # tonnes in the market: the scale of what is near zero
        for k, name in enumerate(SERIES):
            x, y = a[k :: len(SERIES)], b[k :: len(SERIES)]
            scale = max(max(map(abs, x)), 1e-6 * sizes if SERIES[name][0] in ("t", "t/year") else 1e-6)
            for u, v in zip(x, y, strict=True):
                assert math.isfinite(v)
                widest = max(widest, abs(u - v) / max(abs(u), abs(v), scale))
    assert widest <= TOLERANCE
    return widest


def test_the_browser_gives_what_python_gives(browser, settings, here, tmp_path):
    """From a page on the disk, as the book may be opened."""
    (tmp_path / "scenario.js").write_text(javascript.script(), encoding="utf-8")
    (tmp_path / "page.html").write_text('<!doctype html><script src="scenario.js"></script>', encoding="utf-8")
    page = browser.new_page()
    page.goto((tmp_path / "page.html").as_uri())
    agree(here, page.evaluate("settings => settings.map(each => scenarioSimulate(...each))", settings))
    page.close()


def test_a_worker_from_a_blob_runs_the_same_script(browser, settings, here, tmp_path):
    """The page's ensembles run beside it: the worker is made of the script's own text."""
    (tmp_path / "page.html").write_text("<!doctype html>", encoding="utf-8")
    page = browser.new_page()
    page.goto((tmp_path / "page.html").as_uri())
    there = page.evaluate(
        """([script, settings]) => new Promise((done, fail) => {
            const work = script + "; onmessage = e => postMessage(e.data.map(each => scenarioSimulate(...each)));";
            const worker = new Worker(URL.createObjectURL(new Blob([work], {type: "text/javascript"})));
            worker.onmessage = e => { worker.terminate(); done(e.data); };
            worker.onerror = e => fail(e.message);
            worker.postMessage(settings);
        })""",
        [javascript.script(), settings[:20]],
    )
    agree(here[:20], there)
    page.close()


@pytest.mark.skipif(not shutil.which("node"), reason="Node is not here; the browser's test says the same")
def test_node_gives_what_python_gives(settings, here, tmp_path):
    (tmp_path / "scenario.js").write_text(javascript.script(), encoding="utf-8")
    (tmp_path / "settings.json").write_text(json.dumps(settings), encoding="utf-8")
    (tmp_path / "run.js").write_text(
        "require('./scenario.js'); const all = JSON.parse(require('fs').readFileSync('settings.json'));"
        "process.stdout.write(JSON.stringify(all.map(each => globalThis.scenarioSimulate(...each))));",
        encoding="utf-8",
    )
    said = subprocess.run(["node", "run.js"], cwd=tmp_path, capture_output=True, check=True, text=True, timeout=300).stdout
    agree(here, json.loads(said))


def test_the_script_is_classic_small_and_asks_for_nothing():
    script = javascript.script()
    assert "_pyfunc" not in script and "_pymeth" not in script, "PScript's own library would be needed"
    for word in ("import ", "export ", "eval(", "Function(", "fetch(", "http"):
        assert word not in script, word
    assert len(script) < 40_000
