"""Amounts, shares and names as they stand in a sentence or at the end of a bar."""

import re

import pandas as pd

from chokepoint.analysis import supply

_WORDS = (
    "no",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
)
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


def share(value: float, alone: bool = False) -> str:
    """Write a share of world output: totals are rounded, so it is too. alone: nobody else makes any.

    >>> share(34.09), share(0.4), share(0), share(100)
    ('34%', 'under 1%', 'none', 'over 99%')
    """
    return supply.share_text(value, alone)


def tons(value: float, kilograms: bool = False) -> str:
    """Metric tons, rounded as they are printed; what a release counts in kilograms, in kilograms.

    >>> tons(7.4e9), tons(23e6), tons(270000), tons(2.5, kilograms=True)
    ('7.4 billion t', '23 million t', '270,000 t', '2,500 kg')
    """
    if value >= 1e6:
        return f"{value / 1e9:,.3g} billion t" if value >= 1e9 else f"{value / 1e6:,.3g} million t"
    return supply.mass(value, kilograms)


def edition(release: str) -> str:
    """Name a release as one says it.

    >>> edition("mcs2026"), edition("iea2025")
    ('MCS 2026', 'IEA 2025')
    """
    return re.sub(r"([a-z]+)(\d{4})", lambda m: f"{m[1].upper()} {m[2]}", release)


def money(value: float) -> str:
    """Write a price to three figures.

    >>> money(4100.0), money(46.297)
    ('4,100', '46.3')
    """
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def date(when: pd.Timestamp) -> str:
    """Write a day in words.

    >>> date(pd.Timestamp(2026, 2, 4))
    '4 February 2026'
    """
    return f"{when.day} {when:%B %Y}"


def capital(text: str) -> str:
    """First letter large, the rest as it is."""
    return text[:1].upper() + text[1:]


def with_article(area: str) -> str:
    """Write a country as it stands in a sentence.

    >>> with_article("United States"), with_article("China")
    ('the United States', 'China')
    """
    return f"the {area}" if area in _WITH_ARTICLE or area.endswith("Islands") else area


def in_words(count: float) -> str:
    """Write a small count as a word, a larger one in figures.

    >>> in_words(9), in_words(29)
    ('nine', '29')
    """
    return _WORDS[int(count)] if count < len(_WORDS) else f"{count:,.0f}"


def listed(words: list[str]) -> str:
    """Words as a list in a sentence.

    >>> listed(["tin"]), listed(["tin", "zinc", "lead"])
    ('tin', 'tin, zinc and lead')
    """
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def mineral(code: str) -> str:
    """Write a mineral as it stands in a sentence: rare earths, gallium, titanium."""
    return supply.in_sentence(code)
