"""What is said of a Chinese suspension and its last day: by its text, and by the event that settles it, where there is one."""

from collections.abc import Mapping

import pandas as pd

from chokepoint.analysis import events
from chokepoint.data import tables
from chokepoint.pages.amounts import date

_WORDS = {
    events.EXTENDED: "was extended",
    events.ENDED: "ran out",
    events.REPLACED: "was replaced",
    events.MET: "ended as set",
    events.LATE: "ended late",
    events.MISSED: "did not end as set",
}


def until(control: Mapping) -> str:
    """The end of a suspended measure's suspension, as a clause: "by its text to 10 November 2026, …"; "" where it has none.

    control: a row of `controls` with suspended_by and suspended_to.
    """
    day = control["suspended_to"]
    if control["status"] != "suspended" or pd.isna(day):
        return ""
    return f"by its text to {date(day)}{afterwards(control['suspended_by'], day)}"


def afterwards(suspension: str, day: pd.Timestamp) -> str:
    """What is known of the days after the last day of a suspension, as the rest of a sentence.

    suspension: the announcement that made it, a key of `controls`.
    """
    known = events.settled_suspension(suspension)
    if known is not None:
        return f"; it {_WORDS[known.outcome]}, on {date(known.settled)}"
    if events.is_ahead(f"{day:%Y-%m-%d}"):
        return ", after the evidence of this book ends"
    return "; what followed was not found"


def sentences() -> list[str]:
    """A sentence for each published suspension, with facts in braces: what was suspended, to when, and what is known of the end."""
    rows = (
        tables.load("controls").query("published and instrument == 'suspension'").sort_values("suspended_to")
    )
    told = []
    for row in rows.to_dict("records"):
        known = events.settled_suspension(row["control_id"])
        start = f"The suspension of {row['items']}"
        if known is None:
            told.append(
                f"{start} runs {until({**row, 'status': 'suspended', 'suspended_by': row['control_id']})}."
            )
        else:
            told.append(
                f"{start} ran by its text to {date(row['suspended_to'])}. On {date(known.settled)}: {known.how}."
            )
    if not any(events.settled_suspension(key) is not None for key in rows.control_id):
        told.append(
            "On {truce.extension_said} the ministry said that both sides have agreed to extend the arrangement behind them to {truce.extended_to}. "
            "It named neither rare earths nor the announcements, and none that moves the two days is in the evidence."
        )
    return told


def summary() -> str:
    """One sentence on the two suspensions, or two once an event has settled one, with facts in braces."""
    ends = {
        "the October package": ("2025-70", "oct_package"),
        "the ban on the United States": ("2025-72", "us_ban"),
    }
    known = {what: events.settled_suspension(f"control.{number}") for what, (number, _) in ends.items()}
    if all(row is None for row in known.values()):
        first, second = (
            f"on {{controls.{fact}_suspended_to}} for {what}" for what, (_, fact) in ends.items()
        )
        return (
            f"By their texts China's suspensions end {first} and {second}; "
            "both governments have since said that the truce runs to {truce.extended_to}, and no announcement that moves the two days was found."
        )
    told = [
        f"China's suspension of {what} was set to end on {{controls.{fact}_suspended_to}}"
        + (
            ", and nothing in the evidence settles it"
            if known[what] is None
            else f"; on {date(known[what].settled)} it {_WORDS[known[what].outcome]}"
        )
        for what, (_, fact) in ends.items()
    ]
    return ". ".join(told) + "."
