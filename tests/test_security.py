"""What comes from the data is text and nothing else, wherever it is read; what runs here reads nothing it should not, and tells nothing."""

import ast
import csv
import io
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from chokepoint.data import check, tables
from chokepoint.data.ingest.package import inert
from chokepoint.models.sentence import vega_sentence, written
from chokepoint.site.chart_files import put_back
from chokepoint.site.staging import plain_markdown

HOME = Path(__file__).resolve().parents[1]
SOURCES = sorted((HOME / "src").rglob("*.py"))
# --- no data is ever run


def calls(path: Path):
    """Every call in a file: its dotted name and the call."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func), node


FORBIDDEN = re.compile(
    r"(builtins\.)?(eval|exec|compile|__import__)|os\.(system|popen)|(c?pickle|marshal|dill|shelve|joblib)\.loads?|"
    r"yaml\.(unsafe_|full_)?load(_all)?|(\w+\.)?(eval|extractall|unpack_archive|read_pickle)"
)


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: p.relative_to(HOME / "src").as_posix())
def test_no_text_is_run_unpickled_or_unpacked_to_disk(path):
    found = [name for name, _ in calls(path) if FORBIDDEN.fullmatch(name)]
    shells = [name for name, call in calls(path) for k in call.keywords if k.arg == "shell"]
    assert found + shells == []


def test_yaml_is_read_by_its_safe_loader_only():
    readers = {name for path in SOURCES for name, _ in calls(path) if name.startswith("yaml.")}
    assert readers <= {"yaml.safe_load", "yaml.safe_dump"} and "yaml.safe_load" in readers


def test_the_page_s_script_writes_text_and_never_markup():
    script = "".join(
        path.read_text(encoding="utf-8") for path in sorted((HOME / "book" / "_static").glob("*.js"))
    )
    assert script and not re.findall(
        r"\beval\b|new Function|innerHTML|outerHTML|insertAdjacentHTML|document\.write|setTimeout\(['\"]",
        script,
    )


@pytest.mark.parametrize("text", ["'+alert(1)+'", "\\'+alert(1)+'", "${alert(1)}", "a\nb", "</script>"])
def test_words_of_a_sentence_are_quoted_in_the_browser_s_expression(text):
    for sentence, said, number in (
        (f"{text} costs {{levy:.0f}}.", f"{text} costs ", r"format\(levy, '\.0f'\)"),
        (
            f"{text} costs US${{levy:.0f}}.",
            f"{text} costs ",
            r"\(substring\(format\(levy, '\.0f'\), 0, 1\) == '−'",
        ),
    ):
        literal = re.match(rf"'((?:[^'\\]|\\.)*)' \+ {number}", vega_sentence(sentence), re.S)
        assert literal and literal[1].replace("\\'", "'").replace("\\\\", "\\") == said
    assert written(f"{text.replace('{', '{{').replace('}', '}}')} {{levy:.0f}}", {"levy": 1}) == f"{text} 1"


@pytest.mark.parametrize(
    "text",
    [
        "<img src=x onerror=alert(1)>",
        "[a](javascript:alert(1))",
        "{raw}`html <b>`",
        "**a** `b` $c$ # d",
        "a\n# b",
    ],
)
def test_a_title_from_the_data_is_no_markup(text):
    from markdown_it import MarkdownIt

    shown = MarkdownIt("commonmark").renderInline(plain_markdown(text))
    assert "<" not in shown and not re.search(r"href|\*\*", shown.replace("**a**", ""))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{vault.exim_loan}", "takes for a fact"),
        ("{raw}", "for a fact"),
        ("{0}", "for a fact"),
        ('\\"+(1)+"', "a backslash"),
    ],
)
def test_what_the_book_itself_would_read_as_its_own_is_refused(tmp_path, text, said):
    schema = {"fields": [{"name": "note", "type": "string"}]}
    (tmp_path / "datapackage.json").write_text(
        json.dumps({"resources": [{"name": "t", "path": "t.csv", "schema": schema}]})
    )
    (tmp_path / "t.csv").write_text('note\n"see {}"\n'.format(text.replace('"', '""')))
    assert said in str(check.check(tmp_path)[0])
    assert text not in inert(f"see {text}")


# --- a small book of hostile data

PAYLOADS = (
    "</script><img src=x onerror=pwned=true>",
    '"><svg onload=pwned=true>',
    "' onmouseover='pwned=true",
    "[a](javascript:pwned=true)",
    "`code` **bold** $x$ <b>pwned</b>",
    "'+(pwned=true)+'",
    '"+(pwned=true)+"',
    "${pwned=true} {{ pwned*pwned }} {% pwned %} {} %s",
    "&lt;img src=x onerror=pwned=true&gt;",
    'href="cp:pwned#x"',
    "<!-- pwned --> ]]> <style>body{ display:none }</style>",
)
HOSTILE = {
    "sources": ("title", "publisher", "viewpoint", "reliability"),
    "timeline": ("description", "note"),
    "open_questions": ("question", "why", "looked_for"),
    "conflicts": ("question", "resolution", "why"),
    "readings": ("reading", "outlet", "why"),
    "statements": ("paraphrase", "speaker"),
    "assumptions": ("label", "note"),
    "ledger": ("label", "note"),
    "agreements": ("commits", "note", "instrument_name"),
    "controls": ("items", "observed_effect", "note"),
    "finance": ("description", "recipient", "note"),
    "claims": ("statement", "check_result", "note"),
    "minerals": ("name", "note"),
    "mcs2026-production": ("footnote",),
}
NOTEBOOKS = ("03-price-floor", "08-since-february", "claims", "mineral", "country")
LISTS = {
    "index": "mineral-index",
    "evidence": "fact-list",
    "sources": "source-list",
    "assumptions": "assumption-list",
    "open-questions": "question-list",
    "data-dictionary": "data-dictionary",
    "countries": "country-index",
}
RUNS = {
    "mineral.ipynb": {"page": "minerals/{mineral}", "runs": [{"mineral": "cobalt"}]},
    "country.ipynb": {"page": "countries/{country}", "runs": [{"country": "argentina"}]},
}
# Most pages are left out, so that links to them lead nowhere; all else is the build as it is.
BUILD = (
    "from chokepoint.site import build, linkcheck; linkcheck.require_whole = lambda *_: None; build.build()"
)
CANARY = "canary-7f3a91d2"


def poison(data: Path, table: str, columns: tuple[str, ...]) -> None:
    """Add something hostile to the text of every row of a table."""
    path = data / tables.resource(table, data=data)["path"]
    with open(path, encoding="utf-8", newline="") as file:
        head, *rows = csv.reader(file)
    for i, row in enumerate(rows):
        for j in (head.index(c) for c in columns):
            row[j] = f"{row[j]} {PAYLOADS[(i + j) % len(PAYLOADS)]}".strip() if row[j] else row[j]
    made = io.StringIO()
    csv.writer(made, lineterminator="\n").writerows([head, *rows])
    path.write_text(made.getvalue(), encoding="utf-8")


@pytest.fixture(scope="module")
def hostile(tmp_path_factory) -> Path:
    """A checkout whose data are hostile, with a small book printed from them."""
    from conftest import Checkout

    made = Checkout(tmp_path_factory.mktemp("hostile") / "chokepoint")
    book = made.folder / "book"
    for table, columns in HOSTILE.items():
        poison(made.folder / "data", table, columns)
    for path in book.glob("*.md"):
        path.unlink()
    for path in book.glob("*.ipynb"):
        if path.stem not in NOTEBOOKS:
            path.unlink()
        else:  # its links lead to pages that are left out
            path.write_text(
                re.sub(r"\]\((?!http)[^)]*\)", "](https://example.org)", path.read_text(encoding="utf-8")),
                encoding="utf-8",
            )
    for page, directive in LISTS.items():
        (book / f"{page}.md").write_text(f"# {page}\n\n```{{{directive}}}\n```\n")
    (book / "runs.yml").write_text(yaml.safe_dump(RUNS))
    pages = [*(p for p in LISTS if p != "index"), *NOTEBOOKS[:3], "minerals/cobalt", "countries/argentina"]
    (made.folder / "_toc.yml").write_text(
        "format: jb-book\nroot: index\nchapters:\n" + "".join(f"  - file: {p}\n" for p in pages)
    )
    kept = {k: v for k, v in os.environ.items() if not k.startswith("CHOKEPOINT")}
    run = subprocess.run(
        [sys.executable, "-c", BUILD],
        cwd=made.folder,
        env=kept | {"PYTHONPATH": str(made.folder / "src"), "DEPLOY_TOKEN": CANARY},
        capture_output=True,
        text=True,
        timeout=900,
    )
    assert run.returncode == 0, (run.stdout + run.stderr)[-3000:]
    return made.folder


def printed(hostile: Path) -> list[Path]:
    return sorted(p for p in (hostile / "build" / "html").rglob("*.html") if "_static" not in p.parts)


@pytest.mark.slow
@pytest.mark.xdist_group("hostile")  # built once for all
def test_nothing_in_the_data_runs_and_all_of_it_stands_as_text(hostile, visit):
    read = ""
    for path in printed(hostile):
        seen = visit(path.as_uri()).page
        seen.evaluate(
            "document.documentElement.classList.add('cp-code')"
        )  # what a reader does by "Show the code"
        seen.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
        for mark in seen.locator(".cp-chart svg .mark-symbol path").all()[:3]:
            mark.hover(force=True, timeout=2000)
        assert seen.evaluate("typeof window.pwned") == "undefined", path
        odd = seen.evaluate("""[...document.querySelectorAll('main *')].filter(e => [...e.attributes].some(a => /^on/.test(a.name)
            || /^\\s*(javascript|data|vbscript):/i.test(a.value) && /^(href|src|action)$/.test(a.name))
            || e.matches('img[src="x"], svg[onload], main style, main b > b')).map(e => e.outerHTML.slice(0, 200))""")
        assert odd == [], path
        read += seen.evaluate("document.body.textContent")
    for payload in PAYLOADS:
        assert payload in read, payload


@pytest.mark.slow
@pytest.mark.xdist_group("hostile")  # built once for all
def test_a_tooltip_and_a_download_hold_the_text_itself(hostile, visit):
    seen = visit((hostile / "build/html/08-since-february.html").as_uri()).page
    dots = seen.locator(".cp-chart svg .mark-symbol path")
    dots.nth(1).scroll_into_view_if_needed()
    dots.nth(1).hover(force=True)
    seen.wait_for_selector(".cp-tip:not([hidden])")
    assert seen.locator(".cp-tip *").evaluate_all(
        "all => all.every(e => e.tagName === 'DIV' && !e.children.length)"
    )
    details = seen.locator(".cp-numbers").first
    details.locator("summary").press("Enter")
    with seen.expect_download() as caught:
        details.locator(".cp-save").click()
    cells = [
        c for row in csv.reader(io.StringIO(caught.value.path().read_text(encoding="utf-8-sig"))) for c in row
    ]
    assert any("pwned" in c for c in cells)
    assert not [c for c in cells if re.match(r"[=@\t\r]|[+-](?![\d.]|$)", c)]


def expressions(spec, key=""):
    """Every text in a Vega specification that Vega would evaluate."""
    if isinstance(spec, dict):
        for k, v in spec.items():
            yield from () if k in ("values", "data_values") else expressions(v, k)
    elif isinstance(spec, list):
        for v in spec:
            yield from expressions(v, key)
    elif isinstance(spec, str) and key in ("expr", "signal", "update", "test", "init", "filter"):
        yield spec


@pytest.mark.slow
@pytest.mark.xdist_group("hostile")  # built once for all
def test_no_expression_of_a_chart_is_made_from_data(hostile):
    specs = [
        (path.name, json.loads(spec))
        for path in printed(hostile)
        for spec in re.findall(
            r'<script type="application/json" class="cp-spec">(.*?)</script>',
            put_back(path.read_text(encoding="utf-8"), hostile / "build" / "html" / "_static"),
            re.S,
        )
    ]
    assert len(specs) >= 8
    assert sum("pwned" in json.dumps(spec) for _, spec in specs) >= 2, "the hostile text did reach charts"
    quoted = re.compile(
        r""""(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'"""
    )  # titles and orders: Vega-Lite quotes them
    assert [
        (page, e) for page, spec in specs for e in expressions(spec) if "pwned" in quoted.sub("", e)
    ] == []


@pytest.mark.slow
@pytest.mark.xdist_group("hostile")  # built once for all
def test_links_to_other_sites_tell_them_nothing(hostile):
    body = "".join(
        re.search(r"<main.*</main>", p.read_text(encoding="utf-8"), re.S)[0] for p in printed(hostile)
    )
    outward = re.findall(r"<a\b[^>]*\bhref=\"(?:https?:)?//[^>]*>", body)
    assert len(outward) > 100
    assert [a for a in outward if 'rel="noopener noreferrer"' not in a] == []


@pytest.mark.slow
@pytest.mark.xdist_group("hostile")  # built once for all
def test_the_site_holds_nothing_of_the_machine_that_made_it(hostile):
    secrets = (CANARY, "DEPLOY_TOKEN", str(hostile), str(HOME), str(Path.home()) + "/", sys.prefix)
    told = []
    for path in (hostile / "build" / "html").rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            told += [f"{path.name}: {s}" for s in secrets if s.encode() in content]
    assert told == []


@pytest.mark.slow
@pytest.mark.xdist_group("hostile")  # built once for all
def test_executed_notebooks_hold_no_environment(hostile):
    executed = [
        p for p in (hostile / "build").rglob("*.ipynb") if "stage" in p.parts or "executed" in p.parts
    ]
    assert executed
    assert [p.name for p in executed if CANARY in p.read_text(encoding="utf-8")] == []
    staged = [p for p in executed if "stage" in p.parts]
    assert [p.name for p in staged if str(hostile) in p.read_text(encoding="utf-8")] == []
