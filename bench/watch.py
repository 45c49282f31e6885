"""`chokepoint watch`: from saving a file to the new page, medians of ten, in the copy of the checkout that `press` builds."""

import os
import statistics
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from time import perf_counter, sleep
from urllib.request import urlopen

from bench import bench
from bench.press import cold, copy

TRIES, PATIENCE_S = 10, 120
# What is saved: a file, the words in it that change, and the page that then shows others in their place.
SENTENCE = "book/methods.md", "How the numbers are made", "methods"
ROW = "data/evidence/statements.csv", "barred from dual-use items", "06-china-responses"
CHART = "src/chokepoint/charts/runout.py", "Length of the cut, months", "04-project-vault"


@contextmanager
def watching() -> Iterator[str]:
    """The watch under way in the copy; yields its address."""
    cold()
    environment = {k: v for k, v in os.environ.items() if not k.startswith("CHOKEPOINT")} | {
        "PYTHONPATH": str(copy() / "src")
    }
    command = [sys.executable, "-u", "-m", "chokepoint.cli", "watch", "--port", "0"]
    with subprocess.Popen(command, cwd=copy(), env=environment, stdout=subprocess.PIPE, text=True) as process:
        address = process.stdout.readline().split()[0]
        try:
            seconds_until(address, "index", "</html>")
            yield address
        finally:
            process.terminate()


def seconds_until(address: str, page: str, text: str) -> float:
    """How long it takes until a page has this text [s]. TimeoutError when it never does."""
    start = perf_counter()
    while perf_counter() - start < PATIENCE_S:
        try:
            with urlopen(f"{address}/{page}.html") as answer:
                if text in answer.read().decode():
                    return perf_counter() - start
        except OSError:
            pass  # not there yet
        sleep(0.02)
    raise TimeoutError(f"{page} did not show {text!r} within {PATIENCE_S} s")


@cache
def medians() -> dict[str, float]:
    """Seconds from saving to the new page, the median of TRIES, of each kind of change."""
    found = {}
    with watching() as address:
        sleep(15)  # until all facts are worked out
        for kind, (name, words, page) in {"sentence": SENTENCE, "row": ROW, "chart": CHART}.items():
            path = copy() / name
            text = path.read_text(encoding="utf-8")
            took = []
            for i in range(TRIES):
                path.write_text(text.replace(words, f"{words} {i}x{i}", 1), encoding="utf-8")
                took.append(seconds_until(address, page, f"{i}x{i}"))
                sleep(3)  # what depends on the page is rendered after it
            path.write_text(text, encoding="utf-8")
            sleep(5)
            found[kind] = statistics.median(took)
    return found


def _row(kind: str, what: str, aim_s: float) -> dict:
    return dict(
        aim=f"at most 1, that is {aim_s:g} s",
        what=f"from saving {what} to the new page, `make watch`, median of {TRIES}",
        unit="s",
        value=medians()[kind],
        peer="the limit we set ourselves",
        peer_value=aim_s,
    )


@bench
def watch_sentence_s() -> dict:
    """What a writer waits for after saving a sentence."""
    return _row("sentence", "a sentence", 2)


@bench
def watch_row_s() -> dict:
    """What a writer waits for after saving a row of evidence that one chapter shows."""
    return _row("row", "a row of data", 5)


@bench
def watch_chart_s() -> dict:
    """What an author waits for after saving the function of a chart that one chapter draws."""
    return _row("chart", "a chart's function", 5)
