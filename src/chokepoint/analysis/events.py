"""What has happened since the ministerial, what is due, and where the evidence stops.

Due are the days on which something set down in a text ends.
"""

from collections.abc import Iterator

import pandas as pd

from chokepoint.data import tables, views

MEETING = pd.Timestamp(2026, 2, 4)
# What became of a term, by the word in the table of events; the last three are for terms that no event
# settles.
OUTCOMES = {
    "met": "Met in time",
    "late": "Met late, so missed",
    "missed": "Missed",
    "extended": "Extended",
    "ended": "Ran out",
    "replaced": "Replaced by another text",
    "not found": "Day passed, no result found",
}
MET, LATE, MISSED, EXTENDED, ENDED, REPLACED, NOT_FOUND = OUTCOMES.values()
UNTRACED, AHEAD = "Day passed, outcome not traced", "Set for a day after the evidence ends"
PROMISE, MEASURE = "promise", "measure"


@views.view("sources")
def newest_evidence(rows: pd.DataFrame) -> pd.Timestamp:
    """Return the day of the newest source of the evidence that was read.

    Not counted are a lead, a title alone, a data release, and what is our own. A source dated to a month or a
    year sets no day.
    """
    read = (rows.kind != "lead") & ~rows.read_as.isin(["headline", "none"])
    days = rows.date[
        read & rows.source_id.str.fullmatch(r"(S|SEED)\d+") & (rows.date.str.len() == len("2026-02-04"))
    ]
    return pd.Timestamp(days.max())


@views.view("sources")
def is_ahead(_sources: pd.DataFrame, day: str) -> bool:
    """Whether a day, such as 2026-11-10, is later than the newest evidence."""
    return bool(pd.Timestamp(day) > newest_evidence())


def events() -> pd.DataFrame:
    """Return published events and scheduled days from the meeting on, oldest first."""
    rows = tables.load("timeline").query("published and date_start >= @MEETING")
    return rows.sort_values(["date_start", "event_id"]).reset_index(drop=True)


def happened() -> pd.DataFrame:
    """Return what has happened after the day of the meeting.

    Neither a day that passed without an act nor one that is only set is among them.
    """
    return events().query("happened == 'happened' and date_start > @MEETING")


def ahead() -> pd.DataFrame:
    """Return published days that are set for later than the newest evidence, first to come first.

    `happened` is scheduled for all of them.
    """
    rows = events()
    return rows[(rows.happened == "scheduled") & (rows.date_start > newest_evidence())]


_OF_TERMS = ("timeline", "agreements", "sources")


@views.view(*_OF_TERMS)
def deadlines(timeline: pd.DataFrame, agreements: pd.DataFrame, _sources: pd.DataFrame) -> pd.DataFrame:
    """Return the terms that end after the meeting, first to end first.

    Columns: key, name, kind, start, due, settled, outcome, how, text, source_id. Those of agreements are
    counted from the signature with the days that the text names; half a year is 182 days. `settled` is the
    day of the event that settles a term, or none; `how` and `how_source` are what that event says, and on
    what it rests.
    """
    return _deadlines(timeline, agreements, newest_evidence())


def _deadlines(timeline: pd.DataFrame, agreements: pd.DataFrame, seen: pd.Timestamp) -> pd.DataFrame:
    rows = pd.DataFrame([*_of_agreements(agreements), *_of_events(timeline)])
    rows = rows[rows.due > MEETING].sort_values(["due", "key"]).reset_index(drop=True)
    settling = _settling(timeline)
    rows["settled"] = pd.to_datetime(rows.key.map(settling.date_start))
    rows["how"], rows["how_source"] = rows.key.map(settling.description), rows.key.map(settling.source_id)
    found = rows.key.map(settling.outcome).map(OUTCOMES)
    rows["outcome"] = [
        known if pd.notna(known) else AHEAD if due > seen else UNTRACED
        for known, due in zip(found, rows.due, strict=True)
    ]
    return rows


@views.view(*_OF_TERMS)
def settled(
    timeline: pd.DataFrame, agreements: pd.DataFrame, _sources: pd.DataFrame, key: str
) -> pd.Series | None:
    """Return the row of `deadlines` of a term that an event has settled; else None.

    An event that says only that nothing was found settles none.
    """
    return _settled(_deadlines(timeline, agreements, newest_evidence()), key)


def _settled(rows: pd.DataFrame, key: str) -> pd.Series | None:
    rows = rows.set_index("key")
    if key not in rows.index or rows.outcome[key] in (NOT_FOUND, UNTRACED, AHEAD):
        return None
    return rows.loc[key]


@views.view(*_OF_TERMS)
def settled_suspension(
    timeline: pd.DataFrame, agreements: pd.DataFrame, _sources: pd.DataFrame, control_id: str
) -> pd.Series | None:
    """Return what became of the suspension that a measure of `controls` made, as in `settled`.

    None while nothing says so.
    """
    rows = timeline.query("published and term.notna()")
    ends = rows.event_id[rows.row_key == f"controls:{control_id}"]
    return _settled(_deadlines(timeline, agreements, newest_evidence()), ends.iloc[0]) if len(ends) else None


def _settling(timeline: pd.DataFrame) -> pd.DataFrame:
    """Return for each term the published event that settles it.

    Of several it is the last, and one that says more comes before "not found".
    """
    rows = timeline.query("published and settles.notna()")
    rows = rows.assign(says_more=rows.outcome != "not found").sort_values(
        ["says_more", "date_start", "event_id"]
    )
    return rows.drop_duplicates("settles", keep="last").set_index("settles")[
        ["date_start", "outcome", "description", "source_id"]
    ]


def _of_agreements(agreements: pd.DataFrame) -> Iterator[dict]:
    texts = agreements.query("published")
    for row in texts[texts.deadline_days.notna()].to_dict("records"):
        yield {
            "key": row["agreement_id"],
            "name": row["term"] if pd.notna(row["term"]) else f"{row['partner']}: {row['instrument']}",
            "kind": PROMISE,
            "start": row["date_start"],
            "due": row["date_start"] + pd.Timedelta(days=int(row["deadline_days"])),
            "text": row["commits"],
            "source_id": row["source_id"],
        }


def _of_events(timeline: pd.DataFrame) -> Iterator[dict]:
    for row in timeline.query("published and term.notna()").to_dict("records"):
        yield {
            "key": row["event_id"],
            "name": row["term"],
            "kind": row["term_kind"],
            "start": row["term_start"],
            "due": row["date_start"] + pd.offsets.MonthEnd(0)
            if row["date_precision"] == "month"
            else row["date_start"],
            "text": row["description"],
            "source_id": row["source_id"],
        }


def day(row: dict, column: str = "date") -> str:
    """Write a date as it is known: a day, a month or a year.

    >>> day({"date_start": pd.Timestamp(2026, 2, 4), "date_precision": "day"})
    '4 February 2026'
    >>> day({"date_start": pd.Timestamp(2026, 2, 1), "date_precision": "month"})
    'February 2026'
    """
    start, form = row[f"{column}_start"], {"day": "%-d %B %Y", "month": "%B %Y", "year": "%Y"}
    return start.strftime(form[row[f"{column}_precision"]])
