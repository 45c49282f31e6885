"""An environment that holds what `requirements.txt` pins and nothing else, as Binder makes it."""

import importlib.metadata
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

HOME = Path(__file__).resolve().parents[1]
PINS = HOME / "requirements.txt"


def installed(folder: Path) -> Path:
    """Its Python, installed by pip into `folder`: takes minutes."""
    subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    python = folder / "bin" / "python"
    pip = [python, *"-m pip install -q --disable-pip-version-check".split()]
    for step in ([*pip, "-r", PINS], [*pip, "--no-deps", "-e", "."]):
        done = subprocess.run(step, cwd=HOME, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr[-2000:]
    return python


def linked(folder: Path) -> Path:
    """Its Python, with the files of the pinned distributions linked from the environment of the tests, which has the same pins."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
    [site] = folder.glob("lib/python*/site-packages")
    for name in re.findall(r"^([\w.-]+)==", PINS.read_text(encoding="utf-8"), re.M):
        found = importlib.metadata.distribution(name)
        for file in found.files or ():
            old, new = Path(found.locate_file(file)), Path(os.path.normpath(site / file))
            if old.is_file() and not new.exists():
                new.parent.mkdir(parents=True, exist_ok=True)
                _link(old, new)
    (site / "chokepoint.pth").write_text(f"{HOME / 'src'}\n", encoding="utf-8")
    return folder / "bin" / "python"


def _link(old: Path, new: Path) -> None:
    try:
        os.link(old, new)
    except OSError:  # another disk
        shutil.copy2(old, new)
