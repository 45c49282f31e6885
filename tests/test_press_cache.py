"""Only what is needed runs, and a kept result is never served when an input differs."""

import csv
import gzip
import json
import shutil
from pathlib import Path

import nbformat
import pandas as pd
import pytest
from small_book import Small, notebook

from chokepoint.data import memory, tables, views
from chokepoint.errors import UserError
from chokepoint.site import cache, imports
from chokepoint.site.cache import Cache, Executed, code_of, modules_of
from chokepoint.site.runs import Run, plan

HOME = Path(__file__).resolve().parents[1]
READS = ("data/evidence/vault.csv", "data/datapackage.json: vault")


@pytest.fixture
def data(tmp_path, monkeypatch) -> Path:
    """A small data folder of two tables."""
    folder = tmp_path / "data"
    (folder / "evidence").mkdir(parents=True)
    tables = [
        {"name": n, "path": f"evidence/{n}.csv", "schema": {"fields": [{"name": "a", "type": "integer"}]}}
        for n in ("vault", "sources")
    ]
    (folder / "datapackage.json").write_text(json.dumps({"resources": tables}))
    for table in tables:
        (folder / table["path"]).write_text("a\n1\n")
    monkeypatch.setenv("CHOKEPOINT_DATA", str(folder))
    return folder


@pytest.fixture
def prices(data) -> Path:
    """A table of two minerals among them."""
    declared = json.loads((data / "datapackage.json").read_text())
    fields = [{"name": "mineral", "type": "string"}, {"name": "price", "type": "integer"}]
    declared["resources"].append({"name": "prices", "path": "prices.csv", "schema": {"fields": fields}})
    (data / "datapackage.json").write_text(json.dumps(declared))
    (data / "prices.csv").write_text("mineral,price\ncobalt,1\ngallium,1\n")
    return data / "prices.csv"


@pytest.fixture
def run(tmp_path) -> Run:
    (tmp_path / "a.ipynb").write_text("{}")
    return Run("a", tmp_path / "a.ipynb", {"mineral": "gallium"})


@pytest.fixture
def kept(tmp_path, data, run):
    """A function that opens the cache as a new build does; a result of `run` is in it."""

    def opened(**how) -> Cache:
        return Cache(tmp_path / "cache", **how)

    opened().keep(run, Executed("{}", READS, 1.0))
    return opened


def test_what_did_not_change_is_kept(kept, run):
    assert kept().find(run) == (Executed("{}", READS, 1.0), "")


def test_what_was_found_is_taken_again_while_nothing_but_other_pages_words_changed(kept, run, tmp_path):
    """No input of a page is looked into then; each of these is."""
    notes, inputs = tmp_path / "entries.json", {"book/a.ipynb": "1", "book/b.ipynb": "1", "data/a.csv": "1"}
    first = kept().entries([run], notes, inputs)
    path, why = first["a"]
    assert path.is_file() and why == ""
    looked_up = []

    class Watched(Cache):
        def entry(self, run):
            looked_up.append(run.page)
            return super().entry(run)

    def again(changes: dict, run=run, **how) -> bool:
        looked_up.clear()
        assert Watched(tmp_path / "cache", **how).entries([run], notes, inputs | changes).keys() == {"a"}
        return looked_up == ["a"]

    assert not again({}) and not again({"book/b.ipynb": "2"})
    assert again({"book/a.ipynb": "2"}) and again({"data/a.csv": "2"}) and again({}, fresh=True)
    assert again({}, Run("a", run.notebook, {"mineral": "tin"}))
    kept().entries([run], notes, inputs)
    path.unlink()
    assert again({})
    notes.write_text("[")
    assert again({})


def change_the_notebook(data, run, monkeypatch):
    run.notebook.write_text("{ }")
    return "book/a.ipynb"


def change_a_value(data, run, monkeypatch):
    (data / "evidence/vault.csv").write_text("a\n2\n")
    return "data/evidence/vault.csv"


def change_a_declaration(data, run, monkeypatch):
    path = data / "datapackage.json"
    path.write_text(path.read_text().replace("integer", "number", 1))
    return "data/datapackage.json: vault"


def remove_the_table(data, run, monkeypatch):
    (data / "evidence/vault.csv").unlink()
    return "data/evidence/vault.csv"


def use_another_data_folder(data, run, monkeypatch):
    other = data.with_name("other")
    (other / "evidence").mkdir(parents=True)
    (other / "datapackage.json").write_text((data / "datapackage.json").read_text())
    (other / "evidence/vault.csv").write_text("a\n3\n")
    (other / "evidence/sources.csv").write_text("a\n1\n")
    monkeypatch.setenv("CHOKEPOINT_DATA", str(other))
    return "data/evidence/vault.csv"


def change_the_code(data, run, monkeypatch):
    monkeypatch.setattr(cache, "code", lambda: "other")
    return "the package"


def install_another_version(data, run, monkeypatch):
    monkeypatch.setattr(cache, "versions", lambda: "other")
    return "an installed version"


def add_a_newer_release(data, run, monkeypatch):
    monkeypatch.setattr(cache.tables, "DEFAULT_RELEASE", "mcs2099")
    return "the newest release"


@pytest.mark.parametrize(
    "change",
    [
        change_the_notebook,
        change_a_value,
        change_a_declaration,
        remove_the_table,
        use_another_data_folder,
        change_the_code,
        install_another_version,
        add_a_newer_release,
    ],
)
def test_any_other_input_runs_it_again_and_is_named(kept, data, run, monkeypatch, change):
    named = change(data, run, monkeypatch)
    assert kept().find(run) == (None, f"{named} changed")


def test_only_what_is_pinned_for_the_book_counts_among_what_is_installed(tmp_path):
    pins, site = tmp_path / "requirements.txt", tmp_path / "site"
    pins.write_text("# pins\nnumpy==2.4.6\nruamel.yaml==1.0\n-e .\n")
    for name in ("numpy-2.4.6", "ruamel_yaml-1.0", "pandas-3.1.1"):
        (site / f"{name}.dist-info").mkdir(parents=True)
    first = cache.versions([pins], site)
    (site / "pytest-9.1.1.dist-info").mkdir()
    (site / "pandas-3.1.1.dist-info").rename(site / "pandas-3.2.0.dist-info")
    assert cache.versions([pins], site) == first
    (site / "ruamel_yaml-1.0.dist-info").rename(site / "ruamel_yaml-1.1.dist-info")
    second = cache.versions([pins], site)
    (site / "numpy-2.4.6.dist-info").rmdir()
    assert len({first, second, cache.versions([pins], site)}) == 3


def test_the_pins_of_the_book_are_found_and_those_of_the_tests_are_not_among_them():
    names = [path.relative_to(HOME).as_posix() for path in cache.PINS if path.is_file()]
    assert names == ["requirements.txt", "requirements-build.txt"]


def test_words_of_a_notebook_run_nothing_and_are_put_around_what_it_showed(kept, tmp_path):
    run = Run("words", tmp_path / "words.ipynb")
    notebook(run.notebook, "Old words", "x = 1", "x")
    executed = nbformat.read(run.notebook, as_version=4)
    executed.cells[-1].outputs = [nbformat.v4.new_output("stream", text="1")]
    kept().keep(run, Executed(nbformat.writes(executed), READS, 1.0))
    notebook(run.notebook, "New words", "x = 1", "x")
    now = nbformat.reads(kept().find(run)[0].notebook, as_version=4)
    assert now.cells[0].source == "# New words" and now.cells[-1].outputs[0].text == "1"
    notebook(run.notebook, "New words", "x = 1", "x + 1")
    assert kept().find(run) == (None, "book/words.ipynb changed")


def test_other_parameters_run_it_again(kept, run):
    found, why = kept().find(Run("a", run.notebook, {"mineral": "cobalt"}))
    assert found is None and why == "its parameters changed"


def test_a_table_it_did_not_read_changes_nothing(kept, data, run):
    (data / "evidence/sources.csv").write_text("a\n2\n")
    assert kept().find(run)[0]


def test_of_a_table_of_which_it_read_one_minerals_rows_only_these_run_it_again(kept, prices, run):
    run, read = Run("b", run.notebook), Executed("{}", ("data/prices.csv: mineral=gallium",), 1.0)
    kept().keep(run, read)
    prices.write_text("mineral,price\ncobalt,2\nantimony,1\ngallium,1\n")
    assert kept().find(run)[0] == read
    for other in (
        "mineral,price\ncobalt,2\ngallium,2\n",
        "mineral,price\ncobalt,2\n",
        "mineral,cost\ncobalt,1\ngallium,1\n",
    ):
        prices.write_text(other)
        assert kept().find(run) == (None, "data/prices.csv: mineral=gallium changed")


def test_a_table_of_which_rows_are_read_and_that_changes_while_the_book_is_built_is_not_kept(
    kept, prices, run
):
    began = kept()
    began.find(run)
    prices.write_text("mineral,price\ncobalt,1\ngallium,9\n")
    with pytest.raises(UserError, match="prices.csv changed while the book was being built"):
        began.keep(run, Executed("{}", ("data/prices.csv: mineral=gallium",), 1.0))


def test_a_value_put_back_finds_the_older_result(kept, data, run):
    (data / "evidence/vault.csv").write_text("a\n2\n")
    kept().keep(run, Executed('{"new": 1}', READS, 1.0))
    assert kept().find(run)[0].notebook == '{"new": 1}'
    (data / "evidence/vault.csv").write_text("a\n1\n")
    assert kept().find(run)[0].notebook == "{}"


def test_fresh_finds_nothing(kept, run):
    assert kept(fresh=True).find(run)[0] is None


@pytest.mark.parametrize(
    "damage",
    [
        lambda b: b[: len(b) // 2],
        lambda b: b[:20] + b"\0" + b[21:],
        lambda b: b"",
        lambda b: gzip.compress(b"{}"),
    ],
)
def test_a_damaged_entry_is_said_and_runs_again(kept, run, tmp_path, damage):
    [path] = (tmp_path / "cache").rglob("*.gz")
    path.write_bytes(damage(path.read_bytes()))
    said = []
    assert kept(say=said.append).find(run)[0] is None
    assert len(said) == 1 and "damaged" in said[0] and not path.exists()


def test_a_table_that_changes_while_the_book_is_built_is_not_kept_for_what_it_was(kept, data, run):
    began = kept()
    began.find(run)
    (data / "evidence/vault.csv").write_text("a\n9\n")
    with pytest.raises(UserError, match="vault.csv changed while the book was being built"):
        began.keep(run, Executed("{}", READS, 1.0))


def test_the_code_that_no_notebook_runs_is_not_imported_by_any_that_it_does():
    known = imports.modules()
    apart = [module for module in known if cache._APART & set(known[module].relative_to(cache._SOURCE).parts)]
    assert "chokepoint.site.execute" in apart and "chokepoint.data.check" in apart
    for module in known.keys() - set(apart):
        assert not (wrong := imports.imported(module, known) & set(apart)), f"{module}: {wrong}"


@pytest.fixture(scope="module")
def runs() -> list[Run]:
    """The runs of the whole book."""
    return plan(HOME / "book", tables.DEFAULT_RELEASE)


@pytest.mark.slow
def test_one_value_of_the_whole_book_runs_one_minerals_page_and_the_pages_of_the_whole_basket(
    tmp_path, monkeypatch, runs
):
    """By the records of the built book, with its data in a folder where a value of the Vault's basket is another."""
    data = shutil.copytree(HOME / "data", tmp_path / "data")
    monkeypatch.setenv("CHOKEPOINT_DATA", str(data))

    def due() -> dict[str, str]:
        records = Cache(HOME / "build" / "cache")
        return {run.page: why for run in runs if (why := records.find(run)[1])}

    assert due() == {}
    basket = data / "vault_basket.csv"
    basket.write_text(
        basket.read_text(encoding="utf-8").replace(
            "the price of metal is the only one", "the price of metal is all there is"
        ),
        encoding="utf-8",
    )
    assert due() == {
        "minerals/antimony": "data/vault_basket.csv: mineral=antimony changed",
        "04-project-vault": "data/vault_basket.csv changed, data/vault_basket.csv: mineral=antimony changed",
        "what-changed": "data/vault_basket.csv changed, data/vault_basket.csv: mineral=antimony changed",
        "validation": "data/vault_basket.csv changed",
    }


def test_what_is_remembered_counts_as_read_each_time_and_is_forgotten_once_its_file_is_another(
    data, monkeypatch
):
    rows = memory.remembered(lambda: len(tables.load("vault")))
    other = memory.remembered(lambda: len(tables.load("sources")))
    assert rows() == other() == 1
    monkeypatch.setattr(memory, "_reads", set())
    assert rows() == 1 and memory.reads() == sorted(READS)
    (data / "evidence/vault.csv").write_text("a\n1\n2\n")
    (data / "evidence/sources.csv").write_text("a\n1\n", encoding="utf-8")
    monkeypatch.setattr(memory, "_reads", set())
    memory.forget_changed()
    assert memory.reads() == [] and rows() == 2 and other() == 1


def newest(vault: pd.DataFrame, times: int) -> dict[str, int]:
    return {"a": times * int(vault.a.max())}


def test_a_view_is_asked_anew_once_its_table_is_another_and_is_nobodys_to_change(data, monkeypatch):
    asked = views.view("vault")(newest)
    monkeypatch.setattr(memory, "_reads", set())
    first = asked(2)
    reads = memory.reads()
    assert reads == [tables.DESCRIPTOR + ": vault", f"view {__name__}:newest [2]"]
    first["a"] = 99
    monkeypatch.setattr(memory, "_reads", set())
    assert asked(2) == {"a": 2} and memory.reads() == reads
    (data / "evidence/vault.csv").write_text("a\n1\n5\n")
    assert asked(2) == {"a": 10} and asked(3) == {"a": 15}


def test_a_view_that_reads_another_table_too_notices_when_that_is_another(data):
    other = views.view("vault")(lambda _vault: len(tables.load("sources")))
    assert other() == 1
    (data / "evidence/sources.csv").write_text("a\n1\n2\n3\n")
    assert other() == 3


def test_rows_that_are_asked_for_again_are_those_of_the_file_as_it_is_and_nobodys_to_change(data):
    rows = tables.rows("vault", a="1")
    rows["a"] = 7
    assert tables.rows("vault", a="1").a.tolist() == [1]
    (data / "evidence/vault.csv").write_text("a\n1\n1\n")
    assert tables.rows("vault", a="1").a.tolist() == [1, 1]


def test_no_function_remembers_a_table_without_what_it_read():
    """Or a kernel, forked from a process that had asked it, would not record the table."""
    texts = {
        path.name: path.read_text(encoding="utf-8")
        for path in (HOME / "src/chokepoint/analysis").rglob("*.py")
    }
    assert [name for name, text in texts.items() if "lru_cache" in text] == []


EVIDENCE = sorted(path.stem for path in (HOME / "data" / "evidence").glob("*.csv"))
# What a plausible new row has besides the last row's own values, and a key that is new.
NEW = {
    "sources": {"source_id": "S999", "date": "2026-10-09", "kind": "wire", "read_as": "original"},
    "timeline": {"event_id": "event.new", "iso3s": "KAZ", "settles": "", "term": "", "row_key": ""},
    "agreements": {"agreement_id": "agreement.new", "iso3s": "KAZ", "deadline_days": "", "batch": ""},
    "ledger": {"fact_id": "new.fact"},
    "memberships": {"coalition_id": "pax_silica", "iso3": "KAZ"},
    "coalitions": {"coalition_id": "new_group"},
    "controls": {"control_id": "control.new", "target": "Kazakhstan"},
    "control_minerals": {"mineral": "tin"},
    "finance": {"finance_id": "finance.new"},
    "finance_minerals": {"mineral": "tin"},
    "finance_countries": {"iso3": "KAZ"},
    "open_questions": {
        "question_id": "open.new",
        "chapter": "07",
        "question": "What is the new plan?",
        "row_keys": "",
    },
}
WIDER = {
    "attendees": "a new seat is a new country page, which every page may link to",
    "memberships": "who came or signed is who acts together in the scenario of each mineral and country",
    "agreements": "a sixth page, the United States', says how many texts are signed",
}


def with_row(path: Path, **cells: str) -> None:
    """Add to a table a row like its last one, save in these cells."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert not (unknown := cells.keys() - rows[-1].keys()), f"{path.name}: {unknown}"
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.DictWriter(file, rows[0], lineterminator="\n")
        table.writeheader()
        table.writerows([*rows, rows[-1] | cells])


@pytest.mark.slow
@pytest.mark.some_of("tables of the evidence that are given a row", 8)
@pytest.mark.parametrize("table", EVIDENCE)
def test_a_new_row_of_evidence_reruns_at_most_five_notebooks(tmp_path, monkeypatch, runs, table):
    """By the records of the built book; nothing runs."""
    data = shutil.copytree(HOME / "data", tmp_path / "data")
    monkeypatch.setenv("CHOKEPOINT_DATA", str(data))
    with_row(data / "evidence" / f"{table}.csv", **NEW.get(table, {}))
    records = Cache(HOME / "build" / "cache")
    due = {run.page: why for run in runs if (why := records.entry(run)[1])}
    assert len(due) <= 5 or table in WIDER, due


@pytest.mark.slow
def test_a_changed_chart_reruns_the_pages_that_import_it(monkeypatch, runs):
    """By the records of the built book; nothing runs."""
    records = Cache(HOME / "build" / "cache")
    chart = "chokepoint.charts.curves"
    monkeypatch.setitem(records._all_module_digests, chart, "other")
    due = {run.page for run in runs if records.entry(run)[1]}
    drawn_with_it = {run.page for run in runs if chart in modules_of(code_of(run.notebook)[1])}
    assert due == drawn_with_it and "04-project-vault" in due and len(due) < len(runs) / 10


@pytest.mark.slow
def test_a_changed_value_runs_the_pages_that_read_its_table_and_prints_the_same_as_anew(checkout):
    small = Small(checkout)
    assert small.ran() == {"stock", "roads", "one/cobalt", "one/gallium"}
    first = small.printed()
    assert small.ran() == set() and small.printed() == first
    small.change("data/evidence/vault.csv", "interest on the loan", "the interest on the loan")
    assert small.ran() == {"stock"}
    again = small.printed()
    changed = {name for name in first if again[name] != first[name]} - {"_static/search-index.js"}
    tables = {"api/chokepoint.sqlite", "api/data-package.zip", "api/index.json"}  # hold every table
    assert changed == {"stock.html"} | tables
    small.change("data/evidence/timeline.csv", "Rare-earth shipments", "All rare-earth shipments")
    assert small.ran() == {"roads"}
    assert "All rare-earth shipments" in (small.site / "index.html").read_text(
        encoding="utf-8"
    )  # the excerpt
    small.change("book/roads.ipynb", "# Roads", "# Railways")
    assert small.ran() == set()  # words only
    assert "Railways" in (small.site / "one" / "cobalt.html").read_text(encoding="utf-8")  # its sidebar
    kept = small.printed()
    assert small.ran("--fresh") == {"stock", "roads", "one/cobalt", "one/gallium"}
    assert small.printed() == kept
