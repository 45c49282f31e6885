"""A model at a reader's settings.

Names and symbols understood, bad values refused with the range and the unit.
"""

import difflib
import math

from chokepoint.errors import UserError

from . import MODELS
from .model import Model


def model_named(name: str) -> Model:
    """Return the model of that name. UserError with the nearest name if there is none.

    >>> model_named("vault").name
    'vault'
    """
    if name not in MODELS:
        raise UserError(f'No model "{name}".{_nearest(name, MODELS)} The models are {", ".join(MODELS)}.')
    return MODELS[name]


def assumptions_of(name: str, assumptions) -> list[dict]:
    """Return the assumptions of a model (a DataFrame or a list of dicts) in the order of its keywords."""
    rows = assumptions.to_dict("records") if hasattr(assumptions, "to_dict") else assumptions
    numbers = ("value", "low", "high", "step")
    by_name = {
        row["name"]: {**row, **{k: float(row[k]) for k in numbers}} for row in rows if row["model"] == name
    }
    inputs = model_named(name).inputs
    missing = [i for i in inputs if i not in by_name]
    if missing or len(by_name) != len(inputs):
        extra = [n for n in by_name if n not in inputs]
        raise UserError(
            f"data/assumptions.csv, model {name}: expected one row for each of {', '.join(inputs)}; "
            f"missing {', '.join(missing) or 'none'}, unknown {', '.join(extra) or 'none'}."
        )
    return [by_name[i] for i in inputs]


def settings(name: str, values, assumptions) -> dict[str, float]:
    """Every keyword of the model.

    The reader's values (names or symbols → numbers or text), the table's for the rest.
    """
    rows = assumptions_of(name, assumptions)
    keywords = {row["name"]: row for row in rows}
    symbols = {row["symbol"]: row["name"] for row in rows if row["symbol"] not in keywords}
    chosen = {row["name"]: row["value"] for row in rows}
    given: dict[str, str] = {}
    for key, value in values.items():
        keyword = key if key in keywords else symbols.get(key)
        if keyword is None:
            raise UserError(
                f'{name} has no "{key}".{_nearest(key, [*keywords, *symbols])} It takes {_listed(rows)}.'
            )
        if keyword in given:
            raise UserError(f'{name}: "{given[keyword]}" and "{key}" are the same setting. Give one of them.')
        given[keyword] = key
        chosen[keyword] = _number(name, key, value, keywords[keyword])
    return chosen


def evaluate(name: str, values, assumptions) -> dict[str, float]:
    """Named results of a model at some settings, the exact ones included.

    Everything not given is as in the table.

    values       name or symbol → number or text
    assumptions  rows of data/assumptions.csv: a DataFrame or a list of dicts

    UserError, with the nearest good name or with range and unit, when a setting is no good.
    """
    model = model_named(name)
    chosen = settings(name, values, assumptions)
    return {**model.function(**chosen), **(model.exact(**chosen) if model.exact else {})}


def _number(name, key, value, row):
    allowed = f"{row['low']:g} to {row['high']:g} {row['unit']}"
    try:
        number = float(value)
    except (TypeError, ValueError):
        raise UserError(f'{name}: {key}="{value}" is not a number. {row["label"]}: give {allowed}.') from None
    slack = 1e-9 * max(abs(row["low"]), abs(row["high"]))
    if not math.isfinite(number) or not row["low"] - slack <= number <= row["high"] + slack:
        raise UserError(f"{name}: {key}={value} is outside the range. {row['label']}: give {allowed}.")
    return number


def _listed(rows):
    return ", ".join(f"{row['name']} ({row['symbol']})" for row in rows)


def _nearest(name, known):
    lowered = {k.lower(): k for k in known}
    near = difflib.get_close_matches(str(name).lower(), lowered, 1, cutoff=0.5)
    return f' Did you mean "{lowered[near[0]]}"?' if near else ""
