"""Chapter 1: why minerals became leverage. China at the mine and after it, the largest producers, what the United States imports."""

import pandas as pd

from chokepoint import facts, tables
from chokepoint.charts import chooser, multiples, shares
from chokepoint.charts import reliance as reliance_charts
from chokepoint.charts.figure import Figure, figure
from chokepoint.measures import coalitions, prices, reliance, supply
from chokepoint.prose.findings import Brief
from chokepoint.prose.sections import capital, in_words, known


def brief(release: str) -> Brief:
    """China's share rises after the mine (or does not); rare earths; what the United States relies on."""
    value = {name: facts.get(f"dependence.{name}", release).value for name in ("both_known", "higher_refined", "majority_refined")}
    rises = value["higher_refined"] > value["both_known"] / 2
    what = "China's hold is on the step after the mine" if rises else "China's hold is no stronger after the mine than at it"
    sentences = [
        f"{what}: of the {{dependence.both_known}} minerals with published figures for both steps it mines more than half of "
        "{dependence.majority_mined} and refines or smelts more than half of {dependence.majority_refined}."
        if value["both_known"]
        else "This release has no mineral with published figures both for the mine and for the step after it."
    ]
    if known("rare_earths.china_mined", release) and known("rare_earths.china_refined", release):
        mined, refined = facts.get("rare_earths.china_mined", release).value, facts.get("rare_earths.china_refined", release).value
        turn = "and refines" if refined > mined else "but refines only"
        sentences.append(
            f"China mines {{rare_earths.china_mined}} of the world's rare earths {turn} {{rare_earths.china_refined}} of the four that go into magnets."
        )
    if known("reliance.lines", release):
        sentences.append(
            "The US Geological Survey states how far the United States relies on imports for {reliance.lines} minerals or groups of them: "
            "altogether for {reliance.full}, and for at least half of what it uses for {reliance.half} more."
        )
    return Brief(sentences, release)


def _named(index: pd.Index) -> pd.Series:
    return pd.Series(index, index=index).map(tables.load("minerals").set_index("mineral").name.str.replace(r" \(.*\)", "", regex=True))


def lead(release: str) -> Figure | None:
    """China's share at the mine beside its share after it; nothing where no mineral has both."""
    both = supply.china(release).dropna().sort_values("refinery", ascending=False)
    if both.empty:
        return None
    higher, count = int((both.refinery > both.mine).sum()), len(both)
    says = f"China's share grows after the mine in {'all' if higher == count else in_words(higher) + ' of'} {in_words(count)} minerals with figures for both steps"
    rows = both.assign(mineral=_named(both.index)).reset_index(drop=True)
    detail = supply.summary(release)
    what = {step: [f"{detail.what[m, step]}, {detail.year[m, step]}" for m in both.index] for step in ("mine", "refinery")}
    table = pd.DataFrame(
        {
            "Mineral": rows.mineral,
            "China at the mine, %": rows.mine,
            "Mined product, year": what["mine"],
            "China at the refinery, %": rows.refinery,
            "Refined product, year": what["refinery"],
        }
    )
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
    table = rows[["mineral", "what", "area", "share", "year", "source_id"]].rename(
        columns={"mineral": "Mineral", "what": "Product", "area": "Largest country", "share": "Share of world output, %", "year": "Year"}
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
    table = rows.assign(mineral=shown.mineral)[["mineral", "what", "text", "source", "source_id"]].rename(
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
    """Any mineral, at the mine and after it, in any year that is held."""
    held = [r for r in tables.releases() if r <= release]
    parts = [supply.output(r).assign(release=r) for r in held]
    rows = pd.concat(parts, ignore_index=True).drop_duplicates(["mineral", "step", "year", "area", "area_kind"], keep="last")
    rows = rows[rows.share.notna() & (rows.share > 0)]
    years = sorted(int(tables.load("production", r).year.max()) for r in held)
    rows = rows.assign(shown=rows.year.astype(int))
    agency = rows[rows.source_id.str.startswith("IEA") & (rows.year != years[-1])]  # one year only: it also stands for the latest
    rows = pd.concat([rows, agency.assign(shown=years[-1])], ignore_index=True)
    rows = rows[rows.shown.isin(years)].drop_duplicates(["mineral", "step", "shown", "area", "area_kind"])
    keys = ["mineral", "shown", "step"]
    countries = rows[rows.area_kind == "country"].sort_values("share", ascending=False)
    countries = countries.assign(place=countries.groupby(keys).cumcount()).query("place < @MOST")
    names = _named(pd.Index(sorted(set(rows.mineral))))
    drawn = pd.DataFrame(
        {
            "mineral": countries.mineral.map(names),
            "year": countries.shown,
            "step": countries.step,
            "area": countries.area,
            "standing": countries.iso3.map(coalitions.standing()).fillna(coalitions.ELSEWHERE),
            "share": countries.share.round(2),
            "rank": countries.place,
            "text": [
                f"{v:,.0f} t" + (f" ({q})" if isinstance(q, str) else "") for v, q in zip(countries.value, countries.qualifier, strict=True)
            ],
        }
    )
    told = countries.groupby(keys).first().reset_index()
    known = pd.MultiIndex.from_product([sorted(set(rows.mineral)), years, ["mine", "refinery"]], names=keys).to_frame(index=False)
    known = known.merge(told[[*keys, "what", "year", "source_id"]], on=keys, how="left")
    publisher = (
        tables.load("sources")
        .set_index("source_id")
        .publisher.replace({"US Geological Survey": "USGS", "International Energy Agency": "IEA"})
    )
    known["told"] = [
        f"{'At the mine' if r.step == 'mine' else 'After the mine'}|"
        + (f"{r.what.split(' (')[0]}|{int(r.year)}, {publisher[r.source_id]}" if isinstance(r.what, str) else "no country is published")
        for r in known.itertuples()
    ]
    known = pd.DataFrame({"mineral": known.mineral.map(names), "year": known.shown, "step": known.step, "told": known.told})
    now = countries[(countries.shown == years[-1]) & (countries.place == 0)].set_index(["mineral", "step"])
    at_both = [m for m in (FIRST, *names.index) if all((m, step) in now.index for step in ("mine", "refinery"))]
    first = at_both[0] if at_both else names.index[0]
    says = _says_of_chooser(now, first, names[first]) if at_both else "Who mines and who refines what: choose a mineral, a year and a step"
    table = (
        drawn.drop(columns="rank").rename(columns=str.capitalize).rename(columns={"Text": "Output", "Share": "Share of world output, %"})
    )
    return figure(
        chooser.producers(drawn, known, mineral=names[first]),
        says=says,
        table=table.assign(source_id=countries.source_id.to_numpy()),
        alt_text=(
            f"Bars of the largest producers of one mineral, at the mine on the left and after the mine on the right. Selects above choose among {len(names)} minerals, "
            f"the years {years[0]} to {years[-1]}, and the step."
        ),
    )


def _says_of_chooser(now: pd.DataFrame, mineral: str, name: str) -> str:
    """What the chooser shows first: the largest country at each step. now: rows by mineral and step."""
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
    says = capital(f"{count} of {in_words(len(ratio))} minerals cost at least half as much again as before China’s control{most}")
    table = rows.assign(
        mineral=rows.mineral.map(names),
        first=rows["first"].dt.strftime("%Y-%m-%d"),
        series=rows.series.fillna("–"),
        ratio=rows.mineral.map(ratio),
    )
    table = table.rename(
        columns={
            "mineral": "Mineral",
            "series": "Series",
            "basis": "Basis",
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
