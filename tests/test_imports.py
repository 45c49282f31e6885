"""The rooms of the package, and which of them each may import: one way, no way back, no circle."""

import re
from pathlib import Path

import pytest

from chokepoint.site.cache import code_of
from chokepoint.site.imports import imported, imported_by_code, modules
from chokepoint.site.watch import modules_needing_restart

COMPONENTS = "chokepoint.pages.components"
MODULES = modules()
ROOMS = {
    "errors": set(),
    "syntax": set(),
    "checkout": set(),
    "data": {"checkout", "errors"},
    "models": {"data", "errors"},  # the scenario model takes its facts from data/scenario
    "analysis": {"data", "models", "errors"},
    "parameters": {"data", "analysis", "errors", "syntax"},
    "charts": {"errors"},
    "pages": {"data", "models", "analysis", "charts", "parameters", "errors"},
    "site": {"data", "models", "analysis", "charts", "pages", "parameters", "errors", "syntax"},
    "cli": {
        "checkout",
        "data",
        "models",
        "analysis",
        "charts",
        "pages",
        "site",
        "parameters",
        "errors",
        "syntax",
    },
}
YET = {  # what does not keep to it yet
    (
        "chokepoint.charts",
        "chokepoint.pages.components.plain_chart",
    ),  # a chart alone in a cell is shown as a figure, once one is drawn
}
# The site runs notebooks by path; what it must know of their contents all the same, and why.
SITE_KNOWS = {
    "chokepoint.analysis.countries": "which countries have a page, for the plan, the links and the index",
    "chokepoint.analysis.difference": "which release the feed of new releases compares the book with",
    "chokepoint.analysis.events": "what the newest event is, for the date in a page's description",
    "chokepoint.analysis.facts": "the registry that links in the text are checked against",
    "chokepoint.analysis.own_forecasts": "where each forecast stands, for the file of forecasts",
    "chokepoint.analysis.publishers": "the table of the methods: which publisher a series is taken from, and why",
    "chokepoint.analysis.reliance": "the index of minerals",
    "chokepoint.analysis.supply": "the index of minerals and the cover's chart",
    "chokepoint.charts.narrow": "how wide the names on the cover's chart are reckoned",
    "chokepoint.charts.theme": "the font of charts, in whose place pictures of pages have another",
    "chokepoint.charts.vega": "compiles charts for the page and bundles their script",
}


def room(module: str) -> str:
    return module.split(".")[1]


def within(room_: str) -> list[str]:
    return [module for module in MODULES if "." in module and room(module) == room_]


@pytest.mark.parametrize("name", ROOMS)
def test_a_room_imports_only_what_stands_below_it(name):
    modules = within(name)
    assert modules
    wrong = {
        (m, other)
        for m in modules
        for other in imported(m)
        if "." in other and room(other) not in ROOMS[name] | {name}
    }
    assert wrong == {(m, other) for m, other in YET if room(m) == name}


def test_every_module_stands_in_a_room():
    assert {room(module) for module in MODULES if "." in module} == set(ROOMS)


def test_of_what_pages_say_the_site_knows_no_more_than_is_listed_with_a_reason():
    known = {other for m in within("site") for other in imported(m) if "." in other}
    apart = {other for other in known if room(other) in {"analysis", "charts", "models"}}
    listed = tuple(SITE_KNOWS)
    assert {
        other for other in apart if not any(f"{other}.".startswith(f"{name}.") for name in listed)
    } == set()


def test_no_import_goes_round_in_a_circle():
    """Imports within functions count too: a module that needs itself by way of another is two halves of one.

    What a module loads by a name that it is given is no part of it, and does not count.
    """
    waiting = {module: imported(module, by_name=False) - {module} for module in MODULES}
    while ready := [module for module, needs in waiting.items() if not needs & set(waiting)]:
        for module in ready:
            del waiting[module]
    assert sorted(waiting) == []


def test_a_saved_chart_or_page_is_no_reason_for_the_watch_to_start_anew():
    held = modules_needing_restart()
    assert {"chokepoint.site.kernels", "chokepoint.data.tables"} <= held
    notebooks = (Path(__file__).resolve().parents[1] / "book").glob("[01]*.ipynb")
    chapters = set().union(*(imported_by_code(code_of(notebook)[1]) for notebook in notebooks))
    chapters = {name for name in chapters if re.fullmatch(r"chokepoint\.pages\.\w+", name)} - {COMPONENTS}
    drawn = {other for page in chapters for other in imported(page) if other.startswith("chokepoint.charts.")}
    assert len(chapters) >= 9 and "chokepoint.charts.curves" in drawn
    assert not (chapters | drawn - {"chokepoint.charts.theme"}) & held
