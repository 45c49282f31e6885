"""Who says what: short quotations on one subject where accounts clash, and who answers whom."""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd
from markupsafe import Markup

from chokepoint.data import tables
from chokepoint.pages.components.base import Component
from chokepoint.pages.markup import macros

_template = macros("voices")


@dataclass(frozen=True)
class QuotationStrip(Component):
    """A strip of quotations; see `compare_quotations`."""

    title: str
    rows: tuple[dict, ...]
    speakers: dict[str, str]

    def html(self) -> Markup:
        """See `Component`."""
        return _template.voices(self.title, self.rows, self.speakers)


def compare_quotations(about: str, title: str, only: Sequence[str] = ()) -> QuotationStrip:
    """Set the quotations on a subject side by side, oldest first, each answer after what it answers.

    about: as in the column of that name. only: ids, where not all of the subject are wanted, in their order.

    >>> IDS = ["quote.lin_trade", "quote.vance_bloc"]
    >>> [row["speaker"] for row in compare_quotations("bloc", "", IDS).rows]
    ['JD Vance', 'Lin Jian']
    """
    rows = tables.rows("quotations", about=about).query("published").sort_values("date_start", kind="stable")
    found = {row["quotation_id"]: row for row in rows.to_dict("records")}
    said = {key: found[key] for key in (only or found)}
    replies = {key: [row for row in said.values() if row["answers"] == key] for key in said}
    ordered = [row for key, row in said.items() if row["answers"] not in said for row in (row, *replies[key])]
    answered = {row["answers"] for row in ordered if pd.notna(row["answers"])}
    speakers = {key: tables.row("quotations", quotation_id=key).speaker for key in answered}
    return QuotationStrip(title, tuple(ordered), speakers)
