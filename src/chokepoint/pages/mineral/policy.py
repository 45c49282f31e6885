"""What China controls of a mineral, and the public money in it."""

import pandas as pd
from markupsafe import Markup

from chokepoint.analysis.events import day
from chokepoint.data import tables
from chokepoint.pages import suspensions
from chokepoint.pages.components.listing import deals
from chokepoint.pages.components.section import Section
from chokepoint.pages.markup import chapters, fold, html_list
from chokepoint.pages.mineral_text import name, row_of


def controls(mineral: str, release: str, alone: bool = False) -> Section | None:
    """Chinese measures that name the mineral, oldest first; `alone`: not those on its group as a whole."""
    row, minerals = row_of(mineral), tables.load("minerals")
    named = {mineral, row.headline_mineral} | (
        set(minerals[minerals.group == row.group].mineral) if row.kind == "aggregate" else set()
    )
    links = tables.rows("control_minerals", mineral=named)
    rows = tables.rows("controls", control_id=links.control_id).query("published")
    rows = rows.sort_values("effective_date_start")
    own = (
        set(links[links.mineral == mineral].control_id)
        if row.headline_mineral != mineral
        else set(rows.control_id)
    )
    rows = rows[rows.control_id.isin(own)] if alone else rows
    if rows.empty:
        return None
    items, wider = (
        [_control(r) for r in rows[rows.control_id.isin(own) == mine].to_dict("records")]
        for mine in (True, False)
    )
    if not wider or not items:
        return Section("What China controls", [], release, None, items or wider)
    whole = name(row.headline_mineral)
    words = [f"Measures that name {name(mineral)}; those on the {whole} as a whole follow."]
    summary = f"{len(wider)} measure{'s' * (len(wider) > 1)} on the {whole} as a whole"
    return Section("What China controls", words, release, None, items, fold(summary, html_list(wider)))


def _control(row: dict) -> Markup:
    when = day(row, "effective_date") if pd.notna(row["effective_date_start"]) else day(row, "announced_date")
    return chapters.mineral_control(row, when, suspensions.until(row))


def money(mineral: str, release: str) -> Section | None:
    """Public money, nearly all from Washington, for projects with this mineral, oldest first."""
    items = deals(tables.rows("finance_minerals", mineral=mineral).finance_id)
    words = [
        "Loans, stakes and awards that name it. What is under discussion or a letter of interest is not "
        "money paid."
    ]
    return Section("Public money in it", words, release, None, items) if items else None
