"""The words of the book: every number goes through the registry, nothing is copied, notebooks are clean."""

import ast
import json
import re
from itertools import pairwise
from pathlib import Path

import articles
import nbformat
import pytest

from chokepoint.site import fact_links
from chokepoint.site.runs import interface, plan

HOME = Path(__file__).resolve().parents[1]
BOOK = HOME / "book"
NOTEBOOKS = sorted(BOOK.glob("*.ipynb"))
PAGES = [p for p in sorted(BOOK.glob("*.md")) if p.name != "LICENSE.md"]

_MONTH = "(?:January|February|March|April|May|June|July|August|September|October|November|December)"
NOT_DATA = [
    r"\[[^\]]*\]\(evidence\.md#[^)]*\)",
    r"```.*?```",
    r"`[^`]*`",
    r"\]\([^)]*\)",
    r"<[^>]*>",
    r"https?://\S+",
    rf"\b\d{{1,2}}(?:st|nd|rd|th)?(?:\s*(?:and|to|–|-)\s*\d{{1,2}})?\s+{_MONTH}(?:\s+\d{{4}})?",
    rf"\b{_MONTH}\s+\d{{4}}",  # dates
    r"\b(?:19|20)\d\d(?:\s*(?:–|-|to)\s*(?:(?:19|20)?\d\d))?[es]?\b",  # years
    r"\b(?:H\.R\.|S\.|No\.|Nos\.|Decree|Section|EO|MCS|HS|Python|chapters?|model|models|version|IEA|CC BY|C5\+|WP)\s*\d[\d.]*(?:/\d+)?",
    r"\bG(?:7|20)\b",
    r"\b(?:FORGE|SECURE)\b",
    r"^\s*\d+\.\s",
    r"\bC5\+1\b",
    r"\bpapermill\s+\d\S*",
]
SPELLED = r"\b(?:eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundred|thousand|million|billion)\b"
QUOTATION = r"\[“[^”]*”\]\(evidence\.md#quote\.[^)]*\)"  # checked against its row, of at most fifteen words


def narrative(path: Path) -> str:
    """The prose of a page: its Markdown, without code and without what only a notebook's user is told."""
    if path.suffix == ".md":
        return path.read_text(encoding="utf-8")
    cells = nbformat.read(path, as_version=4).cells
    return "\n\n".join(
        c.source for c in cells if c.cell_type == "markdown" and "notebook" not in c.metadata.get("tags", [])
    )


def bare_numbers(text: str) -> list[str]:
    """Numbers that do not go through the registry and are neither dates, years nor parts of names."""
    for pattern in NOT_DATA:
        text = re.sub(pattern, " ", text, flags=re.S | re.M | re.I)
    return [
        text[max(0, m.start() - 40) : m.end() + 20].replace("\n", " ")
        for m in re.finditer(rf"\d[\d,.]*|{SPELLED}", text, re.I)
    ]


def test_the_test_itself_tells_numbers_from_dates_and_names():
    assert (
        bare_numbers(
            "On 4 February 2026 the House passed H.R. 4090; [54 countries](evidence.md#ministerial.countries) came (G7, MCS 2026)."
        )
        == []
    )
    assert len(bare_numbers("It lent US$10 billion to 3 firms.")) == 3


@pytest.mark.parametrize("path", [*NOTEBOOKS, *PAGES], ids=lambda p: p.name)
def test_no_number_in_the_narrative_is_bare(path):
    assert bare_numbers(narrative(path)) == []


def test_every_fact_in_the_prose_is_in_the_registry_and_agrees():
    assert sum(len([*fact_links.links(path)]) for path in (*NOTEBOOKS, *PAGES)) > 200
    assert fact_links.faults(BOOK) == []


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.name)
def test_a_notebook_reads_as_plain_markdown_in_jupyterlab_and_on_github(path):
    """No role or directive of the printer, which would stand there raw."""
    words = "\n".join(fact_links.markdown(path).values())
    assert re.findall(r"\{[a-z:-]+\}`|^ *(?:`{3,}|:{3,})\{[a-z:-]+\}|^\([\w-]+\)=", words, re.M) == []


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.name)
def test_a_notebook_tells_the_story_in_short_cells_without_outputs(path):
    for cell in nbformat.read(path, as_version=4).cells:
        if cell.cell_type == "code":
            assert cell.outputs == [] and cell.execution_count is None, "outputs are committed"
            lines = [line for line in cell.source.splitlines() if line.strip()]
            assert len(lines) <= 8, cell.source
            assert not any(
                isinstance(n, (ast.FunctionDef, ast.ClassDef, ast.Lambda))
                for n in ast.walk(ast.parse(cell.source))
            ), cell.source
            assert not re.search(r"['\"](?:\.{0,2}/|[A-Za-z]:\\)", cell.source), "a path in a notebook"


CHAPTERS = [p for p in NOTEBOOKS if p.name[:2].isdigit()]


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda p: p.name)
def test_a_chapters_notebook_loads_shows_and_draws_three_tables(path):
    cells = nbformat.read(path, as_version=4).cells
    pairs = [(a, b) for a, b in pairwise(cells) if "load" in a.metadata.get("tags", [])]
    assert len(pairs) >= 3
    for load, draw in pairs:
        table = load.source.splitlines()[-1].split(".")[0].split("[")[0]  # the last line shows the table
        assert f"{table} = " in load.source and load.source.startswith("# "), load.source
        assert "draw" in draw.metadata.tags and "alt.Chart(" in draw.source, draw.source
        for cell in (load, draw):
            assert 3 <= len([line for line in cell.source.splitlines() if line.strip()]) <= 8, cell.source


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.name)
def test_a_notebook_first_links_its_code_and_says_what_to_try(path):
    cell = nbformat.read(path, as_version=4).cells[1]
    links = re.findall(r"\]\(([^)]+)\)", cell.source)
    assert links and all((path.parent / link).exists() for link in links) and "Try this" in cell.source


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.name)
def test_a_notebook_has_its_parameters_and_the_plan_fits_them(path):
    assert "release" in interface(path)


def test_the_whole_plan_is_valid_before_anything_runs():
    assert len(plan(BOOK)) >= len(NOTEBOOKS)


@pytest.mark.parametrize("path", [p for p in NOTEBOOKS if p.name[:2].isdigit()], ids=lambda p: p.name)
def test_a_chapter_has_every_part_that_the_book_promises(path):
    cells = nbformat.read(path, as_version=4).cells
    tags = [tag for c in cells for tag in c.metadata.get("tags", [])]
    assert tags.index("brief") < tags.index("lead")
    heads = re.findall(r"^## (.+)$", narrative(path), re.M)
    assert heads[-1] == "How sure is this?"
    box = cells[
        next(i for i, c in enumerate(cells) if re.search(rf"^## {re.escape(heads[-1])}$", c.source, re.M)) :
    ]
    parts = {
        part for c in box if c.cell_type == "markdown" for part in re.findall(r"^### (.+)$", c.source, re.M)
    }
    assert {"What is not known", "Where sources disagree"} <= parts
    code = [c.source for c in box if c.cell_type == "code"]
    assert any("unanswered_questions(" in s for s in code) and any("disagreements(" in s for s in code)


def test_no_sentence_of_the_five_articles_stands_in_the_book():
    texts = {p.name: narrative(p) for p in [*NOTEBOOKS, *PAGES]}
    written = [
        *(HOME / "src" / "chokepoint").rglob("*.py"),
        *(HOME / "data").rglob("*.csv"),
        HOME / "README.md",
    ]
    texts |= {
        p.relative_to(HOME).as_posix(): p.read_text(encoding="utf-8")
        for p in written
        if p.name not in ("sources.csv", "quotations.csv")
    }  # titles are citations, and spoken words stand in one table
    texts = {name: re.sub(QUOTATION, " ", text) for name, text in texts.items()}
    copied = {name: found[:3] for name, text in texts.items() if (found := articles.copied(text))}
    assert not copied, json.dumps(copied, indent=1)


@pytest.mark.published
def test_the_hashes_of_the_articles_are_those_of_the_articles():
    assert articles.FILE.read_text(encoding="ascii") == articles.from_articles()
