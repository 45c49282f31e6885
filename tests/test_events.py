"""What was due and what became of it, on terms and events made up for it, and the facts that count them."""

import pandas as pd
import pytest

from chokepoint.analysis import events
from chokepoint.analysis.facts import policy


def event(name: str, day: str, **other) -> dict:
    own = {
        "event_id": name,
        "date_start": day,
        "date_precision": "day",
        "happened": "happened",
        "published": True,
    }
    return own | {"description": f"what {name} says", "source_id": f"S-{name}"} | other


def text(name: str, day: str, days: int | None, **other) -> dict:
    own = {
        "agreement_id": name,
        "date_start": day,
        "deadline_days": days,
        "partner": "Peru",
        "instrument": "framework",
    }
    return own | {"commits": "a list", "published": True, "source_id": f"S-{name}"} | other


@pytest.fixture
def terms(made_up):
    """The evidence ends on 1 October 2026."""
    read = {"kind": "news", "read_as": "whole"}
    made_up.put(
        "sources",
        [
            read | {"source_id": "S1", "date": "2026-10-01"},
            read | {"source_id": "S2", "date": "2026-11-01", "kind": "lead"},
            read | {"source_id": "S3", "date": "2026-11-01", "read_as": "headline"},
            read | {"source_id": "S4", "date": "2026-11-01", "read_as": "none"},
            read | {"source_id": "S5", "date": "2026-11"},
            read | {"source_id": "M1", "date": "2026-11-01"},
            read | {"source_id": "SEED1", "date": "2026-09-01"},
        ],
    )
    made_up.put(
        "agreements",
        [
            text("agreed", "2026-02-04", 180),
            text("named", "2026-02-04", 30, term="A plan in a month"),
            text("early", "2025-12-01", 60),  # ended before the meeting
            text("kept", "2026-02-04", 30, published=False),
            text("open", "2026-02-04", None),
        ],
    )
    promise = {"term_kind": "promise", "term_start": "2026-02-04"}
    made_up.put(
        "timeline",
        [
            event("list", "2026-06-30", term="A list", **promise),
            event("late", "2026-05-01", term="A plan", **promise),
            event("later", "2026-05-02", term="Another plan", **promise),
            event("month", "2026-09-01", term="A month", date_precision="month", **promise),
            event("pause", "2026-10-01", term="A pause", term_kind="measure", row_key="controls:c1"),
            event("ahead", "2026-10-02", term="A day", happened="scheduled", **promise),
            event("draft", "2026-06-30", term="Not published", published=False, **promise),
            event("silent", "2026-06-30"),
            event("meeting", "2026-02-04"),
            event("before", "2026-02-03"),
            event("past", "2026-09-30", happened="scheduled"),
            event("met", "2026-08-01", settles="agreed", outcome="met"),
            event("plan", "2026-05-21", settles="late", outcome="late"),
            event("plans", "2026-05-05", settles="later", outcome="late"),
            event("looked", "2026-09-01", settles="list", outcome="not found"),
            event("first", "2026-03-01", settles="named", outcome="extended"),
            event("last", "2026-03-05", settles="named", outcome="missed"),
            event("again", "2026-09-09", settles="named", outcome="not found"),
            event("unsaid", "2026-09-09", settles="month", outcome="met", published=False),
        ],
    )


def test_the_evidence_ends_with_the_newest_source_that_was_read(terms):
    assert events.newest_evidence() == pd.Timestamp(2026, 10, 1)
    assert not events.is_ahead("2026-10-01") and events.is_ahead("2026-10-02")


def test_each_term_after_the_meeting_has_its_outcome_the_first_to_end_first(terms):
    rows = events.deadlines()
    assert list(zip(rows.key, rows.due.dt.strftime("%m-%d"), rows.outcome, strict=True)) == [
        ("named", "03-06", events.MISSED),
        ("late", "05-01", events.LATE),
        ("later", "05-02", events.LATE),
        ("list", "06-30", events.NOT_FOUND),
        ("agreed", "08-03", events.MET),
        ("month", "09-30", events.UNTRACED),
        ("pause", "10-01", events.UNTRACED),
        ("ahead", "10-02", events.AHEAD),
    ]
    named = rows.set_index("key").name
    assert (named["named"], named["agreed"], named["list"]) == (
        "A plan in a month",
        "Peru: framework",
        "A list",
    )


def test_the_last_event_that_says_more_than_not_found_settles_a_term(terms):
    row = events.settled("named")
    assert (row.how, row.how_source, row.settled) == ("what last says", "S-last", pd.Timestamp(2026, 3, 5))
    assert [events.settled(key) for key in ("list", "month", "ahead", "unknown")] == [None] * 4
    assert events.settled_suspension("c1") is None and events.settled_suspension("c2") is None


def test_what_became_of_a_suspension_is_that_of_its_term(terms, made_up):
    rows = [
        event("pause", "2026-09-01", term="A pause", term_kind="measure", row_key="controls:c1"),
        event("end", "2026-08-20", settles="pause", outcome="extended"),
    ]
    made_up.put("timeline", rows)
    assert events.settled_suspension("c1").outcome == events.EXTENDED
    assert events.settled_suspension("c2") is None


def test_events_are_told_from_the_meeting_on_and_what_is_ahead_apart(terms):
    told = events.events().event_id.tolist()
    assert "before" not in told and told[0] == "meeting" and "draft" not in told
    happened = set(events.happened().event_id)
    assert "silent" in happened and not happened & {"meeting", "ahead", "past"}
    assert events.ahead().event_id.tolist() == ["ahead"]


def test_the_days_late_are_those_of_the_latest(terms, made_up):
    found = policy.days_late()
    assert found.value == 20 and set(found.sources) == {"S-late", "S-later", "S-plan", "S-plans"}


def test_promises_are_counted_by_what_became_of_them(terms):
    kept = {name: policy.promises([name]).value for name in events.OUTCOMES.values()}
    assert kept == dict.fromkeys(events.OUTCOMES.values(), 0) | {
        events.MET: 1,
        events.LATE: 2,
        events.MISSED: 1,
        events.NOT_FOUND: 1,
    }
    assert policy.promises([events.UNTRACED]).value == 1 and policy.terms([events.UNTRACED]).value == 2
    assert policy.promises([events.LATE]).text == "two" and policy.terms([events.AHEAD]).value == 1


def test_where_nothing_was_late_there_are_no_days(made_up, monkeypatch):
    monkeypatch.setattr(policy, "_deadlines", lambda outcomes: pd.DataFrame())
    assert policy.days_late() is None
