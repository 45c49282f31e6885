"""Rules for parts and their total.

World totals, uses of a mineral, shares of imports, a leading producer's share.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
import pandas as pd

from chokepoint.data.ingest.plausibility.exceptions import Accepted
from chokepoint.data.ingest.plausibility.finding import (
    SERIES,
    Finding,
    Label,
    Place,
    Row,
    Table,
    Tables,
    amount,
    times,
)
from chokepoint.data.ingest.plausibility.scale import is_slip

WORLD = ("production", "capacity", "reserves", "iea_production")
TENTH = 0.10  # of the printed total: what no rounding explains; below it a gap is reported, not refused
ROUNDING = 0.035  # of the printed total: gaps below it are rounding
FEWEST_PARTS = 3  # below it a "world" row is the total of something else (ilmenite and rutile together)


def world(table: Table, tables: Tables, accepted: Accepted, place: Place) -> Iterator[Finding]:
    """Find world totals that their parts do not add up to."""
    if table.name not in WORLD or table.rows.empty:
        return
    series = ("mineral", "commodity", "stage", "detail", "scenario", "year")
    keys = [c for c in series if c in table.rows]
    figures = table.rows.assign(figure=table.numbers())
    is_world = figures["area_kind"] == "world"
    totals = figures[is_world & figures["figure"].notna() & (figures["figure"] != 0)]
    parts = figures[~is_world].groupby(keys)
    both = totals[[*keys, "figure"]].join(parts["figure"].agg(["sum", "count", "size"]), on=keys, how="inner")
    both["gap"] = both["sum"] / both["figure"] - 1
    for label, total in both[(both["count"] >= FEWEST_PARTS) & (both["gap"].abs() > ROUNDING)].iterrows():
        row, gap = table.row(label), float(total["gap"])
        summed = pd.concat([parts.get_group(tuple(total[keys])), figures.loc[[label]]])
        rounding = (summed["printed"].map(half_unit) * _factor(summed)).sum()
        if abs(gap) <= rounding / abs(total["figure"]) or accepted.explains(
            table.release, table.name, {k: row[k] for k in keys if k != "scenario"}, gap
        ):
            continue
        # A part that is withheld or not known may well be as large as what lacks.
        unseen = total["size"] > total["count"] and -0.5 < gap < 0
        by = f"{abs(gap):.0%} {'more' if gap > 0 else 'less'}"
        message = (
            f"{amount(total['figure'], row)} is the total of {total['count']:.0f} areas that add up to "
            f"{amount(total['sum'], row)}, {by if abs(gap) < 1 else f'{times(1 + gap)} times as much'}"
            f"{_elsewhere(table, row, tables, place)}"
        )
        yield table.finding(label, "value", "total", message, refused=abs(gap) > TENTH and not unseen)


def _elsewhere(table: Table, row: Row, tables: Tables, place: Place) -> str:
    """Name the total of the same series in the nearest release that has it."""

    def distance(release: str) -> tuple[int, str]:
        year, own = (int(re.findall(r"\d{4}", r)[0]) for r in (release, table.release))
        return abs(year - own), release

    others = [r for r, name in tables if name == table.name and r[:3] == table.release[:3]]
    for release in sorted(set(others) - {table.release}, key=distance):
        other = Table(release, table.name, tables[release, table.name])
        alike = other.alike(row, SERIES[table.name]) & (other.rows["value"] != "")
        if alike.any():
            label = alike.index[alike][-1]
            value = float(other.row(label)["value"])
            return f"; in {release} it is {amount(value, row)} ({place(release, table.name, label)})"
    return ""


def half_unit(printed: str) -> float:
    """Return half a unit of the last digit that counts: what rounding may have taken from a figure.

    >>> half_unit("310,000"), half_unit("9,081"), half_unit("1.25"), half_unit("W")
    (5000.0, 0.5, 0.005, 0.0)
    """
    whole, _, decimals = re.sub(r"[^\d.]", "", printed).partition(".")
    if decimals:
        return 0.5 * 10 ** -len(decimals)
    return 0.5 * 10 ** (len(whole) - len(whole.rstrip("0"))) if whole.strip("0") else 0.0


def _factor(figures: pd.DataFrame) -> np.ndarray:
    """Return the factors from what is printed to the figures; 0 where there is none."""
    printed = pd.to_numeric(figures["printed"].str.replace(r"[^\d.]", "", regex=True), errors="coerce")
    factor = (figures["figure"] / printed).abs().to_numpy()
    return np.where(np.isfinite(factor), factor, 0.0)


def uses(table: Table) -> Iterator[Finding]:
    """Find IEA demand whose total is not that of clean energy and other uses."""
    if table.name != "iea_demand":
        return
    figures, keys = table.rows.assign(figure=table.numbers()), ["mineral", "scenario", "year"]
    two = figures[figures["use_kind"].isin(["clean energy", "other uses"])].groupby(keys)["figure"]
    parts = two.agg(["sum", "count"]).query("count == 2")
    total = figures[figures["use_kind"] == "total"].join(parts, on=keys, how="inner")
    for label, found in total[(total["sum"] / total["figure"] - 1).abs() > ROUNDING].iterrows():
        row = table.row(label)
        figure, added = amount(found["figure"], row), amount(found["sum"], row)
        message = f"{figure} is the total of clean energy and other uses, which add up to {added}"
        yield table.finding(label, "value", "total", message)


def import_shares(table: Table) -> Iterator[Finding]:
    """Find shares of imports that do not make 100 percent.

    Of these, the one that a slipped decimal mark explains.
    """
    if table.name != "import_sources":
        return
    keys = [table.rows[c] for c in ("mineral", "commodity", "detail")]
    series: Iterable[tuple[Any, pd.Series]] = table.numbers().groupby(keys, sort=False)
    for key, shares in series:
        if shares.isna().any() or abs(shares.sum() - 100) <= 2:
            continue
        rest = 100 - (shares.sum() - shares)
        slips = (i for i in shares.index if rest[i] > 0 and is_slip(shares[i] / rest[i]))
        label: Label = next(slips, shares.idxmax())
        others = ", ".join(f"{table.rows.at[i, 'area']} {shares[i]:g}" for i in shares.index if i != label)
        message = (
            f"{shares[label]:g} makes the shares of {', '.join(str(k) for k in key if k)} add up to "
            f"{shares.sum():g} percent, "
            f"not 100 ({others})"
        )
        yield table.finding(label, "value", "share", message)


def leader(table: Table) -> Iterator[Finding]:
    """Find a leading producer's share that is not its output over the world's."""
    needed = ["leading_producer_production", "leading_producer_share", "world_production"]
    if table.name != "headline" or not set(needed) <= set(table.rows["measure"]):
        return
    columns = [table.rows[c] for c in ("mineral", "commodity", "measure")]
    output, share, world = (table.numbers().groupby(columns).first().unstack()[c] for c in needed)
    computed = 100 * output / world
    of: Any  # mineral and commodity
    for of, percent in share[(share - computed).abs() > 2].items():
        row = dict(zip(("mineral", "commodity", "measure"), [*of, needed[1]], strict=True))
        label = table.rows.index[table.alike(row, list(row))][0]
        message = (
            f"{percent:g} percent is not what {output[of]:,.12g} t is of {world[of]:,.12g} t: "
            f"{computed[of]:.0f} percent"
        )
        yield table.finding(label, "value", "share", message)
