"""Facts as they were last computed, kept in a file, so that the prose is checked by what changed alone."""

from pathlib import Path

from chokepoint.analysis import facts
from chokepoint.data import tables
from chokepoint.site.kept_results import KeptResults


class FactCache:
    """Facts by release and name: that of one fact, or of a part of all of them. See `KeptResults`."""

    def __init__(
        self, folder: Path, fresh: bool = False, tables_at_start: dict[str, str] | None = None
    ) -> None:
        self.results = KeptResults(folder, "facts", fresh, tables_at_start)

    def get(self, fact_id: str, release: str = tables.DEFAULT_RELEASE) -> facts.Fact:
        """See `facts.get`."""
        columns = self.results.get_or_compute(
            f"{release} {fact_id}", lambda: facts.as_columns({fact_id: facts.get(fact_id, release)})
        )
        return facts.from_columns(columns)[fact_id]

    def every(self, release: str) -> dict[str, facts.Fact]:
        """See `facts.evaluate`."""
        return facts.evaluate_kept(release, self.results.get_or_compute)

    def all_kept(self, release: str) -> dict[str, facts.Fact] | None:
        """Return what `every` does, or None where any of it is to be computed."""
        kept = all(facts.part_key(release, name) in self.results.kept for name in facts.parts(release))
        return self.every(release) if kept else None

    def save(self) -> None:
        """See `KeptResults.save`."""
        self.results.save()
