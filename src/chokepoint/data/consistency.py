"""Check that a row of the evidence holds together: words with number, status with dates.

Dates are compared with the day up to which a row is known (`as_of`), else with the newest source; never with
today's clock.
"""

import math
import re
from collections.abc import Iterator

import pandas as pd

Fault = tuple[str, object, str, str]  # table, row, column, what is wrong
# Words beside a number: the column of the words, that of the number, and the unit where no column says it.
SAID = {
    "ledger": ("text", "value", ""),
    "vault": ("text", "value", ""),
    "claims": ("statement", "value", ""),
    "finance": ("amount_text", "amount_usd_m", "US$ million"),
}
SCALES = {"thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12}
_UNITS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen"
)
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
_ORDINALS = "first second third fourth fifth sixth seventh eighth ninth tenth"
WORDS = {
    **{word: n for n, word in enumerate(_UNITS.split())},
    **{word: 10 * n for n, word in enumerate(_TENS.split(), 2)},
    **{word: n for n, word in enumerate(_ORDINALS.split(), 1)},
}
MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
_NUMBER = re.compile(
    rf"(?<![\w.])(\d[\d,]*(?:\.\d+)?|(?:{'|'.join(WORDS)})\b)(?![\w.]*\d)(?:[ -]({'|'.join(SCALES)}|year))?",
    re.I,
)
_DATE = re.compile(rf"(\d{{1,2}}) ({'|'.join(MONTHS)}) (\d{{4}})")
# A number in figures, and not the day of a date, a number of a document, or part of a word.
_FIGURE = re.compile(
    rf"(?<![\w.,])(?<!\w-)(?<!No\. )(?<!Nos\. )-?(?:[A-Z]{{0,2}}\$)?(\d[\d,]*(?:\.\d+)?)"
    rf"(?! (?:{'|'.join(MONTHS)}))(?: ?({'|'.join(SCALES)}|bn))?(?![\w-])"
)
# What has been done by a date, by table: the column of the state, the states, the column of the date.
DONE: dict[str, list[tuple[str, tuple[str, ...], str]]] = {
    "timeline": [("happened", ("happened", "lapsed"), "date_start")],
    "agreements": [("status", ("signed", "concluded", "announced", "declined"), "date_start")],
    "finance": [("status", (), "date_start")],
    "controls": [
        ("took_effect", ("yes",), "effective_date_start"),
        ("status", ("in force", "ended", "suspended", "ongoing", "temporary"), "announced_date_start"),
        ("status", ("in force", "ended", "ongoing"), "effective_date_start"),
        ("status", ("suspended",), "suspended_from"),
    ],
    "statements": [("", (), "date_start")],
    "quotations": [("", (), "date_start")],
    "claims": [("", (), "date_start")],
    "markets": [("", (), "date_start")],
    "vault": [("", (), "date_start")],
    "memberships": [("", (), "since")],
}
MOST_WORDS = 15  # of a quotation: no more than a sentence is taken from anyone
LATE = 183  # days by which a row may be known later than the newest source was published


def faults(tables: dict[str, pd.DataFrame]) -> Iterator[Fault]:
    """Every row that does not hold together. `tables`: the tables of the evidence, as text."""
    for table in SAID:
        if table in tables:
            yield from _words(table, tables[table])
    newest, where = _newest(tables.get("sources"))
    for table, frame in tables.items():
        if "as_of" in frame and newest:
            yield from _as_of_after_sources(table, frame, newest, where)
    for table in DONE:
        if table in tables:
            yield from _states(table, tables[table], newest, where)
    if "quotations" in tables:
        yield from _quoted(tables["quotations"])


# --- words and numbers ---


def numbers(text: str) -> list[tuple[float, float, str]]:
    """Return the numbers a text states.

    Each has how far rounding may have moved it, and its scale or "year", or "".

    >>> numbers("up to US$2.906 billion"), numbers("seven rare earths"), numbers("one year")
    ([(2.906, 0.0005, 'billion')], [(7, 0.5, '')], [(1, 0.5, 'year')])
    >>> numbers("US$110/kg in G7, 5,000 t a year")
    [(110.0, 0.5, ''), (5000.0, 0.5, '')]
    """
    found = []
    for digits, scale in _NUMBER.findall(text):
        plain = digits.replace(",", "")
        value = WORDS.get(digits.lower()) if not plain[0].isdigit() else float(plain)
        found.append(
            (value, 0.5 * 10 ** -len(plain.partition(".")[2]) if plain[0].isdigit() else 0.5, scale.lower())
        )
    return found


def figures(text: str) -> list[tuple[float, float]]:
    """Return the numbers that a text gives in figures, each with its scale (0 for none).

    Days of dates and document numbers are none.

    >>> figures("EXIM authorises $2.906bn; 26 projects worth C$6.4 billion on 31 October 2025 (No. 30)")
    [(2.906, 1000000000.0), (26.0, 0), (6.4, 1000000000.0), (2025.0, 0)]
    """
    found = _FIGURE.findall(text)
    return [(float(n.replace(",", "").rstrip(".")), (SCALES | {"bn": 1e9}).get(s, 0)) for n, s in found]


def scale_of(unit: str) -> float:
    """By how much a number of a unit is to be multiplied.

    >>> scale_of("US$ million"), scale_of("days")
    (1000000.0, 1.0)
    """
    return next((factor for word, factor in SCALES.items() if re.search(rf"\b{word}\b", unit)), 1.0)


def states(text: str, value: float, unit: str) -> bool | None:
    """Whether a text states a value; None where it states no number at all.

    >>> (
    ...     states("US$2.906 billion", 2.906, "US$ billion"),
    ...     states("US$2.906 billion", 3.4, "US$ billion"),
    ...     states("11.1%", -11.1, "percent"),
    ... )
    (True, False, True)
    >>> (
    ...     states("US$2.906 million", 2.906, "US$ billion"),
    ...     states("US$14.8 billion", 14800, "US$ million"),
    ...     states("one year", 12, "months"),
    ... )
    (False, True, True)
    """
    stated = numbers(text)
    of_unit = scale_of(unit)
    for number, slack, scale in stated:
        factor = 12.0 if scale == "year" and unit == "months" else SCALES.get(scale, of_unit)
        if abs(abs(value) * of_unit - number * factor) <= slack * factor * (1 + 1e-9):
            return True
    return False if stated else None


def _words(table: str, frame: pd.DataFrame) -> Iterator[Fault]:
    said, column, unit = SAID[table]
    for i, row in zip(frame.index, frame.to_dict("records"), strict=True):
        cell, text, kind = row[column], row[said], row.get("value_type", "number")
        if not cell:
            continue
        if kind == "number":
            try:
                value = float(cell)
            except ValueError:
                plain = cell.replace(",", "")
                hint = f" Write {plain}" if re.fullmatch(r"-?\d+(\.\d+)?", plain) else ""
                yield table, i, column, f'"{cell}" is not a number, which value_type says it is.{hint}'
                continue
            if not math.isfinite(value) or states(text, value, row.get("unit", unit) or unit) is False:
                yield (
                    table,
                    i,
                    column,
                    f'{cell} {row.get("unit", unit)} is not what {said} says beside it: "{text}"',
                )
        elif kind == "date":
            if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", cell):
                yield table, i, column, f'"{cell}" is not a date like 2026-02-04, which value_type says it is'
            elif (
                day := _DATE.search(text)
            ) and cell != f"{day[3]}-{MONTHS.index(day[2]) + 1:02}-{int(day[1]):02}":
                yield table, i, column, f'{cell} is not what {said} says beside it: "{text}"'


def _quoted(quotations: pd.DataFrame) -> Iterator[Fault]:
    """Quotations of more words than may be taken (one with a hyphen is one), and those that stand twice."""
    count, again = quotations.words.str.split().str.len(), quotations.words.str.casefold().duplicated()
    for i in quotations.index[count > MOST_WORDS]:
        yield "quotations", i, "words", f"has {count[i]} words; at most {MOST_WORDS} are quoted. Shorten it"
    for i in quotations.index[again & (quotations.words != "")]:
        yield "quotations", i, "words", f'"{quotations.words[i]}" is quoted already. Keep one of the rows'


def restated(assumptions: pd.DataFrame, ledger: pd.DataFrame) -> Iterator[Fault]:
    """Yield the assumptions whose value is no longer that of the fact that they name.

    Both as text, the ledger with its references filled in.
    """
    known = ledger[ledger.value != ""].set_index("fact_id")["value"]  # what refers nowhere is said already
    for i, row in assumptions[assumptions.fact_id.isin(known.index)].iterrows():
        fact = known[row.fact_id]
        if pd.to_numeric(row.value, errors="coerce") != pd.to_numeric(fact, errors="coerce"):
            said = f"{row.value} is not what its fact {row.fact_id} states, {fact}. Write {fact}, or leave"
            yield "assumptions", i, "value", f"{said} fact_id empty"


# --- states and dates ---


def last_day(date: str) -> str:
    """Return the last day that a date may mean, as the evidence writes dates: a day, a month or a year.

    What is none of these is returned as "".

    >>> last_day("2026-11"), last_day("2026"), last_day("2026-02-04"), last_day("")
    ('2026-11-30', '2026-12-31', '2026-02-04', '')
    """
    if re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", date):
        return str(pd.Period(date, "M").end_time.date())
    if re.fullmatch(r"\d{4}", date):
        return f"{date}-12-31"
    return date if re.fullmatch(r"\d{4}-\d{2}-\d{2}", date) else ""


def _newest(sources: pd.DataFrame | None) -> tuple[str, str]:
    """Return the last day of the newest source, and which it is."""
    if sources is None or "date" not in sources or not len(sources):
        return "", ""
    ends = sources["date"].map(last_day)
    at = ends.idxmax()
    return ends[at], f"{sources.at[at, sources.columns[0]]} of {sources.at[at, 'date']}"


def _as_of_after_sources(table: str, frame: pd.DataFrame, newest: str, where: str) -> Iterator[Fault]:
    """Rows known to a day that no source comes near."""
    latest = str((pd.Timestamp(newest) + pd.Timedelta(days=LATE)).date())
    for i in frame.index[frame["as_of"] > latest]:
        yield (
            table,
            i,
            "as_of",
            f"{frame.at[i, 'as_of']} is more than half a year after the newest source in sources.csv "
            f"({where})",
        )


def _states(table: str, frame: pd.DataFrame, newest: str, where: str) -> Iterator[Fault]:
    """Yield what is said to be done on a day that is later than what is known."""
    known = frame["as_of"] if "as_of" in frame else pd.Series(newest, index=frame.index)
    told: set[object] = set()
    for column, done, day in DONE[table]:
        if day not in frame or (column and column not in frame):
            continue
        is_done = frame[column].isin(done) if done else pd.Series(True, index=frame.index)
        is_date = frame[day].map(last_day) != ""  # what is none is said already
        for i in frame.index[is_done & is_date & (known != "") & (frame[day] > known)]:
            if i in told:
                continue
            told.add(i)
            state = f'"{frame.at[i, column]}"' if column else "told as a fact"
            until = f"as_of {frame.at[i, 'as_of']}" if "as_of" in frame else f"the newest source, {where}"
            yield table, i, day, f"{frame.at[i, day]} is {state}, but lies after {until}"
    if table == "timeline" and {"happened", "date_start"} <= set(frame):
        for i in frame.index[
            (frame["happened"] == "scheduled") & (known != "") & (frame["date_start"] <= known)
        ]:
            said = (
                f'is "scheduled", but {frame.at[i, "date_start"]} had passed by as_of {known[i]}: '
                "happened, or lapsed"
            )
            yield table, i, "happened", said
    if table == "memberships" and {"since", "until"} <= set(frame):
        for i in frame.index[(frame["until"] != "") & (frame["until"].map(last_day) < frame["since"])]:
            yield table, i, "until", f"{frame.at[i, 'until']} is before since {frame.at[i, 'since']}"
