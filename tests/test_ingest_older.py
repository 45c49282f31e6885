"""The releases of 2023 to 2025, whose files say less plainly what they hold: read as they mean, in the layout of the raw files."""

import re
import shutil
from functools import cache
from itertools import combinations
from pathlib import Path

import pandas as pd
import pytest

from chokepoint.data.ingest import reference, usgs

DATA = Path(__file__).resolve().parents[1] / "data"
USGS = sorted(p.name for p in (DATA / "minerals").glob("mcs*"))
COPPER = """\
Source,Country,Type,Prod_kt_2021,Prod_kt_est_2022,Prod_notes,Reserves_kt,Reserves_notes
MCS2023,Chile,"Mine production, recoverable copper content",5620,5200,,190000,
MCS2023,World total (rounded),"Mine production, recoverable copper content",21200,22000,,890000,
MCS2023,Chile,"Refinery production, copper",2270,2100,,XX,Not applicable
MCS2023,World total (rounded),"Refinery production, copper",25300,26000,,XX,Not applicable
"""
COMBINED = (
    "Plant production, silicon content of combined totals for ferrosilicon and silicon metal production"
)
SILICON = f"""\
Source,Country,Type,Prod_kt_est_2021,Prod_kt_est_2022,Prod_notes,Reserves_kt,Reserves_notes
MCS2023,Bhutan,"Plant production, silicon content of ferrosilicon production",85,85,,NA,
MCS2023,China,"{COMBINED}",6400,6000,,NA,
MCS2023,World total (rounded),"{COMBINED}",9150,8800,,NA,
"""
FIGURE_2 = """\
Source,Import_Share_{},Commodity,Net_Import_Reliance_pct_2022,Major_Import_Sources_2018_2021
MCS2023,1,CESIUM,100,Germany
MCS2023,2,SCANDIUM,100,"Europe, China, Japan, Philippines"
MCS2023,3,"RARE EARTHS, compounds and metals, including lanthanides",>95,"China, Estonia, Malaysia, Japan"
MCS2023,4,ALUMINUM,54,"Canada, United Arab Emirates, Russia, China"
MCS2023,5,"SILICON, metal and ferrosilicon",45,"Russia, Brazil, Canada, Norway"
"""
LEAD_2024 = """\
DataSource,Commodity,Year,USprod_Mine_kt,USprod_Refinery_Primary_kt,USprod_Refinery_Secondary_kt,USprod_Concentrates_kt,Imports_Metal_kt,\
Imports_Concentrates_kt,Exports_Metal_kt,Exports_kt,Consump_North_American_kt,Price_LME_ctslb,Employment_num,NIR_Metal_pct
MCS2024,Lead,2022,273,264,0,1010,Less than 1/2 unit.,651,255,26,1630,116.5,1870,38
"""
LEAD_2023 = """\
DataSource,Commodity,Year,USprod_Mine_kt,USprod_Refinery_Primary_kt,USprod_Refinery_Secondary_kt,Imports_Concentrates_kt,Imports_Metal_kt,\
Exports_Concentrates_kt,Exports_Metal_kt,Consump_t,Price_North_American_ctslb,Price_LME_ctslb,Employment_num,NIR_Metal_pct
MCS2023,Lead,2021,294,0,975,1,613,262,22,1570,113,100,1860,38
"""


@pytest.fixture
def read(tmp_path):
    """Read files of a release, name -> text, with the project's own reference tables: its tables and its report."""
    data = tmp_path / "data"
    data.mkdir()
    for name in ("minerals", "commodities", "geography", "corrections", "releases"):
        shutil.copy(DATA / f"{name}.csv", data)
    shutil.copytree(DATA / "schemas", data / "schemas")

    def tables(files: dict[str, str]):
        for name, text in files.items():
            path = tmp_path / "release" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text.encode("utf-8-sig"))
        return usgs.read(tmp_path / "release", reference.read(data))

    return tables


def test_the_column_of_reserves_beside_a_refinery_is_no_second_figure_of_the_reserves(read):
    tables, report = read({"mcs2023-coppe_world.csv": COPPER})
    assert tables["reserves"].set_index("area").value.to_dict() == {"Chile": 190e6, "World": 890e6}
    refined = tables["production"].query("stage == 'refinery' and year == 2022").set_index("area").value
    assert refined.to_dict() == {"Chile": 2.1e6, "World": 26e6}
    assert report.tables["reserves"].refused["not applicable, where another line prints the figure"] == 2
    assert all(tally.adds_up for tally in report.tables.values())


def test_the_figure_is_kept_whichever_of_the_two_lines_comes_first(read):
    header, *lines = COPPER.splitlines()
    turned = "\n".join([header, *reversed(lines)]) + "\n"
    assert read({"mcs2023-coppe_world.csv": turned})[0]["reserves"].set_index("area").value.to_dict() == {
        "Chile": 190e6,
        "World": 890e6,
    }


def test_a_total_of_ferrosilicon_and_silicon_metal_is_neither_of_the_two(read):
    tables, _ = read({"mcs2023-coppe_world.csv": COPPER, "mcs2023-simet_world.csv": SILICON})
    made = tables["production"].query("mineral == 'silicon' and year == 2022")
    assert set(made.detail) == {"ferrosilicon and silicon metal"}
    assert made.set_index("area").value.to_dict() == {
        "Bhutan": 85e3,
        "China": 6e6,
        "World": 8.8e6,
    }  # Bhutan is counted in that total


@pytest.mark.parametrize("column", ["Rank", "Order"])  # 2023 names it so, later releases otherwise
def test_figure_2_gives_reliance_and_main_sources_under_either_name_of_its_column(read, column):
    tables, report = read(
        {"mcs2023-coppe_world.csv": COPPER, "MCS2023_Fig2_Net_Import_Reliance.csv": FIGURE_2.format(column)}
    )
    stated = tables["import_reliance"].set_index("mineral")
    assert (stated.value["cesium"], stated.low["rare_earths"], stated.year["cesium"]) == (100, 95, 2022)
    assert stated.detail.to_dict() == {
        "cesium": "", "scandium": "", "rare_earths": "compounds and metals", "aluminum": "", "silicon": "total"
    }  # fmt: skip
    sources = tables["import_sources"]
    assert sources[sources.mineral == "cesium"].area.tolist() == ["Germany"]
    assert sources[sources.mineral == "scandium"].set_index("area").area_kind["Europe"] == "group"
    assert (sources.first_year.min(), sources.last_year.max()) == (2018, 2021)
    assert not report.tables["import_reliance"].refused and not report.unused_files


def test_leads_figures_stand_under_the_names_that_the_neighbouring_releases_give_them(read):
    shifted, _ = read(
        {"mcs2024-coppe_world.csv": COPPER.replace("2023", "2024"), "mcs2024-lead_salient.csv": LEAD_2024}
    )
    lead = shifted["salient"].set_index(["statistic", "detail"]).value
    assert (
        lead["production", "mine recoverable lead"] == 264e3 and lead["production", "Refinery Primary"] == 0
    )
    assert lead["production", "Refinery Secondary"] == 1.01e6
    assert (lead["imports", "metal"], lead["exports", "concentrates"], lead["exports", "metal"]) == (
        651e3,
        255e3,
        26e3,
    )
    assert shifted["salient"].query(
        "statistic == 'imports' and detail == 'concentrates'"
    ).qualifier.tolist() == ["small"]
    assert shifted["prices"].series.tolist() == ["North American"]


def test_leads_consumption_of_the_release_of_2023_is_in_thousand_tons(read):
    tables, _ = read({"mcs2023-coppe_world.csv": COPPER, "mcs2023-lead_salient.csv": LEAD_2023})
    assert tables["salient"].query("statistic == 'consumption'").value.tolist() == [1.57e6]


# --- the committed tables, one release against the next


def words(label: str) -> set[str]:
    return set(re.findall(r"[a-z0-9]+", label.lower()))


@cache
def series(release: str) -> dict[tuple[str, str, str], pd.Series]:
    """What the United States made, traded, used and paid, by mineral, statistic and label: each a figure a year."""
    folder = DATA / "minerals" / release
    made, prices = (
        pd.read_csv(folder / f"{name}.csv", keep_default_na=False) for name in ("salient", "prices")
    )
    rows = pd.concat([made, prices.assign(statistic="price", detail=prices.series + " " + prices.basis)])
    listed = pd.read_csv(DATA / "minerals.csv").query("kind != 'other'").mineral
    rows = rows[rows.mineral.isin(listed) & (rows.statistic != "net_import_reliance")]
    rows = rows.assign(value=pd.to_numeric(rows.value)).dropna(subset="value")
    keys = ["mineral", "commodity", "statistic", "detail"]
    return {key: found.drop_duplicates("year").set_index("year").value for key, found in rows.groupby(keys)}


def same_figures(one: pd.Series, other: pd.Series) -> bool:
    """Whether two series are one: three years or more in common that are not all alike, nearly all of them equal."""
    years = one.index.intersection(other.index)
    near = (one[years] - other[years]).abs() <= 0.01 * other[years].abs()
    return len(years) >= 3 and one[years].nunique() > 2 and near.mean() >= 0.75


def same_label(one: str, other: str) -> bool:
    """Whether one label has all the words of the other: releases differ in how much they say."""
    few, many = sorted((words(one), words(other)), key=len)
    return bool(few) and few <= many


def misplaced(earlier: dict, later: dict) -> list[tuple]:
    """Series of the earlier release whose figures stand under another name in the later, though it has their own name as well."""
    found = []
    for (mineral, commodity, statistic, label), figures in earlier.items():
        there = {key: other for key, other in later.items() if key[0] == mineral}
        alike = {key for key, other in there.items() if same_figures(figures, other)}
        named = {key for key in there if key[2] == statistic and same_label(key[3], label)}
        if alike and (not any(key[2] == statistic for key in alike) or (named and not named & alike)):
            found.append((mineral, commodity, statistic, label, sorted(alike)))
    return found


@pytest.mark.parametrize(("earlier", "later"), list(combinations(USGS, 2)))
def test_no_series_stands_under_the_name_of_another(earlier, later):
    """A header that lacks a column shifts every figure behind it: the years that two releases share give it away."""
    assert misplaced(series(earlier), series(later)) == []


def test_the_test_finds_a_header_that_is_shifted():
    before = {key: found for key, found in series("mcs2025").items() if key[0] == "lead"}
    names = sorted(key for key in before if key[2] == "production")
    shifted = {name: before[other] for name, other in zip(names, [names[-1], *names], strict=False)}
    assert {row[0] for row in misplaced(shifted, series("mcs2026"))} == {"lead"}
