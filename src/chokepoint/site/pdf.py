"""The whole book as PDF, in six volumes, out of the built site, and the brief as one sheet: `make pdf`.

Every page of the contents is opened in Chromium at the width of the paper, its charts are drawn there by the
page's own script, and what print shows of it is put into one document for each volume. That is printed
twice: once to learn on which page each chapter falls, once with those numbers in the contents. Each time a
browser of its own prints it: one keeps what it has printed in memory.
"""

import json
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

import yaml
from markupsafe import Markup
from tqdm import tqdm

from chokepoint.data import tables
from chokepoint.errors import UserError
from chokepoint.pages import horizon
from chokepoint.pages.amounts import capital
from chokepoint.pages.markup import macros
from chokepoint.site.redirects import leads_on

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Playwright
    from pypdf import PdfReader

WIDTH_PX = 657  # A4 less margins of 18 mm on both sides, at 96 px an inch
_HERE = Path(__file__).parent
_template = macros("pdf_book")
_SHORT = ("minerals/", "countries/")
_LISTS = ("minerals", "countries", "evidence", "sources", "assumptions", "data-dictionary", "what-changed")
# One file to read, and five in which things are looked up: file → what stands on its title page. A browser
# would need gigabytes for all in one, and nobody carries six hundred pages.
VOLUMES = {
    "chokepoint": "",
    "chokepoint-minerals-a-l": "One by one: minerals, A to L",
    "chokepoint-minerals-m-z": "One by one: minerals, M to Z",
    "chokepoint-countries": "One by one: countries",
    "chokepoint-evidence": "Evidence and sources",
    "chokepoint-reference": "Data, methods and how to rerun",
}
_EVIDENCE = {"assumptions", "claims", "evidence", "sources"}
_REFERENCE = {"api", "data-dictionary", "open-data", "performance", "rerun", "start-here", "what-changed"}
# The charts of a page that go on paper, where a notebook's code does not; and what each shows in words, kept
# from before it is drawn.
_KEEP_WORDS = """window.printedCharts = ".cp-chart:not(details.admonition.hide .cp-chart)";
document.addEventListener("readystatechange", () => { window.chartsSay ??=
    [...document.querySelectorAll(printedCharts)].map((box) => box.getAttribute("aria-label")); });"""
_NUMBER = """(numbers) => { for (const line of document.querySelectorAll(".cp-book-contents a"))
    line.querySelector("span").textContent = numbers[decodeURI(line.hash.slice(1))] ?? ""; }"""
# A sheet that is sent on cannot lead to files beside it: its links lead to the site, where its address is
# known, and are text elsewhere.
_WEB_LINKS = """() => {
    const at = document.querySelector("link[rel=canonical]")?.href;
    for (const link of document.querySelectorAll("a[href]")) {
        if (link.protocol !== "file:") continue;
        if (at) link.href = new URL(link.getAttribute("href"), at).href; else link.removeAttribute("href");
    } }"""
# Characters that no font has are all drawn as one box: which of these look like one that no font can have.
_NOT_IN_A_FONT = """(signs) => {
    const canvas = Object.assign(document.createElement("canvas"), { width: 60, height: 60 });
    const pen = canvas.getContext("2d", { willReadFrequently: true });
    const drawn = (sign) => {
        pen.clearRect(0, 0, 60, 60);
        pen.font = "40px sans-serif";
        pen.fillText(sign, 5, 45);
        return canvas.toDataURL();
    };
    const box = drawn("\\u{10ffff}");
    return signs.filter((sign) => drawn(sign) === box); }"""
_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
]


@dataclass(frozen=True)
class Leaf:
    """One page of the site as it goes into the book."""

    page: str
    title: str
    html: str
    charts: int
    cut: list[str]
    empty: list[str]
    sheets: list[str]


def parts(toc: Path, site: Path) -> dict[str, list[str]]:
    """Pages by part, in the book's order; the start page is a part of its own.

    A pattern takes the pages that the site has.
    """
    contents = yaml.safe_load(toc.read_text(encoding="utf-8"))
    return {"Summary": [contents["root"]]} | {
        part["caption"]: list(_pages(part["chapters"], site)) for part in contents["parts"]
    }


def _pages(entries: list[dict], site: Path) -> Iterator[str]:
    for entry in entries:
        if "glob" in entry:
            yield from sorted(
                p.relative_to(site).with_suffix("").as_posix()
                for p in site.glob(f"{entry['glob']}.html")
                if not leads_on(p)
            )
        else:
            yield entry["file"]
            yield from _pages(entry.get("sections", []), site)


def kind(page: str) -> str:
    """How a page is set: two columns, small type, or a chapter.

    >>> kind("minerals/gallium"), kind("evidence"), kind("03-price-floor")
    ('short', 'list-page', 'chapter')
    """
    return "short" if page.startswith(_SHORT) else "list-page" if page in _LISTS else "chapter"


def volume(page: str) -> str:
    """Name the file of the volume that a page is in.

    >>> [volume(page) for page in ("minerals/gallium", "minerals/tin", "evidence", "03-price-floor")]
    ['chokepoint-minerals-a-l', 'chokepoint-minerals-m-z', 'chokepoint-evidence', 'chokepoint']
    """
    group, _, name = page.partition("/")
    if group == "minerals":  # the page that lists them begins the first
        return f"chokepoint-minerals-{'m-z' if name >= 'm' else 'a-l'}"
    if group == "countries":
        return "chokepoint-countries"
    looked_up = {"chokepoint-evidence": _EVIDENCE, "chokepoint-reference": _REFERENCE}
    return next((volume for volume, its in looked_up.items() if page in its), "chokepoint")


def leaf(context: "BrowserContext", site: Path, page: str, pages: list[str]) -> Leaf:
    """Open a page at the width of the paper, draw its charts, and take what print shows of it.

    There is a tab for each: one for all would fill up.
    """
    tab = context.new_page()
    tab.emulate_media(media="print", color_scheme="light")
    tab.goto((site / f"{page}.html").as_uri(), wait_until="load")
    web = tab.evaluate("document.querySelector('link[rel=canonical]')?.href ?? ''").removesuffix(
        f"{page}.html"
    )
    tab.add_style_tag(content=(_HERE / "pdf.css").read_text(encoding="utf-8"))
    given = {"page": page, "kind": kind(page), "pages": pages, "home": f"{site.as_uri()}/", "web": web}
    taken = tab.evaluate((_HERE / "pdf.js").read_text(encoding="utf-8"), given)
    tab.close()
    return Leaf(page=page, **taken)


def document(leaves: dict[str, list[Leaf]], release: str, volume_title: str = "") -> Markup:
    """Return the book as HTML: title, contents, whose page numbers are still to come, and parts.

    volume_title: what stands below the title, by default what follows in the title of the first page.
    """
    title, _, subtitle = next(iter(leaves.values()))[0].title.partition(": ")
    evidence = VOLUMES["chokepoint-evidence"]
    title, subtitle = ("Chokepoint", volume_title) if volume_title else (title, subtitle)
    charts = sum(one.charts for of in leaves.values() for one in of)
    style = (_HERE / "pdf.css").read_text(encoding="utf-8")
    return _template.book(
        sheets=dict.fromkeys(sheet for of in leaves.values() for one in of for sheet in one.sheets),
        style=Markup(style + _heads(leaves)),
        title=title,
        subtitle=capital(subtitle),
        sentences=[
            f"Computed from the {tables.load('releases').set_index('release').title[release]}.",
            horizon.sentence(),
            *[f"{charts} charts."] * (charts > 0),
            *[f"What numbers in the text rest on is in the volume “{evidence}”."] * (not volume_title),
        ],
        contents=[
            (
                caption,
                [(short, list(group)) for short, group in groupby(of, lambda one: kind(one.page) == "short")],
            )
            for caption, of in leaves.items()
        ],
        parts=[
            (caption, [(one, kind(one.page), _running(one)) for one in of]) for caption, of in leaves.items()
        ],
    )


def _running(one: Leaf) -> str:
    """Name the kind of page that carries this running head.

    That is a chapter's own, or one for all minerals or countries.
    """
    return "cp-" + one.page.split("/")[0]


def _heads(leaves: dict[str, list[Leaf]]) -> str:
    titles = {_running(one): one.title for of in leaves.values() for one in of if "/" not in one.page}
    return "".join(
        f"@page {name} {{ @top-right {{ content: {json.dumps(title, ensure_ascii=False)}; }} }}\n"
        for name, title in titles.items()
    )


def print_book(
    site: Path,
    target: Path,
    toc: Path,
    chrome: str,
    release: str = tables.DEFAULT_RELEASE,
    only: set[str] | None = None,
    volume_title: str = "",
) -> list[Leaf]:
    """Print the site (or `only` some of its pages) into `target`; the leaves tell what did not fit.

    volume_title: see `document`. UserError where a chart did not draw.
    """
    from playwright.sync_api import sync_playwright
    from pypdf import PdfReader

    if not (site / "index.html").is_file():
        raise UserError(f"There is no site in {site}: run `make book` first.")
    plan = {
        caption: [p for p in pages if only is None or p in only]
        for caption, pages in parts(toc, site).items()
    }
    pages = [p for of in plan.values() for p in of]
    sheet = target.with_suffix(".html")
    with sync_playwright() as play, _browser(play, chrome) as browser:
        context = browser.new_context(
            viewport={"width": WIDTH_PX, "height": 900},
            device_scale_factor=2,
            color_scheme="light",
            bypass_csp=True,
        )
        context.add_init_script(_KEEP_WORDS)
        taken = {
            page: leaf(context, site, page, pages)
            for page in tqdm(pages, desc="Setting pages", unit="page", leave=False, disable=None)
        }
        leaves = {caption: [taken[page] for page in of] for caption, of in plan.items() if of}
    sheet.write_text(document(leaves, release, volume_title), encoding="utf-8")
    _print(sheet, target, chrome, {})
    _print(sheet, target, chrome, _page_numbers(PdfReader(target), pages), outline=True, tagged=True)
    sheet.unlink()
    return list(taken.values())


def _print(sheet: Path, target: Path, chrome: str, numbers: dict[str, int], **how: bool) -> None:
    """Print a volume's document with these numbers of pages in its contents."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play, _browser(play, chrome) as browser:
        tab = browser.new_page()
        tab.goto(sheet.as_uri())
        tab.evaluate("document.fonts.ready.then(() => 1)")
        tab.evaluate(_NUMBER, numbers)
        tab.pdf(path=target, prefer_css_page_size=True, print_background=True, **how)


def _browser(play: "Playwright", chrome: str) -> "Browser":
    """Start the browser that prints."""
    return play.chromium.launch(executable_path=chrome, args=_ARGUMENTS)


def briefs(book: Path, chrome: str) -> list[str]:
    """List the pages of the brief that the browser has the characters for: English, then translations."""
    from playwright.sync_api import sync_playwright

    signs = {path.stem: _signs(path) for path in sorted(book.glob("brief*.md"))}
    with sync_playwright() as play, _browser(play, chrome) as browser:
        missing = set(browser.new_page().evaluate(_NOT_IN_A_FONT, sorted(set().union(*signs.values()))))
    return [page for page, its in signs.items() if not its & missing]


def _signs(path: Path) -> set[str]:
    """Return a page's Chinese and Japanese characters; any browser has the others.

    Names of links to the brief in other languages are not printed.
    """
    printed = re.sub(r"\[[^\]]*\]\(brief[^)]*\)", "", path.read_text(encoding="utf-8"))
    return {sign for sign in printed if sign >= "\u3000"}


def print_briefs(site: Path, into: Path, pages: list[str], chrome: str) -> list[Path]:
    """Print these pages of the site, each on one sheet of A4, into files of their names.

    UserError where one takes more than a sheet.
    """
    from playwright.sync_api import sync_playwright
    from pypdf import PdfReader

    made = [into / f"{page}.pdf" for page in pages]
    with sync_playwright() as play, _browser(play, chrome) as browser:
        tab = browser.new_context(color_scheme="light", bypass_csp=True).new_page()
        for path in made:
            tab.goto((site.resolve() / f"{path.stem}.html").as_uri(), wait_until="load")
            tab.evaluate(_WEB_LINKS)
            tab.pdf(path=path, format="A4", prefer_css_page_size=True, print_background=True, tagged=True)
    if long := [path.name for path in made if len(PdfReader(path).pages) != 1]:
        raise UserError(f"{', '.join(long)}: more than one sheet. Shorten that page of book/.")
    return made


def _page_numbers(reader: "PdfReader", pages: list[str]) -> dict[str, int]:
    """Find the page of the PDF, from 1, on which each page of the site begins."""
    where = {
        name.lstrip("/"): reader.get_destination_page_number(at) + 1
        for name, at in reader.named_destinations.items()
    }
    return {page: where[page] for page in pages if page in where}


def main(chrome: str) -> None:
    """Print build/html into the volumes of the book, and the brief in each language beside them."""
    home = tables.home()
    site, into, toc = home / "build" / "html", home / "build", home / "_toc.yml"
    pages = [page for of in parts(toc, site).values() for page in of]
    faults = []
    for name, volume_title in VOLUMES.items():
        target = into / f"{name}.pdf"
        only = {page for page in pages if volume(page) == name}
        if not only:  # an edition, or a book of its own, may have no minerals
            continue
        leaves = print_book(site, target, toc, chrome, only=only, volume_title=volume_title)
        faults += [f"{one.page}: {chart}" for one in leaves for chart in one.cut + one.empty]
        print(f"{target.relative_to(home)} ({target.stat().st_size / 1e6:.1f} MB)")
    if faults:
        raise UserError(
            "The book is printed, but these charts are not drawn whole on paper:\n" + "\n".join(faults)
        )
    sheets = print_briefs(site, into, briefs(home / "book", chrome), chrome)
    print(f"The brief is in build/{', '.join(path.name for path in sheets)}")


if __name__ == "__main__":
    try:
        main(sys.argv[1])
    except UserError as error:
        sys.exit(str(error))
