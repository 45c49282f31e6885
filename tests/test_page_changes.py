"""What changed between two releases, of small made-up tables."""

from types import SimpleNamespace

import pytest

from chokepoint.pages import (
    changes,
    what_changed,
)

RELEASE = "mcs2026"


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


def moved(monkeypatch, *facts: dict) -> None:
    row = {"fact_id": "tin.share", "label": "China's share of world output, mined: Tin", "unit": "%"}
    row |= {"old": "50%", "restated": "45%", "new": "40%", "move": -10.0, "revision": -5.0, "new_year": -5.0}
    made = {
        "facts": [row | {"reason": "2023 revised, then a new year (2023 → 2024)"} | fact for fact in facts],
        "tables": {},
    }
    monkeypatch.setattr(what_changed.difference, "diff", lambda *_: made)
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
    monkeypatch.setattr(what_changed.difference, "diff", lambda *_: {"facts": [], "tables": held})
    revised = what_changed._revised.__wrapped__("x", RELEASE)
    assert [(t, r["mineral"]) for t, r in revised] == [("prices", "b"), ("reserves", "c"), ("prices", "a")]
    monkeypatch.setattr(what_changed, "_revised", lambda *_: revised)
    page = what_changed.series("mcs2025", RELEASE).html().striptags()
    assert "The 2 largest revisions of listed minerals, of 2," in page and "All 3 revised figures" in page
