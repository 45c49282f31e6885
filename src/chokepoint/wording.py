"""A sentence with results in it, written by Python and by the reader's browser alike.

`{levy:,.2f}` is a number; `{built?would build|would not build}` is words that turn with a number (not 0, or 0).
"""

import re
from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal, localcontext
from string import Formatter

_VALUE = r"\{(\w+):([^}]*)\}"  # {levy:,.2f}
_WORDS = r"((?:[^{}|]|\{[^{}]*\})*)"
_CHOICE = re.compile(rf"\{{(\w+)\?{_WORDS}\|{_WORDS}\}}")  # {built?would build|would not build}


class _LikeABrowser(Formatter):
    """Rounds a half away from zero and writes a true minus, as the browser does; Python's own rounds a half to the even digit."""

    def format_field(self, value, spec: str) -> str:
        with localcontext(rounding=ROUND_HALF_UP):
            text = format(Decimal(100 * float(value)), f"{spec[:-1]}f") + "%" if spec.endswith("%") else format(Decimal(float(value)), spec)
        return text.replace("-", "\N{MINUS SIGN}")


def written(sentence: str, numbers: Mapping[str, float]) -> str:
    """The sentence with its numbers.

    >>> written("It {built?pays, by {npv:.0f}|fails}.", {"built": 1, "npv": 7.2})
    'It pays, by 7.'
    >>> written("{share:.0%} of it", {"share": 0.065})
    '7% of it'
    """
    return _LikeABrowser().vformat(_CHOICE.sub(lambda m: m[2] if numbers[m[1]] else m[3], sentence), (), numbers)


def vega_sentence(sentence: str) -> str:
    """The sentence as a Vega expression; the format codes are the ones Python and d3 share.

    >>> vega_sentence("The levy is US${levy:,.2f}/kg.")
    "'The levy is US$' + format(levy, ',.2f') + '/kg.'"
    >>> vega_sentence("It {built?pays, by {npv:.0f}|fails}.")
    "'It ' + (built ? 'pays, by ' + format(npv, '.0f') : 'fails') + '.'"
    """
    parts, end = [], 0
    for m in re.finditer(rf"{_CHOICE.pattern}|{_VALUE}", sentence):
        parts += [
            _quoted(sentence[end : m.start()]),
            f"({m[1]} ? {vega_sentence(m[2])} : {vega_sentence(m[3])})" if m[1] else f"format({m[4]}, '{m[5]}')",
        ]
        end = m.end()
    return " + ".join(p for p in [*parts, _quoted(sentence[end:])] if p != "''") or "''"


def _quoted(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"
