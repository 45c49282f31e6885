"""Sums by firmness: a rung a state, a piece of its bar a deal, and a panel on the deal chosen."""

from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt
import pandas as pd

from chokepoint.charts.layout import ALL, NARROW, choice, color, key, palette, px, py, select, tooltips
from chokepoint.charts.narrow import raised, too_long, two_lines
from chokepoint.charts.theme import INK, PAPER, SOFT

ROW, GAP, PANEL = 52, 34, 150  # pixels: a rung, the heading of a group of rungs, the panel


def stacked_rungs(
    pieces: pd.DataFrame,
    *,
    colours: Mapping[str, str],
    groups: Mapping[str, Sequence[str]],
    first: str,
    unit: str,
    pale: Sequence[str],
) -> alt.LayerChart:
    """Draw bars of pieces, and the panel.

    pieces: rung, deal (its id), name, short (in its piece), payer, kind (coloured), amount, narrow and wide
    (lines that tell of it). colours: by kind. groups: heading → its rungs, in order. first: the deal in the
    panel at first. unit: of the amounts. pale: kinds that want dark letters.
    """
    down, heads, at = {}, [], 0
    for heading, members in groups.items():
        heads.append({"name": heading, "down": at + 18})
        at += GAP
        for rung in members:
            down[rung] = at + 26
            at += ROW
    placed = pieces.assign(
        order=pieces.rung.map(list(down).index),
        size=pieces.amount.rank(method="first"),
        down=pieces.rung.map(down),
    ).sort_values(["order", "size"], ascending=[True, False])
    deals = placed.drop_duplicates("deal").sort_values("name")
    colours = palette(placed, "kind", colours)
    deal = choice("deal", "deal", "deal", dict(zip(deals.deal, deals.name, strict=True)), first, "Deal")
    narrowed = f"(kind == '{ALL}' || datum.kind == kind) && (payer == '{ALL}' || datum.payer == payer)"
    rows = alt.Chart(placed).transform_filter(narrowed)
    rows = rows.transform_stack(
        stack="amount",
        groupby=["rung"],
        sort=[alt.SortField("size", order="descending")],
        offset="zero",
        as_=["begin", "end"],
    )
    scale = f"/ {placed.groupby('rung').amount.sum().max()} * (width - 78)"
    rows = rows.transform_calculate(
        a=f"datum.begin {scale}", b=f"max(datum.end {scale}, datum.begin {scale} + 1)"
    )
    bar = {"orient": "horizontal", "height": 22, "stroke": PAPER, "strokeWidth": 0.6, "cursor": "pointer"}
    ink = alt.condition(alt.FieldOneOfPredicate("kind", list(pale)), alt.value("#22252a"), alt.value("white"))
    sums = rows.transform_aggregate(
        total="sum(amount)", last="max(b)", groupby=["rung", "down"]
    ).transform_calculate(label="format(datum.total / 1000, datum.total < 9950 ? '.1f' : '.0f') + ' bn'")
    words = [
        _words([{"name": rung, "down": place - 19} for rung, place in down.items()], color=INK),
        _words(heads, 13, fontWeight="bold", color=SOFT),
    ]
    return (
        alt.layer(
            rows.mark_bar(**bar)
            .encode(
                px("a"),
                alt.X2("b:Q"),
                py("down"),
                color("kind", colours, key((2, 6), labelLimit=220)),
                tooltip=tooltips({"name": "Deal", "amount": (unit, ",.4~g"), "rung": "State"}),
            )
            .add_params(deal),
            rows.transform_filter(deal)
            .mark_bar(height=24, orient="horizontal", filled=False, stroke=INK, strokeWidth=2)
            .encode(px("a"), alt.X2("b:Q"), py("down")),
            rows.transform_filter("datum.b - datum.a > 7.2 * length(datum.short)")
            .transform_calculate(mid="datum.a + 6")
            .mark_text(align="left", fontSize=11)
            .encode(px("mid"), py("down"), text=alt.Text("short:N"), color=ink),
            words[0],
            sums.mark_text(align="left", dx=6, fontWeight="bold", color=INK).encode(
                px("last"), py("down"), text=alt.Text("label:N")
            ),
            words[1],
            *_panel(deals, deal, at),
        )
        .add_params(
            select("kind", "Instrument", [ALL, *colours]),
            select("payer", "Who pays", [ALL, *sorted(set(placed.payer))]),
        )
        .properties(height=at + PANEL)
    )


def _words(names: list[dict], size: float = 12, **style: Any) -> alt.Chart:
    """Names at the left, each at its place `down` [px]."""
    words = (
        alt.Chart(pd.DataFrame(names))
        .transform_calculate(lines=two_lines("name", size))
        .mark_text(align="left", dy=raised("name", 0, size), **style)
    )
    return words.encode(alt.XValue(0), py("down"), text=alt.Text("lines:N"))


def _panel(deals: pd.DataFrame, deal: alt.Parameter, top: int) -> list[alt.Chart]:
    """Draw what is told of the deal chosen: its name, and lines of text."""
    size = 16  # 15, and bold
    one = (
        alt.Chart(deals[["deal", "name", "narrow", "wide"]])
        .transform_filter(deal)
        .transform_calculate(
            lines=f"{NARROW} ? datum.narrow : datum.wide",
            head=two_lines("name", size),
            under=f"{too_long('name', size)} ? {top + 64} : {top + 46}",
        )
    )
    style = {"align": "left", "baseline": "top"}
    return [
        one.mark_text(fontSize=15, fontWeight="bold", lineHeight=18, **style).encode(
            alt.XValue(0), alt.YValue(top + 22), text=alt.Text("head:N")
        ),
        one.mark_text(lineHeight=17, color=INK, **style).encode(
            alt.XValue(0), py("under"), text=alt.Text("lines:N")
        ),
    ]
