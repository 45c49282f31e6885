"""What is offered beside the pages, for the index, the page `open-data`, and the head of every page.

An edition of the book offers nothing of its own: its pages link to none of this.
"""

from dataclasses import dataclass
from pathlib import Path

from chokepoint.site.open_data.documents import FOLDER

JSON, ATOM = "application/json", "application/atom+xml"
_MARK = "open-data.txt"  # beside the pages that are to be rendered: these files will be there


@dataclass(frozen=True)
class File:
    """A file, or a list: address, type, title, what it holds. each: the address of the list's own files."""

    address: str
    media_type: str
    title: str
    description: str
    each: str = ""


FILES = (
    File(f"{FOLDER}/index.json", JSON, "Index", "The address, type and schema of every file below"),
    File(
        f"{FOLDER}/facts.json",
        JSON,
        "Facts",
        "Every number, date and quotation that a page may state: value, unit, text, sources, how it was come "
        "by, and the pages that state it",
    ),
    File(
        f"{FOLDER}/charts.json",
        JSON,
        "Charts",
        "Every chart of the notebooks; its own file has title, text alternative, sources, numbers, and the "
        "chart in Vega",
        f"{FOLDER}/charts/PAGE/NAME.json",
    ),
    File(
        f"{FOLDER}/minerals.json",
        JSON,
        "Minerals",
        "Every mineral; its own file has names in other languages, the page in brief, its facts and charts",
        f"{FOLDER}/minerals/MINERAL.json",
    ),
    File(
        f"{FOLDER}/countries.json",
        JSON,
        "Countries",
        "Every country and where it stands; its own file has the page in brief, its facts and charts",
        f"{FOLDER}/countries/COUNTRY.json",
    ),
    File(
        f"{FOLDER}/events.json", JSON, "Events", "What happened or is set to happen, day by day, with sources"
    ),
    File(
        f"{FOLDER}/sources.json",
        JSON,
        "Sources",
        "Every document: publisher, title, day, address, how it was read",
    ),
    File(
        f"{FOLDER}/forecasts.json",
        JSON,
        "Forecasts",
        "The book’s own forecasts: probability, day, the rule that settles each, and where it stands",
    ),
    File(
        f"{FOLDER}/scenario.json",
        JSON,
        "Inputs of the scenario model",
        "What the model of chapter 7 starts from: minerals, countries, behaviour, settings, stories, clubs",
    ),
    File(
        f"{FOLDER}/chokepoint.sqlite",
        "application/vnd.sqlite3",
        "Database",
        "Every table of the book, its facts and its list of charts, in one SQLite file",
    ),
    File(
        f"{FOLDER}/data-package.zip",
        "application/zip",
        "Data package",
        "Every table as CSV with its description, a Frictionless Data Package",
    ),
    File("feed/events.xml", ATOM, "Feed of events", "What happened, newest first, as an Atom feed"),
    File(
        "feed/releases.xml",
        ATOM,
        "Feed of releases",
        "New releases of the publishers, and what changed in the book with the newest, as an Atom feed",
    ),
)


def announce(stage: Path) -> None:
    """Record in `stage` that these files will be there."""
    (stage / _MARK).write_text("".join(f"{file.address}\n" for file in FILES), encoding="utf-8")


def is_announced(stage: Path) -> bool:
    """Say whether the site that is being made will have them."""
    return (stage / _MARK).is_file()


def alternates(page: str) -> list[File]:
    """Return what says the same as a page in another form: its own file, if it has one, and the feeds.

    >>> [file.address for file in alternates("minerals/tin")]
    ['api/minerals/tin.json', 'feed/events.xml', 'feed/releases.xml']
    >>> len(alternates("index"))
    2
    """
    kind, _, name = page.partition("/")
    own = [File(f"{FOLDER}/{page}.json", JSON, "This page as data", "")] if name else []
    return [*(own if kind in ("minerals", "countries") else []), *(f for f in FILES if f.media_type == ATOM)]
