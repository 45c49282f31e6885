"""Fetching a release from its publisher, tested against a server on this machine that breaks off half-way."""

import hashlib
import http.server
import threading

import pandas as pd
import pytest
import requests

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


class Answer:
    """What a publisher sends: a status and some bytes, with what it was asked for."""

    def __init__(self, status: int, content: bytes = b""):
        self.status_code, self.content, self.asked = status, content, []

    def get(self, url: str, headers: dict | None = None, **how) -> "Answer":
        self.asked.append(headers)
        return self

    def __enter__(self):
        return self

    def __exit__(self, *_):
        return None

    def raise_for_status(self):
        if self.status_code >= 400:
            raise requests.HTTPError(str(self.status_code))

    def iter_content(self, size: int):
        yield from (self.content[i : i + 2] for i in range(0, len(self.content), 2))


@pytest.mark.parametrize(
    ("kept", "status", "sent", "whole"),
    [
        (None, 200, b"abcdef", b"abcdef"),
        (b"abc", 206, b"def", b"abcdef"),
        (b"abc", 200, b"abcdef", b"abcdef"),  # a publisher that sends all of it whatever it is asked for
        (b"abcdef", 416, b"none", b"abcdef"),  # nothing is missing
    ],
)
def test_what_a_publisher_sends_is_added_or_taken_in_place_of_what_had_come(
    tmp_path, monkeypatch, kept, status, sent, whole
):
    answer, path = Answer(status, sent), tmp_path / "file.part"
    if kept:
        path.write_bytes(kept)
    monkeypatch.setattr(fetching.requests, "get", answer.get)
    fetching.resuming(path, "https://example.org/file", str(tmp_path / "file"), None)
    assert (tmp_path / "file").read_bytes() == whole and not path.exists()
    assert answer.asked == [{"Range": f"bytes={len(kept)}-"} if kept else {}]


def test_an_address_that_refuses_leaves_what_had_come_and_a_file_that_never_ends_is_broken_off(
    tmp_path, monkeypatch
):
    path = tmp_path / "file.part"
    path.write_bytes(b"abc")
    monkeypatch.setattr(fetching.requests, "get", Answer(404, b"def").get)
    with pytest.raises(requests.HTTPError):
        fetching.resuming(path, "https://example.org/file", str(tmp_path / "file"), None)
    assert path.read_bytes() == b"abc"
    monkeypatch.setattr(fetching, "MOST_BYTES", 4)
    monkeypatch.setattr(fetching.requests, "get", Answer(200, b"abcdefgh").get)
    with pytest.raises(ValueError, match="more than 4 bytes"):
        fetching.resuming(path, "https://example.org/file", str(tmp_path / "file"), None)


def test_what_was_published_anew_is_told_from_what_is_as_listed_and_what_does_not_answer(monkeypatch):
    row = {"release": "mcs2026", "file": "a.csv", "url": "https://example.org/a.csv"}
    as_listed = row | {"md5": hashlib.md5(b"abc").hexdigest()}
    monkeypatch.setattr(fetching.requests, "get", Answer(200, b"abc").get)
    assert fetching.republished([as_listed]) == []
    said = "mcs2026: a.csv (https://example.org/a.csv) is another file now"
    assert fetching.republished([as_listed, row | {"md5": "0" * 32}]) == [said]
    monkeypatch.setattr(fetching.requests, "get", Answer(500, b"abc").get)
    assert fetching.republished([as_listed])[0].endswith("does not answer (HTTPError)")
    monkeypatch.setattr(fetching, "MOST_BYTES", 3)
    monkeypatch.setattr(fetching.requests, "get", Answer(200, b"abcdefgh").get)
    whole = row | {"md5": hashlib.md5(b"abcdefgh").hexdigest()}
    assert fetching.republished([whole])[0].endswith("is another file now")  # it is not read to its end


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ({"file": "../a.csv"}, "is not a plain file name"),
        ({"file": ".a.csv"}, "is not a plain file name"),
        ({"file": "a/b.csv"}, "is not a plain file name"),
        ({"url": "file:///etc/passwd"}, "does not begin with https"),
        ({"url": "ftp://example.org/a.csv"}, "does not begin with https"),
    ],
)
def test_a_row_that_would_write_elsewhere_or_fetch_otherwise_is_refused(cells, said):
    row = {"release": "mcs2026", "file": "a b-1.csv", "url": "https://example.org/a.csv", "md5": ""}
    fetching._require_plain(row)
    with pytest.raises(UserError, match=said):
        fetching.republished([row | cells])


@pytest.mark.parametrize(
    ("asked", "hint"),
    [
        ("mcs2027", "Listed are: mcs2025, mcs2026. To fetch"),
        ("mcs2031", "Listed are"),
        ("mcs2032", 'Did you mean "mcs20'),
        ("mcs2020", 'Did you mean "mcs20'),  # one before those listed does not follow them
        ("mcs202", 'Did you mean "mcs20'),
        ("prices", "Listed are"),
    ],
)
def test_a_release_that_may_follow_those_listed_is_not_taken_for_a_slip(asked, hint):
    assert fetching._how(asked, ["mcs2025", "mcs2026"]).startswith(hint)
    assert f"add a row for each of its files there: {asked}, the file" in fetching._how(asked, ["mcs2026"])


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
