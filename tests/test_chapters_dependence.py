"""Chapters 1 and 5 and the mineral pages: what a reader is told follows the data, and turns with them."""

import re
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from sampled import of_each

from chokepoint.analysis import coalitions, facts, reliance, supply
from chokepoint.data import memory, tables
from chokepoint.pages import dependence, frameworks
from chokepoint.pages import mineral as page
from chokepoint.site.runs import plan

HOME = Path(__file__).resolve().parents[1]
RELEASE = "mcs2026"
LISTED = [m for m in tables.load("minerals").query("kind != 'other'").mineral]


def said(brief) -> str:
    return " ".join(facts.linked(s, brief.release) for s in brief.sentences)


def test_the_two_numbers_everybody_quotes_are_the_sources_own():
    assert facts.get("rare_earths.china_mined").text == "69.23%"
    assert facts.get("rare_earths.china_refined").text == "91.3%"
    assert facts.get("rare_earths.china_refined").sources == ("IEA2025",)


def test_refining_by_country_is_what_the_releases_print():
    refined = supply.china(RELEASE).refinery
    assert refined[["cobalt", "lithium", "graphite", "nickel"]].round(1).to_dict() == {
        "cobalt": 78.4,
        "lithium": 70.2,
        "graphite": 95.7,
        "nickel": 31.3,
    }


@pytest.mark.parametrize("release", tables.releases("production"))
def test_who_holds_a_mineral_adds_up_to_the_world(release):
    """To the printed total, or to as much more as the countries that are printed come to: nothing is scaled, and then nothing is left over."""
    sums = supply.by_standing(release).groupby(["mineral", "step"]).share.sum()
    named = supply.output(release).query("area_kind == 'country'").groupby(["mineral", "step"]).share.sum()
    assert (sums - named.reindex(sums.index).clip(lower=100)).abs().max() < 1e-9
    assert sums.between(99.999, 105).all(), "rounded figures do not miss their total by more"


def test_a_country_stands_in_one_place_and_the_absent_stand_elsewhere():
    where = coalitions.standing()
    assert where["CHN"] == coalitions.CHINA
    assert where["DEU"] == coalitions.SIGNED, "the European Union signed for its members"
    assert where["CAN"] == coalitions.CAME
    assert "IDN" not in where and "CHL" not in where


def test_withheld_output_is_not_taken_for_none():
    us = supply.output(RELEASE).query("mineral == 'antimony' and iso3 == 'USA'")
    assert us.value.isna().all() and (us.qualifier == "withheld").all()


def test_a_bound_is_said_as_a_bound():
    lines = reliance.lines(RELEASE).set_index("mineral")
    assert lines.text["lithium"] == "more than 50%" and lines.kind["lithium"] == "greater"
    assert lines.text["zirconium"] == "less than 25%"


@pytest.fixture
def another_world(monkeypatch):
    """Alter what is measured; nothing is remembered of the real world then, nor of the altered one later."""

    def alter(module, name: str, value) -> None:
        monkeypatch.setattr(module, name, value)
        memory.forget_results()

    yield alter
    monkeypatch.undo()
    memory.forget_results()


def turned(alter, step, share):
    """A world in which China's share of everything at one step is another."""
    shares = {measure: getattr(supply, measure)() for measure in ("china", "china_pairs")}
    summary = supply.summary
    for measure, real in shares.items():
        world = real.assign(**{step: real[step].where(real[step].isna(), share)})
        alter(supply, measure, lambda *_, world=world: world)

    def told(*given):
        rows = summary(*given)
        return rows.assign(china=rows.china.where(rows.index.get_level_values("step") != step, share))

    alter(supply, "summary", told)


def test_the_first_sentence_turns_when_chinas_plants_are_gone(another_world):
    assert said(dependence.brief(RELEASE)).startswith("China’s hold is on the step after the mine")
    turned(another_world, "refinery", 0.0)
    assert said(dependence.brief(RELEASE)).startswith("China’s hold is no stronger after the mine")


def test_the_second_and_third_sentence_turn_with_the_record(monkeypatch):
    """Had the United States mined little, or China's magnets kept flowing, the chapter would say so."""
    told = dependence.brief(RELEASE).sentences
    assert "mined most of the world" in told[1] and "rose from" in told[1] and "magnets fell" in told[2]
    real = dependence._values
    monkeypatch.setattr(
        dependence, "_values", lambda *given: real(*given)[::-1]
    )  # earlier and later change places
    assert "cobalt fell from" in dependence.brief(RELEASE).sentences[1]
    assert "magnets held" in dependence.brief(RELEASE).sentences[2]
    monkeypatch.setattr(dependence, "_values", lambda *given: [0.2 * value for value in real(*given)])
    assert "mined most" not in dependence.brief(RELEASE).sentences[1]


def test_the_bloc_holds_ore_more_than_metal_only_while_it_does(another_world):
    assert "ore more than metal" in said(frameworks.brief(RELEASE))
    real = supply.inside()
    another_world(
        supply,
        "inside",
        lambda release=RELEASE, year=None: real.rename(columns={"mine": "refinery", "refinery": "mine"}),
    )
    assert "metal as well as ore" in said(frameworks.brief(RELEASE))


def test_titles_state_what_the_rows_show():
    lead = dependence.lead(RELEASE)
    rows = lead.table
    assert (
        "all five" in lead.title
        and (rows["China after the mine, %"] > rows["China at the mine, %"]).all()
        and len(rows) == 5
    )
    brings = frameworks.lead(RELEASE)
    assert brings.title.startswith("In all five minerals") and "cobalt goes from 78 to 11%" in brings.subtitle


def test_the_papers_answer_once_whether_they_bind(monkeypatch):
    """None is known to bind; a text that does would turn the sentence."""
    assert "none of the texts is known to bind" in frameworks.brief(RELEASE).sentences[0]
    real = facts.get("frameworks.texts_binding", RELEASE)
    bound = replace(real, value=2.0)
    get = facts.get
    monkeypatch.setattr(facts, "get", lambda i, r=RELEASE: bound if i == real.fact_id else get(i, r))
    assert "known to bind anybody" not in frameworks.brief(RELEASE).sentences[0]


def test_whom_the_partners_sell_to_turns_with_the_trade(monkeypatch):
    assert "Their customer is China" in frameworks.brief(RELEASE).sentences[2]
    real, get = facts.get("partners.sells_to_us", RELEASE), facts.get
    sold = replace(real, value=60.0)
    monkeypatch.setattr(facts, "get", lambda i, r=RELEASE: sold if i == real.fact_id else get(i, r))
    assert "Their customer is the United States" in frameworks.brief(RELEASE).sentences[2]


@pytest.mark.parametrize(
    "mineral, opening",
    [
        ("rare_earths", "China holds both steps"),
        ("cobalt", "China mines only"),
        ("nickel", "Indonesia leads at both steps"),
        ("gallium", "China makes nearly all"),
        ("antimony", "No country mines half"),
        ("germanium", "Neither USGS nor the IEA"),
        ("scandium", "USGS prints how much"),
        ("neodymium", "No figures are published for neodymium alone"),
        ("niobium", "Brazil mines nearly all"),
    ],
)
def test_a_mineral_page_can_open_with_its_own_situation(mineral, opening, monkeypatch):
    monkeypatch.setattr(page.lead_prose, "is_borne_out", lambda *of: False)
    assert said(page.brief(mineral, RELEASE)).startswith(opening)


def test_mineral_pages_open_with_a_sentence_written_by_hand_that_the_data_bear_out():
    rows, release = tables.load("first_sentences").set_index("mineral"), tables.DEFAULT_RELEASE
    pages = {run.page for run in plan(HOME / "book") if run.page.startswith("minerals/")}
    without = pages - {f"minerals/{mineral}" for mineral in rows.index}
    assert len(without) <= len(pages) / 20, without  # a new page may open with what is computed
    for mineral, row in rows.iterrows():
        speaks = page.lead_prose.row_of(mineral).headline_mineral
        assert page.lead_prose.is_borne_out(row, speaks, release), mineral
        assert not re.search(r"\d", row.sentence), "a number is a fact"


def test_a_sentence_by_hand_gives_way_where_the_data_turn():
    row = tables.row("first_sentences", mineral="gallium")
    assert page.lead_prose.is_borne_out(row, "gallium", RELEASE)
    for change in ({"refined_by": "JPN"}, {"at_least": 120.0}, {"sentence": "[unheard_of]"}):
        assert not page.lead_prose.is_borne_out(pd.Series({**row, **change}), "gallium", RELEASE)
    assert said(page.brief("aluminum", "mcs2023")).startswith("China mines")


def stages(mineral: str) -> frozenset:
    """At which stages the release prints its output: what its page can show."""
    made = tables.load("production", RELEASE)
    return frozenset(made[made.mineral == mineral].stage)


@pytest.mark.slow
@pytest.mark.parametrize("mineral", of_each("sections of minerals' pages", LISTED, stages, 2))
def test_every_listed_mineral_has_a_page_without_an_empty_section(mineral):
    assert "{" not in said(page.brief(mineral, RELEASE))
    sections = [
        page.makers(mineral, RELEASE, "mine"),
        page.makers(mineral, RELEASE, "refinery"),
        page.inside(mineral, RELEASE),
        page.imports(mineral, RELEASE),
        page.controls(mineral, RELEASE),
        page.money(mineral, RELEASE),
        page.prices(mineral, RELEASE),
        page.reserves(mineral, RELEASE),
        page.not_published(mineral, RELEASE),
    ]
    for section in filter(None, sections):
        assert section.figure or section.items or section.sentences, section.heading
        assert section.figure is None or len(section.figure.table), section.heading
        section.html()


def test_a_page_of_an_older_release_says_what_that_release_knows():
    older = said(page.brief("gallium", "mcs2025"))
    assert "gallium" in older and page.makers("gallium", "mcs2025", "refinery").figure.title.endswith(
        ("2024, Russia under 1%", "2024, Japan under 1%", "2024, Russia 1%")
    )


def test_every_agreement_that_is_published_is_in_one_of_the_tables():
    batches = set(tables.load("agreements").query("published").batch)
    shown = {
        "eleven_4feb",
        "earlier_ten",
        "after_february",
        "trade_track",
        "forum",
        "other",
        "reluctant",
        "concluded_17",
    }
    assert batches <= shown == set(frameworks.BATCHES)


def test_cheating_pays_when_nobody_looks_and_never_when_everybody_does():
    explorable = frameworks.would_cheat()
    assert (
        explorable.evaluate(detection=0.05)["patience_needed"]
        > explorable.evaluate(detection=1.0)["patience_needed"]
    )
    assert explorable.evaluate(levy=0)["patience_needed"] == 0
