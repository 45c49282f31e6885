"""USGS Mineral Commodity Summaries: finds out which layout a release has, and reads it."""

from __future__ import annotations

import re
from pathlib import Path

from chokepoint.errors import UserError
from chokepoint.ingest import corrections, files, package, reference, tidy, usgs_2026
from chokepoint.ingest.report import Report


def ingest(path: Path, data: Path) -> Report:
    """Read the release at `path` (folder or zip) and write its tables under `data`/minerals."""
    tables, report, ref = read(Path(path), Path(data))
    package.write(tables, report, Path(data), ref)
    return report


def read(path: Path, data: Path):
    """The tables of a release, its report and the reference used; nothing is written."""
    ref = reference.read(data)
    sheets = [files.sheet(name, content) for name, content in files.members(path).items()]
    report = Report(release="mcs2026")
    main = [s for s in sheets if usgs_2026.fits(s)]
    readings = usgs_2026.read(main[0], report)
    tables = tidy.tables(readings, ref, report, "MCS2026")
    corrections.apply(tables, ref.corrections, report)
    return tables, report, ref
