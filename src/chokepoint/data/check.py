"""Check the whole data package: every fault in one run.

Each fault has file, row, column, what was found and what was expected.
"""

import csv
import difflib
import hashlib
import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import astuple, dataclass
from functools import partial
from pathlib import Path

import pandas as pd

from chokepoint.data import consistency, forecast_rules, grades, memory, references, tables
from chokepoint.data.descriptor import listed
from chokepoint.data.ingest import plausibility
from chokepoint.data.ingest.files import UNSEEN
from chokepoint.data.ingest.separators import separator
from chokepoint.data.result_cache import ResultCache
from chokepoint.errors import UserError, did_you_mean

MAX_BYTES = 50_000_000
_of_process = ResultCache(None)
_TRUTHS = {"true", "false"}


@dataclass(frozen=True, order=True)
class Fault:
    """One thing wrong. `row` counts as a spreadsheet does: the header is row 1."""

    file: str
    row: int
    column: str
    message: str

    def __str__(self) -> str:
        where = f"{self.file}" + (f" row {self.row}" if self.row else "")
        return f"{where}: {self.column + ' ' if self.column else ''}{self.message}"


def check(data: Path | None = None) -> list[Fault]:
    """All faults of the package at `data`, sorted; an empty list when it is sound."""
    return examine(data)[0]


def examine(data: Path | None = None, kept: ResultCache | None = None) -> tuple[list[Fault], list[Fault]]:
    """All faults of the package at `data`, and what is no fault but worth a look; both sorted.

    kept: what was found in tables that may be as they were then; without it, what this process has found.
    """
    data, kept = data or tables.data_dir(), kept or _of_process
    tables.forget_declarations()  # a watch checks again and again in one process
    resources = tables.package(data)["resources"]
    frames: dict[str, pd.DataFrame] = {}
    states: dict[str, str] = {}
    faults: list[Fault] = []
    for declared in resources:
        state = _state(data, declared)
        frame, unread = _read(data, declared)
        if state != _state(data, declared):
            raise UserError(f"data/{declared['path']} changed while it was being checked. Check again.")
        faults += unread
        if frame is not None:
            frames[declared["name"]] = frame
            states[declared["name"]] = state
            faults += _kept(
                kept, declared["path"], [states[declared["name"]]], partial(_cells, declared, frame)
            )
    brought, unknown = _overlays(data, resources, frames)
    faults += unknown
    for declared in brought:
        frame, unread = _read(data, declared)
        faults += unread
        if frame is not None:
            faults += _cells(declared, frame) + _of_another(declared, frame)
            frames[declared["path"]] = frame
            if declared["name"] in frames and "mineral" not in frame:  # what it adds may be referred to
                frames[declared["name"]] = pd.concat([frames[declared["name"]], frame], ignore_index=True)
    faults += [fault for declared in tables.package(data)["files"] for fault in _file(data, declared["path"])]
    for declared in [*resources, *({**d, "name": d["path"]} for d in brought)]:
        if declared["name"] in frames:
            faults += _references(declared, frames)
    paths = {declared["name"]: declared["path"] for declared in resources}
    filled, copies = _filled(resources, frames)
    frames |= filled
    faults += copies
    faults += [
        Fault(paths[name], *where)
        for name, *where in grades.faults({n: f for n, f in frames.items() if n in paths})
    ]
    if "forecasts" in frames:
        keys = {d["name"]: next(iter(listed(d["schema"].get("primaryKey"))), "") for d in resources}
        faults += [
            Fault(paths["forecasts"], int(row) + 2, *where)
            for row, *where in forecast_rules.faults(frames, keys)
        ]
    figures, notes = _figures(paths, frames, states, kept)
    kept.save()
    return sorted({*faults, *figures, *_contradictions(paths, frames)}), sorted(set(notes))


def _state(data: Path, declared: dict) -> str:
    """Return a text that differs where a table's file or its declaration does."""
    try:
        return hashlib.sha256((data / declared["path"]).read_bytes()).hexdigest() + json.dumps(declared)
    except OSError:  # which is said when it is read
        return ""


def _kept(
    kept: ResultCache, part: str, states: Iterable[str], find: Callable[[], Iterable[Fault]]
) -> list[Fault]:
    """Faults of a part of the data, found anew where its tables are not as they were."""
    return [Fault(*row) for row in kept.get_or_compute(part, states, lambda: map(astuple, find()))]


def _filled(
    resources: list[dict], frames: dict[str, pd.DataFrame]
) -> tuple[dict[str, pd.DataFrame], list[Fault]]:
    """Return tables with their references filled in, where all of them lead somewhere.

    With them come references that do not, and copies.
    """
    of_evidence = [d for d in resources if d["path"].startswith("evidence/") and d["name"] in frames]
    schemas, paths = ({d["name"]: d[key] for d in of_evidence} for key in ("schema", "path"))
    evidence = references.Evidence(frames.__getitem__, schemas)
    found = [Fault(paths[name], int(row) + 2, *where) for name, row, *where in evidence.faults()]
    templates = [name for name in schemas if references.is_template(schemas[name])]
    return {name: evidence.resolved(name, strict=False) for name in templates}, found


def _figures(
    paths: dict[str, str], frames: dict[str, pd.DataFrame], states: dict[str, str], kept: ResultCache
) -> tuple[list[Fault], list[Fault]]:
    """Return figures that cannot be, held against their neighbours, and those that hardly can be."""
    releases = {
        (m[1], m[2]): frame for name, frame in frames.items() if (m := plausibility.RELEASE.fullmatch(name))
    }
    lists = ("known_exceptions", "known_gaps", "geography")
    corrections = frames.get("corrections", pd.DataFrame(columns=["correction_id"]))

    def place(release: str, table: str) -> str:
        return paths[f"{release}-{table}"]

    def judged() -> Iterator[tuple]:
        accepted = plausibility.accepted(
            *(frames[n].to_dict("records") if n in frames else [] for n in lists)
        )
        found = plausibility.findings(releases, accepted, lambda _release, _table, row: f"row {int(row) + 2}")
        for f in [*found, *plausibility.misread(releases, corrections)]:
            of = plausibility.describe_row(releases[f.release, f.table].loc[f.row].to_dict())
            message = f"of {of}: {f.message}{_REMEDY.get(f.rule, '')}"
            yield f.refused, place(f.release, f.table), int(f.row) + 2, f.column, message
        for release, table, row, message in plausibility.misprints(releases, corrections):
            yield False, place(release, table), int(row) + 2, "", message

    read = [f"{release}-{table}" for release, table in releases]
    rows = kept.get_or_compute(
        "figures", [states[n] for n in [*read, *lists, "corrections"] if n in frames], judged
    )
    faults, notes = ([Fault(*row) for refused, *row in rows if refused == wanted] for wanted in (True, False))
    return faults, notes


def _contradictions(paths: dict[str, str], frames: dict[str, pd.DataFrame]) -> Iterator[Fault]:
    """Find where the evidence contradicts itself: words against numbers, states against dates."""
    of_evidence = {n: f for n, f in frames.items() if paths.get(n, "").startswith("evidence/")}
    found = [*consistency.faults(of_evidence)]
    if {"assumptions", "ledger"} <= frames.keys():
        found += consistency.restated(frames["assumptions"], frames["ledger"])
    for table, row, column, message in found:
        yield Fault(paths[table], int(row) + 2, column, message)


_EXCEPTION = ". If it is right: a row in known_exceptions.csv, as ingest writes it with --accept"
_REMEDY = dict.fromkeys(("scale", "sign", "year", "total"), _EXCEPTION)


def _overlays(
    data: Path, resources: list[dict], frames: dict[str, pd.DataFrame]
) -> tuple[list[dict], list[Fault]]:
    """Return private tables as resources of the schema they speak in place of.

    A file or folder that names none is a fault.
    """
    by_name = {
        r["name"]: r
        for r in resources
        if r["name"] == "sources" or any(f["name"] == "mineral" for f in r["schema"]["fields"])
    }
    minerals = set(frames["minerals"].mineral) if "minerals" in frames else set()
    brought, faults = [], []
    for mineral, name, path in tables.overlays(data):
        file = path.relative_to(data).as_posix()
        if name not in by_name:
            faults.append(Fault(file, 0, "", f'no table "{name}" can be replaced. {_hint(name, by_name)}'))
        elif minerals and mineral not in minerals:
            faults.append(
                Fault(file, 0, "", f'no mineral "{mineral}" in minerals.csv. {_hint(mineral, minerals)}')
            )
        else:
            brought.append({**by_name[name], "path": file})
    return brought, faults


def _hint(name: str, known: Iterable[str]) -> str:
    return did_you_mean(name, known, "The data dictionary lists what there is.")


def _of_another(declared: dict, frame: pd.DataFrame) -> list[Fault]:
    """Rows of a private table that are not of the mineral whose folder it lies in."""
    mineral = declared["path"].split("/")[-2]
    bad = frame.index[frame["mineral"] != mineral][:20] if "mineral" in frame else []
    said = f"is not {mineral}: a private table holds the rows of the mineral whose folder it lies in"
    return [
        Fault(declared["path"], int(i) + 2, "mineral", f"{_quoted(frame['mineral'][i])} {said}") for i in bad
    ]


def require_sound(data: Path | None = None, kept: Path | None = None) -> list[Fault]:
    """UserError listing every fault, when there is one; else what is worth a look.

    kept: the file with what was found in tables that may be as they were then.
    """
    memory.forget_changed()
    faults, notes = examine(data, ResultCache(kept) if kept else None)
    if faults:
        shown = [f"data/{fault}" for fault in faults[:40]]
        more = [f"… and {len(faults) - 40} more"] if len(faults) > 40 else []
        raise UserError("\n".join([f"The data has {len(faults)} fault(s):", *shown, *more]))
    return notes


def _file(data: Path, name: str) -> list[Fault]:
    """Faults of a resource that is no table: it must be there, and JSON."""
    try:
        json.loads((data / name).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        return [
            Fault(
                name,
                0,
                "",
                f"is not readable as JSON ({error}). Restore it, or take it out of datapackage.json",
            )
        ]
    return []


def _read(data: Path, declared: dict) -> tuple[pd.DataFrame | None, list[Fault]]:
    """Return the table as text, with its faults of form (missing, unreadable, wrong header)."""
    name, path = declared["path"], data / declared["path"]
    if not path.is_file():
        return None, [
            Fault(name, 0, "", "the file is missing. Restore it, or take it out of datapackage.json")
        ]
    if path.stat().st_size > MAX_BYTES:
        size = path.stat().st_size / 1e6
        return None, [
            Fault(name, 0, "", f"{size:,.0f} MB is more than the {MAX_BYTES / 1e6:.0f} MB a table may have")
        ]
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            found, *rows = csv.reader(file, strict=True)
    except UnicodeDecodeError as error:
        return None, [Fault(name, 0, "", f"is not UTF-8 (byte {error.start}). Save it as UTF-8")]
    except csv.Error as error:
        hint = (
            "A quotation mark may be opened and never closed"
            if "end of data" in str(error) or "field larger" in str(error)
            else ""
        )
        return None, [
            Fault(name, 0, "", f"is not a readable CSV table ({error}). {hint or 'Save it anew as CSV'}")
        ]
    except OSError as error:
        return None, [
            Fault(
                name,
                0,
                "",
                f"cannot be read ({error.strerror}). Give yourself leave to read it, or restore it",
            )
        ]
    except ValueError:
        return None, [Fault(name, 0, "", "is empty; a header line is expected")]
    filled = {i: row for i, row in enumerate(rows) if row}
    if merge := [i for i, row in filled.items() if re.match(r"(<{7}|={7}|>{7})( |$)", row[0])]:
        return None, [
            Fault(
                name,
                i + 2,
                "",
                "is the mark of a merge that was not finished. Choose one side, and take the marks out",
            )
            for i in merge
        ]
    ragged = [
        Fault(name, i + 2, "", f"has {len(row)} cells; the header has {len(found)}")
        for i, row in filled.items()
        if len(row) != len(found)
    ]
    expected = [f["name"] for f in declared["schema"]["fields"]]
    if mark := separator(",".join(found), expected):
        return None, [
            Fault(name, 1, "", f"is separated by {mark}; a comma is expected. Save it as CSV with commas")
        ]
    if ragged:
        return None, ragged[:20]
    if found == expected and filled:
        return pd.DataFrame(list(filled.values()), index=list(filled), columns=found, dtype=str), []
    if found == expected:
        return None, [
            Fault(
                name, 0, "", "has a header and no rows. Restore its rows, or take it out of datapackage.json"
            )
        ]
    return None, _header_faults(name, found, expected)


def _header_faults(name: str, found: list[str], expected: list[str]) -> list[Fault]:
    missing, extra = [c for c in expected if c not in found], [c for c in found if c not in expected]
    faults = []
    for column in extra:
        hint = did_you_mean(column, missing, f"Columns expected: {', '.join(expected)}")
        faults.append(Fault(name, 1, f'column "{column}"', f"is not declared in datapackage.json. {hint}"))
    guessed = {near for c in extra for near in difflib.get_close_matches(c, missing, 1)}
    faults += [Fault(name, 1, f'column "{c}"', "is missing") for c in missing if c not in guessed]
    return faults or [Fault(name, 1, "", f"columns are in another order; expected {', '.join(expected)}")]


def _cells(declared: dict, frame: pd.DataFrame) -> list[Fault]:
    """Faults of single cells, and of the primary key."""
    name, faults = declared["path"], []
    for field in declared["schema"]["fields"]:
        column, cells = field["name"], frame[field["name"]]
        distinct = cells.drop_duplicates()  # a rule asks what a cell says, and many say the same
        for bad, said in _rules(field, distinct):
            faults += [
                Fault(name, int(i) + 2, column, said.format(found=_quoted(cells[i])))
                for i in (cells.index[cells.isin(distinct[bad])][:20] if bad.any() else ())
            ]
    for field in declared["schema"]["fields"]:
        if "between" in field:
            faults += _outside(name, field["name"], field["between"], frame)
    if key := listed(declared["schema"].get("primaryKey", [])):
        twice = frame.duplicated(key, keep="first")
        for i in frame.index[twice][:20]:
            value = ", ".join(frame.loc[i, key])
            faults.append(
                Fault(
                    name,
                    int(i) + 2,
                    "+".join(key),
                    f"{_quoted(value)} is a duplicate key; each must be unique",
                )
            )
    return faults


def _outside(name: str, column: str, limits: list[str], frame: pd.DataFrame) -> list[Fault]:
    """Cells that lie outside the two columns of the same row that bound them (`between`)."""
    value, low, high = (pd.to_numeric(frame[c], errors="coerce") for c in (column, *limits))
    bad = frame.index[(value < low) | (value > high)]
    said = "{} is not between its {} {} and its {} {}"
    return [
        Fault(
            name,
            int(i) + 2,
            column,
            said.format(_quoted(frame[column][i]), limits[0], low[i], limits[1], high[i]),
        )
        for i in bad
    ]


_PATTERNS = {  # said in words where the pattern would have to be deciphered
    r"\d{4}(-\d{2}(-\d{2})?)?": "is not a date like 2026-02-04, nor a month like 2026-02, nor a year",
    r".{1,28}": "is longer than 28 letters, for which a chart has no room. Shorten it",
}
_BRACES = r"\{[a-z0-9_.]+\}"
_NOT_IN_TEXT = {
    UNSEEN.pattern: "{found} holds a control character or a mark of writing direction. Take it out",
    # Vega-Lite writes a title into an expression and minds its quotation marks, but not a backslash before
    # one.
    r'\\"|\\$': "{found} holds a backslash before a quotation mark or at its end. Take it out",
    _BRACES: "{found} holds a word in braces, which the book takes for a fact. Use round ones",
    # A spreadsheet would run a cell that starts like a formula.
    r"^(?:[=@\t\r]|[+-](?![\d.]|$))": "{found} starts like a formula; put a letter or a quote before it",
}


def _rules(field: dict, cells: pd.Series) -> Iterator[tuple[pd.Series, str]]:
    """(mask of bad cells, message with {found}) for each rule that `field` declares."""
    limits, kind = field.get("constraints", {}), field["type"]
    filled = cells != ""
    if limits.get("required"):
        yield ~filled, "is empty; a value is required"
    typed = cells.where(filled)
    if kind in ("number", "integer", "year"):
        number = pd.to_numeric(typed, errors="coerce")
        wrong = filled & (
            number.isna() | number.abs().eq(float("inf")) | ((number % 1 != 0) if kind != "number" else False)
        )
        yield wrong, f"{{found}} is not {'a number' if kind == 'number' else 'a whole number'}"
        unit = f" [{field['unit']}]" if field.get("unit") else ""
        if "minimum" in limits:
            yield number < limits["minimum"], f"{{found}} is below the minimum {limits['minimum']}{unit}"
        if "maximum" in limits:
            yield number > limits["maximum"], f"{{found}} is above the maximum {limits['maximum']}{unit}"
    elif kind == "date":
        yield (
            filled & pd.to_datetime(typed, format="%Y-%m-%d", errors="coerce").isna(),
            "{found} is not a date like 2026-02-04",
        )
    elif kind == "yearmonth":
        yield (
            filled & pd.to_datetime(typed, format="%Y-%m", errors="coerce").isna(),
            "{found} is not a month like 2026-02",
        )
    elif kind == "boolean":
        yield filled & ~cells.isin(_TRUTHS), "{found} is not true or false"
    if "enum" in limits:
        allowed = [str(v) for v in limits["enum"]]
        yield (
            filled & ~cells.isin(allowed),
            f"{{found}} is not one of {', '.join(allowed)}".replace("{found}", "\0")
            .replace("{", "{{")
            .replace("}", "}}")
            .replace("\0", "{found}"),
        )
    if "pattern" in limits:
        wanted = limits["pattern"].replace("{", "{{").replace("}", "}}")
        said = _PATTERNS.get(limits["pattern"], f"does not match the pattern {wanted}")
        yield filled & ~cells.str.fullmatch(limits["pattern"]), f"{{found}} {said}"
    if kind == "string" and cells.str.contains("|".join(_NOT_IN_TEXT)).any():
        for pattern, said in _NOT_IN_TEXT.items():
            if pattern != _BRACES or not field.get("template"):
                yield cells.str.contains(pattern), said


def _references(declared: dict, frames: dict[str, pd.DataFrame]) -> list[Fault]:
    """Faults of foreign keys, and of `;`-separated lists of keys (`foreignList`)."""
    frame, name, faults = frames[declared["name"]], declared["path"], []
    for key in declared["schema"].get("foreignKeys", []):
        cells = frame[listed(key["fields"])[0]]
        faults += _unknown(name, cells, _itself, key["reference"], declared, frames)
    for field in declared["schema"]["fields"]:
        if "foreignList" in field:
            cells = frame[field["name"]]
            faults += _unknown(name, cells, _parts, field["foreignList"], declared, frames)
    return faults


def _itself(cell: str) -> list[str]:
    return [cell] if cell else []


def _parts(cell: str) -> list[str]:
    return [part.strip() for part in cell.split(";")] if cell else []


def _unknown(
    name: str,
    cells: pd.Series,
    values_of: Callable[[str], list[str]],
    reference: dict,
    declared: dict,
    frames: dict[str, pd.DataFrame],
) -> list[Fault]:
    target = reference["resource"] or declared["name"]
    if target not in frames:
        return []  # its own fault is already said
    known = set(frames[target][listed(reference["fields"])[0]])
    unknown = {cell: [value for value in values_of(cell) if value not in known] for cell in cells.unique()}
    faults = []
    for i, cell in cells[cells.isin([cell for cell in unknown if unknown[cell]])].head(20).items():
        for value in unknown[cell]:
            hint = did_you_mean(value, known, f"Add it to {target}, or mend it here.")
            said = f"{_quoted(value)} is not in {target}. {hint}"
            faults.append(Fault(name, int(i) + 2, str(cells.name), said))
    return faults[:20]


def _quoted(value: str) -> str:
    value = UNSEEN.sub(lambda m: f"\\u{ord(m[0]):04x}", value)
    return f'"{value if len(value) <= 60 else value[:57] + "…"}"'
