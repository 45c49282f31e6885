"""What charts of several kinds share: rows under their names, pixels, keys, tooltips, selects."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt
import pandas as pd

from chokepoint.charts.narrow import SIZE, raised, two_lines
from chokepoint.charts.theme import GRID, INK, PAPER, SOFT, in_turn

NARROW = "cp_column < 560"
ALL = "all"
WIDTH = alt.ExprRef("width")
NOTHING = {"values": [{}]}  # the data of a mark that is drawn once, of parameters


# --- rows


@dataclass(frozen=True)
class Rows:
    """Rows from top to bottom, counted from 0 in the column `at`; the name of each stands above its mark.

    count: number of rows, more where some stand further apart. above, below: room over the first mark and
    under the last, in rows. padding: of the scale [px].
    """

    count: float
    above: float
    below: float = 0.5
    padding: float | alt.typing.Optional = alt.Undefined

    @property
    def foot(self) -> float:
        """The lower end of the rows."""
        return self.count - 1 + self.below

    def y(self, field: str = "at") -> alt.Y:
        """Encode the vertical place of a mark."""
        scale = alt.Scale(domain=[self.foot, -self.above], nice=False, padding=self.padding)
        return alt.Y(f"{field}:Q", axis=None, stack=None, scale=scale)

    def names(
        self, chart: alt.Chart, field: str, *, dy: float, size: float = SIZE, beside: float = 0, **style: Any
    ) -> alt.Chart:
        """Draw the names, in two lines where the column is too narrow for one.

        field: a column of `chart`, which has one row a name. dy: offset [px]. size: of the letters [px].
        beside: what else stands in the same line [px].
        """
        words = chart.transform_calculate(lines=two_lines(field, size, beside)).mark_text(
            **{"align": "left", "baseline": "bottom", "color": INK, "limit": WIDTH} | style,
            dy=raised(field, dy, size, beside),
        )
        return words.encode(alt.XValue(0), self.y(), text=alt.Text("lines:N"))

    def lines(self, chart: alt.Chart) -> alt.Chart:
        """Draw a thin line under each name, across the chart."""
        return chart.mark_rule(color=GRID).encode(alt.XValue(0), alt.X2Value(WIDTH), self.y())

    def level(
        self, x: alt.X, value: float, pieces: Iterable[tuple[float, float]], label: str, **style: Any
    ) -> list[alt.Chart]:
        """Draw a line down the rows, its label at the foot.

        pieces: (from, to), so that it crosses no name.
        """
        at = pd.DataFrame(pieces, columns=["up", "low"]).assign(level=value, label=label)
        x = x.copy()
        x.shorthand = "level:Q"
        return [
            alt.Chart(at).mark_rule(**style).encode(x, self.y("up"), alt.Y2("low:Q")),
            alt.Chart(at.tail(1).assign(low=self.foot))
            .mark_text(align="left", baseline="bottom", dx=6, color=SOFT)
            .encode(x, self.y("low"), text=alt.Text("label:N")),
        ]


def numbered(
    rows: pd.DataFrame, column: str | None = None, order: Sequence[str] | None = None
) -> pd.DataFrame:
    """Return a table with the number of each row's line in `at`: its own, or that of its name in `column`.

    >>> numbered(pd.DataFrame({"row": ["b", "a", "b"]}), "row", ["a", "b"])["at"].tolist()
    [1, 0, 1]
    """
    return rows.assign(
        at=range(len(rows))
        if column is None
        else rows[column].map(list(order or first_seen(rows[column])).index)
    )


def first_seen(values: pd.Series) -> list:
    """Each value once, in the order of its first appearance."""
    return list(dict.fromkeys(values))


def named(order: Sequence[str], name: str = "row", places: Sequence[float] | None = None) -> alt.Chart:
    """Make a chart of the names of rows, for `Rows.names` where the marks have several rows a name.

    places: where each stands, by default one under the other.
    """
    rows = numbered(pd.DataFrame({name: list(order)}))
    return alt.Chart(rows if places is None else rows.assign(at=list(places)))


def names_beside(field: str, order: Sequence[str], *, limit: float = 150, **axis: Any) -> alt.Y:
    """Rows with their names beside them, in order."""
    axis = {"domain": False, "ticks": False, "labelColor": INK, "labelPadding": 6, "labelLimit": limit} | axis
    return alt.Y(f"{field}:N", sort=list(order), title=None, axis=alt.Axis(**axis))


# --- places in pixels


def px(field: str) -> alt.X:
    """Encode a place in pixels from the left, worked out in a column."""
    return alt.X(f"{field}:Q", scale=None, axis=None)


def py(field: str) -> alt.Y:
    """Encode a place in pixels from the top, worked out in a column."""
    return alt.Y(f"{field}:Q", scale=None, axis=None)


# --- colours, keys, tooltips


def palette(rows: pd.DataFrame, field: str, colours: Mapping[str, str] | None) -> dict[str, str]:
    """Colours of the values that a column has, in the order given; by default those of the book.

    >>> palette(pd.DataFrame({"kind": ["b", "a"]}), "kind", {"a": "red", "b": "blue", "c": "green"})
    {'a': 'red', 'b': 'blue'}
    """
    values = first_seen(rows[field])
    if colours is None:
        return in_turn(values)
    return {value: colour for value, colour in colours.items() if value in values}


def scale_of(values: Mapping[str, object]) -> alt.Scale:
    """Make a scale from names to what each is drawn with."""
    return alt.Scale(domain=list(values), range=list(values.values()))


def key(columns: int | tuple[int, int] | None = None, **legend: Any) -> alt.Legend:
    """Make a legend without a title. columns: of its entries, where the page is narrow and where wide."""
    if isinstance(columns, tuple):
        columns = alt.ExprRef(f"{NARROW} ? {columns[0]} : {columns[1]}")
    return alt.Legend(title=None, **{"columns": columns} if columns else {}, **legend)


def color(
    field: str, colours: Mapping[str, str], legend: alt.Legend | object | None = alt.Undefined
) -> alt.Color:
    """Colour by a column, with a legend above the plot."""
    return alt.Color(f"{field}:N", title=None, scale=scale_of(colours), legend=legend)


def tooltips(columns: Mapping[str, str | tuple[str, str | None]]) -> list[alt.Tooltip]:
    """Tooltips: column → its title; of a number, its title and format.

    >>> tooltips({"share": ("Share, %", ".1f")})[0].to_dict()
    {'field': 'share', 'format': '.1f', 'title': 'Share, %', 'type': 'quantitative'}
    """
    return [
        alt.Tooltip(f"{field}:N", title=title)
        if isinstance(title, str)
        else alt.Tooltip(f"{field}:Q", title=title[0], format=title[1] or alt.Undefined)
        for field, title in columns.items()
    ]


def capitalised(*columns: str) -> list[alt.Tooltip]:
    """Tooltips titled by the names of their columns."""
    return tooltips({column: column.capitalize() for column in columns})


def haloed(words: alt.Chart) -> tuple[alt.Chart, alt.Chart]:
    """Words, over the same in the paper's colour and thicker: what runs behind does not cross them."""
    edge = words.copy(deep=True)
    edge.mark = words.mark.copy(deep=True)
    for name, value in {"stroke": PAPER, "strokeWidth": 4, "strokeJoin": "round", "color": PAPER}.items():
        edge.mark[name] = value
    return edge, words


# --- time


def in_utc(frame: pd.DataFrame, *columns: str) -> pd.DataFrame:
    """Return a table whose days are moments of UTC: the same days on a scale of type utc, wherever one is.

    >>> in_utc(pd.DataFrame({"day": ["2026-02-04", None]}), "day").day[0].isoformat()
    '2026-02-04T00:00:00+00:00'
    """
    return frame.assign(**{column: pd.to_datetime(frame[column], utc=True) for column in columns})


def time(field: str, start: str, end: str, **axis: Any) -> alt.X:
    """Encode an axis of time above the plot, from one ISO date to another, both in UTC."""
    scale = alt.Scale(
        type="utc", domain=[pd.Timestamp(day).timestamp() * 1000 for day in (start, end)], nice=False
    )
    return alt.X(f"{field}:T", title=None, scale=scale, axis=alt.Axis(grid=True, orient="top", **axis))


# --- what the reader chooses


def select(name: str, label: str, options: Iterable, value: Any = None) -> alt.Parameter:
    """Make a select.

    options: values, or value → what the select calls it. value: at first, by default the first option.
    """
    labels = {"labels": list(options.values())} if isinstance(options, Mapping) else {}
    bind = alt.binding_select(options=list(options), name=f"{label} ", **labels)
    return alt.param(name=name, value=next(iter(options)) if value is None else value, bind=bind)


def click_on(field: str) -> str:
    """Return the event of a click on a mark whose row has `field`; one beside it changes nothing.

    >>> click_on("iso3")
    'click[event.item && event.item.datum && event.item.datum.iso3]'
    """
    return f"click[event.item && event.item.datum && event.item.datum.{field}]"


def choice(
    name: str, field: str, on: str, options: Mapping[str, str], start: str, label: str
) -> alt.Parameter:
    """One row is chosen, always: by a click on a mark that has the column `on`, or in a select.

    options: value of `field` → what the select calls it. In expressions the choice is `name.field[0]`.
    """
    return alt.selection_point(
        name=name,
        fields=[field],
        on=click_on(on),
        clear=False,
        empty=False,
        toggle=False,
        value=[{field: start}],
        bind=alt.binding_select(options=list(options), labels=list(options.values()), name=f"{label} "),
    )
