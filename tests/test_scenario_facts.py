"""Countries added up to club, cutters and rest, by hand; and what a mineral takes from the tables."""

import math

import pandas as pd
import pytest

from chokepoint.data import tables
from chokepoint.errors import MissingTable, UserError
from chokepoint.models.scenario import assemble, runner
from chokepoint.models.scenario.gather import gather
from chokepoint.models.scenario.inputs import FACTS, REGIONS

# running, mine_running, dear, seed, leads, capital of a yearly kilogram over the price
JUDGED = [0.8, 0.5, 1.3, 0.01, 36.0, 96.0, 2.0, 3.0]
COUNTRIES = [  # use, refined, capacity, ore, refining coming, ore coming, one of those who cut
    *(100.0, 40.0, 0.0, 30.0, 8.0, 5.0, 0.0),  # A: no capacity published
    *(50.0, 200.0, 300.0, 100.0, 16.0, 10.0, 1.0),  # B cuts
    *(30.0, 64.0, 0.0, 10.0, 4.0, 2.5, 0.0),  # C
    *(20.0, 97.0, 90.0, 0.0, 0.0, 0.0, 1.0),  # D cuts, and makes more than its published capacity
]


def gathered(inside=(1, 0, 0, 1), countries=COUNTRIES, growth=0.06, own=0, host=0, counted=0):
    world = [10.0, growth, 0.3, 0.4, 2.5, float(own), float(host), float(counted)]
    return dict(zip(FACTS, gather(world, list(countries), list(map(float, inside)), JUDGED), strict=True))


def three(facts, name):
    return [facts[f"{name}_{r}"] for r in REGIONS]


def test_countries_are_added_up_by_who_is_inside_then_by_who_cuts():
    facts = gathered()
    assert three(facts, "use") == pytest.approx([120 * 401 / 200, 50 * 401 / 200, 30 * 401 / 200])
    assert three(facts, "output") == [137, 200, 64]
    assert three(facts, "refinery") == pytest.approx([40 / 0.8 + 97 / 0.97, 300, 64 / 0.8])
    assert three(facts, "mine") == pytest.approx([60, 200, 20])
    assert facts["feed"] == pytest.approx(150 + 300 + 80 - 280)
    assert [facts[name] for name in ("price", "growth", "ore_share", "input_share")] == [10, 0.06, 0.3, 0.4]
    assert facts["stock_months"] == 2.5
    assert [facts[f"{kind}_capital"] for kind in ("refinery", "mine")] == pytest.approx([0.02, 0.03])
    outside = gathered(inside=(1, 0, 0, 0))
    assert three(outside, "output") == [40, 297, 64]


def test_nobody_adds_anything_to_a_region_that_has_nobody():
    facts = gathered(inside=(0, 0), countries=[*COUNTRIES[:7], *COUNTRIES[14:21]], counted=1)
    for name in ("use", "output", "refinery", "mine", "refinery_coming", "mine_coming"):
        assert three(facts, name)[:2] == [0, 0] and facts[f"{name}_rest"] > 0, name
    facts = gathered(inside=(1, 1), countries=COUNTRIES[:14], counted=1)
    for name in ("use", "output", "refinery", "mine", "refinery_coming", "mine_coming"):
        assert three(facts, name)[1:] == [0, 0] and facts[f"{name}_club"] > 0, name


def test_what_is_being_built_is_what_was_counted_or_else_has_kept_pace_with_use():
    """Not counted: growth over the lead time, 3 years of 6% for refineries and 8 for mines."""
    facts = gathered()
    assert three(facts, "refinery_coming") == pytest.approx([0.18 * 150, 0.18 * 300, 0.18 * 80])
    assert three(facts, "mine_coming") == pytest.approx([0.48 * 60, 0.48 * 200, 0.48 * 20])
    assert (facts["refinery_lead"], facts["mine_lead"]) == (36, 96)
    shrinks = gathered(growth=-0.02)
    assert three(shrinks, "refinery_coming") == three(shrinks, "mine_coming") == [0, 0, 0]
    counted = gathered(counted=1)
    assert three(counted, "refinery_coming") == pytest.approx([10, 20, 5])
    assert three(counted, "mine_coming") == pytest.approx([10, 20, 5])
    assert (counted["refinery_lead"], counted["mine_lead"]) == (36, 48)


def test_ore_does_not_limit_where_it_is_the_traded_form_or_another_metals():
    own, host, both = gathered(own=1), gathered(host=1), gathered(own=1, counted=1)
    assert own["feed"] == host["feed"] == pytest.approx(5300)
    assert (own["refinery_lead"], host["refinery_lead"], both["refinery_lead"]) == (96, 36, 48)
    ore_rich = [*COUNTRIES[:3], 900.0, *COUNTRIES[4:]]
    assert gathered(countries=ore_rich)["feed"] == 0  # never negative


def test_only_the_leading_region_builds_at_the_price_of_the_start_and_those_who_cut_have_no_first_plant():
    facts = gathered()
    assert three(facts, "dear") == [1.3, 1, 1.3]
    assert three(facts, "seed") == pytest.approx([5.3, 0, 5.3])
    assert three(gathered(inside=(0, 0, 0, 0)), "dear") == [1.3, 1, 1.3]
    assert three(gathered(inside=(1, 0, 1, 1)), "dear") == [1, 1.3, 1.3]  # 201 against 200
    last = [*COUNTRIES[:15], 640.0, *COUNTRIES[16:]]
    assert three(gathered(countries=last), "dear") == [1.3, 1.3, 1]


def test_a_countrys_row_of_figures_is_in_the_order_in_which_they_are_added_up(monkeypatch):
    rows = pd.DataFrame(
        [
            ("AAA", "use", "use", 1.0),
            ("AAA", "refined", "output", 2.0),
            ("AAA", "refined", "capacity", 3.0),
            ("AAA", "ore", "output", 4.0),
            ("CHN", "refined", "coming", 5.0),
            ("CHN", "ore", "coming", 6.0),
            (None, "use", "use", 7.0),
            (None, "use", "use", 8.0),
        ],
        columns=["iso3", "stage", "quantity", "value"],
    )
    choice = {"ore_share": "0.3", "input_share": 0.4, "stock_months": 2, "ore": "host", "mineral": "x"}
    monkeypatch.setattr(assemble, "choice_of", lambda mineral: choice)
    monkeypatch.setattr(assemble, "price_of", lambda choice: 10.0)
    monkeypatch.setattr(assemble, "growth_of", lambda choice: 0.02)
    monkeypatch.setattr(tables, "rows", lambda name, **picked: rows)
    world, codes, figures = assemble._world_of.__wrapped__("x", ("CHN",))
    assert world == [10, 0.02, 0.3, 0.4, 2, 0, 1, 1] and codes == ["", "AAA", "CHN"]
    assert figures == [15, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4, 0, 0, 0, 0, 0, 0, 0, 5, 6, 1]
    choice["ore"] = "own"
    monkeypatch.setattr(tables, "rows", lambda name, **picked: rows[rows.quantity != "coming"])
    assert assemble._world_of.__wrapped__("x", ("CHN",))[0][5:] == [1, 0, 0]


@pytest.fixture
def made_up(monkeypatch):
    """A world of the four countries above, and one that only builds."""
    figures = [*COUNTRIES, 0.0, 0.0, 9.0, 0.0, 9.0, 9.0, 0.0]
    codes = ["AAA", "BBB", "CCC", "DDD", "EEE"]
    world = [10.0, 0.06, 0.3, 0.4, 2.5, 0.0, 0.0, 0.0]
    monkeypatch.setattr(assemble, "world_of", lambda mineral, cutters=(): (world, codes, figures))
    behaviour = dict(zip(assemble.JUDGED, JUDGED, strict=True))
    monkeypatch.setattr(assemble, "behaviour_values", lambda: behaviour)
    monkeypatch.setattr(assemble, "members_of", lambda chosen: tuple(chosen.split(",")))
    return behaviour


def test_a_member_has_its_part_of_the_clubs_use_refining_and_mining_and_none_who_has_none_of_them(made_up):
    shares = assemble.shares_of("x", ["AAA", "CCC", "EEE", "ZZZ"])
    assert shares == pytest.approx([100 / 130, 40 / 104, 30 / 40, 30 / 130, 64 / 104, 10 / 40])
    assert assemble.shares_of("x", ["DDD"]) == [1, 1, 0]
    assert assemble.shares_of("x", ["EEE"]) == []


def test_facts_of_a_club_are_those_of_its_members(made_up):
    facts = dict(zip(FACTS, assemble.facts_of("x", ("CCC",), made_up), strict=True))
    assert three(facts, "output") == [64, 297, 40]


def test_a_stock_lasts_by_use_and_longer_by_what_is_lacking_without_china(made_up):
    """For A: 10,000 t at US$10; of 130 used outside those who cut, 104 are made there, so a fifth lacks."""
    lasts = runner.cover("x", "AAA", 100)
    use = 100 * 401 / 200
    assert lasts["tonnes"] == pytest.approx(10_000)
    assert lasts["days_of_use"] == pytest.approx(365 * 10_000 / use)
    lacking = 1 - 104 / (130 * 401 / 200)
    assert lasts["days_without_china"] == pytest.approx(365 * 10_000 / use / lacking)
    plenty = runner.cover("x", "AAA,DDD", 100)
    assert plenty["days_without_china"] == pytest.approx(plenty["days_of_use"] / (1 - 201 / (150 * 2.005)))
    nothing = runner.cover("x", "EEE", 100)
    assert nothing["tonnes"] == 10_000 and nothing["days_of_use"] == math.inf


def test_a_stock_lasts_without_end_where_nothing_lacks(monkeypatch, made_up):
    facts = {**dict.fromkeys(FACTS, 0.0), "price": 10.0, "use_club": 50.0, "output_rest": 50.0}
    monkeypatch.setattr(assemble, "facts_of", lambda *given: [facts[name] for name in FACTS])
    assert runner.cover("x", "AAA", 1)["days_without_china"] == math.inf
    facts["output_rest"] = 49.0
    assert runner.cover("x", "AAA", 1)["days_without_china"] == pytest.approx(50 * 365 * 100 / 50)
    facts.update(use_club=0.0)
    assert runner.cover("x", "AAA", 1)["days_without_china"] == math.inf


# --- price and growth


def priced(monkeypatch, *rows):
    columns = ["commodity", "series", "basis", "year", "usd_per_kg", "value"]
    monkeypatch.setattr(tables, "rows", lambda name, *at, **picked: pd.DataFrame(rows, columns=columns))
    choice = {"mineral": "x", "price_commodity": "X", "price_basis": "metal", "price_times": "2"}
    return assemble.price_of({**choice, "price_series": math.nan})


def test_a_price_is_the_mean_of_the_last_year_of_the_series_that_is_named(monkeypatch):
    others = [("Y", None, "metal", 2025, 90.0, 1), ("X", "spot", "metal", 2025, 90.0, 1)]
    others += [("X", None, "oxide", 2025, 90.0, 1), ("X", None, "metal", 2024, 90.0, 1)]
    last = [("X", None, "metal", 2025, 3.0, 1), ("X", None, "metal", 2025, 5.0, 1)]
    assert priced(monkeypatch, *others, *last) == 8
    assert priced(monkeypatch, *others, *last, ("X", None, "metal", 2025, None, 1)) == 8


def test_a_price_of_no_kilogram_is_taken_by_its_factor_and_one_of_two_is_refused(monkeypatch):
    unit = ("X", None, "metal", 2025, None, 300.0)
    assert priced(monkeypatch, unit) == 600
    for rows in ([unit, unit], [("Y", None, "metal", 2025, 4.0, 1)]):
        with pytest.raises(MissingTable, match="choices.csv x: no price fits"):
            priced(monkeypatch, *rows)


def test_growth_is_a_judgement_or_from_2024_to_2035_of_the_mineral_named(monkeypatch):
    rows = [("x", "Total", "history", 2024, 100.0), ("x", "Total", "STEPS", 2035, 100 * 1.05**11)]
    rows += [("y", "Total", "history", 2024, 100.0), ("y", "Total", "STEPS", 2035, 100 * 1.02**11)]
    noise = [("Wind", "history", 2024), ("Total", "history", 2021), ("Total", "STEPS", 2040)]
    noise += [("Total", "STEPS", 2024), ("Total", "NZE", 2035), ("Total", "history", 2035)]
    rows = [("x", *other, 7.0) for other in noise] + rows
    frame = pd.DataFrame(rows, columns=["mineral", "use", "scenario", "year", "value"])
    monkeypatch.setattr(tables, "load", lambda name, release: frame)
    grows = [assemble.growth_of({"mineral": "x", "growth": g}) for g in ("-0.01", "iea", "iea:y")]
    assert grows == pytest.approx([-0.01, 0.05, 0.02])


# --- which minerals, and how well known


GRADED = {"mineral": "x", "grade": "C", "why": "judged"}


def test_a_form_stands_within_a_sentence_up_to_its_comma_and_a_formula_keeps_its_capitals():
    def form(said):
        return assemble._graded_mineral(GRADED, {"form": said, "product": None}, {}).form

    assert form("Refined copper, cathode") == "refined copper"
    assert form("TREO concentrate, 60%") == "TREO concentrate" and form("NdPr oxide") == "NdPr oxide"
    assert form(None) == ""


def test_a_mineral_that_misses_its_past_has_no_grade_and_says_by_how_much():
    known = assemble._graded_mineral(GRADED, {"form": "Metal", "product": "magnets"}, {"y": 9.0})
    missed = assemble._graded_mineral(GRADED, {"form": "Metal", "product": "magnets"}, {"x": 3.14})
    assert (known.grade, known.why, known.product) == ("C", "judged", "magnets")
    assert (missed.grade, missed.why) == ("none", "The model misses its past by a factor of 3.1")


def test_the_factor_by_which_an_episode_kept_to_test_is_missed_is_the_root_of_its_mean_square(monkeypatch):
    episodes = [("a", "x", "test"), ("b", "y", "test"), ("c", "z", "fit"), ("d", "w", "test")]
    record = [("a", 1, 4), ("a", 1, 1), ("b", 4, 1), ("b", 1, 4), ("c", 9, 1), ("d", 2, 1)]
    made = {
        "scenario_episodes": pd.DataFrame(episodes, columns=["episode", "mineral", "role"]),
        "scenario_record": pd.DataFrame(record, columns=["episode", "left_out", "seen"]).astype(
            {"left_out": float, "seen": float}
        ),
    }
    monkeypatch.setattr(tables, "load", made.get)
    found = assemble.missed.__wrapped__()
    assert found == pytest.approx({"x": math.exp(math.log(4) / math.sqrt(2)), "y": 4})  # 2 itself is met


def test_minerals_come_best_known_first_and_those_that_cannot_be_run_only_when_asked_for(monkeypatch):
    names = ["d", "c", "b", "a", "e"]
    grades = pd.DataFrame({"mineral": names, "grade": ["A", "C", "none", "C", "A"], "why": "because"})
    choices = pd.DataFrame({"mineral": names, "form": "Metal", "product": "things"})
    made = {"scenario_grades": grades, "scenario_choices": choices}
    monkeypatch.setattr(tables, "load", made.get)
    monkeypatch.setattr(assemble, "missed", lambda: {"e": 5.0})
    assert [m.mineral for m in assemble.minerals()] == ["d", "a", "c"]
    assert [m.mineral for m in assemble.minerals(all_of_them=True)] == ["d", "a", "c", "b", "e"]


# --- who is inside


@pytest.fixture
def clubs(monkeypatch):
    held = [("signed_4feb", "JPN"), ("signed_4feb", "CHN"), ("attendees_4feb", "EUE"), ("eu27", "FRA")]
    held += [("eu27", "DEU"), ("g7", "CAN"), ("g7", "FRA"), ("trade_track", "MEX"), ("other", "BRA")]
    known = pd.DataFrame({"iso3": ["JPN", "CHN", "HKG", "EUE", "FRA", "DEU", "CAN", "MEX", "BRA", "USA"]})
    memberships = pd.DataFrame(held, columns=["coalition_id", "iso3"])
    monkeypatch.setattr(tables, "load", {"memberships": memberships, "geography": known}.get)


def test_a_preset_is_its_groups_with_the_united_states_the_unions_members_and_without_china(clubs):
    presets = {name: assemble.members_of(name) for name in assemble.PRESETS}
    assert presets == {
        "signed": ("JPN", "USA"),
        "came": ("DEU", "FRA", "JPN", "USA"),
        "g7": ("CAN", "DEU", "FRA", "USA"),
        "trade_track": ("MEX", "USA"),
        "us": ("USA",),
    }


def test_codes_are_read_from_text_or_a_list_and_what_is_no_country_is_refused(clubs):
    assert assemble.members_of(" bra, JPN,,jpn") == assemble.members_of(["JPN", "bra "]) == ("BRA", "JPN")
    for bad, said in (
        ("EUE", "no country code"),
        ("JPN,XXX", '"XXX" is no country code'),
        ("HKG", '"HKG" is China'),
        (" , ", "nobody is named"),
        ([], "nobody is named"),
    ):
        with pytest.raises(UserError, match=said):
            assemble.members_of(bad)
