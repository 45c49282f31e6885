"""The rooms of the package, and which of them each may import: one way, no way back."""

import pytest

from chokepoint.site.imports import imported, modules

MODULES = modules()
ROOMS = {
    "errors": set(),
    "data": {"errors"},
    "models": {"errors"},
    "analysis": {"data", "models", "errors"},
    "parameters": {"data", "analysis", "errors"},
    "charts": {"errors"},
    "pages": {"data", "models", "analysis", "charts", "parameters", "errors"},
    "site": {"data", "models", "analysis", "charts", "pages", "parameters", "errors"},
    "cli": {"data", "models", "analysis", "charts", "pages", "site", "parameters", "errors"},
}
YET = {  # what does not keep to it yet
    (
        "chokepoint.charts",
        "chokepoint.pages.components.plain_chart",
    ),  # a chart alone in a cell is shown as a figure, once one is drawn
    (
        "chokepoint.charts.chooser",
        "chokepoint.analysis.coalitions",
    ),  # names of standings, which also order and colour the marks
    ("chokepoint.charts.shares", "chokepoint.analysis.coalitions"),
}


def room(module: str) -> str:
    return module.split(".")[1]


@pytest.mark.parametrize("name", ROOMS)
def test_a_room_imports_only_what_stands_below_it(name):
    modules = [module for module in MODULES if "." in module and room(module) == name]
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
