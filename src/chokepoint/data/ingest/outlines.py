"""Outlines of countries for the map: one small TopoJSON from the npm package `world-atlas` (Natural Earth).

`npm pack world-atlas@2.0.2`, unpack, `chokepoint ingest outlines package`. Coordinates are rounded to a tenth
of a degree; Antarctica is left out. A country too small to be seen or clicked also gets a point in its
middle; those that the small scale lacks are taken from the 1:50m file.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from chokepoint.data.ingest.reference import records
from chokepoint.errors import UserError

STEP = 0.1  # degrees a unit of the grid
SMALL = 12.0  # square degrees, on the map; less than this is hard to hit
_LEFT_OUT = ("Antarctica", "Fr. S. Antarctic Lands")
_SPELT = {  # as Natural Earth abbreviates → iso3, where `geography` has it otherwise
    "Bosnia and Herz.": "BIH",
    "Central African Rep.": "CAF",
    "Congo": "COG",
    "Cook Is.": "COK",
    "Côte d'Ivoire": "CIV",
    "Dem. Rep. Congo": "COD",
    "Dominican Rep.": "DOM",
    "Eq. Guinea": "GNQ",
    "Macedonia": "MKD",
    "S. Sudan": "SSD",
    "Solomon Is.": "SLB",
    "United States of America": "USA",
    "W. Sahara": "ESH",
    "eSwatini": "SWZ",
}


def ingest(folder: Path, data: Path) -> str:
    """Write data/outlines.topojson; says what is in it. UserError when the folder is not the package."""
    small, large = (_read(folder / f"countries-{scale}.json") for scale in ("110m", "50m"))
    codes = _codes(pd.read_csv(data / "geography.csv", keep_default_na=False))
    shapes = [
        g for g in small["objects"]["countries"]["geometries"] if g["properties"]["name"] not in _LEFT_OUT
    ]
    rings, kept = list(arcs(small)), list[list[list[int]]]()
    lookup: dict[int, int] = {}
    countries = [
        {
            "type": g["type"],
            "id": codes.get(g["properties"]["name"]),
            "arcs": _renumbered(g["arcs"], lookup, rings, kept),
        }
        for g in shapes
    ]
    drawn = {c["id"]: area(g, rings) for c, g in zip(countries, shapes, strict=True)}
    fine = list(arcs(large))
    points = {
        codes.get(g["properties"]["name"]): middle(g, fine)
        for g in large["objects"]["countries"]["geometries"]
    }
    dots = [
        {"type": "Point", "id": code, "coordinates": [round(x / STEP) for x in points[code]]}
        for code in sorted(c for c in points if c and drawn.get(c, 0) < SMALL)
    ]
    topology = {
        "type": "Topology",
        "transform": {"scale": [STEP, STEP], "translate": [0, 0]},
        "objects": {
            "countries": {"type": "GeometryCollection", "geometries": countries},
            "dots": {"type": "GeometryCollection", "geometries": dots},
        },
        "arcs": kept,
    }
    text = json.dumps(topology, ensure_ascii=False, separators=(",", ":"))
    (data / "outlines.topojson").write_text(text + "\n", encoding="utf-8")
    return f"{len(countries)} outlines and {len(dots)} points, {len(text) / 1000:.0f} kB."


def _read(path: Path) -> dict:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, json.JSONDecodeError) as error:
        raise UserError(
            f"{path}: {error}. Unpack the npm package world-atlas (npm pack world-atlas@2.0.2) and name "
            "its folder."
        ) from None


def _codes(geography: pd.DataFrame) -> dict[str, str]:
    spelt = {
        name: row["iso3"]
        for row in records(geography)
        for column in ("name", "usgs_names", "state_names")
        for name in str(row[column]).split(";")
    }
    return spelt | {name: code for name, code in _SPELT.items() if code in set(geography.iso3)}


def arcs(topology: dict) -> Iterator[np.ndarray]:
    """Return the arcs of a topology as longitudes and latitudes [degrees]."""
    scale, shift = (np.array(topology["transform"][k]) for k in ("scale", "translate"))
    for arc in topology["arcs"]:
        yield np.cumsum(np.array(arc), axis=0) * scale + shift


def _renumbered(
    nested: Any, lookup: dict[int, int], rings: list[np.ndarray], kept: list[list[list[int]]]
) -> Any:
    """Return the same nest of arc numbers for the arcs that are kept.

    A number below zero is an arc walked backwards.
    """
    if isinstance(nested, list):
        return [_renumbered(part, lookup, rings, kept) for part in nested]
    number = nested if nested >= 0 else ~nested
    if number not in lookup:
        lookup[number] = len(kept)
        kept.append(_rounded(rings[number]))
    return lookup[number] if nested >= 0 else ~lookup[number]


def _rounded(line: np.ndarray) -> list[list[int]]:
    """Return a line on the grid, each point as the step from the one before.

    Points that fall together become one.

    >>> _rounded(np.array([[0.0, 0.0], [0.04, 0.0], [0.2, 0.1]]))
    [[0, 0], [2, 1]]
    """
    grid = np.rint(line / STEP).astype(int)
    stays = np.append(True, np.diff(grid, axis=0).any(axis=1))
    stays[-1] |= stays.sum() < 2
    steps = np.diff(grid[stays], axis=0, prepend=[[0, 0]])
    return steps.tolist()


def _outer(shape: dict, lines: list[np.ndarray]) -> list[np.ndarray]:
    """Return the outer ring of each part of a shape."""
    parts = shape["arcs"] if shape["type"] == "MultiPolygon" else [shape["arcs"]]
    return [np.concatenate([lines[i] if i >= 0 else lines[~i][::-1] for i in part[0]]) for part in parts]


def _measured(ring: np.ndarray) -> tuple[float, np.ndarray]:
    """Area [square degrees of the equator] and middle of a ring."""
    x, y = ring.T
    cross = x * np.roll(y, -1) - np.roll(x, -1) * y
    if abs(cross.sum()) < 1e-9:
        return 0.0, ring.mean(axis=0)
    centre = np.array([((v + np.roll(v, -1)) * cross).sum() / (3 * cross.sum()) for v in (x, y)])
    return float(abs(cross.sum()) / 2 * np.cos(np.radians(centre[1]))), centre


def area(shape: dict, lines: list[np.ndarray]) -> float:
    """Area of a country [square degrees of the equator], all of its parts."""
    return sum(_measured(ring)[0] for ring in _outer(shape, lines))


def middle(shape: dict, lines: list[np.ndarray]) -> list[float]:
    """Return the middle of its largest part: longitude, latitude [degrees]."""
    return max((_measured(ring) for ring in _outer(shape, lines)), key=lambda m: m[0])[1].tolist()
