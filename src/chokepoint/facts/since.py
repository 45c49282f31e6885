"""Counts of what has happened since the ministerial, and of terms that ended."""

from chokepoint import tables
from chokepoint.facts import computed
from chokepoint.measures import events


def _count(fact_id: str, label: str, how: str, unit: str, rows) -> None:
    def counted(_release: str):
        found = rows()
        return float(len(found)), tuple(sorted(found.source_id.dropna().unique())) or ("S001",)

    computed(fact_id, label, unit, "{:.0f}", how)(counted)


def _outcome(kind: str):
    return events.deadlines().query("outcome == @kind")


_count(
    "since.events",
    "Dated events after the day of the ministerial",
    "Published rows of the timeline later than 4 February 2026 that have happened; a day that passed without an act is not one",
    "events",
    events.happened,
)
_count(
    "since.events_china",
    "Of these, steps of China alone",
    "Those whose actor is China",
    "events",
    lambda: events.happened().query("actor == 'China'"),
)
_count(
    "since.events_floor",
    "Of these, steps on a price floor",
    "Those of the instrument price floor",
    "events",
    lambda: events.happened().query("category == 'price_floor'"),
)
_count(
    "since.terms",
    "Terms set down in a text that end after the ministerial",
    "Agreements that name a number of days, and days of the timeline that lapsed or are scheduled",
    "terms",
    events.deadlines,
)
_count(
    "since.terms_passed",
    "Of these, terms that had passed when the evidence ends",
    "Day before that of the newest source opened",
    "terms",
    lambda: events.deadlines().query("outcome != @events.AHEAD"),
)
for _fact_id, _label, _kind in (
    ("since.terms_kept", "Terms passed, and kept after the day named", events.KEPT),
    ("since.terms_not_found", "Terms passed, no result found", events.NOT_FOUND),
    ("since.terms_untraced", "Terms passed, outcome not traced", events.UNTRACED),
    ("since.terms_ahead", "Terms set for a day after the evidence ends", events.AHEAD),
):
    _count(
        _fact_id,
        _label,
        "Term counted from its text, outcome from the tables of agreements and events",
        "terms",
        lambda k=_kind: _outcome(k),
    )


@computed(
    "since.newest_event",
    "Newest dated event that rests on a source we have opened",
    "",
    "{}",
    "Latest day of the published rows of the timeline that have happened",
)
def _newest(_release: str):
    last = events.happened().iloc[-1]
    return f"{last.date_start:%-d %B %Y}", (last.source_id,)


@computed(
    "since.half_year",
    "Days that half a year is counted as",
    "days",
    "{:.0f} days",
    "The days given to the Australian framework in the table of agreements",
)
def _half_year(_release: str):
    row = tables.load("agreements").set_index("agreement_id").loc["agreement.australia_framework"]
    return float(row.deadline_days), (row.source_id,)
