"""Puts the tables of a release on disk, all or none, and enters them in data/datapackage.json."""

from __future__ import annotations

import json
import os
import re
import shutil
import tempfile
from pathlib import Path

import pandas as pd

from chokepoint.errors import UserError
from chokepoint.ingest import register
from chokepoint.ingest.reference import Reference
from chokepoint.ingest.report import Report

LICENSES = {
    "public domain": {
        "name": "US-PD",
        "title": "Public domain (work of the United States government)",
        "path": "https://www.usgs.gov/information-policies-and-instructions/copyrights-and-credits",
    },
    "CC0-1.0": {"name": "CC0-1.0", "title": "Creative Commons Zero 1.0", "path": "https://creativecommons.org/publicdomain/zero/1.0/"},
    "CC-BY-4.0": {"name": "CC-BY-4.0", "title": "Creative Commons Attribution 4.0", "path": "https://creativecommons.org/licenses/by/4.0/"},
    "Etalab-2.0": {
        "name": "etalab-2.0",
        "title": "Open Licence 2.0 (Etalab)",
        "path": "https://www.etalab.gouv.fr/licence-ouverte-open-licence",
    },
    "BGS-derived": {
        "name": "other-attribution",
        "title": "Shares derived from World Mineral Statistics, contains British Geological Survey materials © UKRI",
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
    path = Path(data) / "schemas" / f"{table}.json"
    if not path.exists():
        raise UserError(f"{path}: not found. Every table has a schema there; write it, or restore it from the repository.")
    return _json(path)


def _json(path: Path) -> dict:
    """A JSON object of the project. UserError when it is none."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, RecursionError) as fault:
        raise UserError(f"{path}: not readable as JSON ({fault}). Mend that place, or restore the file. Nothing was written.") from None
    if not isinstance(found, dict):
        raise UserError(f"{path}: holds a {type(found).__name__}; an object {{…}} is expected. Restore the file. Nothing was written.")
    return found


def resources(release: str, tables: list[str], data: Path, ref: Reference) -> list[dict]:
    """The Frictionless resources of a release's tables."""
    what = register.about(release, ref.releases)
    if what["license"] not in LICENSES:
        raise UserError(f'data/releases.csv {release}: license "{what["license"]}" is none of {", ".join(LICENSES)}. Mend it.')
    return [
        {
            "name": f"{release}-{table}",
            "path": f"minerals/{release}/{table}.csv",
            "profile": "tabular-data-resource",
            "title": f"{schema(data, table).get('title', table)}, {what['title']}",
            "description": schema(data, table).get("description", ""),
            "format": "csv",
            "mediatype": "text/csv",
            "encoding": "utf-8",
            "schema": f"schemas/{table}.json",
            "sources": [{"title": what["title"], "path": what["url"]}],
            "licenses": [LICENSES[what["license"]]],
            "updates": what["next_release"],
        }
        for table in sorted(tables)
    ]


def merged(package: dict, release: str, fresh: list[dict]) -> dict:
    """The package with this release's resources replaced and all others as they were.

    >>> merged({"resources": [{"name": "b", "path": "b.csv"}]}, "r", [{"name": "a", "path": "minerals/r/a.csv"}])["resources"]
    [{'name': 'a', 'path': 'minerals/r/a.csv'}, {'name': 'b', 'path': 'b.csv'}]
    """
    found = package.get("resources", [])
    if not isinstance(found, list) or not all(isinstance(r, dict) and isinstance(r.get("name"), str) for r in found):
        raise UserError('data/datapackage.json: "resources" must be a list of tables, each with its name. Restore it. Nothing was written.')
    others = [r for r in found if not str(r.get("path", "")).startswith(f"minerals/{release}/")]
    return {**package, "resources": sorted(others + fresh, key=lambda r: r["name"])}


def inert(text: str) -> str:
    """Text that nothing runs: a cell that begins like a formula gets an apostrophe before it, a word in braces (a fact's place) round ones,
    and a backslash that would turn the meaning of a quotation mark goes.

    >>> inert("=1+1"), inert("-1"), inert("—"), inert("{sic}")
    ("'=1+1", '-1', '—', '(sic)')
    """
    text = re.sub(r"\{([a-z0-9_.]+)\}", r"(\1)", re.sub(r'\\+(?="|$)', "", text))
    return f"'{text}" if re.match(r"[=@\t\r]|[+-](?![\d.]|$)", text) else text


def shaped(frame: pd.DataFrame, table: str, data: Path) -> pd.DataFrame:
    """A table in the order and the types of its schema, sorted by its key, one row a key."""
    described = schema(data, table)
    fields = {f["name"]: f["type"] for f in described["fields"]}
    odd = sorted(set(frame.columns) ^ set(fields))
    if odd:
        raise UserError(f"{table}: the table and data/schemas/{table}.json differ in column {', '.join(odd)}.")
    frame = frame[list(fields)].copy()
    for column, kind in fields.items():
        if kind == "boolean":
            frame[column] = frame[column].map({True: "true", False: "false"})
        elif kind == "integer":
            frame[column] = pd.array(frame[column], dtype="Int64")
        elif kind == "string":
            frame[column] = frame[column].map(inert)
        elif kind == "number":
            frame[column] = [None if pd.isna(v) else f"{float(v):.12g}" if float(v) % 1 else str(int(v)) for v in frame[column]]
    key = described["primaryKey"]
    double = frame[frame.duplicated(key, keep=False)]
    if len(double):
        raise UserError(f"{table}: the key {', '.join(key)} is not unique, for example {dict(double.iloc[0][key])}.")
    return frame.sort_values(key, kind="stable")


def write(tables: dict[str, pd.DataFrame], report: Report, data: Path, ref: Reference) -> None:
    """Write a release's folder beside the old one and swap; then enter it in the data package, the releases and the sources."""
    release, data = report.release, Path(data)
    shaped_tables = {name: shaped(frame, name, data) for name, frame in tables.items() if len(frame)}
    package_path = data / "datapackage.json"
    package = _json(package_path) if package_path.exists() else EMPTY
    text = json.dumps(merged(package, release, resources(release, list(shaped_tables), data, ref)), indent=2, ensure_ascii=False)
    entered = register.additions(release, ref.releases, data)
    report.entered = [path.relative_to(data).as_posix() for path in entered]
    home = data / "minerals"
    home.mkdir(parents=True, exist_ok=True)
    fresh = Path(tempfile.mkdtemp(prefix=f".{release}-", dir=home))
    beside = {path.with_name(f"{path.name}.new"): path for path in [*entered, package_path]}
    try:  # all that can fail for want of room comes before anything is put in place
        for name, frame in shaped_tables.items():
            frame.to_csv(fresh / f"{name}.csv", index=False, lineterminator="\n", encoding="utf-8")
        fresh.chmod(0o755)
        for new, content in zip(beside, [*entered.values(), text + "\n"], strict=True):
            new.write_text(content, encoding="utf-8")
        _swap(fresh, home / release)
        for new, path in beside.items():
            os.replace(new, path)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
        for new in beside:
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
