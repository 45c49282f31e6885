"""What is kept of a check and of facts is right while its inputs are what they were, and no longer."""

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from chokepoint.analysis import facts
from chokepoint.cli import main
from chokepoint.data import check, digests, memory, tables
from chokepoint.data.result_cache import ResultCache
from chokepoint.site import cache
from chokepoint.site.fact_cache import FactCache
from chokepoint.site.kept_results import ResultStore

HOME = Path(__file__).resolve().parents[1]
RELEASE = tables.DEFAULT_RELEASE
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
    if (built := HOME / "build" / "checked.json").is_file():  # what the book's own check has found
        shutil.copy(built, kept)
    notes = check.require_sound(data, kept)
    replace(data / "evidence" / "sources.csv", "2026-", "20x6-")
    as_new = check.examine(data, ResultCache(None))[0]  # with nothing kept
    assert as_new and check.examine(data, ResultCache(kept)) == (as_new, notes)
    assert check.examine(data, ResultCache(kept)) == (as_new, notes)  # faults are kept too
    replace(data / "evidence" / "sources.csv", "20x6-", "2026-")
    assert check.examine(data, ResultCache(kept)) == ([], notes)
    figures = data / "minerals" / RELEASE / "production.csv"
    replace(figures, "China,country,CHN,2025,900,", "China,country,CHN,2025,9000,")
    found = check.examine(data, ResultCache(kept))[0]
    assert found and {fault.file for fault in found} == {f"minerals/{RELEASE}/production.csv"}


def test_a_table_that_nobody_touched_is_checked_again_where_another_rule_holds_for_it(tmp_path):
    declared = {"name": "lengths", "path": "lengths.csv", "schema": "schemas/lengths.json"}
    (tmp_path / "lengths.csv").write_text("metres\n7\n")
    (tmp_path / "datapackage.json").write_text(json.dumps({"name": "small", "resources": [declared]}))
    (tmp_path / "schemas").mkdir()

    def faults_with_at_most(most: int) -> list[check.Fault]:
        field = {"name": "metres", "type": "number", "description": "m", "constraints": {"maximum": most}}
        (tmp_path / "schemas" / "lengths.json").write_text(json.dumps({"fields": [field]}))
        return check.examine(tmp_path, ResultCache(tmp_path / "checked.json"))[0]

    assert faults_with_at_most(10) == []
    assert [(fault.file, fault.row) for fault in faults_with_at_most(5)] == [("lengths.csv", 2)]
    assert faults_with_at_most(10) == []


def test_what_is_kept_by_other_code_or_damaged_is_not_used(tmp_path):
    file = tmp_path / "checked.json"
    first = ResultCache(file)
    assert first.get_or_compute("a table", ["text"], lambda: [("a fault", 2)]) == [["a fault", 2]]
    first.save()
    assert ResultCache(file).get_or_compute("a table", ["text"], list) == [["a fault", 2]]
    replace(file, '"code": "', '"code": "other ')
    assert ResultCache(file).get_or_compute("a table", ["text"], list) == []
    file.write_text("{")
    assert ResultCache(file).get_or_compute("a table", ["text"], list) == []


def test_results_that_cannot_be_written_are_computed_again(tmp_path):
    (tmp_path / "file").write_text("no folder")
    results = ResultCache(tmp_path / "file" / "checked.json")
    assert results.get_or_compute("a table", ["text"], lambda: [("a fault", 2)]) == [["a fault", 2]]
    results.save()


def refuse() -> dict:
    raise AssertionError("computed again")


def test_what_another_process_kept_of_other_parts_stays(tmp_path):
    one, other = ResultCache(tmp_path / "checked.json"), ResultCache(tmp_path / "checked.json")
    one.get_or_compute("a", ["text"], lambda: [(1,)])
    other.get_or_compute("b", ["text"], lambda: [(2,)])
    one.save()
    other.save()
    both = ResultCache(tmp_path / "checked.json")
    assert [both.get_or_compute(part, ["text"], refuse) for part in "ab"] == [[[1]], [[2]]]


class TestBetweenProcesses:
    """What a kernel computed is found by that of the next build, and counts as read there too."""

    CODE = cache.code(rendering=True)

    @staticmethod
    def loans() -> list:
        return tables.row("ledger", fact_id=LOAN)[["fact_id", "text"]].tolist()

    def test_what_is_kept_is_not_computed_again_and_counts_as_read(self, data, tmp_path):
        with memory.recorded() as first_reads:
            first = ResultStore(tmp_path, self.CODE)
            assert first.get_or_compute("differences", "loan", self.loans) == self.loans()
            first.save()
        with memory.recorded() as reads:
            again = ResultStore(tmp_path, self.CODE)
            assert again.get_or_compute("differences", "loan", refuse) == self.loans()
        assert reads == first_reads and f"data/evidence/ledger.csv: fact_id={LOAN}" in reads

    def test_it_is_computed_again_where_what_it_read_is_another(self, data, tmp_path):
        first = ResultStore(tmp_path, self.CODE)
        first.get_or_compute("differences", "loan", self.loans)
        first.save()
        replace(data / "evidence" / "ledger.csv", f'\n{LOAN},"Loan', f'\n{LOAN},"Sum')
        memory.forget_changed()
        assert (
            ResultStore(tmp_path, self.CODE).get_or_compute("differences", "loan", lambda: "anew") == "anew"
        )

    def test_what_was_computed_of_the_rows_of_before_does_not_come_back_with_what_is_computed_now(
        self, data, tmp_path
    ):
        before = ResultStore(tmp_path, self.CODE)
        before.get_or_compute("differences", "loan", self.loans)
        before.save()
        replace(data / "evidence" / "ledger.csv", f'\n{LOAN},"Loan', f'\n{LOAN},"Sum')
        memory.forget_changed()
        now = ResultStore(tmp_path, self.CODE)
        now.get_or_compute("differences", "the same row", self.loans)
        now.save()
        assert (
            ResultStore(tmp_path, self.CODE).get_or_compute("differences", "loan", lambda: "anew") == "anew"
        )

    def test_nothing_is_kept_of_code_that_is_no_more_that_of_the_files(self, data, tmp_path):
        old = ResultStore(tmp_path, "of before")
        assert old.get_or_compute("differences", "loan", lambda: 1) == 1
        old.save()
        assert not list(tmp_path.glob("*.json"))

    def test_what_another_process_kept_meanwhile_stays(self, data, tmp_path):
        one, other = ResultStore(tmp_path, self.CODE), ResultStore(tmp_path, self.CODE)
        one.get_or_compute("differences", "one", lambda: 1)
        other.get_or_compute("differences", "other", lambda: 2)
        one.save()
        other.save()
        both = ResultStore(tmp_path, self.CODE)
        assert [both.get_or_compute("differences", key, refuse) for key in ("one", "other")] == [1, 2]


def test_the_command_that_prints_all_facts_keeps_what_it_computes_of_the_books_own_tables(monkeypatch, data):
    keeping = []
    monkeypatch.setattr(facts, "evaluate", lambda release: keeping.append(memory.keeps()) or {})
    CliRunner().invoke(main, ["facts"], catch_exceptions=False)
    monkeypatch.delenv("CHOKEPOINT_DATA")
    CliRunner().invoke(main, ["facts"], catch_exceptions=False)
    assert keeping == [False, True] and not memory.keeps()


@pytest.mark.slow
def test_kept_facts_are_those_that_are_computed_and_follow_the_tables(some_parts, data, tmp_path):
    computed = facts.evaluate()
    first = FactCache(tmp_path)
    assert first.every(RELEASE) == computed and first.get(LOAN) == computed[LOAN]
    first.save()
    again = FactCache(tmp_path)
    assert list(map(repr, again.every(RELEASE).values())) == list(map(repr, computed.values()))
    assert again.results.kept.keys() == first.results.kept.keys()
    assert not FactCache(tmp_path, fresh=True).results.kept
    replace(
        data / "minerals" / RELEASE / "production.csv",
        "China,country,CHN,2025,900,",
        "China,country,CHN,2025,600,",
    )
    memory.forget_changed()
    then, after = FactCache(tmp_path), facts.evaluate()
    assert after["gallium.china_refined"] != computed["gallium.china_refined"]
    kept = set(then.results.kept)
    assert then.every(RELEASE) == after
    assert (
        facts.from_columns(then.results.get_or_compute(f"{RELEASE} {LOAN}", refuse))[LOAN] == computed[LOAN]
    ), "it read nothing that has changed"
    assert 10 < len(kept) < len(first.results.kept)


def test_facts_of_tables_that_changed_meanwhile_are_not_kept(data, tmp_path):
    ours = FactCache(tmp_path)
    assert ours.get(LOAN)
    replace(data / "evidence" / "ledger.csv", f"\n{LOAN},", f"\n{LOAN}s,")
    ours.save()
    assert not (tmp_path / "facts.json").exists()


def test_every_declaration_is_a_part_of_all_facts_and_the_first_to_have_an_id_counts():
    assert len(facts.parts(RELEASE)) == 1 + len(facts.DECLARED)
    one, other = facts.get(LOAN), facts.get("vault.cover_whole")
    merged = facts.merge([{"a": one, "b": None}, {"b": other, "a": other, "c": other}])
    assert merged == {"a": one, "c": other} and list(merged) == ["a", "c"]


@pytest.mark.slow
def test_a_table_that_does_not_read_is_told_by_the_check_though_pages_are_kept(small_checkout):
    """What notebooks read is looked through before the check, which says in words what is wrong."""
    assert small_checkout.run("build").returncode == 0
    table = small_checkout.folder / "data" / "evidence" / "vault.csv"
    table.write_bytes(table.read_bytes().replace(b"loan", b"l\xf6an", 1))
    run = small_checkout.run("build")
    assert run.returncode == 2 and "evidence/vault.csv" in run.stderr and "is not UTF-8" in run.stderr, (
        run.stderr
    )


def test_a_row_of_several_countries_counts_as_a_row_of_each(tmp_path, monkeypatch):
    fields = [{"name": "id", "type": "string"}, {"name": "iso3s", "type": "string"}]
    texts = {"name": "texts", "path": "texts.csv", "schema": {"fields": fields, "primaryKey": "id"}}
    (tmp_path / "datapackage.json").write_text(json.dumps({"resources": [texts]}))
    monkeypatch.setenv("CHOKEPOINT_DATA", str(tmp_path))
    found = []
    for name in ("a", "another"):
        (tmp_path / "texts.csv").write_text(f"id,iso3s\n{name},JPN;USA\n")
        found.append(digests.digest("data/texts.csv: iso3s=JPN"))
    assert found[0] != found[1]
