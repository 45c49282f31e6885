"""The models against published numbers, on checks made up for it: what passed, failed, or is no test."""

from types import SimpleNamespace

import pandas as pd
import pytest

from chokepoint.analysis import concentration_backtest as backtest
from chokepoint.analysis import own_forecasts, supply, vault_basket
from chokepoint.analysis.facts import validation
from chokepoint.models.model import ARITHMETIC, BOUND, DATA, FITTED, IDENTITY, TEST, check


def made(what: str, predicted: float, kind: str, seen: float = 10) -> dict:
    """A check whose band is 8 to 12."""
    return check(what, predicted, seen, "x", 8, 12, "", "M01", kind)


@pytest.fixture
def checks(made_up, monkeypatch):
    """Three models, one of them with nothing to compare; cover costs 2 a year of imports and 6 of use."""
    rows = {
        "late": [made("passed", 12, TEST), made("failed", 12.1, TEST), made("nought", 8, TEST, seen=0)],
        "none": None,
        "early": [
            made("bound", 9, BOUND),
            made("broken bound", 7, BOUND),
            made("fitted", 7, FITTED),
            made("so", 7, IDENTITY),
        ],
    }
    models = {n: SimpleNamespace(name=n, validation=(lambda r=r: r) if r else None) for n, r in rows.items()}
    models = {"coalition": SimpleNamespace(name="coalition", validation=None), **models}
    models["vault"] = SimpleNamespace(name="vault", validation=None)
    monkeypatch.setattr(backtest, "MODELS", models)
    monkeypatch.setattr(backtest, "PUBLISHED_CONCENTRATION", {"tin": 0.3, "zinc": 0.2})
    monkeypatch.setattr(
        backtest,
        "concentration_validation",
        lambda shares: [made(f"{m} {shares[m]}", 7, DATA) for m in shares],
    )
    shares = [
        ("tin", "mine", "country", 60.0),
        ("tin", "mine", "country", 30.0),
        ("tin", "mine", "country", None),
    ]
    shares += [
        ("tin", "refinery", "country", 5.0),
        ("tin", "mine", "other", 10.0),
        ("lead", "mine", "country", 9.0),
    ]
    output = pd.DataFrame(shares, columns=["mineral", "step", "area_kind", "share"])
    monkeypatch.setattr(supply, "output", lambda release: output)
    monkeypatch.setattr(vault_basket, "cover", lambda release, money: SimpleNamespace(value=365.0, use=730.0))
    monkeypatch.setattr(vault_basket, "aim", lambda: 60.0)
    money = {"loan": 50, "private_capital": 20, "other": 900}
    made_up.put("assumptions", [{"model": "vault", "name": n, "value": v} for n, v in money.items()])
    return backtest.checks("mcs2091").set_index("what")


def test_only_a_test_passes_or_fails_and_a_bound_that_does_not_hold_is_missed(checks):
    assert checks.outcome.drop(checks.index[checks.model.isin(["coalition", "vault"])]).to_dict() == {
        "passed": "within",
        "failed": "missed",
        "nought": "within",
        "bound": BOUND,
        "broken bound": "missed",
        "fitted": FITTED,
        "so": IDENTITY,
    }


def test_the_error_is_relative_to_what_was_seen_and_none_where_that_is_nought(checks):
    assert checks.error["passed"] == pytest.approx(0.2) and checks.error["bound"] == pytest.approx(-0.1)
    assert pd.isna(checks.error["nought"])


def test_checks_stand_in_the_order_of_their_models(checks):
    assert list(dict.fromkeys(checks.model)) == ["coalition", "late", "early", "vault"]


def test_concentration_is_of_named_mine_shares_of_minerals_with_a_published_index(checks):
    assert checks.index[checks.model == "coalition"].tolist() == ["tin [0.6, 0.3]"]


def test_the_aim_is_set_against_the_money_for_imports_and_for_use(checks):
    rows = checks[checks.model == "vault"]
    assert rows.index.tolist() == [
        "cost of 60 days of net imports of the basket",
        "cost of 60 days of use of the basket",
    ]
    assert rows.predicted.tolist() == [60, 120] and set(rows.seen) == {70}
    assert rows.verdict.tolist() == ["within", "missed"] and set(rows.outcome) == {ARITHMETIC}


def test_without_a_basket_the_aim_is_not_compared(checks, monkeypatch):
    monkeypatch.setattr(vault_basket, "cover", lambda release, money: None)
    assert "vault" not in set(backtest.checks("mcs2090").model)


def test_checks_are_counted_by_outcome(checks):
    def count(outcome: str) -> float:
        return validation.outcomes(outcome, "mcs2091").value

    assert validation.checks("mcs2091").value == 10 and validation.tests("mcs2091").value == 3
    assert [count(outcome) for outcome in backtest.OUTCOMES] == [2, 2, 1, 1, 1, 1, 2]


# --- the book's own forecasts ---


def test_a_probability_at_the_edge_belongs_to_the_higher_band():
    said = [0.39, 0.4, 0.59, 0.6, 1.0, 0.0]
    rows = pd.DataFrame({"probability": said, "state": [own_forecasts.TRUE] * 3 + [own_forecasts.FALSE] * 3})
    found = own_forecasts.calibration(rows).set_index("band")
    assert found["count"].to_dict() == {"unlikely": 2, "open": 2, "likely": 2}
    assert found.said.round(3).tolist() == [0.195, 0.495, 0.8] and found.came_true.tolist() == [0.5, 1, 0]
    alone = own_forecasts.calibration(rows[rows.probability > 0.6])
    assert alone.band.tolist() == ["likely"]


def test_a_forecast_comes_due_with_the_evidence_and_stays_as_it_was_settled(made_up):
    source = {"source_id": "S1", "kind": "news", "read_as": "whole", "date": "2026-05-10"}
    made_up.put("sources", [source])
    rows = [
        *(("d", "2026-05-11", None), ("c", "2026-05-10", None), ("b", "2026-05-09", "yes")),
        *(("a", "2026-05-09", "no"), ("e", "2026-06-01", "void"), ("f", "2026-06-01", "yes")),
    ]
    made_up.put(
        "forecasts", [{"forecast_id": i, "due": d, "outcome": o, "probability": 0.8} for i, d, o in rows]
    )
    found = own_forecasts.forecasts()
    assert list(zip(found.forecast_id, found.state, strict=True)) == [
        ("a", own_forecasts.FALSE),
        ("b", own_forecasts.TRUE),
        ("c", own_forecasts.DUE),
        ("d", own_forecasts.NOT_DUE),
        ("e", own_forecasts.VOID),
        ("f", own_forecasts.TRUE),
    ]
    scored = own_forecasts.scored(found)
    assert scored.forecast_id.tolist() == ["a", "b", "f"]
    assert own_forecasts.brier(scored) == pytest.approx((0.64 + 0.04 + 0.04) / 3)
