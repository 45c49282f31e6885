"""Where the evidence stops, said once: the line that every page carries."""

from chokepoint.analysis import events
from chokepoint.pages.amounts import date


def sentence() -> str:
    """Say the day of the newest evidence, and how days set for later are told.

    It measures by the evidence, never by today's clock.
    """
    later = events.ahead()
    rest = (
        f" What is set for later, from {date(later.date_start.iloc[0])} on, is told as set: what came of "
        "it is not in this book."
        if len(later)
        else ""
    )
    return f"Evidence to {date(events.newest_evidence())}.{rest}"
