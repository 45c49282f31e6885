"""Whether a figure can be right: beside other releases and years, its parts, its year, sign and area.

The same rules hold for what is ingested and for the tables of the project. What breaks one and is right all
the same is a row of data/known_exceptions.csv (or, for a total, of data/known_gaps.csv), with the reason. One
module a kind of rule: `limits` (one figure alone), `scale` (its neighbours), `totals` (parts and total),
`printed` (against what is printed), `misprints` (corrected before, printed again); `gate` applies them when a
release is read.
"""

import re

from chokepoint.data.ingest.plausibility import limits, totals
from chokepoint.data.ingest.plausibility.exceptions import Accepted, accepted, read
from chokepoint.data.ingest.plausibility.finding import SERIES, Finding, Place, Table, Tables, describe_row
from chokepoint.data.ingest.plausibility.misprints import misprints
from chokepoint.data.ingest.plausibility.printed import misread
from chokepoint.data.ingest.plausibility.scale import scales

__all__ = [
    "RELEASE",
    "Accepted",
    "Finding",
    "accepted",
    "describe_row",
    "findings",
    "misprints",
    "misread",
    "read",
]

RELEASE = re.compile(
    r"(mcs\d{4}|iea\d{4}|wb\d{4}-\d\d)-(.+)"
)  # resources that the rules hold for: release, table


def findings(
    tables: Tables,
    accepted: Accepted,
    place: Place,
    given: dict[str, set[object]] | None = None,
    release: str = "",
) -> list[Finding]:
    """Return every figure that breaks a rule and is not accepted, in the order of the tables, once.

    tables          rows as text, for every release that is to be compared
    place           says where a reader finds a row
    given, release  where only some rows of one release are in question (table → their labels), only these are
                    judged, and
                    the others are taken to be right
    """
    found: list[Finding] = []
    for (name, title), frame in tables.items():
        if name == (release or name):
            table = Table(name, title, frame)
            found += [*limits.years(table), *limits.signs(table), *limits.codes(table, accepted.areas)]
            found += [*totals.uses(table), *totals.world(table, tables, accepted, place)]
            found += [*totals.import_shares(table), *totals.leader(table), *limits.reliance(table)]
    found = [f for f in found if not _excepted(f, tables, accepted)]
    for title in SERIES:
        frames = {r: frame for (r, name), frame in tables.items() if name == title and "value" in frame}
        for family in sorted({r[:2] for r in frames}):
            of_family = {r: frames[r] for r in sorted(frames) if r[:2] == family}
            found += scales(title, of_family, accepted, place, release)
    if given is not None:
        found = [f for f in found if f.release == release and f.row in given.get(f.table, ())]
    first: dict[tuple, Finding] = {}
    for f in found:
        first.setdefault((f.release, f.table, f.row, f.column), f)
    return list(first.values())


def _excepted(f: Finding, tables: Tables, accepted: Accepted) -> bool:
    row = Table(f.release, f.table, tables[f.release, f.table]).row(f.row)
    return accepted.excepts(f.release, f.table, f.rule, row, f.column)
