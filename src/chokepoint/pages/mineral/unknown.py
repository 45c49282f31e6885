"""What is not published of a mineral, and ways on from its page."""

import pandas as pd

from chokepoint.analysis import reliance
from chokepoint.data import tables
from chokepoint.pages.amounts import with_article
from chokepoint.pages.components.section import HOW_AND_WHERE, Section
from chokepoint.pages.mineral.market import prices
from chokepoint.pages.mineral_text import name, output_by_step, row_of, uncounted


def not_published(mineral: str, release: str, alone: bool = False) -> Section | None:
    """List what the sources do not say of this mineral; nothing where they say it all.

    alone: not what they say of its group, on whose page that is told.
    """
    output, row = output_by_step(mineral, release), row_of(mineral)
    gaps, grouped = [], row.headline_mineral != mineral
    if grouped and not alone:
        gaps.append(
            f"Output of {name(mineral)} by itself: only the total of the {name(row.headline_mineral)} is "
            "published."
        )
    if not (grouped and alone):
        gaps += _steps_missing(mineral, release, output)
    if prices(mineral, release) is None:
        gaps.append(f"What it costs: USGS prints no price of {name(mineral)}.")
    stated = reliance.speaks_for(mineral, release)
    if stated is None:
        gaps.append("How far the United States depends on imports of it.")
    elif stated != mineral and not alone:
        gaps.append(
            "How far the United States depends on imports of it alone: only the figure of the "
            f"{name(stated)} is published."
        )
    return Section("What is not published", [], release, None, gaps) if gaps else None


def _steps_missing(mineral: str, release: str, output: dict[str, pd.DataFrame]) -> list[str]:
    """Say of which step the output is not published, and whose is withheld."""
    gaps = []
    if not output:
        gaps.append(_output_missing(mineral, release))
    elif "refinery" not in output:
        gaps.append("Who refines it: neither USGS nor the IEA prints refining by country.")
    elif "mine" not in output:
        gaps.append("Who mines it: USGS prints output at the plant only.")
    for step, rows in output.items():
        if (rows.qualifier == "withheld").any():
            gaps.append(
                f"Output of {with_article(rows[rows.qualifier == 'withheld'].area.iloc[0])} at the {step}: "
                "withheld, because it would disclose a company’s data."
            )
    return gaps


def _output_missing(mineral: str, release: str) -> str:
    if uncounted(mineral, release):
        return (
            "How much the world makes in all: countries report different forms, which USGS does not add up."
        )
    table = tables.load("production", release)
    total = ((table.mineral == mineral) & (table.area_kind == "world") & table.value.notna()).any()
    return "Which countries make it." if total else "World output, by country or in all."


def read_on(mineral: str, release: str) -> Section:
    """Ways on from here."""
    ways = [
        *_magnet_chapters(mineral),
        "[Why minerals became leverage](01-dependence), and [Project Vault](04-project-vault)",
        "[What each country signed](05-frameworks), and [what Beijing did](06-china-responses)",
        "[What has happened since February](08-since-february)",
        *HOW_AND_WHERE,
    ]
    return Section("Read on", [], release, None, ways)


def _magnet_chapters(mineral: str) -> list[str]:
    """Name the chapters whose models are about rare earths, for the rare earths."""
    if row_of(mineral).group != "rare earths":
        return []
    return [
        "[How a price floor would work](03-price-floor), with the oxide of magnets as its example",
        "[What would you do?](07-futures), and what the IEA expects of refining",
    ]
