"""The page's script is the same model: CPython and JavaScript agree on random settings, in a browser and, where it is there, in Node."""

import json
import math
import random
import shutil
import subprocess
from pathlib import Path

import pytest

from chokepoint import scenario_page
from chokepoint.models.scenario import assemble, javascript, recursion
from chokepoint.models.scenario.inputs import BEHAVIOUR, MONTHS, POLICY
from chokepoint.models.scenario.results import SERIES

pytestmark = pytest.mark.slow

HOME = Path(__file__).resolve().parents[1]

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
    assert len(script) < 90_000  # twice the model: once to run, once as the text of a worker


# --- the page's own script, which holds no model


@pytest.fixture
def page(browser, tmp_path):
    """The three scripts as the book serves them, opened from the disk."""
    (tmp_path / "scenario-model.js").write_text(scenario_page.model_script(), encoding="utf-8")
    (tmp_path / "scenario-data.js").write_text(scenario_page.data_script(), encoding="utf-8")
    (tmp_path / "scenario.js").write_text((HOME / "book" / "_static" / "scenario.js").read_text(encoding="utf-8"), encoding="utf-8")
    scripts = "".join(f'<script src="{name}.js"></script>' for name in ("scenario-model", "scenario-data", "scenario"))
    (tmp_path / "page.html").write_text(f"<!doctype html><meta charset=utf-8>{scripts}", encoding="utf-8")
    opened = browser.new_page()
    opened.goto((tmp_path / "page.html").as_uri())
    yield opened
    opened.close()


@pytest.mark.parametrize("club", [*assemble.PRESETS, "JPN,KOR,USA"])
def test_the_page_adds_up_a_club_as_python_does(page, club):
    behaviour, members = assemble.behaviour_values(), assemble.members_of(club)
    for mineral in MINERALS:
        mine = page.evaluate(
            """([mineral, club]) => { const choice = scenario.read(scenarioData, `#mineral=${mineral}&members=${club}`);
                const m = scenarioData.minerals[mineral], inside = m.codes.map(c => choice.members.includes(c) ? 1 : 0);
                return scenarioGather(m.world, m.figures, inside, scenarioData.judged); }""",
            [mineral, club],
        )
        assert mine == pytest.approx(assemble.facts_of(mineral, members, behaviour), rel=1e-12)


def test_the_download_is_the_python_call_and_the_link_restores_the_choice(page):
    """Five stories' worth of settings for five minerals, members leaving included."""
    import io

    import pandas as pd

    from chokepoint.models.scenario import run

    for mineral in MINERALS[:5]:
        settings = dict(floor=1.7, floor_ore=1.2, evasion=0.2, vault=50, cut=0.6, cut_from=40, patience=3, money=20)
        said = page.evaluate(
            """([mineral, settings]) => { const first = scenario.read(scenarioData, `#mineral=${mineral}&members=g7&` + new URLSearchParams(settings));
                const again = scenario.read(scenarioData, scenario.link(scenarioData, first));
                return {csv: scenario.csv(scenarioData, scenario.run(scenarioData, again)), faults: again.faults,
                        nothing: scenario.csv(scenarioData, scenario.run(scenarioData, again, true)),
                        same: JSON.stringify(first.settings) === JSON.stringify(again.settings)}; }""",
            [mineral, settings],
        )
        made = run(mineral, "g7", **settings)
        assert said["same"] and said["faults"] == []
        pd.testing.assert_frame_equal(pd.read_csv(io.StringIO(said["csv"])), made.table, check_dtype=False, rtol=1e-9, atol=1e-9)
        pd.testing.assert_frame_equal(pd.read_csv(io.StringIO(said["nothing"])), made.nothing, check_dtype=False, rtol=1e-9, atol=1e-9)


def test_a_hostile_link_is_refused_with_range_and_unit_and_the_page_goes_on(page):
    said = page.evaluate("scenario.read(scenarioData, '#mineral=__proto__&members=CHN,<b>&floor=1e9&evasion=&cut=abc&vault=-1')")
    assert said["mineral"] == "gallium" and said["members"] == [] and len(said["faults"]) == 7
    assert any("0 to 5 × the price of the start" in fault for fault in said["faults"])


@pytest.mark.parametrize("worker", [True, False], ids=["in a worker", "in slices"])
def test_a_band_grows_the_same_in_a_worker_and_in_slices_and_the_page_answers_meanwhile(page, worker):
    said = page.evaluate(
        """worker => new Promise(done => { if (!worker) window.Worker = undefined;
            const choice = scenario.read(scenarioData, '#mineral=gallium&members=us&cut=0.5&floor=1.5'); let calls = 0;
            scenario.band(scenarioData, choice, 120, (results, count, all) => { calls++;
                if (count === all) done({calls, spread: scenario.spread(scenarioData, results, 'outside_share', [0.05, 0.5, 0.95])}); }); })""",
        worker,
    )
    assert said["calls"] >= 2 and len(said["spread"]) == 15
    assert all(low <= middle <= high for low, middle, high in said["spread"])
    assert said["spread"][-1] == pytest.approx(KEPT_SPREAD.setdefault("spread", said["spread"][-1]), rel=1e-12)


KEPT_SPREAD: dict = {}
