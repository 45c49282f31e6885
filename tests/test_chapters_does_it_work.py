"""Chapter 10 and the first page: the verdict follows the data by its rules, and the book scores its own forecasts."""

import csv
import os
import re
import shutil
from pathlib import Path

import pandas as pd
import pytest

from chokepoint.analysis import facts, own_forecasts, supply, verdict
from chokepoint.data import check, memory, tables
from chokepoint.pages import does_it_work, front_page

RELEASE = tables.DEFAULT_RELEASE
DATA = Path(__file__).resolve().parents[1] / "data"
PLURILATERAL, ZONE = "agreement.plurilateral", "zone"


def said() -> list[str]:
    """In brief, as a reader sees it: price, supply, membership."""
    return [facts.linked(s, RELEASE) for s in does_it_work.brief(RELEASE).sentences]


def point(anchor: str) -> str:
    """A point of the first page, as a reader sees it."""
    found = next(p for p in front_page.points(RELEASE) if p.anchor == anchor)
    return facts.linked(f"{found.number}: {found.lead} {found.said} {found.so}", RELEASE)


@pytest.fixture
def altered(tmp_path, monkeypatch):
    """Alter tables of the data: a function of the rows of each, as text, changes them or adds to them."""
    folder = tmp_path / "data"
    shutil.copytree(DATA, folder, copy_function=os.symlink)

    def alter(**changes) -> Path:
        paths = {r["name"]: folder / r["path"] for r in tables.package(DATA)["resources"]}
        for name, change in changes.items():
            path = paths[name.replace("__", "-")]
            with path.open(encoding="utf-8", newline="") as file:
                rows = list(csv.DictReader(file))
            change(rows)
            path.unlink()
            with path.open("w", encoding="utf-8", newline="") as file:
                writer = csv.DictWriter(file, rows[0], lineterminator="\n")
                writer.writeheader()
                writer.writerows(rows)
        monkeypatch.setenv("CHOKEPOINT_DATA", str(folder))
        return folder

    return alter


def setting(key: str, **cells: str):
    """Set cells of the row whose first cell is `key`."""

    def change(rows) -> None:
        row = next(row for row in rows if next(iter(row.values())) == key)
        row.update(cells)

    return change


def adding(*more: dict[str, str]):
    """Add rows, each with what it does not say empty."""

    def change(rows) -> None:
        rows.extend(dict.fromkeys(rows[0], "") | row for row in more)

    return change


def priced():
    """A reference price of the bloc, as the ledger would state it."""
    return adding(
        {
            "fact_id": "zone.reference_price",
            "label": "Reference price of the zone for neodymium-praseodymium oxide",
            "value": "95",
            "value_type": "number",
            "unit": "US$ per kg",
            "text": "US$95/kg",
            "as_of": "2026-10-08",
            "source_ids": "S001",
            "confidence": "primary",
            "published": "true",
        }
    )


def measured(china: float):
    """A newer year of the IEA in which China refines this share of the magnet rare earths."""

    def change(rows) -> None:
        of = [
            r
            for r in rows
            if (r["mineral"], r["stage"], r["year"]) == ("magnet_rare_earths", "refinery", "2024")
            and (r["area_kind"] == "world" or r["iso3"] == "CHN")
        ]
        assert len(of) == 2
        rows += [
            r | {"year": "2025", "value": "100000" if r["area_kind"] == "world" else f"{100000 * china:.0f}"}
            for r in of
        ]

    return change


def everybody_bound(rows) -> None:
    for row in rows:
        if row["status"] == "signed":
            row["binding"] = "yes"


def a_list(rows) -> None:
    adding(
        *(
            {"iso3": iso3, "coalition_id": ZONE, "since": "2026-10-01", "source_id": "S001"}
            | {"confidence": "primary", "published": "true"}
            for iso3 in ("ARG", "JPN", "GBR")
        )
    )(rows)


the_zone = adding({"coalition_id": ZONE, "name": "The zone", "complete": "true", "as_of": "2026-10-08"})


# --- the three tests ---


def test_today_none_of_the_three_is_met_and_the_verdict_says_so():
    assert [test.standing for test in verdict.tests()] == [verdict.NOT] * 3
    word, why, _ = does_it_work.answer(RELEASE)
    assert (
        word == "Not yet."
        and "no price of its own, little of the refining for magnets and nobody known to be bound" in why
    )
    price, made, members = said()
    assert "no price" in price and "8.7%" in made and "none of them" in members


def test_an_agreement_that_is_signed_meets_the_test_of_the_price_in_part(altered):
    altered(agreements=setting(PLURILATERAL, status="signed"))
    assert verdict.price() == verdict.PART
    assert "no price, and an agreement meant to bind is signed" in said()[0]
    assert does_it_work.answer(RELEASE)[0] == "In part."
    box = does_it_work.standing("price", RELEASE).html()
    assert "Met in part" in box and "neither would fail it again" in box


def test_a_price_with_an_agreement_that_binds_behind_it_meets_it(altered):
    altered(agreements=setting(PLURILATERAL, status="signed", binding="yes"), ledger=priced())
    assert verdict.price() == verdict.MET
    assert said()[0].startswith("The bloc has published a reference price, and an agreement that binds")
    assert "A price, and no list of members." in point("no-price") and "US$95/kg" in point("no-price")


def test_a_price_alone_is_half_of_it(altered):
    altered(ledger=priced())
    assert verdict.price() == verdict.PART


@pytest.mark.parametrize(
    "china, standing, words",
    [
        (0.90, verdict.NOT, "The rare earths for magnets are still refined in China"),
        (0.83, verdict.PART, "More of the rare earths for magnets are refined"),
        (0.75, verdict.MET, "As much of the rare earths for magnets"),
    ],
)
def test_the_test_of_the_supply_follows_the_newest_measured_share(altered, china, standing, words):
    altered(iea2025__iea_production=measured(china))
    assert verdict.supply() == standing and verdict.measured_year() == 2025
    assert said()[1].startswith(words) and f"{100 * (1 - china):.1f}%" in said()[1]
    assert "2025" in said()[1]


def test_a_forecast_of_the_agency_is_no_measurement():
    rows = verdict.outside()
    assert rows.forecast.any() and verdict.measured_year() < rows.year.max()


def test_one_partner_bound_is_a_part_of_a_club(altered):
    altered(agreements=setting("agreement.peru_mou", binding="yes"))
    assert verdict.membership() == verdict.PART
    assert "one of them by a text that binds" in said()[2]
    assert "Some of what is signed binds." in point("nothing-binds")


def test_a_list_and_half_of_the_signatories_bound_make_a_club(altered):
    altered(agreements=everybody_bound, coalitions=the_zone, memberships=a_list)
    assert verdict.membership() == verdict.MET
    assert "a list names three members" in said()[2]
    assert "A list of members, and no price." in point("no-price")
    assert verdict.membership_confidence() == verdict.HIGH, "every text is known"


def test_a_text_that_is_only_meant_to_bind_does_not_count():
    assert verdict.bound("intended") > 0 and verdict.bound() == 0


def test_when_all_three_are_met_the_answer_is_yes(altered):
    altered(
        agreements=everybody_bound_and_signed,
        coalitions=the_zone,
        memberships=a_list,
        ledger=priced(),
        iea2025__iea_production=measured(0.7),
    )
    word, why, found = does_it_work.answer(RELEASE)
    assert (
        word == "Yes."
        and "a price of its own, as much of the refining" in why
        and "members who are bound" in why
    )
    page = re.sub(r"<[^>]+>", "", front_page.argument(RELEASE))
    assert "Yes." in page and "a price withdrawn" in page


def everybody_bound_and_signed(rows) -> None:
    setting(PLURILATERAL, status="signed")(rows)
    everybody_bound(rows)


def test_a_measurement_that_grows_old_makes_the_verdict_less_sure(altered):
    assert verdict.supply_confidence() == verdict.MODERATE
    altered(sources=adding(source("S998", "2027-06-01")))
    assert verdict.supply_confidence() == verdict.LOW
    assert verdict.confidence(verdict.tests()) == verdict.LOW
    assert "confidence is low" in does_it_work.answer(RELEASE)[1]


def source(source_id: str, day: str) -> dict[str, str]:
    return {
        "source_id": source_id,
        "publisher": "A wire",
        "title": "News",
        "date": day,
        "kind": "wire",
        "read_as": "original",
    }


# --- the first page ---


def test_every_point_has_a_number_and_says_what_follows():
    found = front_page.points(RELEASE)
    assert len(found) == 5
    for one in found:
        assert re.search(r"\d|two", facts.linked(one.number, RELEASE)) and re.match(r"So[ ,]", one.so)


def test_ore_inside_turns_when_the_plants_are_inside(monkeypatch):
    assert "More ore inside than metal." in point("ore-inside")
    real = supply.inside()
    swapped = real.rename(columns={"mine": "refinery", "refinery": "mine"})
    with monkeypatch.context() as patch:
        patch.setattr(supply, "inside", lambda *_: swapped)
        memory.forget_results()
        assert "Metal inside as well as ore." in point("ore-inside")
    memory.forget_results()


@pytest.mark.parametrize("days, word", [(20, "weeks"), (64, "months"), (800, "years")])
def test_what_the_stock_buys_follows_from_its_days(monkeypatch, days, word):
    real = facts.find

    def find(fact_id, release=RELEASE):
        fact = real(fact_id, release)
        return (
            facts.Fact("x", "", float(days), "days", "", (), "modelled")
            if fact_id == "vault.cover_whole"
            else fact
        )

    monkeypatch.setattr(front_page.facts, "find", find)
    assert front_page._stock(RELEASE).lead == f"The stock buys {word}."


def test_a_control_that_is_suspended_no_longer_runs(altered):
    assert "still run" in point("the-controls") and "never suspended" in point("the-controls")
    altered(controls=setting(front_page.APRIL, status="suspended", suspended_from="2026-10-01"))
    assert "are suspended" in point("the-controls") and "never suspended" not in point("the-controls")


@pytest.mark.parametrize("release", [r for r in tables.releases() if r.startswith("mcs")])
def test_the_first_page_is_made_at_every_release(release):
    page = re.sub(r"<script.*?</script>|<[^>]+>", "", front_page.argument(release), flags=re.S)
    assert "{" not in page and "nan" not in page and "Does it work?" in page


# --- the forecasts ---


def test_none_is_due_before_its_day():
    rows = own_forecasts.forecasts()
    assert len(rows) == facts.get("forecasts.made").value
    ahead = rows[rows.due > rows.made_on.max()]
    assert len(ahead) == len(rows)


def test_one_that_is_due_is_scored_and_one_without_an_outcome_is_said_to_be_due(altered):
    altered(
        forecasts=lambda rows: (
            [row.update(outcome="", settled_on="", source_id="") for row in rows],
            setting("forecast.polysilicon_begins", outcome="yes", settled_on="2026-12-04", source_id="S998")(
                rows
            ),
            setting("forecast.plurilateral_signed", outcome="yes", settled_on="2027-01-20", source_id="S998")(
                rows
            ),
        ),
        sources=adding(source("S998", "2027-02-15")),
    )
    rows = own_forecasts.forecasts().set_index("forecast_id")
    assert rows.state["forecast.polysilicon_begins"] == own_forecasts.TRUE
    assert rows.state["forecast.us_ban_stays_suspended"] == own_forecasts.DUE
    assert rows.state["forecast.member_list"] == own_forecasts.NOT_DUE
    expected = ((1 - 0.85) ** 2 + (1 - 0.2) ** 2) / 2
    assert own_forecasts.brier(own_forecasts.scored(rows)) == pytest.approx(expected)
    told = does_it_work.score(RELEASE).text
    assert "Two are settled" in told and f"{expected:.2f}" in told and "no better than" in told
    assert "One is due and not settled" in told
    assert "of one called unlikely, 20% on average, 100% came true" in told
    assert facts.get("forecasts.settled").text == "two"


def test_what_is_void_does_not_count():
    rows = pd.DataFrame(
        {"probability": [0.9, 0.9], "state": [own_forecasts.VOID, own_forecasts.FALSE], "due": pd.NaT}
    )
    assert own_forecasts.brier(own_forecasts.scored(rows)) == pytest.approx(0.81)


def test_every_rule_leads_to_something():
    for row in tables.load("forecasts").to_dict("records"):
        name, _, key = row["rule"].partition(":")
        if name == "fact":
            assert facts.find(key), row["rule"]
        assert row["rests_on"] and row["settles_from"]


# What is wrong with a forecast, one fault a row: what its cells are set to, the column named and what is said of it.
UNSETTLED = {
    "forecast.polysilicon_begins": ({"column": "colour"}, "column", "is no column of timeline"),
    "forecast.us_ban_stays_suspended": ({"due": "2026-11-26"}, "due", "not later than made_on"),
    "forecast.ndpr_below_floor": ({"probability": "1.2"}, "probability", "above the maximum"),
    "forecast.three_more_partners": (
        {"outcome": "yes", "settled_on": "2026-12-05"},
        "source_id",
        "an outcome needs",
    ),
    "forecast.plurilateral_signed": (
        {"outcome": "yes", "source_id": "S001"},
        "settled_on",
        "an outcome needs",
    ),
    "forecast.april_licences_stand": (
        {"settled_on": "2026-12-05", "source_id": "S001"},
        "outcome",
        "is empty, though",
    ),
    "forecast.vault_buys": ({"rule": "nowhere:x"}, "rule", "names no table"),
    "forecast.reference_price": ({"rule": "timeline:event.none"}, "rule", "is no row of timeline"),
}


def test_check_refuses_each_forecast_that_nothing_can_settle_and_no_other(altered):
    """All in one check, which reads the whole data package."""

    def unsettle(rows) -> None:
        for key, (cells, *_) in UNSETTLED.items():
            setting(key, **cells)(rows)

    row_of = {key: row for row, key in enumerate(tables.load("forecasts").forecast_id, start=2)}
    folder = altered(forecasts=unsettle)
    found = [fault for fault in check.check(folder) if fault.file == "forecasts.csv"]
    for key, (_, column, message) in UNSETTLED.items():
        assert any(
            (fault.row, fault.column) == (row_of[key], column) and message in fault.message for fault in found
        ), (key, found)
    assert {fault.row for fault in found} == {row_of[key] for key in UNSETTLED}


# --- the ways in ---


def test_the_doors_and_the_marks_lead_to_parts_that_are_there():
    chapter = (DATA.parent / "book" / "10-does-it-work.ipynb").read_text(encoding="utf-8")
    heads = {re.sub(r"\W+", "-", head.lower()) for head in re.findall(r'"##+ ([^"\\]+)', chapter)}
    assert {*does_it_work.ANCHORS.values(), "the-verdict"} <= heads
    first = (DATA.parent / "book" / "index.md").read_text(encoding="utf-8")
    assert {"argument", "doors"} <= set(re.findall(r"```\{(\w+)\}", first)) and "(the-short-way)=" in first
    doors = front_page.doors(RELEASE)
    assert 'href="#the-short-way"' in doors and 'href="cp:brief"' in doors


def test_the_first_page_has_one_model_to_move_and_it_says_what_it_cannot_say():
    page = front_page.argument(RELEASE)
    assert page.count('class="cp-explorable') == 1 and page.count('type="range"') == 2
    assert "What this model cannot say" in page
    flooded = front_page.model().sentence_at(world_price=35.0)
    assert flooded != front_page.model().sentence_at() and "US$75" in flooded


def test_an_incomplete_list_is_none(altered):
    part = adding({"coalition_id": ZONE, "name": "The zone", "complete": "false", "as_of": "2026-10-08"})
    altered(agreements=everybody_bound, coalitions=part, memberships=a_list)
    assert verdict.listed_members() == 0
    assert verdict.membership() == verdict.PART
