"""A Firefox for the tests that need a second browser: driven by WebDriver BiDi over a websocket, in plain requests.

Nothing ready-made drives the Firefox that a distribution ships: Playwright's own Firefox is a patched build from its own servers, its way
to a stock one asks for a command that Firefox ESR does not know, and Selenium needs geckodriver, which Debian does not package.
websocket-client is there already, for Jupyter.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from functools import lru_cache
from pathlib import Path

import browser as chromium
import websocket

NAMES = ("firefox-esr", "firefox")
MAC = Path("/Applications/Firefox.app/Contents/MacOS/firefox")
# Whether a page that was opened since has loaded whole; a blank one and one of an error have addresses of their own.
_HERE = "!window.left && document.readyState === 'complete' && !document.documentURI.startsWith('about:')"
NONE_HERE = "No Firefox was found and none could be installed (apt install firefox-esr), so this was seen in Chromium alone."
PREFERENCES = {
    "app.update.enabled": False,
    "browser.shell.checkDefaultBrowser": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "network.prefetch-next": True,  # as it is for readers
    "toolkit.telemetry.enabled": False,
}


@lru_cache(maxsize=1)
def executable() -> str | None:
    """Path of a Firefox: the one that is here, or Debian's, installed now; nothing where there is none."""
    return _present() or _install()


def _present() -> str | None:
    given = os.environ.get("FIREFOX_PATH")
    found = [given] if given and Path(given).is_file() else [p for name in NAMES if (p := shutil.which(name))]
    return next(iter(found), None) or (str(MAC) if MAC.is_file() else None)


def _install() -> str | None:
    if not (chromium._root() and shutil.which("apt-get")):
        return None
    print("No Firefox here; installing the system's firefox-esr …", file=sys.stderr)
    chromium._quiet(["apt-get", "update", "-qq"])
    chromium._quiet(["apt-get", "install", "-y", "-qq", "firefox-esr"])
    return _present()


class Firefox:
    """A headless Firefox with one tab; `complaints` are its warnings and errors, scripts' and pages' own, since the last `open`."""

    def __init__(self, path: str, patience: float = 60):
        self._profile = tempfile.mkdtemp(prefix="firefox-")
        lines = "".join(f"user_pref({json.dumps(k)}, {json.dumps(v)});\n" for k, v in PREFERENCES.items())
        Path(self._profile, "user.js").write_text(lines, encoding="utf-8")
        self._process = subprocess.Popen(
            [path, "--headless", "--remote-debugging-port=0", "--profile", self._profile, "--no-remote"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            env=os.environ | {"MOZ_HEADLESS": "1"},
        )
        self.complaints: list[str] = []
        self._id = 0
        try:
            self._socket = websocket.create_connection(
                f"{self._address()}/session", timeout=patience, suppress_origin=True
            )
            self._ask("session.new", capabilities={})
            self._ask("session.subscribe", events=["log.entryAdded"])
            # a tab of our own: the one that a browser starts with may still load its blank page after our first one
            self._tab = self._ask("browsingContext.create", type="tab")["context"]
        except BaseException:
            self.close()
            raise

    def _address(self) -> str:
        for line in self._process.stderr:
            if found := re.search(r"WebDriver BiDi listening on (ws://\S+)", line):
                threading.Thread(
                    target=self._process.stderr.read, daemon=True
                ).start()  # or it would wait for a reader one day
                return found[1]
        raise RuntimeError("Firefox ended before it listened to WebDriver BiDi.")

    def _ask(self, method: str, **parameters):
        """Send a command and wait for its answer; what is logged meanwhile is kept. TimeoutError where the browser does not answer."""
        self._id += 1
        self._socket.send(json.dumps({"id": self._id, "method": method, "params": parameters}))
        while True:
            try:
                said = json.loads(self._socket.recv())
            except websocket.WebSocketTimeoutException:
                raise TimeoutError(f"Firefox did not answer {method}: the page has frozen.") from None
            if said.get("method") == "log.entryAdded" and said["params"]["level"] in ("warn", "error"):
                self.complaints.append(str(said["params"].get("text")))
            if said.get("id") == self._id:
                if said["type"] == "error":
                    raise RuntimeError(f"{method}: {said['error']}: {said['message']}")
                return said["result"]

    def before_each_page(self, script: str) -> None:
        """Run a script in every page that is opened from now on, before its own."""
        self._ask("script.addPreloadScript", functionDeclaration=f"() => {{ {script} }}")

    def open(self, address: str) -> None:
        """Load a page."""
        self.complaints.clear()
        page, hash_, _place = address.partition("#")
        if not (hash_ and page == self.evaluate("document.documentURI.split('#')[0]")):
            self.evaluate(
                "window.left = true"
            )  # not where only another place of the page is asked for: it stays
        self._ask("browsingContext.navigate", context=self._tab, url=address, wait="complete")
        for _ in range(100):  # under load Firefox has answered before the page was there
            if self.evaluate(_HERE):
                return
            time.sleep(0.1)
        raise TimeoutError(
            f"Firefox says that {address} is loaded, but shows {self.evaluate('document.documentURI')}."
        )

    def resize(self, width: int, height: int) -> None:
        """Give the page another size [px]."""
        self._ask(
            "browsingContext.setViewport", context=self._tab, viewport={"width": width, "height": height}
        )

    def resize_back(self) -> None:
        """Give the page the size of its window again."""
        self._ask("browsingContext.setViewport", context=self._tab, viewport=None)

    def evaluate(self, expression: str, frame: int | None = None):
        """The value of an expression in the page or in one of its frames, or what its promise brings; RuntimeError with what it threw."""
        context = self._tab
        if frame is not None:
            tree = self._ask("browsingContext.getTree", root=self._tab, maxDepth=1)["contexts"][0]
            context = tree["children"][frame]["context"]
        said = self._ask(
            "script.evaluate",
            expression=f"(async () => JSON.stringify(await ({expression})) ?? 'null')()",
            target={"context": context},
            awaitPromise=True,
        )
        if said["type"] == "exception":
            raise RuntimeError(said["exceptionDetails"]["text"])
        return json.loads(said["result"]["value"])

    def drag(self, path: list[tuple[float, float]], finger: bool = False) -> None:
        """Press at the first of some places of the viewport [px], move to the others, and let go."""
        (x, y), *others = [(round(x), round(y)) for x, y in path]
        move = [{"type": "pointerMove", "x": x, "y": y, "duration": 30} for x, y in others]
        acts = [{"type": "pointerMove", "x": x, "y": y}, {"type": "pointerDown", "button": 0}, *move]
        hand = {
            "type": "pointer",
            "id": "finger" if finger else "mouse",
            "parameters": {"pointerType": "touch" if finger else "mouse"},
            "actions": [*acts, {"type": "pointerUp", "button": 0}],
        }
        self._ask("input.performActions", context=self._tab, actions=[hand])

    def close(self) -> None:
        """End the browser and forget its profile."""
        if hasattr(self, "_socket"):
            self._socket.close()
        self._process.terminate()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
        for _ in range(20):  # its last processes may still write
            shutil.rmtree(self._profile, ignore_errors=True)
            if not Path(self._profile).exists():
                return
            time.sleep(0.2)
