"""What an ingest did, countable: every reading is kept or refused with a reason."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, TypeVar

import pandas as pd

from chokepoint.data.ingest.existing import Joined

T = TypeVar("T")


@dataclass
class Tally:
    """Readings of one table, and the rows kept of them: a reading is one printed value."""

    read: int = 0
    kept: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    rows: list[dict[str, Any]] = field(default_factory=list, repr=False)

    def each(self, readings: Iterable[T]) -> Iterator[T]:
        """Count readings as they are gone through."""
        for reading in readings:
            self.read += 1
            yield reading

    def keep(self, **row: Any) -> None:
        """Count a reading as kept, with the row made of it."""
        self.kept += 1
        self.rows.append(row)

    def refuse(self, reason: str, count: int = 1) -> None:
        """Count readings as refused."""
        self.refused[reason] += count

    @property
    def adds_up(self) -> bool:
        """Whether every reading was kept or refused."""
        return self.read == self.kept + sum(self.refused.values())


@dataclass
class Report:
    """One ingest.

    tables       readings by table
    rows         the lines of the files they stood on
    entered      tables of the project that got a row for the release
    untouched    tables of the release that no file given is of
    missing      tables that the release before has and this one has not
    joins        how the rows given met those that stood
    notes        what is worth a look
    """

    release: str = ""
    tables: dict[str, Tally] = field(default_factory=dict)
    rows: Tally = field(default_factory=Tally)
    corrections: list[str] = field(default_factory=list)
    unused_files: list[str] = field(default_factory=list)
    entered: list[str] = field(default_factory=list)
    untouched: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    joins: dict[str, Joined] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def table(self, name: str) -> Tally:
        """Return the tally of a table, a new one where there is none yet."""
        return self.tables.setdefault(name, Tally())

    def frames(self, release: str, lines: int | None = None) -> dict[str, pd.DataFrame]:
        """Name the release and return the rows kept, by table, each with the release as its source.

        `lines`: of the files, where they are not the readings.
        """
        self.release = release
        readings = sum(tally.read for tally in self.tables.values())
        self.rows.read = self.rows.kept = readings if lines is None else lines
        return {
            name: pd.DataFrame(tally.rows).assign(source_id=release.upper())
            for name, tally in self.tables.items()
            if tally.rows
        }

    def lines(self) -> list[str]:
        """Return the report, line by line."""
        lines = [self.release]
        for name, tally in (("lines of the files", self.rows), *sorted(self.tables.items())):
            refused = sum(tally.refused.values())
            lines.append(f"  {name}: {tally.read:,} read = {tally.kept:,} kept + {refused:,} refused")
            lines += [f"      {count:,} × {reason}" for reason, count in tally.refused.most_common()]
        lines += [f"  corrections applied: {len(self.corrections)}", *_indented(self.corrections)]
        if self.unused_files:
            lines.append(f"  files not read: {len(self.unused_files)} ({', '.join(self.unused_files)})")
        for name, join in sorted(self.joins.items()):
            lines += join.lines(name)
        if self.untouched:
            lines.append(
                f"  tables left as they were, since no file of them was given: {', '.join(self.untouched)}"
            )
        if self.missing:
            lines.append(
                f"  tables missing, which the release before has: {', '.join(self.missing)}. "
                "Give their files to fill them"
            )
        if self.notes:
            lines += ["  worth a look:", *_indented(self.notes)]
        return lines + [f"  entered in data/{name}" for name in self.entered]

    def __str__(self) -> str:
        """Return the report as text."""
        return "\n".join(self.lines())


def _indented(lines: list[str]) -> list[str]:
    return [f"      {line}" for line in lines]
