"""Chapters 2, 3, 4 and 6, and the start of 8 and 9, as the reader meets them: the sentences are computed, the pictures show the rows."""

import re

import pandas as pd
import pytest

from chokepoint import facts, tables
from chokepoint.chapters import china_responses, disagreements, ministerial, price_floor, project_vault, since_february
from chokepoint.charts.tiles import tiles
from chokepoint.models import MODELS
from chokepoint.prose import listing

CHAPTERS = [ministerial, price_floor, project_vault, china_responses, since_february, disagreements]
RELEASE = tables.DEFAULT_RELEASE


@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda c: c.__name__.rpartition(".")[2])
@pytest.mark.parametrize("release", ["mcs2025", "mcs2026"])
def test_three_sentences_and_a_lead_at_every_release(chapter, release):
    assert len(chapter.brief(release).sentences) == 3
    assert all("{" not in facts.linked(s, release) for s in chapter.brief(release).sentences)
    figure = chapter.lead(release)
    assert len(figure.table) and figure.sources and figure.alt_text and not figure.says.endswith(".")


def test_54_countries_and_the_commission_are_on_the_tiles_once_each():
    came = ministerial.delegations().query("presence == 'present'")
    assert (came.seat == "country").sum() == 54 and set(came.iso3[came.seat == "institution"]) == {"EUE"}
    assert came.kind.value_counts()[ministerial.SIGNED] == 11
    assert set(came.iso3[came.kind == ministerial.SIGNED]) >= {"GBR", "ARG", "COK"}


def test_a_country_is_not_called_a_signatory_because_it_came():
    kinds = ministerial.delegations().set_index("iso3").kind
    assert kinds["CAN"] == ministerial.ATTENDED and kinds["DEU"] == ministerial.UNION and kinds["CHN"] == ministerial.ABSENT


def test_tiles_do_not_overlap():
    frame = pd.DataFrame({"group": ["A"] * 9 + ["B"], "label": list("abcdefghij"), "short": "x", "kind": "k", "detail": ""})
    rows = pd.DataFrame(next(iter(tiles(frame, colours={"k": "#fff"}, hollow="none").to_dict()["datasets"].values())))
    assert not rows.duplicated(["left", "top"]).any() and (rows.right <= 7).all()


def test_the_sentence_on_shares_turns_when_a_later_snapshot_is_lower():
    moves = ministerial.snapshots()
    assert ministerial.earliest_is_deepest(moves)
    moves.loc[moves.market_id == "market.2026-02-04-mp-reuters", "value"] = -9.0
    assert not ministerial.earliest_is_deepest(moves)


def test_the_price_lay_below_the_floor_in_four_years_of_five():
    assert facts.get("ndpr.years_below").value == 4 and facts.get("ndpr.latest").value == 69
    assert "4 of the last 5 years" in price_floor.lead(RELEASE).says


def test_a_release_without_the_oxide_of_both_says_so_in_its_title():
    assert price_floor.lead("mcs2025").says.startswith("Neodymium oxide")


def test_the_brief_turns_when_the_price_is_above_the_floor(monkeypatch):
    monkeypatch.setattr(price_floor, "floor_price", lambda: 40.0)
    assert "would have done nothing" in price_floor.brief(RELEASE).sentences[1]


def test_nothing_is_drawn_after_the_last_day_that_is_known():
    seen = pd.Timestamp(2026, 10, 7)
    drawn = [p for c in china_responses.controls().to_dict("records") for p in china_responses.phases(c, seen)]
    assert max(p["end"] for p in drawn) == pd.Timestamp(2026, 11, 27)
    assert all(p["start"] < p["end"] for p in drawn)
    assert {p["end"] for p in drawn if p["kind"] == china_responses.HELD} >= {seen}


def test_the_licences_of_april_2025_were_never_suspended():
    assert "never suspended" in china_responses.brief(RELEASE).sentences[0]


def test_no_price_and_no_loss_is_claimed_where_the_model_has_no_skill():
    assert "no skill" in china_responses.how_wrong(RELEASE).says and "no skill" in china_responses.brief(RELEASE).sentences[2]
    explorable = china_responses.how_bad()
    shown = f"{explorable.says} {explorable.sentence_at()} {explorable.spec()} {explorable.results}"
    assert not any(word in shown for word in ("price", "loss", "rationed", "US$"))
    assert "missing" in explorable.sentence_at() and "nothing is missing" in explorable.sentence_at(cut=0)


def test_what_buyers_pay_is_told_apart_from_what_they_lose():
    spend, lose, less = (facts.get(f"floor.{name}").value for name in ("spend_more", "worse_off", "use_less"))
    assert (round(spend), round(lose, 1), round(less)) == (793, 1.1, 17)
    assert 1000 * lose > spend


def test_the_price_floor_says_what_its_sums_leave_out():
    cautions = " ".join(MODELS["price_floor"].cautions)
    assert "inside finished magnets" in cautions and "China could answer" in cautions and "share no supply curve" in cautions


def test_a_levy_that_nobody_pays_is_not_called_one():
    explorable = price_floor.who_pays()
    assert "no levy is paid" in explorable.sentence_at(floor=160) and "feed itself" in explorable.sentence_at(floor=160)
    assert "no levy is paid" in explorable.sentence_at(world_price=123) and "extra kilogram" not in explorable.sentence_at(world_price=123)


def test_no_sum_of_money_has_its_minus_after_the_currency():
    mine, contract = price_floor.mine(), price_floor.contract()
    assert "−A$829 million" in mine.sentence_at(flood_price=15, flood_years=20, flood_start=1)
    assert "bring the state" in contract.sentence_at(strike=60, start_price=140, long_run_price=90, upside_share=0.5)
    assert "too little work to protect" in price_floor.next_stage().sentence_at(oxide_world_price=119, oxide_per_magnet=0.44)


@pytest.mark.parametrize("chapter", ["02", "03", "04", "06"])
def test_each_disagreement_shows_every_reading_and_its_source(chapter):
    body = listing.disagreements(chapter).body
    groups = tables.load("conflicts").query("chapter == @chapter and published").conflict_group
    readings = tables.load("readings").query("published and conflict_group in @groups")
    assert body.count("<details") == len(groups) and body.count("<li>") == len(readings)
    assert set(readings.source_id) <= set(re.findall(r"cp:sources#source-([\w-]+)", body))


def test_what_is_only_reported_is_not_listed_as_an_open_question():
    reported = tables.load("open_questions").query("kind == 'reported' and chapter == '06'").question
    assert all(q not in listing.open_questions("06").body for q in reported)


def test_evidence_is_escaped():
    assert "&lt;b&gt;" in listing._e("<b>")
