"""What an ingest did, countable: every reading is kept or refused with a reason."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field


@dataclass
class Tally:
    """Readings of one table: a reading is one printed value."""

    read: int = 0
    kept: int = 0
    refused: Counter = field(default_factory=Counter)

    def refuse(self, reason: str) -> None:
        self.refused[reason] += 1

    @property
    def adds_up(self) -> bool:
        return self.read == self.kept + sum(self.refused.values())


@dataclass
class Report:
    """One ingest: `tables` counts readings, `rows` counts the lines of the files they stood on,
    `entered` names the tables of the project that got a row for the release.
    """

    release: str
    tables: dict[str, Tally] = field(default_factory=dict)
    rows: Tally = field(default_factory=Tally)
    corrections: list[str] = field(default_factory=list)
    unused_files: list[str] = field(default_factory=list)
    entered: list[str] = field(default_factory=list)

    def table(self, name: str) -> Tally:
        return self.tables.setdefault(name, Tally())

    def lines(self) -> list[str]:
        """The report as printed."""
        said = [f"{self.release}"]
        for name, tally in (("lines of the files", self.rows), *sorted(self.tables.items())):
            said.append(f"  {name}: {tally.read:,} read = {tally.kept:,} kept + {sum(tally.refused.values()):,} refused")
            said += [f"      {count:,} × {reason}" for reason, count in tally.refused.most_common()]
        said.append(f"  corrections applied: {len(self.corrections)}")
        said += [f"      {line}" for line in self.corrections]
        if self.unused_files:
            said.append(f"  files not read: {len(self.unused_files)} ({', '.join(self.unused_files)})")
        said += [f"  entered in data/{name}" for name in self.entered]
        return said

    def __str__(self) -> str:
        return "\n".join(self.lines())
