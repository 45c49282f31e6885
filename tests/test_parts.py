"""Series that are printed in parts: the countries' parts are added up, and nothing else is."""

import pandas as pd

from chokepoint.analysis import parts

SERIES = ["mineral", "commodity", "detail", "year"]


def row(area: str, detail: str | None, value: float | None, **more) -> dict:
    return {
        "mineral": "titanium",
        "commodity": "Titanium concentrates",
        "detail": detail,
        "year": 2025,
        "area": area,
        "area_kind": "world" if area == "World" else "country",
        "value": value,
        "qualifier": None,
        "low": None,
        "high": None,
    } | more


def table(*rows: dict) -> pd.DataFrame:
    made = pd.DataFrame(rows)
    return made.astype({name: "float64" for name in ("value", "low", "high")})


def added(*rows: dict) -> pd.DataFrame:
    """What each place got of the sum, beside what was printed."""
    printed = table(*rows)
    found = parts.with_sums(printed, SERIES)
    assert found[: len(printed)].equals(printed), "what is printed stays as it is, and comes first"
    return found[len(printed) :]


WHOLE = row("World", "ilmenite and rutile", 100)


def test_the_parts_of_each_country_are_added_up_in_the_order_of_the_countries():
    rows = added(
        *(row("Norway", "ilmenite", 4), row("Australia", "ilmenite", 30), row("Sierra Leone", "rutile", 9)),
        *(row("Australia", "rutile", 20), row("World", "ilmenite", 60), row("World", "rutile", 40)),
        *(row("Australia", "slag", 500), WHOLE),
    )
    assert rows.area.tolist() == ["Norway", "Australia", "Sierra Leone"]
    assert rows.value.tolist() == [4, 50, 9]
    assert set(rows.detail) == {"ilmenite and rutile"} and set(rows.area_kind) == {"country"}


def test_parts_of_another_year_or_mineral_are_not_added():
    rows = added(
        row("Australia", "ilmenite", 30),
        row("Australia", "rutile", 20, year=2024),
        row("Australia", "rutile", 7, mineral="tin"),
        row("Australia", "rutile", 8, commodity="Titanium metal"),
        WHOLE,
    )
    assert rows.value.tolist() == [30]


def test_a_series_without_a_name_in_common_column_is_added_all_the_same():
    rows = added(
        row("Australia", "ilmenite", 30, commodity=None),
        row("Australia", "rutile", 20, commodity=None),
        WHOLE | {"commodity": None},
    )
    assert rows.value.tolist() == [50]


def test_a_sum_whose_countries_are_printed_is_left_as_it_is():
    rows = added(row("Australia", "ilmenite", 30), row("Australia", "ilmenite and rutile", 55), WHOLE)
    assert rows.empty


def test_a_word_gives_way_to_a_number_and_stays_where_there_is_none():
    rows = added(
        row("Australia", "ilmenite", None, qualifier="withheld"),
        row("Australia", "rutile", 20),
        row("Canada", "ilmenite", None, qualifier="small", high=0.5),
        row("Canada", "rutile", None, qualifier="withheld"),
        WHOLE,
    ).set_index("area")
    assert rows.value["Australia"] == 20 and pd.isna(rows.qualifier["Australia"])
    assert pd.isna(rows.value["Canada"]) and (rows.qualifier["Canada"], rows.high["Canada"]) == ("small", 0.5)


def test_a_table_without_a_sum_comes_back_as_it_is():
    printed = table(row("Australia", "ilmenite", 30), row("World", "ilmenite", 60), row("World", None, 60))
    assert parts.with_sums(printed, SERIES).equals(printed)


def test_a_sum_of_which_no_part_is_printed_adds_nothing():
    assert added(row("Australia", "slag", 30), WHOLE).empty
