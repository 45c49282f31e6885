"""How a file of the API is addressed and written: JSON with one entry a line, the same bytes each time."""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

FOLDER = "api"


class Json(str):
    """A part of a file that is JSON already, and written as it is."""


@dataclass(frozen=True)
class Document:
    """A file of JSON: its address below the site's root, the schema that it keeps to, title and content."""

    address: str
    schema: str
    title: str
    content: Mapping[str, Any]

    def text(self, metadata: Mapping[str, str]) -> str:
        """Return the file. metadata: what every file says of the book, such as its release."""
        schema = f"{up(self.address)}{FOLDER}/schema/{self.schema}.json"
        return written({"$schema": schema, "title": self.title, **metadata, **self.content})


def up(address: str) -> str:
    """Return the way from a file of the site to its root.

    >>> up("api/minerals/tin.json"), up("index.html")
    ('../../', '')
    """
    return "../" * address.count("/")


def written(content: Mapping[str, Any]) -> str:
    r"""Return JSON that a person can read and a comparison of lines can follow: an entry of a list a line.

    >>> print(written({"title": "Two", "rows": [{"a": 1}, {"a": 2}], "none": []}), end="")
    {
    "title": "Two",
    "rows": [
    {"a": 1},
    {"a": 2}
    ],
    "none": []
    }
    """
    return (
        "{\n" + ",\n".join(f"{_json(name)}: {_entries(value)}" for name, value in content.items()) + "\n}\n"
    )


def _entries(value: Any) -> str:
    if isinstance(value, Json):
        return value
    if isinstance(value, list) and value and isinstance(value[0], dict | list):
        return "[\n" + ",\n".join(map(_json, value)) + "\n]"
    if isinstance(value, dict) and value and all(isinstance(inner, dict | list) for inner in value.values()):
        return "{\n" + ",\n".join(f"{_json(name)}: {_json(inner)}" for name, inner in value.items()) + "\n}"
    return _json(value)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(", ", ": "), allow_nan=False)


def plain(value: Any) -> Any:
    """Return the value of a table's cell as JSON has it: null where there is none, a day as text.

    >>> plain(pd.Timestamp(2026, 2, 4)), plain(float("nan")), plain(pd.NA), plain(3.0)
    ('2026-02-04', None, None, 3.0)
    """
    if value is None or value is pd.NA or value is pd.NaT:
        return None
    if isinstance(value, pd.Timestamp):
        return f"{value:%Y-%m-%d}"
    if hasattr(value, "item"):
        value = value.item()
    return None if isinstance(value, float) and not math.isfinite(value) else value


def records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the rows of a table, without the cells that it lacks."""
    rows = ({name: plain(value) for name, value in row.items()} for row in frame.to_dict("records"))
    return [{name: value for name, value in row.items() if value not in (None, "")} for row in rows]


def ids(*joined: Any) -> list[str]:
    """Return ids that stand in cells, joined by semicolons there, each once and in order.

    >>> ids("S001", "S002; S001", pd.NA)
    ['S001', 'S002']
    """
    texts = [text for text in map(plain, joined) if text]
    return list(dict.fromkeys(one.strip() for text in texts for one in text.split(";") if one.strip()))
