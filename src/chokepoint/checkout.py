"""Where the checkout lies: the folder with `data/` and `book/`."""

import os
from functools import lru_cache
from pathlib import Path


def home() -> Path:
    """Return the checkout: where this package lies.

    If it was copied out of one (as Binder does), it is the one this process works in.
    """
    return home_from(str(Path.cwd()))


@lru_cache(maxsize=8)
def home_from(folder: str) -> Path:
    """Return the checkout for a process that works in a folder."""
    places = [Path(__file__).resolve().parents[2], Path(folder), *Path(folder).parents]
    return next((p for p in places if (p / "data" / "datapackage.json").is_file()), places[0])


def data_dir() -> Path:
    """Return the folder with datapackage.json: $CHOKEPOINT_DATA, or `data/` of the checkout."""
    return _folder(os.environ.get("CHOKEPOINT_DATA"), os.getcwd())  # noqa: PTH109  (asked for with every fact)


@lru_cache(maxsize=8)
def _folder(given: str | None, cwd: str) -> Path:
    return Path(given) if given else home_from(cwd) / "data"
