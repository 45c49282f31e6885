"""What the page on performance aims at is what the bench measures against."""

from pathlib import Path

import pytest

from chokepoint.data import tables

BENCH = "".join(
    path.read_text(encoding="utf-8")
    for path in sorted((Path(__file__).resolve().parents[1] / "bench").glob("*.py"))
)
ROWS = tables.load("performance").fillna("").to_dict("records")


@pytest.mark.parametrize("row", ROWS, ids=[row["key"] for row in ROWS])
def test_a_measured_figure_has_the_aim_that_the_bench_has_now(row):
    of_its_own = row["aim"].startswith("at most 1, that is ")  # a limit, and the unit that it is measured in
    assert of_its_own or not row["aim"] or f'"{row["aim"]}"' in BENCH
