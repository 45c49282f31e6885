"""What a reader may rely on in the evidence: every row keyed and sourced, dated truly, and in our own words."""

import csv
import io
import re
from datetime import date

import articles
import pandas as pd
import pytest

from chokepoint.analysis import events
from chokepoint.data import grades, tables
from chokepoint.data.references import Evidence

KEYS = {
    "sources": "source_id",
    "seeds": "source_id",
    "claims": "claim_id",
    "conflicts": "conflict_group",
    "readings": "reading_id",
    "errors": "error_id",
    "attendees": "iso3",
    "agreements": "agreement_id",
    "vault": "vault_id",
    "finance": "finance_id",
    "controls": "control_id",
    "statements": "statement_id",
    "quotations": "quotation_id",
    "timeline": "event_id",
    "markets": "market_id",
    "coalitions": "coalition_id",
    "ledger": "fact_id",
    "open_questions": "question_id",
}


def rows(table):
    """The rows of a table as a reader meets them, references filled in, as text."""
    return list(csv.DictReader(io.StringIO(tables.as_text(table))))


def by_key(table):
    return {row[KEYS[table]]: row for row in rows(table)}


def listed(cell):
    return [part for part in cell.split(";") if part]


def newest():
    """Day of the newest source that was read, as ISO text."""
    return f"{events.newest_evidence():%Y-%m-%d}"


@pytest.mark.parametrize("table", KEYS)
def test_every_row_has_a_key_of_its_own(table):
    keys = [row[KEYS[table]] for row in rows(table)]
    assert all(keys) and len(keys) == len(set(keys))


@pytest.mark.parametrize("table", [*KEYS, "memberships"])
def test_every_source_named_is_in_the_list_of_sources(table):
    known = set(by_key("sources"))
    cited = {
        (column, source)
        for row in rows(table)
        for column in ("source_id", "source_ids", "check_source_id", "seed_id")
        for source in listed(row.get(column, ""))
    }
    assert not {c for c in cited if c[1] not in known}
    if table not in ("sources", "coalitions"):
        assert all(row.get("source_id") or row.get("source_ids") for row in rows(table))


def test_fifty_four_countries_and_the_commission_came():
    present = [row for row in rows("attendees") if row["presence"] == "present"]
    assert sum(row["seat"] == "country" for row in present) == 54
    assert [row["iso3"] for row in present if row["seat"] == "institution"] == ["EUE"]
    assert by_key("ledger")["ministerial.countries"]["value"] == "54"


def test_eleven_signed_that_day_and_all_of_them_were_there():
    signed = {row["iso3"] for row in rows("memberships") if row["coalition_id"] == "signed_4feb"}
    assert len(signed) == int(by_key("ledger")["frameworks.signed_4feb"]["value"]) == 11
    assert signed == {
        iso3 for row in rows("agreements") if row["batch"] == "eleven_4feb" for iso3 in listed(row["iso3s"])
    }
    assert signed <= {row["iso3"] for row in rows("attendees") if row["presence"] == "present"}
    assert "GBR" in signed  # the eleventh, whom State does not name


def test_a_lead_that_was_not_opened_carries_no_published_row():
    kinds = {key: row["kind"] for key, row in by_key("sources").items()}
    for table in [*KEYS, "memberships"]:
        for row in rows(table):
            if "published" in row:
                sources = listed(row.get("source_id", "")) + listed(row.get("source_ids", ""))
                opened = any(kinds[s] != "lead" for s in sources)
                assert (row["published"] == "true") == (
                    opened and row.get("confidence") != "memory-unverified"
                ), (table, row)


def test_every_unpublished_row_is_an_open_question():
    asked = {key for row in rows("open_questions") for key in listed(row["row_keys"])}
    hidden = {
        f"{table}:{key}"
        for table in KEYS
        for key, row in by_key(table).items()
        if row.get("published") == "false"
    }
    assert not hidden - asked
    for key in asked:
        table, _, name = key.partition(":")
        assert name in by_key(table), key


def test_dates_say_how_exact_they_are():
    for table in KEYS:
        for row in rows(table):
            for column in [c for c in row if c.endswith("date_precision")]:
                stem = column.removesuffix("_precision")
                text, start, precision = row[stem], row[f"{stem}_start"], row[column]
                assert bool(text) == bool(start) == bool(precision), (table, row)
                if text:
                    assert {"day": 10, "month": 7, "year": 4}[precision] == len(text)
                    assert date.fromisoformat(start).isoformat().startswith(text)


def test_no_control_applies_before_it_is_announced_and_no_suspension_ends_before_it_begins():
    controls = by_key("controls")
    for row in controls.values():
        announced, effective = row["announced_date_start"], row["effective_date_start"]
        assert not (announced and effective) or announced <= effective, row
        assert row["took_effect"] != "no" or row["status"] == "suspended"
        if row["status"] == "suspended":
            by = controls[row["suspended_by"]]
            assert (
                row["suspended_from"] == by["effective_date_start"]
                and row["suspended_to"] == by["suspended_to"]
            )
    assert controls["control.2025-18"]["status"] == "in force"  # the April licences were never suspended


@pytest.mark.parametrize("table", ["agreements", "finance", "controls", "timeline", "ledger"])
def test_a_status_is_true_of_its_date_and_no_later_than_the_evidence(table):
    for row in rows(table):
        assert row["as_of"] <= newest(), row
        if table in ("agreements", "finance"):
            assert row["date_start"] <= row["as_of"], row


def test_what_lies_after_the_evidence_is_scheduled_and_not_happened():
    for row in rows("timeline"):
        assert (row["happened"] == "scheduled") == (row["date_start"] > row["as_of"]), row


def test_what_follows_a_suspension_is_asked_until_an_event_settles_it():
    asked = {row["term"] for row in rows("open_questions")}
    for row in rows("timeline"):
        if row["term"] and row["row_key"].startswith("controls:"):
            assert row["event_id"] in asked or events.settled(row["event_id"]) is not None, row["event_id"]


def test_no_row_called_corroborated_rests_on_one_origin():
    sources = by_key("sources")
    for table in [*KEYS, "memberships"]:
        for row in rows(table):
            if row.get("published") == "true" and row.get("confidence") == "corroborated":
                cited = [sources[s] for s in grades.cited(row)]
                assert len({s["origin"] or s["publisher"] for s in cited}) > 1, (table, row)
                assert any(s["kind"] not in ("compilation", "lead") for s in cited), (table, row)


def test_an_official_text_known_through_one_relay_is_one_with_it():
    """Neither an announcement seen in a tracker nor two of them are borne out by that tracker; by another that quotes it, or by a report, they are."""
    text = {
        "source_id": "S1",
        "publisher": "Ministry",
        "origin": "",
        "kind": "primary government",
        "read_as": "relay",
        "read_through": "S3",
    }
    other = {**text, "source_id": "S2", "publisher": "Another ministry"}
    tracker = {
        "source_id": "S3",
        "publisher": "A tracker",
        "origin": "",
        "kind": "compilation",
        "read_as": "original",
        "read_through": "",
    }
    report = {**tracker, "source_id": "S4", "publisher": "A daily", "kind": "wire"}
    digest = {**tracker, "source_id": "S5", "publisher": "A digest"}
    for cited in ([text], [text, tracker], [text, other, tracker], [text, other], [tracker, digest]):
        assert grades.highest(cited) == "single-source", cited
    for cited in (
        [text, tracker, report],
        [text, report],
        [text, tracker, digest],
        [{**text, "read_through": "S3;S5"}, tracker, digest],
    ):
        assert grades.highest(cited) == "corroborated", cited
    assert (
        grades.highest([{**text, "read_through": "S3;S5"}, tracker]) == "single-source"
    )  # the second relay must be cited to count
    assert (
        grades.highest([{**text, "read_through": "S4"}, report]) == "single-source"
    )  # a report too can be the only way to a text


def test_no_row_called_corroborated_is_a_text_and_the_one_that_brought_it():
    sources = by_key("sources")
    for table in [*KEYS, "memberships"]:
        for row in rows(table):
            if row.get("published") == "true" and row.get("confidence") == "corroborated":
                cited = set(grades.cited(row))
                brought = {s for s in cited if sources[s]["read_through"]}
                ways = (cited - brought) | {
                    r for s in brought for r in listed(sources[s]["read_through"]) if r in cited
                }
                assert (
                    len(ways | {s for s in brought if not cited & set(listed(sources[s]["read_through"]))})
                    > 1
                ), (table, row)


def test_a_source_that_says_through_whom_it_was_read_was_not_read_itself():
    sources = by_key("sources")
    for key, row in sources.items():
        through = listed(row["read_through"])
        assert key not in through and all(not sources[r]["read_through"] for r in through), key
        assert not through or row["read_as"] in ("relay", "dataset", "headline"), key
        named = re.search(
            r"[Rr]ead through .*?(S\d{3})", row["reliability"]
        )  # what the words say stands in the column too
        if named and row["read_as"] in ("relay", "dataset"):
            assert named[1] in through, key


def test_nobodys_origin_is_spelled_in_two_ways():
    origins = {grades.origin(row) for row in rows("sources")}
    assert len({o.lower().removeprefix("the ") for o in origins}) == len(origins)


def test_two_trackers_do_not_corroborate_one_another():
    sources = by_key("sources")
    assert {sources[s]["kind"] for s in ("S040", "S041")} == {"compilation"}
    assert grades.highest([sources["S040"], sources["S041"]]) == "single-source"


def test_an_answered_question_has_its_answer_and_its_source():
    for key, row in by_key("open_questions").items():
        assert bool(row["answer"]) == bool(row["answer_source_id"]) == (row["status"] != "open"), key
        assert row["as_of"] <= newest(), key


def test_a_disagreement_shows_two_readings_or_more_and_adopts_one_or_says_why_not():
    for group, conflict in by_key("conflicts").items():
        readings = [row for row in rows("readings") if row["conflict_group"] == group]
        assert len(readings) > 1, group
        assert any(row["adopted"] == "true" for row in readings) == (conflict["outcome"] != "unresolved"), (
            group
        )
    used = {
        row["conflict_group"]
        for table in ("claims", "vault", "finance", "markets", "ledger", "controls")
        for row in rows(table)
    }
    assert used - {""} <= set(by_key("conflicts"))


def test_a_claim_called_wrong_says_what_is_right_and_stands_in_the_list_of_errors():
    listed_errors = {row["claim_id"] for row in rows("errors")}
    for key, row in by_key("claims").items():
        if row["verdict"] in ("wrong", "imprecise"):
            assert row["check_result"] and row["check_source_id"], key
    wrong = {key for key, row in by_key("claims").items() if row["verdict"] == "wrong"}
    assert listed_errors == wrong and len(rows("errors")) == len(wrong)


def test_a_claim_is_not_checked_against_another_of_the_five():
    for key, row in by_key("claims").items():
        if row["verdict"] in ("matches", "was said", "imprecise", "wrong"):
            assert row["check_source_id"] and not row["check_source_id"].startswith("SEED"), key
        if row["verdict"] == "was said":
            assert row["kind"] != "reported fact" or row["attributed_to"] not in (
                "WSWS",
                "AP",
                "Asia Times",
                "redcensor",
            ), key


def test_a_fact_prints_its_value_and_points_to_the_row_that_carries_it():
    words = "zero one two three four five six seven eight nine ten".split() + ["fourth"]
    for key, fact in by_key("ledger").items():
        if fact["value_type"] == "number" and not any(word in fact["text"].lower().split() for word in words):
            figures = [float(f.replace(",", "")) for f in re.findall(r"\d[\d,]*(?:\.\d+)?", fact["text"])]
            assert any(
                abs(abs(float(fact["value"])) - f) < 0.5 * 10 ** -len(str(f).partition(".")[2].strip("0"))
                for f in figures
            ), key
        if fact["value_type"] == "date":
            day = date.fromisoformat(fact["value"])
            assert fact["text"] == f"{day.day} {day:%B %Y}", key
        if fact["row_key"]:
            row = by_key(fact["table"])[fact["row_key"]]
            if fact["table"] in ("vault", "markets"):
                carried = {float(row[c]) for c in ("value", "value_low", "value_high") if row[c]}
                assert (
                    fact["value_type"] != "number"
                    or fact["unit"] == "firms"
                    or float(fact["value"]) in carried
                ), key


def test_a_stated_floor_and_loan_are_the_cells_that_their_facts_name():
    """On two rows of its own, so that it holds whatever the evidence says."""
    schemas = {name: tables.resource(name)["schema"] for name in ("finance", "ledger")}
    columns = {name: [field["name"] for field in schema["fields"]] for name, schema in schemas.items()}
    deal = {"finance_id": "finance.x", "amount_usd_m": "10000", "floor_usd_per_kg": "110", "source_id": "S1"}
    deal |= {"date": "2026-02-02", "confidence": "corroborated", "published": "true"}
    place = {"table": "finance", "row_key": "finance.x"}
    stated = [
        place | {"fact_id": "x.loan", "column": "amount_usd_m", "unit": "US$ billion"},
        place | {"fact_id": "x.floor", "column": "floor_usd_per_kg"},
    ]
    rows = {
        name: pd.DataFrame([{c: row.get(c, "") for c in columns[name]} for row in given])
        for name, given in (("finance", [deal]), ("ledger", stated))
    }
    held = Evidence(rows.__getitem__, schemas)
    loan, floor = held.fact("x.loan"), held.fact("x.floor")
    assert (loan["value"], loan["unit"], loan["text"]) == ("10", "US$ billion", "US$10 billion")
    assert (floor["value"], floor["unit"], floor["text"]) == ("110", "US$ per kg", "US$110/kg")
    assert loan["source_ids"] == "S1" and loan["as_of"] == "2026-02-02"
    assert loan["confidence"] == "corroborated" and not list(held.faults())


def test_the_detector_of_copied_words_finds_eight_and_lets_seven_pass():
    assert (
        articles.runs("One two three four five six seven eight.").keys()
        & articles.runs("zero one two THREE four five six seven eight").keys()
    )
    assert not articles.runs("one two three four five six seven")


def test_no_eight_words_in_a_row_are_taken_from_the_articles():
    cited = {"title", "url", "read_at", "words"}  # as they stand: titles, and quotations of officials
    for table in [*KEYS, "memberships"]:
        for row in rows(table):
            for column in row.keys() - cited:
                assert not articles.copied(row[column]), (table, column, row[column])


def test_one_number_of_one_source_is_found_twice_in_two_sizes():
    def schema(unit: str) -> dict:
        names = [{"name": name, "type": "string"} for name in ("id", "conflict_group", "source_id")]
        return {"fields": [*names, {"name": "value", "type": "number", "unit": unit}], "primaryKey": "id"}

    schemas = {"finance": schema("US$ million"), "readings": schema("US$ billion")}
    row = {"id": "x", "conflict_group": "loan", "source_id": "S1"}
    frames = {
        name: pd.DataFrame([row | {"value": value}])
        for name, value in (("finance", "2906"), ("readings", "2.906"))
    }
    found = [*Evidence(frames.__getitem__, schemas).faults()]
    assert [(name, at, column) for name, at, column, _ in found] == [("readings", 0, "value")]
