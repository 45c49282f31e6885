"""What a page says about itself to search engines, to those who share it and to those who cite it."""

import html
import json
import os
import re
from datetime import date
from urllib.parse import urlsplit

from sphinx.application import Sphinx

from chokepoint.analysis import events
from chokepoint.data import tables
from chokepoint.pages import horizon

BOOK = "Chokepoint: the 2026 critical-minerals bloc, explained and recomputed"
AUTHORS = "The Chokepoint authors"
LICENCE = "https://creativecommons.org/licenses/by/4.0/"
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
    return {
        "headline": title,
        "title": title if first else f"{title} · Chokepoint",
        "description": said,
        "url": url,
        "card": f"{app.config.cp_address}_static/cards/{pagename}.png",
        "indexed": ours,
        "cite": ours and citation(title, pagename, release, day, url or ""),
        "linked_data": linked_data(title, said, pagename, day, url or "") if ours else "",
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


def citation(title: str, pagename: str, release: str, day: date, url: str) -> dict:
    """How to cite a page, plainly and as BibTeX.

    The day is that of the newest evidence: what the page says is true of that day.

    >>> import pandas as pd
    >>> citation("Tin", "minerals/tin", "mcs2026", pd.Timestamp("2026-10-08"), "")["plain"]
    'The Chokepoint authors (2026). “Tin”. In: Chokepoint: the 2026 critical-minerals bloc, explained and recomputed. Release mcs2026, evidence to 8 October 2026.'
    """  # noqa: E501  the doctest's result is one line
    here = [] if pagename == "index" else [f"“{title}”. In: "]
    plain = (
        f"{AUTHORS} ({day.year}). {''.join(here)}{BOOK}. Release {release}, evidence to {format_day(day)}."
        + (f" {url}" if url else "")
    )
    fields = {
        "author": f"{{{AUTHORS}}}",
        "title": BOOK if pagename == "index" else title,
        **({} if pagename == "index" else {"booktitle": BOOK}),
        "year": str(day.year),
        "note": f"Release {release}, evidence to {format_day(day)}",
        **({"url": url} if url else {}),
    }
    key = "chokepoint" + ("" if pagename == "index" else f"-{pagename.split('/')[-1]}")
    kind = "book" if pagename == "index" else "incollection"
    return {
        "plain": plain,
        "bibtex": f"@{kind}{{{key},\n" + "".join(f"  {k} = {{{v}}},\n" for k, v in fields.items()) + "}",
    }


def linked_data(title: str, said: str, pagename: str, day: date, url: str) -> str:
    """Describe the page as schema.org knows it: a data set where the page is one, else an article.

    >>> import pandas as pd
    >>> json.loads(linked_data("Tin", "Of tin.", "minerals/tin", pd.Timestamp("2026-10-08"), ""))["@type"]
    'Dataset'
    """
    data = pagename.startswith("minerals/") or pagename in ("data-dictionary", "evidence")
    authors = {"@type": "Organization", "name": AUTHORS}
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
    }
    return json.dumps(known, ensure_ascii=False).replace("<", "\\u003c")


def format_day(day: date) -> str:
    """Write a day as the book does."""
    return f"{day.day} {day:%B %Y}"


def _plain(text: str) -> str:
    return " ".join(
        html.unescape(re.sub(r'<a class="headerlink.*?</a>|<[^>]+>', "", text, flags=re.S)).split()
    )
