"""What is kept of a check is right while its inputs are what they were, and no longer."""

import shutil
from pathlib import Path

import pytest

from chokepoint.analysis import facts
from chokepoint.data import check, tables
from chokepoint.data.kept import Kept
from chokepoint.site.kept_facts import KeptFacts

HOME = Path(__file__).resolve().parents[1]
LOAN = "vault.exim_loan"


@pytest.fixture
def data(tmp_path, monkeypatch) -> Path:
    """A copy of the data, which facts are computed from."""
    folder = tmp_path / "data"
    shutil.copytree(HOME / "data", folder)
    monkeypatch.setenv("CHOKEPOINT_DATA", str(folder))
    return folder


def replace(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


@pytest.mark.slow
def test_a_fault_is_found_in_a_table_that_was_sound_and_is_gone_once_it_is_mended(data, tmp_path):
    kept = tmp_path / "checked.json"
    notes = check.require_sound(data, kept)
    replace(data / "evidence" / "sources.csv", "2026-", "20x6-")
    as_new = check.check(data)
    assert as_new and check.examine(data, Kept(kept)) == (as_new, notes)
    assert check.examine(data, Kept(kept)) == (as_new, notes)  # faults are kept too
    replace(data / "evidence" / "sources.csv", "20x6-", "2026-")
    assert check.examine(data, Kept(kept)) == ([], notes)


def test_what_is_kept_by_other_code_or_damaged_is_not_used(tmp_path):
    file = tmp_path / "checked.json"
    first = Kept(file)
    assert first.rows("a table", ["text"], lambda: [("a fault", 2)]) == [["a fault", 2]]
    first.save()
    assert Kept(file).rows("a table", ["text"], list) == [["a fault", 2]]
    replace(file, '"code": "', '"code": "other ')
    assert Kept(file).rows("a table", ["text"], list) == []
    file.write_text("{")
    assert Kept(file).rows("a table", ["text"], list) == []


@pytest.mark.slow
def test_kept_facts_are_those_that_are_computed_and_follow_the_tables(data, tmp_path):
    """Each, at the newest release: computed, read from the file, and after a row of the ledger is another."""
    computed = facts.evaluate()
    first = KeptFacts(tmp_path)
    assert first.every(tables.DEFAULT_RELEASE) == computed
    assert first.get(LOAN) == computed[LOAN]
    first.save()
    again = KeptFacts(tmp_path)
    assert again.kept.keys() == first.kept.keys() and again.every(tables.DEFAULT_RELEASE) == computed
    replace(data / "evidence" / "vault.csv", "interest on the loan", "the interest on the loan")
    tables.forget_changed()
    assert KeptFacts(tmp_path).every(tables.DEFAULT_RELEASE) == facts.evaluate()


def test_every_declaration_is_a_part_of_all_facts():
    assert len(facts.parts(tables.DEFAULT_RELEASE)) == 1 + len(facts.DECLARED)
