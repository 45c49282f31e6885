"""What the pages show, as data: each chart with what it says, draws and rests on, and the sentences in brief.

It is read from the notebooks as they are rendered, whose cells hold each chart compiled to Vega. A chart is
addressed by its page and its name there, that of its anchor.
"""

import csv
import html
import io
import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from chokepoint.errors import UserError
from chokepoint.site.layout import curly
from chokepoint.site.open_data.documents import FOLDER, Document, Json

_CHART = re.compile(
    r'<div class="cp-chart" id="(?P<place>[\w-]+)" role="img" aria-label="(?P<alt>[^"]*)">.*?</div>'
    r'<script type="application/json" class="cp-spec"[^>]*>(?P<spec>.*?)</script>',
    re.S,
)
_TITLE = re.compile(r'<(?P<tag>\w+) class="cp-(says|kicker)">(.*?)</(?P=tag)>', re.S)
_CSV = re.compile(r'<script type="application/json" class="cp-csv">(.*?)</script>', re.S)
_MODEL = re.compile(r'<section class="cp-explorable"[^>]*\bdata-model="(\w+)"')
_HIDDEN = re.compile(r"<span [^>]*\bhidden>.*?</span>", re.S)  # the sources of another choice
_SOURCE = re.compile(r'href="cp:sources#source-([^"]+)"')
_BRIEF = re.compile(r'class="cp-brief.*?</(?:aside|div)>', re.S)
_ITEM = re.compile(r"<li[^>]*>(.*?)</li>", re.S)
_SCENARIO = re.compile(
    r'<script type="application/json" class="cp-script">(\["scenario-data",.*?)</script>', re.S
)
_PARTS = re.compile(r'(?=<figure\b|<section class="cp-explorable")')
_PLACE = re.compile(
    r'"element":"#cp-selects-[\w-]+",|,"element":"#cp-selects-[\w-]+"'
)  # of selects, on the page alone
_NUMBER = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?")
_GUARDED = re.compile(r"'[=+\-@\t\r]")  # what `safe_csv` puts an apostrophe before, for spreadsheets' sake


@dataclass(frozen=True)
class Chart:
    """A chart of a page. place: its id in the page's HTML; model: the one that draws it, "" if none does."""

    page: str
    place: str
    title: str
    alt: str
    sources: list[str]
    spec: Json
    table: str
    model: str

    @property
    def name(self) -> str:
        """What it is called on its page: its id without the word that all of them share."""
        return self.place.replace("chart-", "", 1)

    @property
    def address(self) -> str:
        """Where its file stands on the site."""
        return f"{FOLDER}/charts/{self.page}/{self.name}.json"

    def entry(self) -> dict[str, str]:
        """Return what lists of charts say of it."""
        return {
            "id": f"{self.page}/{self.name}",
            "title": self.title,
            "page": f"{self.page}.html#{self.place}",
            "address": self.address,
        }

    def numbers(self) -> tuple[list[str], list[list[Any]]]:
        """Return the columns and rows of the numbers under it, none where a model draws it."""
        return data(self.table)

    def document(self, frame: str = "") -> Document:
        """Return its file. frame: the page of the site that shows a chart alone, "" if there is none."""
        columns, rows = self.numbers()
        scripts = [f"_static/models/{self.page.replace('/', '-')}.js"] if self.model else []
        content = {
            "id": f"{self.page}/{self.name}",
            "page": f"{self.page}.html#{self.place}",
            "embed": f"{frame}#{self.page}/{self.place}" if frame else None,
            "alt": self.alt,
            "sources": self.sources,
            "model": self.model or None,
            "scripts": scripts,
            "columns": columns,
            "rows": rows,
            "spec": self.spec,
        }
        return Document(self.address, "chart", self.title, content)


@dataclass(frozen=True)
class Shown:
    """What the notebooks show: all charts, and by page the sentences in brief."""

    charts: list[Chart]
    briefs: dict[str, list[str]]
    scenario: dict[str, Any] | None  # what the scenario model is given on its page


def read(stage: Path) -> Shown:
    """Return what the notebooks that are rendered show, in the order of pages and cells.

    UserError where two charts of a page have one address.
    """
    charts, briefs, scenario = [], {}, None
    for path in sorted(stage.rglob("*.ipynb")):
        page = path.relative_to(stage).with_suffix("").as_posix()
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            outputs = cell.get("outputs", ())
            shown = "".join("".join(output.get("data", {}).get("text/html", "")) for output in outputs)
            charts += _charts_of(page, shown)
            if brief := _BRIEF.search(shown):
                briefs.setdefault(page, [_words(item) for item in _ITEM.findall(brief[0])])
            if given := _SCENARIO.search(shown):
                _, text = json.loads(given[1])
                scenario = json.loads(text.removeprefix("var scenarioData = ").rstrip(";\n"))
    for (page, place), number in Counter((chart.page, chart.place) for chart in charts).items():
        if number > 1:
            raise UserError(
                f"{page}: two charts have the address #{place}. Give one of them another title or name."
            )
    return Shown(charts, briefs, scenario)


def _charts_of(page: str, shown: str) -> Iterator[Chart]:
    for part, before, found, after in _in_parts(shown):
        titles, tables, model = _TITLE.findall(before), _CSV.findall(after), _MODEL.match(part)
        yield Chart(
            page,
            found["place"],
            _title(titles) or html.unescape(found["alt"]),
            html.unescape(found["alt"]),
            list(dict.fromkeys(map(html.unescape, _SOURCE.findall(_HIDDEN.sub("", part))))),
            Json(_PLACE.sub("", found["spec"])),
            json.loads(tables[0]) if tables else "",
            model[1] if model else "",
        )


def _title(before: list[tuple[str, str, str]]) -> str:
    """Return the title of a chart: the finding, and of several under one finding also what this one shows.

    before: tag, kind and markup of what stands before it as a title. "" where nothing does.

    >>> _title([("p", "says", "It rises"), ("p", "kicker", "Year by year"), ("p", "kicker", "By cause")])
    'It rises: By cause'
    """
    last = {kind: _words(markup) for _, kind, markup in before}
    return ": ".join(last[kind] for kind in ("says", "kicker") if kind in last)


def _in_parts(shown: str) -> Iterator[tuple[str, str, re.Match, str]]:
    """Give each chart with its figure, and what stands in that before it and up to the next chart."""
    for figure_and_after in _PARTS.split(shown):
        part = _figure(figure_and_after)
        found = list(_CHART.finditer(part))
        ends = [chart.start() for chart in found[1:]] + [len(part)]
        for chart, end in zip(found, ends, strict=False):  # no chart, no end
            yield part, part[: chart.start()], chart, part[chart.end() : end]


def _figure(part: str) -> str:
    """Return a figure or a model without what follows it on the page, whose sources are not its own.

    >>> _figure("<figure>chart</figure><p>next</p>")
    '<figure>chart</figure>'
    """
    tag = next((tag for tag in ("figure", "section") if part.startswith(f"<{tag}")), None)
    if tag is None:  # a chart without a figure
        return part
    figure, closing, _ = part.partition(f"</{tag}>")
    return figure + closing


def _words(markup: str) -> str:
    return html.unescape(curly(re.sub(r"<[^>]+>", "", markup)))


def data(table: str) -> tuple[list[str], list[list[Any]]]:
    r"""Return the columns and rows of the CSV under a chart.

    A column of numbers alone holds numbers, and null where a cell is empty.

    >>> data("code,t\n0101,1.5\n'=x,\n")
    (['code', 't'], [['0101', 1.5], ['=x', None]])
    """
    if not table:
        return [], []
    columns, *rows = csv.reader(io.StringIO(table))
    cells = [_numbers(column) for column in zip(*rows, strict=True)]
    return columns, [list(row) for row in zip(*cells, strict=True)]


def _numbers(column: tuple[str, ...]) -> list[Any]:
    if any(column) and all(_NUMBER.fullmatch(cell) for cell in column if cell):
        return [json.loads(cell) if cell else None for cell in column]
    return [cell[1:] if _GUARDED.match(cell) else cell or None for cell in column]
