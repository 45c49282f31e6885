"""What governments did: China's licences, texts that were signed, events since then, and terms that ended."""

from collections.abc import Iterable

import pandas as pd

from chokepoint.analysis import countries, events
from chokepoint.analysis.events import AHEAD, LATE, MET, NOT_FOUND, OUTCOMES, PROMISE, UNTRACED
from chokepoint.analysis.facts.registry import Answer, fact, in_words, minerals
from chokepoint.analysis.facts.supply import each_country
from chokepoint.data import tables, views

PASSED = [*OUTCOMES.values(), UNTRACED]


def _day(day: pd.Timestamp) -> str:
    return f"{day:%-d %B %Y}"


# --- China's licences ---


@fact(
    "{mineral}.controlled_since",
    "Day from which China asks an export licence: {name}",
    how="First licence in the table of controls that names the mineral and took effect",
    each=minerals,
)
def controlled_since(mineral: str) -> Answer | None:
    row = _first_licence(mineral)
    return row and Answer(
        _day(row["effective_date_start"]),
        (row["source_id"],),
        rows=(f"{row['legal_reference']}: {row['items']}",),
    )


def _first_licence(mineral: str) -> dict | None:
    """Return the first licence on a mineral that took effect.

    On the rare earths, it is the first on any of them.
    """
    minerals = tables.load("minerals")
    group = minerals.mineral[minerals.group == "rare earths"] if mineral == "rare_earths" else ()
    links = tables.rows("control_minerals", mineral=[mineral, *group])
    rows = tables.rows("controls", control_id=links.control_id)
    rows = rows[rows.published & (rows.instrument == "licence") & (rows.took_effect == "yes")]
    ordered = links.merge(rows, on="control_id").sort_values("effective_date_start", kind="stable")
    return None if ordered.empty else ordered.iloc[0].to_dict()


# --- frameworks, memorandums and partnerships ---


@fact(
    "{country}.signed",
    "Day on which {where} signed its first framework, memorandum or partnership with the United States",
    how="Earliest signed row of these kinds in the table of agreements",
    each=each_country,
)
def signed(iso3: str) -> Answer | None:
    row = countries.signed(iso3)
    return None if row is None else Answer(_day(row.date_start), (row.source_id,))


@fact(
    "{fact_id}",
    "{label}",
    "texts",
    "{:.0f}",
    how="{how}",
    each=[
        {
            "fact_id": "frameworks.texts",
            "label": "Frameworks, memorandums and partnerships whose partner is known",
            "how": "Signed rows of these three kinds in the table of agreements",
            "binding": ["yes", "no", "text not seen", "said not to"],
        },
        {
            "fact_id": "frameworks.texts_binding",
            "label": "Of these, texts that bind",
            "how": "Rows whose column binding says yes",
            "binding": ["yes"],
        },
        {
            "fact_id": "frameworks.texts_not_binding",
            "label": "Of these, texts that bind nobody by their own words, which were read",
            "how": "Rows whose column binding says no",
            "binding": ["no"],
        },
        {
            "fact_id": "frameworks.texts_unseen",
            "label": "Of these, texts that we have not seen",
            "how": "Rows whose column binding says text not seen or said not to",
            "binding": ["text not seen", "said not to"],
        },
        {
            "fact_id": "frameworks.texts_said_not",
            "label": "Texts not seen that a party or a report says do not bind",
            "how": "Rows whose column binding says said not to",
            "binding": ["said not to"],
        },
    ],
)
def texts(binding: list[str]) -> Answer:
    rows = _signed().query("binding in @binding")
    return Answer(float(len(rows)), sorted({"S001", *rows.source_id}), rows=tuple(rows.partner))


@views.view("agreements")
def _signed(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the bilateral texts that were signed; a page that counts them depends on no other row."""
    rows = rows.query("status == 'signed' and iso3s.notna()")
    return rows[rows.instrument.isin(countries.FRAMEWORKS)]


EARLIER, FEBRUARY, AFTER = "earlier_ten", "eleven_4feb", "after_february"


def _partners(text: str, note: str, *batches: str) -> Answer:
    """Return the number of partners of published texts of some batches.

    text: where the number is to stand, in words where it is {}.
    """
    rows = _signed().query("published and batch in @batches")
    number = rows.iso3s.nunique()
    return Answer(
        float(number),
        sorted(rows.source_id.unique()),
        text.format(in_words(number) if text == "{}" else number),
        tuple(rows.partner),
        f"{rows.as_of.max():%Y-%m-%d}",
        note,
    )


@fact(
    "frameworks.established",
    "Partners with a signed framework established here",
    "partners",
    how="Partners of signed frameworks, memorandums and partnerships in the table of agreements",
    confidence="corroborated",
)
def established() -> Answer:
    note = "The EU counted once; three of the earlier ten and the seventeen concluded are missing"
    return _partners("{} partners", note, EARLIER, FEBRUARY, AFTER)


@fact(
    "frameworks.earlier_established",
    "Of the earlier ten, those established here by date",
    "agreements",
    how="Signed rows of the five months before the ministerial in the table of agreements",
    confidence="corroborated",
)
def earlier_established() -> Answer:
    return _partners("{}", "Placed by date; State does not name them", EARLIER)


@fact(
    "frameworks.since_february",
    "Frameworks and memorandums signed after the ministerial",
    "agreements",
    how="Signed rows since the ministerial in the table of agreements",
    confidence="corroborated",
)
def signed_since_february() -> Answer:
    return _partners("{}", "", AFTER)


# --- what has happened since the ministerial ---


def _count(rows: pd.DataFrame, text: str = "") -> Answer:
    return Answer(float(len(rows)), sorted(rows.source_id.dropna().unique()) or ("S001",), text)


@fact(
    "since.events",
    "Dated events after the day of the ministerial",
    "events",
    "{:.0f}",
    how="Published rows of the timeline later than 4 February 2026 that have happened; a day that passed "
    "without an act is not one",
)
def events_since() -> Answer:
    return _count(events.happened())


@fact(
    "evidence.newest_opened",
    "Day of the newest source of the evidence that was read",
    how="Latest day of publication in the table of sources; leads, titles seen alone, data releases and "
    "our own measurements apart",
)
def newest_opened() -> Answer:
    day, sources = events.newest_evidence(), tables.load("sources")
    return Answer(_day(day), sorted(sources.source_id[sources.date == f"{day:%Y-%m-%d}"]))


# --- terms that ended ---

HOW = "Term counted from its text, outcome from the event that settles it"


def _deadlines(outcomes: Iterable[str]) -> pd.DataFrame:
    rows = events.deadlines()
    return rows[rows.outcome.isin(outcomes)]


@fact(
    "{fact_id}",
    "{label}",
    "terms",
    "{:.0f}",
    how="{how}",
    each=[
        {
            "fact_id": "since.terms",
            "label": "Terms set down in a text that end after the ministerial",
            "how": "Agreements that name a number of days, and events that end a term",
            "outcomes": [*PASSED, AHEAD],
        },
        {
            "fact_id": "since.terms_passed",
            "label": "Of these, terms that had passed when the evidence ends",
            "how": "Day before that of the newest source opened",
            "outcomes": PASSED,
        },
        {
            "fact_id": "since.terms_not_found",
            "label": "Terms passed, no result found",
            "how": HOW,
            "outcomes": [NOT_FOUND],
        },
        {
            "fact_id": "since.terms_untraced",
            "label": "Terms passed, outcome not traced",
            "how": HOW,
            "outcomes": [UNTRACED],
        },
        {
            "fact_id": "since.terms_ahead",
            "label": "Terms set for a day after the evidence ends",
            "how": HOW,
            "outcomes": [AHEAD],
        },
        {
            "fact_id": "since.terms_settled",
            "label": "Terms of which an event tells the end",
            "how": HOW,
            "outcomes": [outcome for outcome in OUTCOMES.values() if outcome != NOT_FOUND],
        },
    ],
)
def terms(outcomes: list[str]) -> Answer:
    return _count(_deadlines(outcomes))


@fact(
    "{fact_id}",
    "{label}",
    "promises",
    how=HOW,
    each=[
        {
            "fact_id": "since.promises",
            "label": "Promises to do something by a day that had passed when the evidence ends",
            "outcomes": PASSED,
        },
        {
            "fact_id": "since.promises_met",
            "label": "Of these, promises known to have been kept in time",
            "outcomes": [MET],
        },
        {
            "fact_id": "since.promises_late",
            "label": "Of these, promises known to have been kept after the day named, and so missed",
            "outcomes": [LATE],
        },
        {
            "fact_id": "since.promises_not_found",
            "label": "Of these, promises of which no result was found",
            "outcomes": [NOT_FOUND],
        },
        {
            "fact_id": "since.promises_untraced",
            "label": "Of these, promises that were not traced",
            "outcomes": [UNTRACED],
        },
    ],
)
def promises(outcomes: list[str]) -> Answer:
    rows = _deadlines(outcomes)
    rows = rows[rows.kind == PROMISE]
    return _count(rows, in_words(len(rows)))


@fact(
    "since.days_late",
    "Days by which the latest promise that was kept late missed its day",
    "days",
    "{:.0f} days",
    how="Day of the event that settles the term, less the day on which the term ended",
)
def days_late() -> Answer | None:
    late = _deadlines([LATE])
    if late.empty:
        return None
    days = (late.settled - late.due).dt.days
    return Answer(float(days.max()), sorted({*late.source_id, *late.how_source}))
