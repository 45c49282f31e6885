"""Bars of a small table: where each stands, which words it has, and what it leaves out."""

import pandas as pd
import pytest
from chart_specs import held

from chokepoint.charts import narrow
from chokepoint.charts.bars import bars, columns, columns_and_floor, paired_bars, stacked_bars, stacked_pairs

pytestmark = pytest.mark.usefixtures("charts_unchecked")


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
