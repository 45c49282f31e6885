"""The page's script is the same model: CPython and JavaScript agree on random settings, in a browser and, where it is there, in Node."""

import json
import random
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
import scenario_box
from quiet_server import serving
from sampled import draw, everything
from sampled import told as told_seed

from chokepoint.models.scenario import assemble, controls, javascript, recursion, told
from chokepoint.models.scenario.inputs import BEHAVIOUR, MONTHS
from chokepoint.models.scenario.results import SERIES
from chokepoint.pages.components import scenario as scenario_page

# In one group: the settings are run in Python, and the model is translated, once for all tests.
pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("scenario script")]

HOME = Path(__file__).resolve().parents[1]

MINERALS = (
    "antimony",
    "chromium",
    "copper",
    "dysprosium",
    "gallium",
    "graphite",
    "manganese",
    "neodymium",
    "vanadium",
    "zirconium",
)
CLUBS = ("came", "g7", "signed", "us")
CLUBS_OF_A_PAGE = 2  # presets, drawn, besides a list of countries
SETTINGS = 200 if everything() else 60
TOLERANCE = 1e-9


@pytest.fixture(scope="module")
def settings():
    """Settings over the whole box, as many for each of ten minerals."""
    rng = random.Random(16)
    behaviour = assemble.behaviour_values()
    made = []
    for k in range(SETTINGS):
        mineral, club = MINERALS[k % len(MINERALS)], assemble.members_of(rng.choice(CLUBS))
        facts = assemble.facts_of(mineral, club, behaviour)
        values = [behaviour[name] * rng.uniform(0.7, 1.3) for name in BEHAVIOUR]
        policy = [
            float(s.default) if rng.random() < 0.4 else rng.uniform(s.low, s.high)
            for s in controls().values()
        ]
        made.append([facts, values, policy, assemble.shares_of(mineral, club) if k % 3 == 0 else [], MONTHS])
    return made


@pytest.fixture(scope="module")
def here(settings):
    return [recursion.simulate(*each) for each in settings]


def agree(here, there):
    """|a − b| ≤ 1e-9 · max(|a|, |b|, the series' own scale), every series of every setting."""
    floor = np.array([1e-6 if unit in ("t", "t/year") else 0.0 for unit, _ in SERIES.values()])
    for a, b in zip(here, there, strict=True):
        a, b = (np.array(path, dtype=float).reshape(MONTHS, len(SERIES)) for path in (a, b))
        assert np.isfinite(b).all()
        largest = np.abs(a).max(axis=0)
        tonnes = largest[3:9].sum()  # in the market: the scale of what is near zero
        scale = np.maximum(largest, np.maximum(floor * tonnes, 1e-6 * (floor == 0)))
        assert (np.abs(a - b) <= TOLERANCE * np.maximum(np.maximum(np.abs(a), np.abs(b)), scale)).all()


def asked(page, script, given):
    """What a script makes of `given` in the page; both go as text, which is faster than value by value."""
    return json.loads(
        page.evaluate(f"text => JSON.stringify(({script})(JSON.parse(text)))", json.dumps(given))
    )


@pytest.fixture(scope="module", params=["from the disk", "over HTTP"])
def model_page(browser, request, tmp_path_factory):
    """A page with the model's script, as the book may be opened."""
    folder = tmp_path_factory.mktemp("page")
    (folder / "scenario.js").write_text(javascript.script(), encoding="utf-8")
    (folder / "page.html").write_text('<!doctype html><script src="scenario.js"></script>', encoding="utf-8")
    with serving(folder) as address:
        page = browser.new_page()
        page.goto(f"{address}/page.html" if request.param == "over HTTP" else (folder / "page.html").as_uri())
        yield page
        page.close()


def test_the_browser_gives_what_python_gives(model_page, settings, here):
    agree(here, asked(model_page, "settings => settings.map(each => scenarioSimulate(...each))", settings))


def test_figures_and_sentence_of_the_page_are_those_of_python(model_page, settings, here):
    """Of the same path, to the letter."""
    for k, path in enumerate(here[:20]):
        given = ["gallium", settings[k][2], path, here[0], 2026, [0.0, 1.0, 1e9][k % 3]]
        said = asked(model_page, "each => [scenarioSum(each[2], each[4]), scenarioTell(...each)]", given)
        assert said == [told.sum_up(path, 2026), told.tell(*given)]


RULES = """settings => {
  const worst = {}, signed = ["exports", "stock_flow", "vault_cost", "taxpayers"];
  const note = (rule, excess, which, month) => {
    if (!(excess <= 0) && !(rule in worst && worst[rule][0] >= excess)) worst[rule] = [excess, which, month];
  };
  settings.forEach((given, which) => {
    const flat = scenarioSimulate(...given), facts = given[0];
    let stock = facts[8] * (facts[10] + facts[12]) / 12, vault = 0, zigzags = 0, before = null, step = 0;
    for (let t = 0; t < given[4]; t++) {
      const a = {};
      names.forEach((name, k) => {
        a[name] = flat[t * names.length + k];
        if (!isFinite(a[name])) note("finite", 1, which, t);
      });
      const made = a.output_club + a.output_china + a.output_rest, taken = a.use_club + a.use_china + a.use_rest;
      const scale = Math.max(made, taken, facts[10] + facts[11] + facts[12]);
      names.forEach(name => { if (!signed.includes(name)) note("not negative", -a[name] / scale - 1e-12, which, t); });
      const put = a.stock_flow + a.vault_bought - a.vault_drawn;
      note("balance", Math.abs(made - taken - put) / scale - 1e-9, which, t);
      note("stocks", Math.abs(a.stock - stock - a.stock_flow / 12) / Math.max(scale, stock) - 1e-9, which, t);
      note("Vault", Math.abs(a.vault - vault - (a.vault_bought - a.vault_drawn) / 12) / Math.max(scale, vault) - 1e-9, which, t);
      note("exports", Math.abs(a.output_china - a.use_china - a.exports) / scale - 1e-9, which, t);
      ["club", "china", "rest"].forEach(r => note("capacity", (a["output_" + r] - a["refinery_" + r]) / scale - 1e-9, which, t));
      note("inside", a.price_outside - a.price_inside, which, t);
      const x = Math.log(a.price_outside), moved = before === null ? 0 : x - before;
      if (moved * step < 0 && Math.min(Math.abs(moved), Math.abs(step)) > 0.1) zigzags++;
      before = x; step = moved; stock = a.stock; vault = a.vault;
    }
    const drawn = given[1].every((value, k) => reach[k][0] <= value && value <= reach[k][1]);
    if (drawn) note("no hunting", zigzags - 12, which, 0);
  });
  return worst;
}"""


def test_over_the_whole_box_nothing_is_lost_negative_or_hunting(model_page):
    """Mass balance each month, no NaN, no negative quantity; and the price does not swing to and fro by 10% a month.

    The last is asked of behaviour that a reader or a draw can reach: of 60,000 such settings the worst swings eight
    times in fifteen years. Far beyond, it fails: where use hardly answers the price and half of all plants may close
    within a year, one month's closures overshoot, and the price swings fifty times.
    """
    rng = draw("the box of the scenario model")
    reach = [scenario_box.REACHABLE[name] for name in BEHAVIOUR]
    model_page.evaluate("given => { [window.names, window.reach] = given; }", [list(SERIES), reach])
    for _ in range(200 if everything() else 4):
        worst = asked(model_page, RULES, [scenario_box.setting(rng) for _ in range(100)])
        assert worst == {}, told_seed()


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
    said = subprocess.run(
        ["node", "run.js"], cwd=tmp_path, capture_output=True, check=True, text=True, timeout=300
    ).stdout
    agree(here, json.loads(said))


def test_the_script_is_classic_small_and_asks_for_nothing():
    script = javascript.script()
    assert "_pyfunc" not in script and "_pymeth" not in script, "PScript's own library would be needed"
    for word in ("import ", "export ", "eval(", "Function(", "fetch(", "http"):
        assert word not in script, word
    assert len(script) < 90_000  # twice the model: once to run, once as the text of a worker


# --- the page's own script, which holds no model


@pytest.fixture(scope="module")
def page_file(tmp_path_factory) -> Path:
    """A page with the three scripts as the book serves them."""
    folder = tmp_path_factory.mktemp("scripts")
    (folder / "scenario-model.js").write_text(scenario_page.model_script(), encoding="utf-8")
    (folder / "scenario-data.js").write_text(scenario_page.data_script(), encoding="utf-8")
    (folder / "scenario.js").write_text(
        (HOME / "book" / "_static" / "scenario.js").read_text(encoding="utf-8"), encoding="utf-8"
    )
    scripts = "".join(
        f'<script src="{name}.js"></script>' for name in ("scenario-model", "scenario-data", "scenario")
    )
    (folder / "page.html").write_text(f"<!doctype html><meta charset=utf-8>{scripts}", encoding="utf-8")
    return folder / "page.html"


@pytest.fixture
def page(browser, page_file):
    """The page, opened from the disk."""
    opened = browser.new_page()
    opened.goto(page_file.as_uri())
    yield opened
    opened.close()


def clubs() -> list[str]:
    """A list of countries, and some presets or all."""
    presets = list(assemble.PRESETS)
    return ["JPN,KOR,USA", *(presets if everything() else draw("clubs").sample(presets, CLUBS_OF_A_PAGE))]


@pytest.mark.parametrize("club", clubs())
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
        settings = dict(
            floor=1.7, floor_ore=1.2, evasion=0.2, vault=50, cut=0.6, cut_from=40, patience=3, money=20
        )
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
        pd.testing.assert_frame_equal(
            pd.read_csv(io.StringIO(said["csv"])), made.table, check_dtype=False, rtol=1e-9, atol=1e-9
        )
        pd.testing.assert_frame_equal(
            pd.read_csv(io.StringIO(said["nothing"])), made.nothing, check_dtype=False, rtol=1e-9, atol=1e-9
        )


def test_a_hostile_link_is_refused_with_range_and_unit_and_the_page_goes_on(page):
    said = page.evaluate(
        "scenario.read(scenarioData, '#mineral=__proto__&members=CHN,<b>&floor=1e9&evasion=&cut=abc&vault=-1')"
    )
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
    assert said["spread"][-1] == pytest.approx(
        KEPT_SPREAD.setdefault("spread", said["spread"][-1]), rel=1e-12
    )


KEPT_SPREAD: dict = {}
