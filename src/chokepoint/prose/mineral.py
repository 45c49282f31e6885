"""What is said of a mineral at the head of its page: who makes it, who holds it, who needs it, since when it is controlled."""

from functools import lru_cache
from pathlib import Path

import pandas as pd

from chokepoint import tables
from chokepoint.measures import reliance, supply
from chokepoint.prose import suspensions
from chokepoint.prose.amounts import date
from chokepoint.prose.sections import capital, known, with_article

VERBS, PAST = {"mine": "mines", "refinery": "makes"}, {"mine": "mined", "refinery": "refined"}


def row_of(mineral: str) -> pd.Series:
    return _rows(tables.data_dir()).loc[mineral]


@lru_cache(maxsize=2)
def _rows(data: Path) -> pd.DataFrame:
    rows = tables.load("minerals").fillna({"note": ""})
    return rows.assign(headline_mineral=rows.headline_mineral.fillna(rows.mineral)).set_index("mineral")


def name(mineral: str) -> str:
    """The mineral as it stands in a sentence: rare earths, gallium, titanium."""
    text = row_of(mineral)["name"].split(" (")[0]
    return text if text in ("Mg", "PGM") else text.lower()


def made(mineral: str, release: str) -> dict[str, pd.DataFrame]:
    """Rows of output of each step that is known, largest first; of the total that speaks for it where it has none of its own."""
    rows = supply.output(release)
    rows = rows[rows.mineral == row_of(mineral).headline_mineral]
    return {step: rows[rows.step == step] for step in ("mine", "refinery") if (rows.step == step).any()}


def sentences(mineral: str, release: str) -> list[str]:
    """The sentences, in the order of the page; what there is nothing to say of is left out."""
    speaks = row_of(mineral).headline_mineral
    steps = list(made(mineral, release))
    said = [
        _makers(mineral, speaks, steps, release),
        _bloc(mineral, speaks, steps, release),
        _needs(mineral, release),
        _controlled(mineral, release),
    ]
    return [s for s in said if s]


def _makers(mineral: str, speaks: str, steps: list[str], release: str) -> str:
    what = name(mineral)
    if not steps:
        return _unknown(mineral, release)
    whole = "" if speaks == mineral else f"No figures are published for {what} alone; it is counted among the {name(speaks)}. "
    summary, what = supply.summary(release), name(speaks)
    if len(steps) == 2:
        return whole + _two_steps(speaks, summary.loc[(speaks, "mine")], summary.loc[(speaks, "refinery")])
    step = steps[0]
    row, fact = summary.loc[(speaks, step)], f"{{{speaks}.largest_{PAST[step]}}}"
    verb, leader = VERBS[step], with_article(row.leader)
    rest = "who refines it is not published" if step == "mine" else "no mine figures are published"
    if row.largest >= 90:
        return f"{whole}{capital(leader)} {verb} nearly all of the world's {what}, {fact} of a rounded total; {rest}."
    if row.largest > 50:
        return f"{whole}{capital(leader)} alone {verb} more than half of the world's {what}, {fact}; {rest}."
    return f"{whole}No country {verb} half of the world's {what}: {leader} has the most, {fact}; {rest}."


def _unknown(mineral: str, release: str) -> str:
    if "no USGS chapter" in row_of(mineral).note:
        return f"{capital(name(mineral))} is on the United States list of 2025 and has no chapter in USGS's yearly summaries: who makes it is not in the tables used here."
    table = tables.load("production", release)
    if ((table.mineral == mineral) & (table.area_kind == "world")).any():
        return f"USGS prints how much {name(mineral)} the world makes and no country that makes it."
    return f"Neither USGS nor the IEA prints how much {name(mineral)} the world makes, or where."


def _two_steps(mineral: str, mine: pd.Series, after: pd.Series) -> str:
    mined, refined = f"{{{mineral}.china_mined}}", f"{{{mineral}.china_refined}}"
    most_mined, most_refined = f"{{{mineral}.largest_mined}}", f"{{{mineral}.largest_refined}}"
    dug, leads = with_article(mine.leader), with_article(after.leader)
    same = row_of(mineral).headline_stage == "mine"  # else ore and metal are counted as two products
    ore, metal = (name(mineral), "") if same else (_product(mine.what), f" of its {_product(after.what)}")
    makes = "refines" if same else "makes"
    metal = " of the four that go into magnets" if "Magnet" in after.what else metal
    if after.leader != "China" and mine.leader == after.leader:
        return f"{capital(leads)} leads at both steps, with {most_mined} of mining and {most_refined} of refining; China mines {mined} and {makes} {refined}."
    if after.leader != "China":
        return f"{capital(dug)} mines the most {ore}, {most_mined}, and {leads} {makes} the most{metal}, {most_refined}; China has {mined} and {refined}."
    if mine.china > 50:
        return f"China holds both steps: it mines {mined} of the world's {ore} and {makes} {refined}{metal}."
    if mine.leader == "China":
        return f"China is first at both steps: it mines {mined} of the world's {ore} and {makes} {refined}{metal}."
    if mine.china < 10:
        return f"China mines only {f'very little ({mined})' if mine.china < 1 else mined} of the world's {ore} and {makes} {refined}{metal}; {dug} digs the most, {most_mined}."
    return f"China mines {mined} of the world's {ore} but {makes} {refined}{metal}; at the mine {dug} is first with {most_mined}."


def _product(what: str) -> str:
    """A product's name in a sentence: what comes before a bracket or a comma, small."""
    return what.split(" (")[0].split(",")[0].lower()


def _bloc(mineral: str, speaks: str, steps: list[str], release: str) -> str:
    if not steps:
        return ""
    held = supply.inside(release).loc[speaks]
    facts = {s: f"{{{speaks}.inside_{PAST[s]}}}" for s in steps}
    verbs = {"mine": "mine", "refinery": "refine" if row_of(speaks).headline_stage == "mine" else "make"}
    parts = " and ".join(f"{verbs[s]} almost none ({facts[s]})" if held[s] < 1 else f"{verbs[s]} {facts[s]}" for s in steps)
    of = "" if speaks == mineral else f" of the {name(speaks)} taken together"
    return f"The United States, the signatories of a framework and the delegations of 4 February together {parts}{of}."


def _needs(mineral: str, release: str) -> str:
    lines, sources = reliance.lines(release).query("mineral == @mineral"), reliance.sources(release, mineral)
    if lines.empty:
        return f"USGS states no import reliance of the United States for {name(mineral)}."
    line, first = lines.iloc[0], sources.dropna(subset=["value"])
    form = line.commodity.split("(")[-1].rstrip(")") if "(" in line.commodity and mineral != "graphite" else ""
    of = f"{name(mineral)} ({form.lower()})" if form else name(mineral)
    if line.kind == "net_exporter":
        return f"The United States sells more {of} abroad than it buys."
    other = form.lower() in {
        c.lower() for c in tables.load("production", release).query("mineral == @mineral").commodity
    }  # bauxite, but imports of metal
    source = f"; {{{mineral}.main_source}} of its imports come from {with_article(first.area.iloc[0])}" if len(first) and not other else ""
    return f"On balance the United States imports {'all' if line.value == 100 else f'{{{mineral}.reliance}}'} of the {of} it uses{source}."


def _controlled(mineral: str, release: str) -> str:
    if not known(f"{mineral}.controlled_since", release):
        return _announced(mineral)
    some = "on some of them " if row_of(mineral).kind == "aggregate" else ""
    return f"China has asked for an export licence {some}since {{{mineral}.controlled_since}}."


def _announced(mineral: str) -> str:
    """A Chinese measure that names the mineral and did not take effect as a licence; of the rare earths also that there is none."""
    links = tables.load("control_minerals").query("mineral == @mineral")
    rows = tables.load("controls").query("published and instrument == 'licence'")
    rows = rows[rows.control_id.isin(links.control_id) & (rows.status == "suspended") & rows.suspended_to.notna()]
    if len(rows):
        row = rows.iloc[0]
        before = " before it applied" if row.took_effect == "no" else ""
        return f"China announced an export licence for it on {date(row.announced_date_start)} and suspended it{before}, {suspensions.until(row)}."
    if row_of(mineral).group == "rare earths":
        return f"No Chinese export licence that we know of names {name(mineral)}."
    return ""
