"""One build at a time in a checkout."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from chokepoint.errors import UserError

PATIENCE_S = 3.0  # what a killed build started needs less than a second to notice, and to end


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Hold `folder` for this process. UserError, naming who holds it, while another does.

    The system itself lets go of the lock when its holder ends, however it ends: none is ever left behind.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / "lock", "a+", encoding="utf-8") as file:
        until = time.monotonic() + PATIENCE_S
        while not _try_lock(file):
            file.seek(0)
            who = file.read().strip()
            if _lives(who) or time.monotonic() > until:
                raise UserError(f"Another build is under way here (process {who or 'unknown'}). Wait until it is done, then build again.")
            time.sleep(0.1)
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield


def _try_lock(file) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return True
    except BlockingIOError:
        return False


def _lives(who: str) -> bool:
    try:
        os.kill(int(who), 0)
        return True
    except PermissionError:
        return True
    except (ValueError, ProcessLookupError):
        return False
