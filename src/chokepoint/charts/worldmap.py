"""A map of the world, with a panel under it that tells of the country chosen: by a click, or in the select above."""

from collections.abc import Mapping, Sequence

import altair as alt
import pandas as pd

from chokepoint.charts.theme import BLOC, GRID, INK, SOFT, choice

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
NARROW = "cp_column < 560"
SEA = (-17.0, 47.0)  # where the mark of a delegation stands that is no country: in the open Atlantic
_MAP = (
    f"width * (region == '{WORLD}' ? 0.44 : {NARROW} ? 0.85 : 0.52)"  # height of the map; the panel is below
)


def shapes(topology: dict) -> alt.InlineData:
    """The outlines of a TopoJSON as data of a chart."""
    return alt.InlineData(values=topology, format=alt.TopoDataFormat(type="topojson", feature="countries"))


def points(topology: dict) -> pd.DataFrame:
    """Middles of the small countries: iso3, lon, lat [degrees]."""
    step = topology["transform"]["scale"][0]
    rows = [
        (g["id"], *(step * v for v in g["coordinates"])) for g in topology["objects"]["dots"]["geometries"]
    ]
    return pd.DataFrame([*rows, ("EUE", *SEA)], columns=["iso3", "lon", "lat"])


def projected(chart: alt.LayerChart, height: str) -> alt.LayerChart:
    """The chart in the Equal Earth projection, in the region that the reader chose, cut off at `height`."""
    turn, up, zoom = ({region: view[i] for region, view in VIEWS.items()} for i in range(3))
    return chart.project(
        type="equalEarth",
        scale=alt.ExprRef(f"width / 5.42 * {zoom}[region]"),
        rotate=alt.ExprRef(f"[-{turn}[region], 0, 0]"),
        center=alt.ExprRef(f"[0, {up}[region]]"),
        translate=alt.ExprRef(f"[width / 2, ({height}) / 2]"),
        clipExtent=alt.ExprRef(f"[[0, 0], [width, {height}]]"),
    )


def region_select(regions: Sequence[str]) -> alt.Parameter:
    """The select that moves the map to a region."""
    return alt.param(
        name="region", value=WORLD, bind=alt.binding_select(options=[WORLD, *regions], name="Region ")
    )


def delegations(
    topology: dict,
    people: pd.DataFrame,
    shares: pd.DataFrame,
    *,
    colours: Mapping[str, str],
    outlines: Mapping[str, str],
) -> alt.LayerChart:
    """The map of who came and who signed, and the panel of one country.

    people: iso3, country, region, kind (its colour), outline (its line, or none), papers (|-separated), status, narrow and wide
    (lists of lines that tell what it signed), page (an address). shares: iso3, what, share [%], rank from 0, the largest.
    colours, outlines: by kind and by outline, in the order of the legends.
    """
    known = people[people.page != ""].sort_values("country")
    regions = sorted(set(known.region))
    kinds = sorted({p for told in people.papers for p in told.split("|") if p})
    paper = alt.param(
        name="paper",
        value="any or none",
        bind=alt.binding_select(options=["any or none", *kinds], name="Has signed "),
    )
    chosen = choice(
        "country", "iso3", "country", dict(zip(known.iso3, known.country, strict=True)), "ARG", "Country"
    )
    shown = f"(region == '{WORLD}' || datum.region == region) && (paper == 'any or none' || indexof('|' + datum.papers + '|', '|' + paper + '|') >= 0)"
    columns = ["country", "region", "kind", "outline", "papers", "status"]
    fill = alt.Fill("kind:N", scale=_scale(colours), legend=_legend(3))
    tips = [alt.Tooltip("country:N", title="Country"), alt.Tooltip("status:N", title="Status")]
    fade = alt.condition(shown, alt.value(1), alt.value(0.18))
    land = (
        alt.Chart()
        .transform_calculate(iso3="datum.id")
        .transform_lookup("iso3", alt.LookupData(people, "iso3", columns))
    )
    ground = land.transform_filter("!isValid(datum.kind)").mark_geoshape(
        fill=GRID, stroke=SOFT, strokeWidth=0.3, strokeOpacity=0.5
    )
    filled = land.transform_filter("isValid(datum.kind)").mark_geoshape(
        stroke=SOFT, strokeWidth=0.5, cursor="pointer"
    )
    filled = filled.encode(fill=fill, opacity=fade, tooltip=tips).add_params(chosen)
    lines = land.transform_filter("isValid(datum.outline)").mark_geoshape(filled=False, strokeWidth=1.4)
    lines = lines.encode(stroke=_stroke(outlines), opacity=fade, tooltip=tips)
    ring = land.transform_filter(chosen).mark_geoshape(filled=False, stroke=INK, strokeWidth=2)
    small = people[people.kind.notna()].merge(points(topology), on="iso3")[["iso3", *columns, "lon", "lat"]]
    dots = alt.Chart(small).transform_filter(f"region == '{WORLD}' || datum.region == region")
    size = alt.ExprRef(f"(region == '{WORLD}' ? 1 : 3) * ({NARROW} ? 16 : 34)")
    at = {"longitude": "lon:Q", "latitude": "lat:Q"}
    spots = dots.mark_point(size=size, strokeWidth=1, stroke=SOFT, cursor="pointer").encode(
        **at,
        fill=fill,
        opacity=fade,
        tooltip=tips,
        shape=alt.condition("datum.iso3 == 'EUE'", alt.value("diamond"), alt.value("circle")),
    )
    halo = (
        dots.transform_filter(chosen)
        .mark_point(size=220, stroke=INK, strokeWidth=2, filled=False)
        .encode(**at)
    )
    union = dots.transform_filter("datum.iso3 == 'EUE'").mark_text(
        align="right", dx=-8, fontSize=11, color=SOFT
    )
    union = union.encode(**at, text=alt.value("EU"))
    height = alt.param(name="height", expr=f"{_MAP} + ({NARROW} ? 350 : 230)")
    layers = [ground, filled, lines, ring, spots, halo, union, *_panel(known, shares, chosen)]
    return projected(
        alt.layer(*layers, data=shapes(topology)).add_params(region_select(regions), paper, height), _MAP
    )


def _panel(people: pd.DataFrame, shares: pd.DataFrame, chosen: alt.Parameter) -> list[alt.Chart]:
    """What is told of the country chosen: its name, status and texts, and bars of its largest shares."""
    one = alt.Chart(people[["iso3", "country", "status", "narrow", "wide", "page"]]).transform_filter(chosen)
    top = f"{_MAP} + 52"
    words = one.transform_calculate(
        lines=f"{NARROW} ? datum.narrow : datum.wide", link="datum.country + ': all that is held \u2192'"
    )
    left = {"align": "left", "baseline": "top"}

    def line(text: str, down: int, **style) -> alt.Chart:
        return words.mark_text(**left, **style).encode(
            alt.XValue(0), alt.YValue(alt.ExprRef(f"{top} + {down}")), text=f"{text}:N"
        )

    head = line("country", 0, fontSize=17, fontWeight="bold")
    page = (
        words.transform_calculate(under=f"{top} + 62 + 17 * length(datum.lines)")
        .mark_text(**left, color=INK, cursor="pointer", fontWeight=600)
        .encode(
            alt.XValue(0),
            alt.Y("under:Q", scale=None, axis=None),
            text="link:N",
            href="page:N",
            tooltip="link:N",
        )
    )
    hint = (
        alt.Chart({"values": [{}]}).transform_filter("!isValid(country.iso3)").mark_text(**left, color=SOFT)
    )
    hint = hint.encode(
        alt.XValue(0), alt.YValue(alt.ExprRef(top)), text=alt.value("Click a country, or choose one above.")
    )
    bar = alt.Chart(shares).transform_filter(chosen)
    begin, wide = f"({NARROW} ? 0 : 0.54 * width)", f"({NARROW} ? width : 0.46 * width)"
    row = f"{_MAP} + ({NARROW} ? 216 : 80)"
    bar = bar.transform_calculate(
        from_=f"{begin} + 150",
        to=f"{begin} + 150 + datum.share / 100 * ({wide} - 200)",
        down=f"{row} + 26 * datum.rank",
        told="format(datum.share, datum.share < 10 ? '.1f' : '.0f') + ' %'",
        start=begin,
    )
    y = alt.Y("down:Q", scale=None, axis=None)
    tip = [
        alt.Tooltip("what:N", title="What"),
        alt.Tooltip("share:Q", title="Share of world output, %", format=".1f"),
    ]
    bars = bar.mark_bar(color=BLOC, height=15, orient="horizontal").encode(
        alt.X("from_:Q", scale=None, axis=None), alt.X2("to:Q"), y, tooltip=tip
    )
    names = bar.mark_text(align="left", limit=144, color=INK).encode(
        alt.X("start:Q", scale=None, axis=None), y, text="what:N"
    )
    figures = bar.mark_text(align="left", dx=6, color=INK).encode(
        alt.X("to:Q", scale=None, axis=None), y, text="told:N"
    )
    title = words.transform_calculate(start=begin).mark_text(**left, color=SOFT)
    title = title.encode(
        alt.X("start:Q", scale=None, axis=None),
        alt.YValue(alt.ExprRef(f"{row} - 28")),
        text=alt.value("Largest shares of world output"),
    )
    none = words.transform_filter(
        alt.FieldOneOfPredicate("iso3", sorted(set(people.iso3) - set(shares.iso3)))
    )
    none = none.transform_calculate(start=begin).mark_text(**left, color=SOFT)
    none = none.encode(
        alt.X("start:Q", scale=None, axis=None),
        alt.YValue(alt.ExprRef(f"{row} - 8")),
        text=alt.value("none is published"),
    )
    return [
        head,
        line("status", 26, color=SOFT),
        line("lines", 52, lineHeight=17),
        page,
        hint,
        title,
        bars,
        names,
        figures,
        none,
    ]


def _scale(colours: Mapping[str, str]) -> alt.Scale:
    return alt.Scale(domain=list(colours), range=list(colours.values()))


def _legend(columns: int) -> alt.Legend:
    return alt.Legend(
        title=None,
        columns=alt.ExprRef(f"{NARROW} ? 1 : {columns}"),
        labelLimit=330,
        symbolStrokeColor=SOFT,
        symbolStrokeWidth=1,
        symbolType="square",
    )


def _stroke(outlines: Mapping[str, str]) -> alt.Stroke:
    legend = alt.Legend(
        title=None,
        columns=1,
        labelLimit=330,
        symbolType="square",
        symbolStrokeWidth=2,
        orient="none",
        legendX=0,
        legendY=alt.ExprRef(f"{_MAP} + 2"),
    )
    return alt.Stroke("outline:N", scale=_scale(outlines), legend=legend)
