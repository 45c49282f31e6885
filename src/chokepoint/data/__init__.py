"""Load a table at a release, check it against its schema, ingest a publisher's release."""

from chokepoint.data.tables import DEFAULT_RELEASE, load, releases, row, rows

__all__ = ["DEFAULT_RELEASE", "load", "releases", "row", "rows"]
