"""What runs on a server: pinned to the letter, allowed no more than it needs, and deaf to what strangers write."""

import re
import shutil
from pathlib import Path

import pytest
import yaml
from runner import Runner

HOME = Path(__file__).resolve().parents[1]
FILES = sorted((HOME / ".github" / "workflows").glob("*.yml"))
WORKFLOWS = {p.name: yaml.safe_load(p.read_text(encoding="utf-8")) for p in FILES}
JOBS = [
    pytest.param(job, id=f"{file}: {name}")
    for file, flow in WORKFLOWS.items()
    for name, job in flow["jobs"].items()
]
WRITES = {"pages", "id-token"}  # what publishing needs, in a job that runs nothing of ours
PROPOSES = {
    "contents": "write",
    "pull-requests": "write",
}  # what a pull request needs, in a job of git and gh


def triggers(flow: dict) -> set[str]:
    """What starts a workflow. (YAML 1.1 reads its key `on` as true.)"""
    on = flow[True]
    return {on} if isinstance(on, str) else set(on)


@pytest.mark.parametrize("job", JOBS)
def test_every_action_is_pinned_to_a_commit(job):
    used = [step["uses"] for step in job["steps"] if "uses" in step]
    assert [u for u in used if not re.fullmatch(r"[\w.-]+/[\w./-]+@[0-9a-f]{40}", u)] == []


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.name)
def test_every_pin_says_which_version_it_is(path):
    pins = [line for line in path.read_text(encoding="utf-8").splitlines() if "uses:" in line]
    assert [line for line in pins if not re.search(r"@[0-9a-f]{40}  # v\d+\.\d+\.\d+$", line)] == []


@pytest.mark.parametrize("job", JOBS)
def test_a_job_may_read_the_repository_or_publish_or_propose_and_no_two_of_them(job):
    allowed = job["permissions"]
    if allowed == PROPOSES:
        assert {u.partition("@")[0] for step in job["steps"] if (u := step.get("uses"))} == {
            "actions/checkout",
            "actions/download-artifact",
        }
        script = "\n".join(step["run"] for step in job["steps"] if "run" in step)
        words = {re.split(r"\W", line.strip())[0] for line in script.splitlines()}
        assert words - {"title", "branch", "opened"} == {"git", "gh", "if", "echo", "exit", "fi"}
        assert set(re.findall(r"\$\((\w+)", script)) == {"sed", "gh"}, "nothing of ours is run"
        return
    assert set(allowed.items()) <= {("contents", "read")} or set(allowed) == WRITES
    if set(allowed) & WRITES:
        assert not [step for step in job["steps"] if "run" in step]


@pytest.mark.parametrize("name", WORKFLOWS)
def test_nothing_is_allowed_that_no_job_asks_for(name):
    assert WORKFLOWS[name]["permissions"] == {}
    assert "pull_request_target" not in triggers(WORKFLOWS[name]) and "workflow_run" not in triggers(
        WORKFLOWS[name]
    )


@pytest.mark.parametrize("job", JOBS)
def test_no_command_holds_what_a_stranger_can_write(job):
    assert [step["run"] for step in job["steps"] if "${{" in step.get("run", "")] == []
    assert "secrets." not in str(job) and "env" not in job


@pytest.mark.parametrize("job", JOBS)
def test_a_checkout_leaves_no_key_behind_and_every_job_ends(job):
    checkouts = [step for step in job["steps"] if step.get("uses", "").startswith("actions/checkout@")]
    assert all(step["with"]["persist-credentials"] is False for step in checkouts)
    assert job["timeout-minutes"] <= 90


def test_the_audit_reads_the_pins_and_runs_when_they_change():
    audit = WORKFLOWS["audit.yml"]
    assert {"pull_request", "schedule"} <= triggers(audit)
    commands = "\n".join(step.get("run", "") for step in audit["jobs"]["audit"]["steps"])
    assert (
        "pip-audit" in commands and "requirements.txt" in commands and re.search(r"pip-audit==\d", commands)
    )


def test_what_is_sampled_otherwise_is_run_whole_every_week():
    weekly = WORKFLOWS["weekly.yml"]
    assert "schedule" in triggers(weekly)
    commands = [step["run"] for job in weekly["jobs"].values() for step in job["steps"] if "run" in step]
    pages = {'make sweep-pages K="not Firefox"', "make sweep-pages K=Firefox"}
    rest = {'make sweep-rest K="not test_live_lab"', "make sweep-rest K=test_live_lab"}
    [webkit] = [command for command in commands if "apt-get" in command]  # what a test looks for, and no test
    assert set(commands) - {webkit} == pages | rest, "each half of what is in both is run"
    last = [step["run"] for step in weekly["jobs"]["rest"]["steps"] if "run" in step]
    assert last == [webkit, 'make sweep-rest K="not test_live_lab"'] and "webkit2gtk-driver xvfb" in webkit
    makefile = (HOME / "Makefile").read_text(encoding="utf-8")
    assert "\nsweep: sweep-pages sweep-rest\n" in makefile
    for part, files in (
        ("sweep-pages", "grep -l '^SHARDS' $(SAMPLED)"),
        ("sweep-rest", "grep -L '^SHARDS' $(SAMPLED)"),
    ):
        recipe = makefile.partition(f"\n{part}:")[2].partition("\n\n")[0]
        assert "CHOKEPOINT_SWEEP=all" in recipe and files in recipe
    texts = {path: path.read_text(encoding="utf-8") for path in (HOME / "tests").glob("test_*.py")}
    swept = [path for path, text in texts.items() if re.search(r"\beverything\(\)|mark\.some_of", text)]
    chosen = re.search(r"grep -lE '(.+)' tests/test_\*\.py", makefile)[1]
    assert swept
    assert [path.name for path in swept if not re.search(chosen, texts[path], re.M)] == []


def test_what_is_published_is_the_book_with_its_editions_and_the_brief_on_paper():
    flow = WORKFLOWS["publish.yml"]
    steps = flow["jobs"]["build"]["steps"]
    commands = [step["run"] for step in steps if "run" in step]
    assert "make published" in commands and any("fonts-noto-cjk" in command for command in commands)
    [sent] = [step["with"]["path"] for step in steps if "upload-pages-artifact" in step.get("uses", "")]
    assert sent == "build/published/html"
    recipe = (HOME / "Makefile").read_text(encoding="utf-8").partition("\npublished:")[2].partition("\n\n")[0]
    assert "chokepoint publish --browser" in recipe


def test_nothing_is_published_before_the_tests_have_passed_and_what_notebooks_showed_is_kept():
    jobs = WORKFLOWS["publish.yml"]["jobs"]
    [publishing] = [name for name, job in jobs.items() if "deploy-pages" in str(job)]
    assert set(jobs[publishing]["needs"]) == set(jobs) - {publishing} and "if" not in jobs[publishing]
    tested = [step["run"] for step in jobs["test"]["steps"] if "run" in step]
    assert tested == ["bash .ci/run"], "what a pull request has to pass"
    assert tested[0] in [step.get("run") for step in WORKFLOWS["test.yml"]["jobs"]["test"]["steps"]]
    [kept] = [step["with"] for step in jobs["build"]["steps"] if "actions/cache@" in step.get("uses", "")]
    assert kept["path"] == "build/cache" and kept["key"].startswith(kept["restore-keys"])


CALLED = {  # what the steps of each workflow come to; those of refresh.yml run in test_refresh
    "audit.yml": ["pip install pip-audit==2.10.1", "pip-audit --no-deps --disable-pip -r pins.txt"],
    "publish.yml": [
        "sudo apt-get install -y -q fonts-noto-cjk",
        "chokepoint publish --browser ",
        "chokepoint build",
        "pytest -n 2 --dist loadgroup",
    ],
    "test.yml": [
        "chokepoint build",
        "pytest -n 2 --dist loadgroup",
        "ruff check -q src tests",
        "mypy ",
        "interrogate -q src/chokepoint",
        "chokepoint check",
        "pytest -m not slow -n 2",
    ],
    "weekly.yml": [
        "pytest -n auto -k not Firefox tests/test_",
        "pytest -n auto -k Firefox tests/test_",
        "pytest -n auto --dist loadgroup -k not test_live_lab tests/test_",
        "pytest -n auto --dist loadgroup -k test_live_lab tests/test_",
    ],
}


@pytest.fixture
def runner(tmp_path):
    """A repository that has what the steps read themselves: rules of make, pins, scripts and the names of tests."""
    home = tmp_path / "home"
    home.mkdir()
    for name in ("Makefile", "pyproject.toml", "requirements.txt", "requirements-build.txt"):
        shutil.copy(HOME / name, home)
    shutil.copytree(HOME / ".ci", home / ".ci")
    shutil.copytree(
        HOME / "tests", home / "tests", ignore=lambda _, names: [n for n in names if "." not in n]
    )
    return Runner(home, tmp_path)


def test_the_steps_of_every_workflow_are_run_by_a_test():
    assert set(WORKFLOWS) == {*CALLED, "refresh.yml"}


@pytest.mark.parametrize("name", CALLED)
def test_every_step_runs_as_it_stands(runner, name):
    calls = [call for job in WORKFLOWS[name]["jobs"].values() for call in runner.run(job)]
    for wanted in CALLED[name]:
        assert [call for call in calls if call.startswith(wanted)], f"{wanted} is not among {calls}"
    if name == "audit.yml":
        pins = (runner.home / "pins.txt").read_text(encoding="utf-8")
        assert "papermill==" in pins and "-e ." not in pins


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-build.txt", "tests/requirements.txt"])
def test_every_dependency_is_pinned(name):
    lines = [
        line.partition("#")[0].strip() for line in (HOME / name).read_text(encoding="utf-8").splitlines()
    ]
    assert [
        line
        for line in lines
        if line and line != "-e ." and not re.fullmatch(r"[\w.-]+(\[[\w,]+\])?==[\w.+!-]+", line)
    ] == []


def test_tests_on_files_beside_the_checkout_carry_the_mark_that_ci_runs_them_by():
    """One with a condition of its own is skipped in the clone, and the second step of `.ci/run` does not find it."""
    tests = sorted((HOME / "tests").glob("test_*.py"))
    own = [path.name for path in tests if re.search(r"skipif\(not \w+\.exists\(\)", path.read_text("utf-8"))]
    assert own == []
    assert "-m published" in (HOME / ".ci" / "run").read_text(encoding="utf-8")
