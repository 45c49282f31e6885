"""What a chart draws of a small table: where each mark stands, which words it has, and what it leaves out."""

import altair as alt
import pandas as pd
import pytest
from altair.utils import schemapi

from chokepoint.charts import beside, flow, narrow, timeline
from chokepoint.charts.bars import bars, columns, columns_and_floor, paired_bars, stacked_bars, stacked_pairs
from chokepoint.charts.curves import curves
from chokepoint.charts.decades import _ends, _step, decades
from chokepoint.charts.dots import dots
from chokepoint.charts.dumbbell import dumbbell, durations, forecast_change, ratio_dots, two_steps
from chokepoint.charts.gantt import gantt, terms
from chokepoint.charts.layout import NOTHING
from chokepoint.charts.levels import levels
from chokepoint.charts.lines import growth, lines
from chokepoint.charts.months import BAR, _labelled_on_phone, months
from chokepoint.charts.multiples import _widest, multiples
from chokepoint.charts.narrow import LETTER, SIZE
from chokepoint.charts.paths import datasets, paths
from chokepoint.charts.rungs import ALL, stacked_rungs
from chokepoint.charts.slope import slope
from chokepoint.charts.theme import BRONZE, TEAL
from chokepoint.charts.tiles import COLUMNS, HEADING, TILE, _placed
from chokepoint.charts.years import share_lines, stacked_years


@pytest.fixture(autouse=True)
def unchecked(monkeypatch):
    """Charts are not held to the schema of Vega-Lite: other tests do that, and it takes most of the time."""
    monkeypatch.setattr(schemapi, "validate_jsonschema", lambda *_, **__: None)


def held(spec: dict, *columns: str) -> list[tuple]:
    """Cells of every row of a chart's data that has all of these columns."""
    rows = [row for table in spec["datasets"].values() for row in table]
    return [tuple(row[c] for c in columns) for row in rows if all(c in row for c in columns)]


def rows_of(layer: dict, spec: dict) -> list[dict]:
    """The rows that a layer draws."""
    return spec["datasets"][layer["data"]["name"]]


def titles(layer: dict) -> dict[str, str]:
    """Column → title, of a layer's tooltip."""
    return {tip["field"]: tip["title"] for tip in layer["encoding"]["tooltip"]}


# --- bars


def test_bars_end_at_the_longest_with_room_and_begin_at_nought():
    spec = bars(pd.DataFrame({"m": ["tin", "lead"], "t": [30, 12]}), x="t", y="m", room=1.5).to_dict()
    assert spec["layer"][0]["encoding"]["x"]["scale"]["domain"] == [0, 45]
    wide = bars(pd.DataFrame({"m": ["tin"], "t": [30]}), x="t", y="m", end=100).to_dict()
    assert wide["layer"][0]["encoding"]["x"]["scale"]["domain"] == [0, 100]
    nothing = bars(pd.DataFrame({"m": ["tin"], "t": [0.0]}), x="t", y="m").to_dict()
    low, high = nothing["layer"][0]["encoding"]["x"]["scale"]["domain"]
    assert low == 0 < high


@pytest.mark.parametrize("label, said", [("61%, a year before 70%", "', '"), ("61% · " + "9" * 26, "' · '")])
def test_the_words_of_a_bar_end_at_their_first_part_on_a_narrow_screen(label, said):
    rows = pd.DataFrame({"m": ["United Arab Emirates"], "t": [30], "label": [label]})
    (cut,) = bars(rows, x="t", y="m", label="label").to_dict()["layer"][1]["transform"]
    assert said in cut["calculate"] and str(narrow.NARROWEST) in cut["calculate"]


def paired(first: list[float], second: list[float], level: float) -> dict:
    rows = pd.DataFrame({"m": ["tin", "lead"], "a": first, "b": second, "detail": "x"})
    drawn = paired_bars(
        rows,
        y="m",
        pair={"a": "Use", "b": "Imports"},
        x_title="Days",
        level=level,
        level_label="two months",
        detail="detail",
    )
    return drawn.to_dict()


def test_two_bars_of_a_row_stand_under_each_other_and_the_line_across_both_leaves_the_names_free():
    spec = paired([30, 10], [100, 80], 60)
    edges = {(r, w): (t, b) for r, w, t, b in held(spec, "m", "which", "top", "low")}
    pieces = held(spec, "up", "low", "level")
    for at, mineral in enumerate(["tin", "lead"]):
        (first, above), (second, below) = edges[mineral, "Use"], edges[mineral, "Imports"]
        assert first < above < second < below
        up, low, level = sorted(p for p in pieces if p[2] == 60 and round(p[0]) == at)[0]
        assert level == 60 and up <= first and low >= below
        assert up > at - 0.18  # where the name stands


def test_a_number_that_the_line_would_cross_stands_behind_the_line():
    spec = paired([30, 58], [100, 61], 60)
    beside = {(r, w): (v, at) for r, w, v, at in held(spec, "m", "which", "value", "beside")}
    assert beside["lead", "Use"] == (58, 60)  # its words would begin just before the line
    assert all(at == v for key, (v, at) in beside.items() if key != ("lead", "Use"))
    assert spec["layer"][0]["encoding"]["x"]["scale"]["domain"] == [0, pytest.approx(115)]
    far = paired([30, 20], [40, 10], 60)
    assert far["layer"][0]["encoding"]["x"]["scale"]["domain"] == [0, pytest.approx(69)]


def test_parts_of_a_bar_begin_where_the_one_before_ends_in_the_order_of_the_colours():
    rows = pd.DataFrame(
        {
            "group": ["b", "b", "a", "a", "a"],
            "kind": ["no", "yes"] + ["open", "no", "yes"],
            "n": [3, 2, 4, 0, 1],
        }
    )
    colours = {"yes": "#000000", "open": "#ffffff", "no": "#888888"}
    spec = stacked_bars(
        rows,
        x="n",
        y="group",
        color="kind",
        colours=colours,
        order=["a", "b"],
        x_title="Texts",
        tooltip={"kind": "Kind"},
    ).to_dict()
    assert sorted(held(spec, "at", "kind", "left", "right")) == [
        (0, "open", 1, 5),
        (0, "yes", 0, 1),
        (1, "no", 2, 5),
        (1, "yes", 0, 2),
    ]
    assert dict(held(spec, "kind", "ink")) == {"yes": "#ffffff", "open": "#22252a", "no": "#ffffff"}


STANDINGS = {"Bloc": "#111111", "Others": "#777777", "China": "#ee1111"}


def stacked(shares: dict[tuple[str, str], list[float]], **product) -> dict:
    rows = pd.DataFrame(
        [
            {"mineral": mineral, "step": step, "standing": standing, "share": share}
            for (mineral, step), parts in shares.items()
            for standing, share in zip(STANDINGS, parts, strict=True)
        ]
    )
    rows = rows.assign(product=rows.mineral.map(product)) if product else rows
    return stacked_pairs(rows, colours=STANDINGS, left="Bloc", right="China", x_title="World").to_dict()


def written(spec: dict) -> dict[tuple, str]:
    """(mineral, step, standing) → what is written on the bar."""
    return {key[:3]: key[3] for key in held(spec, "mineral", "step", "standing", "text")}


def test_all_of_the_world_is_written_as_100_only_where_nobody_else_makes_any():
    spec = stacked(
        {
            ("Gallium", "refinery"): [0, 0.4, 99.6],
            ("Yttrium", "mine"): [0, 0, 100],
            ("Tin", "mine"): [60, 20, 20],
            ("Lead", "mine"): [0, 1, 99],
        }
    )
    assert written(spec) == {
        ("Gallium", "refinery", "China"): ">99",
        ("Yttrium", "mine", "China"): "100",
        ("Tin", "mine", "China"): "20",
        ("Tin", "mine", "Bloc"): "60",
        ("Lead", "mine", "China"): "99",
    }


def test_a_share_is_written_at_its_end_of_the_bar_where_there_is_room_for_it():
    spec = stacked({("Tin", "mine"): [12, 80, 11], ("Lead", "mine"): [11.9, 76.1, 12]})
    assert written(spec) == {("Tin", "mine", "Bloc"): "12", ("Lead", "mine", "China"): "12"}
    at = {key[:2]: key[2] for key in held(spec, "mineral", "text", "share")}
    assert at["Tin", "12"] == 0 and at["Lead", "12"] == 100


def test_the_axis_of_stacked_bars_holds_them_whole():
    for parts, end in (([50, 20, 30], 100), ([50, 23, 30], 103)):
        for layer in stacked({("Tin", "mine"): parts})["layer"]:
            assert layer["encoding"]["x"]["scale"]["domain"] == [0, end]


def test_bars_that_count_unlike_products_are_named_by_them_and_others_by_their_step():
    both = {(m, s): [50, 20, 30] for m in ("Tin", "Boron") for s in ("mine", "refinery")}
    spec = stacked(both, Boron="Borates")
    names = {(m, s, t) for m, s, share, t in held(spec, "mineral", "step", "share", "text") if share == 0}
    assert {n for n in names if n[2] in ("Borates", "mine", "refinery")} == {
        ("Tin", "mine", "mine"),
        ("Tin", "refinery", "refinery"),
        ("Boron", "mine", "Borates"),
        ("Boron", "refinery", "Borates"),
    }


def test_the_value_of_a_column_stands_inside_it_where_it_is_high_and_the_floor_is_on_the_axis():
    rows = pd.DataFrame({"year": ["2022", "2025"], "price": [64.0, 9.0], "label": ["64", "9"]})
    spec = columns(rows, y_title="US$").to_dict()
    assert spec["layer"][0]["encoding"]["y"]["scale"]["domain"] == [0, pytest.approx(1.15 * 64)]
    inside, over = (layer["transform"][0]["filter"] for layer in spec["layer"][1:])
    assert over == f"!({inside})" and float(inside.split(">")[1]) == pytest.approx(0.23 * 64)
    floor = columns_and_floor(rows.assign(gap=[0, 101]), 110, floor_label="floor").to_dict()
    assert floor["layer"][1]["layer"][0]["encoding"]["y"]["scale"]["domain"] == [0, pytest.approx(126.5)]


# --- curves


def curve(**more) -> list[dict]:
    lines = {"cost": ("Cost", "#000000"), "gain": ("Gain", "#ff0000")}
    view = curves("price", lines, x_title="Price", y_title="US$", **more)
    return view(alt.Chart(NOTHING)).to_dict(validate=False)["layer"]


def marks(layers: list[dict]) -> list[str]:
    return [layer["mark"]["type"] for layer in layers]


def test_a_word_beside_the_dot_and_a_level_are_drawn_where_they_are_asked_for():
    assert marks(curve()) == ["line", "circle"] * 2
    assert marks(curve(level="10")) == ["rule", *["line", "circle"] * 2]
    worded = curve(word="'here'")
    assert marks(worded) == [*["line", "circle"] * 2, "text"]
    words = {t["as"]: t["calculate"] for t in worded[-1]["transform"]}
    assert words == {"x_now": "price", "y_now": "cost", "word": "'here'"}
    above, under = (curve(word="'here'", below=below)[-1]["mark"]["dy"] for below in (False, True))
    assert above < 0 < under


def test_curves_are_told_apart_by_a_key_only_where_there_are_several():
    assert curve()[0]["encoding"]["color"]["legend"]["symbolType"] == "stroke"
    one = curves("price", {"cost": ("Cost", "#000000")}, x_title="Price", y_title="US$")
    alone = one(alt.Chart(NOTHING)).to_dict(validate=False)["layer"][0]
    assert alone["encoding"]["color"]["legend"] is None and alone["mark"]["interpolate"] == "linear"
    assert curve(step=True)[0]["mark"]["interpolate"] == "step-after"


# --- decades and years


def century(**series: dict[int, float]) -> pd.DataFrame:
    return pd.DataFrame(
        [(name, year, value) for name, of in series.items() for year, value in of.items()],
        columns=["series", "year", "value"],
    )


def test_a_line_is_broken_where_a_year_is_missing_and_nowhere_else():
    spec = decades(century(tin={1903: 4, 1900: 1, 1901: 2, 1904: 5}, lead={1902: 1, 1903: 2})).to_dict()
    runs = {(s, y): run for s, y, run in held(spec, "series", "year", "run")}
    assert runs["tin", 1900] == runs["tin", 1901] != runs["tin", 1903] == runs["tin", 1904]
    assert runs["lead", 1902] == runs["lead", 1903]


def test_the_end_of_a_line_is_its_newest_value_clear_of_the_next():
    rows = century(tin={2020: 90, 2021: 50}, lead={2020: 80, 2021: 49}, zinc={2020: 3, 2019: 4})
    ends = _ends(rows, [], "year", "value", None, "%").set_index("series")
    assert ends.end.to_dict() == {"zinc": "3%", "lead": "49%", "tin": "50%"}
    room = 0.065 * 90
    assert ends.clear.to_dict() == pytest.approx({"zinc": 3, "lead": 49, "tin": 49 + room})
    fixed = _ends(rows, [], "year", "value", 200, "").set_index("series").clear  # the axis ends at 200
    assert fixed.to_dict() == pytest.approx({"zinc": 3, "lead": 49, "tin": 62})


@pytest.mark.parametrize(
    "value, said", [(1234.4, "1,234"), (10, "10"), (9.96, "10"), (9.44, "9.4"), (0.123, "0.12")]
)
def test_the_number_at_the_end_of_a_line_has_no_more_figures_than_it_bears(value, said):
    assert list(_ends(century(tin={2021: value}), [], "year", "value", None, "").end) == [said]


def test_years_stand_at_round_numbers_further_apart_where_there_are_many():
    assert _step([1900, 1930]).endswith("? 10 : 5") and _step([1900, 1931]).endswith("? 20 : 10")
    spec = decades(century(tin={1901: 1, 1951: 2})).to_dict()
    x = spec["layer"][0]["encoding"]["x"]
    assert x["axis"]["values"]["expr"].startswith("sequence(1910, 1951, ")
    assert x["scale"]["domain"] == [1901, 1956]


def test_what_is_chosen_at_first_is_the_first_by_name_unless_one_is_named():
    rows = century(tin={2020: 1, 2021: 2}, lead={2020: 3, 2021: 4}).assign(goods=lambda r: "of " + r.series)
    (chosen,) = (p for p in decades(rows, pick="goods").to_dict()["params"] if p["name"] == "goods")
    assert chosen["value"] == "of lead" and chosen["bind"]["options"] == ["of lead", "of tin"]
    (chosen,) = (p for p in decades(rows, pick="goods", first="of tin").to_dict()["params"])
    assert chosen["value"] == "of tin"
    assert dict(held(decades(rows, pick="goods").to_dict(), "series", "at")) == {"tin": 0, "lead": 0}
    assert "params" not in decades(rows).to_dict()


def test_columns_of_a_year_are_stacked_from_nought_in_the_order_of_the_colours():
    rows = pd.DataFrame(
        {"year": [2023, 2023, 2024, 2024], "to": ["US", "China"] * 2, "value": [1.0, 2.0, 4.0, 3.0]}
    )
    spec = stacked_years(rows, value="value", by="to", colours={"China": "red", "US": "blue"}, y_title="US$")
    spec = spec.to_dict()
    assert {(y, to): (low, up) for y, to, low, up in held(spec, "year", "to", "low", "up")} == {
        (2023, "China"): (0, 2),
        (2023, "US"): (2, 3),
        (2024, "China"): (0, 3),
        (2024, "US"): (3, 7),
    }
    assert spec["encoding"]["y"]["scale"]["domain"] == [0, pytest.approx(7.35)]
    edges = {y: (left, right) for y, left, right in held(spec, "year", "left", "right")}
    assert edges[2023][0] < 2023 < edges[2023][1] < edges[2024][0] < 2024 < edges[2024][1]


def test_lines_of_shares_have_gaps_and_only_those_of_the_last_year_have_their_number():
    rows = pd.DataFrame(
        {
            "name": ["Japan"] * 3 + ["Union"] * 3 + ["Bloc"],
            "year": [2020, 2021, 2024, 2022, 2023, 2024, 2023],
            "share": [10, 11, 42.4, 30, 31, 40, 90],
        }
    )
    spec = share_lines(rows, colours={"Japan": "a", "Union": "b", "Bloc": "c"}, y_title="%").to_dict()
    runs = {(n, y): run for n, y, run in held(spec, "name", "year", "run")}
    assert runs["Japan", 2020] == runs["Japan", 2021] != runs["Japan", 2024]
    assert runs["Union", 2022] == runs["Union", 2023] == runs["Union", 2024]
    assert held(spec, "name", "text", "word") == [("Union", "40", 40), ("Japan", "42", 46.5)]


# --- dots and pairs of dots


def test_a_range_is_a_bar_where_some_reading_has_one():
    rows = pd.DataFrame({"what": ["tin", "lead"], "t": [3.0, 5.0]})
    plain = marks(dots(rows, x="t", y="what").to_dict()["layer"])
    assert plain == ["rule", "circle", "text"]
    none = rows.assign(low=[None, None], high=[None, None])
    assert marks(dots(none, x="t", y="what").to_dict()["layer"]) == plain
    one = rows.assign(low=[2.0, None], high=[4.0, None])
    spec = dots(one, x="t", y="what").to_dict()["layer"]
    assert marks(spec) == ["rule", "rule", "circle", "text"]
    assert spec[1]["encoding"]["x"]["field"] == "low" and spec[1]["encoding"]["x2"]["field"] == "high"


def test_dots_of_one_value_are_piled_up_below_the_name():
    rows = pd.DataFrame({"what": ["tin"] * 3 + ["lead"], "t": [3.0, 3.0, 4.0, 3.0]})
    flat, piled = (dots(rows, x="t", y="what", dodge=dodge).to_dict() for dodge in (False, True))
    assert [pile for (pile,) in held(flat, "pile")] == [0, 0, 0, 0]
    assert [pile for (pile,) in held(piled, "pile")] == [0, 1, 0, 0]
    height = piled["height"] / 2
    raised = float(piled["layer"][-1]["mark"]["dy"]["expr"].split(" : ")[1])
    assert flat["height"] < piled["height"]
    assert -raised > 0.4 * height  # over the third dot of a pile
    assert float(flat["layer"][-1]["mark"]["dy"]["expr"].split(" : ")[1]) < 0


def test_the_tooltip_of_a_dot_names_the_source_where_there_is_one():
    rows = pd.DataFrame({"what": ["tin"], "t": [3.0], "kind": ["mine"]})
    told = [titles(dots(r, x="t", y="what", x_title="Tonnes", color="kind").to_dict()["layer"][1]) for r in
            (rows, rows.assign(source="USGS"))]  # fmt: skip
    assert told[0] == {"what": "What", "t": "Tonnes", "kind": "Reading"}
    assert told[1] == told[0] | {"source": "Source"}


def test_the_dots_of_a_pair_are_named_after_their_columns_or_as_one_says():
    rows = pd.DataFrame({"m": ["tin", "lead"], "mine": [23.0, 5.0], "refinery": [47.0, 6.0]})

    def drawn(**more) -> dict:
        return dumbbell(rows, y="m", start="mine", end="refinery", **more).to_dict()

    plain, named = drawn(), drawn(names=("At the mine", "After it"), x_title="China, %", level=20.0)
    circles = [next(v for v in spec["layer"] if v["mark"]["type"] == "circle") for spec in (plain, named)]
    assert titles(circles[0])["value"] == "value" and titles(circles[1])["value"] == "China, %"
    assert [c["encoding"]["x"]["title"] for c in circles] == ["mine, refinery", "China, %"]
    assert ("lead", 1, "After it", 6.0) in held(named, "m", "at", "which", "value")
    assert ("tin", 0, "mine", 23.0) in held(plain, "m", "at", "which", "value")
    assert [level for (level,) in held(named, "level")] and not held(plain, "level")


@pytest.mark.parametrize("many", [1, 3])
def test_a_chart_of_rows_is_as_much_higher_as_it_has_more_of_them(many):
    name = [f"row {i}" for i in range(many)]
    ratio = pd.DataFrame(
        {"what": name, "ratio": 2.0, "outcome": "missed", "predicted": 2, "seen": 1, "unit": "t"}
    )
    share = pd.DataFrame({"name": name, "share_2024": 60.0, "share_2035": 50.0})
    step = pd.DataFrame({"mineral": name, "mine": 20.0, "refinery": 60.0})
    days = pd.DataFrame({"name": name, "a": 33.0, "b": 20.0, "a_text": "33 days", "b_text": ""})
    assert ratio_dots(ratio).to_dict()["height"] == 38 * many
    assert forecast_change(share).to_dict()["height"] == 50 * many
    assert two_steps(step).to_dict()["height"] == 34 * many + 10
    assert durations(days, pair={"a": "x", "b": "y"}, x_title="").to_dict()["height"] == 34 * many


def test_of_two_steps_the_larger_has_its_number_at_the_right():
    rows = pd.DataFrame({"mineral": ["tin", "lead"], "mine": [23.4, 50.0], "refinery": [47.0, 20.0]})
    right = {
        (m, text): where for m, text, where in held(two_steps(rows).to_dict(), "mineral", "text", "right")
    }
    assert right == {("tin", "23"): False, ("tin", "47"): True, ("lead", "50"): True, ("lead", "20"): False}


def test_an_axis_of_days_has_the_marks_within_it_and_room_for_the_words_of_the_longest():
    rows = pd.DataFrame({"name": ["tin", "lead"], "a": [33.0, 100.0], "b": [10.0, 20.0]})
    spec = durations(rows.assign(a_text="", b_text=""), pair={"a": "x", "b": "y"}, x_title="").to_dict()
    x = next(v for v in spec["layer"] if v["mark"]["type"] == "circle")["encoding"]["x"]
    assert x["scale"]["domain"] == [pytest.approx(7), 500]
    assert x["axis"]["values"] == [7, 30, 365]
    assert dict(held(spec, "name", "most")) == {"tin": 33, "lead": 100}


# --- slopes, tiles, months, terms


def test_a_revised_value_is_told_from_one_that_cannot_be_split():
    rows = pd.DataFrame(
        {
            "row": ["tin", "lead"],
            "old": [10.0, 20.0],
            "restated": [12.0, None],
            "new": [15.0, 21.0],
            "change": ["+50%", "+5%"],
            "why": ["revised", "new year"],
        }
    )
    spec = slope(rows, x_title="t", names=("2024", "2024, revised", "2025")).to_dict()
    ways = {
        (v["encoding"]["x"]["field"], v["encoding"]["x2"]["field"]): (
            [row["row"] for row in rows_of(v, spec)],
            v["mark"]["color"],
            "strokeDash" in v["mark"],
        )
        for v in spec["layer"]
        if v["mark"]["type"] == "rule" and "field" in v["encoding"].get("x2", {})
    }
    assert ways == {
        ("old", "restated"): (["tin"], BRONZE, True),
        ("restated", "new"): (["tin"], TEAL, False),
        ("old", "new"): (["lead"], {"expr": "cp_soft"}, False),
    }
    dots_ = next(v for v in spec["layer"] if v["mark"]["type"] == "circle")
    assert titles(dots_)["change"] == "2024 → 2025"
    whole = slope(rows.head(1), x_title="t", names=("a", "b", "c")).to_dict()
    assert sum("x2" in v["encoding"] and "field" in v["encoding"]["x2"] for v in whole["layer"]) == 2


def test_tiles_stand_in_rows_of_seven_under_the_heading_of_their_group():
    rows = pd.DataFrame({"group": ["a"] * (COLUMNS + 1) + ["b"], "label": list("ABCDEFGHI")})
    placed, headings, height = _placed(rows)
    tile = placed.set_index("label")
    assert tile.left["A"] == tile.left["H"] == tile.left["I"] == pytest.approx(0.03)
    assert tile.left["G"] == pytest.approx(COLUMNS - 1 + 0.03) and tile.top["G"] == tile.top["A"] == HEADING
    assert tile.top["H"] == HEADING + TILE and tile.bottom["A"] < tile.top["H"]
    assert tile.top["I"] == 2 * HEADING + 2 * TILE
    assert (tile.centre == (tile.top + tile.bottom) / 2).all() and (tile.middle - tile.left > 0).all()
    assert headings.base.tolist() == [HEADING - 6, 2 * HEADING + 2 * TILE - 6]
    assert height == 2 * HEADING + 3 * TILE > tile.bottom.max()


def two_panels(rows: list[tuple], days: tuple = (("2025-02-15", "licences"),)) -> dict:
    rows = pd.DataFrame(rows, columns=["panel", "month", "value"]).assign(kind="x")
    rules = pd.DataFrame(list(days), columns=["day", "label"])
    rules = rules.assign(day=pd.to_datetime(rules.day))
    panels = list(dict.fromkeys(rows.panel))
    return months(rows, rules, panels=panels, colours={"x": "#000"}, unit="t").to_dict()


SOLD = [("World", "2024-12", 3000), ("World", "2025-03", 6000), ("US", "2024-12", 4), ("US", "2025-01", 1)]


def test_each_panel_has_its_own_scale_and_its_highest_month_fills_it():
    spec = two_panels(SOLD)
    high = {(p, m): h for p, m, h in held(spec, "panel", "month", "high")}
    assert high["World", "2025-03"] == high["US", "2024-12"] == BAR
    assert high["World", "2024-12"] == BAR / 2 and high["US", "2025-01"] == BAR / 4
    foot = {p: f for p, f in held(spec, "panel", "foot")}
    assert foot["US"] - foot["World"] > BAR


def test_a_month_that_nobody_published_has_a_place_and_a_dash():
    feet = held(two_panels(SOLD), "i", "foot", "letter", "year", "gap")
    assert [
        (i, letter, year, gap) for i, foot, letter, year, gap in sorted(feet, key=lambda f: (f[1], f[0]))
    ] == [
        (0, "D", "2024", ""),
        (1, "J", "2025", "–"),
        (2, "F", "", "–"),
        (3, "M", "", ""),
        (0, "D", "2024", ""),
        (1, "J", "2025", ""),
        (2, "F", "", "–"),
        (3, "M", "", "–"),
    ]


def test_a_panel_says_in_thousands_only_what_is_counted_in_thousands():
    assert dict(held(two_panels(SOLD), "name", "short")) == {"World": "thousand t", "US": "t"}
    mixed = [("World", "2024-12", 999), ("World", "2025-01", 1000)]
    assert dict(held(two_panels(mixed), "name", "short")) == {"World": "thousand t from 1,000"}


def test_a_rule_stands_at_its_day_in_every_panel_and_is_named_once():
    spec = two_panels(SOLD, (("2025-01-01", "first"), ("2025-02-16", "second")))
    at = held(spec, "label", "at", "a", "b")
    assert {(label, round(place, 3)) for label, place, *_ in at} == {
        ("first", 1),
        ("second", round(2 + 15 / 31, 3)),
    }
    assert len(at) == 4 and all(a < b for _, _, a, b in at)


def test_numbers_on_a_phone_are_of_the_last_the_highest_and_the_lowest_month_and_never_side_by_side():
    rows = pd.DataFrame({"panel": "World", "i": range(7), "value": [5, 9, 3, 4, 5, 6, 7]})
    told = _labelled_on_phone(rows)
    assert told.iloc[6] and told.iloc[1] and not (told & told.shift(fill_value=False)).any()
    two = pd.concat([rows, rows.assign(panel="US")], ignore_index=True)
    assert _labelled_on_phone(two).tolist() == [*told, *told]


def test_a_term_is_drawn_from_the_window_s_first_day_and_has_a_dot_only_where_it_was_kept():
    day = pd.to_datetime
    rows = pd.DataFrame(
        {
            "name": ["Report", "Plan"],
            "start": day(["2025-01-01", "2026-02-04"]),
            "due": day(["2026-03-01", "2026-08-04"]),
            "kept": day(["2026-03-05", None]),
            "outcome": ["late", "open"],
            "what": "x",
            "day": "y",
        }
    )
    seen = pd.Timestamp("2026-04-01")
    spec = terms(rows, colours={"late": "a", "open": "b"}, seen=seen, start="2026-01-01", end="2026-12-31")
    spec = spec.to_dict()
    starts = {name: start[:10] for name, start in held(spec, "name", "start")}
    assert starts == {"Report": "2026-01-01", "Plan": "2026-02-04"}
    for mark in (v for v in spec["layer"] if "kept" in str(v["encoding"])):
        assert {"filter": "isValid(datum.kept)"} in mark["transform"]
    [dot] = [v for v in spec["layer"] if v["mark"]["type"] == "circle" and "kept" in str(v["transform"])]
    assert dot["encoding"]["x"]["field"] == "kept", "a late one stands at the day on which it was kept"
    assert spec["height"] == pytest.approx(44 * 2.6)


def test_measures_of_one_name_share_a_line_and_the_days_stand_under_all():
    rows = pd.DataFrame(
        {
            "row": ["ban", "licence", "ban"],
            "start": ["2024-12-03", "2025-04-04", "2025-11-09"],
            "end": ["2025-11-09", "2026-12-31", "2026-11-27"],
            "kind": "x",
            "detail": "y",
        }
    )
    days = pd.DataFrame({"date": ["2026-02-04", "2026-11-10"], "label": ["meeting", "end of truce"]})
    spec = gantt(rows, days, colours={"x": "#000"}, start="2024-01-01", end="2027-01-01").to_dict()
    assert [(row, at) for row, at, _ in held(spec, "row", "at", "kind")] == [
        ("ban", 0),
        ("licence", 1),
        ("ban", 0),
    ]
    assert ("ban", "3 December 2024", "9 November 2025") in held(spec, "row", "start_text", "end_text")
    told = held(spec, "label", "at", "first")
    assert [(label, at, first[:10]) for label, at, first in told] == [
        ("meeting", 2, "2026-02-04"),
        ("end of truce", pytest.approx(2.45), "2026-02-04"),
    ]


# --- lines, levels, small multiples


def test_only_the_first_line_has_its_last_number_at_its_end():
    rows = pd.DataFrame(
        {"year": [2024, 2025] * 2, "p": [430, 99.96, 5, 6], "metal": ["tin"] * 2 + ["lead"] * 2}
    )
    spec = lines(rows, y="p", color="metal").to_dict()
    assert held(spec, "metal", "year", "text") == [("tin", 2025, "100")]
    assert spec["layer"][0]["encoding"]["y"]["scale"]["domain"] == [0, pytest.approx(1.15 * 430)]
    alone = lines(rows[rows.metal == "lead"], y="p", color="metal").to_dict()
    assert alone["layer"][0]["encoding"]["color"]["legend"] is None and held(alone, "text") == [("6",)]
    assert spec["layer"][0]["encoding"]["color"]["legend"]["labelFontSize"] == 12
    large = lines(rows.assign(p=[1, 1234.5, 1, 1]), y="p", color="metal").to_dict()
    assert held(large, "text") == [("1,234",)]
    long = lines(rows.assign(metal=rows.metal + " " * 40), y="p", color="metal").to_dict()
    assert long["layer"][0]["encoding"]["color"]["legend"]["labelFontSize"] < 12


def test_a_tick_stands_at_each_point_of_a_growing_cost():
    rows = pd.DataFrame({"n": [3, 1, 2], "cost": [9.0, 1.0, 4.0]})
    spec = growth(rows, x="n", y="cost", x_title="size", y_title="Cost", y_unit="US$").to_dict()
    assert spec["encoding"]["x"]["axis"]["values"] == [1, 2, 3]
    assert titles(spec) == {"n": "Size", "cost": "Cost"}


def test_the_periods_of_each_control_stand_from_the_top_and_the_longest_list_has_room():
    rows = pd.DataFrame(
        {
            "control": ["a", "a", "a", "b"],
            "period": ["2023", "2024", "2025", "2025"],
            "ratio": 1.0,
            "side": "x",
            "text": "",
        }
    )
    heads = pd.DataFrame({"control": ["b", "a"], "words": ["B", "A|two"]})
    spec = levels(rows, heads, first="a", colours={"x": "#000"}, cut=0.5, label="Control").to_dict()
    assert held(spec, "control", "at", "ratio") == [("a", 0, 1), ("a", 1, 1), ("a", 2, 1), ("b", 0, 1)]
    one = levels(rows.tail(1), heads.head(1), first="b", colours={"x": "#000"}, cut=0.5, label="").to_dict()
    assert spec["height"] - one["height"] == 40
    (chosen,) = (p for p in spec["params"] if p["name"] == "control")
    assert chosen["value"] == "a" and chosen["bind"]["options"] == ["b", "a"]


def test_each_small_chart_has_its_own_scale_and_a_figure_stands_clear_of_a_rule():
    rows = pd.DataFrame(
        {"metal": ["tin"] * 2 + ["lead"], "year": [2024, 2025, 2025], "price": [30.0, 60.0, 2.0]}
    )
    days = pd.DataFrame(
        {"metal": ["tin"], "day": pd.to_datetime(["2025-07-02"]), "kind": "ban", "detail": ""}
    )
    spec = multiples(rows, y="price", by="metal", days=days).to_dict()
    bar = {(m, y): rest for m, y, *rest in held(spec, "metal", "year", "begin", "end", "high", "middle")}
    assert bar["tin", 2024] == [0, 0.5, 0.5, 0.25] and bar["lead", 2025] == [0.5, 1, 1, 0.75]
    assert bar["tin", 2025][:3] == [0.5, 1, 1]
    ((cell, at),) = {(c, a) for c, a, _ in held(spec, "cell", "at", "date")}
    assert cell == 0 and at == pytest.approx(0.75, abs=0.002)
    assert bar["tin", 2025][3] == pytest.approx((0.5 + at) / 2, abs=0.002) or bar["tin", 2025][3] > at
    assert _widest(0, 1, []) == 0.5 and _widest(0, 1, [0, 1]) == 0.5 and _widest(0, 1, [0.4]) == 0.7
    assert len(spec["layer"]) == len(multiples(rows, y="price", by="metal").to_dict()["layer"]) + 1


# --- words in a narrow column


def key_of(names: list[str], at: str = "stroke", **legend) -> dict:
    scale = {"name": "color", "type": "ordinal", "domain": names}
    return narrow._legend({at: "color"} | legend, {"scales": [scale]})


@pytest.mark.parametrize("at", ["fill", "stroke", "shape", "strokeDash", "opacity", "size"])
def test_a_key_of_any_kind_of_mark_has_no_more_columns_than_fit(at):
    assert key_of(["tin", "lead"], at)["labelLimit"] and "columns" not in key_of(["tin", "lead"], at)
    four = key_of(["A name of thirty letters or so"] * 4, at)["columns"]["signal"]
    assert four.startswith("cp_column < ") and four.endswith("3")


def test_a_key_beside_the_plot_or_without_names_is_left_as_it_is():
    assert key_of(["tin"], orient="none") == {"stroke": "color", "orient": "none"}
    assert narrow._legend({"stroke": "color"}, {"scales": []}) == {"stroke": "color"}
    assert narrow._legend({"gradient": 1}, {}) == {"gradient": 1}


def test_long_names_of_a_key_take_two_lines_up_to_the_width_that_holds_the_longest_beside_the_axis():
    """45 letters take 324 px, the symbol 24, the padding 10: 358 px, and more with names at the left."""
    long = "x" * 22 + " " + "y" * 22
    assert "cp_column < 420" in key_of([long])["encode"]["labels"]["update"]["text"]["signal"]
    names = {"name": "y", "type": "band", "domain": ["Rare earths, refined"]}
    scale = {"name": "color", "type": "ordinal", "domain": [long]}
    axes = [{"orient": "left", "scale": "y", "labelLimit": 150}]
    beside = narrow._legend({"stroke": "color"}, {"scales": [scale, names], "axes": axes})
    text = beside["encode"]["labels"]["update"]["text"]["signal"]
    assert "cp_column < 560" in text  # 358 and 150 or so of the names
    assert 45 * LETTER * SIZE + 34 < 420 < 45 * LETTER * SIZE + 34 + 20 * LETTER * SIZE < 560


# --- paths and timelines


def test_a_path_runs_from_the_first_year_to_the_end_of_the_last_with_a_tick_each_five():
    spec = paths(range(2026, 2041), lines=["a", "b"], title="t", tooltip={"a": "here"}).to_dict()
    x = spec["layer"][0]["encoding"]["x"]
    assert x["scale"]["domain"] == [2026, 2041] and x["axis"]["values"] == [2026, 2030, 2035, 2040]
    one = paths([2025, 2030], lines=["a"], title="t", tooltip={"a": "here"}).to_dict()
    assert one["layer"][0]["encoding"]["x"]["axis"]["values"] == [2025, 2030]
    drawn = [[layer["encoding"]["y"]["field"] for layer in s["layer"] if layer["mark"]["type"] == "line"]
             for s in (spec, one)]  # fmt: skip
    assert drawn == [["g", "b", "a"], ["g", "a"]]


def test_a_path_without_any_value_has_one_point_at_nought():
    rows = pd.DataFrame({"t": [1.0, 2.0], "a": [None, 5.0], "b": [None, None]})
    made = datasets(rows, pd.DataFrame({"year": [1], "a": [float("nan")]}), "_2")
    assert made["path_2"] == [{"t": 1.0, "a": None, "b": 0.0}, {"t": 2.0, "a": 5.0, "b": None}]
    assert made["years_2"] == [{"year": 1, "a": None}] and len(made["band_2"]) == 1


def test_dots_close_in_time_go_down_and_rise_again_when_there_is_room():
    def piles(*days: int) -> list[int]:
        first = pd.Timestamp(2026, 2, 1)
        return timeline._piled(pd.Series([first + pd.Timedelta(days=day) for day in days]))

    close = timeline.CLOSE
    assert piles(0, close - 1, close) == [0, 1, 0] and piles(0, close) == [0, 0]
    assert piles(0, 0, 0) == [0, 1, 2] and piles(0, 1, 2, close + 1, close + 2) == [0, 1, 2, 0, 1]


def test_a_timeline_has_fewer_ticks_where_there_are_fewer_months():
    ticks = [timeline.months("d", "2026-01-01", end).to_dict()["axis"]["tickCount"]["expr"] for end in
             ("2026-04-01", "2026-10-01", "2028-01-01")]  # fmt: skip
    assert [tick.split("? ")[1] for tick in ticks] == ["3 : 3", "5 : 9", "5 : 12"]


def test_names_keep_clear_of_those_of_rows_and_of_the_end_of_the_evidence():
    at, end = (pd.Timestamp(day, tz="UTC") for day in ("2026-01-01", "2026-12-31"))
    span = timeline._Span(at, end, 40)
    assert span.share(at) == 0 and span.share(end) == 1 and span.down(1) - span.down(0) == 40
    rows = {"US": 0.0, "An actor with a very long name of its own, that takes two lines": 1.0}
    short, long = timeline._taken(rows, None, span)
    assert short.bottom - short.top == SIZE + 2 and long.bottom - long.top == 2 * (SIZE + 2)
    assert long.right > short.right and long.bottom - short.bottom == 40
    with_end = timeline._taken(rows, pd.Timestamp("2026-07-01"), span)
    assert len(with_end) == 4 and with_end[3].bottom == span.down(2)
    assert with_end[2].share == pytest.approx(181 / 364) and with_end[2].right == 0 > with_end[2].left


# --- flows, and names beside points


def blocks(*columns: list[tuple[str, float]]) -> pd.DataFrame:
    rows = [(i, name, share) for i, column in enumerate(columns) for name, share in column]
    return pd.DataFrame(rows, columns=["column", "name", "share"]).assign(kind="x", text="")


def test_each_column_of_blocks_fills_the_height_whatever_it_comes_to():
    made = flow._placed(blocks([("a", 60.0), ("b", 20.0)], [("c", 100.0)]))
    top, foot = flow.TOP, flow.TOP + flow.HEIGHT
    a, b, c = (made.iloc[i] for i in range(3))
    assert (a.up, b.low, c.up, c.low) == (top, pytest.approx(foot), top, foot)
    assert b.up - a.low == pytest.approx(flow.GAP) and (a.low - a.up) == pytest.approx(3 * (b.low - b.up))
    assert a.word == pytest.approx((a.up + a.low) / 2)


def test_names_of_thin_blocks_stand_a_line_apart_above_the_foot():
    foot = flow.HEIGHT + flow.TOP - 6
    assert flow._apart([50, 50 + flow.LINE, 90]) == [50, 50 + flow.LINE, 90]
    assert flow._apart([foot, foot + 1, foot + 2]) == [foot - 2 * flow.LINE, foot - flow.LINE, foot]
    assert flow._apart([]) == []


def test_bands_leave_and_reach_their_blocks_one_under_the_other():
    bands = pd.DataFrame(
        [(0, "a", "c", 40.0, 30.0), (0, "a", "d", 20.0, 50.0), (0, "b", "d", 40.0, 20.0)],
        columns=["column", "start", "end", "share", "reach"],
    ).assign(kind="x", text="")
    placed = flow._placed(blocks([("a", 60.0), ("b", 40.0)], [("c", 30.0), ("d", 70.0)]))
    points = flow._curves(placed, bands)
    ends = {(p["start"], p["end"], p["way"]): (p["up"], p["low"]) for p in points if p["way"] in (0, 1)}
    block = {row["name"]: (round(row.up, 1), round(row.low, 1)) for _, row in placed.iterrows()}
    assert ends["a", "c", 0][0] == block["a"][0] and ends["a", "d", 0] == (
        ends["a", "c", 0][1],
        block["a"][1],
    )
    assert ends["b", "d", 0] == block["b"] and ends["a", "c", 1] == block["c"]
    assert (
        ends["a", "d", 1] == (block["d"][0], ends["b", "d", 1][0]) and ends["b", "d", 1][1] == block["d"][1]
    )
    assert len(points) == 3 * len(flow._BEND)


def test_of_three_columns_a_phone_has_the_last_two():
    assert flow._left(1, "c") == "((c) * (width - 11) / 1)"
    assert flow._left(2, "c").endswith("? ((c) - 1) * (width - 11) : (c) * (width - 11) / 2)")


def test_shares_of_buyers_are_added_up_from_the_left_and_only_china_s_is_written():
    rows = pd.DataFrame(
        {"name": ["Peru", "Chile"], "worth": ["1", "2"], "at": [0, 1], "China": [31.04, None]}
    )
    rows = rows.assign(Japan=[60.0, None])
    spec = flow.buyers(rows, colours={"Japan": "a", "China": "b"}).to_dict()
    assert sorted(held(spec, "name", "Japan", "China", "bought"), reverse=True) == [
        ("Peru", 60, 91, 31),
        ("Chile", None, None, None),
    ]
    assert spec["height"] == 2 * flow.ROW and "params" not in spec
    chosen = flow.buyers(rows.assign(choice="x"), colours={"China": "b"}, choices={"x": "All"}).to_dict()
    assert chosen["params"][0]["bind"]["labels"] == ["All"]


def test_a_box_meets_another_only_where_they_share_more_than_an_edge():
    box = beside.Box(0.5, -10, 10, 20, 40)
    for other, meets in (
        (beside.Box(0.5, -5, 5, 40, 50), False),
        (beside.Box(0.5, -5, 5, 39, 50), True),
        (beside.Box(0.5, -5, 5, 10, 20), False),
        (beside.Box(0.5, -5, 5, 10, 21), True),
        (beside.Box(0.75, 0, 5, 20, 40), False),
        (beside.Box(0.75, -1, 5, 20, 40), True),
        (beside.Box(0.25, -5, 0, 20, 40), False),
        (beside.Box(0.25, -5, 1, 20, 40), True),
    ):
        assert box.meets(other, 40) == meets and other.meets(box, 40) == meets, other
    assert box.free([], 20) and not box.free([], 19) and not box.free([box], 20)
    assert not beside.Box(0.5, -10, 10.5, 0, 1).free([], 20)


def test_a_name_goes_to_the_first_side_that_is_free_and_never_over_another_point():
    def sides(*points: tuple[float, float, str]) -> list[tuple]:
        made = beside.placed([beside.Named(share, down, name, 6) for share, down, name in points])
        return [(p["point"], p["align"], p["dy"]) for p in made if p["least"] == beside.COLUMNS[0]]

    assert sides((0.1, 50, "tin")) == [(0, "left", 0)]
    assert sides((0.999, 50, "tin"))[0][1] == "right"
    assert sides((0.1, 50, "tin"), (0.15, 50, "")) == [(0, "right", -13)]
    both = sides((0.5, 50, "tin"), (0.53, 50, "lead"))
    assert {point for point, *_ in both} == {0, 1} and both[0][1:] != both[1][1:]
    assert sides((0.5, 50, "")) == []


# --- lines of shares, and deals by instrument and payer


def test_a_line_of_shares_breaks_at_a_year_without_one():
    known = {"Japan": [2020, 2021, 2023], "Korea": [2020, 2021, 2022]}
    rows = pd.DataFrame([(name, year, 40.0) for name, of in known.items() for year in of])
    rows.columns = ["name", "year", "share"]
    spec = share_lines(rows, colours={"Japan": "blue", "Korea": "red"}, y_title="%").to_dict()
    runs = dict.fromkeys(held(spec, "name", "run"))
    assert sorted(name for name, _ in runs) == ["Japan", "Japan", "Korea"]


@pytest.mark.parametrize(
    "kind, payer, left",
    [
        ("all", "all", ["loan us", "loan jp", "equity us"]),
        ("loan", "all", ["loan us", "loan jp"]),
        ("all", "us", ["loan us", "equity us"]),
        ("loan", "us", ["loan us"]),
    ],
)
def test_deals_are_narrowed_by_instrument_and_by_payer_together(kind, payer, left):
    pieces = pd.DataFrame(
        [("A", "a", "loan", "us", 1.0), ("A", "b", "loan", "jp", 2.0), ("B", "c", "equity", "us", 3.0)],
        columns=["rung", "deal", "kind", "payer", "amount"],
    ).assign(name=lambda t: t.deal, short="", narrow="", wide="")
    chart = stacked_rungs(
        pieces,
        colours={"loan": "#111111", "equity": "#222222"},
        groups={"Heads": ["A", "B"]},
        first="a",
        unit="US$",
        pale=(),
    )
    [said] = {layer["filter"] for layer in _filters(chart.to_dict()) if "payer" in str(layer["filter"])}
    test = said.replace("||", "or").replace("&&", "and").replace("datum.", "datum_")
    given = {"kind": ALL if kind == "all" else kind, "payer": ALL if payer == "all" else payer}
    kept = [
        f"{row.kind} {row.payer}"
        for row in pieces.itertuples()
        if eval(test, {}, given | {"datum_kind": row.kind, "datum_payer": row.payer})
    ]
    assert kept == left


def _filters(part) -> list[dict]:
    """Every filter of a specification."""
    if isinstance(part, list):
        return [found for one in part for found in _filters(one)]
    if not isinstance(part, dict):
        return []
    own = [one for one in part.get("transform", []) if "filter" in one]
    return own + [found for value in part.values() for found in _filters(value)]
