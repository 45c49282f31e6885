"""`chokepoint watch`: from saving a file to the new page, medians of ten, in the copy of the checkout that `press` builds.

Beside each time stands the load of the machine; a new row of evidence is counted in notebooks that are due, by the records
of that build.
"""

import csv
import os
import re
import statistics
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from time import perf_counter, sleep
from urllib.request import urlopen

from bench import bench, limited
from bench.press import cold, copy

TRIES, PATIENCE_S = 10, 120
REST_S = {"sentence": 3, "row": 10, "chart": 25}  # between two changes
# What is saved: a file, the words in it that change, and the page that then shows others in their place.
SENTENCE = "book/methods.md", "How the numbers are made", "methods"
ROW = "data/evidence/statements.csv", "barred from dual-use items", "06-china-responses"
CHART = "src/chokepoint/charts/curves.py", "Length of the cut, months", "04-project-vault"
# A new row is as the last one of its table, save in these cells.
NEW_ROWS = {
    "timeline": {
        "event_id": "event.new",
        "iso3s": "KAZ",
        "settles": "",
        "outcome": "",
        "term": "",
        "row_key": "",
    },
    "sources": {"source_id": "S999", "date": "2026-10-09", "kind": "wire", "read_as": "original"},
    "ledger": {"fact_id": "new.fact"},
}


@contextmanager
def watching() -> Iterator[str]:
    """The watch under way in the copy; yields its address."""
    cold()
    environment = {k: v for k, v in os.environ.items() if not k.startswith("CHOKEPOINT")} | {
        "PYTHONPATH": str(copy() / "src")
    }
    command = [sys.executable, "-u", "-m", "chokepoint.cli", "watch", "--port", "0"]
    log = copy() / "watch.log"
    with (
        log.open("w") as out,
        subprocess.Popen(command, cwd=copy(), env=environment, stdout=out, stderr=out) as process,
    ):
        try:
            while not (lines := log.read_text(encoding="utf-8").split()):
                sleep(0.1)
            seconds_until(address := lines[0], "index", "</html>")
            warm_up(address)
            yield address
        finally:
            process.terminate()


def warm_up(address: str) -> None:
    """Save a sentence until the watch shows it: what is saved before it has started is not seen."""
    name, words, page = SENTENCE
    path = copy() / name
    text = path.read_text(encoding="utf-8")
    for i in range(20):
        path.write_text(text.replace(words, f"{words} w{i}w", 1), encoding="utf-8")
        try:
            seconds_until(address, page, f"w{i}w", PATIENCE_S / 8)
            break
        except TimeoutError:
            continue
    path.write_text(text, encoding="utf-8")


def seconds_until(address: str, page: str, text: str, patience_s: float = PATIENCE_S) -> float:
    """How long it takes until a page has this text [s]. TimeoutError when it never does."""
    start = perf_counter()
    while perf_counter() - start < patience_s:
        try:
            if any(text in part for part in shown(address, page)):
                return perf_counter() - start
        except OSError:
            pass  # not there yet
        sleep(0.02)
    raise TimeoutError(f"{page} did not show {text!r} within {patience_s:g} s")


def shown(address: str, page: str) -> Iterator[str]:
    """A page, and then the charts that its script fetches."""
    with urlopen(f"{address}/{page}.html") as answer:
        html = answer.read().decode()
    yield html
    for name in dict.fromkeys(re.findall(r'data-file="(charts/[^"]+)"', html)):
        with urlopen(f"{address}/_static/{name}") as answer:
            yield answer.read().decode()


@contextmanager
def viewed(address: str, page: str) -> Iterator[None]:
    """A browser that shows the page, as far as the watch can tell: such a page comes first."""
    with urlopen(f"{address}/-/events?page={page}") as stream:
        stream.readline()
        yield


@cache
def medians() -> dict[str, tuple[float, str]]:
    """Seconds from saving to the new page, the median of TRIES, of each kind of change; and how they spread."""
    found = {}
    with watching() as address:
        sleep(15)  # until all facts are worked out
        for kind, (name, words, page) in {"sentence": SENTENCE, "row": ROW, "chart": CHART}.items():
            path = copy() / name
            text = path.read_text(encoding="utf-8")
            took = []
            if words not in text:
                raise RuntimeError(f"{name} no longer holds {words!r}: choose other words to change")
            for i in range(TRIES):
                path.write_text(text.replace(words, f"{words} {i}x{i}", 1), encoding="utf-8")
                with viewed(address, page):
                    took.append(seconds_until(address, page, f"{i}x{i}"))
                sleep(REST_S[kind])  # until what depends on the page is made as well
            path.write_text(text, encoding="utf-8")
            sleep(REST_S[kind])
            spread = f"{min(took):.1f} to {max(took):.1f} s at a load of {os.getloadavg()[0]:.1f}"
            found[kind] = statistics.median(took), spread
            print(f"{kind}: {found[kind][0]:.1f} s ({spread})", flush=True)
    return found


def _row(kind: str, what: str, aim_s: float) -> dict:
    return limited(
        f"from saving {what} to the new page, `make watch`, median of {TRIES} ({medians()[kind][1]})",
        "s",
        medians()[kind][0],
        aim_s,
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


def due_after(table: str) -> int:
    """How many notebooks are due once a table of the evidence has one more row; nothing runs."""
    cold()
    path = copy() / "data" / "evidence" / f"{table}.csv"
    text = path.read_bytes()
    with path.open(encoding="utf-8", newline="") as file:
        last = list(csv.DictReader(file))[-1]
    with path.open("a", encoding="utf-8", newline="") as file:
        csv.DictWriter(file, last, lineterminator="\n").writerow(last | NEW_ROWS[table])
    counted = (
        "from pathlib import Path; from chokepoint.data import tables; from chokepoint.site import cache, runs; "
        "kept = cache.Cache(Path('build/cache')); "
        "print(sum(kept.entry(run)[0] is None for run in runs.plan(Path('book'), tables.DEFAULT_RELEASE)))"
    )
    environment = os.environ | {"PYTHONPATH": str(copy() / "src"), "CHOKEPOINT_DATA": str(copy() / "data")}
    try:
        command = [sys.executable, "-c", counted]
        return int(subprocess.check_output(command, cwd=copy(), env=environment, text=True))
    finally:
        path.write_bytes(text)


@bench
def watch_new_row_notebooks() -> dict:
    """How much of the book runs again for one more event, source or fact: the most of the three."""
    due = {table: due_after(table) for table in NEW_ROWS}
    return limited(
        "notebooks that a new row reruns: " + ", ".join(f"{n} for {table}" for table, n in due.items()),
        "notebooks",
        max(due.values()),
        5,
    )
