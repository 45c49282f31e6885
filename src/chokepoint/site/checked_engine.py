"""`papermill book/….ipynb out.ipynb -p name value` refuses what the book refuses, before anything runs.

Papermill loads this as it starts (an entry point of the group `papermill.engine`, in pyproject.toml), and it
enters itself as the engine that is used where none is named. Notebooks that do not use this package run as
they always did.
"""

import re
from typing import TYPE_CHECKING, Any

import click

from chokepoint.errors import UserError

if TYPE_CHECKING:
    from nbformat import NotebookNode

_OURS = re.compile(r"^\s*(?:from|import)\s+chokepoint\b", re.M)
_PAPERMILLS = re.compile(r"PAPERMILL_\w+")  # what --inject-paths adds


class Refused(click.ClickException, UserError):
    """A parameter that may not be.

    Papermill's command line, which is made with click, says it in a line, and exits with 2.
    """

    exit_code = 2


class Checked:
    """Papermill's own engine, after a look at the parameters."""

    @classmethod
    def execute_notebook(cls, nb: "NotebookNode", kernel_name: str, **how: Any) -> "NotebookNode":
        """See papermill.engines.Engine. Nothing is written for a notebook that is refused."""
        from papermill.engines import NBClientEngine

        require_parameters(nb, how.get("input_path") or "The notebook")
        return NBClientEngine.execute_notebook(nb, kernel_name, **how)

    @classmethod
    def nb_kernel_name(cls, nb: "NotebookNode", name: str | None = None) -> str:
        """See papermill.engines.Engine."""
        from papermill.utils import nb_kernel_name

        return nb_kernel_name(nb, name)

    @classmethod
    def nb_language(cls, nb: "NotebookNode", language: str | None = None) -> str:
        """See papermill.engines.Engine."""
        from papermill.utils import nb_language

        return nb_language(nb, language)


def require_parameters(nb: "NotebookNode", where: str) -> None:
    """Refused, naming the notebook `where`, if papermill was given what no notebook of this book can have."""
    given = {
        k: v
        for k, v in nb.metadata.get("papermill", {}).get("parameters", {}).items()
        if not _PAPERMILLS.fullmatch(k)
    }
    if not given or not any(cell.cell_type == "code" and _OURS.search(cell.source) for cell in nb.cells):
        return
    from chokepoint.site import runs

    try:
        runs.require_fitting(given, runs.parameters_of(nb.cells, where), where)
    except UserError as error:
        raise Refused(str(error)) from None


# Papermill loads this module while it is itself being loaded.
from papermill.engines import papermill_engines  # noqa: E402

papermill_engines.register(None, Checked)
