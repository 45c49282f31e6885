"""One build at a time in a checkout."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from chokepoint.errors import UserError

PATIENCE_S = 3.0  # what a killed build started needs less than a second to notice, and to end


@contextmanager
def build_lock(folder: Path) -> Iterator[None]:
    """Hold `folder` for this process. UserError, naming who holds it, while another does.

    The system itself lets go of the lock when its holder ends, however it ends: none is ever left behind.
    """
    folder.mkdir(parents=True, exist_ok=True)
    holder = folder / "lock"
    try:
        with FileLock(folder / ".lock", timeout=PATIENCE_S, poll_interval=0.1):
            holder.write_text(str(os.getpid()), encoding="utf-8")
            yield
    except Timeout:
        who = holder.read_text(encoding="utf-8").strip() if holder.is_file() else ""
        raise UserError(
            f"Another build is under way here (process {who or 'unknown'}). Wait until it is done, or end "
            "`make watch`, then build again."
        ) from None
