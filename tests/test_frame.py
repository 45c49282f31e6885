"""What a page says of itself to those who find, share and cite it."""

import json

import pandas as pd
import pytest

from chokepoint.site import layout, page_metadata, seo

DAY = pd.Timestamp("2026-10-08")


@pytest.mark.parametrize(
    "given, known",
    [
        ({}, ""),
        ({"CHOKEPOINT_ADDRESS": "https://example.org/book"}, "https://example.org/book/"),
        ({"GITHUB_REPOSITORY": "Owner/chokepoint"}, "https://owner.github.io/chokepoint/"),
        ({"GITHUB_REPOSITORY": "Owner/owner.github.io"}, "https://owner.github.io/"),
    ],
)
def test_the_sites_address_is_told_and_never_guessed(monkeypatch, given, known):
    for name in ("CHOKEPOINT_ADDRESS", "GITHUB_REPOSITORY"):
        monkeypatch.delenv(name, raising=False)
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    assert page_metadata.site_address() == known


def test_a_citation_carries_the_day_of_the_newest_evidence_and_the_address_only_where_known():
    there = page_metadata.citation(
        "Tin", "minerals/tin", "mcs2026", DAY, "https://example.org/minerals/tin.html"
    )
    assert "evidence to 8 October 2026" in there["plain"] and there["plain"].endswith(
        "https://example.org/minerals/tin.html"
    )
    assert "@incollection{chokepoint-tin," in there["bibtex"] and "url = {https" in there["bibtex"]
    assert "url" not in page_metadata.citation("Tin", "minerals/tin", "mcs2026", DAY, "")["bibtex"]


@pytest.mark.parametrize(
    "page, kind", [("minerals/tin", "Dataset"), ("data-dictionary", "Dataset"), ("03-price-floor", "Article")]
)
def test_a_page_of_data_is_a_data_set_and_a_chapter_an_article(page, kind):
    known = json.loads(page_metadata.linked_data("A </script> title", "What it says", page, DAY, ""))
    assert known["@type"] == kind and known["dateModified"] == "2026-10-08"


def test_linked_data_cannot_close_its_own_element():
    assert "</" not in page_metadata.linked_data("A </script> title", "What", "index", DAY, "")


def test_a_description_is_the_brief_and_fits():
    long = f'<aside class="cp-brief"><ul><li>{"word " * 90}</li></ul></aside>'
    assert page_metadata.description(long).endswith("word …") and len(page_metadata.description(long)) <= 202
    assert page_metadata.description("<h1>Sources</h1><p>Every <b>source</b>.</p>") == "Every source."


def test_the_sitemap_needs_an_address_and_robots_do_without():
    assert "<loc>https://example.org/minerals/tin.html</loc>" in seo.sitemap(
        "https://example.org/", ["minerals/tin"]
    )
    assert "Sitemap" not in seo.robots("") and "Sitemap: https://example.org/sitemap.xml" in seo.robots(
        "https://example.org/"
    )


def test_apostrophes_of_the_data_are_the_books_own_and_code_keeps_its():
    """One place for whatever a row holds; marks around words are left, as are attributes and scripts."""
    said = """<p title="it's">China's and China&#39;s, 'so'</p><pre>f's</pre><script>x's</script>"""
    assert layout.curly(said) == (
        """<p title="it's">China’s and China’s, 'so'</p><pre>f's</pre><script>x's</script>"""
    )


def test_every_foreign_link_tells_nothing():
    body = '<a class="cp-fact" href="#">69.23%</a> <a class="reference external" href="https://example.org">x</a>'
    fixed = layout.fix_html(body)
    assert "69.23%" in fixed and 'rel="noopener noreferrer"' in fixed


def test_a_short_source_line_stays_a_line():
    line = '<p class="cp-source">Sources: <a href="#a">A</a>; <a href="#b">B</a>.</p>'
    assert layout.fix_html(line) == line
