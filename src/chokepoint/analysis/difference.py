"""What changed in the world between two releases, and which facts moved.

Publishers relabel their series from year to year, so a series is not known by its name alone. The property
`comparison` of a table's schema names the columns that must be the same (`same`), those that only label a
series (`label`), and those that place a value within it (`at`). `latest` says that a release gives one
figure: an `estimate` of the same thing, whatever its year, or the figure of its own `year` or `period`.
Series are paired by their label, else by the figures that both releases print, else because one is left on
either side.
"""

import difflib
import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any

import pandas as pd

from chokepoint.analysis import facts
from chokepoint.data import memory, tables
from chokepoint.errors import UserError

TIMES = ("year", "month")
NEAR = 0.01  # two prints of one figure differ by rounding: relative difference below this
# At least this part of the shared figures must agree to pair two series that are labelled differently.
ALIKE = 0.5
_WORDS = {"withheld": "W", "not_available": "NA", "not_applicable": "XX", "net_exporter": "E", "small": "s"}
ROUNDED = "rounded otherwise"


@memory.remembered
def diff(old: str, new: str) -> dict:
    """Return changes from release `old` to `new`, ready for JSON. UserError for a release that is not here.

    `old`, `new`: the releases. `tables`: name → rows. `facts`: rows. Nothing that stayed the same is listed.

    A row of a table has `change` (added, removed, revised), `series_change` (appeared or vanished where the
    other release has nothing of the series, else null), the columns that tell it (mineral, stage or
    statistic, commodity, detail, area, year …), `was_called` (the old label, where it differs), `old` and
    `new` (a number in `unit`; a word such as W, NA or >50; null where there is none), `listed` (whether the
    mineral is on the United States list), `size` (change over the largest figure of the series) and `reason`.
    A row of `facts` has `fact_id`, `label`, `unit`, `old`, `new` (texts, null where a release lacks it),
    `restated` (what the newer release says of the older one's year), and in the unit of the fact `move` =
    `revision` (the same year, in two releases) + `new_year` (two years, in one release); where they cannot be
    told apart both are null and `reason` says why. Largest moves first.

    >>> rows = diff("mcs2025", "mcs2026")["tables"]["salient"]
    >>> [
    ...     (r["old"], r["new"], r["reason"])
    ...     for r in rows
    ...     if r["mineral"] == "gallium" and r["statistic"] == "stocks" and r["year"] == 2023
    ... ]
    [(2.76, 3.34, 'revised by the publisher')]
    """
    held = {release: _tables(release) for release in (old, new)}
    shared = [t for t in held[old] if t in held[new]]
    yearly = "production" in shared
    return {
        "old": old,
        "new": new,
        "tables": {
            t: memory.kept("differences", f"{t} {old} {new}", partial(_table, t, old, new)) for t in shared
        },
        "facts": _facts(old, new) if yearly else [],
    }


def before(release: str, old: str = "") -> str | None:
    """Return the release to compare with: the one named, else the one before; None where there is none.

    >>> before("mcs2026"), before("mcs2026", "mcs2024"), before("mcs2023")
    ('mcs2025', 'mcs2024', None)
    """
    held = tables.releases()
    if old and old not in held:
        raise UserError(
            f'what-changed: no release "{old}". Known: {", ".join(held)}; or leave it empty for the one '
            "before."
        )
    return old or next((r for r in reversed(held) if r < release), None)


def _tables(release: str) -> list[str]:
    """Tables of a release that can be compared."""
    named = [r for r in tables.package()["resources"] if r["path"].startswith("minerals/")]
    mine = [r for r in named if r["path"].startswith(f"minerals/{release}/")]
    if not mine:
        known = sorted({r["path"].split("/")[1] for r in named})
        near = difflib.get_close_matches(release, known, 1)
        hint = f' Did you mean "{near[0]}"?' if near else ""
        raise UserError(f'No release "{release}".{hint} Here are: {", ".join(known)}.')
    return [r["name"].removeprefix(f"{release}-") for r in mine if "comparison" in r["schema"]]


# --- values ---


@dataclass
class _Series:
    """One series of a release: its values by place (area and year, say)."""

    same: tuple[str, ...]
    label: tuple[str, ...]
    rows: dict[tuple, dict]

    @property
    def words(self) -> str:
        """The label, free of case and punctuation."""
        return " ".join(re.findall(r"[a-z0-9]+", " ".join(self.label).casefold()))


def _table(table: str, old: str, new: str) -> list[dict]:
    how = tables.resource(table, new)["schema"]["comparison"]
    before, after = _series(table, old, how), _series(table, new, how)
    pairs = _pairs(before, after)
    spans = {name: _span(found) for name, found in (("old", before), ("new", after))}
    changes = [row for was, now in pairs for row in _compared(was, now, how, spans)]
    listed = set(tables.load("minerals").query("listed_2025").mineral)
    for row in changes:
        row["listed"] = row["mineral"] in listed
    return sorted(changes, key=lambda r: (not r["listed"], -r["size"]))


def _series(table: str, release: str, how: dict) -> list[_Series]:
    grouped: dict[tuple, list[dict]] = defaultdict(list)
    for row in tables.load(table, release).to_dict("records"):
        row["reading"] = reading(row)
        if row["reading"] is not None:
            grouped[tuple(_text(row[k]) for k in how["same"] + how["label"])].append(row)
    n = len(how["same"])
    return [_Series(key[:n], key[n:], _placed(rows, how)) for key, rows in sorted(grouped.items())]


def _placed(rows: list[dict], how: dict) -> dict[tuple, dict]:
    """Rows by place; where a place has two (two forms in one country), the form tells them apart."""
    if "latest" in how:
        rows = list({_place(r, how): r for r in sorted(rows, key=lambda r: r.get("year", 0))}.values())
    count = Counter(_place(r, how) for r in rows)
    return {
        _place(r, how) + ((_text(r.get("form")),) if count[_place(r, how)] > 1 else ("",)): r for r in rows
    }


def _place(row: dict, how: dict) -> tuple:
    return tuple(row[k] for k in how["at"])


def reading(row: dict) -> float | str | None:
    """Return what a row says: a number in its unit, a bound, or the word in its place.

    None where it says nothing.

    >>> reading({"value": None, "qualifier": "greater", "low": 50.0, "high": None, "printed": "> 50"})
    '>50'
    """
    if "value" not in row:
        return "listed"
    if pd.notna(row["value"]):
        return float(row["value"])
    kind = row.get("qualifier")
    if kind in _WORDS:
        return _WORDS[kind] if "rank" not in row else None  # an import source with no share printed
    if kind in ("greater", "less"):
        return f">{row['low']:.12g}" if kind == "greater" else f"<{row['high']:.12g}"
    if kind == "range":
        return f"{row['low']:.12g} to {row['high']:.12g}"
    return str(row["printed"]) if kind == "word" else None


def _pairs(before: list[_Series], after: list[_Series]) -> list[tuple[_Series | None, _Series | None]]:
    """Each series with its counterpart, None where it has none."""
    pairs = []
    for candidates in (_by_label, _by_figures, _by_words, _by_being_left):
        taken = candidates(before, after)
        pairs += taken
        before = [s for s in before if not any(s is was for was, _ in taken)]
        after = [s for s in after if not any(s is now for _, now in taken)]
    return pairs + [(was, None) for was in before] + [(None, now) for now in after]


def _by_label(before: list[_Series], after: list[_Series]) -> list[tuple]:
    named = {(s.same, s.words): s for s in after}
    return [(s, named[s.same, s.words]) for s in before if (s.same, s.words) in named]


def _alike(before: list[_Series], after: list[_Series]) -> list[tuple]:
    """All pairs that have the columns of `same` in common."""
    there = defaultdict(list)
    for now in after:
        there[now.same].append(now)
    return [(was, now) for was in before for now in there[was.same]]


def _by_figures(before: list[_Series], after: list[_Series]) -> list[tuple]:
    """Return the pairs whose shared figures agree best.

    Between equals, those with the more similar labels.
    """
    scored = []
    for was, now in _alike(before, after):
        if (score := _agreement(was, now)) >= ALIKE:
            alike = difflib.SequenceMatcher(None, was.words, now.words).ratio()
            scored.append((score, alike, was.label, now.label, was, now))
    taken, used = [], set()
    for *_, was, now in sorted(scored, key=lambda s: s[:4], reverse=True):
        if id(was) not in used and id(now) not in used:
            used |= {id(was), id(now)}
            taken.append((was, now))
    return taken


def _agreement(was: _Series, now: _Series) -> float:
    """Part of the places both fill at which they say the same; 0 with fewer than two such places."""
    shared = was.rows.keys() & now.rows.keys()
    return (
        sum(_near(was.rows[p]["reading"], now.rows[p]["reading"]) for p in shared) / len(shared)
        if len(shared) > 1
        else 0
    )


def _near(a: float | str, b: float | str) -> bool:
    if isinstance(a, str) or isinstance(b, str):
        return a == b
    return abs(a - b) <= NEAR * max(abs(a), abs(b))


def _by_words(before: list[_Series], after: list[_Series]) -> list[tuple]:
    """Return the pairs of which one label has all the words of the other.

    Only where no other series claims either.
    """
    claims = [(was, now) for was, now in _alike(before, after) if _within(was.words, now.words)]
    old, new = Counter(id(was) for was, _ in claims), Counter(id(now) for _, now in claims)
    return [(was, now) for was, now in claims if old[id(was)] == new[id(now)] == 1]


def _within(a: str, b: str) -> bool:
    few, many = sorted((set(a.split()), set(b.split())), key=len)
    return bool(few) and few <= many


def _by_being_left(before: list[_Series], after: list[_Series]) -> list[tuple]:
    left = Counter(s.same for s in before), Counter(s.same for s in after)
    only = {s.same: s for s in after if left[1][s.same] == 1}
    return [(s, only[s.same]) for s in before if left[0][s.same] == 1 and s.same in only]


# --- changes ---


def _compared(was: _Series | None, now: _Series | None, how: dict, spans: dict) -> Iterable[dict]:
    """Yield the changes within a series. Its largest figure is what a change is measured by."""
    old, new = (was.rows if was else {}), (now.rows if now else {})
    largest = max(
        (abs(r["reading"]) for r in [*old.values(), *new.values()] if isinstance(r["reading"], float)),
        default=0,
    )
    told = now or was
    assert told is not None, "a series stands in one release at least"
    named = dict(zip(how["same"] + how["label"], told.same + told.label, strict=True))
    whole = "vanished" if now is None else "appeared" if was is None else None
    called = ", ".join(filter(None, was.label)) if was and now and was.label != now.label else None
    apart = called is not None and _agreement(was, now) == 0
    for place in sorted(old.keys() | new.keys(), key=str):
        a, b = old.get(place), new.get(place)
        x, y = a and a["reading"], b and b["reading"]
        if x == y:
            continue
        row = b or a or {}
        where = {k: v if isinstance(v, str) else int(v) for k, v in zip(how["at"], place, strict=False)} | (
            {"form": place[-1]} if place[-1] else {}
        )
        change = "added" if a is None else "removed" if b is None else "revised"
        size = abs(y - x) / largest if isinstance(x, float) and isinstance(y, float) and largest else 0.0
        yield {
            "change": change,
            "series_change": whole,
            **named,
            **where,
            "was_called": called,
            "old": x,
            "new": y,
            "unit": _text(row.get("unit")),
            "size": size,
            "reason": _added(place, how, spans)
            if a is None
            else _removed(place, how, spans)
            if b is None
            else _revised(a, b, how, apart),
        }


def _text(cell: Any) -> str:
    return "" if pd.isna(cell) else str(cell)


def _span(found: list[_Series]) -> set:
    """All the times at which a table has anything."""
    return {r[k] for s in found for r in s.rows.values() for k in TIMES if k in r}


def _time(place: tuple, how: dict) -> Any:
    return next((v for k, v in zip(how["at"], place, strict=False) if k in TIMES), None)


def _added(place: tuple, how: dict, spans: dict) -> str:
    time = _time(place, how)
    if time is not None and spans["old"] and time > max(spans["old"]):
        return "new year" if "year" in how["at"] else "new month"
    return "not printed before"


def _removed(place: tuple, how: dict, spans: dict) -> str:
    time = _time(place, how)
    return (
        "earlier than the release goes back"
        if time is not None and spans["new"] and time < min(spans["new"])
        else "no longer printed"
    )


def _revised(a: dict, b: dict, how: dict, apart: bool) -> str:
    """Why a value that both releases print differs, as far as we know."""
    known = _corrections()
    fixes = [known[i] for i in _text(b.get("correction_id")).split(";") if i in known]
    if replaced := [f for f in fixes if f["action"] == "supersede"]:
        return f"superseded reading, correction {replaced[0]['correction_id']}: {replaced[0]['reason']}"
    for column in ("unit", "basis"):
        if column not in how["label"] and _text(a.get(column)) != _text(b.get(column)):
            return (
                f"series break: {column} {_text(a.get(column)) or 'not stated'} → "
                f"{_text(b.get(column)) or 'not stated'}"
            )
    if bool(a.get("excludes_us")) != bool(b.get("excludes_us")):
        return f"series break: {'now' if b['excludes_us'] else 'no longer'} without the United States"
    if _rounded(a["reading"], b["reading"]):
        return ROUNDED
    if apart:
        return "series break: label and all figures differ"
    if how.get("latest") in ("year", "period"):
        return f"new {how['latest']} or revised: a release prints one {how['latest']} here"
    return f"revised by the publisher{_corrected(a, b, known)}"


def _corrected(a: dict, b: dict, known: dict[str, dict]) -> str:
    """Return which of the two figures was corrected here, and how it is named.

    One that stands as printed is said to.
    """
    ids = [[i for i in _text(r.get("correction_id")).split(";") if i in known] for r in (a, b)]
    if not any(ids):
        return ""
    told = [f"{', '.join(found)}" if found else "as printed" for found in ids]
    return (
        f" (older figure {'corrected: ' if ids[0] else ''}{told[0]}; "
        f"newer figure {'corrected: ' if ids[1] else ''}{told[1]})"
    )


def _rounded(a: float | str, b: float | str) -> bool:
    """Whether one number is the other with fewer decimals.

    >>> _rounded(20.845, 20.85), _rounded(2.0, 1.51), _rounded(62.0, 79.8)
    (True, True, False)
    """
    if isinstance(a, str) or isinstance(b, str):
        return False
    few, many = sorted((f"{a:.12g}", f"{b:.12g}"), key=lambda text: len(text.partition(".")[2]))
    places = len(few.partition(".")[2])
    return len(many.partition(".")[2]) > places and abs(float(many) - float(few)) <= 0.5000001 * 10**-places


@memory.remembered
def _corrections() -> dict[str, dict]:
    return {r["correction_id"]: r for r in tables.load("corrections").to_dict("records")}


# --- facts ---


def _facts(old: str, new: str) -> list[dict]:
    before, after = facts.evaluate(old), facts.evaluate(new)
    moved = [
        k
        for k in before.keys() | after.keys()
        if getattr(before.get(k), "text", None) != getattr(after.get(k), "text", None)
    ]
    rows = [_moved(k, before.get(k), after.get(k), old, new) for k in moved]
    return sorted(
        rows,
        key=lambda r: (
            r["old"] is None or r["new"] is None,
            r["unit"] != "%",
            -(abs(r["move"] or 0)),
            r["fact_id"],
        ),
    )


def _moved(fact_id: str, was: facts.Fact | None, now: facts.Fact | None, old: str, new: str) -> dict:
    """Return a fact at both releases, and what the newer one says of the older one's year.

    The move is a revision and a new year.
    """
    stated = now or was
    assert stated is not None, f"{fact_id} stands in one release at least"
    years = [int(tables.load("production", release).year.max()) for release in (old, new)]
    yearly = was and now and now.yearly and years[0] != years[1]
    again = facts.of_year(fact_id, new, years[0]) if yearly else None
    numbers = [None if fact is None else _number(fact) for fact in (was, again, now)]
    row = {
        "fact_id": fact_id,
        "label": stated.label,
        "unit": stated.unit,
        "old": was and was.text,
        "restated": again and again.text,
        "new": now and now.text,
        "move": _less(numbers[2], numbers[0]),
        "revision": _less(numbers[1], numbers[0]),
        "new_year": _less(numbers[2], numbers[1]),
    }
    if was and now and not yearly and _same_thing(was, now, years):
        row |= {"revision": row["move"], "new_year": None if row["move"] is None else 0.0}
    return row | {"reason": _why(row, was, now, (old, new), years)}


def _number(fact: facts.Fact) -> float | None:
    """Return the number of a fact, or of a text that is a number in per cent.

    None for a bound, a day, words.
    """
    if not isinstance(fact.value, str):
        return float(fact.value)
    found = re.fullmatch(r"([\d,.]+)%?", fact.value)
    return float(found[1].replace(",", "")) if found else None


def _less(a: float | None, b: float | None) -> float | None:
    return None if a is None or b is None else a - b


def _same_thing(was: facts.Fact, now: facts.Fact, years: list[int]) -> bool:
    """Return whether both releases speak of the same thing.

    That is, of one year, or of an estimate that the next release replaces.
    """
    of_one_year = (now.as_of and was.as_of == now.as_of) or (now.yearly and years[0] == years[1])
    return bool(now.estimate or of_one_year)


NOT_SPLIT = "not split: "  # a revision and a new year cannot be told apart; what follows says why


def _why(
    row: dict, was: facts.Fact | None, now: facts.Fact | None, names: tuple[str, str], years: list[int]
) -> str:
    """Why a fact moved, as far as the two releases tell."""
    if was is None or now is None:
        return f"{names[0] if was is None else names[1]} does not print what it needs"
    others = [set(fact.sources) - {name.upper() for name in names} for fact in (was, now)]
    if others[0] != others[1]:
        told = [", ".join(sorted(fact.sources)) for fact in (was, now)]
        return f"{NOT_SPLIT}another source: {told[0]} → {told[1]}"
    if now.note and now.superseded:
        return now.note
    if row["restated"] is not None:
        if row["restated"] == row["old"]:
            return f"new year ({years[0]} → {years[1]})"
        if row["restated"] == row["new"]:
            return f"{years[0]} revised"
        return f"{years[0]} revised, then a new year ({years[0]} → {years[1]})"
    if row["revision"] is not None or _same_thing(was, now, years):
        return "revised by the publisher"
    if "–" in was.as_of and was.as_of != now.as_of:
        return f"{NOT_SPLIT}another period ({was.as_of} → {now.as_of})"
    if now.yearly:
        return f"{NOT_SPLIT}{names[1]} prints no {years[0]} of it"
    return f"{NOT_SPLIT}it is worked out from figures of which each release prints one year"
