"""Parts of a page that is made for many minerals or countries.

A part is a heading, sentences, perhaps a figure. What is not there shows nothing.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from markupsafe import Markup

from chokepoint.pages.components.base import Component
from chokepoint.pages.components.figure import Figure
from chokepoint.pages.markup import for_notebook, macros, with_links

if TYPE_CHECKING:  # it is imported where a live kernel shows something
    from ipywidgets import Widget

_template = macros("section")


# Ways on from a page that is made for many minerals or countries.
HOW_AND_WHERE = (
    "[How this page counts](methods#pages-of-minerals-and-countries), and [the evidence](evidence)",
    "[All minerals](minerals) and [all countries](countries)",
)


@dataclass(frozen=True)
class Section(Component):
    """A part of a page.

    Sentences and items of its list are text or `Markup`; text may name facts and pages (see `with_links`).
    """

    heading: str
    sentences: Sequence[str]
    release: str
    figure: Figure | None = None
    items: Sequence[str] = ()
    after: str = ""  # what stands under the figure
    rank: int = 2  # of its heading
    within: str = ""  # the part of the page that it belongs to, which its anchor then begins with

    def html(self) -> Markup:
        """See `Component`."""
        drawn = replace(self.figure, within=self.within) if self.figure else None
        return _template.section(self._words(), drawn or "", self.after)

    @property
    def title(self) -> str:
        """Title of its figure."""
        return self.figure.title

    @property
    def text(self) -> str:
        """See `Component`."""
        return self.figure.text if self.figure else super().text

    def still(self) -> dict | None:
        """See `Component`."""
        return self.figure.still() if self.figure else None

    def widget(self) -> "Widget":
        """Its words, with the figure between them where it has one."""
        if self.figure is None:
            return super().widget()
        import ipywidgets as widgets

        above, below = (widgets.HTML(for_notebook(part)) for part in (self._words(), self.after))
        return widgets.VBox([above, self.figure.widget(), below])

    def _words(self) -> Markup:
        anchor = re.sub(r"\W+", "-", f"{self.within} {self.heading}".lower()).strip("-")
        sentences, items = (
            [with_links(s, self.release) for s in part] for part in (self.sentences, self.items)
        )
        return _template.words(anchor, self.heading, sentences, items, self.rank)
