"""The book at older releases, and at releases that lack something: every cell of its notebooks, in this process; sampled, see `sampled`."""

import json
import re
import shutil
from itertools import cycle, product
from pathlib import Path

import cells
import pandas as pd
import pytest
from click.testing import CliRunner
from sampled import draw, everything, of_each, told

from chokepoint.cli import main
from chokepoint.data import tables

pytestmark = pytest.mark.slow

HOME = Path(__file__).resolve().parents[1]
CHAPTERS = sorted(p.stem for p in (HOME / "book").glob("[01]*.ipynb")) + ["what-changed"]
MINERALS = ("gallium", "cesium", "rubidium", "lead", "aluminum", "dysprosium", "titanium")
USGS = [r for r in tables.releases() if r.startswith("mcs")]
OLDER = [release for release in USGS if release != tables.DEFAULT_RELEASE]
NOTHING = re.compile(r"\b0 minerals\b|for <a[^>]*>0</a> (minerals|more)|\bnan\b|\binf\b")


def words(printed: dict[str, str]) -> str:
    """What a reader sees of some cells: no script, no markup."""
    return re.sub(r"<[^>]+>", "", re.sub(r"<script.*?</script>", "", " ".join(printed.values()), flags=re.S))


def some(name: str, of: list[str], number: int) -> list[str]:
    """A sample of what is tried; all of it every week (see `sampled`)."""
    return of if everything() else sorted(draw(name).sample(of, number))


@pytest.mark.parametrize("release", some("release", OLDER, 1))
def test_every_chapter_is_made_at_an_older_release(release):
    """Half of them, drawn; every week all of them at every older release."""
    for chapter in some("chapters at an older release", CHAPTERS, len(CHAPTERS) // 2):
        text = words(cells.printed(chapter, release=release))
        assert text and not NOTHING.search(text), (chapter, NOTHING.search(text), told())


def test_no_chapter_of_the_book_says_that_there_is_nothing(site):
    """The newest release, at which the book itself was made."""
    for chapter in CHAPTERS:
        text = words({chapter: (site / f"{chapter}.html").read_text(encoding="utf-8")})
        assert text and not NOTHING.search(text), (chapter, NOTHING.search(text))


def pages() -> list[tuple[str, str]]:
    """Each of the minerals at one release, and each release for one of them; every week each at each."""
    if everything():
        return list(product(MINERALS, USGS))
    chance = draw("minerals at a release")
    minerals, releases = (chance.sample(of, len(of)) for of in (MINERALS, USGS))
    return sorted(zip(minerals, cycle(releases), strict=False))


@pytest.mark.parametrize(("mineral", "release"), pages())
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
    (data / "minerals" / USGS[-1] / f"{table}.csv").unlink()
    path = data / "datapackage.json"
    package = json.loads(path.read_text(encoding="utf-8"))
    package["resources"] = [r for r in package["resources"] if r["name"] != f"{USGS[-1]}-{table}"]
    path.write_text(json.dumps(package), encoding="utf-8")


def lacks() -> list[tuple[str, ...]]:
    """Every week each alone; otherwise one that loses a mineral and one that loses a table, drawn, both in one copy.

    They are independent: what a page does without a mineral's rows is no answer to a table that is missing.
    """
    if everything():
        return [(name,) for name in LACKING]
    return [tuple(of_each("lacking", LACKING, lambda name: name.endswith(("table", "sources"))))]


@pytest.mark.parametrize("lacking", lacks(), ids=" and ".join)
def test_a_release_that_lacks_something_is_a_normal_case(tmp_path, monkeypatch, some_parts, lacking):
    data = tmp_path / "data"
    shutil.copytree(HOME / "data", data)
    for name in lacking:
        LACKING[name](data)
    monkeypatch.setenv("CHOKEPOINT_DATA", str(data))
    for chapter in ("01-dependence", "05-frameworks", "what-changed"):
        assert cells.printed(chapter), told()
    assert cells.printed("mineral", mineral="tin"), told()
    done = CliRunner().invoke(main, ["facts", "--json"])  # which it knows by now
    assert done.exit_code == 0 and json.loads(done.output), (done.output[-2000:], told())
