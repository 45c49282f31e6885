"""Load a table, at a release where it has releases.

`data/datapackage.json` (a Frictionless Data Package) declares every table once; nothing here knows a column
by name. A table that comes with every yearly release is the resource `<release>-<table>`, any other is simply
`<table>`.
"""

import difflib
import io
import json
from collections.abc import Callable, Iterable
from functools import lru_cache, wraps
from pathlib import Path
from typing import Any

import pandas as pd

from chokepoint.checkout import data_dir as data_dir
from chokepoint.checkout import home as home
from chokepoint.data import descriptor, memory, references
from chokepoint.errors import MissingTable, UserError

DESCRIPTOR = "data/datapackage.json"
PRIVATE = "private"  # folder of tables that a reader brings: see `overlays`
MOST_KEPT = 4096  # results of a view, or rows of a table, in one process
pd.set_option("display.html.use_mathjax", False)  # US$ in a notebook's table is money, and no formula
pd.set_option("mode.string_storage", "python")  # tables are small: a fifth faster here than with Arrow's
pd.set_option("display.max_columns", 20)  # pandas' own in a kernel, and so in one forked from a plain process
_DTYPES = {"integer": "Int64", "number": "float64", "boolean": "boolean", "year": "Int64"}


def file_state(path: Path) -> tuple[int, ...]:
    """Return what differs where a file was written again: its size, times and place."""
    now = path.stat()
    return now.st_size, now.st_mtime_ns, now.st_ctime_ns, now.st_ino


def package(data: Path | None = None) -> dict:
    """Return the data package descriptor, with `schema` references resolved.

    `files` are the resources that are no tables. UserError when it is missing or not JSON.
    """
    memory.note(DESCRIPTOR)
    return _package(data)


def _package(data: Path | None = None) -> dict:
    return _descriptor(*_declared(data))


def other_files() -> list[dict]:
    """Return what the package declares of files that are no tables."""
    return _package()["files"]


def _declared(data: Path | None) -> tuple[Path, tuple[int, ...]]:
    """Return the descriptor's file and its state."""
    path = (data or data_dir()) / "datapackage.json"
    state = file_state(path) if path.exists() else ()
    memory.note_state(file_state, (path,), state)
    return path, state


@lru_cache(maxsize=8)
def _descriptor(path: Path, _state: tuple[int, ...]) -> dict:
    return descriptor.read(path)


def forget_declarations() -> None:
    """Read the descriptor and its schemas anew from here on.

    What is kept of them is known by the descriptor's own state, which a schema that is saved leaves as it is.
    """
    _descriptor.cache_clear()
    _by_name.cache_clear()


def resource(table: str, release: str | None = None, data: Path | None = None) -> dict:
    """Return the declaration of one table. UserError, with the nearest name, when there is none.

    >>> resource("sources")["path"]
    'evidence/sources.csv'
    """
    by_name = declarations(data)
    name = f"{release}-{table}" if release else table
    memory.note(f"{DESCRIPTOR}: {name}")
    if name in by_name:
        return by_name[name]
    near = difflib.get_close_matches(name, by_name, 1)
    hint = f' Did you mean "{near[0]}"?' if near else ""
    raise (MissingTable if release else UserError)(f'No table "{name}" in data/datapackage.json.{hint}')


def declarations(data: Path | None = None) -> dict[str, dict]:
    """Return what the package declares of each table, by its name."""
    return _by_name(*_declared(data))


@lru_cache(maxsize=8)
def _by_name(path: Path, state: tuple[int, ...]) -> dict[str, dict]:
    return {r["name"]: r for r in _descriptor(path, state)["resources"]}


def releases(table: str = "production") -> list[str]:
    """Releases that hold `table`, oldest first.

    >>> "mcs2026" in releases()
    True
    """
    memory.note(f"{DESCRIPTOR}: *")
    return _releases(table)


def _releases(table: str) -> list[str]:
    return sorted(n.removesuffix(f"-{table}") for n in declarations() if n.endswith(f"-{table}"))


def _newest() -> str:
    """Return the latest yearly release there is: an input of every page.

    The book follows it, with nothing else to change.
    """
    try:
        return max((r for r in _releases("production") if r.startswith("mcs")), default="")
    except UserError:  # a descriptor that does not read is said by whoever needs a table
        return ""


def overlays(data: Path | None = None) -> list[tuple[str, str, Path]]:
    """Return the private tables: every data/private/<mineral>/<table>.csv.

    Each is (mineral, name of the table it speaks in place of, file).
    """
    folder = (data or data_dir()) / PRIVATE
    found = sorted(folder.glob("*/*.csv")) if folder.is_dir() else []
    return [(path.parent.name, path.stem, path) for path in found]


def require_release(release: str) -> None:
    """UserError, with the nearest, when there is no yearly release of that name."""
    if release not in (known := releases()):
        near = difflib.get_close_matches(release, known, 1)
        hint = f' Did you mean "{near[0]}"?' if near else ""
        raise UserError(f'No release "{release}".{hint} Here are: {", ".join(known)}.')


def load(table: str, release: str | None = None) -> pd.DataFrame:
    """One table with the types its schema gives; a missing cell is NA.

    Rows of the evidence are in the order of their key, whatever that of the file.

    >>> load("sources").columns[0]
    'source_id'
    """
    data = data_dir()
    memory.note(f"data/{resource(table, release)['path']}")
    return _read(data, table, release).copy(deep=False)  # pandas copies what a caller writes to


def as_text(table: str) -> str:
    """Return a table that has no releases as the text of a CSV file, its references filled in.

    >>> as_text("ledger").splitlines()[1].split(",")[0]
    'australia.each'
    """
    return _resolved(data_dir(), table)[0]


def rows(table: str, release: str | None = None, /, **key: str | Iterable[str]) -> pd.DataFrame:
    """Return the rows with a value, or one of several values, in one column, counted from 0.

    A cell "JPN;USA" has both values. What is made of them depends on no other row: a page that asks for rows
    runs again when one of these changes, not when another row of the table does.

    >>> (
    ...     list(rows("vault_basket", mineral="gallium").line),
    ...     "data/vault_basket.csv: mineral=gallium" in memory.reads(),
    ... )
    (['gallium'], True)
    """
    [(column, value)] = key.items()
    wanted = dict.fromkeys([value] if isinstance(value, str) else value)
    path = f"data/{resource(table, release)['path']}"
    memory.note(*(f"{path}: {column}={one}" for one in wanted))
    data = data_dir()
    return _rows_with(data, table, release, column, tuple(wanted), files_of(data, table, release)).copy(
        deep=False
    )


@lru_cache(maxsize=MOST_KEPT)
def _rows_with(
    data: Path, table: str, release: str | None, column: str, wanted: tuple[str, ...], files: tuple
) -> pd.DataFrame:
    """Return the rows with one of these values in a column; callers are given copies."""
    index = _index(data, table, release, column, files)
    frame = _read(data, table, release)
    return frame.iloc[sorted({at for one in wanted for at in index.get(one, ())})].reset_index(drop=True)


def part(table: str, release: str | None = None, /, **key: str | Iterable[str]) -> pd.DataFrame:
    """Return the rows of a large table with a value, or one of several, in one column, counted from 0.

    As `rows` does it, in a third of the time: what is asked for alone is parsed. A page that asks depends on
    the file as a whole, as large ones come anew once a year. Cells hold one value each.

    >>> flows = part("trade_flows", releases("trade_flows")[-1], exporter="CHL")
    >>> set(flows.exporter), bool(len(flows) > 100)
    ({'CHL'}, True)
    """
    [(column, value)] = key.items()
    wanted = (value,) if isinstance(value, str) else tuple(sorted(value))
    declared, data = resource(table, release), data_dir()
    memory.note(f"data/{declared['path']}")
    return _part(data, table, release, column, wanted, files_of(data, table, release)).copy(deep=False)


def distinct(table: str, release: str | None, column: str) -> list[str]:
    """Return the values in a column of a large table as they are written, sorted.

    >>> distinct("trade_flows", releases("trade_flows")[-1], "year")[0]
    '2002'
    """
    declared, data = resource(table, release), data_dir()
    memory.note(f"data/{declared['path']}")
    return list(_distinct(data, table, release, column, files_of(data, table, release)))


@lru_cache(maxsize=64)
def _distinct(data: Path, table: str, release: str | None, column: str, files: tuple) -> tuple[str, ...]:
    if (lines := _lines(data / resource(table, release, data)["path"], files)) is None:
        return tuple(sorted(load(table, release)[column].dropna().astype("str").unique()))
    at = lines[0].split(",").index(column)
    return tuple(sorted({line.split(",", at + 1)[at] for line in lines[1:]} - {""}))


@lru_cache(maxsize=256)
def _part(
    data: Path, table: str, release: str | None, column: str, wanted: tuple[str, ...], files: tuple
) -> pd.DataFrame:
    declared = resource(table, release, data)
    path = data / declared["path"]
    if (lines := _lines(path, files)) is None:
        return rows(table, release, **{column: wanted})
    groups = _lines_by(path, files, column)
    found = [line for value in wanted for line in groups.get(value, ())]
    return _csv(data, declared, "\n".join([lines[0], *found]))


@lru_cache(maxsize=4)
def _lines_by(path: Path, files: tuple, column: str) -> dict[str, list[str]]:
    """Return the lines of a file by the value that they have in a column."""
    lines = _lines(path, files) or ("",)
    at = lines[0].split(",").index(column)
    groups: dict[str, list[str]] = {}
    for line in lines[1:]:
        groups.setdefault(line.split(",", at + 1)[at], []).append(line)
    return groups


@lru_cache(maxsize=4)
def _lines(path: Path, files: tuple) -> tuple[str, ...] | None:
    """Return the lines of a file, one a row; None where they are not, or where a private table speaks too."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        raise _unreadable(str(path), error) from None
    return None if '"' in text or len(files) > 1 else tuple(text.splitlines())


@lru_cache(maxsize=256)
def _index(data: Path, table: str, release: str | None, column: str, _files: tuple) -> dict[str, list[int]]:
    """Positions of a table's rows by each value of a column."""
    found: dict[str, list[int]] = {}
    for at, cell in enumerate(_read(data, table, release)[column].astype("object").fillna("")):
        for value in dict.fromkeys(str(cell).split(";")):
            found.setdefault(value, []).append(at)
    return found


def row(table: str, /, **key: str) -> pd.Series | None:
    """Return the one row with a value in a column, or None.

    >>> row("sources", source_id="S002").publisher != "", row("sources", source_id="none") is None
    (True, True)
    """
    found = rows(table, **key)
    return None if found.empty else found.iloc[0]


def _read(data: Path, table: str, release: str | None) -> pd.DataFrame:
    return _parsed(data, table, release, files_of(data, table, release))


def files_of(data: Path, table: str, release: str | None) -> tuple:
    """Return the files of a table, the private ones that speak in its place last.

    Each comes with its state: what was parsed of them is kept.
    """
    files = _files_now(data, table, release)
    memory.note_state(_files_now, (data, table, release), files)
    return files


def _files_now(data: Path, table: str, release: str | None) -> tuple:
    declared = resource(table, release, data)
    own = [(mineral, path) for mineral, name, path in overlays(data) if name == declared["name"]]
    files = tuple(
        (mineral, path, file_state(path) if path.is_file() else None)
        for mineral, path in [("", data / declared["path"]), *own]
    )
    if release is None and _is_template(data, table):  # what is filled in comes from other files
        return (("", files[0][1], _states(data)), *files[1:])
    return files


def templates() -> dict[str, str]:
    """Return the files, as `memory.reads` names them, of tables with references, and these tables' names."""
    return _templates(*_declared(None))


@lru_cache(maxsize=8)
def _templates(path: Path, state: tuple[int, ...]) -> dict[str, str]:
    """Files, as `memory.reads` names them, of the tables that may hold references, and their names."""
    return {
        f"data/{declared['path']}": name
        for name, declared in _by_name(path, state).items()
        if references.is_template(declared["schema"])
    }


def _is_template(data: Path, table: str) -> bool:
    declared = declarations(data).get(table)
    return declared is not None and references.is_template(declared["schema"])


def states() -> tuple:
    """Return the state of each file that a reference may lead to, for `digests.digest`."""
    return _states(data_dir())


def _states(data: Path) -> tuple:
    """Return the state of each file that a reference may lead to."""
    return tuple(map(_state_if_there, _led_to(*_declared(data))))


def _state_if_there(path: Path) -> tuple[int, ...] | None:
    try:
        return file_state(path)
    except FileNotFoundError:
        return None


@lru_cache(maxsize=8)
def _led_to(path: Path, state: tuple[int, ...]) -> tuple[Path, ...]:
    """Return the files that a reference may lead to."""
    declared = (d["path"] for d in _by_name(path, state).values())
    return tuple(path.parent / name for name in declared if not name.startswith("minerals/"))


@lru_cache(maxsize=64)
def _parsed(data: Path, table: str, release: str | None, files: tuple) -> pd.DataFrame:
    declared = resource(table, release, data)
    filled_in = _resolved(data, table)[0] if release is None and _is_template(data, table) else None
    frame = _csv(data, declared, filled_in)
    key = descriptor.listed(declared["schema"].get("primaryKey"))
    if key and declared["path"].startswith("evidence/"):  # whoever adds a row may put it anywhere
        frame = frame.sort_values(key, ignore_index=True)
    for mineral, path, _ in files[1:]:
        own = _csv(data, {**declared, "path": path.relative_to(data).as_posix()})
        frame = _replaced(frame, mineral, own)
    return frame


def _replaced(frame: pd.DataFrame, mineral: str, own: pd.DataFrame) -> pd.DataFrame:
    """Return a table with one mineral's rows, where it has minerals, giving way to `own`.

    The rest stays in its order.
    """
    theirs = frame["mineral"] == mineral if "mineral" in frame else pd.Series(False, index=frame.index)
    at = int(theirs.argmax()) if theirs.any() else len(frame)
    return pd.concat([frame[:at], own, frame[at:][~theirs[at:]]], ignore_index=True)


def _text(data: Path, table: str) -> pd.DataFrame:
    """Return a file as text, nothing filled in."""
    path = declarations(data)[table]["path"]
    try:
        return _cells(data / path, file_state(data / path))
    except (OSError, ValueError) as error:
        raise _unreadable(path, error) from None


@lru_cache(maxsize=128)
def _cells(path: Path, _state: tuple[int, ...]) -> pd.DataFrame:
    """Return a file as text; callers leave it as it is."""
    return pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8")


def _resolved(data: Path, table: str) -> tuple[str, tuple[str, ...]]:
    """Return a table with its references filled in, as the text of a CSV file.

    With it come the names of the tables it draws on.
    """
    return _filled_in(data, table, _states(data))


@lru_cache(maxsize=64)
def _filled_in(data: Path, table: str, _states: tuple) -> tuple[str, tuple[str, ...]]:
    schemas = {name: declared["schema"] for name, declared in declarations(data).items()}
    drawn: dict[str, None] = {}

    def text(name: str) -> pd.DataFrame:
        drawn[name] = None
        return _text(data, name)

    try:
        frame = references.Evidence(text, schemas).resolved(table)
    except references.Unresolved as fault:
        path = declarations(data)[table]["path"]
        raise UserError(f"data/{path} {fault}. `chokepoint check` lists every such place.") from None
    return frame.to_csv(index=False), tuple(name for name in drawn if name != table)


def _unreadable(path: str, error: Exception) -> UserError:
    return UserError(f"data/{path}: not readable ({error}). `chokepoint check` says which row and column.")


def _csv(data: Path, declared: dict, text: str | None = None) -> pd.DataFrame:
    """Return a file, or the text that stands for it, with the types of its schema."""
    fields = {f["name"]: f["type"] for f in declared["schema"]["fields"]}
    dtypes = {name: _DTYPES.get(kind, "str") for name, kind in fields.items()}
    try:
        frame = pd.read_csv(
            data / declared["path"] if text is None else io.StringIO(text),
            dtype=dtypes,
            keep_default_na=False,
            na_values=[""],
            encoding="utf-8",
            true_values=["true"],
            false_values=["false"],
        )
    except (
        OSError,
        ValueError,
    ) as error:  # ValueError: pandas' own errors of parsing, of encoding and of types
        raise _unreadable(declared["path"], error) from None
    dates = [name for name, kind in fields.items() if kind == "date"]
    return frame.assign(**{name: pd.to_datetime(frame[name], format="%Y-%m-%d") for name in dates})


DEFAULT_RELEASE = _newest()


def outlines() -> dict:
    """Return the map's TopoJSON, by iso3.

    Its objects are `countries` (outlines) and `dots` (points of the small ones).

    >>> sorted(outlines()["objects"])
    ['countries', 'dots']
    """
    memory.note("data/outlines.topojson")
    return json.loads((data_dir() / "outlines.topojson").read_text(encoding="utf-8"))


def corrections(release: str) -> pd.DataFrame:
    """Return what was corrected in a release: the rows of data/corrections.csv.

    `rows` is how many rows of its table carry each. NA where a correction leaves no row to carry it: a header
    read under its right names, rows dropped.

    >>> int(corrections("mcs2026").set_index("correction_id").rows["MCS2026-02"])
    1
    """
    fixes = load("corrections").query("release == @release")
    held = [t for t in dict.fromkeys(fixes.table) if release in releases(t)]
    moved = [value.split(";")[0] for value in fixes[fixes.action == "move"].value]
    ids = pd.concat(
        [load(t, release).correction_id for t in dict.fromkeys([*held, *moved])] or [pd.Series(dtype=str)]
    )
    counts = ids.dropna().str.split(";").explode().value_counts()
    return fixes.assign(rows=fixes.correction_id.map(counts).astype("Int64")).reset_index(drop=True)


def by_release(work: Callable[..., pd.DataFrame]) -> Callable[..., pd.DataFrame]:
    """Let a function release -> table be worked out once a release (and data folder).

    Callers get a copy each. What the function takes besides, such as a year, is given after the release.
    """
    once = memory.remembered(work)

    @wraps(work)
    def table(release: str = DEFAULT_RELEASE, *more: Any) -> pd.DataFrame:
        return once(release, *more).copy(deep=False)

    return table
