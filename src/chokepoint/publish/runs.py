"""Which notebook makes which page, with which parameters; checked before anything runs."""

import ast
import difflib
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import nbformat

from chokepoint.errors import UserError
from chokepoint.publish.settings import templates


@dataclass(frozen=True)
class Run:
    """One page to be made: `notebook` with `parameters`, printed as `page` (no suffix)."""

    page: str
    notebook: Path
    parameters: dict = field(default_factory=dict)

    def __str__(self) -> str:
        given = ", ".join(f"{k}={v!r}" for k, v in self.parameters.items())
        return f"book/{self.notebook.name}" + (f" ({given})" if given else "")


def plan(book: Path, release: str | None = None) -> list[Run]:
    """All runs of the book: every notebook once, or as often as `runs.yml` says. UserError for a run that cannot be.

    A `release` is given to every notebook that has that parameter.
    """
    listed = templates(book)
    runs = []
    for path in sorted(book.glob("*.ipynb")):
        runs += _runs_of(path, listed.pop(path.name, None))
    if listed:
        raise UserError(f"book/runs.yml: {_nearest(next(iter(listed)), [p.name for p in book.glob('*.ipynb')], 'notebook')}")
    if release:
        runs = [Run(r.page, r.notebook, {**r.parameters, "release": release}) if "release" in interface(r.notebook) else r for r in runs]
    for run in runs:
        require_valid(run)
    return runs


def _runs_of(path: Path, entry: dict | None) -> Iterable[Run]:
    if entry is None:
        return [Run(path.stem, path)]
    return [Run(entry["page"].format(**parameters), path, parameters) for parameters in entry["runs"]]


def interface(notebook: Path) -> dict:
    """Parameters of a notebook with their defaults: the literals of its cell tagged `parameters`.

    UserError when the file is not a notebook or a default is not a literal.
    """
    try:
        cells = nbformat.read(notebook, as_version=4).cells
    except (nbformat.reader.NotJSONError, nbformat.ValidationError, LookupError, AttributeError, TypeError, ValueError, RecursionError):
        raise UserError(f"book/{notebook.name}: not a notebook (its JSON does not read). Restore it from the repository.") from None
    source = "\n".join(c.source for c in cells if "parameters" in c.metadata.get("tags", []))
    try:
        statements = [s for s in ast.parse(source).body if isinstance(s, ast.Assign)]
        return {s.targets[0].id: ast.literal_eval(s.value) for s in statements}
    except (SyntaxError, ValueError, AttributeError):  # AttributeError: a line like a.b = 1
        raise UserError(f"book/{notebook.name}: the parameters cell must hold only lines like name = value, with plain values.") from None


def require_valid(run: Run) -> None:
    """UserError for an unknown parameter or one of another type than its default (papermill itself only warns)."""
    known = interface(run.notebook)
    for name, value in run.parameters.items():
        if name not in known:
            raise UserError(f"{run}: {_nearest(name, known, 'parameter')}")
        default = known[name]
        fits = isinstance(value, type(default)) or (isinstance(default, float) and isinstance(value, int))
        if default is not None and (not fits or (isinstance(value, bool) != isinstance(default, bool))):
            raise UserError(f"{run}: parameter {name} is {value!r}; expected {type(default).__name__}, like {default!r}.")


def _nearest(name: str, known: Iterable[str], kind: str) -> str:
    known = list(known)
    near = difflib.get_close_matches(name, known, 1)
    hint = f'Did you mean "{near[0]}"?' if near else f"Known: {', '.join(known) or 'none'}."
    return f'no {kind} "{name}". {hint}'
