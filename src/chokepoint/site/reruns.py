"""The order in which notebooks run again after a change, and the data are checked."""

from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, wait

from chokepoint.site.runs import Run


class Reruns:
    """Notebooks that somebody waits for run first; the check of the data and all others once these are done.

    Else they would take the processors from them. start_notebook, start_check: how each is started; the
    latter is None where the data are as they were.
    """

    def __init__(
        self, start_notebook: Callable[[Run], Future], start_check: Callable[[], Future] | None = None
    ) -> None:
        self.others: list[Run] = []
        self._start_notebook, self._start_check = start_notebook, start_check
        self._running: dict[Future, Run] = {}
        self._check: Future | None = None

    def start(self, run: Run) -> None:
        """Start a notebook now."""
        self._running[self._start_notebook(run)] = run

    def start_others(self) -> None:
        """Start the check and all other notebooks, unless some are running."""
        if self._running:
            return
        if self._start_check:
            self._check, self._start_check = self._start_check(), None
        while self.others:
            self.start(self.others.pop(0))

    @property
    def has_notebooks(self) -> bool:
        """Whether notebooks are running or waiting."""
        return bool(self._running or self.others)

    @property
    def unfinished(self) -> bool:
        """Whether anything is running or waiting, the check included."""
        return bool(self.has_notebooks or self._start_check or self._check)

    def wait(self) -> list[tuple[Run, Future]]:
        """Wait until something has ended, and return the notebooks that have, with their results.

        UserError where the data are not sound.
        """
        finished, _ = wait([*self._running, *filter(None, [self._check])], return_when=FIRST_COMPLETED)
        if self._check in finished:
            self._check, ended = None, self._check
            ended.result()
        return [(self._running.pop(future), future) for future in finished & self._running.keys()]
