"""A chart with all that a reader needs beside it: finding, picture, alt text, numbers, sources."""

import base64
import copy
import html
import os
import re
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import altair as alt
import pandas as pd

from chokepoint.charts.embedded import embedded
from chokepoint.charts.theme import themed
from chokepoint.data import tables

RENDER = "CHOKEPOINT_RENDER"  # set while the book is rendered; without it a kernel is live


def printing() -> bool:
    """Whether a page is being printed (rather than read in a live kernel)."""
    return bool(os.environ.get(RENDER))


def figure(
    chart: alt.TopLevelMixin, *, says: str, alt_text: str, table: pd.DataFrame, sources: Iterable[str] = ()
) -> "Figure":
    """Wrap a chart.

    says: the title, which states the finding. alt_text: what the picture shows, for those who do not see it.
    table: the numbers drawn, as the reader may view and save them. sources: ids of `sources`; by default those in
    the table's own `source_id` column, which is then not shown.
    """
    ids = list(sources) or sorted(table["source_id"].dropna().unique())
    return Figure(chart, says, alt_text, table.drop(columns="source_id", errors="ignore"), tuple(ids))


@dataclass(frozen=True)
class Figure:
    """See `figure`; prints itself for the page, or as a widget in a live kernel."""

    chart: alt.TopLevelMixin | dict  # a dictionary: Vega-Lite that is in the book's look already
    says: str
    alt_text: str
    table: pd.DataFrame
    sources: Sequence[str] | None  # None: the data name none

    def _repr_mimebundle_(self, include=None, exclude=None) -> dict:
        if printing():
            return {"text/html": self.to_html(), "text/plain": f"{self.says}. {self.alt_text}"}
        return self.kept(self.widget())

    def kept(self, widget) -> dict:
        """What a notebook keeps of a cell that shows this figure in `widget`."""
        from chokepoint.pages.components.live_chart import bundle

        return bundle(widget, self.says, self.alt_text, self._spec)

    @cached_property
    def _spec(self) -> dict:
        return self.chart if isinstance(self.chart, dict) else themed(self.chart)

    def widget(self, before: str = "", after: str = ""):
        """The figure in a live kernel: finding, chart, sources, and the numbers to look at and to save. before, after: HTML around it."""
        import ipywidgets as widgets

        from chokepoint.pages.components.live_chart import live_chart

        above = f"{before}<b>{html.escape(self.says)}</b>"
        below = f"<small>{source_line(self.sources)}</small>{live_numbers(self.table, self.says)}{after}"
        chart = live_chart(self._spec, self.alt_text)
        return widgets.VBox([widgets.HTML(plain_links(above)), chart, widgets.HTML(plain_links(below))])

    def to_html(self) -> str:
        """The figure as the page prints it; the chart's Vega-Lite waits in a script element for the printer to compile."""
        spec = copy.deepcopy(self._spec)  # `canvas` says in it where selects stand
        picture = canvas(spec, self.alt_text)
        if (
            spec.get("width") != "container"
        ):  # of a width of its own: where that is more than there is room for, it is moved sideways
            picture = (
                f'<div class="cp-wide" tabindex="0" role="region" aria-label="A wide chart">{picture}</div>'
            )
        label = "Numbers, for every choice" if "cp-selects" in picture else "Numbers"
        return (
            '<figure class="cp-figure">'
            f'<figcaption class="cp-says">{unbroken(self.says)}</figcaption>'
            f'{picture}<p class="cp-source">{source_line(self.sources)}</p>{numbers(self.table, label)}</figure>'
        )


def unbroken(says: str) -> str:
    """A title as HTML, in which no line ends between a number and its per cent.

    >>> unbroken("5 % & more")
    '5&nbsp;% &amp; more'
    """
    return html.escape(says).replace(" %", "&nbsp;%")


def canvas(spec: dict, alt_text: str, still: dict | None = None) -> str:
    """The place where the browser draws `spec`. Its selects, if it has any, stand before it: nothing within an image can be operated.

    still: the same chart with the page's own settings worked out, where only a browser can draw `spec`; its height is measured by it.
    """
    name = f"{zlib.crc32(alt_text.encode()):08x}"
    place = f"cp-selects-{name}"
    bound = [
        p["bind"] for p in spec.get("params", []) if isinstance(p.get("bind"), dict) and "input" in p["bind"]
    ]
    for bind in bound:
        bind["element"] = f"#{place}"
    selects = f'<div class="cp-selects" id="{place}">{"".join(map(_waiting, bound))}</div>' if bound else ""
    return (
        f'{selects}<div class="cp-chart" id="chart-{name}" role="img" aria-label="{html.escape(alt_text)}"></div>'
        f'<script type="application/vnd.vegalite+json">{embedded(spec)}</script>'
        + (
            f'<script type="application/vnd.vegalite+json" class="cp-still">{embedded(still)}</script>'
            if still
            else ""
        )
    )


def _waiting(bind: dict) -> str:
    """A select as wide and high as the one that will stand in its place once the chart is drawn."""
    widest = max(map(str, bind.get("labels", bind["options"])), key=len)
    return (
        f'<div class="vega-bind"><label><span class="vega-bind-name">{html.escape(bind["name"])}</span>'
        f"<select disabled><option>{html.escape(widest)}</option></select></label></div>"
    )


def numbers(table: pd.DataFrame, label: str = "Numbers") -> str:
    """The numbers under a chart, folded away, with a button that saves them as CSV."""
    return (
        f'<details class="cp-numbers"><summary>{label}</summary>'
        f'<div class="cp-scroll" tabindex="0" role="region" aria-label="Numbers of this chart">{_body(table)}</div>'
        f'<button type="button" class="cp-save">Save as CSV</button>'
        f'<script type="application/json" class="cp-csv">{embedded(safe_csv(table))}</script></details>'
    )


def _body(table: pd.DataFrame) -> str:
    return table.to_html(
        index=False,
        border=0,
        na_rep="–",
        classes="cp-table",
        escape=True,
        justify="unset",
        float_format=lambda x: f"{x:,.4g}" if abs(x) < 1000 else f"{x:,.0f}",
    )


def safe_csv(table: pd.DataFrame) -> str:
    """CSV whose text cells no spreadsheet takes for a formula.

    >>> safe_csv(pd.DataFrame({"name": ["=1+1", "Peru"], "t": [-1, 2]}))
    "name,t\\n'=1+1,-1\\nPeru,2\\n"
    """
    text = table.select_dtypes(include=["str", "object"]).columns
    guard = {
        c: table[c].map(
            lambda v: f"'{v}" if isinstance(v, str) and v[:1] in ("=", "+", "-", "@", "\t", "\r") else v
        )
        for c in text
    }
    return table.assign(**guard).to_csv(index=False, lineterminator="\n")


def source_line(ids: Iterable[str] | None) -> str:
    """Sources as links to their rows on the sources page; several documents of a publisher's year are counted, not repeated.

    None: the data name no source at all.
    """
    if ids is None:
        return "Source: not named in the data of this chart."
    documents: dict[str, list[str]] = {}
    for source in ids:
        row = tables.row("sources", source_id=source)
        year = f", {str(row['date'])[:4]}" if pd.notna(row["date"]) else ""
        documents.setdefault(f"{row['publisher']}{year}", []).append(source)
    said = [_documents(label, sources) for label, sources in documents.items()]
    if not said:
        return "No source: every setting here is an assumption."
    return f"Source{'s' if len(said) > 1 else ''}: {'; '.join(said)}."


def _documents(label: str, sources: list[str]) -> str:
    first, *others = (link("sources", f"source-{s}") for s in sources)
    more = "".join(f' <a href="{address}">[{i}]</a>' for i, address in enumerate(others, 2))
    return f'<a href="{first}">{html.escape(label)}</a>{more}'


def link(page: str, anchor: str = "") -> str:
    """Address of a page of the book, from any page of it: `cp:` is turned into a relative path when the page is printed."""
    return f"cp:{page}" + (f"#{anchor}" if anchor else "")


def live_csv(table: pd.DataFrame, name: str) -> str:
    """A link that saves a table from a notebook, with no server: the file is in the link."""
    inside = base64.b64encode(safe_csv(table).encode("utf-8-sig")).decode()
    file = re.sub(r"\W+", "-", name.lower()).strip("-")[:60]
    return (
        f'<p><a class="cp-save" download="{file}.csv" href="data:text/csv;base64,{inside}">Save CSV</a></p>'
    )


def live_numbers(table: pd.DataFrame, name: str) -> str:
    """The numbers of a chart in a notebook, folded away, and a link that saves them."""
    return f"<details><summary>Numbers</summary>{_body(table)}</details>{live_csv(table, name)}"


def live_html(text: str) -> str:
    """HTML as a notebook may show it: without the links that only the printed book can follow, and with no money read as mathematics.

    JupyterLab takes what stands between two dollar signs for a formula, in HTML too, save in elements of these classes.
    """
    return f'<div class="mathjax_ignore tex2jax_ignore">{plain_links(text)}</div>'


def plain_links(text: str) -> str:
    """HTML without the links that only the printed book can follow.

    >>> plain_links('Source: <a href="cp:sources#S1">USGS</a>.')
    'Source: USGS.'
    """
    return re.sub(r'<a\b[^>]*href="cp:[^>]*>(.*?)</a>', r"\1", text)
