"""The book's YAML files, read safely and looked over before anything runs.

A fault there would show only minutes later.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterator
from copy import deepcopy
from fnmatch import fnmatch
from functools import lru_cache
from pathlib import Path

import yaml

from chokepoint.errors import UserError


def mapping(path: Path, shown: str) -> dict:
    """Read the mapping in a YAML file; nothing in it is run.

    UserError, calling the file `shown`, when it is none.
    """
    try:
        found = deepcopy(_parsed(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        raise UserError(f"{shown}: not found. Restore it from the repository.") from None
    except yaml.YAMLError as fault:
        mark = getattr(fault, "problem_mark", None)
        where = f" line {mark.line + 1}" if mark else ""
        raise UserError(
            f"{shown}{where}: not readable as YAML ({getattr(fault, 'problem', None) or fault}). "
            "Mend that place."
        ) from None
    except (OSError, ValueError, RecursionError) as fault:
        raise UserError(
            f"{shown}: not readable ({fault}). Save it as UTF-8, or restore it from the repository."
        ) from None
    if found is not None and not isinstance(found, dict):
        raise UserError(f"{shown}: holds a {type(found).__name__}; lines like name: value are expected.")
    return found or {}


@lru_cache(maxsize=8)
def _parsed(text: str) -> object:
    return yaml.safe_load(text)


def templates(book: Path) -> dict:
    """Read the entries of runs.yml: notebook → page and runs.

    UserError for one that is not so, or whose pages are none of the book or the same.
    """
    listed = mapping(book / "runs.yml", "book/runs.yml")
    pages = [page for name, entry in listed.items() for page in _pages(f"book/runs.yml, {name}", entry)]
    if twice := [page for page, n in Counter(pages).items() if n > 1]:
        raise UserError(f"book/runs.yml: the page {twice[0]} is made twice. Take one of the two runs out.")
    return listed


def minerals_with_page(book: Path) -> list[str]:
    """Return the minerals that have a page, or a place on one; what lists or links minerals asks here."""
    own = [
        run["mineral"]
        for entry in templates(book).values()
        if entry["page"] == "minerals/{mineral}"
        for run in entry["runs"]
    ]
    placed = [
        old.removeprefix("minerals/")
        for old, new in moved(book).items()
        if old.startswith("minerals/") and new.partition("#")[0].removeprefix("minerals/") in own
    ]
    return own + [mineral for mineral in placed if mineral not in own]


def moved(book: Path) -> dict[str, str]:
    """Read moved.yml: an address that is no page any more → the page, perhaps with a place on it, instead.

    UserError for one that is no such address.
    """
    if not (book / "moved.yml").is_file():
        return {}
    listed = mapping(book / "moved.yml", "book/moved.yml")
    for old, new in listed.items():
        for address, form in ((old, r"[\w-]+(/[\w-]+)*"), (new, r"[\w-]+(/[\w-]+)*(#[\w-]+)?")):
            if not isinstance(address, str) or not re.fullmatch(form, address):
                raise UserError(
                    f"book/moved.yml: {address!r} is no address of the book; a line is like "
                    "minerals/terbium: minerals/rare_earths#terbium."
                )
        if new.partition("#")[0] in listed:
            raise UserError(
                f"book/moved.yml: {old} leads to {new}, which has moved too. Name where it is now."
            )
    return listed


def _pages(where: str, entry: object) -> Iterator[str]:
    runs = entry.get("runs") if isinstance(entry, dict) else None
    if (
        not isinstance(runs, list)
        or not runs
        or not all(isinstance(r, dict) and r for r in runs)
        or not isinstance(entry.get("page"), str)
    ):
        raise UserError(
            f"{where}: page, like minerals/{{mineral}}, and a list of runs, "
            "like - {mineral: cobalt}, are expected."
        )
    for parameters in runs:
        try:
            page = entry["page"].format_map({name: str(value) for name, value in parameters.items()})
        except (LookupError, ValueError, AttributeError):
            raise UserError(
                f"{where}: page {entry['page']} does not go with the run {parameters}. "
                "Name its parameters in braces."
            ) from None
        if not re.fullmatch(r"[\w-]+(/[\w-]+)*", page):
            raise UserError(
                f'{where}: page "{page}" is not a place in the book; letters, digits, - and / are expected.'
            )
        yield page


def require_settings(home: Path, pages: Collection[str]) -> None:
    """UserError when _config.yml or _toc.yml cannot be what the book is printed by.

    `pages` are those that notebooks make.
    """
    config = mapping(home / "_config.yml", "_config.yml")
    execute = config.get("execute")
    if not isinstance(execute, dict) or execute.get("execute_notebooks") != "off":
        raise UserError(
            '_config.yml: execute, execute_notebooks must be "off": '
            "papermill runs the notebooks before the book is printed."
        )
    toc = mapping(home / "_toc.yml", "_toc.yml")
    if not isinstance(toc.get("root"), str):
        raise UserError("_toc.yml: root must name the first page, for example root: index")
    made = {
        p.relative_to(home / "book").with_suffix("").as_posix() for p in (home / "book").rglob("*.md")
    } | set(pages)
    for key, name in _named(toc):
        if not isinstance(name, str) or not any(
            fnmatch(page, name) if key == "glob" else page == name for page in made
        ):
            raise UserError(
                f"_toc.yml: no page {name!r} is made from book/. "
                "Take it out of the list, or add its notebook or Markdown page."
            )


def _named(toc: object) -> Iterator[tuple[str, object]]:
    """Every page and every pattern of pages that the list names, with its key."""
    for item in toc if isinstance(toc, list) else []:
        yield from _named(item)
    for key, value in toc.items() if isinstance(toc, dict) else []:
        if key in ("root", "file", "glob"):
            yield key, value
        else:
            yield from _named(value)
