"""The figure on the first page: for each mineral, how much of the world's output China has and how much the bloc."""

import html

import pandas as pd

from chokepoint import tables
from chokepoint.charts.figure import link
from chokepoint.measures import supply
from chokepoint.prose.amounts import share

_WIDTH, _HALF = 1000, 100  # of the drawing; each half is 100 %
VIEW = f"0 0 {_WIDTH} {2 * _HALF + 8}"


def cover(release: str) -> str:
    """A column a mineral, sorted by China's share: China's upwards, the bloc's downwards, at the last step that has figures."""
    shares = _last_step(release)
    most = int((shares.china > 50).sum())
    alt = f"{len(shares)} minerals in a row. China makes more than half of {most} of them; the bloc makes more than half of {int((shares.inside > 50).sum())}."
    first, last = (html.escape(shares.name.iloc[i]) for i in (0, -1))
    return (
        f'<figure class="cp-cover"><svg viewBox="{VIEW}" role="img" aria-label="{alt}" preserveAspectRatio="none">'
        f"{columns(release)}</svg><p><span>{first}</span><span>{last}</span></p>"
        f'<figcaption><span class="cp-china">China’s</span> share of world output upwards, the <span class="cp-bloc">bloc’s</span> downwards, '
        f'each of the {len(shares)} <a href="{link("minerals")}">minerals</a> at the last step that has figures.</figcaption></figure>'
    )


def columns(release: str) -> str:
    """The drawing itself, without its frame."""
    shares = _last_step(release)
    step = _WIDTH / len(shares)
    return "".join(_column(i * step, step * 0.72, row) for i, row in enumerate(shares.to_dict("records")))


def _last_step(release: str) -> pd.DataFrame:
    """name, china, inside [%] of each listed mineral that has both, at the refinery where there are figures, else at the mine."""
    names = (
        tables.load("minerals")
        .query("listed_2025 or mineral == 'rare_earths'")
        .set_index("mineral")
        .name.str.split(" (", regex=False)
        .str[0]
    )
    known = supply.summary(release).dropna(subset=["china", "inside"]).reset_index()
    known = known[known.mineral.isin(names.index)].sort_values("step").drop_duplicates("mineral", keep="last")
    return known.assign(name=known.mineral.map(names), product=known.what.map(supply.label)).sort_values(
        ["china", "name"], ascending=[False, True], ignore_index=True
    )


def _column(x: float, width: float, row: dict) -> str:
    counted = row["product"] if " with " in row["product"] else row["name"]  # refined graphite includes synthetic
    title = f"{counted}: China {share(row['china'])}, bloc {share(row['inside'])}"
    return (
        f"<g><title>{html.escape(title)}</title>"
        f'<rect class="cp-china" x="{x:.1f}" y="{_HALF - row["china"]:.1f}" width="{width:.1f}" height="{row["china"]:.1f}"/>'
        f'<rect class="cp-bloc" x="{x:.1f}" y="{_HALF + 8}" width="{width:.1f}" height="{row["inside"]:.1f}"/></g>'
    )
