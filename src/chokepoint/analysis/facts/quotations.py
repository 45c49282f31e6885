"""What was said: quotations, each with who said it, when, and the source that carries the words."""

import pandas as pd

from chokepoint.analysis.events import day
from chokepoint.analysis.facts.registry import WORDS, Answer, fact
from chokepoint.data import tables, views


@views.view("quotations")
def _published(quotations: pd.DataFrame) -> pd.DataFrame:
    """Return who said something, and when; the words are read row by row."""
    rows = quotations.query("published")
    slugs = rows.quotation_id.str.removeprefix("quote.")
    return pd.DataFrame({"slug": slugs, "speaker": rows.speaker, "day": rows.apply(day, axis=1)})


@fact(
    "quote.{slug}",
    "{speaker}, {day}",
    WORDS,
    "“{}”",
    how="Words as the source carries them",
    each=lambda: _published().to_dict("records"),
)
def quotation(slug: str) -> Answer:
    row = tables.row("quotations", quotation_id=f"quote.{slug}").fillna("")
    about = f"{row['role']}; {row['spoken_or_official']}, on {row['about']}"
    note = f"{about}. {row['note']}".strip()
    return Answer(row.words, (row.source_id,), as_of=row.date, note=note, confidence=row.confidence)
