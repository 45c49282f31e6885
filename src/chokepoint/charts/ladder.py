"""Sums on a ladder of firmness: a rung a state, a piece of its bar a deal, and a panel that tells of the deal chosen."""

from collections.abc import Mapping, Sequence

import altair as alt
import pandas as pd

from chokepoint.charts.narrow import raised, too_long, two_lines
from chokepoint.charts.theme import INK, SOFT, choice

NARROW = "cp_column < 560"
ROW, GAP, PANEL = 52, 34, 150  # pixels: a rung, the heading of a group of rungs, the panel
ALL = "all"


def ladder(
    pieces: pd.DataFrame,
    *,
    colours: Mapping[str, str],
    groups: Mapping[str, Sequence[str]],
    first: str,
    unit: str,
    pale: Sequence[str],
) -> alt.LayerChart:
    """Bars of pieces, and the panel.

    pieces: rung, deal (its id), name, short (in its piece), payer, kind (coloured), amount, narrow and wide (lines that tell of it). colours: by kind.
    groups: heading → its rungs, in order. first: the deal told of at first. unit: of the amounts. pale: kinds that want dark letters.
    """
    rungs = [rung for group in groups.values() for rung in group]
    down, heads, at = {}, [], 0
    for heading, members in groups.items():
        heads.append({"heading": heading, "down": at + 18})
        at += GAP
        for rung in members:
            down[rung] = at + 26
            at += ROW
    placed = pieces.assign(
        order=pieces.rung.map(rungs.index),
        size=pieces.amount.rank(method="first"),
        down=pieces.rung.map(down),
    ).sort_values(["order", "size"], ascending=[True, False])
    deals = placed.drop_duplicates("deal").sort_values("name")
    kinds = [k for k in colours if k in set(placed.kind)]
    kind = alt.param(
        name="kind", value=ALL, bind=alt.binding_select(options=[ALL, *kinds], name="Instrument ")
    )
    payers = sorted(set(placed.payer))
    payer = alt.param(
        name="payer", value=ALL, bind=alt.binding_select(options=[ALL, *payers], name="Who pays ")
    )
    deal = choice("deal", "deal", "deal", dict(zip(deals.deal, deals.name, strict=True)), first, "Deal")
    most = placed.groupby("rung").amount.sum().max()
    shown = "(kind == 'all' || datum.kind == kind) && (payer == 'all' || datum.payer == payer)"
    rows = alt.Chart(placed).transform_filter(shown)
    rows = rows.transform_stack(
        stack="amount",
        groupby=["rung"],
        sort=[alt.SortField("size", order="descending")],
        offset="zero",
        as_=["begin", "end"],
    )
    scale = f"/ {most} * (width - 78)"
    rows = rows.transform_calculate(
        a=f"datum.begin {scale}", b=f"max(datum.end {scale}, datum.begin {scale} + 1)"
    )

    def x(field: str) -> alt.X:
        return alt.X(f"{field}:Q", scale=None, axis=None)

    y = alt.Y("down:Q", scale=None, axis=None)
    colour = alt.Color(
        "kind:N",
        scale=alt.Scale(domain=kinds, range=[colours[k] for k in kinds]),
        legend=alt.Legend(title=None, columns=alt.ExprRef(f"{NARROW} ? 2 : 6"), labelLimit=220),
    )
    tips = [
        alt.Tooltip("name:N", title="Deal"),
        alt.Tooltip("amount:Q", title=unit, format=",.4~g"),
        alt.Tooltip("rung:N", title="State"),
    ]
    bars = rows.mark_bar(height=22, orient="horizontal", stroke="#fcfcf9", strokeWidth=0.6, cursor="pointer")
    bars = bars.encode(x("a"), alt.X2("b:Q"), y, colour, tooltip=tips).add_params(deal)
    ring = rows.transform_filter(deal).mark_bar(
        height=24, orient="horizontal", filled=False, stroke=INK, strokeWidth=2
    )
    ring = ring.encode(x("a"), alt.X2("b:Q"), y)
    ink = alt.condition(alt.FieldOneOfPredicate("kind", list(pale)), alt.value("#22252a"), alt.value("white"))
    wide = rows.transform_filter("datum.b - datum.a > 7.2 * length(datum.short)")
    inside = (
        wide.transform_calculate(mid="datum.a + 6")
        .mark_text(align="left", fontSize=11)
        .encode(x("mid"), y, text="short:N", color=ink)
    )
    names = alt.Chart(
        pd.DataFrame({"rung": rungs, "down": [down[r] - 19 for r in rungs]})
    ).transform_calculate(said=two_lines("rung"))
    names = names.mark_text(align="left", dy=raised("rung", 0), color=INK).encode(
        alt.XValue(0), y, text="said:N"
    )
    sums = rows.transform_aggregate(
        total="sum(amount)", last="max(b)", deals="count()", groupby=["rung", "down"]
    )
    sums = sums.transform_calculate(
        told="format(datum.total / 1000, datum.total < 9950 ? '.1f' : '.0f') + ' bn'"
    )
    totals = sums.mark_text(align="left", dx=6, fontWeight="bold", color=INK).encode(
        x("last"), y, text="told:N"
    )
    titles = (
        alt.Chart(pd.DataFrame(heads))
        .transform_calculate(said=two_lines("heading", 13))
        .mark_text(align="left", dy=raised("heading", 0, 13), fontWeight="bold", color=SOFT)
        .encode(alt.XValue(0), y, text="said:N")
    )
    one = alt.Chart(deals[["deal", "name", "narrow", "wide"]]).transform_filter(deal)
    head = two_lines("name", 16)  # 15, and bold
    under = f"{too_long('name', 16)} ? {at + 64} : {at + 46}"
    one = one.transform_calculate(lines=f"{NARROW} ? datum.narrow : datum.wide", head=head, under=under)
    style = {"align": "left", "baseline": "top"}
    told = [
        one.mark_text(**style, fontSize=15, fontWeight="bold", lineHeight=18).encode(
            alt.XValue(0), alt.YValue(at + 22), text="head:N"
        ),
        one.mark_text(**style, lineHeight=17, color=INK).encode(
            alt.XValue(0), alt.Y("under:Q", scale=None, axis=None), text="lines:N"
        ),
    ]
    return (
        alt.layer(bars, ring, inside, names, totals, titles, *told)
        .add_params(kind, payer)
        .properties(height=at + PANEL)
    )
