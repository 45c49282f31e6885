"""Lists that a chapter shows from the evidence: who disagrees, what is not known, who said what.

No number is written twice.
"""

from collections.abc import Iterable

import pandas as pd
from markupsafe import Markup

from chokepoint.analysis import events
from chokepoint.data import tables
from chokepoint.pages.components.base import Component
from chokepoint.pages.markup import fold, macros

_template = macros("listing")


class Listing(Component):
    """Parts of a chapter that are words, lists and tables.

    They are text, `Markup` or components, one below the other.
    """

    def __init__(self, *parts: object) -> None:
        self.parts = parts

    def html(self) -> Markup:
        """See `Component`."""
        return Markup("").join(self.parts)


def disagreements(chapter: str) -> Listing:
    """List each question of a chapter ("04") on which sources differ.

    Each has what we adopt, why, and every reading, one click away.
    """
    conflicts = tables.rows("conflicts", chapter=chapter).query("published")
    readings = tables.rows("readings", conflict_group=conflicts.conflict_group).query("published")
    return Listing(
        *(
            _template.conflict(
                row, readings[readings.conflict_group == row["conflict_group"]].to_dict("records")
            )
            for row in conflicts.to_dict("records")
        )
    )


def is_answered(question_id: str) -> bool:
    """Say whether the evidence answers an open question."""
    return tables.row("open_questions", question_id=question_id).status == "answered"


def open_questions(questions: pd.DataFrame | None = None) -> pd.DataFrame:
    """List open questions that are still open or answered in part.

    What is only reported is not among them, nor what an event has settled.

    questions: the rows of `open_questions` to choose from, by default all.
    """
    rows = tables.load("open_questions") if questions is None else questions
    rows = rows.query("kind != 'reported' and status != 'answered'")
    return rows[[pd.isna(term) or events.settled(term) is None for term in rows.term]]


def unanswered_questions(chapter: str) -> Listing:
    """List the open questions of a chapter, why they matter and what was found; see `open_questions`."""
    rows = open_questions(tables.rows("open_questions", chapter=chapter))
    return Listing(_template.questions(rows.to_dict("records")))


def statements(*speaker_kinds: str) -> Listing:
    """List what was said, in our words, oldest first: a fold for each kind, official or commentator."""
    said = tables.load("statements").query("published").sort_values("date_start")
    parts = []
    for kind in speaker_kinds:
        rows = said[said.speaker_kind == kind].to_dict("records")
        parts.append(fold(f"What {kind}s said, in our words: {len(rows)}", _template.statements(rows)))
    return Listing(*parts)


def deals(finance_ids: Iterable[str]) -> list[Markup]:
    """Public money in single deals, oldest first: to whom, for what, how much, and how firm it is."""
    rows = tables.rows("finance", finance_id=finance_ids).query("published").sort_values("date_start")
    return [_template.deal(row) for row in rows.to_dict("records")]
