"""A table that the page's script lets the reader search, sort, narrow to one of its labels, and save."""

import html
from collections.abc import Iterable, Sequence


def searchable(
    kind: str, heads: Sequence[str], rows: Sequence[str], filters: Iterable[str] = (), *, of: str = "rows"
) -> str:
    """kind: class of the table. rows: HTML, see `row`. filters: a row stays when one of its cells is exactly the chosen one.

    of: what the rows are, for those who hear the table's name rather than see it.

    >>> searchable("cp-facts", ["What"], [row("fact-1", ["one"])], ["one"]).count("<option")
    2
    """
    options = "".join(f"<option>{html.escape(f)}</option>" for f in filters)
    narrow = f'<label>Show <select><option value="">all</option>{options}</select></label>' if options else ""
    said = f"{len(rows)} row{'s' * (len(rows) != 1)}"
    search = f'<form class="cp-search"><label>Search <input type="search"></label>{narrow}<output>{said}</output></form>'
    return f"{search}{scrolled(kind, heads, rows, of)}"


def scrolled(kind: str, heads: Sequence[str], rows: Sequence[str], of: str) -> str:
    """The table alone, in a box of its own that scrolls sideways on a narrow screen."""
    head = "".join(f'<th scope="col">{h}</th>' for h in heads)
    return (
        f'<div class="cp-scroll" tabindex="0" role="region" aria-label="Table of {html.escape(of)}"><table class="cp-list {kind}">'
        f"<thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table></div>"
    )


def row(anchor: str, cells: Iterable[str]) -> str:
    """A row that a link can lead to; cells are HTML."""
    return f'<tr id="{html.escape(anchor)}">' + "".join(f"<td>{c}</td>" for c in cells) + "</tr>"
