"""How far long work has come: a bar on a terminal, a line a minute elsewhere, nothing where soon done."""

import sys
import time

from tqdm import tqdm

EVERY_S = 60  # between two lines where there is no terminal


class Progress:
    """Counts steps of work.

    `with Progress("Running notebooks", 150) as progress: progress.step("minerals/tin")`
    """

    def __init__(self, what: str, total: int) -> None:
        self.what, self.total, self.done = what, total, 0
        self._bar = tqdm(
            total=total,
            desc=what,
            leave=False,
            disable=None,
            bar_format="{desc}: {bar} {n_fmt}/{total_fmt}, {remaining} left{postfix}",
        )
        self._start = self._last = time.monotonic()

    def step(self, name: str) -> None:
        """One more is done, of that name."""
        self.done += 1
        if not self._bar.disable:
            self._bar.set_postfix_str(name, refresh=False)
            self._bar.update()
        elif (now := time.monotonic()) - self._last >= EVERY_S and self.done < self.total:
            left = (now - self._start) / self.done * (self.total - self.done)
            print(
                f"{self.what}: {self.done} of {self.total}, about {left / 60:.0f} min left", file=sys.stderr
            )
            self._last = now

    def __enter__(self) -> "Progress":
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.close()
