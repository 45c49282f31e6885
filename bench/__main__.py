"""Measure all, or those named on the command line: `python -m bench [NAME]...`."""

import json
import os
import platform
import sys
from datetime import date
from pathlib import Path

import pandas as pd

from bench import BENCHES, HOME, desk, models, page, phone, press, watch  # noqa: F401  importing a module registers its measurements

OUT = HOME / "build" / "bench.json"
DATA = HOME / "data"


def machine() -> str:
    """This machine in a few words: processor, cores, memory, Python."""
    info = Path("/proc/cpuinfo")
    names = (
        [
            line.split(":")[1].strip()
            for line in info.read_text().splitlines()
            if line.startswith("model name")
        ]
        if info.exists()
        else []
    )
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{names[0] if names else platform.processor()}, {os.cpu_count()} cores, {memory:.0f} GB, Python {platform.python_version()}"


def main() -> None:
    """Print each figure as it is found, and write them; of those not measured now the tables keep what was written before."""
    OUT.parent.mkdir(exist_ok=True)
    wanted = sys.argv[1:] or list(BENCHES)
    if unknown := set(wanted) - set(BENCHES):
        raise SystemExit(
            f"No measurement called {', '.join(sorted(unknown))}. There are: {', '.join(BENCHES)}."
        )
    measured = {}
    for name in wanted:
        row = BENCHES[name]()
        measured[name] = row | {
            "ratio": row["value"] / row["peer_value"],
            "machine": machine(),
            "measured_on": f"{date.today()}",
        }
        show(name, measured[name])
        OUT.write_text(json.dumps(measured, indent=2), encoding="utf-8")
    keep(measured)
    print(f"Written to {OUT.relative_to(HOME)}, and for the page on performance to data/performance.csv")


def keep(measured: dict[str, dict]) -> None:
    """Two tables that the book prints: a row a measurement, and the points behind those that are a slope."""
    columns = [
        "key",
        "what",
        "value",
        "unit",
        "peer",
        "peer_value",
        "ratio",
        "aim",
        "means",
        "machine",
        "measured_on",
    ]
    rows = [
        {"key": n, "means": BENCHES[n].__doc__.strip(), **{k: _short(v) for k, v in row.items()}}
        for n, row in measured.items()
    ]
    before = pd.read_csv(DATA / "performance.csv", dtype=str, keep_default_na=False)
    before = before[before.key.isin(BENCHES) & ~before.key.isin(measured)]
    found = pd.concat([before, pd.DataFrame(rows, columns=columns)]).sort_values("key")
    found.to_csv(DATA / "performance.csv", index=False, lineterminator="\n")
    points = [
        (n, size, _short(seconds))
        for n, row in sorted(measured.items())
        for size, seconds in row.get("points", [])
    ]
    table = pd.DataFrame(points, columns=["key", "size", "seconds"])
    before = pd.read_csv(DATA / "performance_points.csv")
    table = pd.concat([before[before.key.isin(BENCHES) & ~before.key.isin(table.key)], table])
    if len(table):
        table.sort_values(["key", "size"]).to_csv(
            DATA / "performance_points.csv", index=False, lineterminator="\n"
        )


def _short(value):
    return float(f"{value:.4g}") if isinstance(value, float) else value


def show(name: str, row: dict) -> None:
    """Two lines: ours, and the peer's with the ratio."""
    print(f"{name:24} {row['value']:>14,.4g} {row['unit']:10} {row['what']}")
    print(
        f"{'':24} {row['peer_value']:>14,.4g} {row['unit']:10} {row['peer']}: ratio {row['ratio']:.3g}",
        flush=True,
    )


if __name__ == "__main__":
    main()
