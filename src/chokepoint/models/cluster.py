"""A Dask cluster at an address, as an executor of the kind of concurrent.futures.

Sweeps and pages run there as they do here.
"""

import socket
from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import contextmanager

from chokepoint.errors import UserError


@contextmanager
def cluster(scheduler: str) -> Iterator[Executor]:
    """Return the cluster whose scheduler answers at an address such as tcp://127.0.0.1:8786.

    Its workers need this package and, for pages, the same checkout at the same path. UserError when nothing
    answers there.
    """
    try:
        from distributed import Client
        from distributed.comm.addressing import get_address_host_port
    except ImportError:
        raise UserError(
            "A scheduler was given but Dask is not installed: pip install 'dask[distributed]', or leave it "
            "out."
        ) from None
    try:
        socket.create_connection(
            get_address_host_port(scheduler), timeout=10
        ).close()  # a Client that fails prints a traceback at exit
    except (OSError, ValueError) as error:
        raise UserError(
            f"No Dask scheduler answers at {scheduler} ({error}). Start one with `dask scheduler`."
        ) from None
    with Client(scheduler, timeout=30, set_as_default=False) as client, client.get_executor() as executor:
        yield executor
