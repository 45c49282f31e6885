"""The Vault, the desk, the checks and the five articles, of small made-up tables."""

import pandas as pd
import pytest
from made_up_tables import facts_of

from chokepoint.pages import (
    disagreements,
    does_it_work,
    price_floor,
    project_vault,
    validation,
)
from chokepoint.pages.components import scenario_desk

RELEASE = "mcs2026"


def test_a_band_is_drawn_about_the_first_line_of_its_panel_and_none_where_there_is_none():
    panel = next(p for p in scenario_desk.PANELS if p.name == "price")
    band = pd.DataFrame(
        {"series": ["price_outside", "price_inside"], "year": [2030, 2030], "q5": [1.0, 2.0], "q25": 3.0}
    ).assign(q75=4.0, q95=5.0)
    made = scenario_desk._banded(panel, band)
    assert made == {"band": [{"t": 2030.5, "q5": 1.0, "q25": 3.0, "q75": 4.0, "q95": 5.0}]}
    assert scenario_desk._banded(panel, None) == {}
    assert scenario_desk._banded(panel, band[band.series == "price_inside"]) == {}


@pytest.mark.parametrize(
    "value, unit, roughly, said",
    [
        (0.1414, "share", False, "14.1%"),
        (-0.0004, "share", False, "0.0%"),
        (2031.4, "year", False, "2031"),
        (99.95, "t", False, "100"),
        (100.4, "t", False, "100"),
        (-1234.5, "t", False, "−1,234"),
        (-0.0, "t", False, "0"),
        (149.0, "US$ million", True, "about 100"),
        (150.0, "US$ million", True, "about 200"),
        (0.52, "US$ million", True, "about 0.52"),
        (0.0, "US$ million", True, "0"),
        (1.0, "US$ million", True, "about 1"),
    ],
)
def test_a_figure_of_the_model_is_as_rough_as_it_is_earned(value, unit, roughly, said):
    assert scenario_desk.describe(value, "", unit, roughly) == said


def test_a_stock_covers_nothing_where_nothing_is_imported():
    path = pd.DataFrame({"net_imports": [10.0, 0.0, -5.0], "use_club": 100.0, "vault": 20.0})
    cover = scenario_desk._covered(path).cover
    assert cover[0] == 730 and cover[1:].isna().all()


@pytest.mark.parametrize(
    "wrong, said",
    [
        ([1, 2, 1, 1, 1], "All five articles err"),
        ([0, 2, 1, 0, 1], "Three of five articles err"),
        ([0, 2, 0, 0, 0], "One of five articles errs"),
    ],
)
def test_who_errs_is_counted(wrong, said):
    assert disagreements._who_errs(pd.Series(wrong)) == said


def test_readings_in_another_unit_stand_on_no_axis_of_this_one(monkeypatch):
    real = disagreements.tables.load("readings")
    odd = real[real.conflict_group == "mining_share"].head(1).assign(unit="t", value=9e6, published=True)
    more = pd.concat([real, odd], ignore_index=True)
    before = disagreements.readings(RELEASE, "china")
    load = disagreements.tables.load
    monkeypatch.setattr(
        disagreements.tables, "load", lambda name, *how: more if name == "readings" else load(name, *how)
    )
    after = disagreements.readings(RELEASE, "china")
    assert set(after.table.Unit) == {"percent"} and after.title == before.title


def test_that_some_have_nothing_wrong_is_said_in_the_number_that_they_are(monkeypatch):
    errors = pd.DataFrame({"kind": [next(iter(disagreements.claims.CHANGES_THE_STORY))]})

    def told(*wrong: int) -> str:
        monkeypatch.setattr(disagreements.claims, "verdicts", lambda: pd.DataFrame({"wrong": wrong}))
        monkeypatch.setattr(disagreements.claims, "errors", lambda: errors)
        return disagreements.brief(RELEASE).sentences[2]

    assert told(1, 2, 3).endswith("each of the five has something wrong.")
    assert told(0, 2, 3).endswith("one of the five has nothing wrong.")
    assert told(0, 0, 3).endswith("two of the five have nothing wrong.")


@pytest.mark.parametrize("days, said", [(44.9, "weeks"), (45, "months"), (539.9, "months"), (540, "years")])
def test_how_long_the_money_lasts_is_told_in_weeks_months_or_years(monkeypatch, days, said):
    facts_of(monkeypatch, project_vault, {"vault.cover_whole": days})
    monkeypatch.setattr(project_vault, "fact_exists", lambda *_: True)
    assert project_vault._months(RELEASE) == said
    monkeypatch.setattr(project_vault, "fact_exists", lambda *_: False)
    assert project_vault._months(RELEASE) == "time" and project_vault._covers(RELEASE) == ""


@pytest.mark.parametrize(
    "imports, use, said",
    [
        (12, 12, "enough for either."),
        (12, 12.1, "enough for the first and not for the second."),
        (12.1, 20, "enough for neither."),
    ],
)
def test_the_money_is_set_against_the_stated_aim(monkeypatch, imports, use, said):
    held = {"vault.total_parts": 12, "vault.cost_sixty": imports, "vault.cost_sixty_use": use}
    facts_of(monkeypatch, project_vault, held)
    monkeypatch.setattr(project_vault, "fact_exists", lambda *_: True)
    monkeypatch.setattr(project_vault, "with_links", lambda said, _: said)
    assert said in str(project_vault.aim(RELEASE).html())
    monkeypatch.setattr(project_vault, "fact_exists", lambda *_: False)
    assert str(project_vault.aim(RELEASE).html()) == ""


def test_a_price_stands_on_what_is_published_and_signed(monkeypatch):
    def told(published: bool, *agreed: tuple[str, str], floors: bool = False) -> str:
        rows = pd.DataFrame(list(agreed), columns=["status", "binding"])
        monkeypatch.setattr(does_it_work.verdict, "reference_price", lambda _: published)
        monkeypatch.setattr(does_it_work.verdict, "plurilateral", lambda: rows)
        facts_of(monkeypatch, does_it_work, {"verdict.floors": 2.0} if floors else {})
        return does_it_work._price(RELEASE)

    no = "The bloc has published no price, and"
    assert told(False) == f"{no} no agreement behind one is signed."
    assert told(False, ("announced", "yes")) == f"{no} no agreement behind one is signed."
    assert (
        told(False, ("signed", "no"), ("announced", "yes")) == f"{no} an agreement meant to bind is signed."
    )
    assert told(True, ("signed", "yes"), ("announced", "no"), floors=True) == (
        "The bloc has published a reference price, and an agreement that binds stands behind it."
    )
    assert "an agreement that binds" in told(False, ("signed", "no"), ("signed", "yes"))
    assert told(False, floors=True).endswith("are in {verdict.floors} with single firms.")


def test_supply_and_membership_are_told_by_where_they_stand(monkeypatch):
    facts_of(monkeypatch, does_it_work, {})
    assert "is not printed in the editions held" in does_it_work._supply(RELEASE)
    facts_of(monkeypatch, does_it_work, {"verdict.outside": 30.0})
    starts = {
        does_it_work.NOT: "The rare earths",
        does_it_work.PART: "More of",
        does_it_work.MET: "As much of",
    }
    for standing, start in starts.items():
        monkeypatch.setattr(does_it_work.verdict, "supply", lambda standing=standing: standing)
        assert does_it_work._supply(RELEASE).startswith(start)

    def members(names: int, bound: int) -> str:
        monkeypatch.setattr(does_it_work.verdict, "listed_members", lambda: names)
        monkeypatch.setattr(does_it_work.verdict, "bound", lambda: bound)
        return does_it_work._membership(RELEASE)

    assert members(0, 0).endswith(
        "none of them by a text known to bind, and no list of members is published."
    )
    assert members(9, 1).endswith(
        "{verdict.bound} of them by a text that binds, and a list names nine members."
    )


def lithium(monkeypatch, *values: float, held: bool = True) -> object:
    rows = pd.DataFrame({"value": values}).assign(
        mineral="lithium", year=range(2026 - len(values), 2026), basis=None, source_id="S001"
    )
    rows["estimated"] = rows.year == 2025
    others = pd.DataFrame({"value": [9e9], "mineral": ["tin"], "year": [2025], "estimated": [True]})
    monkeypatch.setattr(price_floor.tables, "releases", lambda *_: [RELEASE] * held)
    monkeypatch.setattr(price_floor.tables, "load", lambda *_: pd.concat([others, rows[::-1]]))
    return price_floor.lithium(RELEASE)


def test_the_price_of_lithium_is_set_against_its_dearest_year(monkeypatch):
    figure = lithium(monkeypatch, 10_000.0, 40_000.0, 9_000.0)
    assert figure.title == "Lithium carbonate lost 78% of its price from 2024 to 2025"
    assert figure.table["Year (e: estimate)"].tolist() == ["2023", "2024", "2025e"]
    bars = [row for rows in figure.chart.to_dict(validate=False)["datasets"].values() for row in rows]
    assert [row["label"] for row in bars] == ["10", "40", "9"]
    dear = lithium(monkeypatch, 10_000.0, 40_000.0)
    assert dear.title == "Lithium carbonate was dearest in 2025, the last year shown"
    assert lithium(monkeypatch, 1.0, held=False) is None and lithium(monkeypatch) is None


@pytest.mark.parametrize(
    "error, said",
    [
        (0.165, "+16.5%"),
        (-0.5, "−50.0%"),
        (0.999, "+99.9%"),
        (1.0, "2.0 times"),
        (5.08, "6.1 times"),
        (9e-7, "exact"),
        (-2e-6, "−0.0%"),
        (float("nan"), "–"),
    ],
)
def test_how_far_a_model_is_off_is_said_as_a_share_or_in_times(error, said):
    assert validation._off(error) == said


def test_a_check_has_the_unit_of_what_was_seen(monkeypatch):
    monkeypatch.setattr(validation.chapters, "check", lambda row: "check")
    monkeypatch.setattr(validation.chapters, "under", lambda text, unit: (text, unit))
    monkeypatch.setattr(validation.chapters, "outcome", lambda off, row: off)
    row = {"seen": 1234.56, "predicted": 0.5, "unit": "US$", "error": 0.1}
    assert list(validation._row(row).cells) == ["check", "0.5", ("1,235", "US$"), "+10.0%"]
    assert validation._row(row | {"unit": "share"}).cells[2] == ("1,235", "")


@pytest.mark.parametrize("model, better", [(2.0, "less than"), (2.5, "no less than")])
def test_past_jumps_are_told_by_whether_the_model_misses_by_less(monkeypatch, model, better):
    rows = pd.DataFrame(
        {
            "episode": ["tin", "lithium"],
            "what": ["tin, 10.5 over 2 in 2021", "lithium"],
            "left_out": [4.0, 3.0],
            "fitted": [5.0, 3.0],
            "seen": [5.25, 6.0],
            "constant": [4.5, None],
            "factor": [1.3125, 2.0],
        }
    ).assign(source_id="S001")
    titles = pd.DataFrame({"episode": ["tin", "lithium"], "title": ["Tin crisis: a tale", "Lithium boom"]})
    real = validation.tables.load
    monkeypatch.setattr(validation.scenario, "record", lambda: rows.copy())
    monkeypatch.setattr(
        validation.tables,
        "load",
        lambda name, *at: titles if name == "scenario_episodes" else real(name, *at),
    )
    facts_of(monkeypatch, validation, {"scenario.left_out": model, "scenario.left_out_constant": 2.5})
    figure = validation.jumps(RELEASE)
    assert figure.title == f"Past price jumps: the model misses by {better} one number does"
    assert figure.table.Fitted.tolist() == ["to the others", "to none of these"]
    assert "Tin crisis: tin: 4.0 and 5.2" in figure.alt_text
    assert figure.table.Jump.tolist()[0] == "Tin crisis: a tale: tin, 10.5 over 2 in 2021"


def test_what_a_sum_replaces_is_worked_out_of_all_forms_that_have_a_price(monkeypatch):
    """US$100 million of US$200 million in two forms is half a year; what has no price is left out."""
    rows = pd.DataFrame(
        {
            "value": [1.5e8, 0.5e8, 9e9],
            "use_value": [3e8, 1e8, 9e9],
            "use_from": "printed",
            "missing": ["", "", "no price"],
        }
    )
    other = rows.head(1).assign(value=1e7, use_value=2e7)
    held = {"tin": rows, "lead": other, "zinc": rows.tail(1)}
    monkeypatch.setattr(project_vault, "STOCKS", tuple(held))
    monkeypatch.setattr(project_vault, "STOCK", 100)
    monkeypatch.setattr(project_vault.vault_basket, "of", lambda code, _: held[code])
    monkeypatch.setattr(project_vault.vault_basket, "duration", lambda days: f"{days:.1f}")
    figure = project_vault.one_by_one(RELEASE)
    drawn = [row for rows in figure.chart.to_dict(validate=False)["datasets"].values() for row in rows]
    year = project_vault.vault_basket.DAYS_A_YEAR
    told = {row["name"]: (row["imports"], row["use"]) for row in drawn if "imports" in row}
    assert told == {"Tin": (year / 2, year / 4), "Lead": (10 * year, 5 * year)} and list(told)[0] == "Tin"
    held |= {"tin": rows.tail(1), "lead": rows.tail(1)}
    assert "not worked out here" in str(project_vault.one_by_one(RELEASE).html())
