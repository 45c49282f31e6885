"""How it is said of a text whether it binds, and whom it shuts out."""

from collections.abc import Mapping

BINDS = {  # of a framework, a memorandum or a partnership, by the column `binding` of the agreements
    "yes": "Binds, by its own text",
    "no": "Binds nobody, by its own text",
    "said not to": "Said to bind nobody; we have not seen the text",
    "intended": "Meant to bind",
    "text not seen": "We have not seen the text",
    "none": "",
}
BILATERAL = ("framework", "memorandum", "strategic partnership")


def binds(row: Mapping) -> str:
    """Say whether a text binds.

    A plan, a statement or a forum binds nobody by what it is, and no text need be seen for that.

    >>> binds({"binding": "no", "instrument": "framework"}), binds({"binding": "no", "instrument": "forum"})
    ('Binds nobody, by its own text', 'Binds nobody')
    """
    return (
        "Binds nobody"
        if row["binding"] == "no" and row["instrument"] not in BILATERAL
        else BINDS[row["binding"]]
    )


EXCLUDES = {
    "preference": "Gives the US a preference",
    "yes": "Shuts others out",
    "no": "Open to others",
    "not stated": "",
}
