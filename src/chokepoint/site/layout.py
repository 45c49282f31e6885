"""What stands around the text of a page: its head, its way through the book, its citation.

The theme's own is left out.

The theme sends 700 kB (gzipped) of scripts, icon fonts and styles with every page, throws console errors and
breaks the rules of accessibility. `templates/layout.html` is the frame in its place; this module says what
goes into it.
"""

import base64
import hashlib
import html
import re
from pathlib import Path

from markupsafe import Markup
from sphinx.application import Sphinx

from chokepoint.pages.components.table import PART
from chokepoint.pages.markup import macros
from chokepoint.site import page_metadata

TEMPLATES = Path(__file__).with_name("templates")
_template = macros("finish")
# What a page may load and run: the site's own files. No inline script or style, no `eval`, no plug-in, no
# other base.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; object-src 'none'"
)
# The page of the scenario model draws its band in a worker, made of the model's own text: a file of its own
# would not start from a folder.
DESK, WORKER = 'class="cp-figure cp-scenario"', "; worker-src blob:"
ROCK = 'class="cp-rock"'  # the drawn chain of *From rock to motor*
# The one script that stands in a page: that of the 404 page, where the site's own address was not known. A
# server shows that page for any path, so only the reader's browser can find where the site begins: at the
# nearest folder above that has its script.
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
    document.querySelector("link[rel=icon]").href = `${root}_static/favicon.svg`;
    add("link", { rel: "stylesheet", href: `${root}_static/chokepoint.css` });
    add("script", { src: `${root}_static/page.js` });
    return;
  }
})();"""  # noqa: E501  as it stands in the page
# Faults of what MyST-NB, Sphinx and pandas print, each with its cure.
_FIXES = [
    # what is folded is named: a table with the code that loads it, a plain chart with the code that draws it
    *(
        (
            rf'(<div class="cell [^"]*\btag_{tag}\b[^"]*">\s*<details[^>]*>\s*)<summary.*?</summary>',
            lambda m, name=name: m[1] + str(_template.code_summary(name)),
        )
        for tag, name in (("load", "Load the data"), ("draw", "Draw it"))
    ),
    # a paragraph is not allowed in a summary, and both of its texts were read aloud under a third name
    (r'<summary aria-label="Toggle hidden content">.*?</summary>', lambda _: _template.code_summary()),
    (r'<div class="toctree-wrapper compound">\s*</div>', ""),
    # configuration of a service of another site
    (r'<script type="text/x-thebe-config">.*?</script>\s*<script>kernelName = [^<]*</script>', ""),
    (r' style="text-align: unset;"', ""),
    # a sign that stands alone is no name for a link
    (
        r'(<a class="headerlink" href="#[^"]*") title="[^"]*"(?=>#</a>)',
        r'\1 aria-label="Link to this heading"',
    ),
    # pandas styles each table that it writes, by elements and attributes that HTML has given up
    (r"<style scoped>.*?</style>\s*(?=<table)", ""),
    (r'<table border="1" class="dataframe[^"]*">', '<table class="dataframe">'),
    (r'(?<=<tr) style="text-align: right;"', ""),
    (r"<td>(?:NaN|NaT|None|&lt;NA&gt;)</td>", "<td></td>"),  # a value that the table does not have
    # wider than a phone, it scrolls by itself and not with the page
    (
        r'<table class="(?:docutils align-default|table|dataframe)">(.*?)</table>',
        lambda found: _template.scrolled(Markup(found[1])),
    ),
]
# A list of many rows: its opening tag, caption, head and first part; its later parts.
_IN_PARTS = re.compile(
    r'(<table class="cp-list[^"]*\bcp-parts\b[^"]*">)((?:<caption>.*?</caption>)?)\s*(<thead>.*?</thead>)\s*'
    r"(<tbody>.*?</tbody>)\s*(<tbody>.*?)\s*</table>\s*</div>",
    re.S,
)
# A folded table of a chart's numbers: what stands before it; the table.
_NUMBERS = re.compile(
    r'(<details class="cp-numbers"><summary>[^<]*</summary>\s*<div class="cp-scroll"[^>]*>)\s*'
    r"(<table.*?</table>)",
    re.S,
)
_ROW = re.compile(r"<tr\b")
_MOST_ROWS = 8  # of a chart's numbers that a page has as elements from the start, its head among them
# What holds no words of the page, which is passed over; and an apostrophe between two letters.
_APOSTROPHE = re.compile(
    r"<(pre|code|script|style|textarea)\b.*?</\1>|<[^>]*>|(?<=\w)(?:'|&#39;|&#x27;)(?=\w)", re.S
)
_SHOWN_SOURCES = 6
DOUBTS = "how-sure-is-this"  # the anchor of the section that is folded: what is unknown, disputed or assumed


def frame(app: Sphinx, pagename: str, context: dict, models: list[str]) -> dict:
    """Return the template's `cp`: everything that the page's frame says, as text and HTML.

    models: scripts of this page's own.
    """
    body = context.get("body") or ""
    known = page_metadata.page(app, pagename, body, context)
    charts = "cp-chart" in body
    lost = pagename == "404" and not app.config.cp_address
    return {
        **known,
        "up": root_prefix(app, pagename),
        "policy": policy(LOST) if lost else POLICY + WORKER * (DESK in body or pagename == "embed"),
        "lost": LOST if lost else "",
        "styles": _styles(app, charts, DESK in body, ROCK in body, "highlight" in body),
        "scripts": _scripts(body, models) + ["search.js"] * (pagename == "search"),
        "contents": rooted(
            contents(
                context["toctree"](maxdepth=1, collapse=True, includehidden=True, titles_only=True) or "",
                pagename,
            ),
            root_prefix(app, pagename) if pagename == "404" else "",
        ),
        "on_page": on_page(body),
    }


def root_prefix(app: Sphinx, pagename: str) -> str:
    """Return the way from a page to the site's root.

    The 404 page is shown at any depth, so its links begin at the root of the server; where the site stands
    below that is not known, its script puts it before them.
    """
    if pagename == "404":
        return page_metadata.root_path(app.config.cp_address) if app.config.cp_address else ""
    return "../" * pagename.count("/")


def policy(script: str) -> str:
    """Return the policy of a page in which this one script may stand.

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


def _styles(app: Sphinx, charts: bool, desk: bool, rock: bool, code: bool) -> list[tuple[str, str]]:
    wanted = [
        ("chokepoint.css", "", True),
        ("pygments.css", "", code),
        ("charts.css", "", charts),
        ("desk.css", "", desk),
        ("rock.css", "", rock),
        ("print.css", "print", True),
    ]
    return [
        (name, media)
        for name, media, use in wanted
        if use and (name == "pygments.css" or (Path(app.srcdir) / "_static" / name).is_file())
    ]


def _scripts(body: str, models: list[str]) -> list[str]:
    return (
        models
        + ["one-of.js"] * ("cp-one-of" in body)  # before the charts, which it shows for paper
        + ["charts.js", "menu.js"] * ("cp-chart" in body)
        + ["lists.js"] * ("cp-list" in body)
        + ["guess.js"] * ("cp-guess" in body)
        + ["scenario.js", "desk.js"] * (DESK in body)
        + ["rock.js"] * (ROCK in body)
    )


def contents(toctree: str, pagename: str) -> str:
    """Return the book's table of contents, without the classes that only the theme's scripts read.

    >>> link = '<a class="current reference internal" href="#">Who came</a>'
    >>> contents(f'<li class="toctree-l1 current">{link}</li>', "02-ministerial")
    '<li><a aria-current="page" href="#main">Who came</a></li>'
    """
    here = r'aria-current="page" href="#main"'
    plain = re.sub(r'(?<=<a )class="current reference internal" href="#"(?=>)', here, toctree)
    plain = re.sub(r'(?<=<a )class="current reference internal" ', 'aria-current="true" ', plain)
    plain = re.sub(
        r'<p[^>]*class="caption"[^>]*><span class="caption-text">(.*?)</span></p>',
        lambda found: _template.paragraph(Markup(found[1])),
        plain,
    )
    return re.sub(r' class="(toctree-l\d( current)?|current|reference internal)"', "", plain)


def on_page(body: str) -> str:
    """Links to the sections of a page that has three or more, as list items.

    >>> inner = '<section id="b"><h2>B<a class="headerlink" href="#b">#</a></h2>'
    >>> on_page(f'<h2 id="a">A</h2>{inner}<h2 id="c">C</h2>').count("<li>")
    3
    """
    found = re.findall(
        r'(?:<section id="([^"]+)">\s*(?:<span id="[^"]*"></span>\s*)*(?:<details[^>]*><summary>\s*)?)?'
        r'<h2(?: id="([^"]+)")?[^>]*>(.*?)</h2>',
        body,
        re.S,
    )
    items = [
        (outer or own, re.sub(r"<a class=\"headerlink.*?</a>|<[^>]+>", "", said, flags=re.S).strip())
        for outer, own, said in found
    ]
    sections = [(anchor, Markup(heading)) for anchor, heading in items if anchor]
    return _template.on_page(sections) if len(sections) > 2 else ""


def curly(body: str) -> str:
    """Write apostrophes within words as the book does, wherever their text comes from.

    Code, scripts and attributes keep theirs.

    >>> curly("<code>it's</code> China&#39;s own, and its <a title='Japan'>neighbour's</a>")
    "<code>it's</code> China’s own, and its <a title='Japan'>neighbour’s</a>"
    """
    return _APOSTROPHE.sub(lambda found: "’" if found[0][0] in "'&" else found[0], body)


def fix_html(body: str) -> str:
    """Return a page's HTML without the faults of what wrote it."""
    body = curly(body)
    for fault, cure in _FIXES:
        body = re.sub(fault, cure, body, flags=re.S)
    body = re.sub(r'(?<=<a )(?=[^>]*href="https?:)(?![^>]*\brel=)', 'rel="noopener noreferrer" ', body)
    return re.sub(
        r'<p class="cp-source">(Sources: .*?)</p>', lambda m: collapse_sources(m[1]) or m[0], body, flags=re.S
    )


def rows_when_asked(body: str) -> str:
    """Put long tables where a browser with script reads no elements: a list's later parts, and numbers.

    Thousands of rows cost a slow phone seconds, and few readers unfold them. `lists.js` and `page.js` make
    rows of them when they are asked for.

    >>> table = "<table>" + "<tr></tr>" * 51 + "</table>"
    >>> opening = '<details class="cp-numbers"><summary>Numbers</summary><div class="cp-scroll">'
    >>> rows_when_asked(f"{opening}{table}").removeprefix(opening)[:33]
    '<noscript class="cp-later"><table'
    """
    body = _IN_PARTS.sub(lambda found: _template.in_parts(*map(Markup, found.groups())), body)
    most = PART if DESK in body else _MOST_ROWS  # the desk writes into its tables
    return _NUMBERS.sub(lambda found: _numbers_when_asked(found, most), body)


def _numbers_when_asked(found: re.Match, most: int) -> str:
    long = len(_ROW.findall(found[2])) > most
    return _template.numbers(*map(Markup, found.groups())) if long else found[0]


def fold_doubts(body: str) -> str:
    """Fold the section *How sure is this?* into one closed box, whose line is the heading.

    >>> inner = '<h2>How sure is this?<a class="headerlink" href="#x">#</a></h2><section><p>No.</p></section>'
    >>> fold_doubts(f'<section id="how-sure-is-this">{inner}</section><p>End.</p>')
    '<section id="how-sure-is-this"><details class="cp-sure"><summary><h2>How sure is this?</h2></summary><section><p>No.</p></section></details></section><p>End.</p>'
    """  # noqa: E501  the doctest's result is one line
    before, opening, rest = body.partition(f'<section id="{DOUBTS}">')
    depth = 1
    for tag in re.finditer(r"<(/?)section\b", rest):
        depth += -1 if tag[1] else 1
        if not depth:
            heading, end, inner = rest[: tag.start()].partition("</h2>")
            heading = re.sub(r'<a class="headerlink.*?</a>', "", heading, flags=re.S)  # none within a summary
            folded = _template.doubts(Markup(heading.lstrip() + end), Markup(inner))
            return f"{before}{opening}{folded}{rest[tag.start() :]}"
    return body


def collapse_sources(line: str) -> str:
    """Fold a source line of many names under words that say how many; nothing where it is short.

    >>> names = "; ".join(f'<a href="#{i}">A{i}</a>' for i in range(9))
    >>> str(collapse_sources(f"Sources: {names}."))[:90]
    '<details class="cp-source"><summary>Sources: A0; A1; A2; A3 and 5 more</summary><p>Sources'
    """
    names = re.findall(r'<a (?!class="cp-also")[^>]*>(.*?)</a>', line, re.S)
    if len(names) <= _SHOWN_SOURCES:
        return ""
    first = "; ".join(html.unescape(n) for n in names[:4])
    return _template.folded(first, len(names) - 4, Markup(line))
