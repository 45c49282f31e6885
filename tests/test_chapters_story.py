"""Chapters 2, 3, 4 and 6, and the start of 8 and 9, as the reader meets them: the sentences are computed, the pictures show the rows."""

import re

import pandas as pd
import pytest
from test_models_price_floor import BASE

from chokepoint.analysis import facts
from chokepoint.charts.tiles import tiles
from chokepoint.data import tables
from chokepoint.models import MODELS
from chokepoint.pages import (
    china_responses,
    dependence,
    did_it_bite,
    disagreements,
    magnets,
    ministerial,
    price_floor,
    project_vault,
    since_february,
)
from chokepoint.pages.components import listing

CHAPTERS = [ministerial, price_floor, project_vault, china_responses, since_february, disagreements]
RELEASE = tables.DEFAULT_RELEASE


def plain(part) -> str:
    return re.sub(r"<[^>]+>", " ", str(part.html()))


@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda c: c.__name__.rpartition(".")[2])
@pytest.mark.parametrize("release", ["mcs2025", "mcs2026"])
def test_three_sentences_and_a_lead_at_every_release(chapter, release):
    assert len(chapter.brief(release).sentences) == 3
    assert all("{" not in facts.linked(s, release) for s in chapter.brief(release).sentences)
    figure = chapter.lead(release)
    assert len(figure.table) and figure.sources and figure.alt_text and not figure.title.endswith(".")


def test_54_countries_and_the_commission_are_on_the_tiles_once_each():
    came = ministerial.delegations().query("presence == 'present'")
    assert (came.seat == "country").sum() == 54 and set(came.iso3[came.seat == "institution"]) == {"EUE"}
    assert came.kind.value_counts()[ministerial.SIGNED] == 11
    assert set(came.iso3[came.kind == ministerial.SIGNED]) >= {"GBR", "ARG", "COK"}


def test_a_country_is_not_called_a_signatory_because_it_came():
    kinds = ministerial.delegations().set_index("iso3").kind
    assert (
        kinds["CAN"] == ministerial.ATTENDED
        and kinds["DEU"] == ministerial.UNION
        and kinds["CHN"] == ministerial.ABSENT
    )


def test_tiles_do_not_overlap():
    frame = pd.DataFrame(
        {"group": ["A"] * 9 + ["B"], "label": list("abcdefghij"), "short": "x", "kind": "k", "detail": ""}
    )
    rows = pd.DataFrame(
        next(iter(tiles(frame, colours={"k": "#ffffff"}, hollow="none").to_dict()["datasets"].values()))
    )
    assert not rows.duplicated(["left", "top"]).any() and (rows.right <= 7).all()


def test_the_sentence_on_shares_turns_when_a_later_snapshot_is_lower():
    moves = ministerial.snapshots()
    assert ministerial.earliest_is_deepest(moves)
    moves.loc[moves.market_id == "market.2026-02-04-mp-reuters", "value"] = -9.0
    assert not ministerial.earliest_is_deepest(moves)


def test_the_price_lay_below_the_floor_in_four_years_of_five():
    assert facts.get("ndpr.years_below").value == 4 and facts.get("ndpr.latest").value == 69
    assert "4 of the last 5 years" in price_floor.lead(RELEASE).title


def test_a_release_without_the_oxide_of_both_says_so_in_its_title():
    assert price_floor.lead("mcs2025").title.startswith("Neodymium oxide")


def test_the_brief_turns_when_the_price_is_above_the_floor(monkeypatch):
    monkeypatch.setattr(price_floor, "floor_price", lambda: 40.0)
    assert "would have done nothing" in price_floor.brief(RELEASE).sentences[1]


def test_the_floors_cost_is_the_gap_to_the_latest_price_and_falls_on_somebody():
    assert facts.get("ndpr.below").value == facts.get("mp.price_floor").value - facts.get("ndpr.latest").value
    assert "costs somebody {ndpr.below}" in price_floor.brief(RELEASE).sentences[1]
    assert facts.find("ndpr.below", "mcs2023") is None  # the price stood above the floor
    assert "would have done nothing" in price_floor.brief("mcs2023").sentences[1]


def test_a_price_and_a_fall_are_counted_from_one_level_throughout_the_book():
    names = ("price_floor.world_price", "price_protection.start_price")
    starts = [tables.row("assumptions", assumption_id=name) for name in names]
    sourced = {row.value for row in starts if row.basis == "sourced"}  # whoever assumes another price says so
    assert sourced <= {facts.get("ndpr.latest").value}
    fell = facts.get("verdict.magnets_fell").text
    assert (
        magnets.by_month().title
        == f"China’s magnet exports fell {fell} from March to May 2025, then recovered"
    )
    for brief in (dependence.brief(RELEASE), china_responses.brief(RELEASE)):
        assert any("{magnets.world_2025_03} in March" in sentence for sentence in brief.sentences)


def test_the_glut_of_lithium_is_told_as_it_was_printed():
    assert "lost 86% of its price from 2022 to 2025" in price_floor.lithium(RELEASE).title
    assert "was dearest in 2022" in price_floor.lithium("mcs2023").title  # the glut had not begun
    assert 0 < facts.get("lithium.added_in_china").value < 50  # most of the added ore was dug elsewhere
    assert facts.get("lithium.output_times").value > 2


def test_the_months_since_are_counted_and_what_is_missing_turns_with_the_evidence(monkeypatch):
    says = since_february.brief(RELEASE).sentences[0]
    assert re.match(r"[A-Z][a-z]+ months on, by {evidence.newest_opened}, ", says)
    assert "no confirmed purchase" in says and "no price floor" in says
    rows, load = pd.DataFrame(tables.load("open_questions")), tables.row
    bought = rows[rows.question_id == "open.vault_purchases"].iloc[0].copy()
    bought["status"] = "answered"
    monkeypatch.setattr(
        tables, "row", lambda name, **key: bought if name == "open_questions" else load(name, **key)
    )
    assert "purchase" not in since_february.brief(RELEASE).sentences[0]


def test_what_a_sum_buys_is_drawn_for_each_mineral_of_imports_and_of_use():
    figure = project_vault.one_by_one(RELEASE)
    rows = figure.table.set_index("Mineral")
    assert figure.title == "US$100 million buys 2 days of copper and 7 years of gallium"
    assert rows["Days of net imports"].is_monotonic_increasing
    assert rows.loc["Copper", "Days of use"] < rows.loc["Copper", "Days of net imports"]
    assert "replaces" in project_vault.lead(RELEASE).title


def test_the_vault_is_enough_or_not_by_its_money(monkeypatch):
    assert "enough for the first and not for the second" in project_vault.aim(RELEASE).html()
    assert "enough for either" in project_vault.aim("mcs2025").html()


def test_nothing_is_drawn_after_the_last_day_that_is_known():
    seen = pd.Timestamp(2026, 10, 7)
    drawn = [
        p for c in china_responses.controls().to_dict("records") for p in china_responses.phases(c, seen)
    ]
    assert max(p["end"] for p in drawn) == pd.Timestamp(2026, 11, 27)
    assert all(p["start"] < p["end"] for p in drawn)
    assert {p["end"] for p in drawn if p["kind"] == china_responses.HELD} >= {seen}


def test_the_licences_of_april_2025_were_never_suspended():
    assert "never suspended" in china_responses.brief(RELEASE).sentences[0]


def test_a_licence_that_is_put_off_is_no_longer_called_unsuspended(monkeypatch):
    rows = china_responses.controls()
    rows.loc[rows.control_id == "control.2025-18", "suspended_from"] = pd.Timestamp(2026, 9, 30)
    monkeypatch.setattr(china_responses, "controls", lambda: rows)
    assert "suspended as well" in china_responses.brief(RELEASE).sentences[0]


def test_what_followed_a_control_stands_beside_it_price_and_sales():
    told = plain(did_it_bite.aftermath(RELEASE))
    assert "Antimony: US imports from China fell to under 1%" in told and "Antimony 4.6 times" in told
    assert "China’s exports of magnets fell to 23%, then came back" in told
    assert told.count("Antimony 4.6") == 1  # a later ban on the same mineral does not claim the rise again


def test_no_price_and_no_loss_is_claimed_where_the_model_has_no_skill():
    assert "no skill" in china_responses.how_wrong(RELEASE).title
    assert not any("price" in sentence for sentence in china_responses.brief(RELEASE).sentences)
    explorable = china_responses.how_bad()
    shown = f"{explorable.title} {explorable.sentence_at()} {explorable.spec()} {explorable.results}"
    assert not any(word in shown for word in ("price", "loss", "rationed", "US$"))
    assert "missing" in explorable.sentence_at() and "nothing is missing" in explorable.sentence_at(cut=0)


def test_what_buyers_pay_is_told_apart_from_what_they_lose():
    spend, lose, less = (facts.get(f"floor.{name}").value for name in ("spend_more", "worse_off", "use_less"))
    worked = MODELS["price_floor"].function(**BASE)
    given = [
        worked["spending_change"],
        -0.001 * worked["consumer_surplus_change"],
        -100 * worked["use_change"],
    ]
    assert [round(given[0]), round(given[1], 1), round(given[2])] == [793, 1.1, 17]
    now = price_floor.who_pays().evaluate()
    assert (spend, lose, less) == pytest.approx(
        (now["spending_change"], -0.001 * now["consumer_surplus_change"], -100 * now["use_change"])
    )
    assert 1000 * given[1] > given[0] and 1000 * lose > spend


def test_the_price_floor_says_what_its_sums_leave_out():
    cautions = " ".join(MODELS["price_floor"].cautions)
    assert (
        "inside finished magnets" in cautions
        and "China could answer" in cautions
        and "thrift grows month by month" in cautions
    )


def test_a_levy_that_nobody_pays_is_not_called_one():
    explorable = price_floor.who_pays()
    assert "no levy is paid" in explorable.sentence_at(floor=160) and "feed itself" in explorable.sentence_at(
        floor=160
    )
    assert "no levy is paid" in explorable.sentence_at(
        world_price=123
    ) and "extra kilogram" not in explorable.sentence_at(world_price=123)


def test_no_sum_of_money_has_its_minus_after_the_currency():
    mine, contract = price_floor.mine(), price_floor.contract()
    lost = mine.sentence_at(flood_price=15, flood_years=20, flood_start=1)
    assert re.search(r"−A\$\d+ million", lost) and not re.search(r"A\$[−-]", lost)
    assert "bring the state" in contract.sentence_at(
        strike=60, start_price=140, long_run_price=90, upside_share=0.5
    )
    assert "too little work to protect" in price_floor.next_stage().sentence_at(
        oxide_world_price=119, oxide_per_magnet=0.44
    )


@pytest.mark.parametrize("chapter", ["02", "03", "04", "06"])
def test_each_disagreement_shows_every_reading_and_its_source(chapter):
    body = listing.disagreements(chapter).html()
    groups = tables.load("conflicts").query("chapter == @chapter and published").conflict_group
    readings = tables.load("readings").query("published and conflict_group in @groups")
    assert body.count("<details") == len(groups) and body.count("<li>") == len(readings)
    assert set(readings.source_id) <= set(re.findall(r"cp:sources#source-([\w-]+)", body))


def test_what_is_only_reported_is_not_listed_as_an_open_question():
    reported = tables.load("open_questions").query("kind == 'reported' and chapter == '06'").question
    assert all(q not in listing.unanswered_questions("06").html() for q in reported)


def test_evidence_is_escaped():
    assert "&lt;b&gt;" in listing.Listing("<b>").html()
