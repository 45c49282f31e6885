"""The scheduled run, against a publisher on this machine with a release that is made up: what moved is named, and nothing is half-written."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import made_up_release as made_up
import pytest
import small_data
import yaml
from click.testing import CliRunner
from quiet_server import serving
from runner import Runner

from chokepoint import cli
from chokepoint.data import memory
from chokepoint.errors import UserError
from chokepoint.site import refresh as refreshing

HOME = Path(__file__).resolve().parents[1]
WORKFLOW = yaml.safe_load((HOME / ".github" / "workflows" / "refresh.yml").read_text(encoding="utf-8"))
KNOWN = small_data.RELEASES / "mcs2026" / "MCS2026_T6_Critical_Minerals_End_Use.csv"


@pytest.fixture
def publisher(tmp_path):
    """The address of a publisher of the made-up release and of one file of the release before, and its folder."""
    folder = made_up.make(tmp_path / "published")
    shutil.copy(KNOWN, folder)
    with serving(folder) as address:
        yield address, folder


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A small data folder, made once and copied by each test."""
    return small_data.make(tmp_path_factory.mktemp("made"))


@pytest.fixture
def refresh(tmp_path, monkeypatch, publisher, made):
    """Run `chokepoint refresh` over a small data folder: exit code, all that it said, and the text, if there is one."""
    data = shutil.copytree(made, tmp_path / "data")
    monkeypatch.setenv("CHOKEPOINT_DATA", str(data))

    def run(*rows):
        made_up.write_list(data, *rows)
        memory.forget_changed()
        before = small_data.contents(data)
        text = tmp_path / "moved.md"
        done = CliRunner().invoke(
            cli.main, ["refresh", "--to", str(tmp_path / "fetched"), "--text", str(text)]
        )
        assert done.exit_code == 0 or small_data.contents(data) == before
        return (
            done.exit_code,
            done.output.strip(),
            text.read_text(encoding="utf-8") if text.exists() else None,
        )

    return run


def test_where_nothing_is_new_nothing_is_written(refresh, publisher):
    address, folder = publisher
    assert refresh(made_up.listed("mcs2026", folder / KNOWN.name, address)) == (0, "Nothing new.", None)


@pytest.mark.parametrize(
    "change, why",
    [
        ({"md5": "0" * 32}, "is another file now"),
        ({"url": "http://127.0.0.1:9/nothing.csv"}, "does not answer"),
    ],
)
def test_a_known_file_that_is_not_at_its_publisher_s_as_it_was_is_named_and_not_taken(
    refresh, publisher, change, why
):
    address, folder = publisher
    row = made_up.listed("mcs2026", folder / KNOWN.name, address) | change
    code, said, text = refresh(row)
    assert (code, text) == (2, None) and f"mcs2026: {KNOWN.name} ({row['url']}) {why}" in said
    assert len(said.splitlines()) == 1


@pytest.mark.parametrize(
    "change, complaint",
    [
        ({"md5": "0" * 32}, "is not the file published"),
        ({"url": "http://127.0.0.1:9/nothing.csv"}, "does not answer"),
        ({"release": "nosuch2027"}, 'release "nosuch2027" is of no publisher that is read'),
        ({"release": "mcs2028"}, "Its files say that it is mcs2027"),
    ],
)
def test_a_release_that_does_not_arrive_leaves_the_data_as_they_are(refresh, publisher, change, complaint):
    address, folder = publisher
    code, said, text = refresh(made_up.listed(made_up.NAME, folder / made_up.FILE, address) | change)
    assert (code, text) == (2, None) and complaint in said and len(said.splitlines()) == 1


def test_a_release_with_a_figure_that_cannot_be_is_refused(refresh, publisher):
    address, folder = publisher
    path = folder / made_up.FILE
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("294,000", "2,940,000"), encoding="utf-8")
    code, said, written = refresh(made_up.listed(made_up.NAME, path, address))
    assert (code, written) == (2, None)
    assert "mcs2027 was fetched and is refused; data/ is as it was." in said and "World" in said


def test_words_that_no_longer_hold_are_named_in_the_text(monkeypatch):
    def complains(data, *arguments):
        raise UserError("book/01-dependence.ipynb, cell 3, line 1: the text says otherwise")

    monkeypatch.setattr(refreshing, "_chokepoint", complains)
    title, places = refreshing._stale_words()
    assert title == "## Words to mend before this is merged" and "book/01-dependence.ipynb, cell 3" in places


@pytest.mark.slow
def test_the_scheduled_run_opens_one_pull_request_that_names_what_moved(small_checkout, publisher, tmp_path):
    address, folder = publisher
    data = small_checkout.folder / "data"
    made_up.write_list(
        data,
        made_up.listed(made_up.NAME, folder / made_up.FILE, address),
        made_up.listed("mcs2026", folder / KNOWN.name, address, md5="0" * 32),
    )
    registry = small_checkout.folder / "src" / "chokepoint" / "analysis" / "facts" / "__init__.py"
    shares = """

def _declarations():
    import_module(f"{__name__}.supply")
    return [declared for declared in DECLARED if declared.shell.fact_id == "{mineral}.china_{done}"]
"""
    registry.write_text(registry.read_text(encoding="utf-8") + shares, encoding="utf-8")
    runner = Runner(small_checkout.folder, tmp_path)
    python = f'PYTHONPATH="{small_checkout.folder}/src" exec "{sys.executable}" -m chokepoint.cli "$@"'
    runner.stand_in(runner.venv / "chokepoint", f'[ "$1" != refresh ] || {python}')
    runner.stand_in(runner.path / "gh", f'[ "$1 $2" != "pr list" ] || cat "{tmp_path / "opened"}"')
    (tmp_path / "opened").write_text("0\n")

    called = runner.run(WORKFLOW["jobs"]["read"])
    order = [f"chokepoint {name}" for name in ("refresh", "check", "build")]
    assert [line for line in called if line in order] == order, "the book is checked and built with it"
    text = (small_checkout.folder / "build" / "moved.md").read_text(encoding="utf-8")
    assert text == runner.summary.read_text(encoding="utf-8")
    assert text.startswith("# New release: mcs2027\n") and "## mcs2026 → mcs2027" in text
    [moved] = [line for line in text.splitlines() if "`tin.china_mined`" in line]
    assert "| 24% | 20% | 2025 revised, then a new year (2025 → 2026): by revision " in moved
    assert "tin, mine, China, 2025 | 71,000 t | 75,000 t | revised by the publisher" in text
    assert "MCS2026-02 (reserves): Version 1.3 of the release" in text, "to be looked at again"
    assert "## Not at the publisher’s as they were read" in text
    assert f"mcs2026: {KNOWN.name}".replace("_", r"\_") in text and "is another file now" in text

    called = runner.run(WORKFLOW["jobs"]["propose"])
    [created] = [line for line in called if line.startswith("gh pr create")]
    told = "--base main --head refresh-mcs2027 --title New release: mcs2027 --body-file build/moved.md"
    assert created == f"gh pr create {told}"
    changed = runner.git("diff", "--name-only", "main", "refresh-mcs2027").splitlines()
    assert "data/minerals/mcs2027/production.csv" in changed
    assert [name for name in changed if not name.startswith("data/")] == []
    sent = subprocess.run(
        ["git", "-C", runner.origin, "show", "refresh-mcs2027:data/datapackage.json"],
        check=True,
        capture_output=True,
    )
    assert any(r["name"] == "mcs2027-production" for r in json.loads(sent.stdout)["resources"])

    (tmp_path / "opened").write_text("1\n")
    called = runner.run(WORKFLOW["jobs"]["propose"])
    assert not [line for line in called if line.startswith("gh pr create")], "one is enough"


def test_what_is_checked_and_built_is_what_is_proposed():
    """The job that may write takes data/ and the text from the one that ran our code, and only once that has passed."""
    read, propose = (WORKFLOW["jobs"][name] for name in ("read", "propose"))
    commands = [step["run"] for step in read["steps"] if "run" in step]
    assert [commands[0], *commands[2:]] == ["make refresh", "make check", "make book"]
    sent = read["steps"][-1]["with"]
    [taken] = [s["with"] for s in propose["steps"] if "actions/download-artifact@" in s.get("uses", "")]
    assert sent["path"].split() == ["data", "build/moved.md"] and taken == {"name": sent["name"]}
    assert propose["needs"] == "read" and propose["if"] == "needs.read.outputs.moved"
