"""Whether anything was changed since the last build: told from bytes alone, within a second.

It imports nothing but the standard library, and compares more than a build depends on, down to the comments
of the code. So "changed" may be said of what no page shows, and the build then looks closer; "unchanged" is
never said wrongly.
"""

import hashlib
import json
import os
import sys
import sysconfig
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from chokepoint.site import repo_url

_FILES = ("_config.yml", "_toc.yml", "pyproject.toml", "requirements.txt", "requirements-build.txt")
_FOLDERS = ("data", "editions", "src")  # beside the book
_LEFT_OUT = {"__pycache__", ".ipynb_checkpoints"}
_FILE = "unchanged.json"
BUILT = "site.json"  # beside the site; what a build notes of it, its `contents` as "site" among that


def state(home: Path, asked: Iterable[object]) -> dict[str, str]:
    """Return a digest of the book, and one of all else a build may read and of what it was asked for.

    That is files, the variables that are for it, the versions installed, and where the repository stands.
    """
    data = os.environ.get("CHOKEPOINT_DATA")
    folders = [*(home / name for name in _FOLDERS), *([Path(data)] if data else [])]
    around = {
        "asked": [*asked],
        "variables": {k: v for k, v in sorted(os.environ.items()) if k.startswith("CHOKEPOINT_")},
        "site": os.environ.get("GITHUB_REPOSITORY"),
        "repository": repo_url.repository(home),
        "python": sys.version,
        "installed": sorted(p.name for p in Path(sysconfig.get_path("purelib")).glob("*.dist-info")),
    }
    rest = [*(home / name for name in _FILES), *_files(folders)]
    return {
        "book": _digest("", _files([home / "book"])),
        "the rest": _digest(json.dumps(around), rest),
    }


def _digest(text: str, files: Iterable[Path]) -> str:
    """Digest of a text and of the names and contents of files."""
    total = hashlib.sha256(text.encode())
    for path in files:
        content = path.read_bytes() if path.is_file() else b"absent"
        total.update(f"\0{path}\0{hashlib.sha256(content).hexdigest()}".encode())
    return total.hexdigest()


def _files(folders: Iterable[Path]) -> Iterator[Path]:
    """Give every file in the folders, through links too: a reader's private tables may be kept elsewhere."""
    for folder in folders:
        for here, inside, names in os.walk(folder, followlinks=True):
            inside[:] = sorted(set(inside) - _LEFT_OUT)
            yield from (Path(here, name) for name in sorted(names))


def contents(folder: Path) -> dict[str, str]:
    """Return a digest of every file in `folder` by its path there."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def is_same(site: Path, state: dict[str, str]) -> bool:
    """Whether `site` stands as it was built, from this state."""
    with suppress(OSError, ValueError, LookupError, TypeError):
        last = json.loads((site.parent / _FILE).read_text(encoding="utf-8"))
        built = json.loads((site.parent / BUILT).read_text(encoding="utf-8"))
        return bool(last == state and built["site"] == contents(site))
    return False


def is_of_book_alone(site: Path, state: dict[str, str]) -> bool:
    """Whether nothing but the book changed since `site` was built."""
    with suppress(OSError, ValueError, LookupError, TypeError):
        last = json.loads((site.parent / _FILE).read_text(encoding="utf-8"))
        return bool(last["the rest"] == state["the rest"])
    return False


def keep(site: Path, state: dict[str, str]) -> None:
    """Note that `site` was built from this state, as it was before the build."""
    with suppress(OSError):  # the next build takes longer
        (site.parent / _FILE).write_text(json.dumps(state), encoding="utf-8")
