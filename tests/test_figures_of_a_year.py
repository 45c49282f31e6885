"""A figure belongs to its year, and to the newest release that prints it.

Everything the book shows as a state of the world is worked out here again from the committed CSV files, by nothing but `csv`: which release prints
a year, what it prints of each place, and what of the world. The book must show that, and no other value. (Apart: *What changed*, quoted claims,
books printed at an older release.)
"""

import csv
import os
import re
import shutil
from functools import cache
from pathlib import Path

import pytest
from sampled import newest_and, of_each

from chokepoint.analysis import coalitions, countries, facts, reserves, supply
from chokepoint.data import tables
from chokepoint.pages import country as country_page
from chokepoint.pages import coverage, dependence, frameworks
from chokepoint.pages import mineral as mineral_page

DATA = Path(__file__).resolve().parents[1] / "data"
NEWEST = max(p.name for p in (DATA / "minerals").glob("mcs*"))
LISTED = [
    r["mineral"]
    for r in csv.DictReader((DATA / "minerals.csv").open(encoding="utf-8"))
    if r["kind"] == "listed"
]

# What the book calls a product, by its step, and the series of the release: (stage, commodity, details, detail of the world's total).
SERIES = {
    ("bauxite", "mine"): ("mine", "Bauxite", {""}, ""),
    ("alumina (aluminium)", "refinery"): ("refinery", "Alumina", {""}, ""),
    ("aluminium", "refinery"): ("smelter", "Aluminum", {""}, ""),
    ("magnesium compounds", "mine"): ("mine", "Magnesium compounds", {""}, ""),
    ("magnesium metal", "refinery"): ("smelter", "Magnesium metal", {""}, ""),
    ("silicon metal", "refinery"): ("processed", "Silicon", {"silicon metal"}, "silicon metal"),
    ("silicon, ferrosilicon and silicon metal", "refinery"): (
        "processed",
        "Silicon",
        {"ferrosilicon and silicon metal"},
        "ferrosilicon and silicon metal",
    ),
    ("ferrosilicon", "refinery"): ("processed", "Silicon", {"ferrosilicon"}, "ferrosilicon"),
    ("titanium concentrates", "mine"): (
        "mine",
        "Titanium mineral concentrates",
        {"ilmenite", "rutile"},
        "ilmenite and rutile",
    ),
    ("ilmenite (titanium)", "mine"): ("mine", "Titanium mineral concentrates", {"ilmenite"}, "ilmenite"),
    ("rutile (titanium)", "mine"): ("mine", "Titanium mineral concentrates", {"rutile"}, "rutile"),
    ("titanium sponge metal", "refinery"): ("sponge", "Titanium sponge metal", {""}, ""),
    ("natural graphite", "mine"): ("mine", "Graphite (natural)", {""}, ""),
    ("arsenic", "refinery"): ("processed", "Arsenic", {""}, ""),
}
AGENCY = {  # refined products of which USGS prints no country, and their name in the IEA's table
    "cobalt": "cobalt",
    "lithium": "lithium",
    "nickel": "nickel",
    "natural and synthetic graphite": "graphite",
    "magnet rare earths": "magnet_rare_earths",
}


@cache
def rows(folder: str, table: str) -> list[dict]:
    with (DATA / "minerals" / folder / f"{table}.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


@cache
def series(release: str) -> dict[tuple, dict[int, dict[str, list[float]]]]:
    """(stage, commodity, detail) → year → area → outputs, of one release."""
    found: dict = {}
    for r in rows(release, "production"):
        if r["value"]:
            places = found.setdefault((r["stage"], r["commodity"], r["detail"]), {}).setdefault(
                int(r["year"]), {}
            )
            places.setdefault("World" if r["area_kind"] == "world" else r["area"], []).append(
                float(r["value"])
            )
    return found


def printed(product: str, step: str, year: int) -> tuple[str, dict[str, float]]:
    """The newest release that prints a year of a product, and each place's share of the total it prints [%]."""
    if step == "refinery" and product in AGENCY:
        edition = max(  # one may give mining alone
            p.name
            for p in (DATA / "minerals").glob("iea*")
            if any(r["stage"] == "refinery" for r in rows(p.name, "iea_production"))
        )
        of = [
            r
            for r in rows(edition, "iea_production")
            if r["mineral"] == AGENCY[product]
            and r["stage"] == "refinery"
            and r["forecast"] == "false"
            and int(r["year"]) == year
        ]
        total = next(float(r["value"]) for r in of if r["area_kind"] == "world")
        return edition, {r["area"]: 100 * float(r["value"]) / total for r in of if r["area_kind"] != "world"}
    for release in sorted((p.name for p in (DATA / "minerals").glob("mcs*")), reverse=True):
        known = series(release)
        stages = ("mine",) if step == "mine" else ("refinery", "smelter", "processed", "sponge")
        stage, commodity, details, whole = SERIES.get((product, step)) or next(
            ((s, c, {""}, "") for s, c, d in known if s in stages and c.lower() == product and not d),
            (None, None, set(), ""),
        )
        total = known.get((stage, commodity, whole), {}).get(year, {}).get("World")
        if not total:
            continue
        sums: dict[str, float] = {}
        for detail in details:
            for area, values in known.get((stage, commodity, detail), {}).get(year, {}).items():
                sums[area] = sums.get(area, 0) + sum(values)
        sums.pop("World", None)
        if sums:
            return release, {area: 100 * value / total[0] for area, value in sums.items()}
    return "", {}


def name(what: str) -> str:
    return what.split(" (Nd")[0].lower()


def said(release: str) -> str:
    return f"{re.match('[a-z]+', release)[0].upper()} {release[-4:]}"


# --- the chooser of chapter 1 ---


def test_antimony_of_2024_is_the_newest_releases():
    table = dependence.choose(NEWEST).table
    row = table[(table.Mineral == "Antimony") & (table.Year == 2024) & (table.Area == "China")].iloc[0]
    assert (
        row["Share of world output, %"] == 33.61 and row.Output == "40,000 t" and row.Release == said(NEWEST)
    )


def test_every_row_of_the_chooser_is_what_the_newest_release_prints_of_that_year():
    table = dependence.choose(NEWEST).table
    wrong = []
    for r in table.to_dict("records"):
        release, shares = printed(name(r["Product"]), r["Step"], r["Year"])
        if r["Release"] != said(release) or abs(shares[r["Area"]] - r["Share of world output, %"]) > 0.0051:
            wrong.append((r, release, shares.get(r["Area"])))
    assert len(table) > 900 and wrong == []
    assert table.groupby(["Mineral", "Step", "Year"]).Release.nunique().eq(1).all(), (
        "a year of a mineral is one release's"
    )
    assert not table.duplicated(["Mineral", "Step", "Year", "Area"]).any(), "no row stands under two years"


def test_the_agencys_figures_stand_under_their_own_year_and_the_line_above_the_bars_says_it():
    figure = dependence.choose(NEWEST)
    agency = figure.table[figure.table.Release.str.startswith("IEA")]
    base = {int(r["year"]) for r in rows("iea2025", "iea_production") if r["forecast"] == "false"}
    assert set(agency.Year) == base and len(agency) >= 20
    spec = figure.chart.to_dict()
    heads = [
        row
        for data in spec["datasets"].values()
        for row in data
        if row.get("label", "").startswith("After the mine")
    ]
    newest = max(row["year"] for row in heads)
    cobalt = next(row for row in heads if row["mineral"] == "Cobalt" and row["year"] == newest)
    assert f"{max(base)}, IEA 2025" in cobalt["label"]


def test_what_is_counted_in_kilograms_is_not_rounded_to_tonnes():
    table = dependence.choose(NEWEST).table
    rhenium = table[(table.Mineral == "Rhenium") & (table.Area == "China")].set_index("Year").Output
    assert rhenium[2022] == "2,500 kg" and rhenium[2025] == "20,000 kg"
    assert "2,500 kg" not in set(table[table.Mineral == "Antimony"].Output)
    assert facts.get("rhenium.china_mined").rows == ("China 2025: 20,000 kg", "World 2025: 81,000 kg")


def test_a_book_printed_at_an_older_release_knows_nothing_newer():
    older = (
        supply.by_year("mcs2025").query("mineral == 'antimony' and iso3 == 'CHN' and year == 2024").iloc[0]
    )
    assert (round(older.share), older.release) == (60, "mcs2025")
    assert supply.by_year("mcs2024").query("source_id.str.startswith('MCS')").release.le("mcs2024").all()


def test_a_year_that_two_editions_of_the_agency_print_is_the_newer_ones(tmp_path, monkeypatch):
    folder = tmp_path / "data"
    shutil.copytree(DATA, folder, copy_function=os.symlink)
    path = folder / "minerals" / "iea2026" / "iea_production.csv"
    later = [
        {**r, "value": {"World": "100", "China": "60"}[r["area"]], "source_id": "IEA2026"}
        for r in rows("iea2025", "iea_production")
        if (r["mineral"], r["stage"], r["year"]) == ("magnet_rare_earths", "refinery", "2024")
        and r["area"] in ("World", "China")
    ]
    text = path.read_text(encoding="utf-8")
    path.unlink()
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write(text)
        csv.DictWriter(file, later[0], lineterminator="\n").writerows(later)
    monkeypatch.setenv("CHOKEPOINT_DATA", str(folder))
    shown = supply.by_year().query(
        "mineral == 'rare_earths' and step == 'refinery' and year == 2024 and iso3 == 'CHN'"
    )
    assert shown[["release", "share"]].values.tolist() == [["iea2026", 60]]


# --- pages and facts ---


def stages(column: str, value: str) -> frozenset:
    """At which stages the newest release, or the IEA, prints output of a mineral or of a country: what its page shows."""
    editions = [p.name for p in (DATA / "minerals").glob("iea*") if (p / "iea_production.csv").is_file()]
    of_agency = (
        [r for edition in editions for r in rows(edition, "iea_production")] if column == "mineral" else []
    )
    return frozenset(
        ("IEA" if "scenario" in r else "USGS", r["stage"])
        for r in [*rows(NEWEST, "production"), *of_agency]
        if r[column] == value
    )


@pytest.mark.parametrize(
    "mineral", of_each("minerals' pages", LISTED, lambda mineral: stages("mineral", mineral), 3)
)
def test_a_minerals_page_shows_the_newest_releases_shares(mineral):
    for step in ("mine", "refinery"):
        section = mineral_page.makers(mineral, NEWEST, step)
        if section is None:
            continue
        output = mineral_page.lead_prose.output_by_step(mineral, NEWEST)[step]
        for r, what in zip(section.figure.table.to_dict("records"), output.what, strict=True):
            release, shares = printed(name(what), step, int(r["Year"]))
            assert r["Release"] == said(release)
            if r["Share of world, %"] == r["Share of world, %"]:
                assert shares[r["Country"]] == pytest.approx(r["Share of world, %"]), r
            else:
                assert r["Country"] not in shares, f"{r['Country']} is printed as a number"


@pytest.mark.parametrize(
    "iso3",
    of_each(
        "countries' pages",
        [i for i in countries.names() if i != countries.UNION],
        lambda iso3: stages("iso3", iso3),
        2,
    ),
)
def test_a_countrys_page_shows_the_newest_releases_shares(iso3):
    section = country_page.brings(countries.slug(iso3), NEWEST)
    if section is None or section.figure is None:
        return
    for r in section.figure.table.to_dict("records"):
        step = {"mined": "mine", "refined": "refinery"}[r["Step"]]
        release, shares = printed(r["Mineral"].lower(), step, int(r["Year"]))
        assert r["Release"] == said(release)
        assert shares[countries.names()[iso3]] == pytest.approx(r["Share of world, %"]), r


def test_every_fact_that_is_a_share_is_the_newest_releases():
    known = facts.evaluate(NEWEST)
    held = countries.output_shares(NEWEST)
    checked = 0
    for r in held[(held.value > 0) & (held.iso3 != countries.UNION)].itertuples():
        what = name(r.what) if not r.form else country_page.lead_prose.product(r)
        _, shares = printed(what, r.step, int(r.year))
        fact = known[country_page.share_id(r.iso3, r)]
        assert fact.value == pytest.approx(shares[r.area]), fact.fact_id
        checked += 1
    for (mineral, step), row in supply.summary(NEWEST).dropna(subset=["year"]).iterrows():
        _, shares = printed(name(row.what), step, int(row.year))
        word = {"mine": "mined", "refinery": "refined"}[step]
        assert known[f"{mineral}.china_{word}"].value == pytest.approx(shares.get("China", 0))
        assert known[f"{mineral}.largest_{word}"].value == pytest.approx(shares[row.leader])
        checked += 2
    assert checked > 500


# --- one value for one thing ---


@pytest.mark.parametrize("release", newest_and("one share of China", tables.releases()))
def test_china_has_one_share_of_a_thing_wherever_it_is_shown(release):
    summary, china = supply.summary(release).dropna(subset=["year"]), supply.china(release)
    standing = (
        supply.by_standing(release)
        .query("standing == @coalitions.CHINA")
        .set_index(["mineral", "step"])
        .share
    )
    clubs, by_country = (
        supply.clubs(release),
        supply.by_country(release).set_index(["mineral", "step", "iso3"]).share,
    )
    for mineral, step in summary.index:
        values = {
            round(float(v), 9)
            for v in (
                summary.china[mineral, step],
                china[step][mineral],
                standing.get((mineral, step), 0.0),
                clubs.china[mineral, step],
                by_country.get((mineral, step, "CHN"), 0.0),
            )
            if v == v
        }
        assert len(values) == 1, (mineral, step, values)


def test_what_a_coalition_has_is_its_members_shares_added_up():
    table = coverage.matrix(NEWEST).table
    output = supply.output(NEWEST)
    labels = output.what.map(supply.label)
    for r in table.to_dict("records"):
        step = next(s for s, words in coverage.drawn.STEPS.items() if words == r["Step"])
        rows_of = output[(output.step == step) & (labels == r["Mineral"])]
        sums = rows_of[rows_of.iso3.isin(coalitions.club("g7"))].share.sum()
        assert r["G7, %"] == pytest.approx(min(sums, 100))


def test_where_rounding_makes_all_of_it_a_bound_is_said():
    assert (
        facts.get("gallium.china_refined").text == "over 99%"
        and facts.get("china.gallium_refined").text == "over 99%"
    )
    bar = next(
        row
        for data in dependence.largest(NEWEST, "refinery").chart.to_dict()["datasets"].values()
        for row in data
        if row["mineral"] == "Gallium"
    )
    assert bar["label"] == "China over 99%"
    cells = [
        row
        for data in coverage.matrix(NEWEST).chart.to_dict()["datasets"].values()
        for row in data
        if row.get("club") == "china"
    ]
    assert next(c["text"] for c in cells if c["mineral"] == "Gallium" and c["step"] == "refinery") == ">99"


# --- more than one part, and more than one product ---


def test_titanium_concentrates_are_ilmenite_and_rutile():
    china = supply.output(NEWEST).query("mineral == 'titanium' and step == 'mine' and iso3 == 'CHN'").iloc[0]
    assert china.share == pytest.approx(100 * 3200 / 9800) and china.what == "Titanium concentrates"
    australia = facts.get("australia.titanium_mined")
    assert australia.value == pytest.approx(100 * (780 + 200) / 9800) and australia.text == "10%"
    assert reserves.series(NEWEST).query("mineral == 'titanium' and iso3 == 'SLE'").value.iloc[0] == 2.9e6


def test_reserves_of_a_part_are_named_by_it_wherever_they_are_shown():
    """Sierra Leone's are of rutile, Canada's of ilmenite, Australia's of both: on the country's page and on the mineral's."""
    for iso3, form in (
        ("SLE", "rutile"),
        ("MOZ", "rutile"),
        ("AUS", "ilmenite and rutile"),
        ("CAN", "ilmenite"),
    ):
        table = country_page.brings(countries.slug(iso3), NEWEST).after
        assert f"t of {form}</td>" in table, iso3
    section = mineral_page.reserves("titanium", NEWEST)
    assert "rutile alone for Sierra Leone and Mozambique" in " ".join(section.sentences)
    assert section.figure.table.set_index("Country").Form[["Sierra Leone", "Norway"]].tolist() == [
        "rutile",
        "ilmenite",
    ]
    assert "Form" not in mineral_page.reserves("lithium", NEWEST).figure.table


def test_sierra_leones_page_opens_with_its_rutile():
    text = " ".join(facts.linked(s, NEWEST) for s in country_page.brief("sierra-leone", NEWEST).sentences)
    assert "24% of the world’s rutile (titanium)" in text
    page = country_page.brings("sierra-leone", NEWEST).html()
    assert "Rutile (titanium)" in page and "Titanium concentrates" in page


def test_a_country_that_is_printed_in_a_form_of_its_own_counts_as_it_does_in_the_total():
    sweden = supply.output(NEWEST).query("mineral == 'tellurium' and iso3 == 'SWE'").iloc[0]
    assert sweden.share == pytest.approx(100 * 48 / 1000)
    us = supply.output(NEWEST).query("mineral == 'tellurium' and iso3 == 'USA'")
    assert (us.qualifier == "withheld").all() and us.value.isna().all(), "withheld, and not nothing"


def test_the_lead_charts_compare_one_product_with_itself():
    pairs = supply.pairs(NEWEST)
    assert set(pairs.mineral) == {"cobalt", "copper", "lithium", "nickel", "magnet_rare_earths"}
    assert pairs.groupby("mineral").what.nunique().eq(1).all()
    table = dependence.lead(NEWEST).table.set_index("Mineral")
    magnet = table.loc["Magnet rare earths"]
    assert (round(magnet["China at the mine, %"], 1), round(magnet["China after the mine, %"], 1)) == (
        61.0,
        91.3,
    )
    left_out = dependence.other_products(NEWEST).html()
    assert all(
        word in left_out
        for word in ("bauxite", "synthetic graphite", "magnesium metal", "titanium sponge metal")
    )


def test_refined_graphite_is_named_for_what_it_must_hold():
    """The IEA refines more graphite than anybody mines, so it cannot be natural alone; wherever it is shown it says so."""
    of = [
        r
        for r in rows("iea2025", "iea_production")
        if r["mineral"] == "graphite" and r["area_kind"] == "world" and r["year"] == "2030"
    ]
    world = {r["stage"]: float(r["value"]) for r in of}
    assert world["refinery"] > 2 * world["mine"]
    assert (
        "natural and synthetic graphite" in mineral_page.makers("graphite", NEWEST, "refinery").figure.title
    )
    assert "natural and synthetic graphite" in country_page.brings("china", NEWEST).figure.alt_text.lower()
    grid = coverage.matrix(NEWEST).table
    assert set(grid[grid.Mineral.str.contains("raphite")].Mineral) == {
        "Natural graphite",
        "Graphite with synthetic",
    }
    bars = [
        row
        for data in frameworks.lead(NEWEST).chart.to_dict()["datasets"].values()
        for row in data
        if row["mineral"] == "Graphite"
    ]
    assert {row["product"] for row in bars} == {"Natural graphite", "Graphite with synthetic"}


def test_a_country_without_output_is_said_to_have_none():
    for country, more in {
        "cook-islands": "on the deep seabed",
        "greenland": "counts reserves of rare earths",
        "kenya": "still mined rutile",
        "denmark": "",
    }.items():
        text = " ".join(facts.linked(s, NEWEST) for s in country_page.brief(country, NEWEST).sentences)
        assert "It mines none of the listed minerals in the data, and refines none" in text and more in text
        assert "what there may be" not in text
        unknown = country_page.unanswered_questions(country, NEWEST)
    assert unknown is None or "Whether it mines" not in " ".join(unknown.items)


def test_yearly_averages_are_said_to_hide_the_split_a_licence_makes():
    told = re.sub(r"<[^>]+>", "", dependence.outside_china(NEWEST).html())
    for words in (
        "price outside China",
        "3.0 times those of April for dysprosium",
        "3.1 times those of April for terbium",
        "69 times",
    ):
        assert words in told
    assert dependence.prices_and_controls(NEWEST).title.startswith("In USGS’s yearly averages")
