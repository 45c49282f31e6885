"""The book for other people's programs: every file resolves, keeps to its schema, and says what the page says."""

import copy
import html
import io
import json
import re
import shutil
import sqlite3
import tomllib
import zipfile
from dataclasses import replace
from datetime import datetime
from functools import cache
from pathlib import Path
from urllib.parse import urldefrag
from uuid import UUID
from xml.etree import ElementTree

import pytest
import yaml
from jsonschema import Draft202012Validator
from pybtex.database import parse_string
from quiet_server import Quiet, serving
from sampled import of_each
from small_book import Small

from chokepoint.analysis import events, facts
from chokepoint.data import tables
from chokepoint.models.scenario import assemble
from chokepoint.pages.amounts import edition
from chokepoint.pages.components import scenario
from chokepoint.site import build, layout, linkcheck, lists, page_metadata
from chokepoint.site.chart_files import put_back
from chokepoint.site.open_data import catalogue, charts, database, feeds, package, write
from chokepoint.site.open_data.records import Book, documents

HOME = Path(__file__).resolve().parents[1]
GUIDE = (HOME / "book" / "open-data.md").read_text(encoding="utf-8")
ATOM = {"atom": "http://www.w3.org/2005/Atom"}
NOTHING = Book({}, {}, charts.Shown([], {}, None), ["08-since-february"], {})


def read(site: Path, address: str) -> dict:
    """A file of the API."""
    return json.loads((site / address).read_text(encoding="utf-8"))


def listed(site: Path) -> list[str]:
    """The address of every file of JSON: those of the index, and those that its lists name."""
    own = [file["address"] for file in read(site, "api/index.json")["files"] if "schema" in file]
    single = [
        entry["address"]
        for kind in ("charts", "minerals", "countries")
        for entry in read(site, f"api/{kind}.json")[kind]
    ]
    return own + single


def strict(schema: object) -> object:
    """A schema that allows only what it names: nothing is sent that it does not tell of."""
    if isinstance(schema, list):
        return [strict(inner) for inner in schema]
    if not isinstance(schema, dict):
        return schema
    known = {name: strict(inner) for name, inner in schema.items()}
    return known | ({"additionalProperties": False} if isinstance(known.get("properties"), dict) else {})


@cache
def validator(path: Path) -> Draft202012Validator:
    schema = json.loads(path.read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(strict(schema))


# --- every address, on the built book


@pytest.mark.slow
def test_every_address_of_the_index_resolves_and_keeps_to_its_schema(site):
    addresses = listed(site)
    assert len(addresses) == len(set(addresses)) > 100
    for address in addresses:
        content = read(site, address)
        schema = (site / address).parent / content["$schema"]
        faults = [
            f"{fault.json_path}: {fault.message[:200]}"
            for fault in validator(schema.resolve()).iter_errors(content)
        ]
        assert not faults, (address, faults[:3])
    for file in read(site, "api/index.json")["files"]:
        own = file["address"] == "api/index.json"  # a file cannot say how long it is itself
        assert file.get("bytes") == (None if own else (site / file["address"]).stat().st_size), file


@pytest.mark.slow
def test_nothing_lies_there_that_no_list_names(site):
    index = read(site, "api/index.json")
    named = {*listed(site), *index["schemas"], *(file["address"] for file in index["files"])}
    there = {
        p.relative_to(site).as_posix()
        for folder in ("api", "feed")
        for p in (site / folder).rglob("*")
        if p.is_file()
    }
    assert there == named


@pytest.mark.slow
def test_every_place_on_a_page_that_a_file_names_is_there(site):
    found = cache(lambda page: linkcheck._parse(site / page).ids)
    lists_ = [
        read(site, f"api/{kind}.json")[kind]
        for kind in ("facts", "charts", "minerals", "countries", "events", "sources", "forecasts")
    ]
    places = [
        entry["page"]
        for of in lists_
        for entry in (of.values() if isinstance(of, dict) else of)
        if entry.get("page")
    ]
    assert len(places) > 1000
    astray = [place for place in places if urldefrag(place)[1] not in {"", *found(urldefrag(place)[0])}]
    assert not astray, astray[:5]


# --- it says what the page says


def words(markup: str) -> str:
    """Text of a part of a page."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", markup)).split())


@pytest.mark.slow
def test_a_fact_says_what_its_row_on_the_evidence_page_says(site):
    page = (site / "evidence.html").read_text(encoding="utf-8")
    rows = {m[1]: words(m[2]) for m in re.finditer(r'<tr id="fact-([^"]+)">(.*?)</tr>', page, re.S)}
    known = read(site, "api/facts.json")["facts"]
    assert known.keys() == rows.keys()
    for fact_id, fact in known.items():
        for said in (fact["label"], fact["text"], fact["confidence"]):
            assert words(layout.curly(html.escape(said))) in rows[fact_id], (fact_id, said, rows[fact_id])


@pytest.mark.slow
def test_a_chart_says_shows_and_draws_what_its_page_does(site):
    every = read(site, "api/charts.json")["charts"]
    for entry in of_each(
        "charts as data", every, lambda one: one["page"].partition("/")[0].partition("#")[0], 2
    ):
        page, place = urldefrag(entry["page"])
        chart = read(site, entry["address"])
        text = put_back((site / page).read_text(encoding="utf-8"), site / "_static")
        start = text.index(f'id="{place}"')
        begin = max(text.rfind("<figure", 0, start), text.rfind('<section class="cp-explorable"', 0, start))
        end = text.find('class="cp-chart"', start)
        part = text[begin : end if end > 0 else len(text)]
        canvas = re.search(rf'id="{place}" role="img" aria-label="([^"]*)"', text)
        assert canvas and html.unescape(canvas[1]) == chart["alt"]
        seen = re.sub(r"\s", "", words(part))  # of two charts under one finding the title has both parts
        assert all(re.sub(r"\s", "", said) in seen for said in chart["title"].split(": "))
        drawn = json.loads(re.search(r'class="cp-spec"[^>]*>(.*?)</script>', text[start:], re.S)[1])
        for signal in drawn["signals"]:
            signal.get("bind", {}).pop("element", None)
        assert chart["spec"] == drawn
        shown = re.search(r'class="cp-csv">(.*?)</script>', text[start : end if end > 0 else None], re.S)
        assert bool(shown) == bool(chart["rows"])
        if shown:
            assert [chart["columns"], chart["rows"]] == list(charts.data(json.loads(shown[1])))
        figure = re.sub(r"<span [^>]*\bhidden>.*?</span>", "", text[begin : text.find("</figure>", start)])
        sources = re.findall(r'href="(?:\.\./)*sources\.html#source-([^"]+)"', figure)
        if text.startswith("<figure", begin):
            assert set(chart["sources"]) == set(map(html.unescape, sources)), chart["id"]


@pytest.mark.slow
def test_a_page_in_brief_says_the_same_as_data(site):
    for entry in of_each(
        "briefs as data",
        [*read(site, "api/minerals.json")["minerals"], *read(site, "api/countries.json")["countries"]],
        lambda one: one["address"].split("/")[1],
        3,
    ):
        page = words((site / urldefrag(entry["page"])[0]).read_text(encoding="utf-8"))
        for sentence in read(site, entry["address"])["in_brief"]:
            assert re.sub(r"\W", "", sentence) in re.sub(r"\W", "", page)


def test_numbers_are_numbers_and_codes_stay_texts():
    table = "heading,t,note\n0101,1.5,'=x\n,-2,\n"
    assert charts.data(table) == (["heading", "t", "note"], [["0101", 1.5, "=x"], [None, -2, None]])


# --- a page of another site


@pytest.mark.slow
@pytest.mark.xdist_group("browser")
def test_the_ten_lines_of_the_guide_draw_a_chart_on_a_page_of_another_site(site, browser, tmp_path):
    class Open(Quiet):
        """As GitHub Pages and its like answer: any page may read."""

        def end_headers(self):
            self.send_header("Access-Control-Allow-Origin", "*")
            super().end_headers()

    example = re.search(r"```html\n(.*?)```", GUIDE, re.S)[1]
    assert len(example.splitlines()) == 10
    with serving(site, Open) as book, serving(tmp_path) as other:
        (tmp_path / "mine.html").write_text(
            example.replace("https://example.org/chokepoint", book), encoding="utf-8"
        )
        page = browser.new_context().new_page()
        complaints = []
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(f"{other}/mine.html")
        page.wait_for_function("document.querySelectorAll('#chart svg .role-mark path').length > 1")
        first = read(site, read(site, "api/charts.json")["charts"][0]["address"])
        assert page.text_content("h1") == first["title"]
        assert page.get_attribute("#chart", "aria-label") == first["alt"]
        assert not complaints
        text = page.text_content("#chart")
        assert any(cell in text for row in first["rows"] for cell in row if isinstance(cell, str))
        page.context.close()


# --- the database and the package


@pytest.fixture(scope="module")
def opened(site):
    """The database of the built site."""
    with sqlite3.connect(f"file:{site / 'api' / 'chokepoint.sqlite'}?mode=ro&immutable=1", uri=True) as made:
        yield made


QUERIES = re.findall(r"```sql\n(.*?)```", GUIDE, re.S)


@pytest.mark.slow
def test_the_database_answers_the_questions_of_the_guide_as_the_book_does(opened):
    refined, cobalt, gallium = (opened.execute(query).fetchall() for query in QUERIES)
    china = {
        f.label: f.text
        for id_, f in facts.evaluate().items()
        if id_.endswith(".china_refined") and f.value > 50
    }
    assert dict(refined) == china and len(refined) == len(china) > 5
    for release in tables.releases():
        rows = tables.load("production", release).query(
            "mineral == 'cobalt' and stage == 'mine' and iso3 == 'COD'"
        )
        assert sorted((r.year, r.value) for r in rows.itertuples()) == [
            (year, value) for year, of, value, _ in cobalt if of == release
        ]
    named = set(tables.load("control_minerals").query("mineral == 'gallium'").control_id)
    controls = tables.load("controls")
    controls = controls[controls.published & controls.control_id.isin(named)]
    assert [row[1] for row in gallium] == list(
        controls.sort_values(["effective_date_start", "control_id"], na_position="first")["items"]
    )


@pytest.mark.slow
def test_the_database_holds_every_row_and_every_key_leads_somewhere(opened):
    assert opened.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    assert opened.execute("PRAGMA foreign_key_check").fetchall() == []
    count = {
        name: opened.execute(f'SELECT COUNT(*) FROM "{name}"').fetchone()[0]
        for (name,) in opened.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
    }
    assert count["production"] == sum(
        len(tables.load("production", release)) for release in tables.releases()
    )
    for name in ("timeline", "sources", "ledger", "scenario_facts", "forecasts"):
        assert count[name] == len(tables.load(name))
    assert count["facts"] == len(facts.evaluate())
    assert opened.execute("SELECT value, unit FROM facts WHERE fact_id = 'vault.exim_loan'").fetchone() == (
        10.0,
        "US$ billion",
    )
    _, _, key = opened.execute("SELECT * FROM pragma_foreign_key_list('timeline')").fetchone()[:3]
    assert key == "sources"


@pytest.mark.slow
def test_a_reference_of_the_evidence_is_filled_in(opened):
    texts = [
        text
        for (text,) in opened.execute(
            "SELECT description FROM timeline UNION ALL SELECT description FROM finance"
        )
    ]
    assert texts and not any(re.search(r"\{\w+[.:}]", text or "") for text in texts)


@pytest.mark.slow
def test_the_package_is_the_data_folder_and_no_private_table(site):
    with zipfile.ZipFile(site / "api" / "data-package.zip") as archive:
        names = archive.namelist()
        declared = json.loads(archive.read("datapackage.json"))
        assert {r["path"] for r in declared["resources"]} <= set(names)
        assert not [name for name in names if name.startswith(tables.PRIVATE)]
        assert all(archive.read(name) == (HOME / "data" / name).read_bytes() for name in names)


@pytest.fixture
def few(tmp_path, monkeypatch) -> Path:
    """A data folder with the tables that have no releases, and a private one."""
    data = tmp_path / "data"
    shutil.copytree(HOME / "data", data, ignore=shutil.ignore_patterns("minerals"))
    shutil.copytree(HOME / "data" / "minerals" / "mcs2026", data / "minerals" / "mcs2026")
    declared = json.loads((data / "datapackage.json").read_text(encoding="utf-8"))
    declared["resources"] = [r for r in declared["resources"] if (data / r["path"]).is_file()]
    (data / "datapackage.json").write_text(json.dumps(declared), encoding="utf-8")
    (data / "private" / "tin").mkdir(parents=True)
    (data / "private" / "tin" / "prices.csv").write_text("mineral,value\ntin,123454321\n", encoding="utf-8")
    monkeypatch.setenv("CHOKEPOINT_DATA", str(data))
    return data


def test_the_same_tables_give_the_same_bytes_and_no_private_one_is_among_them(few):
    made = [(database.of_tables(), package.package()) for _ in range(2)]
    assert made[0] == made[1]
    assert b"123454321" not in made[0][0]
    with zipfile.ZipFile(io.BytesIO(made[0][1])) as archive:
        assert not [name for name in archive.namelist() if "private" in name]


def test_what_is_made_of_the_tables_is_used_again_until_they_change(few, tmp_path, monkeypatch):
    kept, asked = tmp_path / "kept", []
    monkeypatch.setattr(database, "of_tables", lambda: asked.append("database") or b"tables")
    monkeypatch.setattr(package, "package", lambda: asked.append("package") or b"package")
    for state in ("a" * 64, "a" * 64, "b" * 64):
        assert write._of_tables(kept, state) == (b"tables", b"package")
    assert asked == ["database", "package"] * 2


# --- feeds


def instant(text: str) -> datetime:
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", text)
    return datetime.fromisoformat(text)


def faults(feed: ElementTree.Element) -> list[str]:
    """What RFC 4287 asks of a feed and this one lacks."""
    found, ids = [], []
    for element in (feed, *feed.findall("atom:entry", ATOM)):
        for name in ("id", "title", "updated"):
            of = element.findall(f"atom:{name}", ATOM)
            if len(of) != 1 or not (of[0].text or "").strip():
                found.append(f"{element.tag}: {len(of)} of {name}")
        ids.append(element.findtext("atom:id", namespaces=ATOM))
        instant(element.findtext("atom:updated", namespaces=ATOM))
        if not element.findall("atom:link[@rel='alternate']", ATOM):  # needed where there is no content
            found.append(f"{ids[-1]}: no link")
    if not feed.findall("atom:author/atom:name", ATOM):  # of the feed, for entries without their own
        found.append("no author")
    if len(set(ids)) < len(ids):
        found.append("an id stands twice")
    UUID(ids[0].removeprefix("urn:uuid:"))
    return found


@pytest.mark.slow
@pytest.mark.parametrize("name", ["events", "releases"])
def test_a_feed_is_atom_and_each_entry_leads_to_its_place(site, name):
    feed = ElementTree.parse(site / "feed" / f"{name}.xml").getroot()
    assert feed.tag == "{http://www.w3.org/2005/Atom}feed" and faults(feed) == []
    entries = feed.findall("atom:entry", ATOM)
    times = [entry.findtext("atom:updated", namespaces=ATOM) for entry in entries]
    assert entries and times == sorted(times, reverse=True)
    assert feed.findtext("atom:updated", namespaces=ATOM) == times[0]
    ids = cache(lambda page: linkcheck._parse(site / page).ids)
    own = feed.find("atom:link[@rel='self']", ATOM)  # where the site was built with its address
    root = "../" if own is None else own.get("href").removesuffix(f"feed/{name}.xml")
    for link in feed.findall(".//atom:link[@rel='alternate']", ATOM):
        assert link.get("href").startswith(root)
        page, anchor = urldefrag(link.get("href").removeprefix(root))
        assert anchor in {"", *ids(page)}


@pytest.mark.slow
def test_the_feed_of_releases_says_what_the_newest_changed(site):
    feed = ElementTree.parse(site / "feed" / "releases.xml").getroot()
    said = {
        e.find("atom:category", ATOM).get("term"): e.findtext("atom:summary", namespaces=ATOM)
        for e in feed.findall("atom:entry", ATOM)
    }
    page = put_back((site / "what-changed.html").read_text(encoding="utf-8"), site / "_static")
    brief = re.search(r'class="cp-brief.*?</(?:aside|div)>', page, re.S)[0]
    items = re.findall(r"<li[^>]*>(.*?)</li>", brief, re.S)
    changed = re.sub(r"\W", "", said[tables.DEFAULT_RELEASE])
    assert items and all(re.sub(r"\W", "", words(item)) in changed for item in items)
    table = json.loads(re.search(r'class="cp-csv">(.*?)</script>', page, re.S)[1])
    columns, rows = charts.data(table)
    for row in rows[: feeds._MOST]:
        now = row[columns.index(edition(tables.DEFAULT_RELEASE))]
        assert re.sub(r"\W", "", f"{row[0]}: from {row[1]} to {now}.") in changed


@pytest.mark.parametrize(
    ("columns", "told"),
    [
        ("Number,MCS 2025,MCS 2026 of 2024,MCS 2026,Why", True),
        ("Number,MCS 2024,MCS 2025 of 2023,MCS 2025,Why", False),  # new=mcs2025
        ("Number,MCS 2024,MCS 2026 of 2023,MCS 2026,Why", False),  # old=mcs2024
    ],
)
def test_what_changed_is_told_only_where_the_page_compares_the_book_with_the_release_before(columns, told):
    table = f"{columns}\nTin,10%,11%,12%,\n"
    drawn = charts.Chart("what-changed", "chart-lead", "", "", [], charts.Json("{}"), table, "")
    book = replace(NOTHING, shown=charts.Shown([drawn], {"what-changed": ["Much."]}, None))
    assert feeds._changes(book, "mcs2026") == (["Much.", "Tin: from 10% to 12%."] if told else [])
    assert feeds._changes(NOTHING, "mcs2026") == []


def test_only_what_happened_is_news_and_an_id_is_of_its_row(monkeypatch):
    monkeypatch.delenv("CHOKEPOINT_ADDRESS", raising=False)
    monkeypatch.delenv("GITHUB_REPOSITORY", raising=False)
    feed = ElementTree.fromstring(feeds.feeds(NOTHING, "mcs2026")["feed/events.xml"])
    rows = tables.load("timeline").query("published and happened == 'happened'")
    assert faults(feed) == []
    assert {e.findtext("atom:id", namespaces=ATOM) for e in feed.findall("atom:entry", ATOM)} == {
        feeds._id(one) for one in rows.event_id
    }
    assert (
        feeds._id("event.2026-02-04-day")
        == feeds._id("event.2026-02-04-day")
        != feeds._id("event.2026-02-05-day")
    )


def test_a_feed_names_itself_only_where_its_address_is_known(monkeypatch):
    monkeypatch.setenv("CHOKEPOINT_ADDRESS", "https://example.org/book")
    feed = ElementTree.fromstring(feeds.feeds(NOTHING, "mcs2026")["feed/releases.xml"])
    assert (
        feed.find("atom:link[@rel='self']", ATOM).get("href") == "https://example.org/book/feed/releases.xml"
    )
    leading = feed.findall(".//atom:link[@rel='alternate']", ATOM)
    assert leading and all(one.get("href").startswith("https://example.org/book/") for one in leading)
    monkeypatch.delenv("CHOKEPOINT_ADDRESS")
    monkeypatch.delenv("GITHUB_REPOSITORY", raising=False)
    feed = ElementTree.fromstring(feeds.feeds(NOTHING, "mcs2026")["feed/releases.xml"])
    assert feed.find("atom:link[@rel='self']", ATOM) is None
    assert all(
        one.get("href").startswith("../") for one in feed.findall(".//atom:link[@rel='alternate']", ATOM)
    )


# --- citations


@pytest.mark.slow
def test_every_page_can_be_cited_by_a_reference_manager(site):
    pages = [p for p in sorted(site.rglob("*.html")) if 'class="cp-cite"' in p.read_text(encoding="utf-8")]
    assert len(pages) > 100
    for page in of_each("citations", pages, lambda p: p.parent, 4):
        name = page.relative_to(site).with_suffix("")
        (entry,) = parse_string(
            (site / "cite" / f"{name}.bib").read_text(encoding="utf-8"), "bibtex"
        ).entries.values()
        ris = [
            line.split("  - ")
            for line in (site / "cite" / f"{name}.ris").read_text(encoding="utf-8").splitlines()
        ]
        tags = dict(ris)
        assert (
            ris[0][0] == "TY"
            and ris[-1] == ["ER", ""]
            and all(len(line) == 2 and len(line[0]) == 2 for line in ris)
        )
        heading = words(
            re.search(r"<h1>(.*?)<a class=\"headerlink", page.read_text(encoding="utf-8"), re.S)[1]
        )
        assert tags["TI"] == re.sub(r"\\([&%#_$])", r"\1", entry.fields["title"])
        assert tags["TI"] == (page_metadata.BOOK if name.name == "index" else heading)
        assert tags["PB"] == entry.fields["publisher"] == "Chokepoint"
        assert tags["ET"] == entry.fields["version"] and tags["PY"] == entry.fields["year"]
        known = re.search(r'<link rel="canonical" href="([^"]+)"', page.read_text(encoding="utf-8"))
        assert [tags.get("UR"), entry.fields.get("url")] == [known and known[1]] * 2
        assert not {"Y2", "DO"} & tags.keys() and not {"doi", "urldate"} & set(entry.fields)


def test_a_citation_has_the_address_where_it_is_known():
    cite = page_metadata.citation(
        "Oil & gas", "oil", "mcs2026", events.newest_evidence(), "https://example.org/oil.html", "1.0"
    )
    assert "UR  - https://example.org/oil.html" in cite["ris"]
    (entry,) = parse_string(cite["bibtex"], "bibtex").entries.values()
    assert entry.fields["url"] == "https://example.org/oil.html" and entry.fields["title"] == r"Oil \& gas"


def test_the_citation_file_is_whole_and_invents_nothing():
    """What the Citation File Format 1.2.0 requires; no person, address or DOI that nobody has given."""
    cited = yaml.safe_load((HOME / "CITATION.cff").read_text(encoding="utf-8"))
    project = tomllib.loads((HOME / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert {"cff-version", "message", "title", "authors"} <= cited.keys() and cited["cff-version"] == "1.2.0"
    assert cited["version"] == project["version"] and cited["license"] == project["license"]
    assert cited["type"] in ("software", "dataset") and f"{cited['date-released']:%Y-%m-%d}"
    assert (
        cited["authors"] == [{"name": page_metadata.AUTHORS}]
        and not {"doi", "url", "identifiers"} & cited.keys()
    )


# --- where it is offered


@pytest.mark.slow
def test_a_page_leads_to_its_data_and_says_so_to_machines(site):
    page = (site / "minerals" / "tin.html").read_text(encoding="utf-8")
    known = re.search(r'<link rel="canonical" href="([^"]+)minerals/tin.html"', page)
    root = known[1] if known else "../"  # as it was built with its address or without
    other = re.findall(r'<link rel="alternate" type="([^"]+)" title="[^"]+" href="([^"]+)">', page)
    assert [address for _, address in other] == [
        "../api/minerals/tin.json",
        "../feed/events.xml",
        "../feed/releases.xml",
    ]
    assert all((site / "minerals" / address).resolve().is_file() for _, address in other)
    known = json.loads(re.search(r'<script type="application/ld\+json">(.*?)</script>', page, re.S)[1])
    assert known["distribution"][0]["contentUrl"] == f"{root}api/minerals/tin.json"
    numbers = {fact["label"]: fact["value"] for fact in read(site, "api/facts.json")["facts"].values()}
    assert known["variableMeasured"] and all(
        numbers[one["name"]] == one["value"] for one in known["variableMeasured"]
    )
    guide = (site / "open-data.html").read_text(encoding="utf-8")
    assert {file.address for file in catalogue.FILES} <= set(re.findall(r'<a href="([^"]+)"', guide))


def test_an_edition_offers_nothing_and_links_to_nothing_of_it(tmp_path):
    assert not catalogue.is_announced(tmp_path)
    catalogue.announce(tmp_path)
    assert catalogue.is_announced(tmp_path)
    assert "<a " not in lists.file_list(linked=False) and lists.file_list(linked=True).count("<a ") == len(
        catalogue.FILES
    )


def chart(page: str, place: str, table: str = "") -> charts.Chart:
    """A chart with nothing in it."""
    return charts.Chart(page, place, place, "", [], charts.Json("{}"), table, "")


def test_a_rare_earth_has_the_charts_of_its_part_of_the_page_and_the_brief_of_its_group():
    places = ["chart-lead", "terbium-chart-prices", "erbium-chart-prices"]
    drawn = [chart("minerals/rare_earths", place) for place in places] + [chart("minerals/tin", "chart-lead")]
    shown = charts.Shown(drawn, {"minerals/rare_earths": ["Of the group."]}, None)
    moved = {"minerals/terbium": "minerals/rare_earths#terbium"}
    book = replace(NOTHING, shown=shown, pages=["minerals/rare_earths", "minerals/tin"], moved=moved)
    made = {document.address: document.content for document in documents(book)}
    charts_of = {
        name: [one["id"].rpartition("/")[2] for one in made[f"api/minerals/{name}.json"]["charts"]]
        for name in ("terbium", "rare_earths", "tin")
    }
    assert charts_of["terbium"] == ["terbium-prices"] and charts_of["tin"] == ["lead"]
    assert charts_of["rare_earths"] == ["lead", "terbium-prices", "erbium-prices"]
    assert made["api/minerals/terbium.json"]["in_brief"] == ["Of the group."]


def test_a_number_of_the_scenario_has_the_name_of_what_it_is():
    given = scenario.payload()
    before = copy.deepcopy(given)
    book = replace(NOTHING, shown=charts.Shown([], {}, given))
    made = next(one for one in documents(book) if one.schema == "scenario").content
    assert given == before, "what the notebooks show is read, never changed"
    for mineral in made["minerals"][:3]:
        name = mineral["mineral"]
        choice, rows = assemble.choice_of(name), tables.rows("scenario_facts", mineral=name)
        assert mineral["price_usd_per_kg"] == assemble.price_of(choice)
        assert mineral["growth_a_year"] == assemble.growth_of(choice)
        for column in ("ore_share", "input_share", "stock_months"):
            assert mineral[column] == float(choice[column])
        assert mineral["traded_as_ore"] is (choice["ore"] == "own")
        assert mineral["ore_is_no_limit"] is (choice["ore"] == "host")
        assert mineral["iea_counts_projects"] is bool((rows.quantity == "coming").any())
        for country in mineral["countries"]:
            code = country["iso3"]
            own = rows[rows.iso3.isna() if code is None else rows.iso3 == code]
            for field, stage, quantity in [
                ("use_t", "use", "use"),
                ("refined_t", "refined", "output"),
                ("refining_capacity_t", "refined", "capacity"),
                ("ore_t", "ore", "output"),
                ("refining_coming_t", "refined", "coming"),
                ("ore_coming_t", "ore", "coming"),
            ]:
                of = own[(own.stage == stage) & (own.quantity == quantity)]
                assert country[field] == pytest.approx(of.value.sum()), (name, code, field)
            assert country["can_cut"] is (code in assemble.CHINA)


def test_a_number_that_is_none_is_told_by_its_text_and_measured_nowhere():
    known = facts.Fact(
        fact_id="tin.none",
        label="Tin",
        value=float("nan"),
        unit="t",
        text="not published",
        sources=(),
        confidence="primary",
    )
    made = {
        document.address: document.content
        for document in documents(replace(NOTHING, facts={"tin.none": known}))
    }
    assert made["api/facts.json"]["facts"]["tin.none"]["value"] == "not published"
    data = page_metadata.linked_data("Tin", "", "minerals/tin", events.newest_evidence(), "", [known])
    assert "variableMeasured" not in json.loads(data)


def test_two_charts_under_one_finding_have_titles_of_their_own():
    canvas = '<div class="cp-chart" id="chart-{0}" role="img" aria-label="{0}"></div><script type="application/json" class="cp-spec">{{}}</script>'
    panels = "".join(f'<p class="cp-kicker">By {one}</p>{canvas.format(one)}' for one in ("year", "cause"))
    page = f'<figure><figcaption class="cp-says">It rises</figcaption>{panels}</figure><figure>{canvas.format("bare")}</figure>'
    assert [one.title for one in charts._charts_of("one", page)] == [
        "It rises: By year",
        "It rises: By cause",
        "bare",
    ]


def test_whatever_the_package_holds_is_an_input_of_the_build(few):
    assert {f"data/{name}" for name in package._names()} <= build.inputs(HOME, [], "mcs2026").keys()


def test_a_book_of_few_pages_has_files_of_those_alone():
    made = {document.address: document.content for document in documents(NOTHING)}
    assert made["api/minerals.json"]["minerals"] == made["api/countries.json"]["countries"] == []
    assert (
        made["api/scenario.json"]["minerals"] == [] and made["api/sources.json"]["sources"][0]["page"] is None
    )


@pytest.mark.slow
def test_a_small_book_is_built_with_its_files_and_a_build_of_nothing_new_touches_none(checkout):
    small = Small(checkout)
    small.build()
    first = {
        name: digest
        for name, digest in small.printed().items()
        if name.startswith(("api/", "feed/", "cite/"))
    }
    times = {path: path.stat().st_mtime_ns for path in (small.site / "api").rglob("*")}
    assert {file.address for file in catalogue.FILES} <= first.keys() and "cite/one/cobalt.ris" in first
    small.build()
    assert times == {path: path.stat().st_mtime_ns for path in (small.site / "api").rglob("*")}
    small.change(
        "data/evidence/timeline.csv", "Molycorp, then the main US rare-earth miner", "Molycorp, a miner"
    )
    small.build()
    changed = {name for name, digest in small.printed().items() if name in first and first[name] != digest}
    assert {"api/events.json", "feed/events.xml", "api/chokepoint.sqlite", "api/data-package.zip"} <= changed
    assert not {"api/forecasts.json", "api/minerals.json", "feed/releases.xml"} & changed
