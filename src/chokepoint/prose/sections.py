"""Parts of a page that is made for many minerals or countries: a heading, sentences, perhaps a figure. What is not there prints nothing."""

import html
import re
from collections.abc import Sequence
from dataclasses import dataclass

from chokepoint import facts
from chokepoint.charts.figure import Figure, live_html, printing
from chokepoint.prose.findings import with_links

_WORDS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_WITH_ARTICLE = (
    "United States",
    "Philippines",
    "United Kingdom",
    "Netherlands",
    "United Arab Emirates",
    "DR Congo",
    "European Union",
    "Dominican Republic",
)


@dataclass(frozen=True)
class Section:
    """A part of a page. Sentences may name facts in braces; items become a list."""

    heading: str
    sentences: Sequence[str]
    release: str
    figure: Figure | None = None
    items: Sequence[str] = ()  # HTML, already escaped
    after: str = ""  # HTML, already escaped: what stands under the figure

    def _repr_mimebundle_(self, include=None, exclude=None) -> dict:
        if printing():
            return {"text/html": self.to_html(), "text/plain": self.heading}
        if self.figure is None:
            return {"text/html": live_html(self._words() + self.after), "text/plain": self.heading}
        return self.figure.kept(self.widget())

    def widget(self):
        """In a live kernel, where there is a figure."""
        return self.figure.widget(self._words(), self.after) if self.figure else None

    def to_html(self) -> str:
        """As the page prints it."""
        return f'<section class="cp-section">{self._words()}{self.figure.to_html() if self.figure else ""}{self.after}</section>'

    def _words(self) -> str:
        anchor = re.sub(r"\W+", "-", self.heading.lower()).strip("-")
        text = "".join(f"<p>{with_links(s, self.release)}</p>" for s in self.sentences)
        items = f"<ul>{''.join(f'<li>{i}</li>' for i in self.items)}</ul>" if self.items else ""
        return f'<h2 id="{anchor}">{html.escape(self.heading)}</h2>{text}{items}'


def in_words(count: float) -> str:
    """A small count as a word, a larger one in figures.

    >>> in_words(9), in_words(29)
    ('nine', '29')
    """
    return _WORDS[int(count)] if count < len(_WORDS) else f"{count:,.0f}"


def with_article(area: str) -> str:
    """A country as it stands in a sentence.

    >>> with_article("United States"), with_article("China")
    ('the United States', 'China')
    """
    return f"the {area}" if area in _WITH_ARTICLE or area.endswith("Islands") else area


def capital(text: str) -> str:
    """First letter large, the rest as it is."""
    return text[:1].upper() + text[1:]


def fact_exists(fact_id: str, release: str) -> bool:
    """Whether the registry has a fact at a release."""
    return facts.find(fact_id, release) is not None
