"""What is said of a mineral at the head of its page.

That is who makes it, who holds it, who needs it, since when it is controlled.
"""

import re

import pandas as pd

from chokepoint.analysis import reliance, supply
from chokepoint.analysis.facts.reliance import form_id
from chokepoint.analysis.spelling import ours
from chokepoint.data import memory, tables
from chokepoint.pages import suspensions
from chokepoint.pages.amounts import capital, date, in_words, tons, with_article
from chokepoint.pages.markup import fact_exists

_OWN_FACT = re.compile(r"\[(\w+)\]")  # in a sentence written by hand: a fact of the mineral
VERBS, PAST = {"mine": "mines", "refinery": "makes"}, {"mine": "mined", "refinery": "refined"}


def row_of(mineral: str) -> pd.Series:
    """Return the row of `minerals` of a mineral."""
    return _rows().loc[mineral]


@memory.remembered
def _rows() -> pd.DataFrame:
    rows = tables.load("minerals").fillna({"note": ""})
    return rows.assign(headline_mineral=rows.headline_mineral.fillna(rows.mineral)).set_index("mineral")


def name(mineral: str) -> str:
    """Write the mineral as it stands in a sentence: rare earths, gallium, titanium."""
    text = row_of(mineral)["name"].split(" (")[0]
    return text if text in ("Mg", "PGM") else text.lower()


def output_by_step(mineral: str, release: str) -> dict[str, pd.DataFrame]:
    """Return rows of output of each step that is known, largest first.

    They are of the total that speaks for it where it has none of its own.
    """
    rows = supply.output(release)
    rows = rows[rows.mineral == row_of(mineral).headline_mineral]
    return {step: rows[rows.step == step] for step in ("mine", "refinery") if (rows.step == step).any()}


def sentences(mineral: str, release: str) -> list[str]:
    """Return the sentences, in the order of the page; what there is nothing to say of is left out."""
    speaks = row_of(mineral).headline_mineral
    steps = list(output_by_step(mineral, release))
    said = [
        *_opening(mineral, speaks, steps, release),
        _bloc(mineral, speaks, steps, release),
        _needs(mineral, release),
        _controlled(mineral, release),
    ]
    return [s for s in said if s]


def own_sentences(mineral: str, release: str) -> list[str]:
    """Return what is said of one of a group by itself: what it is for, and since when China controls it.

    Who makes it and who needs it too, where that is published of it alone.
    """
    speaks = row_of(mineral).headline_mineral
    if speaks == mineral:
        steps = list(output_by_step(mineral, release))
        said = [*_opening(mineral, mineral, steps, release), _needs(mineral, release)]
    else:
        said = [_by_hand(mineral, speaks, release)[0]]
    return [s for s in [*said, _controlled(mineral, release)] if s]


def _opening(mineral: str, speaks: str, steps: list[str], release: str) -> list[str]:
    """Return the first sentence as written by hand, while the data bear it, and who makes it.

    A sentence that names who makes it stands alone; where the data turned, the computed one stands instead.
    """
    written, names_makers = _by_hand(mineral, speaks, release)
    makers = [] if names_makers else [_makers(mineral, speaks, steps, release)]
    return [*([written] if written else []), *makers]


def _by_hand(mineral: str, speaks: str, release: str) -> tuple[str, bool]:
    """Return the sentence written by hand and whether it names who makes it; empty where the data turned."""
    row = tables.row("first_sentences", mineral=mineral)
    if row is None or not is_borne_out(row, speaks, release):
        return "", False
    written = _OWN_FACT.sub(rf"{{{speaks}.\1}}", row.sentence)
    return written, bool(row[["mined_by", "refined_by"]].notna().any())


def is_borne_out(row: pd.Series, speaks: str, release: str) -> bool:
    """Return whether the data of a release bear a row of `first_sentences`; `speaks` is the mineral counted.

    They do if they hold its facts, and the countries that it names lead, with at least the share it implies.
    """
    summary = supply.summary(release)
    leads = [
        (speaks, step) in summary.index
        and summary.leader_iso3[speaks, step] == row[column]
        and (pd.isna(row.at_least) or summary.largest[speaks, step] >= row.at_least)
        for step, column in (("mine", "mined_by"), ("refinery", "refined_by"))
        if pd.notna(row[column])
    ]
    own = _OWN_FACT.findall(row.sentence)
    return all(leads) and all(fact_exists(f"{speaks}.{kind}", release) for kind in own)


def _makers(mineral: str, speaks: str, steps: list[str], release: str) -> str:
    what = name(mineral)
    if not steps:
        return _unknown(mineral, release)
    whole = (
        ""
        if speaks == mineral
        else f"No figures are published for {what} alone; it is counted among the {name(speaks)}. "
    )
    summary, what = supply.summary(release), name(speaks)
    if len(steps) == 2:
        return whole + _two_steps(
            speaks, summary.loc[(speaks, "mine")], summary.loc[(speaks, "refinery")], release
        )
    step = steps[0]
    row, fact = summary.loc[(speaks, step)], f"{{{speaks}.largest_{PAST[step]}}}"
    verb, leader = VERBS[step], with_article(row.leader)
    rest = "who refines it is not published" if step == "mine" else "no mine figures are published"
    if row.largest >= 90:
        return (
            f"{whole}{capital(leader)} {verb} nearly all of the world’s {what}, {fact} of a rounded "
            f"total; {rest}."
        )
    if row.largest > 50:
        return f"{whole}{capital(leader)} alone {verb} more than half of the world’s {what}, {fact}; {rest}."
    return f"{whole}No country {verb} half of the world’s {what}: {leader} has the most, {fact}; {rest}."


def _unknown(mineral: str, release: str) -> str:
    if "no USGS chapter" in row_of(mineral).note:
        return (
            f"{capital(name(mineral))} is on the United States list of 2025 and has no chapter in USGS’s "
            "yearly summaries, so no figure of USGS says who makes it."
        )
    if apart := uncounted(mineral, release):
        first = ", ".join(
            f"{with_article(r.area)} {tons(r.value)}" + (f" of {r.form}" if isinstance(r.form, str) else "")
            for r in apart[:3]
        )
        return (
            f"USGS prints what {in_words(len(apart))} countries make of {name(mineral)}, in forms that it "
            f"does not add up: {first}. "
            "So nobody’s share of the world can be given."
        )
    table = tables.load("production", release)
    if ((table.mineral == mineral) & (table.area_kind == "world") & table.value.notna()).any():
        return f"USGS prints how much {name(mineral)} the world makes and no country that makes it."
    return f"Neither USGS nor the IEA prints how much {name(mineral)} the world makes, or where."


def uncounted(mineral: str, release: str) -> list:
    """Return countries whose newest output is printed where no world total is, the largest first.

    Rows have area, value [t] and form.
    """
    table = tables.load("production", release)
    rows = table[(table.mineral == mineral) & (table.area_kind == "country") & table.value.gt(0)]
    rows = rows[rows.year == rows.year.max()].sort_values("value", ascending=False)
    return list(rows.itertuples())


def _two_steps(mineral: str, mine: pd.Series, after: pd.Series, release: str) -> str:
    mined, refined = f"{{{mineral}.china_mined}}", f"{{{mineral}.china_refined}}"
    most_mined, most_refined = f"{{{mineral}.largest_mined}}", f"{{{mineral}.largest_refined}}"
    dug, leads = with_article(mine.leader), with_article(after.leader)
    same = mine.what == after.what  # else ore and metal are counted as two products
    ore, metal = (name(mineral), "") if same else (_product(mine.what), f" of its {_product(after.what)}")
    makes = "refines" if row_of(mineral).headline_stage == "mine" else "makes"
    if "Magnet" in after.what:
        ore, metal = name(mineral), " of the four that go into magnets"
        own = "magnet_rare_earths.china_mined"
        metal += f", of which it mines {{{own}}}" if fact_exists(own, release) else ""
    if after.leader != "China" and mine.leader == after.leader:
        return (
            f"{capital(leads)} leads at both steps, with {most_mined} of mining and {most_refined} of "
            f"refining; China mines {mined} and {makes} {refined}."
        )
    if after.leader != "China":
        return (
            f"{capital(dug)} mines the most {ore}, {most_mined}, and {leads} {makes} the most{metal}, "
            f"{most_refined}; China has {mined} and {refined}."
        )
    if mine.china > 50:
        return f"China holds both steps: it mines {mined} of the world’s {ore} and {makes} {refined}{metal}."
    if mine.leader == "China":
        return (
            f"China is first at both steps: it mines {mined} of the world’s {ore} and {makes} "
            f"{refined}{metal}."
        )
    if mine.china < 10:
        return (
            f"China mines only {f'very little ({mined})' if mine.china < 1 else mined} of the world’s "
            f"{ore} and {makes} {refined}{metal}; {dug} digs the most, {most_mined}."
        )
    return (
        f"China mines {mined} of the world’s {ore} but {makes} {refined}{metal}; at the mine {dug} is "
        f"first with {most_mined}."
    )


def _product(what: str) -> str:
    """Write a product's name in a sentence: what comes before a bracket or a comma, small."""
    return what.split(" (")[0].split(",")[0].lower()


def _bloc(mineral: str, speaks: str, steps: list[str], release: str) -> str:
    if not steps:
        return ""
    held = supply.inside(release).loc[speaks]
    facts = {s: f"{{{speaks}.inside_{PAST[s]}}}" for s in steps}
    verbs = {"mine": "mine", "refinery": "refine" if row_of(speaks).headline_stage == "mine" else "make"}
    parts = " and ".join(
        f"{verbs[s]} almost none ({facts[s]})" if held[s] < 1 else f"{verbs[s]} {facts[s]}" for s in steps
    )
    of = "" if speaks == mineral else f" of the {name(speaks)} taken together"
    return (
        "The United States, the signatories of a framework and the delegations of 4 February together "
        f"{parts}{of}."
    )


def _needs(mineral: str, release: str) -> str:
    """How far the United States relies on imports of it, of which form, and where most of them come from."""
    stated = reliance.speaks_for(mineral, release)
    if stated is None:
        return f"USGS states no import reliance of the United States for {name(mineral)}."
    if stated != mineral:
        return _needs_of_groups(mineral, release)
    line = reliance.lines(release).set_index("mineral", drop=False).loc[mineral]
    of = _form_of(mineral, line)
    if line.kind == "net_exporter":
        said = f"The United States sells more {of} abroad than it buys."
    else:
        amount = "all" if (line.value, line.kind) == (100, "") else f"{{{mineral}.reliance}}"
        first = _first_source(mineral, release)
        said = (
            f"On balance the United States imports {amount} of the {of} it "
            f"uses{'; ' if first else ''}{first}."
        )
    return " ".join([said, *_further_forms(mineral, release)])


def _form_of(mineral: str, line: pd.Series) -> str:
    """Write what a statement of reliance is of, as it stands in a sentence.

    Examples: aluminium, refined lead, rare earths (compounds and metals).
    """
    commodity = ours(line.commodity.split(" (")[0].lower())
    base = name(mineral) if commodity == row_of(mineral)["name"].split(" (")[0].lower() else commodity
    if line.detail in ("", "total"):
        return base
    return f"refined {base}" if line.detail == "refined" else f"{base} ({line.detail})"


def _first_source(mineral: str, release: str) -> str:
    """Name the largest source of US imports, with its share where one is printed.

    Nothing where USGS names none.
    """
    rows = reliance.sources(release, mineral)
    rows = rows[rows["rank"].notna()]
    if rows.empty or rows.area_kind.iloc[0] != "country":
        return ""
    area = with_article(rows.area.iloc[0])
    if pd.isna(rows.value.iloc[0]):
        return f"the largest source of its imports is {area}"
    return f"{{{mineral}.main_source}} of its imports come from {area}"


def _further_forms(mineral: str, release: str) -> list[str]:
    """Write a sentence on the other forms of it whose reliance is stated."""
    rows = reliance.further(mineral, release)
    parts = [
        f"of {r.form.lower()} it is a net exporter"
        if r.kind == "net_exporter"
        else f"of {r.form.lower()} it imports {{{form_id(mineral, r.form)}}}"
        for r in rows.itertuples()
    ]
    return [f"{capital(', '.join(parts))}."] if parts else []


def _needs_of_groups(mineral: str, release: str) -> str:
    """For a single rare earth: the figures of the groups that it is counted in."""
    rows = reliance.lines(release).set_index("mineral")
    stated = [m for m in reliance.groups(mineral) if m in rows.index]
    whose = [f"of the {name(m)}{' as a whole' if m == 'rare_earths' else ''}" for m in stated]
    amounts = [f"it is {{{stated[0]}.reliance}}", *(f"{{{m}.reliance}}" for m in stated[1:])]
    parts = [f"{of} {amount}" for of, amount in zip(whose, amounts, strict=True)]
    first = _first_source(mineral, release)
    return (
        f"USGS states no import reliance of the United States for {name(mineral)} alone: for "
        f"{rows.detail[stated[0]]} {', '.join(parts)}."
        f"{f' {capital(first)}.' if first.startswith('the') else f' {first}.' if first else ''}"
    )


def _controlled(mineral: str, release: str) -> str:
    if not fact_exists(f"{mineral}.controlled_since", release):
        return _announced(mineral)
    some = "on some of them " if row_of(mineral).kind == "aggregate" else ""
    return f"China has asked for an export licence {some}since {{{mineral}.controlled_since}}."


def _announced(mineral: str) -> str:
    """Tell of a Chinese measure that names the mineral and did not take effect as a licence.

    Of the rare earths also that there is none.
    """
    links = tables.rows("control_minerals", mineral=mineral)
    rows = tables.rows("controls", control_id=links.control_id).query(
        "published and instrument == 'licence' and status == 'suspended' and suspended_to.notna()"
    )
    if len(rows):
        row = rows.iloc[0]
        before = " before it applied" if row.took_effect == "no" else ""
        return (
            f"China announced an export licence for it on {date(row.announced_date_start)} and suspended "
            f"it{before}, {suspensions.until(row)}."
        )
    if row_of(mineral).group == "rare earths":
        return f"No Chinese export licence that we know of names {name(mineral)}."
    return ""
