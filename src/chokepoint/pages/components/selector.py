"""One choice for a whole notebook.

In a live kernel, all that a template shows follows the mineral or country chosen at its top.
"""

import inspect
from collections.abc import Callable, Container, Iterable
from types import ModuleType
from typing import TYPE_CHECKING, Any

from chokepoint.pages.markup import rendering
from chokepoint.parameters import Parameter, checked

if TYPE_CHECKING:  # they are imported where a live kernel shows something
    from ipywidgets import Widget

    from chokepoint.pages.components.base import Component


def selector(
    chapter: ModuleType, name: str, value: str, among: Iterable[str] | None = None
) -> "ModuleType | LinkedPage":
    """Return a template's chapter, whose functions take the parameter `name` first.

    While the site is built, this is the chapter itself. In a live notebook the variable `name` follows the
    list: it is always what is chosen there. among: what the list offers, besides `value`; all there is where
    it is not given. UserError when there is no such mineral or country.
    """
    return chapter if rendering() else LinkedPage(chapter, name, value, among)


class Chosen(str):
    """What is chosen in the list, which a notebook's variable holds.

    What is shown for it is shown for every later choice as well.
    """


class LinkedPage:
    """A chapter that shows itself as a list to choose from.

    A function of the chapter that is asked about the choice is drawn again at each choice. One that is asked
    about anything else, such as `page.brief("tin", release)`, answers that, and stays.
    """

    def __init__(
        self, chapter: ModuleType, name: str, value: str, among: Iterable[str] | None = None
    ) -> None:
        import ipywidgets as widgets

        offered = {checked(name, str, str(value)), *(among or ())}
        choices = [c for c in Parameter(name, str, value, "").choices if among is None or c in offered]
        self._chapter, self._name = chapter, name
        self._choice = widgets.Dropdown(options=choices, value=str(value), description=name.capitalize())
        self._choice.add_class("cp-choice").observe(self._set_variable, "value")
        self._set_variable()

    def _repr_mimebundle_(
        self, include: Container[str] | None = None, exclude: Container[str] | None = None
    ) -> dict:
        return self._choice._repr_mimebundle_()

    def _set_variable(self, _change: dict | None = None) -> None:
        """Give the notebook's variable the choice."""
        from IPython import get_ipython

        if shell := get_ipython():
            shell.push({self._name: Chosen(self._choice.value)})

    def __getattr__(self, function: str) -> Any:
        make = getattr(self._chapter, function)
        if not callable(make) or self._name not in (wants := inspect.signature(make)).parameters:
            return make

        def linked(*given: Any, **named: Any) -> Any:
            asked = wants.bind(*given, **named)
            about = asked.arguments[self._name]
            if not isinstance(about, Chosen):
                checked(self._name, str, about)
                return make(*given, **named)
            return self._redrawn(make, asked)

        return linked

    def _redrawn(self, make: Callable[..., "Component | None"], asked: inspect.BoundArguments) -> "Widget":
        import ipywidgets as widgets

        place = widgets.VBox()

        def draw(_change: dict | None = None) -> None:
            asked.arguments[self._name] = self._choice.value
            before, place.children = place.children, (_widget(make(*asked.args, **asked.kwargs)),)
            for gone in before:
                gone.close()

        self._choice.observe(draw, "value")
        draw()
        return place


def _widget(component: "Component | None") -> "Widget":
    """Make a widget of what a chapter shows; nothing as an empty box."""
    import ipywidgets as widgets

    return widgets.VBox() if component is None else component.widget()
