"""The book on paper: what a colleague is handed, and what a reader's own printer gives."""

import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import browser as chromium
import pytest
from sampled import everything

from chokepoint.site import pdf

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("browser")]
HOME = Path(__file__).resolve().parents[1]
# A page of every kind; of the lists to which numbers and sources lead the shorter one, and every week the longest page of the book.
SOME = ["index", "04-project-vault", "minerals", "minerals/gallium", "countries/argentina"]
SOME += ["evidence", "sources"] if everything() else ["sources"]


@pytest.fixture(scope="module")
def printed(site, tmp_path_factory):
    """Some pages of every kind, printed as the book is: the file, opened, its leaves by page, and the text of each sheet."""
    from pypdf import PdfReader

    target = tmp_path_factory.mktemp("pdf") / "some.pdf"
    with ThreadPoolExecutor(
        1
    ) as apart:  # Playwright drives one browser a thread, and the tests' own is in this one
        leaves = apart.submit(
            pdf.print_book, site, target, HOME / "_toc.yml", chromium.executable(), only=set(SOME)
        ).result()
    reader = PdfReader(target)
    texts = [page.extract_text() for page in reader.pages]  # half a minute: read once
    return reader, {one.page: one for one in leaves}, texts


def links(reader) -> list[dict]:
    """The actions of all links."""
    return [
        note.get_object()
        for page in reader.pages
        for note in page.get("/Annots") or []
        if note.get_object().get("/Subtype") == "/Link"
    ]


def test_what_is_read_is_one_volume_and_what_is_looked_up_are_others(site):
    pages = [page for of in pdf.parts(HOME / "_toc.yml", site).values() for page in of]
    held = {name: {page for page in pages if pdf.volume(page) == name} for name in pdf.VOLUMES}
    assert all(held.values()) and sum(map(len, held.values())) == len(pages)
    assert {"index", "03-price-floor", "10-does-it-work", "glossary"} <= held["chokepoint"]
    assert {"evidence", "sources", "claims"} <= held["chokepoint-evidence"]
    assert {"start-here", "rerun", "data-dictionary"} <= held["chokepoint-reference"]
    of_minerals = [held[f"chokepoint-minerals-{letters}"] for letters in ("a-l", "m-z")]
    assert {page.split("/")[0] for of in of_minerals for page in of} == {"minerals"}
    assert "minerals" in of_minerals[0] and max(of_minerals[0]) < "minerals/m" <= min(of_minerals[1])
    leaf = pdf.Leaf(page="index", title="Chokepoint: a book", html="", charts=0, cut=[], empty=[], sheets=[])
    for volume_title, names_the_other in (("", True), (pdf.VOLUMES["chokepoint-countries"], False)):
        document = str(pdf.document({"": [leaf]}, "mcs2026", volume_title))
        assert ("Evidence and sources" in document) == names_the_other and volume_title in document


def test_every_chart_is_drawn_and_none_is_cut_off(printed):
    _, leaves, _ = printed
    assert list(leaves) == SOME
    assert sum(one.charts for one in leaves.values()) > 10
    assert not {one.page: one.cut + one.empty for one in leaves.values() if one.cut or one.empty}


def test_every_page_but_the_cover_carries_its_number(printed):
    *_, texts = printed
    for number, text in enumerate(texts[1:], start=2):
        assert str(number) in text.split(), f"page {number}"


def test_the_contents_name_the_page_where_each_chapter_begins(printed):
    _, leaves, texts = printed
    contents = " ".join(texts[1].split())
    for one in leaves.values():
        number = int(re.search(rf"{re.escape(one.title)} (\d+)", contents)[1])
        assert one.title in " ".join(texts[number - 1].split())


def test_every_link_inside_the_book_leads_somewhere(printed):
    reader, *_ = printed
    inside = [note for note in links(reader) if "/Dest" in note or note.get("/A", {}).get("/S") == "/GoTo"]
    aims = {str(note.get("/Dest") or note["/A"]["/D"]) for note in inside}
    assert len(inside) > 50
    assert not [aim for aim in aims if aim not in reader.named_destinations]


def test_links_to_elsewhere_are_kept_and_none_names_a_file_of_this_machine(printed):
    reader, *_ = printed
    addresses = {note["/A"]["/URI"] for note in links(reader) if note.get("/A", {}).get("/S") == "/URI"}
    assert all(address.startswith(("https://", "http://", "mailto:")) for address in addresses), addresses


def test_its_bookmarks_are_parts_then_chapters(printed):
    reader, leaves, _ = printed

    def squeezed(text):
        return re.sub(r"\s", "", text)

    first = [squeezed(entry.title) for entry in reader.outline if not isinstance(entry, list)]
    second = [
        squeezed(entry.title)
        for group in reader.outline
        if isinstance(group, list)
        for entry in group
        if not isinstance(entry, list)
    ]
    assert [t.lower() for t in first[2:]] == ["summary", "thestory", "onebyone", "reference"]
    assert {squeezed(one.title) for one in leaves.values()} <= set(second)


def test_sliders_are_printed_as_their_settings_with_the_sentence_that_follows(printed, site):
    *_, texts = printed
    text = " ".join(" ".join(texts).split())
    shown = (site / "04-project-vault.html").read_text(encoding="utf-8")
    sentence = re.search(r'class="cp-sentence"[^>]*>([^<]+)<', shown)[1]
    assert sentence in text
    assert "these settings are sliders" in text


@pytest.mark.parametrize("page", ["04-project-vault", "evidence", "minerals", "countries/argentina"])
def test_a_reader_who_prints_a_page_gets_the_article_alone(site, visit, page):
    """No sidebar, no control, no table or chart beyond the paper; sources stay."""
    seen = visit(f"{site.as_uri()}/{page}.html", width=pdf.WIDTH_PX).page
    seen.emulate_media(media="print")
    left_over = seen.evaluate("""[...document.querySelectorAll('.bd-sidebar-primary, .bd-sidebar-secondary, .bd-header-article, .bd-footer, button, input, select')]
        .filter(e => e.getClientRects().length && !e.matches('.cp-sort')).map(e => e.outerHTML.slice(0, 80))""")
    assert not left_over
    wide = seen.evaluate("""[...document.querySelectorAll('article table, article figure, article pre, article .cp-chart svg')]
        .filter(e => e.getClientRects().length && (e.getBoundingClientRect().right > innerWidth + 1 || e.getBoundingClientRect().left < -1)).map(e => e.outerHTML.slice(0, 80))""")
    assert not wide
    if page == "04-project-vault":
        assert seen.locator(".cp-source").first.is_visible()
