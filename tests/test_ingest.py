"""A release goes in as its publisher wrote it: every layout, every trap, and what is refused is said."""

import json
import shutil
import zipfile
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
import sums

from chokepoint.data.ingest import corrections, iea, reference, usgs, usgs_2026, values, worldbank
from chokepoint.errors import UserError

DATA = Path(__file__).resolve().parents[1] / "data"
HEADER_2026 = "MCS chapter,Section,Commodity,Country,Statistics,Statistics_detail,Unit,Year,Value,Notes,Is critical mineral 2025,Other notes"
WORLD = "World Mine Production and Reserves"
SALIENT = "Salient Statistics—United States"


@pytest.fixture
def data(tmp_path):
    """A data folder with the project's reference tables and no releases."""
    folder = tmp_path / "data"
    folder.mkdir()
    for name in ("minerals", "commodities", "geography", "corrections", "releases"):
        shutil.copy(DATA / f"{name}.csv", folder)
    shutil.copytree(DATA / "schemas", folder / "schemas")
    return folder


@pytest.fixture
def release(tmp_path):
    """Writes files of a release into a folder: name -> text, in Windows-1252 with CRLF as USGS does."""

    def write(files: dict[str, str], encoding="cp1252") -> Path:
        folder = tmp_path / "release"
        for name, text in files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text.replace("\n", "\r\n").encode(encoding))
        return folder

    return write


def long(*rows: str) -> dict[str, str]:
    return {"MCS2026_Commodities_Data.csv": "\n".join([HEADER_2026, *rows]) + "\n"}


COBALT = (
    f'COBALT,{WORLD},Cobalt,Congo (Kinshasa),Production,Mine production,metric tons,2025,"230,000",Estimated.,Yes,',
    f'COBALT,{WORLD},Cobalt,Other countries,Production,Mine production,metric tons,2025,"80,000",Estimated.,Yes,',
    f'COBALT,{WORLD},Cobalt,World total,Production,Mine production: rounded,metric tons,2025,"310,000",Estimated.,Yes,',
)


def figure(
    chapter: str,
    country: str,
    value: str,
    statistic="Production",
    detail="Mine production",
    unit="metric tons",
    notes="",
    section=WORLD,
):
    """A row of the long layout, for the newest year."""
    year = "2021–24" if section == "Import Sources" else "2025"
    name = chapter.title()
    return f'{chapter},{section},{name},{country},{statistic},{detail},{unit},{year},"{value}",{notes},Yes,'


def one(frame: pd.DataFrame, **picked) -> pd.Series:
    for column, value in picked.items():
        frame = frame[frame[column] == value]
    assert len(frame) == 1, frame
    return frame.iloc[0]


# --- the long layout


def test_a_release_is_known_by_its_newest_figure_and_every_line_is_accounted_for(data, release):
    report = usgs.ingest(release(long(*COBALT)), data)
    assert report.release == "mcs2026"
    assert report.rows.read == report.rows.kept == 3
    assert all(tally.adds_up for tally in report.tables.values())
    cobalt = pd.read_csv(data / "minerals/mcs2026/production.csv")
    congo = one(cobalt, iso3="COD")
    assert (congo.value, congo.unit, congo.stage, congo.estimated) == (230_000, "t", "mine", True)


def test_next_years_file_in_this_layout_needs_no_code(data, release):
    report = usgs.ingest(release(long(*(row.replace(",2025,", ",2026,") for row in COBALT))), data)
    assert report.release == "mcs2027"
    entry = json.loads((data / "datapackage.json").read_text())["resources"][0]
    assert entry["name"] == "mcs2027-production" and "2027" in entry["title"]


def test_a_qualifier_stays_words_and_bounds(data, release):
    printed = {
        "Peru": "W",
        "Poland": "NA",
        "Chile": "—",
        "Spain": "s",
        "Japan": "10 - 15",
        "World total": "XX",
    }
    rows = [figure("LEAD", country, value, unit="thousand metric tons") for country, value in printed.items()]
    label = "Net import reliance as a percentage of apparent consumption"
    rows.append(
        figure("TIN", "United States", ">50", "Net import reliance", label, "percent", section=SALIENT)
    )
    tables, _ = usgs.read(release(long(*rows)), reference.read(data))
    reliance = tables["salient"].iloc[0]
    assert pd.isna(reliance.value) and reliance.low == 50 and reliance.qualifier == "greater"
    lead = tables["production"].set_index("area")
    assert lead.qualifier.to_dict() == {
        "Peru": "withheld", "Poland": "not_available", "Chile": "zero", "Spain": "small", "Japan": "range", "World": "not_applicable"
    }  # fmt: skip
    assert lead.value["Chile"] == 0 and lead.value.drop("Chile").isna().all()
    assert (lead.high["Spain"], lead.low["Japan"], lead.high["Japan"]) == (500, 10_000, 15_000)


def test_a_world_total_says_whether_it_leaves_the_united_states_out(data, release):
    row = figure("LITHIUM", "World total", "290,000", notes="Estimated. -- Excludes U.S. production.")
    tables, _ = usgs.read(release(long(row)), reference.read(data))
    assert bool(tables["production"].excludes_us[0])


def test_a_unit_fault_is_mended_by_a_row_and_told(data, release):
    row = figure("VANADIUM", "World total", "21,000", "Reserves", "Reserves: rounded")
    tables, report = usgs.read(release(long(row)), reference.read(data))
    vanadium = tables["reserves"].iloc[0]
    assert (
        vanadium.value == 21_000_000
        and vanadium.printed == "21,000"
        and vanadium.correction_id == "MCS2026-01"
    )
    assert any("MCS2026-01: 1 rows" in line for line in report.corrections)


def test_a_correction_lapses_when_the_publisher_mends_the_fault(data, release):
    mended = figure("RARE EARTHS", "Brazil", "11,000,000", "Reserves", "Reserves")
    tables, report = usgs.read(release(long(mended)), reference.read(data))
    assert tables["reserves"].correction_id.tolist() == [""]
    assert any("MCS2026-02: found no row" in line for line in report.corrections)


def test_a_later_reading_is_adopted_and_the_earlier_one_kept(data, release):
    row = figure("RARE EARTHS", "Brazil", "21,000,000", "Reserves", "Reserves")
    tables, _ = usgs.read(release(long(row)), reference.read(data))
    brazil = tables["reserves"].iloc[0]
    assert (brazil.value, brazil.superseded, brazil.printed) == (11_000_000, 21_000_000, "21,000,000")


def test_a_later_reading_is_in_the_unit_of_the_figure_that_it_replaces(data, release):
    with (data / "corrections.csv").open("a", encoding="utf-8") as file:
        key = "mineral=rare_earths;area=Brazil;printed=21,000"
        file.write(f'T-1,mcs2026,reserves,"{key}",value,supersede,"11,000",A later version cut it.,MCS2026\n')
    row = figure("RARE EARTHS", "Brazil", "21,000", "Reserves", "Reserves", "thousand metric tons")
    tables, _ = usgs.read(release(long(row)), reference.read(data))
    brazil = tables["reserves"].iloc[0]
    assert (brazil.value, brazil.superseded, brazil.correction_id) == (11_000_000, 21_000_000, "T-1")


def test_a_lost_minus_sign_is_put_back(data, release):
    row = figure(
        "NIOBIUM (COLUMBIUM)",
        "United States",
        "?1",
        "Shipment",
        "Shipments from Government stockpile",
        section=SALIENT,
    )
    newest = COBALT[0]
    tables, _ = usgs.read(release(long(row, newest)), reference.read(data))
    assert one(tables["salient"], mineral="niobium").value == -1


def test_import_sources_carry_their_period_rank_and_headline(data, release):
    rows = [
        figure("ZINC", country, share, "Import sources 2021-2024", form, "percent", section="Import Sources")
        for form, country, share in [
            ("Ores and concentrates", "Peru", "50"), ("Refined metal", "Mexico", "15"), ("Refined metal", "Canada", "57"),
            ("Refined metal", "Other countries", "28"), ("Combined total", "Canada", "56"),
        ]
    ]  # fmt: skip
    tables, _ = usgs.read(release(long(*rows, COBALT[0])), reference.read(data))
    zinc = tables["import_sources"]
    assert zinc[zinc.headline].detail.unique().tolist() == ["Combined total"]
    refined = zinc[zinc.detail == "Refined metal"].set_index("area")
    assert refined["rank"].dropna().to_dict() == {"Mexico": 2, "Canada": 1}
    assert (refined.first_year["Canada"], refined.last_year["Canada"]) == (2021, 2024)


# --- the older layouts

HEADER_2025 = (
    "SOURCE,COMMODITY,COUNTRY,TYPE,UNIT_MEAS,PROD_2023,PROD_EST_ 2024,PROD_NOTES,"
    "CAP_2023,CAP_EST_ 2024,CAP_NOTES,RESERVES_2024,RESERVE_NOTES"
)


def wide(*rows: str) -> dict[str, str]:
    return {"world/MCS2025_World_Data.csv": "\ufeff" + "\n".join([HEADER_2025, *rows]) + "\n"}


def test_the_layout_of_2025_speaks_through_its_notes_where_a_cell_is_blank(data, release):
    rows = [
        'MCS2025,Lithium ,United States,"Mine production, lithium content",metric tons,,,W for 23-24,,,,1800000,',
        'MCS2025,Lithium ,Chile,"Mine production, lithium content",metric tons,41400,49000,reported,,,,9300000,',
        'MCS2025,Lithium ,World total (rounded) 10,"Mine production, lithium content",metric tons,204000,240000,'
        "Excludes U.S. production,,,,,Large",
    ]
    tables, report = usgs.read(release(wide(*rows), "utf-8"), reference.read(data))
    assert report.release == "mcs2025"
    made = tables["production"].set_index(["area", "year"])
    assert made.qualifier[("United States", 2024)] == "withheld"
    assert not made.estimated[("Chile", 2024)] and made.estimated[("World", 2024)]
    assert made.excludes_us[("World", 2024)]
    assert tables["reserves"].set_index("area").qualifier["World"] == "word"


@pytest.mark.parametrize("year", [2022, 2023, 2024])
def test_one_file_a_commodity_with_units_in_the_header(data, release, year):
    files = {
        f"world/mcs{year}-antim_world.csv": f"Source,Country,Type,Prod_t_{year - 2},Prod_t_est_{year - 1},"
        "Prod_note,Reserves_t,Reserves_notes,,\n"
        f'MCS{year},United States1,"Mine production, contained antimony",0,0,,60000,,,\n'
        f'MCS{year},Japane,"Mine production, contained antimony","e5,570",600,,NA,,,\n'
        f'MCS{year},World total (rounded)10,"Mine production, contained antimony",5570,600,,">2,000,000",,,\n,,,,,,,,,\n',
        f"salient/mcs{year}-galli_salient.csv": "DataSource,Commodity,Year,USprod_Primarykg,Imports_Metal_kg,Price_High-puritydkg,NIR_pct\n"
        f"MCS{year},Gallium,{year - 1},0,9400,450,100\n",
    }
    tables, report = usgs.read(release(files, "utf-8-sig"), reference.read(data))
    assert report.release == f"mcs{year}"
    japan = tables["production"].set_index(["area", "year"]).loc[("Japan", year - 2)]
    assert japan.value == 5570 and japan.estimated and japan.iso3 == "JPN"
    assert tables["reserves"].set_index("area").low["World"] == 2_000_000
    assert tables["reserves"].year.unique().tolist() == [year - 1]
    assert one(tables["salient"], statistic="imports").value == 9.4
    assert one(tables["prices"], mineral="gallium").usd_per_kg == 450


def test_the_oddities_of_2022_and_2023_are_read_too(data, release):
    """A column named Form, a file without the Source column, a code of two words."""
    files = {
        "mcs2023-zirco-hafni_world.csv": "Source,Country,Type,Prod_kt_2021,Prod_kt_est_2022\nMCS2023,Senegal,Mine production,80,70\n",
        "mcs2023-cadmi_world.csv": "Source,Country,Form,Prod_t_2021,Prod_t_Est_2022\nMCS 2023,Peru,Refinery production,700,650\n",
        "mcs2023-abras_world.csv": 'Country,Type,Cap_t_est_2021,Cap_t_est_2022\nBrazil,"Plant capacity, silicon carbide",43000,43000\n',
    }
    tables, report = usgs.read(release(files), reference.read(data))
    assert report.release == "mcs2023" and not report.rows.refused
    assert set(tables["production"].mineral) == {"zirconium", "cadmium"}
    assert tables["capacity"].detail.tolist() == ["silicon carbide"] * 2


def test_a_salient_file_that_holds_the_world_table_is_refused_and_said(data, release):
    table = "Source,Country,Type,Prod_t_est_2022,Prod_t_est_2023,Prod_notes\nMCS2024,Cuba,Mine production,3800,3200,\n"
    tables, report = usgs.read(
        release({"mcs2024-cobal_world.csv": table, "mcs2024-cobal_salient.csv": table}), reference.read(data)
    )
    assert len(tables["production"]) == 2
    assert report.rows.refused == {"mcs2024-cobal_salient.csv is named salient and holds the world table": 1}


def test_a_footnote_glued_to_a_figure_is_mended_by_a_row(data, release):
    table = (
        'Source,Country,Type,Prod_kt_2021,Reserves_kt\nMCS2023,Australia,Mine production,1320,"1,166,000"\n'
    )
    tables, _ = usgs.read(release({"mcs2023-zinc_world.csv": table}), reference.read(data))
    assert tables["reserves"].value.tolist() == [66_000_000]


def test_headers_that_lost_their_names_are_read_under_the_right_ones(data, release):
    files = {
        "mcs2024-zinc_world.csv": "Source,Country,Type,Prod_kt_2022,Prod_kt_est_2023\nMCS2024,Peru,Mine production,1370,1400\n",
        "mcs2024-fluor_salient.csv": "DataSource,Commodity,Year,USprod_Metallurgical_kt,USprod_H2SiF6_kt,Imports_Acid_kt,"
        "Imports_Metallurgical_kt,Imports_Total_Fl_kt,Imports_HF_kt,Imports_AlF3_kt,Exports_Cryolite_kt,Consump_All_kt,Price_dt,Price_Acid_dt,Employment_Metallurgical_num,NIR_Mine_pct,,\n"
        "MCS2024,Fluorspar,2020, ,NA,22,427,65,492,103,21,26,9,483,309,149,16,100\n",
    }
    tables, _ = usgs.read(release(files), reference.read(data))
    assert one(tables["salient"], statistic="net_import_reliance").value == 100
    assert one(tables["salient"], statistic="consumption").value == 483_000


def test_an_agreement_with_two_dates_keeps_both(data, release):
    files = long(*COBALT) | {
        "T5.csv": "Country,Agreement,Signing_date,Signing_date,Focus_area,Source\n"
        "Japan and Republic of Korea,Trilateral Cooperation ,23-Aug,2025-09-23,Cooperation.,https://example.org\n"
        "Australia,Framework,20-Oct-25,2025-10-20,Mining.,https://example.org\n"
    }
    tables, _ = usgs.read(release(files), reference.read(data))
    assert tables["trade_agreements"].set_index("party").dates_agree.to_dict() == {
        "Japan and Republic of Korea": False,
        "Australia": True,
    }


# --- what is refused, and how


def test_an_unknown_layout_says_what_was_looked_for_and_what_was_found(data, release):
    with pytest.raises(UserError) as said:
        usgs.ingest(release({"prices.csv": "day,price\n1,2\n"}), data)
    assert (
        "MCS chapter" in str(said.value)
        and "prices.csv (day, price" in str(said.value)
        and "Nothing was written" in str(said.value)
    )
    assert not (data / "minerals").exists()


def test_a_misspelt_header_names_the_nearest(data, release):
    files = {
        name: text.replace("Statistics_detail", "Statistic_details") for name, text in long(*COBALT).items()
    }
    with pytest.raises(UserError, match='"Statistics_detail" \\(nearest: "Statistic_details"\\)'):
        usgs.read(release(files), reference.read(data))


def test_two_values_for_one_key_are_an_error_that_names_both_lines(data, release):
    again = COBALT[0].replace("230,000", "231,000")
    with pytest.raises(UserError, match="line 5: .*'230,000' .*line 2.*'231,000'"):
        usgs.read(release(long(*COBALT, again)), reference.read(data))


def test_the_same_line_twice_is_refused_and_counted(data, release):
    _, report = usgs.read(release(long(*COBALT, COBALT[0])), reference.read(data))
    assert report.tables["production"].refused == {"the same value twice for one key": 1}
    assert report.tables["production"].adds_up


def test_an_unknown_country_is_refused_with_the_nearest_spelling(data, release):
    _, report = usgs.read(
        release(long(*COBALT, COBALT[0].replace("Congo (Kinshasa)", "Zambai"))), reference.read(data)
    )
    (reason,) = report.tables["production"].refused
    assert '"Zambai"' in reason and 'nearest: "Zambia"' in reason


def test_a_script_in_a_country_name_or_a_note_is_never_more_than_text(data, release):
    evil = COBALT[0].replace("Congo (Kinshasa)", "<script>alert(1)</script>")
    formula = COBALT[1].replace("Estimated.", "=HYPERLINK(1)")
    report = usgs.ingest(release(long(COBALT[0], COBALT[2], evil, formula)), data)
    assert any("<script>" in reason for reason in report.tables["production"].refused)
    notes = pd.read_csv(data / "minerals/mcs2026/production.csv", keep_default_na=False).footnote
    assert "'=HYPERLINK(1)." in notes.tolist()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_any_common_encoding_reads_the_same(data, release, encoding):
    row = COBALT[0].replace("Congo (Kinshasa)", "Côte d’Ivoire")
    tables, _ = usgs.read(release(long(row), encoding), reference.read(data))
    assert tables["production"].iso3.tolist() == ["CIV"]


@pytest.mark.parametrize("content", ["x".encode("utf-16"), b"a,b\n\x00\x01", b"\x81\x8d,\xff"])
def test_what_is_not_text_is_refused_plainly(data, tmp_path, content):
    (tmp_path / "bad.csv").write_bytes(content)
    with pytest.raises(UserError, match="Save it as UTF-8"):
        usgs.read(tmp_path / "bad.csv", reference.read(data))


def test_a_zip_reads_like_its_folder(data, release, tmp_path):
    folder = release(long(*COBALT))
    with zipfile.ZipFile(tmp_path / "r.zip", "w") as archive:
        for path in folder.iterdir():
            archive.write(path, path.name)
    assert usgs.read(tmp_path / "r.zip", reference.read(data))[0]["production"].equals(
        usgs.read(folder, reference.read(data))[0]["production"]
    )


def test_a_folder_of_zips_reads_like_one(data, release, tmp_path):
    """As ScienceBase hands out the older releases."""
    folder = release(
        {"mcs2024-zinc_world.csv": "Source,Country,Type,Prod_kt_2022\nMCS2024,Peru,Mine production,1370\n"}
    )
    with zipfile.ZipFile(folder / "world.zip", "w") as archive:
        archive.write(folder / "mcs2024-zinc_world.csv", "mcs2024-zinc_world.csv")
    (folder / "mcs2024-zinc_world.csv").unlink()
    assert usgs.read(folder, reference.read(data))[0]["production"].value.tolist() == [1_370_000]


def test_a_file_of_300_megabytes_is_refused_unread(data, tmp_path):
    with open(tmp_path / "big.csv", "wb") as big:
        big.truncate(300_000_000)
    with pytest.raises(UserError, match="300,000,000 bytes"):
        usgs.read(tmp_path / "big.csv", reference.read(data))


def test_two_releases_in_one_folder_are_refused(data, release):
    files = long(*COBALT) | {
        "mcs2024-zinc_world.csv": "Source,Country,Type,Prod_kt_2022\nMCS2024,Peru,Mine production,1370\n"
    }
    with pytest.raises(UserError, match="more than one release"):
        usgs.read(release(files), reference.read(data))


def test_a_zip_that_climbs_out_of_its_folder_is_refused(data, tmp_path):
    with zipfile.ZipFile(tmp_path / "r.zip", "w") as archive:
        archive.writestr("../../evil.csv", "a")
    with pytest.raises(UserError, match="points outside the archive"):
        usgs.read(tmp_path / "r.zip", reference.read(data))


def test_a_zip_that_unpacks_to_too_much_is_refused_before_it_is_unpacked(data, tmp_path):
    with zipfile.ZipFile(tmp_path / "r.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("big.csv", b"0" * 201_000_000)
    with pytest.raises(UserError, match="201,000,000 bytes"):
        usgs.read(tmp_path / "r.zip", reference.read(data))


def test_a_path_with_nothing_in_it_is_said(data, tmp_path):
    with pytest.raises(UserError, match="there is nothing here"):
        usgs.read(tmp_path / "no", reference.read(data))


# --- what is written


def test_a_second_ingest_changes_nothing_and_foreign_resources_stay(data, release):
    (data / "datapackage.json").write_text(
        '{"name": "chokepoint-data", "resources": [{"name": "claims", "path": "evidence/claims.csv"}]}'
    )
    folder = release(long(*COBALT))
    usgs.ingest(folder, data)
    before = {p: p.read_bytes() for p in data.rglob("*") if p.is_file()}
    usgs.ingest(folder, data)
    assert before == {p: p.read_bytes() for p in data.rglob("*") if p.is_file()}
    names = [r["name"] for r in json.loads((data / "datapackage.json").read_text())["resources"]]
    assert names == ["claims", "mcs2026-production"]


def test_a_release_half_read_is_never_written(data, release):
    usgs.ingest(release(long(*COBALT)), data)
    before = (data / "minerals/mcs2026/production.csv").read_bytes()
    with pytest.raises(UserError):
        usgs.ingest(release(long(*COBALT, COBALT[0].replace("230,000", "1"))), data)
    assert (data / "minerals/mcs2026/production.csv").read_bytes() == before
    assert [p.name for p in (data / "minerals").iterdir()] == ["mcs2026"]


def test_a_gap_between_countries_and_world_is_measured(data, release):
    tables, _ = usgs.read(
        release(long(*(row.replace("80,000", "50,000") for row in COBALT))), reference.read(data)
    )
    assert sums.gaps(tables["production"]).gap.tolist() == [pytest.approx(-30 / 310)]


# --- the other publishers


def test_the_iea_file_gives_shares_of_refining_and_flags_its_projections(data, tmp_path):
    countries = {
        "China": {"2024": 70.2, "2030": 80.0},
        "Rest of world": {"2024": 29.8, "2030": 40.0},
        "Notes: …": {"2024": None, "2030": None},
    }
    side = {"countries": countries, "total": {"2024": 100.0, "2030": 120.0}}
    series, total = {"2024": 1.5, "STEPS": {"2030": 2.0}}, {"2024": 3.0, "STEPS": {"2030": 4.0}}
    content = {
        "supply": {"Lithium": {"mining": side, "refining": side}},
        "totalDemand": {
            "Lithium": {
                "sectors": {"Electric vehicles": series},
                "totalClean": series,
                "otherUses": series,
                "totalDemand": total,
            }
        },
    }
    (tmp_path / "iea.json").write_text(json.dumps(content))
    report = iea.ingest(tmp_path / "iea.json", data)
    assert report.release == "iea2025"
    assert report.tables["iea_production"].refused == {"a note among the countries, with no value": 4}
    made = pd.read_csv(data / "minerals/iea2025/iea_production.csv")
    china = one(made, area="China", stage="refinery", year=2024)
    assert (china.value, china.scenario, china.forecast) == (70_200, "history", False)
    assert one(made, area="World", stage="mine", year=2030).forecast


def test_an_iea_file_of_another_shape_is_refused(data, tmp_path):
    (tmp_path / "iea.json").write_text('{"supply": {"Lithium": []}, "totalDemand": {}}')
    with pytest.raises(UserError, match="the layout is another"):
        iea.ingest(tmp_path / "iea.json", data)


def pink_sheet(path: Path, sheet="Monthly Prices") -> Path:
    book = openpyxl.Workbook()
    page = book.active
    page.title = sheet
    for row in [["World Bank Commodity Price Data"], ["Updated on June 02, 2026"], [None, "Crude oil, average", "Copper", "Platinum"],
                [None, "($/bbl)", "($/mt)", "($/troy oz)"], ["2026M04", 99.0, 9000.5, "…"], ["2026M05", 100.0, 9100, 1500.0]]:  # fmt: skip
        page.append(row)
    book.save(path)
    return path


def test_the_pink_sheet_keeps_metals_and_says_what_it_leaves(data, tmp_path):
    report = worldbank.ingest(pink_sheet(tmp_path / "cmo.xlsx"), data)
    assert report.release == "wb2026-06"
    monthly = report.tables["prices_monthly"]
    assert (monthly.read, monthly.kept) == (6, 3) and monthly.adds_up
    prices = pd.read_csv(data / "minerals/wb2026-06/prices_monthly.csv")
    assert one(prices, series="Copper", month="2026-05").value == 9100


def test_a_workbook_without_the_sheet_is_refused(data, tmp_path):
    with pytest.raises(UserError, match='looked for the sheet "Monthly Prices", found Annual'):
        worldbank.ingest(pink_sheet(tmp_path / "cmo.xlsx", "Annual"), data)


def priced(path: Path, *more: list, definitions: tuple = (), units=(None, "($/mt)", "($/mt)")) -> Path:
    """The Pink Sheet with copper and tin of two months, further rows, and what its series are."""
    book = openpyxl.Workbook()
    page, described = book.active, book.create_sheet("Description")
    page.title = "Monthly Prices"
    for row in [["Prices"], ["Updated on March 03, 2026"], [None, "Copper **", "Tin"], list(units)]:
        page.append(row)
    for row in [["2026M01", 9000, 30000], ["2026M02", 9100, 31000], *more]:
        page.append(row)
    for row in definitions:
        described.append(row)
    book.save(path)
    return path


def test_a_series_of_prices_is_described_by_the_last_text_that_begins_with_its_name(data, tmp_path):
    said = "Tin (LME), refined, 99.85% purity, settlement price"
    rows = [[None, "Tin (short)"], ["Tin (LME), a text that was replaced by a later one"], [None, None, said]]
    rows += [
        ["Tinplate (a thing of a longer name than tin has)"],
        [None],
        ["Copperas, of another kind altogether"],
    ]
    path = priced(tmp_path / "cmo.xlsx", definitions=tuple(rows))
    tables, report = worldbank.read(path, reference.read(data))
    assert tables["price_series"].set_index("series").definition.to_dict() == {"Copper": "", "Tin": said}
    assert report.release == "wb2026-03" and report.rows.read == 2
    prices = tables["prices_monthly"].set_index(["series", "month"])
    assert prices.value["Copper", "2026-02"] == 9100 and set(prices.unit) == {"US$/t"}
    assert prices["_where"]["Copper", "2026-02"] == 'cmo.xlsx, sheet "Monthly Prices" row 6'


def test_what_is_no_price_is_refused_and_counted(data, tmp_path):
    more = [["2026M03", "..", -1], ["2026M04", "n.a.", 1e18], ["2026M05", 0, None], ["2026M13", 1, 1]]
    tables, report = worldbank.read(priced(tmp_path / "cmo.xlsx", *more), reference.read(data))
    prices = tables["prices_monthly"].set_index(["series", "month"]).value
    assert len(prices) == 5 and prices["Copper", "2026-05"] == 0
    tally = report.table("prices_monthly")
    assert tally.adds_up and tally.refused["no price in that month (printed as an ellipsis)"] == 2
    assert {'"-1" is not a price', '"n.a." is not a price'} < set(tally.refused)


def test_a_price_in_an_unknown_unit_is_refused_for_each_month(data, tmp_path):
    path = priced(tmp_path / "cmo.xlsx", units=(None, "($/mt)", "($/lb)"))
    tables, report = worldbank.read(path, reference.read(data))
    assert tables["price_series"].series.tolist() == ["Copper"]
    assert report.table("prices_monthly").refused == {"unit ($/lb) is not known": 2}
    with pytest.raises(UserError, match="no row of units"):
        worldbank.read(priced(path, units=(None, "($/lb)", "($/lb)")), reference.read(data))


def test_a_correction_of_the_scale_is_of_bounds_too():
    columns = {"value": [1.0, None], "low": [None, 2.0], "high": [None, 3.0], "correction_id": ["", ""]}
    frame = pd.DataFrame(columns)
    fix = {"action": "scale", "column": "value", "value": "1000", "correction_id": "C"}
    corrections._act(frame, pd.Series([True, True]), fix, "here")
    assert frame.loc[0, "value"] == 1000 and frame.loc[1, ["low", "high"]].tolist() == [2000, 3000]


def test_more_than_a_half_of_imports_ranks_before_a_fifth():
    class Held:
        def __init__(self, *rows):
            self.rows, self.every = {"import_sources": {i: (r, "") for i, r in enumerate(rows)}}, [*rows]

        def with_existing(self, table):
            return self.every

    of = {"mineral": "tin", "commodity": "Tin", "detail": "", "area_kind": "country", "headline": False}
    none = {"value": None, "low": None, "high": None, "rank": None}
    held = Held(of | none | {"area": "Peru", "value": 20}, of | none | {"area": "Chile", "low": 50})
    usgs_2026._headline_imports(held)
    assert {row["area"]: row["rank"] for row in held.every} == {"Chile": 1, "Peru": 2}


@pytest.mark.parametrize("word", [">", "≥", "greater than", "More than ", "over ", "Over e"])
def test_a_figure_said_to_be_exceeded_is_a_lower_bound(word):
    assert values.parse(f"{word}75") == values.Value(low=75.0, qualifier="greater")


@pytest.mark.parametrize("word", ["<", "≤", "less than", "Less than ", "< e"])
def test_a_figure_said_not_to_be_reached_is_an_upper_bound(word):
    assert values.parse(f"{word}75") == values.Value(high=75.0, qualifier="less")


def test_a_figure_set_in_place_of_a_word_is_a_figure():
    frame = pd.DataFrame(
        {
            "area": ["Peru", "Chile"],
            "year": [2024, 2024],
            "value": [None, None],
            "qualifier": ["withheld", "withheld"],
            "correction_id": ["", "X0"],
        }
    ).astype({"value": float})
    fix = {"action": "set", "column": "value", "value": "12.5", "correction_id": "X1"}
    corrections._act(frame, frame.area == "Peru", fix, "here")
    assert frame.value[0] == 12.5 and frame.qualifier.to_list() == ["", "withheld"]
    assert frame.correction_id.to_list() == ["X1", "X0"]
    year = fix | {"column": "year", "value": "2025", "correction_id": "X2"}
    corrections._act(frame, frame.area == "Chile", year, "here")
    assert frame.year.to_list() == [2024, 2025] and frame.qualifier[1] == "withheld"
    assert frame.correction_id[1] == "X0;X2"
