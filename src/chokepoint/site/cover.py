"""The figure on the first page: for each mineral, China's and the bloc's share of the world's output."""

import pandas as pd
from markupsafe import Markup

from chokepoint.analysis import supply
from chokepoint.data import tables
from chokepoint.pages.amounts import share
from chokepoint.pages.markup import macros
from chokepoint.site.settings import minerals_with_page

_WIDTH, _HALF = 1000, 100  # of the drawing; each half is 100%
_template = macros("cover")
VIEW = f"0 0 {_WIDTH} {2 * _HALF + 8}"


def cover(release: str) -> Markup:
    """Draw a column a mineral, sorted by China's share: China's upwards, the bloc's downwards.

    The shares are those at the last step that has figures.
    """
    shares = _last_step(release)
    most = int((shares.china > 50).sum())
    alt = (
        f"{len(shares)} minerals in a row. China makes more than half of {most} of them; "
        f"the bloc makes more than half of {int((shares.inside > 50).sum())}."
    )
    return _template.cover(
        columns(release), VIEW, alt, shares.name.iloc[0], shares.name.iloc[-1], len(shares)
    )


def columns(release: str) -> Markup:
    """Draw the columns themselves, without their frame."""
    shares = _last_step(release)
    step = _WIDTH / max(len(shares), 1)  # a book of other pages has none
    rows = [
        row
        | {"x": i * step, "width": step * 0.72}
        | {"title": f"{_counted(row)}: China {share(row['china'])}, bloc {share(row['inside'])}"}
        for i, row in enumerate(shares.to_dict("records"))
    ]
    return _template.columns(rows, _HALF)


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
