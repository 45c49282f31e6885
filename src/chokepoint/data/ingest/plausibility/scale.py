"""Figures many times larger or smaller than their neighbour.

The same figure in another release, or another year of its series.
"""

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from chokepoint.data.ingest.plausibility.exceptions import Accepted
from chokepoint.data.ingest.plausibility.finding import (
    NUMBERS,
    SERIES,
    Finding,
    Place,
    Row,
    Table,
    amount,
    times,
)

# Times larger or smaller than its neighbour: no yearly figure of a country or of the world moves so far
FAR = 8
FAR_TRADE = 31  # for the trade, stocks and prices of one country from year to year, which move more
FAR_FORECAST = 50  # for forecasts, from one year to the next, five years later, and from edition to edition
# Of the logarithm: how near a ratio must come to 10, 100 or 1,000 to look like a slip of the decimal mark
NEAR_TEN = 0.06
SAME_FIGURE = math.log10(1.015)  # below it two releases print one figure, whatever they call it
CONFIRMED = math.log10(1.3)  # below it two prints of one figure confirm each other
FEW_DIGITS = 10  # as printed: a figure below it moves many times by one unit
TRADE = {"salient": ("mineral", "statistic"), "prices": ("mineral", "unit")}  # table → what makes a kind


def scales(
    name: str, frames: dict[str, pd.DataFrame], accepted: Accepted, place: Place, release: str = ""
) -> Iterator[Finding]:
    """Find figures of a table many times larger or smaller than their neighbour.

    `frames`: release → rows, the earliest first. `release`: the one in question, if it is one; the others are
    taken to be
    right. The thresholds are FAR, FAR_TRADE and FAR_FORECAST.
    """
    cells = _cells(name, frames)
    if cells.empty:
        return
    releases, row_of = list(frames), cells["row"].tolist()
    for pair in _far_pairs(name, cells, frames).to_dict("records"):
        one, two = ({**cells.loc[pair[end]], "row": row_of[pair[end]]} for end in ("a", "b"))
        if not _is_wrong(cells, one, two, releases, release):
            one, two = two, one
        tables = [
            Table(releases[int(c["order"])], name, frames[releases[int(c["order"])]]) for c in (one, two)
        ]
        (table, other), (row, beside) = (
            tables,
            [t.row(c["row"]) for t, c in zip(tables, (one, two), strict=True)],
        )
        if any(
            accepted.excepts(t.release, name, "scale", r, figure(r))
            for t, r in ((table, row), (other, beside))
        ):
            continue
        when = beside.get("year") or beside.get("month")
        message = (
            f"{amount(one['value'], row)} is {times(one['value'] / two['value'])} times "
            f"{'larger' if one['value'] > two['value'] else 'smaller'} than {amount(two['value'], beside)} "
            f"{f'of {when}' if other.release == table.release else f'in {other.release}'} "
            f"({place(other.release, name, two['row'])})"
        )
        yield table.finding(one["row"], figure(row), "scale", message)


def _cells(name: str, frames: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Return every figure above nothing, of all releases.

    Columns: series, time, order (of the release), row, value, log; ahead (a forecast) and kind where the
    rules need them.
    """
    parts: list[pd.DataFrame] = []
    series_of: dict[tuple[Any, ...], int] = {}
    kind_of: dict[tuple[Any, ...], int] = {}
    for order, frame in enumerate(frames.values()):
        value = pd.to_numeric(frame["value"], errors="coerce")
        if "low" in frame:  # a bound is compared too: ">85,000,000"
            bounded = value.isna() & frame["qualifier"].isin(["greater", "less", "range"])
            bounds = pd.DataFrame({c: pd.to_numeric(frame[c], errors="coerce") for c in ("low", "high")})
            value = value.mask(bounded, bounds.mean(axis=1))
        time = pd.to_numeric(
            frame["month"].str.replace("-", "") if "month" in frame else frame["year"], errors="coerce"
        )
        keep = ((value > 0) & time.notna()).to_numpy()
        columns = {
            "series": _numbered(frame[SERIES[name]][keep], series_of),
            "time": time[keep].to_numpy(int),
            "value": value[keep].to_numpy(float),
            "row": frame.index[keep],
            "order": order,
        }
        if name.startswith("iea"):
            columns["ahead"] = (frame["forecast"] == "true").to_numpy()[keep]
        if name in TRADE:
            columns["kind"] = _numbered(frame[list(TRADE[name])][keep], kind_of)
        parts.append(pd.DataFrame(columns))
    cells = pd.concat(parts, ignore_index=True)
    return cells.assign(log=np.log10(cells["value"]))


def _numbered(keys: pd.DataFrame, numbers: dict[tuple[Any, ...], int]) -> list[int]:
    """Return a number for each row, alike rows alike."""
    return [numbers.setdefault(key, len(numbers)) for key in keys.itertuples(index=False, name=None)]


def _far_pairs(name: str, cells: pd.DataFrame, frames: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Return the neighbours that are too far apart, see `_pairs`."""
    pairs, log = _pairs(name, cells), cells["log"].to_numpy()
    apart = np.abs(log[pairs["b"]] - log[pairs["a"]])
    far, within = apart >= math.log10(FAR), pairs["near"].eq("time").to_numpy()
    if name in TRADE:
        slip = (np.abs(apart - np.round(apart)) < NEAR_TEN) & (np.round(apart) >= 1)
        digits, sure = _digits(cells, frames), _confirmed(cells)
        small = np.minimum(digits[pairs["a"]], digits[pairs["b"]]) < FEW_DIGITS
        far = np.where(within, slip | ((apart >= math.log10(FAR_TRADE)) & ~small), far)
        far &= ~(within & sure[pairs["a"]] & sure[pairs["b"]])
    elif name.startswith("iea"):
        ahead = cells["ahead"].to_numpy()
        far = np.where(ahead[pairs["a"]] | ahead[pairs["b"]], apart >= math.log10(FAR_FORECAST), far)
    pairs = pairs[far]
    if name != "prices":
        return pairs
    # The same series under another name is common there.
    return pd.concat(
        [pairs, _shifted(cells, set(zip(pairs["a"], pairs["b"], strict=True)))], ignore_index=True
    )


def _pairs(name: str, cells: pd.DataFrame) -> pd.DataFrame:
    """Return neighbours: `a`, `b` (numbers of cells, the earlier or older first), what makes them `near`.

    The same time in two releases; the last time of one release and a later one of the next; two times that
    follow within
    a release.
    """
    time, order = cells["time"].to_numpy(), cells["order"].to_numpy()
    same = _neighbours(cells, ["time", "order"])
    same = same[time[same[:, 0]] == time[same[:, 1]]]
    following = _neighbours(cells, ["order", "time"])
    step, crosses = (
        time[following[:, 1]] - time[following[:, 0]],
        order[following[:, 0]] != order[following[:, 1]],
    )
    yearly = not name.startswith("iea") and name != "prices_monthly"
    within = following[~crosses & (step == 1)] if yearly else following[~crosses]
    across = following[crosses & ((step > 0) if name in ("reserves", "headline") else (step == 1))]
    near = np.repeat(["release", "edition", "time"], [len(same), len(across), len(within)])
    return pd.DataFrame(np.concatenate([same, across, within]), columns=["a", "b"]).assign(near=near)


def _neighbours(cells: pd.DataFrame, by: list[str]) -> np.ndarray:
    """Pair each cell with the next of its series, ordered `by`: an array of two numbers of cells a row."""
    index = np.lexsort([cells[c].to_numpy() for c in [*by[::-1], "series"]])
    series = cells["series"].to_numpy()[index]
    alike = series[:-1] == series[1:]
    return np.column_stack([index[:-1][alike], index[1:][alike]])


def figure(row: Row) -> str:
    """Return the column of a row that holds its figure."""
    return next((c for c in NUMBERS if row.get(c)), "value")


def _digits(cells: pd.DataFrame, frames: dict[str, pd.DataFrame]) -> np.ndarray:
    """Return the figures as printed, in the unit of their release.

    How many digits a small one has depends on it.
    """
    digits = np.full(len(cells), np.inf)
    for order, frame in enumerate(frames.values()):
        mine = (cells["order"] == order).to_numpy()
        number = pd.to_numeric(frame["printed"].str.replace(r"[^\d.]", "", regex=True), errors="coerce")
        digits[mine] = number.reindex(cells["row"][mine]).fillna(np.inf).to_numpy()
    return digits


def _confirmed(cells: pd.DataFrame) -> np.ndarray:
    """Mark cells whose figure another release prints too, for the same thing and time, under any name."""
    sure = np.zeros(len(cells), dtype=bool)
    ordered = cells.sort_values(["kind", "time", "log"])
    at = ordered.index.to_numpy()
    for step in (1, 2, 3):
        near = ordered.shift(-step)
        same = (ordered["kind"] == near["kind"]) & (ordered["time"] == near["time"])
        alike = (
            same & (ordered["order"] != near["order"]) & (near["log"] - ordered["log"] < CONFIRMED)
        ).to_numpy()
        sure[at[alike]] = sure[at[step:][alike[:-step]]] = True
    return sure


def _shifted(cells: pd.DataFrame, known: set[tuple[int, int]]) -> pd.DataFrame:
    """Return pairs of one thing and time in two releases, of which one is 10, 100 or 1,000 times the other.

    Whatever the releases call the series; and only where no other release confirms the one, and its own
    release does not
    print the other: then its decimal mark has slipped.
    """
    pairs = []
    for _, group in cells.groupby(["kind", "time"]):
        log, order = group["log"].to_numpy(), group["order"].to_numpy()
        apart, other = np.abs(log[:, None] - log[None, :]), order[:, None] != order[None, :]
        alike, tens = apart < SAME_FIGURE, np.round(apart)
        slipped = other & (np.abs(apart - tens) < SAME_FIGURE) & (tens >= 1) & (tens <= 3)
        confirmed = (alike & other).any(axis=1)
        for a, b in zip(*np.nonzero(slipped & ~confirmed[:, None]), strict=True):
            if not (alike[b] & (order == order[a])).any() and (confirmed[b] or len(set(order)) == 2):
                one, other_one = sorted((int(group.index[a]), int(group.index[b])))
                pair = (one, other_one)
                pairs += [] if pair in known else [pair]
                known.add(pair)
                break
    return pd.DataFrame(pairs, columns=["a", "b"]).assign(near="release")


def _is_wrong(cells: pd.DataFrame, one: dict, two: dict, releases: list[str], release: str) -> bool:
    """Whether the first of two figures that do not go together is the wrong one.

    It is the one of the release in question; else the one that fewer others of its series confirm.
    """
    names = [releases[int(c["order"])] for c in (one, two)]
    if names[0] != names[1] and release in names:
        return names[0] == release
    series = cells["log"][cells["series"] == one["series"]]
    near = [int((np.abs(series - c["log"]) < math.log10(FAR)).sum()) for c in (one, two)]
    return near[0] < near[1]


def is_slip(ratio: float) -> bool:
    """Whether a ratio is 10, 100 or 1,000, or one over it.

    >>> is_slip(0.1), is_slip(102), is_slip(7)
    (True, True, False)
    """
    tens = abs(math.log10(ratio)) if ratio > 0 else 0.0
    return round(tens) >= 1 and abs(tens - round(tens)) < NEAR_TEN
