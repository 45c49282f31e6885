"""What stands under *In brief* turns when its rows turn: the sentences that no test of a chapter's own asks."""

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import moved
import pytest

from chokepoint.analysis import facts
from chokepoint.data import memory, tables
from chokepoint.pages import (
    china_responses,
    disagreements,
    ministerial,
    price_floor,
    project_vault,
    since_february,
)

RELEASE = tables.DEFAULT_RELEASE


@pytest.fixture
def change(tmp_path, monkeypatch) -> Callable[..., None]:
    """A function that sets cells, in a copy of the data, in all rows of a table that a question picks."""
    data, folder = Path(__file__).resolve().parents[1] / "data", tmp_path / "data"
    shutil.copytree(data, folder, ignore=lambda of, _: ["minerals"] if Path(of) == data else [])
    (folder / "minerals").symlink_to(data / "minerals")  # the releases, of which nothing is set here
    monkeypatch.setenv("CHOKEPOINT_DATA", str(folder))

    def changed(table: str, picked: Callable[[dict], bool], **cells: str) -> None:
        path = folder / next(one["path"] for one in moved.hand_kept(folder) if one["name"] == table)
        rows = moved.rows_of(path)
        assert any(map(picked, rows))
        moved.write(path, [row | cells if picked(row) else row for row in rows])
        memory.forget_changed()

    return changed


def told(chapter, place: int, release: str = RELEASE) -> str:
    """One of the three sentences, as a reader sees it."""
    return facts.linked(chapter.brief(release).sentences[place], release)


def test_most_came_without_a_signature_until_most_sign(change):
    assert "far more came than committed themselves" in told(ministerial, 0)
    change("memberships", lambda row: row["coalition_id"] == "framework_any", coalition_id="earlier")
    change("memberships", lambda row: row["coalition_id"] == "attendees_4feb", coalition_id="framework_any")
    assert "most who came committed themselves" in told(ministerial, 0)


def test_the_zone_has_no_members_until_they_are_told(change):
    assert "its members, its prices and its tariffs are not published" in told(ministerial, 1)
    change("open_questions", lambda row: row["question_id"] == "open.zone_members", status="answered")
    assert "are not published" not in told(ministerial, 1)


def test_who_stayed_away_is_named_from_the_list(change):
    assert "Denmark and Greenland stayed away" in told(ministerial, 2)
    change("attendees", lambda row: row["iso3"] == "GRL", presence="present")
    assert "Denmark stayed away" in told(ministerial, 2)
    change("attendees", lambda row: row["iso3"] == "DNK", presence="present")
    assert "stayed away" not in told(ministerial, 2)


def test_the_bloc_has_no_price_until_one_is_published(change):
    assert told(price_floor, 0).startswith("The bloc has published no price: floors")
    change("open_questions", lambda row: row["question_id"] == "open.reference_prices", status="answered")
    assert told(price_floor, 0).startswith("Floors with a number stand in")


def test_a_floor_on_the_oxide_hurts_the_next_stage_only_while_it_raises_the_price(change):
    assert "turns against the next stage" in told(price_floor, 2)
    change("assumptions", lambda row: row["assumption_id"] == "stage_cascade.oxide_world_price", value="120")
    assert "does no harm to the magnet maker" in told(price_floor, 2)


def test_what_the_vault_is_follows_its_row(change):
    assert "US$12 billion" in told(project_vault, 0)
    change("vault", lambda row: row["vault_id"] == "vault.headline_total", value="20")
    assert "US$20 billion" in told(project_vault, 0)


def test_how_long_the_money_lasts_is_said_only_where_it_is_worked_out(monkeypatch):
    assert "The money would replace about" in told(project_vault, 1)
    monkeypatch.setattr(project_vault, "fact_exists", lambda fact_id, release: False)
    assert "is not worked out here" in told(project_vault, 1)


@pytest.mark.parametrize(("billion", "unit"), [("2", "weeks"), ("10", "months"), ("120", "years")])
def test_the_stock_buys_weeks_months_or_years_by_its_money(change, billion, unit):
    change("assumptions", lambda row: row["assumption_id"] == "vault.loan", value=billion)
    assert f"The stock buys {unit} and ends no dependence" in told(project_vault, 2)


def test_no_purchase_is_confirmed_until_one_is(change):
    assert "no purchase for it was confirmed" in told(project_vault, 2)
    change("open_questions", lambda row: row["question_id"] == "open.vault_purchases", status="answered")
    assert "a purchase for it was confirmed" in told(project_vault, 2)


def test_whose_firms_china_lists_follows_the_lists(change):
    assert "Japanese and European ones are listed too" in told(china_responses, 1)
    change("controls", lambda row: row["target"].startswith("Japanese"), instrument="procedure")
    assert "European ones are listed too" in told(china_responses, 1)
    assert "Japanese" not in told(china_responses, 1)
    change("controls", lambda row: row["target"].startswith("European Union"), instrument="procedure")
    assert told(china_responses, 1).endswith("MP Materials among them.")


def test_what_china_needs_is_said_only_where_the_release_has_it(monkeypatch):
    assert told(china_responses, 2).startswith("It needs the world as well")
    monkeypatch.setattr(china_responses, "fact_exists", lambda fact_id, release: "needs." not in fact_id)
    assert "in rare earths would cost" in told(china_responses, 2)


def test_promises_that_are_kept_are_counted(change):
    assert told(since_february, 1).startswith("None of")
    change("timeline", lambda row: row["event_id"] == "event.2026-08-03-uk-180-days", outcome="met")
    assert re.match(
        r"Of \w+ promises whose day has passed one is known to have been met in time", told(since_february, 1)
    )


def test_on_what_all_accounts_agree_follows_their_claims(change):
    assert told(disagreements, 0).startswith("All five accounts tell of ministers in Washington, a stockpile")
    change(
        "claims",
        lambda row: row["source_id"] == "SEED3" and row["topic"] == "vault",
        topic="investment",
    )
    assert "stockpile" not in told(disagreements, 0)
    assert "ministers in Washington" in told(disagreements, 0)
