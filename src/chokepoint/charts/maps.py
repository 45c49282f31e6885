"""Maps of the world: one that selects a country, and one on which a click lets a country in or out."""

import textwrap
from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt
import pandas as pd

from chokepoint.charts.layout import (
    NARROW,
    NOTHING,
    choice,
    click_on,
    key,
    px,
    py,
    scale_of,
    select,
    tooltips,
)
from chokepoint.charts.theme import BLOC, CHINA, GRID, INK, SOFT

WORLD = "World"
# Region → longitude and latitude of its middle, and how much larger than the whole world it is drawn.
VIEWS = {
    WORLD: (
        11,
        6.8,
        1.01,
    ),  # from Tierra del Fuego to the north of Greenland, in a map 0.44 times as high as it is wide
    "Africa": (18, 2, 2.3),
    "East Asia & Pacific": (145, 2, 1.55),
    "Europe & Central Asia": (40, 47, 2.8),
    "Latin America & Caribbean": (-68, -14, 2.1),
    "Middle East & North Africa": (28, 28, 3.0),
    "North America": (-98, 45, 2.3),
    "South Asia": (76, 22, 3.4),
}
SEA = (-17.0, 47.0)  # where the mark of a delegation stands that is no country: in the open Atlantic
NOBODY = "–"
_WHOLE = f"region == '{WORLD}'"
_HERE = f"region == '{WORLD}' || datum.region == region"
_PLACE = {"longitude": "lon:Q", "latitude": "lat:Q"}
_BAR = {"orient": "horizontal"}
# Height of the map; what is told of it is below.
_PANELLED = f"width * (region == '{WORLD}' ? 0.44 : {NARROW} ? 0.85 : 0.52)"
_BARRED = f"width * (region == '{WORLD}' ? 0.44 : {NARROW} ? 0.8 : 0.5)"


def points(topology: dict) -> pd.DataFrame:
    """Middles of the small countries: iso3, lon, lat [degrees]."""
    step = topology["transform"]["scale"][0]
    return pd.DataFrame(
        [
            *[
                (g["id"], *(step * v for v in g["coordinates"]))
                for g in topology["objects"]["dots"]["geometries"]
            ],
            ("EUE", *SEA),
        ],
        columns=["iso3", "lon", "lat"],
    )


def _projected(chart: alt.LayerChart, height: str) -> alt.LayerChart:
    """Project the chart as Equal Earth, in the region that the reader chose, cut off at `height`."""
    turn, up, zoom = ({region: view[i] for region, view in VIEWS.items()} for i in range(3))
    return chart.project(
        type="equalEarth",
        scale=alt.ExprRef(f"width / 5.42 * {zoom}[region]"),
        rotate=alt.ExprRef(f"[-{turn}[region], 0, 0]"),
        center=alt.ExprRef(f"[0, {up}[region]]"),
        translate=alt.ExprRef(f"[width / 2, ({height}) / 2]"),
        clipExtent=alt.ExprRef(f"[[0, 0], [width, {height}]]"),
    )


def _region(people: pd.DataFrame) -> alt.Parameter:
    """Make the select that moves the map to a region."""
    return select("region", "Region", [WORLD, *sorted(set(people.region))])


def _outlines(topology: dict) -> alt.InlineData:
    """Return the outlines of a TopoJSON as data of a chart."""
    return alt.InlineData(values=topology, format=alt.TopoDataFormat(type="topojson", feature="countries"))


def _land(people: pd.DataFrame, columns: Sequence[str]) -> alt.Chart:
    """Outlines of countries, with columns of theirs."""
    return (
        alt.Chart()
        .transform_calculate(iso3="datum.id")
        .transform_lookup("iso3", alt.LookupData(people, "iso3", list(columns)))
    )


def _split(land: alt.Chart, column: str, **ground: Any) -> tuple[alt.Chart, alt.Chart]:
    """Countries that are not in the table, as plain ground, and those that are, to be clicked."""
    return (
        land.transform_filter(f"!isValid(datum.{column})").mark_geoshape(
            fill=GRID, stroke=SOFT, strokeWidth=0.3, **ground
        ),
        land.transform_filter(f"isValid(datum.{column})").mark_geoshape(
            stroke=SOFT, strokeWidth=0.5, cursor="pointer"
        ),
    )


def _spots(chart: alt.Chart, size: float) -> alt.Chart:
    """Draw the small countries and the Union as dots. size: of one where the page is wide."""
    return chart.mark_point(
        size=alt.ExprRef(f"({_WHOLE} ? 1 : 3) * ({NARROW} ? 16 : {size})"),
        strokeWidth=1,
        stroke=SOFT,
        cursor="pointer",
    )


def delegations(
    topology: dict,
    people: pd.DataFrame,
    shares: pd.DataFrame,
    *,
    colours: Mapping[str, str],
    outlines: Mapping[str, str],
) -> alt.LayerChart:
    """Draw who came and who signed, and the panel of one country.

    people: iso3, country, region, kind (its colour), outline (its line, or none), papers (|-separated),
    status, narrow and wide (lists of lines that tell what it signed), page (an address). shares: iso3, what,
    share [%], rank from 0, the largest. colours, outlines: by kind and by outline, in the order of the
    legends.
    """
    listed = people[people.page != ""].sort_values("country")
    papers = sorted({paper for line in people.papers for paper in line.split("|") if paper})
    paper = select("paper", "Has signed", ["any or none", *papers])
    chosen = choice(
        "country", "iso3", "country", dict(zip(listed.iso3, listed.country, strict=True)), "ARG", "Country"
    )
    columns = ["country", "region", "kind", "outline", "papers", "status"]
    fill = alt.Fill(
        "kind:N",
        scale=scale_of(colours),
        legend=_squares((1, 3), symbolStrokeColor=SOFT, symbolStrokeWidth=1),
    )
    below = {"orient": "none", "legendX": 0, "legendY": alt.ExprRef(f"{_PANELLED} + 2")}
    stroke = alt.Stroke(
        "outline:N", scale=scale_of(outlines), legend=_squares(1, symbolStrokeWidth=2, **below)
    )
    signed = "paper == 'any or none' || indexof('|' + datum.papers + '|', '|' + paper + '|') >= 0"
    fade = alt.condition(f"({_HERE}) && ({signed})", alt.value(1), alt.value(0.18))
    tips = tooltips({"country": "Country", "status": "Status"})
    land = _land(people, columns)
    ground, filled = _split(land, "kind", strokeOpacity=0.5)
    filled = filled.encode(fill=fill, opacity=fade, tooltip=tips).add_params(chosen)
    small = people[people.kind.notna()].merge(points(topology), on="iso3")[["iso3", *columns, "lon", "lat"]]
    dots = alt.Chart(small).transform_filter(_HERE)
    shape = alt.condition("datum.iso3 == 'EUE'", alt.value("diamond"), alt.value("circle"))
    halo = dots.transform_filter(chosen).mark_point(size=220, stroke=INK, strokeWidth=2, filled=False)
    chart = alt.layer(
        ground,
        filled,
        land.transform_filter("isValid(datum.outline)")
        .mark_geoshape(filled=False, strokeWidth=1.4)
        .encode(stroke=stroke, opacity=fade, tooltip=tips),
        land.transform_filter(chosen).mark_geoshape(filled=False, stroke=INK, strokeWidth=2),
        _spots(dots, 34).encode(**_PLACE, fill=fill, opacity=fade, tooltip=tips, shape=shape),
        halo.encode(**_PLACE),
        dots.transform_filter("datum.iso3 == 'EUE'")
        .mark_text(align="right", dx=-8, fontSize=11, color=SOFT)
        .encode(**_PLACE, text=alt.value("EU")),
        *_panel(listed, shares, chosen),
        data=_outlines(topology),
    ).add_params(
        _region(listed), paper, alt.param(name="height", expr=f"{_PANELLED} + ({NARROW} ? 350 : 230)")
    )
    return _projected(chart, _PANELLED)


def _squares(columns: int | tuple[int, int], **legend: Any) -> alt.Legend:
    return key(columns, labelLimit=330, symbolType="square", **legend)


def _panel(people: pd.DataFrame, shares: pd.DataFrame, chosen: alt.Parameter) -> list[alt.Chart]:
    """Draw what is told of the country chosen: its name, status and texts, and bars of its largest shares."""
    one = alt.Chart(people[["iso3", "country", "status", "narrow", "wide", "page"]]).transform_filter(chosen)
    top, left = f"{_PANELLED} + 52", {"align": "left", "baseline": "top"}
    begin, wide = f"({NARROW} ? 0 : 0.54 * width)", f"({NARROW} ? width : 0.46 * width)"
    row = f"{_PANELLED} + ({NARROW} ? 216 : 80)"
    words = one.transform_calculate(
        lines=f"{NARROW} ? datum.narrow : datum.wide",
        link="datum.country + ': all that is held →'",
        start=begin,
    ).transform_calculate(under=f"{top} + 62 + 17 * length(datum.lines)")

    def text(chart: alt.Chart, x: alt.X | alt.XValue, y: str | alt.Y, what: Any, **style: Any) -> alt.Chart:
        return chart.mark_text(**left, **style).encode(
            x, (alt.YValue(alt.ExprRef(y)) if isinstance(y, str) else y), text=what
        )

    edge, heading = alt.XValue(0), alt.value("Largest shares of world output")
    page = text(words, edge, py("under"), "link:N", color=INK, cursor="pointer", fontWeight=600)
    unpublished = alt.FieldOneOfPredicate("iso3", sorted(set(people.iso3) - set(shares.iso3)))
    bar = (
        alt.Chart(shares)
        .transform_filter(chosen)
        .transform_calculate(
            from_=f"{begin} + 150",
            to=f"{begin} + 150 + datum.share / 100 * ({wide} - 200)",
            down=f"{row} + 26 * datum.rank",
            label="format(datum.share, datum.share < 10 ? '.1f' : '.0f') + '%'",
            start=begin,
        )
    )
    return [
        text(words, edge, f"{top} + 0", "country:N", fontSize=17, fontWeight="bold"),
        text(words, edge, f"{top} + 26", "status:N", color=SOFT),
        text(words, edge, f"{top} + 52", "lines:N", lineHeight=17),
        page.encode(href="page:N", tooltip="link:N"),
        text(
            alt.Chart(NOTHING).transform_filter("!isValid(country.iso3)"),
            edge,
            top,
            alt.value("Click a country, or choose one above."),
            color=SOFT,
        ),
        text(words, px("start"), f"{row} - 28", heading, color=SOFT),
        bar.mark_bar(color=BLOC, height=15, **_BAR).encode(
            px("from_"),
            alt.X2("to:Q"),
            py("down"),
            tooltip=tooltips({"what": "What", "share": ("Share of world output, %", ".1f")}),
        ),
        bar.mark_text(align="left", limit=144, color=INK).encode(
            px("start"), py("down"), text=alt.Text("what:N")
        ),
        bar.mark_text(align="left", dx=6, color=INK).encode(px("to"), py("down"), text=alt.Text("label:N")),
        text(
            words.transform_filter(unpublished),
            px("start"),
            f"{row} - 8",
            alt.value("none is published"),
            color=SOFT,
        ),
    ]


_SWAP = {"param": "swap", "empty": False}
MEMBER = {"or": [{"and": ["datum.base", {"not": _SWAP}]}, {"and": ["!datum.base", _SWAP]}]}
ROW = 50  # pixels a mineral: two bars


def membership(
    topology: dict, people: pd.DataFrame, shares: pd.DataFrame, *, clubs: Mapping[str, str], start: str
) -> alt.LayerChart:
    """Draw a map on which each click lets a country in or out, and bars that add up what is inside.

    people: iso3, country, region, and a true/false column for each key of clubs. shares: mineral, at (its
    row), step, iso3, share [%], product (what a bar counts, of a mineral whose two bars count different
    things; else nothing). clubs: key → name. start: the club to begin with.
    """
    listed = people.sort_values("country")
    swap = alt.selection_point(
        name="swap", fields=["iso3"], on=click_on("country"), toggle="true", clear="dblclick", empty=False
    )
    columns, base = ["country", "region", *clubs], "(datum[club] === true) != (datum.iso3 == also)"
    tips = tooltips({"country": "Country"})
    ground, drawn = _split(_land(people, columns).transform_calculate(base=base), "country")
    drawn = drawn.encode(fill=alt.FillValue(BLOC), tooltip=tips).add_params(swap)
    dots = alt.Chart(people.merge(points(topology), on="iso3")).transform_filter(_HERE)
    dots = _spots(dots.transform_calculate(base=base), 30).encode(
        **_PLACE, tooltip=tips, fill=alt.FillValue(BLOC)
    )
    drawn.encoding.fill = dots.encoding.fill = {
        "condition": [{"test": MEMBER, "value": BLOC}, {"test": "datum.iso3 == 'CHN'", "value": CHINA}],
        "value": "transparent",
    }
    bottom = 70 + ROW * (int(shares["at"].max()) + 1)
    chart = alt.layer(
        ground,
        drawn,
        dots,
        *_bars(shares, alt.LookupData(people, "iso3", columns), base),
        data=_outlines(topology),
    ).add_params(
        select("club", "Start from", clubs, start),
        select(
            "also", "Let in or out", {NOBODY: NOBODY} | dict(zip(listed.iso3, listed.country, strict=True))
        ),
        _region(people),
        alt.param(name="height", expr=f"{_BARRED} + {bottom}"),
    )
    return _projected(chart, _BARRED)


def _bars(shares: pd.DataFrame, inside: alt.LookupData, base: str) -> list[alt.Chart]:
    """Bars of what is inside, from the left, and of China, where it is not inside, from the right."""
    begin, wide = "184", "(width - 184)"
    keys = ["mineral", "at", "step", "product"]
    shares = shares.assign(mineral=["\n".join(textwrap.wrap(name, 12)) for name in shares.mineral])
    nobody = shares[keys].drop_duplicates().assign(iso3="", share=0.0)
    rows = (
        alt.Chart(pd.concat([shares, nobody], ignore_index=True))
        .transform_lookup("iso3", inside)
        .transform_calculate(base=base)
    )
    down = f"{_BARRED} + 62 + {ROW} * datum.at + (datum.step == 'mine' ? 0 : 20)"
    sums = (
        rows.transform_filter({"or": [MEMBER, "datum.iso3 == ''"]})
        .transform_aggregate(inside="sum(share)", groupby=keys)
        .transform_calculate(
            most="min(datum.inside, 100)",  # rounded figures may add up to more
            from_=begin,
            to=f"{begin} + datum.most / 100 * {wide}",
            down=down,
            label="datum.inside > 99 ? '>99%' : format(datum.inside, '.0f') + '%'",
            left="178",
        )
    )
    outside = (
        rows.transform_filter("datum.iso3 == 'CHN'")
        .transform_filter({"not": MEMBER})
        .transform_calculate(from_=f"width - datum.share / 100 * {wide}", to="width", down=down)
    )
    tracks = alt.Chart(nobody[keys]).transform_calculate(
        from_=begin, to="width", down=down, at_="148", left="0"
    )

    def bar(chart: alt.Chart, tips: Mapping | None = None, **style: Any) -> alt.Chart:
        return chart.mark_bar(height=16, **_BAR, **style).encode(
            px("from_"), alt.X2("to:Q"), py("down"), **({"tooltip": tooltips(tips)} if tips else {})
        )

    small = {"align": "right", "fontSize": 11}
    return [
        bar(tracks, color=GRID, opacity=0.55),
        bar(sums, {"mineral": "Mineral", "step": "Step", "most": ("Inside, %", ".1f")}, color=BLOC),
        bar(outside, {"mineral": "mineral", "share": ("China, %", ".1f")}, color=CHINA),
        sums.mark_text(fontWeight="bold", color=INK, **small).encode(
            px("left"), py("down"), text=alt.Text("label:N")
        ),
        tracks.transform_filter("datum.step == 'mine' && !datum.product")
        .transform_calculate(mid="datum.down + 10 - 6.5 * (length(split(datum.mineral, '\\n')) - 1)")
        .mark_text(align="left", limit=104, lineBreak="\n", lineHeight=13, color=INK)
        .encode(px("left"), py("mid"), text=alt.Text("mineral:N")),
        tracks.transform_calculate(label="datum.product ? datum.product : datum.step")
        .mark_text(color=SOFT, limit=148, **small)
        .encode(px("at_"), py("down"), text=alt.Text("label:N")),
        _count(sums, len(nobody) // 2),
    ]


def _count(sums: alt.Chart, minerals: int) -> alt.Chart:
    """How many minerals have more than half inside."""
    half = sums.transform_calculate(
        mined="datum.step == 'mine' && datum.inside > 50", refined="datum.step != 'mine' && datum.inside > 50"
    )
    mined, refined = "datum.mined", "datum.refined"
    short = [
        f"'Inside: more than half of ' + {mined} + ' minerals'",
        f"'mined, ' + {refined} + ' refined, of {minerals} with both figures'",
    ]
    long = [
        f"'Inside: more than half of the output of ' + {mined} + ' minerals at the mine'",
        f"'and of ' + {refined} + ' after it, of {minerals} with figures for both'",
    ]
    half = half.transform_aggregate(mined="sum(mined)", refined="sum(refined)").transform_calculate(
        lines=f"cp_column < 680 ? [{', '.join(short)}] : [{', '.join(long)}]"
    )
    words = half.mark_text(align="left", baseline="top", fontWeight="bold", lineHeight=16)
    return words.encode(alt.XValue(0), alt.YValue(alt.ExprRef(f"{_BARRED} + 10")), text=alt.Text("lines:N"))
