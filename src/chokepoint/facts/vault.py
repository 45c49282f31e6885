"""What the Vault means for one mineral: how long it would last if China stopped selling, and what a year of imports costs."""

import pandas as pd

from chokepoint import tables
from chokepoint.facts import computed
from chokepoint.measures import supply
from chokepoint.models import MODELS

LEAST = 10  # share of world output [%] below which a Chinese cut is no story


def last_step(mineral: str, release: str) -> str | None:
    """The last step whose countries are known.

    >>> last_step("gallium", "mcs2026"), last_step("antimony", "mcs2026"), last_step("thulium", "mcs2026")
    ('refinery', 'mine', None)
    """
    summary = supply.summary(release).dropna(subset=["year"])
    return next((s for s in ("refinery", "mine") if (mineral, s) in summary.index), None)


def deepest_cut(mineral: str, release: str) -> tuple[float, tuple[str, ...]] | None:
    """China's share of world output at the last step that is known [0–1], rounded as the slider steps, and its sources.

    None where the share is small or unknown, or the mineral is only counted together with others.

    >>> deepest_cut("gallium", "mcs2026"), deepest_cut("thulium", "mcs2026"), deepest_cut("niobium", "mcs2026")
    ((1.0, ('MCS2026',)), None, None)
    """
    step = last_step(mineral, release)
    row = supply.summary(release).loc[(mineral, step)] if step else None
    if row is None or pd.isna(row.china) or row.china < LEAST:
        return None
    return round(round(row.china / 5) * 0.05, 2), row.sources


def _lasts(mineral: str, release: str):
    cut = deepest_cut(mineral, release)
    if cut is None:
        return None, ()
    rows = tables.load("assumptions").query("model == 'vault'").set_index("name")
    months = MODELS["vault"].function(**rows.value.to_dict() | {"cut": cut[0]})["months_last"]
    sources = tuple(sorted({*cut[1], *rows.source_id.dropna()}))
    return months, sources, {"rows": (f"Share of net imports that stops coming: {100 * cut[0]:.0f} %, as China's share of world output",)}


def _year(mineral: str):
    rows = tables.of(mineral, "vault_basket")  # one basket, of the edition that its row names, whatever the book is printed at
    if rows.empty:
        return None, ()
    row = rows.iloc[0]
    text = f"US${row.net_imports_usd / 1e9:.1f} billion" if row.net_imports_usd >= 1e9 else f"US${row.net_imports_usd / 1e6:.3g} million"
    return float(row.net_imports_usd / 1e6), (row.source_id,), {"text": text, "note": str(row.note)}


def subjects() -> list[str]:
    """The minerals that have these facts."""
    return list(_names())


def define(mineral: str) -> None:
    """The facts of one mineral."""
    if mineral not in (names := _names()):
        return
    computed(
        f"{mineral}.vault_months",
        f"How long a Vault of everything would last if China stopped selling: {names[mineral]}",
        "months",
        "{:.1f} months",
        "Model vault at the defaults of the assumptions, the cut as deep as China's share of world output at the last step that is known",
        "modelled",
    )(lambda release: _lasts(mineral, release))
    computed(
        f"{mineral}.vault_year",
        f"A year of US net imports: {names[mineral]}",
        "US$ million",
        "{}",
        "Net imports times price, as in the basket of the model of the Vault",
        "modelled",
    )(lambda release: _year(mineral))


def _names() -> dict[str, str]:
    return tables.load("minerals").query("kind != 'other'").set_index("mineral").name.to_dict()
