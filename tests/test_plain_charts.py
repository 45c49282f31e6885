"""An Altair chart that stands alone in a notebook's cell: drawn on the page with its numbers and its words, or refused in a sentence."""

import altair as alt
import pandas as pd
import plain_basket
import pytest
from small_book import Small, notebook

from chokepoint.charts.vega import compiled
from chokepoint.errors import UserError
from chokepoint.pages.components import plain_chart
from chokepoint.site.execute import run_notebook, workers
from chokepoint.site.runs import Run

BASKET = plain_basket.CODE
BARS = 'bars = alt.Chart(basket).mark_bar().encode(x=alt.X("net_imports_usd", title="US$ a year"), y="label")'
PANELS = 'alt.Chart(basket).mark_point().encode(x="net_imports_t", y="price_usd_per_t", column="basket")'
WRAPPED = 'alt.Chart(basket).mark_bar().encode(x="net_imports_usd", y="label").facet("basket", columns=1)'


@pytest.fixture
def basket() -> pd.DataFrame:
    return plain_basket.basket()


@pytest.fixture
def bars(basket) -> alt.Chart:
    return alt.Chart(basket).mark_bar().encode(x="net_imports_usd", y="label")


def figure(chart: alt.TopLevelMixin):
    return plain_chart.figure_of(chart.to_dict())


# --- what is derived ---


def test_words_numbers_and_sources_come_from_the_chart_itself(bars, basket):
    shown = figure(bars)
    assert shown.title == "Net imports usd by label"
    assert (
        shown.alt_text.startswith("A chart of bars. Horizontal: net imports usd, ")
        and f"{len(basket)} rows of data" in shown.alt_text
    )
    assert (
        list(shown.table) == ["label", "net_imports_usd"]
        and shown.table.net_imports_usd.tolist() == basket.net_imports_usd.tolist()
    )
    assert set(shown.sources) == set(basket.source_id)


def test_the_name_of_a_chart_without_a_title_stays_when_its_data_and_altair_change(basket):
    def layered(rows: pd.DataFrame) -> dict:
        base = alt.Chart(rows).encode(x="net_imports_usd", y="label")
        picked = alt.selection_point()
        return (
            (base.mark_bar() + alt.Chart(rows.head(2)).mark_rule().encode(x="net_imports_usd"))
            .add_params(picked)
            .to_dict()
        )

    first, later = layered(basket), layered(basket.assign(net_imports_usd=basket.net_imports_usd * 2))
    later["$schema"] = "https://vega.github.io/schema/vega-lite/v99.json"
    assert first["datasets"].keys() != later["datasets"].keys() and first["params"] != later["params"]
    name = plain_chart.figure_of(first).name
    assert name and name == plain_chart.figure_of(later).name
    first["layer"][1]["mark"] = {"type": "tick"}
    assert plain_chart.figure_of(first).name != name


def test_what_the_author_said_is_not_said_otherwise(bars):
    shown = figure(
        bars.properties(title="Copper leads", description="Twenty bars.").configure_axis(grid=False)
    )
    assert (shown.title, shown.alt_text) == ("Copper leads", "Twenty bars.")
    assert "title" not in shown.chart and shown.chart["config"]["axis"]["grid"] is False
    assert shown.chart["config"]["axis"]["labelFontSize"] == 12, (
        "what the author left open is in the book's look"
    )


def test_data_that_name_no_source_are_said_to_name_none():
    shown = figure(alt.Chart(pd.DataFrame({"a": [1, 2], "b": ["x", "y"]})).mark_bar().encode(x="a", y="b"))
    assert "not named in the data" in shown.html()


def test_a_row_of_several_sources_names_them_all(basket):
    rows = basket[["label", "net_imports_usd"]].assign(sources=[("S001", "MCS2026")] * len(basket))
    shown = figure(alt.Chart(rows).mark_bar().encode(x="net_imports_usd", y="label"))
    assert set(shown.sources) == {"S001", "MCS2026"} and "sources" not in shown.table


def test_columns_that_a_chart_does_not_mention_are_not_sent_to_the_reader(bars):
    (rows,) = figure(bars).chart["datasets"].values()
    assert set(rows[0]) == {"label", "net_imports_usd"}
    computed = (
        alt.Chart(plain_basket.basket())
        .mark_bar()
        .transform_calculate(v="datum.price_usd_per_t / 2")
        .encode(x="v:Q", y="label")
    )
    (rows,) = figure(computed).chart["datasets"].values()
    assert set(rows[0]) == {"label", "price_usd_per_t"}


@pytest.mark.parametrize(
    "widths, across",
    [
        ({"column": "basket"}, 4),
        ({"row": "basket"}, 1),
        ({"facet": alt.Facet("basket", columns=2)}, 2),
        ({"facet": "basket"}, 4),
    ],
)
def test_panels_share_the_width_of_a_page(basket, widths, across):
    across = min(across, basket.basket.nunique())
    shown = figure(alt.Chart(basket).mark_point().encode(x="net_imports_t", y="price_usd_per_t", **widths))
    assert (
        plain_chart.NARROWEST <= shown.chart["config"]["view"]["continuousWidth"] * across <= plain_chart.PAGE
    )
    assert "cp-wide" in shown.html() and "panel" in shown.alt_text.lower()
    assert compiled(shown.chart)["marks"]


def test_layers_and_charts_side_by_side_are_charts_too(bars):
    for chart in (bars + bars.mark_text().encode(text="mineral"), bars | bars, bars & bars):
        assert compiled(figure(chart).chart)["marks"]


# --- what is refused ---


@pytest.mark.parametrize(
    "chart, missing",
    [
        (alt.Chart("https://example.org/a.csv").mark_bar().encode(x="a:Q"), "loads its data from an address"),
        (alt.Chart(alt.sphere()).mark_geoshape(), "no rows of data"),
        (alt.Chart(pd.DataFrame({"a": []})).mark_bar().encode(x="a:Q"), "no rows of data"),
        (alt.Chart(pd.DataFrame({"a": ["b.png"]})).mark_image().encode(url="a"), "loads images"),
    ],
    ids=["address", "shape", "empty", "images"],
)
def test_a_chart_that_a_page_cannot_draw_is_refused_while_printing_and_shown_live(
    monkeypatch, chart, missing
):
    monkeypatch.setenv("CHOKEPOINT_RENDER", "1")
    with pytest.raises(UserError, match=missing):
        figure(chart)
    monkeypatch.delenv("CHOKEPOINT_RENDER")
    assert figure(chart).alt_text


def test_a_transform_that_the_pages_script_does_not_carry_is_refused(basket):
    line = (
        alt.Chart(basket)
        .mark_line()
        .transform_regression("net_imports_t", "price_usd_per_t")
        .encode(x="net_imports_t", y="price_usd_per_t")
    )
    with pytest.raises(UserError, match="transform regression"):
        compiled(figure(line).chart)


@pytest.fixture(scope="module")
def pool(tmp_path_factory):
    """Processes that run notebooks in forked kernels, as a build does: each kernel is a fork, and imports nothing anew."""
    with workers(1, tmp_path_factory.mktemp("kernels") / "kernels.log") as running:
        yield running


@pytest.mark.slow
@pytest.mark.xdist_group("kernels")  # the workers are started once
@pytest.mark.parametrize(
    "code, told",
    [
        (
            'alt.Chart("https://example.org/a.csv").mark_bar().encode(x="a:Q")',
            "loads its data from an address",
        ),
        (
            'alt.renderers.enable("html"); alt.Chart(tables.load("sources")).mark_bar().encode(x="kind")',
            "prints a script",
        ),
        (
            'alt.renderers.enable("mimetype"); alt.Chart(tables.load("sources")).mark_bar().encode(x="kind")',
            "renderer",
        ),
        ("from ipywidgets import IntSlider; IntSlider()", "shows a widget"),
        (
            'from IPython.display import HTML; HTML("<p>Hello</p><script>alert(1)</script>")',
            "prints a script",
        ),
    ],
    ids=["address", "altair's html", "altair's mime type", "widget", "script"],
)
def test_what_would_be_blank_on_the_page_stops_the_build_and_names_the_cell(tmp_path, pool, code, told):
    notebook(
        tmp_path / "own.ipynb",
        "Own",
        "x = 1",
        "import altair as alt; from chokepoint.data import tables",
        code,
    )
    with pytest.raises(UserError, match=told) as stopped:
        pool.submit(run_notebook, Run("own", tmp_path / "own.ipynb")).result()
    assert "book/own.ipynb, cell 3" in str(stopped.value)


# --- on the page ---


@pytest.mark.slow
@pytest.mark.xdist_group("browser")
def test_charts_typed_in_cells_are_on_the_page_with_table_csv_and_alt_text(checkout, visit):
    small = Small(checkout)
    imports = "import altair as alt; from chokepoint.data import tables"
    own = f'{BASKET}.drop(columns="source_id")'  # the small book lists no publisher
    charts = (f"{own}; {BARS}; bars", 'bars + bars.mark_text().encode(text="mineral")', PANELS, WRAPPED)
    notebook(small.folder / "book" / "stock.ipynb", "Stock", 'kind = "x"', imports, *charts)
    small.build()
    seen = visit((small.site / "stock.html").as_uri())
    assert len(seen.marks()) == 4 and min(seen.marks()) > 10
    assert seen.complaints == [] and all(r.startswith("file:") for r in seen.requests)
    figures = seen.page.locator("figure.cp-figure")
    for i in range(4):
        figures.nth(i).locator(".cp-numbers summary").click()
        figures.nth(i).locator("table.cp-table tbody tr").first.wait_for()
        assert figures.nth(i).locator("table.cp-table tbody tr").count() == len(plain_basket.basket())
        assert (
            figures.nth(i).locator(".cp-csv").count() == figures.nth(i).locator("button.cp-save").count() == 1
        )
        assert len(figures.nth(i).locator(".cp-chart").get_attribute("aria-label")) > 40
        assert figures.nth(i).locator(".cp-chart svg").bounding_box()["width"] > 300
    for width in (360, 1440):
        seen.page.set_viewport_size({"width": width, "height": 900})
        seen.page.wait_for_timeout(300)
        assert seen.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (
            "the page itself moves sideways"
        )
    assert seen.complaints == []
