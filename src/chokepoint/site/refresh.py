"""Read the listed releases that the book does not have yet, and say in Markdown what moved.

For a scheduled run, which opens a pull request with that text. Everything is tried in a copy of the data
first, so that a release that does not arrive, or is refused, leaves the data as they are.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable
from importlib import import_module
from pathlib import Path
from typing import Any

from chokepoint.data import tables
from chokepoint.data.check import require_sound
from chokepoint.data.ingest import fetch, register
from chokepoint.data.ingest.report import Report
from chokepoint.errors import UserError
from chokepoint.pages.changes import counts, figure_text, is_revision, parts, series_name

READERS = {  # family of releases → the module of data.ingest that reads them
    "mcs": "usgs",
    "iea": "iea",
    "wb": "worldbank",
    "history": "history",
    "yearbook": "yearbook",
    "baci": "baci",
    "ustrade": "us_trade",
    "customs": "china_customs",
    "eustudy": "eu_study",
    "bgs": "bgs",
}
INTRODUCTION = (
    "`chokepoint refresh` found it in `data/release_files.csv`, fetched it, read it and checked it. "
    "Read the largest revisions before you believe them; `chokepoint diff` lists them all."
)
SHOWN = 20  # rows of a list; a pull request holds 65,536 characters
_SPECIAL = re.compile(r"([\\`*_{}\[\]<>|#])")


def refresh(data: Path, downloads: Path, text: Path, say: Callable[[str], None]) -> None:
    """Fetch, read and check every listed release that `data` lacks; write to `text` what moved.

    downloads: the folder that fetched files are kept in. Where nothing is new, nothing is written.

    UserError for a download that fails, a release or a table that is refused, and where there is no new
    release but a file of a known one is not at its publisher's as it was read. `data` stays as it is then.
    """
    listed = tables.load("release_files")
    ingested = _ingested_releases(tables.package(data))
    names = sorted(listed.release.unique())
    new = [name for name in names if name not in ingested]
    for name in new:
        _require_reader(name)
    changed_files = fetch.republished(listed[~listed.release.isin(new)].to_dict("records"))
    if not new:
        if changed_files:
            raise UserError(
                f"Nothing new, but not at the publisher's as it was read: {'; '.join(changed_files)}. "
                "Nothing was taken. Read another file by hand before its checksum is changed in "
                "data/release_files.csv."
            )
        say("Nothing new.")
        return
    of_book = data == tables.home() / "data"
    folders = {name: fetch.fetch(name, downloads) for name in new}
    with tempfile.TemporaryDirectory(prefix="chokepoint-") as folder:
        staged = Path(folder) / "data"
        shutil.copytree(data, staged, ignore=shutil.ignore_patterns("private"))
        reports = {name: _ingest(name, path, staged) for name, path in folders.items()}
        notes = _check(staged, of_book)
        paragraphs = [_release_section(name, reports[name], staged, ingested | set(new)) for name in new]
    for name, path in folders.items():
        _ingest(name, path, data)
    title = f"New release{'s' * (len(new) > 1)}: {', '.join(new)}"
    sections = [
        f"# {title}",
        INTRODUCTION,
        *paragraphs,
        *_changed_at_publisher(changed_files),
        *_check_notes(notes),
        *(_stale_words() if of_book else []),
    ]
    text.parent.mkdir(parents=True, exist_ok=True)
    text.write_text("\n\n".join(sections) + "\n", encoding="utf-8")
    say(f"{title}. What moved is in {text}")


def _ingested_releases(package: dict) -> set[str]:
    """Return the releases of which a data package declares a table."""
    return {r["path"].split("/")[1] for r in package["resources"] if r["path"].startswith("minerals/")}


def _require_reader(name: str) -> None:
    family, _ = register.parts(name)
    if family not in READERS:
        raise UserError(
            f'data/release_files.csv: release "{name}" is of no publisher that is read; a name begins with '
            f"one of {', '.join(READERS)}. Nothing was fetched."
        )


def _ingest(name: str, path: Path, data: Path) -> Report:
    """Read a release into a data folder. UserError where it is refused, or is not the one listed."""
    reader = import_module(f"chokepoint.data.ingest.{READERS[register.parts(name)[0]]}")
    try:
        report: Report = reader.ingest(path, data)
    except UserError as error:
        raise UserError(f"{name} was fetched and is refused; data/ is as it was. {error}") from None
    if report.release != name:
        raise UserError(
            f"{name} was fetched and is refused; data/ is as it was. Its files say that it is "
            f"{report.release}: mend its rows of data/release_files.csv."
        )
    return report


def _check(staged: Path, of_book: bool) -> list[str]:
    """Return what the check of a copy of the data finds worth a look. UserError where it is not sound.

    of_book: it is a copy of the book's own data, of which results are kept.
    """
    try:
        notes = require_sound(staged, tables.home() / "build" / "checked.json" if of_book else None)
    except UserError as error:
        raise UserError(f"What was fetched does not fit; data/ is as it was. {error}") from None
    return [f"data/{note}" for note in notes]


def _chokepoint(data: Path, *arguments: str) -> str:
    """Return what a command prints about a data folder; UserError with what it complains of.

    It runs in a process of its own: which release is the newest is settled once a process.
    """
    run = subprocess.run(
        [sys.executable, "-m", "chokepoint.cli", *arguments],
        env={**os.environ, "CHOKEPOINT_DATA": str(data)},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    if run.returncode:
        raise UserError(run.stderr.strip() or run.stdout.strip())
    return run.stdout.strip()


# --- the text ---


def _release_section(name: str, report: Report, data: Path, ingested: Iterable[str]) -> str:
    """Return the part of the text about one release, compared with the one before of its publisher."""
    family, _ = register.parts(name)
    before = max((r for r in ingested if register.parts(r)[0] == family and r < name), default=None)
    if before is None:
        compared = [
            f"## {name}",
            "It is the first release of its publisher: there is none to compare it with.",
        ]
    else:
        changes = json.loads(_chokepoint(data, "diff", before, name, "--json"))
        compared = [f"## {before} → {name}", *_moved_numbers(changes), *_changed_tables(changes)]
    return "\n\n".join(
        [*compared, *_corrections(before, report), "### What was read", _code_block(str(report))]
    )


def _moved_numbers(changes: dict) -> list[str]:
    """Say which of the book's numbers moved; only yearly releases have any."""
    if "production" not in changes["tables"]:
        return []
    old, new = changes["old"], changes["new"]
    rows = [r for r in changes["facts"] if r["old"] and r["new"]]
    paragraphs = [
        f"{len(rows):,} of the book’s numbers moved{_limit_note(rows, '; the largest moves first, ')}."
    ]
    if rows:
        cells = [
            (
                f"{_escaped(r['label'])}: `{r['fact_id']}`",
                *map(_escaped, (r["old"], r["new"], r["reason"] + parts(r))),
            )
            for r in rows[:SHOWN]
        ]
        paragraphs.append(_markdown_table(("Number", old, new, "Why"), cells))
    for side, other in (("new", "old"), ("old", "new")):
        alone = [r["fact_id"] for r in changes["facts"] if not r[other]]
        if alone:
            ids = ", ".join(f"`{fact_id}`" for fact_id in alone[:SHOWN])
            paragraphs.append(
                f"Only at {changes[side]}: {len(alone):,} numbers{_limit_note(alone, ', ')}: {ids}."
            )
    return ["### Numbers of the book", *paragraphs]


def _changed_tables(changes: dict) -> list[str]:
    """Say how each table changed, and which figures that both releases print changed most."""
    found = changes["tables"]
    paragraphs = [
        "### Tables",
        _markdown_table(
            ("Table", "What changed"), [(_escaped(t), _escaped(counts(rows))) for t, rows in found.items()]
        ),
    ]
    revised = [r for rows in found.values() for r in rows if is_revision(r)]
    revised.sort(key=lambda r: (not r["listed"], -r["size"]))
    if revised:
        paragraphs.append(
            f"{len(revised):,} figures were revised{_limit_note(revised, '; the largest revisions first, ')}."
        )
        cells = [
            tuple(map(_escaped, (series_name(r), _in_unit(r, "old"), _in_unit(r, "new"), r["reason"])))
            for r in revised[:SHOWN]
        ]
        paragraphs.append(_markdown_table(("Figure", changes["old"], changes["new"], "Why"), cells))
    return paragraphs


def _in_unit(row: dict, side: str) -> str:
    return f"{figure_text(row[side])} {row['unit']}".strip()


def _corrections(before: str | None, report: Report) -> list[str]:
    """List what a reader should look at again: corrections of the release before, and doubtful figures."""
    fixes = tables.load("corrections").to_dict("records")
    again = [f"{r['correction_id']} ({r['table']}): {r['reason']}" for r in fixes if r["release"] == before]
    paragraphs = []
    if again:
        paragraphs.append(
            f"{before} was corrected in {len(again):,} places{_limit_note(again, ', ')}. Each that is wrong "
            "in the new release too needs a row of its own in `data/corrections.csv`:"
        )
        paragraphs.append(_bullets(again))
    if report.notes:
        paragraphs += [f"Worth a look{_limit_note(report.notes, ', ')}:", _bullets(report.notes)]
    return ["### Corrections to look at again", *(paragraphs or ["None."])]


def _changed_at_publisher(changed_files: list[str]) -> list[str]:
    if not changed_files:
        return []
    why = (
        "Nothing was taken of these files of earlier releases. Read another file by hand before its checksum "
        "is changed in `data/release_files.csv`."
    )
    return ["## Not at the publisher’s as they were read", why, _bullets(changed_files)]


def _check_notes(notes: list[str]) -> list[str]:
    return (
        [f"## What the check finds worth a look{_limit_note(notes, ', ')}", _bullets(notes)] if notes else []
    )


def _stale_words() -> list[str]:
    """List the words of the book that do not hold with its data as they are now."""
    try:
        _chokepoint(tables.data_dir(), "check")
    except UserError as error:
        return ["## Words to mend before this is merged", _code_block(str(error))]
    return []


def _limit_note(rows: list[Any], words: str) -> str:
    """Say how many rows of a long list are shown.

    >>> _limit_note([1] * 30, ", "), _limit_note([1], ", ")
    (', here the first 20', '')
    """
    return f"{words}here the first {SHOWN}" if len(rows) > SHOWN else ""


def _escaped(words: object) -> str:
    r"""Write words so that Markdown takes none of their characters for a mark.

    >>> print(_escaped("mcs|2027 <5"))
    mcs\|2027 \<5
    """
    return _SPECIAL.sub(r"\\\1", " ".join(str(words).split()))


def _markdown_table(header: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    """Write a table; its cells are Markdown."""
    lines = [header, ("---",) * len(header), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _bullets(rows: list[str]) -> str:
    return "\n".join(f"- {_escaped(row)}" for row in rows[:SHOWN])


def _code_block(words: str) -> str:
    """Set words apart as they were printed, the first lines of many."""
    lines = words.replace("```", "'''").splitlines()
    more = [f"… and {len(lines) - 60} more lines"] if len(lines) > 60 else []
    return "\n".join(["```text", *lines[:60], *more, "```"])
