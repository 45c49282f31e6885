"""One mineral: who makes it, what the United States needs, what it costs, what China controls. Only what there are data for."""

import html

import pandas as pd

from chokepoint import tables
from chokepoint.charts import shares
from chokepoint.charts.figure import Figure, figure, link
from chokepoint.charts.lines import yearly
from chokepoint.charts.reliance import import_sources
from chokepoint.measures import coalitions, reliance, supply
from chokepoint.prose.findings import Brief
from chokepoint.prose.listing import day
from chokepoint.prose.sections import Section, capital, known, with_article

MOST = 8  # countries shown by name
VERBS, PAST = {"mine": "mines", "refinery": "makes"}, {"mine": "mined", "refinery": "refined"}
MAIN_PRICE = {"graphite": "Flake"}  # where the dearest series is not the one that is traded most


def _row(mineral: str) -> pd.Series:
    return tables.load("minerals").fillna({"note": "", "headline_mineral": mineral}).set_index("mineral").loc[mineral]


def name(mineral: str) -> str:
    """The mineral as it stands in a sentence: rare earths, gallium, titanium."""
    text = _row(mineral)["name"].split(" (")[0]
    return text if text in ("Mg", "PGM") else text.lower()


def _made(mineral: str, release: str) -> dict[str, pd.DataFrame]:
    """Rows of output of each step that is known, largest first; of the total that speaks for it where it has none of its own."""
    rows = supply.output(release)
    rows = rows[rows.mineral == _row(mineral).headline_mineral]
    return {step: rows[rows.step == step] for step in ("mine", "refinery") if (rows.step == step).any()}


# --- in brief ---


def brief(mineral: str, release: str) -> Brief:
    """Who makes it, what of that is inside the bloc, what the United States imports, since when China controls it."""
    speaks = _row(mineral).headline_mineral
    steps = list(_made(mineral, release))
    sentences = [
        _makers(mineral, speaks, steps, release),
        _bloc(speaks, steps, release),
        _needs(mineral, release),
        _controlled(mineral, release),
    ]
    return Brief([s for s in sentences if s], release)


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
    table = tables.load("production", release)
    if ((table.mineral == mineral) & (table.area_kind == "world")).any():
        return f"USGS prints how much {name(mineral)} the world makes and no country that makes it."
    return f"Neither USGS nor the IEA prints how much {name(mineral)} the world makes, or where."


def _two_steps(mineral: str, mine: pd.Series, after: pd.Series) -> str:
    mined, refined = f"{{{mineral}.china_mined}}", f"{{{mineral}.china_refined}}"
    most_mined, most_refined = f"{{{mineral}.largest_mined}}", f"{{{mineral}.largest_refined}}"
    dug, leads = with_article(mine.leader), with_article(after.leader)
    same = _row(mineral).headline_stage == "mine"  # else ore and metal are counted as two products
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
        return f"China mines only {mined} of the world's {ore} and {makes} {refined}{metal}; {dug} digs the most, {most_mined}."
    return f"China mines {mined} of the world's {ore} but {makes} {refined}{metal}; at the mine {dug} is first with {most_mined}."


def _product(what: str) -> str:
    """A product's name in a sentence: what comes before a bracket or a comma, small."""
    return what.split(" (")[0].split(",")[0].lower()


def _bloc(speaks: str, steps: list[str], release: str) -> str:
    if not steps:
        return ""
    held = supply.inside(release).loc[speaks]
    facts = {s: f"{{{speaks}.inside_{PAST[s]}}}" for s in steps}
    verbs = {"mine": "mine", "refinery": "refine" if _row(speaks).headline_stage == "mine" else "make"}
    parts = " and ".join(f"{verbs[s]} almost none ({facts[s]})" if held[s] < 1 else f"{verbs[s]} {facts[s]}" for s in steps)
    return f"The United States, the signatories of a framework and the delegations of 4 February together {parts}."


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
        return ""
    some = "on some of them " if _row(mineral).kind == "aggregate" else ""
    return f"China has asked for an export licence {some}since {{{mineral}.controlled_since}}."


# --- who makes it ---


def makers(mineral: str, release: str, step: str) -> Section | None:
    """The countries at one step; nothing where they are not known."""
    rows = _made(mineral, release).get(step)
    if rows is None:
        return None
    what, year, first = rows.what.iloc[0].split(" (")[0], int(rows.year.iloc[0]), rows.iloc[0]
    heading = "Who mines it" if step == "mine" else "Who refines it" if _row(mineral).headline_stage == "mine" else "Who makes it"
    what = f"refined {what.lower()}" if heading == "Who refines it" else what
    notes = []
    if rows.excludes_us.any():
        notes.append(
            "The printed world total leaves the United States out, whose figure is withheld, so the shares are a little too large."
        )
    if step == "refinery" and "Magnet" in rows.what.iloc[0]:
        notes.append("The refining figures are the IEA's and cover the four rare earths that go into magnets.")
    elif "IEA2025" in set(rows.source_id):
        notes.append("USGS prints no refining by country; these are the IEA's figures for its base year.")
    if (rows.qualifier == "withheld").any():
        notes.append(f"Withheld: {', '.join(with_article(a) for a in rows[rows.qualifier == 'withheld'].area)}.")
    return Section(heading, notes, release, _makers_figure(rows, what, year, first, step))


def _makers_figure(rows: pd.DataFrame, what: str, year: int, first: pd.Series, step: str) -> Figure:
    countries = rows[(rows.area_kind == "country") & (rows.value > 0)]
    shown, tail = countries.head(MOST), countries.iloc[MOST:]
    rest = rows[(rows.area_kind != "country") & (rows.value > 0)].value.sum() + tail.value.sum()
    standing = shown.iso3.map(coalitions.standing()).fillna(coalitions.ELSEWHERE)
    bars = pd.DataFrame({"area": shown.area, "standing": standing, "size": shown.share, "value": shown.value})
    if rest > 0:
        others = pd.DataFrame([{"area": "Others", "standing": coalitions.NOT_NAMED, "size": 100 * rest / first.world, "value": rest}])
        bars = pd.concat([bars, others], ignore_index=True)
    bars = bars.assign(text=[f"{_share(s)} · {_tons(v)}" for s, v in zip(bars["size"], bars.value, strict=True)])
    second = f", {with_article(shown.area.iloc[1])} {_share(shown.share.iloc[1])}" if len(shown) > 1 else ""
    most = "nearly all" if shown.share.iloc[0] > 99 and second else _share(shown.share.iloc[0])
    says = f"{capital(with_article(shown.area.iloc[0]))} made {most} of the world's {what[0].lower() + what[1:]} in {year}{second}"
    if step == "mine":
        says = says.replace(" made ", " mined ")
    table = rows[["area", "value", "share", "year", "source_id"]].rename(
        columns={"area": "Country", "value": "Output, t", "share": "Share of world, %", "year": "Year"}
    )
    return figure(
        shares.producers(bars),
        says=says,
        table=table,
        alt_text=f"Bars of output by country in {year}: "
        + "; ".join(f"{a} {s:.0f} percent" for a, s in zip(bars.area, bars["size"], strict=True))
        + ".",
    )


def _share(value: float) -> str:
    return f"{value:.0f} %" if value >= 1 else "under 1 %"


def _tons(value: float) -> str:
    """Metric tons, rounded as they are printed.

    >>> _tons(7.4e9), _tons(23e6), _tons(270000)
    ('7.4 billion t', '23 million t', '270,000 t')
    """
    if value >= 1e6:
        return f"{value / 1e9:,.3g} billion t" if value >= 1e9 else f"{value / 1e6:,.3g} million t"
    return f"{value:,.0f} t"


def _money(value: float) -> str:
    """A price to three figures.

    >>> _money(4100.0), _money(46.297)
    ('4,100', '46.3')
    """
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def inside(mineral: str, release: str) -> Section | None:
    """Where the makers stand towards the bloc."""
    rows = supply.by_standing(release)
    rows = rows[rows.mineral == _row(mineral).headline_mineral]
    if rows.empty:
        return None
    rows = rows.assign(mineral=capital(name(mineral)))
    last = "refinery" if "refinery" in set(rows.step) else "mine"
    at = rows[rows.step == last].set_index("standing").share.reindex(shares.STANDINGS).fillna(0)
    bloc, china = at[coalitions.SIGNED] + at[coalitions.CAME], at[coalitions.CHINA]
    says = f"At the {last} the United States and all who signed or came have {_share(bloc)}, China {_share(china)}"
    table = rows[["step", "standing", "share"]].rename(columns={"step": "Step", "standing": "Who", "share": "Share, %"})
    sources = sorted(
        {s for step in set(rows.step) for s in supply.summary(release).sources[_row(mineral).headline_mineral, step]} | {"S001"}
    )
    drawn = figure(
        shares.stacks(rows[["mineral", "step", "standing", "share"]]),
        says=says,
        table=table,
        sources=sources,
        alt_text="Stacked bars of world output: "
        + "; ".join(f"{r.step}, {r.standing} {r.share:.0f} percent" for r in rows.itertuples())
        + ".",
    )
    return Section("Inside and outside the bloc", [], release, drawn)


# --- what the United States needs ---


def imports(mineral: str, release: str) -> Section | None:
    """Where the United States buys it."""
    rows, lines = reliance.sources(release, mineral), reliance.lines(release).query("mineral == @mineral")
    uses = _uses(release).get(mineral, "")
    printed = rows.dropna(subset=["value"])
    if printed.empty and lines.empty:
        return None
    said = [f"Main uses, as USGS names them: {uses[0].lower() + uses[1:]}"] if uses else []
    if not lines.empty and lines.kind.iloc[0] in ("greater", "less"):
        said.append("USGS prints a bound for import reliance in place of a figure, because it withholds a company's data.")
    if printed.empty:
        return Section("What the United States needs", said, release)
    first, period = printed.iloc[0], f"{printed.first_year.iloc[0]} to {printed.last_year.iloc[0]}"
    china = printed[printed.area == "China"].value
    if first.area == "China":
        says = f"China is the largest source of US imports: {first.value:.0f} % in {period}"
    elif len(china):
        says = f"{capital(with_article(first.area))} is the largest source of US imports, {first.value:.0f} %; China sent {china.iloc[0]:.0f} %"
    else:
        says = f"{capital(with_article(first.area))} is the largest source of US imports, {first.value:.0f} %; China is not among the main ones"
    form = f" Form counted: {first.detail.lower()}." if pd.notna(first.detail) else ""
    said.append(
        f"Imports are averages of {period}.{form} The country is the last one that sold it, which need not be the one that made it."
    )
    shown = printed.assign(area=printed.area.replace("Other countries", "Others"), text=printed.value.map("{:.0f} %".format))
    table = printed[["area", "value", "source_id"]].rename(columns={"area": "Country", "value": "Share of US imports, %"})
    drawn = figure(
        import_sources(shown),
        says=says,
        table=table,
        alt_text="Bars of shares of US imports: " + "; ".join(f"{r.area} {r.value:.0f} percent" for r in shown.itertuples()) + ".",
    )
    return Section("What the United States needs", said, release, drawn)


def _uses(release: str) -> dict[str, str]:
    if release not in tables.releases("critical_list"):
        return {}
    return tables.load("critical_list", release).set_index("mineral").uses.to_dict()


# --- reserves and prices ---


def reserves(mineral: str, release: str) -> Section | None:
    """What is in the ground, by country."""
    if release not in tables.releases("reserves"):
        return None
    rows = tables.load("reserves", release).query("mineral == @mineral and year == year.max()")
    rows = rows[rows.form.isna()]
    countries = rows[(rows.area_kind == "country") & (rows.value > 0)]
    if len(countries) < 2:
        return None
    series = countries.groupby(["commodity", countries.detail.fillna("")]).value.sum().idxmax()
    rows = rows[(rows.commodity == series[0]) & (rows.detail.fillna("") == series[1])]
    countries = rows[(rows.area_kind == "country") & (rows.value > 0)].sort_values("value", ascending=False)
    world = rows[rows.area_kind == "world"]
    total = world.value.iloc[0] if len(world) and pd.notna(world.value.iloc[0]) else None
    bound = world.low.iloc[0] if len(world) and total is None and pd.notna(world.low.iloc[0]) else None
    first = countries.iloc[0]
    part = f", {100 * first.value / total:.0f} % of the world's" if total else ""
    says = f"{capital(with_article(first.area))} has the largest reserves, {_tons(first.value)}{part}"
    notes = [
        "Reserves are what could be dug at a profit when the figure was made. They change with the price and with the laws that define them."
    ]
    if bound:
        notes.append(f"The world total is printed only as more than {_tons(bound)}, so no share of it can be given.")
    shown = countries.head(MOST)
    bars = pd.DataFrame(
        {
            "area": shown.area,
            "standing": shown.iso3.map(coalitions.standing()).fillna(coalitions.ELSEWHERE),
            "size": shown.value,
            "text": shown.value.map(_tons),
        }
    )
    table = countries[["area", "value", "source_id"]].rename(columns={"area": "Country", "value": "Reserves, t"})
    drawn = figure(
        shares.producers(bars),
        says=says,
        table=table,
        alt_text="Bars of reserves: " + "; ".join(f"{r.area} {_tons(r.value)}" for r in shown.itertuples()) + ".",
    )
    return Section("Reserves", notes, release, drawn)


def prices(mineral: str, release: str) -> Section | None:
    """Annual prices, each series with its basis."""
    if release not in tables.releases("prices"):
        return None
    rows = tables.load("prices", release).query("mineral == @mineral").dropna(subset=["value"])
    if rows.empty:
        return None
    speaks = [w for w in supply.summary(release).what.get(_row(mineral).headline_mineral, pd.Series(dtype=str)) if w in set(rows.commodity)]
    rows = rows[rows.commodity == (speaks[-1] if speaks else rows.commodity.iloc[0])]
    mass = rows.usd_per_kg.notna().all()
    unit = "US$ per kilogram" if mass else rows.unit.iloc[0]
    rows = rows.assign(value=rows.usd_per_kg) if mass else rows[rows.unit == rows.unit.iloc[0]]
    rows = rows.assign(series=rows.series.fillna(rows.basis).fillna(capital(name(mineral)))).drop_duplicates(["series", "year"])
    size = rows.groupby("series").value.max().sort_values(ascending=False).index[:4]
    size = sorted(size, key=lambda s: s != MAIN_PRICE.get(mineral))
    rows = rows[rows.series.isin(size)].sort_values(["series", "year"], key=lambda c: c.map(list(size).index) if c.name == "series" else c)
    main = rows[rows.series == size[0]].set_index("year").value
    if len(main) < 2:
        return None
    last, before = main.iloc[-1], main.iloc[-2]
    change = 100 * (last / before - 1)
    moved = f"{abs(change):.0f} % {'dearer' if change > 0 else 'cheaper'} than a year before" if abs(change) >= 0.5 else "as a year before"
    times = f"{last / before:.1f} times the price of a year before" if last >= 2 * before else moved
    money = f"US${_money(last)} a kilogram" if mass else f"{_money(last)} {unit}"
    series = f", {size[0][0].lower() if size[0][1].islower() else size[0][0]}{size[0][1:]}" if len(size) > 1 else ""
    says = f"{capital(name(mineral))}{series}: {money} in {main.index[-1]}, {times}"
    bases = sorted(set(rows.basis.dropna()))
    note = [f"Annual figures as USGS prints them ({'; '.join(bases)}); the latest year is an estimate."] if bases else []
    table = rows[["series", "basis", "year", "value", "source_id"]].rename(
        columns={"series": "Series", "basis": "Basis", "year": "Year", "value": unit}
    )
    drawn = figure(
        yearly(rows[["series", "year", "value"]], unit),
        says=says,
        table=table,
        alt_text=f"Lines of yearly prices in {unit}: "
        + "; ".join(f"{s} from {_money(g.value.iloc[0])} to {_money(g.value.iloc[-1])}" for s, g in rows.groupby("series", sort=False))
        + ".",
    )
    return Section("What it costs", note, release, drawn)


# --- what China controls, what is not known ---


def controls(mineral: str, release: str) -> Section | None:
    """Chinese measures that name the mineral, oldest first."""
    row, minerals = _row(mineral), tables.load("minerals")
    named = {mineral, row.headline_mineral} | (set(minerals[minerals.group == row.group].mineral) if row.kind == "aggregate" else set())
    links = tables.load("control_minerals")
    rows = tables.load("controls").query("published")
    rows = rows[rows.control_id.isin(links[links.mineral.isin(named)].control_id)].sort_values("effective_date_start")
    if rows.empty:
        return None
    items = [_control(r) for r in rows.to_dict("records")]
    return Section("What China controls", [], release, None, items)


def _control(row: dict) -> str:
    source = f'<a href="{link("sources", "source-" + row["source_id"])}">{html.escape(row["source_id"])}</a>'
    when = day(row, "effective_date") if pd.notna(row["effective_date_start"]) else day(row, "announced_date")
    status = row["status"] + (
        f" until {_date(row['suspended_to'])}" if row["status"] == "suspended" and pd.notna(row["suspended_to"]) else ""
    )
    effect = "" if pd.isna(row["observed_effect"]) else f" {html.escape(row['observed_effect'])}."
    never = " It had not begun to apply." if row["took_effect"] == "no" else ""
    return (
        f"<b>{when}</b>. {html.escape(capital(row['instrument']))}: {html.escape(row['items'])}, for {html.escape(with_article(row['target']))}. "
        f"{html.escape(capital(status))}, as of {_date(row['as_of'])}.{never}{effect} <small>[{source}, {html.escape(row['legal_reference'])}]</small>"
    )


def money(mineral: str, release: str) -> Section | None:
    """Public money, nearly all from Washington, for projects with this mineral, oldest first."""
    links = tables.load("finance_minerals")
    rows = tables.load("finance").query("published")
    rows = rows[rows.finance_id.isin(links[links.mineral == mineral].finance_id)].sort_values("date_start")
    items = [
        f"<b>{day(r)}</b>, {html.escape(r['recipient'])}. {html.escape(r['description'])}"
        f"{', ' + html.escape(r['amount_text']) if pd.notna(r['amount_text']) else ''}; {html.escape(r['status'])} as of {_date(r['as_of'])}. "
        f'<small>[<a href="{link("sources", "source-" + r["source_id"])}">{html.escape(r["source_id"])}</a>]</small>'
        for r in rows.to_dict("records")
    ]
    words = ["Loans, stakes and awards that name it. What is under discussion or a letter of interest is not money paid."]
    return Section("Public money in it", words, release, None, items) if items else None


def _date(when: pd.Timestamp) -> str:
    return f"{when.day} {when:%B %Y}"


def not_published(mineral: str, release: str) -> Section:
    """What the sources do not say of this mineral."""
    made, row = _made(mineral, release), _row(mineral)
    gaps = []
    if row.headline_mineral != mineral:
        gaps.append(f"Output of {name(mineral)} by itself: only the total of the {name(row.headline_mineral)} is published.")
    if not made:
        gaps.append("World output, by country or in all.")
    elif "refinery" not in made:
        gaps.append("Who refines it: neither USGS nor the IEA prints refining by country.")
    elif "mine" not in made:
        gaps.append("Who mines it: USGS prints output at the plant only.")
    for step, rows in made.items():
        if (rows.qualifier == "withheld").any():
            gaps.append(
                f"Output of {with_article(rows[rows.qualifier == 'withheld'].area.iloc[0])} at the {step}: withheld, because it would disclose a company's data."
            )
    gaps.append("How much lies in stockpiles, in China or elsewhere, and who ends up buying.")
    return Section("What is not published", [], release, None, [html.escape(g) for g in gaps])


def read_on(mineral: str, release: str) -> Section:
    """Ways on from here."""
    ways = [
        f'<a href="{link("01-dependence")}">Why minerals became leverage</a>, and where this one stands among them',
        f'<a href="{link("05-frameworks")}">What each country signed</a>, and what that brings inside',
        f'<a href="{link("06-china-responses")}">What Beijing did and can do</a>',
    ]
    return Section("Read on", [], release, None, ways)
