"""A mineral’s page, of small made-up tables: who makes it, what it costs, what a stock would cover."""

from types import SimpleNamespace

import pandas as pd
import pytest
from mineral_parts import RELEASE, market, output, unknown

from chokepoint.analysis import coalitions


def priced(monkeypatch, *series: tuple[str, list[float]], mineral: str = "tin", **more) -> object:
    """The section on prices where each series has these prices [US$/kg], the last of them of 2025."""
    rows = pd.DataFrame(
        [
            {"commodity": mineral.capitalize(), "series": name, "basis": "spot", "year": 2026 - len(of) + i}
            | {"value": v, "usd_per_kg": v, "unit": "US$/kg", "source_id": "S001"}
            for name, of in series
            for i, v in enumerate(of)
        ]
    ).assign(**more)
    monkeypatch.setattr(market.tables, "releases", lambda *_: [RELEASE])
    monkeypatch.setattr(market.tables, "rows", lambda *_, **__: rows)
    monkeypatch.setattr(market.supply, "summary", lambda _: pd.DataFrame({"what": pd.Series(dtype=str)}))
    return market.prices(mineral, RELEASE)


@pytest.mark.parametrize(
    "before, last, said",
    [
        (20.0, 40.0, "US$40 a kilogram in 2025, 2.0 times the price of a year before"),
        (20.0, 50.0, "2.5 times the price of a year before"),
        (20.0, 39.8, "US$39.8 a kilogram in 2025, 99% dearer than a year before"),
        (20.0, 15.0, "US$15 a kilogram in 2025, 25% cheaper than a year before"),
        (200.0, 200.9, "US$201 a kilogram in 2025, as a year before"),
        (200.0, 201.1, "US$201 a kilogram in 2025, 1% dearer than a year before"),
        (1.0, 1.05, "US$1.05 a kilogram in 2025, 5% dearer than a year before"),
        (0.5, 1.0, "US$1.00 a kilogram in 2025, 2.0 times the price of a year before"),
    ],
)
def test_a_price_is_set_against_that_of_the_year_before(monkeypatch, before, last, said):
    section = priced(monkeypatch, ("London", [7.0, before, last]))
    assert section.title.startswith("Tin: ") and section.title.endswith(said)


def test_the_series_that_leads_is_the_dearest_of_those_with_a_year_before(monkeypatch):
    section = priced(monkeypatch, ("Oxide", [3.0, 4.0]), ("Metal", [30.0, 33.0]), ("Powder", [90.0]))
    assert section.title == "Tin, metal: US$33 a kilogram in 2025, 10% dearer than a year before"
    assert list(section.figure.table.Series.unique()) == ["Metal", "Oxide", "Powder"]


def test_a_series_that_ended_years_ago_does_not_lead(monkeypatch):
    years = [2024, 2025, 2022, 2023]
    section = priced(monkeypatch, ("Oxide", [3.0, 4.0]), ("Metal", [30.0, 33.0]), year=years)
    assert section.title == "Tin, oxide: US$4.00 a kilogram in 2025, 33% dearer than a year before"


def test_no_more_than_four_series_are_drawn_and_graphite_is_told_by_its_flakes(monkeypatch):
    names = [f"Kind {i}" for i in range(6)]
    section = priced(monkeypatch, *[(name, [i + 1.0, i + 2.0]) for i, name in enumerate(names)])
    assert list(section.figure.table.Series.unique()) == ["Kind 5", "Kind 4", "Kind 3", "Kind 2"]
    flake = priced(monkeypatch, ("Lump", [5.0, 6.0]), ("Flake", [1.0, 2.0]), mineral="graphite")
    assert "flake: US$2.00 a kilogram in 2025, 2.0 times" in flake.title


def test_prices_without_a_second_year_are_a_list(monkeypatch):
    one = priced(monkeypatch, ("Oxide", [3.0]), ("Metal", [4100.0]))
    assert one.figure is None and list(one.items) == ["Oxide: US$3 per kg", "Metal: US$4,100 per kg"]
    assert "prices of 2025 alone" in one.sentences[0] and len(one.sentences) == 1
    small = priced(monkeypatch, ("Ingot", [3.0]), unit="US$/5 g", usd_per_kg=float("nan"))
    assert list(small.items) == ["Ingot: US$3 for 5 g"] and "laboratory" in small.sentences[1]
    assert priced(monkeypatch, ("Metal", [3.0]), value=float("nan")) is None


def test_a_price_by_another_unit_than_mass_is_told_in_that_unit(monkeypatch):
    section = priced(
        monkeypatch, ("London", [5.0, 6.0]), unit="US$ per flask", usd_per_kg=float("nan"), basis=None
    )
    assert section.title == "Tin: 6 US$ per flask in 2025, 20% dearer than a year before"
    assert section.sentences == []


def in_the_ground(monkeypatch, *rows: tuple[str, float], world: float, bound: float, **more) -> object:
    made = pd.DataFrame(rows, columns=["area", "value"]).assign(
        **{"mineral": "tin", "area_kind": "country", "world": world, "bound": bound, "detail": None}
        | {"counted": "", "iso3": "CHN", "source_id": "S001"}
        | more
    )
    others = [made.assign(mineral="lead", value=9e9), made.assign(area_kind="group", value=9e8)]
    monkeypatch.setattr(market.measured, "series", lambda _: pd.concat([*others, made]))
    return market.reserves("tin", RELEASE)


def test_reserves_are_a_share_of_the_world_only_where_its_total_is_printed(monkeypatch):
    held, none = [("China", 300.0), ("Peru", 100.0), ("Chile", 0.0)], float("nan")
    section = in_the_ground(monkeypatch, *held, world=800, bound=none)
    assert section.title == "China has the largest reserves, 300 t, 38% of the world’s"
    assert list(section.figure.table.Country) == ["China", "Peru"] and len(section.sentences) == 1
    section = in_the_ground(monkeypatch, *held, world=none, bound=700)
    assert section.title == "China has the largest reserves, 300 t"
    assert "more than 700 t" in section.sentences[1]
    assert in_the_ground(monkeypatch, *held[:1], held[2], world=800, bound=none) is None


def test_a_country_of_which_one_part_alone_is_printed_is_named(monkeypatch):
    rows = pd.DataFrame(
        {
            "area": ["China", "Peru", "United States"],
            "counted": ["ore and oxide", "", "oxide"],
            "detail": "ore and oxide",
        }
    )
    assert market._of_one_part(rows) == "; oxide alone for the United States"
    assert market._of_one_part(rows.head(2)) == ""


def makers(rows: list[tuple], world: float = 200.0, step: str = "mine", alone: bool = False) -> object:
    """The figure of countries, of rows (area, kind, output [t])."""
    made = pd.DataFrame(rows, columns=["area", "area_kind", "value"])
    made = made.assign(share=100 * made.value / world, world=world, alone=alone, kilograms=False)
    made = made.assign(iso3=made.area.str[:3].str.upper(), year=2025, release=RELEASE, source_id="S001")
    return output._makers_figure(made, "Tin", 2025, made.iloc[0], step)


def test_others_have_what_the_countries_shown_have_not():
    """Of 200 t: eight countries by name, the ninth, a group and what is not itemised are the others."""
    countries = [(f"Land {i}", "country", v) for i, v in enumerate([60, 30, 20, 10, 9, 8, 7, 6, 4])]
    figure = makers([*countries, ("Zero", "country", 0), ("Some", "group", 16), ("Rest", "other", 30)])
    assert figure.alt_text.endswith("Land 7 3 percent; Others 25 percent.")
    assert figure.title == "Land 0 mined 30% of the world’s tin in 2025, Land 1 15%"
    bars = figure.chart.to_dict(validate=False)["datasets"].values()
    texts = {row["area"]: row["text"] for rows in bars for row in rows if "text" in row}
    assert texts["Others"] == "25% · 50 t" and texts["Land 0"] == "30% · 60 t"
    assert "Zero" not in texts and "Land 8" not in texts


def test_there_are_no_others_where_all_is_shown_and_one_maker_is_alone():
    figure = makers([("China", "country", 200)], step="refinery", alone=True)
    assert figure.title == "China made 100% of the world’s tin in 2025"
    assert "Others" not in figure.alt_text
    nearly = makers([("China", "country", 199), ("Peru", "country", 1)], step="refinery")
    assert nearly.title == "China made nearly all of the world’s tin in 2025, Peru under 1%"
    just = makers([("China", "country", 198), ("Peru", "country", 2)], step="refinery")
    assert just.title == "China made 99% of the world’s tin in 2025, Peru 1%"


def steps(monkeypatch, mine: tuple, refinery: tuple | None = None) -> None:
    held = {"mine": mine} | ({"refinery": refinery} if refinery else {})
    made = pd.DataFrame(held.values(), columns=["year", "what"])
    made.index = pd.MultiIndex.from_tuples([("tin", step) for step in held])
    monkeypatch.setattr(output.supply, "summary", lambda _: made)


def test_two_steps_of_unlike_years_or_products_are_said_to_be(monkeypatch):
    steps(monkeypatch, (2025, "Tin"))
    assert output._unlike("tin", RELEASE) == [] and output._products("tin", RELEASE) == {}
    steps(monkeypatch, (2025, "Tin"), (2025, "Tin"))
    assert output._unlike("tin", RELEASE) == [] and output._products("tin", RELEASE) == {}
    steps(monkeypatch, (2025, "Tin"), (2024, "Tin"))
    assert "of different years (2025 and 2024): each" in output._unlike("tin", RELEASE)[0]
    steps(monkeypatch, (2025, "Tin ore (cassiterite)"), (2024, "Tin metal"))
    (said,) = output._unlike("tin", RELEASE)
    assert "years (2025 and 2024) and of different products (tin ore and tin metal)" in said
    assert output._products("tin", RELEASE) == {"mine": "Tin ore", "refinery": "Tin metal"}
    steps(monkeypatch, (2025, "Tin"), (float("nan"), "Tin"))
    assert output._unlike("tin", RELEASE) == []


def test_output_that_is_not_printed_inside_the_bloc_is_named_by_step(monkeypatch):
    held = {"mine": ["Japan", "United States"], "refinery": []}
    monkeypatch.setattr(output.withheld, "within", lambda _mineral, step, *_: held[step])
    (said,) = output._not_printed("tin", {"mine", "refinery"}, RELEASE)
    assert said.startswith("Output at the mine of Japan and the United States is not printed")
    assert output._not_printed("tin", {"refinery"}, RELEASE) == []


def missing(monkeypatch, *steps: str, withheld: str = "") -> list[str]:
    rows = pd.DataFrame({"area": ["China", "United States"], "qualifier": ["", withheld]})
    monkeypatch.setattr(unknown, "_output_missing", lambda *_: "nothing at all")
    return unknown._steps_missing("tin", RELEASE, dict.fromkeys(steps, rows))


def test_the_step_that_is_not_published_is_named(monkeypatch):
    assert missing(monkeypatch) == ["nothing at all"]
    assert [gap.split(":")[0] for gap in missing(monkeypatch, "mine")] == ["Who refines it"]
    assert [gap.split(":")[0] for gap in missing(monkeypatch, "refinery")] == ["Who mines it"]
    assert missing(monkeypatch, "mine", "refinery") == []
    (gap,) = missing(monkeypatch, "mine", "refinery", withheld="withheld")[:1]
    assert gap.startswith("Output of the United States at the mine: withheld")
    assert len(missing(monkeypatch, "mine", "refinery", withheld="withheld")) == 2


@pytest.mark.parametrize(
    "apart, kind, value, said",
    [
        (["a country"], "world", 1.0, "How much the world makes in all"),
        ([], "world", 1.0, "Which countries make it."),
        ([], "world", None, "World output, by country or in all."),
        ([], "country", 1.0, "World output, by country or in all."),
    ],
)
def test_what_is_missing_of_output_is_said_by_what_there_is(monkeypatch, apart, kind, value, said):
    table = pd.DataFrame({"mineral": ["tin"], "area_kind": [kind], "value": [value]})
    monkeypatch.setattr(unknown, "uncounted", lambda *_: apart)
    monkeypatch.setattr(unknown.tables, "load", lambda *_: table)
    assert unknown._output_missing("tin", RELEASE).startswith(said)


def gaps(monkeypatch, mineral: str, stated: str | None, price: object, alone: bool = False) -> list[str]:
    monkeypatch.setattr(unknown, "output_by_step", lambda *_: {})
    monkeypatch.setattr(unknown, "_steps_missing", lambda *_: ["steps"])
    monkeypatch.setattr(unknown, "prices", lambda *_: price)
    monkeypatch.setattr(unknown.reliance, "speaks_for", lambda *_: stated)
    section = unknown.not_published(mineral, RELEASE, alone)
    return [] if section is None else [gap.split(":")[0].split(" of ")[0] for gap in section.items]


def test_what_is_told_of_the_group_is_not_told_again_of_each(monkeypatch):
    assert gaps(monkeypatch, "tin", "tin", "there") == ["steps"]
    assert gaps(monkeypatch, "tin", None, None) == [
        "steps",
        "What it costs",
        "How far the United States depends on imports",
    ]
    depends = "How far the United States depends on imports"
    assert gaps(monkeypatch, "terbium", "rare_earths", "there") == ["Output", "steps", depends]
    assert gaps(monkeypatch, "terbium", "rare_earths", "there", alone=True) == []
    assert gaps(monkeypatch, "tin", "tin", "there", alone=True) == ["steps"]


def shown_makers(monkeypatch, rows: list[tuple], step: str = "mine", **more) -> object:
    """The section on makers, of rows (area, kind, output [t])."""
    made = pd.DataFrame(rows, columns=["area", "area_kind", "value"]).assign(
        **{"world": 200.0, "year": 2025, "release": RELEASE, "source_id": "MCS2026"}
        | {"what": "Tin (in ore)", "mineral": "tin", "step": step, "alone": False, "kilograms": False}
        | {"excludes_us": False, "qualifier": None}
        | more
    )
    made = made.assign(share=100 * made.value / made.world, iso3=made.area.str[:3])
    monkeypatch.setattr(output, "output_by_step", lambda *_: {step: made})
    monkeypatch.setattr(output.supply, "forms", lambda _: made.head(0))
    none = pd.DataFrame({"mineral": ["tin"], "step": ["mine"], "why": ["counted in ore"]})
    real = output.tables.load
    monkeypatch.setattr(
        output.tables, "load", lambda name, *at: none if name == "products" else real(name, *at)
    )
    monkeypatch.setattr(output, "page_links", lambda codes: list(codes))
    stage = {"headline_stage": "mine", "headline_mineral": "tin"}
    monkeypatch.setattr(output, "row_of", lambda _: SimpleNamespace(**stage))
    return output.makers("tin", RELEASE, step)


MAKERS = [("China", "country", 100.0), ("Peru", "country", 60.0), ("Others", "other", 40.0)]


def test_the_makers_of_a_step_stand_under_a_heading_of_its_own(monkeypatch):
    section = shown_makers(monkeypatch, MAKERS)
    assert section.heading == "Who mines it" and section.sentences == ["counted in ore"]
    assert section.after == ["Chi", "Per"]  # links to those two
    assert section.title == "China mined 50% of the world’s tin in 2025, Peru 30%"
    after = shown_makers(monkeypatch, MAKERS, "refinery")
    assert after.heading == "Who refines it" and after.sentences == []
    assert after.title == "China made 50% of the world’s refined tin in 2025, Peru 30%"
    monkeypatch.setattr(
        output, "row_of", lambda _: SimpleNamespace(headline_stage="refinery", headline_mineral="tin")
    )
    assert output.makers("tin", RELEASE, "refinery").heading == "Who makes it"
    assert output.makers("tin", RELEASE, "mine") is None


def test_what_to_know_of_the_figures_is_said_where_it_is_so(monkeypatch):
    def notes(step: str = "refinery", rows: list[tuple] = MAKERS, **more) -> list[str]:
        return [note.split(":")[0] for note in shown_makers(monkeypatch, rows, step, **more).sentences]

    assert [n[:35] for n in notes(excludes_us=True)] == ["The printed world total leaves the "]
    agency = ["MCS2026", "IEA2025", "MCS2026"]
    assert "these are the IEA’s figures" in notes(source_id=agency)[0]
    assert "the four rare earths" in notes(what="Magnet rare earths", source_id="IEA2025")[0]
    assert "Who refines" not in " ".join(notes("mine", what="Magnet rare earths"))
    withheld = [*MAKERS, ("United States", "country", float("nan")), ("Chile", "country", float("nan"))]
    hidden = {"qualifier": [None, None, None, "withheld", "withheld"]}
    said = shown_makers(monkeypatch, withheld, "refinery", **hidden).sentences
    assert said == ["Withheld: the United States, Chile."]


def test_forms_with_a_total_of_their_own_are_told_with_who_makes_most(monkeypatch):
    rows = pd.DataFrame(
        [
            ("tin", "mine", "Rutile", "China", "country", 50.0),
            ("tin", "mine", "Rutile", "United States", "country", 30.0),
            ("tin", "mine", "Rutile", "Peru", "country", 20.0),
            ("tin", "mine", "Rutile", "Chile", "country", 10.0),
            ("tin", "mine", "Ilmenite", "Kenya", "country", 2.0),
            ("tin", "mine", "Ilmenite", "Others", "other", 9.0),
            ("tin", "mine", "Ilmenite", "Spain", "country", 0.0),
            ("tin", "refinery", "Slag", "Peru", "country", 9.0),
            ("lead", "mine", "Galena", "Peru", "country", 9.0),
        ],
        columns=["mineral", "step", "what", "area", "area_kind", "value"],
    ).assign(world=200.0, year=2025)
    monkeypatch.setattr(output.supply, "forms", lambda _: rows.assign(share=rows.value / 2))
    monkeypatch.setattr(output, "row_of", lambda _: SimpleNamespace(headline_mineral="tin"))
    assert output._beside("tin", RELEASE, "mine") == [
        "Of rutile by itself, 200 t in 2025, most is mined in China (25%), the United States (15%) and Peru "
        "(10%).",
        "Of ilmenite by itself, 200 t in 2025, most is mined in Kenya (1%).",
    ]
    assert "most is made in Peru" in output._beside("tin", RELEASE, "refinery")[0]


def inside_bloc(monkeypatch, shares: dict[tuple[str, str], float], withheld: list[str]) -> object:
    rows = pd.DataFrame(
        [("tin", *key, share) for key, share in shares.items()],
        columns=["mineral", "step", "standing", "share"],
    )
    monkeypatch.setattr(output.supply, "by_standing", lambda _: rows)
    monkeypatch.setattr(output.withheld, "within", lambda *_: withheld)
    index = pd.MultiIndex.from_product([["tin"], ["mine", "refinery"]])
    held = pd.DataFrame({"sources": [("S002",), ("S003",)], "year": 2025, "what": "Tin"}, index=index)
    monkeypatch.setattr(output.supply, "summary", lambda _: held)
    return output.inside("tin", RELEASE)


SIGNED, CAME, CHINA = coalitions.SIGNED, coalitions.CAME, coalitions.CHINA


def test_the_bloc_is_told_at_the_last_step_that_is_known(monkeypatch):
    mine = {("mine", SIGNED): 30.0, ("mine", CAME): 12.0, ("mine", CHINA): 58.0}
    section = inside_bloc(monkeypatch, mine, [])
    assert section.title == "At the mine the United States and all who signed or came have 42%, China 58%"
    assert section.figure.sources == ("S001", "S002") and len(section.sentences) == 1
    after = inside_bloc(monkeypatch, mine | {("refinery", CHINA): 90.0, ("refinery", CAME): 10.0}, ["Japan"])
    assert after.title == (
        "At the refinery the United States and all who signed or came have at least 10%, China 90%"
    )
    assert len(after.sentences) == 3 and after.figure.sources == ("S001", "S002", "S003")
    assert inside_bloc(monkeypatch, {}, []) is None


def test_a_price_of_another_unit_is_not_drawn_beside_the_first(monkeypatch):
    years = [("London", [5.0, 6.0]), ("Bulk", [900.0, 950.0])]
    units = ["US$/flask", "US$/flask", "US$/t", "US$/t"]
    section = priced(monkeypatch, *years, unit=units, usd_per_kg=[float("nan")] * 2 + [0.9, 0.95])
    assert section.title == "Tin: 6 US$/flask in 2025, 20% dearer than a year before"
    assert set(section.figure.table.Series) == {"London"}
