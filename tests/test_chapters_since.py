"""Chapters 8 and 9, what changed, and the pages beside them: nothing is said of a day that is not known, no side is taken by counting."""

import re
from pathlib import Path

import pandas as pd
import pytest

from chokepoint.analysis import claims, events, facts
from chokepoint.charts.theme import themed
from chokepoint.data import tables
from chokepoint.pages import (
    china_responses,
    disagreements,
    horizon,
    since_february,
    suspensions,
    what_changed,
)
from chokepoint.pages import mineral_text as mineral_prose
from chokepoint.pages.components import listing
from chokepoint.pages.components.figure import canvas

BOOK = Path(__file__).resolve().parents[1] / "book"
RELEASE = tables.DEFAULT_RELEASE
LOAD = tables.load


# --- what happened ---


def test_nothing_is_said_to_have_happened_after_the_evidence_ends():
    seen = events.newest_evidence()
    assert events.happened().date_start.max() <= seen
    assert set(events.events().query("date_start > @seen").happened) <= {"scheduled"}


def test_what_rests_on_a_headline_is_neither_drawn_nor_listed_nor_counted(monkeypatch):
    shown = events.happened().event_id.iloc[-1]
    given = pd.DataFrame(tables.load("timeline"))
    monkeypatch.setattr(
        tables, "load", lambda name, *more: given if name == "timeline" else LOAD(name, *more)
    )
    assert shown in since_february.every_event(RELEASE).html()
    given.loc[given.event_id == shown, "published"] = False
    hidden = given.query("not published and date_start >= @events.MEETING")
    body = since_february.every_event(RELEASE).html()
    assert not any(event in body for event in hidden.event_id)
    assert not set(hidden.description) & set(since_february.lead(RELEASE).table["What"])


def test_the_newest_evidence_is_the_newest_source_that_was_read(monkeypatch):
    sources = tables.load("sources").iloc[:0].reindex(range(7))
    sources["source_id"] = ["S901", "S902", "S903", "S904", "S905", "MCS2030", "OWN1"]
    sources["date"] = [
        "2026-03-01",
        "2026-05-01",
        "2026-06-01",
        "2026-07",
        "2026-04-02",
        "2026-12-01",
        "2026-12-02",
    ]
    sources["kind"] = ["wire", "lead", "wire", "wire", "compilation", "dataset", "dataset"]
    sources["read_as"] = ["original", "original", "headline", "original", "relay", "original", "original"]
    monkeypatch.setattr(
        tables, "load", lambda name, *more: sources if name == "sources" else LOAD(name, *more)
    )
    assert events.newest_evidence() == pd.Timestamp(2026, 4, 2)


def world(monkeypatch, seen: str, **settling):
    """The evidence as it would be with its newest source of that day, nothing of a later one, and with these events besides.

    settling: description=(term, outcome, day) of events that settle a term.
    """
    given = LOAD("timeline")
    of_terms = given.event_id.isin([PACKAGE, BAN])  # of what is set for later, these and one day more
    summit = given[of_terms].iloc[0].to_dict() | {
        "event_id": "event.x-summit",
        "date": "2026-11-18",
        "date_start": pd.Timestamp(2026, 11, 18),
        "row_key": None,
        "term": None,
        "term_kind": None,
    }
    given = given[(given.happened != "scheduled") & (given.date_start <= FROZEN) | of_terms]
    given = pd.concat([given, pd.DataFrame([summit])], ignore_index=True)
    more = [
        {
            **given.iloc[0].to_dict(),
            "event_id": f"event.x-{i}",
            "date": day,
            "date_start": pd.Timestamp(day),
            "settles": term,
            "outcome": outcome,
        }
        | {
            "description": what,
            "happened": "happened",
            "published": True,
            "row_key": None,
            "term": None,
            "term_kind": None,
        }
        for i, (what, (term, outcome, day)) in enumerate(settling.items())
    ]
    given = pd.concat([given, pd.DataFrame(more)], ignore_index=True) if more else given
    monkeypatch.setattr(events, "newest_evidence", lambda: pd.Timestamp(seen))
    monkeypatch.setattr(
        tables, "load", lambda name, *rest: given if name == "timeline" else LOAD(name, *rest)
    )


FROZEN = pd.Timestamp(2026, 10, 9)  # nothing that happened later is in the evidence of `world`
PACKAGE, BAN = "event.2026-11-10-suspension-ends", "event.2026-11-27-us-ban-suspension-ends"


def test_a_day_beyond_the_evidence_is_told_as_set_whatever_the_clock_says(monkeypatch):
    world(monkeypatch, "2026-10-09")
    assert set(events.deadlines().set_index("key").outcome[[PACKAGE, BAN]]) == {events.AHEAD}
    assert since_february.lead(RELEASE).table.set_index("Date").State["10 November 2026"] == "scheduled"
    assert horizon.sentence().startswith(
        "Evidence to 9 October 2026. What is planned for later, from 10 November 2026 on, is described as planned"
    )
    assert "after the evidence of this book ends" in mineral_prose.sentences("holmium", RELEASE)[-1]


def test_a_day_that_the_evidence_has_passed_is_no_longer_ahead(monkeypatch):
    world(monkeypatch, "2026-11-12")
    assert events.deadlines().set_index("key").outcome[[PACKAGE, BAN]].to_list() == [
        events.UNTRACED,
        events.AHEAD,
    ]
    assert since_february.lead(RELEASE).table.set_index("Date").State["10 November 2026"] == "a day passed"
    assert "from 18 November 2026 on" in horizon.sentence()
    assert "what followed was not found" in mineral_prose.sentences("holmium", RELEASE)[-1]


@pytest.mark.parametrize(
    "outcome, word", [("extended", "was extended"), ("ended", "ran out"), ("replaced", "was replaced")]
)
def test_an_event_settles_a_term_wherever_it_is_told(monkeypatch, outcome, word):
    world(monkeypatch, "2026-11-12", **{"Beijing has acted": (PACKAGE, outcome, "2026-11-10")})
    rows = events.deadlines().set_index("key")
    assert rows.outcome[PACKAGE] == events.OUTCOMES[outcome] and rows.how[PACKAGE] == "Beijing has acted"
    assert f"it {word}, on 10 November 2026" in mineral_prose.sentences("holmium", RELEASE)[-1]
    assert word in since_february.brief(RELEASE).sentences[2]
    assert not any("suspension" in told for told in china_responses.brief(RELEASE).sentences)  # told once
    assert "Beijing has acted" in china_responses.suspended(RELEASE).html()
    assert "open.after_10_november" not in set(listing.open_questions().question_id)
    row = since_february.terms(RELEASE).table.set_index("Term").loc[rows.name[PACKAGE]]
    assert (row["Settled on"], row["By"]) == ("2026-11-10", "Beijing has acted")


def test_only_a_term_that_something_settled_has_a_day_and_a_deed(monkeypatch):
    rows = events.deadlines().head(3).copy()
    rows["outcome"] = [events.MET, events.NOT_FOUND, events.AHEAD]
    rows["settled"] = pd.to_datetime(["2026-03-01", "2026-04-01", None])
    rows["how"] = ["A statement", "Nothing was found", None]
    monkeypatch.setattr(events, "deadlines", lambda: rows)
    table = since_february.terms(RELEASE).table
    assert table["Settled on"].fillna("").to_list() == ["2026-03-01", "", ""]
    assert table["By"].fillna("").to_list() == ["A statement", "", ""]


def test_the_memorandum_promised_in_30_days_came_49_days_late():
    late = events.deadlines().set_index("key").loc["agreement.eu_japan_statement"]
    assert (
        late.outcome == events.LATE
        and (late.due - late.start).days == 30
        and (late.settled - late.due).days == 49
    )
    assert (late.settled - late.start).days == facts.get("eu.mou_taken_days").value


def promises(*outcomes: str) -> pd.DataFrame:
    """Promises that ended on one day, each with its outcome; one that was met late was met 49 days late."""
    due, late = pd.Timestamp(2026, 3, 6), pd.Timestamp(2026, 4, 24)
    rows = pd.DataFrame({"outcome": outcomes, "kind": events.PROMISE, "due": due, "settled": late})
    return rows.assign(settled=rows.settled.where(rows.outcome == events.LATE))


def test_a_promise_met_late_is_a_promise_missed():
    says = since_february._kept_title
    assert says(promises(events.LATE, events.NOT_FOUND, events.AHEAD)) == (
        "None of two deadlines is known to be met; one came late"
    )
    assert says(promises(events.NOT_FOUND, events.UNTRACED)) == "None of two deadlines is known to be met"
    assert (
        says(promises(events.MET, events.MET, events.MISSED)) == "Two of three deadlines are known to be met"
    )


def test_a_term_is_counted_once_though_text_and_timeline_both_have_it():
    terms = events.deadlines()
    assert not terms.name.duplicated().any() and not terms.key.duplicated().any()
    assert (terms.name.str.contains("Mexico")).sum() == 1 and (terms.name.str.contains("Britain")).sum() == 1


def test_the_window_of_the_timeline_holds_every_event():
    frame = since_february._events()
    assert pd.Timestamp(since_february._end(frame.date_start)) > frame.date_start.max()


def test_every_actor_has_a_colour_and_every_state_a_word():
    rows = since_february._events()
    assert set(rows.who) <= set(since_february._colours(rows.who)) and rows.state.notna().all()


def test_the_selects_stand_outside_the_picture():
    printed = canvas(themed(since_february.lead(RELEASE).chart), "a timeline", "chart-lead")
    place = re.search(
        r'<div class="cp-selects" id="([\w-]+)">(?:<div class="vega-bind">.*?</div>)*</div><div class="cp-chart" id="[\w-]+" role="img"',
        printed,
    )
    assert place and printed.count(f'"#{place[1]}"') == 2


# --- who is right ---


def test_claims_by_verdict_add_up():
    assert claims.verdicts().to_numpy().sum() == len(claims.claims()) == facts.get("accounts.claims").value
    checked = sum(facts.get(f"accounts.{v.replace(' ', '_')}").value for v in claims.CHECKED)
    assert checked == facts.get("accounts.checked").value


def test_an_error_is_counted_one_way():
    assert facts.get("accounts.errors").value == facts.get("accounts.wrong").value == len(claims.errors())
    by_article = claims.errors().seed_id.value_counts()
    assert (by_article.reindex(claims.articles(), fill_value=0) == claims.verdicts().wrong).all()
    assert (
        claims.verdicts().wrong.idxmin() == "SEED1"
    )  # "the agency's report has the fewest errors", chapter 9
    assert (claims.verdicts().wrong == claims.verdicts().wrong.min()).sum() == 1


def test_every_error_names_what_is_right_and_where_that_stands():
    assert claims.errors()[["error", "correct", "source_id"]].notna().all(axis=None)
    assert disagreements.errors(RELEASE).html().count("<tr id=") == facts.get("accounts.errors").value


def test_the_sentence_on_errors_turns_when_one_article_has_none(monkeypatch):
    assert "each of the five has something wrong" in disagreements.brief(RELEASE).sentences[2]
    assert disagreements.lead(RELEASE).title == "All five articles err; AP in one claim, redcensor in six"
    table = claims.verdicts()
    table.loc["SEED1", "wrong"] = 0
    monkeypatch.setattr(claims, "verdicts", lambda: table)
    assert "one of the five has nothing wrong" in disagreements.brief(RELEASE).sentences[2]
    assert disagreements.lead(RELEASE).title.startswith("Four of five articles")


def test_the_commonest_error_is_a_proposal_told_as_done_while_it_is(monkeypatch):
    """Ten errors change the story; a slip of a name does not."""
    assert facts.get("accounts.errors_that_matter").text == "ten"
    assert "Their commonest error takes a proposal for a deal" in disagreements.brief(RELEASE).sentences[1]
    rows = claims.errors().assign(kind="left out")
    monkeypatch.setattr(claims, "errors", lambda: rows)
    assert "commonest" not in disagreements.brief(RELEASE).sentences[1]


def test_a_question_is_compared_only_where_two_articles_speak_to_it():
    rows = claims.positions()
    assert rows.groupby("conflict_group").source_id.nunique().min() >= 2
    assert not rows.duplicated(["conflict_group", "source_id"]).any()


@pytest.mark.parametrize("which", disagreements.STRIPS)
def test_a_strip_has_a_dot_for_every_reading_with_a_number(which):
    table = disagreements.readings(RELEASE, which).table
    assert table.Value.notna().all() and table.Kind.isin(disagreements.READINGS).all()


def test_an_opinion_is_never_printed_without_its_owner():
    body = disagreements.opinions(RELEASE).html()
    assert body.count("<li>") == len(re.findall(r"<small>\([^;]+; (?:opinion|forecast)\)</small>", body)) > 0


# --- what changed ---


def test_what_changed_names_the_sentence_that_turned():
    turned = {(page, new) for page, _, _, new in what_changed._sentences("mcs2025", "mcs2026")}
    assert any(page == "minerals/antimony" and "imports 91%" in new for page, new in turned)
    assert not any(
        page in ("08-since-february", "09-disagreements") for page, _ in turned
    )  # they rest on no release


def test_between_a_release_and_itself_nothing_moved():
    assert what_changed._sentences("mcs2026", "mcs2026") == []
    assert len(what_changed._moved("mcs2026", "mcs2026")) == 0
    assert "No sentence" in what_changed.brief("mcs2026", "mcs2026").html()


def test_the_largest_move_leads():
    moved = what_changed._moved("mcs2025", "mcs2026").query("unit == '%'")
    most = moved.loc[moved.change.abs().idxmax()]
    says = what_changed.lead("mcs2025", "mcs2026").title
    assert says.startswith("What moved most: ")
    assert says.endswith(f"from {most.old.removesuffix('%')} to {most.new}")


# --- glossary and methods ---


def test_the_glossary_is_in_order_and_its_own_links_lead_to_terms():
    text = (BOOK / "glossary.md").read_text(encoding="utf-8")
    terms = re.findall(r"^## (.+)$", text, re.M)
    assert terms == sorted(terms, key=str.lower) and len(terms) > 40
    slugs = {re.sub(r"[^a-z0-9]+", "-", t.lower()) for t in terms}
    assert set(re.findall(r"\]\(#([\w-]+)\)", text)) <= slugs


def test_the_table_of_methods_has_page_chart_and_evidence_for_every_subject():
    rows = [
        r.split("|")[1:-1]
        for r in (BOOK / "methods.md").read_text(encoding="utf-8").splitlines()
        if r.startswith("|")
    ][2:]
    assert len(rows) >= 20
    assert all(len(r) == 4 and "](" in r[1] and r[2].strip() and "](" in r[3] for r in rows)


def test_nothing_found_later_does_not_unsettle_a_term(monkeypatch):
    acted, nothing = (PACKAGE, "extended", "2026-11-10"), (PACKAGE, "not found", "2026-11-11")
    world(monkeypatch, "2026-11-12", **{"Beijing has acted": acted, "Nothing was found": nothing})
    row = events.deadlines().set_index("key").loc[PACKAGE]
    assert (row.outcome, row.how) == (events.EXTENDED, "Beijing has acted")


def test_a_measure_in_force_again_has_no_end_of_a_suspension():
    row = {"suspended_by": "control.none", "suspended_to": pd.Timestamp(2030, 1, 31)}
    assert suspensions.until(row | {"status": "suspended"}).startswith("by its text to 31 January 2030")
    assert suspensions.until(row | {"status": "in force"}) == ""
    assert suspensions.until({"status": "suspended", "suspended_by": "", "suspended_to": pd.NaT}) == ""
