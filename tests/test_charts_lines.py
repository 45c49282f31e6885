"""Lines and curves of a small table: where each mark stands, which words it has, and what it leaves out."""

import altair as alt
import pandas as pd
import pytest
from chart_specs import held, marks, titles

from chokepoint.charts import timeline
from chokepoint.charts.curves import curves
from chokepoint.charts.decades import _ends, _step, decades
from chokepoint.charts.layout import NOTHING
from chokepoint.charts.levels import levels
from chokepoint.charts.lines import growth, lines
from chokepoint.charts.multiples import _widest, multiples
from chokepoint.charts.narrow import SIZE
from chokepoint.charts.paths import datasets, paths
from chokepoint.charts.rungs import ALL, stacked_rungs
from chokepoint.charts.years import share_lines, stacked_years

pytestmark = pytest.mark.usefixtures("charts_unchecked")


def curve(**more) -> list[dict]:
    lines = {"cost": ("Cost", "#000000"), "gain": ("Gain", "#ff0000")}
    view = curves("price", lines, x_title="Price", y_title="US$", **more)
    return view(alt.Chart(NOTHING)).to_dict(validate=False)["layer"]


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
