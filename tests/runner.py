"""A runner of workflows on this machine: the steps of a job as they stand, with stand-ins for what takes minutes, the network or GitHub."""

import os
import subprocess
from pathlib import Path

IN_VENV = ("python", "ruff", "mypy", "interrogate", "pytest", "chokepoint")
ON_PATH = ("python3", "pip", "pip-audit", "sudo", "gh")


class Runner:
    """A repository with a branch `main` and an origin. A stand-in writes down how it was called, and may be told to do more."""

    def __init__(self, home: Path, folder: Path):
        self.home, self.folder = home, folder
        self.called, self.outputs, self.summary = (folder / name for name in ("called", "outputs", "summary"))
        self.venv, self.path = folder / "venv", folder / "path"
        for place, names in ((self.venv, IN_VENV), (self.path, ON_PATH)):
            place.mkdir()
            for name in names:
                self.stand_in(place / name)
        # `python3 -m venv .venv` gives the stand-ins; make then fills .venv by its own rules.
        made = f'[ "$1 $2" != "-m venv" ] || {{ mkdir -p "$3/bin"; cp "{self.venv}"/* "$3/bin"; }}'
        self.stand_in(self.path / "python3", made)
        self.origin = folder / "origin.git"
        subprocess.run(["git", "init", "-q", "--bare", self.origin], check=True)
        self.git("init", "-q", "-b", "main")
        self.git("remote", "add", "origin", str(self.origin))
        (home / ".git" / "info" / "exclude").write_text(".venv\nbuild\n")
        self.git("add", "-A")
        self.git("-c", "user.name=A", "-c", "user.email=a@example.org", "commit", "-q", "-m", "As it was")
        self.git("push", "-q", "origin", "main")

    def stand_in(self, path: Path, then: str = "") -> None:
        """Write a program that notes its call, and does `then`, a line of bash."""
        path.write_text(f'#!/bin/bash\necho "{path.name} $*" >> "{self.called}"\n{then}\n')
        path.chmod(0o755)

    def git(self, *arguments: str) -> str:
        """What git prints in the repository."""
        run = subprocess.run(["git", *arguments], cwd=self.home, check=True, capture_output=True, text=True)
        return run.stdout

    def run(self, job: dict) -> list[str]:
        """Run the steps of a job by `bash -e`, as GitHub does; return the calls of stand-ins.

        Of conditions on a step that runs something only the one on the output `moved` is known.
        """
        self.called.write_text("")
        self.outputs.write_text("")
        environment = {
            k: v for k, v in os.environ.items() if not k.startswith(("CHOKEPOINT", "GIT_", "MAKE"))
        }
        environment |= {
            "PATH": f"{self.path}:{os.environ['PATH']}",
            "GITHUB_OUTPUT": str(self.outputs),
            "GITHUB_STEP_SUMMARY": str(self.summary),
            "GITHUB_REF_NAME": "main",
        }
        script = self.folder / "step.sh"
        for step in job["steps"]:
            if "run" not in step:
                continue
            assert step.get("if") in (None, "steps.moved.outputs.moved")
            if "if" in step and "moved=true" not in self.outputs.read_text():
                continue
            script.write_text(step["run"])
            done = subprocess.run(
                ["bash", "-e", script], cwd=self.home, env=environment, capture_output=True, text=True
            )
            assert done.returncode == 0, f"{step['run']}\n{done.stdout}{done.stderr}"
        return self.called.read_text().splitlines()
