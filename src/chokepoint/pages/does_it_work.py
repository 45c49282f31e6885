"""Chapter 10: does it work? Three tests, what each actor can do next, and forecasts that the book scores.

The rules from data to wording are those of `analysis/verdict.py`; the words are here, one for each standing.
"""

import pandas as pd

from chokepoint.analysis import facts, own_forecasts, verdict
from chokepoint.analysis.verdict import MET, NOT, PART, Standing
from chokepoint.charts.bars import bars_under_names
from chokepoint.charts.dots import dots
from chokepoint.charts.theme import BLOC, CHINA, FLOOR, TEAL
from chokepoint.pages.amounts import capital, date, in_words, listed
from chokepoint.pages.components.brief import Brief
from chokepoint.pages.components.figure import Figure, figure
from chokepoint.pages.components.listing import Listing
from chokepoint.pages.components.table import Row, Table
from chokepoint.pages.markup import macros, paragraph, with_links

_template = macros("verdict")
ANSWERS = {NOT: "Not yet.", PART: "In part.", MET: "Yes."}
ANCHORS = {
    "price": "a-price-to-build-on",
    "supply": "metal-made-elsewhere",
    "membership": "a-club-that-holds",
}
COLOURS = {"price": FLOOR, "supply": TEAL, "membership": BLOC, "china": CHINA}
_HAS = {
    "price": {NOT: "no price of its own", PART: "a price in the making", MET: "a price of its own"},
    "supply": {
        NOT: "little of the refining for magnets",
        PART: "more of the refining for magnets than it had",
        MET: "as much of the refining for magnets as the base case expected",
    },
    "membership": {
        NOT: "nobody known to be bound",
        PART: "the beginning of a club",
        MET: "members who are bound",
    },
}
_NAMES = {"china": "what China does"}


def brief(release: str) -> Brief:
    """Say where the three tests stand, a sentence each."""
    return Brief([standing_sentence(test, release) for test in verdict.tests(release)], release)


def standing_sentence(test: Standing, release: str) -> str:
    """Return what the world is like by one test, as a sentence with facts in braces."""
    return {"price": _price, "supply": _supply, "membership": _membership}[test.name](release)


def _price(release: str) -> str:
    published, agreed = verdict.reference_price(release), verdict.plurilateral()
    signed = (agreed.status == "signed").any()
    floors = facts.find("verdict.floors", release)
    alone = (
        "; floors that firms can build on are in {verdict.floors} with single firms"
        if floors and not published
        else ""
    )
    price = "The bloc has published a reference price" if published else "The bloc has published no price"
    binds = (agreed.binding[agreed.status == "signed"] == "yes").any()
    deal = (
        "no agreement behind one is signed"
        if not signed
        else "an agreement that binds stands behind it"
        if binds
        else "an agreement meant to bind is signed"
    )
    return f"{price}, and {deal}{alone}."


def _supply(release: str) -> str:
    if not facts.find("verdict.outside", release):
        return "How much is refined outside China is not printed in the editions held."
    how = {
        NOT: "The rare earths for magnets are still refined in China",
        PART: "More of the rare earths for magnets are refined outside China",
        MET: "As much of the rare earths for magnets is refined outside China as the base case expected",
    }[verdict.supply()]
    return (
        f"{how}: {{verdict.outside}} of them were refined elsewhere in {{verdict.outside_year}}; the "
        "International Energy Agency (IEA) forecasts {futures.iea_outside_2030} for 2030 in its base case."
    )


def _membership(release: str) -> str:
    names, held = verdict.listed_members(), verdict.bound()
    who = f"a list names {in_words(names)} members" if names else "no list of members is published"
    binds = "{verdict.bound} of them by a text that binds" if held else "none of them by a text known to bind"
    return f"{{frameworks.established}} have signed, {binds}, and {who}."


def change(test: Standing) -> str:
    """Say what would move a test from where it stands, by its rule."""
    return {
        ("price", NOT): "A published reference price, or an agreement signed, would make it met in part; "
        "a price with an agreement that binds behind it would meet it.",
        ("price", PART): "A published reference price with a signed agreement that binds behind it would "
        "meet the test; neither would fail it again.",
        ("price", MET): "A price withdrawn, or an agreement that no longer binds, would undo it.",
        ("supply", NOT): "A measured share of {verdict.outside_half} outside China would make it met in "
        "part, of {futures.iea_outside_2030} would meet it.",
        ("supply", PART): "A measured share of {futures.iea_outside_2030} outside China would meet it; one "
        "under {verdict.outside_half} would fail it again.",
        ("supply", MET): "A measured share under {futures.iea_outside_2030} would undo it.",
        ("membership", NOT): "A published list, or one partner bound, would make it met in part; a list, and "
        "{verdict.half_of_signed} partners bound, would meet it.",
        ("membership", PART): "A published list, and {verdict.half_of_signed} partners bound, would meet it.",
        ("membership", MET): "Fewer than {verdict.half_of_signed} partners bound would undo it.",
    }[test.name, test.standing]


def standing(name: str, release: str) -> Listing:
    """Show where one test stands, how sure that is, and what would change our mind."""
    test = next(test for test in verdict.tests(release) if test.name == name)
    return Listing(_template.standing(test, with_links(change(test), release)))


def answer(release: str) -> tuple[str, str, list[tuple[Standing, str]]]:
    """Return the verdict in a word or two, in a sentence, and the tests with their anchors in chapter 10."""
    found = verdict.tests(release)
    has = [_HAS[test.name][test.standing] for test in found]
    return (
        ANSWERS[verdict.overall(found)],
        f"The bloc has {listed(has)}. Our confidence is {verdict.confidence(found)}.",
        [(test, ANCHORS[test.name]) for test in found],
    )


def the_verdict(release: str) -> Listing:
    """Show the verdict."""
    return Listing(_template.verdict(*answer(release)))


def lead(release: str) -> Figure:
    """Draw how few are left from coming to being bound."""
    steps = [
        ("Countries that came to Washington", "ministerial.countries"),
        ("Partners that signed a framework", "frameworks.established"),
        ("Partners whose text is meant to bind", "verdict.meant_to_bind"),
        ("Partners known to be bound", "verdict.bound"),
    ]
    known = [(name, facts.get(fact_id, release)) for name, fact_id in steps]
    rows = pd.DataFrame(
        {
            "name": [name for name, _ in known],
            "count": [fact.value for _, fact in known],
            "label": [in_words(fact.value).replace("no", "none") for _, fact in known],
            "detail": [fact.label for _, fact in known],
        }
    )
    came, signed, _, held = (in_words(fact.value) for _, fact in known)
    bound = {"no": "none is known to be bound", "one": "one is bound"}.get(held, f"{held} are bound")
    return figure(
        bars_under_names(rows, x="count", y="name", label="label", detail="detail", x_title="Number"),
        name="lead",
        title=f"{capital(came)} came, {signed} signed, {bound}",
        subtitle="Countries at the meeting of 4 February 2026, and partners that signed before, on and since "
        "that day",
        table=rows[["name", "count"]].rename(columns={"name": "Step", "count": "Number"}),
        sources=sorted({source for _, fact in known for source in fact.sources}),
        alt_text="Bars, one below the other: "
        + "; ".join(f"{name}, {fact.value:.0f}" for name, fact in known)
        + ".",
    )


# --- the forecasts ---


def score(release: str) -> Listing:
    """Say how many forecasts have come due, and how well those that are settled fitted."""
    rows = own_forecasts.forecasts()
    first, last = date(rows.made_on.min()), date(rows.made_on.max())
    made = f"on {first}" if first == last else f"from {first} to {last}"
    oldest, newest = date(rows.evidence_to.min()), date(rows.evidence_to.max())
    known = f"to {oldest}" if oldest == newest else f"of its day, {oldest} to {newest}"
    blind = "; what came between we did not know" * bool((rows.evidence_to < rows.made_on).all())
    return Listing(paragraph(f"Made {made}, from the evidence {known}{blind}. {scored(rows)}"))


def scored(rows: pd.DataFrame) -> str:
    """Say how many of some forecasts are due or settled, with the Brier score and a line of calibration."""
    settled = own_forecasts.scored(rows)
    late = int((rows.state == own_forecasts.DUE).sum())
    waiting = (
        f" {capital(in_words(late))} {'is' if late == 1 else 'are'} due and not settled: the evidence has "
        f"passed {'its' if late == 1 else 'their'} day."
        if late
        else ""
    )
    if settled.empty:
        nothing = f"None is due yet; the first falls due on {date(rows.due.min())}."
        return f"None is settled yet.{waiting}" if late else nothing
    bands = "; ".join(
        f"of {in_words(r['count'])} called {r['band']}, {r['said']:.0%} on average, "
        f"{r['came_true']:.0%} came true"
        for r in own_forecasts.calibration(settled).to_dict("records")
    )
    better = own_forecasts.brier(settled)
    against = "better" if better < 0.25 else "no better"
    return (
        f"{capital(in_words(len(settled)))} {'is' if len(settled) == 1 else 'are'} settled. Their Brier "
        f"score is {better:.2f}, {against} than the 0.25 of saying half to everything. Calibration: "
        f"{bands}.{waiting}"
    )


def odds(release: str) -> Figure:
    """Draw the probability of each forecast."""
    rows = own_forecasts.forecasts().sort_values("probability", ascending=False)
    rows = rows.assign(
        percent=100 * rows.probability,
        of=rows.test.replace(_NAMES).map(capital),
        day=rows.due.map(date),
    )
    top, low = rows.iloc[0], rows.iloc[-1]
    return figure(
        dots(
            rows,
            x="percent",
            y="name",
            color="of",
            colours={capital(_NAMES.get(test, test)): colour for test, colour in COLOURS.items()},
            x_title="Probability on the day it was made, %",
            tooltip={
                "name": "Forecast",
                "percent": ("Probability, %", ".0f"),
                "day": "Due",
                "state": "State",
            },
            zero=True,
        ),
        name="odds",
        title=f"Our surest forecast, at {top.percent:.0f}%: {top['name']}",
        subtitle="Our forecasts, each with a day on which it is due",
        table=pd.DataFrame(
            {
                "Forecast": rows.name,
                "Bears on": rows.of,
                "Probability, %": rows.percent,
                "Due": rows.due.dt.strftime("%Y-%m-%d"),
                "State": rows.state,
            }
        ),
        sources=["M00"],
        alt_text=f"Dots for {len(rows)} forecasts by probability, from {top['name'].lower()} at "
        f"{top.percent:.0f} percent to {low['name'].lower()} at {low.percent:.0f} percent.",
    )


def every_forecast(release: str) -> Table:
    """List the forecasts, first to come due first, with what settles each."""
    rows = [
        Row(
            [
                _template.forecast(row),
                f"{row['probability']:.0%}",
                date(row["due"]),
                row["state"],
            ],
            row["forecast_id"],
            [None, row["probability"], f"{row['due']:%Y%m%d}", None],
        )
        for row in own_forecasts.forecasts().to_dict("records")
    ]
    heads = ["Forecast", "Probability", "Due", "State"]
    return Table("cp-forecasts", heads, rows, of="forecasts", search=False)
