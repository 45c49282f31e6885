"""Does it work?: what the three tests of chapter 10 measure, and the book's own forecasts."""

import math

from chokepoint.analysis import own_forecasts, verdict
from chokepoint.analysis.facts.policy import established
from chokepoint.analysis.facts.record import magnets
from chokepoint.analysis.facts.registry import OWN, Answer, fact, in_words
from chokepoint.data import tables


@fact(
    "verdict.floors",
    "Contracts of single firms, signed or in force, that hold a price floor with a number",
    "contracts",
    how="Rows of the table of finance whose instrument is a price floor, with a number",
    confidence="corroborated",
)
def floors() -> Answer | None:
    rows = verdict.floors()
    if rows.empty:
        return None
    words = f"{in_words(len(rows))} contract{'s' * (len(rows) != 1)}"
    return Answer(float(len(rows)), sorted(set(rows.source_id)), words, tuple(rows.recipient))


@fact(
    "verdict.outside",
    "Share of magnet rare earths refined outside China, newest measured year",
    "%",
    "{:.1f}%",
    how="One less China's share, in the newest year that the IEA measures",
)
def outside() -> Answer | None:
    rows = verdict.outside()
    rows = rows[~rows.forecast.astype(bool)]
    return None if rows.empty else Answer(float(rows.share.iloc[-1]), (rows.source_id.iloc[-1],))


@fact(
    "verdict.outside_year",
    "Newest year of which that share is measured",
    "year",
    "{:.0f}",
    how="Newest year of the IEA's refining by country that is no forecast",
)
def outside_year() -> Answer | None:
    year, rows = verdict.measured_year(), verdict.outside()
    return None if year is None else Answer(float(year), (rows.source_id[rows.year == year].iloc[0],))


@fact(
    "verdict.outside_half",
    "Share at which half of the way to the base case for 2030 is gone",
    "%",
    "{:.0f}%",
    how="Mean of the share measured for 2024 and the base case for 2030",
)
def outside_half() -> Answer | None:
    rows = verdict.outside().set_index("year")
    ends = rows.share.reindex([verdict.START, verdict.GOAL])
    return None if ends.isna().any() else Answer(float(ends.mean()), sorted(set(rows.source_id)))


@fact(
    "verdict.{slug}",
    "{label}",
    "partners",
    how="Partners of signed texts in the table of agreements whose column binding says {binding}",
    each=[
        {"slug": "bound", "binding": "yes", "label": "Partners bound by a text of minerals or trade"},
        {
            "slug": "meant_to_bind",
            "binding": "intended",
            "label": "Partners whose signed text is meant to bind, of which it is not known that it does",
        },
    ],
    confidence="corroborated",
)
def bound(binding: str) -> Answer:
    count = verdict.bound(binding)
    rows = tables.load("agreements").query("published and status == 'signed' and binding == @binding")
    rows = rows[rows.instrument.isin(verdict.BINDING)]
    return Answer(float(count), sorted({"S001", *rows.source_id}), in_words(count), tuple(rows.partner))


@fact(
    "verdict.half_of_signed",
    "Half of the partners that signed, rounded up: as many would have to be bound",
    "partners",
    "{:.0f}",
    how="Half of the partners with a signed framework established here",
    confidence="corroborated",
)
def half_of_signed() -> Answer:
    signed = established()
    return Answer(float(math.ceil(signed.value * verdict.HALF)), signed.sources)


@fact(
    "verdict.magnets_fell",
    "How much less China sold of rare-earth magnets in May 2025 than in March, before the licences",
    "%",
    "{:.0f}%",
    how="One less the ratio of the two months' exports, as the press quotes China's customs",
    confidence="corroborated",
)
def magnets_fell() -> Answer | None:
    before, after = (magnets("World", month) for month in ("2025-03", "2025-05"))
    if not before or not after:
        return None
    return Answer(100 * (1 - after.value / before.value), sorted({*before.sources, *after.sources}))


@fact(
    "forecasts.{slug}",
    "{label}",
    "forecasts",
    how="Rows of the table of forecasts, by their state on the day of the newest evidence",
    each=[
        {"slug": "made", "label": "Forecasts of this book", "states": None},
        {
            "slug": "settled",
            "label": "Of these, forecasts that are settled",
            "states": [own_forecasts.TRUE, own_forecasts.FALSE],
        },
        {
            "slug": "due",
            "label": "Of these, forecasts that are due and not settled",
            "states": [own_forecasts.DUE],
        },
        {
            "slug": "came_true",
            "label": "Of these, forecasts that came true",
            "states": [own_forecasts.TRUE],
        },
    ],
    confidence="modelled",
)
def forecasts(states: list[str] | None) -> Answer:
    rows = own_forecasts.forecasts()
    count = len(rows if states is None else rows[rows.state.isin(states)])
    return Answer(float(count), (OWN,), in_words(count))
