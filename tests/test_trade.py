"""Who sells to whom: counted, worked by hand from the raw table, and shown on chapter 5, country and mineral pages."""

import csv
from collections import defaultdict
from pathlib import Path

import pytest
from sampled import of_each

from chokepoint.analysis import countries, facts, trade
from chokepoint.analysis.facts import trade as sums
from chokepoint.data import memory, tables
from chokepoint.pages import country as country_page
from chokepoint.pages import mineral as mineral_page
from chokepoint.pages import partner_trade

RELEASE, LAST = tables.DEFAULT_RELEASE, 2024
RAW = Path(__file__).resolve().parents[1] / "data/minerals/baci2026-01/trade_flows.csv"


def raw(year: int = LAST) -> list[dict]:
    with RAW.open(encoding="utf-8", newline="") as lines:
        return [row for row in csv.DictReader(lines) if row["year"] == str(year)]


def test_trade_is_held_for_26_headings_in_each_year_from_2002_to_2024():
    assert trade.headings().heading.nunique() == 26 and trade.years() == list(range(2002, 2025))
    for heading in trade.headings().heading:
        assert set(trade.sellers(heading).year) == set(trade.years()), heading


def test_every_signatory_has_its_exports_by_buyer_or_no_flow_recorded():
    figure = partner_trade.partners()
    names = {countries.names()[iso3] for iso3 in trade.signatories()}
    counted = set(figure.table.Seller)
    silent = {countries.names()[i] for i in trade.signatories() if trade.exports(i).empty}
    assert len(names) == 22 and counted | silent == names and not counted & silent
    assert all(f"{name} no flow recorded" in figure.alt_text for name in silent)
    assert silent == {"Cook Islands"}  # one dollar of it is no trade


def test_shares_of_buyers_sum_to_a_hundred():
    table = partner_trade.partners().table
    shares = table[[f"{group}, %" for group in trade.GROUPS]].sum(axis=1)
    assert ((shares - 100).abs() <= 0.3).all()  # six shares, each rounded to a tenth


def test_what_the_dr_congo_sells_is_what_the_raw_table_says():
    """Added up by hand: buyers of each heading in the newest year, Hong Kong and Macao with China."""
    to: dict[str, int] = defaultdict(int)
    for row in raw():
        if row["exporter"] == "COD" and row["heading"] != trade.COAL:
            to[row["importer"]] += int(row["value_usd"])
    sold = trade.in_all(trade.sold("COD", LAST)).iloc[0]
    assert sold.value_usd == pytest.approx(sum(to.values()), abs=trade.LEAST * 26)
    assert sold["China"] == pytest.approx(to["CHN"] + to["HKG"] + to["MAC"], abs=1)
    assert sold[trade.UNNAMED] == pytest.approx(to[""], abs=trade.LEAST * 26)


def test_what_the_partners_sell_counts_each_sale_once():
    """Italy signed for itself as well, and is in the Union's sales only; members' sales to each other are in none."""
    rows = trade.shares(trade.partners()).set_index("year")
    alone = sum(trade.in_all(trade.sold(i, LAST)).value_usd.sum() for i in trade.signatories() if i != "ITA")
    assert rows.value_usd[LAST] == alone
    assert facts.get("partners.sells_to_china").value == pytest.approx(rows["China"][LAST])
    union = countries.UNION
    assert trade.sold(union)["European Union"].sum() == 0
    assert rows["China"][LAST] > 2 * rows["China"][2002]


def test_coal_for_power_stations_is_in_no_sum():
    whole = trade.sold("AUS", LAST)
    assert trade.in_all(whole).value_usd.iloc[0] < whole.value_usd.sum() / 3


def test_a_part_of_a_large_table_is_the_same_as_the_table_cut():
    release = tables.releases(trade.TABLE)[-1]
    part = tables.part(trade.TABLE, release, exporter=["CHL", "ZMB"])
    whole = tables.load(trade.TABLE, release)
    cut = whole[whole.exporter.isin(["CHL", "ZMB"])]
    assert part.value_usd.sum() == cut.value_usd.sum() and len(part) == len(cut)
    assert (part.dtypes == cut.dtypes).all()
    assert f"data/minerals/{release}/{trade.TABLE}.csv" in memory.reads()


@pytest.mark.parametrize("mineral", ["gallium", "germanium", "hafnium"])
def test_minerals_that_share_a_heading_are_said_to_be_one_flow(mineral):
    section = mineral_page.trades(mineral, RELEASE)
    assert any("share one heading" in sentence for sentence in section.sentences)
    assert "Gallium, germanium, hafnium and others" in partner_trade.goods("811292", short=True)


def test_magnets_from_china_to_germany_are_the_largest_flow():
    flows = sorted(
        (r for r in raw() if r["heading"] == "850511" and r["importer"]), key=lambda r: -int(r["value_usd"])
    )
    assert (flows[0]["exporter"], flows[0]["importer"]) == ("CHN", "DEU")
    section = mineral_page.trades("rare_earths", RELEASE)
    assert "from China to Germany" in section.figure.title
    assert section.figure.table["Value, US$"].iloc[0] == int(flows[0]["value_usd"])
    whole = sum(int(r["value_usd"]) for r in raw() if r["heading"] == "850511")
    assert section.figure.table["Value, US$"].sum() == whole


def test_a_mineral_without_a_heading_has_no_flow_section():
    assert (
        mineral_page.trades("tin", RELEASE) is None and mineral_page.bought_from_china("tin", RELEASE) is None
    )


def test_a_country_without_flows_says_so():
    section = country_page.sells("cook-islands", RELEASE)
    assert "No flow is recorded" in section.sentences[0] and section.figure is None
    assert country_page.sold("cook-islands", RELEASE) is None


@pytest.mark.parametrize("release", ["mcs2023", "mcs2024", RELEASE])
def test_pages_are_made_at_older_releases(release):
    assert mineral_page.trades("copper", release).html() and country_page.sells("chile", release).html()


def test_a_book_without_the_trade_table_leaves_the_sections_out(monkeypatch):
    monkeypatch.setattr(tables, "releases", lambda table="production": [])
    assert partner_trade.partners() is None and mineral_page.trades("copper", RELEASE) is None
    assert country_page.sells("chile", RELEASE) is None and partner_trade.sentence(RELEASE) is None


def trades(iso3: str) -> tuple[bool, bool]:
    """Whether a country is named as an exporter and as an importer: what its page has to show."""
    return iso3 in EXPORTERS, iso3 in IMPORTERS


EXPORTERS, IMPORTERS = (
    set(tables.distinct("trade_flows", tables.releases("trade_flows")[-1], side))
    for side in ("exporter", "importer")
)


@pytest.mark.slow
@pytest.mark.parametrize(
    "country",
    [countries.slug(iso3) for iso3 in of_each("what countries sell", countries.names(), trades, 12)],
)
def test_every_country_page_shows_what_it_sells_or_that_nothing_is_recorded(country):
    section, years = country_page.sells(country, RELEASE), country_page.sold(country, RELEASE)
    assert "nan" not in str(section.html()).lower().replace("nanc", "")[:4000] and (
        section.figure or section.sentences
    )
    assert years is None or years.sources == ("BACI2026-01",)


@pytest.mark.slow
def test_every_mineral_with_a_heading_shows_its_flows_and_their_licence():
    minerals = [m for row in trade.headings().itertuples() for m in row.minerals]
    assert len(minerals) == 28
    for mineral in minerals:
        section = mineral_page.trades(mineral, RELEASE)
        assert "Etalab 2.0" in section.figure.subtitle and "BACI2026-01" in section.figure.sources
        assert section.html()


def test_what_buyers_sell_each_other_is_not_bought_from_outside():
    buyers, flows = frozenset({"USA", "JPN"}), trade.flows("850511", 2024)
    bought = flows[flows.importer.isin(buyers)]
    outside = bought[~bought.exporter.isin(buyers)].value_usd.sum()
    counted = trade.china_share_of_imports("850511", buyers).set_index("year").value_usd[2024]
    assert counted == pytest.approx(outside) and outside < bought.value_usd.sum()


# --- flows made up: who sells to whom in three years ---

TIN, SHARED, COAL = "800110", "811292", trade.COAL


def flow(heading: str, exporter: str, importer: str | None, value: int, year: int = 2050) -> dict:
    own = {"heading": heading, "year": year, "exporter": exporter, "importer": importer}
    return own | {"value_usd": value, "source_id": "BACI2091"}


@pytest.fixture
def made_flows(made_up, monkeypatch):
    """Australia, Chile and the Union have signed, and Germany for itself as well. China buys of all."""
    product = {"publisher": "baci"}
    goods = [("tin", "HS 800110: tin metal"), ("germanium", "HS 811292: same heading as gallium")]
    goods += [("gallium", "HS 811292: gallium and germanium"), ("coal", "HS 270112: bituminous coal")]
    other = {"publisher": "bgs", "mineral": "tin", "product": "tin, mine"}
    made_up.put("crosswalk", [other, *(product | {"mineral": m, "product": p} for m, p in goods)])
    union = [{"iso3": i, "coalition_id": "eu27"} for i in ("DEU", "FRA")]
    made_up.put("memberships", [*union, {"iso3": "AUS", "coalition_id": "framework_any"}])
    monkeypatch.setattr(trade, "signatories", lambda: ["AUS", "CHL", "EUE", "DEU"])
    rows = [
        *(
            flow(TIN, "AUS", "CHN", 300_000),
            flow(TIN, "AUS", "HKG", 50_000),
            flow(TIN, "AUS", "USA", 100_000),
        ),
        *(flow(TIN, "AUS", "JPN", 200_000), flow(TIN, "AUS", "DEU", 40_000), flow(TIN, "AUS", "KOR", 6_000)),
        *(
            flow(TIN, "AUS", None, 4_000),
            flow(SHARED, "AUS", "CHN", 999),
            flow(COAL, "AUS", "CHN", 9_000_000),
        ),
        *(flow(COAL, "AUS", "JPN", 1_000_000, 2049), flow(TIN, "AUS", "CHN", 80_000, 2048)),
        *(
            flow(TIN, "AUS", "USA", 20_000, 2048),
            flow(TIN, "CHL", "KOR", 100_000),
            flow(SHARED, "CHL", "USA", 1_000),
        ),
        *(flow(TIN, "DEU", "FRA", 700_000), flow(TIN, "DEU", "CHN", 50_000), flow(TIN, "FRA", "MAC", 30_000)),
        *(
            flow(COAL, "FRA", "GBR", 20_000),
            flow(TIN, "PER", "CHN", 60_000, 2049),
            flow(TIN, "CHN", "AUS", 120_000),
        ),
        *(
            flow(TIN, "CHN", "DEU", 1_500_000),
            flow(TIN, "PER", "DEU", 500_000),
            flow(TIN, "CHN", "DEU", 3_000_000, 2049),
        ),
        *(
            flow(TIN, "CHN", "JPN", 600_000),
            flow(TIN, "PER", "JPN", 399_999),
            flow(TIN, "CHN", "JPN", 2_000_000, 2049),
        ),
    ]
    made_up.put("trade_flows", [flow(TIN, "AUS", "CHN", 7, 2060)], "baci2090")
    made_up.put("trade_flows", rows, "baci2091")
    return made_up


def test_a_heading_has_its_goods_and_all_minerals_that_share_it(made_flows):
    rows = trade.headings().set_index("heading")
    assert rows.minerals.to_dict() == {TIN: ("tin",), SHARED: ("gallium", "germanium"), COAL: ("coal",)}
    assert rows.goods[SHARED] == "gallium and germanium" and trade.headings("germanium").heading.tolist() == [
        SHARED
    ]
    assert trade.years() == [2048, 2049, 2050]


def test_flows_are_those_of_the_year_with_their_share_the_largest_first(made_flows):
    rows = trade.flows(TIN, 2049)
    assert rows[["exporter", "importer", "value_usd"]].values.tolist() == [
        ["CHN", "DEU", 3_000_000],
        ["CHN", "JPN", 2_000_000],
        ["PER", "CHN", 60_000],
    ]
    assert rows.share_pct[0] == pytest.approx(100 * 3_000_000 / 5_060_000)
    found = trade.sellers(TIN).set_index(["exporter", "year"])
    assert found.value_usd["CHN", 2049] == 5_000_000 and found.share_pct["AUS", 2048] == 100


def test_what_a_country_sells_is_split_by_its_buyers(made_flows):
    row = trade.sold("AUS", 2050).set_index("heading").loc[TIN]
    assert [row[group] for group in trade.GROUPS] == [350_000, 100_000, 40_000, 200_000, 6_000, 4_000]
    assert row.value_usd == 700_000 and row.source_id == "BACI2091"
    assert set(trade.sold("AUS").heading[trade.sold("AUS").year == 2050]) == {TIN, COAL}, "US$999 is no trade"
    assert trade.sold("CHL").set_index("heading").value_usd.to_dict() == {TIN: 100_000, SHARED: 1_000}
    assert trade.sold("ZWE").empty and list(trade.sold("ZWE").columns)[:2] == ["heading", "year"]


def test_the_union_is_one_seller_and_its_members_sell_each_other_nothing(made_flows):
    rows = trade.sold(countries.UNION).set_index("heading")
    assert rows.value_usd.to_dict() == {TIN: 80_000, COAL: 20_000} and rows["China"][TIN] == 80_000
    assert trade.sold("DEU").set_index("heading")["European Union"][TIN] == 700_000


def test_a_sum_over_headings_is_without_coal_and_a_sum_over_sellers_without_members(made_flows):
    assert trade.in_all(trade.sold("AUS")).set_index("year").value_usd.to_dict() == {
        2048: 100_000,
        2050: 700_000,
    }
    assert trade.in_sum() == ["AUS", "CHL", "EUE"]
    every = trade.partners().set_index("year")
    assert every.value_usd.to_dict() == {2048: 100_000, 2050: 700_000 + 101_000 + 80_000}
    assert every["China"].to_dict() == {2048: 80_000, 2050: 430_000}
    assert trade.partners(["CHL"]).value_usd.tolist() == [101_000]
    shares = trade.shares(trade.partners(["AUS"])).set_index("year")
    assert (shares["China"][2050], shares["Japan"][2050]) == (50, pytest.approx(200 / 7))
    assert shares.value_usd[2050] == 700_000


def test_exports_are_those_of_the_newest_year_the_largest_heading_first(made_flows):
    rows = trade.exports("CHL")
    assert rows.heading.tolist() == [TIN, SHARED] and rows[trade.OTHER].tolist() == [100, 0]
    assert rows.goods.tolist() == ["tin metal", "gallium and germanium"]
    assert trade.exports("AUS", 2048).value_usd.tolist() == [100_000] and trade.exports(
        "PER"
    ).heading.tolist() == [TIN]


def test_facts_of_the_partners_are_of_the_newest_and_of_the_oldest_year(made_flows):
    sells = sums.partners_sell()
    assert (sells.value, sells.text, sells.as_of) == (881_000, "US$880,000", "2050")
    to_china = sums.partners_sell_to("China")
    assert to_china.value == pytest.approx(100 * 430 / 881) and to_china.as_of == "2050"
    at_first = sums.partners_sold_to("China")
    assert (at_first.value, at_first.text, at_first.as_of) == (80, "80%", "2048")
    coal = sums.partners_coal()
    assert (coal.value, coal.as_of, tuple(coal.sources)) == (9_020_000, "2050", ("BACI2091",))
    counted = sums.partners_with_flows()
    assert tuple(counted.sources) == ("BACI2091",)
    assert counted.value == 4 and "Australia" in counted.rows and counted.as_of == "2050"


def test_facts_of_a_country_are_of_the_newest_year_or_there_are_none(made_flows):
    sells, share = sums.country_sells("AUS"), sums.country_sells_to_china("AUS")
    assert (sells.value, sells.text, sells.as_of) == (700_000, "US$700,000", "2050")
    assert (share.value, share.text, tuple(share.sources)) == (50, "50%", ("BACI2091",))
    made_flows.put(
        "trade_flows", [flow(TIN, "BOL", "CHN", 9_000, 2049), flow(TIN, "AUS", "CHN", 9_000)], "baci2092"
    )
    assert sums.country_sells("BOL") is None and sums.country_sells_to_china("BOL") is None


def test_facts_of_a_mineral_are_of_its_heading_in_the_newest_year(made_flows):
    assert (sums.sold(COAL).value, sums.sold(COAL).as_of) == (9_020_000, "2050")
    assert sums.sold_by_china(SHARED).text == "none"
    china = 120_000 + 1_500_000 + 600_000
    rest = 700_000 + 100_000 + 700_000 + 50_000 + 30_000 + 500_000 + 399_999
    assert sums.sold_by_china(TIN).value == pytest.approx(100 * china / (china + rest))
    assert (sums.sold_by_china(COAL).value, sums.sold_by_china(COAL).text) == (0, "none")
    assert sums.sold("999999") is None


def test_chinas_part_in_what_is_bought_is_of_purchases_from_outside_in_the_newest_year(made_flows):
    bought = sums.buys_from_china(TIN, "eu")
    assert (bought.value, bought.as_of) == (pytest.approx(100 * 1500 / 2040), "2050")
    assert tuple(bought.sources) == ("BACI2091",)
    assert sums.buys_from_china(TIN, "japan").value == pytest.approx(100 * 600_000 / 1_199_999)
    assert sums.buys_from_china(TIN, "us") is None
    rows = [
        flow(SHARED, seller, "USA", value)
        for seller, value in (("CHN", 400_000), ("AUS", 6 * 10**6), ("CAN", 600_000))
    ]
    made_flows.put("trade_flows", rows, "baci2092")
    assert sums.buys_from_china(SHARED, "us").value == pytest.approx(100 * 4 / 70)
    bloc = sums.buys_from_china(SHARED, "bloc")
    assert bloc.value == 40, "what Australia sells the United States is inside the bloc"


def test_of_less_than_a_million_dollars_a_share_says_little(made_flows):
    last = sums.LEAST_BOUGHT
    rows = [
        flow(TIN, "CHN", "JPN", int(last) - 1),
        flow(TIN, "CHN", "USA", int(last)),
        flow(TIN, "CHN", "JPN", 10**7, 2049),
    ]
    made_flows.put("trade_flows", rows, "baci2092")
    assert sums.buys_from_china(TIN, "japan") is None, "an older year does not stand in"
    assert sums.buys_from_china(TIN, "us").value == 100
    assert sums.china_of_imports(TIN, frozenset({"JPN"})).year.tolist() == [2049]


def test_without_flows_nothing_is_said(made_flows):
    made_flows.take_away("trade_flows")
    assert trade.years() == [] and sums.country_sells("AUS") is None and sums.sold(TIN) is None
    assert sums.buys_from_china(TIN, "us") is None and sums.partners_with_flows() is None
    assert sums.partners_sell() is None and sums.partners_sell_to("China") is None
    assert sums.partners_sold_to("China") is None and sums.partners_coal() is None


@pytest.mark.parametrize(
    "usd, told",
    [
        (9.95e9, "US$10 billion"),
        (9.94e9, "US$9.9 billion"),
        (9.5e8, "US$1.0 billion"),
        (9.49e8, "US$949 million"),
        (9.5e6, "US$10 million"),
        (9.4e6, "US$9.4 million"),
        (9.5e5, "US$1.0 million"),
        (949_000, "US$950,000"),
        (99_500, "US$100,000"),
        (99_400, "US$99,000"),
        (1_600, "US$2,000"),
        (500, "US$1,000"),
        (499, "under US$1,000"),
    ],
)
def test_an_amount_is_rounded_to_what_customs_carry(usd, told):
    assert sums.money(usd) == told


@pytest.mark.parametrize(
    "share, told",
    [
        *(
            (0, "none"),
            (0.01, "under 1%"),
            (0.49, "under 1%"),
            (0.5, "under 1%"),
            (0.6, "1%"),
            (1, "1%"),
            (1.4, "1%"),
        ),
        *((99.4, "99%"), (99.5, "over 99%"), (99.99, "over 99%"), (100, "100%")),
    ],
)
def test_a_share_of_trade_is_never_rounded_to_none_or_all(share, told):
    assert sums.percent(share) == told


def test_us_purchases_are_told_by_partner_and_by_the_good_they_are(made_up):
    def bought(
        area: str, value: int, heading: str = "8001", year: int = 2050, months: int = 12, way: str = "imports"
    ):
        own = {"flow": way, "heading": heading, "area": area, "iso3": area, "year": year, "months": months}
        return own | {"value_usd": value, "unit": "kilograms", "source_id": "US2091"}

    names = [{"publisher": "us-trade", "mineral": "tin", "name": "8001", "product": "tin, unwrought"}]
    names += [{"publisher": "us-trade", "mineral": "zinc", "name": "7901", "product": "zinc"}]
    made_up.put(
        "crosswalk", [*names, {"publisher": "baci", "mineral": "tin", "name": "8003", "product": "rods"}]
    )
    rows = [
        bought("CHN", 5),
        bought("CHN", 7),
        bought("PER", 1),
        bought("CHN", 2, months=4),
        bought("CHN", 9, "7901"),
    ]
    made_up.put(
        "us_trade", [*rows, bought("CHN", 90, way="exports"), bought("CHN", 90, "8003")], "ustrade2091"
    )
    found = trade.us_imports("tin")
    assert found[["goods", "area", "months", "value_usd"]].values.tolist() == [
        ["tin, unwrought", "CHN", 4, 2],
        ["tin, unwrought", "CHN", 12, 12],
        ["tin, unwrought", "PER", 12, 1],
    ]
    assert trade.us_imports("gold").empty and "value_usd" in trade.us_imports("gold")
    made_up.take_away("us_trade")
    assert trade.us_imports("tin").empty
