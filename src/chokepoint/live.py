"""One choice for a whole notebook: in a live kernel, all that a template shows follows the mineral or country chosen at its top."""

from types import ModuleType

from chokepoint.charts.figure import printing
from chokepoint.parameters import Parameter


def following(chapter: ModuleType, name: str, value: str) -> "ModuleType | Following":
    """A template's chapter, whose functions take the parameter `name` first; while the book is printed, the chapter itself.

    UserError when there is no such mineral or country.
    """
    return chapter if printing() else Following(chapter, name, value)


class Following:
    """Shows itself as a list to choose from; each function of the chapter is drawn again, where it stands, at each choice."""

    def __init__(self, chapter: ModuleType, name: str, value: str):
        import ipywidgets as widgets

        choices = Parameter(name, str, value, "").choices
        self._chapter = chapter
        self._choice = widgets.Dropdown(options=choices, value=value, description=name.capitalize()).add_class("cp-choice")

    def _repr_mimebundle_(self, include=None, exclude=None) -> dict:
        return self._choice._repr_mimebundle_()

    def __getattr__(self, function: str):
        make = getattr(self._chapter, function)

        def shown(_value: str, *more):
            import ipywidgets as widgets

            place = widgets.VBox()

            def draw(_change=None) -> None:
                before, place.children = place.children, (_widget(make(self._choice.value, *more)),)
                for gone in before:
                    gone.close()

            self._choice.observe(draw, "value")
            draw()
            return place

        return shown


def _widget(shown):
    """Anything a chapter shows, as a widget; nothing as an empty box."""
    import ipywidgets as widgets

    made = shown.widget() if hasattr(shown, "widget") else None
    if made is not None or shown is None:
        return made or widgets.VBox()
    bundle = shown._repr_mimebundle_()
    return widgets.HTML(bundle.get("text/html") or _html(bundle["text/markdown"]))


def _html(markdown: str) -> str:
    from markdown_it import MarkdownIt

    return MarkdownIt().render(markdown)
