"""Puts the tables of a release on disk, all or none, and enters them in data/datapackage.json."""

import json
import re
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd

from chokepoint.data.ingest import existing, register
from chokepoint.data.ingest.plausibility import gate
from chokepoint.data.ingest.reference import Reference
from chokepoint.data.ingest.report import Report
from chokepoint.data.ingest.tidy import WHERE
from chokepoint.errors import UserError

LICENSES = {
    "public domain": {
        "name": "US-PD",
        "title": "Public domain (work of the United States government)",
        "path": "https://www.usgs.gov/information-policies-and-instructions/copyrights-and-credits",
    },
    "CC0-1.0": {
        "name": "CC0-1.0",
        "title": "Creative Commons Zero 1.0",
        "path": "https://creativecommons.org/publicdomain/zero/1.0/",
    },
    "CC-BY-4.0": {
        "name": "CC-BY-4.0",
        "title": "Creative Commons Attribution 4.0",
        "path": "https://creativecommons.org/licenses/by/4.0/",
    },
    "Etalab-2.0": {
        "name": "etalab-2.0",
        "title": "Open Licence 2.0 (Etalab)",
        "path": "https://www.etalab.gouv.fr/licence-ouverte-open-licence",
    },
    "BGS-derived": {
        "name": "other-attribution",
        "title": "Shares derived from World Mineral Statistics, contains British Geological Survey "
        "materials © UKRI",
        "path": "https://www.bgs.ac.uk/mineralsuk/statistics/world-mineral-statistics",
    },
}
EMPTY = {
    "name": "chokepoint-data",
    "title": "Chokepoint: data on critical minerals and the bloc of 2026",
    "licenses": [LICENSES["CC-BY-4.0"]],
    "resources": [],
}


def schema(data: Path, table: str) -> dict:
    """Return a table's schema. UserError where there is none, or it does not read."""
    path = Path(data) / "schemas" / f"{table}.json"
    if not path.exists():
        raise UserError(
            f"{path}: not found. Every table has a schema there; write it, or restore it from the repository."
        )
    return _json(path)


def _json(path: Path) -> dict:
    """Read a JSON object of the project. UserError when it is none."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, RecursionError) as error:
        raise UserError(
            f"{path}: not readable as JSON ({error}). Mend that place, or restore the file. Nothing was "
            "written."
        ) from None
    if not isinstance(content, dict):
        raise UserError(
            f"{path}: holds a {type(content).__name__}; an object {{…}} is expected. Restore the file. "
            "Nothing was written."
        )
    return content


def resources(release: str, tables: list[str], ref: Reference) -> list[dict]:
    """Return the Frictionless resources of a release's tables."""
    what = register.about(release, ref.tables["releases"])
    if what["license"] not in LICENSES:
        raise UserError(
            f'data/releases.csv {release}: license "{what["license"]}" is none of {", ".join(LICENSES)}. '
            "Mend it."
        )
    described = {table: schema(ref.data, table) for table in sorted(tables)}
    return [
        {
            "name": f"{release}-{table}",
            "path": f"minerals/{release}/{table}.csv",
            "profile": "tabular-data-resource",
            "title": f"{fields.get('title', table)}, {what['title']}",
            "description": fields.get("description", ""),
            "format": "csv",
            "mediatype": "text/csv",
            "encoding": "utf-8",
            "schema": f"schemas/{table}.json",
            "sources": [{"title": what["title"], "path": what["url"]}],
            "licenses": [LICENSES[what["license"]]],
            "updates": what["next_release"],
        }
        for table, fields in described.items()
    ]


def merged(package: dict, fresh: list[dict]) -> dict:
    """Return the package with the resources given in place of their like.

    All others stay as and where they were.

    >>> merged({"resources": [{"name": "b", "path": "b.csv"}]}, [{"name": "a",
    ...     "path": "minerals/r/a.csv"}])["resources"]
    [{'name': 'a', 'path': 'minerals/r/a.csv'}, {'name': 'b', 'path': 'b.csv'}]
    """
    declared = package.get("resources", [])
    if not isinstance(declared, list) or not all(
        isinstance(r, dict) and isinstance(r.get("name"), str) for r in declared
    ):
        raise UserError(
            'data/datapackage.json: "resources" must be a list of tables, each with its name. Restore it. '
            "Nothing was written."
        )
    new = {r["name"]: r for r in fresh}
    resources = [new.pop(r["name"], r) for r in declared]
    for name in sorted(new):
        before = max((r["name"] for r in resources if r["name"] < name), default=None)
        at = next((i + 1 for i, r in enumerate(resources) if r["name"] == before), 0)
        resources.insert(at, new[name])
    return {**package, "resources": resources}


def with_resources(text: str | None, fresh: list[dict]) -> str:
    """Return the text of datapackage.json with these resources in it, and not a character else changed.

    >>> print(with_resources('{"resources": [], "least": 0.000000001}', [])[-26:].strip())
    "least": 0.000000001
    }
    """
    mark = "\ue000"  # stands around a number while it is text; no table has it
    package = json.loads(text, parse_float=lambda number: f"{mark}{number}{mark}") if text else EMPTY
    written = json.dumps(merged(package, fresh), indent=2, ensure_ascii=False)
    return re.sub(f'"{mark}([^{mark}]*){mark}"', r"\1", written) + "\n"


def inert(text: str) -> str:
    """Make text safe to open in a spreadsheet and to show on a page.

    A cell that begins like a formula gets an apostrophe before it, a word in braces (a fact's place) round
    ones, and a
    backslash that would turn the meaning of a quotation mark goes.

    >>> inert("=1+1"), inert("-1"), inert("—"), inert("{sic}")
    ("'=1+1", '-1', '—', '(sic)')
    """
    text = re.sub(r"\{([a-z0-9_.]+)\}", r"(\1)", re.sub(r'\\+(?="|$)', "", text))
    return f"'{text}" if re.match(r"[=@\t\r]|[+-](?![\d.]|$)", text) else text


def _number(value: float | None) -> str | None:
    return None if pd.isna(value) else f"{float(value):.12g}" if float(value) % 1 else str(int(value))


def shaped(frame: pd.DataFrame, table: str, data: Path) -> pd.DataFrame:
    """Return a table as its file holds it: text, in the order and the types of its schema, sorted by its key.

    UserError where the columns are not those of the schema, or two rows have one key.
    """
    described = schema(data, table)
    fields, key = {f["name"]: f["type"] for f in described["fields"]}, described["primaryKey"]
    if odd := sorted((set(frame.columns) ^ set(fields)) - {WHERE}):
        raise UserError(
            f"{table}: the table and data/schemas/{table}.json differ in column {', '.join(odd)}."
        )
    frame = frame[list(fields)].copy()
    for column, kind in fields.items():
        if kind == "integer":
            frame[column] = pd.array(frame[column], dtype="Int64")
        elif kind in CELLS:
            frame[column] = [CELLS[kind](cell) for cell in frame[column]]
    double = frame[frame.duplicated(key, keep=False)]
    if len(double):
        raise UserError(
            f"{table}: the key {', '.join(key)} is not unique, for example {dict(double.iloc[0][key])}."
        )
    frame = frame.sort_values(key, kind="stable", key=_in_order)
    text = {c: ["" if pd.isna(v) else str(v) for v in frame[c]] for c in frame}
    return pd.DataFrame(text, index=frame.index, dtype=str)


CELLS: dict[str, Callable[[Any], str | None]] = {
    "boolean": {True: "true", False: "false"}.get,
    "string": inert,
    "number": _number,
}  # type → how it is written


def _in_order(cells: pd.Series) -> pd.Series:
    """Return the cells of a column as they are sorted: numbers by size, so that month 4 comes before 12."""
    numbers = pd.to_numeric(cells, errors="coerce")
    return numbers if numbers.notna().all() else cells


def write(
    tables: dict[str, pd.DataFrame],
    report: Report,
    ref: Reference,
    accept: tuple[str, ...] = (),
    replace: bool = False,
) -> None:
    """Put the rows given in place of theirs, on disk and in the data package.

    All other rows and tables of the release stay.

    UserError for figures that cannot be right, unless `accept` names their TABLE.COLUMN. `replace`: rows of a
    given table that
    are not among those given go.
    """
    release, data = report.release, ref.data
    given = {name: shaped(frame, name, data) for name, frame in tables.items() if len(frame)}
    if not given:
        raise UserError(
            f"{release}: nothing in what was given is a row of a table that is read. Nothing was "
            f"written.\n{report}"
        )
    whole = {}
    for name, frame in given.items():
        key = schema(data, name)["primaryKey"]
        report.joins[name] = existing.joined(frame, existing.rows(data, release, name), key, replace)
        whole[name] = report.joins[name].rows.sort_values(key, kind="stable", key=_in_order)
    present = existing.tables(data, release)
    report.untouched = [t for t in present if t not in given]
    report.missing = [t for t in _expected(release, data) if t not in given and t not in present]
    places = {name: frame[WHERE].to_dict() if WHERE in frame else {} for name, frame in tables.items()}
    accepted = gate.accepted_columns(accept, {name: list(frame.columns) for name, frame in given.items()})
    exceptions = gate.require_plausible(whole, places, report, data, accepted)
    path = data / "datapackage.json"
    before = path.read_text(encoding="utf-8") if path.exists() and _json(path) else None
    files = {**register.additions(release, ref.tables["releases"], data), **exceptions}
    report.entered = [entered.relative_to(data).as_posix() for entered in files]
    files[path] = with_resources(before, resources(release, list(whole), ref))
    _put(data / "minerals" / release, whole, present, files)


def _put(folder: Path, tables: dict[str, pd.DataFrame], present: list[str], files: dict[Path, str]) -> None:
    """Write tables and files, all or none.

    What can fail for want of room comes before anything is put in place.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    fresh = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    beside = {path: path.with_name(f"{path.name}.new") for path in files}
    try:
        for name in present:
            shutil.copy2(folder / f"{name}.csv", fresh)
        for name, frame in tables.items():
            frame.to_csv(fresh / f"{name}.csv", index=False, lineterminator="\n", encoding="utf-8")
        fresh.chmod(0o755)
        for path, text in files.items():
            beside[path].write_text(text, encoding="utf-8")
        _swap(fresh, folder)
        for path, new in beside.items():
            new.replace(path)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
        for new in beside.values():
            new.unlink(missing_ok=True)


def _swap(fresh: Path, place: Path) -> None:
    old = place.with_name(f".{place.name}-old")
    if old.exists() and not place.exists():
        old.rename(place)  # an ingest was killed between the two renames below
    shutil.rmtree(old, ignore_errors=True)
    if place.exists():
        place.rename(old)
    fresh.rename(place)
    shutil.rmtree(old, ignore_errors=True)


def _expected(release: str, data: Path) -> list[str]:
    """Return the tables that the release before this one has."""
    family, _ = register.parts(release)
    earlier = sorted(p.name for p in (data / "minerals").glob(f"{family}*") if p.name < release)
    return existing.tables(data, earlier[-1]) if earlier else []
