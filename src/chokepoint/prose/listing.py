"""Lists that a chapter prints from the evidence: who disagrees, what is not known, who said what. No number is written twice."""

import html
from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd

from chokepoint import tables
from chokepoint.charts.figure import link, live_html, printing
from chokepoint.measures import events
from chokepoint.prose.amounts import date, source


@dataclass(frozen=True)
class Listing:
    """A list as HTML, for the page and for a live kernel."""

    body: str

    def _repr_mimebundle_(self, include=None, exclude=None) -> dict:
        return {"text/html": self.body if printing() else live_html(self.body), "text/plain": "a list of evidence"}


def disagreements(chapter: str) -> Listing:
    """Each question of a chapter ("04") on which sources differ: what we adopt, why, and every reading, one click away."""
    conflicts = tables.load("conflicts").query("chapter == @chapter and published")
    readings = tables.load("readings").query("published")
    parts = [_conflict(row, readings[readings.conflict_group == row["conflict_group"]]) for row in conflicts.to_dict("records")]
    return Listing("".join(parts))


def _conflict(conflict: dict, readings: pd.DataFrame) -> str:
    verdict = "Not settled: " if conflict["outcome"] == "unresolved" else ""
    said = "".join(
        f"<li>{_e(r['outlet'])}: {_e(r['reading'])}{_why(r['why'])} {_sources([r['source_id']])}</li>" for r in readings.to_dict("records")
    )
    return (
        f"<p><strong>{_e(conflict['question'])}</strong> {verdict}{_e(conflict['resolution'])}. <em>{_e(conflict['why'])}.</em> "
        f'{_sources([conflict["source_id"]])}</p><details class="cp-numbers"><summary>{len(readings)} readings</summary><ul>{said}</ul></details>'
    )


def _why(text) -> str:
    return f" ({_e(text if text[1:2].isupper() else text[:1].lower() + text[1:])})" if pd.notna(text) else ""  # US stays US


def asked() -> pd.DataFrame:
    """Open questions that are still open or answered in part; what is only reported is not among them, nor what an event has settled."""
    rows = tables.load("open_questions").query("kind != 'reported' and status != 'answered'")
    return rows[[pd.isna(term) or events.settled(term) is None for term in rows.term]]


def open_questions(chapter: str) -> Listing:
    """The open questions of a chapter, with why they matter and what was found; see `asked`."""
    rows = asked().query("chapter == @chapter").to_dict("records")
    items = [
        f"<li><strong>{_e(r['question'])}</strong> {_e(r['why'])}. {_e(r['looked_for'])}. {_sources([r['source_id']])}</li>" for r in rows
    ]
    return Listing(f"<ul>{''.join(items)}</ul>")


def statements(speaker_kind: str) -> Listing:
    """What was said, in our words, oldest first. speaker_kind: official or commentator."""
    rows = tables.load("statements").query("speaker_kind == @speaker_kind and published").sort_values("date_start").to_dict("records")
    items = [
        f"<li><strong>{day(r)}, {_e(r['speaker'])}{_role(r['role'])}.</strong> {_e(r['paraphrase'])}. {_sources([r['source_id']])}</li>"
        for r in rows
    ]
    return Listing(f"<ul>{''.join(items)}</ul>")


def deals(finance_ids: Iterable[str]) -> list[str]:
    """Public money in single deals, an item of HTML each, oldest first: to whom, for what, how much, and how firm it is."""
    rows = tables.load("finance").query("published and finance_id in @finance_ids").sort_values("date_start")
    return [
        f"<b>{day(r)}</b>, {_e(r['recipient'])}. {_e(r['description'])}{', ' + _e(r['amount_text']) if pd.notna(r['amount_text']) else ''}; "
        f"{_e(r['status'])} as of {date(r['as_of'])}. {source(r['source_id'])}"
        for r in rows.to_dict("records")
    ]


def _role(role) -> str:
    """The office of a person; what kind of body speaks (ministry, embassy) says itself.

    >>> _role("President"), _role("ministry")
    (', President', '')
    """
    return f", {_e(role)}" if pd.notna(role) and role[:1].isupper() else ""


def day(row: dict, column: str = "date") -> str:
    """A date as it is known: a day, a month or a year.

    >>> day({"date_start": pd.Timestamp(2026, 2, 4), "date_precision": "day"}), day({"date_start": pd.Timestamp(2026, 2, 1), "date_precision": "month"})
    ('4 February 2026', 'February 2026')
    """
    start, form = row[f"{column}_start"], {"day": "%-d %B %Y", "month": "%B %Y", "year": "%Y"}
    return start.strftime(form[row[f"{column}_precision"]])


def _sources(ids: Iterable[str]) -> str:
    publisher = tables.load("sources").set_index("source_id").publisher
    links = ", ".join(f'<a href="{link("sources", f"source-{_e(i)}")}" title="{_e(publisher[i])}">{_e(i)}</a>' for i in ids if pd.notna(i))
    return f"<small>[{links}]</small>" if links else ""


def _e(value) -> str:
    return html.escape("" if pd.isna(value) else str(value))
