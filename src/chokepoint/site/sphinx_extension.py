"""The Sphinx extension: links to facts, lists made from the registry, and charts compiled for the page.

HTML that a notebook printed cannot know how deep its page lies: it links to `cp:page#anchor`, which becomes a
relative path here.
"""

import base64
import json
import os
import re
from collections.abc import Callable
from functools import partial, wraps
from pathlib import Path
from typing import Any

import nbformat
from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.transforms import SphinxTransform
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util.docutils import SphinxDirective

from chokepoint.analysis import facts
from chokepoint.data import memory, tables
from chokepoint.pages import front_page
from chokepoint.pages.drawn import drawn
from chokepoint.pages.markup import link, macros
from chokepoint.pages.vega_script import vega_script
from chokepoint.site import (
    chart_files,
    cover,
    extras,
    fact_links,
    lists,
    page_metadata,
    redirects,
    render,
    runs,
    search,
    seo,
)
from chokepoint.site.binder import launch
from chokepoint.site.chart_cache import ChartCache
from chokepoint.site.indexes import INDEXES
from chokepoint.site.layout import TEMPLATES, fix_html, fold_doubts, frame, rows_when_asked
from chokepoint.site.open_data import catalogue

_MODEL = re.compile(r'<script type="application/json" class="cp-model">(.*?)</script>', re.S)
_SCRIPT = re.compile(r'<script type="application/json" class="cp-script">(.*?)</script>', re.S)
_THEME_PARTS = {
    "sidebars",
    "theme_navbar_start",
    "theme_navbar_center",
    "theme_navbar_persistent",
    "theme_navbar_end",
    "theme_article_header_start",
    "theme_article_header_end",
    "theme_article_footer_items",
    "theme_content_footer_items",
    "theme_footer_start",
    "theme_footer_center",
    "theme_footer_end",
    "theme_primary_sidebar_end",
    "theme_secondary_sidebar_items",
}
published = macros("launch")
MODELS_HEAD = """// The models of this page, written by the book's Python from their equations.
(() => {
const { abs, exp, log, max, min, pow } = Math, when = (test, yes, no) => (test ? yes : no);
"""


def setup(app: Sphinx) -> dict:
    """Register all of it with Sphinx."""
    app.add_transform(FactLinks)
    app.add_post_transform(CodeBelow)
    app.add_directive("excerpt", Excerpt)
    app.add_directive("translated", Translated)
    app.add_directive("editions", Editions)
    app.add_directive("on-paper", OnPaper)
    app.add_directive("open-data", OpenData)
    first = {
        "cover": cover.cover,
        "argument": front_page.argument,
        "doors": front_page.doors,
        "one-page": front_page.one_page,
    }
    for name, make in (lists.LISTS | INDEXES | first).items():
        app.add_directive(name, _list_directive(make))
    app.add_config_value("cp_address", lambda config: page_metadata.site_address(), "html", [str])
    app.add_config_value("cp_charts", lambda config: f"{tables.home() / 'build' / 'charts'}", "", [str])
    app.add_config_value("cp_tables", None, "", [dict])
    app.add_config_value("cp_release", lambda config: release(), "env", [str])
    app.connect("config-inited", lambda app, config: config.templates_path.append(str(TEMPLATES)))
    app.connect("html-collect-pages", seo.error_404_page)
    app.connect("html-collect-pages", seo.embed_page)
    app.connect("html-collect-pages", redirects.pages)
    render.setup(app)
    search.setup(app)
    app.connect("html-page-context", _drop_theme_parts, priority=100)
    app.connect("html-page-context", _finish_page, priority=900)
    app.connect("build-finished", seo.write_sitemap_and_cards)
    app.connect("build-finished", _write_vega)
    app.connect("build-finished", _write_fonts)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def release() -> str:
    """Return the release the book is printed at."""
    return os.environ.get("CHOKEPOINT_RELEASE", tables.DEFAULT_RELEASE)


class FactLinks(SphinxTransform):
    """Lead a link such as `evidence.md#vault.exim_loan` to the row of that fact, wherever it stands.

    The text is what `fact_links.link_text` gives. One that contradicts the registry stopped the build before.
    A link such as `sources.md#S104` leads to the row of that source, `claims.ipynb#claim-C0-01` to a claim's.
    """

    default_priority = 500

    def apply(self, **_options: Any) -> None:
        """Lead every such link of the document to its row."""
        for node in list(self.document.findall(addnodes.pending_xref)):
            target = (
                f"{node['reftarget']}#{node.get('reftargetid', '')}"  # the latter where the file is there
            )
            text, found = (
                node.astext(),
                re.fullmatch(r"(?:.*/)?(evidence|sources)(?:\.md)?#([\w.-]+)#?", target),
            )
            if claim := re.fullmatch(r"(?:.*/)?claims(?:\.ipynb)?#(claim-[\w-]+)#?", target):
                to = link("claims", claim[1])
                node.replace_self(nodes.reference("", text, refuri=to, internal=True, classes=["cp-cited"]))
            if not found:
                continue
            if found[1] == "evidence" and (fact := facts.find(found[2], release())):
                to = link("evidence", f"fact-{fact.fact_id}")
                translated = fact_links.is_translated(self.document.settings.env.docname)
                shown = fact_links.link_text(text, fact, translated) or text
                kind, says = "cp-fact", fact.label
            elif (source := tables.row("sources", source_id=found[2])) is not None:
                to = link("sources", f"source-{source.source_id}")
                shown, kind, says = text, "cp-cited", f"{source.publisher}: {source.title}"
            else:
                continue
            node.replace_self(
                nodes.reference("", shown, refuri=to, internal=True, classes=[kind], reftitle=says)
            )


class CodeBelow(SphinxPostTransform):
    """Put a cell's code below what it printed, in the page's own order.

    A style that turned the two round would move the text that a reader has begun, each time that more of a
    long cell arrives, and a keyboard would reach the code first.
    """

    default_priority = 250  # MyST-NB folds the code at 199
    formats = ("html",)

    def run(self, **_options: Any) -> None:
        """Reverse every cell of the document."""
        for cell in self.document.findall(nodes.container):
            if cell.get("nb_element") == "cell_code":
                cell.children.reverse()


def _reads_noted(run: Callable[[Any], list[nodes.Node]]) -> Callable[[Any], list[nodes.Node]]:
    """Note what a directive reads of the data: its page is read again where that changed (see `render`)."""

    @wraps(run)
    def noting(self: SphinxDirective) -> list[nodes.Node]:
        noted = self.env.metadata[self.env.docname].setdefault(render.READS, [])
        with memory.recorded() as reads:
            found = run(self)
        noted += sorted(reads - set(noted))
        return found

    return noting


class Excerpt(SphinxDirective):
    """``{excerpt} 01-dependence lead``: the printed output of the cell with that tag on another page."""

    required_arguments = 2

    @_reads_noted
    def run(self) -> list[nodes.Node]:
        """Return the printed output as HTML."""
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


class Translated(SphinxDirective):
    """``{translated} not met, not met, not met``: the first line while they stand so, else the second."""

    required_arguments, final_argument_whitespace, has_content = 1, True, True

    @_reads_noted
    def run(self) -> list[nodes.Node]:
        """Return a paragraph."""
        holds = front_page.still_true(self.arguments[0], release())
        return [nodes.paragraph("", self.content[0 if holds else 1])]


class Editions(SphinxDirective):
    """``{editions}``: every file of `editions/`, a link where it goes with this site."""

    @_reads_noted
    def run(self) -> list[nodes.Node]:
        """Return the list."""
        rows = []
        for edition in runs.editions(tables.home() / "editions"):
            self.env.note_dependency(str(tables.home() / "editions" / f"{edition.name}.yml"))
            address = extras.edition_address(edition.name)
            rows.append((edition, address if extras.will_exist(address, Path(self.env.srcdir)) else ""))
        return [nodes.raw("", str(published.editions(rows)), format="html")]


class OnPaper(SphinxDirective):
    """``{on-paper}`` and what to call it: a link to this page as PDF, where one goes with this site."""

    has_content = True

    @_reads_noted
    def run(self) -> list[nodes.Node]:
        """Return a paragraph, or nothing."""
        address = f"{self.env.docname}.pdf"
        if not extras.will_exist(address, Path(self.env.srcdir)):
            return []
        return [nodes.raw("", str(published.paper(address, self.content[0])), format="html")]


class OpenData(SphinxDirective):
    """``{open-data}``: every file for other people's programs, a link where it goes with this site."""

    @_reads_noted
    def run(self) -> list[nodes.Node]:
        """Return the table."""
        linked = catalogue.is_announced(Path(self.env.srcdir))
        return [nodes.raw("", str(lists.file_list(linked)), format="html")]


def _list_directive(make: Callable[[str], str]) -> type[SphinxDirective]:
    class List(SphinxDirective):
        @_reads_noted
        def run(self) -> list[nodes.Node]:
            return [nodes.raw("", str(make(release())), format="html")]

    return List


def _drop_theme_parts(app: Sphinx, page: str, template: str, context: dict, _tree: Any) -> None:
    """Take the theme's sidebars, header and footers out of a page: its frame is ours, and shows none of them.

    The theme would render each once, the whole contents among them, to see whether it is empty.
    """
    context |= {part: [] for part in _THEME_PARTS & context.keys()}


def _finish_page(
    app: Sphinx, pagename: str, templatename: str, context: dict, doctree: nodes.document | None
) -> None:
    """Relative links, compiled charts, faults taken out, and the frame around them."""
    body = context.get("body") or ""
    found = app.env.found_docs
    body = _under_title(body, launch(pagename, Path(app.srcdir)))
    body = redirects.to_minerals(body, found, redirects.gone(found))
    body = guarded(related(body, pagename))
    models = _models(app, pagename, body) + _own_scripts(app, body)
    charts = ChartCache(Path(kept) if (kept := app.config.cp_charts) else None)
    body = drawn(_SCRIPT.sub("", _MODEL.sub("", body)), charts.get_or_compile)
    context["body"] = fold_doubts(fix_html(body))
    search.remember(app, pagename, context["body"])
    body = rows_when_asked(context["body"])
    context["body"] = chart_files.taken_out(body, pagename, partial(_write_static, app))
    context["cp"] = frame(app, pagename, context, models)
    _write_citation(app, pagename, context["cp"]["cite"])


def _write_static(app: Sphinx, name: str, text: str) -> None:
    """Write a file of the site's folder _static; with no text, delete what an earlier rendering left."""
    path = Path(app.outdir) / "_static" / name
    if not text:
        path.unlink(missing_ok=True)
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def _write_citation(app: Sphinx, pagename: str, cite: dict[str, str]) -> None:
    """Write how to cite a page as files that reference managers read."""
    for suffix, form in (("bib", "bibtex"), ("ris", "ris")) if cite else ():
        path = Path(app.outdir) / "cite" / f"{pagename}.{suffix}"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(cite[form], encoding="utf-8", newline="")


def _under_title(body: str, addition: str) -> str:
    title, end, text = body.partition("</h1>")
    return f"{title}{end}{addition if end else ''}{text}"


def related(body: str, pagename: str) -> str:
    """`cp:` links as paths from `pagename`.

    >>> related('<a href="cp:evidence#fact-x">', "minerals/gallium")
    '<a href="../evidence.html#fact-x">'
    >>> related('<a href="cp:07-futures?mineral=tin">', "07-futures")
    '<a href="07-futures.html?mineral=tin">'
    """
    up = "../" * pagename.count("/")
    return re.sub(r'href="cp:([^"#?]+)([#?][^"]*)?"', lambda m: f'href="{up}{m[1]}.html{m[2] or ""}"', body)


def guarded(body: str) -> str:
    """Links to other sites, which learn nothing of this one.

    >>> guarded('<a class="reference external" href="https://example.org">')
    '<a rel="noopener noreferrer" class="reference external" href="https://example.org">'
    """
    return re.sub(r'(?<=<a )(?![^>]*\brel=)(?=[^>]*\bhref="https?://)', 'rel="noopener noreferrer" ', body)


def _models(app: Sphinx, pagename: str, body: str) -> list[str]:
    """Write the models of a page's explorables as a script of the site, and name that file, if there are any.

    The page's Content-Security-Policy lets the site's scripts run.
    """
    models = dict(json.loads(found) for found in _MODEL.findall(body))
    file = f"models/{pagename.replace('/', '-')}.js"
    functions = ",\n".join(f"{name}: {code}" for name, code in models.items())
    text = f"{MODELS_HEAD}window.chokepointModels = {{\n{functions}\n}};\n}})();\n" if models else ""
    _write_static(app, file, text)
    return [file] if models else []


def scripts_of(body: str) -> list[tuple[str, str]]:
    """Return the scripts that a page's cells printed as data: name and text of each.

    >>> scripts_of('<script type="application/json" class="cp-script">["one","var one;"]</script>')
    [('one', 'var one;')]
    """
    return [tuple(json.loads(found)) for found in _SCRIPT.findall(body)]


def _own_scripts(app: Sphinx, body: str) -> list[str]:
    """Write a page's own scripts, each under its name, and name their files."""
    files = []
    for name, code in scripts_of(body):
        _write_static(app, file := f"models/{name}.js", code)
        files.append(file)
    return files


def _write_vega(app: Sphinx, exception: Exception | None) -> None:
    """Write the charts' script, once for the site.

    It is wrapped, because the bundle's names would clash with the page's.
    """
    path = Path(app.outdir) / "_static" / "vega.js"
    if (
        exception or app.builder.format != "html" or path.is_file()
    ):  # a print of other versions begins with no files
        return
    path.write_text("(()=>{" + vega_script("window.vega = {}") + "})();", encoding="utf-8")


def _write_fonts(app: Sphinx, exception: Exception | None) -> None:
    """Write the fonts as a script, for the pictures that a reader saves: they carry them.

    A page that is opened from a folder may not read a font's file, but it may load a script.
    """
    if exception or app.builder.format != "html":
        return
    static = Path(app.outdir) / "_static"
    faces = [
        f"@font-face{{font-family:'{path.stem.replace('-', ' ').title()}';font-weight:400 700;"
        f"src:url(data:font/woff2;base64,{base64.b64encode(path.read_bytes()).decode()})}}"
        for path in sorted((static / "fonts").glob("*.woff2"))
    ]
    text = json.dumps("".join(faces))
    (static / "fonts.js").write_text(f"window.chokepointFonts = {text};\n", encoding="utf-8")
