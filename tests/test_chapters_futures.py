"""Chapter 7 and the validation page: a forecast is called one, misses are shown, and a sentence turns when the data do."""

from dataclasses import replace
from pathlib import Path

import pytest

from chokepoint.analysis import concentration_backtest, decisions, facts, forecast
from chokepoint.models import MODELS, scenario
from chokepoint.pages import futures, validation

RELEASE = "mcs2026"
HOME = Path(__file__).resolve().parents[1]


def test_the_iea_expects_three_quarters_of_separation_in_china():
    shares = forecast.china_refined().set_index("mineral")
    assert shares.share_2024["magnet_rare_earths"] == pytest.approx(91.28, abs=0.01)
    assert shares.share_2035["magnet_rare_earths"] == pytest.approx(75.50, abs=0.01)


def test_the_outlook_says_that_it_is_a_forecast_and_counts_what_it_shows():
    lead = futures.outlook(RELEASE)
    assert lead.title.startswith("Forecast")
    assert (
        f"over half of {(lead.table['2035, forecast, %'] > 50).sum()} of {len(lead.table)} minerals"
        in lead.title
    )


@pytest.fixture
def told(monkeypatch):
    """A function: the sentences of In brief if some facts had other values."""
    real = facts.get

    def brief(**other: float) -> list[str]:
        changed = {name.replace("_", ".", 1): value for name, value in other.items()}

        def get(fact, release):
            found = real(fact, release)
            return replace(found, value=changed.get(fact, found.value))

        monkeypatch.setattr(facts, "get", get)
        return futures.brief(RELEASE).sentences

    return brief


def test_in_brief_turns_when_the_iea_expects_something_else(told):
    assert told()[0].startswith("China stays the hub")
    assert told(futures_iea_majority=1.0)[0].startswith("China is a hub no longer")


def test_in_brief_turns_when_the_model_comes_to_something_else(told):
    """Whether all instruments together bring a club further, and whether a floor up to the product keeps its makers."""
    assert "bring them to {scenario.half_all}" in told(scenario_half_nothing=10, scenario_half_all=11)[1]
    assert "bring them no further" in told(scenario_half_nothing=10, scenario_half_all=10)[1]
    assert "covers their product too, nowhere" in told(scenario_left_early=22, scenario_left_late=0)[2]
    assert "too, in {scenario.left_late}" in told(scenario_left_early=22, scenario_left_late=5)[2]
    assert "too, no less often" in told(scenario_left_early=22, scenario_left_late=22)[2]


def test_in_brief_speaks_of_no_odds_and_says_what_is_a_forecast_and_what_a_model():
    said = [facts.linked(s, RELEASE) for s in futures.brief(RELEASE).sentences]
    assert "forecasts" in said[0] and "In the model below" in said[1]
    assert not any(word in " ".join(said) for word in ("draws", "odds", "likely"))


def test_a_clubs_choices_are_counted_over_every_mineral_that_can_be_run():
    rows = decisions.across()
    assert set(rows.index) == {known.mineral for known in scenario.minerals()}
    one = decisions.run("tungsten", "came", "everything").summary.loc["club_share"]
    assert rows.loc["tungsten", ["nothing", "all"]].tolist() == [one.nothing, one.value]
    assert facts.get("scenario.left_early", RELEASE).value == (rows.early >= 0.1).sum()


def test_the_choices_of_a_chapter_are_those_of_its_mineral_and_answer():
    table = futures.stories("tungsten", "us", "cheap")
    assert table.caption == "Tungsten; China: sells cheaply" and len(table.rows) == len(scenario.STORIES)
    paid = decisions.run("tungsten", "us", "money", "cheap").summary.value["taxpayers"]
    assert f"{paid:.3g}" in table.rows[3].cells


def test_the_models_magnets_stand_beside_the_iea_and_the_plants():
    """With no policy capacity outside China follows what the agency counts; what differs is named beside the table."""
    rows = scenario.magnet_chain().set_index("year")
    assert rows.iea.round(1).to_dict() == {2024: 7.0, 2030: 25.6, 2035: 28.1}
    assert ((rows.model / rows.iea - 1).abs() < 0.15).all()
    assert [row.cells[0] for row in futures.magnet_chain().rows] == ["2024", "2030", "2035"]


def test_what_the_papers_find_is_told_with_where_the_model_differs_and_why():
    table, found = futures.literature(), scenario.beside()
    assert table.caption.endswith(f"of {len(found)} findings") and len(table.rows) == len(found)
    assert all(row.cells[4] for row in table.rows) and "no figure" in {row.cells[2] for row in table.rows}


def test_the_largest_reversals_are_explained():
    rows = futures.reversals().rows
    assert [row.cells[1] for row in rows] == [found.said for found in scenario.reversals()]


def test_every_jump_of_the_record_is_shown_worst_first():
    made = validation.jumps(RELEASE)
    assert len(made.table) == len(scenario.record())
    assert made.table["Off by a factor of"].is_monotonic_decreasing
    assert "misses by less than one number does" in made.title
    for column, of in (
        ("Seen", "seen"),
        ("Model", "left_out"),
        ("Model fitted to all", "fitted"),
        ("One number for all", "constant"),
    ):
        assert made.table[f"{column}, times"].tolist() == pytest.approx(
            scenario.record()[of].tolist(), nan_ok=True
        )


def test_models_against_the_world_has_the_magnets_and_the_papers_too():
    page = (HOME / "book" / "validation.ipynb").read_text(encoding="utf-8")
    assert "futures.magnet_chain()" in page and "futures.literature()" in page


def test_every_validated_model_is_on_the_page_with_all_its_checks():
    rows = concentration_backtest.checks(RELEASE)
    shown = [name for names in validation.MODELS_OF.values() for name in names]
    assert set(shown) == set(rows.model) == {m.name for m in MODELS.values() if m.validation} | {"vault"}
    assert all(
        what in set(rows.what)
        for m in MODELS.values()
        if m.validation
        for what in (r["what"] for r in m.validation())
    )


def test_only_what_a_model_could_have_missed_counts_as_a_test():
    rows = concentration_backtest.checks(RELEASE).set_index("what")
    assert rows.outcome["Nolans 2019: value of US$5/kg more"] == "within"  # the clean test
    assert rows.outcome["payment expected in the first year"] == "missed"
    assert rows.outcome["typical miss of a price jump, each predicted from the other five"] == "missed"
    assert (
        rows.outcome["price multiple: dysprosium oxide, Jan 2009 to Aug 2011"]
        == concentration_backtest.FITTED
    )
    assert rows.outcome["share of a levy that buyers pay"] == concentration_backtest.IDENTITY  # assumed
    assert rows.outcome["concentration of copper mining"] == concentration_backtest.DATA  # no model is in it
    assert (
        rows.outcome["levy on 18 Feb 2026, quote as printed (US$123/kg)"] == concentration_backtest.ARITHMETIC
    )
    assert set(rows[rows.model == "supply_risk"].outcome) == {concentration_backtest.IDENTITY}
    assert rows[rows.outcome == "missed"].query("low <= predicted <= high").empty
    assert set(rows[rows.outcome.isin(["within", "missed"])].kind) == {concentration_backtest.TEST}


def test_the_counts_add_up_and_the_title_counts_tests_alone():
    rows = concentration_backtest.checks(RELEASE)
    kinds = ("within", "missed", "fitted", "bounds", "identities", "data", "arithmetic")
    counts = {kind: facts.get(f"validation.{kind}", RELEASE).value for kind in kinds}
    assert sum(counts.values()) == facts.get("validation.checks", RELEASE).value == len(rows)
    tests = facts.get("validation.tests", RELEASE).value
    assert counts["within"] + counts["missed"] == tests < len(rows) / 2
    assert (
        validation.lead(RELEASE).title
        == f"{tests:.0f} out-of-sample tests: {counts['within']:.0f} passed, {counts['missed']:.0f} failed"
    )


def test_the_required_cautions_stand_on_the_page():
    assert "worse than a single number" in validation.model("5", RELEASE).html()
    assert "elasticities are assumptions" in validation.model("1", RELEASE).html()


def test_the_table_under_the_picture_holds_every_check():
    assert len(validation.lead(RELEASE).table) == len(concentration_backtest.checks(RELEASE))
