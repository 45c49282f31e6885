"""Words in a narrow column, beside points and along flows, of a small table."""

import pandas as pd
import pytest
from chart_specs import held

from chokepoint.charts import beside, flow, narrow
from chokepoint.charts.narrow import LETTER, SIZE

pytestmark = pytest.mark.usefixtures("charts_unchecked")


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
