"""The repository as Binder takes it, without Docker: repo2docker reads it and prints the Dockerfile it would build."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

HOME = Path(__file__).resolve().parents[1]


@pytest.mark.slow
def test_binder_takes_the_repository_and_installs_the_package():
    pytest.importorskip(
        "repo2docker", reason="jupyter-repo2docker is not installed: see tests/requirements.txt"
    )
    command = [sys.executable, "-m", "repo2docker", "--no-build", "--debug", "."]
    run = subprocess.run(command, cwd=HOME, capture_output=True, text=True, timeout=120)
    said = run.stdout + run.stderr
    assert run.returncode == 0, said[-2000:]
    assert "python=3.11" in said
    steps = ["src/ ${REPO_DIR}/", '-r "requirements.txt"', "pip install --no-cache-dir ."]
    assert (found := [said.index(step) for step in steps]) == sorted(found), (
        "the package is installed when all of the repository is there"
    )


def test_a_package_copied_out_of_the_repository_finds_the_data_it_works_beside(tmp_path):
    """Binder installs a copy, and starts a notebook in book/."""
    shutil.copytree(HOME / "src" / "chokepoint", tmp_path / "chokepoint")
    code = "from chokepoint.data import tables; print(tables.__file__, tables.home(), len(tables.load('sources')) > 100)"
    environment = {k: v for k, v in os.environ.items() if not k.startswith("CHOKEPOINT")} | {
        "PYTHONPATH": str(tmp_path)
    }
    run = subprocess.run(
        [sys.executable, "-c", code], cwd=HOME / "book", capture_output=True, text=True, env=environment
    )
    assert run.stdout.split() == [str(tmp_path / "chokepoint" / "data" / "tables.py"), str(HOME), "True"], (
        run.stderr
    )


def test_what_binder_reads_is_lean():
    """No folder that would make it ignore the root files, no step of our own after the install, exact pins."""
    assert not any(
        (HOME / name).exists()
        for name in ("binder", ".binder", "environment.yml", "Dockerfile", "postBuild", "apt.txt")
    )
    lines = [
        line
        for line in (HOME / "requirements.txt").read_text().splitlines()
        if line and not line.startswith("#")
    ]
    assert lines[-1] == "-e ." and all("==" in line for line in lines[:-1])
    assert (HOME / "runtime.txt").read_text().strip() == "python-3.11"
