"""Chapters 8 and 9, what changed, and the pages beside them: nothing is said of a day that is not known, no side is taken by counting."""

import re
from pathlib import Path

import pandas as pd
import pytest

from chokepoint import facts, tables
from chokepoint.chapters import disagreements, since_february, what_changed
from chokepoint.charts.figure import canvas
from chokepoint.charts.theme import themed
from chokepoint.measures import accounts, events

BOOK = Path(__file__).resolve().parents[1] / "book"
RELEASE = tables.DEFAULT_RELEASE


# --- what happened ---


def test_nothing_is_said_to_have_happened_after_the_evidence_ends():
    seen = events.newest_evidence()
    assert events.happened().date_start.max() <= seen
    assert set(events.events().query("date_start > @seen").happened) == {"scheduled"}


def test_what_rests_on_a_headline_is_neither_drawn_nor_listed_nor_counted():
    hidden = tables.load("timeline").query("not published and date_start >= '2026-02-04'")
    assert len(hidden) and "event.2026-09-24-washington-summit" in set(hidden.event_id)
    body = since_february.every_event(RELEASE).body
    assert not any(event in body for event in hidden.event_id)
    assert not set(hidden.description) & set(since_february.lead(RELEASE).table["What"])


def test_the_tenth_of_november_is_scheduled_although_it_has_passed():
    ahead = events.deadlines().query("outcome == @events.AHEAD")
    assert {pd.Timestamp(2026, 11, 10), pd.Timestamp(2026, 11, 27)} <= set(ahead.due)
    shown = since_february.lead(RELEASE).table.set_index("Date").State
    assert shown["10 November 2026"] == "scheduled"


def test_the_memorandum_promised_in_30_days_came_49_days_late():
    kept = events.deadlines().query("outcome == @events.KEPT").iloc[0]
    assert (kept.due - kept.start).days == 30 and (kept.kept - kept.due).days == 49
    assert (kept.kept - kept.start).days == facts.get("eu.mou_taken_days").value


def test_a_term_is_counted_once_though_text_and_timeline_both_have_it():
    terms = events.deadlines()
    assert not terms.name.duplicated().any()
    assert (terms.name.str.contains("Mexico")).sum() == 1 and (terms.name.str.contains("Britain")).sum() == 1


def test_a_term_that_was_kept_turns_the_title(monkeypatch):
    rows = events.deadlines()
    rows["outcome"] = rows.outcome.replace(events.KEPT, events.NOT_FOUND)
    monkeypatch.setattr(events, "deadlines", lambda: rows)
    assert since_february.terms(RELEASE).says.endswith("none is known to have been kept")


def test_every_actor_has_a_colour_and_every_state_a_word():
    rows = since_february._events()
    assert set(rows.who) <= set(since_february.COLOURS) and rows.state.notna().all()


def test_the_selects_stand_outside_the_picture():
    printed = canvas(themed(since_february.lead(RELEASE).chart), "a timeline")
    place = re.search(
        r'<div class="cp-selects" id="([\w-]+)">(?:<div class="vega-bind">.*?</div>)*</div><div class="cp-chart" id="[\w-]+" role="img"',
        printed,
    )
    assert place and printed.count(f'"#{place[1]}"') == 2


# --- who is right ---


def test_claims_by_verdict_add_up():
    assert accounts.verdicts().to_numpy().sum() == len(accounts.claims()) == facts.get("accounts.claims").value
    settled = sum(facts.get(f"accounts.{v}").value for v in accounts.SETTLED)
    assert settled == facts.get("accounts.settled").value


def test_every_error_names_what_is_right_and_where_that_stands():
    assert accounts.errors()[["error", "correct", "source_id"]].notna().all(axis=None)
    assert disagreements.errors(RELEASE).body.count("<tr id=") == facts.get("accounts.errors").value


def test_the_sentence_on_errors_turns_when_one_article_has_none(monkeypatch):
    assert "each of the five has some" in disagreements.brief(RELEASE).sentences[1]
    table = accounts.verdicts()
    table.loc["SEED1", "wrong"] = 0
    monkeypatch.setattr(accounts, "verdicts", lambda: table)
    assert "one of the five has none" in disagreements.brief(RELEASE).sentences[1]


def test_a_question_is_compared_only_where_two_articles_speak_to_it():
    rows = accounts.stands()
    assert rows.groupby("conflict_group").source_id.nunique().min() >= 2
    assert not rows.duplicated(["conflict_group", "source_id"]).any()


@pytest.mark.parametrize("which", disagreements.STRIPS)
def test_a_strip_has_a_dot_for_every_reading_with_a_number(which):
    table = disagreements.readings(RELEASE, which).table
    assert table.Value.notna().all() and table.Kind.isin(disagreements.READINGS).all()


def test_an_opinion_is_never_printed_without_its_owner():
    body = disagreements.opinions(RELEASE).body
    assert body.count("<li>") == len(re.findall(r"<small>\([^;]+; (?:opinion|forecast)\)</small>", body)) > 0


# --- what changed ---


def test_what_changed_names_the_sentence_that_turned():
    turned = {(page, new) for page, _, _, new in what_changed._sentences("mcs2025", "mcs2026")}
    assert any(page == "minerals/antimony" and new.startswith("No country mines half") for page, new in turned)
    assert not any(page in ("08-since-february", "09-disagreements") for page, _ in turned)  # they rest on no release


def test_between_a_release_and_itself_nothing_moved():
    assert what_changed._sentences("mcs2026", "mcs2026") == []
    assert len(what_changed._moved("mcs2026", "mcs2026")) == 0
    assert "No sentence" in what_changed.brief("mcs2026", "mcs2026").body


def test_the_largest_move_leads():
    says = what_changed.lead("mcs2025", "mcs2026").says
    assert says == "What moved most: Rare earths, US reliance, 2024, from 80 to 53 %"


# --- glossary and methods ---


def test_the_glossary_is_in_order_and_its_own_links_lead_to_terms():
    text = (BOOK / "glossary.md").read_text(encoding="utf-8")
    terms = re.findall(r"^## (.+)$", text, re.M)
    assert terms == sorted(terms, key=str.lower) and len(terms) > 40
    slugs = {re.sub(r"[^a-z0-9]+", "-", t.lower()) for t in terms}
    assert set(re.findall(r"\]\(#([\w-]+)\)", text)) <= slugs


def test_the_table_of_methods_has_page_chart_and_evidence_for_every_subject():
    rows = [r.split("|")[1:-1] for r in (BOOK / "methods.md").read_text(encoding="utf-8").splitlines() if r.startswith("|")][2:]
    assert len(rows) >= 20
    assert all(len(r) == 4 and "](" in r[1] and r[2].strip() and "](" in r[3] for r in rows)
