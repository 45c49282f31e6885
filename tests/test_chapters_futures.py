"""Chapter 7 and the validation page: a forecast is called one, misses are shown, and a sentence turns when the data do."""

from dataclasses import replace

import pytest

from chokepoint import facts
from chokepoint.chapters import futures, validation
from chokepoint.measures import forecast, tested
from chokepoint.models import MODELS

RELEASE = "mcs2026"


def test_the_iea_expects_three_quarters_of_separation_in_china():
    shares = forecast.china_refined().set_index("mineral")
    assert shares.share_2024["magnet_rare_earths"] == pytest.approx(91.28, abs=0.01)
    assert shares.share_2035["magnet_rare_earths"] == pytest.approx(75.50, abs=0.01)


def test_the_lead_says_that_it_is_a_forecast_and_counts_what_it_shows():
    lead = futures.lead(RELEASE)
    assert lead.says.startswith("Forecast")
    assert f"more than half of {(lead.table['2035, forecast, %'] > 50).sum()} of the {len(lead.table)}" in lead.says


def test_the_first_sentence_turns_if_china_is_no_longer_expected_to_refine_most(monkeypatch):
    assert futures.brief(RELEASE).sentences[0].startswith("China stays the hub")
    real = facts.get
    other = {"futures.iea_majority": 1.0}
    monkeypatch.setattr(facts, "get", lambda fact, release: replace(real(fact, release), value=other.get(fact, real(fact, release).value)))
    assert futures.brief(RELEASE).sentences[0].startswith("China is a hub no longer")


def test_pressure_hurts_who_lives_on_the_market_price_and_not_who_has_a_floor():
    at = futures.scenario_paths().query("year == 2040").set_index("scenario").share
    floor, alone, pressed, low = (at[name] for name in futures.SCENARIOS)
    assert low < pressed < alone and floor == pytest.approx(futures.floor_left_alone().loc[2040])


def test_every_validated_model_is_on_the_page_with_all_its_checks():
    rows = tested.checks(RELEASE)
    shown = [name for names in validation.MODELS_OF.values() for name in names]
    assert set(shown) == set(rows.model) == {m.name for m in MODELS.values() if m.validation}
    assert all(what in set(rows.what) for m in MODELS.values() if m.validation for what in (r["what"] for r in m.validation()))


def test_a_miss_is_a_miss_and_a_fitted_figure_no_success():
    rows = tested.checks(RELEASE).set_index("what")
    assert rows.outcome["price multiple: dysprosium oxide, Jan 2009 to Aug 2011"] == "missed"
    assert rows.outcome["share outside China in 2035, every project viable"] == tested.FITTED
    assert rows.outcome["Nolans 2019: value of US$5/kg more"] == "within"  # the clean test
    assert rows[rows.outcome == "missed"].query("low <= predicted <= high").empty
    counts = [facts.get(f"validation.{kind}", RELEASE).value for kind in ("within", "missed", "fitted", "bounds")]
    assert sum(counts) == facts.get("validation.checks", RELEASE).value == len(rows)


def test_the_required_cautions_stand_on_the_page():
    assert "factor of about 2.6" in validation.model("5", RELEASE).body and "not ranking" in validation.model("5", RELEASE).body
    assert "Fitted to one point" in validation.model("6", RELEASE).body
    assert "elasticities are assumptions" in validation.model("1", RELEASE).body


def test_the_table_under_the_picture_holds_every_check():
    assert len(validation.lead(RELEASE).table) == len(tested.checks(RELEASE))
