"""A Chromium for the browser tests: the one that is here, or one installed now; one clear line where neither works."""

import os
import shutil
import subprocess
import sys
from functools import lru_cache
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
MAC = Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")
# A browser has but one such list, the last that it is given: these are those that Playwright leaves out, and with them the
# two pages that Chromium loads into each new window for its own address bar, which take longer than a page of the site.
LEFT_OUT = [
    "AimEnabled",
    "AvoidCorsURLLoaderRestartOnRedirect",
    "AvoidUnnecessaryBeforeUnloadCheckSync",
    "DestroyProfileOnBrowserClose",
    "HttpsFirstBalancedModeAutoEnable",
    "HttpsUpgrades",
    "LensOverlay",
    "MediaRouter",
    "NetworkTimeServiceQuerying",
    "OptimizationHints",
    "PaintHolding",
    "PreconnectToSearch",
    "ThirdPartyStoragePartitioning",
    "WebUIOmniboxAimPopup",
    "WebUIOmniboxPopup",
]
# Without the others a browser asks the network for updates at start, which a closed network answers with errors.
ARGUMENTS = [
    f"--disable-features={','.join(LEFT_OUT)}",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@lru_cache(maxsize=1)
def executable() -> str:
    """Path of a browser; SystemExit with one line when there is none and none can be installed."""
    for find in (_present, _install_systems, _install_playwrights):
        if path := find():
            return path
    raise SystemExit(
        "The browser tests need Chromium or Chrome: none was found and none could be installed. "
        "Install one (for example: apt install chromium), then run make test again."
    )


def _present() -> str | None:
    given = os.environ.get("CHROME_PATH")
    found = [given] if given and Path(given).is_file() else [p for name in NAMES if (p := shutil.which(name))]
    return next(iter(found), None) or (str(MAC) if MAC.is_file() else None) or _playwrights()


def _playwrights() -> str | None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        path = play.chromium.executable_path
    return path if path and Path(path).is_file() else None


def _install_playwrights() -> str | None:
    print("Fetching Playwright's Chromium …", file=sys.stderr)
    _quiet([sys.executable, "-m", "playwright", "install", "chromium"])
    return _playwrights()


def _install_systems() -> str | None:
    if not (_root() and shutil.which("apt-get")):
        return None
    print("No Chromium or Chrome here; installing the system's chromium …", file=sys.stderr)
    _quiet(["apt-get", "update", "-qq"])
    _quiet(["apt-get", "install", "-y", "-qq", "chromium"])
    return _present()


def _root() -> bool:
    return hasattr(os, "geteuid") and os.geteuid() == 0


def _quiet(command: list[str]) -> None:
    try:
        subprocess.run(
            command,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=400,
            env=os.environ | {"DEBIAN_FRONTEND": "noninteractive"},
        )
    except (OSError, subprocess.TimeoutExpired):
        pass


if __name__ == "__main__":
    print(executable())
