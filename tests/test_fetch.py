"""Fetching a release from its publisher, tested against a server on this machine that breaks off half-way."""

import hashlib
import http.server
import threading

import pandas as pd
import pytest

from chokepoint.data import tables
from chokepoint.data.ingest import fetch as fetching
from chokepoint.errors import UserError

CONTENT = bytes(range(256)) * 2000


class Publisher(http.server.BaseHTTPRequestHandler):
    """Sends the first third and hangs up; answers a request for the rest."""

    asked: list[str | None] = []
    breaks = True

    def do_GET(self):
        wanted = self.headers.get("Range")
        Publisher.asked.append(wanted)
        start = int(wanted.removeprefix("bytes=").rstrip("-")) if wanted else 0
        self.send_response(206 if wanted else 200)
        self.send_header("Content-Length", str(len(CONTENT) - start))
        self.end_headers()
        self.wfile.write(
            CONTENT[start : len(CONTENT) // 3] if Publisher.breaks and not wanted else CONTENT[start:]
        )

    def log_message(self, *args):
        pass


@pytest.fixture
def publisher(monkeypatch):
    """A list of files with one release, published on this machine; its checksum may be falsified."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Publisher)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    Publisher.asked, Publisher.breaks = [], True
    load = tables.load

    def listed(md5, release="mcs2026"):
        files = pd.DataFrame(
            [
                {
                    "release": release,
                    "file": "main.csv",
                    "url": f"http://127.0.0.1:{server.server_port}/main.csv",
                    "md5": md5,
                }
            ]
        )
        monkeypatch.setattr(
            tables,
            "load",
            lambda table, release=None: files if table == "release_files" else load(table, release),
        )

    listed(hashlib.md5(CONTENT).hexdigest())
    yield listed
    server.shutdown()


def test_a_broken_download_is_taken_up_where_it_broke(publisher, tmp_path):
    with pytest.raises(UserError, match="run the same command again"):
        fetching.fetch("usgs-2026", tmp_path)
    got = fetching.fetch("usgs-2026", tmp_path) / "main.csv"
    assert got.read_bytes() == CONTENT
    first, second = Publisher.asked
    assert first is None and 0 < int(second.removeprefix("bytes=").rstrip("-")) <= len(CONTENT) // 3
    assert [p.name for p in got.parent.iterdir()] == ["main.csv"]


def test_what_is_there_and_whole_is_not_asked_for_again(publisher, tmp_path):
    Publisher.breaks = False
    fetching.fetch("mcs2026", tmp_path)
    fetching.fetch("mcs2026", tmp_path)
    assert len(Publisher.asked) == 1


def test_another_file_than_the_published_one_is_refused_and_not_kept(publisher, tmp_path):
    Publisher.breaks = False
    publisher("0" * 32)
    with pytest.raises(UserError, match="is not the file published"):
        fetching.fetch("mcs2026", tmp_path)
    assert list((tmp_path / "mcs2026").iterdir()) == []


def test_next_years_rows_are_fetched_as_the_recipe_says(publisher, tmp_path):
    """Rows for `mcs2027` in data/release_files.csv, and the command of the recipe, which is then followed by `ingest`."""
    recipe = (tables.home() / "book" / "rerun.md").read_text(encoding="utf-8")
    [said] = [line for line in recipe.splitlines() if "data/release_files.csv" in line]
    header = (tables.home() / "data" / "release_files.csv").read_text(encoding="utf-8").splitlines()[0]
    assert all(f"`{column}`" in said for column in header.split(","))
    assert "chokepoint fetch usgs-2027" in said and "chokepoint ingest usgs build/releases/mcs2027" in said
    Publisher.breaks = False
    publisher(hashlib.md5(CONTENT).hexdigest(), release="mcs2027")
    assert fetching.fetch("usgs-2027", tmp_path) == tmp_path / "mcs2027"
    assert (tmp_path / "mcs2027" / "main.csv").read_bytes() == CONTENT


def test_an_unknown_release_comes_with_the_nearest():
    with pytest.raises(UserError, match='Did you mean "mcs2026"'):
        fetching.fetch("usgs-2062", None)


def test_next_years_release_is_not_taken_for_this_years_and_how_to_add_it_is_said():
    with pytest.raises(UserError) as said:
        fetching.fetch("usgs-2027", None)
    assert "Did you mean" not in str(said.value) and "Listed are: mcs2026" in str(said.value)
    assert "add a row for each of its files" in str(said.value) and "chokepoint ingest usgs FOLDER" in str(
        said.value
    )
