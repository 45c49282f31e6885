"""A grade is borne by the sources of its row, and an event settles a term that there is, on rows made up."""

import pandas as pd
import pytest

from chokepoint.data import grades

KINDS = {  # source → kind, how it was read, through which, whose word
    "OWN": ("primary government", "original", "", ""),
    "SET": ("dataset", "mirror", "", ""),
    "TOLD": ("primary company", "relay", "", ""),
    "VIA": ("primary government", "relay", "LIST", ""),
    "WIRE": ("wire", "original", "", "Reuters"),
    "COPY": ("wire", "mirror", "", "Reuters"),
    "PAPER": ("press", "excerpt", "", ""),
    "HEARD": ("press", "relay", "", ""),
    "LIST": ("compilation", "original", "", ""),
    "LIST2": ("compilation", "original", "", ""),
    "LEAD": ("lead", "original", "", ""),
    "UNREAD": ("press", "none", "", ""),
}
COLUMNS = ["source_id", "publisher", "kind", "read_as", "read_through", "origin"]
SOURCES = pd.DataFrame([(s, s, *cells) for s, cells in KINDS.items()], columns=COLUMNS)


@pytest.mark.parametrize(
    ("cited", "best"),
    [
        ("OWN", "primary"),
        ("SET", "primary"),
        ("TOLD", "single-source"),
        ("WIRE", "single-source"),
        ("WIRE COPY", "single-source"),  # one origin
        ("WIRE PAPER", "corroborated"),
        ("HEARD PAPER", "corroborated"),
        ("LIST LIST2", "single-source"),  # two trackers are one hearsay
        ("WIRE LIST", "corroborated"),
        ("HEARD LIST", "single-source"),
        ("TOLD LIST", "corroborated"),
        ("VIA LIST", "single-source"),  # it is this tracker that brought it
        ("VIA LIST2", "corroborated"),
        ("VIA LIST LIST2", "corroborated"),
        ("WIRE LEAD", "single-source"),
        ("WIRE UNREAD", "single-source"),
        ("LEAD", "single-source"),
    ],
)
def test_a_grade_is_no_more_than_its_sources_bear(cited, best):
    of = ";".join(cited.split())
    rows = pd.DataFrame(
        [{"id": "1", "source_ids": of, "published": "true", "confidence": grade} for grade in grades.GRADES]
    )
    found = {row - 2: said for _, row, _, said in grades.faults({"sources": SOURCES, "events": rows})}
    too_high = [i for i, grade in enumerate(grades.GRADES) if i > grades.GRADES.index(best)]
    one_origin = [2] if best == "primary" and len(cited.split()) == 1 else []
    assert sorted(found) == sorted({*too_high, *one_origin})
    for i in too_high:
        said = f'"{grades.GRADES[i]}" is more than its sources bear ({", ".join(cited.split())}: {best})'
        assert found[i].startswith(said)
    for i in one_origin:
        assert found[i] == f'"corroborated" rests on one origin ({cited}). Cite another, or call it primary'


def test_a_row_that_is_not_shown_or_whose_source_is_unknown_is_not_graded():
    row = {"source_id": "WIRE", "source_ids": "", "published": "true", "confidence": "primary"}
    changes = ({}, {"published": "false"}, {"confidence": "?"}, {"source_id": "X"}, {"source_id": ""})
    rows = pd.DataFrame([row | change for change in changes])
    found = list(grades.faults({"sources": SOURCES, "events": rows}))
    assert [(table, at, column) for table, at, column, _ in found] == [("events", 2, "confidence")]
    assert not list(grades.faults({"events": rows}))
    assert not list(grades.faults({"sources": SOURCES, "events": rows.drop(columns="published")}))


EVENT = dict.fromkeys(("term", "term_kind", "term_start", "settles", "outcome"), "")
EVENT |= {"happened": "happened", "date_start": "2026-02-01", "as_of": "2026-03-01"}


def terms(*events: dict, questions: pd.DataFrame | None = None) -> list[tuple]:
    timeline = pd.DataFrame([EVENT | {"event_id": f"e{i}"} | event for i, event in enumerate(events)])
    texts = pd.DataFrame({"agreement_id": ["pact", "note"], "deadline_days": ["180", ""]})
    frames = {"timeline": timeline, "agreements": texts}
    frames |= {} if questions is None else {"open_questions": questions}
    return [(table, row - 2, column) for table, row, column, _ in grades.faults(frames)]


@pytest.mark.parametrize(
    ("cells", "column"),
    [
        ({}, ""),
        ({"settles": "pact", "outcome": "met"}, ""),
        ({"settles": "e1", "outcome": "met"}, ""),
        ({"settles": "note", "outcome": "met"}, "settles"),  # it sets no term
        ({"settles": "e0", "outcome": "met"}, "settles"),
        ({"settles": "pact"}, "outcome"),
        ({"outcome": "met"}, "outcome"),
        ({"term": "2026-06-01"}, "term"),
        ({"term": "2026-06-01", "term_kind": "a"}, "term"),
        ({"term_start": "2026-06-01"}, "term"),
        ({"date_start": "2026-03-01"}, ""),
        ({"date_start": "2026-03-02"}, "happened"),
        ({"happened": "scheduled"}, "happened"),
        ({"happened": "scheduled", "date_start": "2026-03-02"}, ""),
        ({"happened": "scheduled", "date_start": "2026-03-01"}, "happened"),
        ({"happened": "scheduled", "date_start": "2026-03"}, ""),
    ],
)
def test_an_event_settles_a_term_says_all_of_it_and_lies_on_its_side_of_the_day_known(cells, column):
    whole = {"term": "2026-06-01", "term_kind": "suspension", "term_start": "2026-01-01"}
    assert terms(cells, whole) == ([("timeline", 0, column)] if column else [])


def test_a_question_waits_for_a_term_that_there_is():
    asked = pd.DataFrame({"term": ["pact", "", "note"]})
    assert terms({}, questions=asked) == [("open_questions", 2, "term")]


@pytest.mark.parametrize("verdict", ["wrong", "imprecise"])
def test_a_claim_that_is_contradicted_rests_on_its_check_alone(verdict):
    claim = {"verdict": verdict, "source_id": "PAPER", "check_source_id": "WIRE", "published": "true"}
    rows = pd.DataFrame([claim | {"claim_id": "1", "confidence": "corroborated"}])
    assert grades.cited(claim) == ["WIRE"]
    [(_, row, column, said)] = grades.faults({"sources": SOURCES, "claims": rows})
    assert (row, column) == (2, "confidence") and "(WIRE: single-source)" in said


def test_a_claim_that_is_borne_out_rests_on_the_article_and_its_check():
    claim = {"verdict": "right", "source_id": "PAPER", "check_source_id": "WIRE", "published": "true"}
    rows = pd.DataFrame([claim | {"claim_id": "1", "confidence": "corroborated"}])
    assert grades.cited(claim) == ["PAPER", "WIRE"]
    assert list(grades.faults({"sources": SOURCES, "claims": rows})) == []
