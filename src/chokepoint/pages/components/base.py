"""What all components share: how each shows itself on the page and in a live kernel."""

from abc import ABC, abstractmethod
from collections.abc import Container
from textwrap import shorten
from typing import TYPE_CHECKING

from markupsafe import Markup

from chokepoint.pages.markup import for_notebook, rendering

if TYPE_CHECKING:  # it is imported where a live kernel shows something
    from ipywidgets import Widget

MOST_WORDS = 600  # characters


class Component(ABC):
    """A part of a page. Jupyter asks `_repr_mimebundle_` for it; templates take it as HTML."""

    @abstractmethod
    def html(self) -> Markup:
        """Return it as it stands on the page."""

    @property
    def text(self) -> str:
        """Its words, for a reader of the notebook's file; no more than the first of many."""
        words = Markup(str(self.html()).replace("><", "> <")).striptags()
        return shorten(words, MOST_WORDS, placeholder=" …")

    def widget(self) -> "Widget":
        """Return it as an ipywidget: its HTML, unless a component has more to show."""
        import ipywidgets as widgets

        return widgets.HTML(for_notebook(self.html()))

    def still(self) -> dict | None:
        """Vega-Lite of the picture that a saved notebook keeps of its chart; None where it has no chart."""
        return None

    def _repr_mimebundle_(
        self, include: Container[str] | None = None, exclude: Container[str] | None = None
    ) -> dict:
        if rendering():
            return {"text/html": str(self.html()), "text/plain": self.text}
        if (spec := self.still()) is None:
            return {"text/html": str(for_notebook(self.html())), "text/plain": self.text}
        from chokepoint.pages.components.live_chart import bundle

        return bundle(self.widget(), self.title, self.text, spec)

    def __html__(self) -> str:
        return self.html()
