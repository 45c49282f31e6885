"""What a release states of import reliance is on its pages, whichever of its tables states it; what it withholds is not taken for nothing."""

import pandas as pd
import pytest

from chokepoint.analysis import coalitions, facts, reliance, withheld
from chokepoint.analysis.facts import reliance as stated_facts
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


# --- the rules, on a small release made up for them ---

MADE = "mcs2091"


def stat(
    mineral: str,
    value: float | None,
    commodity: str = "",
    detail: str | None = None,
    year: int = 2090,
    **other,
):
    own = {"mineral": mineral, "commodity": commodity or mineral.capitalize(), "detail": detail, "year": year}
    return own | {"statistic": "net_import_reliance", "value": value, "source_id": "MCS2091"} | other


@pytest.fixture
def release(made_up):
    """Three tables, the fullest first; of three forms of aluminium the smelter's speaks for it."""
    kinds = {
        "aluminum": "listed",
        "tin": "listed",
        "zinc": "listed",
        "cesium": "listed",
        "gold": "listed",
        "sand": "other",
    }
    kinds |= {"potash": "listed", "beryllium": "listed", "indium": "listed"}
    made_up.put(
        "minerals",
        [
            {"mineral": m, "kind": k, "headline_stage": "smelter", "headline_mineral": m}
            for m, k in kinds.items()
        ],
    )
    rules = [("aluminum", "Aluminum", "smelter"), ("aluminum", "Bauxite", "mine"), ("zinc", "Zinc", None)]
    made_up.put("commodities", [{"mineral": m, "commodity": c, "stage": s} for m, c, s in rules])
    salient = [
        *(
            stat("aluminum", 75, "Bauxite", qualifier=None),
            stat("aluminum", 60, "Aluminum"),
            stat("aluminum", 71, "Alumina"),
        ),
        *(
            stat("zinc", 90, detail="ores and concentrates"),
            stat("zinc", 73, detail="refined"),
            stat("zinc", 5, detail="slag"),
        ),
        *(stat("tin", 77), stat("tin", 74, year=2089), stat("tin", 9, statistic="imports"), stat("sand", 1)),
        *(stat("beryllium", None, qualifier="net_exporter"), stat("indium", None, qualifier="withheld")),
    ]
    made_up.put("salient", salient, MADE)
    summary = [("tin", "Tin", 70), ("potash", "Potash (Muriate)", 85)]
    made_up.put(
        "headline",
        [
            *(
                {
                    "mineral": m,
                    "commodity": c,
                    "measure": "net_import_reliance",
                    "year": 2090,
                    "value": v,
                    "source_id": "MCS2091",
                }
                for m, c, v in summary
            ),
            {
                "mineral": "potash",
                "commodity": "Potash",
                "measure": "other",
                "year": 2090,
                "value": 1,
                "source_id": "MCS2091",
            },
        ],
        MADE,
    )
    figure = {"year": 2090, "source_id": "MCS2091"}
    made_up.put(
        "import_reliance",
        [
            figure | {"mineral": "cesium", "commodity": "Cesium", "value": 100},
            figure | {"mineral": "tin", "commodity": "Tin", "value": 77},
            figure
            | {
                "mineral": "potash",
                "commodity": "Potash (muriate)",
                "value": None,
                "qualifier": "greater",
                "low": 75,
            },
        ],
        MADE,
    )

    def source(
        mineral: str, area: str, rank: int | None, value: float | None, commodity: str = "", **other
    ) -> dict:
        own = {"mineral": mineral, "commodity": commodity or mineral.capitalize(), "area": area, "rank": rank}
        country = {
            "area_kind": "other" if area == "Others" else "country",
            "iso3": None if area == "Others" else area,
        }
        return (
            own
            | country
            | {
                "value": value,
                "headline": True,
                "first_year": 2086,
                "last_year": 2089,
                "source_id": "MCS2091",
            }
            | other
        )

    made_up.put(
        "import_sources",
        [
            *(
                source("aluminum", "JAM", 1, 80, "Bauxite"),
                source("aluminum", "CAN", 1, 56, "Aluminum"),
                source("aluminum", "ARE", 2, 8, "Aluminum"),
            ),
            *(
                source("tin", "Others", None, 30),
                source("tin", "PER", 2, 25),
                source("tin", "BOL", 1, 45),
                source("tin", "CHN", 1, 99, headline=False),
            ),
            *(source("zinc", "CHN", 1, None), source("zinc", "CAN", 2, None)),
            *(
                source("cesium", "CHN", 1, None, qualifier="greater", low=50),
                source("cesium", "DEU", 2, None),
            ),
            *(source("potash", "Others", 1, 60), source("potash", "CAN", 2, 40)),
            *(source("beryllium", "KAZ", 1, 45), source("sand", "CAN", 1, 90)),
        ],
        MADE,
    )
    return made_up


def test_the_form_that_speaks_for_a_mineral_comes_first(release):
    rows = reliance.statements(MADE)
    aluminum = rows[rows.mineral == "aluminum"]
    assert aluminum.what.tolist() == ["Aluminium", "Alumina", "Bauxite"]
    assert rows[rows.mineral == "zinc"].form.tolist() == ["refined", "ores and concentrates", "slag"]
    assert reliance.further("zinc", MADE).text.tolist() == ["90%", "5%"]


def test_the_fullest_table_that_has_a_mineral_states_it(release):
    rows = reliance.lines(MADE).set_index("mineral")
    assert rows.text.to_dict() == {
        **{
            "aluminum": "60%",
            "beryllium": "net exporter",
            "cesium": "100%",
            "potash": "85%",
            "tin": "77%",
            "zinc": "73%",
        },
    }
    assert rows.table[["tin", "potash", "cesium"]].tolist() == ["salient", "headline", "import_reliance"]
    assert rows.what["cesium"] == "Caesium" and rows.what["potash"] == "Potash (muriate)"
    assert rows.source[["aluminum", "tin", "zinc", "cesium"]].tolist() == ["CAN", "BOL", "CHN", "CHN"]
    assert pd.isna(rows.source["potash"]), "of a group none can be told to be the largest"


def test_another_table_of_the_release_is_told_where_it_differs(release):
    assert reliance.otherwise("tin", MADE) == ["the summary of listed minerals prints 70%"]
    assert reliance.otherwise("potash", MADE) == ["figure 2 prints more than 75%"]
    assert reliance.otherwise("cesium", MADE) == [] and reliance.otherwise("gold", MADE) == []


def test_import_sources_are_those_of_the_form_that_speaks_in_their_order(release):
    assert reliance.sources(MADE, "aluminum").area.tolist() == ["CAN", "ARE"]
    tin = reliance.sources(MADE, "tin")
    assert tin.area.tolist() == ["BOL", "PER", "Others"] and tin.text.tolist() == ["45%", "25%", "30%"]
    cesium = reliance.sources(MADE, "cesium")
    assert (cesium.kind[0], cesium.value[0], cesium.text[0]) == ("greater", 50, "more than 50%")
    assert pd.isna(cesium.value[1]) and pd.isna(cesium.text[1])


def test_the_largest_source_needs_a_share_and_the_first_only_a_place(release):
    assert reliance.main_sources(MADE).set_index("mineral").area.to_dict() == {
        **{"aluminum": "CAN", "tin": "BOL", "cesium": "CHN", "beryllium": "KAZ", "sand": "CAN"}
    }
    firsts = reliance.firsts(MADE).set_index("mineral")
    assert firsts.stated.to_dict() == {
        **{"aluminum": True, "cesium": True, "tin": True, "beryllium": False, "zinc": True}
    }
    assert firsts.value.dropna().is_monotonic_decreasing and pd.isna(firsts.value["zinc"])
    rows = reliance.by_country(MADE)
    assert (
        "sand" not in set(rows.mineral)
        and "zinc" not in set(rows.mineral)
        and rows.value.is_monotonic_decreasing
    )
    assert rows.set_index(["mineral", "iso3"])["first"].to_dict() == {
        ("aluminum", "CAN"): True,
        ("aluminum", "ARE"): False,
        ("tin", "BOL"): True,
        ("tin", "PER"): False,
        ("cesium", "CHN"): True,
        ("potash", "CAN"): False,
        ("beryllium", "KAZ"): True,
    }


def test_two_releases_that_differ_on_a_year_are_both_read(release, monkeypatch):
    older = [
        stat("tin", 80, year=2089),
        stat("tin", 60, year=2088),
        stat("zinc", 73, detail="refined", year=2089),
    ]
    release.put("salient", older, "mcs2090")
    release.put("salient", [stat("tin", 81, year=2090), stat("tin", 74, year=2089)], "mcs2092")
    assert reliance.readings("tin", 2089) == {"mcs2090": "80%", "mcs2091": "74%", "mcs2092": "74%"}
    assert reliance.readings("tin", 2088) == {"mcs2090": "60%"} and reliance.readings("gold", 2089) == {}
    assert reliance.disputed() == [("tin", 2089), ("tin", 2090)]
    older, newer, newest = (stated_facts.disputed_reliance("tin", 2089, f"mcs20{y}") for y in (90, 91, 92))
    assert (older.value, older.superseded) == ("80%", ())
    assert (newer.value, newer.as_of, newer.superseded) == ("74%", "2089", (("80%", ("MCS2090",)),))
    assert newest.superseded == newer.superseded, "a release that says the same is not replaced"
    assert stated_facts.disputed_reliance("tin", 2088, "mcs2092") is None
    read = {"mcs2089": "9%", "mcs2090": "8%", "mcs2091": "9%", "mcs2092": "7%", "mcs2093": "6%"}
    monkeypatch.setattr(reliance, "readings", lambda mineral, year: read)
    found = stated_facts.disputed_reliance("tin", 2089, "mcs2092").superseded
    assert found == (("9%", ("MCS2091", "MCS2089")), ("8%", ("MCS2090",))), (
        "the newest of the older ones first"
    )


def test_lines_are_counted_as_full_half_and_bounds(monkeypatch):
    values = [
        (100, ""),
        (99.9, "greater"),
        (50, ""),
        (50, "less"),
        (49.9, ""),
        (75, "greater"),
        (0, "net_exporter"),
    ]
    rows = pd.DataFrame(values, columns=["value", "kind"]).assign(what="x", text="y", source_id="MCS2091")
    monkeypatch.setattr(reliance, "lines", lambda release: rows)
    declared = next(d for d in facts.DECLARED if d.compute is stated_facts.lines)
    counts = {row["fact_id"]: stated_facts.lines(row["condition"], MADE).value for row in declared.each}
    assert counts == {"reliance.lines": 7, "reliance.full": 1, "reliance.half": 3, "reliance.bounds": 3}
    monkeypatch.setattr(reliance, "lines", lambda release: rows[:0])
    assert stated_facts.lines("value == 100", MADE) is None


def test_a_rare_earth_stands_in_the_narrowest_group_that_is_stated(made_up, monkeypatch):
    group = {"group": "rare earths", "headline_mineral": "rare_earths"}
    names = ("dysprosium", "neodymium", "rare_earths", "scandium", "tin")
    own = {
        "scandium": {"group": "rare earths", "headline_mineral": "scandium"},
        "tin": {"group": "base", "headline_mineral": "rare_earths"},
    }
    made_up.put("minerals", [{"mineral": m} | own.get(m, group) for m in names])
    assert [reliance.groups(m) for m in names] == [
        ["heavy_rare_earths", "rare_earths"],
        ["rare_earths"],
        [],
        [],
        [],
    ]
    for stated, speaks in (
        (["rare_earths", "heavy_rare_earths"], "heavy_rare_earths"),
        (["rare_earths"], "rare_earths"),
        ([], None),
    ):
        monkeypatch.setattr(
            reliance, "lines", lambda release, stated=stated: pd.DataFrame({"mineral": stated})
        )
        assert reliance.speaks_for("dysprosium", MADE) == speaks
