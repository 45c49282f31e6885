"""What the reader's browser searches: the sentences of every page, every number, and other names of both.

A page's words are kept beside Sphinx's own record of it when it is written, so that a page that did not
change is not read again. The index is a script of the site, because a page read from a folder may fetch
nothing else; `book/_static/search.js` loads it once somebody searches.
"""

import json
import re
from collections.abc import Collection, Iterator, Mapping
from html.parser import HTMLParser
from pathlib import Path

from sphinx.application import Sphinx

from chokepoint.analysis import countries, facts
from chokepoint.data import tables
from chokepoint.site import fact_links, redirects

INDEX = "search-index.js"
# Not indexed: what other pages say, and lists of rows of which the numbers are indexed one by one.
_UNSEARCHED = {"api", "data-dictionary", "what-changed", "evidence"}
_LABELS = {"Code", "Show", "Load the data", "Draw it", "In brief"}  # of what is folded
# A third of the words are in tables, which are looked up and not read; numbers are found by themselves.
_MUTE = re.compile(r"<(script|style|svg|noscript|select|table)\b.*?</\1>", re.S)
_SILENT = {"cell_input", "cp-numbers", "cp-live-numbers", "headerlink", "cp-hidden", "cp-source"}
_SILENT |= {"cp-results", "cp-controls", "cp-save", "cp-kinds"}
_BLOCKS = {"p", "li", "dt", "dd", "figcaption", "h1", "h2", "h3", "h4", "summary", "tr", "caption"}
_VOID = {"br", "img", "input", "hr", "wbr", "meta", "link", "col"}


class _Sections(HTMLParser):
    """Collect the text of a page by its sections: anchor, heading and blocks of each."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, list[str], list[list[str]]]] = [("", [], [[]])]
        self._open: list[tuple[str, bool]] = []  # every open element, and whether what it holds is left out
        self._anchor = ""
        self._heading = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Enter an element."""
        given = dict(attrs)
        if tag in _VOID:
            self.handle_data(" ")
            return
        self._open.append((tag, tag == "h1" or bool(_SILENT & set((given.get("class") or "").split()))))
        if tag == "section":
            self._anchor = given.get("id") or self._anchor
        if tag in ("h2", "h3"):
            self.found.append((given.get("id") or self._anchor, [], [[]]))
            self._heading = True
        self._parted(tag)

    def handle_endtag(self, tag: str) -> None:
        """Leave an element, and those within it whose ends are left out."""
        while self._open and self._open.pop()[0] != tag:
            pass
        self._heading &= tag not in ("h2", "h3")
        self._parted(tag)

    def _parted(self, tag: str) -> None:
        if tag in _BLOCKS:
            self.found[-1][2].append([])
        elif tag in ("td", "th"):
            self.handle_data(" ")

    def handle_data(self, data: str) -> None:
        """Keep the words of a heading or of the block that is open."""
        if not any(silent for _, silent in self._open):
            _, heading, blocks = self.found[-1]
            (heading if self._heading else blocks[-1]).append(data)


def sections(body: str) -> list[list[str]]:
    r"""Return the sections of a page's HTML: anchor, heading and text of each, a line a block.

    >>> head = '<h1>Tin</h1><p>A <b>metal</b>.</p><section id="who"><h2>Who?<a class="headerlink">#</a></h2>'
    >>> sections(head + "<ul><li>China.<li>Peru.</ul><script>no</script></section>")
    [['', '', 'A metal.'], ['who', 'Who?', 'China.\nPeru.']]
    """
    reader = _Sections()
    reader.feed(_MUTE.sub(" ", body))
    found = [[anchor, _line(heading), _lines(blocks)] for anchor, heading, blocks in reader.found]
    return [one for one in found if one[1] or one[2]]


def _line(parts: list[str]) -> str:
    return " ".join("".join(parts).split())


def _lines(blocks: list[list[str]]) -> str:
    lines = dict.fromkeys(filter(None, map(_line, blocks)))  # what is said twice in a section counts once
    return "\n".join(line for line in lines if line not in _LABELS)


def setup(app: Sphinx) -> None:
    """Write our index and page in place of Sphinx's, which knows neither sentences nor other names."""
    app.connect("builder-inited", _no_index_of_sphinx)
    app.connect("html-collect-pages", _page)
    app.connect("build-finished", _write)


def _no_index_of_sphinx(app: Sphinx) -> None:
    app.builder.search = False


def _page(app: Sphinx) -> Iterator[tuple[str, dict, str]]:
    yield "search", {"title": "Search"}, "search.html"


def remember(app: Sphinx, page: str, body: str) -> None:
    """Keep the words of a page that is being written."""
    if page in app.env.found_docs and searched(page):
        path = _words(app, page)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(sections(body), ensure_ascii=False), encoding="utf-8")


def searched(page: str) -> bool:
    """Whether a page is in the index."""
    return page not in _UNSEARCHED and not fact_links.is_translated(page)


def _words(app: Sphinx, page: str) -> Path:
    return Path(app.doctreedir) / "words" / f"{page}.json"


def _write(app: Sphinx, exception: Exception | None) -> None:
    """Write the index from what is kept of each page, the registry's numbers, and the names."""
    if exception or app.builder.format != "html":
        return
    pages = [
        part
        for page in sorted(app.env.found_docs)
        if searched(page)
        for part in parted(
            page,
            app.env.titles[page].astext(),
            json.loads(_words(app, page).read_text(encoding="utf-8")),
            redirects.gone(app.env.found_docs),
        )
    ]
    known = facts.evaluate(app.config.cp_release)
    numbers = [[fact_id, fact.label, fact.text] for fact_id, fact in sorted(known.items())]
    index = {"pages": pages, "numbers": numbers, "names": names(app.env.found_docs)}
    text = json.dumps(index, ensure_ascii=False, separators=(",", ":"))
    path = Path(app.outdir) / "_static" / INDEX
    path.write_text(f"window.chokepointIndex={text};\n", encoding="utf-8")


def parted(page: str, title: str, read: list[list[str]], gone: Mapping[str, str]) -> Iterator[list]:
    """Give a page as the index holds it, and each thing that has a place on it and no page of its own.

    >>> read = [["", "", "All."], ["terbium", "Terbium", "One."]]
    >>> list(parted("minerals/rare_earths", "Rare earths", read, {"minerals/terbium": "minerals/rare_earths#terbium"}))
    [['minerals/rare_earths', 'Rare earths', [['', '', 'All.']]], ['minerals/rare_earths#terbium', 'Terbium', [['terbium', '', 'One.']]]]
    """  # noqa: E501  the doctest's lines
    places = {new.partition("#")[2]: old for old, new in gone.items() if new.startswith(f"{page}#")}
    yield [page, title, [section for section in read if section[0] not in places]]
    for anchor, _heading, text in read:
        if anchor in places:
            yield [f"{page}#{anchor}", redirects.called(places[anchor]), [[anchor, "", text]]]


def names(pages: Collection[str]) -> list[list[str]]:
    """Return what else minerals and countries are called: page, name, and whether it is a symbol.

    Symbols are those of the minerals' table, codes of countries ISO's; other names and other words are rows
    of `names`. A word has, in place of a page, the word that the book uses for it.
    """
    rows = [
        [f"minerals/{one.mineral}", one.symbol, "symbol"]
        for one in tables.load("minerals").dropna(subset="symbol").itertuples()
        if re.fullmatch("[A-Z][a-z]?", one.symbol)
    ]
    rows += [[f"countries/{countries.slug(iso3)}", iso3, "symbol"] for iso3 in countries.names()]
    for one in tables.load("names").itertuples():
        page = {
            "mineral": lambda key: f"minerals/{key}",
            "country": lambda key: f"countries/{countries.slug(key)}",
            "word": str,
        }[one.kind](one.key)
        rows.append([page, one.name, one.kind])
    instead = redirects.gone(pages)
    rows = [[instead.get(page, page), name, kind] for page, name, kind in rows]
    return [row for row in rows if row[2] == "word" or row[0] in {*pages, *instead.values()}]
