"""The figure on the first page: for each mineral, China's and the bloc's share of the world's output.

Bars are drawn in a picture that is stretched to its place, names in pixels beside them; where a name would
meet another is reckoned for the smallest phone, since wider places only move names apart.
"""

import pandas as pd
from markupsafe import Markup

from chokepoint.analysis import supply
from chokepoint.charts.narrow import LETTER
from chokepoint.data import tables
from chokepoint.pages.amounts import in_words, share
from chokepoint.pages.markup import link, macros
from chokepoint.site.settings import minerals_with_page

_WIDTH, _HALF, _BETWEEN = 1000, 100, 8  # of the drawing; each half is 100%
_DRAWN = 2 * _HALF + _BETWEEN
_HEAD, _BODY = 27, 63  # of the picture, %: the room of names over the bars, and the bars
_PLACE, _TALL = 270, 184  # px, of the picture on the smallest phone
_SIZE, _LINE = 13, 18  # px, of the letters, and from one name to the next
_RIGHTMOST = 0.7  # of the width: a name that begins further right could stand out
# Those that many readers know, well apart along the bars; the first bar has its name anyhow.
_KNOWN = ("rare_earths", "cobalt", "copper", "tin", "lithium", "nickel")
_template = macros("cover")
VIEW = f"0 0 {_WIDTH} {_DRAWN}"


def cover(release: str) -> Markup:
    """Draw a column a mineral, sorted by China's share: China's upwards, the bloc's downwards.

    The shares are those at the last step that has figures. Each column leads to the page of its mineral.
    """
    shares = _last_step(release)
    most, inside = int((shares.china > 50).sum()), int((shares.inside > 50).sum())
    title = f"China makes over half of {most} of {len(shares)} minerals, the bloc {in_words(inside)}"
    return _template.cover(
        columns(release, linked=True), VIEW, (_HEAD, _BODY), title, len(shares), _names(shares)
    )


def columns(release: str, linked: bool = False) -> Markup:
    """Draw the columns themselves, without their frame."""
    shares = _last_step(release)
    step = _WIDTH / max(len(shares), 1)  # a book of other pages has none
    rows = [
        row
        | {"x": i * step, "step": step, "width": step * 0.72}
        | {"title": f"{_counted(row)}: China {share(row['china'])}, bloc {share(row['inside'])}"}
        | {"link": link(f"minerals/{row['mineral']}") if linked else ""}
        for i, row in enumerate(shares.to_dict("records"))
    ]
    return _template.columns(rows, _HALF, _BETWEEN, _DRAWN)


def _names(shares: pd.DataFrame) -> list[dict]:
    """Return the names that stand in the picture, from left to right, with what `cover.html` draws.

    They are that of the largest share of China, well-known ones, and under its column that of the bloc's
    largest share.
    """
    if shares.empty:
        return []
    rows = shares.assign(x=shares.index / len(shares), width=0.72 / len(shares)).set_index(
        "mineral", drop=False
    )
    chosen = rows.head(1).to_dict("records")
    for mineral in _KNOWN:
        if mineral in rows.index and rows.x[mineral] < _RIGHTMOST:
            more = sorted([*chosen, rows.loc[mineral].to_dict()], key=lambda row: row["x"])
            chosen = more if mineral != chosen[0]["mineral"] and _stacked(more) else chosen
    top = rows.loc[rows.inside.idxmax()]
    return [*(_stacked(chosen) or []), _of_bloc(top)]


def _stacked(rows: list[dict]) -> list[dict] | None:
    """Return names over their columns, each raised over those at its right that it would meet; None: no room.

    rows: name, china [%] and x [of the width], from left to right.

    >>> rows = [{"name": "Tin", "china": 99, "x": 0}, {"name": "Lead", "china": 98, "x": 0.05}]
    >>> [name["down"] for name in _stacked(rows)]
    [-21.4, -4.0]
    """
    names: list[dict] = []
    for row in reversed(rows):
        name, value = row["name"], share(row["china"])
        left = row["x"] * _PLACE
        right = left + LETTER * _SIZE * (len(name) + len(value) + 2)
        top = _down(_HALF - row["china"])
        own = top / 100 * _TALL - 4
        foot = min([own, *(n["foot"] - _LINE for n in names if n["left"] < right and left < n["right"])])
        if foot < _SIZE:
            return None
        names.append(
            {"name": name, "value": value, "kind": "china", "x": 100 * row["x"], "y": top, "end": False}
            | {"down": round(foot - own - 4, 1), "raised": foot < own}
            | {"left": left, "right": right, "foot": foot}
        )
    return names[::-1]


def _of_bloc(row: pd.Series) -> dict:
    """Return the name under a column of the bloc."""
    end = bool(row.x > 0.5)
    return {
        "name": row["name"],
        "value": share(row.inside),
        "kind": "bloc",
        "x": 100 * (row.x + (row.width if end else 0)),
        "y": _down(_HALF + _BETWEEN + row.inside),
        "end": end,
        "down": _SIZE,
        "raised": False,
    }


def _down(units: float) -> float:
    """Return how far down a place of the drawing is in the picture [%]."""
    return _HEAD + _BODY * units / _DRAWN


def _last_step(release: str) -> pd.DataFrame:
    """Return name, china, inside [%] of each mineral with a page that has both.

    They are at the refinery where there are figures, else at the mine.
    """
    names = (
        tables.rows("minerals", mineral=minerals_with_page(tables.home() / "book"))
        .set_index("mineral")
        .name.str.split(" (", regex=False)
        .str[0]
    )
    known = supply.summary(release).dropna(subset=["china", "inside"]).reset_index()
    known = known[known.mineral.isin(names.index)].sort_values("step").drop_duplicates("mineral", keep="last")
    return known.assign(name=known.mineral.map(names), product=known.what.map(supply.label)).sort_values(
        ["china", "name"], ascending=[False, True], ignore_index=True
    )


def _counted(row: dict) -> str:
    """Name the mineral, or the product where more is counted in it: refined graphite includes synthetic."""
    return row["product"] if " with " in row["product"] else row["name"]
