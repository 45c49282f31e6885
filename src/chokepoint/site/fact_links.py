"""Facts in the book's Markdown, `[US$10 billion](evidence.md#vault.exim_loan)`; sources, `(sources.md#S104)`.

GitHub and JupyterLab show such a link as it is written. Its text is checked against the registry before
anything runs.
"""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from chokepoint.analysis import facts
from chokepoint.data import tables
from chokepoint.errors import UserError
from chokepoint.site.fact_cache import FactCache

_LINK = re.compile(r"(?<!!)\[((?:\\.|[^\[\]\\])*)\]\(\s*<?(?:\.\./)*evidence\.md#([^\s)>]*)>?[^)]*\)")
_SOURCE = re.compile(r"(?<!!)\[(?:\\.|[^\[\]\\])*\]\(\s*<?(?:\.\./)*sources\.md#([^\s)>]*)>?[^)]*\)")
_CODE = re.compile(r"^(`{3,}|~{3,}).*?^\1|(?<!`)(`+)(?!`).*?(?<!`)\2(?!`)", re.M | re.S)
_MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
# What newer data change in the text of a fact: figures, months, numbers in words. All else are its words.
_FIGURES = re.compile(
    rf"\N{{MINUS SIGN}}?\d[\d,]*(?:\.\d+)?|\b(?:{_MONTHS}|{'|'.join(facts.NUMBER_WORDS)})\b", re.I
)


@dataclass(frozen=True)
class FactLink:
    """A fact that a page states: id, text as written, and where; cell (None in Markdown) and line from 1."""

    fact_id: str
    text: str
    file: str
    cell: int | None
    line: int

    def __str__(self) -> str:
        return f"{self.file}, " + (f"cell {self.cell}, " if self.cell else "") + f"line {self.line}"


def markdown(path: Path) -> dict[int | None, str]:
    """Return the Markdown of a page: of a notebook its Markdown cells, by number from 1; else all under None.

    UserError where a notebook is not JSON.
    """
    text = path.read_text(encoding="utf-8")
    if path.suffix != ".ipynb":
        return {None: text}
    try:
        cells = json.loads(text)["cells"]
        return {
            i: "".join(cell["source"]) for i, cell in enumerate(cells, 1) if cell["cell_type"] == "markdown"
        }
    except (ValueError, LookupError, TypeError):
        raise UserError(
            f"book/{path.name}: not a notebook (its JSON does not read). Restore it from the repository."
        ) from None


def links(path: Path) -> Iterator[FactLink]:
    """Find the facts that a page states, in order; what stands in code is an example."""
    for cell, text in markdown(path).items():
        for link in _LINK.finditer(without_code(text)):
            line = text.count("\n", 0, link.start()) + 1
            yield FactLink(link[2], unescaped(link[1]), f"book/{path.name}", cell, line)


def _sources(path: Path) -> Iterator[tuple[str, str]]:
    """Find the sources that a page links, `[Politico](sources.md#S104)`: place and id of each."""
    for cell, text in markdown(path).items():
        for link in _SOURCE.finditer(without_code(text)):
            yield f"book/{path.name}" + (f", cell {cell}" if cell else ""), link[1]


def without_code(text: str) -> str:
    """Markdown with code blanked out, every line where it was."""
    return _CODE.sub(lambda code: re.sub(r"[^\n]", " ", code[0]), text)


def unescaped(text: str) -> str:
    r"""Return the text of a link as the reader sees it.

    >>> unescaped("US\\$10\nbillion")
    'US$10 billion'
    """
    return re.sub(r"\\([^\w\s])", r"\1", " ".join(text.split()))


def link_text(text: str, fact: facts.Fact, translated: bool = False) -> str | None:
    """Give what the book shows for a text that a writer gave a fact; None where it contradicts the registry.

    It is the text, where that agrees. Where a computed fact has the same words and other figures (newer data,
    another release), it is the registry's; so it is where the text agrees at the newest release. A fact that
    somebody stated does not move by itself. translated: the page is in another language, and keeps its words.

    >>> computed = facts.Fact("x", "", 91.3, "%", "91.3%", (), "", computation="Output over the world's")
    >>> link_text("91%", computed), link_text("85.1%", computed), link_text("85 tonnes", computed)
    ('91%', '91.3%', None)
    >>> link_text("85 jours", facts.get("vault.cover_whole"), translated=True)
    '64 jours'
    """
    if facts.agrees(text, fact):
        return text
    if not fact.computation:
        return None
    figures = [_FIGURES.search(words) for words in (text, fact.text)]
    if translated and all(figures):
        return _FIGURES.sub(figures[1][0], text, count=1)
    newest = facts.find(fact.fact_id)
    same_words = _FIGURES.sub("#", text) == _FIGURES.sub("#", fact.text)
    return fact.prose_text if same_words or (newest and facts.agrees(text, newest)) else None


def is_translated(page: str) -> bool:
    """Say whether a page, or its file, is a translation of the brief.

    >>> is_translated("brief-fr"), is_translated("brief")
    (True, False)
    """
    return page.startswith("brief-")


def faults(
    book: Path,
    release: str = tables.DEFAULT_RELEASE,
    get: Callable[[str, str], facts.Fact] = facts.get,
) -> list[str]:
    """List what pages state and the registry does not: unknown facts, contradictions, each with its place.

    And sources that are not listed, and cells in which JupyterLab would take the words between two dollar
    signs for a formula. get: where a fact by id and release comes from.
    """
    found = []
    for path in sorted([*book.glob("*.md"), *book.glob("*.ipynb")]):
        found += [
            f"book/{path.name}, cell {cell}: two bare dollar signs, and JupyterLab takes what stands between "
            r"for a formula. Write US\$10 billion."
            for cell, text in markdown(path).items()
            if cell and len(re.findall(r"(?<!\\)\$", without_code(text))) > 1
        ]
        found += [
            f'{where}: no source "{source_id}" in data/evidence/sources.csv. Add it there, or mend the link.'
            for where, source_id in _sources(path)
            if tables.row("sources", source_id=source_id) is None
        ]
        for link in links(path):
            try:
                fact = get(link.fact_id, release)
            except UserError as error:
                found.append(f"{link}: {error}")
                continue
            if link_text(link.text, fact, is_translated(path.name)) is None:
                found.append(
                    f'{link}: the text says "{link.text}", the registry says "{fact.text}" '
                    f"for {link.fact_id}. Change one of them."
                )
    return found


def require_true(book: Path, release: str = tables.DEFAULT_RELEASE, kept: FactCache | None = None) -> None:
    """UserError that lists what `faults` finds. kept: facts that may be as they were when last computed."""
    found = faults(book, release, kept.get if kept else facts.get)
    if kept:
        kept.save()
    if found:
        raise UserError("\n".join(found))
