"""Parts of chapters, of small made-up tables: what each sentence and picture turns on."""

from types import SimpleNamespace

import pandas as pd
import pytest

from chokepoint.analysis import control_effects as effects
from chokepoint.errors import MissingTable, UserError
from chokepoint.pages import (
    agreements,
    bills,
    changes,
    china_needs,
    china_responses,
    dependence,
    did_it_bite,
    disagreements,
    does_it_work,
    frameworks,
    history,
    horizon,
    magnets,
    ministerial,
    partner_trade,
    price_floor,
    project_vault,
    suspensions,
    validation,
    what_changed,
)
from chokepoint.pages.components import scenario_desk

RELEASE = "mcs2026"


def facts_of(monkeypatch, module, values: dict[str, float]) -> None:
    """Let a module find these facts and no others."""

    def find(name: str, *_at) -> SimpleNamespace | None:
        if name not in values:
            return None
        return SimpleNamespace(fact_id=name, value=values[name], text=f"{values[name]:g}", sources=("S001",))

    monkeypatch.setattr(module.facts, "find", find)
    monkeypatch.setattr(module.facts, "get", find)


# --- chapter 1


HOLD = {"dependence.both_known": 9, "dependence.higher_refined": 5}
MINED, REFINED = "magnet_rare_earths.china_mined", "rare_earths.china_refined"


@pytest.mark.parametrize(
    "more, after, shares",
    [
        ({}, True, False),  # five of nine
        ({"dependence.both_known": 10}, False, False),
        ({MINED: 60, REFINED: 90}, True, True),
        ({MINED: 60, REFINED: 60}, False, True),
        ({MINED: 60}, True, False),  # the other share is not held
    ],
)
def test_where_the_hold_is_follows_the_shares_and_else_the_count_of_minerals(
    monkeypatch, more, after, shares
):
    facts_of(monkeypatch, dependence, HOLD | more)
    said = dependence._where_the_hold_is(RELEASE)
    assert ("is on the step after the mine" in said) == after
    assert ("of the magnets" in said) == shares
    assert ("{dependence.majority_mined}" in said) != shares


def test_how_the_hold_came_about_is_told_as_far_as_it_is_held(monkeypatch):
    least, then, now = (
        "history.us_rare_earths_least",
        "history.cobalt_refined_2000",
        "history.cobalt_refined_2023",
    )

    def told() -> str:
        return dependence._how_it_came(RELEASE)

    facts_of(monkeypatch, dependence, {})
    assert told() == "How it came about is not held here."
    facts_of(monkeypatch, dependence, {least: 50.1})
    assert told().startswith("The United States mined most of the world’s rare earths from 1970")
    facts_of(monkeypatch, dependence, {least: 50, then: 10, now: 70})
    assert told().startswith("The United States mined rare earths from 1970 to 1984")
    assert "; China’s share of refined cobalt rose from" in told()
    facts_of(monkeypatch, dependence, {then: 70, now: 70})
    assert told().startswith("China’s share of refined cobalt fell from")
    facts_of(monkeypatch, dependence, {then: 70})
    assert "cobalt" not in told()


def test_what_withholding_did_is_told_by_the_months_that_are_held(monkeypatch):
    march, may, november = (f"magnets.world_2025_{m}" for m in ("03", "05", "11"))

    def told(values: dict) -> str:
        facts_of(monkeypatch, dependence, values)
        return dependence._what_withholding_did(RELEASE)

    assert told({march: 5000}).endswith("under export licence in April 2025.")
    assert "magnets fell, from" in told({march: 5000, may: 1000}) and "November" not in told(
        {march: 2, may: 1}
    )
    assert told({march: 2, may: 1, november: 3}).endswith("were back at {magnets.world_2025_11} in November.")
    assert "magnets held, from" in told({march: 1000, may: 1000})


def test_a_share_at_the_end_of_a_bar_has_a_decimal_under_ten():
    said = [dependence._bar_text(share, False) for share in (0.04, 9.94, 10.0, 99.0, 99.1)]
    assert said == ["0.0%", "9.9%", "10%", "99%", "over 99%"]
    assert dependence._bar_text(100.0, True) == "100%"


def test_a_figure_of_the_agency_is_shown_under_the_newest_year_too_where_it_has_none_so_new(monkeypatch):
    monkeypatch.setattr(dependence.tables, "releases", lambda *_: ["mcs2025", "mcs2026"])
    rows = pd.DataFrame(
        [
            ("tin", "mine", 2024, "mcs2025"),
            ("tin", "mine", 2025, "mcs2026"),
            ("cobalt", "refinery", 2023, "iea2025"),
            ("cobalt", "refinery", 2024, "iea2025"),
            ("lithium", "refinery", 2025, "iea2026"),
            ("zinc", "mine", 2024, "mcs2025"),
        ],
        columns=["mineral", "step", "year", "release"],
    )
    shown = dependence._assign_chart_year(rows, [2024, 2025])
    assert sorted(zip(shown.mineral, shown.year, shown.shown, strict=True)) == [
        ("cobalt", 2024, 2024),
        ("cobalt", 2024, 2025),
        ("lithium", 2025, 2025),
        ("tin", 2024, 2024),
        ("tin", 2025, 2025),
        ("zinc", 2024, 2024),
    ]


def test_the_largest_of_a_step_are_counted_and_there_is_no_chart_of_none(monkeypatch):
    rows = pd.DataFrame(
        {
            "mineral": ["tin", "lead", "zinc"],
            "step": ["mine", "mine", "refinery"],
            "iso3": ["CHN", "PER", "CHN"],
            "area": ["China", "Peru", "China"],
            "share": [30.0, 40.0, 50.0],
        }
    ).assign(alone=False, release=RELEASE, what="metal", year=2025, source_id="S001")
    monkeypatch.setattr(dependence.supply, "leaders", lambda _: rows)
    assert dependence.largest(RELEASE, "mine").title == "China is the largest miner of 1 of 2 minerals"
    assert dependence.largest(RELEASE, "mine").table.Mineral.tolist() == ["Lead", "Tin"]
    after = dependence.largest(RELEASE, "refinery").title
    assert after == "China is the largest refiner or smelter of 1 of 1 minerals"
    monkeypatch.setattr(dependence.supply, "leaders", lambda _: rows[rows.step == "mine"])
    assert dependence.largest(RELEASE, "refinery") is None


def quoted(monkeypatch, *metals: str) -> None:
    rows = [
        {"what": f"price multiple: {metal} in Europe, Apr to May 2025", "seen": 2.5, "source_id": "S104"}
        for metal in metals
    ]
    rows.append({"what": "price multiple: antimony, 2024", "seen": 9.0, "source_id": "S001"})
    monkeypatch.setattr(dependence, "MODELS", {"supply_shock": SimpleNamespace(validation=lambda: rows)})


def test_quotes_in_europe_stand_beside_the_yearly_average_only_where_that_is_held(monkeypatch):
    quoted(monkeypatch, "dysprosium", "terbium")
    (said,) = dependence._seen_in_europe(pd.Series({"terbium": 1.25, "tin": 3.0}))
    assert "2.5 times those of April for dysprosium and 2.5 times those of April for terbium" in said
    assert said.endswith("; the yearly average above is 1.25 times that of the year before for terbium.")
    (alone,) = dependence._seen_in_europe(pd.Series(dtype=float))
    assert "yearly average" not in alone and alone.endswith(".") and "antimony" not in alone
    quoted(monkeypatch)
    assert dependence._seen_in_europe(pd.Series({"terbium": 1.25})) == []


# --- chapter 2


@pytest.mark.parametrize("yes, turn", [(213, "passed by 3 votes"), (209, "failed"), (210, "was tied")])
def test_a_vote_is_told_by_who_had_more(monkeypatch, yes, turn):
    held = {"yes": yes, "no": 210, "dem_yes": 5, "rep_no": 4}
    facts_of(monkeypatch, bills, {f"house.hr4090_{key}": value for key, value in held.items()})
    figure = bills.vote(RELEASE)
    assert figure.title == f"H.R. 4090 {turn} in the House"
    assert figure.table.Votes.tolist() == [yes, 210]


def test_that_nothing_is_planned_is_not_said(monkeypatch):
    monkeypatch.setattr(horizon.events, "newest_evidence", lambda: pd.Timestamp(2026, 6, 1))
    later = pd.DataFrame({"date_start": pd.to_datetime(["2026-07-04", "2026-11-10"])})
    monkeypatch.setattr(horizon.events, "ahead", lambda: later)
    assert "Evidence to 1 June 2026. What is planned for later, from 4 July 2026 on" in horizon.sentence()
    monkeypatch.setattr(horizon.events, "ahead", lambda: later.head(0))
    assert horizon.sentence() == "Evidence to 1 June 2026."


# --- chapter 5


def test_a_release_without_both_steps_draws_no_lead(monkeypatch):
    none = pd.DataFrame(columns=["mine", "refinery"])
    monkeypatch.setattr(frameworks.supply, "inside_pairs", lambda _: none)
    monkeypatch.setattr(frameworks.supply, "inside_of_two_steps", lambda _: none)
    assert frameworks.lead(RELEASE) is None


def test_what_the_papers_bring_turns_with_the_shares_of_minerals(monkeypatch):
    def told(binding=0, mined=6, refined=2, known=10, known_refined=10) -> str:
        values = {
            "frameworks.texts_binding": binding,
            "partners.sells_to_china": 50,
            "partners.sells_to_us": 20,
        }
        values |= {"frameworks.majority_mined": mined, "frameworks.majority_refined": refined}
        values |= {"dependence.known_mined": known, "dependence.known_refined": known_refined}
        facts_of(monkeypatch, frameworks, values)
        monkeypatch.setattr(frameworks, "fact_exists", lambda name, _: name in values)
        return " ".join(frameworks.brief(RELEASE).sentences)

    assert "ore more than metal" in told() and "none of the texts is known to bind" in told()
    assert "{frameworks.texts_binding} of the texts are known to bind" in told(binding=1)
    assert "bring in metal as well as ore" in told(mined=2, refined=2)
    assert "ore more than metal" in told(mined=4, refined=4, known=10, known_refined=20)
    assert "does not print who makes what at both steps" in told(known_refined=0)


def test_the_customer_is_who_takes_more(monkeypatch):
    def told(china: float, us: float) -> str:
        facts_of(monkeypatch, frameworks, {"partners.sells_to_china": china, "partners.sells_to_us": us})
        monkeypatch.setattr(frameworks, "fact_exists", lambda *_: True)
        return frameworks._sold(RELEASE)

    assert told(50, 20).startswith("Their customer is China:")
    assert told(20, 50).startswith("Their customer is the United States:")
    monkeypatch.setattr(frameworks, "fact_exists", lambda *_: False)
    assert frameworks._sold(RELEASE).startswith("China mines more than half")


@pytest.mark.parametrize(
    "binding, instrument, said",
    [
        ("no", "framework", "Binds nobody, by its own text"),
        ("no", "plan", "Binds nobody"),
        ("yes", "plan", "Binds, by its own text"),
        ("none", "forum", ""),
    ],
)
def test_a_plan_binds_nobody_by_what_it_is(binding, instrument, said):
    assert agreements.binds({"binding": binding, "instrument": instrument}) == said


SALES = {"China": 40.0, "United States": 20.0, "European Union": 45.0, "Japan": 5.0}


def test_the_first_of_buyers_is_the_largest_of_those_that_are_named():
    rows = pd.DataFrame([SALES | {partner_trade.trade.OTHER: 90.0, partner_trade.trade.UNNAMED: 90.0}])
    assert partner_trade._first(rows) == "European Union"


def test_to_whom_a_country_sells_is_not_said_where_most_buyers_are_not_named(monkeypatch):
    def told(unnamed: float, iso3: str = "PER") -> str:
        shares = pd.DataFrame({partner_trade.trade.UNNAMED: [unnamed]})
        monkeypatch.setattr(partner_trade.trade, "shares", lambda _: shares)
        return partner_trade._to_whom(iso3, pd.DataFrame())

    assert told(50.1).startswith("; most of it in flows so small")
    assert told(50).endswith("sells_to_china} of it went to China") and told(0, "CHN") == ""


# --- chapter 6


def magnets_of(monkeypatch, world: dict[str, float], **more: dict[str, float]) -> object:
    """The figure of exports where a licence began in April 2025."""
    rows = pd.DataFrame(
        [
            {"area": area, "month": month, "value_t": value}
            for area, months in {"World": world, **more}.items()
            for month, value in months.items()
        ]
    ).assign(kind="reported", note="", source_id="S001", url="")
    measures = pd.DataFrame(
        {
            "effective_date_start": pd.to_datetime(["2025-04-04", "2025-11-10"]),
            "instrument": ["licence", "suspension"],
        }
    )
    monkeypatch.setattr(magnets, "exports", lambda: rows)
    monkeypatch.setattr(magnets, "_measures", lambda: measures)
    return magnets.by_month()


YEAR = {"2024-06": 9000, "2024-12": 7000, "2025-03": 5000, "2025-04": 100, "2025-05": 1000, "2025-06": 3000}


def test_exports_are_set_against_the_last_month_before_the_licence(monkeypatch):
    """April, in which it began, is on neither side; 4,500 t of 5,000 t are nine tenths, and not more."""
    figure = magnets_of(monkeypatch, YEAR)
    assert figure.title == "China’s magnet exports fell 80% from March to May 2025"
    assert "5,000 t in March 2025, 1,000 t in May 2025, 3,000 t in June 2025" in figure.subtitle
    assert not magnets_of(monkeypatch, YEAR | {"2025-07": 4500}).title.endswith("recovered")
    assert magnets_of(monkeypatch, YEAR | {"2025-07": 4501}).title.endswith(", then recovered")
    later = magnets_of(monkeypatch, YEAR | {"2026-01": 900})
    assert later.title == "China’s magnet exports fell 82% from March 2025 to January 2026"


def test_the_chart_of_months_has_its_two_panels_from_july_2024_on(monkeypatch):
    figure = magnets_of(monkeypatch, YEAR, **{"United States": {"2025-05": 46}, "Japan": {"2025-05": 400}})
    drawn = figure.chart.to_dict(validate=False)["datasets"].values()
    bars = {(row["panel"], row["month"]) for rows in drawn for row in rows if "high" in row}
    world = {("To the world", month) for month in YEAR if month >= "2024-07"}
    assert bars == world | {("To the United States", "2025-05")}
    table = figure.table.set_index("Month")
    assert list(table.index)[0] == "2024-06" and table["To the world, t"]["2024-06"] == 9000
    assert table["To the United States, t"].count() == 1
    assert "Months without a published figure are empty: 2 to the world" in figure.alt_text
    monkeypatch.setattr(magnets, "exports", lambda: pd.DataFrame(columns=["area"]))
    assert magnets.by_month() is None


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


# --- what changed between two releases


def change(kind: str, reason: str, listed: bool = True, series: str = "", **more) -> dict:
    row = {"change": kind, "reason": reason, "listed": listed, "series_change": series, "size": 1.0}
    return row | {"mineral": "tin", "old": 1.0, "new": 2.0, "unit": "t"} | more


def test_changes_are_counted_by_their_kind():
    rows = [
        change("revised", "revised by the publisher"),
        change("revised", changes.ROUNDED),
        change("revised", "new year or revised: a release prints one year here"),
        change("added", "new year: 2025"),
        change("added", "not printed before"),
        change("removed", "no longer printed"),
        change("removed", "an older year"),
        change("added", "new series", series="appeared", mineral="lead"),
        change("added", "new series", series="appeared", mineral="lead", year=2024),
        change("removed", "gone", series="vanished", mineral="zinc"),
    ]
    assert changes.counts(rows) == (
        f"1 revised, 1 {changes.ROUNDED}, 1 of a new year or revised, 1 of a new year, 1 more, 1 fewer, "
        "1 series appeared, 1 series vanished"
    )
    assert changes.counts([]) == "no change"
    assert [changes.is_revision(row) for row in rows[:5]] == [True, False, False, False, False]


def test_the_first_five_revisions_of_listed_minerals_are_told_and_the_others_counted():
    rows = [change("revised", "revised", old=float(i), new=1e6) for i in range(7)]
    rows += [change("revised", "revised", listed=False), change("revised", changes.ROUNDED)]
    told = changes._revisions(rows)
    assert told[0] == "tin: 0 → 1,000,000 t (revised)" and len(told) == 6
    assert told[-1].startswith("… and 2 more")
    assert len(changes._revisions(rows[:5])) == 5
    assert len(changes._all_of(rows)) == 9


def test_all_revisions_are_told_largest_first_and_a_list_by_what_came_and_went():
    rows = [change("revised", "revised", size=s, mineral=m) for m, s in (("a", 1.0), ("b", 3.0), ("c", 2.0))]
    assert [line[0] for line in changes._all_of(rows)] == ["b", "c", "a"]
    named = [
        change("added", "new", old="", new="listed", mineral="tin"),
        change("added", "new", old="", new="listed", mineral="lead"),
        change("removed", "gone", old="listed", new="", mineral="zinc"),
    ]
    assert changes._all_of(named) == changes._revisions(named) == ["added: lead, tin", "removed: zinc"]


def test_series_that_came_or_went_are_told_with_how_many_figures_they_have():
    rows = [
        change("added", "new", series="appeared", mineral=f"m{i}", year=y) for i in range(6) for y in (1, 2)
    ]
    rows += [change("removed", "gone", series="vanished", mineral="zinc", year=2024)]
    told = changes._series_lines(rows)
    assert told[0] == "appeared: m0 (2 figures)" and told[-1] == "vanished: zinc (1 figure)"
    assert told[5] == "… and 1 more series of listed minerals appeared (--all lists them)" and len(told) == 7


def test_a_move_is_parted_into_revision_and_new_year_where_both_are_known():
    both = {"restated": "34%", "revision": -26.39, "new_year": 2.75}
    assert changes.parts(both) == ": by revision −26.4 to 34%, by the new year +2.8"
    assert changes.parts(both | {"new_year": None}) == ": 34% in between"
    assert changes.parts(both | {"restated": None}) == ""
    assert [changes.signed(c) for c in (0.05, -0.06, 0.04, -12.0)] == ["+0.1", "−0.1", "0.0", "−12.0"]


def test_a_row_is_named_without_saying_a_thing_twice():
    row = {
        "mineral": "rare_earths",
        "commodity": "Rare Earths",
        "stage": "mine",
        "year": 2024,
        "area": "China",
    }
    assert changes.series_name(row) == "rare_earths, mine, China, 2024"
    assert changes.series_name(row, whole=True) == "rare_earths, mine"
    assert changes.series_name(row | {"commodity": "Aluminum"}).startswith("rare_earths, Aluminium, mine")


# --- chapter 7


def test_a_band_is_drawn_about_the_first_line_of_its_panel_and_none_where_there_is_none():
    panel = next(p for p in scenario_desk.PANELS if p.name == "price")
    band = pd.DataFrame(
        {"series": ["price_outside", "price_inside"], "year": [2030, 2030], "q5": [1.0, 2.0], "q25": 3.0}
    ).assign(q75=4.0, q95=5.0)
    made = scenario_desk._banded(panel, band)
    assert made == {"band": [{"t": 2030.5, "q5": 1.0, "q25": 3.0, "q75": 4.0, "q95": 5.0}]}
    assert scenario_desk._banded(panel, None) == {}
    assert scenario_desk._banded(panel, band[band.series == "price_inside"]) == {}


@pytest.mark.parametrize(
    "value, unit, roughly, said",
    [
        (0.1414, "share", False, "14.1%"),
        (-0.0004, "share", False, "0.0%"),
        (2031.4, "year", False, "2031"),
        (99.95, "t", False, "100"),
        (100.4, "t", False, "100"),
        (-1234.5, "t", False, "−1,234"),
        (-0.0, "t", False, "0"),
        (149.0, "US$ million", True, "about 100"),
        (150.0, "US$ million", True, "about 200"),
        (0.52, "US$ million", True, "about 0.52"),
        (0.0, "US$ million", True, "0"),
        (1.0, "US$ million", True, "about 1"),
    ],
)
def test_a_figure_of_the_model_is_as_rough_as_it_is_earned(value, unit, roughly, said):
    assert scenario_desk.describe(value, "", unit, roughly) == said


def test_a_stock_covers_nothing_where_nothing_is_imported():
    path = pd.DataFrame({"net_imports": [10.0, 0.0, -5.0], "use_club": 100.0, "vault": 20.0})
    cover = scenario_desk._covered(path).cover
    assert cover[0] == 730 and cover[1:].isna().all()


# --- chapter 9


@pytest.mark.parametrize(
    "wrong, said",
    [
        ([1, 2, 1, 1, 1], "All five articles err"),
        ([0, 2, 1, 0, 1], "Three of five articles err"),
        ([0, 2, 0, 0, 0], "One of five articles errs"),
    ],
)
def test_who_errs_is_counted(wrong, said):
    assert disagreements._who_errs(pd.Series(wrong)) == said


def test_readings_in_another_unit_stand_on_no_axis_of_this_one(monkeypatch):
    real = disagreements.tables.load("readings")
    odd = real[real.conflict_group == "mining_share"].head(1).assign(unit="t", value=9e6, published=True)
    more = pd.concat([real, odd], ignore_index=True)
    before = disagreements.readings(RELEASE, "china")
    load = disagreements.tables.load
    monkeypatch.setattr(
        disagreements.tables, "load", lambda name, *how: more if name == "readings" else load(name, *how)
    )
    after = disagreements.readings(RELEASE, "china")
    assert set(after.table.Unit) == {"percent"} and after.title == before.title


def test_that_some_have_nothing_wrong_is_said_in_the_number_that_they_are(monkeypatch):
    errors = pd.DataFrame({"kind": [next(iter(disagreements.claims.CHANGES_THE_STORY))]})

    def told(*wrong: int) -> str:
        monkeypatch.setattr(disagreements.claims, "verdicts", lambda: pd.DataFrame({"wrong": wrong}))
        monkeypatch.setattr(disagreements.claims, "errors", lambda: errors)
        return disagreements.brief(RELEASE).sentences[2]

    assert told(1, 2, 3).endswith("each of the five has something wrong.")
    assert told(0, 2, 3).endswith("one of the five has nothing wrong.")
    assert told(0, 0, 3).endswith("two of the five have nothing wrong.")


# --- what partners sell


GROUPS = partner_trade.trade.GROUPS


def sales(**by_year: tuple[float, float]) -> pd.DataFrame:
    """Rows of what was sold: year → (to China, to Japan) [US$]."""
    rows = [
        {"year": int(year[1:]), "value_usd": china + japan, "source_id": "S700"}
        | dict.fromkeys(GROUPS, 0)
        | {"China": china, "Japan": japan}
        for year, (china, japan) in by_year.items()
    ]
    return pd.DataFrame(rows)


def test_what_partners_sold_is_drawn_in_billions_where_it_comes_to_two():
    rows = sales(y2002=(1e8, 4e8), y2024=(1.5e9, 0.5e9))
    figure = partner_trade._by_year(rows, "Title", "All")
    assert "US$ billion of the year, by buyer, 2002–2024" in figure.subtitle
    assert figure.alt_text.endswith("2002: US$500 million, 20% to China; 2024: US$2.0 billion, 75% to China.")
    drawn = [row for rows in figure.chart.to_dict(validate=False)["datasets"].values() for row in rows]
    assert {(row["year"], row["to"]): row["value"] for row in drawn} == {
        (2002, "China"): 0.1,
        (2002, "Japan"): 0.4,
        (2024, "China"): 1.5,
        (2024, "Japan"): 0.5,
    }
    less = partner_trade._by_year(sales(y2024=(1.5e9, 0.4e9)), "Title", "All")
    assert "US$ million of the year" in less.subtitle


@pytest.mark.parametrize(
    "last, way", [((3e9, 1e9), "rose from 20% to 75%"), ((1e8, 9e8), "fell from 20% to 10%")]
)
def test_china_s_part_of_partners_sales_is_told_from_the_first_year_to_the_last(monkeypatch, last, way):
    rows = sales(y2002=(1e9, 4e9), y2013=(0, 1e9), y2024=last)
    monkeypatch.setattr(partner_trade.trade, "partners", lambda: rows)
    assert partner_trade.over_time().title == f"China’s part of partners’ sales {way}"
    monkeypatch.setattr(partner_trade.trade, "years", list)
    assert partner_trade.over_time() is None


def sold_by(monkeypatch, rows: pd.DataFrame, iso3: str = "PER") -> object:
    monkeypatch.setattr(partner_trade.countries, "code", lambda _: iso3)
    monkeypatch.setattr(partner_trade.trade, "sold", lambda *_: rows)
    monkeypatch.setattr(partner_trade.trade, "in_all", lambda rows: rows)
    return partner_trade.sold("peru", RELEASE)


def test_a_country_s_sales_are_drawn_of_two_years_or_more_and_a_million(monkeypatch):
    rows = sales(y2002=(1e9, 4e9), y2024=(3e9, 1e9))
    assert sold_by(monkeypatch, rows).title == "Of what it sold, China bought 20% in 2002 and 75% in 2024"
    china = sold_by(monkeypatch, rows, "CHN").title
    assert china == "China sold US$5.0 billion in 2002 and US$4.0 billion in 2024"
    assert sold_by(monkeypatch, rows.head(1)) is None
    assert sold_by(monkeypatch, sales(y2002=(1, 4), y2024=(5e5, 499_999))) is None
    assert sold_by(monkeypatch, sales(y2002=(1, 4), y2024=(5e5, 5e5))) is not None


def exported(monkeypatch, *shares: dict[str, float], fact: bool = True) -> object:
    """What a country sells, of the shares of buyers [%] of each heading, the largest first."""
    headings = ["260300", "740311"] * 5
    rows = pd.DataFrame([dict.fromkeys(GROUPS, 0.0) | share for share in shares]).assign(
        heading=headings[: len(shares)],
        value_usd=[5e9 / (i + 1) for i in range(len(shares))],
        source_id="S700",
    )
    monkeypatch.setattr(partner_trade.countries, "code", lambda _: "PER")
    monkeypatch.setattr(partner_trade.trade, "exports", lambda *_: rows)
    monkeypatch.setattr(partner_trade, "goods", lambda heading, short=False: f"Goods {heading}")
    monkeypatch.setattr(partner_trade, "fact_exists", lambda *_: fact)
    monkeypatch.setattr(partner_trade, "_to_whom", lambda *_: "; to whom")
    monkeypatch.setattr(partner_trade.trade, "sold", lambda *_: rows)
    monkeypatch.setattr(partner_trade.trade, "in_all", lambda rows: rows)
    return partner_trade.sells("peru", RELEASE)


def test_the_largest_sale_is_told_with_its_largest_buyer(monkeypatch):
    year = partner_trade.trade.years()[-1]
    section = exported(monkeypatch, {"China": 30.0, "Japan": 60.0}, {"China": 99.0})
    assert section.title == (
        f"Its largest sale is goods 260300, US$5.0 billion in {year}, 60% of it to Japan"
    )
    assert len(section.sentences) == 1 and section.sentences[0].endswith("coal aside; to whom.")
    small = exported(monkeypatch, {"China": 0.4, partner_trade.trade.OTHER: 99.6}, fact=False)
    assert small.title.endswith(f"US$5.0 billion in {year}") and small.sentences == []
    many = exported(monkeypatch, *[{"China": 50.0}] * 10)
    assert "US$5.0 billion" in many.title and "A bar for each of 8 goods" in many.figure.alt_text
    assert len(many.figure.table) == 10


# --- half a century


def shares_of(monkeypatch, *series: tuple[str, str, int, int]) -> pd.DataFrame:
    """Series that can be shown, of (stage, product, first year, last year)."""
    rows = pd.DataFrame(
        [
            {"stage": stage, "product": product, "year": year, "share_pct": 10.0}
            for stage, product, first, last in series
            for year in range(first, last + 1)
        ]
    ).assign(source_id="S800")
    rows.loc[rows.year == 2005, "share_pct"] = 0.0
    monkeypatch.setattr(history.history, "shares", lambda *_: rows)
    monkeypatch.setattr(history.history, "products", lambda _: [s[:2] for s in series])
    return history.series_of.__wrapped__("tin")


def test_a_series_of_ten_years_that_reaches_2010_is_shown_and_one_of_less_is_not(monkeypatch):
    ten = shares_of(monkeypatch, ("mine", "tin ore", 2001, 2010), ("refinery", "tin", 1990, 2009))
    assert ten.empty  # the year without output is none of the ten, and the other ends too soon
    both = shares_of(monkeypatch, ("refinery", "tin", 1990, 2010), ("mine", "tin ore", 2000, 2010))
    assert list(dict.fromkeys(both.series)) == ["At the mine, BGS", "Refined, BGS"]
    assert 2005 not in set(both.year) and set(both.columns) >= {"value", "source_id"}


def test_series_of_one_step_are_told_apart_by_their_product(monkeypatch):
    several = shares_of(
        monkeypatch,
        ("mine", "ore, dressed", 2000, 2015),
        ("mine", "sand", 2000, 2015),
        ("smelter", "tin", 2000, 2015),
    )
    assert list(dict.fromkeys(several.series)) == [
        "At the mine, BGS: ore",
        "At the mine, BGS: sand",
        "At the smelter, BGS",
    ]
    part = history.IN_PART[0]
    without = shares_of(monkeypatch, ("mine", part, 2000, 2015), ("mine", "sand", 2000, 2015))
    assert set(without["product"]) == {"sand"} and set(without.series) == {"At the mine, BGS"}


def test_usgs_stands_beside_bgs_only_at_steps_that_correspond(monkeypatch):
    rows = pd.DataFrame(
        [
            ("tin", "CHN", 30.0, "MCS2026", "mine", 2025),
            ("tin", "CHN", 50.0, "MCS2026", "refinery", 2025),
            ("tin", "CHN", 50.0, "IEA2025", "refinery", 2024),
            ("tin", "PER", 20.0, "MCS2026", "mine", 2025),
            ("tin", "CHN", None, "MCS2026", "mine", 2024),
            ("lead", "CHN", 40.0, "MCS2026", "mine", 2025),
        ],
        columns=["mineral", "iso3", "share", "source_id", "step", "year"],
    ).assign(what="Tin")
    monkeypatch.setattr(history.supply, "by_year", lambda _: rows)

    def told(*stages: str) -> list[tuple]:
        found = history.usgs_series("tin", set(stages), RELEASE)
        return list(zip(found.series, found.value, strict=True))

    mine, after = ("At the mine, USGS", 30), ("After the mine, USGS", 50)
    assert (
        told("mine") == [mine] and told("smelter") == [after] and told("mine", "processed") == [mine, after]
    )
    assert told() == []


# --- what changed between two releases, on its page


def moved(monkeypatch, *facts: dict) -> None:
    row = {"fact_id": "tin.share", "label": "China's share of world output, mined: Tin", "unit": "%"}
    row |= {"old": "50%", "restated": "45%", "new": "40%", "move": -10.0, "revision": -5.0, "new_year": -5.0}
    made = {
        "facts": [row | {"reason": "2023 revised, then a new year (2023 → 2024)"} | fact for fact in facts],
        "tables": {},
    }
    monkeypatch.setattr(what_changed, "_changes", lambda *_: made)
    monkeypatch.setattr(what_changed, "_years", lambda *_: [2023, 2024])


def of_mineral(name: str, **cells) -> dict:
    return {"fact_id": name, "label": f"China's share of world output, mined: {name}"} | cells


def test_moves_are_split_by_their_larger_part(monkeypatch):
    moved(
        monkeypatch,
        of_mineral("a", revision=-6.0, new_year=-4.0),
        of_mineral("b", revision=-5.0, new_year=-5.0),
        of_mineral("c", revision=-15.0, new_year=5.0),
        of_mineral("d", restated=None, revision=-10.0, new_year=None, reason="revised by the publisher"),
        of_mineral("e", restated=None, revision=None, new_year=None, reason="a correction"),
        of_mineral("f", restated=None, revision=None, new_year=None, reason="new year"),
        of_mineral("g", old=None),
        of_mineral("h", new=None),
    )
    rows = what_changed._moved("mcs2025", RELEASE)
    assert list(rows.fact_id) == list("abcdef")
    said = what_changed._shares_of_the_move(rows, [2023, 2024])
    assert said.startswith("For 3 of them the newer release prints 2023 too")
    assert "in 2 a revision of 2023 is the larger part, in 1 the new year, and in 1 the new year went" in said
    assert said.endswith("2 are of one year, or an estimate given anew, and were revised; 1 cannot be split.")
    assert what_changed._shares_of_the_move(rows.head(0), [2023, 2024]) == ""


def test_the_largest_moves_in_per_cent_are_drawn_once_each(monkeypatch):
    moved(
        monkeypatch,
        {"fact_id": "x", "label": "Share of the largest producing country, mined: Tin"},
        of_mineral("Tin"),
        of_mineral("Tin"),
        of_mineral("Lead", restated=None, new_year=None, new="44%"),
        of_mineral("Zinc", restated=None, new_year=None, revision=None, new="43%"),
        of_mineral("Gold", unit="t"),
    )
    figure = what_changed.lead("mcs2025", RELEASE)
    assert figure.title == "What moved most: Tin, China, mined, from 50 to 40%"
    drawn = [row for rows in figure.chart.to_dict(validate=False)["datasets"].values() for row in rows]
    held = {
        row["row"]: (row["old"], row["restated"], row["new"], row["change"]) for row in drawn if "old" in row
    }
    assert held == {
        "Tin: China, mined": (50, 45, 40, "50 → 40%"),
        "Lead: China, mined": (50, 44, 44, "50 → 44%"),
        "Zinc: China, mined": (50, None, 43, "50 → 43%"),
    }
    assert what_changed.lead(None, RELEASE) is None
    moved(monkeypatch, of_mineral("Gold", unit="t"))
    assert what_changed.lead("mcs2025", RELEASE) is None


@pytest.mark.parametrize(
    "turned, said",
    [
        (0, "No sentence at the head of a page reads differently."),
        (1, "[1](#sentences) reads differently, on 1 page;"),
        (3, "[3](#sentences) read differently, on 2 pages;"),
    ],
)
def test_sentences_and_numbers_that_moved_are_counted(monkeypatch, turned, said):
    moved(monkeypatch, of_mineral("Tin"))
    pages = [(page, page, "old", "new") for page in ("a", "b", "b")][:turned]
    monkeypatch.setattr(what_changed, "_sentences", lambda *_: pages)
    monkeypatch.setattr(what_changed, "_revised", lambda *_: [("prices", {})] * 1234)
    sentences = what_changed.brief("mcs2025", RELEASE).sentences
    assert "[1](#numbers) number that this book states" in sentences[0] and said in sentences[1]
    assert "[1,234](#series) figures" in sentences[2]
    assert "oldest edition" in what_changed.brief(None, RELEASE).sentences[0]


def test_a_sentence_that_came_or_went_has_nothing_beside_it():
    before, after = (SimpleNamespace(release=RELEASE, sentences=s) for s in (["Tin.", "Lead."], ["Tin."]))
    assert list(what_changed._differ("p", "P", before, after)) == [("p", "P", "Lead.", "")]
    assert list(what_changed._differ("p", "P", after, before)) == [("p", "P", "", "Lead.")]
    assert list(what_changed._differ("p", "P", before, before)) == []


def test_a_part_of_a_move_is_in_points_where_the_number_is_in_per_cent():
    assert what_changed._change(-1.26, "%") == "−1.3 points" and what_changed._change(2.0, "t") == "+2.0"
    assert what_changed._change(None, "%") == what_changed._change(float("nan"), "t") == what_changed._NONE
    assert what_changed._reason("another source: the IEA") == "another source"


def test_revised_figures_stand_largest_first_without_mere_rounding(monkeypatch):
    rows = [change("revised", "revised", size=size, mineral=m) for m, size in (("a", 1.0), ("b", 3.0))]
    rows += [change("revised", changes.ROUNDED), change("added", "new year: 2025")]
    held = {"prices": rows, "reserves": [change("revised", "revised", size=2.0, mineral="c", listed=False)]}
    monkeypatch.setattr(what_changed, "_changes", lambda *_: {"facts": [], "tables": held})
    revised = what_changed._revised.__wrapped__("x", RELEASE)
    assert [(t, r["mineral"]) for t, r in revised] == [("prices", "b"), ("reserves", "c"), ("prices", "a")]
    monkeypatch.setattr(what_changed, "_revised", lambda *_: revised)
    page = what_changed.series("mcs2025", RELEASE).html().striptags()
    assert "The 2 largest revisions of listed minerals, of 2," in page and "All 3 revised figures" in page


# --- chapters 2, 4, 6 and 10


@pytest.mark.parametrize(
    "present, day, union, kind",
    [
        (False, "2026-02-04", False, ministerial.ABSENT),
        (True, None, False, ministerial.ATTENDED),
        (True, None, True, ministerial.UNION),
        (True, "2026-02-03", True, ministerial.EARLIER),
        (True, "2026-02-04", True, ministerial.SIGNED),
        (True, "2026-02-05", False, ministerial.LATER),
    ],
)
def test_a_delegation_is_told_by_whether_it_came_and_when_it_signed(present, day, union, kind):
    assert ministerial._kind(present, pd.Timestamp(day) if day else pd.NaT, union) == kind


def test_who_came_is_set_against_who_signed_and_who_stayed_away(monkeypatch):
    def told(signed: int, came: int, away: dict[str, str], open_: bool = True) -> list[str]:
        kinds = [ministerial.SIGNED] * signed + [ministerial.ATTENDED] * (came - signed)
        rows = [{"iso3": f"X{i}", "presence": "present", "kind": k} for i, k in enumerate(kinds)]
        rows += [{"iso3": i, "presence": p, "kind": ministerial.ABSENT} for i, p in away.items()]
        people = pd.DataFrame(rows).assign(
            delegation=lambda r: r.iso3.map({"DNK": "Denmark", "GRL": "Greenland"})
        )
        monkeypatch.setattr(ministerial, "delegations", lambda: people)
        asked = pd.DataFrame({"question_id": ["open.zone_members"] * open_})
        monkeypatch.setattr(ministerial.listing, "open_questions", lambda *_: asked)
        return list(ministerial.brief(RELEASE).sentences)

    few = told(4, 10, {"DNK": "absent", "GRL": "absent"})
    assert few[0].endswith("far more came than committed themselves.")
    assert few[2].endswith("; Denmark and Greenland stayed away.") and "are not published" in few[1]
    many = told(5, 9, {"DNK": "present"}, open_=False)
    assert many[0].endswith("most who came committed themselves.")
    assert "stayed away" not in many[2] and "has since been told" in many[1]


@pytest.mark.parametrize("days, said", [(44.9, "weeks"), (45, "months"), (539.9, "months"), (540, "years")])
def test_how_long_the_money_lasts_is_told_in_weeks_months_or_years(monkeypatch, days, said):
    facts_of(monkeypatch, project_vault, {"vault.cover_whole": days})
    monkeypatch.setattr(project_vault, "fact_exists", lambda *_: True)
    assert project_vault._months(RELEASE) == said
    monkeypatch.setattr(project_vault, "fact_exists", lambda *_: False)
    assert project_vault._months(RELEASE) == "time" and project_vault._covers(RELEASE) == ""


@pytest.mark.parametrize(
    "imports, use, said",
    [
        (12, 12, "enough for either."),
        (12, 12.1, "enough for the first and not for the second."),
        (12.1, 20, "enough for neither."),
    ],
)
def test_the_money_is_set_against_the_stated_aim(monkeypatch, imports, use, said):
    held = {"vault.total_parts": 12, "vault.cost_sixty": imports, "vault.cost_sixty_use": use}
    facts_of(monkeypatch, project_vault, held)
    monkeypatch.setattr(project_vault, "fact_exists", lambda *_: True)
    monkeypatch.setattr(project_vault, "with_links", lambda said, _: said)
    assert said in str(project_vault.aim(RELEASE).html())
    monkeypatch.setattr(project_vault, "fact_exists", lambda *_: False)
    assert str(project_vault.aim(RELEASE).html()) == ""


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


def test_a_price_stands_on_what_is_published_and_signed(monkeypatch):
    def told(published: bool, *agreed: tuple[str, str], floors: bool = False) -> str:
        rows = pd.DataFrame(list(agreed), columns=["status", "binding"])
        monkeypatch.setattr(does_it_work.verdict, "reference_price", lambda _: published)
        monkeypatch.setattr(does_it_work.verdict, "plurilateral", lambda: rows)
        facts_of(monkeypatch, does_it_work, {"verdict.floors": 2.0} if floors else {})
        return does_it_work._price(RELEASE)

    no = "The bloc has published no price, and"
    assert told(False) == f"{no} no agreement behind one is signed."
    assert told(False, ("announced", "yes")) == f"{no} no agreement behind one is signed."
    assert (
        told(False, ("signed", "no"), ("announced", "yes")) == f"{no} an agreement meant to bind is signed."
    )
    assert told(True, ("signed", "yes"), ("announced", "no"), floors=True) == (
        "The bloc has published a reference price, and an agreement that binds stands behind it."
    )
    assert "an agreement that binds" in told(False, ("signed", "no"), ("signed", "yes"))
    assert told(False, floors=True).endswith("are in {verdict.floors} with single firms.")


def test_supply_and_membership_are_told_by_where_they_stand(monkeypatch):
    facts_of(monkeypatch, does_it_work, {})
    assert "is not printed in the editions held" in does_it_work._supply(RELEASE)
    facts_of(monkeypatch, does_it_work, {"verdict.outside": 30.0})
    starts = {
        does_it_work.NOT: "The rare earths",
        does_it_work.PART: "More of",
        does_it_work.MET: "As much of",
    }
    for standing, start in starts.items():
        monkeypatch.setattr(does_it_work.verdict, "supply", lambda standing=standing: standing)
        assert does_it_work._supply(RELEASE).startswith(start)

    def members(names: int, bound: int) -> str:
        monkeypatch.setattr(does_it_work.verdict, "listed_members", lambda: names)
        monkeypatch.setattr(does_it_work.verdict, "bound", lambda: bound)
        return does_it_work._membership(RELEASE)

    assert members(0, 0).endswith(
        "none of them by a text known to bind, and no list of members is published."
    )
    assert members(9, 1).endswith(
        "{verdict.bound} of them by a text that binds, and a list names nine members."
    )


# --- prices of lithium, what China needs, and how models did


def lithium(monkeypatch, *values: float, held: bool = True) -> object:
    rows = pd.DataFrame({"value": values}).assign(
        mineral="lithium", year=range(2026 - len(values), 2026), basis=None, source_id="S001"
    )
    rows["estimated"] = rows.year == 2025
    others = pd.DataFrame({"value": [9e9], "mineral": ["tin"], "year": [2025], "estimated": [True]})
    monkeypatch.setattr(price_floor.tables, "releases", lambda *_: [RELEASE] * held)
    monkeypatch.setattr(price_floor.tables, "load", lambda *_: pd.concat([others, rows[::-1]]))
    return price_floor.lithium(RELEASE)


def test_the_price_of_lithium_is_set_against_its_dearest_year(monkeypatch):
    figure = lithium(monkeypatch, 10_000.0, 40_000.0, 9_000.0)
    assert figure.title == "Lithium carbonate lost 78% of its price from 2024 to 2025"
    assert figure.table["Year (e: estimate)"].tolist() == ["2023", "2024", "2025e"]
    bars = [row for rows in figure.chart.to_dict(validate=False)["datasets"].values() for row in rows]
    assert [row["label"] for row in bars] == ["10", "40", "9"]
    dear = lithium(monkeypatch, 10_000.0, 40_000.0)
    assert dear.title == "Lithium carbonate was dearest in 2025, the last year shown"
    assert lithium(monkeypatch, 1.0, held=False) is None and lithium(monkeypatch) is None


def needed(monkeypatch) -> None:
    rows = pd.DataFrame({"good": ["ore", "metal", "scrap"], "bloc_pct": [50.0, 50.1, 80.0]}).assign(
        **{"first_seller": ["PER", "XXX", "PER"], "first_share_pct": 40.0, "second_seller": "CHL"}
        | {"second_share_pct": 10.0, "year": 2024, "heading": "260300", "value_usd": 1, "source_id": "S700"}
    )
    monkeypatch.setattr(china_needs.china_needs, "imports", lambda: rows)


def test_goods_of_which_the_bloc_sells_china_more_than_half_are_counted(monkeypatch):
    needed(monkeypatch)
    figure = china_needs.sellers()
    assert figure.title == "The bloc sells China more than half of two of three goods"
    assert figure.table.Good.tolist() == ["scrap", "metal", "ore"]
    assert figure.table["First seller"].tolist() == ["Peru", "XXX", "Peru"]
    monkeypatch.setattr(china_needs.tables, "releases", lambda *_: [])
    assert china_needs.sellers() is None and china_needs.heavy_feed() is None


def test_myanmar_s_ore_is_told_from_its_peak_to_the_last_year(monkeypatch):
    rows = pd.DataFrame({"year": [2019, 2021, 2023], "burma_t": [10.0, 40_000.0, 30_000.0], "china_t": 1.0})
    monkeypatch.setattr(china_needs.china_needs, "heavy_feed", lambda: rows.assign(source_id="S001"))
    figure = china_needs.heavy_feed()
    assert figure.title == "Myanmar’s rare-earth ore went from 40,000 t to 30,000 t"
    assert "2021 and 2023" in figure.subtitle


def test_a_figure_cites_no_source_but_those_of_its_rows():
    figure = china_needs.own_ore()
    assert set(figure.sources) <= {*china_needs.china_needs.own_ore().source_id, "MCS2026"}


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


@pytest.mark.parametrize(
    "error, said",
    [
        (0.165, "+16.5%"),
        (-0.5, "−50.0%"),
        (0.999, "+99.9%"),
        (1.0, "2.0 times"),
        (5.08, "6.1 times"),
        (9e-7, "exact"),
        (-2e-6, "−0.0%"),
        (float("nan"), "–"),
    ],
)
def test_how_far_a_model_is_off_is_said_as_a_share_or_in_times(error, said):
    assert validation._off(error) == said


def test_a_check_has_the_unit_of_what_was_seen(monkeypatch):
    monkeypatch.setattr(validation.chapters, "check", lambda row: "check")
    monkeypatch.setattr(validation.chapters, "under", lambda text, unit: (text, unit))
    monkeypatch.setattr(validation.chapters, "outcome", lambda off, row: off)
    row = {"seen": 1234.56, "predicted": 0.5, "unit": "US$", "error": 0.1}
    assert list(validation._row(row).cells) == ["check", "0.5", ("1,235", "US$"), "+10.0%"]
    assert validation._row(row | {"unit": "share"}).cells[2] == ("1,235", "")


def test_china_s_share_is_that_after_the_mine_where_it_is_known(monkeypatch):
    shares = pd.DataFrame({"mine": [30.0, 69.2], "refinery": [47.1, None]}, index=["tin", "tungsten"])
    monkeypatch.setattr(china_responses.supply, "china", lambda _: shares)
    assert china_responses._share_of_china("tin", RELEASE) == 0.47
    assert china_responses._share_of_china("tungsten", RELEASE) == 0.69
    with pytest.raises(UserError, match="no published output"):
        china_responses._share_of_china("scandium", RELEASE)


@pytest.mark.parametrize("model, better", [(2.0, "less than"), (2.5, "no less than")])
def test_past_jumps_are_told_by_whether_the_model_misses_by_less(monkeypatch, model, better):
    rows = pd.DataFrame(
        {
            "episode": ["tin", "lithium"],
            "what": ["tin, 10.5 over 2 in 2021", "lithium"],
            "left_out": [4.0, 3.0],
            "fitted": [5.0, 3.0],
            "seen": [5.25, 6.0],
            "constant": [4.5, None],
            "factor": [1.3125, 2.0],
        }
    ).assign(source_id="S001")
    titles = pd.DataFrame({"episode": ["tin", "lithium"], "title": ["Tin crisis: a tale", "Lithium boom"]})
    real = validation.tables.load
    monkeypatch.setattr(validation.scenario, "record", lambda: rows.copy())
    monkeypatch.setattr(
        validation.tables,
        "load",
        lambda name, *at: titles if name == "scenario_episodes" else real(name, *at),
    )
    facts_of(monkeypatch, validation, {"scenario.left_out": model, "scenario.left_out_constant": 2.5})
    figure = validation.jumps(RELEASE)
    assert figure.title == f"Past price jumps: the model misses by {better} one number does"
    assert figure.table.Fitted.tolist() == ["to the others", "to none of these"]
    assert "Tin crisis: tin: 4.0 and 5.2" in figure.alt_text
    assert figure.table.Jump.tolist()[0] == "Tin crisis: a tale: tin, 10.5 over 2 in 2021"


def test_what_a_sum_replaces_is_worked_out_of_all_forms_that_have_a_price(monkeypatch):
    """US$100 million of US$200 million in two forms is half a year; what has no price is left out."""
    rows = pd.DataFrame(
        {
            "value": [1.5e8, 0.5e8, 9e9],
            "use_value": [3e8, 1e8, 9e9],
            "use_from": "printed",
            "missing": ["", "", "no price"],
        }
    )
    other = rows.head(1).assign(value=1e7, use_value=2e7)
    held = {"tin": rows, "lead": other, "zinc": rows.tail(1)}
    monkeypatch.setattr(project_vault, "STOCKS", tuple(held))
    monkeypatch.setattr(project_vault, "STOCK", 100)
    monkeypatch.setattr(project_vault.vault_basket, "of", lambda code, _: held[code])
    monkeypatch.setattr(project_vault.vault_basket, "duration", lambda days: f"{days:.1f}")
    figure = project_vault.one_by_one(RELEASE)
    drawn = [row for rows in figure.chart.to_dict(validate=False)["datasets"].values() for row in rows]
    year = project_vault.vault_basket.DAYS_A_YEAR
    told = {row["name"]: (row["imports"], row["use"]) for row in drawn if "imports" in row}
    assert told == {"Tin": (year / 2, year / 4), "Lead": (10 * year, 5 * year)} and list(told)[0] == "Tin"
    held |= {"tin": rows.tail(1), "lead": rows.tail(1)}
    assert "not worked out here" in str(project_vault.one_by_one(RELEASE).html())
