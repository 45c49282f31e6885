"""A text of the evidence types no number that stands in a cell: it names the cell, or the fact, in braces.

The prose of notebooks and Markdown pages is looked through in test_prose.py: no number there is bare.
"""

import re
from pathlib import Path
from typing import NamedTuple

import moved

from chokepoint.data.consistency import SCALES, scale_of
from chokepoint.data.references import PLACE, fields_key, pointed

DATA = Path(__file__).resolve().parents[1] / "data"
MONTHS = "Jan|Feb|Mar|Apr|May|June?|July?|Aug|Sept?|Oct|Nov|Dec"
NAMES = re.compile(  # figures that are days, years, numbers of documents, parts of names
    rf"\b\d{{1,2}}(?:/\d{{1,2}})? (?:{MONTHS})\w*|\b(?:19|20)\d\d\b|\bNos?\. [\d/]+(?:(?:[-,]| to | and ) ?\d+)*"
    r"|\b[Ii]tems? \d+(?:\(\d+\))?(?: (?:to|and) \d+(?:\(\d+\))?)?|\b[A-Z]+\d+(?:[+-]\d+)?|\bCR \d+|24/7"
)
NUMBER = re.compile(
    r"(?<![\w.,])(?P<money>[A-Z]{0,2}\$)?(?P<digits>\d[\d,]*(?:\.\d+)?)"
    rf"(?: ?(?P<scale>{'|'.join(SCALES)}|bn|m)\b)?(?P<share> ?(?:%|per ?cent))?"
)
# Texts that type a number which is not that of the cell beside it, and why.
REVIEWED = {
    ("controls", "control.2026-28", "items"): "the watch list of that day; the control list is as long",
    ("finance", "finance.mp_equity", "description"): "years of the warrant, not of the floor",
    ("timeline", "event.2023-03-07-jare-lynas", "description"): "money of JARE; another deal is as large",
    ("timeline", "event.2026-07-07-canada-trail", "description"): "Canadian dollars of another deal",
}


class Stated(NamedTuple):
    """A number in a cell, in its smallest unit, and what it is of: table, key of the row."""

    number: float
    kind: str
    row: tuple[str, str]


def kind_of(unit: str) -> str:
    """Which numbers can be the same: shares, money, or what is counted."""
    return (
        "%" if unit == "percent" or unit.startswith("share") else "$" if "$" in unit or "CNY" in unit else ""
    )


def free_text(declared: dict) -> list[str]:
    """The columns of a table in which somebody writes words."""
    keys = {
        key["fields"] for key in declared["schema"].get("foreignKeys", []) if isinstance(key["fields"], str)
    }
    apart = {
        *keys,
        fields_key(declared["schema"]),
        "row_key",
        "row_keys",
        "term",
        "settles",
        "url",
        "read_at",
    }
    return [
        field["name"]
        for field in declared["schema"]["fields"]
        if field["type"] == "string"
        and field["name"] not in apart
        and not {"enum", "pattern"} & field.get("constraints", {}).keys()
        and "foreignList" not in field
        and field["name"] not in ("unit", "column", "table", "value")
    ]


def evidence() -> dict[str, tuple[dict, list[dict[str, str]]]]:
    """Every table of the evidence: its declaration and its rows as they are written."""
    found = [d for d in moved.hand_kept(DATA) if d["path"].startswith("evidence/")]
    return {d["name"]: (d, moved.rows_of(DATA / d["path"])) for d in found}


def stated(tables: dict) -> list[Stated]:
    """Every number that stands in a cell."""
    found = []
    for name, (declared, rows) in tables.items():
        for row in rows:
            for field in declared["schema"]["fields"]:
                number = field["type"] in moved.NUMBERS or (
                    field["name"] == "value" and row.get("value_type") == "number"
                )
                if number and row[field["name"]]:
                    own = field.get("unit", "column unit")
                    unit = row.get("unit", "") if "column unit" in own else own
                    size = 100 if unit.startswith("share") else scale_of(unit)
                    value = round(abs(float(row[field["name"]])) * size, 6)
                    found.append(Stated(value, kind_of(unit), (name, row[fields_key(declared["schema"])])))
    return found


def typed(text: str) -> list[tuple[float, str]]:
    """Numbers that a text gives in figures, references and names apart, with their kind.

    >>> typed("EXIM lends {vault.exim_loan}, and US$2.5 million or 4% on 3 Feb 2026 (No. 55)")
    [(2500000.0, '$'), (4.0, '%')]
    """
    found = []
    for at in NUMBER.finditer(NAMES.sub(" ", PLACE.sub(" ", text))):
        scale = {"bn": 1e9, "m": 1e6}.get(at["scale"] or "") or SCALES.get(at["scale"] or "", 1)
        value = float(at["digits"].rstrip(",").replace(",", ""))
        found.append(
            (round(value * scale, 6), "%" if at["share"] else "$" if at["money"] or at["scale"] else "")
        )
    return found


def belongs(name: str, row: dict[str, str]) -> set[str]:
    """What a row is about: its sources, its disagreement, the row it refers to."""
    sources = [row.get(c) or "" for c in ("source_id", "source_ids", "check_source_id", "answer_source_id")]
    return {
        *";".join([*sources, row.get("conflict_group") or "", ":".join(pointed(name, row))]).split(";")
    } - {"", ":"}


def test_a_text_of_the_evidence_types_no_number_of_a_row_on_the_same_matter():
    """On the same matter: of one source, of one disagreement, or one refers to the other."""
    tables = evidence()
    about = {
        (name, row[key]): belongs(name, row) | {f"{name}:{row[key]}"}
        for name, (declared, rows) in tables.items()
        for row in rows
        for key in [fields_key(declared["schema"])]
    }
    cells: dict[tuple[float, str], list[Stated]] = {}
    for cell in stated(tables):
        cells.setdefault((cell.number, cell.kind), []).append(cell)
    found = {}
    for name, (declared, rows) in tables.items():
        if name == "sources":  # titles are cited as they stand
            continue
        for row in rows:
            key = row[fields_key(declared["schema"])]
            for column in free_text(declared):
                for number in typed(row[column]):
                    same = [c.row for c in cells.get(number, ()) if about[c.row] & about[name, key]]
                    if same:
                        found[name, key, column] = row[column], same
    new = {where: said for where, said in found.items() if where not in REVIEWED}
    assert not new, "\n".join(
        f"{where}: {text!r} has the number of {same}" for where, (text, same) in new.items()
    )
    assert REVIEWED.keys() <= found.keys(), "an exception that is none any more"
