"""The scenario model against its past, beside other studies, and its draws: by hand, with a made-up model."""

import ast
import math
from itertools import cycle
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from chokepoint.data import tables
from chokepoint.errors import UserError
from chokepoint.models.scenario import assemble, bands, calibrate, javascript, literature, reversal, runner
from chokepoint.models.scenario.inputs import BEHAVIOUR, FACTS, MONTHS, POLICY, REGIONS
from chokepoint.models.scenario.results import SERIES, SUMMARY

# --- the past

STATED = {
    "facts": "stated",
    **dict(growth=0.02, stock_months=3.0, coming=0.1, months=24),
    **dict(use_club=0.3, use_cutter=0.5, use_rest=0.2),
    **dict(output_club=0.2, output_cutter=0.7, output_rest=0.1),
    **dict(cut=0.8, cut_from=20, cut_months=16, held=15, opening=2, settled=0.3, leak=0.2),
}


def test_an_episode_that_states_its_shares_is_a_world_of_one_whose_leader_builds_cheapest():
    facts = dict(zip(FACTS, calibrate.facts_of(STATED, {"running": 0.8, "dear": 1.3}), strict=True))
    expected = {
        **dict.fromkeys(FACTS, 0.0),
        **dict(price=1, growth=0.02, stock_months=3, feed=1000, refinery_lead=48, mine_lead=48),
        **dict(refinery_capital=1, mine_capital=1),
        **dict(use_club=0.3, use_china=0.5, use_rest=0.2),
        **dict(output_club=0.2, output_china=0.7, output_rest=0.1),
        **dict(refinery_club=0.25, refinery_china=0.875, refinery_rest=0.125),
        **dict(refinery_coming_club=0.025, refinery_coming_china=0.0875, refinery_coming_rest=0.0125),
        **dict(dear_club=1.3, dear_china=1, dear_rest=1.3),
    }
    assert facts == pytest.approx(expected)


def test_an_episode_of_the_tables_has_its_own_stocks_and_growth(monkeypatch):
    held = [float(i) for i in range(len(FACTS))]
    monkeypatch.setattr(assemble, "facts_of", lambda mineral, members, behaviour: held)
    monkeypatch.setattr(assemble, "members_of", lambda name: ())
    episode = {"facts": "tables", "mineral": "x", "stock_months": 77, "growth": -1}
    facts = dict(zip(FACTS, calibrate.facts_of(episode, {}), strict=True))
    expected = {**dict(zip(FACTS, held, strict=True)), "stock_months": 77, "growth": -1}
    assert facts == expected


def test_an_episode_is_run_with_its_own_cut_and_nothing_else(monkeypatch):
    def simulate(facts, behaviour, policy, members, months):
        given.update(behaviour=behaviour, policy=dict(zip(POLICY, policy, strict=True)), months=months)
        return [float(1000 * k + t) for t in range(months) for k in range(len(SERIES))]

    given: dict = {}
    monkeypatch.setattr(calibrate, "simulate", simulate)
    path = calibrate.prices(STATED, [], {name: float(i) for i, name in enumerate(BEHAVIOUR)})
    assert path.tolist() == list(range(24))  # the first series is the price outside
    assert given["behaviour"] == list(range(len(BEHAVIOUR))) and given["months"] == 24
    for name, control in runner.controls().items():
        assert given["policy"][name] == STATED.get(name, control.default), name


def test_a_multiple_is_of_the_mean_of_its_months_over_the_mean_of_those_before():
    path = np.array([1.0, 3, 100, 100, 6, 10, 100])
    observation = {"from_first": 0, "from_last": 1, "to_first": 4, "to_last": 5}
    assert calibrate.predicted(path, observation) == 4


def test_predictions_have_a_row_a_draw_and_a_column_an_observation_in_the_episodes_order(monkeypatch):
    monkeypatch.setattr(calibrate, "facts_of", lambda episode, behaviour: [episode["size"], behaviour["d"]])

    def prices(episode, facts, behaviour):
        assert facts == [episode["size"], 1]  # facts are those of the first draw
        return np.array([1.0, math.exp(facts[0] * behaviour["d"]), math.exp(10 * facts[0] * behaviour["d"])])

    monkeypatch.setattr(calibrate, "prices", prices)
    episodes = [{"episode": "a", "size": 2}, {"episode": "b", "size": 3}]
    observations = pd.DataFrame([("b", 2), ("a", 1), ("c", 1), ("a", 2)], columns=["episode", "to_first"])
    observations = observations.assign(from_first=0, from_last=0, to_last=observations.to_first)
    said = calibrate.predictions(episodes, observations, [{"d": 1}, {"d": 2}])
    assert said == pytest.approx(np.array([[2, 20, 30], [4, 40, 60]]))


def test_draws_lie_within_what_was_registered_and_leave_all_else(monkeypatch):
    monkeypatch.setattr(assemble, "behaviour_values", lambda: {"a": 1.0, "b": 2.0, "c": 3.0})
    register = {"parameters": {"b": [10, 20], "a": [-1, 0]}, "seed": 3, "draws": 64}
    draws = calibrate.draws_of(register)
    assert draws == calibrate.draws_of(register) != calibrate.draws_of({**register, "seed": 4})
    b, a = np.array([[d["b"], d["a"]] for d in draws]).T
    assert len(draws) == 64 and {d["c"] for d in draws} == {3}
    for values, low, high in ((b, 10, 20), (a, -1, 0)):  # evenly, to the ends
        assert low <= values.min() < low + 0.05 * (high - low) < high - 0.05 * (high - low) < values.max()
        assert values.max() <= high and values.mean() == pytest.approx(
            (low + high) / 2, abs=0.01 * (high - low)
        )


def test_a_loss_is_the_mean_square_of_each_episode_in_the_order_in_which_they_come():
    errors = np.array([[1.0, 2, 3, 0], [0, 0, 1, 2]])
    owner = np.array(["b", "a", "b", "a"])
    assert calibrate.losses(errors, owner).tolist() == [[5, 2], [0.5, 2]]


@pytest.fixture
def fitted(monkeypatch):
    """Two episodes to fit, a of two observations and b of one, a third to test, and four draws."""
    said = {"a": [[1, 3], [2, 4], [3, 5], [2, 5]], "b": [[8], [6], [5], [5.5]], "t": [[0, 0], [1.5, 3.5]]}
    truth = [("b", 5), ("t", 0.5), ("a", 1), ("t", 1.5), ("a", 3)]
    observations = pd.DataFrame(truth, columns=["episode", "multiple"])
    observations = observations.assign(multiple=np.exp(observations.multiple), what=list("vwxyz"))
    episodes = pd.DataFrame({"episode": ["a", "t", "b"], "role": ["fit", "test", "fit"]})
    made = {"scenario_episodes": episodes, "scenario_observations": observations}
    draws = [{"at": i, "p": p, "q": q} for i, (p, q) in enumerate([(1, 5), (2, 9), (3, 1), (4, 3)])]
    register = {"parameters": {"p": [0, 5], "q": [0, 10]}, "registered": pd.Timestamp("2025-03-01")}

    def predictions(episodes, observations, draws):
        return np.array([[v for e in episodes for v in said[e["episode"]][d["at"]]] for d in draws], float)

    monkeypatch.setattr(tables, "load", made.get)
    monkeypatch.setattr(calibrate, "registered", lambda: register)
    monkeypatch.setattr(calibrate, "draws_of", lambda register: draws)
    monkeypatch.setattr(calibrate, "predictions", predictions)


def test_the_record_has_what_was_fitted_left_out_and_held_constant_for_each_observation(fitted):
    """The second draw is best on both; the third on b alone, the first on a alone."""
    record, _, _ = calibrate.result()
    assert record.what.tolist() == ["x", "z", "v", "w", "y"]
    logs = np.log(record[["seen", "fitted", "left_out", "constant"]].to_numpy())
    expected = [[1, 2, 3, 5], [3, 4, 5, 5], [5, 6, 8, 2]]
    assert logs[:3] == pytest.approx(np.array(expected, float))
    assert logs[3:, [0, 2]] == pytest.approx(np.array([[0.5, 1.5], [1.5, 3.5]]))
    assert np.isnan(logs[3:, [1, 3]]).all()


def test_scores_weigh_episodes_alike_and_the_constant_is_the_mean_of_their_means(fitted):
    _, scores, _ = calibrate.result()
    value = scores.set_index("measure").value
    assert value.to_dict() == pytest.approx(
        {
            "in_sample_model": 1,
            "in_sample_constant": (3.25 + 2.25) / 2,  # 3.5 against 1 and 3, and against 5
            "left_out_model": (4 + 9) / 2,
            "left_out_constant": (10 + 9) / 2,
            "left_out_model_factor": math.exp(math.sqrt(6.5)),
            "left_out_constant_factor": math.exp(math.sqrt(9.5)),
            "lithium_factor": math.exp(math.sqrt(2.5)),
            "episodes": 2,
            "observations": 3,
        }
    )


def test_a_range_holds_the_best_draw_and_nine_tenths_of_those_within_half_again_of_its_loss(fitted):
    """Losses are 4.5, 1, 2 and 1.375: the second and the fourth count."""
    _, _, ranges = calibrate.result()
    assert ranges == {"p": pytest.approx((2, 2, 3.9)), "q": pytest.approx((9, 3.3, 9))}


def test_what_is_fitted_is_written_beside_all_else_of_the_table(fitted, monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(tables, "data_dir", lambda: tmp_path)
    home = tmp_path / "scenario"
    home.mkdir()
    kept = "parameter,value,low,high,note\np,7,7,7,NA\nother,1.50,1,2,\nq,7,7,7,\n"
    (home / "behaviour.csv").write_text(kept, encoding="utf-8")
    calibrate.write()
    written = (home / "behaviour.csv").read_text(encoding="utf-8").splitlines()
    assert written == ["parameter,value,low,high,note", "p,2,2,3.9,NA", "other,1.50,1,2,", "q,9,3.3,9,"]
    record, scores = (pd.read_csv(home / f"{name}.csv") for name in ("record", "calibration"))
    assert len(record) == 5 and len(scores) == 9
    assert list(scores.columns) == ["measure", "value", "meaning", "year", "basis", "source_id"]
    figures = ["seen", "fitted", "left_out", "constant"]
    assert list(record.columns) == ["episode", "what", *figures, "year", "basis", "source_id"]
    assert set(record.year) == set(scores.year) == {2025} and "lithium_factor" in capsys.readouterr().out


def test_the_worst_miss_comes_first_whichever_way_it_missed(monkeypatch):
    made = pd.DataFrame({"seen": [2.0, 4.0, 1.0], "left_out": [3.0, 1.0, 3.0]})
    monkeypatch.setattr(tables, "load", lambda name: made)
    worst_first = calibrate.record()
    assert worst_first.factor.tolist() == pytest.approx([4, 3, 1.5]) and list(worst_first.index) == [0, 1, 2]


def shown(monkeypatch, model, constant, *own):
    """Whether prices of a mineral are shown, by the scores of all and its own (seen, left out, constant)."""
    scores = pd.DataFrame({"measure": ["left_out_model", "left_out_constant"], "value": [model, constant]})
    episodes = pd.DataFrame({"episode": ["a", "b"][: len(own)], "role": ["fit", "test"][: len(own)]})
    record = pd.DataFrame(own, columns=["seen", "left_out", "constant"], dtype=float)
    record = record.assign(episode=episodes.episode)

    def rows(name, **picked):
        return episodes if name == "scenario_episodes" else record[record.episode.isin(picked["episode"])]

    monkeypatch.setattr(tables, "load", lambda name: scores)
    monkeypatch.setattr(tables, "rows", rows)
    return runner.shows_price_levels.__wrapped__("x")


def test_prices_are_shown_where_a_constant_is_beaten_on_all_and_not_by_it_on_the_minerals_own(monkeypatch):
    assert shown(monkeypatch, 1.0, 1.1) and not shown(monkeypatch, 1.1, 1.1)
    assert shown(monkeypatch, 1.0, 1.1, (2, 4, 5)) and shown(monkeypatch, 1.0, 1.1, (2, 4, 1))
    assert not shown(monkeypatch, 1.0, 1.1, (2, 6, 5)) and not shown(monkeypatch, 1.2, 1.1, (2, 4, 5))
    assert shown(monkeypatch, 1.0, 1.1, (2, 4, 5), (2, 99, 2))  # what was kept to test has its own rule


def test_the_models_limit_is_a_multiple_of_the_price_where_prices_are_shown(monkeypatch):
    monkeypatch.setattr(assemble, "behaviour_values", lambda: {"highest": 40.0})
    monkeypatch.setattr(assemble, "choice_of", lambda mineral: mineral)
    monkeypatch.setattr(assemble, "price_of", lambda choice: 2.5)
    monkeypatch.setattr(runner, "shows_price_levels", lambda mineral: mineral == "x")
    assert [runner.limit.__wrapped__(mineral) for mineral in ("x", "y")] == [100, 0]


# --- what is chosen


def spent(price, use):
    facts = [{"price": price, "use_club": use}.get(name, 0.0) for name in FACTS]
    return {story: runner._story(story, facts) for story in runner.STORIES}


def test_a_storys_money_is_a_tenth_of_what_the_club_spends_and_its_vault_half_to_three_figures():
    stories = spent(10, 123_456)
    assert stories["money"] == {"money": 123} and stories["nothing"] == {}
    floors = dict(floor_ore=1.5, floor=1.5, floor_product=1.5)
    assert stories["everything"] == {**floors, "money": 123, "vault": 617}
    assert stories["to_the_product"] == floors
    known = runner.controls()
    much = spent(1e6, 1e9)["everything"]
    assert (much["money"], much["vault"]) == (known["money"].high, known["vault"].high)
    assert spent(2, 1234)["money"] == {"money": 0.247}
    assert runner._story(None, []) == {}


def test_settings_are_taken_to_both_ends_of_their_range_and_refused_beyond():
    for name, control in runner.controls().items():
        for value in (control.low, control.high):
            assert runner.checked({name: value})[name] == value
        for value in (control.low - 1e-9, control.high * (1 + 1e-9) + 1e-9):
            with pytest.raises(UserError, match="is outside the range"):
                runner.checked({name: value})
    for value in (True, None, "x", [1], math.nan):
        with pytest.raises(UserError, match="is not a number"):
            runner.checked({"floor": value})
    assert runner.checked({}) == {name: c.default for name, c in runner.controls().items()}


def test_doing_nothing_has_chinas_answer_too_unless_that_is_all_there_is():
    both = runner.run("gallium", "us", cut=0.5, floor=1.8, evasion=0.3)
    alone = runner.run("gallium", "us", cut=0.5)
    assert both.nothing.withheld.max() == both.table.withheld.max() > 0
    assert alone.nothing.withheld.max() == 0 < alone.table.withheld.max()
    assert both.nothing.levy.max() == 0 < both.table.levy.max()
    pd.testing.assert_frame_equal(both.nothing, alone.table)


def test_figures_of_a_story_are_those_of_its_run():
    found = runner.figures("gallium", "us", ["to_the_product", "money"])
    assert list(found.columns) == list(SUMMARY) and list(found.index) == ["to_the_product", "money"]
    for story in found.index:
        said = runner.run("gallium", "us", story=story).summary.value
        assert found.loc[story].replace(-1.0, np.nan).to_dict() == pytest.approx(said.to_dict(), nan_ok=True)


def test_figures_of_a_story_are_kept_by_what_they_were_made_from(monkeypatch, tmp_path):
    made, simulate = [], runner.simulate
    monkeypatch.setattr(tables, "home", lambda: tmp_path)
    monkeypatch.setattr(runner, "simulate", lambda *given: made.append(given) or simulate(*given))
    first, again = (runner.figures("gallium", "us", ["money", "everything"]) for _ in range(2))
    pd.testing.assert_frame_equal(first, again, check_exact=True)
    assert len(made) == 2
    runner.figures("gallium", "came", ["money", "everything"])
    assert len(made) == 4, "another club"
    for path in (tmp_path / "build" / "scenario").iterdir():
        path.write_text("[")
    pd.testing.assert_frame_equal(
        runner.figures("gallium", "us", ["money", "everything"]), first, check_exact=True
    )
    assert len(made) == 6, "a file that does not read"


# --- beside other studies


def path_of(**series):
    """What a run gives: two months of some years, the mean of which is the series' figure."""
    made = pd.DataFrame([{"year": y, "half": h} for y in (2028, 2033, 2035, 2036) for h in (0.5, 1.5)])
    for name, by_year in series.items():
        made[name] = made.year.map(by_year) * made.half
    return SimpleNamespace(table=made)


@pytest.fixture
def study(monkeypatch):
    """A model in which US$1 million a year adds 100 t among many and 50 t alone, and a floor 25 t."""

    def run(mineral, members, money=0.0, floor=0.0, **settings):
        asked.append((mineral, members, settings))
        output = 7000 + (100 if members == "came" else 50) * money + 25 * (floor > 0)
        return path_of(output_club={2035: output, 2036: 1.0}, unserved={2028: 0.4, 2033: 0.1, 2035: 0.9})

    asked: list = []
    monkeypatch.setattr(literature, "run", run)
    ledger = {"imf.subsidy_alone": 8.0, "imf.subsidy_together": 4.0}
    monkeypatch.setattr(tables, "row", lambda name, fact_id: SimpleNamespace(value=ledger[fact_id]))
    return asked


def test_the_money_for_more_is_the_least_that_is_enough_over_seven_years(study):
    assert literature.refined("us") == 7000
    assert literature.price_of_more("came") == pytest.approx(15 * 7, abs=7)
    assert literature.price_of_more("us") == pytest.approx(30 * 7, abs=7)
    assert literature.price_of_more("us") >= 30 * 7
    assert study[-1] == ("neodymium", "us", {"money_months": 84})


def test_a_study_and_the_model_are_set_beside_each_other_as_ratios(study):
    beside = literature.beside.__wrapped__()
    assert beside.theirs.tolist()[::2] == [0.5, 0] and math.isnan(beside.theirs[1])
    assert beside.ours.tolist() == pytest.approx([0.5, 25 / 5000, 0.1 / 0.4], abs=0.03)
    assert beside.ours[2] == pytest.approx(0.25)
    assert beside.agrees.tolist() == [True, False, False]
    assert ("dysprosium", "came", dict(cut=0.8, cut_from=24, cut_months=84, leak=0)) in study


def test_of_the_magnet_chain_only_what_stands_outside_china_by_then_is_counted(monkeypatch):
    years = [2026] * 2 + [2030] * 2 + [2035] * 2
    path = pd.DataFrame({"year": years, "refinery_club": [1000, 3000, 4e3, 6e3, 8e3, 8e3]})
    path = path.assign(refinery_rest=[500, 500, 1e3, 1e3, 2e3, 4e3], refinery_china=9e9)
    monkeypatch.setattr(literature, "run", lambda mineral, members: SimpleNamespace(nothing=path))
    monkeypatch.setattr(literature, "behaviour_values", lambda: {"running": 0.5})
    iea, plants = [], []
    for year, world, china in ((2024, 9e3, 8e3), (2030, 2e4, 1.5e4), (2035, 3e4, 2e4)):
        for mineral, stage in (
            ("magnet_rare_earths", "refinery"),
            ("magnet_rare_earths", "mine"),
            ("x", "refinery"),
        ):
            times = 1 if (mineral, stage) == ("magnet_rare_earths", "refinery") else 7
            iea += [(mineral, stage, year, None, "world", times * world)]
            iea += [(mineral, stage, year, "CHN", "country", times * china)]
    columns = ["mineral", "stage", "year", "iso3", "area_kind", "value"]
    plants = [(100, "NdPr oxide", "running", "2020"), (200, "NdPr oxide", "construction", "2030")]
    plants += [(400, "NdPr oxide", "planned", "2020"), (800, "rare-earth oxides", "running", "2020")]
    plants += [(1600, "NdPr oxide", "construction", None), (3200, "NdPr oxide", "construction", "2035-06")]
    made = {
        "iea_production": pd.DataFrame(iea, columns=columns),
        "scenario_plants": pd.DataFrame(plants, columns=["capacity_t", "product", "status", "start"]),
    }
    monkeypatch.setattr(tables, "load", lambda name, release="": made[name])
    chain = literature.magnet_chain()
    assert chain.year.tolist() == [2024, 2030, 2035]
    assert chain.model.tolist() == pytest.approx([0.75, 3.0, 5.5])  # the start; then means of the year
    assert chain.iea.tolist() == [1, 5, 10]
    assert chain.plants.tolist()[:2] == pytest.approx([0.1, 0.3])


# --- draws and bands


def test_draws_go_over_each_range_and_as_many_as_asked_for():
    names, rows = bands.draws(100)
    assert rows.shape == (100, len(names)) and names[: len(BEHAVIOUR)] == list(BEHAVIOUR)
    table = tables.load("scenario_behaviour").set_index("parameter")
    for name, values in zip(names, rows.T, strict=True):
        low, high = (table.low[name], table.high[name]) if name in table.index else bands.FACTS_DRAWN[name]
        assert (
            low <= values.min() < low + 0.1 * (high - low)
            and high - 0.1 * (high - low) < values.max() <= high
        )
    assert (rows == bands.draws(100)[1]).all() and (rows != bands.draws(100, 5)[1]).any()
    assert (bands.draws(64)[1] == rows[:64]).all()


def test_a_draw_multiplies_stocks_and_growth_and_takes_the_place_of_behaviour():
    facts = [10.0 + i for i in range(len(FACTS))]
    names, rows = bands.draws(2)
    drawn = dict(zip(names, rows[1], strict=True))
    changed, behaviour = bands.arguments(facts, names, rows[1])
    assert behaviour == [drawn[name] for name in BEHAVIOUR]
    for name, before, after in zip(FACTS, facts, changed, strict=True):
        if name in bands.FACTS_DRAWN:
            assert after == pytest.approx(before * drawn[name])
        else:
            assert after == (drawn["dear"] if name.startswith("dear_") else before)


@pytest.fixture
def drawn(monkeypatch, tmp_path):
    """A model whose series k in month t of draw d is d + 1000 k + t, and a folder in which bands are kept."""

    def simulate(draw, nothing, policy, members, months):
        runs.append(draw)
        return [draw + 1000 * k + t for t in range(months) for k in range(len(SERIES))]

    runs: list = []
    monkeypatch.setattr(bands, "simulate", simulate)
    monkeypatch.setattr(bands, "draws", lambda number, seed: (["d"], np.arange(number + 0.0)[:, None]))
    monkeypatch.setattr(bands, "arguments", ARGUMENTS)
    monkeypatch.setattr(assemble, "facts_of", lambda *given: [1.0])
    monkeypatch.setattr(tables, "home", lambda: tmp_path)
    return runs


def ARGUMENTS(facts, names, row):
    """What a draw is run with: itself."""
    return float(row[0]), None


def test_a_band_is_the_quantiles_over_draws_of_each_years_mean(drawn):
    band = bands.band("x", "us", number=21, keep=False)
    assert list(band.columns) == ["year", "series", "q5", "q25", "q50", "q75", "q95"]
    assert len(band) == len(bands.KEPT) * MONTHS // 12
    for name in ("price_outside", "taxpayers"):
        one = band[band.series == name].reset_index(drop=True)
        mean = 1000 * list(SERIES).index(name) + 12 * np.arange(MONTHS // 12) + 5.5
        assert one.year.tolist() == list(range(2026, 2041))
        for q, at in (("q5", 1), ("q25", 5), ("q50", 10), ("q75", 15), ("q95", 19)):
            assert one[q].tolist() == pytest.approx((mean + at).tolist()), (name, q)


def test_a_band_is_kept_by_what_it_was_made_from_and_not_made_again(drawn, tmp_path):
    first = bands.band("x", "us", number=4, floor=1.2)
    pd.testing.assert_frame_equal(first, bands.band("x", "us", number=4, floor=1.2))
    assert len(drawn) == 4
    bands.band("x", "us", number=4, floor=1.3)
    bands.band("x", "us", number=5, floor=1.2)
    bands.band("x", "us", number=4, floor=1.2, keep=False)
    assert len(drawn) == 4 + 4 + 5 + 4
    assert len(list((tmp_path / "build" / "scenario").iterdir())) == 3


# --- what goes the wrong way


def test_the_worst_month_is_that_of_the_largest_ratio_and_of_a_vault_that_of_the_largest_gap():
    low, high = pd.Series([2.0, 10, 1, 8]), pd.Series([4.0, 13, 1, 2])
    worst = {raised: reversal.worst(raised, low, high) for raised in reversal.LARGEST}
    assert worst == {"evasion": 0, "cut": 3, "vault": 1}


def test_a_reversal_is_told_with_the_figures_of_its_month(monkeypatch):
    less = pd.DataFrame({name: [2.0, 2.0] for name in SERIES}, index=[0, 13]).assign(unserved=0.5)
    more = less.copy()
    more.loc[13, ["price_inside", "price_outside", "unserved"]] = [10.0, 0.8, 0.8]
    more.loc[13, ["use_club", "output_club", "refinery_rest", "use_rest"]] = [4.0, 1.6, 1.4, -1.0]
    runs = cycle([SimpleNamespace(table=less), SimpleNamespace(table=more)])
    monkeypatch.setattr(reversal, "run", lambda mineral, members, **settings: next(runs))
    told = {r.raised: r for r in reversal.reversals()}
    assert all(r.month == 13 and "In February 2027, " in r.said for r in told.values())
    assert told["evasion"].figures == (2, 10) and told["cut"].figures == (2, 0.8)
    assert "its use is 50% lower and its output 25% higher" in told["evasion"].said
    assert "5 times as high" in told["evasion"].said
    assert "instead of 70%" in told["cut"].said
    assert "use outside China is 25% lower although the price is 60% lower" in told["cut"].said
    assert "they are 70% of what" in told["vault"].said and "80% of the need" in told["vault"].said
    assert "instead of 50%" in told["vault"].said


# --- the page's script


def test_pythons_names_become_those_of_javascript_and_no_others():
    python = '''
def f(x):
    """Told to a reader of Python."""
    found.append(abs(math.exp(x)))
    remath.extend(int(x))
    return str(min(x, other(mathematics)))
'''
    made = ast.unparse(javascript._Plain().visit(ast.parse(python)))
    assert made.splitlines() == [
        "def f(x):",
        "    PSCRIPT_OVERLOAD = False",
        "    found.push(Math.abs(Math.exp(x)))",
        "    remath.extend(Math.floor(x))",
        "    return String(min(x, other(mathematics)))",
    ]
    plain = ast.unparse(javascript._Plain().visit(ast.parse("def f(x):\n    return x")))
    assert plain.splitlines() == ["def f(x):", "    PSCRIPT_OVERLOAD = False", "    return x"]


def test_the_source_of_the_script_holds_every_function_that_the_page_is_given():
    made = {n.name for n in ast.parse(javascript.source()).body if isinstance(n, ast.FunctionDef)}
    assert set(javascript.GIVEN.values()) <= made and set(REGIONS) == {"club", "china", "rest"}
