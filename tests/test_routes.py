"""Two readers with a question, who follow links whose words promise the answer, from the first page and no address bar."""

import html
import re

import pytest

from chokepoint.analysis import facts
from chokepoint.data import tables
from chokepoint.pages import country, mineral
from chokepoint.site.redirects import leads_on

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("browser")]


def own_text(page: str) -> str:
    """The HTML of a page's own text, without the frame around it."""
    return re.search(
        r'<div class="bd-article">.*?(?=<nav class="cp-turn"|<details class="cp-cite"|</main>)', page, re.S
    )[0]


class Reader:
    """Somebody on a page of the site, who sees its own text and clicks on words in it."""

    def __init__(self, site):
        self.site, self.page, self.clicks = site, "index.html", 0

    @property
    def text(self) -> str:
        return own_text((self.site / self.page).read_text(encoding="utf-8"))

    def click(self, words: str) -> "Reader":
        """Follow the first link of the page's own text that shows these words."""
        links = re.findall(r'<a [^>]*?href="([^"#]+)[^"]*"[^>]*>(.*?)</a>', self.text, re.S)
        shown = [(address, html.unescape(re.sub(r"<[^>]+>", "", text))) for address, text in links]
        address = next(
            (a for a, text in shown if words.lower() in " ".join(text.lower().split()) and "://" not in a),
            None,
        )
        assert address, f"{self.page} shows no link with the words “{words}”"
        target = ((self.site / self.page).parent / address).resolve()
        self.page, self.clicks = target.relative_to(self.site.resolve()).as_posix(), self.clicks + 1
        return self

    @property
    def sees(self) -> str:
        """The page's words, without what is folded away."""
        plain = re.sub(r"<(script|style|details)\b.*?</\1>|<[^>]+>", " ", self.text, flags=re.S)
        return " ".join(html.unescape(plain).split())


def plain(sentences) -> list[str]:
    return [" ".join(facts.linked(s, tables.DEFAULT_RELEASE).split()) for s in sentences]


@pytest.mark.parametrize(
    "way",
    [
        ["what each country signed", "Argentina"],  # by the finding on what partners bring
        ["every country", "Argentina"],  # by the list of countries
        ["Argentina"],  # by the name itself
    ],
)
def test_what_did_argentina_sign_and_what_does_it_bring(site, way):
    reader = Reader(site)
    for words in way:
        reader.click(words)
    assert reader.page == "countries/argentina.html" and reader.clicks <= 4
    for sentence in plain(country.brief("argentina", tables.DEFAULT_RELEASE).sentences):
        assert sentence in re.sub(r" ([.,;)])", r"\1", reader.sees.replace("( ", "("))
    signed = reader.sees.split("What it signed")[1]
    assert (
        "4 February 2026" in signed
        and "5 February 2026" in signed
        and "Said to bind nobody" in signed
        and "Meant to bind" in signed
    )
    assert "Lithium" in reader.sees.split("What it brings")[1].split("What it signed")[0]


@pytest.mark.parametrize(
    "way",
    [
        ["what Project Vault would buy", "gallium"],
        ["every mineral", "Gallium"],
        ["how China has answered", "gallium"],
        ["gallium"],
    ],
)
def test_what_would_a_stock_of_gallium_cover_if_china_stopped_selling(site, way):
    reader = Reader(site)
    for words in way:
        reader.click(words)
    assert reader.page == "minerals/gallium.html" and reader.clicks <= 4
    answer = reader.sees.split("What a stock of it would cover")[1]
    for sentence in plain(mineral.vault("gallium", tables.DEFAULT_RELEASE).sentences):
        assert sentence in re.sub(r" ([.,;)])", r"\1", answer)
    assert facts.get("gallium.stock_days").text in answer and facts.get("gallium.stock_china").text in answer


def test_from_an_answer_the_reader_can_go_on_and_back(site):
    for page, ways in {
        "countries/argentina.html": ["Lithium", "What each country signed", "All countries", "evidence"],
        "minerals/gallium.html": ["Project Vault", "China", "All minerals", "evidence"],
        "04-project-vault.html": ["gallium", "list of minerals"],
        "05-frameworks.html": ["Argentina"],
    }.items():
        for words in ways:
            reader = Reader(site)
            reader.page = page
            assert (site / reader.click(words).page).is_file()
    evidence = Reader(site)
    evidence.page = "evidence.html"
    row = evidence.text.split('id="fact-graphite.stock_days"')[1].split("</tr>")[0]
    assert 'href="04-project-vault.html"' in row and 'href="minerals/graphite.html"' in row


def test_with_no_cut_a_stock_has_no_end(site, visit):
    seen = visit(f"{site.as_uri()}/04-project-vault.html").page
    section = seen.locator('.cp-explorable[data-model="vault"]').first
    slider = section.locator('input[name="cut"]')
    slider.focus()
    slider.press("Home")
    cell = section.locator('[data-result="months_last"]')
    seen.wait_for_function("cell => cell.textContent === 'no end'", arg=cell.element_handle(), timeout=10_000)
    slider.press("End")
    seen.wait_for_function(
        "cell => /^[\\d.]+$/.test(cell.textContent)", arg=cell.element_handle(), timeout=10_000
    )


# --- the table of systems on `methods` ---

SYSTEMS = {  # each thing that the articles speak of, and a word that every place it is sent to must have
    "The ministerial": "delegation|minister|countr",
    "The preferential trade zone": "price|floor|levy",
    "Project Vault": "vault",
    "A draw for a fee": "draw|stock|vault",
    "The bilateral frameworks": "framework",
    "FORGE, the plurilateral": "forge|plurilateral|action plan|days",
    "US stakes, loans": "loan|floor|stake|promise",
    "The two bills": "bill|h.r. 4090|secure",
    "Cheating by members": "cheat|member",
    "Flooding": "flood",
    "Separation as a moat": "separation|refine",
    "China's controls since 2010": "licence|suspen",
    "What Beijing said": "ministry|china",
    "How bad a cut would be": "cut|shock",
    "Hedging": "argentina|korea|european union",
    "The quarrel over Greenland": "greenland",
    "The market's answer": "share|usa rare earth",
    "Parallel systems": "outside china|separation",
    "Disagreements and errors": "claim|error|reading",
    "What has happened since": "2026",
}


def systems(site):
    """Rows of the printed table: subject, and for each of the three columns the addresses in it."""
    tables = re.findall(r"<table.*?</table>", (site / "methods.html").read_text(encoding="utf-8"), re.S)
    [table] = [t for t in tables if "The ministerial" in t]
    for row in re.findall(r"<tr.*?</tr>", table, re.S)[1:]:
        cells = re.findall(r"<td.*?</td>", row, re.S)
        yield (
            html.unescape(re.sub(r"<[^>]+>", "", cells[0])),
            [re.findall(r'href="([^"]+)"', cell) for cell in cells[1:]],
        )


def test_every_system_of_the_articles_has_a_page_a_chart_and_evidence(site):
    rows = [subject.strip().replace("’", "'") for subject, _ in systems(site)]
    assert [next((r for r in rows if r.startswith(s)), s) for s in SYSTEMS] == rows


def test_each_link_of_the_table_lands_on_something_that_treats_the_subject(site):
    faults = []
    for (subject, columns), words in zip(systems(site), SYSTEMS.values(), strict=True):
        for column, addresses in zip(("page", "chart", "evidence"), columns, strict=True):
            if not addresses:
                faults.append(f"{subject}: no {column}")
            for address in addresses:
                page, _, anchor = address.partition("#")
                text = (site / page).read_text(encoding="utf-8")
                start = text.index(f'id="{anchor}"') if anchor else 0
                part = text[start : start + 60_000 if anchor else None]
                if not re.search(words, re.sub(r"<[^>]+>", " ", part), re.I):
                    faults.append(f"{subject}: {address} does not speak of it")
                drawn = "cp-chart|cp-explorable|cp-list|<li>"
                if column == "chart" and not re.search(drawn, part):
                    faults.append(f"{subject}: nothing is drawn or listed at {address}")
    assert not faults, "\n".join(faults)


# --- every page ---


def test_no_heading_stands_without_anything_under_it(site):
    bare = []
    for path in sorted(
        p
        for p in site.rglob("*.html")
        if "_static" not in p.parts and p.stem not in ("search", "genindex", "embed") and not leads_on(p)
    ):
        body = own_text(path.read_text(encoding="utf-8"))
        pieces = re.split(r"<h([1-4])\b[^>]*>(.*?)</h\1>", body, flags=re.S)
        for level, head, under, below in zip(
            pieces[1::3], pieces[2::3], pieces[3::3], [*pieces[4::3], "0"], strict=True
        ):
            told = (
                re.search(r"<(?:svg|canvas|table|ul|ol|pre|figure)\b", under)
                or re.sub(r"<[^>]+>", " ", under).strip()
            )
            if not told and below <= level:
                bare.append(f"{path.relative_to(site)}: {re.sub(r'<[^>]+>', '', head)}")
    assert not bare, "\n".join(bare)


def test_chapters_minerals_countries_and_evidence_lead_to_each_other(site):
    def leads(page: str) -> set[str]:
        reader = Reader(site)
        reader.page = page
        found = {
            (site / page).parent.joinpath(a.split("#")[0]).resolve()
            for a in re.findall(r'href="([^"#:]+)', reader.text)
        }
        return {p.relative_to(site.resolve()).as_posix() for p in found if p.is_relative_to(site.resolve())}

    missing = []
    for page in sorted(p.relative_to(site).as_posix() for p in site.rglob("*.html")):
        own = re.match(r"[01]\d-|minerals/|countries/", page) and not leads_on(site / page)
        there = leads(page) if own else None
        if there is None:
            continue
        wanted = {"minerals/": r"minerals/", "countries/": r"countries/", "the evidence": r"evidence"}
        if not page[0].isdigit():
            wanted = {
                "a chapter": r"[01]\d-",
                "the evidence": r"evidence",
                "all minerals": r"minerals\.html",
                "all countries": r"countries\.html",
            }
        missing += [
            f"{page} leads to no {what}"
            for what, form in wanted.items()
            if not any(re.match(form, t) for t in there)
        ]
    assert not missing, "\n".join(missing)
