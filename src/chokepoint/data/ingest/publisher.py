"""The way every release takes.

Its files are read into tables, judged against the releases that stand, and written.
"""

from collections.abc import Callable
from pathlib import Path

import pandas as pd

from chokepoint.data.ingest import package, reference
from chokepoint.data.ingest.reference import Reference
from chokepoint.data.ingest.report import Report

Reader = Callable[[Path, Reference], tuple[dict[str, pd.DataFrame], Report]]


def ingester(read: Reader) -> Callable[..., Report]:
    """Return the function that ingests a publisher's releases with its reader.

    read  a folder, zip or file, and the project's own tables → tables by name, and the report of what became
          of
          every reading; it writes nothing
    """

    def ingest(path: Path, data: Path, accept: tuple[str, ...] = (), replace: bool = False) -> Report:
        """Read the release at `path` and write its tables under `data`/minerals; see `package.write`."""
        ref = reference.read(Path(data))
        tables, report = read(Path(path), ref)
        package.write(tables, report, ref, accept, replace)
        return report

    return ingest
