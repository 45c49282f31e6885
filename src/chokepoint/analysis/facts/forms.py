"""Net import reliance of the further forms of a mineral: of alumina and bauxite beside aluminum, of ores beside refined metal."""

import re
from functools import lru_cache
from pathlib import Path

from chokepoint.analysis import reliance
from chokepoint.analysis.facts import computed
from chokepoint.data import tables


def fact_id(mineral: str, form: str) -> str:
    """The id of the fact that states how far the United States relies on imports of one form of a mineral.

    >>> fact_id("aluminum", "Bauxite"), fact_id("zinc", "ores and concentrates")
    ('aluminum.reliance_of_bauxite', 'zinc.reliance_of_ores_and_concentrates')
    """
    return f"{mineral}.reliance_of_{re.sub(r'[^a-z]+', '_', form.lower()).strip('_')}"


@lru_cache(maxsize=2)
def _forms(_data: Path) -> dict[str, dict[str, str]]:
    """mineral → the forms that any release states, besides the one that speaks for it there, each with its name in full."""
    found: dict[str, dict[str, str]] = {}
    for release in tables.releases():
        rows = reliance.statements(release)
        for row in rows[rows.mineral.duplicated()].itertuples():
            found.setdefault(row.mineral, {})[row.form] = row.what
    return found


def subjects() -> list[str]:
    """What the ids of this family begin with."""
    return sorted(_forms(tables.data_dir()))


def define(subject: str) -> None:
    """The facts of one mineral: which of them a release holds shows when they are worked out."""
    for form, what in _forms(tables.data_dir()).get(subject, {}).items():
        _register(subject, form, what)


def _register(mineral: str, form: str, what: str) -> None:
    def stated(release: str):
        rows = reliance.further(mineral, release)
        row = next((r for r in rows.itertuples() if r.form == form), None)
        return (
            (None, ())
            if row is None
            else (row.text, (row.source_id,), {"rows": (f"{row.what}: {row.text}",)})
        )

    computed(
        fact_id(mineral, form),
        f"Net import reliance of the United States: {what}",
        "%",
        "{}",
        "As USGS prints it for the release's latest year, a bound where figures are withheld",
    )(stated)
