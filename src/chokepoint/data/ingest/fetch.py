"""Download a known release from its publisher: each file with its checksum, resumed where it broke off.

The files are rows of `data/release_files.csv`; pooch looks after cache and checksums, and the downloader
below resumes.
"""

import difflib
import hashlib
import re
import shutil
from functools import partial
from pathlib import Path

import pooch
import requests
from tqdm import tqdm

from chokepoint.data import tables
from chokepoint.data.ingest.files import MOST_BYTES
from chokepoint.errors import UserError

TIMEOUT_S = 60
_BLOCK = 1 << 16


def fetch(name: str, folder: Path) -> Path:
    """Download release `name` ("mcs2026", or by its publisher's name "usgs-2026") into `folder`/<release>.

    Return that folder.

    A file that is there and whole is not asked for again. UserError for an unknown release, an address that
    does not
    answer, or a file that is not the published one.
    """
    release = name.replace("usgs-", "mcs")
    listed = tables.load("release_files")
    files = listed[listed.release == release]
    if files.empty:
        raise UserError(
            f'No files of a release "{name}" are listed in data/release_files.csv. '
            f"{_how(release, sorted(listed.release.unique()))}"
        )
    for row in files.to_dict("records"):
        _require_plain(row)
    place = folder / release
    place.mkdir(parents=True, exist_ok=True)
    for row in tqdm(
        files.to_dict("records"), desc=f"Fetching {release}", unit="file", leave=False, disable=None
    ):
        _one(row, place)
    return place


def _how(release: str, known: list[str]) -> str:
    """Explain what to do about a release that is not listed.

    The nearest that is, unless the one asked for follows it; how to add its files.

    >>> _how("mcs2027", ["mcs2026"])[:23], _how("mcs2062", ["mcs2026"])[:24]
    ('Listed are: mcs2026. To', 'Did you mean "mcs2026"? ')
    """
    near = difflib.get_close_matches(release, known, 1)
    follows = (
        near
        and re.fullmatch(r"[a-z]+\d{4}", release)
        and near[0] < release
        and int(release[-4:]) - int(near[0][-4:]) <= 5
    )
    hint = f'Did you mean "{near[0]}"?' if near and not follows else f"Listed are: {', '.join(known)}."
    rows = (
        f"add a row for each of its files there: {release}, the file's name, its address at the "
        "publisher's, its MD5 and its size"
    )
    return (
        f"{hint} To fetch another release, {rows}. Or download it yourself, and give its folder to: "
        "chokepoint ingest usgs FOLDER"
    )


def _require_plain(row: dict) -> None:
    """UserError for a row that would write outside its folder, or fetch by anything but HTTP."""
    if not re.fullmatch(r"[\w-][\w. -]*", row["file"]):
        raise UserError(
            f'data/release_files.csv: file "{row["file"]}" is not a plain file name. Nothing was fetched.'
        )
    if not re.match(r"https?://", row["url"]):
        raise UserError(
            f'data/release_files.csv: url "{row["url"]}" does not begin with https://. Nothing was fetched.'
        )


def _one(row: dict, place: Path) -> None:
    try:
        pooch.get_logger().setLevel("WARNING")
        kept = part(place / row["file"])
        pooch.retrieve(
            row["url"],
            known_hash=f"md5:{row['md5']}",
            fname=row["file"],
            path=place,
            downloader=partial(resuming, kept),
        )
    except requests.RequestException as error:
        raise UserError(
            f"{row['file']}: {row['url']} does not answer ({type(error).__name__}). What has come is kept; "
            "run the same command again."
        ) from None
    except ValueError:
        part(place / row["file"]).unlink(missing_ok=True)
        raise UserError(
            f"{row['file']}: what {row['url']} sent is not the file published (MD5 expected {row['md5']}). "
            "If the publisher has put out a new version, add it to data/release_files.csv."
        ) from None


def resuming(kept: Path, url: str, output_file: str, _pooch: pooch.Pooch | None) -> None:
    """Download only the bytes missing in `kept`, and keep them there when the line breaks (for pooch)."""
    have = kept.stat().st_size if kept.exists() else 0
    with requests.get(
        url, headers={"Range": f"bytes={have}-"} if have else {}, stream=True, timeout=TIMEOUT_S
    ) as answer:
        if answer.status_code != 416:  # 416: nothing is missing
            answer.raise_for_status()
            with kept.open("ab" if answer.status_code == 206 else "wb") as file:
                for block in answer.iter_content(_BLOCK):
                    if file.tell() > MOST_BYTES:
                        raise ValueError(f"more than {MOST_BYTES:,} bytes")
                    file.write(block)
    shutil.copyfile(kept, output_file)
    kept.unlink()


def republished(rows: list[dict]) -> list[str]:
    """Name the files of `data/release_files.csv` that are not at their addresses as they are listed.

    They are another file there, or the address does not answer. Nothing is kept of what is sent.
    """
    for row in rows:
        _require_plain(row)
    found = [(row, _otherwise(row)) for row in rows]
    return [f"{row['release']}: {row['file']} ({row['url']}) {why}" for row, why in found if why]


def _otherwise(row: dict) -> str:
    """Say what is otherwise at the address of a file; nothing where it is as listed."""
    digest, size = hashlib.md5(usedforsecurity=False), 0
    try:
        with requests.get(row["url"], stream=True, timeout=TIMEOUT_S) as answer:
            answer.raise_for_status()
            for block in answer.iter_content(_BLOCK):
                digest.update(block)
                size += len(block)
                if size > MOST_BYTES:  # no file of a release is as large
                    break
    except requests.RequestException as error:
        return f"does not answer ({type(error).__name__})"
    return "" if digest.hexdigest() == row["md5"] else "is another file now"


def part(path: Path) -> Path:
    """Where the bytes of an unfinished download wait."""
    return path.with_name(path.name + ".part")
