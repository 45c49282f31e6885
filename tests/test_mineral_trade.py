"""A mineral’s page, of small made-up tables: who sells to whom, and what the United States buys."""

from types import SimpleNamespace

import pandas as pd
import pytest
from mineral_parts import RELEASE, cut, flows, output, united_states

from chokepoint.analysis import coalitions, trade


def value(of: float) -> SimpleNamespace:
    return SimpleNamespace(value=of)


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


def steps(monkeypatch, mine: tuple, refinery: tuple | None = None) -> None:
    held = {"mine": mine} | ({"refinery": refinery} if refinery else {})
    made = pd.DataFrame(held.values(), columns=["year", "what"])
    made.index = pd.MultiIndex.from_tuples([("tin", step) for step in held])
    monkeypatch.setattr(output.supply, "summary", lambda _: made)


def parts(**of: list[tuple]) -> dict[str, pd.DataFrame]:
    columns = ["series", "year", "value"]
    return {show.replace("_", " "): pd.DataFrame(rows, columns=columns) for show, rows in of.items()}


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
