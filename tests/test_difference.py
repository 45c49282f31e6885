"""What changed between two releases, on small releases made up for it: which changes, how large, and why."""

import pytest

from chokepoint.analysis import difference as differ
from chokepoint.analysis.facts.registry import Fact

OLD, NEW = "mcs2025", "mcs2026"  # their declarations say how a table is compared; their rows are made up


@pytest.fixture
def releases(made_up):
    made_up.put(
        "minerals", [{"mineral": "tin", "listed_2025": True}, {"mineral": "sand", "listed_2025": False}]
    )
    made_up.put(
        "corrections",
        [
            {"correction_id": "OLD-1", "action": "scale", "reason": "a slip"},
            {"correction_id": "NEW-1", "action": "scale", "reason": "a slip"},
            {"correction_id": "NEW-2", "action": "supersede", "reason": "Version 2 cut it"},
        ],
    )

    def compare(table: str, old: list[dict], new: list[dict]) -> list[dict]:
        made_up.put(table, old, OLD)
        made_up.put(table, new, NEW)
        return differ._table(table, OLD, NEW)

    return compare


def row(area: str, year: int, value: float | None, **other) -> dict:
    own = {"mineral": "tin", "commodity": "Tin", "stage": "mine", "unit": "t", "basis": "content"}
    return own | {"area": area, "year": year, "value": value, "excludes_us": False} | other


def told(rows: list[dict], *columns: str) -> list[tuple]:
    return [tuple(r.get(c) for c in columns) for r in rows]


# --- values ---


def test_what_is_added_removed_or_revised_is_told_with_its_reason(releases):
    old = [row("CHN", 2023, 100), row("CHN", 2024, 80), row("PER", 2024, 10), row("World", 2024, 200)]
    new = [row("CHN", 2024, 90), row("CHN", 2025, 70), row("BOL", 2024, 5), row("World", 2024, 200)]
    rows = releases("production", old, new)
    assert set(told(rows, "area", "year", "change", "old", "new", "reason")) == {
        ("CHN", 2023, "removed", 100, None, "earlier than the release goes back"),
        ("PER", 2024, "removed", 10, None, "no longer printed"),
        ("CHN", 2024, "revised", 80, 90, "revised by the publisher"),
        ("CHN", 2025, "added", None, 70, "new year"),
        ("BOL", 2024, "added", None, 5, "not printed before"),
    }
    first = rows[0]
    assert (first["change"], first["size"], first["unit"], first["listed"]) == (
        "revised",
        10 / 200,
        "t",
        True,
    )
    assert {r["size"] for r in rows[1:]} == {0}
    assert {r["series_change"] for r in rows} == {None} == {r["was_called"] for r in rows}


def test_listed_minerals_come_first_and_the_largest_change_first_among_them(releases):
    def of(mineral: str, values: tuple[float, float]) -> list[dict]:
        return [
            row(area, 2024, value, mineral=mineral)
            for area, value in zip(("CHN", "PER"), values, strict=True)
        ]

    rows = releases(
        "production",
        [*of("tin", (100, 50)), *of("sand", (10, 10))],
        [*of("tin", (90, 75)), *of("sand", (1, 10))],
    )
    assert told(rows, "mineral", "area", "size") == [
        ("tin", "PER", 0.25),
        ("tin", "CHN", 0.1),
        ("sand", "CHN", 0.9),
    ]


def test_a_series_that_only_one_release_has_appeared_or_vanished(releases):
    smelted = [row("CHN", 2024, 7, stage="smelter")]
    mined = [row("CHN", 2024, 8)]
    assert told(releases("production", mined, [*mined, *smelted]), "series_change", "stage", "change") == [
        ("appeared", "smelter", "added")
    ]
    assert told(releases("production", [*mined, *smelted], mined), "series_change", "stage", "change") == [
        ("vanished", "smelter", "removed")
    ]


def test_a_label_that_changed_is_told_and_one_that_stayed_is_not(releases):
    old = [
        row("CHN", 2024, 100, detail="ore"),
        row("PER", 2024, 50, detail="ore"),
        row("BOL", 2024, 5, detail="ore"),
    ]
    new = [r | {"commodity": "Tin metal", "detail": None} for r in old[:2]] + [
        row("BOL", 2024, 6, commodity="Tin metal")
    ]
    [change] = releases("production", old, new)
    assert (change["was_called"], change["commodity"], change["detail"]) == ("Tin, ore", "Tin metal", "")
    assert change["reason"] == "revised by the publisher", (
        "two of three figures stayed, so it is no other series"
    )
    [change] = releases("production", old, [*old[:2], row("BOL", 2024, 6, detail="ore")])
    assert (change["was_called"], change["detail"]) == (None, "ore")


def test_under_another_label_with_no_figure_in_common_a_series_breaks(releases):
    old, new = (
        [row(a, 2024, v, detail=d) for a, v in zip(("CHN", "PER"), values, strict=True)]
        for d, values in (("ore", (100, 50)), ("metal", (7, 3)))
    )
    rows = releases("production", list(old), list(new))
    assert {r["reason"] for r in rows} == {"series break: label and all figures differ"}


def test_two_forms_in_one_place_are_told_apart(releases):
    forms = [
        row("CHN", 2024, 80),
        row("CHN", 2024, 20, form="in concentrate"),
        row("PER", 2024, 30, form="in ash"),
    ]
    later = [row("CHN", 2024, 90), row("CHN", 2024, 25, form="in concentrate"), row("PER", 2024, 33)]
    rows = releases("production", forms, later)
    assert sorted(told(rows, "area", "year", "old", "new", "form"), key=str) == [
        ("CHN", 2024, 20, 25, "in concentrate"),
        ("CHN", 2024, 80, 90, None),
        ("PER", 2024, 30, 33, None),
    ]


def test_of_an_estimate_the_latest_of_each_release_is_compared(releases):
    old = [row("CHN", 2024, 9), row("CHN", 2023, 3), row("PER", 2024, 5)]
    new = [row("CHN", 2024, 1), row("CHN", 2025, 12), row("PER", 2025, 5)]
    [change] = [
        r
        for r in releases(
            "reserves", *([{k: v for k, v in r.items() if k != "stage"} for r in rows] for rows in (old, new))
        )
    ]
    assert (change["area"], change["old"], change["new"]) == ("CHN", 9, 12)
    assert change["reason"] == "revised by the publisher" and "year" not in change


def test_a_figure_of_the_one_year_that_a_release_prints_may_be_of_a_new_year(releases):
    one = {"mineral": "tin", "commodity": "Tin", "measure": "net_import_reliance", "unit": "percent"}
    rows = releases("headline", [one | {"year": 2024, "value": 70}], [one | {"year": 2025, "value": 75}])
    assert told(rows, "old", "new", "reason") == [
        (70, 75, "new year or revised: a release prints one year here")
    ]


@pytest.mark.parametrize(
    "a, b, rounded",
    [
        *(
            (20.845, 20.85, True),
            (20.85, 20.845, True),
            (62.0, 62.4, True),
            (2.0, 1.5, True),
            (20.8, 20.86, False),
        ),
        *(
            (62.0, 62.6, False),
            (62.0, 63.0, False),
            (20.1, 20.2, False),
            ("W", 1.5, False),
            (1.5, "W", False),
        ),
    ],
)
def test_a_figure_is_rounded_otherwise_where_one_is_the_other_with_fewer_decimals(a, b, rounded):
    assert differ._rounded(a, b) is rounded


def test_a_month_that_is_new_is_no_year():
    how = {"at": ["month"]}
    assert differ._added(("2026-02",), how, {"old": {"2026-01"}}) == "new month"
    assert differ._added(("2026-01",), how, {"old": {"2026-01"}}) == "not printed before"
    assert differ._added(("2026-01",), how, {"old": set()}) == "not printed before"


@pytest.mark.parametrize(
    "place, at, times, reason",
    [
        (("CHN", 2022), ["area", "year"], {2023, 2024}, "earlier than the release goes back"),
        (("CHN", 2023), ["area", "year"], {2023, 2024}, "no longer printed"),
        (("CHN", 2022), ["area", "year"], set(), "no longer printed"),
        (("CHN",), ["area"], {2023, 2024}, "no longer printed"),
    ],
)
def test_what_is_gone_is_too_early_only_before_all_that_is_printed(place, at, times, reason):
    assert differ._removed(place, {"at": at}, {"new": times}) == reason


@pytest.mark.parametrize(
    "was, now, reason",
    [
        ({"unit": "t"}, {"unit": "kg"}, "series break: unit t → kg"),
        ({"basis": "gross"}, {"basis": None}, "series break: basis gross → not stated"),
        ({"basis": None}, {"basis": "gross"}, "series break: basis not stated → gross"),
        ({}, {"excludes_us": True}, "series break: now without the United States"),
        ({"excludes_us": True}, {}, "series break: no longer without the United States"),
        ({"value": 20.845}, {"value": 20.85}, differ.ROUNDED),
        ({}, {"correction_id": "NEW-2"}, "superseded reading, correction NEW-2: Version 2 cut it"),
        (
            {"correction_id": "NEW-2"},
            {},
            "revised by the publisher (older figure corrected: NEW-2; newer figure as printed)",
        ),
        (
            {"correction_id": "OLD-1"},
            {"correction_id": "NEW-1;OTHER"},
            "revised by the publisher (older figure corrected: OLD-1; newer figure corrected: NEW-1)",
        ),
        (
            {},
            {"correction_id": "NEW-1"},
            "revised by the publisher (older figure as printed; newer figure corrected: NEW-1)",
        ),
        ({}, {"correction_id": "OTHER"}, "revised by the publisher"),
        ({}, {"correction_id": "NEW-1;NEW-2"}, "superseded reading, correction NEW-2: Version 2 cut it"),
    ],
)
def test_a_revision_says_what_is_known_of_it(releases, was, now, reason):
    [change] = releases("production", [row("CHN", 2024, 80) | was], [row("CHN", 2024, 90) | now])
    assert change["reason"] == reason


@pytest.mark.parametrize(
    "cells, said",
    [
        ({"value": 5}, 5.0),
        ({"qualifier": "withheld"}, "W"),
        ({"qualifier": "withheld", "rank": 1}, None),
        ({"qualifier": "greater", "low": 50.0}, ">50"),
        ({"qualifier": "less", "high": 0.5}, "<0.5"),
        ({"qualifier": "range", "low": 1.0, "high": 2.5}, "1 to 2.5"),
        ({"qualifier": "word", "printed": "Large"}, "Large"),
        ({"qualifier": None, "printed": ""}, None),
    ],
)
def test_a_cell_is_read_as_a_number_a_bound_or_a_word(cells, said):
    assert differ.reading({"value": None} | cells) == said
    assert differ.reading({"mineral": "tin"}) == "listed"


def test_a_word_that_turns_into_a_number_has_no_size(releases):
    old = [row("CHN", 2024, None, qualifier="withheld"), row("PER", 2024, 0)]
    rows = releases("production", old, [row("CHN", 2024, 90), row("PER", 2024, 0)])
    assert told(rows, "change", "old", "new", "size") == [("revised", "W", 90, 0)]


@pytest.mark.parametrize(
    "a, b, near",
    [
        (100, 101, True),
        (100, 101.1, False),
        (101, 100, True),
        (-100, -99, True),
        ("W", "W", True),
        ("W", 1, False),
    ],
)
def test_two_prints_of_a_figure_may_differ_by_one_per_cent(a, b, near):
    assert differ._near(a, b) is near


def test_half_of_the_shared_figures_is_enough_to_know_a_series_again():
    def series(label: str, *values: float) -> differ._Series:
        return differ._Series(("tin",), (label,), {(at,): {"reading": v} for at, v in enumerate(values)})

    old, new, other = series("ore", 1, 2, 3, 4), series("metal", 1, 2, 30, 40), series("slag", 1, 20, 30, 40)
    assert differ._pairs([old], [new, other]) == [(old, new), (None, other)]
    assert differ._by_figures([old], [other]) == [] and differ._agreement(series("a", 1), series("b", 1)) == 0


# --- facts ---


def fact(text: str, value: float | str | None = None, **other) -> Fact:
    number = float(text.rstrip("%")) if value is None else value
    fields = {"label": "a share", "unit": "%", "sources": ("MCS",), "confidence": "primary"} | other
    return Fact(fact_id="x", value=number, text=text, **fields)


@pytest.fixture
def moved(made_up, monkeypatch):
    """Facts at two releases, the older one's latest year 2024, the newer one's 2025."""
    made_up.put("production", [row("CHN", 2024, 1), row("CHN", 2020, 1)], OLD)
    made_up.put("production", [row("CHN", 2025, 1), row("CHN", 2024, 1)], NEW)

    def rows(old: dict[str, Fact], new: dict[str, Fact], again: dict[str, Fact] | None = None) -> list[dict]:
        monkeypatch.setattr(differ.facts, "evaluate", lambda release: {OLD: old, NEW: new}[release])
        monkeypatch.setattr(
            differ.facts,
            "of_year",
            lambda fact_id, release, year: (
                (again or {}).get(fact_id) if (release, year) == (NEW, 2024) else 1 / 0
            ),
        )
        return differ._facts(OLD, NEW)

    return rows


PARTS = ("move", "revision", "new_year", "reason")


def test_a_move_of_a_yearly_fact_is_a_revision_and_a_new_year(moved):
    old, new = fact("50%", yearly=True), fact("60%", yearly=True)
    both = moved({"x": old}, {"x": new}, {"x": fact("53%")})
    assert told(both, *PARTS) == [(10, 3, 7, "2024 revised, then a new year (2024 → 2025)")]
    assert told(both, "old", "restated", "new", "label", "unit") == [("50%", "53%", "60%", "a share", "%")]
    assert told(moved({"x": old}, {"x": new}, {"x": old}), *PARTS) == [(10, 0, 10, "new year (2024 → 2025)")]
    assert told(moved({"x": old}, {"x": new}, {"x": new}), *PARTS) == [(10, 10, 0, "2024 revised")]
    assert told(moved({"x": old}, {"x": new}), *PARTS) == [
        (10, None, None, "not split: mcs2026 prints no 2024 of it")
    ]


def test_a_fact_that_is_of_one_year_or_an_estimate_in_both_was_revised(moved):
    dated = moved({"x": fact("50%", as_of="2020")}, {"x": fact("40%", as_of="2020")})
    assert told(dated, *PARTS) == [(-10, -10, 0, "revised by the publisher")]
    estimate = moved(
        {"x": fact("50%", estimate=True, as_of="2024")}, {"x": fact("40%", estimate=True, as_of="2025")}
    )
    assert told(estimate, *PARTS) == [(-10, -10, 0, "revised by the publisher")]
    words = moved(
        {"x": fact("more than half", "more than half", as_of="2020")}, {"x": fact("40%", as_of="2020")}
    )
    assert told(words, *PARTS) == [(None, None, None, "revised by the publisher")]


def test_what_cannot_be_split_says_why(moved):
    period = moved({"x": fact("50%", as_of="2019–22")}, {"x": fact("60%", as_of="2020–23")})
    assert told(period, *PARTS) == [(10, None, None, "not split: another period (2019–22 → 2020–23)")]
    unlike = "not split: it is worked out from figures of which each release prints one year"
    plain = moved({"x": fact("50%")}, {"x": fact("60%")}, {"x": fact("55%")})
    assert told(plain, "restated", *PARTS) == [(None, 10, None, None, unlike)]
    one_year = moved({"x": fact("50%", as_of="2024")}, {"x": fact("60%", as_of="2025")})
    assert one_year[0]["reason"] == unlike, "a year is no period"
    other = moved(
        {"x": fact("50%", sources=("B", "A", "MCS2025"))}, {"x": fact("60%", sources=("MCS2026", "A"))}
    )
    assert other[0]["reason"] == "not split: another source: A, B, MCS2025 → A, MCS2026"
    same = moved({"x": fact("50%", sources=("A", "MCS2025"))}, {"x": fact("60%", sources=("MCS2026", "A"))})
    assert same[0]["reason"] == unlike


def test_a_note_on_what_was_superseded_is_the_reason(moved):
    older = (("50%", ("MCS2025",)),)
    told_so = moved(
        {"x": fact("50%", as_of="2020")}, {"x": fact("60%", as_of="2020", note="Version 2", superseded=older)}
    )
    assert told_so[0]["reason"] == "Version 2"
    alone = moved({"x": fact("50%", as_of="2020")}, {"x": fact("60%", as_of="2020", note="Version 2")})
    assert alone[0]["reason"] == "revised by the publisher", "a note on something else is no reason"


def test_what_one_release_lacks_comes_last_and_the_largest_move_of_a_share_first(moved):
    old = {
        "a": fact("50%"),
        "b": fact("5%"),
        "gone": fact("1%"),
        "same": fact("7%"),
        "t": fact("5", unit="t"),
    }
    new = {
        "a": fact("51%"),
        "b": fact("1%"),
        "new": fact("99%"),
        "same": fact("7%"),
        "t": fact("900", unit="t"),
    }
    rows = moved(old, new)
    assert told(rows, "fact_id", "old", "new") == [
        *(("b", "5%", "1%"), ("a", "50%", "51%"), ("t", "5", "900")),
        *(("gone", "1%", None), ("new", None, "99%")),
    ]
    assert rows[3]["reason"] == "mcs2026 does not print what it needs"
    assert rows[4]["reason"] == "mcs2025 does not print what it needs"


def test_releases_of_one_year_tell_a_yearly_fact_apart_by_revision_alone(moved, made_up):
    made_up.put("production", [row("CHN", 2024, 1)], NEW)
    rows = moved({"x": fact("50%", yearly=True)}, {"x": fact("60%", yearly=True)})
    assert told(rows, *PARTS) == [(10, 10, 0, "revised by the publisher")]


@pytest.mark.parametrize(
    "value, number",
    [(3, 3.0), ("1,250", 1250.0), ("12.5%", 12.5), ("> 50%", None), ("2 May 2026", None), ("", None)],
)
def test_a_text_that_is_a_number_is_one(value, number):
    assert differ._number(fact("text", value)) == number


def test_the_release_to_compare_with_is_the_one_before(made_up):
    for release in ("mcs2090", "mcs2091", "mcs2092"):
        made_up.put("production", [row("CHN", 2024, 1)], release)
    assert differ.before("mcs2092") == "mcs2091" and differ.before("mcs2090") is None
    assert differ.before("mcs2092", "mcs2090") == "mcs2090"
    with pytest.raises(differ.UserError, match='no release "mcs1999"'):
        differ.before("mcs2092", "mcs1999")
