"""Chapter 1: why minerals became leverage. China at the mine and after it, the largest producers, what the United States imports."""

import html
import re

import pandas as pd

from chokepoint import facts, tables
from chokepoint.charts import chooser, multiples, shares
from chokepoint.charts import reliance as reliance_charts
from chokepoint.charts.figure import Figure, figure
from chokepoint.measures import coalitions, prices, reliance, supply
from chokepoint.models import MODELS
from chokepoint.prose.amounts import edition, listed, source
from chokepoint.prose.findings import Brief, with_links
from chokepoint.prose.listing import Listing
from chokepoint.prose.sections import capital, fact_exists, in_words


def brief(release: str) -> Brief:
    """China's share rises after the mine (or does not); rare earths; what the United States relies on."""
    value = {name: facts.get(f"dependence.{name}", release).value for name in ("both_known", "higher_refined", "majority_refined")}
    rises = value["higher_refined"] > value["both_known"] / 2
    what = "China's hold is on the step after the mine" if rises else "China's hold is no stronger after the mine than at it"
    sentences = [
        f"{what}: of the {{dependence.both_known}} minerals that are counted alike at both steps it mines more than half of "
        "{dependence.majority_mined} and refines or smelts more than half of {dependence.majority_refined}."
        if value["both_known"]
        else "This release has no mineral that is counted alike at the mine and after it.",
    ]
    if fact_exists("magnet_rare_earths.china_mined", release) and fact_exists("rare_earths.china_refined", release):
        mined, refined = facts.get("magnet_rare_earths.china_mined", release).value, facts.get("rare_earths.china_refined", release).value
        turn = "and refines" if refined > mined else "but refines only"
        sentences.append(
            f"Of the four rare earths that go into magnets it mines {{magnet_rare_earths.china_mined}} {turn} {{rare_earths.china_refined}}"
            + ("; of all rare earths it mines {rare_earths.china_mined}." if fact_exists("rare_earths.china_mined", release) else ".")
        )
    if fact_exists("reliance.lines", release):
        sentences.append(
            "The US Geological Survey states how far the United States relies on imports for {reliance.lines} minerals or groups of them: "
            "altogether for {reliance.full}, and for at least half of what it uses for {reliance.half} more."
        )
    return Brief(sentences, release)


def _named(index: pd.Index) -> pd.Series:
    return pd.Series(index, index=index).map(tables.load("minerals").set_index("mineral").name.str.replace(r" \(.*\)", "", regex=True))


def lead(release: str) -> Figure | None:
    """China's share at the mine beside its share after it, of the minerals of which both steps count one product; nothing where none has both."""
    both = supply.china_pairs(release).sort_values("refinery", ascending=False)
    if both.empty:
        return None
    higher, count = int((both.refinery > both.mine).sum()), len(both)
    says = f"China's share grows after the mine in {'all' if higher == count else in_words(higher) + ' of'} {in_words(count)} minerals counted alike at both steps"
    rows = both.assign(mineral=_named(both.index)).reset_index(drop=True)
    detail = supply.summary_of_pairs(release)
    table = pd.DataFrame({"Mineral": rows.mineral})
    for step, at in (("mine", "at the mine"), ("refinery", "after the mine")):
        table[f"China {at}, %"] = rows[step]
        table[f"Year {at}"] = [int(detail.year[m, step]) for m in both.index]
        table[f"Release {at}"] = [edition(detail.release[m, step]) for m in both.index]
    sources = sorted({s for m in both.index for step in ("mine", "refinery") for s in detail.sources[m, step]})
    first, last = rows.iloc[0], rows.iloc[-1]
    return figure(
        shares.two_steps(rows),
        says=says,
        table=table,
        sources=sources,
        alt_text=f"Two dots for each of {count} minerals, China's share of mining and of refining. {first.mineral}: {first.mine:.0f} and "
        f"{first.refinery:.0f} percent; at the other end {last.mineral}: {last.mine:.0f} and {last.refinery:.0f} percent.",
    )


def other_products(release: str) -> Listing:
    """Of the minerals that the chart leaves out, what is counted at the mine and what after it: one paragraph."""
    rows = supply.two_steps(release).query("not alike").drop_duplicates(["mineral", "step"]).set_index(["mineral", "step"]).what
    told = [
        f"{rows[m, 'mine'].split(' (')[0].lower()}, then {rows[m, 'refinery'].split(' (')[0].lower()}"
        for m in sorted({m for m, _ in rows.index})
    ]
    if not told:
        return Listing("")
    more = in_words(len(told))
    return Listing(
        f"<p>{capital(more)} more minerals have figures for both steps, of two products each: {'; '.join(told)}. They are not in the chart, "
        "because a share of the one cannot be set against a share of the other; each has them on its page.</p>"
    )


def largest(release: str, step: str) -> Figure | None:
    """The largest country of every mineral at one step; nothing where the release has none."""
    rows = supply.leaders(release).query("step == @step").sort_values("share", ascending=False)
    if rows.empty:
        return None
    rows = rows.assign(
        mineral=_named(pd.Index(rows.mineral)).to_numpy(), standing=rows.iso3.map(coalitions.standing()).fillna(coalitions.ELSEWHERE)
    )
    china, half = int((rows.iso3 == "CHN").sum()), int((rows.share > 50).sum())
    what = "miner" if step == "mine" else "refiner or smelter"
    says = f"China is the largest {what} of {china} of {len(rows)} minerals; one country alone has more than half of the output of {half}"
    rows = rows.assign(
        told=[supply.share_text(s, a) for s, a in zip(rows.share, rows.alone, strict=True)], release=rows.release.map(edition)
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
        shares.leaders(rows),
        says=says,
        table=table,
        alt_text=f"Bars of the largest country's share for {len(rows)} minerals, from {rows.mineral.iloc[0]} ({rows.area.iloc[0]}, "
        f"{rows.share.iloc[0]:.0f} percent) to {rows.mineral.iloc[-1]} ({rows.area.iloc[-1]}, {rows.share.iloc[-1]:.0f} percent).",
    )


def imports(release: str) -> Figure | None:
    """Net import reliance of the United States, figures and bounds; nothing where the release lacks them."""
    rows = reliance.lines(release)
    if rows.empty:
        return None
    rows = rows[rows.kind != "net_exporter"].sort_values(["value", "kind"], ascending=[False, True])
    full, china = int((rows.value == 100).sum()), int((rows.source == "China").sum())
    says = capital(
        f"Of {len(rows)} minerals that the United States imports on balance, {full} come wholly from abroad; for {china}, China is the largest source"
    )
    short = rows.text.replace({" %": "", "more than ": ">", "less than ": "<"}, regex=True)
    shown = rows.assign(mineral=_named(pd.Index(rows.mineral)).to_numpy(), kind=rows.kind.map(reliance_charts.KINDS), text=short)
    what = [r.what + "".join(f" ({also})" for also in reliance.otherwise(r.mineral, release)) for r in rows.itertuples()]
    table = rows.assign(mineral=shown.mineral, what=what)[["mineral", "what", "text", "source", "source_id"]].rename(
        columns={
            "mineral": "Mineral",
            "what": "What is counted",
            "text": "Net import reliance",
            "source": "Largest source of imports",
        }
    )
    return figure(
        reliance_charts.reliance(shown),
        says=says,
        table=table,
        alt_text=f"Bars of net import reliance for {len(rows)} lines, from 100 percent down to {rows.value.iloc[-1]:.0f}. "
        f"{int(rows.kind.ne('').sum())} of them are bounds, drawn paler.",
    )


MOST = 7  # countries shown by name
FIRST = "rare_earths"


def choose(release: str) -> Figure:
    """Any mineral, at the mine and after it, in any year that is held; each year from the newest release that prints it."""
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
                supply.mass(r.value, r.kilograms) + (f" ({r.qualifier})" if isinstance(r.qualifier, str) else "")
                for r in countries.itertuples()
            ],
            "Release": countries.release.map(edition),
            "source_id": countries.source_id,
        }
    )
    shown = _with_display_year(countries, years)
    drawn = table.loc[shown.index].drop(columns=["Product", "Release", "source_id"])
    drawn = drawn.rename(columns={"Share of world output, %": "share", "Output": "text"}).rename(columns=str.lower)
    drawn = drawn.assign(year=shown.shown, rank=shown.place, told=[_bar_text(r.share, r.alone) for r in shown.itertuples()])
    firsts = shown.drop_duplicates(["mineral", "shown", "step"])[["mineral", "shown", "step", "what", "year", "release"]]
    known = pd.MultiIndex.from_product([sorted(set(rows.mineral)), years, ["mine", "refinery"]], names=["mineral", "shown", "step"])
    known = known.to_frame(index=False).merge(firsts, how="left")
    known["told"] = [
        f"{'At the mine' if r.step == 'mine' else 'After the mine'}|"
        + (f"{r.what.split(' (')[0]}|{int(r.year)}, {edition(r.release)}" if isinstance(r.what, str) else "no country is published")
        for r in known.itertuples()
    ]
    known = pd.DataFrame({"mineral": known.mineral.map(names), "year": known.shown, "step": known.step, "told": known.told})
    now = shown[(shown.shown == years[-1]) & (shown.place == 0)].set_index(["mineral", "step"])
    at_both = [m for m in (FIRST, *names.index) if all((m, step) in now.index for step in ("mine", "refinery"))]
    first = at_both[0] if at_both else names.index[0]
    says = _chosen_first(now, first, names[first]) if at_both else "Who mines and who refines what: choose a mineral, a year and a step"
    return figure(
        chooser.producers(drawn, known, mineral=names[first]),
        says=says,
        table=table,
        alt_text=(
            f"Bars of the largest producers of one mineral, at the mine on the left and after the mine on the right. Selects above choose among {len(names)} minerals, "
            f"the years {years[0]} to {years[-1]}, and the step."
        ),
    )


def _bar_text(share: float, alone: bool) -> str:
    """A share at the end of a bar; a small one with a decimal.

    >>> _bar_text(8.43, False), _bar_text(33.61, False), _bar_text(100.0, False)
    ('8.4 %', '34 %', 'over 99 %')
    """
    return f"{share:.1f} %" if share < 10 else supply.share_text(share, alone)


def _with_display_year(countries: pd.DataFrame, years: list[int]) -> pd.DataFrame:
    """Rows with the year under which the chart shows them: their own, and where the IEA has none so new, the newest choice too.

    The line over the bars says which year it is; the table has each row once, under its own.
    """
    own = countries[countries.year.isin(years)].assign(shown=lambda r: r.year)
    newest = countries.groupby(["mineral", "step"]).year.transform("max")
    late = countries[~countries.release.isin(tables.releases()) & (countries.year == newest) & (newest != years[-1])]
    return pd.concat([own, late.assign(shown=years[-1])])


def _chosen_first(now: pd.DataFrame, mineral: str, name: str) -> str:
    """The title: the largest country at each step of what is shown before anything is chosen. now: rows by mineral and step."""
    mine, after = now.loc[(mineral, "mine")], now.loc[(mineral, "refinery")]
    refines = f"{'' if mine.area == after.area else f'{after.area} '}refines {after.share:.0f} %"
    of = " of the four for magnets" if mineral == FIRST else ""
    return f"{mine.area} mines {mine.share:.0f} % of the world’s {name.lower()} and {refines}{of}; choose another mineral"


KINDS = {"Licence needed": [1, 0], "Ban on sales to the United States": [4, 3]}


def prices_and_controls(release: str) -> Figure | None:
    """Prices of what China put under licence or banned, before and after; nothing where the release has no prices."""
    if release not in tables.releases("prices"):
        return None
    rows, ratio = prices.controlled(release), prices.rises(release)
    if ratio.empty:
        return None
    dear = [m for m in ratio.sort_values(ascending=False).index if ratio[m] >= 1.5]
    names = _named(pd.Index(sorted(set(rows.mineral))))
    cells = {m: i for i, m in enumerate(sorted(ratio.index, key=lambda m: -ratio[m]))}
    rows = rows[rows.mineral.isin(cells)]
    series = rows.series.str.replace(r",.*", "", regex=True)
    product = series.where(series.notna() & (rows.mineral != "tellurium"), rows.basis)
    drawn = pd.DataFrame(
        {
            "cell": rows.mineral.map(cells),
            "mineral": rows.mineral.map(names),
            "unit": rows.unit + ", " + product.fillna("average").str.split(",").str[0],
            "year": rows.year.astype(int),
            "value": rows.value,
            "text": rows.value.map(lambda v: f"{v:,.0f}" if v >= 20 else f"{v:.3g}"),
        }
    )
    marks = prices.days(release)
    marks = marks[marks.mineral.isin(cells) & ((marks.instrument == "ban") | (marks.target == "all destinations"))]
    days = pd.DataFrame(
        {
            "cell": marks.mineral.map(cells),
            "mineral": marks.mineral.map(names),
            "day": marks.day,
            "kind": marks.instrument.map(dict(zip(("licence", "ban"), KINDS, strict=True))),
            "detail": marks.target,
        }
    )
    most = f"; {names[dear[0]].lower()} {ratio[dear[0]]:.1f} times as much" if dear else ""
    count = in_words(len(dear)) if dear else "none"
    says = f"In USGS’s yearly averages, {count} of {in_words(len(ratio))} minerals cost at least half as much again as before China’s control{most}"
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
        multiples.prices(drawn, days, dashes=KINDS),
        says=says,
        table=table,
        sources=sorted({*rows.source_id, *marks.source_id}),
        alt_text=(
            f"{len(cells)} small charts of yearly prices, each with a rule on the day of a Chinese licence or ban, from the largest rise to the largest fall: "
            + "; ".join(f"{names[m]} {ratio[m]:.2f} times" for m in cells)
            + "."
        ),
    )


def outside_china(release: str) -> Listing:
    """What the yearly averages cannot show: the price outside China beside the one inside. One paragraph."""
    ratio = prices.rises(release) if release in tables.releases("prices") else pd.Series(dtype=float)
    hidden = (
        "These averages hide what a licence does first: it parts the price outside China from the price inside. They are of a whole year, the months "
        "before the measure among them, and for the rare earths free on board, that is, at the seller's port."
    )
    said = [
        *([] if ratio.empty else [hidden]),
        *_seen_in_europe(ratio),
        "Yttrium, by a wire report of 26 February 2026, stood at {markets.yttrium} its price of a year earlier"
        + (f"; here it is {ratio.yttrium:.1f} times." if "yttrium" in ratio.index else "."),
        "This book holds no series of prices outside China by the month.",
    ]
    linked = [part if "<small>" in part else with_links(part, release) for part in said]
    return Listing(f"<p>{' '.join(linked)}</p>")


EUROPE = r"price multiple: (\w+) in Europe, Apr to May 2025"  # episodes that the model of a shock is held against


def _seen_in_europe(ratio: pd.Series) -> list[str]:
    """What the licences of April 2025 did to prices in Europe, as the episodes have it, as HTML; nothing where there are none."""
    rows = MODELS["supply_shock"].validation() if "supply_shock" in MODELS else []
    seen = {found[1]: row for row in rows if (found := re.match(EUROPE, row["what"]))}
    if not seen:
        return []
    quoted = listed([f"{row['seen']:.1f} times those of April for {metal}" for metal, row in seen.items()])
    held = [metal for metal in seen if metal in ratio.index]
    here = listed([f"{ratio[metal]:.2f} times that of the year before for {metal}" for metal in held]) if held else ""
    sources = " ".join(source(i) for i in dict.fromkeys(row["source_id"] for row in seen.values()))
    return [
        f"In May 2025 quotes in Europe were {html.escape(quoted)}, by a lead whose original we have not opened {sources}"
        + (f"; the yearly average above is {html.escape(here)}." if here else ".")
    ]
