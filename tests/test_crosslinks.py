"""Words that lead somewhere without a writer having set a link, and the way back from the evidence."""

from pathlib import Path

import pytest

from chokepoint.site import crosslinks
from chokepoint.site.crosslinks import Target, linked, stated_on, stating

BOOK = Path(__file__).resolve().parents[1] / "book"
WORDS = {
    "signatory": Target("glossary", "signatory"),
    "lithium": Target("minerals/lithium"),
    "zinc": Target("minerals/zinc"),
    "china": Target("countries/china"),
    "guinea": Target("countries/guinea"),
}


def link(page, text):
    return f'<a class="cp-term" href="cp:{page}">{text}</a>'


def test_only_the_first_use_is_a_link():
    assert (
        linked("<p>Lithium, then lithium.</p><p>lithium</p>", WORDS)
        == f"<p>{link('minerals/lithium', 'Lithium')}, then lithium.</p><p>lithium</p>"
    )


@pytest.mark.parametrize(
    "kept",
    [
        "<h2>Lithium</h2>",
        '<p><a class="cp-fact" href="x">2% of lithium</a></p>',
        "<p><code>lithium</code></p>",
        '<figure><figcaption class="cp-says">More lithium</figcaption></figure>',
        '<p class="cp-source">Source: lithium</p>',
        "<table><tr><td><p>lithium</p></td></tr></table>",
        "<script>p = '<p>lithium</p>'</script>",
        "<div>lithium outside any paragraph</div>",
        "<p>Korea Zinc and the China Mining Club came from New Guinea.</p>",
    ],
)
def test_headings_links_code_titles_tables_and_names_are_left_alone(kept):
    assert linked(kept, WORDS) == kept


def test_a_computed_sentence_and_a_plural_are_linked_too():
    brief = '<aside class="cp-brief"><p class="cp-kicker">In brief</p><ul><li>The signatories mine lithium.</li></ul></aside>'
    assert 'href="cp:glossary#signatory">signatories</a>' in linked(brief, WORDS)


def test_a_page_does_not_lead_to_itself_nor_twice_to_what_a_writer_linked():
    assert linked("<p>lithium</p>", WORDS, {WORDS["lithium"]}) == "<p>lithium</p>"
    by_hand = '<p>A signatory, see <a href="../glossary.html#signatory">there</a>.</p>'
    assert linked(by_hand, WORDS) == by_hand


def test_every_term_of_the_glossary_has_an_address_and_says_what_it_means():
    found = {w: t for w, t in crosslinks.words(BOOK / "glossary.md").items() if t.page == "glossary"}
    assert len(found) > 40
    assert all(t.anchor and t.title and "](" not in t.title for t in found.values())
    assert set(crosslinks._ONLY_ON) <= set(found)


def test_the_evidence_names_the_pages_that_state_a_fact(tmp_path):
    (tmp_path / "minerals").mkdir()
    (tmp_path / "minerals" / "gallium.ipynb").write_text('"<a href=\\"cp:evidence#fact-gallium.reliance\\">"')
    (tmp_path / "04-project-vault.ipynb").write_text(
        "[US$10 billion](evidence.md#vault.exim_loan) and [100%](evidence.md#gallium.reliance)"
    )
    found = stating(tmp_path)
    assert found == {
        "vault.exim_loan": ["04-project-vault"],
        "gallium.reliance": ["04-project-vault", "minerals/gallium"],
    }
    row = stated_on('<tr id="fact-gallium.reliance"><td>x</td>', found)
    assert 'href="cp:minerals/gallium">Gallium</a>' in row and ">chapter 4</a>" in row
