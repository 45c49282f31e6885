"""Runs the cells of a notebook in this process: what its page would print, without a kernel and without a site."""

import ast
import os
from pathlib import Path
from unittest import mock

import nbformat
import pandas as pd

BOOK = Path(__file__).resolve().parents[1] / "book"


def printed(notebook: str, skip: tuple[str, ...] = ("explorable", "spread"), **parameters) -> dict[str, str]:
    """What each cell of a notebook prints, by its code; cells with a tag of `skip` are left out, for they depend on no release.

    A cell that fails raises what it raised, with its code as a note.
    """
    names: dict[str, object] = {}
    found = {}
    with mock.patch.dict(os.environ, {"CHOKEPOINT_RENDER": "1"}):
        for cell in nbformat.read(BOOK / f"{notebook}.ipynb", as_version=4).cells:
            tags = cell.metadata.get("tags", [])
            if cell.cell_type != "code" or any(tag.startswith(skip) for tag in tags):
                continue
            try:
                found[cell.source] = _shown(_run(cell.source, names))
            except BaseException as fault:
                fault.add_note(f"book/{notebook}.ipynb: {cell.source}")
                raise
            if "parameters" in tags:
                names |= parameters
    return found


def _run(source: str, names: dict[str, object]) -> object:
    """The value of the last line, where that is an expression."""
    lines = ast.parse(source)
    last = lines.body.pop() if lines.body and isinstance(lines.body[-1], ast.Expr) else None
    exec(compile(lines, "<cell>", "exec"), names)
    return eval(compile(ast.Expression(last.value), "<cell>", "eval"), names) if last else None


def _shown(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, pd.DataFrame):
        return value.to_html()
    bundle = value._repr_mimebundle_() if hasattr(value, "_repr_mimebundle_") else {"text/plain": repr(value)}
    bundle = bundle[0] if isinstance(bundle, tuple) else bundle
    return str(bundle.get("text/html") or bundle.get("text/markdown") or bundle.get("text/plain", ""))
