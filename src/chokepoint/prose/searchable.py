"""A table that the page's script lets the reader search, and narrow to one of its labels."""

import html
from collections.abc import Iterable, Sequence


def searchable(kind: str, heads: Sequence[str], rows: Sequence[str], filters: Iterable[str] = ()) -> str:
    """kind: class of the table. rows: HTML, see `row`. filters: a row stays when one of its cells is exactly the chosen one.

    >>> searchable("cp-facts", ["What"], [row("fact-1", ["one"])], ["one"]).count("<option")
    2
    """
    options = "".join(f"<option>{html.escape(f)}</option>" for f in filters)
    narrow = f'<label>Show <select><option value="">all</option>{options}</select></label>' if options else ""
    search = f'<form class="cp-search"><label>Search <input type="search"></label>{narrow}<output>{len(rows)} rows</output></form>'
    head = "".join(f'<th scope="col">{h}</th>' for h in heads)
    return (
        f'{search}<div class="cp-scroll" tabindex="0" role="region" aria-label="Table"><table class="cp-list {kind}"><thead><tr>{head}</tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table></div>"
    )


def row(anchor: str, cells: Iterable[str]) -> str:
    """A row that a link can lead to; cells are HTML."""
    return f'<tr id="{html.escape(anchor)}">' + "".join(f"<td>{c}</td>" for c in cells) + "</tr>"
