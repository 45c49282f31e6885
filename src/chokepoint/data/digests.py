"""What is read of the data, by name, and a short text for each that differs where the data do."""

import csv
import hashlib
import io
import json
from functools import lru_cache
from pathlib import Path

from chokepoint.checkout import data_dir
from chokepoint.data import tables
from chokepoint.errors import UserError


def digest(read: str, states: tuple | None = None) -> str:
    """Return what a name of `memory.reads` stands for now, as a text that differs where the data do.

    The text is short; "absent" where the file or table is not there. "data/…" is a file, with the private
    tables that speak in its place, and "data/…: COLUMN=VALUE" the rows of it that `tables.rows` gives;
    "data/datapackage.json: NAME" is the declaration of one table, "data/datapackage.json: *" the tables'
    names. states: what `tables.states` has just given, for whoever asks for many.
    """
    file, _, key = read.partition(": ")
    if read == f"{tables.DESCRIPTOR}: *":
        content = json.dumps(sorted(tables.declarations()))
    elif read.startswith(f"{tables.DESCRIPTOR}: "):
        content = json.dumps(tables.declarations().get(key), sort_keys=True)
    else:
        path = data_dir() / file.removeprefix("data/")
        if not path.is_file():
            return "absent"
        column, _, value = key.partition("=")
        own = [p for _, name, p in tables.overlays() if _file_of(name) == file]
        template = tables.templates().get(file, "")
        if not key:  # of a table with references, what they stand for counts
            first = (
                _text_digest(template, states or tables.states())
                if template
                else _file_digest(path, tables.file_state(path))
            )
        elif template:
            first = _rows(path, states or tables.states(), column, template).get(value, "none")
        else:
            first = _rows(path, tables.file_state(path), column).get(value, "none")
        content = f"{path.parent.name} {first} " + "".join(
            f"{p.parent.name} {_file_digest(p, tables.file_state(p))} " for p in own
        )
    return _sha(content)


def _file_of(table: str) -> str:
    return f"data/{tables.declarations().get(table, {}).get('path')}"


@lru_cache(maxsize=512)
def _file_digest(path: Path, _state: tuple[int, ...]) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


@lru_cache(maxsize=64)
def _text_digest(table: str, _states: tuple) -> str:
    try:
        return _sha(tables.as_text(table))
    except UserError as fault:  # whoever loads it says so
        return _sha(str(fault))


@lru_cache(maxsize=256)
def _rows(path: Path, _state: tuple, column: str, table: str = "") -> dict[str, str]:
    """Return the rows of a file by their value of a column, as text; see `tables.rows`.

    Each row has the names of the columns.
    table: its name, where references are filled in.
    """
    found: dict[str, list[str]] = {}
    with io.StringIO(tables.as_text(table)) if table else path.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            for value in dict.fromkeys((row.get(column) or "").split(";")):
                found.setdefault(value, []).append(json.dumps(row))
    return {value: "".join(texts) for value, texts in found.items()}


def all_reads() -> list[str]:
    """Every name that `memory.reads` may give of a table that is there."""
    of_tables = [
        name
        for declared in tables.declarations().values()
        for name in (f"data/{declared['path']}", f"{tables.DESCRIPTOR}: {declared['name']}")
    ]
    files = [f"data/{declared['path']}" for declared in tables.other_files()]
    return [tables.DESCRIPTOR, f"{tables.DESCRIPTOR}: *", *of_tables, *files]


def _sha(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
