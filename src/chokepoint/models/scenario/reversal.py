"""The largest reversals along a path: more of a thing, later the contrary of what it does.

Within one month's market there are none. Over months there are, and rightly: people learn, build and leave.
LARGEST is the worst that a search over minerals, presets and the controls' steps found for each rule, among
minerals whose prices are shown; a test searches again.
"""

import calendar
from dataclasses import dataclass

import pandas as pd

from .inputs import YEARS
from .runner import run

LARGEST = {  # what is raised → mineral, members, from, to, all else that is chosen, the figure it moves
    "evasion": ("bismuth", "came", 0.0, 0.95, {"floor": 3.1, "cut": 0.85, "cut_from": 45}, "price_inside"),
    "cut": (
        "tungsten",
        "came",
        0.7,
        1.0,
        {"cut_from": 75, "cut_months": 73, "held": 32, "opening": 7, "leak": 0},
        "price_outside",
    ),
    "vault": (
        "dysprosium",
        "came",
        0.0,
        230.0,
        {"cut": 1, "cut_from": 124, "cut_months": 180, "cover_days": 2460}
        | {"fill_months": 89, "fill_share": 1, "draw_share": 1},
        "unserved",
    ),
}


_SAID = {
    "evasion": "Where all pay a floor on {mineral}, makers of the next stage leave the club and its smelters "
    "grow. In {when}, with China’s exports cut, its use is {use:.0%} lower and its output "
    "{output:.0%} higher than where most imports dodge the floor; there the price inside is "
    "{times:.0f} times as high, as far as the model lets it go. So more evasion can end in a higher "
    "price.",
    "cut": "If China withholds all its {mineral} instead of {less:.0%}, the price is higher at first, and "
    "buyers learn to do with less. In {when}, when licences are given again, use outside China is "
    "{outside:.0%} lower although the price is {lower:.0%} lower too. So a deeper cut can end in a "
    "lower price.",
    "vault": "A Vault of {mineral} keeps the price down in a cut while it lasts, so that plants elsewhere "
    "come later. In {when}, with the Vault empty, they are {plants:.0%} of what they would be without it,"
    " and {after:.0%} of the need goes without instead of {before:.0%}. So a larger Vault can end in "
    "more need unserved.",
}


@dataclass(frozen=True)
class Reversal:
    """A pair of runs that differ in one setting.

    raised   the control, from `less` to `more`; settings: all else that is chosen
    month    counted from January 2026, when the two stand furthest the wrong way round
    figures  the figure then, with less and with more
    said     what happens, and why, in a sentence or two
    """

    raised: str
    mineral: str
    members: str
    less: float
    more: float
    settings: dict[str, float]
    month: int
    figures: tuple[float, float]
    said: str


def reversals() -> list[Reversal]:
    """Return the largest reversal of each rule; the first is the largest of all.

    >>> [(r.raised, r.mineral) for r in reversals()]
    [('evasion', 'bismuth'), ('cut', 'tungsten'), ('vault', 'dysprosium')]
    """
    found = []
    for raised, (mineral, members, less, more, settings, figure) in LARGEST.items():
        low, high = (run(mineral, members, **settings, **{raised: value}).table for value in (less, more))
        month = int(worst(raised, low[figure], high[figure]))
        before, after = low.loc[month], high.loc[month]
        figures = (float(before[figure]), float(after[figure]))
        said = _SAID[raised].format(
            mineral=mineral,
            when=f"{calendar.month_name[month % 12 + 1]} {YEARS[0] + month // 12}",
            less=less,
            before=figures[0],
            after=figures[1],
            times=figures[1] / figures[0],
            lower=1 - figures[1] / figures[0],
            use=1 - before.use_club / after.use_club,
            output=before.output_club / after.output_club - 1,
            outside=1 - (after.use_club + after.use_rest) / (before.use_club + before.use_rest),
            plants=after.refinery_rest / before.refinery_rest,
        )
        found.append(Reversal(raised, mineral, members, less, more, settings, month, figures, said))
    return found


def worst(raised: str, low: pd.Series, high: pd.Series) -> int:
    """Return the month in which more stands furthest on the wrong side of less."""
    if raised == "vault":
        return int((high - low).idxmax())
    ratio = high / low
    return int(ratio.idxmax() if raised == "evasion" else ratio.idxmin())
