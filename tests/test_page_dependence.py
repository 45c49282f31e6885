"""Dependence and half a century, of small made-up tables: what each sentence and picture turns on."""

from types import SimpleNamespace

import pandas as pd
import pytest
from made_up_tables import facts_of

from chokepoint.pages import (
    china_needs,
    dependence,
    history,
    magnets,
)

RELEASE = "mcs2026"


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
