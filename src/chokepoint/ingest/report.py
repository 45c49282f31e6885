"""What an ingest did, countable: every reading is kept or refused with a reason."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from chokepoint.ingest.standing import Joined


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
    `entered` names the tables of the project that got a row for the release, `left` the tables of the release that no file given
    is of, `missing` those that the release before has and this one has not; `joins` says how the rows given met those that stood;
    `notes` is what is worth a look.
    """

    release: str
    tables: dict[str, Tally] = field(default_factory=dict)
    rows: Tally = field(default_factory=Tally)
    corrections: list[str] = field(default_factory=list)
    unused_files: list[str] = field(default_factory=list)
    entered: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    joins: dict[str, Joined] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def record_joins(self, joins: dict[str, Joined], left: list[str], missing: list[str]) -> None:
        """Note what becomes of the tables of the release."""
        self.joins, self.left, self.missing = joins, left, missing

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
        for name, join in sorted(self.joins.items()):
            if join.changed or join.kept or join.same:
                parts = {"new": join.new, "changed": join.changed, "as before": join.same}
                said.append(f"  {name} stood already: {', '.join(f'{n:,} rows {how}' for how, n in parts.items() if n)}")
                if join.kept:
                    said.append(f"      {join.kept:,} rows are not in what was given and {self._stay(join)}")
        if self.left:
            said.append(f"  tables left as they were, since no file of them was given: {', '.join(self.left)}")
        if self.missing:
            said.append(f"  tables missing, which the release before has: {', '.join(self.missing)}. Give their files to fill them")
        if self.notes:
            said += ["  worth a look:", *(f"      {note}" for note in self.notes)]
        said += [f"  entered in data/{name}" for name in self.entered]
        return said

    @staticmethod
    def _stay(join: Joined) -> str:
        held = len(join.rows) >= join.new + join.changed + join.same + join.kept
        return "stay (--replace drops them)" if held else "were dropped (--replace)"

    def __str__(self) -> str:
        return "\n".join(self.lines())
