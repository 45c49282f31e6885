"""Can a figure be right? Compared with the same figure in other releases and years, its parts, its year, its sign, its area's code.

The same rules hold for what is ingested and for the tables of the project. What breaks one and is right all the same is a row of
data/known_exceptions.csv (or, for a total, of data/known_gaps.csv), with the reason.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from chokepoint.ingest import values
from chokepoint.ingest.salient import QUANTITIES

RELEASE = re.compile(r"(mcs\d{4}|iea\d{4}|wb\d{4}-\d\d)-(.+)")
WORLD = ("production", "capacity", "reserves")
FAR = 8  # times larger or smaller than its neighbour: no yearly figure of a country or of the world but those listed moves so far
FAR_TRADE = 31  # for the trade, stocks and prices of one country from year to year, which move more
FAR_FORECAST = 50  # for forecasts, from one year to the next, five years later, and from edition to edition
NEAR_TEN = 0.06  # of the logarithm: how near a ratio must come to 10, 100 or 1,000 to look like a slip of the decimal mark
ALIKE_PRINT = 1.015  # times: below it two releases print one figure, whatever they call it
ALIKE = 2  # times: below it two prints of one figure confirm each other
TENTH = 0.10  # of the printed total: what no rounding explains; below it a gap is told, not refused
TOLD = 0.035  # of the printed total: gaps below it are rounding
FEWEST_PARTS = 3  # below it a "world" row is the total of something else (ilmenite and rutile together)
# What makes a series, besides the time: the columns that must be the same.
SERIES = {
    "production": ["mineral", "commodity", "stage", "detail", "form", "area"],
    "capacity": ["mineral", "commodity", "stage", "detail", "form", "area"],
    "reserves": ["mineral", "commodity", "detail", "form", "area"],
    "salient": ["mineral", "commodity", "statistic", "detail", "unit"],
    "prices": ["mineral", "commodity", "series", "basis", "unit"],
    "headline": ["mineral", "commodity", "measure", "area", "unit"],
    "prices_monthly": ["series", "unit"],
    "iea_production": ["mineral", "stage", "area"],
    "iea_demand": ["mineral", "use", "scenario"],
}
# What of a row is shown to a reader, in this order, where the table has it.
SHOWN = (
    "party",
    "agreement",
    "mineral",
    "commodity",
    "stage",
    "statistic",
    "measure",
    "series",
    "use",
    "detail",
    "form",
    "area",
    "scenario",
    "year",
    "month",
)
TRADE = ("salient", "prices")
# Statistics that may be negative: a change of stocks, and what a government adds to its own.
SIGNED = ("shipments", "stocks")
NUMBERS = ("value", "low", "high")


@dataclass(frozen=True)
class Finding:
    """One figure that breaks a rule. `row` is its label in the table; `refused` is False for what is only worth a look."""

    release: str
    table: str
    row: object
    column: str
    rule: str
    message: str
    refused: bool = True


@dataclass
class Known:
    """What is accepted: rows of data/known_exceptions.csv and of data/known_gaps.csv, as text."""

    exceptions: list[dict[str, str]] = field(default_factory=list)
    gaps: list[dict[str, str]] = field(default_factory=list)

    def excepts(self, release: str, table: str, rule: str, row: dict[str, str], column: str) -> bool:
        """Whether this cell is listed, with the value that it still has."""
        return any(
            e["table"] == table
            and e["rule"] == rule
            and e["release"] in ("", release)
            and same_figure(e["value"], row[column])
            and all(row.get(name) == value for name, _, value in (part.partition("=") for part in e["key"].split(";")))
            for e in self.exceptions
        )

    def explains(self, release: str, table: str, group: dict[str, str], gap: float) -> bool:
        """Whether a gap between parts and total is listed, at about this size."""
        return any(
            g["release"] == release
            and g["table"] == table
            and all(g.get(name, "") == str(value) for name, value in group.items() if name != "commodity")
            and abs(float(g["gap"]) - gap) < 0.005
            for g in self.gaps
        )


def same_figure(one: str, other: str) -> bool:
    """Whether two cells hold the same number, or else the same text.

    >>> same_figure("2", "2.0"), same_figure("2", "20"), same_figure("AUS", "AUS")
    (True, False, True)
    """
    try:
        return math.isclose(float(one), float(other), rel_tol=1e-9)
    except ValueError:
        return one == other


Tables = dict[tuple[str, str], pd.DataFrame]  # (release, table) -> its rows as text
Place = Callable[[str, str, object], str]  # release, table, row -> where a reader finds it


def findings(tables: Tables, areas: dict[str, str], known: Known, place: Place, given: dict[str, set] | None = None, release: str = ""):
    """Every figure that breaks a rule, in the order of the tables.

    `tables`: rows as text, for every release that is to be compared. `areas`: ISO code -> name. `given`, `release`: where only some
    rows of one release are in question (table -> their labels), only these are judged, and the others are taken to be right.
    """
    found: list[Finding] = []
    mine = {name: frame for name, frame in tables.items() if not release or name[0] == release}
    for (r, table), frame in mine.items():
        found += [*_years(r, table, frame, known), *_signs(r, table, frame, known), *_areas(r, table, frame, areas)]
        found += [*_totals(r, table, frame, tables, known, place), *_shares(r, table, frame), *_limits(r, table, frame)]
    for table in SERIES:
        held = {r: frame for (r, name), frame in tables.items() if name == table and "value" in frame}
        for family in sorted({r[:2] for r in held}):
            of_family = {r: held[r] for r in sorted(held) if r[:2] == family}
            found += list(_scales(table, of_family, known, place, given.get(table) if given else None, release))
    if given is not None:
        found = [f for f in found if f.release == release and f.row in given.get(f.table, ())]
    worst: dict[tuple, Finding] = {}
    for f in found:  # one word on a cell is enough: the first rule that it breaks
        worst.setdefault((f.release, f.table, f.row, f.column), f)
    return list(worst.values())


def describe_row(row: dict[str, str]) -> str:
    """A row in words: what it is of, whose, when.

    >>> describe_row({"mineral": "tin", "commodity": "Tin", "stage": "mine", "area": "Peru", "year": "2025", "value": "3"})
    'tin, mine, Peru, 2025'
    """
    said = [row[name] for name in SHOWN if row.get(name)]
    plain = [re.sub(r"\W+", " ", part).casefold().strip() for part in said]
    return ", ".join(part for i, part in enumerate(said) if plain[i] not in plain[:i])


def amount(value: float, row: dict[str, str]) -> str:
    """A figure with its unit, as text.

    >>> amount(17100000.0, {"unit": "t"}), amount(0.5, {"unit": "percent"}), amount(-3, {})
    ('17,100,000 t', '0.5 percent', '-3')
    """
    return f"{float(f'{value:.12g}'):,.12g} {row.get('unit', '')}".strip()


def times(ratio: float) -> str:
    """How many times, to two digits.

    >>> times(1000.2), times(0.0294), times(34.49)
    ('1,000', '34', '34')
    """
    ratio = max(ratio, 1 / ratio)
    return f"{float(f'{ratio:.2g}'):,.10g}"


# --- scale ---


def _cells(table: str, held: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Every figure above nothing, of all releases: series, time, release, its row and the figure that stands for it."""
    parts, number = [], {}
    for order, frame in enumerate(held.values()):
        value = pd.to_numeric(frame["value"], errors="coerce")
        if "low" in frame:  # a bound is compared too: ">85,000,000"
            bounded = value.isna() & (frame["qualifier"].isin(["greater", "less", "range"]))
            low, high = (pd.to_numeric(frame[c][bounded], errors="coerce") for c in ("low", "high"))
            value[bounded] = low.where(high.isna(), high.where(low.isna(), (low + high) / 2))
        time = pd.to_numeric(frame["month"].str.replace("-", "") if "month" in frame else frame["year"], errors="coerce")
        keep = ((value > 0) & time.notna()).to_numpy()
        columns = [frame[c].to_numpy(object)[keep] for c in SERIES[table]]
        series = [number.setdefault(key, len(number)) for key in zip(*columns, strict=True)]
        made = {"series": series, "time": time[keep].to_numpy(int), "value": value[keep].to_numpy(float), "row": frame.index[keep]}
        if table.startswith("iea"):
            made["ahead"] = (frame["forecast"] == "true").to_numpy()[keep]
        if table in TRADE:
            of = ("mineral", "statistic") if table == "salient" else ("mineral", "unit")
            made["kind"] = [hash(key) for key in zip(*(frame[c].to_numpy(object)[keep] for c in of), strict=True)]
        parts.append(pd.DataFrame(made).assign(order=order))
    cells = pd.concat(parts, ignore_index=True)
    return cells.assign(log=np.log10(cells["value"]))


def _pairs(table: str, cells: pd.DataFrame) -> pd.DataFrame:
    """Neighbours: `a`, `b` (numbers of cells, the earlier or older one first) and what makes them neighbours, the closest first.

    The same time in two releases; the last time of one release and a later one of the next; two times that follow within a release.
    """
    time, order = cells["time"].to_numpy(), cells["order"].to_numpy()
    same = _neighbours(cells, ["series"], ["time", "order"])
    same = same[time[same[:, 0]] == time[same[:, 1]]]
    within = _neighbours(cells, ["series"], ["order", "time"])
    across = within[order[within[:, 0]] != order[within[:, 1]]]
    within = within[order[within[:, 0]] == order[within[:, 1]]]
    if not table.startswith("iea"):
        within = within[time[within[:, 1]] - time[within[:, 0]] == 1] if table != "prices_monthly" else within
    step = time[across[:, 1]] - time[across[:, 0]]
    across = across[step > 0] if table in ("reserves", "headline") else across[step == 1]
    near = np.repeat(["release", "edition", "time"], [len(same), len(across), len(within)])
    return pd.DataFrame(np.concatenate([same, across, within]), columns=["a", "b"]).assign(near=near)


def _neighbours(cells: pd.DataFrame, within: list[str], by: list[str]) -> np.ndarray:
    """Each cell with the next, ordered `by`, within the same group: pairs of numbers of cells."""
    index = np.lexsort([cells[c].to_numpy() for c in [*by[::-1], *within[::-1]]])
    alike = np.ones(max(len(index) - 1, 0), dtype=bool)
    for column in within:
        at = cells[column].to_numpy()[index]
        alike &= at[:-1] == at[1:]
    return np.column_stack([index[:-1][alike], index[1:][alike]])


def _scales(table: str, held: dict[str, pd.DataFrame], known: Known, place: Place, given: set | None, release: str) -> Iterator[Finding]:
    """Figures many times larger or smaller than their neighbour."""
    if not held:
        return
    cells = _cells(table, held)
    if cells.empty:
        return
    pairs = _pairs(table, cells)
    log, row_of = cells["log"].to_numpy(), cells["row"].tolist()
    off = np.abs(log[pairs["b"]] - log[pairs["a"]])
    far = off >= math.log10(FAR)
    within = pairs["near"].eq("time").to_numpy()
    if table in TRADE:
        mark = (np.abs(off - np.round(off)) < NEAR_TEN) & (np.round(off) >= 1)
        small = np.minimum(_printed(cells, held, pairs["a"]), _printed(cells, held, pairs["b"])) < 10
        far = np.where(within, mark | ((off >= math.log10(FAR_TRADE)) & ~small), far)
        sure = _confirmed(cells)
        far &= ~(within & sure[pairs["a"]] & sure[pairs["b"]])
    elif table.startswith("iea"):
        ahead = cells["ahead"].to_numpy()
        far = np.where(ahead[pairs["a"]] | ahead[pairs["b"]], off >= math.log10(FAR_FORECAST), far)
    pairs = pairs[far]
    if table == "prices":  # the same series under another name is common there
        pairs = pd.concat([pairs, _shifted(cells, set(zip(pairs["a"], pairs["b"], strict=True)))], ignore_index=True)
    releases = list(held)
    for pair in pairs.to_dict("records"):
        one, two = ({**cells.loc[pair[end]], "row": row_of[pair[end]]} for end in ("a", "b"))
        rows = [held[releases[int(c["order"])]].loc[c["row"]].to_dict() for c in (one, two)]
        if any(
            known.excepts(releases[int(c["order"])], table, "scale", row, _figure(row)) for c, row in zip((one, two), rows, strict=True)
        ):
            continue
        wrong = _wrong(cells, one, two, releases, given, release)
        right = two if wrong is one else one
        row, beside = rows if wrong is one else rows[::-1]
        r, other = releases[int(wrong["order"])], releases[int(right["order"])]
        larger = "larger" if wrong["value"] > right["value"] else "smaller"
        when = f"of {beside.get('year') or beside.get('month')}" if other == r else f"in {other}"
        message = (
            f"{amount(wrong['value'], row)} is {times(wrong['value'] / right['value'])} times {larger} than "
            f"{amount(right['value'], beside)} {when} ({place(other, table, right['row'])})"
        )
        yield Finding(r, table, wrong["row"], _figure(row), "scale", message)


def _figure(row: dict[str, str]) -> str:
    """The column of a row that holds its figure."""
    return next((c for c in NUMBERS if row.get(c)), "value")


def _printed(cells: pd.DataFrame, held: dict[str, pd.DataFrame], which: pd.Series) -> np.ndarray:
    """The figures as printed, in the unit of their release: how many digits a small one has depends on it."""
    taken = np.full(len(cells), np.inf)
    for order, frame in enumerate(held.values()):
        mine = (cells["order"] == order).to_numpy()
        digits = pd.to_numeric(frame["printed"].str.replace(r"[^\d.]", "", regex=True), errors="coerce")
        taken[mine] = digits.reindex(cells["row"][mine]).fillna(np.inf).to_numpy()
    return taken[which]


def _confirmed(cells: pd.DataFrame) -> np.ndarray:
    """Cells whose figure another release prints too, for the same thing and time, whatever it calls the series."""
    sure = np.zeros(len(cells), dtype=bool)
    ordered = cells.sort_values(["kind", "time", "log"])
    for step in (1, 2, 3):
        near = ordered.shift(-step)
        alike = (
            (ordered["kind"] == near["kind"])
            & (ordered["time"] == near["time"])
            & (ordered["order"] != near["order"])
            & ((near["log"] - ordered["log"]) < math.log10(1.3))
        )
        at = ordered.index.to_numpy()
        sure[at[alike.to_numpy()]] = True
        sure[at[step:][alike.to_numpy()[:-step]]] = True
    return sure


def _shifted(cells: pd.DataFrame, seen: set[tuple[int, int]]) -> pd.DataFrame:
    """Pairs of one thing and time in two releases, whatever these call the series, of which one is 10, 100 or 1,000 times the other.

    Only where no other release bears out the one, and its own release does not print the other: then its decimal mark has slipped.
    """
    found = []
    for _, group in cells.groupby(["kind", "time"]):
        if group["order"].nunique() < 2:
            continue
        log, order = group["log"].to_numpy(), group["order"].to_numpy()
        apart = np.abs(log[:, None] - log[None, :])
        alike, other = apart < math.log10(ALIKE_PRINT), order[:, None] != order[None, :]
        slipped = other & (np.abs(apart - np.round(apart)) < math.log10(ALIKE_PRINT)) & (1 <= np.round(apart)) & (np.round(apart) <= 3)
        borne_out = (alike & other).any(axis=1)
        for a, b in zip(*np.nonzero(slipped & ~borne_out[:, None]), strict=True):
            if not (alike[b] & (order == order[a])).any() and (borne_out[b] or group["order"].nunique() == 2):
                pair = tuple(sorted((int(group.index[a]), int(group.index[b]))))
                if pair not in seen:
                    seen.add(pair)
                    found.append({"a": pair[0], "b": pair[1], "near": "release"})
                break
    return pd.DataFrame(found, columns=["a", "b", "near"])


def _wrong(cells: pd.DataFrame, one: dict, two: dict, releases: list[str], given: set | None, release: str) -> dict:
    """Which of two figures that do not go together is the wrong one: the one given; else the one fewer others of the series bear out."""
    if given is not None and one["order"] != two["order"]:
        mine = releases.index(release) if release in releases else -1
        if mine in (one["order"], two["order"]):
            return one if one["order"] == mine else two
    series = cells["log"][cells["series"] == one["series"]]
    borne = [int((np.abs(series - c["log"]) < math.log10(FAR)).sum()) for c in (one, two)]
    return one if borne[0] < borne[1] else two


# --- year, sign, area ---


def _years(release: str, table: str, frame: pd.DataFrame, known: Known) -> Iterator[Finding]:
    """Years that a release of its year cannot print."""
    limits = _span(release, table)
    for column, (first, last) in limits.items():
        if column not in frame:
            continue
        text = frame[column].str[:7] if column == "month" else frame[column].str[:4]
        time = pd.to_numeric(text.str.replace("-", ""), errors="coerce")
        for i in frame.index[(time < first) | (time > last)]:
            row = frame.loc[i].to_dict()
            if known.excepts(release, table, "year", row, column):
                continue
            span = f"from {first} to {last}" if first != last else f"of {last}"
            neighbour = _majority(time)
            said = f"{row[column]} is no {column.replace('_', ' ')} of {release}, whose figures here are {span}; the other rows have {neighbour}"
            yield Finding(release, table, i, column, "year", said)


def _majority(time: pd.Series) -> str:
    return f"{time.mode().iloc[0]:.0f}" if time.notna().any() else "none"


def _span(release: str, table: str) -> dict[str, tuple[int, int]]:
    """The first and last year (or month) that a table of a release may have, by column."""
    stamp = re.search(r"\d{4}", release)
    year = int(stamp[0]) if stamp else 0
    if release.startswith("mcs"):
        return {
            "production": {"year": (year - 2, year - 1)},
            "capacity": {"year": (year - 2, year - 1)},
            "reserves": {"year": (year - 1, year - 1)},
            "salient": {"year": (year - 6, year - 1)},
            "prices": {"year": (year - 6, year - 1)},
            "headline": {"year": (year - 1, year - 1)},
            "import_sources": {"first_year": (year - 7, year - 3), "last_year": (year - 3, year - 1)},
            "export_controls": {"since": (1900, year)},
            "trade_agreements": {"signed": (1900, year)},
        }.get(table, {})
    if release.startswith("iea"):
        return {"year": (year - 1, 2100)} if table in ("iea_production", "iea_demand") else {}
    return {"month": (190001, int(release[2:].replace("-", "")))} if table == "prices_monthly" else {}


def _signs(release: str, table: str, frame: pd.DataFrame, known: Known) -> Iterator[Finding]:
    """Negative figures of what can only be nothing or more."""
    for column in NUMBERS if table in SERIES or table == "import_sources" else ():
        if column not in frame:
            continue
        bad = pd.to_numeric(frame[column], errors="coerce") < 0
        if table == "salient":
            bad &= ~frame["statistic"].isin(SIGNED)
        for i in frame.index[bad]:
            row = frame.loc[i].to_dict()
            if known.excepts(release, table, "sign", row, column):
                continue
            value = float(row[column])
            same = [c for c in SERIES.get(table, ["mineral", "commodity", "detail"]) if c in frame]
            others = frame[(frame[same] == frame.loc[i, same]).all(axis=1) & (frame.index != i)]
            beside = pd.to_numeric(others[column], errors="coerce").dropna()
            word = f"; beside it stands {amount(beside.iloc[0], row)}" if len(beside) else ""
            yield Finding(release, table, i, column, "sign", f"{amount(value, row)} is negative{word}; nothing or more is expected")


def _areas(release: str, table: str, frame: pd.DataFrame, areas: dict[str, str]) -> Iterator[Finding]:
    """Names of areas that are not those of their code."""
    if "iso3" not in frame or "area" not in frame or not areas:
        return
    codes = {name: code for code, name in areas.items()}
    named = frame["iso3"].map(areas)
    kind = frame["area_kind"] if "area_kind" in frame else pd.Series("", index=frame.index)
    for i in frame.index[(frame["iso3"] != "") & (named != frame["area"])]:
        row = frame.loc[i].to_dict()
        right = f"{row['area']} is {codes[row['area']]}" if row["area"] in codes else f"{row['area']} is in no row of geography.csv"
        of = areas.get(row["iso3"], "no area of geography.csv")
        yield Finding(release, table, i, "iso3", "area", f"{row['iso3']} is the code of {of}, not of {row['area']}; {right}")
    for i in frame.index[(frame["iso3"] == "") & ((kind == "country") | frame["area"].isin(codes))]:
        name = frame.at[i, "area"]
        yield Finding(release, table, i, "iso3", "area", f"is empty beside {name}, a country; {codes.get(name, 'its code')} is expected")


# --- parts and totals ---


def _totals(release: str, table: str, frame: pd.DataFrame, tables: Tables, known: Known, place: Place) -> Iterator[Finding]:
    """World totals that their parts do not add up to, and IEA demand that is not the sum of its uses."""
    if table == "iea_demand":
        yield from _uses(release, frame)
    if table not in (*WORLD, "iea_production") or not len(frame):
        return
    keys = [c for c in ("mineral", "commodity", "stage", "detail", "scenario", "year") if c in frame]
    figures = frame.assign(figure=pd.to_numeric(frame["value"], errors="coerce"))
    world = figures[(figures["area_kind"] == "world") & figures["figure"].notna() & (figures["figure"] != 0)]
    parts = figures[figures["area_kind"] != "world"].groupby(keys)
    both = world[[*keys, "figure"]].join(parts["figure"].agg(["sum", "count", "size"]), on=keys, how="inner")
    both["gap"] = both["sum"] / both["figure"] - 1
    for i, sum_ in both[(both["count"] >= FEWEST_PARTS) & (both["gap"].abs() > TOLD)].iterrows():
        row, gap = frame.loc[i].to_dict(), float(sum_["gap"])
        rounded = pd.concat([parts.get_group(tuple(sum_[keys])), figures.loc[[i]]])
        if abs(gap) <= sum(half_unit(p) * f for p, f in zip(rounded["printed"], _factor(rounded), strict=True)) / abs(sum_["figure"]):
            continue
        group = {k: row[k] for k in keys if k != "scenario"}
        if known.explains(release, table, group, gap) or known.excepts(release, table, "total", row, "value"):
            continue
        unseen = sum_["size"] > sum_["count"] and gap < 0  # a part is withheld or not known: it may well be that large
        refused = abs(gap) > TENTH and not (unseen and gap > -0.5)
        more = f"{abs(gap):.0%} {'more' if gap > 0 else 'less'}" if abs(gap) < 1 else f"{times(1 + gap)} times as much"
        message = (
            f"{amount(sum_['figure'], row)} is the total of {sum_['count']:.0f} areas that add up to {amount(sum_['sum'], row)}, {more}"
        )
        yield Finding(release, table, i, "value", "total", message + _before(release, table, row, tables, place), refused)


def _before(release: str, table: str, row: dict[str, str], tables: Tables, place: Place) -> str:
    """The total of the same series in the nearest release, in words."""
    near = [r for r, name in tables if name == table and r[:3] == release[:3] and r != release]
    for other in sorted(near, key=lambda r: (abs(int(re.findall(r"\d{4}", r)[0]) - int(re.findall(r"\d{4}", release)[0])), r)):
        frame = tables[other, table]
        alike = (frame[SERIES[table]] == pd.Series({c: row[c] for c in SERIES[table]})).all(axis=1) & (frame["value"] != "")
        if alike.any():
            i = frame.index[alike][-1]
            return f"; in {other} it is {amount(float(frame.at[i, 'value']), row)} ({place(other, table, i)})"
    return ""


def half_unit(printed: str) -> float:
    """Half a unit of the last digit that counts: what rounding may have taken from a figure.

    >>> half_unit("310,000"), half_unit("9,081"), half_unit("1.25"), half_unit("W")
    (5000.0, 0.5, 0.005, 0.0)
    """
    digits = re.sub(r"[^\d.]", "", printed)
    whole, _, decimals = digits.partition(".")
    if decimals:
        return 0.5 * 10 ** -len(decimals)
    return 0.5 * 10 ** (len(whole) - len(whole.rstrip("0"))) if whole.strip("0") else 0.0


def _factor(figures: pd.DataFrame) -> np.ndarray:
    """The factor from what is printed to the figure; 0 where there is none."""
    printed = pd.to_numeric(figures["printed"].str.replace(r"[^\d.]", "", regex=True), errors="coerce").to_numpy()
    with np.errstate(divide="ignore", invalid="ignore"):
        factor = np.abs(figures["figure"].to_numpy() / printed)
    return np.where(np.isfinite(factor), factor, 0.0)


def _uses(release: str, frame: pd.DataFrame) -> Iterator[Finding]:
    """IEA demand: clean energy and other uses make the total."""
    figures = frame.assign(figure=pd.to_numeric(frame["value"], errors="coerce"))
    keys = ["mineral", "scenario", "year"]
    parts = figures[figures["use_kind"].isin(["clean energy", "other uses"])].groupby(keys)["figure"].agg(["sum", "count"])
    total = figures[figures["use_kind"] == "total"].join(parts[parts["count"] == 2], on=keys, how="inner")
    for i, row in total[(total["sum"] / total["figure"] - 1).abs() > TOLD].iterrows():
        said = f"{amount(row['figure'], row)} is the total of clean energy and other uses, which add up to {amount(row['sum'], row)}"
        yield Finding(release, "iea_demand", i, "value", "total", said)


def _shares(release: str, table: str, frame: pd.DataFrame) -> Iterator[Finding]:
    """Shares of imports that do not make 100 percent, and a leading producer's share that is not its output over the world's."""
    if table == "import_sources":
        share = pd.to_numeric(frame["value"], errors="coerce")
        for key, group in share.groupby([frame[c] for c in ("mineral", "commodity", "detail")], sort=False):
            if group.isna().any() or abs(group.sum() - 100) <= 2:
                continue
            rest = 100 - (group.sum() - group)
            at = next((i for i in group.index if rest[i] > 0 and _is_slip(group[i] / rest[i])), group.idxmax())
            others = ", ".join(f"{frame.at[i, 'area']} {group[i]:g}" for i in group.index if i != at)
            said = (
                f"{group[at]:g} makes the shares of {', '.join(k for k in key if k)} add up to {group.sum():g} percent, not 100 ({others})"
            )
            yield Finding(release, table, at, "value", "share", said)
    elif table == "headline":
        value = pd.to_numeric(frame["value"], errors="coerce")
        wide = value.groupby([frame["mineral"], frame["commodity"], frame["measure"]]).first().unstack()
        needed = ["leading_producer_production", "leading_producer_share", "world_production"]
        if not set(needed) <= set(wide):
            return
        made = 100 * wide[needed[0]] / wide[needed[2]]
        for (mineral, commodity), share in wide[needed[1]][(wide[needed[1]] - made).abs() > 2].items():
            at = frame.index[(frame["mineral"] == mineral) & (frame["commodity"] == commodity) & (frame["measure"] == needed[1])][0]
            leader, world = (f"{wide.at[(mineral, commodity), c]:,.12g} t" for c in (needed[0], needed[2]))
            said = f"{share:g} percent is not what {leader} is of {world}: {made[mineral, commodity]:.0f} percent"
            yield Finding(release, table, at, "value", "share", said)


def _is_slip(ratio: float) -> bool:
    """Whether a ratio is 10, 100 or 1,000, or one over it."""
    off = abs(math.log10(ratio)) if ratio > 0 else 0.0
    return round(off) >= 1 and abs(off - round(off)) < NEAR_TEN


def _limits(release: str, table: str, frame: pd.DataFrame) -> Iterator[Finding]:
    """Reliance above all that is used."""
    if table != "salient":
        return
    value = pd.to_numeric(frame["value"], errors="coerce")
    for i in frame.index[(frame["statistic"] == "net_import_reliance") & (value > 100)]:
        yield Finding(release, table, i, "value", "share", f"{value[i]:g} percent is a net import reliance above 100 percent")


# --- what is printed, against the value ---


def misread(tables: Tables, corrections: pd.DataFrame) -> Iterator[Finding]:
    """Values that are not what is printed in their own row, in its unit; rows that were corrected may differ by their factor."""
    fixes = {c["correction_id"]: c for c in corrections.to_dict("records")}
    for (release, table), frame in tables.items():
        if "printed" not in frame or "value" not in frame:
            continue
        plain = [c for c in ("printed", "printed_unit", "unit", "statistic", "correction_id", *NUMBERS) if c in frame]
        rows, seen = frame[plain][~_as_printed(table, frame)], {}
        for i, *cells in rows.itertuples(name=None):
            state = tuple(cells)
            if state not in seen:
                seen[state] = _misread(table, dict(zip(plain, cells, strict=True)), fixes)
            if seen[state]:
                column, _, said = seen[state].partition(": ")
                yield Finding(release, table, i, column, "printed", said)


def _as_printed(table: str, frame: pd.DataFrame) -> np.ndarray:
    """Rows whose value is the printed number in its unit: nearly all, and quickly seen."""
    number = pd.to_numeric(frame["printed"].str.replace(",", ""), errors="coerce").to_numpy(float)
    if "printed_unit" in frame:
        of = frame[[c for c in ("printed_unit", "unit", "statistic") if c in frame]]
        known = {key: _unit_factor(table, dict(zip(of.columns, key, strict=True))) for key in set(of.itertuples(index=False, name=None))}
        number = number * np.array([known[key] or np.nan for key in of.itertuples(index=False, name=None)], dtype=float)
    value = pd.to_numeric(frame["value"], errors="coerce").to_numpy(float)
    empty = np.ones(len(frame), dtype=bool)
    for column in ("low", "high"):
        empty &= (frame[column] == "").to_numpy() if column in frame else True
    return empty & np.isclose(number, value, rtol=1e-9, atol=0)


def _misread(table: str, row: dict[str, str], corrections: dict[str, dict]) -> str:
    """Which number is not the printed one, and what is: `value: 3 is not …`; nothing where all is well."""
    factor = _unit_factor(table, row)
    for name in filter(None, row.get("correction_id", "").split(";")):
        fix = corrections.get(name, {})
        if fix.get("action") == "scale":
            factor = factor and factor * float(fix["value"])
        elif fix.get("action") == "supersede" or fix.get("column") in NUMBERS:
            return ""
    if factor is None:
        return ""
    taken = values.parse(row["printed"])
    for column in NUMBERS:
        cell = row.get(column, "")
        stated = getattr(taken, column)
        if column not in row or (stated is None and cell == ""):
            continue
        try:
            right = stated is not None and cell != "" and math.isclose(float(cell), stated * factor, rel_tol=1e-6, abs_tol=1e-12)
        except ValueError:
            return ""  # it is said already that this is no number
        if not right:
            unit = f" {row['printed_unit']}" if row.get("printed_unit") else ""
            expected = "nothing" if stated is None else amount(stated * factor, row)
            return f'{column}: {amount(float(cell), row) if cell else "nothing"} is not the "{row["printed"]}"{unit} printed in this row: {expected}'
    return ""


def _unit_factor(table: str, row: dict[str, str]) -> float | None:
    """The factor from the printed unit to that of the table; None where it is not known here."""
    printed = row.get("printed_unit")
    if printed is None or table == "prices":
        return 1.0
    if table == "salient" and (row["unit"] in ("percent", "count") or printed in QUANTITIES):
        return 1.0
    if table == "iea_production":
        return 1000.0 if printed == "thousand tons" else None
    unit = values.unit(printed)
    return unit and unit[1]


__all__ = ["FAR", "RELEASE", "Finding", "Known", "amount", "findings", "misread", "same_figure", "describe_row"]
