"""Evidence that is stated once.

A cell that restates another is a reference, filled in when its table is loaded. A row of the ledger that
names `table`, `row_key` and `column` takes value, unit, day, sources and grade from that cell. A text of a
column that its schema calls a `template` may hold `{column}`, a cell of its own row or of the row that its
`row_key` names, and `{fact.id}`, a fact of the ledger; `{…:words}` and the like say how it is printed (see
`printed`).
"""

import difflib
import re
from collections.abc import Callable, Iterator, Mapping

import pandas as pd

from chokepoint.data.consistency import MONTHS, WORDS, figures, last_day, scale_of

LEDGER = "ledger"
TAKEN = ("as_of", "source_ids", "confidence", "published")  # what a fact takes from the row it refers to
PLACE = re.compile(r"\{([a-z0-9_.]+)(?::([^{}]*))?\}")
# Units that are one thing in two sizes: (from, to) and by how much the number is multiplied.
_CONVERSIONS = {
    ("US$ million", "US$ billion"): 1e-3,
    ("US$ billion", "US$ million"): 1e3,
    ("share of capital (0-1)", "percent"): 100.0,
}
# How an amount is printed where a row says no more.
_AMOUNTS = {"percent": "{}%", "US$": "US${}", "US$ per kg": "US${}/kg"}
Row = dict[str, str]


class Unresolved(Exception):
    """A reference that leads nowhere; the message says what was looked for."""


def is_template(schema: Mapping) -> bool:
    """Whether a table may hold references, by its schema."""
    return any(field.get("template") for field in schema["fields"])


def printed(value: str, unit: str, style: str = "") -> str:
    """Return a value as a text states it.

    style: "" a number with thousands set apart, or a day in words; "words" in words; "size" without its sign;
    "whole" rounded to a whole number; "%" a percentage; "day" a day without its year; a unit: the amount with
    it, converted where it is of another size.

    >>> (
    ...     printed("449000", ""),
    ...     printed("7", "", "words"),
    ...     printed("-11.1", "percent", "size"),
    ...     printed("47.2", "", "whole"),
    ... )
    ('449,000', 'seven', '11.1', '47')
    >>> (
    ...     printed("2906", "US$ million", "US$ billion"),
    ...     printed("110", "US$ per kg", "US$ per kg"),
    ...     printed("2026-02-04", ""),
    ... )
    ('US$2.906 billion', 'US$110/kg', '4 February 2026')
    """
    if day := re.fullmatch(r"(\d{4})-(\d{2})-(\d{2})", value):
        words = f"{int(day[3])} {MONTHS[int(day[2]) - 1]}"
        return words if style == "day" else f"{words} {day[1]}"
    try:
        number = float(value)
    except ValueError:
        return value
    if style == "number":
        style = ""
    if unit == "year":
        return value
    if style == "words":
        return next((word for word, n in WORDS.items() if n == number), _plain(number))
    if style == "%":
        return f"{_plain(converted(number, unit, 'percent') if unit.startswith('share') else number)}%"
    if style == "size":
        return _plain(abs(number))
    if style == "whole":
        return _plain(round(number))
    return amount(converted(number, unit, style), style) if style else _plain(number)


def converted(number: float, unit: str, to: str) -> float:
    """Return a number of one unit in another. Unresolved where the two do not measure the same.

    >>> converted(2906.0, "US$ million", "US$ billion"), converted(0.15, "share of capital (0-1)", "percent")
    (2.906, 15.0)
    """
    if unit == to:
        return number
    if (unit, to) not in _CONVERSIONS:
        raise Unresolved(
            f'"{to}" is neither a style (words, size, whole, %, day, number) nor a unit of what is '
            f'counted in "{unit}"'
        )
    return float(f"{number * _CONVERSIONS[unit, to]:.12g}")


def amount(number: float, unit: str) -> str:
    """Return a number with its unit as it stands in a sentence.

    >>> (
    ...     amount(2.906, "US$ billion"),
    ...     amount(0.1, "percent"),
    ...     amount(15.0, "days"),
    ...     amount(71.0, "GBP million"),
    ... )
    ('US$2.906 billion', '0.1%', '15 days', 'GBP 71 million')
    """
    if unit in _AMOUNTS:
        return _AMOUNTS[unit].format(_plain(number))
    if money := re.fullmatch(r"(\S*\$|[A-Z]{3}) (million|billion)", unit):
        return f"{money[1]}{'' if money[1].endswith('$') else ' '}{_plain(number)} {money[2]}"
    return f"{_plain(number)} {unit}".strip()


def _plain(number: float) -> str:
    return f"{number:,.12g}"


def _records(frame: pd.DataFrame) -> list[Row]:
    # One conversion a column: cell by cell, strings that Arrow holds take far longer.
    columns = [map(str, frame.iloc[:, at].to_numpy(dtype=object)) for at in range(len(frame.columns))]
    names = [str(name) for name in frame.columns]
    return [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]


class NoTable(Unresolved):
    """A reference to a table that is not there, or cannot be read."""


class Evidence:
    """The tables of the evidence as text, and what their references stand for.

    table: the rows of a table as text, by name; KeyError where there is none. schemas: by name.
    """

    def __init__(self, table: Callable[[str], pd.DataFrame], schemas: Mapping[str, Mapping]) -> None:
        self._table, self._schemas = table, schemas
        self._rows: dict[str, dict[str, Row]] = {}
        self._facts: dict[str, Row] = {}
        self._own: dict[tuple[str, str], list[tuple[str, str, str]]] | None = None

    def resolved(self, name: str, strict: bool = True) -> pd.DataFrame:
        """Return a table as text with its references filled in.

        A reference that leads nowhere raises Unresolved, with the row; where not strict, its row stays as it
        is.
        """
        frame = self._table(name)
        rows = _records(frame)
        for at, row in enumerate(rows):
            try:
                rows[at] = self._filled(name, row)
            except Unresolved as fault:
                if strict:
                    raise Unresolved(f"row {at + 2}: {fault}") from None
        return pd.DataFrame(rows, columns=frame.columns, index=frame.index, dtype=str)

    def faults(self) -> Iterator[tuple[str, int, str, str]]:
        """Yield references that lead nowhere and values that stand a second time.

        Each is (table, row from 0, column, message).
        """
        for name in self._schemas:
            if not is_template(self._schemas[name]):
                continue
            for at, row in zip(self._table(name).index, _records(self._table(name)), strict=True):
                try:
                    self._filled(name, row)
                    found = list(self._copies(name, row))
                except NoTable:
                    continue  # that it is not to be read is a fault of its own
                except Unresolved as fault:
                    found = [("column" if row.get("column") else "", str(fault))]
                yield from ((name, at, *where) for where in found)
        for name, at, message in self._twice():
            yield name, at, "value", message

    # --- what stands where ---

    def cell(self, table: str, key: str, column: str) -> tuple[str, str]:
        """Return a cell as text, and its unit ("" for one that is no number)."""
        row = self._taken(table, self._row(table, key))
        if column not in row:
            raise Unresolved(
                f'"{column}" is no column of {table}; a column and no other name can be referred to'
            )
        if not row[column]:
            raise Unresolved(
                f'column {column} of "{key}" in {table}.csv is empty, so nothing can refer to it'
            )
        return row[column], self._unit(table, row, column)

    def _row(self, table: str, key: str) -> Row:
        rows = self._all(table)
        if not rows:
            raise NoTable(f'"{table}" is no table of the evidence')
        if key not in rows:
            near = difflib.get_close_matches(key, rows, 1)
            raise Unresolved(
                f'"{key}" is no row of {table}.csv{(near and f". Did you mean {near[0]}?") or ""}'
            )
        return rows[key]

    def _unit(self, table: str, row: Row, column: str) -> str:
        field = next(f for f in self._schemas[table]["fields"] if f["name"] == column)
        if field["type"] not in ("number", "integer"):
            return ""
        own = field.get("unit", "")
        return row.get("unit", "") if "column unit" in own else own

    def _templates(self, name: str) -> list[str]:
        return [f["name"] for f in self._schemas[name]["fields"] if f.get("template")]

    def _filled(self, name: str, row: Row) -> Row:
        """Return a row with what it takes from elsewhere, and its texts filled in."""
        row = self._taken(name, row)
        texts = {column: self._text(name, row, row[column]) for column in self._templates(name)}
        if name == LEDGER and not texts["text"]:
            number = row["value_type"] == "number"
            texts["text"] = printed(row["value"], row["unit"], row["unit"] if number else "")
        if name == LEDGER and not row["value"]:
            row["value"] = texts["text"]
        return row | texts

    def _taken(self, name: str, row: Row) -> Row:
        """Return a row with value, unit and ends of a range from the cell it refers to.

        A row of the ledger has day, sources and grade too.
        """
        if not row.get("column"):
            return row
        table, key = pointed(name, row)
        of = self._taken(table, self._row(table, key))
        wanted = row["column"]
        ends = self._ends(table, wanted) if "value_low" in row else ()
        values = {}
        for into, column in zip(("value", "value_low", "value_high"), (wanted, *ends), strict=False):
            if column not in of:
                raise Unresolved(f'"{column}" is no column of {table}')
            unit = self._unit(table, of, column)
            cell, to = of[column], row["unit"] or unit
            values[into] = (
                _written(converted(float(cell), unit, to)) if cell and unit and unit != to else cell
            )
            values["unit"] = to
        if not any(values[c] for c in values if c != "unit"):
            raise Unresolved(
                f'column {wanted} of "{key}" in {table}.csv is empty, so nothing can refer to it'
            )
        if "date_value" in row and "-" in values["value"][1:]:
            values = {"date_value": values["value"]}
        if name == LEDGER:
            day = re.fullmatch(r"\d{4}-\d{2}-\d{2}", values["value"])
            values["value_type"] = "date" if day else "number" if values["unit"] else "text"
            values |= inherited(of) | {column: row[column] for column in TAKEN if row[column]}
        return row | values

    def _ends(self, table: str, column: str) -> list[str]:
        return next((f.get("between", []) for f in self._schemas[table]["fields"] if f["name"] == column), [])

    def fact(self, fact_id: str) -> Row:
        """Return a row of the ledger with what it takes from elsewhere."""
        if fact_id not in self._facts:
            self._facts[fact_id] = self._filled(LEDGER, self._row(LEDGER, fact_id))
        return self._facts[fact_id]

    def _all(self, table: str) -> Mapping[str, Row]:
        """Return the rows of a table by key; none where it is not there."""
        if table not in self._rows:
            try:
                key = fields_key(self._schemas[table])
                self._rows[table] = {row[key]: row for row in _records(self._table(table))}
            except KeyError:
                return {}
        return self._rows[table]

    def _text(self, name: str, row: Row, text: str) -> str:
        return PLACE.sub(lambda m: self._place(name, row, m), text)

    def _place(self, name: str, row: Row, found: re.Match) -> str:
        what, style = found[1], found[2] or ""
        if "." in what:
            fact = self.fact(what)
            return printed(fact["value"], fact["unit"], style) if style else fact["text"]
        if row.get(what):
            return printed(row[what], row["unit"] if name == LEDGER else self._unit(name, row, what), style)
        table, key = pointed(name, row)
        if not key:
            raise Unresolved(f"{{{what}}} is no filled column of this row, and row_key names no other")
        return printed(*self.cell(table, key, what), style)

    # --- what stands twice ---

    def _copies(self, name: str, row: Row) -> Iterator[tuple[str, str]]:
        """(column, message) of each cell of a row that repeats a cell it could refer to."""
        table, key = pointed(name, row)
        of = self._taken(table, self._row(table, key)) if key else {}
        if row.get("column"):
            given = {
                c: row.get(c, "") for c in ("value", "value_type", "value_low", "value_high", "date_value")
            }
            given |= {c: row[c] for c, cell in inherited(of).items() if name == LEDGER and row[c] == cell}
            for column in (c for c, cell in given.items() if cell):
                yield column, f'is said by "{key}" of {table}.csv, which the row refers to. Leave it empty'
        elif name == LEDGER:
            for column in (c for c in ("value_type", *TAKEN) if not row[c]):
                yield column, "is empty; a value is required where column names no cell that holds the fact"
        if name == LEDGER and of and not row["column"] and row["value_type"] != "text":
            for column, cell, unit in self._measures(table, of):
                if same(row["value"], row["unit"], cell, unit):
                    yield (
                        "value",
                        f'is {column} of "{key}" in {table}.csv. Write {column} in column, and leave '
                        "empty what that row says",
                    )
        cells = [("value", row["value"], row["unit"])] if name == LEDGER else [*self._measures(name, row)]
        if name != LEDGER:
            cells += [*self._measures(table, of)] if of else []
            cells += self._stated((name, row[fields_key(self._schemas[name])]), (table, key))
        for template in self._templates(name):
            words = PLACE.sub("", row[template])
            for column, cell, unit in cells:
                if cell and states(words, cell, unit):
                    as_amount = f":{unit}" if scale_of(unit) > 1 else ":number" if "." in column else ""
                    yield (
                        template,
                        f"states {column} ({cell} {unit}) in figures. Write {{{column}{as_amount}}} in "
                        "their place",
                    )
                    break

    def _own_facts(self) -> dict[tuple[str, str], list[tuple[str, str, str]]]:
        if self._own is None:
            self._own = {}
            for row in self._all(LEDGER).values():
                if row["value"] and row["row_key"]:
                    fact = (row["fact_id"], row["value"], row["unit"])
                    self._own.setdefault((row["table"], row["row_key"]), []).append(fact)
        return self._own

    def _stated(self, *of: tuple[str, str]) -> Iterator[tuple[str, str, str]]:
        """Yield the facts whose value only the ledger holds and which point at one of these rows.

        Each is (fact id, value, unit).
        """
        for place in of:
            yield from self._own_facts().get(place, ())

    def _measures(self, table: str, row: Row) -> Iterator[tuple[str, str, str]]:
        """(column, cell, unit) of what a row measures, and of its days."""
        for field in self._schemas[table]["fields"]:
            cell = row.get(field["name"], "")
            if cell and field["type"] in ("number", "integer"):
                yield field["name"], cell, self._unit(table, row, field["name"])
            elif cell and field["type"] == "date" and field["name"] != "as_of":
                yield field["name"], cell, ""

    def _twice(self) -> Iterator[tuple[str, int, str]]:
        """Yield readings and claims of one disagreement that state a number stated elsewhere.

        It is the same number of the same source as in a row of another table.
        """
        first: dict[tuple, tuple[str, str]] = {}
        for name in sorted(self._schemas, key=lambda n: n == "readings"):
            fields = {f["name"] for f in self._schemas[name]["fields"]}
            if not {"conflict_group", "source_id"} <= fields:
                continue
            frame = self._table(name)
            for at, row in zip(frame.index, _records(frame), strict=True):
                if not row["conflict_group"] or row.get("column"):
                    continue
                for _, cell, unit in self._measures(name, row):
                    if not unit:
                        continue
                    key = (
                        row["conflict_group"],
                        row["source_id"],
                        float(cell) * scale_of(unit),
                        re.sub(r"\b(m|b)illion", "", unit),
                    )
                    where = first.setdefault(key, (name, row[fields_key(self._schemas[name])]))
                    if where[0] != name:
                        yield (
                            name,
                            at,
                            f"{cell} {unit} of {row['source_id']} stands in {where[0]}.csv {where[1]} too. "
                            f"Write {where[0]}:{where[1]} in row_key and its column in column, and leave it "
                            "empty here",
                        )


def pointed(name: str, row: Row) -> tuple[str, str]:
    """Table and key of the row that a row refers to; ("", "") where it names none."""
    if name == LEDGER:
        return row["table"], row["row_key"]
    if name == "errors":  # what an article has wrong is what its claim says
        return "claims", row["claim_id"]
    table, _, key = row.get("row_key", "").partition(":")
    return table, key


def fields_key(schema: Mapping) -> str:
    """Return the first column of a table's key."""
    key = schema["primaryKey"]
    return key if isinstance(key, str) else key[0]


def inherited(row: Row) -> Row:
    """Return what a fact takes from the row it refers to: day, sources, grade, and whether it is published.

    >>> inherited({"date": "2026-02", "source_id": "S1", "source_ids": "S2", "published": "true"})
    {'as_of': '2026-02-28', 'source_ids': 'S1;S2', 'published': 'true'}
    """
    day = row.get("date") or row.get("announced_date") or row.get("effective_date") or ""
    taken = {
        "as_of": last_day(day),
        "source_ids": ";".join(filter(None, (row.get("source_id"), row.get("source_ids")))),
        **{name: row.get(name, "") for name in ("confidence", "published")},
    }
    return {name: cell for name, cell in taken.items() if cell}


def same(value: str, unit: str, other: str, other_unit: str) -> bool:
    """Whether two cells state one thing.

    >>> (
    ...     same("2.906", "US$ billion", "2906", "US$ million"),
    ...     same("15", "percent", "0.15", "share of capital (0-1)"),
    ... )
    (True, True)
    """
    if "-" in value[1:] or "-" in other[1:]:
        return value == other
    try:
        return abs(float(value) - converted(float(other), other_unit, unit)) < 1e-9
    except (Unresolved, ValueError):
        return False


def states(text: str, cell: str, unit: str) -> bool:
    """Whether a text gives a measured cell, or a day with its year, in figures.

    >>> states("EXIM authorises US$2.906 billion", "2906", "US$ million"), states("60 days", "60", "days")
    (True, True)
    >>> states("Signed on 4 February 2026", "2026-02-04", ""), states("About four", "4", "firms")
    (True, False)
    """
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", cell):
        return printed(cell, "") in text
    if not re.fullmatch(r"-?\d+(\.\d+)?", cell):
        return False
    share = unit.startswith("share")
    value = abs(float(cell)) * (100 if share else scale_of(unit))
    amounts = [number * (scale or (1 if share else scale_of(unit))) for number, scale in figures(text)]
    return any(abs(number - value) < 1e-9 * max(value, 1) for number in amounts)


def _written(number: float) -> str:
    return f"{number:.12g}"
