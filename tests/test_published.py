"""The site as it is published: editions and sheets of paper beside the pages, and no link to what is not there."""

import re
import unicodedata
from pathlib import Path

import browser as chromium
import pytest
import yaml

from chokepoint.errors import UserError
from chokepoint.site import extras, linkcheck, pdf, runs
from chokepoint.site.extras import Extras

HOME = Path(__file__).resolve().parents[1]
BOOK = HOME / "book"
ROUTES = (BOOK / "routes.md").read_text(encoding="utf-8")
BRIEFS = sorted(path.stem for path in BOOK.glob("brief*.md"))
READERS = ["A ministry between two meetings", "A newsroom", "An investor", "Japan", "The European Union"]


def sections() -> dict[str, str]:
    """The page of routes, by heading."""
    parts = re.split(r"^## (.+)$", ROUTES, flags=re.M)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


@pytest.mark.parametrize("reader", READERS)
def test_a_route_is_an_ordered_list_of_pages_each_with_a_reason(reader):
    steps = re.findall(r"^(\d)\. \[(.+)$", sections()[reader], re.M)
    assert [int(number) for number, _ in steps] == list(range(1, len(steps) + 1)) and 4 <= len(steps) <= 7
    assert all(len(step.partition("): ")[2].split()) > 3 for _, step in steps)


def test_the_front_page_leads_to_the_routes_and_they_to_the_editions():
    assert "(routes.md)" in (BOOK / "index.md").read_text(encoding="utf-8")
    assert "```{editions}" in sections()["Editions"]
    assert {edition.name for edition in runs.editions(HOME / "editions")} == {
        "european-union",
        "investor",
        "japan",
    }


def test_a_page_knows_what_will_be_there_and_nothing_else(tmp_path):
    assert not extras.will_exist("brief.pdf", tmp_path)
    stage = tmp_path / "stage"
    stage.mkdir()
    Extras({"japan": tmp_path}, ["brief-fr"]).record(stage)
    assert extras.will_exist("brief-fr.pdf", stage) and extras.will_exist("editions/japan/index.html", stage)
    assert not extras.will_exist("brief.pdf", stage) and not extras.will_exist(
        "editions/investor/index.html", stage
    )


@pytest.mark.slow
def test_the_built_book_links_no_edition_and_no_sheet_that_is_not_there(site):
    """A plain `make book` has neither, and its page says how an edition is built."""
    said = (site / "routes.html").read_text(encoding="utf-8")
    for edition in runs.editions(HOME / "editions"):
        there = (site / extras.edition_address(edition.name)).is_file()
        assert (f'href="{extras.edition_address(edition.name)}"' in said) == there
        assert (f"chokepoint build --edition {edition.name}" in said) != there
        assert edition.title in said
    for page in BRIEFS:
        linked = f'href="{page}.pdf"' in (site / f"{page}.html").read_text(encoding="utf-8")
        assert linked == (site / f"{page}.pdf").is_file()


@pytest.mark.slow
@pytest.mark.xdist_group("browser")
def test_what_is_published_has_its_editions_and_the_brief_on_paper(small_checkout):
    folder = small_checkout.folder
    for path in (folder / "editions").glob("*.yml"):
        path.unlink()
    edition = {"title": "Mine", "about": "A trial.", "parameters": {"stock": {"kind": "y"}}}
    (folder / "editions" / "mine.yml").write_text(yaml.safe_dump(edition))
    pages = {
        "routes": "# Routes\n\n```{editions}\n```\n",
        "brief": "# Brief\n\nOne.\n\n```{on-paper}\nPaper\n```\n",
    }
    for page, text in pages.items():
        (folder / "book" / f"{page}.md").write_text(text)
        with (folder / "_toc.yml").open("a") as contents:
            contents.write(f"  - file: {page}\n")
    run = small_checkout.run("publish", "--browser", chromium.executable())
    assert run.returncode == 0, run.stdout + run.stderr
    site = folder / "build" / "published" / "html"
    assert 'href="editions/mine/index.html"' in (site / "routes.html").read_text(encoding="utf-8")
    assert 'href="brief.pdf"' in (site / "brief.html").read_text(encoding="utf-8")
    assert "Edition: Mine." in (site / "editions" / "mine" / "stock.html").read_text(encoding="utf-8")
    assert "Edition" not in (site / "stock.html").read_text(encoding="utf-8")
    assert (site / "brief.pdf").read_bytes().startswith(b"%PDF")
    linkcheck.require_whole(site)
    assert small_checkout.standing.read_text() == "the last good site"


@pytest.fixture(scope="module")
def sheets(site, tmp_path_factory):
    """The brief as it is published: the one sheet of each language that this machine has the characters for."""
    from concurrent.futures import ThreadPoolExecutor

    from pypdf import PdfReader

    into, chrome = tmp_path_factory.mktemp("sheets"), chromium.executable()

    def made():
        return pdf.print_briefs(site, into, pdf.briefs(BOOK, chrome), chrome)

    with ThreadPoolExecutor(1) as apart:  # Playwright drives one browser a thread
        return {path.stem: PdfReader(path) for path in apart.submit(made).result()}


def squeezed(text: str) -> str:
    """Letters and figures alone: paper joins letters (ﬁ), and a style may write a line in capitals."""
    return re.sub(r"\W", "", unicodedata.normalize("NFKC", text).casefold())


@pytest.mark.slow
@pytest.mark.xdist_group("browser")
def test_each_sheet_is_one_of_a4_with_every_word_of_its_page(sheets, site):
    from bs4 import BeautifulSoup

    assert {"brief", "brief-es", "brief-fr"} <= sheets.keys()
    for page, reader in sheets.items():
        assert len(reader.pages) == 1
        width, height = (float(edge) for edge in reader.pages[0].mediabox[2:])
        assert (width / 72 * 25.4, height / 72 * 25.4) == pytest.approx((210, 297), abs=1)
        text = BeautifulSoup((site / f"{page}.html").read_text(encoding="utf-8"), "html.parser")
        article = text.select_one(".bd-article")
        for gone in article.select(".cp-screen-only, .headerlink, nav, script"):
            gone.decompose()
        told, words = squeezed(reader.pages[0].extract_text()), article.select("h1, p, li")
        assert len(words) > 7
        assert [p.get_text() for p in words if squeezed(p.get_text()) not in told] == []


@pytest.mark.slow
@pytest.mark.xdist_group("browser")
def test_a_sheet_holds_its_fonts_and_no_address_of_this_machine(sheets):
    for reader in sheets.values():
        for font in reader.pages[0]["/Resources"]["/Font"].values():
            inner = font.get_object().get("/DescendantFonts", [font])[0].get_object()
            described = inner["/FontDescriptor"].get_object() if "/FontDescriptor" in inner else {}
            # A variable font is printed as Type 3, whose glyphs stand in the font itself.
            assert {"/FontFile", "/FontFile2", "/FontFile3", "/CharProcs"} & {*inner, *described}
        notes = [note.get_object() for note in reader.pages[0].get("/Annots", [])]
        assert not [n for n in notes if str(n.get("/A", {}).get("/URI", "")).startswith("file:")]


@pytest.mark.slow
@pytest.mark.xdist_group("browser")
def test_a_page_whose_characters_no_font_here_has_is_not_offered(tmp_path):
    (tmp_path / "brief.md").write_text("# Brief\n\n[中文](brief-zh.md)\n", encoding="utf-8")
    (tmp_path / "brief-xx.md").write_text("# \U00100000\U0010fffd\n", encoding="utf-8")  # of no font
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(1) as apart:
        assert apart.submit(pdf.briefs, tmp_path, chromium.executable()).result() == ["brief"]


@pytest.mark.slow
@pytest.mark.xdist_group("browser")
def test_a_brief_that_has_grown_beyond_its_sheet_is_refused(tmp_path):
    from concurrent.futures import ThreadPoolExecutor

    (tmp_path / "brief.html").write_text("<p>word</p>" * 200, encoding="utf-8")
    with ThreadPoolExecutor(1) as apart, pytest.raises(UserError, match="more than one sheet"):
        apart.submit(pdf.print_briefs, tmp_path, tmp_path, ["brief"], chromium.executable()).result()
