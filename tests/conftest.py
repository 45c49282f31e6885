"""What the tests share: the built site, a browser, and a checkout that may be broken at will."""

import csv
import gc
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import axe_playwright_python
import browser as chromium
import firefox
import nbformat
import pytest
import sampled
import yaml
from altair.utils import schemapi
from made_up_tables import MadeUp
from quiet_server import Quiet, serving
from small_book import Small

from chokepoint.analysis import facts
from chokepoint.data import tables

HOME = Path(__file__).resolve().parents[1]
SITE = HOME / "build" / "html"
AXE = Path(axe_playwright_python.__file__).with_name("axe.min.js")
# Contrast is not asked of what is beyond the first so many of its look: the same tags, classes and styles up to the page itself.
FEWER_ALIKE = """most => { const ids = new Map(), seen = new Map();
const mark = (element, parent) => {
  const look = [parent, element.tagName, ...["class", "style", "fill"].map((name) => element.getAttribute(name))].join("|");
  if (!ids.has(look)) ids.set(look, ids.size);
  const id = ids.get(look), count = seen.get(id) ?? 0;
  seen.set(id, count + 1);
  if (count >= most) element.setAttribute("data-alike", "");
  for (const child of element.children) mark(child, id);
};
mark(document.body, "");
axe.configure({ rules: [{ id: "color-contrast", selector: "*:not([data-alike])" }] }); }"""


def pytest_configure() -> None:
    """Draw the seed before the processes that run the tests are started: they all have it then.

    Look for unreachable objects seldom: a process that has run many tests holds a million that are reachable.
    """
    sampled.seed()
    gc.set_threshold(50_000, 20, 50)


def pytest_terminal_summary(terminalreporter) -> None:
    """Say at the end how to see the same sample again."""
    terminalreporter.write_line(sampled.told())


SHARED = HOME.parent / "shared"  # the publishers' releases and the five articles, where they are at hand


def pytest_collection_modifyitems(config, items):
    """Put the longest first. Of tests marked `some_of` a sample runs. Tests on the publishers' own files run where these lie beside the checkout; elsewhere the report names each that did not."""
    if not SHARED.is_dir():
        for item in items:
            if "published" in item.keywords:
                item.add_marker(
                    pytest.mark.skip(
                        reason="the publishers' files are not beside the checkout; small ones in tests/ stand for them"
                    )
                )
    kept = sampled.of_groups(items)
    config.hook.pytest_deselected(items=[item for item in items if item not in kept])
    items[:] = sorted(kept, key=_turn)


def _turn(item) -> int:
    """Whole builds first; what takes no time last, so that no core is idle while another ends a long test."""
    if "slow" not in item.keywords:
        return 2
    return 0 if {"checkout", "small"} & set(item.fixturenames) else 1


@pytest.fixture(scope="session")
def site() -> Path:
    """The site that `make test` has just built."""
    if not (SITE / "index.html").is_file():
        pytest.fail("There is no site in build/html: run `make book` first, or `make test`.")
    return SITE


@pytest.fixture(scope="session")
def address(site):
    """The site over HTTP, on this machine alone, below a path as on GitHub Pages."""

    class Below(Quiet):
        def translate_path(self, path):
            return super().translate_path(path.removeprefix("/chokepoint"))

    with serving(site, Below) as root:
        yield f"{root}/chokepoint"


@pytest.fixture(scope="session")
def browser():
    """A headless Chromium or Chrome."""
    from playwright.sync_api import sync_playwright

    path = chromium.executable()  # it may ask Playwright, of which a process can have but one at a time
    with sync_playwright() as play:
        launched = play.chromium.launch(executable_path=path, args=chromium.ARGUMENTS)
        yield launched
        launched.close()


@pytest.fixture(scope="session")
def _started_firefox():
    if not (path := firefox.executable()):
        pytest.skip(firefox.NONE_HERE)
    started = firefox.Firefox(path)
    yield started
    started.close()


@pytest.fixture
def fox(_started_firefox):
    """The one Firefox of the tests, its window as it was started; or none."""
    _started_firefox.resize_back()
    return _started_firefox


class Visit:
    """A page that was opened, with all it complained of and all it asked for elsewhere.

    All its charts are drawn, unless a test asks nothing of charts: drawing takes longer than all else.
    """

    def __init__(self, browser, address: str, width: int = 1440, scheme: str = "light", drawn: bool = True):
        self.page = browser.new_context(
            viewport={"width": width, "height": 900}, color_scheme=scheme
        ).new_page()
        self.complaints: list[str] = []
        self.requests: list[str] = []
        self.page.on(
            "console",
            lambda m: (
                self.complaints.append(f"{m.text} {m.location['url']}")
                if m.type in ("error", "warning")
                else None
            ),
        )
        self.page.on("pageerror", lambda e: self.complaints.append(str(e)))
        self.page.on("request", lambda r: self.requests.append(r.url))
        self.go(address, drawn)

    def go(self, address: str, drawn: bool = True) -> None:
        """Open an address in the same tab; what was complained of before is forgotten."""
        self.complaints.clear()
        self.page.goto(address)
        self.page.wait_for_load_state("load")
        if drawn:
            self.page.evaluate("window.chokepoint ? chokepoint.drawAll().then(() => 1) : 1")

    def marks(self) -> list[int]:
        """How many marks each chart of the page has drawn (axes and grid do not count)."""
        return self.page.evaluate("window.chokepoint ? chokepoint.marks() : []")

    def look(self, width: int, scheme: str) -> None:
        """The same page on another screen, in another light."""
        self.page.set_viewport_size({"width": width, "height": 900})
        self.page.emulate_media(color_scheme=scheme)
        self.page.wait_for_function("scheme => document.documentElement.dataset.theme === scheme", arg=scheme)

    def violations(self, rules: list[str] | None = None) -> list[str]:
        """What axe finds against WCAG 2.2 AA and good practice; by default all of its rules.

        Of a long list only the first twelve rows are left on the page for it: one function prints them all, and axe takes minutes over
        a thousand. Of many lists of a kind 36 rows are left, and of each further one the first; every week twelve of each (see `sampled`).
        Contrast, the longest of its rules, is asked of the first twelve elements that look alike; every week of all.
        """
        if not self.page.evaluate("!!window.axe"):
            self.page.evaluate(f"{AXE.read_text(encoding='utf-8')};1")
            left_out = self.page.evaluate(
                """most => { const kept = {}; let leftOut = 0;
                for (const table of document.querySelectorAll("table")) table.querySelectorAll("tbody tr").forEach((row, i) => {
                  const count = kept[table.className] ?? 0;
                  if (i >= 12 || (i && count >= most)) { row.remove(); leftOut++; } else kept[table.className] = count + 1; });
                return leftOut; }""",
                10**9 if sampled.everything() else 36,
            )
            self.page.evaluate(FEWER_ALIKE, 10**9 if sampled.everything() else 12)
            print(f"{self.page.url}: {left_out} rows of tables that axe did not read")
        return self.page.evaluate(
            """rules => axe.run({resultTypes: ["violations"],
                runOnly: rules ?? ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]})
              .then(r => r.violations.map(v => `${v.id}, ${v.nodes.length} times: ${v.nodes[0].html.slice(0, 200)}`))""",
            rules,
        )

    def close(self) -> None:
        """Free the browser's memory."""
        self.page.context.close()


@pytest.fixture
def visit(browser):
    """Open a page: visit(address, width=…, scheme=…, drawn=…)."""
    opened = []

    def go(address: str, **how) -> Visit:
        opened.append(Visit(browser, address, **how))
        return opened[-1]

    yield go
    for one in opened:
        one.close()


WITHOUT_LINKS = (
    "from chokepoint import cli; from chokepoint.site import linkcheck; "
    "linkcheck.require_whole = lambda *_: None; cli.main()"
)


class Checkout:
    """A copy of the repository with a site that must survive whatever is done to the rest."""

    def __init__(self, folder: Path):
        self.folder, self.whole = folder, True
        unwanted = shutil.ignore_patterns(".git", ".venv", "build", "*.egg-info", ".*_cache", ".hypothesis")
        shutil.copytree(HOME, folder, ignore=unwanted)
        self.standing = folder / "build" / "html" / "index.html"
        self.put_up()
        for name in (
            "checked",
            "differences",
            "facts",
            "modules",
            "sound",
        ):  # what is kept of unchanged tables, as in any checkout
            if (kept := HOME / "build" / f"{name}.json").is_file():
                shutil.copy(kept, folder / "build")
        for name in (
            "open-data",
            "scenario",
            "charts",
            "vega",
        ):  # the same, as files to use elsewhere; what models were run for; charts that are compiled, and their script
            if (made := HOME / "build" / name).is_dir():
                shutil.copytree(made, folder / "build" / name)

    def put_up(self) -> None:
        """Put up the site that must survive."""
        self.standing.parent.mkdir(parents=True)
        self.standing.write_text("the last good site")

    def edit(self, name: str, old: str, new: str) -> None:
        """Replace the first `old` in a file."""
        path = self.folder / name
        text = path.read_text(encoding="utf-8")
        assert old in text, f"{name} has no {old!r} to break"
        path.write_text(text.replace(old, new, 1), encoding="utf-8")

    def reduce(self, *chapters: str, minerals: tuple[str, ...] = ()) -> None:
        """Leave these chapters and minerals' pages as they are; of any other chapter only words remain, as a page of Markdown, and no other page of a template.

        Links to pages that are left out are not followed. What the built book keeps of its notebooks is kept here too: a build runs
        those that the test changes.
        """
        book, kept = self.folder / "book", HOME / "build" / "cache"
        if kept.is_dir():
            shutil.copytree(kept, self.folder / "build" / "cache")
        for name, entry in yaml.safe_load((book / "runs.yml").read_text(encoding="utf-8")).items():
            if not minerals or name != "mineral.ipynb":
                (book / name).unlink()
            # The table of contents asks for one.
            page = book / f"{entry['page'].partition('{')[0]}left-out.md"
            page.parent.mkdir(exist_ok=True)
            page.write_text("# Left out\n")
        (book / "moved.yml").write_text("{}\n")
        self.whole = False
        kept = (
            {"mineral.ipynb": {"page": "minerals/{mineral}", "runs": [{"mineral": m} for m in minerals]}}
            if minerals
            else {}
        )
        (book / "runs.yml").write_text(yaml.safe_dump(kept))
        (book / "index.md").write_text("# Chokepoint\n")
        methods = (
            (book / "methods.md").read_text(encoding="utf-8").splitlines()
        )  # it links to what only code prints
        (book / "methods.md").write_text(
            "\n\n".join(line for line in methods if line.startswith("#")), encoding="utf-8"
        )
        left_out = {path.stem for path in book.glob("*.ipynb")} - {*chapters, "mineral"}
        for path in (book / f"{name}.ipynb" for name in left_out):
            cells = nbformat.read(path, as_version=4).cells
            words = [
                c.source
                for c in cells
                if c.cell_type == "markdown" and "notebook" not in c.metadata.get("tags", [])
            ]
            if path.stem == "claims":  # the chapters that stay link to single claims
                with (self.folder / "data" / "evidence" / "claims.csv").open(encoding="utf-8") as file:
                    words += [f'<span id="claim-{row["claim_id"]}"></span>' for row in csv.DictReader(file)]
            path.with_suffix(".md").write_text("\n\n".join(words), encoding="utf-8")
            path.unlink()

        def stays(link: re.Match) -> str:
            folder, name, anchor = link.groups()
            if folder:
                return link[0] if name in minerals else "](index.md)"
            return f"]({name}.md{anchor})" if name in left_out else link[0]

        for path in [*book.glob("*.ipynb"), *book.glob("*.md")]:
            text = path.read_text(encoding="utf-8")
            text = re.sub(r"\]\((minerals/|countries/|)([\w-]+)\.ipynb([^)]*)\)", stays, text)
            path.write_text(text, encoding="utf-8")

    def run(self, *arguments: str) -> subprocess.CompletedProcess:
        """`chokepoint …` of this checkout."""
        environment = {k: v for k, v in os.environ.items() if not k.startswith("CHOKEPOINT")} | {
            "PYTHONPATH": str(self.folder / "src")
        }
        # by what is given, not by other code: what is kept of a checkout is kept by its code
        program = ["-m", "chokepoint.cli"] if self.whole else ["-c", WITHOUT_LINKS]
        return subprocess.run(
            [sys.executable, *program, *arguments],
            cwd=self.folder,
            env=environment,
            capture_output=True,
            text=True,
            timeout=600,
        )


@pytest.fixture
def checkout(tmp_path) -> Checkout:
    """See `Checkout`."""
    return Checkout(tmp_path / "chokepoint")


@pytest.fixture
def small_checkout(checkout) -> Checkout:
    """A checkout of the small book, with a site that must survive."""
    Small(checkout)
    checkout.put_up()
    return checkout


@pytest.fixture
def some_parts(monkeypatch) -> None:
    """Facts in half of their parts, drawn by the seed, what is stated and what China has of a mineral; every week all of them.

    For tests over data of their own: what is computed of others is kept.
    """
    whole, names = facts.parts, list(facts.parts(tables.DEFAULT_RELEASE))
    half = (
        names if sampled.everything() else sampled.draw("parts of the facts").sample(names, len(names) // 2)
    )
    [named] = [name for name in names if name.endswith(" {mineral}.china_{done}")]
    chosen = {"stated", named, *half}
    monkeypatch.setattr(
        facts,
        "parts",
        lambda release: {name: work for name, work in whole(release).items() if name in chosen},
    )


@pytest.fixture
def charts_unchecked(monkeypatch) -> None:
    """Charts are not held to the schema of Vega-Lite: other tests do that, and it takes most of the time."""
    monkeypatch.setattr(schemapi, "validate_jsonschema", lambda *_, **__: None)


@pytest.fixture
def made_up(monkeypatch) -> MadeUp:
    """Tables that a test makes up, in place of the book's."""
    return MadeUp(monkeypatch)
