"""A mineral’s page, of small made-up tables: its century, what each publisher counts, its controls."""

from types import SimpleNamespace

import pandas as pd
import pytest
from mineral_parts import RELEASE, policy, publishers, record


def controlled(monkeypatch, mineral: str, links: list[tuple], alone: bool = False) -> object:
    """The section where controls name minerals: pairs (mineral, control), the control being its date too."""
    linked = pd.DataFrame(links, columns=["mineral", "control_id"])
    listed = pd.DataFrame(
        {
            "control_id": sorted(set(linked.control_id)),
            "effective_date_start": sorted(set(linked.control_id)),
            "published": True,
        }
    )[::-1]

    def rows(table: str, **key) -> pd.DataFrame:
        frame = linked if table == "control_minerals" else listed
        ((column, wanted),) = key.items()
        return frame[frame[column].isin(list(wanted))]

    monkeypatch.setattr(policy.tables, "rows", rows)
    monkeypatch.setattr(policy, "_control", lambda row: row["control_id"])
    return policy.controls(mineral, RELEASE, alone)


NAMED = [("dysprosium", "2025"), ("rare_earths", "2012"), ("rare_earths", "2024"), ("tin", "2020")]


def test_controls_on_a_mineral_come_first_and_those_on_its_group_are_folded_away(monkeypatch):
    both = controlled(monkeypatch, "dysprosium", NAMED)
    assert list(both.items) == ["2025"]
    assert "2 measures on the rare earths as a whole" in both.after
    assert both.after.index("2012") < both.after.index("2024")
    assert "those on the rare earths as a whole follow" in both.sentences[0]
    assert "1 measure on the rare earths" in controlled(monkeypatch, "dysprosium", NAMED[:2]).after


def test_controls_on_the_group_are_left_out_where_they_are_told_already(monkeypatch):
    alone = controlled(monkeypatch, "dysprosium", NAMED, alone=True)
    assert list(alone.items) == ["2025"] and not alone.after and not alone.sentences
    assert controlled(monkeypatch, "terbium", NAMED, alone=True) is None
    whole = controlled(monkeypatch, "terbium", NAMED)
    assert list(whole.items) == ["2012", "2024"] and not whole.after


def test_the_page_of_a_group_lists_the_controls_on_each_of_it(monkeypatch):
    assert list(controlled(monkeypatch, "rare_earths", NAMED).items) == ["2012", "2024", "2025"]
    assert list(controlled(monkeypatch, "tin", NAMED, alone=True).items) == ["2020"]


def counted(*rows: tuple) -> pd.DataFrame:
    columns = ["step", "publisher", "product", "share", "area", "iso3"]
    return pd.DataFrame(rows, columns=columns)


def test_a_dot_is_named_by_its_step_and_by_its_product_where_a_publisher_counts_several():
    usgs, eu, bgs = publishers.counts.USGS, publishers.counts.EU, publishers.counts.BGS
    rows = counted(
        ("refinery", eu, "ferroniobium", 50, "China", "CHN"),
        ("refinery", eu, "niobium oxide", 40, "China", "CHN"),
        ("refinery", eu, "niobium metal", 30, "China", "CHN"),
        ("refinery", usgs, "Ferroniobium", 20, "China", "CHN"),
        ("mine", bgs, "ore", 10, "China", "CHN"),
    )
    assert list(publishers._named(rows).row) == [
        "After the mine: ferroniobium",
        "After the mine",
        "After the mine: niobium metal",
        "After the mine",
        "At the mine",
    ]


def test_china_is_compared_where_it_counts_and_else_the_largest():
    usgs, bgs = publishers.counts.USGS, publishers.counts.BGS
    china = ("mine", usgs, "ore", 20, "China", "CHN")
    others = [
        ("mine", usgs, "ore", 70, "Chile", "CHL"),
        ("refinery", usgs, "metal", 60, "Peru", "PER"),
        ("refinery", bgs, "metal", 90, "Zambia", "ZMB"),
    ]
    assert publishers._spoken_of(counted(*others, china)) == ("China", "CHN")
    less = ("mine", usgs, "ore", 19.9, "China", "CHN")
    assert publishers._spoken_of(counted(*others, less)) == ("Peru", "PER")


def test_what_is_scored_with_others_is_said_to_be(monkeypatch):
    monkeypatch.setattr(publishers, "scored", lambda _: "figure")

    def told(mineral: str, product: str) -> list[str]:
        rows = pd.DataFrame({"mineral": [mineral], "product": [product]})
        monkeypatch.setattr(publishers.counts, "scores", lambda _: rows)
        return publishers.eu_scores("terbium", RELEASE).sentences

    assert told("terbium", "terbium") == []
    assert told("heavy", "HREEs") == [
        "It has no score of its own here: heavy rare earths are scored together."
    ]
    monkeypatch.setattr(publishers, "scored", lambda _: None)
    assert publishers.eu_scores("terbium", RELEASE) is None


def test_years_and_differences_of_publishers_are_said_as_they_are():
    assert publishers._when(SimpleNamespace(first=2024, last=2024)) == "2024"
    assert publishers._when(SimpleNamespace(first=1998, last=2004)) == "1998–04"
    assert publishers._gap(SimpleNamespace(years=0, largest=3.0)) == ""
    assert "by up to 3 points" in publishers._gap(SimpleNamespace(years=2, largest=3.2))


def scored(monkeypatch, *risks: float) -> object:
    rows = pd.DataFrame({"year": range(2011, 2011 + len(risks)), "supply_risk": risks})
    rows = rows.assign(economic_importance=5.0, source_id="S001", mineral="tin", product="tin")
    monkeypatch.setattr(publishers.counts, "scores", lambda _: rows)
    return publishers.scored("tin")


@pytest.mark.parametrize(
    "risks, said",
    [
        ((1.0, 9.0, 2.5), "rose from 1 (2011) to 2.5 (2013)"),
        ((2.5, 0.1, 1.0), "fell from 2.5 (2011) to 1 (2013)"),
        ((1.5, 9.0, 1.5), "stayed at 1.5, in 2011 as in 2013"),
    ],
)
def test_the_risk_by_the_first_edition_is_set_against_that_by_the_last(monkeypatch, risks, said):
    assert scored(monkeypatch, *risks).title == f"The risk to the Union’s supply of tin {said}"
    assert scored(monkeypatch, risks[0]) is None and scored(monkeypatch, *risks[:2]) is not None


def test_the_unit_value_is_of_the_last_of_several_products(monkeypatch):
    rows = pd.DataFrame(
        {"product": ["ore", "ore", "metal"], "year": [1900, 1901, 1900], "source_id": "S001"}
    ).assign(unit_value_1998_usd_per_t=[1.0, 2.0, 30.0])
    monkeypatch.setattr(record.history, "unit_value", lambda _: rows)
    assert record._value("tin").value.tolist() == [30]
    monkeypatch.setattr(record.history, "unit_value", lambda _: rows.head(2))
    assert record._value("tin").value.tolist() == [1, 2]


def century(stages: list[str], many: int = 20, us: int = 0) -> pd.DataFrame:
    made = [
        pd.DataFrame({"year": range(1900, 1900 + many)}).assign(product=stage, stage=stage)
        for stage in stages
    ]
    rows = pd.concat(made, ignore_index=True).assign(source_id="S001")
    rows["world_production_t"] = rows.stage.map({"mine": 1.0, "smelter": 2.0, "alumina": 3.0})
    rows["us_production_t"] = [1.0 if year < 1900 + us else None for year in rows.year]
    return rows


@pytest.mark.parametrize(
    "stages, said",
    [(["mine"], 1), (["mine", "smelter"], 2), (["alumina", "mine"], 1), (["alumina"], 3)],
)
def test_output_is_of_the_metal_where_there_is_metal(monkeypatch, stages, said):
    monkeypatch.setattr(record.history, "century", lambda _: century(stages))
    rows = record._output("tin")
    assert set(rows.value) == {said} and set(rows.series) == {record.WORLD}


def test_a_series_of_less_than_twenty_years_is_no_history(monkeypatch):
    monkeypatch.setattr(record.history, "century", lambda _: century(["mine"], us=20))
    assert set(record._output("tin").series) == {record.WORLD, record.US}
    monkeypatch.setattr(record.history, "century", lambda _: century(["mine"], us=19))
    assert set(record._output("tin").series) == {record.WORLD}
    monkeypatch.setattr(record.history, "century", lambda _: century(["mine"], many=19))
    assert record._output("tin").empty


def parts(**of: list[tuple]) -> dict[str, pd.DataFrame]:
    columns = ["series", "year", "value"]
    return {show.replace("_", " "): pd.DataFrame(rows, columns=columns) for show, rows in of.items()}


def test_a_century_is_told_by_output_else_by_the_largest_share_else_by_value():
    value = [(record.VALUE_NAME, 1950, 3.0), (record.VALUE_NAME, 1900, 2.0)]
    world = [(record.WORLD, 2020, 900.0), (record.WORLD, 1900, 100.0), (record.US, 1899, 7.0)]
    share = [
        (record.CHINAS, 1970, 10.0),
        (record.CHINAS, 2020, 40.0),
        (record.BLOCS, 1970, 30.0),
        (record.BLOCS, 2020, 20.0),
    ]
    told = record._title("tin", parts(Unit_value=value, Output=world, Mined=share))
    assert told == "World output of tin: 100 t in 1900, 900 t in 2020"
    told = record._title("tin", parts(Unit_value=value, Mined=share))
    assert told == "Of the tin reported to BGS, China made 10% in 1970 and 40% in 2020"
    told = record._title("tin", parts(Unit_value=value))
    assert told == "Tin: unit value from 1900 to 1950"
    told = record._title("tin", parts(Output=[(record.US, 1930, 1.0), (record.US, 1910, 1.0)]))
    assert told == "Tin: us output from 1910 to 1930"


def drawn_century(monkeypatch, output_: int = 0, values: int = 0, shares: bool = False) -> object:
    monkeypatch.setattr(
        record.history,
        "century",
        lambda _: century(["mine"], many=max(output_, 1)),
    )
    value = pd.DataFrame({"product": "tin", "year": range(1950, 1950 + values), "source_id": "S002"})
    monkeypatch.setattr(
        record.history, "unit_value", lambda _: value.assign(unit_value_1998_usd_per_t=1234.567)
    )
    held = pd.DataFrame({"series": ["Mined"], "year": [1970], "value": [40.0], "source_id": ["S003"]})
    monkeypatch.setattr(record.decades_of, "series_of", lambda *_: held if shares else held.head(0))
    return record.century("tin", RELEASE)


def test_a_century_shows_what_there_is_and_offers_a_choice_of_several(monkeypatch):
    assert drawn_century(monkeypatch) is None
    one = drawn_century(monkeypatch, values=2)
    assert one.sentences == [] and "params" not in one.figure.chart.to_dict(validate=False)
    assert one.figure.table[record.VALUE_NAME].tolist() == [1235, 1235]
    several = drawn_century(monkeypatch, output_=20, values=2, shares=True)
    (pick,) = several.figure.chart.to_dict(validate=False)["params"]
    assert pick["value"] == record.OUTPUT and len(pick["bind"]["options"]) == 3
    assert len(several.sentences) == 1 and several.figure.sources == ("S001", "S002", "S003")
    assert "Mined: China, %" in several.figure.table and record.WORLD in several.figure.table


def test_each_control_is_listed_with_its_verdict_and_note(monkeypatch):
    rows = pd.DataFrame(
        {"day": pd.to_datetime(["2024-09-15"] * 2), "control": "Announcement", "verdict": "bit"}
    )
    rows = rows.assign(note=["", "A note"])
    monkeypatch.setattr(record.did_it_bite, "verdicts", lambda _: rows)
    monkeypatch.setattr(record.did_it_bite, "rests_on", lambda _: "Imports: newest 1%")
    said = "15 September 2024, Announcement: bit. Imports: newest 1%."
    assert list(record.effects_of_controls("tin", RELEASE).items) == [said, f"{said} A note."]
    monkeypatch.setattr(record.did_it_bite, "verdicts", lambda _: rows.head(0))
    assert record.effects_of_controls("tin", RELEASE) is None


def by_publisher(monkeypatch, *rows: tuple) -> object:
    """The section on publishers, of rows (step, publisher, product, area, code, share, years)."""
    columns = ["step", "publisher", "product", "area", "iso3", "share", "years"]
    made = pd.DataFrame(rows, columns=columns)
    made = made.assign(first=[y[0] for y in made.years], last=[y[1] for y in made.years], source_id="S001")
    monkeypatch.setattr(publishers.counts, "steps", lambda *_: made.drop(columns="years"))
    monkeypatch.setattr(publishers, "_rules", lambda *_: [])
    return publishers.publishers("tin", RELEASE)


USGS, IEA, EU, BGS = (getattr(publishers.counts, key) for key in ("USGS", "IEA", "EU", "BGS"))


ORE = [
    ("mine", USGS, "ore", "China", "CHN", 30.0, (2025, 2025)),
    ("mine", USGS, "ore", "Peru", "PER", 60.0, (2025, 2025)),
]


METAL = [
    ("refinery", EU, "metal", "China", "CHN", 40.0, (2016, 2020)),
    ("refinery", EU, "metal", "United States", "USA", 20.0, (2016, 2020)),
    ("refinery", IEA, "metal", "China", "CHN", 50.0, (2024, 2024)),
]


def test_publishers_are_set_side_by_side_at_the_last_step(monkeypatch):
    section = by_publisher(monkeypatch, *ORE, *METAL)
    assert (
        section.title == "After the mine, China has 40% by the EU study (2016–20) and 50% by the IEA (2024)"
    )
    assert section.sentences == [
        "The European Commission’s study of 2023 says who processed it, as averages of 2016–20: China 40% "
        "and the United States 20%."
    ]
    table = section.figure.table
    assert len(table) == 5 and set(table.Step) == {"At the mine", "After the mine"}
    mine = by_publisher(monkeypatch, *ORE, ("mine", BGS, "ore", "China", "CHN", 35.0, (2023, 2023)))
    assert mine.title == f"At the mine, China has 30% by {USGS} (2025) and 35% by {BGS} (2023)"
    assert mine.sentences == []


def test_one_publisher_alone_is_set_beside_nothing(monkeypatch):
    assert by_publisher(monkeypatch, *ORE) is None
    assert by_publisher(monkeypatch, *METAL[:2]) is not None


def test_a_country_that_a_publisher_does_not_name_has_none_but_one_that_did_not_report_may_have_some(
    monkeypatch,
):
    peru = [("mine", who, "ore", "Peru", "PER", 60.0, (2025, 2025)) for who in (IEA, BGS)]
    section = by_publisher(monkeypatch, *ORE, *peru)
    dots = [row for rows in section.figure.chart.to_dict(validate=False)["datasets"].values() for row in rows]
    assert {row["publisher"]: row["share"] for row in dots if "share" in row} == {USGS: 30, IEA: 0}


def test_why_a_series_is_or_is_not_continued_is_said_of_those_that_are_held(monkeypatch):
    rules = pd.DataFrame(
        [("mine", "ore", True, "Same countries", 2, 3.0), ("refinery", "slag", False, "Other goods", 0, 0.0)],
        columns=["stage", "product", "joined", "reason", "years", "largest"],
    )
    monkeypatch.setattr(publishers.counts, "joins", lambda *_: rules)
    monkeypatch.setattr(publishers.history, "products", lambda _: [("mine", "ore"), ("mine", "slag")])
    (said,) = publishers._rules("tin", RELEASE)
    assert said.startswith(
        "BGS’s series of ore is continued by newer figures: where USGS prints the same year"
    )
    monkeypatch.setattr(publishers.history, "products", lambda _: [("refinery", "slag")])
    assert publishers._rules("tin", RELEASE) == [
        "BGS’s series of slag is not continued by newer figures. Other goods."
    ]


def test_money_that_nobody_gave_is_no_section(monkeypatch):
    monkeypatch.setattr(policy, "deals", lambda _: [])
    assert policy.money("tin", RELEASE) is None
    monkeypatch.setattr(policy, "deals", lambda _: ["a loan"])
    assert list(policy.money("tin", RELEASE).items) == ["a loan"]


def test_a_control_has_the_day_from_which_it_holds_or_else_that_of_its_announcement(monkeypatch):
    told = []
    monkeypatch.setattr(policy.chapters, "mineral_control", lambda row, when, until: told.append(when))
    monkeypatch.setattr(policy, "day", lambda row, which: f"{which} {row[which + '_start']}")
    monkeypatch.setattr(policy.suspensions, "until", lambda _: "")
    policy._control({"effective_date_start": "2024", "announced_date_start": "2023"})
    policy._control({"effective_date_start": None, "announced_date_start": "2023"})
    assert told == ["effective_date 2024", "announced_date 2023"]
