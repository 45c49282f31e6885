"""What is said of a country at the head of its page.

That is where it stands, what it brings, what binds, what was done to it.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd
from markupsafe import Markup

from chokepoint.analysis import countries, facts, reliance, supply
from chokepoint.analysis.facts.supply import prefix, share_id
from chokepoint.data import tables
from chokepoint.pages.amounts import capital, date, in_words, listed, mineral, with_article
from chokepoint.pages.markup import chapters, fact_exists, with_links

_OWN_FACT = re.compile(r"\[(\w+)\]")  # in a sentence written by hand: a fact of the country
_WORD = {"mine": "mined", "refinery": "refined"}


def sentences(iso3: str, release: str) -> list[str]:
    """Return the sentences, in the order of the page; what there is nothing to say of is left out."""
    said = [
        status_sentence(iso3, release),
        brings(iso3, release),
        binds(iso3),
        sells(iso3, release),
        aimed(iso3),
        limits(iso3, release),
    ]
    return [s for s in said if s]


def status_sentence(iso3: str, release: str) -> str:
    """Host, signatory, member of a signatory, guest or absentee."""
    name, where, text = (
        capital(with_article(countries.names()[iso3])),
        countries.status(iso3),
        countries.signed(iso3),
    )
    if where == "host":
        return f"{name} called the meeting of 4 February 2026 and is the other side of every framework."
    if where == "china":
        return (
            f"{name} is not on the State Department’s list of delegations; the accounts of 4 February "
            "2026 take the bloc as an answer to its hold on these minerals."
        )
    seat = (
        "came to Washington on 4 February 2026"
        if countries.came(iso3)
        else "is not on the State Department’s list of delegations"
    )
    if text is not None:
        what, day = f"a {kind(text)}", f"{{{prefix(iso3)}.signed}}"
        if where == "signed_day":
            return f"{name} signed {what} with the United States on {day}, the day of the meeting."
        if where == "signed_before":
            return f"{name} {seat} with {what} already signed, on {day}."
        turn = "and" if countries.came(iso3) else "but"
        return f"{name} {seat} {turn} signed {what} later, on {day}."
    if where == "union":
        union = f"{{{prefix(countries.UNION)}.signed}}"
        return (
            f"{name} {seat}; no framework of its own is known, and the European Union, of which it is a "
            f"member, signed a memorandum on {union}."
        )
    rows = countries.texts(iso3)
    rows = rows[rows.status == "signed"]
    if len(rows):
        other = f"{_one(rows.instrument_name.iloc[0])} of {date(rows.date_start.iloc[0])}"
        return f"{name} {seat} and has no framework that we know of; what it did sign is {other}."
    if countries.came(iso3):
        return f"{name} {seat}; no framework with the United States is known."
    return f"{name} {seat}, and no framework with the United States is known."


def kind(text: Mapping[str, str]) -> str:
    """Return framework, memorandum or partnership; where State does not say which, both.

    text: a row of `agreements`.
    """
    return "framework or memorandum" if "which of the two" in text["instrument_name"] else text["instrument"]


def _one(what: str) -> str:
    return what if what.startswith(("the ", "a ", "an ")) else f"{'an' if what[0] in 'aeiou' else 'a'} {what}"


def is_borne_out(row: pd.Series, release: str) -> bool:
    """Return whether the data of a release bear a row of `country_sentences`.

    They do if they hold its facts, and the country leads where the sentence says so, with the share that it
    implies.
    """
    iso3 = row.country
    shares = countries.output_shares(release).query("iso3 == @iso3")
    here = {share_id(iso3, one): one for one in shares.itertuples()}
    names = "" if pd.isna(row.leads_in) else row.leads_in
    leads = [here.get(f"{prefix(iso3)}.{name}") for name in names.split(";") if name]
    least = 0 if pd.isna(row.at_least) else row.at_least
    return (
        all(fact_exists(f"{prefix(iso3)}.{name}", release) for name in _OWN_FACT.findall(row.sentence))
        and all(one is not None and one.place == 1 for one in leads)
        and (not leads or leads[0].share >= least)
    )


def brings(iso3: str, release: str) -> str:
    """Return what it brings: the sentence written by hand while the data bear it, else the computed one."""
    row = tables.row("country_sentences", country=iso3)
    if row is not None and is_borne_out(row, release):
        return _OWN_FACT.sub(rf"{{{prefix(iso3)}.\1}}", row.sentence)
    return computed(iso3, release)


def computed(iso3: str, release: str) -> str:
    """Return its largest share of any listed mineral, and what becomes of that at the other step."""
    rows = countries.brings(iso3, release)
    if rows.empty:
        held = countries.withheld(iso3, release)
        if held:
            return (
                f"Its output of {listed([mineral(m) for m in held])} is withheld, and no other output of "
                "a listed mineral is printed for it."
            )
        return (
            "It mines none of the listed minerals in the data, and refines "
            f"none{_in_place_of_output(iso3, release)}."
        )
    first = rows.iloc[0]
    what, fact, union = product(first), _fact(iso3, first), iso3 == countries.UNION
    if first.share < 1:
        return (
            f"It brings little that is printed: its largest share is {fact} of the world’s {what}, at the "
            f"{'mine' if first.step == 'mine' else 'plant'}."
        )
    leads = rows[rows.place == 1]
    if len(leads) > 3:
        best = listed(
            [
                f"{product(r)} ({_fact(iso3, r)})"
                for r in leads.drop_duplicates("mineral").head(3).itertuples()
            ]
        )
        if iso3 == countries.CHINA:
            return (
                "It is the largest producer of {dependence.china_leads_mined} of {dependence.known_mined} "
                "minerals at the mine and of "
                f"{{dependence.china_leads_refined}} of {{dependence.known_refined}} after it, among them "
                f"{best}."
            )
        return (
            f"It is the largest producer in {in_words(len(leads))} cases at the mine or after it, among "
            f"them {best}."
        )
    if first.place == 1:
        also = [
            f"{product(r)} ({_fact(iso3, r)})"
            for r in leads.iloc[1:].itertuples()
            if r.mineral != first.mineral
        ]
        said = f"It {_verb(first)} more {what} than any other country, {fact} of the world’s" + (
            f", and leads in {listed(also)} too" if also else ""
        )
    else:
        of = "Its members’ largest share is" if union else "Its largest share is"
        said = (
            f"{of} {fact} of the world’s {what}, "
            f"{'at the mine' if first.step == 'mine' else 'at the step after the mine'}"
        )
        others = rows[(rows.mineral != first.mineral) & (rows.share >= 1)]
        if len(others):
            said += f"; next comes {product(others.iloc[0])}, {_fact(iso3, others.iloc[0])}"
    return f"{said}{_other_step(iso3, first, release)}."


def _in_place_of_output(iso3: str, release: str) -> str:
    """Say what there is in a country without output.

    That is what it mined a year before, reserves, nodules on the seabed.
    """
    rows = countries.output_shares(release)
    rows = rows[(rows.iso3 == iso3) & (rows.value == 0)]
    before = countries.output_shares(release, int(rows.year.max()) - 1) if len(rows) else rows
    before = before[(before.iso3 == iso3) & (before.value > 0)]
    told = []
    if len(before):
        last = before.iloc[0]
        told.append(f"in {last.year} it still {_WORD[last.step]} {product(last)}")
    ground = countries.underground(release)
    if ores := [mineral(m) for m in ground[ground.iso3 == iso3].mineral]:
        told.append(f"USGS counts reserves of {listed(ores)} there")
    if fact_exists(seabed := f"{prefix(iso3)}.seabed", release):
        told.append(f"what it has lies {{{seabed}}}")
    return f"; {'; '.join(told)}" if told else ""


def _fact(iso3: str, row: Any) -> str:
    return f"{{{share_id(iso3, row)}}}"


def _verb(row: Any) -> str:
    return "mines" if row.step == "mine" else "makes"


def product(row: Any) -> str:
    """Write what is counted at a step, as it stands in a sentence.

    Examples: cobalt, bauxite, magnet rare earths; a form with its mineral, rutile (titanium).
    """
    what, whole = row.what.split(" (")[0].lower(), mineral(row.mineral)
    return f"{what} ({whole})" if row.form and whole not in what else what


def _other_step(iso3: str, first: pd.Series, release: str) -> str:
    """Say what it has of the same mineral at the other step, where that step's countries are known."""
    other = "refinery" if first.step == "mine" else "mine"
    rows = countries.brings(iso3, release)
    here = rows[(rows.mineral == first.mineral) & (rows.step == other) & (rows.form == "")]
    if first.form and other == "refinery":
        return ""  # what is made after the mine is of the whole mineral
    if len(here):
        return (
            f"; {'after the mine' if other == 'refinery' else 'at the mine'} it has "
            f"{_fact(iso3, here.iloc[0])} of {product(here.iloc[0])}"
        )
    named = supply.leaders(release)
    known_there = ((named.mineral == first.mineral) & (named.step == other)).any()
    return (
        "; it is not named among those that refine it"
        if other == "refinery" and known_there and iso3 != countries.UNION
        else ""
    )


def binds(iso3: str) -> str:
    """Whether what it signed is said to bind."""
    if iso3 == countries.HOST:
        binding = facts.get("frameworks.texts_binding").value
        return "Of the {frameworks.texts} texts whose partner is known " + (
            ("none is known to bind" if binding == 0 else "{frameworks.texts_binding} are known to bind")
            + ": {frameworks.texts_not_binding} bind nobody by their own words, and "
            "{frameworks.texts_unseen} we have not seen."
        )
    rows = countries.texts(iso3)
    rows = rows[rows.status == "signed"]
    frame, rest = (
        rows[rows.instrument.isin(countries.FRAMEWORKS)],
        rows[~rows.instrument.isin(countries.FRAMEWORKS)],
    )
    parts = []
    if len(frame):
        bind = frame.iloc[0].binding
        word = kind(frame.iloc[0])
        parts.append(
            {
                "no": f"By its own text the {word} binds nobody",
                "yes": f"By its own text the {word} binds",
                "intended": f"The {word} is meant to bind",
                "said not to": f"We have not seen the text of the {word}, which is said to bind nobody",
            }.get(bind, f"We have not seen the text of the {word}")
        )
        if frame.iloc[0].exclusive == "preference":
            parts[0] += "; it gives American buyers a preference"
    for row in rest.to_dict("records"):
        if row["binding"] == "intended":
            extra = " and gives the United States priority" if row["exclusive"] == "preference" else ""
            parts.append(f"its {row['instrument_name']} of {date(row['date_start'])} is meant to bind{extra}")
    return capital("; ".join(parts)) + "." if parts else ""


def sells(iso3: str, release: str) -> str:
    """Say what the United States buys from it."""
    if iso3 == countries.HOST:
        return (
            "On balance it imports all it uses of {reliance.full} of the {reliance.lines} minerals or "
            "groups for which USGS states a reliance."
            if fact_exists("reliance.lines", release)
            else ""
        )
    rows = reliance.by_country(release)
    rows = rows[rows.iso3 == iso3]
    if rows.empty:
        return ""
    first = reliance.firsts(release).query("iso3 == @iso3")
    if first.empty:
        best = rows.iloc[0]
        return (
            f"USGS names it among the sources of US imports of {_some(iso3, rows)}."
            if len(rows) < 3
            else (
                f"USGS names it among the sources of US imports of {in_words(len(rows))} minerals, the "
                f"largest part of {mineral(best.mineral)}, "
                f"{_import(iso3, best.mineral)}."
            )
        )
    if len(first) <= 3:
        return f"It is the largest source of US imports of {_some(iso3, first)}."
    many, stated = in_words(len(first)), int(first.stated.sum())
    rest = (
        f"; for {in_words(stated) if stated else 'none'} of these USGS states how far the United States "
        "depends on imports"
        if stated < len(first)
        else ""
    )
    return (
        f"It is the largest source of US imports of {many} minerals, among them "
        f"{_some(iso3, first.head(3))}{rest}."
    )


def _some(iso3: str, rows: pd.DataFrame) -> str:
    """Write the minerals, each with the share of its imports where one is printed.

    Of caesium USGS gives the order alone.
    """
    return listed(
        [
            mineral(r.mineral) + (f" ({_import(iso3, r.mineral)})" if pd.notna(r.value) else "")
            for r in rows.itertuples()
        ]
    )


def _import(iso3: str, code: str) -> str:
    return f"{{{prefix(iso3)}.{code}_us_imports}}"


def aimed(iso3: str) -> str:
    """Chinese measures that name it."""
    rows = countries.aimed_at(iso3)
    if rows.empty or iso3 == countries.CHINA:
        return ""
    many = in_words(len(rows))
    standing = rows[rows.status.isin(["in force", "suspended"])]
    still = (
        f", {in_words(len(standing))} of them in force"
        + " or suspended" * int((standing.status == "suspended").any())
        if len(standing) and len(standing) < len(rows)
        else ""
    )
    return (
        f"{capital(many)} Chinese {'measures name' if len(rows) > 1 else 'measure names'} it or its "
        f"firms{still}."
    )


def limits(iso3: str, release: str) -> str:
    """Its own limits on exports."""
    rows = countries.own_controls(iso3, release).dropna(subset=["minerals"])
    of_list = {*tables.load("minerals").query("kind != 'other'").mineral}
    what = [r.commodity for r in rows.itertuples() if of_list & set(r.minerals.split(";"))]
    if not what or iso3 in (countries.CHINA, countries.HOST):
        return ""
    what = list(dict.fromkeys(what))
    return (
        f"It limits exports itself: of {listed(what if len(what) < 5 else [*what[:3], 'others'])}, as "
        "USGS lists them."
    )


def page_links(codes: Iterable[str]) -> Markup | str:
    """Return links to the pages of those countries that have one, as a line; nothing where none has."""
    pages = countries.names()
    links = [f"[{pages[c]}](countries/{countries.slug(c)})" for c in dict.fromkeys(codes) if c in pages]
    return chapters.note(with_links(f"Country pages: {', '.join(links)}", "")) if links else ""
