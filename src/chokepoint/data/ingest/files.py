"""Reads what a publisher handed out.

A folder or a zip, text in whatever encoding, and says plainly what is wrong with it.
"""

import csv
import difflib
import io
import re
import stat
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from chokepoint.errors import UserError

MOST_BYTES = 200_000_000  # a whole release is under 10 MB; anything near this is not one
MOST_FILES = 5_000  # a release has some 200
MOST_PACKED = 100  # times smaller packed than unpacked; text packs to a tenth
MOST_CHARACTERS = 10_000  # of a cell; the longest note of a release has under 1,000
YEARS = range(1990, 2101)  # a release of any other year is a misreading
# What no printed text needs and what can turn or hide the text around it: control characters, marks of
# writing direction.
UNSEEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200e\u200f\u202a-\u202e\u2066-\u2069]")


@dataclass(frozen=True)
class Sheet:
    """One CSV of a release: its name, its header, its rows with the line each stands on."""

    name: str
    header: list[str]
    rows: list[tuple[int, dict[str, str]]]
    blank: int  # lines with nothing in them, which spreadsheets leave behind


def members(path: Path, *suffixes: str) -> dict[str, bytes]:
    """Read the files of a release by name, from a folder, a zip or one file.

    `suffixes` are those of the files wanted (.csv).

    A zip is measured before it is unpacked, and never unpacked to disk; a zip in it is looked into too.
    """
    path, suffixes = Path(path), suffixes or (".csv",)
    if not path.exists():
        raise UserError(f"{path}: there is nothing here. Give the folder, zip or file of a release.")
    if path.is_dir():
        found = sorted(p for p in path.rglob("*") if p.is_file() and p.suffix.lower() in (*suffixes, ".zip"))
        _refuse_if_large(path, sum(p.stat().st_size for p in found))
        read: dict[str, bytes] = {}
        for file in found:
            name = file.relative_to(path).as_posix()
            if file.suffix.lower() == ".zip":  # some releases come as a few zips
                read |= {f"{name}/{inside}": b for inside, b in members(file, *suffixes).items()}
            else:
                read[name] = file.read_bytes()
            _refuse_if_large(path, sum(map(len, read.values())))
        return read
    if path.suffix.lower() == ".zip":
        return _members_of_zip(path, path, suffixes)
    _refuse_if_large(path, path.stat().st_size)
    if path.suffix.lower() not in suffixes:
        raise UserError(
            f"{path}: is a {path.suffix or 'file without a suffix'}; expected {', '.join(suffixes)}, a "
            ".zip or a folder. "
            "Save it as such."
        )
    return {path.name: path.read_bytes()}


MOST_DEEP = 3  # zips in a zip: a download packed again, and once more


def single(path: Path, suffix: str, wanted: str, advice: str) -> tuple[str, bytes]:
    """Return the name and content of the one file with a suffix.

    UserError where there is none, or more than one.
    """
    found = members(path, suffix)
    if len(found) != 1:
        raise UserError(
            f"{path}: looked for one {wanted} ({suffix}), found {', '.join(found) or 'none'}. Give {advice}."
        )
    return next(iter(found.items()))


def _members_of_zip(
    path: Path | str, packed: Path | io.BytesIO, suffixes: tuple[str, ...], depth: int = 1
) -> dict[str, bytes]:
    try:
        with zipfile.ZipFile(packed) as archive:
            infos = [i for i in archive.infolist() if not i.is_dir()]
            require_harmless(infos, path)
            read: dict[str, bytes] = {}
            for name in sorted(info.filename for info in infos if "__MACOSX" not in info.filename):
                if name.lower().endswith(suffixes):
                    read[name] = archive.read(name)
                elif name.lower().endswith(".zip"):
                    if depth == MOST_DEEP:
                        raise UserError(
                            f"{path}: {name} is a zip in a zip in a zip. Unpack them; nothing was read."
                        )
                    packed = io.BytesIO(archive.read(name))
                    inside = _members_of_zip(f"{path}/{name}", packed, suffixes, depth + 1)
                    read |= {f"{name}/{member}": content for member, content in inside.items()}
                _refuse_if_large(path, sum(map(len, read.values())))
            return read
    except UNZIPPABLE as fault:
        raise UserError(
            f"{path}: not readable as a zip ({fault}). Download it again; nothing was written."
        ) from None


# What zipfile raises of a file cut short, damaged, locked with a password, or packed by a method it does not
# know.
UNZIPPABLE = (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, ValueError, OSError)


def require_harmless(infos: list[zipfile.ZipInfo], path: Path | str) -> None:
    """Raise UserError for an archive that leaves its place, links elsewhere, or is too large for a release.

    Goes by what the archive says of itself; `zipfile` reads no more of a member than that.
    """
    for info in infos:
        inside = PurePosixPath(info.filename.replace("\\", "/"))
        if inside.is_absolute() or ".." in inside.parts or ":" in (inside.parts or ("",))[0]:
            raise UserError(f"{path}: member {info.filename!r} points outside the archive. Nothing was read.")
        if stat.S_ISLNK(info.external_attr >> 16):
            raise UserError(
                f"{path}: member {info.filename!r} is a link, not a file. Nothing was read; download it "
                "again."
            )
    if len(infos) > MOST_FILES:
        raise UserError(
            f"{path}: {len(infos):,} files; a release has at most {MOST_FILES:,}. Check that this is the "
            "right file."
        )
    size, packed = sum(i.file_size for i in infos), sum(i.compress_size for i in infos)
    _refuse_if_large(path, size)
    if size > 1_000_000 and size > MOST_PACKED * packed:
        raise UserError(
            f"{path}: {packed:,} bytes unpack to {size:,}, which no table does. Nothing was read; download "
            "it again."
        )


def _refuse_if_large(path: Path | str, size: int) -> None:
    if size > MOST_BYTES:
        raise UserError(
            f"{path}: {size:,} bytes; a release has at most {MOST_BYTES:,}. Check that this is the right "
            "file."
        )


def decode(content: bytes, name: str) -> str:
    """Decode UTF-8 (with or without a byte-order mark), Windows-1252, as USGS writes, or Mac Roman.

    UserError for anything else.

    >>> decode("Côte —".encode("cp1252"), "x.csv") == decode("Côte —".encode("utf-8-sig"),
    ...     "x.csv") == "Côte —"
    True
    >>> decode("Côte —".encode("mac-roman"), "x.csv")
    'Côte —'
    """
    if content[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\x00" in content[:4096]:
        raise UserError(
            f"{name}: this is UTF-16 or not text at all; expected CSV in UTF-8 or Windows-1252. Save it as "
            "UTF-8."
        )
    for encoding in ("utf-8-sig", "mac-roman" if _is_mac_roman(content) else "cp1252"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise UserError(f"{name}: the text is neither UTF-8 nor Windows-1252. Save it as UTF-8.")


# Dashes, quotation marks and accented letters of a Macintosh; in Windows-1252 they would be capitals with
# accents and stray signs.
_MAC = re.compile(rb"[\xd0-\xd5](?![A-Z])|(?<=[A-Za-z])[\x8a\x8d\x8e\x8f\x90\x99\x9f](?=[a-z])")
_WINDOWS = re.compile(rb"[\x91-\x97]|(?<=[A-Za-z])[\xe0-\xff](?=[a-z])")


def _is_mac_roman(content: bytes) -> bool:
    return len(_MAC.findall(content)) > len(_WINDOWS.findall(content))


def sheet(name: str, content: bytes, header: list[str] | None = None) -> Sheet:
    """Parse one CSV: strip header and cells, drop columns without a name, count lines with nothing in them.

    `header` takes the place of the printed one where that is wrong.
    """
    reader = csv.reader(io.StringIO(decode(content, name), newline=""))
    try:
        printed = next(reader, [])
        header = _distinct([" ".join(UNSEEN.sub("", cell).split()) for cell in (header or printed)])
        rows, blank = [], 0
        for cells in reader:
            if any(len(c) > MOST_CHARACTERS for c in cells):
                raise UserError(
                    f"{name} line {reader.line_num}: a cell of more than {MOST_CHARACTERS:,} characters; "
                    "most likely a quotation mark was opened and never closed. Close it."
                )
            cells = [UNSEEN.sub("", c).strip() for c in cells]
            row = dict.fromkeys(filter(None, header), "") | {
                h: c for h, c in zip(header, cells, strict=False) if h
            }
            stray = [c for h, c in zip(header + [""] * len(cells), cells, strict=False) if not h and c]
            if stray:
                row["_stray"] = " ".join(stray)
            if any(row.values()):
                rows.append((reader.line_num, row))
            else:
                blank += 1
    except csv.Error as fault:
        raise UserError(f"{name} line {reader.line_num}: not readable as CSV ({fault}).") from None
    return Sheet(name, [h for h in header if h], rows, blank)


def _distinct(header: list[str]) -> list[str]:
    """Return a header in which no name stands twice: `Price_dt`, `Price_dt #2`; USGS repeats some."""
    counts = [header[: i + 1].count(name) for i, name in enumerate(header)]
    return [f"{h} #{count}" if h and count > 1 else h for h, count in zip(header, counts, strict=True)]


def need(table: Sheet, columns: list[str]) -> None:
    """Refuse a sheet that lacks a column, naming the nearest that it has."""
    missing = []
    for column in (c for c in columns if c not in table.header):
        near = difflib.get_close_matches(column, table.header, n=1, cutoff=0.5)
        missing.append(f'"{column}"' + (f' (nearest: "{near[0]}")' if near else ""))
    if missing:
        raise UserError(
            f"{table.name}: column {', '.join(missing)} not found. The header reads: "
            f"{', '.join(table.header)}. "
            "Mend the header, or add a reader for this layout in chokepoint/data/ingest."
        )


def year_in(name: str) -> int | None:
    """Return the year of the release that a file's name gives.

    >>> (year_in("world/mcs2024-antim_world.csv"), year_in("MCS2026_Commodities_Data.csv"),
    ...     year_in("data (1).csv"))
    (2024, 2026, None)
    """
    found = re.search(r"mcs[-_ ]?(\d{4})", name.rsplit("/", 1)[-1], re.I)
    return int(found[1]) if found else None


def require_year(year: int, name: Path | str) -> int:
    """Return the year of a release.

    UserError when it is none that a release can have, as where the years are missing.
    """
    if year not in YEARS:
        raise UserError(
            f"{name}: its years make it a release of {year}; expected {YEARS[0]} to {YEARS[-1]}. Check the "
            "years. "
            "Nothing was written."
        )
    return year
