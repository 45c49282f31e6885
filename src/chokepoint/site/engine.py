"""Papermill's engine of this book: its own, but for two things.

It has a kernel show Altair's charts, and asks it what it has read of the data.
"""

import ast
import json
import re
from tempfile import TemporaryDirectory
from typing import Any

from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import NBClientEngine, NotebookExecutionManager, papermill_engines
from papermill.log import logger
from traitlets.config import Config

from chokepoint.errors import UserError

NAME, READS = "chokepoint", "reads"
_SHOW = "import chokepoint.charts"  # whether or not the notebook imports it: see there
_WIDGET = "application/vnd.jupyter.widget-view+json"
_ALTAIRS = re.compile(r"application/vnd\.vega(lite)?\.")
_SCRIPT = re.compile(r"<script\b(?![^>]*\btype=.application/)", re.I)  # data in a script element are none
_MEMORY = "__import__('sys').modules['chokepoint.data.memory']"
_ASK = f"__import__('json').dumps({_MEMORY}.reads())"


class Engine(NBClientEngine):
    """Leaves the reads of a notebook (see `memory.reads`) in its metadata."""

    @classmethod
    def execute_managed_notebook(
        cls,
        nb_man: NotebookExecutionManager,
        kernel_name: str,
        start_timeout: int = 60,
        execution_timeout: int | None = None,
        **_others: Any,
    ) -> Any:
        """See the base class."""
        how = {
            "timeout": execution_timeout,
            "startup_timeout": start_timeout,
            "kernel_name": kernel_name,
            "log": logger,
        }
        with TemporaryDirectory(prefix="kernel-") as folder:
            return _Client(nb_man, config=_by_sockets_in(folder), **how).execute()


def _by_sockets_in(folder: str) -> Config:
    """Talk to kernels by files that only this user may open.

    Of TCP's ports, two kernels that start together may choose the same.
    """
    return Config({"KernelManager": {"transport": "ipc", "ip": f"{folder}/k"}})


class _Client(PapermillNotebookClient):
    def output(self, outs: list, msg: dict, display_id: str | None, cell_index: int) -> Any:
        """See nbclient.

        Altair's own name for a chart's data is none that a notebook may hold, so it is refused as it comes.
        """
        if _ALTAIRS.search(" ".join(msg["content"].get("data", {}))):
            raise UserError(
                f"cell {cell_index}: shows a chart by a renderer of Altair’s own. "
                "Leave alt.renderers as it is."
            )
        return super().output(outs, msg, display_id, cell_index)

    def papermill_execute_cells(self) -> None:
        self.wait_for_reply(self.kc.execute(_SHOW, silent=True))
        super().papermill_execute_cells()
        _require_showable(self.nb.cells)
        asked = {READS: _ASK, "kept": f"{_MEMORY}.save_kept()"}
        reply = self.wait_for_reply(self.kc.execute("", silent=True, user_expressions=asked))
        said = reply["content"]["user_expressions"][READS]
        # A notebook that does not import the package reads nothing through it.
        self.nb.metadata[READS] = (
            json.loads(ast.literal_eval(said["data"]["text/plain"])) if said["status"] == "ok" else []
        )


def _require_showable(cells: list) -> None:
    """UserError, naming the cell, for what a page cannot show: it would be blank there.

    What set-up cells show is never printed.
    """
    for i, cell in enumerate(cells):
        for output in [] if "setup" in cell.metadata.get("tags", []) else cell.get("outputs", []):
            data = output.get("data", {})
            if _WIDGET in data:
                raise UserError(
                    f"cell {i}: shows a widget, which needs a kernel, and a page has none. "
                    "Show a table, a chart or explore(…)."
                )
            if _SCRIPT.search("".join(data.get("text/html", ""))):
                raise UserError(
                    f"cell {i}: prints a script, which the pages do not run. "
                    "Show an Altair chart, a table or an image."
                )


papermill_engines.register(NAME, Engine)
