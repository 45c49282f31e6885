"""What a page says about itself to search engines, to those who share it and to those who cite it."""

from __future__ import annotations

import html
import json
import math
import os
import re
import tomllib
from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from chokepoint.analysis import events, facts
from chokepoint.data import tables
from chokepoint.pages import horizon
from chokepoint.site.open_data import catalogue

if TYPE_CHECKING:  # it takes long to import, and a build that has nothing to do needs none of it
    from sphinx.application import Sphinx

BOOK = "Chokepoint: the 2026 critical-minerals bloc, explained and recomputed"
AUTHORS, PUBLISHER = "The Chokepoint authors", "Chokepoint"
LICENCE = "https://creativecommons.org/licenses/by/4.0/"
_DATA_PAGES = ("data-dictionary", "evidence", "open-data")
_FACT = re.compile(r'href="(?:\.\./)*evidence\.html#fact-([\w.-]+)"')
_OF_THE_SITE = {"404", "search", "embed", "genindex"}
_ENOUGH = 200  # characters of a description that search engines show


def site_address() -> str:
    """Where the site will stand, with a closing slash; empty where nobody has said.

    It is never written into the book.

    The variable `CHOKEPOINT_ADDRESS` says it; on GitHub's own machines it follows from the repository.
    """
    given = os.environ.get("CHOKEPOINT_ADDRESS", "")
    owner, _, name = os.environ.get("GITHUB_REPOSITORY", "").partition("/")
    host = f"{owner.lower()}.github.io"
    known = given or (f"https://{host}/{'' if name.lower() == host else name}" if name else "")
    return f"{known.rstrip('/')}/" if known else ""


def version() -> str:
    """Return the version of the book, which its project file says."""
    return _version(tables.home() / "pyproject.toml")


@lru_cache(maxsize=2)
def _version(project: Path) -> str:
    return tomllib.loads(project.read_text(encoding="utf-8"))["project"]["version"]


def root_path(address: str) -> str:
    """Return the path of the site on its server; `/` where its address is not known.

    >>> root_path("https://example.org/book/"), root_path("")
    ('/book/', '/')
    """
    return urlsplit(address).path or "/"


def page(app: Sphinx, pagename: str, body: str, context: dict) -> dict:
    """Title, description, address, card, citation and JSON-LD of a page."""
    release, day = os.environ.get("CHOKEPOINT_RELEASE", tables.DEFAULT_RELEASE), events.newest_evidence()
    title = "There is no such page" if pagename == "404" else _plain(context.get("title") or "") or "Search"
    ours = pagename not in _OF_THE_SITE
    first = pagename == app.config.root_doc
    url = app.config.cp_address and ours and f"{app.config.cp_address}{'' if first else f'{pagename}.html'}"
    said = description(body) if ours else ""
    offered = ours and catalogue.is_announced(Path(app.srcdir))
    other = catalogue.alternates(pagename) if offered else []
    files = [file for file in other if file.media_type == catalogue.JSON]
    if offered and pagename in _DATA_PAGES:
        files = list(catalogue.FILES)
    return {
        "headline": title,
        "title": title if first else f"{title} · Chokepoint",
        "description": said,
        "url": url,
        "card": f"{app.config.cp_address}_static/cards/{pagename}.png",
        "indexed": ours,
        "cite": ours and citation(title, pagename, release, day, url or "", version()),
        "alternates": other,
        "linked_data": linked_data(title, said, pagename, day, url or "", _stated(body, release), files)
        if ours
        else "",
        "release": release,
        "horizon": horizon.sentence() if ours else "",
    }


def description(body: str) -> str:
    """Return the first sentences of a page: of *In brief* (on the first page its verdict), else of its text.

    >>> brief = '<p>In brief</p><ul><li>China <b>leads</b>.</li><li>So.</li></ul>'
    >>> description(f'<h1>Tin</h1><aside class="cp-brief">{brief}</aside>')
    'China leads. So.'
    """
    brief = re.search(r'class="cp-brief.*?</(?:aside|div)>', body, re.S)
    parts = (
        re.findall(r'<(?:li[^>]*|p class="cp-verdict")>(.*?)</(?:li|p)>', brief[0], re.S)
        if brief
        else re.findall(r"<p>(.*?)</p>", body, re.S)[:1]
    )
    text = " ".join(_plain(p) for p in parts)
    return text if len(text) <= _ENOUGH else text[:_ENOUGH].rsplit(" ", 1)[0].rstrip(",;:") + " …"


def citation(title: str, pagename: str, release: str, day: date, url: str, version: str = "") -> dict:
    """How to cite a page: plainly, as BibTeX and as RIS.

    The day is that of the newest evidence: what the page says is true of that day. When it was read, only the
    reader knows.

    >>> import pandas as pd
    >>> citation("Tin", "minerals/tin", "mcs2026", pd.Timestamp("2026-10-08"), "")["plain"]
    'The Chokepoint authors (2026). “Tin”. In: Chokepoint: the 2026 critical-minerals bloc, explained and recomputed. Release mcs2026, evidence to 8 October 2026.'
    """  # noqa: E501  the doctest's result is one line
    whole = pagename == "index"
    here = [] if whole else [f"“{title}”. In: "]
    plain = (
        f"{AUTHORS} ({day.year}). {''.join(here)}{BOOK}. Release {release}, evidence to {format_day(day)}."
        + (f" {url}" if url else "")
    )
    note = f"Release {release}, evidence to {format_day(day)}"
    fields = {
        "author": f"{{{AUTHORS}}}",
        "title": BOOK if whole else title,
        "booktitle": "" if whole else BOOK,
        "publisher": PUBLISHER,
        "year": str(day.year),
        "version": version,
        "note": note,
        "url": url,
    }
    key = "chokepoint" + ("" if whole else f"-{pagename.split('/')[-1]}")
    lines = [f"  {name} = {{{_bibtex(name, value)}}},\n" for name, value in fields.items() if value]
    tags = [
        ("TY", "BOOK" if whole else "CHAP"),
        ("AU", f"{AUTHORS},"),  # with a comma at the end it is no person, of whom a last name would be taken
        ("TI", fields["title"]),
        ("T2", fields["booktitle"]),
        ("PB", PUBLISHER),
        ("PY", fields["year"]),
        ("ET", version),
        ("N1", note),
        ("UR", url),
    ]
    return {
        "plain": plain,
        "bibtex": f"@{'book' if whole else 'incollection'}{{{key},\n{''.join(lines)}}}\n",
        "ris": "".join(f"{tag}  - {value}\r\n" for tag, value in tags if value) + "ER  - \r\n",
    }


def _bibtex(name: str, value: str) -> str:
    r"""Return a value whose signs TeX takes as they are; an address stays as it is.

    >>> _bibtex("title", "Oil & gas, 5%"), _bibtex("url", "https://example.org/a_b")
    ('Oil \\& gas, 5\\%', 'https://example.org/a_b')
    """
    return value if name == "url" else re.sub(r"([&%#_$])", r"\\\1", value)


def linked_data(
    title: str,
    said: str,
    pagename: str,
    day: date,
    url: str,
    measured: Iterable[facts.Fact] = (),
    files: Iterable[catalogue.File] = (),
) -> str:
    """Describe the page as schema.org knows it: a data set where the page is one, else an article.

    measured: facts that the page states; of a data set its numbers are said. files: what it can be had as,
    with addresses below the site's root.

    >>> import pandas as pd
    >>> json.loads(linked_data("Tin", "Of tin.", "minerals/tin", pd.Timestamp("2026-10-08"), ""))["@type"]
    'Dataset'
    """
    data = pagename.startswith("minerals/") or pagename in _DATA_PAGES
    authors = {"@type": "Organization", "name": AUTHORS}
    root = site_address() or "../" * pagename.count("/")
    numbers = [
        {"@type": "PropertyValue", "name": fact.label, "value": fact.value, "unitText": fact.unit}
        for fact in measured
        if isinstance(fact.value, int | float) and math.isfinite(fact.value)
    ]
    downloads = [
        {
            "@type": "DataDownload",
            "name": file.title,
            "encodingFormat": file.media_type,
            "contentUrl": f"{root}{file.address}",
        }
        for file in files
    ]
    known = {
        "@context": "https://schema.org",
        "@type": "Dataset" if data else "Article",
        ("name" if data else "headline"): f"{title}: output, trade and controls"
        if pagename.startswith("minerals/")
        else title,
        "description": said or title,
        ("creator" if data else "author"): authors,
        "dateModified": f"{day:%Y-%m-%d}",
        "inLanguage": "en",
        "license": LICENCE,
        "isAccessibleForFree": True,
        "isPartOf": {"@type": "Book", "name": BOOK, "author": authors},
        **({"url": url, "mainEntityOfPage": url} if url else {}),
        **({"variableMeasured": numbers} if data and numbers else {}),
        **({"distribution": downloads} if data and downloads else {}),
    }
    return json.dumps(known, ensure_ascii=False, allow_nan=False).replace("<", "\\u003c")


def _stated(body: str, release: str) -> list[facts.Fact]:
    """Return the facts that a page links, each once."""
    found = (facts.find(fact_id, release) for fact_id in dict.fromkeys(_FACT.findall(body)))
    return [fact for fact in found if fact]


def format_day(day: date) -> str:
    """Write a day as the book does."""
    return f"{day.day} {day:%B %Y}"


def _plain(text: str) -> str:
    return " ".join(
        html.unescape(re.sub(r'<a class="headerlink.*?</a>|<[^>]+>', "", text, flags=re.S)).split()
    )
