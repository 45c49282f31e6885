"""Parts of a mineral's page, of small made-up tables: what is said, drawn and left out."""

from importlib import import_module
from types import SimpleNamespace

import pandas as pd
import pytest

from chokepoint.analysis import coalitions, trade

cut, flows, market, output, policy, publishers, record, united_states, unknown = (
    import_module(f"chokepoint.pages.mineral.{part}")
    for part in (
        *("cut", "flows", "market", "output", "policy"),
        *("publishers", "record", "united_states", "unknown"),
    )
)
RELEASE = "mcs2026"


def value(of: float) -> SimpleNamespace:
    return SimpleNamespace(value=of)


# --- what a stock would cover


@pytest.mark.parametrize(
    "cost, said",
    [
        (99, "less than a hundredth"),
        (100, ", 1% of the Vault"),
        (4000, ", 40% of the Vault"),
        (10_000, ", 100% of the Vault"),
        (10_001, "more than all"),
    ],
)
def test_a_year_of_imports_is_set_against_all_of_the_money(monkeypatch, cost, said):
    """US$ million of a year, and US$10 billion in all."""
    held = {"tin.vault_year": value(cost), "vault.total_parts": value(10)}
    monkeypatch.setattr(cut.facts, "get", lambda name, *_: held[name])
    assert said in cut._of_the_money("tin", RELEASE)


def test_the_loss_of_china_is_told_only_where_it_is_a_main_source(monkeypatch):
    there: set[str] = set()
    monkeypatch.setattr(cut, "fact_exists", lambda name, *_: name in there)
    monkeypatch.setattr(cut, "china_in_imports", lambda *_: (34.4, "2021 to 2024", None))
    assert cut.vault("tin", RELEASE) is None and cut._china("tin", "tin", RELEASE) == []
    there |= {"tin.stock_china"}
    (said,) = cut._china("tin", "tin", RELEASE)
    assert "34% of them in 2021 to 2024" in said and "{tin.stock_china}" in said
    there |= {"china.tin_us_imports"}
    (said,) = cut._china("tin", "tin", RELEASE)
    assert "{china.tin_us_imports} of them" in said and "34%" not in said


# --- who sells to whom


def blocks(shares: dict[str, float], monkeypatch) -> pd.DataFrame:
    monkeypatch.setattr(flows.coalitions, "standing", lambda: {"CHN": coalitions.CHINA})
    names = {code: code.title() for code in "CHN CHL PER AUS USA ZMB IDN".split()}
    return flows._blocks(pd.Series(shares, dtype=float), 1, names, "all sold").set_index("code")


def test_a_column_names_its_six_largest_countries_and_the_others_together(monkeypatch):
    made = blocks(
        {"AUS": 5, "CHN": 40, "CHL": 20, "PER": 1, "USA": 9, "ZMB": 8, "IDN": 7, "XXX": 10}, monkeypatch
    )
    assert made.share.to_dict() == {
        **{"CHN": 40, "CHL": 20, "USA": 9, "ZMB": 8, "IDN": 7, "AUS": 5},
        flows.OTHERS: 11,
    }
    assert made.kind["CHN"] == coalitions.CHINA and made.kind["CHL"] == coalitions.ELSEWHERE
    assert made.kind[flows.OTHERS] == coalitions.NOT_NAMED
    assert (made.column == 1).all() and made.text["CHN"] == "40% of all sold"


def test_a_country_of_less_than_a_hundredth_is_among_the_others_and_a_small_rest_is_left_out(monkeypatch):
    assert list(blocks({"CHN": 98.6, "CHL": 1, "PER": 0.4, "AUS": 0}, monkeypatch).index) == ["CHN", "CHL"]
    made = blocks({"CHN": 98.5, "CHL": 1, "PER": 0.5, "AUS": 0}, monkeypatch)
    assert made.share.to_dict() == {"CHN": 98.5, "CHL": 1, flows.OTHERS: 0.5}
    assert flows.OTHERS not in blocks({"CHN": 60, "CHL": 41}, monkeypatch).index


FLOWS = pd.DataFrame(
    [
        ("CHN", "DEU", 600, 60.0),
        ("CHN", "USA", 299, 29.9),
        ("CHL", "USA", 51, 5.1),
        ("CHL", None, 40, 4.0),
        ("PER", "USA", 5, 0.5),
        ("PER", "DEU", 4, 0.4),
        ("AUS", "DEU", 1, 0.1),
    ],
    columns=["exporter", "importer", "value_usd", "share_pct"],
)


def test_the_table_of_flows_has_those_of_half_a_percent_and_all_others_in_one_row():
    names = {"CHN": "China", "DEU": "Germany", "USA": "United States", "CHL": "Chile"}
    table = flows._table(FLOWS, names, 2024).set_index(["Seller", "Buyer"])
    shares = table["Share of the trade, %"].to_dict()
    assert shares == {
        ("China", "Germany"): 60,
        ("China", "United States"): 29.9,
        ("Chile", "United States"): 5.1,
        ("PER", "United States"): 0.5,
        ("All smaller flows", ""): 4.5,
    }
    assert table["Value, US$"].sum() == FLOWS.value_usd.sum() and (table.Year == 2024).all()
    whole = flows._table(FLOWS.head(3), names, 2024)
    assert len(whole) == 3 and "All smaller flows" not in set(whole.Seller)


def test_bands_join_sellers_to_buyers_and_what_a_country_mines_to_what_it_sells(monkeypatch):
    monkeypatch.setattr(flows.coalitions, "standing", lambda: {"CHN": coalitions.CHINA})
    names = {"CHN": "China", "DEU": "Germany", "USA": "United States", "CHL": "Chile"}
    by = {side: FLOWS.groupby(side).value_usd.sum() / 10 for side in ("exporter", "importer")}
    parts = [
        flows._blocks(pd.Series({"CHL": 70.0, "USA": 20.0, "AUS": 10.0}), 0, names, "world output"),
        flows._blocks(by["exporter"], 1, names, "all sold"),
        flows._blocks(by["importer"], 2, names, "all bought"),
    ]
    bands = flows._bands(FLOWS, parts, 1, 1000.0).set_index(["column", "start", "end"])
    assert bands.share.round(6).to_dict() == {
        (0, "Chile", "Chile"): 70,
        (1, "China", "Germany"): 60,
        (1, "China", "United States"): 29.9,
        (1, "Chile", "United States"): 5.1,
        (1, "Chile", "Others"): 4,
        (1, "Others", "Germany"): 0.5,
        (1, "Others", "United States"): 0.5,
    }
    assert bands.reach[0, "Chile", "Chile"] == pytest.approx(9.1)
    assert bands.text[0, "Chile", "Chile"] == "70% of output, 9% of sales"
    assert bands.reach[1, "China", "Germany"] == bands.share[1, "China", "Germany"]
    alone = flows._bands(FLOWS, parts[1:], 0, 1000.0)
    assert set(alone.column) == {0} and len(alone) == 6


def test_china_s_part_is_told_of_those_alone_who_buy_from_it(monkeypatch):
    held = {"tin.bloc_buys_from_china": 12.0, "tin.us_buys_from_china": 0.0}
    monkeypatch.setattr(
        flows.facts,
        "find",
        lambda name, *_: SimpleNamespace(fact_id=name, value=held[name]) if name in held else None,
    )
    (said,) = flows._bought("tin", RELEASE)
    assert "{tin.bloc_buys_from_china} of what the United States and all signatories" in said
    assert "us_buys" not in said and "Japan" not in said
    held["tin.bloc_buys_from_china"] = 0.0
    (said,) = flows._bought("tin", RELEASE)
    assert said.startswith("No flow from China")


def test_what_a_heading_holds_besides_is_said():
    one = pd.Series({"minerals": ["tin"], "heading": "800110"})
    assert flows._caveats("tin", one) == []
    shared = pd.Series({"minerals": ["gallium", "germanium"], "heading": "811292"})
    (said,) = flows._caveats("gallium", shared)
    assert said.startswith("Gallium and germanium share one heading")
    coal = pd.Series({"minerals": ["metallurgical_coal"], "heading": trade.COAL})
    assert "burnt in power stations" in flows._caveats("metallurgical_coal", coal)[0]


# --- what it costs and what is in the ground


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
    monkeypatch.setattr(market.measured, "series", lambda _: made)
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


# --- who makes it


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


# --- what China controls


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


def test_controls_on_the_group_are_left_out_where_they_are_told_already(monkeypatch):
    alone = controlled(monkeypatch, "dysprosium", NAMED, alone=True)
    assert list(alone.items) == ["2025"] and not alone.after and not alone.sentences
    assert controlled(monkeypatch, "terbium", NAMED, alone=True) is None
    whole = controlled(monkeypatch, "terbium", NAMED)
    assert list(whole.items) == ["2012", "2024"] and not whole.after


def test_the_page_of_a_group_lists_the_controls_on_each_of_it(monkeypatch):
    assert list(controlled(monkeypatch, "rare_earths", NAMED).items) == ["2012", "2024", "2025"]
    assert list(controlled(monkeypatch, "tin", NAMED, alone=True).items) == ["2020"]


# --- what each publisher counts


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
    assert scored(monkeypatch, risks[0]) is None


# --- a century


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


# --- where the United States buys it


def bought(*rows: tuple) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["area", "year", "value_usd"])


def about_china(by_month: dict[tuple[int, int], float]) -> pd.Series:
    index = pd.MultiIndex.from_tuples(list(by_month), names=["year", "months"])
    return pd.Series(list(by_month.values()), index=index)


@pytest.mark.parametrize(
    "now, before, said",
    [
        (3e6, 5e6, "US$3.0 million of tin from China in 2025, US$5.0 million in 2024"),
        (0, 5e6, "bought no tin from China in 2025, US$5.0 million in 2024"),
        (3e6, 0, "US$3.0 million of tin from China in 2025, none in 2024"),
    ],
)
def test_what_came_from_china_is_told_of_the_last_year_and_the_one_before(now, before, said):
    last = bought(("Peru", 2025, 9e6), ("China", 2025, now), ("Chile", 2025, 1e6))
    china = about_china({(2024, 12): before, (2025, 12): now, (2026, 8): 7e6})
    title = united_states._by_partner_title(last, china, "8001.10: tin, not alloyed")
    assert said in title and title.endswith("; the most came from Peru, US$9.0 million")


def test_china_may_be_the_largest_and_a_heading_may_hold_more():
    last = bought(("United Kingdom", 2025, 9e6), ("China", 2025, 1e7))
    china = about_china({(2025, 12): 1e7})
    title = united_states._by_partner_title(last, china, "8112.92: gallium and others in one heading")
    assert "US$10 million of goods under 8112.92 from China in 2025, none in 2024" in title
    assert title.endswith("; more than from any other partner counted")


def test_the_months_of_a_year_that_is_not_over_are_set_against_the_same_of_the_year_before():
    rows = pd.DataFrame({"area": ["China", "Peru", "China"]})
    whole = about_china({(2024, 12): 5e6, (2025, 12): 3e6})
    (said,) = united_states._by_partner_words(rows, "x", whole)
    assert "2 partners are counted" in said
    part = about_china({(2025, 12): 3e6, (2025, 8): 2e6, (2026, 8): 1e6})
    said = united_states._by_partner_words(rows, "x", part)[1]
    assert said.startswith("In the first 8 months of 2026 US$1.0 million came from China, in those of 2025")
    assert said.endswith("US$2.0 million.")
    assert len(united_states._by_partner_words(rows, "x", about_china({}))) == 1


def imported(monkeypatch, rows: list[tuple], **more) -> object:
    """Bought by partner, of rows (heading, area, year, months, US$)."""
    made = pd.DataFrame(rows, columns=["goods", "area", "year", "months", "value_usd"])
    monkeypatch.setattr(united_states.trade, "us_imports", lambda _: made.assign(source_id="S001"))
    return united_states.bought_by_partner("tin", RELEASE)


def test_four_partners_are_drawn_beside_china_chosen_by_the_last_five_years(monkeypatch):
    sold = {"China": 1, "Peru": 9, "Chile": 8, "Bolivia": 7, "Japan": 6, "Spain": 5}
    rows = [("80: tin", area, year, 12, v * 1e6) for area, v in sold.items() for year in range(2021, 2026)]
    rows += [("80: tin", "Spain", 2020, 12, 9e9), ("80: tin", "China", 2026, 3, 4e6)]
    section = imported(monkeypatch, rows)
    shown = [c.removesuffix(", US$") for c in section.figure.table if c.endswith("US$")]
    assert shown == ["China", "Peru", "Chile", "Bolivia", "Japan"]
    table = section.figure.table.set_index(["Year", "Months counted"])
    assert (2026, 3) in table.index and table["China, US$"][2026, 3] == 4e6


def test_a_heading_of_less_than_a_million_in_the_last_full_year_is_left_out(monkeypatch):
    small = [("80: tin", "China", 2024, 12, 9e9), ("80: tin", "China", 2025, 12, 999_999)]
    assert imported(monkeypatch, [*small, ("80: tin", "China", 2026, 6, 9e9)]) is None
    large = [("81: tin oxide", "Peru", 2025, 12, 1e6), ("81: tin oxide", "Peru", 2024, 12, 1)]
    section = imported(monkeypatch, [*small, *large])
    assert set(section.figure.table.Heading) == {"81: tin oxide"}
    assert "bought no tin oxide from China in 2025, none in 2024" in section.title


def test_sources_without_shares_are_named_in_their_order_or_as_a_group():
    rows = pd.DataFrame(
        {"area": ["Peru", "United Kingdom"], "area_kind": "country", "first_year": 2021, "last_year": 2024}
    ).assign(footnote="No reliable data are available.")
    assert united_states._named(rows.head(0)) == []
    (said,) = united_states._named(rows)
    assert "imports of 2021 to 2024" in said and said.endswith("Peru, the United Kingdom.")
    (said,) = united_states._named(rows.assign(area_kind="group"))
    assert "names Peru and United Kingdom as producers and has no reliable data" in said
    (said,) = united_states._named(rows.assign(area_kind="group", footnote=None))
    assert said.endswith("Peru and United Kingdom together.")


# --- what is not published


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
