"""The Sphinx extension: the `{fact}` role, lists made from the registry, and charts compiled for the page.

HTML that a notebook printed cannot know how deep its page lies: it links to `cp:page#anchor`, which becomes a relative path here.
"""

import json
import os
import re
from pathlib import Path

import nbformat
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective, SphinxRole

from chokepoint import facts, tables
from chokepoint.charts.figure import link
from chokepoint.charts.vega import drawn, script
from chokepoint.errors import UserError
from chokepoint.publish import about, cover, found, lists, printing
from chokepoint.publish.frame import TEMPLATES, fix_html, frame
from chokepoint.publish.indexes import INDEXES
from chokepoint.publish.launch import launch

_log = logging.getLogger(__name__)
_MODEL = re.compile(r'<script type="application/json" class="cp-model">(.*?)</script>', re.S)
MODELS_HEAD = """// The models of this page, written by the book's Python from their equations.
(() => {
const { abs, exp, log, max, min, pow } = Math, when = (test, yes, no) => (test ? yes : no);
"""


def setup(app: Sphinx) -> dict:
    """Register all of it with Sphinx."""
    app.add_role("fact", FactRole())
    app.add_directive("excerpt", Excerpt)
    for name, make in (lists.LISTS | INDEXES | {"cover": cover.cover}).items():
        app.add_directive(name, _list_directive(make))
    app.add_domain(found.Numbers)
    app.add_config_value("cp_address", lambda config: about.site_address(), "html", [str])
    app.add_config_value("cp_release", lambda config: release(), "env", [str])
    app.connect("config-inited", lambda app, config: config.templates_path.append(str(TEMPLATES)))
    app.connect("html-collect-pages", found.not_found_page)
    printing.setup(app)
    app.connect("html-page-context", _finish_page, priority=900)
    app.connect("build-finished", found.tell)
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
    """Relative links, compiled charts, mended faults, and the frame around them."""
    body = context.get("body") or ""
    body = guarded(related(body.replace("</h1>", "</h1>" + launch(pagename, Path(app.srcdir)), 1), pagename))
    models = _models(app, pagename, body)
    context["body"] = fix_html(drawn(_MODEL.sub("", body)))
    context["cp"] = frame(app, pagename, context, models)


def related(body: str, pagename: str) -> str:
    """`cp:` links as paths from `pagename`.

    >>> related('<a href="cp:evidence#fact-x">', "minerals/gallium")
    '<a href="../evidence.html#fact-x">'
    """
    up = "../" * pagename.count("/")
    return re.sub(r'href="cp:([^"#]+)(#[^"]*)?"', lambda m: f'href="{up}{m[1]}.html{m[2] or ""}"', body)


def guarded(body: str) -> str:
    """Links to other sites, which learn nothing of this one.

    >>> guarded('<a class="reference external" href="https://example.org">')
    '<a rel="noopener noreferrer" class="reference external" href="https://example.org">'
    """
    return re.sub(r'<a (?![^>]*\brel=)(?=[^>]*\bhref="https?://)', '<a rel="noopener noreferrer" ', body)


def _models(app: Sphinx, pagename: str, body: str) -> list[str]:
    """The models of a page's explorables as a script of the site, which its Content-Security-Policy lets run; that file, if there are any."""
    models = dict(json.loads(found) for found in _MODEL.findall(body))
    file = f"models/{pagename.replace('/', '-')}.js"
    if not models:
        (Path(app.outdir) / "_static" / file).unlink(missing_ok=True)  # of an earlier print
        return []
    functions = ",\n".join(f"{name}: {code}" for name, code in models.items())
    path = Path(app.outdir) / "_static" / file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"{MODELS_HEAD}window.chokepointModels = {{\n{functions}\n}};\n}})();\n", encoding="utf-8")
    return [file]


def _write_vega(app: Sphinx, exception: Exception | None) -> None:
    """The charts' script, once for the site; wrapped, because the bundle's names would clash with the page's."""
    path = Path(app.outdir) / "_static" / "vega.js"
    if exception or app.builder.format != "html" or path.is_file():  # a print of other versions begins with no files
        return
    path.write_text("(()=>{" + script("window.vega = {}") + "})();", encoding="utf-8")
