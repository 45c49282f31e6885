"""Two Atom feeds (RFC 4287): what happened, and which releases came with what they changed.

An entry keeps its id wherever the book stands: a UUID made from the id of its row. A `tag:` address would
need a domain that somebody owns, and the book knows of none. Times are those of the data, never the clock's:
a day is its first second in UTC, a month or a year its first day.
"""

import re
from collections.abc import Iterable
from urllib.parse import quote
from uuid import UUID, uuid5

import pandas as pd

from chokepoint.analysis import difference, events
from chokepoint.data import tables
from chokepoint.pages.amounts import edition
from chokepoint.pages.markup import macros
from chokepoint.site import page_metadata
from chokepoint.site.open_data.documents import ids, plain, up
from chokepoint.site.open_data.records import Book

_IDS = UUID("3504ae85-200a-4e80-91e6-964952ba5aa3")  # of this book's entries; it never changes
_IN_ADDRESSES = "%:/?#[]@!$&'()*+,;="
_NO_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")  # signs that no XML may hold
_MOST = 12  # numbers that an entry names
_template = macros("feed")


def feeds(book: Book, release: str) -> dict[str, str]:
    """Return the feeds by address."""
    return {
        "feed/events.xml": _feed(
            "feed/events.xml",
            "Chokepoint: events",
            "What happened around the critical-minerals bloc of 2026, each event with its sources.",
            book.address("08-since-february") or "index.html",
            _events(book),
        ),
        "feed/releases.xml": _feed(
            "feed/releases.xml",
            "Chokepoint: releases of data",
            "The releases that the book is computed from, and what changed with the newest.",
            book.address("what-changed") or "index.html",
            _releases(book, release),
        ),
    }


def _feed(address: str, title: str, subtitle: str, page: str, entries: list[dict]) -> str:
    site = page_metadata.site_address()
    metadata = {
        "id": _id(address),
        "title": title,
        "subtitle": subtitle,
        "updated": max([one["updated"] for one in entries], default=_time(events.newest_evidence())),
        "author": page_metadata.AUTHORS,
        "rights": f"CC BY 4.0, {page_metadata.LICENCE}",
        "address": site and f"{site}{address}",
        "page": page,
        "root": site or up(address),
    }
    newest_first = sorted(entries, key=lambda one: (one["updated"], one["id"]), reverse=True)
    return _NO_XML.sub("", str(_template.feed(metadata, newest_first)))


def _events(book: Book) -> list[dict]:
    """Return what happened; what is only set for later is no news yet."""
    rows = tables.load("timeline").query("published and happened == 'happened'")
    shown = set(events.events().event_id)
    found = []
    for row in rows.to_dict("records"):
        there = book.address("08-since-february", row["event_id"]) if row["event_id"] in shown else None
        said = [f"Date: {row['date']}.", *([f"Who: {row['actor']}."] if plain(row["actor"]) else [])]
        found.append(
            {
                "id": _id(row["event_id"]),
                "title": row["description"],
                "updated": _time(row["date_start"]),
                "page": there or "index.html",
                "sources": _sources(ids(row["source_id"], row["source_ids"])),
                "terms": [row["category"], *ids(row["iso3s"])],
                "summary": " ".join([*said, f"Confidence: {row['confidence']}."]),
            }
        )
    return found


def _releases(book: Book, release: str) -> list[dict]:
    """Return the releases whose day, month or year is known; that of the book says what it changed."""
    found = []
    for row in tables.load("releases").to_dict("records"):
        day = plain(row["published"]) or tables.row("sources", source_id=row["source_id"])["date"]
        if not plain(day):
            continue
        changed = _changes(book, release) if row["release"] == release else []
        place = ("what-changed",) if changed else ("sources", f"source-{row['source_id']}")
        said = [f"{row['title']}, {row['publisher']}.", *changed]
        if changed:
            said.insert(1, f"What changed with {edition(release)}:")
        found.append(
            {
                "id": _id(f"release.{row['release']}"),
                "title": row["title"],
                "updated": _time(pd.Timestamp(str(day))),
                "page": book.address(*place) or "index.html",
                "sources": _sources([row["source_id"]]),
                "terms": [row["release"]],
                "summary": " ".join(said),
            }
        )
    return found


def _changes(book: Book, release: str) -> list[str]:
    """Return what the page *What changed* says in brief, and the numbers of its chart.

    Nothing where the page compares other releases than the book's and the one before it, or nothing moved.
    """
    drawn = next((chart for chart in book.shown.charts if chart.page == "what-changed"), None)
    columns, rows = drawn.numbers() if drawn else ([], [])
    old = difference.before(release)
    if old is None or not {edition(old), edition(release)} <= set(columns):
        return []
    was, now = columns.index(edition(old)), columns.index(edition(release))
    return [
        *book.shown.briefs.get("what-changed", []),
        *(f"{row[0]}: from {row[was]} to {row[now]}." for row in rows[:_MOST]),
    ]


def _sources(source_ids: Iterable[str]) -> list[dict[str, str]]:
    """Return the addresses of documents that stand on the web, with who published them."""
    found = tables.load("sources").set_index("source_id")
    rows = [(str(found.url[one]), found.publisher[one]) for one in source_ids]
    return [
        {"address": quote(url.split()[0], safe=_IN_ADDRESSES), "title": publisher}
        for url, publisher in rows
        if re.match("https?://", url)
    ]


def _id(name: str) -> str:
    """Return the id of a feed or an entry.

    >>> _id("event.2026-02-04-day") == _id("event.2026-02-04-day"), _id("a")[:9]
    (True, 'urn:uuid:')
    """
    return f"urn:uuid:{uuid5(_IDS, name)}"


def _time(day: pd.Timestamp) -> str:
    return f"{day:%Y-%m-%d}T00:00:00Z"
