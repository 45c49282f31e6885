"""China’s controls, suspensions and what followed them, of small made-up tables."""

from types import SimpleNamespace

import pandas as pd
import pytest
from made_up_tables import facts_of

from chokepoint.analysis import control_effects as effects
from chokepoint.errors import MissingTable, UserError
from chokepoint.pages import (
    china_responses,
    did_it_bite,
    horizon,
    suspensions,
)

RELEASE = "mcs2026"


def test_that_nothing_is_planned_is_not_said(monkeypatch):
    monkeypatch.setattr(horizon.events, "newest_evidence", lambda: pd.Timestamp(2026, 6, 1))
    later = pd.DataFrame({"date_start": pd.to_datetime(["2026-07-04", "2026-11-10"])})
    monkeypatch.setattr(horizon.events, "ahead", lambda: later)
    assert "Evidence to 1 June 2026. What is planned for later, from 4 July 2026 on" in horizon.sentence()
    monkeypatch.setattr(horizon.events, "ahead", lambda: later.head(0))
    assert horizon.sentence() == "Evidence to 1 June 2026."


def test_a_book_without_series_judges_no_control(monkeypatch):
    def missing(*_):
        raise MissingTable("none")

    monkeypatch.setattr(effects, "judged", missing)
    assert did_it_bite.verdicts().empty and did_it_bite.overview() is None
    assert did_it_bite.aftermath(RELEASE).rows == [] and str(did_it_bite.undetermined().html()) == ""
    assert did_it_bite.before_and_after() is None


JUDGED = {"series": "us_imports", "code": "8110", "lowest": 0.2, "newest": 0.85, "mixed": False}


@pytest.mark.parametrize(
    "verdict, said",
    [
        (effects.BIT, "US imports from China fell to 85%"),
        (effects.FADED, "US imports from China fell to 20%, then came back to 85%"),
        (effects.NOT_SEEN, "no fall in US imports from China"),
        (effects.UNDETERMINED, "US imports from China at 85%, too few months to judge"),
    ],
)
def test_what_came_of_a_control_is_said_by_its_verdict(verdict, said):
    row = pd.Series(JUDGED | {"verdict": verdict})
    assert did_it_bite._after(row) == said
    of_magnets = pd.Series(JUDGED | {"verdict": verdict, "series": "china_exports", "code": "magnets"})
    assert "China’s exports of magnets" in did_it_bite._after(of_magnets)


def test_what_a_verdict_rests_on_is_a_series_or_what_would_settle_it():
    none = pd.Series({"series": None, "would_settle": "Monthly exports"})
    assert did_it_bite.rests_on(none) == "No series is held. Would settle it: monthly exports"
    held = pd.Series(JUDGED | {"would_settle": ""})
    assert did_it_bite.rests_on(held) == "US imports from China: newest 85% of the level before"
    mixed = pd.Series(JUDGED | {"would_settle": "Two more", "mixed": True})
    assert did_it_bite.rests_on(mixed) == (
        "US imports from China (a heading of several goods): newest 85% of the level before. Would settle "
        "it: two more"
    )


def test_the_deepest_fall_is_of_one_good_if_any_such_bit():
    tests = pd.DataFrame(
        [
            ("faded", effects.FADED, False, 0.01),
            ("mixed", effects.BIT, True, 0.02),
            ("one", effects.BIT, False, 0.3),
            ("other", effects.BIT, False, 0.5),
        ],
        columns=["mineral", "verdict", "mixed", "newest"],
    ).assign(day=pd.Timestamp(2025, 4, 4))
    assert did_it_bite._deepest(tests).mineral == "one"
    assert did_it_bite._deepest(tests.head(2)).mineral == "faded"


def test_after_a_control_stand_only_series_that_are_held_and_each_price_once(monkeypatch):
    rows = pd.DataFrame(
        [
            ("c1", "antimony", "us_imports", "8110", effects.BIT),
            ("c1", "gallium", None, None, effects.UNDETERMINED),
            ("c2", "antimony", "us_imports", "8110", effects.BIT),
            ("c3", "tin", None, None, effects.UNDETERMINED),
        ],
        columns=["control_id", "mineral", "series", "code", "verdict"],
    ).assign(day=pd.Timestamp(2024, 9, 15), control="Announcement", newest=0.1, lowest=0.1)
    monkeypatch.setattr(did_it_bite, "verdicts", lambda: rows)
    monkeypatch.setattr(did_it_bite.prices, "rises", lambda _: pd.Series({"antimony": 3.44, "tin": 2.0}))
    monkeypatch.setattr(did_it_bite.prices, "controlled", lambda _: pd.DataFrame({"year": [2024, 2025]}))
    table = did_it_bite.aftermath(RELEASE)
    assert [row.anchor for row in table.rows] == ["c1", "c2"] and table.heads[-1] == "Price, 2025 over before"
    first, second = ([str(cell.striptags()) for cell in row.cells] for row in table.rows)
    assert (
        first[0] == "15 September 2024" and first[2].startswith("Antimony: US imports") and "3.4" in first[3]
    )
    assert second[3] == ""


SUSPENDED = {"status": "suspended", "suspended_by": "s1", "suspended_to": pd.Timestamp(2026, 11, 10)}


def test_the_end_of_a_suspension_is_told_by_what_is_known_of_it(monkeypatch):
    known = SimpleNamespace(outcome=suspensions.events.EXTENDED, settled=pd.Timestamp(2026, 11, 9))
    monkeypatch.setattr(suspensions.events, "settled_suspension", lambda _: None)
    monkeypatch.setattr(suspensions.events, "is_ahead", lambda _: True)
    assert suspensions.until(SUSPENDED) == (
        "by its text to 10 November 2026, after the evidence of this book ends"
    )
    monkeypatch.setattr(suspensions.events, "is_ahead", lambda _: False)
    assert suspensions.until(SUSPENDED).endswith("; what followed was not found")
    monkeypatch.setattr(suspensions.events, "settled_suspension", lambda _: known)
    assert suspensions.until(SUSPENDED).endswith("; it was extended, on 9 November 2026")
    assert suspensions.until(SUSPENDED | {"suspended_to": None}) == ""
    assert suspensions.until(SUSPENDED | {"status": "in force"}) == ""


CONTROL = {
    "effective_date_start": pd.Timestamp(2024, 12, 3),
    "suspended_from": pd.NaT,
    "suspended_to": pd.NaT,
    "as_of": pd.Timestamp(2025, 6, 2),
    "took_effect": "yes",
}


def test_a_control_is_drawn_in_force_as_far_as_that_is_known():
    def drawn(seen: str, **cells) -> list[tuple]:
        rows = china_responses.phases(CONTROL | cells, pd.Timestamp(seen))
        return [(row["kind"], f"{row['start']:%Y-%m-%d}", f"{row['end']:%Y-%m-%d}") for row in rows]

    assert drawn("2026-06-01") == [(china_responses.HELD, "2024-12-03", "2026-06-01")]
    assert drawn("2026-06-02") == [(china_responses.UNCHECKED, "2024-12-03", "2026-06-02")]
    pause = {"suspended_from": pd.Timestamp(2025, 11, 9), "suspended_to": pd.Timestamp(2026, 11, 27)}
    assert drawn("2026-06-02", **pause) == [
        (china_responses.HELD, "2024-12-03", "2025-11-09"),
        (china_responses.SUSPENDED, "2025-11-09", "2026-11-27"),
    ]
    assert drawn("2026-06-02", **pause, took_effect="no") == [
        (china_responses.NEVER, "2025-11-09", "2026-11-27")
    ]


def since_2023(monkeypatch, *rows: dict) -> object:
    """The lead chart of chapter 6 where the evidence ends on 2 June 2026."""
    told = {
        "name": None,
        "legal_reference": "No. 1",
        "instrument": "licence",
        "target": "all",
        "source_id": "S001",
    }
    made = pd.DataFrame([CONTROL | told | {"items": f"goods {i}"} | row for i, row in enumerate(rows)])
    monkeypatch.setattr(china_responses, "controls", lambda: made)
    monkeypatch.setattr(china_responses.events, "newest_evidence", lambda: pd.Timestamp(2026, 6, 2))
    return china_responses.lead(RELEASE)


def test_controls_that_hold_are_counted_apart_from_those_suspended_or_not_checked_again(monkeypatch):
    newer = {"as_of": pd.Timestamp(2026, 5, 1)}
    pause = newer | {"suspended_from": pd.Timestamp(2025, 11, 9), "suspended_to": pd.Timestamp(2026, 11, 27)}
    never = pause | {"took_effect": "no"}
    figure = since_2023(monkeypatch, newer, newer | {"name": "Gallium"}, pause, never, {})
    assert figure.title == ("Two of five Chinese controls hold; two were suspended, one never began")
    assert figure.subtitle.endswith("2 June 2026; one was not checked again.")
    drawn = [row for rows in figure.chart.to_dict(validate=False)["datasets"].values() for row in rows]
    assert {row["row"] for row in drawn if "kind" in row} == {
        "goods 0",
        "Gallium",
        "goods 2",
        "goods 3",
        "goods 4",
    }
    days = {row["label"] for row in drawn if "first" in row}
    assert days == {"evidence ends 2 Jun 2026", "suspension to 27 Nov 2026"}
    assert since_2023(monkeypatch, {}, {}).subtitle.endswith("; two were not checked again.")
    assert since_2023(monkeypatch, newer).subtitle.endswith("the evidence ends, 2 June 2026.")


def test_where_china_listed_firms_is_told_of_each_place(monkeypatch):
    def told(*targets: str) -> str:
        rows = pd.DataFrame({"target": list(targets), "published": [True] * len(targets)})
        monkeypatch.setattr(china_responses.tables, "rows", lambda *_, **__: rows)
        return china_responses._listed_elsewhere()

    assert told("US firms that sell to Japanese ones") == ""
    assert told("US firms", "Japanese firms") == "; Japanese ones are listed too"
    assert told("European Union firms", "Japanese firms") == "; Japanese and European ones are listed too"


def test_what_bites_is_told_with_what_it_did_and_what_china_needs(monkeypatch):
    def told(*held: str, pause: object = pd.NaT) -> list[str]:
        april = pd.DataFrame({"control_id": ["c"], "suspended_from": [pause]})
        monkeypatch.setattr(china_responses, "controls", lambda: april)
        monkeypatch.setattr(china_responses.tables, "row", lambda *_, **__: SimpleNamespace(row_key="c"))
        monkeypatch.setattr(china_responses, "_listed_elsewhere", lambda: "")
        monkeypatch.setattr(china_responses, "fact_exists", lambda name, _: name in held)
        return list(china_responses.brief(RELEASE).sentences)

    may, november, needs = "magnets.world_2025_05", "magnets.world_2025_11", "needs.cobalt_own_ore"
    none = told(november)
    assert none[0].endswith("were never suspended.") and none[2].startswith("A cut of {imf.cut}")
    both = told(may, november, needs)
    assert both[0].endswith("in May, and were {magnets.world_2025_11} in November.")
    assert both[2].startswith("It needs the world as well")
    assert told(may)[0].endswith("{magnets.world_2025_05} in May.")
    assert "are suspended as well" in told(pause=pd.Timestamp(2025, 11, 9))[0]


@pytest.mark.parametrize(
    "model, finding", [(2.0, "beats one number for all"), (2.5, "has no skill"), (3, "has no skill")]
)
def test_a_rule_has_skill_only_where_it_beats_one_number(monkeypatch, model, finding):
    episodes = [("tin", 2.0, 8.0), ("lead", 9.0, 3.0)]
    rows = [
        {"what": f"price multiple: {m}", "predicted": p, "seen": s, "source_id": "S001"}
        for m, p, s in episodes
    ]
    rows.append({"what": "loss of output", "predicted": 1.0, "seen": 1.0, "source_id": "S001"})
    monkeypatch.setattr(china_responses, "MODELS", {"supply_shock": SimpleNamespace(validation=lambda: rows)})
    held = {"shock.left_out": model, "shock.left_out_constant": 2.5, "shock.constant": 4.0}
    facts_of(monkeypatch, china_responses, held)
    figure = china_responses.how_wrong(RELEASE)
    assert figure.title == f"A rule for past price jumps {finding}"
    table = figure.table.set_index("Episode")
    assert table["Off by a factor of"].to_dict() == {"Tin": 4, "Lead": 3} and list(table.index) == [
        "Tin",
        "Lead",
    ]


def test_china_s_share_is_that_after_the_mine_where_it_is_known(monkeypatch):
    shares = pd.DataFrame({"mine": [30.0, 69.2], "refinery": [47.1, None]}, index=["tin", "tungsten"])
    monkeypatch.setattr(china_responses.supply, "china", lambda _: shares)
    assert china_responses._share_of_china("tin", RELEASE) == 0.47
    assert china_responses._share_of_china("tungsten", RELEASE) == 0.69
    with pytest.raises(UserError, match="no published output"):
        china_responses._share_of_china("scandium", RELEASE)
