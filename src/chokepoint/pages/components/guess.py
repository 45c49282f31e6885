"""A question that the reader answers before the book does; what is guessed stays on the page."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from markupsafe import Markup

from chokepoint.pages.components.base import Component
from chokepoint.pages.markup import for_notebook, macros, with_links

if TYPE_CHECKING:  # it is imported where a live kernel shows something
    from ipywidgets import Widget

_template = macros("guess")


@dataclass(frozen=True)
class Reading:
    """One answer of those that are held: whose it is, its value, and how it is written.

    settles: whether it is the one that the book goes by.
    """

    label: str
    value: float
    text: str
    source_id: str
    settles: bool = False


@dataclass(frozen=True)
class Guess(Component):
    """Ask for a number from 0 to `high`, or with `choices` for one of the labels; then show all readings.

    told: the sentence of the answer, with facts in braces. unit: " days", "%" and the like, after a number.
    """

    name: str
    question: str
    readings: Sequence[Reading]
    told: str
    release: str
    unit: str = ""
    high: float = 100
    choices: bool = False

    @property
    def step(self) -> float:
        """What the slider moves by."""
        return self.high / 100 if self.high > 100 else 1

    @property
    def longest(self) -> float:
        """The value whose bar is as long as the line."""
        return max(*(reading.value for reading in self.readings), 0 if self.choices else self.high)

    def html(self) -> Markup:
        """See `Component`."""
        return _template.guess(self, self.answer())

    def answer(self) -> Markup:
        """Return what is shown once a guess is made: the sentence, and a bar for each reading."""
        bars = [(reading, f"{100 * reading.value / self.longest:.4g}") for reading in self.readings]
        return _template.answer(with_links(self.told, self.release), bars)

    def widget(self) -> "Widget":
        """Return a slider or a list, and a button that shows the answer below it."""
        import ipywidgets as widgets

        asked = (
            widgets.Dropdown(options=["", *(reading.label for reading in self.readings)])
            if self.choices
            else widgets.FloatSlider(
                value=self.high / 2, max=self.high, step=self.step, readout_format=",.0f"
            )
        )
        button, answer = widgets.Button(description="Show the answer"), widgets.HTML()

        def show(_button: widgets.Button) -> None:
            said = asked.value if self.choices else f"{asked.value:,.0f}{self.unit}"
            answer.value = for_notebook(_template.guessed(said) + self.answer())

        button.on_click(show)
        return widgets.VBox(
            [widgets.HTML(for_notebook(_template.question(self.question))), asked, button, answer]
        )
