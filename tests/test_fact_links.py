"""A number in the prose is a link to its fact: right at every release, or refused with its place."""

import re
from pathlib import Path

import nbformat
import pytest
from click.testing import CliRunner
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from sphinx.application import Sphinx

from chokepoint.analysis import facts
from chokepoint.cli import main
from chokepoint.data import tables
from chokepoint.site import fact_links
from chokepoint.site.sphinx_extension import FactLinks

HOME = Path(__file__).resolve().parents[1]
LOAN = "[US$10 billion](evidence.md#vault.exim_loan)"


@pytest.fixture
def book(tmp_path):
    """A function that writes a notebook of these Markdown cells, and returns its folder."""

    def written(*cells: str) -> Path:
        notebook = new_notebook(cells=[new_code_cell("x = 1"), *map(new_markdown_cell, cells)])
        nbformat.write(notebook, tmp_path / "01-money.ipynb")
        return tmp_path

    return written


def as_a_page(folder: Path, text: str) -> str:
    """The page that Sphinx makes of a Markdown text, as XML."""
    (folder / "evidence.md").write_text("# Evidence\n")
    (folder / "index.md").write_text(f"# Money\n\n{text}\n")
    settings = {"extensions": ["myst_parser"]}
    app = Sphinx(
        folder,
        None,
        folder / "out",
        folder / "trees",
        "dummy",
        confoverrides=settings,
        status=None,
        warning=None,
    )
    app.add_transform(FactLinks)
    app.build()
    return str(app.env.get_doctree("index"))


def test_a_link_to_a_fact_leads_to_its_row_on_the_site_and_says_what_it_is(tmp_path):
    page = as_a_page(
        tmp_path, r"It lent [US\$10 billion](evidence.md#vault.exim_loan), see [all](evidence.md)."
    )
    link = re.search(r'<reference [^>]*classes="cp-fact"[^>]*>([^<]*)</reference>', page)
    assert link[1] == "US$10 billion"
    assert 'refuri="cp:evidence#fact-vault.exim_loan"' in link[0]
    assert f'reftitle="{facts.get("vault.exim_loan").label}"' in link[0]
    assert page.count("cp-fact") == 1, "a link to the whole page is as any other"


def test_a_link_to_a_source_leads_to_its_row_and_names_it_and_an_unknown_one_is_refused(tmp_path, book):
    (tmp_path / "sources.md").write_text("# Sources\n")
    page = as_a_page(tmp_path, "So [the State Department](sources.md#S001) says; see [all](sources.md).")
    link = re.search(r'<reference [^>]*classes="cp-cited"[^>]*>([^<]*)</reference>', page)
    assert link[1] == "the State Department" and 'refuri="cp:sources#source-S001"' in link[0]
    assert "Critical Minerals Ministerial" in link[0] and page.count("cp-cited") == 1
    (said,) = fact_links.faults(book("So [it](sources.md#S001) and [it](sources.md#S000) say."))
    assert 'cell 2: no source "S000"' in said


def test_a_computed_fact_is_right_at_another_release_without_editing(tmp_path, monkeypatch):
    older = facts.get("rare_earths.year_mined", "mcs2025").text
    written = f"[{facts.get('rare_earths.year_mined').text}](evidence.md#rare_earths.year_mined)"
    assert older not in written
    monkeypatch.setenv("CHOKEPOINT_RELEASE", "mcs2025")
    assert f">{older}</reference>" in as_a_page(tmp_path, written)


@pytest.mark.parametrize("release", tables.releases("production"))
def test_the_whole_book_can_be_printed_at_every_release(release):
    assert fact_links.faults(HOME / "book", release) == []


def test_newer_figures_months_and_numbers_in_words_are_taken_over_other_words_are_not():
    def shown(text: str, now: str, **columns) -> str | None:
        return fact_links.link_text(
            text, facts.Fact("x", "", now, "", now, (), "", computation="Counted", **columns)
        )

    assert shown("7 October 2026", "10 November 2026") == "10 November 2026"
    assert shown("five terms", "twelve terms") == "twelve terms"
    assert shown("A$−1,200 million", "A$900 million") == "A$900 million"
    assert shown("US$900 million", "US$1.1 billion") is None
    assert shown("34%", "under 1%") is None


def test_a_fact_that_somebody_stated_never_moves_by_itself():
    loan = facts.get("vault.exim_loan")
    assert fact_links.link_text("up to US$10 billion", loan) == "up to US$10 billion"
    assert fact_links.link_text("US$11 billion", loan) is None


def test_a_contradiction_is_named_with_notebook_cell_line_and_both_texts(book):
    folder = book("# Money", f"{LOAN} is lent.\n\nOr is it\n[US$11 billion](evidence.md#vault.exim_loan)?")
    [fault] = [fault for fault in fact_links.faults(folder) if "dollar" not in fault]
    assert fault.startswith("book/01-money.ipynb, cell 3, line 4: ")
    assert '"US$11 billion"' in fault and '"US$10 billion"' in fault and "vault.exim_loan" in fault


def test_an_unknown_fact_is_named_with_the_nearest(book):
    [fault] = fact_links.faults(book("[10](evidence.md#vault.exim_lon)"))
    assert (
        fault
        == 'book/01-money.ipynb, cell 2, line 1: No fact "vault.exim_lon". Did you mean "vault.exim_loan"?'
    )


def test_two_dollar_signs_that_jupyterlab_would_take_for_a_formula_are_named(book):
    two = f"{LOAN} of [US$12 billion](evidence.md#vault.total)"
    [fault] = fact_links.faults(book(two))
    assert "cell 2" in fault and r"US\$10 billion" in fault
    assert fact_links.faults(book(two.replace("$", r"\$"))) == []


def test_an_example_in_code_is_no_statement(book):
    example = "[US$11 billion](evidence.md#vault.exim_loan)"
    assert fact_links.faults(book(f"Write `{example}`.", f"```\n{example}\n```", f"`` {example} ``")) == []


def printed(*arguments: str) -> str:
    result = CliRunner().invoke(main, ["fact", *arguments])
    assert result.exit_code == 0, result.output
    return result.output


def declared(text: str) -> str:
    """The line of code or data that the command names, of the checkout."""
    file, line = re.search(r"declared\s+(\S+):(\d+)", text).groups()
    return Path(file).read_text(encoding="utf-8").splitlines()[int(line) - 1]


def test_the_command_prints_a_stated_fact_with_its_sources_other_readings_and_row(monkeypatch):
    monkeypatch.chdir(HOME)
    text = printed("vault.exim_loan")
    assert "US$10 billion" in text and "S002: US Government support" in text
    assert "reading" in text and "(Foley)" in text
    assert declared(text).startswith("vault.exim_loan,")


@pytest.mark.parametrize(
    ("fact_id", "line"),
    [
        ("rare_earths.china_mined", '"rare_earths.china_mined"'),
        ("gallium.vault_year", '"{mineral}.vault_year"'),
        ("since.terms_untraced", '"since.terms_untraced"'),
        ("floor.levy", '"floor.levy"'),
    ],
)
def test_the_command_finds_the_line_of_a_computed_fact(monkeypatch, fact_id, line):
    monkeypatch.chdir(HOME)
    text = printed(fact_id)
    assert "computed" in text and "source" in text
    assert line in declared(text)


def test_the_command_takes_a_release_and_names_the_nearest_fact():
    older = facts.get("rare_earths.china_mined", "mcs2025")
    assert older.text in printed("rare_earths.china_mined", "--release", "mcs2025")
    result = CliRunner().invoke(main, ["fact", "vault.exim_lon"])
    assert result.exit_code == 2 and 'Did you mean "vault.exim_loan"?' in result.output


def test_a_quotation_is_quoted_whole_and_names_speaker_and_day():
    fact = facts.get("quote.vance_floor")
    assert fact_links.link_text(fact.text, fact) == fact.text
    assert fact_links.link_text(fact.value, fact) is None  # without its marks nobody says it
    assert fact_links.link_text("“these reference prices will operate as a floor”", fact) is None
    assert fact.text == f"“{fact.value}”" and fact.label == "JD Vance, 4 February 2026"
    assert fact.sources == ("S106",)
