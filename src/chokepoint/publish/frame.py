"""What stands around the text of a page: its head, its way through the book, its citation. The theme's own is left out.

The theme sends 700 kB (gzipped) of scripts, icon fonts and styles with every page, throws console errors and breaks the
rules of accessibility. `templates/layout.html` is the frame in its place; this module says what goes into it.
"""

import base64
import hashlib
import html
import re
from pathlib import Path

from sphinx.application import Sphinx

from chokepoint.publish import about

TEMPLATES = Path(__file__).with_name("templates")
# What a page may load and run: the site's own files. No inline script or style, no `eval`, no plug-in, no other base.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; object-src 'none'"
)
# The one script that stands in a page: that of the 404 page, where the site's own address was not known. A server shows that page for any
# path, so only the reader's browser can find where the site begins: at the nearest folder above that has its script.
LOST = """(async () => {
  const folders = location.pathname.split("/").slice(0, -1).map((_, i, all) => `${all.slice(0, all.length - i).join("/")}/`);
  for (const root of folders) {
    const found = await fetch(`${root}_static/page.js`, { method: "HEAD" }).catch(() => null);
    if (!found?.ok || !found.headers.get("content-type")?.includes("javascript")) continue;
    if (document.readyState === "loading") await new Promise((done) => document.addEventListener("DOMContentLoaded", done));
    for (const name of ["href", "action"]) for (const element of document.querySelectorAll(`[${name}]:not([${name}^="#"], [${name}*=":"])`)) {
      element.setAttribute(name, root + element.getAttribute(name));
    }
    const add = (tag, properties) => document.head.append(Object.assign(document.createElement(tag), properties));
    add("link", { rel: "stylesheet", href: `${root}_static/chokepoint.css` });
    add("script", { src: `${root}_static/page.js` });
    return;
  }
})();"""
_SEARCH = ["documentation_options.js", "doctools.js", "sphinx_highlight.js", "language_data.js", "searchtools.js", "../searchindex.js"]
# Faults of what MyST-NB, Sphinx and pandas print, each with its cure.
_MENDS = [
    # a paragraph is not allowed in a summary, and both of its texts were read aloud under a third name
    (r'<summary aria-label="Toggle hidden content">.*?</summary>', "<summary>Code</summary>"),
    (r'<div class="toctree-wrapper compound">\s*</div>', ""),
    # configuration of a service of another site
    (r'<script type="text/x-thebe-config">.*?</script>\s*<script>kernelName = [^<]*</script>', ""),
    (r' style="text-align: unset;"', ""),
    # a sign that stands alone is no name for a link
    (
        r'<a class="headerlink" href="(#[^"]*)" title="[^"]*">#</a>',
        r'<a class="headerlink" href="\1" aria-label="Link to this heading">#</a>',
    ),
    # wider than a phone, it scrolls by itself and not with the page
    (
        r'<table class="(?:docutils align-default|table)">(.*?)</table>',
        r'<div class="cp-scroll cp-plain" tabindex="0" role="group" aria-label="Table"><table class="cp-table">\1</table></div>',
    ),
]
_SHOWN_SOURCES = 6


def frame(app: Sphinx, pagename: str, context: dict, models: list[str]) -> dict:
    """The template's `cp`: everything that the page's frame says, as text and HTML. models: scripts of this page's own."""
    body = context.get("body") or ""
    known = about.page(app, pagename, body, context)
    charts = "cp-chart" in body
    lost = pagename == "404" and not app.config.cp_address
    return {
        **known,
        "up": up(app, pagename),
        "policy": policy(LOST) if lost else POLICY,
        "lost": LOST if lost else "",
        "styles": _styles(app, charts, "highlight" in body),
        "scripts": _scripts(pagename, body, models),
        "contents": rooted(
            contents(context["toctree"](maxdepth=1, collapse=True, includehidden=True, titles_only=True) or "", pagename),
            up(app, pagename) if pagename == "404" else "",
        ),
        "on_page": on_page(body),
    }


def up(app: Sphinx, pagename: str) -> str:
    """The way from a page to the site's root.

    The 404 page is shown at any depth, so its links begin at the root of the server; where the site stands below that is not known, its
    script puts it before them.
    """
    if pagename == "404":
        return about.root_path(app.config.cp_address) if app.config.cp_address else ""
    return "../" * pagename.count("/")


def policy(script: str) -> str:
    """The policy of a page in which this one script may stand.

    >>> policy("1").split("; ")[1]
    "script-src 'self' 'sha256-a4ayc/80/OGda4BO/1o/V0etpOqiLx1JwB5S3beHW0s='"
    """
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    return POLICY.replace("script-src 'self'", f"script-src 'self' 'sha256-{digest}'")


def rooted(links: str, root: str) -> str:
    """Links that begin at the site's root, from there.

    >>> rooted('<a href="tin.html"><a href="#main">', "/book/")
    '<a href="/book/tin.html"><a href="#main">'
    """
    return re.sub(r'href="(?![#/]|[a-z]+:)', f'href="{root}', links)


def _styles(app: Sphinx, charts: bool, code: bool) -> list[tuple[str, str]]:
    wanted = [("chokepoint.css", "", True), ("pygments.css", "", code), ("charts.css", "", charts), ("print.css", "print", True)]
    return [
        (name, media) for name, media, use in wanted if use and (name == "pygments.css" or (Path(app.srcdir) / "_static" / name).is_file())
    ]


def _scripts(pagename: str, body: str, models: list[str]) -> list[str]:
    if pagename == "search":
        return _SEARCH
    return models + ["vega.js", "charts.js", "menu.js"] * ("cp-chart" in body) + ["lists.js"] * ("cp-list" in body)


def contents(toctree: str, pagename: str) -> str:
    """The book's table of contents, without the classes that only the theme's scripts read.

    >>> contents('<li class="toctree-l1 current"><a class="current reference internal" href="#">Who came</a></li>', "02-ministerial")
    '<li><a aria-current="page" href="#main">Who came</a></li>'
    """
    here = r'<a aria-current="page" href="#main">'
    plain = re.sub(r'<a class="current reference internal" href="#">', here, toctree)
    plain = re.sub(r'<a class="current reference internal" ', '<a aria-current="true" ', plain)
    plain = re.sub(r'<p[^>]*class="caption"[^>]*><span class="caption-text">(.*?)</span></p>', r"<p>\1</p>", plain)
    return re.sub(r' class="(toctree-l\d( current)?|current|reference internal)"', "", plain)


def on_page(body: str) -> str:
    """Links to the sections of a page that has three or more, as list items.

    >>> on_page('<h2 id="a">A</h2><section id="b"><h2>B<a class="headerlink" href="#b">#</a></h2><h2 id="c">C</h2>').count("<li>")
    3
    """
    found = re.findall(r'(?:<section id="([^"]+)">\s*(?:<span id="[^"]*"></span>\s*)*)?<h2(?: id="([^"]+)")?[^>]*>(.*?)</h2>', body, re.S)
    items = [(outer or own, re.sub(r"<a class=\"headerlink.*?</a>|<[^>]+>", "", said, flags=re.S).strip()) for outer, own, said in found]
    items = [(anchor, said) for anchor, said in items if anchor]
    return "".join(f'<li><a href="#{anchor}">{said}</a></li>' for anchor, said in items) if len(items) > 2 else ""


def fix_html(body: str) -> str:
    """The printed text with the faults of its printers mended."""
    for fault, cure in _MENDS:
        body = re.sub(fault, cure, body, flags=re.S)
    body = re.sub(r'(<a class="cp-fact[^>]*>)([^<]*)', lambda m: m[1] + m[2].replace(" %", "&nbsp;%"), body)
    body = re.sub(r'<a (?=[^>]*href="https?:)(?![^>]*\brel=)', '<a rel="noopener noreferrer" ', body)
    return re.sub(r'<p class="cp-source">(Sources: .*?)</p>', lambda m: folded(m[1]) or m[0], body, flags=re.S)


def folded(line: str) -> str:
    """A source line of many names as a fold that says how many; nothing where it is short.

    >>> folded("Sources: " + "; ".join(f'<a href="#{i}">A{i}</a>' for i in range(9)) + ".")[:90]
    '<details class="cp-source"><summary>Sources: A0; A1; A2; A3 and 5 more</summary><p>Sources'
    """
    names = re.findall(r"<a [^>]*>(?!\[)(.*?)</a>", line, re.S)
    if len(names) <= _SHOWN_SOURCES:
        return ""
    first = "; ".join(html.escape(html.unescape(n)) for n in names[:4])
    return f'<details class="cp-source"><summary>Sources: {first} and {len(names) - 4} more</summary><p>{line}</p></details>'
