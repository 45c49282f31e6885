"""The book at every release that is held, and at releases that lack something: every cell of its notebooks, in this process."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import cells
import pandas as pd
import pytest

from chokepoint.data import tables

pytestmark = pytest.mark.slow

HOME = Path(__file__).resolve().parents[1]
CHAPTERS = sorted(p.stem for p in (HOME / "book").glob("0*.ipynb")) + ["what-changed"]
MINERALS = ("gallium", "cesium", "rubidium", "lead", "aluminum", "dysprosium", "titanium")
USGS = [r for r in tables.releases() if r.startswith("mcs")]
NOTHING = re.compile(r"\b0 minerals\b|for <a[^>]*>0</a> (minerals|more)|\bnan\b|\binf\b")


def words(printed: dict[str, str]) -> str:
    """What a reader sees of some cells: no script, no markup."""
    return re.sub(r"<[^>]+>", "", re.sub(r"<script.*?</script>", "", " ".join(printed.values()), flags=re.S))


@pytest.mark.parametrize("release", USGS)
def test_every_chapter_is_made_at_every_release(release):
    for chapter in CHAPTERS:
        text = words(cells.printed(chapter, release=release))
        assert text and not NOTHING.search(text), (chapter, NOTHING.search(text))


@pytest.mark.parametrize("release", USGS)
@pytest.mark.parametrize("mineral", MINERALS)
def test_a_page_does_not_say_that_usgs_states_nothing_where_its_files_do(mineral, release):
    text = words(cells.printed("mineral", mineral=mineral, release=release))
    stated = tables.load("salient", release).query(
        "mineral == @mineral and statistic == 'net_import_reliance'"
    )
    denied = "states no import reliance" in text
    assert not (denied and stated.value.notna().any()), "the salient table of the release has a figure"


LACKING = {
    "no rare earths": lambda data: _drop(data, "rare_earths"),
    "no gallium": lambda data: _drop(data, "gallium"),
    "no headline table": lambda data: _remove(data, "headline"),
    "no import sources": lambda data: _remove(data, "import_sources"),
}


def _drop(data: Path, mineral: str) -> None:
    for path in (data / "minerals" / USGS[-1]).glob("*.csv"):
        frame = pd.read_csv(path, dtype=str, keep_default_na=False)
        if "mineral" in frame:
            frame[frame.mineral != mineral].to_csv(path, index=False, lineterminator="\n")


def _remove(data: Path, table: str) -> None:
    import json

    (data / "minerals" / USGS[-1] / f"{table}.csv").unlink()
    path = data / "datapackage.json"
    package = json.loads(path.read_text(encoding="utf-8"))
    package["resources"] = [r for r in package["resources"] if r["name"] != f"{USGS[-1]}-{table}"]
    path.write_text(json.dumps(package), encoding="utf-8")


@pytest.mark.parametrize("lacking", LACKING)
def test_a_release_that_lacks_something_is_a_normal_case(tmp_path, lacking):
    data = tmp_path / "data"
    shutil.copytree(HOME / "data", data)
    LACKING[lacking](data)
    code = "import cells; [cells.printed(c) for c in ('01-dependence', '05-frameworks', 'what-changed')]; cells.printed('mineral', mineral='tin')"
    environment = os.environ | {"CHOKEPOINT_DATA": str(data), "PYTHONPATH": str(HOME / "tests")}
    for command in (
        [sys.executable, "-c", code],
        [sys.executable, "-m", "chokepoint.cli", "facts", "--json"],
    ):
        done = subprocess.run(command, env=environment, cwd=HOME, capture_output=True, text=True, timeout=300)
        assert done.returncode == 0, done.stderr[-2000:]
