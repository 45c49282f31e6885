"""Counts of what has happened since the ministerial, and of terms that ended."""

from chokepoint.analysis import events
from chokepoint.analysis.facts import _WORDS, computed
from chokepoint.data import tables


def _count(fact_id: str, label: str, how: str, unit: str, rows) -> None:
    def counted(_release: str):
        found = rows()
        return float(len(found)), tuple(sorted(found.source_id.dropna().unique())) or ("S001",)

    computed(fact_id, label, unit, "{:.0f}", how)(counted)


def _in_words(fact_id: str, label: str, how: str, unit: str, rows) -> None:
    def counted(_release: str):
        found = rows()
        text = _WORDS[len(found)] if len(found) < len(_WORDS) else str(len(found))
        return (
            float(len(found)),
            tuple(sorted(found.source_id.dropna().unique())) or ("S001",),
            {"text": text},
        )

    computed(fact_id, label, unit, "{:.0f}", how)(counted)


def _outcome(kinds: list[str]):
    return events.deadlines().query("outcome in @kinds")


_HOW = "Term counted from its text, outcome from the event that settles it"
_PASSED = [*events.OUTCOMES.values(), events.UNTRACED]


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
    "Agreements that name a number of days, and events that end a term",
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
for _fact_id, _label, _kinds in (
    ("since.terms_not_found", "Terms passed, no result found", [events.NOT_FOUND]),
    ("since.terms_untraced", "Terms passed, outcome not traced", [events.UNTRACED]),
    ("since.terms_ahead", "Terms set for a day after the evidence ends", [events.AHEAD]),
    ("since.terms_settled", "Terms of which an event tells the end", list(events.OUTCOMES.values())[:-1]),
):
    _count(_fact_id, _label, _HOW, "terms", lambda k=_kinds: _outcome(k))
for _fact_id, _label, _kinds in (
    ("since.promises", "Promises to do something by a day that had passed when the evidence ends", _PASSED),
    ("since.promises_met", "Of these, promises known to have been kept in time", [events.MET]),
    (
        "since.promises_late",
        "Of these, promises known to have been kept after the day named, and so missed",
        [events.LATE],
    ),
    ("since.promises_not_found", "Of these, promises of which no result was found", [events.NOT_FOUND]),
    ("since.promises_untraced", "Of these, promises that were not traced", [events.UNTRACED]),
):
    _in_words(
        _fact_id, _label, _HOW, "promises", lambda k=_kinds: _outcome(k).query("kind == @events.PROMISE")
    )


@computed(
    "since.days_late",
    "Days by which the latest promise that was kept late missed its day",
    "days",
    "{:.0f} days",
    "Day of the event that settles the term, less the day on which the term ended",
)
def _days_late(_release: str):
    late = _outcome([events.LATE])
    if late.empty:
        return None, ()
    days = (late.settled - late.due).dt.days
    return float(days.max()), tuple(sorted({*late.source_id, *late.how_source}))


@computed(
    "evidence.newest_opened",
    "Day of the newest source of the evidence that was read",
    "",
    "{}",
    "Latest day of publication in the table of sources; leads, titles seen alone, data releases and our own measurements apart",
)
def _newest_opened(_release: str):
    seen = events.newest_evidence()
    sources = tables.load("sources")
    return f"{seen:%-d %B %Y}", tuple(sorted(sources.source_id[sources.date == f"{seen:%Y-%m-%d}"]))


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
    row = tables.row("agreements", agreement_id="agreement.australia_framework")
    return float(row.deadline_days), (row.source_id,)
