"""A reader with a table of his own draws it in one line, whatever its columns are called."""

import pandas as pd
import pytest

from chokepoint.charts.bars import bars
from chokepoint.charts.decades import _ends
from chokepoint.charts.dots import dots
from chokepoint.charts.dumbbell import dumbbell, durations
from chokepoint.charts.lines import lines
from chokepoint.charts.months import months
from chokepoint.charts.multiples import multiples
from chokepoint.charts.theme import themed
from chokepoint.charts.timeline import timeline
from chokepoint.charts.vega import compiled, fitted, heights, laid_out_size
from chokepoint.errors import UserError

ROWS = pd.DataFrame(
    {
        "Mineral": ["Tin", "Tin", "Rare earths, refined", "Rare earths, refined"],
        "Year": [2024, 2025, 2024, 2025],
        "Mined, %": [23.0, 23.7, 69.2, 69.4],
        "Refined, %": [47.1, 48.0, 91.4, 91.0],
        "Announced on": pd.to_datetime(["2026-02-04", "2026-03-19", "2026-04-24", "2026-04-28"]),
        "Source used": ["USGS", "BGS", "USGS", "IEA"],
    }
)
LATEST = ROWS[ROWS.Year == 2025]
DRAWN = {
    "bars": lambda: bars(LATEST, x="Refined, %", y="Mineral"),
    "bars by source": lambda: bars(LATEST, x="Refined, %", y="Mineral", color="Source used"),
    "dumbbell": lambda: dumbbell(LATEST, y="Mineral", start="Mined, %", end="Refined, %"),
    "dots": lambda: dots(ROWS, x="Refined, %", y="Mineral", color="Source used"),
    "lines": lambda: lines(ROWS, x="Year", y="Refined, %", color="Mineral"),
    "timeline": lambda: timeline(ROWS, x="Announced on", y="Mineral", color="Source used"),
    "multiples": lambda: multiples(ROWS, x="Year", y="Refined, %", by="Mineral"),
}


@pytest.mark.parametrize("kind", DRAWN)
@pytest.mark.parametrize("column", [340, 900])
def test_one_line_draws_a_table(kind, column):
    import vl_convert

    svg = vl_convert.vega_to_svg(fitted(compiled(themed(DRAWN[kind]())), column))
    assert "Tin" in svg and "NaN" not in svg and "undefined" not in svg


@pytest.mark.parametrize("length", [30, 70, 110])
def test_the_height_kept_for_a_chart_with_long_names_in_its_legend_is_its_height_at_every_width(length):
    """Two lines a name or one: between two widths that the chart knows, it is as high as at the narrowest of them."""
    named = ROWS.assign(Mineral=[f"{name}, {'of a certain purity, ' * 6}"[:length] for name in ROWS.Mineral])
    spec = compiled(themed(lines(named, x="Year", y="Refined, %", color="Mineral")))
    for low, high, fixed, share in heights(spec):
        for column in (max(low, 320), min(high - 1, 1000)):
            assert laid_out_size(fitted(spec, column))[1] == pytest.approx(fixed + share * column, abs=2), (
                column
            )


def test_a_chart_of_losses_shows_them_left_of_zero():
    losses = pd.DataFrame({"mine": ["open", "shut"], "value": [5.0, -3.0]})
    spec = bars(losses, x="value", y="mine").to_dict()
    assert spec["layer"][0]["encoding"]["x"]["scale"]["domain"][0] < -3


def test_a_field_worked_out_from_itself_is_refused_since_each_redraw_would_do_it_again():
    import altair as alt

    chart = (
        alt.Chart(ROWS)
        .transform_calculate(Mineral="'≥ ' + datum.Mineral")
        .mark_text()
        .encode(text="Mineral:N")
    )
    with pytest.raises(UserError, match="works out the field Mineral from itself"):
        compiled(chart.to_dict())


def test_the_words_of_two_times_stand_at_their_own_dots():
    times = {"name": ["tin", "lead"], "a": [33.0, 400.0], "b": [20.0, 7.0]}
    words = {"a_text": ["33 days", "13 months"], "b_text": ["20 days", "a week"]}
    pair = {"a": "Net imports", "b": "Use"}
    spec = durations(pd.DataFrame(times | words), pair=pair, x_title="Time").to_dict()
    rows = [row for table in spec["datasets"].values() for row in table if "days" in row]
    assert {(row["name"], row["which"], row["text"]) for row in rows} == {
        ("tin", "Net imports", "33 days"),
        ("lead", "Net imports", "13 months"),
        ("tin", "Use", "20 days"),
        ("lead", "Use", "a week"),
    }


def test_a_rule_stands_in_its_own_year():
    rows = pd.DataFrame({"panel": "World", "month": ["2025-11", "2026-03"], "value": [6, 5], "kind": "x"})
    rules = pd.DataFrame({"day": pd.to_datetime(["2026-02-01"]), "label": ["licences"]})
    drawn = months(rows, rules, panels=["World"], colours={"x": "#000"}, unit="t").to_dict()
    held = drawn["datasets"].values()
    assert {row["at"] for table in held for row in table if row.get("label") == "licences"} == {3}


def test_names_of_a_small_choice_stand_apart_by_its_own_scale():
    rows = pd.DataFrame(
        {
            "series": ["a", "b"] * 2,
            "year": 2025,
            "value": [1.0, 1.02, 1000.0, 900.0],
            "goods": ["small"] * 2 + ["large"] * 2,
        }
    )
    told = _ends(rows, ["goods"], "year", "value", None, "").set_index(["goods", "series"]).clear
    assert told["small"].to_dict() == pytest.approx({"a": 1.0, "b": 1.0 + 0.065 * 1.02})
