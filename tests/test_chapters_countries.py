"""The country pages and the two indexes: what a reader is told follows each country's own situation, and turns with the data."""

import re
from pathlib import Path

import pandas as pd
import pytest
from sampled import of_each

from chokepoint.analysis import countries, facts, supply
from chokepoint.data import tables
from chokepoint.errors import UserError
from chokepoint.pages import country as page
from chokepoint.pages import country_text as lead
from chokepoint.pages import mineral as mineral_page
from chokepoint.site import crosslinks, settings
from chokepoint.site.indexes import country_index, mineral_index
from chokepoint.site.runs import plan

HOME = Path(__file__).resolve().parents[1]

RELEASE = tables.DEFAULT_RELEASE
PAGES = [countries.slug(iso3) for iso3 in countries.names()]
PRODUCERS = set(tables.load("production", RELEASE).iso3)


def situation(country: str) -> tuple:
    """What the sentences of a page turn on: whether a country came, signed, is of the Union, and has output; the three of a kind apart."""
    iso3 = countries.code(country)
    standing = (countries.came(iso3), countries.signed(iso3) is not None, countries.in_union(iso3))
    alone = iso3 if iso3 in (countries.HOST, countries.CHINA, countries.UNION) else ""
    return *standing, iso3 in PRODUCERS, alone


def said(country: str, release: str = RELEASE) -> str:
    return " ".join(facts.linked(s, release) for s in page.brief(country, release).sentences)


def test_every_delegation_the_host_and_the_absentees_have_a_page(request):
    runs = [r for r in plan(request.config.rootpath / "book") if r.notebook.name == "country.ipynb"]
    assert [r.parameters["country"] for r in runs] == PAGES and len(PAGES) == 77
    assert {"argentina", "cook-islands", "european-union", "united-states", "china", "turkiye"} <= set(PAGES)


def test_every_mineral_of_the_list_has_a_page_or_a_place_on_one():
    official = {*tables.load("minerals").query("listed_2025").mineral, "rare_earths"}
    assert official <= set(settings.minerals_with_page(HOME / "book"))  # a page may be added by a line


@pytest.mark.parametrize(
    "country, words",
    [
        (
            "argentina",
            [
                "signed a framework with the United States on 4 February 2026",
                "lithium",
                "said to bind nobody",
                "meant to bind",
            ],
        ),
        (
            "dr-congo",
            [
                "strategic partnership already signed, on 4 December 2025",
                "digs most of the world’s cobalt",
            ],
        ),
        ("cook-islands", ["signed a framework", "It mines none of the listed minerals in the data"]),
        ("denmark", ["is not on the State Department’s list", "the European Union, of which it is a member"]),
        ("bahrain", ["no framework with the United States is known", "2.2% of the world’s aluminium"]),
        (
            "colombia",
            [
                "is not on the State Department’s list of delegations but signed a framework later, on 8 September 2026"
            ],
        ),
        ("chile", ["what it did sign is a joint statement"]),
        ("greenland", ["reserves of rare earths there"]),
        ("indonesia", ["limits exports itself", "nickel ore"]),
        ("japan", ["Chinese measures name it"]),
        (
            "guinea",
            [
                "more bauxite than any other country",
                "signed a framework or memorandum",
                "We have not seen the text",
            ],
        ),
    ],
)
def test_a_country_page_opens_with_its_own_situation(country, words):
    text = said(country)
    assert [w for w in words if w not in text] == [], text


def test_a_share_is_the_sources_own():
    row = supply.output(RELEASE).query("iso3 == 'COD' and mineral == 'cobalt' and step == 'mine'").iloc[0]
    fact = facts.get("dr_congo.cobalt_mined")
    assert (
        fact.value == pytest.approx(100 * row.value / row.world)
        and fact.text == "74%"
        and fact.sources == ("MCS2026",)
    )


def test_the_union_brings_what_its_members_bring():
    rows = countries.output_shares(RELEASE).set_index(["iso3", "mineral", "step"]).share
    assert rows["EUE", "cobalt", "refinery"] >= rows["FIN", "cobalt", "refinery"] > 0


def test_the_sentence_turns_when_the_mine_closes(monkeypatch):
    assert "digs most of the world’s cobalt" in said("dr-congo")
    assert "more cobalt than any other" in lead.computed("COD", RELEASE)
    assert "not named among those that refine" in lead.computed("COD", RELEASE)
    real = countries.output_shares(RELEASE)
    monkeypatch.setattr(
        countries, "output_shares", lambda release=RELEASE, year=None: real[(real.iso3 != "COD")]
    )
    assert "It mines none of the listed minerals in the data" in lead.brings("COD", RELEASE)


@pytest.mark.parametrize("country", of_each("country pages", PAGES, situation, 2))
def test_no_section_is_empty_and_every_fact_is_known(country):
    assert "{" not in said(country)
    for make in (
        page.brings,
        page.signed,
        page.standing,
        page.controls,
        page.money,
        page.events,
        page.unanswered_questions,
        page.read_on,
    ):
        section = make(country, RELEASE)
        if section:
            assert section.figure or section.items or section.sentences or section.after, section.heading
            assert not re.search(r"\bnan\b|<NA>", section.html()), section.heading


def test_what_is_not_known_of_a_country_is_of_that_country():
    """No sentence stands on all pages alike; a framework that was signed and not seen is named, and where nothing is open there is no heading."""
    unknown = {country: page.unanswered_questions(country, RELEASE) for country in PAGES}
    items = [item for section in unknown.values() if section for item in section.items]
    assert max(map(items.count, items)) < len(PAGES) / 2
    assert "What its memorandum of 4 February 2026 says: we have not seen the text." in unknown["peru"].items
    assert not any(
        "have not seen the text" in item
        for country in ("china", "united-states")
        for item in unknown[country].items
    )
    assert None in unknown.values()


@pytest.mark.slow
@pytest.mark.parametrize("country", of_each("country pages of 2024", PAGES, situation))
def test_an_older_release_makes_the_same_pages(country):
    assert "{" not in said(country, "mcs2024")
    page.brings(country, "mcs2024")


def test_a_page_that_is_not_there_says_which_are():
    with pytest.raises(UserError, match="argentina"):
        countries.code("atlantis")


@pytest.mark.parametrize("release", ["mcs2025", RELEASE])
def test_the_indexes_link_every_page_and_can_be_sorted(release):
    minerals, listed = mineral_index(release), country_index(release)
    pages = [run.page for run in plan(HOME / "book")]
    for index, folder in ((minerals, "minerals/"), (listed, "countries/")):
        linked = set(re.findall(rf'<a href="cp:({folder}[\w-]+)"', index))
        there = {page for page in (*pages, *settings.moved(HOME / "book")) if page.startswith(folder)}
        assert linked == there
    assert "data-order" in minerals and "data-order" in listed


def test_a_country_is_named_for_each_mineral_once_however_many_steps_it_leads():
    shares = countries.output_shares(RELEASE).groupby("iso3").mineral.nunique()
    steps = countries.output_shares(RELEASE).groupby("iso3").size()
    assert (steps > shares).any()
    index = country_index(RELEASE)
    for slug in ("china", "chile", "rwanda"):
        row = index.split(f'href="cp:countries/{slug}"')[1].split("</tr>")[0]
        count = int(re.findall(r'<td data-order="(\d+)">', row)[-1])
        assert count == shares[countries.code(slug)], slug


def test_a_mineral_outside_the_list_is_in_the_index_and_linked_once_it_has_a_page(tmp_path, monkeypatch):
    line, text = "    - {mineral: molybdenum}\n", (HOME / "book" / "runs.yml").read_text(encoding="utf-8")
    without = text.replace(line, "")
    for name, runs in {
        "without": without,
        "with": without.replace("    - {mineral: nickel}\n", f"{line}    - {{mineral: nickel}}\n"),
    }.items():
        (tmp_path / name / "book").mkdir(parents=True)
        (tmp_path / name / "book" / "runs.yml").write_text(runs, encoding="utf-8")
    monkeypatch.setattr(tables, "home", lambda: tmp_path / "without")
    assert "molybdenum" not in mineral_index(RELEASE)
    monkeypatch.setattr(tables, "home", lambda: tmp_path / "with")
    assert 'href="cp:minerals/molybdenum"' in mineral_index(RELEASE)
    words = crosslinks.words(tmp_path / "with" / "book" / "glossary.md")
    assert words["molybdenum"].page == "minerals/molybdenum"


def test_minerals_and_countries_link_both_ways():
    assert 'href="cp:countries/argentina"' in mineral_page.makers("lithium", RELEASE, "mine").html()
    assert 'href="cp:minerals/lithium"' in page.brings("argentina", RELEASE).html()


@pytest.mark.parametrize(
    "mineral, gap",
    [
        ("germanium", "World output"),
        ("thulium", "no price of thulium"),
        ("uranium", "World output"),
        ("metallurgical_coal", "no price"),
    ],
)
def test_what_is_not_published_is_said(mineral, gap):
    assert any(gap in item for item in mineral_page.not_published(mineral, RELEASE).items)


def test_a_mineral_outside_the_yearly_summaries_says_so():
    text = " ".join(mineral_page.brief("uranium", RELEASE).sentences)
    assert "no chapter in USGS’s yearly summaries" in text


def test_country_pages_say_first_what_matters_in_a_sentence_that_the_data_bear_out():
    rows = tables.load("country_sentences")
    assert len(rows) >= 20
    for row in rows.itertuples():
        assert lead.is_borne_out(pd.Series(row._asdict()), RELEASE), row.country
        assert not re.search(r"\d", row.sentence), "a number is a fact"
    assert "rhenium" not in lead.brings("USA", RELEASE)


def test_a_sentence_on_a_country_gives_way_where_the_data_turn():
    row = tables.row("country_sentences", country="CHL")
    assert lead.is_borne_out(row, RELEASE)
    for change in (
        {"leads_in": "lithium_mined"},
        {"leads_in": "tin_mined"},
        {"at_least": 50},
        {"sentence": "[none]"},
    ):
        assert not lead.is_borne_out(pd.Series({**row, **change}), RELEASE)
    assert lead.computed("CHL", RELEASE).startswith("It mines more rhenium than any other country")
