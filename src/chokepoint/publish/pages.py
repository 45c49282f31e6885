"""The Sphinx extension: the `{fact}` role, lists made from the registry, and charts compiled for the page.

HTML that a notebook printed cannot know how deep its page lies: it links to `cp:page#anchor`, which becomes a relative path here.
"""

import json
import os
import re
from functools import cache
from pathlib import Path

import nbformat
import vl_convert
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective, SphinxRole

from chokepoint import facts, tables
from chokepoint.charts.figure import embedded, link
from chokepoint.errors import UserError
from chokepoint.publish import lists
from chokepoint.publish.indexes import INDEXES

_log = logging.getLogger(__name__)
VEGA_LITE = "6.4"
# Of the theme and Jupyter Book: thebe and require.js come from other sites and no page here needs them.
# The page's own script is added below, and only where there is something for it to do.
_UNWANTED = re.compile(r"thebe|require(\.min)?\.js|embed-amd|html-manager|mathjax|chokepoint\.js", re.I)


def setup(app: Sphinx) -> dict:
    """Register all of it with Sphinx."""
    app.add_role("fact", FactRole())
    app.add_directive("excerpt", Excerpt)
    for name, make in (lists.LISTS | INDEXES).items():
        app.add_directive(name, _list_directive(make))
    app.connect("html-page-context", _finish_page, priority=900)
    app.connect("build-finished", _write_vega)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def release() -> str:
    """The release the book is printed at."""
    return os.environ.get("CHOKEPOINT_RELEASE", tables.DEFAULT_RELEASE)


class FactRole(SphinxRole):
    """``{fact}`vault.exim_loan` `` prints the fact's text, linked to its row of the evidence page.

    ``{fact}`US$10 billion <vault.exim_loan>` `` prints that text, which must agree with the registry.
    """

    def run(self):
        explicit = re.fullmatch(r"(.+?)\s*<([a-z0-9_.-]+)>", self.text, re.S)
        text, fact_id = (explicit[1], explicit[2]) if explicit else (None, self.text)
        try:
            fact = facts.get(fact_id, release())
        except UserError as error:
            _log.warning(str(error), location=self.get_location())
            return [nodes.problematic(self.rawtext, self.rawtext)], []
        if text and not facts.agrees(text, fact):
            _log.warning(
                f'The text says "{text}", the registry says "{fact.text}" for {fact_id}. Change one of them.', location=self.get_location()
            )
        node = nodes.reference("", text or fact.text, refuri=link("evidence", f"fact-{fact_id}"), internal=True, classes=["cp-fact"])
        node["reftitle"] = fact.label
        return [node], []


class Excerpt(SphinxDirective):
    """``{excerpt} 01-dependence lead``: the printed output of the cell with that tag on another page."""

    required_arguments = 2

    def run(self):
        page, tag = self.arguments
        path = Path(self.env.srcdir) / f"{page}.ipynb"
        self.env.note_dependency(str(path))
        cells = nbformat.read(path, as_version=4).cells
        found = [
            o["data"]["text/html"]
            for c in cells
            if tag in c.metadata.get("tags", [])
            for o in c.get("outputs", [])
            if "text/html" in o.get("data", {})
        ]
        if not found:
            raise self.error(f'no printed cell with the tag "{tag}" in {page}')
        return [nodes.raw("", "".join(found), format="html")]


def _list_directive(make):
    class List(SphinxDirective):
        def run(self):
            return [nodes.raw("", make(release()), format="html")]

    return List


def _finish_page(app: Sphinx, pagename: str, templatename: str, context: dict, doctree) -> None:
    """Relative links, compiled charts, and only the scripts that this page needs."""
    body = context.get("body") or ""
    context["body"] = compiled(related(body, pagename))
    context["script_files"] = [s for s in context["script_files"] if not _UNWANTED.search(f"{s} {getattr(s, 'attributes', '')}")]
    needed = ["vega.js"] * ("cp-chart" in body) + ["chokepoint.js"] * ("cp-chart" in body or "cp-list" in body)
    up = "../" * pagename.count("/")
    context["body"] += "".join(f'<script defer src="{up}_static/{name}"></script>' for name in needed)


def related(body: str, pagename: str) -> str:
    """`cp:` links as paths from `pagename`.

    >>> related('<a href="cp:evidence#fact-x">', "minerals/gallium")
    '<a href="../evidence.html#fact-x">'
    """
    up = "../" * pagename.count("/")
    return re.sub(r'href="cp:([^"#]+)(#[^"]*)?"', lambda m: f'href="{up}{m[1]}.html{m[2] or ""}"', body)


def compiled(body: str) -> str:
    """Vega-Lite in script elements, compiled to Vega, so that the reader's browser need not."""
    pattern = r'<script type="application/vnd\.vegalite\+json">(.*?)</script>'
    return re.sub(pattern, lambda m: f'<script type="application/json" class="cp-spec">{_vega(m[1])}</script>', body, flags=re.S)


@cache
def _vega(vegalite: str) -> str:
    return embedded(vl_convert.vegalite_to_vega(json.loads(vegalite), vl_version=VEGA_LITE))


def _write_vega(app: Sphinx, exception: Exception | None) -> None:
    """The charts' script, once for the site; wrapped, because the bundle's names would clash with the page's."""
    if not exception and app.builder.format == "html":
        bundle = vl_convert.javascript_bundle("window.vegaEmbed = vegaEmbed;", vl_version=VEGA_LITE)
        (Path(app.outdir) / "_static" / "vega.js").write_text("(()=>{" + bundle + "})();", encoding="utf-8")
