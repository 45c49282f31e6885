"""What a release states of import reliance is on its pages, whichever of its tables states it; what it withholds is not taken for nothing."""

import pandas as pd
import pytest

from chokepoint.analysis import coalitions, facts, reliance, withheld
from chokepoint.data import tables
from chokepoint.pages import country_text, coverage, dependence, frameworks, mineral
from chokepoint.pages.amounts import in_words
from chokepoint.site.indexes import mineral_index

RELEASES = tables.releases()
NOW = "mcs2026"
LISTED = tables.load("minerals").query("listed_2025").mineral.tolist()
STATES = ("", "greater", "less", "net_exporter", "zero", "small")  # qualifiers of a figure or a bound
NONE = "states no import reliance of the United States for {}."


def text(code: str, release: str) -> str:
    return " ".join(facts.linked(s, release) for s in mineral.brief(code, release).sentences)


def stated(release: str) -> set[str]:
    """Listed minerals of which any table of a release prints a reliance, read from the tables without the code that is tested."""
    found = set()
    for name in ("salient", "headline", "import_reliance"):
        if release in tables.releases(name):
            rows = tables.load(name, release)
            kind = {"salient": "statistic", "headline": "measure"}.get(name)
            rows = rows if kind is None else rows[rows[kind] == "net_import_reliance"]
            rows = rows[(rows.year == rows.year.max()) & rows.qualifier.fillna("").isin(STATES)]
            found |= set(rows.mineral)
    return found & set(LISTED)


@pytest.mark.parametrize("release", RELEASES)
def test_no_page_says_that_usgs_states_nothing_where_one_of_its_tables_does(release):
    told = {code: text(code, release) for code in LISTED}
    assert len(stated(release)) > 35
    assert [code for code in stated(release) if "states no import reliance" in told[code]] == []
    assert [code for code in stated(release) if facts.find(f"{code}.reliance", release) is None] == []


@pytest.mark.parametrize("release", RELEASES)
def test_chapter_1_counts_all_that_a_release_states(release):
    assert facts.get("reliance.lines", release).value >= len(stated(release)) > 35
    said = [facts.linked(s, release) for s in dependence.brief(release).sentences]
    assert not [s for s in said if " 0 minerals" in s or "altogether for 0" in s]


def test_what_only_a_chapter_or_figure_2_states_counts_among_the_wholly_imported():
    whole = facts.get("reliance.full", NOW).rows
    assert {"Caesium: 100%", "Rubidium: 100%", "Heavy rare earths (compounds and metals): 100%"} <= set(whole)
    assert len(whole) == facts.get("reliance.full", NOW).value == 14


def test_a_release_without_a_summary_table_states_reliance_all_the_same():
    assert "mcs2023" not in tables.releases("headline")
    rows = reliance.lines("mcs2023").set_index("mineral").text
    assert (rows["lead"], rows["cesium"], rows["rare_earths"]) == ("42%", "100%", "more than 95%")
    assert (
        reliance.lines("mcs2024").set_index("mineral").table["cobalt"] == "headline"
    )  # its chapter's file holds another table


def test_of_a_mineral_with_several_forms_its_own_speaks_and_the_others_are_told():
    said = text("aluminum", NOW)
    assert "imports 60% of the aluminium it uses" in said and "more than 75%" in said and "71%" in said
    assert "net exporter" in text("zinc", NOW) and "of the refined zinc" in text("zinc", NOW)
    assert reliance.lines("mcs2023").set_index("mineral").what["titanium"] == "Titanium sponge metal"


@pytest.mark.parametrize(("release", "figures"), [("mcs2026", ["100%", "67%"]), ("mcs2025", ["80%"])])
def test_a_single_rare_earth_shows_the_figure_of_its_groups(release, figures):
    said = text("dysprosium", release)
    assert "dysprosium alone" in said and all(figure in said for figure in figures)
    gaps = " ".join(mineral.not_published("dysprosium", release).items)
    assert "of it alone" in gaps and "How far the United States depends on imports of it." not in gaps


def test_a_bound_on_a_source_is_a_source():
    section = mineral.imports("phosphate_rock", NOW)
    assert section.figure.title.startswith("Peru is the largest source of US imports, more than 99%")
    assert section.figure.table.iloc[0].tolist()[:2] == ["Peru", ">99"]
    assert "more than 99% of its imports come from Peru" in text("phosphate_rock", NOW)
    assert facts.get("peru.phosphate_rock_us_imports", NOW).text == "more than 99%"


def test_a_list_of_names_is_no_largest_source():
    section = mineral.imports("rubidium", NOW)
    assert section.figure is None
    assert any("China, Germany, and Russia" in s and "no reliable data" in s for s in section.sentences)
    rows = pd.concat([reliance.main_sources(release) for release in RELEASES])
    assert set(rows.area_kind) == {"country"}
    assert pd.isna(
        reliance.lines("mcs2023").set_index("mineral").source["scandium"]
    )  # "Europe" comes first there


def test_sources_without_shares_are_named_in_their_order():
    assert "China, Germany" in mineral.imports("cesium", NOW).sentences[-1]
    assert "largest source of its imports is Canada" in text("aluminum", "mcs2023")


def test_prices_of_one_year_are_listed_rather_than_denied():
    assert mineral.prices("cesium", NOW).items
    assert "USGS prints no price" not in " ".join(mineral.not_published("cesium", NOW).items)


def test_a_series_of_prices_that_has_ended_does_not_lead():
    assert "US$340 a kilogram in 2024" in mineral.prices("indium", "mcs2025").figure.title


@pytest.mark.parametrize("release", RELEASES)
def test_every_year_of_a_series_is_of_the_form_that_speaks_in_the_latest(release):
    by_year, lines = (
        reliance.by_year(release),
        reliance.lines(release).query("table == 'salient'").set_index("mineral"),
    )
    latest = by_year[by_year.year == by_year.year.max()].set_index("mineral").text
    assert latest.to_dict() == lines.text.to_dict()


def test_the_index_shows_a_rare_earths_group_too():
    row = mineral_index(NOW).split('minerals/dysprosium"')[1].split("</tr>")[0]
    assert "heavy_rare_earths.reliance" in row


# --- withheld output


def test_the_tables_of_the_bloc_say_whose_output_counts_as_nothing():
    for table in (frameworks.lead(NOW).table, coverage.matrix(NOW).table):
        lithium = table[(table.Mineral == "Lithium") & table.Step.isin(["mine", "at the mine"])].iloc[0]
        cobalt = table[(table.Mineral == "Cobalt") & table.Step.isin(["mine", "at the mine"])].iloc[0]
        assert (lithium[withheld.COLUMN], cobalt[withheld.COLUMN]) == ("United States", "")
    club = coverage.your_club(NOW).table.set_index("Mineral")[withheld.COLUMN]
    assert club["Lithium"] == "United States (at the mine)" and club["Cobalt"] == ""


def test_a_share_that_leaves_a_member_out_is_a_lower_bound_on_the_minerals_page():
    antimony = mineral.inside("antimony", NOW)
    assert "at least" in antimony.figure.title and any("counts as 0" in s for s in antimony.sentences)
    table = antimony.figure.table.set_index("Who")[withheld.COLUMN]
    assert table[coalitions.SIGNED] == "United States" and table[coalitions.CHINA] == ""
    cobalt = mineral.inside("cobalt", NOW)
    assert "at least" not in cobalt.figure.title and withheld.COLUMN not in cobalt.figure.table


def test_where_the_world_total_leaves_the_united_states_out_they_count_as_not_printed():
    assert withheld.within("tellurium", "refinery", {"USA"}, NOW) == ["United States"]
    assert withheld.within("tellurium", "refinery", {"CAN"}, NOW) == []


def test_the_page_of_china_and_the_first_chapter_count_its_lead_in_us_imports_alike():
    """The chart counts minerals with a stated reliance, the page all whose sources are printed, and says how many of these the chart has."""
    said = country_text.sells("CHN", "mcs2026")
    drawn = dependence.imports("mcs2026").title
    first = reliance.firsts("mcs2026").query("iso3 == 'CHN'")
    assert (
        f"imports of {in_words(len(first))} minerals" in said
        and f"for {in_words(int(first.stated.sum()))} of these" in said
    )
    assert drawn.endswith(f"China leads for {int(first.stated.sum())}")
    assert "cesium" in set(first.mineral)  # USGS gives the order of its sources, and no shares


@pytest.mark.parametrize(
    ("release", "code", "own", "other"),
    [("mcs2023", "chromium", "83%", "80%"), ("mcs2025", "potash", "94%", "93%")],
)
def test_where_two_tables_of_a_release_differ_both_are_told(release, code, own, other):
    """The chapter's figure is taken; that of figure 2 stands beside it, on the mineral's page and in the table of the first chapter."""
    said = " ".join(mineral.imports(code, release).sentences)
    assert f"import reliance of {own}; figure 2 prints {other} for the same year" in said
    counted = dependence.imports(release).table.set_index("Net import reliance").loc[own, "What is counted"]
    assert f"(figure 2 prints {other})" in "".join(counted)


def test_the_newest_release_prints_one_reliance_for_one_product():
    assert not [m for m in LISTED if reliance.otherwise(m, NOW)]


def test_fifty_per_cent_is_half():
    rows = reliance.lines("mcs2026")
    half = rows[(rows.value >= 50) & (rows.value < 100) & (rows.kind != "less")]
    assert (half.value == 50).any() and facts.get("reliance.half", "mcs2026").value == len(half)


def test_less_than_half_a_unit_is_a_bound_and_not_withheld():
    rows = pd.DataFrame(
        {
            "qualifier": ["small", None, "withheld"],
            "value": [None, 60.0, None],
            "low": [0.0, None, None],
            "high": [0.5, None, None],
        }
    )
    assert reliance._in_words(rows).text.tolist() == ["less than 0.5%", "60%"]
