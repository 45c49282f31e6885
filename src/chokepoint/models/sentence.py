"""A sentence with results in it, written by Python and by the reader's browser alike.

`{levy:,.1~f}` is a number, without zeros at its end, `{npv:,.3~r}` one to three figures;
`{built?would build|would not build}` is words that turn with a number (not 0, or 0). The minus of a sum of
money stands before its currency.
"""

import math
import re
from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal, localcontext
from string import Formatter

NO_END = 1200  # months beyond which a stock that is hardly drawn is said to have no end
_VALUE = r"\{(\w+):([^}]*)\}"  # {levy:,.1~f}
_CURRENCY = re.compile(r"(?:US|A)\$$")
_MINUS = "\N{MINUS SIGN}"
_WORDS = r"((?:[^{}|]|\{[^{}]*\})*)"
_CHOICE = re.compile(rf"\{{(\w+)\?{_WORDS}\|{_WORDS}\}}")  # {built?would build|would not build}


class _LikeABrowser(Formatter):
    """Rounds a half away from zero and writes a true minus, as the browser does.

    Python's own rounds a half to the even digit.
    """

    def format_field(self, value, spec: str) -> str:
        with localcontext(rounding=ROUND_HALF_UP):
            text = (
                format(Decimal(100 * float(value)), f"{spec[:-1]}f") + "%"
                if spec.endswith("%")
                else _to_figures(float(value), spec)
                if spec.endswith("r")
                else format(Decimal(float(value)), spec.replace("~", ""))
            )
        if "~" in spec and "." in text:
            text = text.rstrip("0").rstrip(".")
        return text.replace("-", _MINUS if re.search("[1-9]", text) else "")  # nothing less than nothing


def _to_figures(value: float, spec: str) -> str:
    """Round to significant figures, as d3 does with a code such as `,.3~r`: 1389 is 1,390.

    >>> [_to_figures(value, ",.3~r") for value in (1389.4, 152.0, -0.123456, 0.0, 999.9)]
    ['1,390', '152', '-0.123', '0', '1,000']
    """
    exact = Decimal(value)
    if not exact:
        return "0"
    figures = int(spec.strip(",.~r"))
    with localcontext(prec=figures, rounding=ROUND_HALF_UP):
        rounded = +exact
    return format(rounded, ",f" if "," in spec else "f")


def written(sentence: str, numbers: Mapping[str, float]) -> str:
    """Write the sentence with its numbers.

    >>> written("It {built?pays, by {npv:.0f}|fails}.", {"built": 1, "npv": 7.2})
    'It pays, by 7.'
    >>> written("{share:.0%} of it", {"share": 0.065})
    '7% of it'
    >>> written("It is worth A${npv:,.0f} million.", {"npv": -1200})
    'It is worth −A$1,200 million.'
    >>> [written("US${levy:,.1~f}", {"levy": levy}) for levy in (41.0, 29.68, 0.04)]
    ['US$41', 'US$29.7', 'US$0']
    """
    text = _LikeABrowser().vformat(
        _CHOICE.sub(lambda m: m[2] if numbers[m[1]] else m[3], sentence), (), numbers
    )
    return re.sub(rf"((?:US|A)\$){_MINUS}", rf"{_MINUS}\1", text)


def vega_sentence(sentence: str) -> str:
    """Write the sentence as a Vega expression; the format codes are the ones Python and d3 share.

    >>> vega_sentence("The levy is {levy:,.2f} a kilogram.")
    "'The levy is ' + format(levy, ',.2f') + ' a kilogram.'"
    >>> vega_sentence("A${x:f}")
    "(substring(format(x, 'f'), 0, 1) == '−' ? '−A$' + substring(format(x, 'f'), 1) : 'A$' + format(x, 'f'))"
    >>> vega_sentence("It {built?pays, by {npv:.0f}|fails}.")
    "'It ' + (built ? 'pays, by ' + format(npv, '.0f') : 'fails') + '.'"
    """
    parts, end = [], 0
    for m in re.finditer(rf"{_CHOICE.pattern}|{_VALUE}", sentence):
        before, money = sentence[end : m.start()], _CURRENCY.search(sentence[end : m.start()])
        if m[1]:
            parts += [_quoted(before), f"({m[1]} ? {vega_sentence(m[2])} : {vega_sentence(m[3])})"]
        elif money:
            parts += [_quoted(before[: money.start()]), _money(money[0], f"format({m[4]}, '{m[5]}')")]
        else:
            parts += [_quoted(before), f"format({m[4]}, '{m[5]}')"]
        end = m.end()
    return " + ".join(p for p in [*parts, _quoted(sentence[end:])] if p != "''") or "''"


def _money(currency: str, number: str) -> str:
    return (
        f"(substring({number}, 0, 1) == '{_MINUS}' ? '{_MINUS}{currency}' + substring({number}, 1) : "
        f"'{currency}' + {number})"
    )


def _quoted(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def format_value(value: float, unit: str, digits: int = 4) -> str:
    """Return a number as the page's script writes it. digits: significant figures; shares have three.

    >>> format_value(0.1277, "share"), format_value(20.111, "kt/year"), format_value(22935.8, "US$")
    ('12.8%', '20.11', '22,940')
    >>> format_value(-1132.5, "US$ million/year")
    '−1,132'
    >>> format_value(3e9, "months")
    'no end'
    """
    if unit == "months" and value > NO_END:
        return "no end"
    if unit == "share":
        text = f"{100 * value:,.3g}%"
    else:
        rounded = float(f"{value:.{digits}g}")
        text = f"{rounded:,.0f}" if abs(rounded) >= 10**digits else f"{rounded:,.{digits}g}"
    return text.replace("-", _MINUS)


def describe_result(value: float, unit: str, never: str = "", digits: int = 4) -> str:
    """Return a result as it is told.

    Words for what does not come, for what has no end and for what there is not.

    Else the number.

    never  what to say where it is 0, of a result whose 0 is no number (`Model.never`)

    >>> describe_result(0, "year", "not within sixty years"), describe_result(3e9, "months")
    ('not within sixty years', 'no end')
    >>> describe_result(float("nan"), "per year"), describe_result(0, "US$/kg")
    ('none', '0')
    >>> describe_result(0.49512, "years", digits=3), describe_result(1849, "US$", digits=3)
    ('0.495', '1,850')
    >>> describe_result(2043, "year", digits=3)
    '2,043'
    """
    if math.isnan(value):
        return "none"
    return never if never and value == 0 else format_value(value, unit, 4 if unit == "year" else digits)
