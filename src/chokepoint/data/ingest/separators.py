"""What a spreadsheet of another country does to a table.

Other separators between cells, another mark in numbers.
"""

import re
from collections import defaultdict
from collections.abc import Collection

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


def separator(header: str, expected: Collection[str] = ()) -> str:
    r"""Return the separator of a header line that is not a comma, in words, or "".

    >>> (separator("Source;Country;Type;Prod_kt_2022"), separator("Source,Country;Region,Type"),
    ...     separator("day\tprice"))
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
    """Return the line and cell that show a decimal comma, with points between thousands, in a table.

    None where they do not.

    >>> decimal_comma([(2, ["Peru", "1.800.000"]), (3, ["China", "17.100"])])
    (2, '1.800.000')
    >>> decimal_comma([(2, ["17.100"]), (3, ["2025"]), (4, ["5.300"]), (5, ["110.000"]), (6, [">2,000,000"])])
    (2, '17.100')
    >>> decimal_comma([(2, ["5.948"]), (3, ["6.306"]), (4, ["7.120"]), (5, ["9081"])])
    >>> decimal_comma([(2, ["1,800,000"])])
    """
    places = [
        (line, cell)
        for line, cells in rows
        for cell in cells
        if cell and cell[-1].isdigit() and not YEAR.fullmatch(cell)
    ]
    kinds = (COMMA_ONLY, COMMA_LIKE, POINT_ONLY, POINT_LIKE, UNGROUPED)
    by_kind: dict[re.Pattern[str] | None, list[tuple[int, str]]] = defaultdict(list)
    for line, cell in places:
        by_kind[next((kind for kind in kinds if kind.fullmatch(cell)), None)].append((line, cell))
    sure, likely, ungrouped = by_kind[COMMA_ONLY], by_kind[COMMA_LIKE], by_kind[UNGROUPED]
    other = len(by_kind[POINT_ONLY]) + len(by_kind[POINT_LIKE])
    if sure and not other:
        return sure[0]
    seen = len(sure) + len(likely)
    if seen >= FEWEST and seen >= OUTWEIGH * other and (sure or not ungrouped):
        return min(sure + likely)
    return None
