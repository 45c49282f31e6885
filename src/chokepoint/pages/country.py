"""One country: what it signed, what it brings at each step, what was done to it, what is not known.

Only what there are data for.
"""

from typing import Any

import pandas as pd
from markupsafe import Markup

from chokepoint.analysis import countries, facts, reliance
from chokepoint.analysis import events as dated
from chokepoint.analysis.events import day
from chokepoint.analysis.facts.supply import prefix, share_id
from chokepoint.charts.bars import bars
from chokepoint.charts.theme import MINED, REFINED
from chokepoint.data import tables, views
from chokepoint.pages import country_text as lead_prose
from chokepoint.pages import suspensions
from chokepoint.pages.agreements import EXCLUDES, binds
from chokepoint.pages.amounts import (
    capital,
    edition,
    in_words,
    listed,
    mineral,
    share,
    tons,
    with_article,
)
from chokepoint.pages.components import listing
from chokepoint.pages.components.brief import Brief
from chokepoint.pages.components.figure import Figure, figure
from chokepoint.pages.components.listing import deals
from chokepoint.pages.components.section import HOW_AND_WHERE, Section
from chokepoint.pages.components.table import Row, Table
from chokepoint.pages.decisions import on_country as joining
from chokepoint.pages.markup import chapters, dash, fact_exists, fold, html_list, with_links
from chokepoint.pages.partner_trade import sells, sold

__all__ = [
    "brief",
    "brings",
    "controls",
    "events",
    "joining",
    "money",
    "read_on",
    "sells",
    "signed",
    "sold",
    "standing",
    "unanswered_questions",
]

MOST = 12  # bars drawn; the table has all
RECENT = 12  # events shown before the fold
_STEPS = {"mine": "mined", "refinery": "refined"}
_AT = {"mine": "At the mine", "refinery": "After the mine"}


def _name(iso3: str) -> str:
    return with_article(countries.names()[iso3])


def brief(country: str, release: str) -> Brief:
    """Where it stands, what it brings, what binds, what is done to it."""
    return Brief(lead_prose.sentences(countries.code(country), release), release)


# --- what it brings ---


def brings(country: str, release: str) -> Section | None:
    """Draw its shares of world output, and list them with its reserves and US imports in a table.

    Nothing where nothing is printed.
    """
    iso3 = countries.code(country)
    rows, table = countries.brings(iso3, release), _chains(iso3, release)
    if not table:
        return None
    notes = _forms(rows)
    if iso3 == countries.UNION and len(rows):
        notes.append(
            "The Union’s shares are sums of the member states that the sources name, so they are lower "
            "bounds."
        )
    if rows.source_id.str.startswith("IEA").any():
        notes.append(
            "Where USGS prints no refining by country the IEA’s base year stands in, which names the "
            "largest refiners only."
        )
    drawn = _shares(iso3, rows) if len(rows) else None
    return Section("What it brings", notes, release, drawn, (), table)


def _forms(rows: pd.DataFrame) -> list[str]:
    """Say what stands beside a mineral's main series, and what that series counts."""
    beside = rows[rows.form != ""]
    if beside.empty:
        return []
    products = tables.load("products").merge(beside[["mineral", "step"]].drop_duplicates())
    named, one = listed(list(dict.fromkeys(beside.what.str.lower()))), beside.what.nunique() == 1
    return [
        f"{capital(named)} {'has' if one else 'have'} a printed world total of {'its' if one else 'their'} "
        "own, beside the series that speaks for the mineral.",
        *(
            f"{r.product}: {r.why if r.why[1].isupper() else r.why[0].lower() + r.why[1:]}"
            for r in products.itertuples()
        ),
    ]


def _bar_names(rows: pd.DataFrame) -> pd.Series:
    """Name the mineral, with its step where it is there twice."""
    twice = rows.mineral.duplicated(keep=False)
    return rows.mineral.where(~twice, rows.mineral + ", " + rows.step.map(_STEPS))


def _shares(iso3: str, rows: pd.DataFrame) -> Figure:
    first = rows.iloc[0]
    shown = rows.head(MOST)
    shown = shown.assign(mineral=[capital(lead_prose.product(r)) for r in shown.itertuples()])
    text = [f"{share(r.share, r.alone)}{_place(r)}" for r in rows.head(MOST).itertuples()]
    what = f"{share(first.share, first.alone)} of the world’s {lead_prose.product(first)}"
    verb = "mined" if first.step == "mine" else "made"
    years = sorted({int(y) for y in rows.year})
    when = f"in {years[0]}" if len(years) == 1 else f"in {int(first.year)}"
    more = len(rows.mineral.unique()) - 1
    whose = "The Union’s members" if iso3 == countries.UNION else capital(_name(iso3))
    title = f"{whose} {verb} {what} {when}" + (
        f"; the sources name {'them' if iso3 == countries.UNION else 'it'} for {in_words(more)} more "
        f"mineral{'s' * (more != 1)}"
        if more
        else ""
    )
    table = rows.assign(
        mineral=[capital(lead_prose.product(r)) for r in rows.itertuples()],
        step=rows.step.map(_STEPS),
        release=rows.release.map(edition),
    )[["mineral", "step", "value", "share", "year", "release", "source_id"]].rename(
        columns={
            "mineral": "Mineral",
            "step": "Step",
            "value": "Output, t",
            "share": "Share of world, %",
            "year": "Year",
            "release": "Release",
        }
    )
    return figure(
        bars(
            shown[["mineral", "share"]].assign(text=text, name=_bar_names(shown), step=shown.step.map(_AT)),
            x="share",
            y="name",
            label="text",
            color="step",
            colours={"At the mine": MINED, "After the mine": REFINED},
            x_axis=None,
            room=1.9,
            tooltip={"mineral": "Mineral", "step": "Step", "text": "Share"},
            height=24,
            thickness=16,
        ),
        name="share-of-world-output",
        title=title,
        table=table,
        alt_text="Bars of shares of world output: "
        + "; ".join(f"{r.mineral} {_STEPS[r.step]} {share(r.share, r.alone)}" for r in shown.itertuples())
        + (f"; {_smaller(len(rows) - MOST)} in the numbers." if len(rows) > MOST else "."),
    )


def _smaller(count: int) -> str:
    return "a smaller one is" if count == 1 else f"{count} smaller ones are"


def _place(row: Any) -> str:
    if pd.isna(row.place):
        return ""
    return ", the most" if row.place == 1 else f", {_ordinal(int(row.place))}"


def _ordinal(place: int) -> str:
    """Write a place in words.

    >>> _ordinal(2), _ordinal(11), _ordinal(23)
    ('2nd', '11th', '23rd')
    """
    ends = {1: "st", 2: "nd", 3: "rd"}
    return f"{place}{'th' if 10 < place % 100 < 14 else ends.get(place % 10, 'th')}"


def _chains(iso3: str, release: str) -> Markup | str:
    """Tabulate a row a mineral, linked to its page: shares at each step, reserves, US imports.

    Empty where there is nothing.
    """
    output, ground = countries.brings(iso3, release), countries.underground(release)
    ground = ground[ground.iso3 == iso3].set_index("mineral")
    bought = reliance.by_country(release)
    bought = bought[bought.iso3 == iso3].set_index("mineral")
    minerals = list(dict.fromkeys([*output.mineral, *ground.index, *bought.index]))
    columns = {
        "Mined": "mined",
        "Refined": "refined",
        "Reserves": "reserves",
        "US imports from it": "us_imports",
    }
    rows = []
    for m in minerals:
        cells = [_cell(f"{prefix(iso3)}.{m}_{kind}", release) for kind in columns.values()]
        if m in ground.index:
            form = ground.counted[m]
            cells[2] = (cells[2] or tons(ground.value[m])) + (
                f" of {form}" if form and not cells[2] else f" ({form})" if form else ""
            )
        if any(cells):
            rows.append((with_links(_mineral_link(m), release), cells))
        for form in output[(output.mineral == m) & (output.form != "")].itertuples():
            cell = _cell(share_id(iso3, form), release)
            rows.append(
                (
                    capital(lead_prose.product(form)),
                    [cell if form.step == s else "" for s in _STEPS] + ["", ""],
                )
            )
    if not rows:
        return ""
    used = [i for i, _ in enumerate(columns) if any(cells[i] for _, cells in rows)]
    body = [Row([name, *(cells[i] or dash("not printed") for i in used)]) for name, cells in rows]
    title = f"Shares of the world’s output and reserves, and of US imports: {countries.names()[iso3]}"
    heads = ["Mineral", *(list(columns)[i] for i in used)]
    table = Table("cp-chains", heads, body, search=False, label=title)
    return table.html() + chapters.note(
        "Shares of the printed world totals; reserves in tonnes where no total is printed. A dash: none is "
        "printed, or none that can be "
        "set against a total of the same form."
    )


def _cell(fact_id: str, release: str) -> Markup | str:
    return with_links(f"{{{fact_id}}}", release) if fact_exists(fact_id, release) else ""


def _mineral_link(code: str) -> str:
    """Link a mineral to its page; the site makes it plain text where there is none."""
    return f"[{capital(mineral(code))}](minerals/{code})"


# --- what it signed, and where it stands ---


def signed(country: str, release: str) -> Section:
    """Every text that names it, with what it commits to and whether it binds; else that there is none."""
    iso3 = countries.code(country)
    rows, name = countries.texts(iso3), _name(iso3)
    if iso3 == countries.HOST:
        words = [
            "It is a party to all of them; the chapter on the frameworks has each text, what it commits to "
            "and whether it binds."
        ]
        return Section(
            "What it signed",
            words,
            release,
            None,
            ["[What each country signed](05-frameworks)"],
        )
    if iso3 == countries.CHINA:
        words = [
            "No framework. The truce agreed at Busan, and what was suspended with it, are told in the "
            "chapter on what Beijing did."
        ]
        return Section(
            "What it signed",
            words,
            release,
            None,
            ["[What Beijing did and can do](06-china-responses)"],
        )
    items = [_text(r) for r in rows.to_dict("records")]
    words = []
    if countries.in_union(iso3):
        words.append(
            "It is a member of the European Union, whose texts with the United States are on the Union’s "
            "page."
        )
        items.append(
            f"[European Union](countries/{countries.slug(countries.UNION)}): the memorandum and the action "
            "plan"
        )
    if not len(rows):
        words.insert(0, f"We know of no text on critical minerals between the United States and {name}.")
    if countries.came(iso3) and not len(rows):
        words.append(
            "The State Department says that negotiations with seventeen more countries were concluded and "
            "does not name them, so it may be one of them."
        )
    return Section("What it signed", words, release, None, items)


def _text(row: dict) -> Markup:
    title = "Nothing signed" if row["status"] in ("none", "absent") else row["instrument_name"]
    note = f" ({row['binding_note'][0].lower() + row['binding_note'][1:]})" if _adds_to_binding(row) else ""
    further = EXCLUDES.get(row["exclusive"], "")
    binding = (
        binds(row) + note + (f"; {further[0].lower() + further[1:]}" if further else "")
        if row["status"] in ("signed", "announced")
        else ""
    )
    return chapters.agreement(row, title, binding)


def _adds_to_binding(row: dict) -> bool:
    """Return whether the note on binding says more than the entry itself.

    More is who says so of a text that was not seen, or what a plan or a statement is.

    >>> said = {"binding": "said not to", "binding_note": "A report"}
    >>> seen = {"binding": "no", "binding_note": "The text itself"}
    >>> _adds_to_binding(said), _adds_to_binding(seen)
    (True, False)
    """
    return pd.notna(row["binding_note"]) and row["binding_note"] != "The text itself"


_ROLES = {
    "founder": "as a founder",
    "joined later": "joined later",
    "chair": "in the chair to {forge.chair_until}",
    "member": "",
    "participant": "",
}
_GROUPS = {"attendees_4feb", "framework_any", "signed_4feb"}  # said elsewhere on the page


def standing(country: str, release: str) -> Section | None:
    """Say which groups it belongs to."""
    iso3 = countries.code(country)
    seats = tables.rows("attendees", iso3=iso3).set_index("iso3")
    rows = tables.rows("memberships", iso3=iso3).query("published")
    groups = tables.rows("coalitions", coalition_id=rows.coalition_id).set_index("coalition_id")
    items = [
        chapters.membership(
            groups.name[r["coalition_id"]], facts.linked(_ROLES.get(r["role"], "")), r["source_id"]
        )
        for r in rows.to_dict("records")
        if r["coalition_id"] not in _GROUPS
    ]
    words = []
    if iso3 in seats.index and pd.notna(seats.represented_by[iso3]):
        words.append(_at_the_meeting(seats.represented_by[iso3]))
    if iso3 in seats.index and seats.seat[iso3] == "territory":
        words.append(
            "It is a self-governing territory of Denmark and had no seat of its own on the State "
            "Department’s list."
        )
    if iso3 in seats.index and seats.seat[iso3] == "institution":
        words.append(
            "The European Commission had a seat of its own, beside those of the member states that came."
        )
    return Section("Where it stands", words, release, None, items) if items or words else None


def _at_the_meeting(text: str) -> str:
    """Write who sat there on 4 February, as a sentence; what is only reported is one already.

    >>> told = "The prime minister was reported as due"
    >>> _at_the_meeting("Foreign Minister Wong"), _at_the_meeting(told)  # doctest: +NORMALIZE_WHITESPACE
    ('On 4 February 2026 it was represented by Foreign Minister Wong.',
     'Of 4 February 2026: the prime minister was reported as due.')
    """
    if "reported" not in text:
        return f"On 4 February 2026 it was represented by {text}."
    return f"Of 4 February 2026: {text[0].lower() + text[1:] if text.startswith('The ') else text}."


# --- what was done to it, money, events ---


def controls(country: str, release: str) -> Section | None:
    """Chinese measures that name it, and its own limits on exports."""
    iso3 = countries.code(country)
    if iso3 == countries.CHINA:
        words = [
            "Its licences, bans and suspensions since 2010 have a chapter of their own, with the text and "
            "the status of each."
        ]
        return Section(
            "What it controls",
            words,
            release,
            None,
            ["[What Beijing did and can do](06-china-responses)"],
        )
    items = []
    for r in countries.aimed_at(iso3).to_dict("records"):
        when = day(r, "effective_date") if pd.notna(r["effective_date_start"]) else day(r, "announced_date")
        items.append(chapters.chinese_control(r, when, suspensions.until(r)))
    own = countries.own_controls(iso3, release)
    for (control, since), rows in own.groupby(["control", "since"], sort=False, dropna=False):
        what = ", ".join(rows.commodity)
        items.append(chapters.own_control(since, _name(iso3), control, what, rows.source_id.iloc[0]))
    heading = "Controls that touch it"
    return Section(heading, [], release, None, items) if items else None


def money(country: str, release: str) -> Section | None:
    """Public money, nearly all from Washington, for projects in it or firms of it."""
    iso3 = countries.code(country)
    items = deals(tables.rows("finance_countries", iso3=iso3).finance_id)
    words = [
        "Projects in the country, or firms of it. What is under discussion or a letter of interest is not "
        "money paid."
    ]
    if iso3 == countries.HOST and items:
        words = ["Projects at home that are named. " + words[0].split(". ", 1)[1]]
    return Section("Public money", words, release, None, items) if items else None


_STATE = {
    "happened": "",
    "lapsed": ", a day that passed",
    "passed": ", a day that passed",
    "scheduled": ", set for this day",
}


def events(country: str, release: str) -> Section | None:
    """Dated events that name it, newest first; the older ones folded away."""
    rows = countries.events(countries.code(country)).iloc[::-1]
    passed = [
        r.happened == "scheduled" and not dated.is_ahead(f"{r.date_start:%Y-%m-%d}")
        for r in rows.itertuples()
    ]
    rows = rows.assign(happened=rows.happened.mask(pd.Series(passed, rows.index, dtype=bool), "passed"))
    items = [chapters.event(r, _STATE[r["happened"]]) for r in rows.to_dict("records")]
    if not items:
        return None
    older = items[RECENT:]
    rest = fold(f"{len(older)} earlier event{'s' * (len(older) > 1)}", html_list(older)) if older else ""
    return Section("Dated events", [], release, None, items[:RECENT], rest)


# --- what is not known ---


def unanswered_questions(country: str, release: str) -> Section | None:
    """List what the sources do not say of this country."""
    iso3 = countries.code(country)
    name, rows = countries.names()[iso3], countries.texts(iso3)
    keys = [
        *(f"agreements:{i}" for i in rows.agreement_id),
        *(f"timeline:{i}" for i in countries.events(iso3).event_id),
    ]
    gaps = [chapters.question(r) for r in _questions(iso3, name, *keys).to_dict("records")]
    if withheld := countries.withheld(iso3, release):
        gaps.append(
            f"How much of these it makes, withheld by the source: {', '.join(map(_mineral_link, withheld))}."
        )
    if iso3 not in (countries.HOST, countries.CHINA):
        unseen = rows[(rows.status == "signed") & rows.binding.isin(["text not seen", "said not to"])]
        unseen = unseen[unseen.instrument.isin(countries.FRAMEWORKS)].to_dict("records")
        gaps += [
            f"What its {lead_prose.kind(r)} of {day(r)} says: we have not seen the text." for r in unseen
        ]
    return None if not gaps else Section("What is not known", [], release, None, gaps)


@views.view("open_questions")
def _questions(questions: pd.DataFrame, iso3: str, name: str, *keys: str) -> pd.DataFrame:
    """Return the open questions about a country.

    They are of the United States those named here, of others what names it or its rows.
    """
    questions = listing.open_questions(questions).fillna({"row_keys": ""})
    if iso3 == countries.HOST:
        return questions[questions.question_id.isin(_OF_THE_HOST)]
    return questions[
        [
            bool(set(keys) & set(k.split(";"))) or _names_it(name, q)
            for k, q in zip(questions.row_keys, _searched_text(iso3, questions), strict=True)
        ]
    ]


_OF_THE_HOST = ("open.vault_purchases", "open.zone_members", "open.reference_prices", "open.us_ore")


def _searched_text(iso3: str, questions: pd.DataFrame) -> pd.Series:
    """Return the text in which a country's name counts.

    It is the question, and why it matters, unless the country is one of the two that nearly all are about.
    """
    both = iso3 in (countries.HOST, countries.CHINA)
    return questions.question if both else questions.question + " " + questions.why


def _names_it(name: str, question: str) -> bool:
    return name in question or (name == "South Korea" and "Korea" in question)


def read_on(country: str, release: str) -> Section:
    """Ways on from here."""
    iso3 = countries.code(country)
    ways = [
        "[What each country signed](05-frameworks), and [who came](02-ministerial)",
        *(["[Who makes what](01-dependence)"] if len(countries.brings(iso3, release)) else []),
        *(["[What Beijing did and can do](06-china-responses)"] if len(countries.aimed_at(iso3)) else []),
        *(["[What Project Vault would buy](04-project-vault)"] if iso3 == countries.HOST else []),
        "[What has happened since February](08-since-february)",
        *HOW_AND_WHERE,
    ]
    return Section("Read on", [], release, None, ways)
