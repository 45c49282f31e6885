"""The outlines of the map: rounded to a tenth of a degree, each border once, a small country with a point."""

import json
from pathlib import Path

import numpy as np
import pytest

from chokepoint.data.ingest import outlines
from chokepoint.errors import UserError

# Two squares of four degrees side by side on the equator: a border, the west's three other sides, the east's.
ARCS = [
    [[40, 0], [0, 40]],  # the border, northwards
    [[40, 40], [-40, 0], [0, -40], [40, 0]],  # the west, from the border's north end to its south end
    [[40, 0], [40, 0], [0, 40], [-40, 0]],  # the east, from the south end to the north end
    [[0, 800], [10, 0], [0, 10], [-10, -10]],  # Antarctica, say
    [[100, 0], [10, 0], [0, 10], [-10, 0], [0, -10]],  # an island of one degree
]


def shape(name: str, arcs: list, kind: str = "Polygon") -> dict:
    return {"type": kind, "arcs": arcs, "properties": {"name": name}}


def package(folder: Path, *shapes: dict, more: tuple[dict, ...] = ()) -> Path:
    """The two files of the npm package; `more`: shapes of the large scale alone."""
    for scale, found in (("110m", shapes), ("50m", (*shapes, *more))):
        topology = {
            "transform": {"scale": [0.1, 0.1], "translate": [0, 0]},
            "arcs": ARCS,
            "objects": {"countries": {"geometries": list(found)}},
        }
        (folder / f"countries-{scale}.json").write_text(json.dumps(topology))
    return folder


@pytest.fixture
def data(tmp_path) -> Path:
    rows = ["iso3,name,usgs_names,state_names", "WES,West,,", "EAS,East,Orient;Levant,", "ISL,Isle,,The Isle"]
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "geography.csv").write_text("\n".join([*rows, "COG,Congo Republic,,"]) + "\n")
    return tmp_path / "data"


def made(data: Path) -> dict:
    return json.loads((data / "outlines.topojson").read_text(encoding="utf-8"))


WEST, EAST = shape("West", [[0, 1]]), shape("Levant", [[2, ~0]])
ISLE, SOUTH = shape("The Isle", [[4]]), shape("Antarctica", [[3]])


def test_countries_have_their_code_and_a_shared_border_is_kept_once(tmp_path, data):
    said = outlines.ingest(package(tmp_path, WEST, SOUTH, EAST), data)
    assert said.startswith("2 outlines and 0 points, ")
    topology = made(data)
    countries = topology["objects"]["countries"]["geometries"]
    assert [(c["id"], c["arcs"]) for c in countries] == [("WES", [[0, 1]]), ("EAS", [[2, ~0]])]
    assert topology["arcs"] == ARCS[:3]  # what is left out leaves no arc
    assert topology["transform"] == {"scale": [0.1, 0.1], "translate": [0, 0]}


def test_a_small_country_and_one_of_the_large_scale_alone_get_a_point_in_their_middle(tmp_path, data):
    both = shape("Congo", [[[4]], [[2, ~0]]], "MultiPolygon")
    unknown = shape("Atlantis", [[4]])
    said = outlines.ingest(package(tmp_path, WEST, both, ISLE, unknown), data)
    assert said.startswith("4 outlines and 1 points, ")
    assert made(data)["objects"]["dots"]["geometries"] == [
        {"type": "Point", "id": "ISL", "coordinates": [105, 5]}
    ]
    outlines.ingest(package(tmp_path, WEST, more=(ISLE,)), data)
    assert [d["id"] for d in made(data)["objects"]["dots"]["geometries"]] == ["ISL"]


def test_a_country_of_twelve_square_degrees_is_large_enough(tmp_path, data, monkeypatch):
    of_west = outlines.area(WEST, [np.cumsum(np.array(a), axis=0) * 0.1 for a in ARCS])
    assert of_west == pytest.approx(16 * np.cos(np.radians(2)))  # less wide away from the equator
    for least, points in ((of_west, 0), (of_west + 1e-6, 1)):
        monkeypatch.setattr(outlines, "SMALL", least)
        outlines.ingest(package(tmp_path, WEST), data)
        assert len(made(data)["objects"]["dots"]["geometries"]) == points


def test_the_middle_is_that_of_the_largest_part_and_the_area_that_of_all():
    lines = [np.cumsum(np.array(a), axis=0) * 0.1 for a in ARCS]
    both = shape("Both", [[[4]], [[0, 1]]], "MultiPolygon")
    assert outlines.middle(both, lines) == pytest.approx([2, 2])
    apart = outlines.area(shape("A", [[4]]), lines), outlines.area(shape("B", [[0, 1]]), lines)
    assert outlines.area(both, lines) == pytest.approx(sum(apart)) and min(apart) > 0
    assert outlines.area(shape("Turned", [[~1, ~0]]), lines) == pytest.approx(apart[1])
    flat = np.array([[1.0, 1.0], [3.0, 1.0]])
    assert outlines._measured(flat)[0] == 0 and outlines._measured(flat)[1].tolist() == [2, 1]


@pytest.mark.parametrize(
    ("line", "steps"),
    [
        ([[0, 0], [0.04, 0], [0.2, 0.1]], [[0, 0], [2, 1]]),
        ([[1, 1], [1, 1.1], [1, 1.1], [1, 1]], [[10, 10], [0, 1], [0, -1]]),
        ([[1, 1], [1.01, 1.01], [1.02, 1]], [[10, 10], [0, 0]]),  # all fall together: two points are left
        ([[1, 1], [1.01, 1.01]], [[10, 10], [0, 0]]),
        ([[1, 1], [2, 1], [2.01, 1]], [[10, 10], [10, 0]]),
        ([[-1.26, 0], [1.26, 0]], [[-13, 0], [26, 0]]),
    ],
)
def test_points_that_fall_together_become_one_and_a_line_keeps_two(line, steps):
    assert outlines._rounded(np.array(line, dtype=float)) == steps


def test_a_folder_that_is_not_the_package_is_refused(tmp_path, data):
    with pytest.raises(UserError, match="Unpack the npm package world-atlas"):
        outlines.ingest(tmp_path, data)
    package(tmp_path, WEST)
    (tmp_path / "countries-50m.json").write_text("{")
    with pytest.raises(UserError, match="countries-50m.json"):
        outlines.ingest(tmp_path, data)
    assert not (data / "outlines.topojson").exists()


def test_arcs_are_read_in_the_scale_and_from_the_place_the_topology_gives():
    topology = {"transform": {"scale": [0.5, 2], "translate": [10, -1]}, "arcs": [[[2, 1], [2, 1]]]}
    assert [line.tolist() for line in outlines.arcs(topology)] == [[[11, 1], [12, 3]]]
