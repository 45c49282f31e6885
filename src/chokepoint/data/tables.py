"""Load a table, at a release where it has releases.

`data/datapackage.json` (a Frictionless Data Package) declares every table once; nothing here knows a column
by name. A table that comes with every yearly release is the resource `<release>-<table>`, any other is simply
`<table>`.
"""

import csv
import difflib
import hashlib
import inspect
import io
import json
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from copy import copy
from functools import lru_cache, partial, wraps
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import pandas as pd

from chokepoint.checkout import home as home
from chokepoint.checkout import home_from
from chokepoint.data import descriptor, references
from chokepoint.errors import MissingTable, UserError

DESCRIPTOR = "data/datapackage.json"
PRIVATE = "private"  # folder of tables that a reader brings: see `overlays`
# Set for a process that computes all that is `remembered` once before others are forked from it.
PRECOMPUTE = "CHOKEPOINT_PRECOMPUTE"
MOST_KEPT = 4096  # results of a view, or rows of a table, in one process
VIEW = "view "  # begins the name of what a page took from tables through a `view`
pd.set_option("display.html.use_mathjax", False)  # US$ in a notebook's table is money, and no formula
pd.set_option("mode.string_storage", "python")  # tables are small: a fifth faster here than with Arrow's
pd.set_option("display.max_columns", 20)  # pandas' own in a kernel, and so in one forked from a plain process
_P = ParamSpec("_P")
_T = TypeVar("_T")
_reads: set[str] = set()
# What was read, as (function, arguments, state of files that it gave): see `remembered`.
_used: set[tuple] = set()
_memories: list[dict] = []  # of every function that is `remembered`
_ever_used: set[tuple] = set()
_by_release: list[Callable] = []  # functions of no more than a release and a year
_views: set = set()  # the code of every view
_DTYPES = {"integer": "Int64", "number": "float64", "boolean": "boolean", "year": "Int64"}


def data_dir() -> Path:
    """Return the folder with datapackage.json: $CHOKEPOINT_DATA, or `data/` of the checkout."""
    return _folder(os.environ.get("CHOKEPOINT_DATA"), os.getcwd())  # noqa: PTH109  (asked for with every fact)


@lru_cache(maxsize=8)
def _folder(given: str | None, cwd: str) -> Path:
    return Path(given) if given else home_from(cwd) / "data"


def reads() -> list[str]:
    """Return what this process has read of the data so far: each a name for `digest`.

    It is recorded whoever asked and whatever remembered it.

    >>> (
    ...     load("sources") is None,
    ...     {"data/evidence/sources.csv", "data/datapackage.json: sources"} <= set(reads()),
    ... )
    (False, True)
    """
    return sorted(_reads)


@contextmanager
def recorded() -> Iterator[set[str]]:
    """Give what is read within, as names for `digest`; whoever records outside has it too.

    >>> with recorded() as names:
    ...     _ = load("sources")
    >>> "data/evidence/sources.csv" in names
    True
    """
    with _recording() as (reads, _):
        yield reads


@contextmanager
def _recording() -> Iterator[tuple[set[str], set[tuple]]]:
    """Give what is read within, and the states of files it used; whoever records outside has both too."""
    global _reads, _used
    outside, (_reads, _used) = (_reads, _used), (set(), set())
    inside = _reads, _used
    try:
        yield inside
    finally:
        _reads, _used = outside
        _reads |= inside[0]
        _used |= inside[1]


def digest(read: str, states: tuple | None = None) -> str:
    """Return what a name of `reads` stands for now, as a text that differs where the data do.

    The text is short; "absent" where the file or table is not there. "data/…" is a file, with the private
    tables that speak in its place, and "data/…: COLUMN=VALUE" the rows of it that `rows` gives;
    "data/datapackage.json: NAME" is the declaration of one table, "data/datapackage.json: *" the tables'
    names. states: what `states` has just given, for whoever asks for many.
    """
    file, _, key = read.partition(": ")
    if read == f"{DESCRIPTOR}: *":
        content = json.dumps(sorted(_named()))
    elif read.startswith(f"{DESCRIPTOR}: "):
        content = json.dumps(_named().get(key), sort_keys=True)
    else:
        path = data_dir() / file.removeprefix("data/")
        if not path.is_file():
            return "absent"
        column, _, value = key.partition("=")
        own = [p for _, name, p in overlays() if f"data/{_named().get(name, {}).get('path')}" == file]
        template = _templates(*_declared(None)).get(file, "")
        if not key:  # of a table with references, what they stand for counts
            first = (
                _text_digest(template, states or _states(data_dir()))
                if template
                else _file_digest(path, _state(path))
            )
        elif template:
            first = _rows(path, states or _states(data_dir()), column, template).get(value, "none")
        else:
            first = _rows(path, _state(path), column).get(value, "none")
        content = f"{path.parent.name} {first} " + "".join(
            f"{p.parent.name} {_file_digest(p, _state(p))} " for p in own
        )
    return _sha(content)


def _sha(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def all_reads() -> list[str]:
    """Every name that `reads` may give of a table that is there."""
    of_tables = [
        name
        for declared in _named().values()
        for name in (f"data/{declared['path']}", f"{DESCRIPTOR}: {declared['name']}")
    ]
    files = [f"data/{declared['path']}" for declared in _package()["files"]]
    return [DESCRIPTOR, f"{DESCRIPTOR}: *", *of_tables, *files]


def _state(path: Path) -> tuple[int, ...]:
    now = path.stat()
    return now.st_size, now.st_mtime_ns, now.st_ctime_ns, now.st_ino


@lru_cache(maxsize=512)
def _file_digest(path: Path, _state: tuple[int, ...]) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


@lru_cache(maxsize=64)
def _text_digest(table: str, _states: tuple) -> str:
    try:
        return _sha(as_text(table))
    except UserError as fault:  # whoever loads it says so
        return _sha(str(fault))


@lru_cache(maxsize=256)
def _rows(path: Path, _state: tuple, column: str, table: str = "") -> dict[str, str]:
    """Return the rows of a file by their value of a column, as text; see `rows`.

    Each row has the names of the columns.
    table: its name, where references are filled in.
    """
    found: dict[str, list[str]] = {}
    with io.StringIO(as_text(table)) if table else path.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            for value in dict.fromkeys((row.get(column) or "").split(";")):
                found.setdefault(value, []).append(json.dumps(row))
    return {value: "".join(texts) for value, texts in found.items()}


def package(data: Path | None = None) -> dict:
    """Return the data package descriptor, with `schema` references resolved.

    `files` are the resources that are no tables. UserError when it is missing or not JSON.
    """
    _reads.add(DESCRIPTOR)
    return _package(data)


def _package(data: Path | None = None) -> dict:
    return _descriptor(*_declared(data))


def _declared(data: Path | None) -> tuple[Path, tuple[int, ...]]:
    """Return the descriptor's file and its state."""
    path = (data or data_dir()) / "datapackage.json"
    state = _state(path) if path.exists() else ()
    _note(_state, (path,), state)
    return path, state


def _note(state: Callable, arguments: tuple, gave: tuple) -> None:
    _used.add(use := (state, arguments, gave))
    _ever_used.add(use)


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
    by_name = _named(data)
    name = f"{release}-{table}" if release else table
    _reads.add(f"{DESCRIPTOR}: {name}")
    if name in by_name:
        return by_name[name]
    near = difflib.get_close_matches(name, by_name, 1)
    hint = f' Did you mean "{near[0]}"?' if near else ""
    raise (MissingTable if release else UserError)(f'No table "{name}" in data/datapackage.json.{hint}')


def _named(data: Path | None = None) -> dict[str, dict]:
    return _by_name(*_declared(data))


@lru_cache(maxsize=8)
def _by_name(path: Path, state: tuple[int, ...]) -> dict[str, dict]:
    return {r["name"]: r for r in _descriptor(path, state)["resources"]}


def releases(table: str = "production") -> list[str]:
    """Releases that hold `table`, oldest first.

    >>> "mcs2026" in releases()
    True
    """
    _reads.add(f"{DESCRIPTOR}: *")
    return _releases(table)


def _releases(table: str) -> list[str]:
    return sorted(n.removesuffix(f"-{table}") for n in _named() if n.endswith(f"-{table}"))


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
    _reads.add(f"data/{resource(table, release)['path']}")
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
    ...     "data/vault_basket.csv: mineral=gallium" in reads(),
    ... )
    (['gallium'], True)
    """
    [(column, value)] = key.items()
    wanted = dict.fromkeys([value] if isinstance(value, str) else value)
    path = f"data/{resource(table, release)['path']}"
    _reads.update(f"{path}: {column}={one}" for one in wanted)
    data = data_dir()
    return _rows_with(data, table, release, column, tuple(wanted), _files(data, table, release)).copy(
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
    _reads.add(f"data/{declared['path']}")
    return _part(data, table, release, column, wanted, _files(data, table, release)).copy(deep=False)


def distinct(table: str, release: str | None, column: str) -> list[str]:
    """Return the values in a column of a large table as they are written, sorted.

    >>> distinct("trade_flows", releases("trade_flows")[-1], "year")[0]
    '2002'
    """
    declared, data = resource(table, release), data_dir()
    _reads.add(f"data/{declared['path']}")
    return list(_distinct(data, table, release, column, _files(data, table, release)))


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


def view(*names: str) -> Callable[[Callable], Callable]:
    """Let a function be handed these whole tables.

    What calls it depends on what it returns, not on their rows.
    For what cannot be asked by key: a newest day, a rule over a column. The function must be at the top of
    its module, take texts and numbers besides, and return a table, a column or a plain value. What else it
    reads is recorded as always, save that a view it asks itself, over the same tables, is no dependency of
    its own.

    >>> reads_of_all = view("sources")(lambda sources: len(sources))
    """

    def decorate(work: Callable) -> Callable:
        kept: dict[tuple, tuple[Any, set[str], set[tuple]]] = {}

        @wraps(work)
        def ask(*arguments: Any) -> Any:
            frame = inspect.currentframe()
            caller = frame.f_back.f_code if frame and frame.f_back else None
            if caller not in _views:  # a view that asks depends on this one's tables too
                _reads.add(f"{VIEW}{work.__module__}:{work.__qualname__} {json.dumps(arguments)}")
            data = data_dir()
            key = (data, load, arguments, *(_files(data, name, None) for name in names))
            if key not in kept:
                if len(kept) >= MOST_KEPT:  # of past states of the tables, in a process that lives long
                    kept.clear()
                with _recording() as (reads, used):
                    frames = [load(name) for name in names]
                    reads -= {read for read in reads if not read.startswith(DESCRIPTOR)}
                    before = reads | used
                    kept[key] = work(*frames, *arguments), reads, used
                if before != reads | used:  # what else it reads may be another next time
                    return kept.pop(key)[0]
            else:
                _reads.update(kept[key][1])
                _used.update(kept[key][2])
            return _copy(kept[key][0])

        _views.add(work.__code__)
        ask.tables = names  # type: ignore[attr-defined]
        return ask

    return decorate


def _copy(result: Any) -> Any:
    """Return what a caller may write to."""
    if isinstance(result, pd.DataFrame | pd.Series):
        return result.copy(deep=False)
    return copy(result) if isinstance(result, dict | list | set) else result


def _read(data: Path, table: str, release: str | None) -> pd.DataFrame:
    return _parsed(data, table, release, _files(data, table, release))


def _files(data: Path, table: str, release: str | None) -> tuple:
    """Return the files of a table, the private ones that speak in its place last.

    Each comes with its state: what was parsed of them is kept.
    """
    files = _files_now(data, table, release)
    _note(_files_now, (data, table, release), files)
    return files


def _files_now(data: Path, table: str, release: str | None) -> tuple:
    declared = resource(table, release, data)
    own = [(mineral, path) for mineral, name, path in overlays(data) if name == declared["name"]]
    files = tuple(
        (mineral, path, _state(path) if path.is_file() else None)
        for mineral, path in [("", data / declared["path"]), *own]
    )
    if release is None and _is_template(data, table):  # what is filled in comes from other files
        return (("", files[0][1], _states(data)), *files[1:])
    return files


@lru_cache(maxsize=8)
def _templates(path: Path, state: tuple[int, ...]) -> dict[str, str]:
    """Files, as `digest` names them, of the tables that may hold references, and these tables' names."""
    return {
        f"data/{declared['path']}": name
        for name, declared in _by_name(path, state).items()
        if references.is_template(declared["schema"])
    }


def _is_template(data: Path, table: str) -> bool:
    declared = _named(data).get(table)
    return declared is not None and references.is_template(declared["schema"])


def states() -> tuple:
    """Return the state of each file that a reference may lead to, for `digest`."""
    return _states(data_dir())


def _states(data: Path) -> tuple:
    """Return the state of each file that a reference may lead to."""
    return tuple(map(_state_if_there, _led_to(*_declared(data))))


def _state_if_there(path: Path) -> tuple[int, ...] | None:
    try:
        return _state(path)
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
    path = _named(data)[table]["path"]
    try:
        return _cells(data / path, _state(data / path))
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
    schemas = {name: declared["schema"] for name, declared in _named(data).items()}
    drawn: dict[str, None] = {}

    def text(name: str) -> pd.DataFrame:
        drawn[name] = None
        return _text(data, name)

    try:
        frame = references.Evidence(text, schemas).resolved(table)
    except references.Unresolved as fault:
        path = _named(data)[table]["path"]
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
    _reads.add("data/outlines.topojson")
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


def remembered(work: Callable[_P, _T]) -> Callable[_P, _T]:
    """Let a function be worked out once for each set of arguments (and data folder) in a process.

    What it read is recorded each time it is asked, and a process that is forked from this one finds what is
    remembered here (see `forget_changed`). Callers get the same object, and leave it as it is.

    >>> _ = remembered(lambda: len(load("sources")))()
    >>> "data/evidence/sources.csv" in reads()
    True
    """
    kept: dict[tuple, tuple[_T, set[str], set[tuple]]] = {}
    _memories.append(kept)

    @wraps(work)
    def ask(*arguments: _P.args, **named: _P.kwargs) -> _T:
        key = (data_dir(), *arguments, *named.items())
        while key[-1] is None:  # as where it is not given
            key = key[:-1]
        if key not in kept:
            with _recording() as (reads, used):
                kept[key] = work(*arguments, **named), reads, used
        else:
            _reads.update(kept[key][1])
            _used.update(kept[key][2])
        return kept[key][0]

    takes = inspect.signature(work).parameters.values()
    given = [it for it in takes if it.name in ("release", "year")]
    if all(it in given or it.default is not it.empty for it in takes):  # release and year come first
        newest: list[Any] = [{"release": DEFAULT_RELEASE}.get(it.name) for it in given]
        _by_release.append(partial(ask, *newest))
    return ask


def by_release(work: Callable[..., pd.DataFrame]) -> Callable[..., pd.DataFrame]:
    """Let a function release -> table be worked out once a release (and data folder).

    Callers get a copy each. What the function takes besides, such as a year, is given after the release.
    """
    once = remembered(work)

    @wraps(work)
    def table(release: str = DEFAULT_RELEASE, *more: Any) -> pd.DataFrame:
        return once(release, *more).copy(deep=False)

    return table


def work_out_beforehand() -> None:
    """Work out all that is remembered by release, at the newest one, for processes forked from this one.

    What cannot be is left to whoever asks.
    """
    for ask in _by_release:
        with suppress(Exception):
            ask()


def forget_changed() -> None:
    """Forget what was remembered of files that are others now: for a process that is forked from another."""
    before = _reads.copy()
    changed = {use for use in _ever_used.copy() if not _is_still(*use)}
    _reads.intersection_update(before)  # to look is not to read
    for kept in _memories if changed else ():
        for key in [key for key, (_, _, used) in kept.items() if used & changed]:
            del kept[key]


def _is_still(state: Callable, arguments: tuple, gave: tuple) -> bool:
    with suppress(OSError, UserError):
        return state(*arguments) == gave
    return False
