"""What the code once named by id is settled by the tables: a row more works as the rows there are, without code."""

import shutil
from pathlib import Path

import moved
import pytest

from chokepoint.analysis import claims, facts, money
from chokepoint.data import tables
from chokepoint.pages import magnets, since_february
from chokepoint.pages.money import ladder_of_money

RELEASE = tables.DEFAULT_RELEASE


@pytest.fixture
def add(tmp_path, monkeypatch):
    """A function that adds to a table of a copy a row like another, save in some cells."""
    folder = tmp_path / "data"
    shutil.copytree(Path(__file__).resolve().parents[1] / "data", folder)
    monkeypatch.setenv("CHOKEPOINT_DATA", str(folder))

    def added(table: str, like: str, **cells: str) -> None:
        path = folder / "evidence" / f"{table}.csv"
        rows = moved.rows_of(path)
        moved.write(path, [next(row for row in rows if like == next(iter(row.values()))) | cells, *rows])

    return added


def test_a_tally_more_has_a_rung_of_its_own_on_the_ladder(add):
    add(
        "finance", "finance.state_tally", finance_id="finance.senate", rung="The Senate", amount_usd_m="40000"
    )
    table = ladder_of_money(RELEASE).table
    tallies = table[table.Instrument == "Tally of others"].set_index("State")["US$ million"]
    assert len(tallies) == 3 and tallies["The Senate"] == 40_000


def test_a_letter_that_a_contract_replaced_is_not_added_up(add):
    before = money.parts().amount.sum()
    add("finance", "finance.lynas_loi", finance_id="finance.letter", part_of="finance.mp_loan")
    assert money.parts().amount.sum() == before


def test_any_signed_floor_among_several_countries_is_told(add):
    assert "no price floor" in since_february.brief(RELEASE).sentences[0]
    add("agreements", "agreement.plurilateral", agreement_id="agreement.floor_of_five", status="signed")
    assert "no price floor" not in since_february.brief(RELEASE).sentences[0]


def test_an_article_more_is_counted_with_the_others(add):
    add("seeds", "SEED4", source_id="SEED5", short="Another")
    assert claims.articles()[-1] == "SEED5" and facts.get("accounts.articles").value == 6


def test_a_suspension_more_is_marked_over_the_months_of_the_magnets(add):
    add("controls", "control.2025-70", control_id="control.2026-99", effective_date_start="2026-11-10")
    add("control_minerals", "control.2025-70", control_id="control.2026-99", mineral="rare_earths")
    assert magnets._measures().control_id.tolist()[-1] == "control.2026-99"
    assert magnets.by_month() is not None
