"""Links that no writer has to set.

The first use of a glossary term, a mineral or a country in a page's prose leads to its entry or page; and a
row of the evidence page names the pages that state it. Works on a page's HTML, so that computed sentences are
linked like written ones.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from markupsafe import Markup

from chokepoint.analysis import countries
from chokepoint.data import tables
from chokepoint.pages.markup import link, macros
from chokepoint.site.settings import minerals_with_page, moved

if TYPE_CHECKING:  # it takes long to import
    from sphinx.application import Sphinx

_template = macros("finish")
GLOSSARY, EVIDENCE = "glossary", "evidence"
_LISTS_FACTS = "what-changed"  # a list of hundreds of facts, which states none
_ONLY_ON = {
    "draw": r"04-",
    "release": r"what-changed|rerun|methods",
    "reserves": r"minerals/|countries/",
}  # words with other senses
_NOT_A_MINERAL = {"lead"}  # far more often a verb
_BARRED = {
    "a",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "figcaption",
    "table",
    "details",
    "form",
    "button",
    "code",
    "pre",
    "label",
    "output",
    "nav",
}
_BARRED_CLASSES = re.compile(r"cp-(says|source|kicker|sentence|hidden|numbers)\b")
_VOID = {"br", "img", "input", "hr", "wbr", "col", "meta", "link"}
_TOKEN = re.compile(
    r"<!--.*?-->|<(?P<opaque>script|style|svg)\b.*?</(?P=opaque)>|<(?P<end>/?)(?P<tag>\w+)(?P<given>[^>]*)>|[^<]+",
    re.S,
)


@dataclass(frozen=True)
class Target:
    """Where a word leads: a page, perhaps an anchor on it, and what a pointer resting on it says."""

    page: str
    anchor: str = ""
    title: str = ""


def setup(app: Sphinx) -> dict:
    """Register with Sphinx, before `sphinx_extension` makes its `cp:` addresses relative."""
    app.connect("html-page-context", _finish, priority=800)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def _finish(app: Sphinx, pagename: str, templatename: str, context: dict, doctree: object) -> None:
    if context.get("body"):
        context["body"] = finish(app, pagename, context["body"])


def finish(app: Sphinx, pagename: str, body: str) -> str:
    """Return a page's HTML with these links, as `cp:` addresses."""
    printed = app.env.found_docs
    if pagename == EVIDENCE:
        return stated_on(body, stating(Path(app.srcdir)))
    if pagename == GLOSSARY:
        return body
    found = words(Path(app.srcdir) / f"{GLOSSARY}.md")
    elsewhere = {w for w, pages in _ONLY_ON.items() if not re.match(pages, pagename)}
    return linked(
        body,
        found,
        {t for w, t in found.items() if t.page not in printed or t.page == pagename or w in elsewhere},
    )


# --- the first use of a word ---


@cache
def words(glossary: Path) -> dict[str, Target]:
    """Every word that leads somewhere, in small letters.

    Those are terms of the glossary, minerals and countries with a page.
    """
    book = tables.home() / "book"
    listed, elsewhere = tables.rows("minerals", mineral=minerals_with_page(book)), moved(book)
    found = {
        name.split(" (")[0].lower(): _target(f"minerals/{code}", elsewhere)
        for code, name in zip(listed.mineral, listed.name, strict=True)
    }
    found = {word: target for word, target in found.items() if word not in _NOT_A_MINERAL}
    found |= {
        name.lower(): Target(f"countries/{countries.slug(iso3)}") for iso3, name in countries.names().items()
    }
    return found | (terms(glossary.read_text(encoding="utf-8")) if glossary.is_file() else {})


def _target(page: str, elsewhere: Mapping[str, str]) -> Target:
    """Return a page, or the place on another where it stands now."""
    whole, _, anchor = elsewhere.get(page, page).partition("#")
    return Target(whole, anchor)


def terms(text: str) -> dict[str, Target]:
    r"""Return the terms of the glossary's Markdown, each with the first sentence of its entry.

    >>> terms("# Glossary\n\n## Dual use\n\nFit for [both](#x). More.")
    {'dual use': Target(page='glossary', anchor='dual-use', title='Fit for both.')}
    """
    found = {}
    for name, entry in re.findall(r"^## (.+)\n+(.+)", text, re.M):
        plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", entry)
        found[name.lower()] = Target(
            GLOSSARY, re.sub(r"\W+", "-", name.lower()), re.split(r"(?<=[.:;]) ", plain)[0].rstrip(":;")
        )
    return found


def linked(body: str, targets: Mapping[str, Target], never: Iterable[Target] = ()) -> str:
    """Make the first use of each word in paragraphs and list items a link.

    Headings, links, figures and tables are left alone.

    never: targets to which nothing leads. A glossary entry that a writer has linked on the page is not linked
    again.

    >>> truce = Target("glossary", "truce", "A pause.")
    >>> linked("<h2>Truces</h2><p>Two truces and a truce.</p>", {"truce": truce})
    '<h2>Truces</h2><p>Two <a class="cp-term" href="cp:glossary#truce" title="A pause.">truces</a> and a truce.</p>'
    """  # noqa: E501  the doctest's result is one line
    pattern, by_form = _forms(tuple(targets))
    by_hand = set(re.findall(r'href="(?:\.\./)?glossary\.html#([\w-]+)"', body))
    done = {*never, *(t for t in targets.values() if t.page == GLOSSARY and t.anchor in by_hand)}
    stack, parts = [], []

    def one(found: re.Match) -> str:
        target = targets[by_form[re.sub(r"[\s-]", " ", found[0].lower())]]
        if target in done or (target.page != GLOSSARY and _part_of_a_name(found, target)):
            return found[0]
        done.add(target)
        return _template.term(link(target.page, target.anchor), target.title, Markup(found[0]))

    for token in _TOKEN.finditer(body):
        text, tag = token[0], (token["tag"] or "").lower()
        if tag and token["end"]:
            while stack and stack.pop()[0] != tag:
                pass
        elif tag and tag not in _VOID:
            barred = tag in _BARRED or bool(_BARRED_CLASSES.search(token["given"]))
            stack.append((tag, barred or bool(stack and stack[-1][1])))
        elif (
            not text.startswith("<")
            and stack
            and not stack[-1][1]
            and any(name in ("p", "li") for name, _ in stack)
        ):
            text = pattern.sub(one, text)
        parts.append(text)
    return "".join(parts)


def _part_of_a_name(found: re.Match, target: Target) -> bool:
    """Whether a mineral or country stands in the name of something else: China Mining Club, Korea Zinc."""
    before, after = found.string[: found.start()], found.string[found.end() :]
    firm = (
        target.page.startswith("minerals/") and found[0][0].isupper() and re.search(r"\b[A-Z]\w+ $", before)
    )
    return bool(firm or re.match(r" [A-Z]", after))


@cache
def _forms(words: tuple[str, ...]) -> tuple[re.Pattern, dict[str, str]]:
    """Return a pattern of all words and their plurals, and which word each form is of.

    A space may be a hyphen or the end of a line.

    >>> pattern, words = _forms(("signatory", "dual use"))
    >>> pattern.findall("Signatories of dual-use goods"), words["signatories"]
    (['Signatories', 'dual-use'], 'signatory')
    """
    by_form = {word[:-1] + "ies" if word.endswith("y") else word + "s": word for word in words} | {
        word: word for word in words
    }
    longest_first = sorted(
        (re.escape(form).replace(r"\ ", r"[\s-]") for form in by_form), key=len, reverse=True
    )
    return re.compile(rf"(?<![\w-])(?<!New )(?:{'|'.join(longest_first)})(?![\w-])", re.I), by_form


# --- from the evidence back to the pages ---


def stating(book: Path) -> dict[str, list[str]]:
    """Of each fact the pages that state it, chapters first. book: the folder of pages ready to be printed."""
    found: dict[str, list[str]] = {}
    for path in sorted(
        [*book.glob("*.md"), *book.rglob("*.ipynb")],
        key=lambda p: (len(p.relative_to(book).parts), p.as_posix()),
    ):
        if path.stem == _LISTS_FACTS:
            continue
        text = path.read_text(encoding="utf-8")
        ids = re.findall(r"(?:cp:evidence#fact-|\]\((?:\.\./)*evidence\.md#)([\w.-]+)", text)
        for fact_id in dict.fromkeys(ids):
            found.setdefault(fact_id, []).append(path.relative_to(book).with_suffix("").as_posix())
    return found


def stated_on(body: str, pages: Mapping[str, Iterable[str]]) -> str:
    """Return the rows of the evidence page, each with links to the pages that state its fact.

    >>> stated_on('<tr id="fact-x"><td>X</td>', {"x": ["04-project-vault"]})
    '<tr id="fact-x"><td>X<br><small>Stated on: <a href="cp:04-project-vault">chapter 4</a></small></td>'
    """

    def row(found: re.Match) -> str:
        on = [(page, _called(page)) for page in pages.get(found[1], ())]
        return Markup(found[0]) + _template.stated_on(on)

    return re.sub(r'<tr id="fact-([\w.-]+)"><td>.*?(?=</td>)', row, body)


@cache
def _called(page: str) -> str:
    """Name a page in a few words.

    >>> pages = ("04-project-vault", "minerals/gallium", "countries/dr-congo", "what-changed")
    >>> tuple(map(_called, pages))
    ('chapter 4', 'Gallium', 'DR Congo', 'what changed')
    """
    folder, _, name = page.rpartition("/")
    if folder == "minerals":
        return tables.load("minerals").set_index("mineral").name[name].split(" (")[0]
    if folder == "countries":
        return countries.names()[countries.code(name)]
    return f"chapter {int(name[:2])}" if name[:2].isdigit() else name.replace("-", " ")
