"""What is asked before a choice of club: how large a part of each mineral some countries have."""

import pandas as pd
import pytest

from chokepoint.analysis import decisions
from chokepoint.models import scenario


@pytest.fixture
def facts(made_up, monkeypatch):
    """Cobalt: a third of mining, in two rows of one country, and a fifth of use. Copper: half of refining."""
    minerals = [type("Known", (), {"mineral": mineral}) for mineral in ("cobalt", "copper", "lithium")]
    monkeypatch.setattr(scenario, "minerals", lambda: minerals)

    def row(mineral, stage, quantity, iso3, value):
        return {"mineral": mineral, "stage": stage, "quantity": quantity, "iso3": iso3, "value": value}

    made_up.put(
        "scenario_facts",
        [
            row("cobalt", "ore", "output", "AUS", 5),
            row("cobalt", "ore", "output", "AUS", 10),
            row("cobalt", "ore", "output", "CAN", 15),
            row("cobalt", "ore", "output", "COD", 60),
            row("cobalt", "product", "use", "AUS", 20),
            row("cobalt", "product", "use", "CHN", 80),
            row("cobalt", "ore", "coming", "AUS", 900),  # a mine that is being built is no part of today's
            row("copper", "metal", "output", "CAN", 8),
            row("copper", "metal", "output", "CHL", 8),
            row("lithium", "ore", "output", "CHL", 4),
            row("tin", "ore", "output", "AUS", 4),  # cannot be run
        ],
    )


def test_the_largest_part_of_any_step_counts_and_the_largest_mineral_comes_first(facts):
    found = decisions.part_of(["AUS", "CAN"])
    assert list(found.index) == ["copper", "cobalt"]
    assert found.to_dict() == {"copper": 0.5, "cobalt": pytest.approx(30 / 90)}


def test_one_country_has_its_own_part(facts):
    assert decisions.part_of(["AUS"]).to_dict() == {"cobalt": 0.2}, "of use it has more than of mining"
    assert decisions.part_of(["PER"]).empty


def test_runs_stand_side_by_side_in_the_column_asked_for(monkeypatch):
    def run(value, nothing):
        summary = pd.DataFrame(
            {"unit": ["%", "t"], "meaning": ["share", "mass"], "value": value, "nothing": nothing},
            index=["share", "mass"],
        )
        return type("Run", (), {"summary": summary})

    first, second = run([40, 7], [10, 3]), run([60, 9], [10, 4])
    table = decisions.compared({"a": (first, "value"), "b": (second, "nothing")}, ["mass", "share"])
    assert list(table.index) == ["mass", "share"] and list(table.columns) == ["unit", "meaning", "a", "b"]
    assert table.a.tolist() == [7, 40] and table.b.tolist() == [4, 10] and table.unit["share"] == "%"


def test_an_answer_of_china_is_run_with_its_settings_and_those_given_come_on_top(monkeypatch):
    asked = []
    monkeypatch.setattr(scenario, "run", lambda *of, **settings: asked.append((of, settings)))
    decisions.run.__wrapped__("gallium", "us", "nothing", "cut", cut=0.25)
    decisions.run.__wrapped__("gallium", "us", "nothing")
    assert asked == [
        (("gallium", "us", "nothing"), {"cut": 0.25, "cut_from": 24, "cut_months": 24}),
        (("gallium", "us", "nothing"), {}),
    ]
    with pytest.raises(decisions.UserError, match='no answer "cuts".*cut'):
        decisions.run.__wrapped__("gallium", "us", "nothing", "cuts")


def test_a_club_comes_to_what_each_mineral_says_without_those_that_have_no_price(made_up, monkeypatch):
    minerals = [type("Known", (), {"mineral": mineral}) for mineral in ("cobalt", "tin")]
    monkeypatch.setattr(scenario, "minerals", lambda: minerals)

    def figures(mineral, members, stories):
        if mineral == "tin":
            raise decisions.MissingTable("no price")
        shares, gone = (10, 40, 20, 30), (1, 2, 3, 4)
        assert members == "g7" and list(stories) == [
            "nothing",
            "everything",
            "ore_and_oxide",
            "to_the_product",
        ]
        return pd.DataFrame({"club_share": shares, "makers_gone": gone}, index=list(stories))

    monkeypatch.setattr(decisions.runner, "figures", figures)
    assert decisions.across("g7").to_dict("index") == {
        "cobalt": {"nothing": 10, "all": 40, "early": 3, "late": 4}
    }
