"""Rules of the evidence that the schema of one table cannot say.

They are what grade the cited sources bear, and which term an event settles.
"""

import re
from collections.abc import Iterable, Iterator, Mapping

import pandas as pd

GRADES = (
    "memory-unverified",
    "single-source",
    "corroborated",
    "primary",
)  # from the weakest to the strongest
_READ = {"original", "mirror", "excerpt", ""}  # its own words were read; empty where the record does not say
_OFFICIAL = {"primary government", "primary company"}
_TERM = ("term", "term_kind", "term_start")

Cited = Mapping[str, str]  # a row of the table of sources


def origin(source: Cited) -> str:
    """Whose word a source carries: two sources of one origin count once.

    >>> (
    ...     origin({"publisher": "TradingKey", "origin": "Reuters"}),
    ...     origin({"publisher": "Politico", "origin": ""}),
    ... )
    ('Reuters', 'Politico')
    """
    return source["origin"] or source["publisher"]


def highest(cited: Iterable[Cited]) -> str:
    """Return the strongest grade that the cited sources bear, as the data dictionary defines it.

    >>> text = {"publisher": "MOFCOM", "origin": "", "kind": "primary government", "read_as": "relay"}
    >>> tracker = {"publisher": "A tracker", "origin": "", "kind": "compilation", "read_as": "original"}
    >>> (
    ...     highest([tracker]),
    ...     highest([text]),
    ...     highest([text, tracker]),
    ...     highest([{**text, "read_as": "mirror"}]),
    ... )
    ('single-source', 'single-source', 'corroborated', 'primary')
    >>> highest([{**text, "read_through": "S040"}, {**tracker, "source_id": "S040"}])
    'single-source'
    """
    known = [s for s in cited if s["kind"] != "lead" and s["read_as"] != "none"]
    if any(_own_words(s) for s in known):
        return "primary"
    return "corroborated" if independent(known) else "single-source"


def independent(cited: Iterable[Cited]) -> bool:
    """Return whether two of the sources say it apart from each other.

    That is two origins, or a compilation beside a text that it did not bring us. A compilation (a tracker, a
    digest) is no origin: two of them are one hearsay. Beside an official text it is the relay that quotes it;
    beside a report that was read in itself it is a second way to the same thing. A text that we know only
    through others (`read_through`) counts as those of them that are cited: with the one that brought it, it
    is one; with two, two.

    >>> wire = {"publisher": "A daily", "origin": "Reuters", "kind": "wire", "read_as": "mirror"}
    >>> tracker = {
    ...     "source_id": "S040",
    ...     "publisher": "A tracker",
    ...     "origin": "",
    ...     "kind": "compilation",
    ...     "read_as": "original",
    ... }
    >>> (
    ...     independent([wire, {**wire, "publisher": "Another"}]),
    ...     independent([tracker, {**tracker, "publisher": "Another"}]),
    ... )
    (False, False)
    >>> independent([wire, tracker]), independent([{**wire, "read_as": "relay"}, tracker])
    (True, False)
    >>> text = {
    ...     "publisher": "MOFCOM",
    ...     "origin": "",
    ...     "kind": "primary government",
    ...     "read_as": "relay",
    ...     "read_through": "S040;S041",
    ... }
    >>> (
    ...     independent([text, tracker]),
    ...     independent([text, tracker, {**tracker, "source_id": "S041", "publisher": "A digest"}]),
    ... )
    (False, True)
    """
    known = [s for s in cited if s["kind"] != "lead" and s["read_as"] != "none"]
    brought = {r for s in known for r in _relays(s)}
    own = [s for s in known if s["kind"] != "compilation"]
    firm = any(s["kind"] in _OFFICIAL or s["read_as"] in _READ for s in own)
    heard = {way for s in own for way in _ways(s, known)}
    return len(heard) > 1 or (
        firm and any(s["kind"] == "compilation" and s.get("source_id") not in brought for s in known)
    )


def _relays(source: Cited) -> list[str]:
    """Return the ids of the sources through which a text was read.

    None where it was read in itself, or where the record does not name them.
    """
    return [part.strip() for part in (source.get("read_through") or "").split(";") if part.strip()]


def _ways(source: Cited, cited: Iterable[Cited]) -> set[str]:
    """Whose word a source is to us: its own, or that of the cited sources through which alone it was read."""
    relays = _relays(source)
    through = {origin(s) for s in cited if s.get("source_id") in relays}
    return through or {relays[0] if relays else origin(source)}


def _own_words(source: Cited) -> bool:
    """Whether a source is the body concerned speaking for itself, and was read: its text, or its own data."""
    return source["read_as"] in _READ and source["kind"] in (*_OFFICIAL, "dataset")


def faults(frames: Mapping[str, pd.DataFrame]) -> Iterator[tuple[str, int, str, str]]:
    """Return the rows that break a rule of this module.

    Each is (table, row as a spreadsheet counts, column, message). frames: tables as text.
    """
    if "sources" in frames:
        sources = (
            frames["sources"].drop_duplicates("source_id").set_index("source_id", drop=False).to_dict("index")
        )
        for name, frame in frames.items():
            if {"confidence", "published"} <= set(frame.columns) and {"source_id", "source_ids"} & set(
                frame.columns
            ):
                yield from _graded(name, frame, sources)
    if {"timeline", "agreements"} <= frames.keys():
        yield from _terms(frames["timeline"], frames["agreements"], frames.get("open_questions"))


def cited(row: Mapping[str, str]) -> list[str]:
    """Return the ids of the sources that a row's grade rests on.

    Of a claim, they are the article and its check, or the check alone where it contradicts.

    >>> cited({"source_id": "S001", "source_ids": "S002;S003"})
    ['S001', 'S002', 'S003']
    >>> cited({"verdict": "wrong", "source_id": "SEED0", "check_source_id": "S005"})
    ['S005']
    """
    columns: tuple[str, ...] = ("source_id", "source_ids")
    if "verdict" in row:
        columns = (
            ("check_source_id",)
            if row["verdict"] in ("wrong", "imprecise")
            else ("source_id", "check_source_id")
        )
    return [part.strip() for column in columns for part in row.get(column, "").split(";") if part.strip()]


def _graded(
    name: str, frame: pd.DataFrame, sources: Mapping[str, Cited]
) -> Iterator[tuple[str, int, str, str]]:
    for i, row in zip(frame.index, frame.to_dict("records"), strict=True):
        if row["published"] != "true" or row["confidence"] not in GRADES:
            continue  # a cell that is not allowed is said already
        if row.get("source_id") == "" or not sources.keys() >= set(cited(row)):
            continue  # so is a source that is left out or unknown
        known = [sources[s] for s in cited(row)]
        grade, best = row["confidence"], highest(known)
        if GRADES.index(grade) > GRADES.index(best):
            said = (
                f'"{grade}" is more than its sources bear ({", ".join(cited(row))}: {best}). '
                "Cite another, or lower the grade"
            )
            yield name, int(i) + 2, "confidence", said
        elif grade == "corroborated" and not independent(known):
            said = f'"{grade}" rests on one origin ({", ".join(cited(row))}). Cite another, or call it {best}'
            yield name, int(i) + 2, "confidence", said


def _terms(
    events: pd.DataFrame, texts: pd.DataFrame, questions: pd.DataFrame | None
) -> Iterator[tuple[str, int, str, str]]:
    """Yield rows that settle what is no term, say half of what is needed, or are misdated.

    Needed is what a term or an outcome needs; a misdated row lies on the wrong side of its own date.
    """
    known = {*texts.agreement_id[texts.deadline_days != ""], *events.event_id[events.term != ""]}
    for i, row in zip(events.index, events.to_dict("records"), strict=True):
        at = int(i) + 2
        if row["settles"] and row["settles"] not in known:
            yield (
                "timeline",
                at,
                "settles",
                f'"{row["settles"]}" is no term. The terms: {", ".join(sorted(known))}',
            )
        if bool(row["settles"]) != bool(row["outcome"]):
            yield "timeline", at, "outcome", "goes with settles: fill both, or neither"
        if len({bool(row[c]) for c in _TERM}) > 1:
            yield "timeline", at, "term", f"goes with {' and '.join(_TERM[1:])}: fill all three, or none"
        is_day = re.fullmatch(r"\d{4}-\d\d-\d\d", row["date_start"])  # what is none is said already
        if is_day and (row["happened"] == "scheduled") != (row["date_start"] > row["as_of"]):
            yield (
                "timeline",
                at,
                "happened",
                f'"{row["happened"]}" does not fit {row["date_start"]} as seen on {row["as_of"]}',
            )
    for i, row in (
        [] if questions is None else zip(questions.index, questions.to_dict("records"), strict=True)
    ):
        if row["term"] and row["term"] not in known:
            yield (
                "open_questions",
                int(i) + 2,
                "term",
                f'"{row["term"]}" is no term. The terms: {", ".join(sorted(known))}',
            )
