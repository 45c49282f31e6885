"""What a spreadsheet of another country does to a table: other separators between cells, another mark in numbers."""

from __future__ import annotations

import re

SEPARATORS = {";": "semicolons", "\t": "tabs", "|": "vertical bars"}
_SIGN = "[<>≥≤e]? ?-?"
# How numbers look that can only be of one kind. A lone "17.100" or "17,100" can be of either.
COMMA_ONLY = re.compile(rf"{_SIGN}(\d{{1,3}}(\.\d{{3}}){{2,}}(,\d+)?|\d{{1,3}}(\.\d{{3}})+,\d+)")
POINT_ONLY = re.compile(
    rf"{_SIGN}(\d{{1,3}}(,\d{{3}}){{2,}}(\.\d+)?|\d{{1,3}}(,\d{{3}})+\.\d+|\d*\.(\d{{1,2}}|\d{{4,}})|0?\.\d+)"
)
COMMA_LIKE = re.compile(rf"{_SIGN}([1-9]\d{{0,2}}\.\d{{3}}|\d+,(\d{{1,2}}|\d{{4,}})|0,\d+)")
POINT_LIKE = re.compile(rf"{_SIGN}[1-9]\d{{0,2}},\d{{3}}")
UNGROUPED = re.compile(rf"{_SIGN}\d{{4,}}")
YEAR = re.compile(r"(19|20)\d\d")
FEWEST = 3  # numbers that look so, before they are taken for it
OUTWEIGH = 3  # times as many as those that look otherwise: a spreadsheet may leave a ">2,000,000" as it was


def separator(header: str, expected: list[str] = ()) -> str:
    """The separator of a header line that is not a comma, in words, or "".

    >>> separator("Source;Country;Type;Prod_kt_2022"), separator("Source,Country;Region,Type"), separator("day\\tprice")
    ('semicolons', '', 'tabs')
    """
    cells = set(header.split(","))
    for mark, name in SEPARATORS.items():
        parts = [part.strip('" ') for part in header.split(mark)]
        if len(parts) > len(cells) and (
            not expected or len(set(parts) & set(expected)) > len(cells & set(expected))
        ):
            return name
    return ""


def decimal_comma(rows: list[tuple[int, list[str]]]) -> tuple[int, str] | None:
    """The line and the cell that show that a table's numbers have points between thousands, and a decimal comma; None where they do not.

    >>> decimal_comma([(2, ["Peru", "1.800.000"]), (3, ["China", "17.100"])])
    (2, '1.800.000')
    >>> decimal_comma([(2, ["17.100"]), (3, ["2025"]), (4, ["5.300"]), (5, ["110.000"]), (6, [">2,000,000"])])
    (2, '17.100')
    >>> decimal_comma([(2, ["5.948"]), (3, ["6.306"]), (4, ["7.120"]), (5, ["9081"])]), decimal_comma([(2, ["1,800,000"])])
    (None, None)
    """
    sure, likely, other, ungrouped = [], [], 0, 0
    for line, cells in rows:
        for cell in cells:
            if not cell or not cell[-1].isdigit() or YEAR.fullmatch(cell):
                continue
            if COMMA_ONLY.fullmatch(cell):
                sure.append((line, cell))
            elif COMMA_LIKE.fullmatch(cell):
                likely.append((line, cell))
            elif POINT_ONLY.fullmatch(cell) or POINT_LIKE.fullmatch(cell):
                other += 1
            elif UNGROUPED.fullmatch(cell):
                ungrouped += 1
    if sure and not other:
        return sure[0]
    seen = len(sure) + len(likely)
    if seen >= FEWEST and seen >= OUTWEIGH * other and (sure or not ungrouped):
        return min(sure + likely)
    return None
