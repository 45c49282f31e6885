"""How a fact is declared: `@fact("rare_earths.china_mined", …)` above the function that computes it."""

import inspect
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from chokepoint.data import tables
from chokepoint.errors import MissingTable

WORDS = "words"  # the unit of a quotation
OWN = "M00"  # the source of what we assume ourselves
NUMBER_WORDS = [
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven"),
    *("twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty"),
]


def in_words(count: int) -> str:
    """Write a count up to twenty as a word, a larger one in figures.

    >>> in_words(9), in_words(29)
    ('nine', '29')
    """
    return NUMBER_WORDS[count] if count < len(NUMBER_WORDS) else f"{count}"


@dataclass(frozen=True)
class Fact:
    """One number, date or name that the prose may state.

    text is how it is written; value is a float where the fact is a number, else the text itself.
    prose is how a sentence writes it, where text has figures that only a comparison of releases needs.
    computation says in words how a computed fact was computed; it is empty for a stated one.
    rows are the rows a computed fact was computed from, in words.
    superseded holds the readings that a later one of the publisher replaced: (text, sources), newest first.
    yearly: it is of the release's latest year, and `of_year` has it of an earlier one.
    estimate: a release gives one estimate of it, which the next release replaces, such as reserves.
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
    yearly: bool = False
    estimate: bool = False
    prose: str = ""

    @property
    def prose_text(self) -> str:
        """How a sentence writes it."""
        return self.prose or self.text


@dataclass(frozen=True)
class Answer:
    """What a fact's function returns: value, ids of its sources and, where needed, further columns of `Fact`.

    text: where the format of the declaration would not do, such as "under 1%"; confidence likewise.
    """

    value: float | str
    sources: Iterable[str]
    text: str = ""
    rows: tuple[str, ...] = ()
    as_of: str = ""
    note: str = ""
    superseded: tuple[tuple[str, tuple[str, ...]], ...] = ()
    confidence: str = ""


@dataclass(frozen=True, eq=False)
class Declaration:
    """A computed fact, or a family of them; see `fact`. A family's shell has fields in braces."""

    shell: Fact
    compute: Callable[..., Answer | None]
    each: Callable[[], Iterable[Mapping]] | Iterable[Mapping]

    @cached_property
    def takes(self) -> frozenset[str]:
        """What the function takes, by name."""
        return frozenset(inspect.signature(self.compute).parameters)

    @cached_property
    def pattern(self) -> re.Pattern:
        """Matches every id that the declaration may have, and perhaps others."""
        return re.compile(re.sub(r"\\\{\w+\\\}", r"[\\w.]+", re.escape(self.shell.fact_id)))

    @cached_property
    def generality(self) -> int:
        """How little of the id is written out: single facts first, then narrow families, then wide ones."""
        literal = re.sub(r"\{\w+\}", "", self.shell.fact_id)
        return -1000 if literal == self.shell.fact_id else -len(literal)

    def answer(self, fields: Mapping, release: str, **more: object) -> Fact | None:
        """Compute the fact of one member of the family; None where the release lacks what it needs."""
        given = {**fields, "release": release, **more}
        try:
            answer = self.compute(**{name: given[name] for name in self.takes & given.keys()})
        except MissingTable:
            return None
        if answer is None:
            return None
        shell = self.shell
        value = answer.value.item() if isinstance(answer.value, np.generic) else answer.value
        columns = vars(answer) | {"sources": tuple(answer.sources), "value": value}
        columns = {name: cell for name, cell in columns.items() if cell or name == "value"}
        columns.setdefault("text", shell.text.format(answer.value))
        if shell.prose:
            columns["prose"] = shell.prose.format(answer.value)
        named = {name: getattr(shell, name).format(**fields) for name in ("fact_id", "label", "computation")}
        return replace(shell, **(named | columns))


DECLARED: list[Declaration] = []


def fact(
    fact_id: str,
    label: str,
    unit: str = "",
    text: str = "{}",
    *,
    how: str,
    each: Callable[[], Iterable[Mapping]] | Iterable[Mapping] = ({},),
    confidence: str = "primary",
    estimate: bool = False,
    prose: str = "",
) -> Callable:
    """Declare the function below as a computed fact; `text` is the format of its value, such as "{:.2f}%".

    prose: the format for sentences, where the source carries fewer figures than its releases differ by.

    A family is declared once: the id "{mineral}.vault_year" with `each`, a row for each member (or a function
    that returns the rows), whose fields fill the braces of id, label and how; the id may be a field itself.

    The function takes `release` and any of these fields by name, whichever it needs. It returns an `Answer`,
    or None where the release does not hold what it needs. One that takes `year` (None: the latest) is yearly.
    """

    def declare(compute: Callable) -> Callable:
        yearly = "year" in inspect.signature(compute).parameters
        shell = Fact(
            fact_id,
            label,
            0,
            unit,
            text,
            (),
            confidence,
            computation=how,
            yearly=yearly,
            estimate=estimate,
            prose=prose,
        )
        DECLARED.append(Declaration(shell, compute, each))
        return compute

    return declare


def minerals() -> list[dict]:
    """List the minerals that may have facts: a row for each with `mineral` and its `name`."""
    rows = tables.load("minerals")
    return rows.loc[rows.kind != "other", ["mineral", "name"]].to_dict("records")
