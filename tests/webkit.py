"""A WebKit for the tests that look at a page in a third engine: WebKitGTK's own driver, spoken to in plain WebDriver.

Playwright's WebKit is a patched build from its own servers, for a few systems only; the driver that distributions ship (Debian and Ubuntu:
webkit2gtk-driver) drives the WebKit that they ship. Without a screen it needs Xvfb. It is not installed by the tests: where it is not,
they say so.
"""

import json
import os
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path

DRIVER, SCREEN = "WebKitWebDriver", "Xvfb"
NONE_HERE = "No WebKit was found (Debian and Ubuntu: apt install webkit2gtk-driver xvfb), so this was seen in Chromium and Firefox alone."


def driver() -> str | None:
    """Path of the driver, where it can be used: it is here, its browser too, and there is a screen or Xvfb."""
    found = shutil.which(DRIVER)
    return found if found and _browser() and (os.environ.get("DISPLAY") or shutil.which(SCREEN)) else None


def _browser() -> str | None:
    found = sorted(Path("/usr").glob("lib*/**/webkit2gtk-4.*/MiniBrowser"))
    return str(found[-1]) if found else None


class WebKit:
    """A WebKit with one tab, on a screen that nobody sees where there is no other."""

    def __init__(self, path: str, patience: float = 60):
        self._processes: list[subprocess.Popen] = []
        self._patience, self._session = patience, ""
        try:
            environment = (
                os.environ
                | {
                    "WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS": "1",  # a container gives no namespaces; the pages are our own
                    "LIBGL_ALWAYS_SOFTWARE": "1",
                }
            )
            if not os.environ.get("DISPLAY"):
                environment["DISPLAY"] = f":{self._screen()}"
            with socket.socket() as free:
                free.bind(("127.0.0.1", 0))
                self._port = free.getsockname()[1]
            self._start([path, f"--port={self._port}"], environment)
            self._wait()
            options = {"binary": _browser(), "args": ["--automation"]}
            asked = {"capabilities": {"alwaysMatch": {"webkitgtk:browserOptions": options}}}
            self._session = self._ask("POST", "/session", asked)["sessionId"]
            self._ask("POST", "/timeouts", {"script": 1000 * int(patience), "pageLoad": 1000 * int(patience)})
        except BaseException:
            self.close()
            raise

    def _start(self, command: list[str], environment: dict[str, str], **how) -> subprocess.Popen:
        self._processes.append(
            subprocess.Popen(
                command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **how
            )
        )
        return self._processes[-1]

    def _screen(self) -> str:
        """Start a screen that nobody sees, and return its number."""
        read, write = os.pipe()
        self._start(
            [SCREEN, "-displayfd", str(write), "-screen", "0", "1400x1000x24"],
            dict(os.environ),
            pass_fds=[write],
        )
        os.close(write)
        with os.fdopen(read) as said:
            return said.readline().strip()

    def _wait(self) -> None:
        for _ in range(int(10 * self._patience)):
            try:
                with socket.create_connection(("127.0.0.1", self._port), timeout=1):
                    return
            except OSError:
                time.sleep(0.1)
        raise TimeoutError("WebKit's driver does not answer.")

    def _ask(self, method: str, path: str, body: dict | None = None):
        at = path if path == "/session" else f"/session/{self._session}{path}"
        request = urllib.request.Request(
            f"http://127.0.0.1:{self._port}{at}",
            data=None if body is None else json.dumps(body).encode(),
            method=method,
            headers={"Content-Type": "application/json"},
        )
        try:
            with urllib.request.urlopen(request, timeout=self._patience + 10) as answer:
                return json.load(answer)["value"]
        except urllib.error.HTTPError as error:
            raise RuntimeError(f"{at}: {error.read().decode(errors='replace')[:500]}") from None

    def open(self, address: str) -> None:
        """Load a page."""
        self._ask("POST", "/url", {"url": address})

    def version(self) -> str:
        """What the engine calls itself."""
        return self.evaluate("navigator.userAgent")

    def resize(self, width: int, height: int) -> None:
        """Give the window another size [px]."""
        self._ask("POST", "/window/rect", {"width": width, "height": height})

    def evaluate(self, expression: str):
        """The value of an expression in the page, or what its promise brings; RuntimeError with what it threw."""
        script = """const done = arguments[arguments.length - 1];
          (async () => JSON.stringify(await (%s)) ?? "null")().then((text) => done({ text }), (error) => done({ error: String(error) }));"""
        said = self._ask("POST", "/execute/async", {"script": script % expression, "args": []})  # noqa: UP031 (braces)
        if "error" in said:
            raise RuntimeError(said["error"])
        return json.loads(said["text"])

    def picture(self) -> str:
        """The window as PNG, in base64."""
        return self._ask("GET", "/screenshot")

    def close(self) -> None:
        """End the browser, its driver and its screen."""
        if self._session:
            try:
                self._ask("DELETE", "")
            except (RuntimeError, OSError):
                pass
        for process in reversed(self._processes):
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
