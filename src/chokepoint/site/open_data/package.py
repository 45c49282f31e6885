"""The data package as one file: the tables as CSV, and what describes them."""

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

from chokepoint.data import tables

_NO_TIME = (1980, 1, 1, 0, 0, 0)  # the first that a ZIP can hold: the same data give the same bytes


def package() -> bytes:
    """Return the ZIP, which a reader of Frictionless Data Packages opens as it is."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name in sorted(set(_names())):
            entry = zipfile.ZipInfo(name, _NO_TIME)
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            archive.writestr(entry, (tables.data_dir() / name).read_bytes())
    return made.getvalue()


def _names() -> Iterator[str]:
    """Give the files of the package, and none that merely lies beside them."""
    folder, declared = tables.data_dir(), tables.package()
    yield from (Path(tables.DESCRIPTOR).name, "LICENSE.md")
    yield from (resource["path"] for part in ("resources", "files") for resource in declared[part])
    yield from (path.relative_to(folder).as_posix() for path in (folder / "schemas").glob("*.json"))
