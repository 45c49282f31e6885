"""What is not published of a mineral, and ways on from its page."""

import html

from chokepoint.chapters.mineral.market import prices
from chokepoint.charts.figure import link
from chokepoint.measures import reliance
from chokepoint.prose.mineral import made, name, row_of
from chokepoint.prose.sections import Section, with_article


def not_published(mineral: str, release: str) -> Section:
    """What the sources do not say of this mineral."""
    output, row = made(mineral, release), row_of(mineral)
    gaps = []
    if row.headline_mineral != mineral:
        gaps.append(f"Output of {name(mineral)} by itself: only the total of the {name(row.headline_mineral)} is published.")
    if not output:
        gaps.append("World output, by country or in all.")
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
    if reliance.lines(release).query("mineral == @mineral").empty:
        gaps.append("How far the United States depends on imports of it.")
    gaps.append("How much lies in stockpiles, in China or elsewhere, and who ends up buying.")
    return Section("What is not published", [], release, None, [html.escape(g) for g in gaps])


def read_on(mineral: str, release: str) -> Section:
    """Ways on from here."""
    ways = [
        f'<a href="{link("04-project-vault")}">Project Vault</a>: how long a stock would last if a mineral were cut',
        f'<a href="{link("01-dependence")}">Why minerals became leverage</a>, and where this one stands among them',
        f'<a href="{link("05-frameworks")}">What each country signed</a>, and what that brings inside',
        f'<a href="{link("06-china-responses")}">What Beijing did and can do</a>',
        f'<a href="{link("minerals")}">All minerals</a> and <a href="{link("countries")}">all countries</a>, to search and sort',
    ]
    return Section("Read on", [], release, None, ways)
