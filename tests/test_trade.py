"""Who sells to whom: counted, worked by hand from the raw table, and shown on chapter 5, country and mineral pages."""

import csv
from collections import defaultdict
from pathlib import Path

import pytest
from sampled import of_each

from chokepoint.analysis import countries, facts, trade
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
