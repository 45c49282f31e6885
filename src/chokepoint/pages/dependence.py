"""Chapter 1: why minerals became leverage.

China at the mine and after it, the largest producers, what the United States imports.
"""

import re

import altair as alt
import pandas as pd
from markupsafe import Markup

from chokepoint.analysis import coalitions, facts, prices, reliance, supply
from chokepoint.charts.bars import bars, share_axis
from chokepoint.charts.chooser import chooser
from chokepoint.charts.dumbbell import two_steps
from chokepoint.charts.layout import key
from chokepoint.charts.multiples import multiples
from chokepoint.charts.theme import UNITED_STATES, UNITED_STATES_PALE, UNITED_STATES_PALEST
from chokepoint.data import tables
from chokepoint.models import MODELS
from chokepoint.pages import standings
from chokepoint.pages.amounts import capital, edition, in_words, listed
from chokepoint.pages.components.brief import Brief
from chokepoint.pages.components.figure import Figure, figure
from chokepoint.pages.components.listing import Listing
from chokepoint.pages.markup import paragraph, source, with_links


def brief(release: str) -> Brief:
    """Say where China's hold lies, how it came about, and what withholding did; each turns with the data."""
    return Brief(
        [_where_the_hold_is(release), _how_it_came(release), _what_withholding_did(release)], release
    )


def _values(release: str, *fact_ids: str) -> list[float]:
    """Return the values of facts; none at all where the release lacks one of them."""
    known = [facts.find(fact_id, release) for fact_id in fact_ids]
    return [float(fact.value) for fact in known if fact] if all(known) else []


def _where_the_hold_is(release: str) -> str:
    shares = _values(release, "magnet_rare_earths.china_mined", "rare_earths.china_refined")
    both, higher = _values(release, "dependence.both_known", "dependence.higher_refined")
    rises = shares[1] > shares[0] if shares else higher > both / 2
    told = (
        "it mines {magnet_rare_earths.china_mined} of the rare earths that magnets need, refines "
        "{rare_earths.china_refined} and makes {iea.magnets_2024} of the magnets"
        if shares
        else "it mines more than half of {dependence.majority_mined} minerals and refines more than half of "
        "{dependence.majority_refined}"
    )
    where = "is on the step after the mine" if rises else "is no stronger after the mine than at it"
    return f"China’s hold {where}: {told}."


def _how_it_came(release: str) -> str:
    least, cobalt, now = (
        "history.us_rare_earths_least",
        "history.cobalt_refined_2000",
        "history.cobalt_refined_2023",
    )
    us, china = _values(release, least), _values(release, cobalt, now)
    led = "mined most of the world’s rare earths" if us and us[0] > 50 else "mined rare earths"
    parts = [
        f"the United States {led} from 1970 to 1984 and, by the US Geological "
        "Survey (USGS), {history.us_rare_earths_later} from 2001 to 2011"
    ] * bool(us)
    if china:
        went = "rose" if china[1] > china[0] else "fell"
        parts += [f"China’s share of refined cobalt {went} from {{{cobalt}}} in 2000 to {{{now}}} in 2023"]
    return f"{capital('; '.join(parts) or 'how it came about is not held here')}."


def _what_withholding_did(release: str) -> str:
    licences = "Beijing put {controls.april_elements} and their magnets under export licence in April 2025"
    tonnes = _values(release, "magnets.world_2025_03", "magnets.world_2025_05")
    if not tonnes:
        return f"{licences}."
    fell = "fell" if tonnes[1] < tonnes[0] else "held"
    return (
        f"{licences}, and its exports of magnets {fell}, from {{magnets.world_2025_03}} in March to "
        "{magnets.world_2025_05} in May"
        + (
            ", and were back at {magnets.world_2025_11} in November."
            if _values(release, "magnets.world_2025_11")
            else "."
        )
    )


def _named(index: pd.Index) -> pd.Series:
    return pd.Series(index, index=index).map(
        tables.load("minerals").set_index("mineral").name.str.replace(r" \(.*\)", "", regex=True)
    )


def lead(release: str) -> Figure | None:
    """Draw China's share at the mine beside its share after it.

    It shows the minerals of which both steps count one product; nothing where none has both.
    """
    both = supply.china_pairs(release).sort_values("refinery", ascending=False)
    if both.empty:
        return None
    higher, count = int((both.refinery > both.mine).sum()), len(both)
    title = (
        f"China’s share grows after the mine in {'all' if higher == count else in_words(higher) + ' of'} "
        f"{in_words(count)} minerals compared"
    )
    rows = both.assign(mineral=_named(both.index)).reset_index(drop=True)
    detail = supply.summary(release, None, supply.pairs)
    table = pd.DataFrame({"Mineral": rows.mineral})
    for step, at in (("mine", "at the mine"), ("refinery", "after the mine")):
        table[f"China {at}, %"] = rows[step]
        table[f"Year {at}"] = [int(detail.year[m, step]) for m in both.index]
        table[f"Release {at}"] = [edition(detail.release[m, step]) for m in both.index]
    sources = sorted(
        {s for m in both.index for step in ("mine", "refinery") for s in detail.sources[m, step]}
    )
    first, last = rows.iloc[0], rows.iloc[-1]
    return figure(
        two_steps(rows),
        name="lead",
        title=title,
        table=table,
        sources=sources,
        alt_text=f"Two dots for each of {count} minerals, China’s share of mining and of refining. "
        f"{first.mineral}: {first.mine:.0f} and "
        f"{first.refinery:.0f} percent; at the other end {last.mineral}: {last.mine:.0f} and "
        f"{last.refinery:.0f} percent.",
    )


def other_products(release: str) -> Listing:
    """Say what is counted at the mine and what after it, of the minerals that the chart leaves out.

    One paragraph.
    """
    rows = (
        supply.two_steps(release)
        .query("not alike")
        .drop_duplicates(["mineral", "step"])
        .set_index(["mineral", "step"])
        .what
    )
    products = [
        f"{rows[m, 'mine'].split(' (')[0].lower()}, then {rows[m, 'refinery'].split(' (')[0].lower()}"
        for m in sorted({m for m, _ in rows.index})
    ]
    if not products:
        return Listing("")
    more = in_words(len(products))
    return Listing(
        paragraph(
            f"{capital(more)} more minerals have figures for both steps, of two products each: "
            f"{'; '.join(products)}. They are not "
            "in the chart, because a share of the one cannot be set against a share of the other; each has "
            "them on its page."
        )
    )


def largest(release: str, step: str) -> Figure | None:
    """Draw the largest country of every mineral at one step; nothing where the release has none."""
    rows = supply.leaders(release).query("step == @step").sort_values("share", ascending=False)
    if rows.empty:
        return None
    rows = rows.assign(
        mineral=_named(pd.Index(rows.mineral)).to_numpy(),
        standing=rows.iso3.map(coalitions.standing()).fillna(coalitions.ELSEWHERE),
    )
    china, what = int((rows.iso3 == "CHN").sum()), "miner" if step == "mine" else "refiner or smelter"
    title = f"China is the largest {what} of {china} of {len(rows)} minerals"
    rows = rows.assign(
        text=[supply.share_text(s, a) for s, a in zip(rows.share, rows.alone, strict=True)],
        release=rows.release.map(edition),
    )
    table = rows[["mineral", "what", "area", "share", "year", "release", "source_id"]].rename(
        columns={
            "mineral": "Mineral",
            "what": "Product",
            "area": "Largest country",
            "share": "Share of world output, %",
            "year": "Year",
            "release": "Release",
        }
    )
    return figure(
        bars(
            rows[["mineral", "area", "standing", "share"]].assign(label=rows.area + " " + rows.text),
            x="share",
            y="mineral",
            label="label",
            color="standing",
            colours=standings.COLOURS,
            x_axis=share_axis("Share of the largest country"),
            end=150,
            tooltip={"mineral": "Mineral", "area": "Largest", "share": ("Share, %", ".1f")},
            legend=key((2, 5)),
            height=19,
            thickness=13,
            size=11.5,
        ),
        name=f"largest-{step}",
        title=title,
        table=table,
        alt_text=f"Bars of the largest country’s share for {len(rows)} minerals, from {rows.mineral.iloc[0]} "
        f"({rows.area.iloc[0]}, "
        f"{rows.share.iloc[0]:.0f} percent) to {rows.mineral.iloc[-1]} ({rows.area.iloc[-1]}, "
        f"{rows.share.iloc[-1]:.0f} percent).",
    )


BOUNDS = (
    "",
    "greater",
    "less",
)  # in `reliance.lines`, of a figure that is given and of one that is only bounded
RELIANCE = {
    "Printed figure": UNITED_STATES,
    "Lower bound only": UNITED_STATES_PALE,
    "Upper bound only": UNITED_STATES_PALEST,
}


def imports(release: str) -> Figure | None:
    """Net import reliance of the United States, figures and bounds; nothing where the release lacks them."""
    rows = reliance.lines(release)
    if rows.empty:
        return None
    rows = rows[rows.kind != "net_exporter"].sort_values(["value", "kind"], ascending=[False, True])
    full, china = int((rows.value == 100).sum()), int((rows.source == "China").sum())
    title = f"The United States imports all of {full} minerals; China leads for {china}"
    short = rows.text.replace({"%": "", "more than ": ">", "less than ": "<"}, regex=True)
    shown = rows.assign(
        mineral=_named(pd.Index(rows.mineral)).to_numpy(),
        kind=rows.kind.map(dict(zip(BOUNDS, RELIANCE, strict=True))),
        text=short,
    )
    what = [
        r.what + "".join(f" ({also})" for also in reliance.otherwise(r.mineral, release))
        for r in rows.itertuples()
    ]
    table = rows.assign(mineral=shown.mineral, what=what)[
        ["mineral", "what", "text", "source", "source_id"]
    ].rename(
        columns={
            "mineral": "Mineral",
            "what": "What is counted",
            "text": "Net import reliance",
            "source": "Largest source of imports",
        }
    )
    return figure(
        bars(
            shown[["mineral", "value", "kind", "text", "source"]],
            x="value",
            y="mineral",
            label="text",
            color="kind",
            colours=RELIANCE,
            x_axis=share_axis("Net import reliance, % of consumption", "datum.label"),
            end=118,
            tooltip={"mineral": "Mineral", "text": "Reliance", "source": "Main source of imports"},
            legend=alt.Legend(columns=1),
            height=18,
            thickness=12,
            size=11,
        ),
        name="import-reliance",
        title=title,
        table=table,
        alt_text=f"Bars of net import reliance for {len(rows)} lines, from 100 percent down to "
        f"{rows.value.iloc[-1]:.0f}. "
        f"{int(rows.kind.ne('').sum())} of them are bounds, drawn paler.",
    )


MOST = 7  # countries shown by name
FIRST = "rare_earths"


def choose(release: str) -> Figure:
    """Draw any mineral, at the mine and after it, in any year that is held.

    Each year is from the newest release that prints it.
    """
    rows = supply.by_year(release)
    rows = rows[rows.share.notna() & (rows.share > 0)].assign(year=rows.year.astype(int))
    years = sorted({*rows[rows.release.isin(tables.releases())].year})
    keys = ["mineral", "year", "step"]
    countries = rows[rows.area_kind == "country"].sort_values("share", ascending=False)
    countries = countries.assign(place=countries.groupby(keys).cumcount()).query("place < @MOST")
    names = _named(pd.Index(sorted(set(rows.mineral))))
    table = pd.DataFrame(
        {
            "Mineral": countries.mineral.map(names),
            "Year": countries.year,
            "Step": countries.step,
            "Product": countries.what,
            "Area": countries.area,
            "Standing": countries.iso3.map(coalitions.standing()).fillna(coalitions.ELSEWHERE),
            "Share of world output, %": countries.share.round(2),
            "Output": [
                supply.mass(r.value, r.kilograms)
                + (f" ({r.qualifier})" if isinstance(r.qualifier, str) else "")
                for r in countries.itertuples()
            ],
            "Release": countries.release.map(edition),
            "source_id": countries.source_id,
        }
    )
    shown = _assign_chart_year(countries, years)
    drawn = table.loc[shown.index].drop(columns=["Product", "Release", "source_id"])
    drawn = drawn.rename(columns={"Share of world output, %": "share", "Output": "text"}).rename(
        columns=str.lower
    )
    drawn = drawn.assign(
        year=shown.shown, rank=shown.place, label=[_bar_text(r.share, r.alone) for r in shown.itertuples()]
    )
    firsts = shown.drop_duplicates(["mineral", "shown", "step"])[
        ["mineral", "shown", "step", "what", "year", "release"]
    ]
    known = pd.MultiIndex.from_product(
        [sorted(set(rows.mineral)), years, ["mine", "refinery"]], names=["mineral", "shown", "step"]
    )
    known = known.to_frame(index=False).merge(firsts, how="left")
    known["label"] = [
        f"{'At the mine' if r.step == 'mine' else 'After the mine'}|"
        + (
            f"{r.what.split(' (')[0]}|{int(r.year)}, {edition(r.release)}"
            if isinstance(r.what, str)
            else "no country is published"
        )
        for r in known.itertuples()
    ]
    known = pd.DataFrame(
        {"mineral": known.mineral.map(names), "year": known.shown, "step": known.step, "label": known.label}
    )
    now = shown[(shown.shown == years[-1]) & (shown.place == 0)].set_index(["mineral", "step"])
    at_both = [
        m for m in (FIRST, *names.index) if all((m, step) in now.index for step in ("mine", "refinery"))
    ]
    first = at_both[0] if at_both else names.index[0]
    title = _chosen_first(now, first, names[first]) if at_both else "See who mines and who refines what"
    return figure(
        chooser(drawn, known, mineral=names[first], colours=standings.NAMED),
        name="chooser",
        title=title,
        table=table,
        alt_text=(
            "Bars of the largest producers of one mineral, at the mine on the left and after the mine on "
            f"the right. Selects above choose among {len(names)} minerals, "
            f"the years {years[0]} to {years[-1]}, and the step."
        ),
    )


def _bar_text(share: float, alone: bool) -> str:
    """Write a share at the end of a bar; a small one with a decimal.

    >>> _bar_text(8.43, False), _bar_text(33.61, False), _bar_text(100.0, False)
    ('8.4%', '34%', 'over 99%')
    """
    return f"{share:.1f}%" if share < 10 else supply.share_text(share, alone)


def _assign_chart_year(countries: pd.DataFrame, years: list[int]) -> pd.DataFrame:
    """Return rows with the year under which the chart shows them.

    It is their own, and where the IEA has none so new, the newest choice too. The line over the bars says
    which year it is; the table has each row once, under its own.
    """
    own = countries[countries.year.isin(years)].assign(shown=lambda r: r.year)
    newest = countries.groupby(["mineral", "step"]).year.transform("max")
    late = countries[
        ~countries.release.isin(tables.releases()) & (countries.year == newest) & (newest != years[-1])
    ]
    return pd.concat([own, late.assign(shown=years[-1])])


def _chosen_first(now: pd.DataFrame, mineral: str, name: str) -> str:
    """Write the title: the largest refiner of what is shown before anything is chosen.

    now: rows by mineral and step.
    """
    after, what = now.loc[(mineral, "refinery")], "magnet rare earths" if mineral == FIRST else name.lower()
    return f"{after.area} refines {after.share:.0f}% of the world’s {what}"


KINDS = {"Licence needed": [1, 0], "Ban on sales to the United States": [4, 3]}


def prices_and_controls(release: str) -> Figure | None:
    """Draw prices of what China put under licence or banned, before and after.

    Nothing where the release has no prices.
    """
    if release not in tables.releases("prices"):
        return None
    rows, ratio = prices.controlled(release), prices.rises(release)
    if ratio.empty:
        return None
    dear = [m for m in ratio.sort_values(ascending=False).index if ratio[m] >= 1.5]
    names = _named(pd.Index(sorted(set(rows.mineral))))
    cells = sorted(ratio.index, key=lambda m: -ratio[m])
    rows = rows[rows.mineral.isin(cells)]
    series = rows.series.str.replace(r",.*", "", regex=True)
    product = series.where(series.notna() & (rows.mineral != "tellurium"), rows.basis)
    drawn = pd.DataFrame(
        {
            "mineral": rows.mineral.map(names),
            "unit": rows.unit + ", " + product.fillna("average").str.split(",").str[0],
            "year": rows.year.astype(int),
            "value": rows.value,
            "text": rows.value.map(lambda v: f"{v:,.0f}" if v >= 20 else f"{v:.3g}"),
        }
    )
    marks = prices.days(release)
    marks = marks[
        marks.mineral.isin(cells) & ((marks.instrument == "ban") | (marks.target == "all destinations"))
    ]
    days = pd.DataFrame(
        {
            "mineral": marks.mineral.map(names),
            "day": marks.day,
            "kind": marks.instrument.map(dict(zip(("licence", "ban"), KINDS, strict=True))),
            "detail": marks.target,
        }
    )
    count = in_words(len(dear)) if dear else "none"
    title = f"In USGS’s yearly averages, {count} of {in_words(len(ratio))} minerals became half dearer"
    table = rows.assign(
        mineral=rows.mineral.map(names),
        first=rows["first"].dt.strftime("%Y-%m-%d"),
        series=rows.series.fillna("–"),
        footnote=rows.footnote.fillna("–"),
        ratio=rows.mineral.map(ratio),
    )
    table = table.rename(
        columns={
            "mineral": "Mineral",
            "series": "Series",
            "basis": "Basis",
            "footnote": "Note of the release",
            "year": "Year",
            "value": "Price",
            "unit": "Unit",
            "first": "First control in force",
            "ratio": "Newest price over that of the year before the control",
        }
    )
    return figure(
        multiples(
            drawn,
            by="mineral",
            order=[names[m] for m in cells],
            unit="unit",
            text="text",
            days=days,
            dashes=KINDS,
        ),
        name="prices-and-controls",
        title=title,
        table=table,
        sources=sorted({*rows.source_id, *marks.source_id}),
        alt_text=(
            f"{len(cells)} small charts of yearly prices, each with a rule on the day of a Chinese licence "
            "or ban, from the largest rise to the largest fall: "
            + "; ".join(f"{names[m]} {ratio[m]:.2f} times" for m in cells)
            + "."
        ),
    )


def outside_china(release: str) -> Listing:
    """Say what the yearly averages cannot show: the price outside China beside the one inside.

    One paragraph.
    """
    ratio = prices.rises(release) if release in tables.releases("prices") else pd.Series(dtype=float)
    hidden = (
        "These averages hide what a licence does first: it parts the price outside China from the price "
        "inside. They are of a whole year, the months "
        "before the measure among them, and for the rare earths free on board, that is, at the seller’s port."
    )
    sentences = [
        *([] if ratio.empty else [hidden]),
        *_seen_in_europe(ratio),
        "Yttrium, by a wire report of 26 February 2026, stood at {markets.yttrium} its price of a year "
        "earlier" + (f"; here it is {ratio.yttrium:.1f} times." if "yttrium" in ratio.index else "."),
        "This book holds no series of prices outside China by the month.",
    ]
    return Listing(paragraph(Markup(" ").join(with_links(s, release) for s in sentences)))


EUROPE = (
    r"price multiple: (\w+) in Europe, Apr to May 2025"  # episodes that the model of a shock is held against
)


def _seen_in_europe(ratio: pd.Series) -> list[str]:
    """Say what the licences of April 2025 did to prices in Europe, as the episodes have it.

    Nothing where there are none.
    """
    rows = MODELS["supply_shock"].validation() if "supply_shock" in MODELS else []
    seen = {found[1]: row for row in rows if (found := re.match(EUROPE, row["what"]))}
    if not seen:
        return []
    quoted = listed([f"{row['seen']:.1f} times those of April for {metal}" for metal, row in seen.items()])
    held = [metal for metal in seen if metal in ratio.index]
    here = (
        listed([f"{ratio[metal]:.2f} times that of the year before for {metal}" for metal in held])
        if held
        else ""
    )
    sources = Markup(" ").join(source(i) for i in dict.fromkeys(row["source_id"] for row in seen.values()))
    quotes = f"In May 2025 quotes in Europe were {quoted}, by a lead whose original we have not opened"
    end = f"; the yearly average above is {here}." if here else "."
    return [Markup("{} {}{}").format(quotes, sources, end)]
