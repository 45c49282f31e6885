"""Break one thing: the build must say in one readable message where and what, and leave the last good site alone."""

import json

import pytest

pytestmark = pytest.mark.slow


@pytest.fixture
def checkout(small_checkout):
    """A checkout of the small book: what is broken is soon met."""
    return small_checkout


def refused(checkout, *arguments):
    """What the build said; it must have failed plainly and left the old site whole."""
    run = checkout.run("build", *arguments)
    assert run.returncode != 0
    assert "Traceback" not in run.stdout + run.stderr
    assert checkout.standing.read_text() == "the last good site"
    return run.stderr


def test_a_misspelt_column_is_named_with_the_right_one(checkout):
    checkout.edit("data/evidence/sources.csv", "publisher,", "publsher,")
    said = refused(checkout)
    assert "sources.csv" in said and '"publsher"' in said and '"publisher"' in said


def test_a_share_of_140_is_refused_with_its_row(checkout):
    path = checkout.folder / "data/minerals/mcs2026/import_sources.csv"
    lines = path.read_text(encoding="utf-8").splitlines()
    column = lines[0].split(",").index("value")
    cells = lines[1].split(",")
    lines[1] = ",".join([*cells[:column], "140", *cells[column + 1 :]])
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    said = refused(checkout)
    assert "import_sources.csv row 2" in said and '"140"' in said and "100" in said


def test_an_unknown_source_is_refused_with_the_nearest(checkout):
    checkout.edit("data/evidence/attendees.csv", ",S001,", ",S0001,")
    said = refused(checkout)
    assert "attendees.csv row" in said and '"S0001"' in said and '"S001"' in said


def test_a_cell_that_raises_is_shown_with_its_notebook(checkout):
    path = checkout.folder / "book/stock.ipynb"
    notebook = json.loads(path.read_text(encoding="utf-8"))
    next(c for c in notebook["cells"] if "lead" in c["metadata"].get("tags", []))["source"] = ["1 / 0"]
    path.write_text(json.dumps(notebook), encoding="utf-8")
    said = refused(checkout)
    assert "book/stock.ipynb" in said and "ZeroDivisionError" in said and "1 / 0" in said and "cell" in said


def test_an_unknown_parameter_is_refused_before_anything_runs(checkout):
    (checkout.folder / "book/runs.yml").write_text(
        "one.ipynb:\n  page: one/{minral}\n  runs:\n    - {minral: cobalt}\n"
    )
    said = refused(checkout)
    assert '"minral"' in said and '"mineral"' in said
    assert not (checkout.folder / "build/executed").exists()


def test_a_fact_that_the_text_contradicts_stops_the_build(checkout):
    checkout.edit(
        "book/index.md",
        "# Small\n",
        "# Small\n\nThe Vault gets [US$11 billion](evidence.md#vault.exim_loan).\n",
    )
    said = refused(checkout)
    assert "book/index.md, line 3" in said, "it says where"
    assert "US$11 billion" in said and "US$10 billion" in said and "vault.exim_loan" in said
    assert not (checkout.folder / "build/executed").exists(), "and before anything runs"
