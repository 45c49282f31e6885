"""What is not published of a mineral, and ways on from its page."""

import html

from chokepoint import tables
from chokepoint.chapters.mineral.market import prices
from chokepoint.charts.figure import link
from chokepoint.measures import reliance
from chokepoint.prose.mineral import name, output_by_step, row_of, uncounted
from chokepoint.prose.sections import Section, with_article


def not_published(mineral: str, release: str) -> Section:
    """What the sources do not say of this mineral."""
    output, row = output_by_step(mineral, release), row_of(mineral)
    gaps = []
    if row.headline_mineral != mineral:
        gaps.append(f"Output of {name(mineral)} by itself: only the total of the {name(row.headline_mineral)} is published.")
    if not output:
        gaps.append(_output_missing(mineral, release))
    elif "refinery" not in output:
        gaps.append("Who refines it: neither USGS nor the IEA prints refining by country.")
    elif "mine" not in output:
        gaps.append("Who mines it: USGS prints output at the plant only.")
    for step, rows in output.items():
        if (rows.qualifier == "withheld").any():
            gaps.append(
                f"Output of {with_article(rows[rows.qualifier == 'withheld'].area.iloc[0])} at the {step}: withheld, because it would disclose a company's data."
            )
    if prices(mineral, release) is None:
        gaps.append(f"What it costs: USGS prints no price of {name(mineral)}.")
    stated = reliance.speaks_for(mineral, release)
    if stated is None:
        gaps.append("How far the United States depends on imports of it.")
    elif stated != mineral:
        gaps.append(f"How far the United States depends on imports of it alone: only the figure of the {name(stated)} is published.")
    gaps.append("How much lies in stockpiles, in China or elsewhere, and who ends up buying.")
    return Section("What is not published", [], release, None, [html.escape(g) for g in gaps])


def _output_missing(mineral: str, release: str) -> str:
    if uncounted(mineral, release):
        return "How much the world makes in all: countries report different forms, which USGS does not add up."
    table = tables.load("production", release)
    total = ((table.mineral == mineral) & (table.area_kind == "world") & table.value.notna()).any()
    return "Which countries make it." if total else "World output, by country or in all."


def read_on(mineral: str, release: str) -> Section:
    """Ways on from here."""
    ways = [
        f'<a href="{link("04-project-vault")}">Project Vault</a>: what its money would buy, and how long a stock lasts',
        f'<a href="{link("01-dependence")}">Why minerals became leverage</a>, and where this one stands among them',
        f'<a href="{link("05-frameworks")}">What each country signed</a>, and what that brings inside',
        f'<a href="{link("06-china-responses")}">What Beijing did and can do</a>',
        *_magnet_chapters(mineral),
        f'<a href="{link("08-since-february")}">What has happened since February</a>, to the newest dated event',
        f'<a href="{link("evidence")}">The evidence</a> for every number, and the <a href="{link("glossary")}">glossary</a>',
        f'<a href="{link("minerals")}">All minerals</a> and <a href="{link("countries")}">all countries</a>, to search and sort',
    ]
    return Section("Read on", [], release, None, ways)


def _magnet_chapters(mineral: str) -> list[str]:
    """The chapters whose models are about rare earths, for the rare earths."""
    if row_of(mineral).group != "rare earths":
        return []
    return [
        f'<a href="{link("03-price-floor")}">How a price floor would work</a>, with the oxide of magnets as its example',
        f'<a href="{link("07-futures")}">How fast separation could be built</a> outside China',
    ]
