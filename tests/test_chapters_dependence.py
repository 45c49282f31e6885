"""Chapters 1 and 5 and the mineral pages: what a reader is told follows the data, and turns with them."""

import pytest

from chokepoint.analysis import coalitions, facts, reliance, supply
from chokepoint.data import tables
from chokepoint.pages import dependence, frameworks
from chokepoint.pages import mineral as page

RELEASE = "mcs2026"
LISTED = [m for m in tables.load("minerals").query("kind != 'other'").mineral]


def said(brief) -> str:
    return " ".join(facts.linked(s, brief.release) for s in brief.sentences)


def test_the_two_numbers_everybody_quotes_are_the_sources_own():
    assert facts.get("rare_earths.china_mined").text == "69.23 %"
    assert facts.get("rare_earths.china_refined").text == "91.3 %"
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
    assert lines.text["lithium"] == "more than 50 %" and lines.kind["lithium"] == "greater"
    assert lines.text["zirconium"] == "less than 25 %"


def turned(monkeypatch, step, share):
    """A world in which China's share of everything at one step is another."""
    for measure in ("china", "china_pairs"):
        real = getattr(supply, measure)()
        turned = real.assign(**{step: real[step].where(real[step].isna(), share)})
        monkeypatch.setattr(supply, measure, lambda release=RELEASE, year=None, turned=turned: turned)
    monkeypatch.setattr(
        facts, "_fact", facts._fact.__wrapped__
    )  # nothing remembered from the real world, nothing kept of this one


def test_the_first_sentence_turns_when_chinas_plants_are_gone(monkeypatch):
    assert said(dependence.brief(RELEASE)).startswith("China's hold is on the step after the mine")
    turned(monkeypatch, "refinery", 0.0)
    assert said(dependence.brief(RELEASE)).startswith("China's hold is no stronger after the mine")


def test_the_bloc_holds_ore_more_than_metal_only_while_it_does(monkeypatch):
    assert "ore more than metal" in said(frameworks.brief(RELEASE))
    real = supply.inside()
    monkeypatch.setattr(
        supply,
        "inside",
        lambda release=RELEASE, year=None: real.rename(columns={"mine": "refinery", "refinery": "mine"}),
    )
    monkeypatch.setattr(facts, "_fact", facts._fact.__wrapped__)
    assert "metal as well as ore" in said(frameworks.brief(RELEASE))


def test_titles_state_what_the_rows_show():
    lead = dependence.lead(RELEASE)
    rows = lead.table
    assert (
        "all five" in lead.title
        and (rows["China after the mine, %"] > rows["China at the mine, %"]).all()
        and len(rows) == 5
    )
    assert (
        "cobalt from 78 to 11" in frameworks.lead(RELEASE).title
        and "all five" in frameworks.lead(RELEASE).title
    )


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
def test_a_mineral_page_opens_with_its_own_situation(mineral, opening):
    assert said(page.brief(mineral, RELEASE)).startswith(opening)


@pytest.mark.slow
@pytest.mark.parametrize("mineral", LISTED)
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
        ("2024, Russia under 1 %", "2024, Japan under 1 %", "2024, Russia 1 %")
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
