"""Chapter 8: what happened after the ministerial, up to the newest dated event, and what runs out when."""

import itertools
import re

import pandas as pd

from chokepoint.analysis import events, facts
from chokepoint.analysis.events import day
from chokepoint.charts import gantt
from chokepoint.charts.theme import (
    BLOC,
    BRONZE,
    CHINA,
    CLAY,
    FAILS,
    HOLDS,
    LILAC,
    OTHER,
    TEAL,
    UNITED_STATES,
    UNSURE,
    UNSURE_PALE,
)
from chokepoint.charts.timeline import timeline
from chokepoint.data import tables
from chokepoint.pages import suspensions
from chokepoint.pages.agreements import BILATERAL
from chokepoint.pages.amounts import capital, in_words, listed
from chokepoint.pages.components.brief import Brief
from chokepoint.pages.components.figure import Figure, figure
from chokepoint.pages.components.listing import Listing, is_answered
from chokepoint.pages.components.table import Row, Table
from chokepoint.pages.markup import chapters, html_list, paragraph

COLOURS = {
    "United States": UNITED_STATES,
    "US and partners": BLOC,
    "Allies": TEAL,
    "China": CHINA,
    "US and China": BRONZE,
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
OUTCOMES = {
    events.MET: HOLDS,
    events.LATE: UNSURE,
    events.MISSED: FAILS,
    events.EXTENDED: TEAL,
    events.ENDED: CLAY,
    events.REPLACED: CLAY,
    events.NOT_FOUND: UNSURE_PALE,
    events.UNTRACED: OTHER,
    events.AHEAD: LILAC,
}
SPARE = (LILAC, CLAY)  # for actors that have no colour above, in turn
START = f"{events.MEETING.replace(day=1):%Y-%m-%d}"


def _events() -> pd.DataFrame:
    """Return what is drawn and listed: events with the names a reader meets."""
    rows = events.events()
    return rows.assign(
        who=rows.actor.replace(ACTORS),
        what=rows.category.map(lambda c: INSTRUMENTS.get(c, c.replace("_", " ").capitalize())),
        state=rows.happened.where(
            rows.date_start > events.newest_evidence(), rows.happened.replace("scheduled", "lapsed")
        ).map(STATES),
        said=[day(r) for r in rows.to_dict("records")],
    )


def _colours(actors: pd.Series) -> dict[str, str]:
    """Return a colour for every actor: those of the book, and spare ones in turn for any other.

    >>> _colours(pd.Series(["China", "WTO"]))["WTO"]
    '#7f8fc0'
    """
    others = sorted(set(actors) - set(COLOURS))
    return COLOURS | dict(zip(others, itertools.cycle(SPARE), strict=False))


def brief(release: str) -> Brief:
    """Say what the months brought, how promises with a day were kept, what China's suspensions run to."""
    return Brief([_brought(), _promises(release), suspensions.summary()], release)


def _floor_signed() -> bool:
    """Say whether an agreement on price floors among several countries was signed."""
    return bool((tables.rows("agreements", instrument="plurilateral agreement").status == "signed").any())


def _months() -> int:
    """Whole months from the meeting to the newest evidence."""
    return int((events.newest_evidence() - events.MEETING).days / 30.4)


def _brought() -> str:
    """Tell what is still missing, and of new signatures."""
    floor = _floor_signed()
    members = tables.load("coalitions").set_index("coalition_id").complete["forge"]
    missing = [
        *(["no price floor"] if not floor else []),
        *(["no list of its members"] if not members else []),
        *(["no confirmed purchase for the Vault"] if not is_answered("open.vault_purchases") else []),
    ]
    texts = tables.rows("agreements", batch="after_february")
    bind = texts[texts.instrument.isin(BILATERAL)].binding.eq("yes").sum()
    known = f"{in_words(bind)} of them known to bind" if bind else "none of them known to bind"
    start = f"{capital(in_words(_months()))} months on, by {{evidence.newest_opened}}, "
    signed = f"{{frameworks.since_february}} more partners had signed texts, {known}"
    return f"{start}the bloc had {listed(missing)}; {signed}." if missing else f"{start}{signed}."


def _promises(release: str) -> str:
    """Say how many promises with a day were kept."""
    met, late = (facts.get(f"since.promises_{k}", release).value for k in ("met", "late"))
    kept = (
        "None of {since.promises} promises whose day has passed"
        if not met
        else "Of {since.promises} promises whose day has passed {since.promises_met}"
    )
    verb = "is" if met < 2 else "are"
    then = (
        "; {since.promises_late} was met {since.days_late} late"
        if late == 1
        else "; {since.promises_late} were met late"
        if late
        else ""
    )
    untraced = facts.get("since.promises_untraced", release).value
    left = "; {since.promises_untraced} we did not follow up" if untraced else ""
    return f"{kept} {verb} known to have been met in time{then}{left}."


def lead(release: str) -> Figure:
    """Every event since the ministerial, a row an instrument, coloured by who acted."""
    rows, seen = _events(), events.newest_evidence()
    busiest = rows.what.value_counts()
    rows = rows.assign(size=rows.what.map(busiest)).sort_values(
        ["size", "what", "date_start"], ascending=[False, True, True]
    )
    done = events.happened()
    most = rows.what[rows.event_id.isin(done.event_id)].value_counts().index[0]
    floor = "a" if _floor_signed() else "no"
    frame = pd.DataFrame(
        {
            "day": rows.date_start,
            "date": rows.said,
            "actor": rows.who,
            "instrument": rows.what,
            "what": rows.description,
            "state": rows.state,
            "short": rows.short,
        }
    )
    return figure(
        timeline(
            frame,
            x="day",
            y="instrument",
            color="actor",
            colours=COLOURS,
            state="state",
            label="short",
            tooltip=("date", "state", "actor", "what"),
            seen=seen,
            start=START,
            end=_end(frame.day),
        ),
        name="lead",
        title=f"{most} came most often; the bloc signed {floor} price floor",
        table=_reader_table(rows),
        alt_text=(
            f"Dots in time from {pd.Timestamp(START):%B %Y} to {frame.day.max():%B %Y}, one row for each "
            f"of {rows.what.nunique()} instruments, coloured by actor. {len(done)} filled dots are events "
            "after the ministerial; "
            f"hollow ones are {(rows.state == 'a day passed').sum()} days that passed without an act and "
            f"{(rows.state == 'scheduled').sum()} that are scheduled. Some have their name beside "
            "them. Two selects above narrow them."
        ),
    )


def _end(days: pd.Series) -> str:
    """Return the last day of a window that shows all of them, with a little room."""
    return f"{days.max() + pd.Timedelta(days=15) + pd.offsets.MonthEnd(0):%Y-%m-%d}"


def _reader_table(rows: pd.DataFrame) -> pd.DataFrame:
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
    """List what runs out when, and what came of it."""
    rows, seen = events.deadlines(), events.newest_evidence()
    kept = rows.outcome.isin([events.MET, events.LATE])
    frame = rows.assign(
        what=rows.text + rows.how.where(rows.how.notna() & (rows.how != rows.text)).radd(". ").fillna(""),
        day=rows.due.map(lambda d: f"{d:%-d %b %Y}"),
        kept=rows.settled.where(kept),
    )
    shown = pd.DataFrame(
        {
            "Term": rows.name,
            "From": rows.start.dt.strftime("%Y-%m-%d"),
            "Ends": rows.due.dt.strftime("%Y-%m-%d"),
            "Outcome": rows.outcome,
            "Settled on": rows.settled.where(rows.outcome != events.NOT_FOUND).dt.strftime("%Y-%m-%d"),
            "By": rows.how.where(rows.outcome != events.NOT_FOUND),
            "Text": rows.text,
            "source_id": rows.how_source.fillna(rows.source_id),
        }
    )
    later = int((rows.outcome == events.AHEAD).sum())
    return figure(
        gantt.terms(
            frame[["name", "start", "due", "kept", "outcome", "what", "day"]],
            colours={outcome: colour for outcome, colour in OUTCOMES.items() if outcome in set(rows.outcome)},
            seen=seen,
            start=f"{rows.start.min() - pd.Timedelta(days=5):%Y-%m-%d}",
            end=_end(rows.due),
        ),
        name="terms",
        title=_kept_title(rows),
        table=shown,
        alt_text=(
            f"Bars in time, one for each of {len(rows)} terms, from the day it began to the day it ends, "
            "coloured by what came of it. "
            f"{later} of them {'ends' if later == 1 else 'end'} after the evidence does."
        ),
    )


def _kept_title(rows: pd.DataFrame) -> str:
    """Tell of the promises whose day had passed: how many were met in time, how many late."""
    passed = rows[(rows.kind == events.PROMISE) & (rows.outcome != events.AHEAD)]
    met, late = ((passed.outcome == outcome).sum() for outcome in (events.MET, events.LATE))
    title = (
        f"{capital(in_words(met)) if met else 'None'} of {in_words(len(passed))} deadlines "
        f"{'is' if met < 2 else 'are'} known to be met"
    )
    return f"{title}; {in_words(late)} came late" if late else title


def ahead(release: str) -> Listing:
    """List the days set for later than the evidence, first to come first."""
    rows = events.ahead().to_dict("records")
    items = [chapters.ahead(day(r), r) for r in rows]
    return Listing(html_list(items) if items else paragraph("None is set for later than the evidence."))


def every_event(release: str) -> Table:
    """List the events, newest first, so that they can be searched and narrowed to one actor."""
    rows = _events().iloc[::-1]
    lines = [
        Row(
            [
                chapters.under(_brief_day(r["said"]), "" if r["state"] == "happened" else r["state"]),
                r["who"],
                chapters.what_happened(r),
            ],
            r["event_id"],
        )
        for r in rows.to_dict("records")
    ]
    actors = [c for c in _colours(rows.who) if c in set(rows.who)]
    return Table("cp-events", ["Date", "Actor", "What"], lines, "events", actors)


def _brief_day(said: str) -> str:
    """Write a date that fits a narrow column.

    >>> _brief_day("21 September 2026"), _brief_day("June 2026")
    ('21 Sep 2026', 'Jun 2026')
    """
    return re.sub(r"([A-Z][a-z]{2})[a-z]+", r"\1", said)
