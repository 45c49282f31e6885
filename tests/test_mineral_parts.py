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
    rows += [("80: tin", "Kenya", 2025, 12, 29e6)]  # more than any in its one year, and less in five
    section = imported(monkeypatch, rows)
    shown = [c.removesuffix(", US$") for c in section.figure.table if c.endswith("US$")]
    assert shown == ["China", "Peru", "Chile", "Bolivia", "Japan"]
    table = section.figure.table.set_index(["Year", "Months counted"])
    assert (2026, 3) in table.index and table["China, US$"][2026, 3] == 4e6
    drawn = [
        row for rows in section.figure.chart.to_dict(validate=False)["datasets"].values() for row in rows
    ]
    lines = {(row["area"], row["year"]): row["value"] for row in drawn if "run" in row}
    assert lines["Peru", 2021] == 9 and ("China", 2026) not in lines


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


# --- whole sections


def test_a_stock_is_told_only_where_the_release_says_how_long_it_lasts(monkeypatch):
    held = {"tin.vault_year": value(5000), "vault.total_parts": value(10)}
    monkeypatch.setattr(cut.facts, "get", lambda name, *_: held[name])
    monkeypatch.setattr(cut, "fact_exists", lambda name, *_: name == "tin.stock_days")
    section = cut.vault("tin", RELEASE)
    assert len(section.sentences) == 1 and "{tin.vault_year}, 50% of the Vault" in section.sentences[0]


def flow_figure(monkeypatch, **steps: list[tuple]) -> object:
    """The figure of FLOWS beside output, of rows (code, kind of area, share)."""
    made = {
        step: pd.DataFrame(rows, columns=["iso3", "area_kind", "share"]).assign(
            year=2025, source_id="MCS2026"
        )
        for step, rows in steps.items()
    }
    monkeypatch.setattr(flows, "output_by_step", lambda *_: made)
    return flows._flow_figure("tin", RELEASE, FLOWS.assign(source_id="S700"), 2024, "tin, not alloyed")


def columns_of(figure: object) -> dict[int, dict[str, float]]:
    rows = [row for table in figure.chart.to_dict(validate=False)["datasets"].values() for row in table]
    found: dict[int, dict[str, float]] = {}
    for row in rows:
        if "name" in row and "share" in row:
            found.setdefault(row["column"], {})[row["name"]] = round(row["share"], 6)
    return found


MINERS = [("CHL", "country", 60.0), ("PER", "country", 30.0), ("XAB", "group", 10.0), ("USA", "country", 0.0)]


def test_who_mines_stands_beside_who_sells_and_who_buys(monkeypatch):
    figure = flow_figure(monkeypatch, refinery=MINERS[:1], mine=MINERS)
    columns = columns_of(figure)
    assert columns[0] == {"Chile": 60, "Peru": 30, "Others": 10}
    assert columns[1] == {"China": 89.9, "Chile": 9.1, "Others": 1}
    assert columns[2] == {"Germany": 60.5, "United States": 35.5, "Others": 4}
    assert set(figure.sources) == {"MCS2026", "S700"} and "beside shares of output" in figure.subtitle
    assert figure.title == (
        "China sells the most, 90% by value in 2024; the largest flow, 60%, goes from China to Germany"
    )
    assert figure.alt_text.endswith("Buyers: Germany 60 percent; United States 36 percent; Others 4 percent.")


def test_the_step_after_the_mine_stands_in_where_no_share_of_mining_is_known(monkeypatch):
    nothing = [("CHL", "country", 0.0)]
    assert columns_of(flow_figure(monkeypatch, mine=nothing, refinery=MINERS))[0]["Chile"] == 60
    alone = flow_figure(monkeypatch, mine=nothing)
    assert set(columns_of(alone)) == {0, 1} and "beside shares" not in alone.subtitle
    assert set(alone.sources) == {"S700"}


def test_shares_that_come_to_more_than_the_world_are_drawn_as_parts_of_it(monkeypatch):
    figure = flow_figure(monkeypatch, mine=[("CHL", "country", 75.0), ("PER", "country", 50.0)])
    assert columns_of(figure)[0] == {"Chile": 60, "Peru": 40}


def from_china(monkeypatch, **buyers: list[float]) -> object:
    """China's share of what each buys, by year to 2024."""
    keys = {"bloc": "US and signatories", "japan": "Japan", "us": "United States"}
    whose = {key: (keys[key], frozenset({key})) for key in buyers}
    rows = {
        key: pd.DataFrame({"year": range(2025 - len(shares), 2025), "share_pct": shares})
        for key, shares in buyers.items()
    }
    headings = pd.DataFrame({"heading": ["800110"], "goods": ["tin, not alloyed"]})
    monkeypatch.setattr(flows.trade, "headings", lambda _: headings)
    monkeypatch.setattr(flows.trade, "years", lambda: [2023, 2024])
    monkeypatch.setattr(flows, "buyers", lambda: whose)
    monkeypatch.setattr(flows, "china_of_imports", lambda _, codes: rows[next(iter(codes))])
    monkeypatch.setattr(flows.tables, "part", lambda *_, **__: pd.DataFrame({"source_id": ["S700"]}))
    return flows.bought_from_china("tin", RELEASE)


def test_china_s_part_over_the_years_is_told_of_the_bloc_and_else_of_those_who_buy(monkeypatch):
    figure = from_china(monkeypatch, japan=[90.0, 80.0], bloc=[40.0, 50.0, 60.0])
    assert figure.title == "China’s part in what the US and signatories buy: 40% in 2022, 60% in 2024"
    assert "Japan 90 percent in 2023, 80 in 2024" in figure.alt_text
    table = figure.table.set_index("Year")
    assert table["Japan, %"].tolist()[1:] == [90, 80] and pd.isna(table["Japan, %"][2022])
    assert from_china(monkeypatch, japan=[90.0, 80.0]).title == (
        "China’s part in what they buy: 90% in 2023, 80% in 2024"
    )


def test_china_s_part_is_not_drawn_of_one_year_or_of_next_to_nothing(monkeypatch):
    assert from_china(monkeypatch, bloc=[40.0], japan=[50.0]) is None
    assert from_china(monkeypatch, bloc=[0.9, 0.5]) is None
    assert from_china(monkeypatch, bloc=[1.0, 0.5]) is not None
    assert from_china(monkeypatch, bloc=[]) is None


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


# --- imports of the United States


def sources(rows: list[tuple], **more) -> pd.DataFrame:
    made = pd.DataFrame(rows, columns=["area", "area_kind", "value"])
    made = made.assign(text=[f"{v:g}%" for v in made.value], kind="", detail=None, iso3=None)
    return made.assign(**{"first_year": 2021, "last_year": 2024, "source_id": "S001", "footnote": ""} | more)


def sources_of(monkeypatch, rows: list[tuple], kind: str = "", uses: str = "", **more) -> object:
    """The section on imports, of rows (area, kind of area, share)."""
    made = sources(rows, **more)
    monkeypatch.setattr(united_states.reliance, "sources", lambda *_: made)
    lines = pd.DataFrame({"mineral": ["tin", "lead"], "kind": [kind, "greater"], "text": ["76%", "1%"]})
    monkeypatch.setattr(united_states.reliance, "lines", lambda _: lines if kind != "none" else lines.tail(1))
    monkeypatch.setattr(united_states.reliance, "otherwise", lambda *_: [])
    monkeypatch.setattr(united_states, "_uses", lambda _: {"tin": uses} if uses else {})
    return united_states.imports("tin", RELEASE)


def test_the_largest_source_is_told_with_china_s_place(monkeypatch):
    named = [
        ("United Kingdom", "country", 40.0),
        ("China", "country", 25.0),
        ("Other countries", "other", 35.0),
    ]
    largest = "The United Kingdom is the largest source of US imports, 40%; China "
    section = sources_of(monkeypatch, named)
    assert section.title == f"{largest}sent 25%" and section.sentences == []
    assert sources_of(monkeypatch, [named[0], named[2]]).title == f"{largest}is not among the main ones"
    first = sources_of(monkeypatch, named[1:])
    assert first.title == "China is the largest source of US imports: 25% in 2021 to 2024"
    assert "Others 35 percent" in section.figure.alt_text
    group = ("Peru and Chile", "group", 30.0)
    assert "Peru" not in str(sources_of(monkeypatch, [*named, group]).figure.table)


def test_a_share_that_is_only_a_bound_is_shown_as_one(monkeypatch):
    named = [("Peru", "country", 50.0), ("Chile", "country", 10.0)]
    bound = {"kind": ["greater", ""], "text": ["more than 50%", "10%"]}
    figure = sources_of(monkeypatch, named, **{"detail": None}).figure
    assert figure.table["Share of US imports, %"].tolist() == [50, 10]
    monkeypatch.setattr(united_states.reliance, "sources", lambda *_: sources(named, **bound))
    shown = united_states.imports("tin", RELEASE).figure
    assert shown.table["Share of US imports, %"].tolist() == [">50", "10"]


def test_uses_bounds_and_forms_are_said_where_they_are_printed(monkeypatch):
    named = [("Peru", "country", 40.0)]
    said = sources_of(monkeypatch, named, "greater", "Solder", detail="Metal").sentences
    assert [words.split(" ")[0] for words in said] == ["Main", "USGS", "Form"]
    assert said[0] == "Main uses, as USGS names them: solder" and said[2] == "Form counted: metal."
    assert "a bound" in sources_of(monkeypatch, named, "less").sentences[0]
    unpriced = sources_of(monkeypatch, [("Peru", "country", float("nan"))], uses="Solder")
    assert unpriced.figure is None and len(unpriced.sentences) == 2
    assert sources_of(monkeypatch, [], "none") is None and sources_of(monkeypatch, []) is None
    assert sources_of(monkeypatch, [], "none", "Solder").sentences == [said[0]]


# --- the record of a century


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


# --- what publishers count, side by side


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


def test_a_price_of_another_unit_is_not_drawn_beside_the_first(monkeypatch):
    years = [("London", [5.0, 6.0]), ("Bulk", [900.0, 950.0])]
    units = ["US$/flask", "US$/flask", "US$/t", "US$/t"]
    section = priced(monkeypatch, *years, unit=units, usd_per_kg=[float("nan")] * 2 + [0.9, 0.95])
    assert section.title == "Tin: 6 US$/flask in 2025, 20% dearer than a year before"
    assert set(section.figure.table.Series) == {"London"}
