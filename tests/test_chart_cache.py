"""A chart is compiled once: what is kept of it is what compiling gives, and what is damaged or old is not used."""

import os

import altair as alt
import pandas as pd
import pytest

from chokepoint.pages import vega_script
from chokepoint.pages.components.figure import figure
from chokepoint.pages.drawn import drawn
from chokepoint.site import chart_cache, imports
from chokepoint.site.chart_cache import ChartCache

ROWS = pd.DataFrame({"metal": ["tin", "lead"], "share": [40.0, 60.0]})


def must_not_compile() -> str:
    raise AssertionError("compiled again")


@pytest.fixture
def charts(tmp_path):
    return ChartCache(tmp_path / "charts")


def test_a_chart_is_compiled_once_and_is_then_what_it_was(charts):
    bars = alt.Chart(ROWS).mark_bar().encode(x="share", y="metal")
    html = figure(
        bars, name="shares", title="Shares", sources=["S001"], table=ROWS, alt_text="Two bars."
    ).html()
    assert "application/vnd.vegalite+json" in html
    plain = drawn(html)
    assert plain == drawn(html, charts.get_or_compile)
    assert plain == drawn(html, lambda chart, _compile: charts.get_or_compile(chart, must_not_compile))
    changed = html.replace("40.0", "41.0")
    assert changed != html
    with pytest.raises(AssertionError, match="compiled again"):
        drawn(changed, lambda chart, _compile: charts.get_or_compile(chart, must_not_compile))


def test_a_damaged_file_is_compiled_again(charts):
    charts.get_or_compile("a chart", lambda: "Vega")
    [file] = charts.folder.iterdir()
    for damage in (b"", b"no gzip", file.read_bytes()[:-6]):
        file.write_bytes(damage)
        assert charts.get_or_compile("a chart", lambda: "Vega") == "Vega"
        assert charts.get_or_compile("a chart", must_not_compile) == "Vega"


def test_where_nothing_can_be_written_charts_are_compiled_all_the_same(tmp_path):
    (tmp_path / "charts").write_text("a file stands here")
    charts = ChartCache(tmp_path / "charts")
    assert [charts.get_or_compile("a chart", lambda: "Vega") for _ in range(2)] == ["Vega", "Vega"]


def test_a_chart_that_does_not_compile_is_not_kept(charts):
    with pytest.raises(AssertionError):
        charts.get_or_compile("a chart", must_not_compile)
    assert charts.get_or_compile("a chart", lambda: "Vega") == "Vega"


def test_those_used_last_stay(charts, monkeypatch):
    monkeypatch.setattr(chart_cache, "MOST_KEPT", 2)
    for number, name in enumerate("abc"):
        charts.get_or_compile(name, lambda name=name: name)
        newest = max(charts.folder.iterdir(), key=lambda path: path.stat().st_mtime_ns)
        os.utime(newest, (number, number))
    charts.get_or_compile("a", must_not_compile)  # used now
    (old := charts.folder.parent / "of other code").mkdir()
    charts.forget_oldest()
    assert not old.exists()
    assert [charts.get_or_compile(name, lambda: "again") for name in "acb"] == ["a", "c", "again"]


def test_what_is_kept_depends_on_all_that_compiles_a_chart():
    """Or a change of the compiler would not be seen on the pages."""
    compilers = set(chart_cache.COMPILERS)
    used = {name for compiler in compilers for name in imports.imported(compiler)}
    assert used - compilers == {"chokepoint.errors", "chokepoint.pages.markup"}, (
        "name the new module in COMPILERS, or say here why no chart depends on it: markup gives drawn its template alone"
    )
    assert all(
        text not in chart_cache.TEMPLATE.read_text() for text in ("{% import", "{% include", "{% extends")
    )


def test_a_fresh_build_finds_none(tmp_path):
    from chokepoint.site.cache import Cache

    assert Cache(tmp_path / "cache", fresh=True).charts.folder is None
    assert Cache(tmp_path / "cache").charts.folder.parent == tmp_path / "charts"


def test_the_script_of_the_charts_is_bundled_once_for_each_use(tmp_path, monkeypatch):
    bundled = []
    monkeypatch.setattr(vega_script.tables, "home", lambda: tmp_path)
    monkeypatch.setattr(vega_script.vega, "script", lambda use: bundled.append(use) or f"Vega; {use};")
    uses = ["window.vega = {}", "export default {}"]
    assert [vega_script.vega_script(use) for use in uses * 2] == [f"Vega; {use};" for use in uses * 2]
    assert bundled == uses
