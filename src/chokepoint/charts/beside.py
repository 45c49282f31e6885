"""Names beside the points of a chart, where they have room.

Where each stands is worked out here, for some widths of the column: what does not meet at one of them does
not at any greater, which only moves points apart. How wide words are is reckoned as in `narrow`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import altair as alt

from chokepoint.charts.layout import haloed
from chokepoint.charts.narrow import ENDS, LETTER, NARROWEST, SIZE
from chokepoint.charts.theme import INK

COLUMNS = (NARROWEST, *ENDS)  # px, of the columns for which room is looked for
EDGE = 16  # px, by which a plot is narrower than its column
_WIDEST = 100_000  # px, of no column at all
_GAP = 4  # px, between a point and its name, and after a name


@dataclass(frozen=True)
class Box:
    """What takes room in a plot: around a place that moves with the plot's width.

    share: where that place is, of the width, 0 to 1. left, right: from there [px], left 0 or less and right 0
    or more. top, bottom: from the plot's top [px].
    """

    share: float
    left: float
    right: float
    top: float
    bottom: float

    def meets(self, other: "Box", width: float) -> bool:
        """Whether two boxes overlap in a plot of a width [px].

        >>> name, point = Box(0.1, 0, 80, 0, 14), Box(0.3, -6, 6, 2, 14)
        >>> name.meets(point, 300), name.meets(point, 500)
        (True, False)
        """
        apart = (other.share - self.share) * width
        return (
            self.left < apart + other.right
            and apart + other.left < self.right
            and self.top < other.bottom
            and other.top < self.bottom
        )

    def free(self, others: Iterable["Box"], width: float) -> bool:
        """Whether the box stands in a plot of a width [px] and meets none of the others there."""
        begins, ends = (self.share * width + side for side in (self.left, self.right))
        return begins >= 0 and ends <= width and not any(self.meets(other, width) for other in others)


@dataclass(frozen=True)
class Named:
    """A point: share as in `Box`, down [px from the top], name ("" for none), half its size [px]."""

    share: float
    down: float
    name: str
    half: float

    def box(self, more: float = 0) -> Box:
        """Return the room of the point itself; more: of what stands over and under it [px]."""
        tall = self.half + more
        return Box(self.share, -self.half, self.half, self.down - tall, self.down + tall)

    def ways(self) -> list[tuple[Box, dict]]:
        """Where its name may stand, best first: the room it takes, and how the words are set there."""
        long, tall = words(self.name), SIZE / 2
        away, up, half = self.half + _GAP, self.half + 1 + tall, long / 2

        def way(align: str, left: float, right: float, dx: float, dy: float) -> tuple[Box, dict]:
            box = Box(self.share, left, right, self.down + dy - tall, self.down + dy + tall)
            return box, {"align": align, "dx": dx, "dy": dy}

        return [
            way("left", 0, away + long + _GAP, away, 0),
            *[way("center", -half - _GAP, half + _GAP, 0, dy) for dy in (-up, up)],
            way("right", -away - long - _GAP, 0, -away, 0),
            *[way("left", -self.half, long + _GAP, -self.half, dy) for dy in (-up, up)],
            *[way("right", -long - _GAP, self.half, self.half, dy) for dy in (-up, up)],
        ]


def words(text: str, size: float = SIZE) -> float:
    """Return how wide a text is in a wide font [px]. size: of its letters [px]."""
    return LETTER * size * len(text)


def placed(points: Sequence[Named], taken: Iterable[Box] = ()) -> list[dict]:
    """Say where names stand: point, its number; align, dx, dy [px]; least, below, the columns [px] in which.

    A name that would meet a point, another name or what is `taken` goes to another side of its point, and
    in columns where none is free it is left out. A side is better where no other point is over or under the
    name, which could be its own. What comes first in `points` is placed first.

    >>> points = [Named(0.1, 20, "EU memorandum", 6), Named(0.5, 20, "India", 6), Named(0.6, 20, "", 6)]
    >>> [(p["point"], p["align"], p["dx"], p["least"], p["below"]) for p in placed(points)]
    [(0, 'left', 10, 310, 100000), (1, 'center', 0, 310, 680), (1, 'left', 10, 680, 100000)]
    >>> placed([Named(0.5, 20, "no room at all", 6)], [Box(0, 0, 2000, 0, 40)])
    []
    """
    fixed = [*taken]
    boxes, around = ([point.box(more) for point in points] for more in (0, SIZE))
    found: list[dict] = []
    for least, below in pairwise((*COLUMNS, _WIDEST)):
        held = [*fixed]
        for i, point in enumerate(points):
            tries = (
                way
                for near in (around, boxes)
                for way in point.ways()
                if way[0].free([*held, *near[:i], *near[i + 1 :]], least - EDGE)
            )
            way = next(tries, None) if point.name else None
            if way is None:
                continue
            held.append(way[0])
            place = {"point": i} | way[1]
            same = next((p for p in found if p["below"] == least and place.items() <= p.items()), None)
            if same:
                same["below"] = below
            else:
                found.append(place | {"least": least, "below": below})
    return found


def beside(chart: alt.Chart, name: str) -> tuple[alt.Chart, alt.Chart]:
    """Draw names where `placed` says, over what runs behind them.

    chart: of rows with what `placed` gives. name: the column of the names.
    """
    style = {at: alt.ExprRef(f"datum.{at}") for at in ("align", "dx", "dy")}
    return haloed(
        chart.transform_filter("cp_column >= datum.least && cp_column < datum.below")
        .mark_text(baseline="middle", color=INK, **style)
        .encode(text=alt.Text(f"{name}:N"))
    )
