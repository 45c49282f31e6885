"""One value changed in one table of the evidence changes every place that shows it."""

import csv
import shutil
from pathlib import Path

import moved as moving
import pytest

from chokepoint.analysis import facts
from chokepoint.data import check, tables
from chokepoint.models.price_protection import REPORTED

DATA = Path(__file__).resolve().parents[1] / "data"
RELEASE = tables.DEFAULT_RELEASE
IN_WORDS = {
    "equity.count_ap": "the fourth",
    "truce.months": "one year",
}  # texts that state their number in words


@pytest.fixture(scope="module")
def moved(tmp_path_factory):
    """A copy of the data in which every number of the evidence is another, and what each was and is."""
    folder = tmp_path_factory.mktemp("moved") / "data"
    shutil.copytree(DATA, folder)
    return folder, moving.move_all(folder, "evidence/")


def test_every_fact_follows_the_one_cell_that_holds_it(moved, monkeypatch):
    folder, cells_moved = moved
    rows = list(csv.DictReader((DATA / "evidence" / "ledger.csv").open(encoding="utf-8", newline="")))
    before = {row["fact_id"]: facts.find(row["fact_id"]) for row in rows}
    monkeypatch.setenv("CHOKEPOINT_DATA", str(folder))
    after = {row["fact_id"]: facts.find(row["fact_id"]) for row in rows}
    numbers = {f for f, fact in before.items() if fact and isinstance(fact.value, float)}
    assert len(numbers) > 120
    for fact_id in numbers:
        old, new = before[fact_id], after[fact_id]
        assert any(
            old.value / was == pytest.approx(new.value / now) for was, now, *_ in cells_moved.values() if was
        ), fact_id
        assert old.value != new.value and (old.text != new.text or fact_id in IN_WORDS), fact_id


def test_words_beside_a_number_that_has_changed_are_reported(moved):
    """Where a text has the number in words, nothing can fill it in: `check` names the place."""
    folder, _ = moved
    said = "\n".join(map(str, check.check(folder)))
    assert all(f'is not what text says beside it: "{text}"' in said for text in IN_WORDS.values())


def test_every_number_of_every_hand_kept_table_may_move_or_check_names_its_cell(tmp_path):
    """What `check` refuses is a number beside words that no reference fills in; it says file, row and column."""
    folder = tmp_path / "data"
    shutil.copytree(DATA, folder)
    cells_moved = moving.move_all(folder)
    assert len(cells_moved) > 1300
    assert not [cell for cell, move in cells_moved.items() if move.was == move.now]
    places = {(move.path, move.row, cell.column) for cell, move in cells_moved.items()}
    ledger = enumerate(
        moving.rows_of(folder / "evidence" / "ledger.csv"), 2
    )  # a fact that takes a moved number
    places |= {("evidence/ledger.csv", at, "value") for at, row in ledger if row["column"]}
    refused = [f for f in check.check(folder) if not f.file.startswith("minerals/")]
    assert {(f.file, f.row, f.column) for f in refused} <= places
    # A default that starts from a fact was moved apart from it, so `check` names it; the others stand beside words.
    starts = {f.row for f in refused if f.file == "assumptions.csv"}
    assert starts == {
        at for at, row in enumerate(moving.rows_of(DATA / "assumptions.csv"), 2) if row["fact_id"]
    }
    assert len(refused) - len(starts) < 15


def test_the_payment_that_a_model_is_held_against_is_that_of_the_evidence():
    """Models know no tables: this one has the quarter's payment to the last digit of the filing."""
    assert round(REPORTED[-1], 1) == facts.get("mp.protection_income").value
