"""What is said of a mineral at the head of its page, of made-up rows: each turn of a sentence."""

import pandas as pd
import pytest

from chokepoint.pages import mineral_text as text

RELEASE = "mcs2026"
TIN = {"name": "Tin", "note": "", "kind": "listed", "group": "", "headline_mineral": "tin"}


@pytest.fixture
def row(monkeypatch):
    """Let `minerals` hold tin with these cells, and rare earths and dysprosium as they are."""

    def put(**cells: str) -> None:
        rows = pd.DataFrame(
            [
                TIN | {"mineral": "tin", "headline_stage": "mine"} | cells,
                TIN | {"mineral": "rare_earths", "name": "Rare earths (all)", "kind": "aggregate"}
                | {"headline_stage": "mine", "headline_mineral": "rare_earths", "group": "rare earths"},
                TIN | {"mineral": "dysprosium", "name": "Dysprosium", "group": "rare earths"}
                | {"headline_stage": "mine", "headline_mineral": "rare_earths"},
            ]
        )  # fmt: skip
        monkeypatch.setattr(text, "_rows", lambda: rows.set_index("mineral"))

    put()
    return put


# --- who makes it


def made(monkeypatch, **steps: dict) -> None:
    """Let the summary hold these steps of tin, and of the rare earths the same."""
    whole = {
        "what": "Tin",
        "china": 30.0,
        "leader": "China",
        "leader_iso3": "CHN",
        "largest": 30.0,
        "year": 2025,
    }
    rows = {
        (mineral, step): whole | cells for mineral in ("tin", "rare_earths") for step, cells in steps.items()
    }
    held = pd.DataFrame(rows.values(), index=pd.MultiIndex.from_tuples(rows))
    monkeypatch.setattr(text.supply, "summary", lambda _: held)
    monkeypatch.setattr(text, "fact_exists", lambda *_: False)


def makers(monkeypatch, mineral: str = "tin", **steps: dict) -> str:
    made(monkeypatch, **steps)
    return text._makers(mineral, text.row_of(mineral).headline_mineral, list(steps), RELEASE)


@pytest.mark.parametrize(
    "largest, said",
    [
        (90.0, "China mines nearly all of the world’s tin, {tin.largest_mined} of a rounded total; who"),
        (89.9, "China alone mines more than half of the world’s tin, {tin.largest_mined}; who refines it"),
        (50.1, "China alone mines more than half of the world’s tin"),
        (50.0, "No country mines half of the world’s tin: China has the most, {tin.largest_mined}; who"),
    ],
)
def test_who_makes_most_at_the_one_step_that_is_known(row, monkeypatch, largest, said):
    assert makers(monkeypatch, mine={"largest": largest}).startswith(said)
    made_ = makers(monkeypatch, refinery={"largest": largest})
    assert " makes " in made_ and made_.endswith("no mine figures are published.")


def test_one_of_a_group_is_told_by_the_group(row, monkeypatch):
    said = makers(monkeypatch, "dysprosium", mine={"largest": 70.0})
    assert said.startswith(
        "No figures are published for dysprosium alone; it is counted among the rare earths. China alone "
        "mines more than half of the world’s rare earths, {rare_earths.largest_mined}"
    )


PERU = {"leader": "Peru", "leader_iso3": "PER"}


@pytest.mark.parametrize(
    "mine, refinery, said",
    [
        (
            PERU,
            PERU,
            "Peru leads at both steps, with {tin.largest_mined} of mining and {tin.largest_refined}",
        ),
        (
            {},
            PERU,
            "China mines the most tin, {tin.largest_mined}, and Peru refines the most, {tin.largest_r",
        ),
        (
            {"china": 50.1},
            {},
            "China holds both steps: it mines {tin.china_mined} of the world’s tin and ref",
        ),
        ({"china": 50.0}, {}, "China is first at both steps: it mines {tin.china_mined} of the world’s tin"),
        (
            PERU | {"china": 0.9},
            {},
            "China mines only very little ({tin.china_mined}) of the world’s tin and",
        ),
        (PERU | {"china": 1.0}, {}, "China mines only {tin.china_mined} of the world’s tin and refines"),
        (PERU | {"china": 9.9}, {}, "China mines only {tin.china_mined} of the world’s tin and refines"),
        (PERU | {"china": 10.0}, {}, "China mines {tin.china_mined} of the world’s tin but refines"),
    ],
)
def test_two_steps_are_told_by_who_leads_and_what_china_has(row, monkeypatch, mine, refinery, said):
    assert makers(monkeypatch, mine=mine, refinery=refinery).startswith(said)


def test_two_products_are_named_where_the_steps_count_them(row, monkeypatch):
    ore = PERU | {"what": "Tin ore (cassiterite)"}
    metal = {"what": "Tin metal, refined"}
    said = makers(monkeypatch, mine=ore | {"china": 20.0}, refinery=metal)
    assert said == (
        "China mines {tin.china_mined} of the world’s tin ore but refines {tin.china_refined} of its tin "
        "metal; at the mine Peru is first with {tin.largest_mined}."
    )
    row(headline_stage="refinery")
    assert "but makes {tin.china_refined}" in makers(monkeypatch, mine=ore | {"china": 20.0}, refinery=metal)
    magnets = {"what": "Magnet rare earths"}
    told = makers(monkeypatch, mine=PERU | {"china": 20.0}, refinery=magnets)
    assert "of the four that go into magnets; at" in told
    monkeypatch.setattr(text, "fact_exists", lambda *_: True)
    after = text.supply.summary(RELEASE).loc[("tin", "refinery")]
    told = text._two_steps("tin", text.supply.summary(RELEASE).loc[("tin", "mine")], after, RELEASE)
    assert "of which it mines {magnet_rare_earths.china_mined}" in told


def unknown(monkeypatch, rows: list[tuple]) -> str:
    table = pd.DataFrame(rows, columns=["mineral", "area", "area_kind", "year", "value", "form"])
    monkeypatch.setattr(text.tables, "load", lambda *_: table)
    return text._makers("tin", "tin", [], RELEASE)


def test_output_that_cannot_be_added_up_is_told_of_the_newest_year_largest_first(row, monkeypatch):
    countries = [
        ("tin", "Peru", "country", 2024, 9e6, None),
        ("tin", "United States", "country", 2025, 20.0, "oxide"),
        ("tin", "China", "country", 2025, 300.0, None),
        ("tin", "Chile", "country", 2025, 0.0, None),
        ("lead", "Chile", "country", 2025, 9.0, None),
    ]
    said = unknown(monkeypatch, countries)
    assert said.startswith("USGS prints what two countries make of tin, in forms that it does not add up: ")
    assert "up: China 300 t, the United States 20 t of oxide. So" in said
    world = ("tin", "World", "world", 2025, 900.0, None)
    assert "the world makes and no country" in unknown(monkeypatch, [world])
    assert unknown(monkeypatch, [world[:4] + (None, None)]).startswith("Neither USGS nor the IEA")
    assert unknown(monkeypatch, [("lead", *world[1:])]).startswith("Neither USGS nor the IEA")
    row(note="There is no USGS chapter on it")
    assert "has no chapter in USGS’s yearly summaries" in unknown(monkeypatch, [world])


def test_what_the_bloc_has_is_told_of_each_step(row, monkeypatch):
    monkeypatch.setattr(
        text.supply,
        "inside",
        lambda _: pd.DataFrame({"mine": [0.9, 40.0], "refinery": [1.0, 2.0]}, index=["tin", "rare_earths"]),
    )
    said = text._bloc("tin", "tin", ["mine", "refinery"], RELEASE)
    assert said.endswith("together mine almost none ({tin.inside_mined}) and refine {tin.inside_refined}.")
    assert text._bloc("tin", "tin", [], RELEASE) == ""
    group = text._bloc("dysprosium", "rare_earths", ["mine"], RELEASE)
    assert group.endswith("mine {rare_earths.inside_mined} of the rare earths taken together.")
    row(headline_stage="refinery")
    assert "make {tin.inside_refined}" in text._bloc("tin", "tin", ["refinery"], RELEASE)


def hand(monkeypatch, *, mined_by: str = "CHN", at_least: float = 30, fact: bool = True, **steps) -> str:
    made(monkeypatch, **(steps or {"mine": {}}))
    written = {"mineral": "tin", "sentence": "China mines [largest_mined] of tin.", "mined_by": mined_by}
    series = pd.Series(written | {"refined_by": None, "at_least": at_least})
    monkeypatch.setattr(text.tables, "row", lambda *_, **__: series)
    monkeypatch.setattr(text, "fact_exists", lambda *_: fact)
    return text._by_hand("tin", "tin", RELEASE)


def test_a_sentence_written_by_hand_gives_way_where_the_data_turn(row, monkeypatch):
    assert hand(monkeypatch) == ("China mines {tin.largest_mined} of tin.", True)
    assert hand(monkeypatch, at_least=30.1) == ("", False) and hand(monkeypatch, at_least=float("nan"))[0]
    assert hand(monkeypatch, mined_by="PER") == ("", False) and hand(monkeypatch, fact=False) == ("", False)
    assert hand(monkeypatch, refinery={}) == ("", False)  # the mine is not known
    assert hand(monkeypatch, mined_by=None)[1] is False and hand(monkeypatch, mined_by=None)[0]


# --- who needs it


def needs(monkeypatch, kind: str = "", value: float = 80, first: dict | None = None, **more) -> str:
    line = {"mineral": "tin", "kind": kind, "value": value, "commodity": "Tin", "detail": ""} | more
    monkeypatch.setattr(text.reliance, "lines", lambda _: pd.DataFrame([line]))
    monkeypatch.setattr(text.reliance, "speaks_for", lambda *_: "tin")
    source = {"rank": 1, "area_kind": "country", "area": "United Kingdom", "value": 40.0}
    rows = pd.DataFrame([] if first is None else [source | first], columns=list(source))
    monkeypatch.setattr(text.reliance, "sources", lambda *_: rows)
    forms = pd.DataFrame([("Oxide", "net_exporter"), ("Scrap", "")], columns=["form", "kind"])
    monkeypatch.setattr(
        text.reliance, "further", lambda *_: forms.head(0 if more.get("detail") != "total" else 2)
    )
    return text._needs("tin", RELEASE)


def test_how_far_the_united_states_relies_on_imports(row, monkeypatch):
    assert needs(monkeypatch) == "On balance the United States imports {tin.reliance} of the tin it uses."
    assert "imports all of the tin" in needs(monkeypatch, value=100)
    assert "imports {tin.reliance} of" in needs(monkeypatch, "greater", 100)
    assert needs(monkeypatch, "net_exporter") == "The United States sells more tin abroad than it buys."
    told = needs(monkeypatch, first={})
    assert told.endswith("it uses; {tin.main_source} of its imports come from the United Kingdom.")
    unpriced = needs(monkeypatch, first={"value": None})
    assert unpriced.endswith("uses; the largest source of its imports is the United Kingdom.")
    for none in ({"area_kind": "group"}, {"rank": None}):
        assert needs(monkeypatch, first=none).endswith("of the tin it uses.")


def test_the_form_that_is_counted_is_named(row, monkeypatch):
    assert "of the refined tin it" in needs(monkeypatch, detail="refined")
    assert "of the tin (oxide) it" in needs(monkeypatch, detail="oxide")
    assert "of the stannum it" in needs(monkeypatch, commodity="Stannum (in ore)")
    assert "of the tin it" in needs(monkeypatch, commodity="Tin (in ore)")
    further = needs(monkeypatch, detail="total")
    assert further.count("of oxide it is a net exporter") == 1 or "Of oxide it is a net exporter" in further
    assert ", of scrap it imports {" in further


def test_of_one_of_a_group_the_figures_of_its_groups_are_told(row, monkeypatch):
    lines = pd.DataFrame({"mineral": ["rare_earths"], "detail": ["compounds and metals"]})
    monkeypatch.setattr(text.reliance, "speaks_for", lambda *_: "rare_earths")
    monkeypatch.setattr(text.reliance, "lines", lambda _: lines)
    monkeypatch.setattr(text.reliance, "groups", lambda _: ["tin", "rare_earths"])
    monkeypatch.setattr(text, "_first_source", lambda *_: "")
    assert text._needs("dysprosium", RELEASE) == (
        "USGS states no import reliance of the United States for dysprosium alone: for compounds and metals "
        "of the rare earths as a whole it is {rare_earths.reliance}."
    )
    monkeypatch.setattr(text, "_first_source", lambda *_: "the largest source is Peru")
    assert text._needs("dysprosium", RELEASE).endswith("reliance}. The largest source is Peru.")
    monkeypatch.setattr(text.reliance, "speaks_for", lambda *_: None)
    assert text._needs("tin", RELEASE).endswith("of the United States for tin.")


# --- since when it is controlled


def controlled(monkeypatch, mineral: str = "tin", fact: bool = False, **cells) -> str:
    row = {
        "control_id": "c1",
        "published": True,
        "instrument": "licence",
        "status": "suspended",
        "suspended_to": pd.Timestamp(2026, 11, 10),
        "took_effect": "no",
        "announced_date_start": pd.Timestamp(2025, 10, 9),
    }
    rows = pd.DataFrame([row | cells])
    monkeypatch.setattr(text.tables, "rows", lambda *_, **__: rows)
    monkeypatch.setattr(text, "fact_exists", lambda *_: fact)
    monkeypatch.setattr(text.suspensions, "until", lambda _: "to November")
    return text._controlled(mineral, RELEASE)


def test_a_licence_is_told_by_whether_it_took_effect(row, monkeypatch):
    assert controlled(monkeypatch, fact=True) == (
        "China has asked for an export licence since {tin.controlled_since}."
    )
    assert "on some of them since" in controlled(monkeypatch, "rare_earths", fact=True)
    said = "China announced an export licence for it on 9 October 2025 and suspended it"
    assert controlled(monkeypatch) == f"{said} before it applied, to November."
    assert controlled(monkeypatch, took_effect="yes") == f"{said}, to November."
    other = [
        {"published": False},
        {"instrument": "ban"},
        {"status": "in force"},
        {"suspended_to": pd.NaT},
    ]
    for cells in other:
        assert controlled(monkeypatch, **cells) == ""
        assert controlled(monkeypatch, "dysprosium", **cells) == (
            "No Chinese export licence that we know of names dysprosium."
        )
