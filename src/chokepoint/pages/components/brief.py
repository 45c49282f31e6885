"""The sentences at the head of each chapter. They are computed: if the data turn, the sentence turns.

A sentence is written with facts in braces, `{vault.exim_loan}`, and prints with each fact linked to its evidence.
"""

import html
import re
from collections.abc import Sequence
from dataclasses import dataclass

from chokepoint.analysis import facts
from chokepoint.pages.components.figure import link, live_html, printing


@dataclass(frozen=True)
class Brief:
    """*In brief*: three sentences that answer the chapter's question, at a release."""

    sentences: Sequence[str]
    release: str

    def _repr_mimebundle_(self, include=None, exclude=None) -> dict:
        plain = [facts.linked(s, self.release) for s in self.sentences]
        items = "".join(f"<li>{with_links(s, self.release)}</li>" for s in self.sentences)
        if printing():
            shown = f'<aside class="cp-brief" aria-label="In brief"><p class="cp-kicker">In brief</p><ul>{items}</ul></aside>'
        else:
            shown = live_html(f"<p><strong>In brief</strong></p><ul>{items}</ul>")
        return {"text/html": shown, "text/plain": "\n".join(plain)}


def with_links(sentence: str, release: str) -> str:
    """A sentence as HTML, each `{fact.id}` linked to its row of the evidence page.

    >>> with_links("{vault.exim_loan}", "mcs2026").startswith('<a class="cp-fact" href="cp:evidence#fact-vault.exim_loan"')
    True
    """
    parts = re.split(r"\{([a-z0-9_.]+)\}", sentence)
    shown = [html.escape(p) if i % 2 == 0 else _fact_link(facts.get(p, release)) for i, p in enumerate(parts)]
    return "".join(shown)


def _fact_link(fact: facts.Fact) -> str:
    return f'<a class="cp-fact" href="{link("evidence", f"fact-{fact.fact_id}")}" title="{html.escape(fact.label)}">{html.escape(fact.text)}</a>'
