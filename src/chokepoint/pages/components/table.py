"""A table that the page's script lets the reader search, sort, narrow to one of its labels, and save."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from chokepoint.pages.components.base import Component
from chokepoint.pages.markup import macros

_template = macros("table")
# Kinds whose columns a reader compares: on a phone they scroll sideways beside their first column. The rows
# of all others are in sentences, and become cards.
COMPARED = {"cp-chains", "cp-decided", "cp-index", "cp-magnet-chain", "cp-moved", "cp-revised", "cp-scale"}
COMPARED |= {"cp-stories-told"}
WHOLE, PART = 100, 25  # rows: so many are shown at once, a longer list part by part


@dataclass(frozen=True)
class Row:
    """A row that a link can lead to.

    Cells are text, or `Markup`; one with an order is sorted by that instead.
    """

    cells: Sequence[object]
    anchor: str = ""
    orders: Sequence[object] = ()  # of each cell, None where it is sorted by its text


@dataclass(frozen=True)
class Table(Component):
    """Rows under heads, in a box that scrolls sideways on a narrow screen.

    kind: class of the table. of: what the rows are, for those who hear the table's name rather than see it.
    filters: a row stays when one of its cells is exactly the chosen one.

    >>> table = Table("cp-facts", ["What"], [Row(["one"], "fact-1")], of="facts", filters=["one"])
    >>> str(table.html()).count("<option")
    2
    """

    kind: str
    heads: Sequence[str]
    rows: Sequence[Row]
    of: str = "rows"
    filters: Iterable[str] = ()
    search: bool = True
    label: str = ""  # its name where "Table of" what the rows are is none
    caption: str = ""

    @property
    def cards(self) -> bool:
        """Whether its rows become cards on a phone."""
        return self.kind not in COMPARED

    @property
    def parts(self) -> list[Sequence[Row]]:
        """The rows, in parts of `PART`; a shorter list is one part.

        >>> [len(part) for part in Table("", [], [Row([])] * 120).parts]
        [25, 25, 25, 25, 20]
        >>> [len(part) for part in Table("", [], [Row([])] * 100).parts]
        [100]
        """
        if len(self.rows) <= WHOLE:
            return [self.rows]
        return [self.rows[at : at + PART] for at in range(0, len(self.rows), PART)]

    def html(self) -> Markup:
        """See `Component`."""
        table = _template.scrolled(self)
        return _template.search(len(self.rows), list(self.filters)) + table if self.search else table
