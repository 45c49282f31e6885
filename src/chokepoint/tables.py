"""Load a table, at a release where it has releases.

`data/datapackage.json` (a Frictionless Data Package) declares every table once; nothing here knows a column by name.
A table that comes with every yearly release is the resource `<release>-<table>`, any other is simply `<table>`.
"""

import difflib
import os
from collections.abc import Callable
from functools import lru_cache, wraps
from pathlib import Path

import pandas as pd

from chokepoint import descriptor
from chokepoint.errors import MissingTable, UserError

DEFAULT_RELEASE = "mcs2026"
_DTYPES = {"integer": "Int64", "number": "float64", "boolean": "boolean", "year": "Int64"}


def data_dir() -> Path:
    """The folder with datapackage.json: $CHOKEPOINT_DATA, or `data/` of the checkout this package is installed from."""
    return Path(os.environ.get("CHOKEPOINT_DATA") or Path(__file__).resolve().parents[2] / "data")


def package(data: Path | None = None) -> dict:
    """The data package descriptor, with `schema` references resolved. UserError when it is missing or faulty."""
    path = (data or data_dir()) / "datapackage.json"
    return _descriptor(path, path.stat().st_mtime_ns if path.exists() else 0)


@lru_cache(maxsize=8)
def _descriptor(path: Path, _changed: int) -> dict:
    return descriptor.read(path)


def resource(table: str, release: str | None = None, data: Path | None = None) -> dict:
    """The declaration of one table. UserError, with the nearest name, when there is none.

    >>> resource("sources")["path"]
    'evidence/sources.csv'
    """
    by_name = {r["name"]: r for r in package(data)["resources"]}
    name = f"{release}-{table}" if release else table
    if name in by_name:
        return by_name[name]
    near = difflib.get_close_matches(name, by_name, 1)
    hint = f' Did you mean "{near[0]}"?' if near else ""
    raise (MissingTable if release else UserError)(f'No table "{name}" in data/datapackage.json.{hint}')


def releases(table: str = "production") -> list[str]:
    """Releases that hold `table`, oldest first.

    >>> "mcs2026" in releases()
    True
    """
    names = [r["name"] for r in package()["resources"]]
    return sorted(n.removesuffix(f"-{table}") for n in names if n.endswith(f"-{table}"))


def require_release(release: str) -> None:
    """UserError, with the nearest, when there is no yearly release of that name."""
    if release not in (known := releases()):
        near = difflib.get_close_matches(release, known, 1)
        hint = f' Did you mean "{near[0]}"?' if near else ""
        raise UserError(f'No release "{release}".{hint} Here are: {", ".join(known)}.')


def load(table: str, release: str | None = None) -> pd.DataFrame:
    """One table with the types its schema gives; a missing cell is NA.

    >>> load("sources").columns[0]
    'source_id'
    """
    return _read(data_dir(), table, release).copy()


@lru_cache(maxsize=64)
def _read(data: Path, table: str, release: str | None) -> pd.DataFrame:
    declared = resource(table, release, data)
    fields = {f["name"]: f["type"] for f in declared["schema"]["fields"]}
    dtypes = {name: _DTYPES.get(kind, "str") for name, kind in fields.items()}
    try:
        frame = pd.read_csv(
            data / declared["path"],
            dtype=dtypes,
            keep_default_na=False,
            na_values=[""],
            encoding="utf-8",
            true_values=["true"],
            false_values=["false"],
        )
    except (OSError, ValueError) as error:  # ValueError: pandas' own errors of parsing, of encoding and of types
        raise UserError(f"data/{declared['path']}: not readable ({error}). `chokepoint check` says which row and column.") from None
    dates = [name for name, kind in fields.items() if kind == "date"]
    return frame.assign(**{name: pd.to_datetime(frame[name], format="%Y-%m-%d") for name in dates})


def corrections(release: str) -> pd.DataFrame:
    """What was corrected in a release: the rows of data/corrections.csv with `rows`, how many rows of its table carry each.

    NA where a correction leaves no row to carry it: a header read under its right names, rows dropped.

    >>> int(corrections("mcs2026").set_index("correction_id").rows["MCS2026-02"])
    1
    """
    fixes = load("corrections").query("release == @release")
    held = [t for t in dict.fromkeys(fixes.table) if release in releases(t)]
    moved = [value.split(";")[0] for value in fixes[fixes.action == "move"].value]
    ids = pd.concat([load(t, release).correction_id for t in dict.fromkeys([*held, *moved])] or [pd.Series(dtype=str)])
    counts = ids.dropna().str.split(";").explode().value_counts()
    return fixes.assign(rows=fixes.correction_id.map(counts).astype("Int64")).reset_index(drop=True)


def by_release(work: Callable[[str], pd.DataFrame]) -> Callable[..., pd.DataFrame]:
    """Let a function release -> table be worked out once a release (and data folder); callers get a copy each."""
    once = lru_cache(maxsize=16)(lambda data, release: work(release))

    @wraps(work)
    def table(release: str = DEFAULT_RELEASE) -> pd.DataFrame:
        return once(data_dir(), release).copy()

    return table
