"""The book's spelling, where a publisher's own words are shown.

Tables keep what was printed, and the search knows both.
"""

import re

_NO_SPACE = re.compile(r",(?=[^\W\d])")  # after a comma, before a word
_THEIRS = re.compile(r"\b([Aa]lumin)um\b|\b([Cc])esium\b")


def ours(text: str) -> str:
    """Return words as the book spells and spaces them.

    >>> ours("Aluminum"), ours("Scandium-aluminum alloy"), ours("cesium and magnesium"), ours("Alumina")
    ('Aluminium', 'Scandium-aluminium alloy', 'caesium and magnesium', 'Alumina')
    >>> ours("ingot,scandium 2%, 1,000 kilograms")
    'ingot, scandium 2%, 1,000 kilograms'
    """
    text = _NO_SPACE.sub(", ", text)
    return _THEIRS.sub(lambda m: f"{m[1]}ium" if m[1] else f"{m[2]}aesium", text)
