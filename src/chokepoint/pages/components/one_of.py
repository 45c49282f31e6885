"""One of several that are told alike: the page holds them all, and shows the one that is chosen."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from markupsafe import Markup

from chokepoint.pages.components.base import Component
from chokepoint.pages.components.section import Section
from chokepoint.pages.markup import macros

if TYPE_CHECKING:  # it is imported where a live kernel shows something
    from ipywidgets import Widget

_template = macros("one_of")


@dataclass(frozen=True)
class OneOf(Component):
    """A choice, and what is told of what is chosen.

    The address keeps the choice as `name=key`. Without script, and on paper, all stand one below the other.
    """

    head: Section  # what holds for all of them
    name: str
    label: str
    choices: Mapping[str, str]  # key → what the reader calls it
    first: str  # the key that is chosen until the reader chooses
    told: Callable[[str], Sequence[Component]]  # the parts that belong to a key

    def html(self) -> Markup:
        """See `Component`."""
        panels = {key: [part.html() for part in self.told(key)] for key in self.choices}
        return _template.one_of(
            self.head.html(), self.name, self.label, list(self.choices.items()), self.first, panels
        )

    @property
    def text(self) -> str:
        """See `Component`."""
        return self.head.text

    def widget(self) -> "Widget":
        """Show a list to choose from, and below it what is chosen, which is worked out only then."""
        import ipywidgets as widgets

        choice = widgets.Dropdown(
            options=[(title, key) for key, title in self.choices.items()],
            value=self.first,
            description=self.label,
        )
        place = widgets.VBox()

        def draw(_change: dict | None = None) -> None:
            before, place.children = place.children, [part.widget() for part in self.told(choice.value)]
            for gone in before:
                gone.close()

        choice.add_class("cp-choice").observe(draw, "value")
        draw()
        return widgets.VBox([self.head.widget(), choice, place])
