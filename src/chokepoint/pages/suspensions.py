"""What is said of a Chinese suspension and its last day.

It is said by the suspension's text, and by the event that settles it, where there is one.
"""

from collections.abc import Mapping

import pandas as pd

from chokepoint.analysis import events
from chokepoint.data import tables
from chokepoint.pages.amounts import date, listed

_WORDS = {
    events.EXTENDED: "was extended",
    events.ENDED: "ran out",
    events.REPLACED: "was replaced",
    events.MET: "ended as set",
    events.LATE: "ended late",
    events.MISSED: "did not end as set",
}


def until(control: Mapping) -> str:
    """Write the end of a suspended measure's suspension, as a clause.

    For example "by its text to 10 November 2026, …"; "" where it has none.

    control: a row of `controls` with suspended_by and suspended_to.
    """
    day = control["suspended_to"]
    if control["status"] != "suspended" or pd.isna(day):
        return ""
    return f"by its text to {date(day)}{afterwards(control['suspended_by'], day)}"


def afterwards(suspension: str, day: pd.Timestamp) -> str:
    """Say what is known of the days after the last day of a suspension, as the rest of a sentence.

    suspension: the announcement that made it, a key of `controls`.
    """
    known = events.settled_suspension(suspension)
    if known is not None:
        return f"; it {_WORDS[known.outcome]}, on {date(known.settled)}"
    if events.is_ahead(f"{day:%Y-%m-%d}"):
        return ", after the evidence of this book ends"
    return "; what followed was not found"


def sentences() -> list[str]:
    """Write a sentence for each published suspension, with facts in braces.

    It says what was suspended, to when, and what is known of the end.
    """
    rows = tables.rows("controls", instrument="suspension").query("published").sort_values("suspended_to")
    told = []
    for row in rows.to_dict("records"):
        known = events.settled_suspension(row["control_id"])
        start = f"The suspension of {row['items']}"
        if known is None:
            term = until({**row, "status": "suspended", "suspended_by": row["control_id"]})
            told.append(f"{start} was to run {term}.")
        else:
            told.append(
                f"{start} ran by its text to {date(row['suspended_to'])}. On {date(known.settled)}: "
                f"{known.how}."
            )
    if not any(events.settled_suspension(key) is not None for key in rows.control_id):
        told.append(
            "On {truce.extension_said} the ministry said that both sides had agreed to extend the "
            "arrangement behind them to {truce.extended_to}. "
            "It named neither rare earths nor the announcements, and none that moves the two days is in "
            "the evidence."
        )
    return told


def summary() -> str:
    """One sentence on the suspensions, or more once an event has settled one, with facts in braces."""
    ends = _ends()
    if all(known is None for _, _, known in ends):
        days = listed([f"on {day} for {what}" for what, day, _ in ends])
        return (
            f"By their texts China’s suspensions were to end {days}; by {{truce.extension_said}} "
            "both governments had said that the truce runs to {truce.extended_to}."
        )
    told = [
        f"China’s suspension of {what} was set to end on {day}"
        + (
            ", and nothing in the evidence settles it"
            if known is None
            else f"; on {date(known.settled)} it {_WORDS[known.outcome]}"
        )
        for what, day, known in ends
    ]
    return ". ".join(told) + "."


def _ends() -> list[tuple[str, str, pd.Series | None]]:
    """Return, for each published suspension, what was suspended, its last day and what settled it.

    The last day is a fact in braces or in words.
    """
    rows = tables.rows("controls", instrument="suspension").query("published")
    ledger = tables.rows("ledger", table="controls").query("column == 'suspended_to'").set_index("row_key")
    ends = []
    for row in rows.sort_values("suspended_to").to_dict("records"):
        key = row["control_id"]
        what, day = row["items"], date(row["suspended_to"])
        if key in ledger.index:
            what = ledger.label[key].partition("suspension of ")[2] or what
            day = f"{{{ledger.fact_id[key]}}}"
        ends.append((what, day, events.settled_suspension(key)))
    return ends
