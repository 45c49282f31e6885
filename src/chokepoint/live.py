"""One choice for a whole notebook: in a live kernel, all that a template shows follows the mineral or country chosen at its top."""

import inspect
from types import ModuleType

from chokepoint.charts.figure import printing
from chokepoint.parameters import Parameter, checked


def following(chapter: ModuleType, name: str, value: str) -> "ModuleType | Following":
    """A template's chapter, whose functions take the parameter `name` first; while the book is printed, the chapter itself.

    In a live notebook the variable `name` follows the list: it is always what is chosen there. UserError when there is no such
    mineral or country.
    """
    return chapter if printing() else Following(chapter, name, value)


class Chosen(str):
    """What is chosen in the list, which a notebook's variable holds: what is shown for it is shown for every later choice as well."""


class Following:
    """Shows itself as a list to choose from. A function of the chapter that is asked about the choice is drawn again at each choice.

    One that is asked about anything else, such as `page.brief("tin", release)`, answers that, and stays.
    """

    def __init__(self, chapter: ModuleType, name: str, value: str):
        import ipywidgets as widgets

        choices = Parameter(name, str, value, "").choices
        self._chapter, self._name = chapter, name
        self._choice = widgets.Dropdown(options=choices, value=checked(name, str, str(value)), description=name.capitalize())
        self._choice.add_class("cp-choice").observe(self._tell, "value")
        self._tell()

    def _repr_mimebundle_(self, include=None, exclude=None) -> dict:
        return self._choice._repr_mimebundle_()

    def _tell(self, _change=None) -> None:
        """Give the notebook's variable the choice."""
        from IPython import get_ipython

        if shell := get_ipython():
            shell.push({self._name: Chosen(self._choice.value)})

    def __getattr__(self, function: str):
        make = getattr(self._chapter, function)
        if not callable(make) or self._name not in (wants := inspect.signature(make)).parameters:
            return make

        def linked(*given, **named):
            asked = wants.bind(*given, **named)
            about = asked.arguments[self._name]
            if not isinstance(about, Chosen):
                checked(self._name, str, about)
                return make(*given, **named)
            return self._followed(make, asked)

        return linked

    def _followed(self, make, asked: inspect.BoundArguments):
        import ipywidgets as widgets

        place = widgets.VBox()

        def draw(_change=None) -> None:
            asked.arguments[self._name] = self._choice.value
            before, place.children = place.children, (_widget(make(*asked.args, **asked.kwargs)),)
            for gone in before:
                gone.close()

        self._choice.observe(draw, "value")
        draw()
        return place


def _widget(shown):
    """Anything a chapter shows, as a widget; nothing as an empty box."""
    import ipywidgets as widgets

    made = shown.widget() if hasattr(shown, "widget") else None
    if made is not None or shown is None:
        return made or widgets.VBox()
    return widgets.HTML(shown._repr_mimebundle_()["text/html"])
