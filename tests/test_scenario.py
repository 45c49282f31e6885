"""What a reader asks of the scenario model is answered or refused plainly, from facts that say how well they are known."""

import io
import math
import random
import re
from itertools import cycle, product
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml
from click.testing import CliRunner
from sampled import draw, everything, of_each

from chokepoint.cli import main
from chokepoint.data import tables
from chokepoint.data.ingest import scenario as ingest
from chokepoint.errors import UserError
from chokepoint.models import scenario
from chokepoint.models.evaluate import evaluate
from chokepoint.models.scenario import assemble, bands, calibrate, reversal
from chokepoint.models.scenario import runner as running
from chokepoint.models.scenario.inputs import BEHAVIOUR, FACTS
from chokepoint.models.scenario.results import SERIES

HOME = Path(__file__).resolve().parents[1]
RELEASES = HOME.parent / "shared" / "releases"
RUNNABLE = [m.mineral for m in scenario.minerals()]
CONTROLS = list(scenario.controls().values())
FIVE = ("antimony", "copper", "gallium", "neodymium", "titanium")

# --- what is known


def test_every_listed_mineral_is_graded_or_says_why_it_cannot_be_run():
    minerals, grades = tables.load("minerals"), tables.load("scenario_grades").set_index("mineral")
    for mineral in minerals[minerals.listed_2025].mineral:
        assert grades.why[mineral], mineral
    assert set(tables.load("scenario_choices").mineral) == set(grades.index)
    assert set(tables.load("scenario_facts").mineral) == set(grades[grades.grade != "none"].index)


def test_a_grade_is_what_its_figures_say():
    choices = tables.load("scenario_choices").set_index("mineral")
    for row in tables.load("scenario_grades").to_dict("records"):
        if row["grade"] != "B" or choices.trade[row["mineral"]] == "magnet_share":
            continue
        assert choices.form_matches[row["mineral"]] and row["use_below_zero"] <= ingest.CLOSE
        if not math.isnan(row["us_published"]):
            assert abs(row["us_derived"] / row["us_published"] - 1) <= ingest.CLOSE


def test_what_the_world_makes_is_what_it_uses_and_each_club_adds_up_to_it():
    behaviour = assemble.behaviour_values()
    facts = tables.load("scenario_facts")
    assert (facts.value >= 0).all()
    for mineral in sorted(facts.mineral.unique()):
        rows = facts[facts.mineral == mineral]
        made, used = (
            rows[rows.stage.eq("refined") & rows.quantity.eq("output")].value.sum(),
            rows[rows.stage.eq("use")].value.sum(),
        )
        assert used == pytest.approx(made, rel=0.06), mineral
    for mineral in RUNNABLE:
        worlds = set()
        for club in ("us", "g7", "came"):
            values = dict(
                zip(FACTS, assemble.facts_of(mineral, assemble.members_of(club), behaviour), strict=True)
            )
            assert all(math.isfinite(v) and v >= 0 for name, v in values.items() if name != "growth"), mineral
            use, output = (
                sum(values[f"{q}_{r}"] for r in ("club", "china", "rest")) for q in ("use", "output")
            )
            assert use == pytest.approx(output)
            assert all(values[f"refinery_{r}"] >= values[f"output_{r}"] for r in ("club", "china", "rest"))
            worlds.add(round(output, 6))
        assert len(worlds) == 1, mineral


def test_a_price_is_of_the_form_that_is_modelled():
    """By hand: tungsten of a ton unit of trioxide at US$380, niobium of ferroniobium at 65%, zinc as printed at the LME."""
    assert assemble.price_of(assemble.choice_of("tungsten")) == pytest.approx(380 / 10 / 0.793, rel=0.01)
    assert assemble.price_of(assemble.choice_of("niobium")) == pytest.approx(26 / 0.65, rel=0.01)
    assert assemble.price_of(assemble.choice_of("zinc")) == pytest.approx(1.30 / 0.453592, rel=0.01)


def test_behaviour_has_a_row_for_each_parameter_within_its_range():
    rows = tables.load("scenario_behaviour").set_index("parameter")
    assert set(BEHAVIOUR) <= set(rows.index)
    assert ((rows.low <= rows.value) & (rows.value <= rows.high)).all()


def test_what_teaching_models_name_the_same_is_the_same_or_lies_where_their_notes_say():
    ours, theirs = assemble.behaviour_values(), tables.load("assumptions").set_index("assumption_id")
    run = {name: evaluate(name, {}, tables.load("assumptions")) for name in ("vault", "stage_cascade")}
    assert ours["carry"] == pytest.approx(run["vault"]["carry_rate"], abs=1e-4)
    highest = tables.load("scenario_behaviour").set_index("parameter").loc["highest"]
    shock = theirs.loc["supply_shock.highest_multiple"]
    assert [highest[c] for c in ("value", "low", "high")] == [shock[c] for c in ("value", "low", "high")]
    for name in ("price_floor", "supply_shock"):
        one_step = theirs.value[f"{name}.demand_elasticity"]
        assert ours["elasticity"] < one_step < ours["long_elasticity"]
    share = tables.load("scenario_choices").set_index("mineral").input_share["neodymium"]
    assert share == pytest.approx(run["stage_cascade"]["oxide_share"], abs=0.05)


# --- the record


def test_the_calibration_is_as_registered():
    register = calibrate.registered()
    assert len(register["parameters"]) <= 6 and set(register["parameters"]) <= set(BEHAVIOUR)
    behaviour = tables.load("scenario_behaviour").set_index("parameter")
    assert set(behaviour[behaviour.basis == "fitted"].index) == set(register["parameters"])
    for name, (low, high) in register["parameters"].items():
        assert low * 0.99 <= behaviour.low[name] <= behaviour.high[name] <= high * 1.01
    scores = tables.load("scenario_calibration").set_index("measure").value
    assert running.shows_price_levels("copper") == (scores["left_out_model"] < scores["left_out_constant"])


def test_facts_that_a_past_episode_took_from_the_tables_are_as_registered():
    """More minerals, or better facts, do not silently move the record: it is registered and run again."""
    episodes, behaviour = tables.load("scenario_episodes"), assemble.behaviour_values()
    register = calibrate.registered()["inputs"]
    assert set(register) == set(episodes[episodes.facts == "tables"].episode)
    for episode in episodes[episodes.episode.isin(list(register))].to_dict("records"):
        facts = dict(zip(FACTS, calibrate.facts_of(episode, behaviour), strict=True))
        parts = [facts[f"{what}_{r}"] for what in ("use", "output") for r in ("club", "china", "rest")]
        assert parts == pytest.approx(register[episode["episode"]], rel=1e-3), episode["episode"]


def test_the_fitted_values_give_the_record_again():
    episodes, observations = tables.load("scenario_episodes"), tables.load("scenario_observations")
    record, behaviour = tables.load("scenario_record"), assemble.behaviour_values()
    said = np.exp(calibrate.predictions(episodes.to_dict("records"), observations, [behaviour])[0])
    said = dict(zip(zip(observations.episode, observations.what, strict=True), said, strict=True))
    for row in record.to_dict("records"):
        fitted = row["left_out"] if math.isnan(row["fitted"]) else row["fitted"]
        assert said[row["episode"], row["what"]] == pytest.approx(fitted, rel=0.03), row["what"]


def test_a_mineral_that_fails_its_test_is_not_shown():
    if misses := assemble.missed():
        for mineral, factor in misses.items():
            assert factor > assemble.FACTOR and mineral not in RUNNABLE
            with pytest.raises(UserError, match="misses its past"):
                scenario.run(mineral)


def test_magnet_rare_earths_outside_china_follow_what_is_being_built():
    """Bookkeeping with no policy, beside the IEA's 7.05, 25.6 and 28.1 kt and the plants that a source was read for."""
    chain = scenario.magnet_chain().set_index("year")
    assert chain.iea.tolist() == pytest.approx([7.05, 25.6, 28.1], rel=0.005)
    assert chain.model[2024] == pytest.approx(7.05, rel=0.1)
    assert chain.model[2030] == pytest.approx(25.6, rel=0.1)
    assert chain.model[2035] == pytest.approx(28.1, rel=0.15)
    assert chain.plants[2024] > chain.iea[2024]  # they run below capacity
    assert chain.plants[2030] < chain.iea[2030]  # the IEA counts projects of which the table has none


def test_where_it_differs_from_the_imf_is_said():
    beside = scenario.beside()
    assert set(beside.source_id) == {"M65", "M66"} and (beside.why.str.len() > 40).all()
    assert not beside.agrees.any()  # none of the three: the page says so


# --- what along a path is the wrong way round


def test_the_largest_reversals_are_told_with_their_own_figures_largest_first():
    found = {r.raised: r for r in scenario.reversals()}
    assert list(found) == ["evasion", "cut", "vault"]
    more = {raised: r.figures[1] / r.figures[0] for raised, r in found.items()}
    assert more["evasion"] > 1 / more["cut"] > more["vault"] > 1  # each the wrong way, the first by most
    for r in found.values():
        assert r.mineral in r.said and running.shows_price_levels(r.mineral) and r.less < r.more
        assert "×" not in r.said and not re.search(r"nan|inf\b|-\d", r.said)


@pytest.mark.slow
@pytest.mark.parametrize("raised", reversal.LARGEST)
def test_a_search_finds_no_larger_reversal(raised):
    """Pairs that differ in one setting, all else at the controls' steps, for any mineral whose price is shown.

    A third of the pairs; every week all of them.
    """
    rng, known = random.Random(16), scenario.controls()
    told = next(r for r in scenario.reversals() if r.raised == raised)
    gap = {"evasion": lambda a, b: b / a, "cut": lambda a, b: a / b, "vault": lambda a, b: b - a}[raised]
    minerals, figure = [m for m in RUNNABLE if running.shows_price_levels(m)], reversal.LARGEST[raised][-1]

    def step(control):
        return control.low + control.step * rng.randint(0, int((control.high - control.low) / control.step))

    for _ in range(60 if everything() else 20):
        settings = {name: step(known[name]) for name in told.settings}
        low, high = sorted((step(known[raised]), step(known[raised])))
        mineral, club = rng.choice(minerals), rng.choice(list(scenario.PRESETS))
        less, more = (
            scenario.run(mineral, club, **{**settings, raised: value}).table[figure] for value in (low, high)
        )
        assert gap(less, more).max() <= gap(*told.figures), (mineral, club, settings, low, high)


# --- what is asked


@pytest.mark.parametrize("mineral", FIVE)
def test_doing_nothing_changes_nothing(mineral):
    made = scenario.run(mineral, story="nothing")
    pd.testing.assert_frame_equal(made.table, made.nothing)
    assert made.sentence.endswith("changes nothing: nothing was chosen.")


def test_a_floor_does_nothing_where_the_club_makes_more_than_it_uses():
    """Oxide of the magnet rare earths: more is separated outside China than magnets are made there."""
    made = scenario.run("neodymium", members="came", floor=1.8)
    assert made.nothing.net_imports.max() == 0
    assert (made.table.price_inside == made.table.price_outside).all()
    assert math.isnan(made.summary.value["cover_days"])


def test_a_floor_raises_home_output_and_somebody_pays():
    made = scenario.run("gallium", members="us", floor=1.8)
    after, before = made.table[made.table.year == 2040].mean(), made.nothing[made.nothing.year == 2040].mean()
    assert after.output_club > before.output_club and after.buyers > 0 and after.use_club < before.use_club


def test_a_vault_softens_a_cut():
    cut = dict(members="us", cut=0.8, cut_from=60, cut_months=12)
    without, stocked = scenario.run("gallium", **cut), scenario.run("gallium", vault=100, **cut)
    during = stocked.table.index.isin(range(60, 72))
    assert stocked.table[during].vault_drawn.sum() > 0
    assert stocked.table[during].unserved.max() < without.table[during].unserved.max()


def test_members_may_be_named_and_china_may_not():
    assert assemble.members_of("USA, jpn") == ("JPN", "USA")
    assert set(assemble.members_of("g7")) > {"USA", "JPN", "FRA", "POL"}
    assert not set(assemble.members_of("came")) & assemble.CHINA
    for bad in ("CHN", "XXX", "", ["JPN", "HKG"]):
        with pytest.raises(UserError, match="members"):
            assemble.members_of(bad)


def test_a_member_who_loses_for_long_leaves():
    """Magnesium: Israel and Türkiye make it, the others only pay for it."""
    stays = scenario.run("magnesium", members="USA,JPN,CAN,ISR,TUR", floor=1.5)
    leaves = scenario.run("magnesium", members="USA,JPN,CAN,ISR,TUR", floor=1.5, patience=2)
    assert leaves.table.members.iloc[0] == 5 and leaves.table.members.iloc[-1] == 2
    assert "3 of 5 members have left by 2040" in leaves.sentence
    assert leaves.table.use_club.iloc[-1] < stays.table.use_club.iloc[-1]


def test_a_member_who_leaves_takes_along_the_thrift_that_it_learnt():
    """At one price club and rest together want the same the month before and after: nothing is learnt or forgotten by leaving."""
    path = scenario.run("magnesium", members="USA,JPN,CAN,ISR,TUR", floor=2, patience=2).table
    given = assemble.behaviour_values()
    e, late, drift = (given[name] for name in ("elasticity", "long_elasticity", "drift"))
    at_once = e + (late - e) / (drift + 1)
    wanted = path.use_club * path.price_inside**at_once + path.use_rest * path.price_outside**at_once
    left = path.index[path.members.diff() < 0]
    assert len(left)
    for t in left:
        before, then, after = (wanted[t + k] / path.price_outside[0] ** at_once for k in (0, 1, 2))
        assert then / before == pytest.approx(after / then, abs=0.01), t


def stories_of_minerals() -> list[tuple[str, str]]:
    """Each story of one mineral, and each mineral in a story; every week each of each."""
    if everything():
        return list(product(FIVE, running.STORIES))
    chance = draw("stories")
    minerals, stories = (
        chance.sample(FIVE, len(FIVE)),
        chance.sample(list(running.STORIES), len(running.STORIES)),
    )
    number = max(len(minerals), len(stories))
    return [
        pair
        for pair, _ in zip(zip(cycle(minerals), cycle(stories), strict=False), range(number), strict=False)
    ]


@pytest.mark.parametrize(("mineral", "story"), stories_of_minerals())
def test_each_story_runs_with_and_without_chinas_answer(mineral, story):
    for answer in ({}, {"cut": 0.6}, {"flood": 0.3}):
        made = scenario.run(mineral, story=story, **answer)
        assert np.isfinite(made.table.to_numpy(dtype=float)).all()
        assert_plain(made.sentence)


def assert_plain(sentence):
    assert sentence[0].isupper() and sentence.endswith(".") and sentence.count(". ") == 0
    assert not re.search(
        r"nan|inf\b|None|-\d|\b0%|e[+-]\d| ,|  ", sentence.replace("0%.", "").replace("instead of 0%", "")
    ), sentence


@pytest.mark.slow
@pytest.mark.parametrize(
    ("setting", "end"),
    of_each("ends of controls", product(CONTROLS, ("low", "high")), lambda at: at[0].name),
    ids=lambda at: getattr(at, "name", at),
)
def test_the_sentence_is_plain_at_the_ends_of_every_control(setting, end):
    for mineral in ("gallium", "neodymium"):
        made = scenario.run(mineral, story="everything", **{"cut": 0.5, setting.name: getattr(setting, end)})
        assert_plain(made.sentence)


def hostile():
    """A hundred settings of a kind that links, shells and notebooks bring."""
    rng, odd = (
        random.Random(5),
        [
            "",
            "abc",
            "nan",
            "inf",
            "-inf",
            "1e999",
            "١٠",
            "1,5",
            "0x10",
            "None",
            "true",
            "1/0",
            "--",
            "2 3",
            "1e-400x",
        ],
    )
    made = [(s.name, str(s.high + 1)) for s in CONTROLS] + [(s.name, str(s.low - 1)) for s in CONTROLS]
    made += [(rng.choice(CONTROLS).name, rng.choice(odd)) for _ in range(36)]
    return made


@pytest.mark.parametrize("name, value", hostile())
def test_a_hostile_setting_is_run_or_refused_with_range_and_unit(name, value):
    setting = scenario.controls()[name]
    try:
        chosen = running.checked({name: value})
        assert setting.low <= chosen[name] <= setting.high
    except UserError as refusal:
        assert f"{setting.low:g} to {setting.high:g} {setting.unit}" in str(refusal)


@pytest.mark.slow
def test_the_command_line_takes_or_refuses_the_same_hundred_settings():
    for name, value in hostile():
        setting = scenario.controls()[name]
        made = CliRunner().invoke(main, ["scenario", "gallium", f"{name}={value}"])
        refused = f"{setting.low:g} to {setting.high:g} {setting.unit}" in made.output
        assert (made.exit_code, refused) in ((0, False), (2, True)), (name, value, made.output)


def test_an_unknown_setting_story_or_mineral_names_the_nearest():
    for bad, near in (
        (lambda: scenario.run("galium"), "gallium"),
        (lambda: scenario.run("gallium", flor=1.5), "floor"),
        (lambda: scenario.run("gallium", story="mony"), "money"),
        (lambda: scenario.run("germanium"), "cannot be run"),
    ):
        with pytest.raises(UserError, match=near):
            bad()


def test_the_command_line_says_what_python_says():
    made = scenario.run("gallium", floor=1.8, members="us")
    said = CliRunner().invoke(main, ["scenario", "gallium", "floor=1.8", "--members", "us"])
    assert said.exit_code == 0 and said.output.startswith(made.sentence)
    table = pd.read_csv(
        io.StringIO(
            CliRunner().invoke(main, ["scenario", "gallium", "floor=1.8", "--members", "us", "--csv"]).output
        )
    )
    pd.testing.assert_frame_equal(table, made.table, rtol=1e-12)
    refused = CliRunner().invoke(main, ["scenario", "gallium", "floor=9"])
    assert refused.exit_code == 2 and "0 to 5 × the price of the start" in refused.output


# --- bands


def test_a_band_is_the_same_each_time_and_holds_most_of_what_it_is_drawn_from():
    first = bands.band("copper", number=16, keep=False, floor=1.2)
    again = bands.band("copper", number=16, keep=False, floor=1.2)
    pd.testing.assert_frame_equal(first, again)
    assert (first.q5 <= first.q50 + 1e-9).all() and (first.q50 <= first.q95 + 1e-9).all()
    assert set(first.series) == set(bands.KEPT) <= set(SERIES)


# --- where the facts come from


def test_use_is_output_and_imports_less_exports():
    flows = [
        ("CHL", "CHN", 1e6),
        ("CHL", "USA", 5e5),
        ("TWN", "CHN", 1e4),
        ("CHN", "JPN", 2e4),
        ("NLD", "DEU", 3e4),
    ]
    trade = [
        {"hs6": "740311", "exporter": a, "importer": b, "qty_t": t, "value_kusd": t, "buyers": True}
        for a, b, t in flows
    ]
    choices = tables.load("scenario_choices").astype(object).fillna("").set_index("mineral", drop=False)
    choice = {**choices.loc["copper"], "form_matches": "true"}
    made = ingest.Facts(choice, ingest.World(HOME / "data", pd.DataFrame(trade)))
    facts = pd.DataFrame(made.rows)
    output = facts[facts.stage.eq("refined") & facts.quantity.eq("output")].set_index("iso3").value
    used = facts[facts.stage.eq("use")].set_index("iso3").value
    scale = used["CHN"] / (
        output["CHN"] + 1e6 + 1e4 - 2e4
    )  # all uses are brought to the world's output alike
    assert used["USA"] == pytest.approx((output["USA"] + 5e5) * scale, rel=1e-3)
    assert "NLD" not in used and 0 < made.grade["use_below_zero"] < 0.01


def test_without_the_releases_it_says_which_file_is_missing(tmp_path):
    with pytest.raises(UserError, match="baci_hs17"):
        ingest.ingest(tmp_path, HOME / "data")


@pytest.mark.published
def test_the_committed_facts_are_what_the_releases_give(tmp_path):
    import shutil

    if not list(RELEASES.glob("**/baci.db")):
        pytest.skip("BACI's copy of HS 1992 is not among the releases here")
    data = tmp_path / "data"
    shutil.copytree(HOME / "data", data, ignore=shutil.ignore_patterns("evidence", "private"))
    ingest.ingest(RELEASES, data)
    for name in ("facts.csv", "grades.csv"):
        assert (data / "scenario" / name).read_bytes() == (HOME / "data" / "scenario" / name).read_bytes(), (
            name
        )


def test_the_registration_is_readable_by_a_person():
    text = (HOME / "data" / "scenario" / "calibration.yml").read_text(encoding="utf-8")
    assert yaml.safe_load(text)["seed"] == 7 and "changed" in text


def test_a_draw_makes_dear_only_what_is():
    given = dict.fromkeys(FACTS, 10.0) | {"dear_club": 1.4, "dear_china": 1.0, "dear_rest": 1.0}
    names, rows = bands.draws(1)
    drawn = dict(zip(FACTS, bands.arguments([*given.values()], names, rows[0])[0], strict=True))
    assert drawn["dear_club"] == dict(zip(names, rows[0], strict=True))["dear"] != 1
    assert (drawn["dear_china"], drawn["dear_rest"]) == (1, 1)
