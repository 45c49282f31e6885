"""What China controls of a mineral, and the public money in it."""

import html

import pandas as pd

from chokepoint.data import tables
from chokepoint.pages import suspensions
from chokepoint.pages.amounts import date, source
from chokepoint.pages.components.listing import day, deals
from chokepoint.pages.components.section import Section, capital, with_article
from chokepoint.pages.mineral_text import name, row_of


def controls(mineral: str, release: str) -> Section | None:
    """Chinese measures that name the mineral, oldest first."""
    row, minerals = row_of(mineral), tables.load("minerals")
    named = {mineral, row.headline_mineral} | (
        set(minerals[minerals.group == row.group].mineral) if row.kind == "aggregate" else set()
    )
    links = tables.rows("control_minerals", mineral=named)
    rows = tables.rows("controls", control_id=links.control_id).query("published")
    rows = rows.sort_values("effective_date_start")
    if rows.empty:
        return None
    own = (
        set(links[links.mineral == mineral].control_id)
        if row.headline_mineral != mineral
        else set(rows.control_id)
    )
    items, wider = (
        [_control(r) for r in rows[rows.control_id.isin(own) == mine].to_dict("records")]
        for mine in (True, False)
    )
    if not wider or not items:
        return Section("What China controls", [], release, None, items or wider)
    whole = name(row.headline_mineral)
    said = [f"Measures that name {name(mineral)}; those on the {whole} as a whole follow."]
    rest = "".join(f"<li>{i}</li>" for i in wider)
    fold = f'<details class="cp-numbers"><summary>{len(wider)} measures on the {html.escape(whole)} as a whole</summary><ul>{rest}</ul></details>'
    return Section("What China controls", said, release, None, items, fold)


def _control(row: dict) -> str:
    when = day(row, "effective_date") if pd.notna(row["effective_date_start"]) else day(row, "announced_date")
    until = suspensions.until(row)
    effect = "" if pd.isna(row["observed_effect"]) else f" {html.escape(row['observed_effect'])}."
    never = " It had not begun to apply." if row["took_effect"] == "no" else ""
    return (
        f"<b>{when}</b>. {html.escape(capital(row['instrument']))}: {html.escape(row['items'])}, for {html.escape(with_article(row['target']))}. "
        f"{html.escape(capital(row['status']))} as of {date(row['as_of'])}{', ' + html.escape(until) if until else ''}.{never}{effect} {source(row['source_id'], row['legal_reference'])}"
    )


def money(mineral: str, release: str) -> Section | None:
    """Public money, nearly all from Washington, for projects with this mineral, oldest first."""
    items = deals(tables.rows("finance_minerals", mineral=mineral).finance_id)
    words = [
        "Loans, stakes and awards that name it. What is under discussion or a letter of interest is not money paid."
    ]
    return Section("Public money in it", words, release, None, items) if items else None
