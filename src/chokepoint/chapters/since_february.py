"""Chapter 8: what happened after the ministerial, up to the newest dated event, and what runs out when."""

import html
import re

import pandas as pd

from chokepoint import facts, tables
from chokepoint.charts import timeline
from chokepoint.charts.figure import Figure, figure, link
from chokepoint.charts.theme import ACCENT, BLOC, CHINA, FLOOR, OTHER, UNITED_STATES
from chokepoint.measures import events
from chokepoint.prose.findings import Brief
from chokepoint.prose.listing import Listing, day
from chokepoint.prose.searchable import row, searchable
from chokepoint.prose.sections import in_words

COLOURS = {
    "United States": UNITED_STATES,
    "US and partners": BLOC,
    "Allies": FLOOR,
    "China": CHINA,
    "US and China": ACCENT,
    "Firms, markets": OTHER,
}
ACTORS = {
    "United States and partners": "US and partners",
    "United States and China": "US and China",
    "allies": "Allies",
    "Japan": "Allies",
    "European Union": "Allies",
    "companies": "Firms, markets",
    "markets": "Firms, markets",
}
INSTRUMENTS = {
    "china_controls": "Chinese controls",
    "china_response": "Other answers of China",
    "us_policy": "US tariffs and rulings",
    "allies": "Allies’ own programmes",
    "frameworks": "Frameworks",
    "price_floor": "Price floor",
    "investment": "Money for projects",
    "forge": "FORGE",
}
STATES = {"happened": "happened", "lapsed": "a day passed", "scheduled": "scheduled"}
OUTCOMES = {events.KEPT: FLOOR, events.NOT_FOUND: CHINA, events.UNTRACED: OTHER, events.AHEAD: ACCENT}
START, END = "2026-02-01", "2026-12-31"


def _events() -> pd.DataFrame:
    """What is drawn and listed: events with the names a reader meets."""
    rows = events.events()
    return rows.assign(
        who=rows.actor.replace(ACTORS),
        what=rows.category.map(lambda c: INSTRUMENTS.get(c, c.capitalize())),
        state=rows.happened.map(STATES),
        said=[day(r) for r in rows.to_dict("records")],
    )


def brief(release: str) -> Brief:
    """How much is known and to what day, how terms were kept, what China's suspensions run to."""
    kept = facts.get("since.terms_kept", release).value
    told = (
        "none is known to have been kept"
        if not kept
        else f"{{since.terms_kept}} {'is' if kept == 1 else 'are'} known to have been kept, late"
    )
    longer = tables.load("ledger").set_index("fact_id").published["truce.extended_to"]
    truce = "the truce was extended to {truce.extended_to}" if longer else "a longer truce is reported, and no text of it was opened"
    return Brief(
        [
            "After the day of the ministerial this book has {since.events} dated events, the newest of {since.newest_event}; {frameworks.since_february} are frameworks or memorandums with "
            "new partners. The newest source opened is of {evidence.newest_opened}, and what followed is not known here.",
            f"Of {{since.terms_passed}} terms that ran out, {told}. For {{since.terms_not_found}} no result was found, and {{since.terms_untraced}} were not traced.",
            f"The last day on paper of China's suspensions is {{controls.oct_package_suspended_to}} for the October package and {{controls.us_ban_suspended_to}} for the ban on the United States; {truce}.",
        ],
        release,
    )


def lead(release: str) -> Figure:
    """Every event since the ministerial, a row an instrument, coloured by who acted."""
    rows, seen = _events(), events.newest_evidence()
    busiest = rows.what.value_counts()
    rows = rows.assign(size=rows.what.map(busiest)).sort_values(["size", "what", "date_start"], ascending=[False, True, True])
    done = events.happened()
    floor = (done.category == "price_floor").sum()
    signed = tables.load("agreements").set_index("agreement_id").status["agreement.plurilateral"] == "signed"
    end = "a floor among several countries was signed" if signed else "no floor among several countries was signed"
    frame = pd.DataFrame(
        {
            "day": rows.date_start,
            "date": rows.said,
            "actor": rows.who,
            "instrument": rows.what,
            "what": rows.description,
            "state": rows.state,
        }
    )
    return figure(
        timeline.events(frame, colours=COLOURS, seen=seen, start=START, end=END),
        says=f"{len(done)} dated events since the ministerial, {in_words(floor)} of them about a price floor; {end}",
        table=_shown(rows),
        alt_text=(
            f"Dots in time from February to December 2026, one row for each of {rows.what.nunique()} instruments, coloured by actor. {len(done)} filled dots are events after the ministerial; "
            f"hollow ones are {(rows.state == 'a day passed').sum()} days that passed without an act and {(rows.state == 'scheduled').sum()} that are scheduled. Two selects above narrow them."
        ),
    )


def _shown(rows: pd.DataFrame) -> pd.DataFrame:
    ordered = rows.sort_values("date_start")
    return pd.DataFrame(
        {
            "Date": ordered.said,
            "State": ordered.state,
            "Actor": ordered.who,
            "Instrument": ordered.what,
            "What": ordered.description,
            "source_id": ordered.source_id,
        }
    )


def terms(release: str) -> Figure:
    """What runs out when, and what came of it."""
    rows, seen = events.deadlines(), events.newest_evidence()
    passed, kept = rows[rows.outcome != events.AHEAD], rows[rows.outcome == events.KEPT]
    late = "" if kept.empty else f", {(kept.kept - kept.due).dt.days.max()} days late"
    known = (
        "none is known to have been kept"
        if kept.empty
        else f"{in_words(len(kept))} {'is' if len(kept) == 1 else 'are'} known to have been kept{late}"
    )
    frame = rows.assign(what=rows.text, day=rows.due.map(lambda d: f"{d:%-d %b %Y}"))
    shown = pd.DataFrame(
        {
            "Term": rows.name,
            "From": rows.start.dt.strftime("%Y-%m-%d"),
            "Ends": rows.due.dt.strftime("%Y-%m-%d"),
            "Outcome": rows.outcome,
            "Kept": rows.kept.dt.strftime("%Y-%m-%d"),
            "Text": rows.text,
            "source_id": rows.source_id,
        }
    )
    return figure(
        timeline.terms(
            frame[["name", "start", "due", "kept", "outcome", "what", "day"]],
            colours=OUTCOMES,
            seen=seen,
            start="2025-10-15",
            end="2027-03-31",
        ),
        says=f"Of {len(passed)} terms that ran out after the ministerial, {known}",
        table=shown,
        alt_text=(
            f"Bars in time, one for each of {len(rows)} terms, from the day it began to the day it ends, coloured by what came of it. {len(rows) - len(passed)} end after the evidence does."
        ),
    )


def every_event(release: str) -> Listing:
    """The events as a list, newest first, that can be searched and narrowed to one actor."""
    rows = _events().iloc[::-1]
    drawn = [
        row(
            r["event_id"],
            [
                f"{_brief_day(r['said'])}{'' if r['state'] == 'happened' else '<br><small>' + r['state'] + '</small>'}",
                html.escape(r["who"]),
                f'{html.escape(r["description"])} <small>({html.escape(r["what"])}) [<a href="{link("sources", "source-" + r["source_id"])}">{r["source_id"]}</a>]</small>',
            ],
        )
        for r in rows.to_dict("records")
    ]
    return Listing(searchable("cp-events", ["Date", "Actor", "What"], drawn, [c for c in COLOURS if c in set(rows.who)], of="events"))


def _brief_day(said: str) -> str:
    """A date that fits a narrow column.

    >>> _brief_day("21 September 2026"), _brief_day("June 2026")
    ('21 Sep 2026', 'Jun 2026')
    """
    return re.sub(r"([A-Z][a-z]{2})[a-z]+", r"\1", said)
