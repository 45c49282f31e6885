"""What a statistical table prints, taken apart: a number, or a bound, or a reason why there is none."""

import re
from typing import NamedTuple

WORDS = {
    "W": "withheld",
    "NA": "not_available",
    "XX": "not_applicable",
    "E": "net_exporter",
    "—": "zero",
    "–": "zero",
    "-": "zero",
    "s": "small",
    "S": "small",
    "(s)": "small",
    "": "blank",
}
NUMBER = r"[+-]?(?:\d[\d,]*\.?\d*|\.\d+)"


class Value(NamedTuple):
    """A printed value: the number, or its bounds and the qualifier that says why it is no plain number."""

    value: float | None = None
    low: float | None = None
    high: float | None = None
    qualifier: str = ""
    estimated: bool = False


def number(text: str) -> float:
    """Return a number printed with separators between thousands."""
    return float(text.replace(",", ""))


def exact(number: float) -> float:
    """Free a number of the noise of unit conversion."""
    return float(f"{number:.12g}")


def numbers(cell: Value, factor: float) -> dict[str, float | None]:
    """Return value, low and high of a cell in another unit, `factor` times smaller.

    >>> numbers(Value(1.1), 1000.0)
    {'value': 1100.0, 'low': None, 'high': None}
    """
    names = ("value", "low", "high")
    return {c: None if n is None else exact(n * factor) for c, n in zip(names, cell[:3], strict=True)}


def parse(printed: str) -> Value:
    """Take a printed cell apart; a qualifier is never turned into a number.

    >>> parse("1,550,000").value, parse("—").value, parse("W").qualifier
    (1550000.0, 0.0, 'withheld')
    >>> parse(">50")
    Value(value=None, low=50.0, high=None, qualifier='greater', estimated=False)
    >>> parse("10,000 - 15,000").high, parse("s").high, parse("e5,570")
    (15000.0, 0.5, Value(value=5570.0, low=None, high=None, qualifier='', estimated=True))
    """
    text = " ".join(printed.replace("\u00a0", " ").split()).replace("\u2212", "-").strip("\"' ")
    if text in WORDS:
        known = {"zero": Value(0.0, qualifier="zero"), "small": Value(None, 0.0, 0.5, "small")}
        return known.get(WORDS[text], Value(qualifier=WORDS[text]))
    if re.fullmatch(NUMBER, text):
        return Value(number(text))
    if glued := re.fullmatch(rf"e ?({NUMBER})|({NUMBER}) ?e", text):
        return Value(number(glued[1] or glued[2]), estimated=True)
    if bound := re.fullmatch(rf"([><≥≤]|greater than|less than|more than|over) ?e?({NUMBER})", text, re.I):
        up = bound[1].lower() in (">", "≥", "greater than", "more than", "over")
        at = number(bound[2])
        return Value(low=at, qualifier="greater") if up else Value(high=at, qualifier="less")
    if both := re.fullmatch(rf"e?({NUMBER}) ?(?:-|–|—|to) ?({NUMBER})", text):
        return Value(None, number(both[1]), number(both[2]), "range")
    if re.match(r"less than (½|1/2|one-half|a half)", text, re.I):
        return Value(None, 0.0, 0.5, "small")
    return Value(qualifier="word")


def fault(printed: str, cell: Value) -> str:
    """Return why a printed cell gives no row: nothing in it, or a figure that a spreadsheet spoilt.

    Else "".
    """
    if cell.qualifier == "blank":
        return "nothing printed in the cell"
    return spoilt(printed) if cell.qualifier == "word" else ""


MONTH = "Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec"


def spoilt(printed: str) -> str:
    """Return what a spreadsheet has done to a figure, in words; "" where it has done nothing.

    >>> spoilt("15-Oct")[:18], spoilt("2.1E+07")[:23], spoilt("17,100"), spoilt("Large")
    ('"15-Oct" is a date', '"2.1E+07" was shortened', '', '')
    """
    text = printed.strip()
    if re.fullmatch(rf"\d{{1,2}}-({MONTH})(-\d\d)?|({MONTH})-\d\d|\d{{4}}-\d\d-\d\d", text, re.I):
        return (
            f'"{text}" is a date: a spreadsheet made it of a range or a fraction. '
            "Take this figure from the publisher's own file"
        )
    if re.fullmatch(r"-?\d([.,]\d+)?E[+-]?\d+", text, re.I):
        return f'"{text}" was shortened by a spreadsheet. Take this figure from the publisher\'s own file'
    return ""


# printed unit -> canonical unit and the factor that leads to it; masses are in metric tons
UNITS = {
    "metric tons": ("t", 1.0),
    "tons": ("t", 1.0),
    "t": ("t", 1.0),
    "thousand metric tons": ("t", 1e3),
    "thousand metric dry tons": ("t", 1e3),
    "thousand tons": ("t", 1e3),
    "kt": ("t", 1e3),
    "million metric tons": ("t", 1e6),
    "million tons": ("t", 1e6),
    "mmt": ("t", 1e6),
    "mt": ("t", 1e6),
    "kilograms": ("t", 1e-3),
    "kg": ("t", 1e-3),
    "grams": ("t", 1e-6),
    "g": ("t", 1e-6),
    "million carats": ("carat", 1e6),
    "mct": ("carat", 1e6),
    "thousands of carats": ("carat", 1e3),
    "thousand carats": ("carat", 1e3),
    "kct": ("carat", 1e3),
    "million cubic meters": ("m3", 1e6),
    "mcm": ("m3", 1e6),
    "million liters": ("litre", 1e6),
    "ml": ("litre", 1e6),
    "percent": ("percent", 1.0),
    "pct": ("percent", 1.0),
    "number": ("count", 1.0),
    "index": ("index", 1.0),
    "million dollars": ("US$ million", 1.0),
}


def unit(printed: str) -> tuple[str, float] | None:
    """Return canonical unit and factor of a printed unit, or None where it is unknown.

    >>> unit(" thousands of carats"), unit("thousand metric tons")
    (('carat', 1000.0), ('t', 1000.0))
    """
    return UNITS.get(" ".join(printed.lower().split()))
