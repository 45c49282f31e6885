"""Chapter 8: what happened after the ministerial, up to the newest dated event, and what runs out when."""

import html
import re

import pandas as pd

from chokepoint import facts, tables
from chokepoint.charts import timeline
from chokepoint.charts.figure import Figure, figure, link
from chokepoint.charts.theme import ACCENT, BLOC, CHINA, FLOOR, OTHER, UNITED_STATES
from chokepoint.measures import events
from chokepoint.prose import suspensions
from chokepoint.prose.agreements import BILATERAL
from chokepoint.prose.findings import Brief
from chokepoint.prose.listing import Listing, day
from chokepoint.prose.searchable import row, searchable
from chokepoint.prose.sections import capital, in_words

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
OUTCOMES = {
    events.MET: FLOOR,
    events.LATE: "#8f3f71",
    events.MISSED: "#5c4033",
    events.EXTENDED: BLOC,
    events.ENDED: UNITED_STATES,
    events.REPLACED: UNITED_STATES,
    events.NOT_FOUND: CHINA,
    events.UNTRACED: OTHER,
    events.AHEAD: ACCENT,
}
START = "2026-02-01"


def _events() -> pd.DataFrame:
    """What is drawn and listed: events with the names a reader meets."""
    rows = events.events()
    return rows.assign(
        who=rows.actor.replace(ACTORS),
        what=rows.category.map(lambda c: INSTRUMENTS.get(c, c.capitalize())),
        state=rows.happened.where(rows.date_start > events.newest_evidence(), rows.happened.replace("scheduled", "lapsed")).map(STATES),
        said=[day(r) for r in rows.to_dict("records")],
    )


def brief(release: str) -> Brief:
    """What the months brought, how promises with a day were kept, what China's suspensions run to."""
    return Brief([_brought(), _promises(release), suspensions.summary()], release)


def _brought() -> str:
    """New signatures, and what is still missing."""
    texts = tables.load("agreements").set_index("agreement_id")
    floor = texts.status["agreement.plurilateral"] == "signed"
    members = tables.load("coalitions").set_index("coalition_id").complete["forge"]
    missing = [
        *(["no price floor among several countries was signed"] if not floor else []),
        *(["no list of FORGE's members was found"] if not members else []),
    ]
    rest = f"; {' and '.join(missing)}" if missing else ""
    bind = texts[(texts.batch == "after_february") & texts.instrument.isin(BILATERAL)].binding.eq("yes").sum()
    known = f"{in_words(bind)} of them known to bind" if bind else "none of them known to bind"
    return f"Since the ministerial {{frameworks.since_february}} more partners have signed frameworks or memorandums, {known}{rest}."


def _promises(release: str) -> str:
    """How many promises with a day were kept."""
    met, late, lost, untraced = (facts.get(f"since.promises_{k}", release).value for k in ("met", "late", "not_found", "untraced"))
    kept = "None of {since.promises} promises with a day" if not met else "{since.promises_met} of {since.promises} promises with a day"
    verb = "is" if met < 2 else "are"
    then = (
        "; {since.promises_late} was met {since.days_late} late" if late == 1 else "; {since.promises_late} were met late" if late else ""
    )
    rest = [
        *(["of {since.promises_not_found} no result was found"] if lost else []),
        *(["{since.promises_untraced} we did not trace"] if untraced else []),
    ]
    return f"{kept} {verb} known to have been met in time{then}." + (f" {capital(' and '.join(rest))}." if rest else "")


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
        timeline.events(frame, colours=COLOURS, seen=seen, start=START, end=_end(frame.day)),
        says=f"{len(done)} dated events since the ministerial, {in_words(floor)} of them about a price floor; {end}",
        table=_event_table(rows),
        alt_text=(
            f"Dots in time from February 2026 to {frame.day.max():%B %Y}, one row for each of {rows.what.nunique()} instruments, coloured by actor. {len(done)} filled dots are events after the ministerial; "
            f"hollow ones are {(rows.state == 'a day passed').sum()} days that passed without an act and {(rows.state == 'scheduled').sum()} that are scheduled. Two selects above narrow them."
        ),
    )


def _end(days: pd.Series) -> str:
    """The last day of a window that shows all of them, with a little room."""
    return f"{days.max() + pd.Timedelta(days=15) + pd.offsets.MonthEnd(0):%Y-%m-%d}"


def _event_table(rows: pd.DataFrame) -> pd.DataFrame:
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
        timeline.terms(
            frame[["name", "start", "due", "kept", "outcome", "what", "day"]],
            colours={outcome: colour for outcome, colour in OUTCOMES.items() if outcome in set(rows.outcome)},
            seen=seen,
            start="2025-10-15",
            end=_end(rows.due),
        ),
        says=_kept_title(rows),
        table=shown,
        alt_text=(
            f"Bars in time, one for each of {len(rows)} terms, from the day it began to the day it ends, coloured by what came of it. "
            f"{later} of them {'ends' if later == 1 else 'end'} after the evidence does."
        ),
    )


def _kept_title(rows: pd.DataFrame) -> str:
    """The promises that had passed: how many were met in time, and by how many days one was late."""
    passed = rows[(rows.kind == events.PROMISE) & (rows.outcome != events.AHEAD)]
    met, late = ((passed.outcome == outcome).sum() for outcome in (events.MET, events.LATE))
    title = f"{capital(in_words(met)) if met else 'None'} of {in_words(len(passed))} promises {'is' if met < 2 else 'are'} known to have been met in time"
    if not late:
        return title
    days = int((passed.settled - passed.due).dt.days[passed.outcome == events.LATE].max())
    return f"{title}; {in_words(late)} {'was' if late == 1 else 'were'} met {'' if late == 1 else 'up to '}{days} days late"


def ahead(release: str) -> Listing:
    """The days set for later than the evidence, first to come first."""
    items = [
        f'<li><strong>{html.escape(r["said"])}.</strong> {html.escape(r["description"])}. <small>[<a href="{link("sources", "source-" + r["source_id"])}">{r["source_id"]}</a>]</small></li>'
        for r in events.ahead().assign(said=[day(r) for r in events.ahead().to_dict("records")]).to_dict("records")
    ]
    return Listing(f"<ul>{''.join(items)}</ul>" if items else "<p>None is set for later than the evidence.</p>")


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
