"""Components: each has its two faces, nothing a table holds becomes markup, and tags stand in templates alone."""

import ast
import json
import re
from dataclasses import replace
from pathlib import Path

import altair as alt
import pandas as pd
import pytest
from markupsafe import Markup, escape

import chokepoint
from chokepoint.analysis.verdict import Standing
from chokepoint.data import tables
from chokepoint.errors import UserError
from chokepoint.pages import markup, price_floor, rock_to_motor
from chokepoint.pages.components import explorable, live_chart
from chokepoint.pages.components import figure as figures
from chokepoint.pages.components.base import Component
from chokepoint.pages.components.brief import Brief
from chokepoint.pages.components.explorable import Explorable
from chokepoint.pages.components.figure import MOST_ROWS, Figure, figure, numbers
from chokepoint.pages.components.guess import Guess, Reading
from chokepoint.pages.components.listing import Listing, statements
from chokepoint.pages.components.one_of import OneOf
from chokepoint.pages.components.scenario_desk import ScenarioDesk
from chokepoint.pages.components.section import Section
from chokepoint.pages.components.spread import Spread
from chokepoint.pages.components.table import Row, Table
from chokepoint.pages.components.voices import compare_quotations
from chokepoint.pages.embedded import embedded

SOURCE = Path(chokepoint.__file__).parent
HOSTILE = "\"><script>alert('x')</script> & so"
TAG = re.compile(
    r"</?(div|span|p|a|ul|ol|li|table|tr|td|th|section|aside|figure|figcaption|details|summary|button|svg|script|style|b|i|strong|em"
    r"|h[1-6]|code|pre|small|sup|sub|br|input|label|select|option|nav|header|footer|main|meta|link|title|article|rect|text)\b"
)
# Patterns that read HTML which Sphinx, MyST-NB and pandas have written: no tag in them reaches a page.
READS_HTML = {
    "pages/drawn.py": ["_SCRIPT", "_CHART"],
    "site/layout.py": ["_FIXES", "_IN_PARTS", "_NUMBERS", "_ROW"],
    "site/engine.py": ["_SCRIPT"],
    "site/sphinx_extension.py": ["_MODEL"],
}


def figure_of(text: str) -> Figure:
    """A figure all of whose words are `text`."""
    table = pd.DataFrame({"name": [text], "value": [1.0]})
    select = alt.param(name="c", value=text, bind=alt.binding_select(options=[text], name=text))
    chart = alt.Chart(table).mark_bar().encode(x="value", y="name").add_params(select)
    return figure(chart, title=text, alt_text=text, table=table, sources=["S001"])


def explorable_of(text: str) -> Explorable:
    """An explorable whose title, labels and alt text are `text`."""
    made = price_floor.who_pays()
    controls = [type(c)(**{**vars(c), "label": text, "unit": text, "basis": text}) for c in made.controls]
    words = {"title": text, "alt_text": text, "sentence": text, "controls": controls}
    return Explorable(**{**vars(made), **words})


def components(text: str) -> list[Component]:
    """One of each class, made of `text`; where there is a place for HTML, `text` is given as text."""
    return [
        Brief([text], "mcs2026"),
        Listing(text, Table("cp-x", [text], [Row([text], text)], text, [text])),
        Table("cp-x", [text], [Row([text], text)], text, [text], label=text, caption=text),
        Section(text, [text], "mcs2026", figure_of(text), [text], text),
        figure_of(text),
        explorable_of(text),
        Guess("x", text, [Reading(text, 1.0, text, "S001", True)], text, "mcs2026", text),
        compare_quotations("bloc", text),
        OneOf(Section(text, [text], "mcs2026"), "x", text, {"x": text}, "x", lambda _: [figure_of(text)]),
        ScenarioDesk(),  # takes names that there are, and refuses any other text
        rock_to_motor.chain("mcs2026", "metal"),  # the same
    ]


def test_every_component_has_a_face_for_the_page_and_one_for_a_kernel():
    from ipywidgets import Widget

    classes = {kind for kind in _kinds(Component)}
    assert {type(c) for c in components("x")} | {Spread} == classes
    for component in components("Tin at 5%"):
        assert isinstance(component.html(), Markup) and isinstance(component.widget(), Widget)
        assert component.text and {"text/html", "text/plain"} <= set(component._repr_mimebundle_()) | {
            "text/html"
        }


def test_a_notebook_keeps_a_picture_of_a_component_that_has_a_chart_and_the_page_its_html(monkeypatch):
    monkeypatch.setattr(live_chart, "bundle", lambda _widget, *told: {"image/png": told})
    monkeypatch.delenv(markup.RENDER, raising=False)
    words, drawn = Section("Tin", ["and lead"], "mcs2026"), figure_of("Tin")
    plain = words._repr_mimebundle_()
    assert plain["text/plain"] == "Tin and lead" and "Tin</h2>" in plain["text/html"]
    assert drawn._repr_mimebundle_() == {"image/png": (drawn.title, drawn.text, drawn.still())}
    monkeypatch.setenv(markup.RENDER, "1")
    assert drawn._repr_mimebundle_() == {"text/html": str(drawn.html()), "text/plain": drawn.text}


def test_sliders_that_ask_the_same_move_together_and_no_others(monkeypatch):
    monkeypatch.setattr(explorable, "_ASKED", {})
    floor = explorable.Control("floor", "Floor", 50.0, 0.0, 100.0, 0.5, "US$/kg", "S001", "printed")
    one, other = (explorable._live_slider(model, floor) for model in ("one", "other"))
    begun = explorable._live_slider("begun elsewhere", replace(floor, value=60.0))
    wider = explorable._live_slider("wider", replace(floor, high=200.0))
    assert one.readout_format == ".1f" and (one.min, one.max, one.step) == (0, 100, 0.5)
    one.value = 70
    assert (other.value, begun.value, wider.value) == (70, 60, 50)
    begun.value = 20
    assert (one.value, other.value) == (70, 70)


def test_a_slider_is_not_tied_to_one_that_has_been_closed(monkeypatch):
    monkeypatch.setattr(explorable, "_ASKED", {})
    floor = explorable.Control("floor", "Floor", 50.0, 0.0, 100.0, 0.5, "US$/kg", "S001", "printed")
    gone = explorable._live_slider("one", floor)
    gone.close()
    left = explorable._live_slider("other", floor)
    left.value = 70
    assert gone.value == 50
    again = explorable._live_slider("other", replace(floor, value=70.0))  # the cell is run again
    again.value = 30
    assert left.value == 70


def test_a_setting_is_held_to_what_its_slider_can_take():
    floor = explorable.Control("floor", "Floor", 50.0, 0.0, 1.0, 0.25, "US$/kg", "S001", "printed")
    assert floor.grid.tolist() == [0, 0.25, 0.5, 0.75, 1]
    held = explorable._with_default(floor, 0.6)
    assert held.value == 0.5 and held.grounds == "set for this printing"
    assert [explorable._with_default(floor, end).value for end in (0.0, 1.0)] == [0, 1]
    assert explorable._with_default(floor, None) == floor and floor.grounds == "printed [S001]"
    assert replace(floor, basis="assumed").grounds == "an assumption"
    assert [explorable._wished(floor, wish) for wish in ("low", "high", 0.75)] == [0, 1, 0.75]
    for outside in (-0.01, 1.01):
        with pytest.raises(UserError, match="is outside the range; give 0 to 1 US"):
            explorable._with_default(floor, outside)


def test_a_figure_is_of_the_sources_it_names_or_else_of_its_table_s(monkeypatch):
    chart = alt.Chart({"values": []}).mark_bar()
    table = pd.DataFrame({"t": [1, 2, 3], "source_id": ["S104", None, "S001"]})
    words = {"title": "Tin, by year", "alt_text": "Bars."}
    own = figure(chart, table=table, **words)
    assert own.sources == ("S001", "S104") and list(own.table) == ["t"]
    assert own.anchor == "chart-tin-by-year" and own.text == "Tin, by year. Bars."
    named = figure(chart, table=table, sources=["S431"], name="tin", **words)
    assert named.sources == ("S431",) and replace(named, within="lead").anchor == "lead-chart-tin"
    with pytest.raises(UserError, match="has no source"):
        figure(chart, table=table[["t"]], **words)


def test_documents_of_one_publisher_and_year_are_told_apart_by_day_or_title(monkeypatch):
    made = pd.DataFrame(
        [
            ("A", "USGS", "2026-02-04", "First"),
            ("B", "USGS", "2026-03-09", "Second"),
            ("C", "USGS", "2026-03-09", "Third"),
            ("D", "USGS", "2026-03", "Fourth"),
            ("E", "IEA", None, "Fifth"),
        ],
        columns=["source_id", "publisher", "date", "title"],
    ).set_index("source_id")
    monkeypatch.setattr(figures.tables, "row", lambda _, source_id: made.loc[source_id])
    monkeypatch.setattr(figures._template, "source_line", lambda documents: documents)
    assert figures.source_line("ABCDE") == {
        "USGS, 2026": [("A", "4 February"), ("B", "9 March"), ("C", "Third"), ("D", "Fourth")],
        "IEA": [("E", "Fifth")],
    }
    assert figures.source_line([]).startswith("No source") and "not named" in figures.source_line(None)


def test_numbers_are_shown_to_four_figures_and_what_is_missing_as_a_dash():
    table = pd.DataFrame({"t": [0.123456, 999.96, 1234.5, -1234.5, None]})
    cells = re.findall(r"<td>(.*?)</td>", str(figures._body(table)))
    assert cells == ["0.1235", "1,000", "1,234", "-1,234", "–"]


def _kinds(kind: type):
    for below in kind.__subclasses__():
        yield below
        yield from _kinds(below)


@pytest.mark.parametrize("component", components(HOSTILE), ids=lambda c: type(c).__name__)
def test_words_of_a_table_stay_words(component, monkeypatch):
    from ipywidgets import HTML

    harmless = [component.html()]
    widgets = [component.widget()]
    while widgets:
        widget = widgets.pop()
        widgets += getattr(widget, "children", ())
        harmless += [widget.value] if isinstance(widget, HTML) else []
    for html in harmless:
        assert "<script>alert" not in html and '"><' + "script" not in html


REAL = {
    "source_id": "S001",
    "check_source_id": "S001",
    "date_precision": "day",
}  # by which something else is looked up


class Anything:
    """Hostile whatever is asked of it: its attributes, items and parts are so too."""

    def __str__(self) -> str:
        return HOSTILE

    def __format__(self, spec: str) -> str:
        return HOSTILE

    def __getattr__(self, name: str) -> "Anything":
        if name.startswith("__"):
            raise AttributeError(name)
        return REAL.get(name, Anything())

    def __getitem__(self, key) -> "Anything":
        return REAL.get(key, Anything()) if isinstance(key, str) else Anything()

    def __call__(self, *given) -> "Anything":
        return Anything()

    def __iter__(self):
        yield Anything()

    def __len__(self) -> int:
        return 1

    def __add__(self, other) -> "Anything":
        return self

    def __float__(self) -> float:
        return 1.0

    __radd__ = __add__

    def __rsub__(self, other) -> float:
        return 1.0

    __sub__ = __rsub__

    def items(self) -> list:
        """As of a dictionary."""
        return [(Anything(), Anything())]


PAIRS, TRIPLE = [(HOSTILE, HOSTILE)], [(HOSTILE, HOSTILE, HOSTILE)]
NOT_MET = Standing(HOSTILE, "not met", HOSTILE)


class Step(Anything):
    """Of the chain: its bar is as long as its share [%]."""

    share = 50.0


GIVEN = {  # arguments whose parts are taken apart
    ("figure", "canvas"): {"selects": PAIRS},
    ("verdict", "mark"): {"standing": "not met"},
    ("verdict", "standing"): {"test": NOT_MET},
    **{("verdict", name): {"tests": [(NOT_MET, HOSTILE)]} for name in ("verdict", "argument", "one_page")},
    ("figure", "source_line"): {"documents": {HOSTILE: [("S001", HOSTILE), (HOSTILE, HOSTILE)]}},
    ("guess", "answer"): {"bars": [(Anything(), HOSTILE)]},
    ("spread", "spread"): {"panels": TRIPLE},
    ("one_of", "one_of"): {"choices": [("x", HOSTILE)], "panels": {"x": [HOSTILE]}},
    ("chapters", "marked"): {"parts": PAIRS},
    ("launch", "editions"): {"rows": [(Anything(), ""), (Anything(), HOSTILE)]},
    ("finish", "stated_on"): {"pages": PAIRS},
    ("finish", "on_page"): {"sections": PAIRS},
    ("desk", "desk"): {"panels": [(Anything(), HOSTILE, HOSTILE, HOSTILE)]},
    ("rock_to_motor", "chain"): {"shown": [Step()], "steps": [Step()]},
}
NO_PAGE = {"layout", "page", "search", "404"}  # frames that Sphinx fills
WITH_BODY = {
    ("listing", "fold_of"),
    ("chapters", "control"),
}  # macros beside them, tried below, call them with one
MACROS = [
    (path.stem, name)
    for folder in ("pages", "site")
    for path in sorted((SOURCE / folder / "templates").glob("*.html"))
    if path.stem not in NO_PAGE
    for name in re.findall(r"macro (\w+)\(", path.read_text(encoding="utf-8"))
    if (path.stem, name) not in WITH_BODY
]


def test_what_is_given_to_a_template_is_for_one_that_there_is():
    assert GIVEN.keys() <= set(MACROS)


@pytest.mark.parametrize(("template", "macro"), MACROS)
def test_every_template_escapes_what_it_is_given(template, macro, monkeypatch):
    monkeypatch.setattr(json, "dumps", _dumps)
    call = getattr(markup.macros(template), macro)
    given = {name: REAL.get(name, Anything()) for name in call.arguments}
    given |= GIVEN.get((template, macro), {})  # a name that the macro does not take is refused by the call
    if (template, macro) == ("reference_lists", "fact_value"):
        given = {"fact": type("Fact", (), {"text": HOSTILE, "superseded": [(HOSTILE, [HOSTILE])]})}
    if (template, macro) == (
        "pdf_book",
        "book",
    ):  # made of pages that the site has already; its words are few
        leaf = {"page": HOSTILE, "title": HOSTILE, "html": ""}
        given |= {
            "contents": [(HOSTILE, [(True, [leaf])])],
            "parts": [(HOSTILE, [(leaf, HOSTILE, HOSTILE)])],
        }
    html = str(call(**given))
    assert "<script>alert" not in html and '"><' + "script" not in html


def _dumps(value, **options) -> str:
    return json.JSONEncoder(ensure_ascii=False, default=str).encode(value)


def test_data_inside_a_script_element_cannot_end_it():
    assert "<" not in embedded({"name": HOSTILE})


def test_only_one_place_trusts_html_and_templates_escape():
    trusted = [
        (path.name, line.strip())
        for path in SOURCE.rglob("templates/*.html")
        if path.stem not in NO_PAGE
        for line in path.read_text(encoding="utf-8").splitlines()
        if re.search(r"\|\s*safe\b|autoescape", line)
    ]
    assert [name for name, _ in trusted] == ["pdf_book.html"], (
        "a page of the site, put into the book as it is"
    )


def test_no_tag_stands_in_python():
    found = []
    for path in sorted(SOURCE.rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        name = path.relative_to(SOURCE).as_posix()
        reading = set(map(id, _read_or_documented(tree, READS_HTML.get(name, []))))
        found += [
            f"{name}:{node.lineno}: {node.value[:60]!r}"
            for node in ast.walk(tree)
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in reading
            if TAG.search(node.value)
        ]
    assert found == [], "put it into a template of pages/templates or site/templates"


def _read_or_documented(tree: ast.AST, names: list[str]):
    """Strings that reach no page: docstrings, patterns that are given to `re`, what `partition` and `in` look for, the values named."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and ast.get_docstring(node):
            yield node.body[0].value
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args:
            if getattr(node.func.value, "id", "") == "re" or node.func.attr == "partition":
                yield from ast.walk(node.args[0])
        elif isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") in names:
            yield from ast.walk(node.value)


def test_what_was_said_is_told_oldest_first_however_the_rows_stand(monkeypatch):
    load, said = tables.load, tables.load("statements").query("published and speaker_kind == 'commentator'")
    for turned in (said, said[::-1]):
        monkeypatch.setattr(
            tables, "load", lambda name, *a, t=turned: t if name == "statements" else load(name, *a)
        )
        html = str(statements("commentator").html())
        at = {i: html.index(str(escape(said.paraphrase[i]))) for i in said.index}
        days = [said.date_start[i] for i in sorted(at, key=at.get)]
        assert days == sorted(days) and len(set(days)) > 1


def test_of_many_numbers_the_page_shows_the_first_and_the_csv_has_all():
    table = pd.DataFrame({"n": range(MOST_ROWS + 1)})
    shown, csv = str(numbers(table)).split("cp-csv", 1)
    assert shown.count("<tr") - 1 == MOST_ROWS and f"The first {MOST_ROWS} of {MOST_ROWS + 1} rows" in shown
    assert csv.count("\\n") == MOST_ROWS + 2
    assert "The first" not in str(numbers(table.head(MOST_ROWS)))
