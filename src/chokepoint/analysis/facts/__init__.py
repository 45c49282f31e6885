"""Every number the prose states: value, unit, sources, and how it was come by.

A fact is a row of `data/evidence/ledger.csv` (somebody stated it) or a function of
a module of this folder (we computed it from tables).
Both can be evaluated at any release, so "what changed" is this registry evaluated twice.
"""

import difflib
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache, partial
from importlib import import_module
from pathlib import Path
from types import ModuleType

import pandas as pd

from chokepoint.data import tables
from chokepoint.errors import MissingTable, UserError

# The modules of this folder and the ids that each may define: one is imported, and reads what it needs, when such an id is asked for.
_FAMILIES = {
    "dependence": r"\w+\.((china|largest|inside)_(mined|refined)|reliance|main_source|controlled_since|year_(mined|refined))"
    r"|(dependence|reliance|frameworks)\.\w+",
    "vault": r"\w+\.(vault_year|stock_(days|china))|vault\.(cover|use|basket|minerals|cost|copper)_\w+",
    "countries": r"\w+\.(\w+_(mined|refined|reserves|us_imports)|signed)",
    "forms": r"\w+\.reliance_of_\w+",
    "revised": r"\w+\.(reliance_\d{4}|reserves_\w+)",
    "prices_and_models": r"(ndpr|floor|mine|contract|cascade|vault|shock)\.\w+",
    "futures": r"futures\.\w+",
    "validation": r"validation\.\w+",
    "since": r"(since|evidence)\.\w+",
    "accounts": r"accounts\.\w+",
}
_COMPUTED: dict[str, tuple["Fact", Callable]] = {}
_YEARLY: set[str] = (
    set()
)  # facts of a release's latest year, which can be worked out of an earlier year of it too
_ESTIMATES: set[str] = (
    set()
)  # facts of which every release gives one estimate of the same thing, whatever its year
_WORDS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen twenty"
).split()


@dataclass(frozen=True)
class Fact:
    """One number, date or name that the prose may state.

    text is how it prints; value is a float where the fact is a number, else the text itself.
    computation says in words how a computed fact was come by; it is empty for a stated one.
    rows are the rows a computed fact was worked out from, in words.
    superseded holds the readings that a later one of the same publisher replaced, each (text, sources), newest first.
    """

    fact_id: str
    label: str
    value: float | str
    unit: str
    text: str
    sources: tuple[str, ...]
    confidence: str
    as_of: str = ""
    computation: str = ""
    conflict_group: str = ""
    note: str = ""
    rows: tuple[str, ...] = ()
    superseded: tuple[tuple[str, tuple[str, ...]], ...] = ()


def evaluate(release: str = tables.DEFAULT_RELEASE) -> dict[str, Fact]:
    """All facts at `release`, by id.

    >>> evaluate()["rare_earths.china_mined"].text
    '69.23 %'
    """
    data = tables.data_dir()
    for name in _FAMILIES:
        family = _family(name)
        for subject in family.subjects() if hasattr(family, "subjects") else ():
            _define(data, name, subject)
    stated = tables.load("ledger").query("published").fact_id
    found = {fact_id: _fact(data, release, fact_id) for fact_id in (*stated, *_COMPUTED)}
    return {fact_id: fact for fact_id, fact in found.items() if fact}


def get(fact_id: str, release: str = tables.DEFAULT_RELEASE) -> Fact:
    """One fact, and only that one is worked out. UserError, with the nearest id, when there is none."""
    if fact := find(fact_id, release):
        return fact
    if any(find(fact_id, other) for other in tables.releases()):
        raise UserError(f'The release "{release}" does not hold what the fact "{fact_id}" is computed from.')
    near = difflib.get_close_matches(fact_id, evaluate(), 1)
    hint = f'Did you mean "{near[0]}"?' if near else "See data/evidence/ledger.csv and src/chokepoint/facts/."
    raise UserError(f'No fact "{fact_id}". {hint}')


def find(fact_id: str, release: str = tables.DEFAULT_RELEASE) -> Fact | None:
    """One fact, or None where there is none or the release does not hold what it needs."""
    data = tables.data_dir()
    return _fact(data, release, fact_id) if _stated(data, fact_id) or _is_computed(data, fact_id) else None


def _is_computed(data: Path, fact_id: str) -> bool:
    """Whether some module here computes it: those that may, and no other, are asked to define what they have of its subject."""
    subject = fact_id.partition(".")[0]
    for name in (name for name, ids in _FAMILIES.items() if re.fullmatch(ids, fact_id)):
        _define(data, name, subject)
        if fact_id in _COMPUTED:
            return True
    return False


@cache
def _define(data: Path, name: str, subject: str) -> None:
    """Let a family define its facts of one subject, the first part of their ids; one without subjects does so when imported."""
    family = _family(name)
    if hasattr(family, "define"):
        family.define(subject)


def _family(name: str) -> ModuleType:
    return import_module(f"chokepoint.analysis.facts.{name}")  # it needs this module first


@cache
def _stated(data: Path, fact_id: str) -> Fact | None:
    """The published row of the ledger with that id; a page that states it depends on no other row."""
    rows = tables.rows("ledger", fact_id=fact_id).query("published").to_dict("records")
    return _from_ledger(rows[0]) if rows else None


@cache
def _fact(data: Path, release: str, fact_id: str) -> Fact | None:
    """One fact at a release; None where the release does not hold what it needs."""
    return _computed(*_COMPUTED[fact_id], release) if fact_id in _COMPUTED else _stated(data, fact_id)


def is_yearly(fact_id: str) -> bool:
    """Whether a fact is of the latest year of a release, and `of_year` can tell it of an earlier one.

    >>> evaluate() is None, is_yearly("antimony.china_mined"), is_yearly("vault.exim_loan")
    (False, True, False)
    """
    return fact_id in _YEARLY


def is_estimate(fact_id: str) -> bool:
    """Whether a release gives one estimate of a fact, which the next release's estimate replaces.

    >>> evaluate() is None, is_estimate("australia.lithium_reserves"), is_estimate("australia.lithium_mined")
    (False, True, False)
    """
    return fact_id in _ESTIMATES


def of_year(fact_id: str, release: str, year: int) -> Fact | None:
    """What a release says of an earlier year than its latest; None where it prints nothing of it. Only of yearly facts.

    >>> evaluate() is None, of_year("antimony.china_mined", "mcs2026", 2024).text
    (False, '34 %')
    """
    shell, compute = _COMPUTED[fact_id]
    return _computed(shell, partial(compute, year=year), release)


def _from_ledger(row: dict) -> Fact:
    row = {k: "" if pd.isna(v) else v for k, v in row.items()}
    try:
        value: float | str = float(row["value"])
    except ValueError:
        value = row["value"] or row["text"]
    return Fact(
        row["fact_id"],
        row["label"],
        value,
        row["unit"],
        row["text"],
        tuple(s.strip() for s in row["source_ids"].split(";")),
        row["confidence"],
        str(row["as_of"])[:10],
        "",
        row["conflict_group"],
        row["note"],
    )


def _computed(shell: Fact, compute: Callable, release: str) -> Fact | None:
    """The fact at a release, or None where that release does not hold what it needs."""
    try:
        value, sources, *more = compute(release)
    except MissingTable:
        return None
    if value is None:
        return None
    further = {"text": shell.text.format(value), **(more[0] if more else {})}
    return replace(shell, value=value, sources=sources, **further)


def computed(
    fact_id: str,
    label: str,
    unit: str,
    text: str,
    how: str,
    confidence: str = "primary",
    *,
    yearly: bool = False,
    estimate: bool = False,
):
    """Register a function release -> (value, source ids) as a fact; `text` is its format, for example '{:.2f} %'.

    The function may give a third thing, a dictionary of further columns of the fact (as_of, note, rows, superseded).
    yearly: it is of the release's latest year, and the function takes another as the argument year; see `of_year`.
    estimate: a release gives one estimate of it, which the next replaces, such as reserves.
    """

    def register(compute: Callable) -> Callable:
        _COMPUTED[fact_id] = Fact(fact_id, label, 0, unit, text, (), confidence, computation=how), compute
        if yearly:
            _YEARLY.add(fact_id)
        if estimate:
            _ESTIMATES.add(fact_id)
        return compute

    return register


def agrees(text: str, fact: Fact) -> bool:
    """Whether an explicit text says what the registry says, at the precision it prints.

    >>> loan = Fact("vault.exim_loan", "", 10.0, "US$ billion", "US$10 billion", ("S002",), "primary")
    >>> agrees("up to $10 billion", loan), agrees("ten billion dollars", loan), agrees("US$12 billion", loan)
    (True, True, False)
    """
    if text == fact.text:
        return True
    if isinstance(fact.value, str):
        return fact.text.casefold() in text.casefold() or (
            len(text) > 3 and text in fact.text
        )  # "April 2025" of a day in it
    figures = re.findall(r"\d[\d,]*(?:\.\d+)?", text)
    spelled = [_WORDS.index(w) for w in re.findall(r"[a-z]+", text.lower()) if w in _WORDS]
    said = [(float(f.replace(",", "")), len(f.partition(".")[2])) for f in figures] + [
        (float(n), 0) for n in spelled
    ]
    return len(said) == 1 and abs(abs(round(fact.value, said[0][1])) - said[0][0]) < 1e-9


def linked(sentence: str, release: str = tables.DEFAULT_RELEASE) -> str:
    """A sentence with `{fact.id}` in it, as plain text: the facts' own.

    >>> linked("China mined {rare_earths.china_mined} of the world's rare earths.")
    "China mined 69.23 % of the world's rare earths."
    """
    return re.sub(r"\{([a-z0-9_.]+)\}", lambda m: get(m[1], release).text, sentence)
