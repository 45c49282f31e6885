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


def test_the_brief_claims_nothing_that_the_model_was_set_to():
    """The share of 2035 is an input of the model, so no sentence gives what a price adds to it, or shares of draws as odds."""
    said = " ".join(facts.linked(s, RELEASE) for s in futures.brief(RELEASE).sentences)
    assert "set to the agency's share" in said and "28.1 thousand tonnes" in said and "114.5 thousand tonnes" in said
    assert not any(word in said for word in ("US$110", "decides", "draws", "odds"))
    assert "is assumed" in futures.build_out().says and "assumed to pay" in futures.build_out().sentence_at()
    assert "of 157.4 thousand tonnes" in futures.build_out().sentence_at()  # the tonnes beside the share


def test_every_validated_model_is_on_the_page_with_all_its_checks():
    rows = tested.checks(RELEASE)
    shown = [name for names in validation.MODELS_OF.values() for name in names]
    assert set(shown) == set(rows.model) == {m.name for m in MODELS.values() if m.validation} | {"vault"}
    assert all(what in set(rows.what) for m in MODELS.values() if m.validation for what in (r["what"] for r in m.validation()))


def test_only_what_a_model_could_have_missed_counts_as_a_test():
    rows = tested.checks(RELEASE).set_index("what")
    assert rows.outcome["Nolans 2019: value of US$5/kg more"] == "within"  # the clean test
    assert rows.outcome["payment expected in the first year"] == "missed"
    assert rows.outcome["typical miss of a price jump, each predicted from the other five"] == "missed"
    assert rows.outcome["price multiple: dysprosium oxide, Jan 2009 to Aug 2011"] == tested.FITTED
    assert rows.outcome["share outside China in 2035, every project viable"] == tested.FITTED
    assert rows.outcome["share of a levy that buyers pay"] == tested.IDENTITY  # assumed
    assert rows.outcome["concentration of copper mining"] == tested.DATA  # no model is in it
    assert rows.outcome["levy on 18 Feb 2026, quote as printed (US$123/kg)"] == tested.ARITHMETIC
    assert set(rows[rows.model == "supply_risk"].outcome) == {tested.IDENTITY}
    assert rows[rows.outcome == "missed"].query("low <= predicted <= high").empty
    assert set(rows[rows.outcome.isin(["within", "missed"])].kind) == {tested.TEST}


def test_the_counts_add_up_and_the_title_counts_tests_alone():
    rows = tested.checks(RELEASE)
    kinds = ("within", "missed", "fitted", "bounds", "identities", "data", "arithmetic")
    counts = {kind: facts.get(f"validation.{kind}", RELEASE).value for kind in kinds}
    assert sum(counts.values()) == facts.get("validation.checks", RELEASE).value == len(rows)
    tests = facts.get("validation.tests", RELEASE).value
    assert counts["within"] + counts["missed"] == tests < len(rows) / 2
    assert validation.lead(RELEASE).says == f"{tests:.0f} out-of-sample tests: {counts['within']:.0f} passed, {counts['missed']:.0f} failed"


def test_the_forecast_of_2040_is_missed_by_a_factor_of_two_and_shown_in_tonnes():
    row = tested.checks(RELEASE).set_index("what").loc["magnet rare earths refined outside China in 2040, the IEA's table of 2025"]
    assert (round(row.predicted, 1), round(row.seen, 1), row.outcome) == (56.1, 28.1, "missed") and row.predicted > 1.9 * row.seen


def test_the_required_cautions_stand_on_the_page():
    assert "worse than a single number" in validation.model("5", RELEASE).body
    assert "no finding" in validation.model("6", RELEASE).body and "no price floor in it" in validation.model("6", RELEASE).body
    assert "elasticities are assumptions" in validation.model("1", RELEASE).body


def test_the_table_under_the_picture_holds_every_check():
    assert len(validation.lead(RELEASE).table) == len(tested.checks(RELEASE))
