"""What a page's charts are made of stands in files beside it, and is the same when it is read again."""

import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chokepoint.pages.embedded import embedded
from chokepoint.site import chart_files, linkcheck

NAMES = st.sampled_from(["year", "share", "__proto__", "a b", "é"])
VALUES = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
)
ROWS = st.lists(st.dictionaries(NAMES, VALUES), max_size=4) | st.dictionaries(NAMES, VALUES)
SPECS = st.lists(
    st.fixed_dictionaries(
        {"data": st.lists(st.fixed_dictionaries({"name": st.text()}, optional={"values": ROWS}), max_size=3)}
    ),
    max_size=3,
)


def page(specs: list, tables: list[str] = ()) -> str:
    """A page with these charts, and these tables of numbers."""
    made = [("cp-spec", spec) for spec in specs] + [("cp-csv", table) for table in tables]
    return "<h1>A page</h1>" + "".join(
        f'<p>One</p><script type="application/json" class="{kind}">{embedded(held)}</script>'
        for kind, held in made
    )


def taken(body: str, folder: Path) -> str:
    """The page without its charts, whose files are written to a folder."""

    def write(name: str, text: str) -> None:
        if text:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(text, encoding="utf-8")

    return chart_files.taken_out(body, "one/two", write)


@given(SPECS, st.lists(st.text(), max_size=2))
def test_charts_and_numbers_come_back_as_they_were(tmp_path_factory, specs, tables):
    body, folder = page(specs, tables), tmp_path_factory.mktemp("files")
    without = taken(body, folder)
    assert without.count("data-file=") == len(specs) + len(tables)
    assert chart_files.put_back(without, folder) == body


def test_rows_of_one_kind_stand_by_column_and_a_table_of_two_charts_once(tmp_path):
    rows = [{"year": 2024, "t": 1.5}, {"year": 2025, "t": None}]
    taken(
        page([{"data": [{"name": "a", "values": rows}]}, {"data": [{"name": "b", "values": rows}]}]), tmp_path
    )
    text = (tmp_path / "charts" / "one-two.js").read_text(encoding="utf-8")
    assert text.count('{"names":["year","t"],"columns":[[2024,2025],[1.5,null]]}') == 1


def test_other_charts_make_another_address(tmp_path):
    first, second = (
        re.search(r'data-file="([^"]+)"', taken(page([{"data": [], "x": x}]), tmp_path))[1] for x in (1, 2)
    )
    assert first.split("?")[0] == second.split("?")[0] and first != second


def test_a_page_without_charts_has_no_files():
    written = {}
    assert chart_files.taken_out("<p>Words</p>", "words", written.__setitem__) == "<p>Words</p>"
    assert written == {"charts/words.js": "", "numbers/words.js": ""}  # what was there before goes


def test_a_file_that_is_missing_stops_the_build(tmp_path):
    (tmp_path / "index.html").write_text(taken(page([{"data": []}]), tmp_path / "_static"), encoding="utf-8")
    linkcheck.require_whole(tmp_path)
    (tmp_path / "_static" / "charts" / "one-two.js").unlink()
    with pytest.raises(linkcheck.UserError, match=r"index\.html: loads _static/charts/one-two\.js"):
        linkcheck.require_whole(tmp_path)


@pytest.mark.slow
def test_every_chart_of_the_site_stands_in_a_file_that_only_its_page_reads(site):
    for path in site.rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        inside = re.findall(r'class="cp-(?:spec|csv)"[^>]*>([^<]*)<', text)
        assert not any(inside), path
        own = {name.split("?")[0].partition("/")[2] for name in re.findall(r'data-file="([^"]+)"', text)}
        page_name = path.relative_to(site).with_suffix("").as_posix().replace("/", "-")
        assert own <= {f"{page_name}.js"}, path


@pytest.mark.slow
@pytest.mark.xdist_group("browser")
def test_the_page_reads_its_charts_after_its_words_and_its_numbers_only_when_saved(address, browser, site):
    tab = browser.new_context(accept_downloads=True).new_page()
    asked = []
    tab.on("request", lambda request: asked.append(request.url))
    tab.goto(f"{address}/01-dependence.html", wait_until="commit")
    tab.wait_for_load_state("domcontentloaded")
    assert not [url for url in asked if "/charts/" in url]
    tab.wait_for_function("() => document.querySelector('.cp-chart[data-drawn]')")
    assert sum("/charts/01-dependence.js" in url for url in asked) == 1
    assert not [url for url in asked if "/numbers/" in url]
    part = tab.locator(".cp-figure:has(.cp-csv)").first
    part.locator(".cp-numbers summary").click()
    with tab.expect_download() as saving:
        part.locator("button.cp-save").click()
    saved = Path(saving.value.path()).read_text(encoding="utf-8-sig")
    whole = chart_files.put_back((site / "01-dependence.html").read_text(encoding="utf-8"), site / "_static")
    assert saved == json.loads(re.search(r'class="cp-csv">(.*?)</script>', whole, re.S)[1])
    tab.context.close()
