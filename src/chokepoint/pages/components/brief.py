"""The sentences at the head of each chapter. They are computed: if the data turn, the sentence turns.

A sentence is written with facts in braces, `{vault.exim_loan}`, and shows each fact linked to its evidence.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from chokepoint.pages.components.base import Component
from chokepoint.pages.markup import macros, with_links

_template = macros("brief")


@dataclass(frozen=True)
class Brief(Component):
    """*In brief*: three sentences that answer the chapter's question, at a release."""

    sentences: Sequence[str]
    release: str

    def html(self) -> Markup:
        """See `Component`."""
        return _template.brief([with_links(s, self.release) for s in self.sentences])
