"""Where the evidence stops, said once: the line that every page carries."""

from chokepoint.analysis import events
from chokepoint.pages.amounts import date


def sentence() -> str:
    """Say the day of the newest evidence, and how what is planned for later is told.

    It measures by the evidence, never by today's clock.
    """
    later = events.ahead()
    rest = (
        f" What is planned for later, from {date(later.date_start.iloc[0])} on, is described as planned: "
        "whether it happened is not in this book."
        if len(later)
        else ""
    )
    return f"Evidence to {date(events.newest_evidence())}.{rest}"
