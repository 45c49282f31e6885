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
from chokepoint.ingest import judged, register, standing
from chokepoint.ingest.reference import Reference
from chokepoint.ingest.report import Report
from chokepoint.ingest.tidy import WHERE

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
    """The package with the resources given in place of their like, and all others, this release's too, as and where they were.

    >>> merged({"resources": [{"name": "b", "path": "b.csv"}]}, "r", [{"name": "a", "path": "minerals/r/a.csv"}])["resources"]
    [{'name': 'a', 'path': 'minerals/r/a.csv'}, {'name': 'b', 'path': 'b.csv'}]
    """
    found = package.get("resources", [])
    if not isinstance(found, list) or not all(isinstance(r, dict) and isinstance(r.get("name"), str) for r in found):
        raise UserError('data/datapackage.json: "resources" must be a list of tables, each with its name. Restore it. Nothing was written.')
    ours = {r["name"]: r for r in fresh}
    kept = [ours.pop(r["name"], r) for r in found]
    for new in sorted(ours.values(), key=lambda r: r["name"]):
        before = max((r["name"] for r in kept if r["name"] < new["name"]), default=None)
        kept.insert(next((i + 1 for i, r in enumerate(kept) if r["name"] == before), 0), new)
    return {**package, "resources": kept}


def with_resources(text: str | None, release: str, fresh: list[dict]) -> str:
    """The text of datapackage.json with this release's resources in it, and not a character else changed.

    >>> print(with_resources('{"resources": [], "least": 0.000000001}', "r", [])[-26:].strip())
    "least": 0.000000001
    }
    """
    mark = "\ue000"  # stands around a number while it is text; no table has it
    package = json.loads(text, parse_float=lambda number: f"{mark}{number}{mark}") if text else EMPTY
    made = json.dumps(merged(package, release, fresh), indent=2, ensure_ascii=False)
    return re.sub(f'"{mark}([^{mark}]*){mark}"', r"\1", made) + "\n"


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
    odd = sorted((set(frame.columns) ^ set(fields)) - {WHERE})
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


def as_text(frame: pd.DataFrame) -> pd.DataFrame:
    """A table as its file holds it: every cell text, a missing one empty."""
    return pd.DataFrame({c: ["" if pd.isna(v) else str(v) for v in frame[c]] for c in frame}, index=frame.index, dtype=str)


def write(
    tables: dict[str, pd.DataFrame], report: Report, data: Path, ref: Reference, accept: tuple[str, ...] = (), replace: bool = False
) -> None:
    """Put the rows given in place of theirs, on disk and in the data package; all other rows and tables of the release stay.

    UserError for figures that cannot be right, unless `accept` names their TABLE.COLUMN. `replace`: rows of a given table that are
    not among those given go.
    """
    release, data = report.release, Path(data)
    made = {name: as_text(shaped(frame, name, data)) for name, frame in tables.items() if len(frame)}
    if not made:
        raise UserError(f"{release}: nothing in what was given is a row of a table that is read. Nothing was written.\n{report}")
    keys = {name: schema(data, name)["primaryKey"] for name in made}
    whole = {name: standing.joined(frame, standing.rows(data, release, name), keys[name], replace) for name, frame in made.items()}
    shaped_tables = {name: join.rows.sort_values(keys[name], kind="stable") for name, join in whole.items()}
    report.record_joins(whole, [t for t in standing.tables(data, release) if t not in made], _missing(release, made, data))
    fields = {name: list(frame.columns) for name, frame in made.items()}
    places = {name: frame[WHERE].to_dict() if WHERE in frame else {} for name, frame in tables.items()}
    excepted = judged.require_plausible(shaped_tables, places, report, data, judged.accepted(accept, fields))
    package_path = data / "datapackage.json"
    before = package_path.read_text(encoding="utf-8") if package_path.exists() and _json(package_path) else None
    text = with_resources(before, release, resources(release, list(shaped_tables), data, ref))
    entered = {**register.additions(release, ref.releases, data), **excepted}
    report.entered = [path.relative_to(data).as_posix() for path in entered]
    home = data / "minerals"
    home.mkdir(parents=True, exist_ok=True)
    fresh = Path(tempfile.mkdtemp(prefix=f".{release}-", dir=home))
    beside = {path.with_name(f"{path.name}.new"): path for path in [*entered, package_path]}
    try:  # all that can fail for want of room comes before anything is put in place
        for name in standing.tables(data, release):
            shutil.copy2(home / release / f"{name}.csv", fresh)
        for name, frame in shaped_tables.items():
            frame.to_csv(fresh / f"{name}.csv", index=False, lineterminator="\n", encoding="utf-8")
        fresh.chmod(0o755)
        for new, content in zip(beside, [*entered.values(), text], strict=True):
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


def _missing(release: str, made: dict[str, pd.DataFrame], data: Path) -> list[str]:
    """Tables that the release before this one has, and this one has neither among what is given nor on disk."""
    family = re.match(r"[a-z]+", release)[0]
    earlier = sorted(p.name for p in (data / "minerals").glob(f"{family}*") if p.name < release)
    expected = standing.tables(data, earlier[-1]) if earlier else []
    return [t for t in expected if t not in made and t not in standing.tables(data, release)]
