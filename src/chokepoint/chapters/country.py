"""One country: what it signed, what it brings at each step, what was done to it, what is not known. Only what there are data for."""

import html

import pandas as pd

from chokepoint import tables
from chokepoint.charts.country import contributions
from chokepoint.charts.figure import Figure, figure, link
from chokepoint.facts.countries import prefix, share_id
from chokepoint.measures import countries, reliance
from chokepoint.measures import events as dated
from chokepoint.prose import country as lead_prose
from chokepoint.prose import listing, suspensions
from chokepoint.prose.agreements import EXCLUDES, binds
from chokepoint.prose.amounts import date, edition, listed, mineral, share, source, tons
from chokepoint.prose.findings import Brief, with_links
from chokepoint.prose.listing import day, deals
from chokepoint.prose.sections import Section, capital, fact_exists, in_words, with_article

MOST = 12  # bars drawn; the table has all
RECENT = 12  # events shown before the fold
_STEPS = {"mine": "mined", "refinery": "refined"}


def _name(iso3: str) -> str:
    return with_article(countries.names()[iso3])


def brief(country: str, release: str) -> Brief:
    """Where it stands, what it brings, what binds, what is done to it."""
    return Brief(lead_prose.sentences(countries.code(country), release), release)


# --- what it brings ---


def brings(country: str, release: str) -> Section | None:
    """Its shares of world output as a chart, and with its reserves and US imports as a table; nothing where nothing is printed."""
    iso3 = countries.code(country)
    rows, table = countries.brings(iso3, release), _chains(iso3, release)
    if not table:
        return None
    notes = _forms(rows)
    if iso3 == countries.UNION and len(rows):
        notes.append("The Union's shares are sums of the member states that the sources name, so they are lower bounds.")
    if rows.source_id.eq("IEA2025").any():
        notes.append("Where USGS prints no refining by country the IEA's base year stands in, which names the largest refiners only.")
    drawn = _shares(iso3, rows) if len(rows) else None
    return Section("What it brings", notes, release, drawn, (), table)


def _forms(rows: pd.DataFrame) -> list[str]:
    """What stands beside a mineral's main series, and what that series counts."""
    beside = rows[rows.form != ""]
    if beside.empty:
        return []
    products = tables.load("products").merge(beside[["mineral", "step"]].drop_duplicates())
    named, one = listed(list(dict.fromkeys(beside.what.str.lower()))), beside.what.nunique() == 1
    return [
        f"{capital(named)} {'has' if one else 'have'} a printed world total of {'its' if one else 'their'} own, beside the series that speaks for the mineral.",
        *(f"{r.product}: {r.why if r.why[1].isupper() else r.why[0].lower() + r.why[1:]}" for r in products.itertuples()),
    ]


def _shares(iso3: str, rows: pd.DataFrame) -> Figure:
    first = rows.iloc[0]
    shown = rows.head(MOST)
    shown = shown.assign(mineral=[capital(lead_prose.product(r)) for r in shown.itertuples()])
    text = [f"{share(r.share, r.alone)}{_place(r)}" for r in rows.head(MOST).itertuples()]
    what = f"{share(first.share, first.alone)} of the world's {lead_prose.product(first)}"
    verb = "mined" if first.step == "mine" else "made"
    years = sorted({int(y) for y in rows.year})
    when = f"in {years[0]}" if len(years) == 1 else f"in {int(first.year)}"
    more = len(rows.mineral.unique()) - 1
    whose = "The Union's members" if iso3 == countries.UNION else capital(_name(iso3))
    says = f"{whose} {verb} {what} {when}" + (
        f"; the sources name {'them' if iso3 == countries.UNION else 'it'} for {in_words(more)} more mineral{'s' * (more != 1)}"
        if more
        else ""
    )
    table = rows.assign(
        mineral=[capital(lead_prose.product(r)) for r in rows.itertuples()], step=rows.step.map(_STEPS), release=rows.release.map(edition)
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
        contributions(shown.assign(text=text)),
        says=says,
        table=table,
        alt_text="Bars of shares of world output: "
        + "; ".join(f"{r.mineral} {_STEPS[r.step]} {share(r.share, r.alone)}" for r in shown.itertuples())
        + (f"; {len(rows) - MOST} smaller ones are in the numbers." if len(rows) > MOST else "."),
    )


def _place(row) -> str:
    if pd.isna(row.place):
        return ""
    return ", the most" if row.place == 1 else f", {_ordinal(int(row.place))}"


def _ordinal(place: int) -> str:
    """A place in words.

    >>> _ordinal(2), _ordinal(11), _ordinal(23)
    ('2nd', '11th', '23rd')
    """
    ends = {1: "st", 2: "nd", 3: "rd"}
    return f"{place}{'th' if 10 < place % 100 < 14 else ends.get(place % 10, 'th')}"


def _chains(iso3: str, release: str) -> str:
    """A row a mineral, linked to its page: shares at each step, reserves, US imports. Empty where there is nothing."""
    output, ground = countries.brings(iso3, release), countries.underground(release)
    ground = ground[ground.iso3 == iso3].set_index("mineral")
    bought = reliance.by_country(release)
    bought = bought[bought.iso3 == iso3].set_index("mineral")
    minerals = list(dict.fromkeys([*output.mineral, *ground.index, *bought.index]))
    with_page = {*tables.load("minerals").query("listed_2025").mineral, "rare_earths"}
    columns = {"Mined": "mined", "Refined": "refined", "Reserves": "reserves", "US imports from it": "us_imports"}
    rows = []
    for m in minerals:
        cells = [_cell(f"{prefix(iso3)}.{m}_{kind}", release) for kind in columns.values()]
        if m in ground.index:
            form = ground.counted[m]
            cells[2] = (cells[2] or tons(ground.value[m])) + (f" of {form}" if form and not cells[2] else f" ({form})" if form else "")
        if any(cells):
            rows.append((_mineral_link(m) if m in with_page else html.escape(capital(mineral(m))), cells))
        for form in output[(output.mineral == m) & (output.form != "")].itertuples():
            cell = _cell(share_id(iso3, form), release)
            rows.append((html.escape(capital(lead_prose.product(form))), [cell if form.step == s else "" for s in _STEPS] + ["", ""]))
    if not rows:
        return ""
    used = [i for i, _ in enumerate(columns) if any(cells[i] for _, cells in rows)]
    head = "".join(f'<th scope="col">{h}</th>' for h in ["Mineral", *(list(columns)[i] for i in used)])
    body = "".join(f"<tr><td>{name}</td>{''.join(f'<td>{cells[i] or _NONE}</td>' for i in used)}</tr>" for name, cells in rows)
    title = f"Shares of the world's output and reserves, and of US imports: {countries.names()[iso3]}"
    return (
        f'<div class="cp-scroll" tabindex="0" role="region" aria-label="{html.escape(title)}"><table class="cp-list cp-chains">'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
        '<p class="cp-source">Shares of the printed world totals; reserves in tons where no total is printed. A dash: none is printed, or none that can be set against a total of the same form.</p>'
    )


_NONE = '<span class="cp-none" title="not printed">–</span>'


def _cell(fact_id: str, release: str) -> str:
    return with_links(f"{{{fact_id}}}", release) if fact_exists(fact_id, release) else ""


def _mineral_link(code: str) -> str:
    return f'<a href="{link(f"minerals/{code}")}">{html.escape(capital(mineral(code)))}</a>'


# --- what it signed, and where it stands ---


def signed(country: str, release: str) -> Section:
    """Every text that names it, with what it commits to and whether it binds; else that there is none."""
    iso3 = countries.code(country)
    rows, name = countries.texts(iso3), _name(iso3)
    if iso3 == countries.HOST:
        words = ["It is a party to all of them; the chapter on the frameworks has each text, what it commits to and whether it binds."]
        return Section("What it signed", words, release, None, [f'<a href="{link("05-frameworks")}">What each country signed</a>'])
    if iso3 == countries.CHINA:
        words = ["No framework. The truce agreed at Busan, and what was suspended with it, are told in the chapter on what Beijing did."]
        return Section("What it signed", words, release, None, [f'<a href="{link("06-china-responses")}">What Beijing did and can do</a>'])
    items = [_text(r) for r in rows.to_dict("records")]
    words = []
    if countries.in_union(iso3):
        words.append("It is a member of the European Union, whose texts with the United States are on the Union's page.")
        items.append(
            f'<a href="{link(f"countries/{countries.slug(countries.UNION)}")}">European Union</a>: the memorandum and the action plan'
        )
    if not len(rows):
        words.insert(0, f"We know of no text on critical minerals between the United States and {name}.")
    if countries.came(iso3) and not len(rows):
        words.append(
            "The State Department says that negotiations with seventeen more countries were concluded and does not name them, so it may be one of them."
        )
    return Section("What it signed", words, release, None, items)


def _text(row: dict) -> str:
    where = link("05-frameworks", row["agreement_id"])
    title = "Nothing signed" if row["status"] in ("none", "absent") else row["instrument_name"]
    when = f", {day(row)}" if pd.notna(row["date_start"]) and row["status"] == "signed" else ""
    status = f" ({html.escape(row['status'])}, as of {date(row['as_of'])})" if row["status"] not in ("signed", "absent") else ""
    bind, note = binds(row), f" ({row['binding_note'][0].lower() + row['binding_note'][1:]})" if _has_note_of_its_own(row) else ""
    further = EXCLUDES.get(row["exclusive"], "")
    binding = bind + note + (f"; {further[0].lower() + further[1:]}" if further else "") if row["status"] in ("signed", "announced") else ""
    commits = "" if pd.isna(row["commits"]) else f" {html.escape(row['commits'])}."
    return (
        f'<b><a href="{where}">{html.escape(capital(title))}</a></b>{when}{status}.{commits}'
        f"{f' {html.escape(binding)}.' if binding else ''} {source(row['source_id'])}"
    )


def _has_note_of_its_own(row: dict) -> bool:
    """Whether the note on binding says more than the entry itself: who says so of a text that was not seen, what a plan or a statement is.

    >>> _has_note_of_its_own({"binding": "said not to", "binding_note": "A report"}), _has_note_of_its_own({"binding": "no", "binding_note": "The text itself"})
    (True, False)
    """
    return pd.notna(row["binding_note"]) and row["binding_note"] != "The text itself"


_ROLES = {"founder": "as a founder", "joined later": "joined later", "chair": "in the chair to June 2026", "member": "", "participant": ""}
_GROUPS = {"attendees_4feb", "framework_any", "signed_4feb"}  # said elsewhere on the page


def standing(country: str, release: str) -> Section | None:
    """The groups it belongs to."""
    iso3 = countries.code(country)
    seats = tables.load("attendees").set_index("iso3")
    groups = tables.load("coalitions").set_index("coalition_id")
    rows = tables.load("memberships").query("iso3 == @iso3 and published")
    items = [
        f"{html.escape(groups.name[r['coalition_id']])}{', ' + _ROLES[r['role']] if _ROLES.get(r['role']) else ''} {source(r['source_id'])}"
        for r in rows.to_dict("records")
        if r["coalition_id"] not in _GROUPS
    ]
    words = []
    if iso3 in seats.index and pd.notna(seats.represented_by[iso3]):
        words.append(_at_the_meeting(seats.represented_by[iso3]))
    if iso3 in seats.index and seats.seat[iso3] == "territory":
        words.append("It is a self-governing territory of Denmark and had no seat of its own on the State Department's list.")
    if iso3 in seats.index and seats.seat[iso3] == "institution":
        words.append("The European Commission had a seat of its own, beside those of the member states that came.")
    return Section("Where it stands", words, release, None, items) if items or words else None


def _at_the_meeting(text: str) -> str:
    """Who sat there on 4 February, as a sentence; what is only reported is one already.

    >>> _at_the_meeting("Foreign Minister Wong"), _at_the_meeting("The prime minister was reported as due")
    ('On 4 February 2026 it was represented by Foreign Minister Wong.', 'Of 4 February 2026: the prime minister was reported as due.')
    """
    if "reported" not in text:
        return f"On 4 February 2026 it was represented by {text}."
    return f"Of 4 February 2026: {text[0].lower() + text[1:] if text.startswith('The ') else text}."


# --- what was done to it, money, events ---


def controls(country: str, release: str) -> Section | None:
    """Chinese measures that name it, and its own limits on exports."""
    iso3 = countries.code(country)
    if iso3 == countries.CHINA:
        words = ["Its licences, bans and suspensions since 2010 have a chapter of their own, with the text and the status of each."]
        return Section(
            "What it controls", words, release, None, [f'<a href="{link("06-china-responses")}">What Beijing did and can do</a>']
        )
    items = []
    for r in countries.aimed_at(iso3).to_dict("records"):
        when = day(r, "effective_date") if pd.notna(r["effective_date_start"]) else day(r, "announced_date")
        until = suspensions.until(r)
        items.append(
            f"<b>{when}</b>, China. {html.escape(capital(r['instrument']))}: {html.escape(r['items'])}. Target: {html.escape(with_article(r['target']))}. "
            f"{html.escape(capital(r['status']))} as of {date(r['as_of'])}{', ' + html.escape(until) if until else ''}. {source(r['source_id'], r['legal_reference'])}"
        )
    own = countries.own_controls(iso3, release)
    for (control, since), rows in own.groupby(["control", "since"], sort=False, dropna=False):
        what = ", ".join(rows.commodity)
        items.append(
            f"<b>{since}</b>, {html.escape(_name(iso3))}: {html.escape(control[0].lower() + control[1:])} on {html.escape(what)}. {source(rows.source_id.iloc[0])}"
        )
    heading = "Controls that touch it"
    return Section(heading, [], release, None, items) if items else None


def money(country: str, release: str) -> Section | None:
    """Public money, nearly all from Washington, for projects in it or firms of it."""
    iso3 = countries.code(country)
    items = deals(tables.load("finance_countries").query("iso3 == @iso3").finance_id)
    words = ["Projects in the country, or firms of it. What is under discussion or a letter of interest is not money paid."]
    if iso3 == countries.HOST and items:
        words = ["Projects at home that are named. " + words[0].split(". ", 1)[1]]
    return Section("Public money", words, release, None, items) if items else None


_STATE = {"happened": "", "lapsed": ", a day that passed", "passed": ", a day that passed", "scheduled": ", set for this day"}


def events(country: str, release: str) -> Section | None:
    """Dated events that name it, newest first; the older ones folded away."""
    rows = countries.events(countries.code(country)).iloc[::-1]
    rows = rows.assign(
        happened=rows.happened.where(rows.date_start > dated.newest_evidence(), rows.happened.replace("scheduled", "passed"))
    )
    items = [
        f"<b>{day(r)}</b>{_STATE[r['happened']]}. {html.escape(r['description'])}. {source(r['source_id'])}"
        for r in rows.to_dict("records")
    ]
    if not items:
        return None
    older = items[RECENT:]
    fold = f'<details class="cp-numbers"><summary>{len(older)} earlier events</summary><ul>{"".join(f"<li>{i}</li>" for i in older)}</ul></details>'
    return Section("Dated events", [], release, None, items[:RECENT], fold if older else "")


# --- what is not known ---


def gaps_in_evidence(country: str, release: str) -> Section | None:
    """What the sources do not say of this country."""
    iso3 = countries.code(country)
    name, rows = countries.names()[iso3], countries.texts(iso3)
    keys = {f"agreements:{i}" for i in rows.agreement_id} | {f"timeline:{i}" for i in countries.events(iso3).event_id}
    questions = listing.asked().fillna({"row_keys": ""})
    own = questions[
        [bool(keys & set(k.split(";"))) or _names_it(name, q) for k, q in zip(questions.row_keys, _asked(iso3, questions), strict=True)]
    ]
    if iso3 == countries.HOST:
        own = questions[questions.question_id.isin(["open.vault_purchases", "open.zone_members", "open.reference_prices", "open.us_ore"])]
    gaps = [
        f"<b>{html.escape(r['question'])}</b> {html.escape(r['why'])}. {html.escape(r['looked_for'])}. {source(r['source_id'])}"
        for r in own.to_dict("records")
    ]
    held = countries.withheld(iso3, release)
    if held:
        gaps.append(f"How much of these it makes, withheld by the source: {', '.join(map(_mineral_link, held))}.")
    if iso3 not in (countries.HOST, countries.CHINA):
        unseen = rows[(rows.status == "signed") & rows.binding.isin(["text not seen", "said not to"])]
        unseen = unseen[unseen.instrument.isin(countries.FRAMEWORKS)].to_dict("records")
        gaps += [f"What its {lead_prose.kind(r)} of {day(r)} says: we have not seen the text." for r in unseen]
    return None if not gaps else Section("What is not known", [], release, None, gaps)


def _asked(iso3: str, questions: pd.DataFrame) -> pd.Series:
    """Where a country's name counts: in the question, and in why it matters, unless it is one of the two that nearly all are about."""
    both = iso3 in (countries.HOST, countries.CHINA)
    return questions.question if both else questions.question + " " + questions.why


def _names_it(name: str, question: str) -> bool:
    return name in question or (name == "South Korea" and "Korea" in question)


def read_on(country: str, release: str) -> Section:
    """Ways on from here."""
    iso3 = countries.code(country)
    ways = [
        f'<a href="{link("05-frameworks")}">What each country signed</a>, and what that brings inside',
        f'<a href="{link("02-ministerial")}">Who came on 4 February</a>, and who stayed away',
        *(
            [f'<a href="{link("01-dependence")}">Who makes what</a>, at the mine and after it']
            if len(countries.brings(iso3, release))
            else []
        ),
        *([f'<a href="{link("06-china-responses")}">What Beijing did and can do</a>'] if len(countries.aimed_at(iso3)) else []),
        *([f'<a href="{link("04-project-vault")}">What Project Vault would buy</a>'] if iso3 == countries.HOST else []),
        f'<a href="{link("08-since-february")}">What has happened since February</a>, to the newest dated event',
        f'<a href="{link("evidence")}">The evidence</a> for every number, and the <a href="{link("glossary")}">glossary</a>',
        f'<a href="{link("countries")}">All countries</a> and <a href="{link("minerals")}">all minerals</a>, to search and sort',
    ]
    return Section("Read on", [], release, None, ways)
