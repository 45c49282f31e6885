"""What data/datapackage.json must say of each table before a table is read by it.

Whether a table keeps to it is for `check`.
"""

import json
import re
from collections import Counter
from collections.abc import Collection, Iterator
from pathlib import Path, PurePosixPath
from typing import Any

from chokepoint.errors import UserError

TYPES = ("string", "number", "integer", "year", "yearmonth", "date", "boolean")


def read(path: Path) -> dict:
    """Return the descriptor at `path`, with `schema` references resolved.

    `resources` are the tables, `files` all else (the map's outlines). UserError when it or a schema is
    missing or not JSON, or says too little or what cannot be of a table.
    """
    found = _json(path, "It declares every table")
    resources = found.get("resources") if isinstance(found, dict) else None
    if not isinstance(resources, list) or not resources:
        raise UserError(
            f'{path}: "resources" must be a list of tables. Restore the file from the repository.'
        )
    files = [
        r
        for r in resources
        if isinstance(r, dict) and _inside(r.get("path")) and not r["path"].endswith(".csv")
    ]
    resources = [r for r in resources if r not in files]
    for declared in resources:
        if (
            isinstance(declared, dict)
            and isinstance(declared.get("schema"), str)
            and _inside(declared["schema"])
        ):
            declared["schema"] = _json(path.parent / declared["schema"], f"{path.name} refers to it")
    faults = [
        f"{path}: table {i} {fault}" for i, declared in enumerate(resources, 1) for fault in _table(declared)
    ] or [f"{path}: {fault}" for fault in _between(resources)]
    if faults:
        raise UserError(
            "\n".join([*faults[:20], "Mend these places, or restore the file from the repository."])
        )
    return found | {"resources": resources, "files": files}


def _json(path: Path, why: str) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        raise UserError(f"{path}: not found. {why}; restore it from the repository.") from None
    except (OSError, ValueError, RecursionError) as fault:
        raise UserError(
            f"{path}: not readable as JSON ({fault}). Mend that place, or restore the file."
        ) from None


def _inside(path: object) -> bool:
    """Whether a path stays in the data folder.

    >>> (
    ...     _inside("evidence/vault.csv"),
    ...     _inside("../x.csv"),
    ...     _inside("/etc/passwd"),
    ...     _inside("https://example.org/x.csv"),
    ... )
    (True, False, False, False)
    """
    if not isinstance(path, str) or not path or re.search(r"[:\\\x00]", path):
        return False
    return not PurePosixPath(path).is_absolute() and ".." not in PurePosixPath(path).parts


def _table(declared: object) -> Iterator[str]:
    """Yield what is wrong with the declaration of one table, by itself."""
    if not isinstance(declared, dict) or not isinstance(declared.get("name"), str):
        yield "has no name"
        return
    name = f'"{declared["name"]}"'
    if not _inside(declared.get("path")):
        yield f"{name}: path {declared.get('path')!r} must be a file within the data folder"
    schema = declared.get("schema")
    if isinstance(schema, str):
        yield f"{name}: schema {schema!r} must be a file within the data folder"
        return
    schema = schema if isinstance(schema, dict) else {}
    fields = schema.get("fields")
    if (
        not isinstance(fields, list)
        or not fields
        or not all(isinstance(f, dict) and isinstance(f.get("name"), str) for f in fields)
    ):
        yield f"{name}: its schema must have a list of fields, each with a name"
        return
    columns = Counter(f["name"] for f in fields)
    yield from (f'{name}: column "{c}" is declared {n} times' for c, n in columns.items() if n > 1)
    for field in fields:
        yield from (f'{name}, column "{field["name"]}": {fault}' for fault in _field(field, set(columns)))
    yield from (
        f"{name}: primaryKey names {c!r}, which is no column"
        for c in listed(schema.get("primaryKey", []))
        if c not in columns
    )
    keys = schema.get("foreignKeys", [])
    for key in keys if isinstance(keys, list) else [keys]:
        if (
            not isinstance(key, dict)
            or not _refers(key.get("reference"))
            or not _one_of(key.get("fields"), columns)
        ):
            yield (
                f"{name}: foreignKeys must each have a column in fields, and resource and fields in reference"
            )


def _field(field: dict, columns: set[str]) -> Iterator[str]:
    if not isinstance(field.get("type"), str) or field["type"] not in TYPES:
        yield f"type {field.get('type')!r} is none of {', '.join(TYPES)}"
    limits = field.get("constraints", {})
    if not isinstance(limits, dict):
        yield "constraints must be an object"
        return
    for end in ("minimum", "maximum"):
        if end in limits and (isinstance(limits[end], bool) or not isinstance(limits[end], int | float)):
            yield f"{end} {limits[end]!r} is not a number"
    if not isinstance(limits.get("enum", []), list):
        yield "enum must be a list"
    try:
        re.compile(limits.get("pattern", ""))
    except (re.error, TypeError, OverflowError, RecursionError) as fault:
        yield f"pattern {limits['pattern']!r} is not one ({fault})"
    if "between" in field and not (
        isinstance(field["between"], list)
        and len(field["between"]) == 2
        and set(listed(field["between"])) <= columns
    ):
        yield f"between {field['between']!r} must be two columns of the table"
    if "foreignList" in field and not _refers(field["foreignList"]):
        yield "foreignList must have resource and fields"


def _refers(reference: object) -> bool:
    return (
        isinstance(reference, dict)
        and isinstance(reference.get("resource"), str)
        and bool(listed(reference.get("fields")))
    )


def _one_of(fields: object, columns: Collection[str]) -> bool:
    return bool(listed(fields)) and all(c in columns for c in listed(fields))


def _between(resources: list[dict]) -> Iterator[str]:
    """Yield what is wrong between tables that are right by themselves.

    These are names given twice, and references that lead nowhere.
    """
    times = Counter(r["name"] for r in resources)
    yield from (f'two tables are called "{name}"' for name, n in times.items() if n > 1)
    columns = {r["name"]: {f["name"] for f in r["schema"]["fields"]} for r in resources}
    for r in resources:
        references = [k["reference"] for k in r["schema"].get("foreignKeys", [])]
        references += [f["foreignList"] for f in r["schema"]["fields"] if "foreignList" in f]
        for to in references:
            target = to["resource"] or r["name"]
            if target not in columns:
                yield f'"{r["name"]}" refers to the table "{target}", which is not declared'
            elif not _one_of(to["fields"], columns[target]):
                yield f'"{r["name"]}" refers to {to["fields"]!r} of "{target}", which is no column of it'


def listed(names: object) -> list[str]:
    """Names of columns, given as one or as a list.

    >>> listed("iso3"), listed(["iso3", "year"])
    (['iso3'], ['iso3', 'year'])
    """
    names = [names] if isinstance(names, str) else names
    return names if isinstance(names, list) and all(isinstance(n, str) for n in names) else []
