"""Every number the prose states: value, unit, sources, and how it was computed.

A fact is a row of `data/evidence/ledger.csv` (somebody stated it) or a function of a module here (we
computed it from tables), declared by `@fact("rare_earths.china_mined", …)`. Both can be evaluated at any
release, so "what changed" is this registry evaluated twice. Nothing is computed before it is asked for: one
fact reads the tables of that fact.
"""

import inspect
import pkgutil
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict
from functools import cache, partial
from importlib import import_module
from pathlib import Path
from typing import Any

import pandas as pd

from chokepoint.analysis.facts.registry import DECLARED, NUMBER_WORDS, WORDS, Declaration, Fact
from chokepoint.data import memory, tables
from chokepoint.errors import UserError, did_you_mean

ALL = "facts"  # in place of a name of `memory.reads`: all of them, as they were computed beforehand
_precomputed: dict[str, dict[str, Fact]] = {}  # by release: see `use_precomputed`


@cache
def _declarations() -> list[Declaration]:
    """All of them, the most specific first; whatever order their modules were imported in, the same."""
    for module in pkgutil.iter_modules(__path__):
        import_module(f"{__name__}.{module.name}")  # which needs this module first
    return sorted(DECLARED, key=lambda d: (d.generality, d.shell.fact_id, d.compute.__module__))


@memory.remembered
def _members(declared: Declaration) -> dict[str, Mapping]:
    """Return the ids of a declaration, each with the fields that fill its braces."""
    rows = declared.each() if callable(declared.each) else declared.each
    return {declared.shell.fact_id.format(**row): row for row in rows}


@memory.remembered
def _declaration(fact_id: str) -> Declaration | None:
    """Return the declaration of a fact.

    Only families that may have the id list their members.
    """
    for declared in _declarations():
        if declared.pattern.fullmatch(fact_id) and fact_id in _members(declared):
            return declared
    return None


def evaluate(release: str = tables.DEFAULT_RELEASE) -> dict[str, Fact]:
    """All facts at `release`, by id.

    >>> evaluate()["rare_earths.china_mined"].text
    '69.23%'
    """
    if release in _precomputed:
        memory.note(ALL)
        return dict(_precomputed[release])
    return dict(_evaluate(release))


def name_of(fact_id: str) -> str:
    """Name a fact that was computed beforehand as something that is read (see `memory.reads`)."""
    return f"{ALL}: {fact_id}"


def use_precomputed(release: str, known: dict[str, Fact]) -> None:
    """Let facts of a release be those that were computed before, for the rest of this process.

    For a process that ends before the tables change.
    """
    _precomputed[release] = known


@memory.remembered
def _evaluate(release: str) -> dict[str, Fact]:
    if memory.keeps():
        return evaluate_kept(release, partial(memory.kept, "facts"))
    return merge(work() for work in parts(release).values())


def evaluate_kept(release: str, get_or_compute: Callable[[str, Callable[[], dict]], dict]) -> dict[str, Fact]:
    """All facts at `release`, of which those that are kept under a key are not computed.

    get_or_compute: returns what is kept, else what the function that it is given computes; both of a form
    that JSON can hold.
    """
    work = parts(release).items()
    kept = (
        get_or_compute(part_key(release, name), lambda compute=compute: as_columns(compute()))
        for name, compute in work
    )
    return merge(map(from_columns, kept))


def part_key(release: str, name: str) -> str:
    """Name a part of all facts at a release, for what keeps it."""
    return f"{release} part {name}"


def as_columns(known: Mapping[str, Fact | None]) -> dict[str, dict | None]:
    """Write facts in a form that JSON can hold.

    >>> import json
    >>> loan = get("vault.exim_loan")
    >>> from_columns(json.loads(json.dumps(as_columns({"a": loan, "b": None})))) == {"a": loan, "b": None}
    True
    """
    return {fact_id: fact and asdict(fact) for fact_id, fact in known.items()}


def from_columns(columns: Mapping[str, dict | None]) -> dict[str, Fact | None]:
    """Read facts that `as_columns` wrote."""
    return {
        fact_id: cells and Fact(**{name: _tuples(cell) for name, cell in cells.items()})
        for fact_id, cells in columns.items()
    }


def _tuples(cell: Any) -> Any:
    """Return lists, as JSON has them, as the tuples that they were."""
    return tuple(map(_tuples, cell)) if isinstance(cell, list) else cell


def parts(release: str) -> dict[str, Callable[[], dict[str, Fact | None]]]:
    """Return how to compute each part of `evaluate`, by name: what is stated, and each declaration's facts.

    >>> list(parts("mcs2026"))[0]
    'stated'
    """
    computed = {
        f"{number} {declared.shell.fact_id}": partial(  # two families may have the same braces alone
            _answers, declared, release if "release" in declared.takes else tables.DEFAULT_RELEASE
        )
        for number, declared in enumerate(_declarations())
    }
    return {"stated": _all_stated} | computed


def merge(answers: Iterable[dict[str, Fact | None]]) -> dict[str, Fact]:
    """Merge parts: of an id that several have, the first one's fact, or none where that has none."""
    every: dict[str, Fact | None] = {}
    for facts in answers:
        for fact_id, known in facts.items():
            every.setdefault(fact_id, known)
    return {fact_id: known for fact_id, known in every.items() if known}


def _all_stated() -> dict[str, Fact | None]:
    rows = tables.load("ledger").query("published").to_dict("records")
    return {fact.fact_id: fact for fact in map(_from_ledger, rows)}


@memory.remembered
def _answers(declared: Declaration, release: str) -> dict[str, Fact | None]:
    """All facts of a declaration; those that are of no release are computed once for all."""
    return {fact_id: _answer(declared, release, fact_id) for fact_id in _members(declared)}


@memory.remembered
def _answer(declared: Declaration, release: str, fact_id: str) -> Fact | None:
    return declared.answer(_members(declared)[fact_id], release)


def get(fact_id: str, release: str = tables.DEFAULT_RELEASE) -> Fact:
    """One fact, and only that one is computed. UserError, with the nearest id, when there is none."""
    if known := find(fact_id, release):
        return known
    if any(find(fact_id, other) for other in tables.releases()):
        raise UserError(f'The release "{release}" does not hold what the fact "{fact_id}" is computed from.')
    hint = did_you_mean(fact_id, evaluate(), "`chokepoint facts` lists them all.")
    raise UserError(f'No fact "{fact_id}". {hint}')


def find(fact_id: str, release: str = tables.DEFAULT_RELEASE) -> Fact | None:
    """One fact, or None where there is none or the release does not hold what it needs."""
    if release in _precomputed:
        memory.note(name_of(fact_id))
        return _precomputed[release].get(fact_id)
    return _fact(release, fact_id)


@memory.remembered
def _fact(release: str, fact_id: str) -> Fact | None:
    if stated := _stated(fact_id):
        return stated
    declared = _declaration(fact_id)
    return _answer(declared, release, fact_id) if declared else None


def of_year(fact_id: str, release: str, year: int) -> Fact | None:
    """Return a yearly fact of an earlier year than the release's latest.

    None where the release has nothing of it.

    >>> of_year("antimony.china_mined", "mcs2026", 2024).text
    '34%'
    """

    def compute() -> dict[str, dict | None]:
        declared = _declaration(fact_id)
        return as_columns({fact_id: declared.answer(_members(declared)[fact_id], release, year=year)})

    return from_columns(memory.kept("facts", f"{release} {fact_id} of {year}", compute))[fact_id]


def declared_at(fact_id: str) -> tuple[Path, int]:
    """File and line of a fact: of its declaration, that of its family, or its row of the ledger.

    UserError, with the nearest id, when there is none.

    >>> [declared_at(fact_id)[0].name for fact_id in ("gallium.vault_year", "vault.exim_loan")]
    ['vault.py', 'ledger.csv']
    """
    get(fact_id)
    file, ids = tables.data_dir() / "evidence" / "ledger.csv", [fact_id]
    if found := _declaration(fact_id):
        file, ids = Path(inspect.getsourcefile(found.compute)), [fact_id, found.shell.fact_id]
    lines = file.read_text(encoding="utf-8").splitlines()
    written = [re.compile(rf'(^|"){re.escape(text)}[",]') for text in ids]
    return file, next(i for text in written for i, line in enumerate(lines, 1) if text.search(line))


@memory.remembered
def _stated(fact_id: str) -> Fact | None:
    """Return the published row of the ledger with that id; a page that states it depends on no other row."""
    row = tables.row("ledger", fact_id=fact_id)
    return _from_ledger(row.to_dict()) if row is not None and row.published else None


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


def agrees(text: str, fact: Fact) -> bool:
    """Whether a text says what the registry says, at the precision with which it is written.

    >>> loan = Fact("vault.exim_loan", "", 10.0, "US$ billion", "US$10 billion", ("S002",), "primary")
    >>> agrees("up to $10 billion", loan), agrees("ten billion dollars", loan), agrees("US$12 billion", loan)
    (True, True, False)
    """
    if text in (fact.text, fact.prose) or fact.unit == WORDS:  # a quotation is quoted whole, within its marks
        return text in (fact.text, fact.prose)
    if isinstance(fact.value, str):
        if (day := _day(fact.text)) and [int(n) for n in re.findall(r"\d+", text)] in day:
            return True
        return fact.text.casefold() in text.casefold() or (
            len(text) > 3 and text in fact.text
        )  # "April 2025" of a day in it
    figures = re.findall(r"\d[\d,]*(?:\.\d+)?", _in_billions(text))
    spelled = [NUMBER_WORDS.index(w) for w in re.findall(r"[a-z]+", text.lower()) if w in NUMBER_WORDS]
    stated = [(float(f.replace(",", "")), len(f.partition(".")[2])) for f in figures] + [
        (float(n), 0) for n in spelled
    ]
    return len(stated) == 1 and abs(abs(round(fact.value, stated[0][1])) - stated[0][0]) < 1e-9


def _day(text: str) -> tuple[list[int], ...]:
    """Return the numbers of a day as other languages write them: day and year; year, month and day.

    >>> _day("4 April 2025")
    ([4, 2025], [2025, 4, 4])
    """
    day = pd.to_datetime(text, format="%d %B %Y", errors="coerce")
    return () if pd.isna(day) else ([day.day, day.year], [day.year, day.month, day.day])


def _in_billions(text: str) -> str:
    """Return a text with hundreds of millions, as Chinese and Japanese count, in billions.

    >>> _in_billions("约120亿美元"), _in_billions("US$12 billion")
    ('约12美元', 'US$12 billion')
    """
    return re.sub(r"(\d+)[亿億]", lambda found: f"{int(found[1]) / 10:g}", text)


def linked(sentence: str, release: str = tables.DEFAULT_RELEASE) -> str:
    """Return a sentence with `{fact.id}` in it, as plain text: the facts' own.

    >>> linked("China mined {rare_earths.china_mined} of the world's rare earths.")
    "China mined 69% of the world's rare earths."
    """
    return re.sub(r"\{([a-z0-9_.]+)\}", lambda m: get(m[1], release).prose_text, sentence)
