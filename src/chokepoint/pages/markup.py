"""HTML of the pages: one environment of templates, and sentences whose facts and pages become links.

Tags stand in `pages/templates` and `site/templates` alone. Whatever a template is given is escaped, save
`Markup`, which is HTML already.
"""

import os
import re
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from jinja2.environment import TemplateModule
from jinja2.ext import Extension
from markupsafe import Markup, escape

from chokepoint.analysis import facts
from chokepoint.analysis.events import day
from chokepoint.data import memory, tables
from chokepoint.pages.amounts import capital, date, with_article
from chokepoint.pages.embedded import embedded

RENDER = "CHOKEPOINT_RENDER"  # set while the site is built; without it a kernel is live
_PACKAGE = Path(__file__).parents[1]
_SITE_LINK = re.compile(r'<a\b[^>]*href="cp:([^">]*)"[^>]*>(.*?)</a>')
_LINK = re.compile(r"\{([a-z0-9_.]+)\}|\[([^\]]+)\]\(([\w/-]*)(?:#([\w.-]+))?\)")


def rendering() -> bool:
    """Whether a page of the site is being made (rather than read in a live kernel)."""
    return bool(os.environ.get(RENDER))


def link(page: str, anchor: str = "") -> str:
    """Address of a page of the book, from any page of it: Sphinx turns `cp:` into a relative path."""
    return f"cp:{page}" + (f"#{anchor}" if anchor else "")


class _Joined(Extension):
    """Line breaks and indentation of a template are for its writer: a page has none of them."""

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:
        return re.sub(r"\n\s*", "", source)


def _cell(value: object) -> object:
    """Write the value of a cell: one that a table lacks is nothing."""
    return "" if value is None or value is pd.NA or (isinstance(value, float) and value != value) else value


def _present(value: object) -> bool:
    """Test of the templates: whether a table has the value."""
    return bool(pd.notna(value) and value != "")


_ENVIRONMENT = Environment(
    loader=FileSystemLoader([_PACKAGE / "pages" / "templates", _PACKAGE / "site" / "templates"]),
    autoescape=True,
    undefined=StrictUndefined,
    finalize=_cell,
    extensions=[_Joined],
)
_ENVIRONMENT.tests["present"] = _present
_ENVIRONMENT.filters |= {
    "article": with_article,
    "capital": capital,
    "date": date,
    "embedded": lambda value: Markup(embedded(value)),
    "lower_first": lambda text: text[:1].lower() + text[1:],
}


class Macros:
    """The macros of a template, as functions from values to `Markup`.

    The template is compiled when the first of them is asked for: most processes need few templates.
    """

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, macro: str) -> Any:
        return getattr(_compiled(self._name), macro)


def macros(name: str) -> Macros:
    """Return the macros of a template of `pages/templates` or `site/templates`."""
    return Macros(name)


@cache
def _compiled(name: str) -> TemplateModule:
    return _ENVIRONMENT.get_template(f"{name}.html").module


def compile_templates() -> None:
    """Compile the templates of pages now, in a process from which others are forked."""
    for path in sorted((_PACKAGE / "pages" / "templates").glob("*.html")):
        _compiled(path.stem)


def with_links(sentence: str, release: str) -> Markup:
    """Return a sentence as HTML, its facts and pages as links.

    `{fact.id}` is linked to its row of the evidence, `[text](page#anchor)` to a page, or to a part of this
    one. `Markup` is left as it is. UserError for a fact that is not in the registry.

    >>> with_links("{vault.exim_loan}", "mcs2026")[:58]
    Markup('<a class="cp-fact" href="cp:evidence#fact-vault.exim_loan"')
    >>> with_links("[AT&T](minerals#top) & more", "")
    Markup('<a href="cp:minerals#top">AT&amp;T</a> &amp; more')
    """
    if isinstance(sentence, Markup):
        return sentence
    parts, end = [], 0
    for found in _LINK.finditer(sentence):
        fact_id, text, page, anchor = found.groups()
        parts += [
            escape(sentence[end : found.start()]),
            _inline.fact(facts.get(fact_id, release)) if fact_id else page_link(page, text, anchor or ""),
        ]
        end = found.end()
    return Markup("").join([*parts, escape(sentence[end:])])


def fact_exists(fact_id: str, release: str) -> bool:
    """Whether the registry has a fact at a release."""
    return facts.find(fact_id, release) is not None


def for_notebook(html: str) -> Markup:
    """Return HTML as a notebook may show it.

    A source is linked where it stands itself, other links that only the site can follow are left out, and no
    money is read as mathematics. JupyterLab takes what stands between two dollar signs for a formula, in HTML
    too, save in elements of these classes.

    >>> shown = for_notebook(Markup('<a href="cp:sources#source-S431">P</a> and <a href="cp:minerals">M</a>'))
    >>> shown.count("<a "), shown.count('href="https://'), shown.striptags()
    (1, 1, 'P and M')
    """
    return _inline.no_formulas(Markup(_SITE_LINK.sub(_followed, str(escape(html)))))


def _followed(found: re.Match) -> str:
    """Return what a notebook shows of a link of the site: a source's own address, else its words alone."""
    where, words = found.groups()
    if where.startswith("sources#source-"):
        address = tables.row("sources", source_id=where.removeprefix("sources#source-")).url
        if pd.notna(address) and str(address).startswith("http"):
            return _inline.outside(address, Markup(words))
    return words


@memory.remembered
def publisher(source_id: str) -> str:
    """Who published a source, without what stands in brackets behind the name.

    >>> publisher("S104")
    'Politico via mirrors'
    """
    return re.sub(r" \([^)]*\)", "", tables.row("sources", source_id=source_id).publisher)


@memory.remembered
def cited(source_id: str) -> str:
    """Name a source by its publisher and year.

    >>> cited("MCS2026")
    'US Geological Survey, 2026'
    """
    row = tables.row("sources", source_id=source_id)
    if row is None:
        return source_id
    return publisher(source_id) + ("" if pd.isna(row.date) else f", {str(row.date)[:4]}")


def source_title(source_id: str) -> str:
    """Give the title of a source."""
    return tables.row("sources", source_id=source_id).title


_ENVIRONMENT.globals |= {
    "link": link,
    "day": day,
    "cited": cited,
    "publisher": publisher,
    "source_title": source_title,
    "with_links": with_links,
}
_inline = macros("inline")
# Functions of what is often needed: a small link to a source's row, with a reference where there is one;
# a link to a page, named by its text; a paragraph; a list; what is folded away under a line that says what it
# holds; a dash for what a table lacks.
source, page_link, paragraph = _inline.source, _inline.page, _inline.paragraph
html_list, fold, dash = _inline.list, _inline.fold, _inline.dash
chapters = macros("chapters")  # items and cells of single chapters
