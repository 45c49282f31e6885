"""The picture of each page where it is shared."""

import json
import re
from pathlib import Path

import pytest
from small_book import Small

from chokepoint.site import cards

SIZE = (1200, 630)
TITLE_ONLY = cards.Card("Evidence", "Every number with its source. " * 12)
BARS = {
    "signals": [{"name": "width", "value": 720}, {"name": "cp_column", "value": 720}],
    "height": 2000,
    "data": [{"name": "rows", "values": [{"at": at} for at in range(1, 9)]}],
    "marks": [{"type": "rect", "from": {"data": "rows"}, "encode": {"enter": {
        "x": {"value": 0}, "width": {"field": "at", "mult": 40}, "y": {"field": "at", "mult": 200}, "height": {"value": 90}}}}],
}  # fmt: skip


def size(png: bytes) -> tuple[int, int]:
    """Width and height [px] of a PNG."""
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    return int.from_bytes(png[16:20]), int.from_bytes(png[20:24])


def test_a_card_has_the_size_that_is_shown_and_is_the_same_whenever_it_is_drawn():
    once = cards.draw(TITLE_ONLY, "mcs2026")
    assert size(once) == SIZE and len(once) < 60_000
    assert once == cards.draw(TITLE_ONLY, "mcs2026") != cards.draw(cards.Card("Sources", ""), "mcs2026")


def test_a_long_chart_is_drawn_from_its_beginning():
    tall = cards.draw(cards.Card("Tin", "China mines the most.", json.dumps(BARS)), "mcs2026")
    assert size(tall) == SIZE and tall != cards.draw(cards.Card("Tin", "China mines the most."), "mcs2026")
    assert cards._chart(BARS).cut and cards._chart(BARS).scale >= 1, "or nobody reads it"


def test_words_that_the_cards_font_has_no_letters_for_are_told_in_english():
    page = '<meta name="description" content="価格、供給">'
    assert cards.of_page("brief-ja", "一枚でわかる重要鉱物ブロック", page) == cards.Card(
        "The brief, in Japanese", ""
    )
    assert cards.of_page("countries/cote-divoire", "Côte d’Ivoire", "").title == "Côte d’Ivoire"


def test_a_picture_is_drawn_again_only_where_what_it_shows_is_another(tmp_path, monkeypatch):
    drawn, kept = [], tmp_path / "kept"
    monkeypatch.setattr(cards, "draw", lambda card, release: drawn.append(card.title) or card.title.encode())
    site = tmp_path / "site"
    (site / "one").mkdir(parents=True)
    for page in ("stock", "one/tin"):
        (site / f"{page}.html").write_text(f"<h1>{page}</h1>", encoding="utf-8")
    pages = [("stock", "Stock"), ("one/tin", "Tin")]
    cards.write(site, pages, "mcs2026", kept)
    assert (site / "_static" / "cards" / "one" / "tin.png").read_bytes() == b"Tin"
    cards.write(site, pages, "mcs2026", kept)
    cards.write(site, [("stock", "Stocks"), pages[1]], "mcs2026", kept)
    assert sorted(drawn) == ["Stock", "Stocks", "Tin"]


def cards_of(site: Path) -> dict[str, str]:
    """Page → address of its picture, of those that search engines may show."""
    pages = {
        path.relative_to(site).as_posix(): path.read_text(encoding="utf-8") for path in site.rglob("*.html")
    }
    return {
        name: (re.search(r'<meta property="og:image" content="([^"]*)"', text) or [None, ""])[1]
        for name, text in pages.items()
        if '<meta name="robots" content="noindex">' not in text
    }


@pytest.mark.slow
def test_each_page_has_a_picture_of_its_own_where_the_address_is_known_and_none_is_drawn_where_not(checkout):
    book = Small(checkout)
    book.build(CHOKEPOINT_ADDRESS="https://example.org/book")
    addresses = cards_of(book.site)
    assert {"index.html", "stock.html", "one/cobalt.html"} <= set(addresses) and "404.html" not in addresses
    pictures = {
        name: (book.site / address.removeprefix("https://example.org/book/")).read_bytes()
        for name, address in addresses.items()
    }
    assert {size(picture) for picture in pictures.values()} == {SIZE}
    other_titles = ("index", "stock", "roads", "one/cobalt")
    assert len({pictures[f"{page}.html"] for page in other_titles}) == len(other_titles)

    book.build(GITHUB_REPOSITORY="")  # or GitHub's machines would know an address
    assert not any(cards_of(book.site).values()) and not (book.site / "_static" / "cards").exists()
