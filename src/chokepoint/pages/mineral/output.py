"""Who makes a mineral at each step, and where those countries stand."""

import pandas as pd

from chokepoint.analysis import coalitions, supply, withheld
from chokepoint.data import tables
from chokepoint.pages import standings
from chokepoint.pages.amounts import capital, edition, listed, share, tons, with_article
from chokepoint.pages.components.figure import Figure, figure
from chokepoint.pages.components.section import Section
from chokepoint.pages.country_text import page_links
from chokepoint.pages.mineral_text import name, output_by_step, row_of

MOST = 8  # countries shown by name


def makers(mineral: str, release: str, step: str) -> Section | None:
    """Show the countries at one step; nothing where they are not known."""
    rows = output_by_step(mineral, release).get(step)
    if rows is None:
        return None
    what, year, first = rows.what.iloc[0].split(" (")[0], int(rows.year.iloc[0]), rows.iloc[0]
    heading = (
        "Who mines it"
        if step == "mine"
        else "Who refines it"
        if row_of(mineral).headline_stage == "mine"
        else "Who makes it"
    )
    what = f"refined {what.lower()}" if heading == "Who refines it" else what
    notes = []
    if rows.excludes_us.any():
        notes.append(
            "The printed world total leaves the United States out, whose figure is withheld, so the shares "
            "are a little too large."
        )
    if step == "refinery" and "Magnet" in rows.what.iloc[0]:
        notes.append(
            "The refining figures are the IEA’s and cover the four rare earths that go into magnets."
        )
    elif rows.source_id.str.startswith("IEA").any():
        notes.append("USGS prints no refining by country; these are the IEA’s figures for its base year.")
    counted = tables.load("products").query("mineral == @first.mineral and step == @step")
    notes += list(counted.why)
    notes += _beside(mineral, release, step)
    if (rows.qualifier == "withheld").any():
        notes.append(
            f"Withheld: {', '.join(with_article(a) for a in rows[rows.qualifier == 'withheld'].area)}."
        )
    named = rows[(rows.area_kind == "country") & (rows.value > 0)].iso3.head(MOST)
    return Section(
        heading, notes, release, _makers_figure(rows, what, year, first, step), (), page_links(named)
    )


def _beside(mineral: str, release: str, step: str) -> list[str]:
    """Of each form that is printed with a total of its own, who makes most of it."""
    rows = supply.forms(release)
    rows = rows[
        (rows.mineral == row_of(mineral).headline_mineral)
        & (rows.step == step)
        & (rows.area_kind == "country")
        & (rows.value > 0)
    ]
    verb = "mined" if step == "mine" else "made"
    return [
        f"Of {what.lower()} by itself, {tons(of.world.iloc[0])} in {int(of.year.iloc[0])}, most is {verb} in "
        f"{listed([f'{with_article(r.area)} ({share(r.share)})' for r in of.head(3).itertuples()])}."
        for what, of in rows.groupby("what", sort=False)
    ]


def _makers_figure(rows: pd.DataFrame, what: str, year: int, first: pd.Series, step: str) -> Figure:
    countries = rows[(rows.area_kind == "country") & (rows.value > 0)]
    shown, tail = countries.head(MOST), countries.iloc[MOST:]
    rest = rows[(rows.area_kind != "country") & (rows.value > 0)].value.sum() + tail.value.sum()
    standing = shown.iso3.map(coalitions.standing()).fillna(coalitions.ELSEWHERE)
    bars = pd.DataFrame({"area": shown.area, "standing": standing, "size": shown.share, "value": shown.value})
    if rest > 0:
        others = pd.DataFrame(
            [
                {
                    "area": "Others",
                    "standing": coalitions.NOT_NAMED,
                    "size": 100 * rest / first.world,
                    "value": rest,
                }
            ]
        )
        bars = pd.concat([bars, others], ignore_index=True)
    alone, kilograms = bool(first.alone), bool(first.kilograms)
    bars = bars.assign(
        text=[
            f"{share(s, alone)} · {tons(v, kilograms)}" for s, v in zip(bars["size"], bars.value, strict=True)
        ]
    )
    second = f", {with_article(shown.area.iloc[1])} {share(shown.share.iloc[1])}" if len(shown) > 1 else ""
    most = "nearly all" if shown.share.iloc[0] > 99 and second else share(shown.share.iloc[0], alone)
    title = (
        f"{capital(with_article(shown.area.iloc[0]))} made {most} of the world’s "
        f"{what[0].lower() + what[1:]} in {year}{second}"
    )
    if step == "mine":
        title = title.replace(" made ", " mined ")
    table = rows.assign(release=rows.release.map(edition))[
        ["area", "value", "share", "year", "release", "source_id"]
    ].rename(
        columns={
            "area": "Country",
            "value": "Output, t",
            "share": "Share of world, %",
            "year": "Year",
            "release": "Release",
        }
    )
    return figure(
        standings.producers(bars),
        name=f"makers-{step}",
        title=title,
        table=table,
        alt_text=f"Bars of output by country in {year}: "
        + "; ".join(f"{a} {s:.0f} percent" for a, s in zip(bars.area, bars["size"], strict=True))
        + ".",
    )


def inside(mineral: str, release: str) -> Section | None:
    """Where the makers stand towards the bloc."""
    rows, speaks = supply.by_standing(release), row_of(mineral).headline_mineral
    rows = rows[rows.mineral == speaks]
    if rows.empty:
        return None
    rows = rows.assign(mineral=capital(name(speaks)))
    last = "refinery" if "refinery" in set(rows.step) else "mine"
    at = rows[rows.step == last].set_index("standing").share.reindex(list(standings.COLOURS)).fillna(0)
    bloc, china = at[coalitions.SIGNED] + at[coalitions.CAME], at[coalitions.CHINA]
    least = "at least " if withheld.within(speaks, last, coalitions.club("came"), release) else ""
    title = (
        f"At the {last} the United States and all who signed or came have {least}{share(bloc)}, China "
        f"{share(china)}"
    )
    standing = coalitions.standing()
    groups = [{c for c, where in standing.items() if where == group} for group in rows.standing]
    unprinted = [
        ", ".join(withheld.within(speaks, step, group, release))
        for step, group in zip(rows.step, groups, strict=True)
    ]
    rows = rows.assign(product=rows.step.map(_products(row_of(mineral).headline_mineral, release)))
    table = rows[["step", "standing", "share"]].rename(
        columns={"step": "Step", "standing": "Who", "share": "Share, %"}
    )
    if any(unprinted):
        table[withheld.COLUMN] = unprinted
    sources = sorted(
        {
            s
            for step in set(rows.step)
            for s in supply.summary(release).sources[row_of(mineral).headline_mineral, step]
        }
        | {"S001"}
    )
    drawn = figure(
        standings.stacks(rows[["mineral", "step", "standing", "share", "product"]]),
        name="inside",
        title=title,
        table=table,
        sources=sources,
        alt_text="Stacked bars of world output: "
        + "; ".join(f"{r.step}, {r.standing} {r.share:.0f} percent" for r in rows.itertuples())
        + ".",
    )
    return Section(
        "Inside and outside the bloc",
        [
            "The [bloc](glossary#bloc) is counted in the widest way.",
            *_unlike(speaks, release),
            *_not_printed(speaks, set(rows.step), release),
        ],
        release,
        drawn,
    )


def _steps(mineral: str, release: str) -> dict[str, pd.Series]:
    """Return the summary of each step that is known."""
    summary = supply.summary(release).dropna(subset=["year"])
    return {
        step: summary.loc[(mineral, step)]
        for step in ("mine", "refinery")
        if (mineral, step) in summary.index
    }


def _products(mineral: str, release: str) -> dict[str, str]:
    """Return what each step counts, for the labels of bars.

    Nothing unless the two count different products.
    """
    steps = _steps(mineral, release)
    return (
        {step: supply.label(row.what) for step, row in steps.items()}
        if len({row.what for row in steps.values()}) > 1
        else {}
    )


def _not_printed(mineral: str, steps: set[str], release: str) -> list[str]:
    """Whose output inside the bloc counts as 0 because it is not printed, where there is any."""
    named = {
        step: withheld.within(mineral, step, coalitions.club("came"), release)
        for step in ("mine", "refinery")
        if step in steps
    }
    return [
        f"Output at the {step} of {' and '.join(with_article(a) for a in areas)} is not printed and counts "
        "as 0 here: the bloc has at least what is shown."
        for step, areas in named.items()
        if areas
    ]


def _unlike(mineral: str, release: str) -> list[str]:
    """Say that the two steps are not of one year, or not of one product, where it is so."""
    steps = _steps(mineral, release)
    if len(steps) < 2:
        return []
    mine, after = steps["mine"], steps["refinery"]
    apart = [f"years ({int(mine.year)} and {int(after.year)})"] if mine.year != after.year else []
    if mine.what != after.what:
        apart.append(f"products ({mine.what.split(' (')[0].lower()} and {after.what.split(' (')[0].lower()})")
    return (
        [
            f"The two bars are of different {' and of different '.join(apart)}: each is a share of its own "
            "total."
        ]
        if apart
        else []
    )
