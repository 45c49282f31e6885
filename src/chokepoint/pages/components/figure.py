"""A chart with all that a reader needs beside it: finding, picture, alt text, numbers, sources."""

import base64
import copy
import re
import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import altair as alt
import pandas as pd
from markupsafe import Markup

from chokepoint.charts.theme import themed
from chokepoint.data import tables
from chokepoint.errors import UserError
from chokepoint.pages.components.base import Component
from chokepoint.pages.markup import for_notebook, macros

if TYPE_CHECKING:  # it is imported where a live kernel shows something
    from ipywidgets import Widget

_template = macros("figure")
MOST_ROWS = 200  # of a chart's numbers on its page


def figure(
    chart: alt.TopLevelMixin,
    *,
    title: str,
    alt_text: str,
    table: pd.DataFrame,
    sources: Iterable[str] = (),
    subtitle: str = "",
    name: str = "",
) -> "Figure":
    """Wrap a chart.

    title: the finding, as a sentence. alt_text: what the picture shows, for those who do not see it.
    table: the numbers drawn, as the reader may view and save them. sources: ids of `sources`; by default
    those in the table's own `source_id` column, which is then not shown. subtitle: what is counted, in which
    unit, year and place. name: its part of the address, by which others link to it and show it in their own
    pages: it stays the same whatever the data say; by default it is made from the title. UserError where
    neither table nor `sources` names a source.
    """
    if not sources and "source_id" not in table:
        raise UserError(f'The figure "{title}" has no source: give its table a column source_id, or sources.')
    ids = list(sources) or sorted(table["source_id"].dropna().unique())
    numbers = table.drop(columns="source_id", errors="ignore")
    return Figure(chart, title, alt_text, numbers, tuple(ids), subtitle, name)


@dataclass(frozen=True)
class Figure(Component):
    """See `figure`."""

    chart: alt.TopLevelMixin | dict  # a dictionary: Vega-Lite that is in the book's look already
    title: str
    alt_text: str
    table: pd.DataFrame
    sources: Sequence[str] | None  # None: the data name none
    subtitle: str = ""
    name: str = ""
    within: str = ""  # the part of the page that it belongs to, which its address then begins with

    @property
    def anchor(self) -> str:
        """Where on its page it stands."""
        return anchor(self.name or slug(self.title), self.within)

    @property
    def text(self) -> str:
        """See `Component`."""
        return f"{self.title}. {self.alt_text}"

    def still(self) -> dict:
        """See `Component`."""
        return self._spec

    @cached_property
    def _spec(self) -> dict:
        return self.chart if isinstance(self.chart, dict) else themed(self.chart)

    def widget(self) -> "Widget":
        """Show the finding, the chart, its sources, and the numbers to look at and to save."""
        import ipywidgets as widgets

        from chokepoint.pages.components.live_chart import live_chart

        below = _template.small(source_line(self.sources)) + live_numbers(self.table, self.title)
        return widgets.VBox(
            [
                widgets.HTML(_template.title(self.title) + _template.subtitle(self.subtitle)),
                live_chart(self._spec, self.alt_text),
                widgets.HTML(for_notebook(below)),
            ]
        )

    def html(self) -> Markup:
        """Return the figure on the page; its Vega-Lite waits in a script element to be compiled."""
        spec = copy.deepcopy(self._spec)  # `canvas` writes in it where selects stand
        picture = canvas(spec, self.alt_text, self.anchor)
        label = "Numbers, for every choice" if "cp-selects" in picture else "Numbers"
        # One of a width of its own is moved sideways where that is more than there is room for.
        wide = spec.get("width") != "container"
        return _template.figure(
            self.title, picture, wide, source_line(self.sources), numbers(self.table, label), self.subtitle
        )


def slug(text: str) -> str:
    """Return words as a part of an address.

    >>> slug("Mean of price, US$ by year")
    'mean-of-price-us-by-year'
    """
    return re.sub(r"[^a-z0-9]+", "-", text.lower())[:60].strip("-") or "figure"


def anchor(name: str, within: str = "") -> str:
    """Return the address on its page of the chart with a name.

    >>> anchor("price_floor"), anchor("prices", "terbium")
    ('chart-price_floor', 'terbium-chart-prices')
    """
    return f"{within}-chart-{name}" if within else f"chart-{name}"


def canvas(spec: dict, alt_text: str, place: str, still: dict | None = None) -> Markup:
    """Return the place where the browser draws `spec`.

    Its selects, if it has any, stand before it: nothing within an image can be operated.

    place: its address on the page, see `anchor`. still: the same chart with the page's own settings worked
    out, where only a browser can draw `spec`; its height is measured by it.
    """
    params = (p.get("bind") for p in spec.get("params", []))
    selects = [bind for bind in params if isinstance(bind, dict) and "input" in bind]
    for bind in selects:
        bind["element"] = f"#cp-selects-{place}"
    widest = [(bind["name"], max(map(str, bind.get("labels", bind["options"])), key=len)) for bind in selects]
    return _template.canvas(place, widest, alt_text, spec, still)


def numbers(table: pd.DataFrame, label: str = "Numbers") -> Markup:
    """Return the numbers under a chart, folded away, with a button that saves them as CSV.

    Of a longer table the first `MOST_ROWS` are shown: the rest is in the CSV.
    """
    left_out = len(table) > MOST_ROWS
    return _template.numbers(
        _body(table.head(MOST_ROWS)), safe_csv(table), label, (MOST_ROWS, len(table)) if left_out else None
    )


def _body(table: pd.DataFrame) -> Markup:
    return Markup(
        table.to_html(
            index=False,
            border=0,
            na_rep="–",
            classes="cp-table",
            escape=True,
            justify="unset",
            float_format=lambda x: f"{x:,.4g}" if abs(x) < 1000 else f"{x:,.0f}",
        )
    )


def safe_csv(table: pd.DataFrame) -> str:
    r"""Return CSV whose text cells no spreadsheet takes for a formula.

    >>> safe_csv(pd.DataFrame({"name": ["=1+1", "Peru"], "t": [-1, 2]}))
    "name,t\n'=1+1,-1\nPeru,2\n"
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
    """Return sources as links to their rows on the sources page.

    Of several documents of a publisher's year the later ones are named by their day, or by their title.

    None: the data name no source at all.
    """
    if ids is None:
        return "Source: not named in the data of this chart."
    documents: dict[str, list[tuple[str, str]]] = {}
    for source in ids:
        row = tables.row("sources", source_id=source)
        year = f", {str(row['date'])[:4]}" if pd.notna(row["date"]) else ""
        same = documents.setdefault(f"{row['publisher']}{year}", [])
        same.append((source, _link_text(row, [text for _, text in same])))
    if not documents:
        return "No source: every setting here is an assumption."
    return _template.source_line(documents)


def _link_text(source: pd.Series, taken: list[str]) -> str:
    """Return the day and month of a source, its title where it has none or another has the same."""
    day = str(source["date"])
    text = f"{pd.Timestamp(day):%-d %B}" if re.fullmatch(r"\d{4}-\d\d-\d\d", day) else ""
    return text if text and text not in taken else textwrap.shorten(source["title"], 60, placeholder=" …")


def save_link(table: pd.DataFrame, name: str) -> Markup:
    """Return a link that saves a table from a notebook, with no server: the file is in the link."""
    inside = base64.b64encode(safe_csv(table).encode("utf-8-sig")).decode()
    return _template.save(inside, re.sub(r"\W+", "-", name.lower()).strip("-")[:60])


def live_numbers(table: pd.DataFrame, name: str, label: str = "Numbers") -> Markup:
    """Show the numbers of a chart in a notebook, folded away, and a link that saves them."""
    return _template.live_numbers(_body(table), save_link(table, name), label)
