"""The tables as committed, against what their publishers print; and the releases themselves, where they are at hand."""

import json
import shutil
from itertools import pairwise
from pathlib import Path

import pandas as pd
import pytest
import sums

from chokepoint.data.ingest import (
    baci,
    bgs,
    china_customs,
    eu_study,
    history,
    iea,
    us_trade,
    usgs,
    worldbank,
    yearbook,
)

pytestmark = pytest.mark.slow

HOME = Path(__file__).resolve().parents[1]
DATA = HOME / "data"
RELEASES = HOME.parent / "shared" / "releases"
RECORD = {  # the readers of the long record, and what each is given
    history: "usgs_ds140",
    yearbook: "usgs_myb2022_ree",
    baci: "baci",
    us_trade: "us_trade",
    china_customs: "china_customs",
    eu_study: "eu_crm_2023",
    bgs: "bgs/bgs_production_1971_2023_tidy.csv",
}
USGS = sorted(p.name for p in (DATA / "minerals").glob("mcs*"))


def table(release: str, name: str) -> pd.DataFrame:
    return pd.read_csv(DATA / "minerals" / release / f"{name}.csv", keep_default_na=False).assign(
        value=lambda d: pd.to_numeric(d["value"])
    )


def value(frame: pd.DataFrame, **picked) -> float:
    for column, wanted in picked.items():
        frame = frame[frame[column] == wanted]
    assert len(frame) == 1, frame
    return frame.value.iloc[0]


def test_cobalt_of_the_congo_and_of_the_world():
    mined = table("mcs2026", "production").query("mineral == 'cobalt' and stage == 'mine' and year == 2025")
    assert value(mined, area="World") == 310_000
    assert value(mined, iso3="COD") == 230_000


def test_chinas_share_of_mined_rare_earths_is_69_23_percent():
    mined = table("mcs2026", "production").query("mineral == 'rare_earths' and year == 2025")
    assert round(100 * value(mined, iso3="CHN") / value(mined, area="World"), 2) == 69.23


def test_gallium_is_printed_in_kilograms_and_kept_in_tons():
    world = (
        table("mcs2026", "production")
        .query("mineral == 'gallium' and stage == 'refinery' and year == 2025 and area == 'World'")
        .iloc[0]
    )
    assert (world.printed, world.printed_unit, world.value, world.unit) == ("900,000", "kilograms", 900, "t")


def test_vanadium_reserves_are_true_tons_in_every_release():
    world = {r: value(table(r, "reserves").query("mineral == 'vanadium'"), area="World") for r in USGS}
    assert world["mcs2026"] == 21_000_000
    assert all(10e6 < v < 30e6 for v in world.values()), world


def test_brazils_rare_earth_reserves_are_11_million_with_21_superseded():
    brazil = table("mcs2026", "reserves").query("mineral == 'rare_earths' and iso3 == 'BRA'").iloc[0]
    assert (brazil.value, float(brazil.superseded), brazil.correction_id) == (
        11_000_000,
        21_000_000,
        "MCS2026-02",
    )
    world = table("mcs2026", "reserves").query("mineral == 'rare_earths' and area == 'World'").iloc[0]
    assert (world.qualifier, float(world.low), float(world.superseded)) == ("greater", 75_000_000, 85_000_000)


@pytest.mark.parametrize(("release", "reliance"), [("mcs2025", 80), ("mcs2026", 53)])
def test_reliance_on_rare_earths_for_2024_was_80_and_became_53(release, reliance):
    rows = table(release, "salient").query(
        "mineral == 'rare_earths' and statistic == 'net_import_reliance' and year == 2024"
    )
    assert value(rows, detail="compounds and metals") == reliance


@pytest.mark.parametrize(
    ("mineral", "percent"),
    [("cobalt", 78.4), ("lithium", 70.2), ("graphite", 95.7), ("magnet_rare_earths", 91.3), ("copper", 44.0)],
)
def test_chinas_share_of_refining_in_2024(mineral, percent):
    refined = table("iea2025", "iea_production").query(
        f"mineral == '{mineral}' and stage == 'refinery' and year == 2024"
    )
    assert round(100 * value(refined, iso3="CHN") / value(refined, area="World"), 1) == percent


def test_nickel_is_refined_in_indonesia_before_china():
    refined = (
        table("iea2025", "iea_production")
        .query("mineral == 'nickel' and stage == 'refinery' and year == 2024")
        .set_index("area")
        .value
    )
    assert [round(100 * refined[a] / refined["World"], 1) for a in ("Indonesia", "China")] == [42.9, 31.3]


def test_the_list_of_2025_has_60_minerals_and_each_knows_who_speaks_for_it():
    minerals = pd.read_csv(DATA / "minerals.csv", keep_default_na=False).set_index("mineral")
    listed = set(minerals.index[minerals.listed_2025])
    assert len(listed) == 60 and listed == set(
        pd.read_csv(DATA / "minerals/mcs2026/critical_list.csv").mineral
    )
    mined = table("mcs2026", "production")
    for name in listed:
        speaks = minerals.loc[name]
        if speaks.headline_stage and name != "germanium":  # withheld since the release of 2023
            rows = mined.query(
                "mineral == @speaks.headline_mineral and stage == @speaks.headline_stage and detail == @speaks.headline_detail"
            )
            assert len(rows), name


@pytest.mark.parametrize("release", USGS)
@pytest.mark.parametrize("name", ["production", "capacity", "reserves"])
def test_countries_add_up_to_the_world_except_where_the_data_say_not(release, name):
    known = pd.read_csv(DATA / "known_gaps.csv", keep_default_na=False).query(
        "release == @release and table == @name"
    )
    found = sums.gaps(table(release, name))
    found = found[found.gap.abs() > sums.TOLERANCE]
    key = [k for k in sums.SERIES if k in found.columns and k != "commodity"]
    listed = {tuple(row[:-1]): row[-1] for row in known[[*key, "gap"]].values.tolist()}
    assert {tuple(row[:-1]): row[-1] for row in found[[*key, "gap"]].values.tolist()} == pytest.approx(
        listed, abs=1e-4
    )


@pytest.mark.parametrize(("earlier", "later"), list(pairwise(USGS)))
def test_no_world_total_jumps_tenfold_from_release_to_release(earlier, later):
    """A wrong unit would: the same year of the same series in two releases."""
    key = ["mineral", "commodity", "stage", "detail", "year"]
    both = [
        table(r, "production").query("area == 'World' and value > 0").set_index(key).value
        for r in (earlier, later)
    ]
    ratio = (both[1] / both[0]).dropna()
    odd = ratio[(ratio > 10) | (ratio < 0.1)]
    assert [i[0] for i in odd.index] in ([], ["clays"])  # one printed total lacks a zero: see known_gaps.csv


def test_every_correction_of_a_release_in_the_project_changed_something():
    """Save those of headers and those that leave rows out, which leave no trace in a row."""
    fixes = pd.read_csv(DATA / "corrections.csv").query(
        "release in @USGS and action not in ('header', 'drop')"
    )
    cells = [
        c
        for r in USGS
        for p in (DATA / "minerals" / r).glob("*.csv")
        for c in pd.read_csv(p).get("correction_id", pd.Series()).dropna()
    ]
    assert set(fixes.correction_id) - {name for cell in cells for name in cell.split(";")} == set()


@pytest.fixture(scope="module")
def anew(tmp_path_factory):
    """All releases ingested into an empty folder: the data folder, and the reports by release."""
    data = tmp_path_factory.mktemp("anew") / "data"
    shutil.copytree(DATA, data, ignore=shutil.ignore_patterns("minerals"))
    reports = [usgs.ingest(RELEASES / f"usgs_{r}", data) for r in USGS]
    reports += [iea.ingest(RELEASES / folder, data) for folder in ("iea", "iea2026")]
    reports += [worldbank.ingest(p, data) for p in sorted((RELEASES / "worldbank_pinksheet").glob("*.xlsx"))]
    reports += [reader.ingest(RELEASES / path, data) for reader, path in RECORD.items()]
    return data, {report.release: report for report in reports}


@pytest.mark.published
def test_rows_read_are_rows_kept_and_rows_refused_with_a_reason(anew):
    known = (
        "is named salient and holds the world table",
        "neither a figure nor a note",
        "names no statistic",
        "is not known",
        "shares the release gives elsewhere",
        "no import source named",
        "dropped by",
        "not applicable, where another line prints the figure",
        "a note among the countries",
        "series of no mineral",
        "no price in that month",
        "of no mineral in data/crosswalk.csv",
        "the same heading, under another material",
        "a territory that data/geography.csv does not have",
        "withheld by USGS",
        "stands twice",
        "nothing traded, or nothing printed",
        "no quantity",
        "printed as a bound",
        "not scored in that edition",
    )
    for report in anew[1].values():
        assert all(tally.adds_up for tally in (report.rows, *report.tables.values())), report
        reasons = [reason for tally in (report.rows, *report.tables.values()) for reason in tally.refused]
        assert all(any(k in reason for k in known) for reason in reasons), (
            reasons
        )  # a new reason must be looked at


@pytest.mark.published
def test_the_committed_tables_are_what_the_releases_give(anew):
    made, kept = (sorted(p.relative_to(d) for p in (d / "minerals").rglob("*.csv")) for d in (anew[0], DATA))
    assert made == kept
    assert [p for p in made if (anew[0] / p).read_bytes() != (DATA / p).read_bytes()] == []
    entered = [
        {
            r["name"]: r
            for r in json.loads((d / "datapackage.json").read_text())["resources"]
            if r["path"].startswith("minerals/")
        }
        for d in (anew[0], DATA)
    ]
    assert entered[0] == entered[1]
