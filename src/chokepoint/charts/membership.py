"""Who is inside is the reader's choice: a map on which each click lets a country in or out, and bars that add up what is inside."""

import textwrap
from collections.abc import Mapping

import altair as alt
import pandas as pd

from chokepoint.charts.theme import BLOC, CHINA, GRID, INK, SOFT, click_on
from chokepoint.charts.worldmap import NARROW, WORLD, points, projected, region_select, shapes

ROW = 50  # pixels a mineral: two bars
_MAP = f"width * (region == '{WORLD}' ? 0.44 : {NARROW} ? 0.8 : 0.5)"
NOBODY = "–"
_SWAP = {"param": "swap", "empty": False}
MEMBER = {"or": [{"and": ["datum.base", {"not": _SWAP}]}, {"and": ["!datum.base", _SWAP]}]}


def membership(topology: dict, people: pd.DataFrame, shares: pd.DataFrame, *, clubs: Mapping[str, str], start: str) -> alt.LayerChart:
    """The map and the bars.

    people: iso3, country, region, and a true/false column for each key of clubs. shares: mineral, at (its row), step, iso3, share [%],
    product (what a bar counts, of a mineral whose two bars count different things; else nothing).
    clubs: key → name. start: the club to begin with.
    """
    named = people.sort_values("country")
    club = alt.param(
        name="club", value=start, bind=alt.binding_select(options=list(clubs), labels=list(clubs.values()), name="Start from ")
    )
    also = alt.param(
        name="also",
        value=NOBODY,
        bind=alt.binding_select(options=[NOBODY, *named.iso3], labels=[NOBODY, *named.country], name="Let in or out "),
    )
    swap = alt.selection_point(name="swap", fields=["iso3"], on=click_on("country"), toggle="true", clear="dblclick", empty=False)
    columns = ["country", "region", *clubs]
    base = "(datum[club] === true) != (datum.iso3 == also)"
    inside = alt.LookupData(people, "iso3", columns)
    land = alt.Chart().transform_calculate(iso3="datum.id").transform_lookup("iso3", inside).transform_calculate(base=base)
    colour = {"condition": [{"test": MEMBER, "value": BLOC}, {"test": "datum.iso3 == 'CHN'", "value": CHINA}], "value": "transparent"}
    tips = [alt.Tooltip("country:N", title="Country")]
    ground = land.transform_filter("!isValid(datum.country)").mark_geoshape(fill=GRID, stroke=SOFT, strokeWidth=0.3)
    drawn = land.transform_filter("isValid(datum.country)").mark_geoshape(stroke=SOFT, strokeWidth=0.5, cursor="pointer")
    drawn = drawn.encode(fill=alt.FillValue(BLOC), tooltip=tips).add_params(swap)
    drawn.encoding.fill = colour
    small = people.merge(points(topology), on="iso3")
    dots = alt.Chart(small).transform_filter(f"region == '{WORLD}' || datum.region == region").transform_calculate(base=base)
    size = alt.ExprRef(f"(region == '{WORLD}' ? 1 : 3) * ({NARROW} ? 16 : 30)")
    dots = dots.mark_point(size=size, strokeWidth=1, stroke=SOFT, cursor="pointer").encode(
        longitude="lon:Q", latitude="lat:Q", tooltip=tips, fill=alt.FillValue(BLOC)
    )
    dots.encoding.fill = colour
    count = int(shares["at"].max()) + 1
    height = alt.param(name="height", expr=f"{_MAP} + {70 + ROW * count}")
    layers = [ground, drawn, dots, *_bars(shares, inside, base)]
    return projected(
        alt.layer(*layers, data=shapes(topology)).add_params(club, also, region_select(sorted(set(people.region))), height), _MAP
    )


def _bars(shares: pd.DataFrame, inside: alt.LookupData, base: str) -> list[alt.Chart]:
    """A bar of what is inside for each mineral and step, from the left; China's, where it is not inside, from the right."""
    begin, wide = "178", "(width - 178)"
    keys = ["mineral", "at", "step", "product"]
    shares = shares.assign(mineral=["\n".join(textwrap.wrap(name, 12)) for name in shares.mineral])
    nobody = shares[keys].drop_duplicates().assign(iso3="", share=0.0)
    rows = alt.Chart(pd.concat([shares, nobody], ignore_index=True))
    rows = rows.transform_lookup("iso3", inside).transform_calculate(base=base)
    held = rows.transform_filter({"or": [MEMBER, "datum.iso3 == ''"]}).transform_aggregate(inside="sum(share)", groupby=keys)
    put = f"{_MAP} + 62 + {ROW} * datum.at + (datum.step == 'mine' ? 0 : 20)"
    held = held.transform_calculate(
        inside="min(datum.inside, 100)",  # rounded figures may add up to more
        from_=begin,
        to=f"{begin} + min(datum.inside, 100) / 100 * {wide}",
        down=put,
        told="datum.inside > 99 ? '>99 %' : format(datum.inside, '.0f') + ' %'",
    )
    y = alt.Y("down:Q", scale=None, axis=None)

    def x(field: str) -> alt.X:
        return alt.X(f"{field}:Q", scale=None, axis=None)

    tips = [
        alt.Tooltip("mineral:N", title="Mineral"),
        alt.Tooltip("step:N", title="Step"),
        alt.Tooltip("inside:Q", title="Inside, %", format=".1f"),
    ]
    ways = alt.Chart(nobody[keys]).transform_calculate(from_=begin, to="width", down=put)
    track = ways.mark_bar(height=16, color=GRID, opacity=0.55, orient="horizontal").encode(x("from_"), alt.X2("to:Q"), y)
    bars = held.mark_bar(height=16, color=BLOC, orient="horizontal").encode(x("from_"), alt.X2("to:Q"), y, tooltip=tips)
    china = rows.transform_filter("datum.iso3 == 'CHN'").transform_filter({"not": MEMBER})
    china = china.transform_calculate(from_=f"width - datum.share / 100 * {wide}", to="width", down=put)
    red = china.mark_bar(height=16, color=CHINA, orient="horizontal").encode(
        x("from_"), alt.X2("to:Q"), y, tooltip=[alt.Tooltip("mineral:N"), alt.Tooltip("share:Q", title="China, %", format=".1f")]
    )
    figure = held.transform_calculate(left="172").mark_text(align="right", fontWeight="bold", fontSize=11, color=INK)
    figures = figure.encode(x("left"), y, text="told:N")
    label = ways.transform_calculate(at_="134")
    names = label.transform_filter("datum.step == 'mine' && !datum.product").transform_calculate(
        mid="datum.down + 10 - 6.5 * (length(split(datum.mineral, '\\n')) - 1)", left="0"
    )
    names = names.mark_text(align="left", limit=104, lineBreak="\n", lineHeight=13, color=INK).encode(
        x("left"), alt.Y("mid:Q", scale=None, axis=None), text="mineral:N"
    )
    steps = label.transform_calculate(said="datum.product ? datum.product : datum.step")
    steps = steps.mark_text(align="right", fontSize=11, color=SOFT, limit=134).encode(x("at_"), y, text="said:N")
    half = held.transform_calculate(mined="datum.step == 'mine' && datum.inside > 50", refined="datum.step != 'mine' && datum.inside > 50")
    half = half.transform_aggregate(mined="sum(mined)", refined="sum(refined)").transform_calculate(
        told=f"cp_column < 680 ? ['Inside: more than half of ' + datum.mined + ' minerals mined,', 'of ' + datum.refined + ' refined, of {len(nobody) // 2} with both figures'] : "
        f"['Inside: more than half of the output of ' + datum.mined + ' minerals at the mine', 'and of ' + datum.refined + ' after it, of {len(nobody) // 2} with figures for both']"
    )
    said = half.mark_text(align="left", baseline="top", fontWeight="bold", lineHeight=16).encode(
        alt.XValue(0), alt.YValue(alt.ExprRef(f"{_MAP} + 10")), text="told:N"
    )
    return [track, bars, red, figures, names, steps, said]
