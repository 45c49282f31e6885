"""Dots, slopes, tiles, months and terms of a small table: where each stands, and which words it has."""

import pandas as pd
import pytest
from chart_specs import held, marks, titles

from chokepoint.charts.dots import dots
from chokepoint.charts.dumbbell import dumbbell, durations, forecast_change, ratio_dots, two_steps
from chokepoint.charts.gantt import gantt, terms
from chokepoint.charts.months import BAR, _labelled_on_phone, months
from chokepoint.charts.slope import slope
from chokepoint.charts.theme import BRONZE, TEAL
from chokepoint.charts.tiles import COLUMNS, HEADING, TILE, _placed

pytestmark = pytest.mark.usefixtures("charts_unchecked")


def rows_of(layer: dict, spec: dict) -> list[dict]:
    """The rows that a layer draws."""
    return spec["datasets"][layer["data"]["name"]]


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
