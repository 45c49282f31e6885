"""The scenario model at a few choices: what a floor, a stock or a cut would do, and what joining or leaving.

The desk of chapter 7 begins at the same choices, and can be moved from there.
"""

import math
from collections.abc import Mapping

import pandas as pd
from markupsafe import Markup

from chokepoint.analysis import countries, decisions
from chokepoint.data import tables
from chokepoint.models import scenario
from chokepoint.models.scenario import Mineral
from chokepoint.models.scenario.assemble import CHINA
from chokepoint.pages.amounts import capital, with_article
from chokepoint.pages.components.scenario_desk import WORDS, describe
from chokepoint.pages.components.section import Section
from chokepoint.pages.components.table import Row, Table
from chokepoint.pages.markup import macros
from chokepoint.pages.mineral_text import name

_template = macros("desk")
CLUB, MONEY = "came", 100  # the preset of the pages; US$ million of a stock
FLOOR, ANSWER = "ore_and_oxide", "cut"
FIGURES = ("club_share", "net_imports", "worst_unserved", "buyers", "taxpayers", "makers_gone")
DRAWS = 64  # of a page's band
SMALL = 0.005  # of every stage: a country that could join or leave without a mark


def on_mineral(mineral: str, release: str) -> Section | None:
    """Say what a floor, a stock and a cut would do, and how long a stock lasts; or why it cannot be said.

    Nothing for what the model does not know by name.
    """
    known = {m.mineral: m for m in scenario.minerals(all_of_them=True)}
    heading = "What a floor, a stock or a cut would do"
    if mineral not in known:
        return None
    if known[mineral].grade == "none":
        why = f"The model of [chapter 7](07-futures) cannot say: {lower(known[mineral].why)}."
        return Section(heading, [why], release)
    stock = decisions.half_a_year(mineral, CLUB)
    floor = decisions.run(mineral, CLUB, FLOOR)
    filled = decisions.run(mineral, CLUB, "nothing", ANSWER, vault=stock)
    runs = {
        "Nothing is done": (floor, "nothing"),
        f"A floor of {floor.settings['floor']:g} × today’s price": (floor, "value"),
        "China halves its exports": (filled, "nothing"),
        f"The same, with a stock of {_millions(stock)}": (filled, "value"),
    }
    words = [
        _grade(known[mineral]),
        *[floor.sentence.replace("this changes", "the floor changes")]
        * ("changes nothing" in floor.sentence),
        _spread(mineral, floor.settings),
        _covers(mineral),
    ]
    choice = f"mineral={mineral}&members={CLUB}"
    after = [
        _table(decisions.compared(runs, FIGURES), f"what choices come to for {name(mineral)}"),
        _template.try_it(f"Move this floor for {name(mineral)}", f"{choice}&story={FLOOR}"),
        _template.try_it(
            f"Move this stock and cut for {name(mineral)}", f"{choice}&answer={ANSWER}&vault={stock!r}"
        ),
    ]
    return Section(heading, words, release, None, (), Markup("").join(after))


def on_country(country: str, release: str) -> Section | None:
    """Say what the club of those who came is with and without a country, where it weighs most.

    Nothing where it has next to no part in any mineral, and for China.
    """
    iso3 = countries.code(country)
    held = tables.rows("memberships", coalition_id="eu27").iso3 if iso3 == countries.UNION else [iso3]
    codes, club = set(held) - {countries.UNION}, set(scenario.members_of(CLUB))
    parts = decisions.part_of(codes)
    if codes & CHINA or parts.empty or parts.iloc[0] < SMALL or not club - codes:
        return None
    mineral, inside = parts.index[0], codes <= club
    clubs = {"With it": club | codes, "Without it": club - codes}
    settings = decisions.run(mineral, CLUB, "everything", ANSWER).settings
    chosen = {key: value for key, value in settings.items() if value != scenario.controls()[key].default}
    runs = {
        said: (decisions.run(mineral, ",".join(sorted(members)), "nothing", **chosen), "value")
        for said, members in clubs.items()
    }
    who = with_article(countries.names()[iso3])
    words = [
        f"Of the minerals that the model of [chapter 7](07-futures) can run, {who} weighs most in "
        f"{name(mineral)}, with {describe(parts.iloc[0], '', 'share')} of the world’s mining, refining or "
        f"use: the table has {'the club without it' if inside else 'the club, to which it does not belong'}, "
        f"at floors of {settings['floor']:g} × today’s price.",
    ]
    other = ",".join(sorted(clubs["Without it" if inside else "With it"]))
    after = [
        _table(decisions.compared(runs, FIGURES), f"what the club is with and without {who}"),
        _template.try_it(
            f"Move the club {'without' if inside else 'with'} it",
            f"mineral={mineral}&members={other}&story=everything&answer={ANSWER}",
        ),
    ]
    heading = f"What {'leaving' if inside else 'joining'} would do"
    return Section(heading, words, release, None, (), Markup("").join(after))


def lower(why: str) -> str:
    """Return a reason as it stands within a sentence.

    >>> lower("Only a world figure is published."), lower("USGS prints none")
    ('only a world figure is published', 'USGS prints none')
    """
    return (why if why[1:2].isupper() else why[:1].lower() + why[1:]).rstrip(".")


def _grade(known: Mineral) -> str:
    why = f": {lower(known.why)}" if known.why else ""
    return (
        f"The model of [chapter 7](07-futures) knows {name(known.mineral)} with the grade {known.grade}{why}."
    )


def _spread(mineral: str, settings: Mapping[str, float]) -> str:
    """Say how far apart nine runs of ten lie under the floor."""
    bands = scenario.band(mineral, CLUB, DRAWS, **settings)
    made, pay = (bands[bands.series == name].iloc[-1] for name in ("output_club", "buyers"))
    low, high = (describe(two_digits(made[q]), "", "t") for q in ("q5", "q95"))
    least, most = (_millions(two_digits(pay[q])) for q in ("q5", "q95"))
    paid = f", and its buyers pay {least} to {most} above the price outside" if pay.q95 > 0 else ""
    return (
        f"In nine of ten runs the club makes {low} to {high} tonnes in {made.year:.0f} under the floor{paid}."
    )


def two_digits(value: float) -> float:
    """Round to what a spread of assumptions carries.

    >>> two_digits(19043), two_digits(7.34)
    (19000.0, 7.3)
    """
    return float(f"{value:.2g}")


def _covers(mineral: str) -> str:
    """Say how long a stock lasts the United States and the members with nothing more from China."""
    us, all_of_them = (scenario.cover(mineral, club, MONEY) for club in ("us", CLUB))
    return (
        f"Counted in use and not in net imports, US${MONEY} million buys the Vault about "
        f"{describe(us['tonnes'], '', 't')} tonnes at the model’s price, which need not be that of its "
        f"imports: {_lasts(us, 'the United States')}, and {_lasts(all_of_them, 'the members together')}."
    )


def _lasts(cover: Mapping[str, float], who: str) -> str:
    if not math.isfinite(cover["days_of_use"]):
        return f"for how many days of what {who} use is not known, since no use is published"
    use, lacking = (_days(cover[key]) for key in ("days_of_use", "days_without_china"))
    none = not math.isfinite(cover["days_without_china"])
    rest = "who would lack nothing" if none else f"or {lacking} of what they would lack"
    return f"{use} of all that {who} use, {rest}"


def _days(value: float) -> str:
    """Write a number of days.

    >>> _days(0.4), _days(1.2), _days(2.0)
    ('less than a day', '1 day', '2 days')
    """
    if not math.isfinite(value) or value < 1:
        return "less than a day"
    return f"{describe(float(round(value)), '', 'd')} day{'s' * (round(value) != 1)}"


def _millions(value: float) -> str:
    if value >= 1000:
        return f"US${describe(value / 1000, '', '')} billion"
    return f"US${describe(value, '', '')} million"


def _table(compared: pd.DataFrame, of: str) -> Markup:
    """Return the figures as a table, without those that are nothing whatever is chosen."""
    heads = list(compared.columns[2:])
    rows = [
        Row([_label(row), *(describe(row[column], figure, row["unit"]) for column in heads)])
        for figure, row in compared.iterrows()
        if (row[heads].astype(float).abs() > 1e-9).any()
    ]
    return Table("cp-decided", ["What it comes to", *heads], rows, of=of, search=False).html()


def _label(row: pd.Series) -> str:
    """Name a figure with its unit."""
    if row["unit"] in WORDS:
        return capital(f"{WORDS[row['unit']]} {row['meaning']}")
    return f"{capital(row['meaning'])}, {row['unit'].replace('/year', ' a year').replace('t a', 'tonnes a')}"
