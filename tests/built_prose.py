"""The words of a built page as its reader meets them, apart from charts, tables, notes and folded boxes."""

import re
from functools import cache
from pathlib import Path

from bs4 import BeautifulSoup, Tag

# What is no prose of the page: furniture, pictures and their notes, tables, models, and what is folded.
APART = set(
    "script style noscript svg nav header footer figure table form details pre .headerlink "
    ".cp-horizon .cp-trail .cp-turn .cp-cite .cp-launch .cp-edition .cp-on-page-small .cp-cautions "
    ".cp-source .cp-kicker .cp-results .cp-hidden .cp-explorable .cp-guess .cp-voices .cp-marks .cp-verdict "
    ".cell_input".split()
)
UNKNOWN = re.compile(
    r"\b(?:not (?:yet )?(?:known|found|stated|published|named|said|given|opened|traced|checked|settled)|unknown|unclear|"
    r"no (?:text|list|source|figure|number|schedule|price|date)s? (?:was|were|has been|is|are) (?:found|published|known|named|printed)|"
    r"nobody (?:knows|has said|says|can say|prints)|cannot be (?:told|known)|has not been (?:published|said)|none (?:was|is) (?:found|known|published))\b",
    re.I,
)


@cache
def main(page: Path) -> Tag:
    """The article of a page, without what is apart."""
    whole = re.search(r"<main\b.*</main>", page.read_text(encoding="utf-8"), re.S)[0]
    article = BeautifulSoup(whole, "html.parser").main
    for part in article.find_all(is_apart):  # a selector of all these takes as long as reading the page
        part.decompose()
    return article


def is_apart(tag: Tag) -> bool:
    """Whether an element is no prose of the page, by its name or its classes."""
    return tag.name in APART or any(f".{name}" in APART for name in tag.get("class", ()))


def paragraphs(page: Path) -> list[Tag]:
    """Paragraphs and items of lists, in order."""
    return [
        block
        for block in main(page).find_all(["p", "li"])
        if not block.find(["p", "li"]) and block.get_text(strip=True)
    ]


def text(block: Tag) -> str:
    """The words of a block, with single spaces."""
    return re.sub(r"\s+", " ", block.get_text(" ")).strip().replace(" .", ".").replace(" ,", ",")


def words(page: Path) -> int:
    """How many words of prose a page has."""
    return sum(len(text(block).split()) for block in paragraphs(page))


def sentences(page: Path) -> list[str]:
    """Sentences of a page's prose; an abbreviation or a number's point ends none."""
    found = []
    for block in paragraphs(page):
        found += re.split(r"(?<=[a-z0-9)”’%][.?!])\s+(?=[“A-Z])", text(block))
    return [sentence for sentence in found if len(sentence.split()) > 2]


def titles(page: Path) -> list[str]:
    """Titles of the charts and models of a page, folded ones too."""
    soup = BeautifulSoup(page.read_text(encoding="utf-8"), "html.parser")
    return [re.sub(r"\s+", " ", t.get_text(" ")).strip() for t in soup.select("main .cp-says")]
