"""The Vault's basket: one rule for every listed mineral, worked out from the release, and what a day of it is."""

import csv
import json
import shutil
from pathlib import Path
from types import SimpleNamespace

import pytest
from pytest import approx

from chokepoint.analysis import facts, reliance, vault_basket
from chokepoint.analysis.vault_basket import BEFORE, EVERYTHING, INDUSTRY, LICENSED, RULES
from chokepoint.data import tables
from chokepoint.errors import UserError
from chokepoint.pages import mineral, project_vault
from chokepoint.pages.amounts import mineral as called

HOME = Path(__file__).resolve().parents[1]
RELEASE, MONEY = "mcs2026", 11.67  # US$ billion, as announced by its parts
POUND, OUNCE = 0.45359237, 0.0311034768  # kg


def line(name, release=RELEASE, back=0):
    rows = vault_basket.lines(release)
    return rows[(rows.line == name) & (rows.year == rows.year.max() - back)].iloc[0]


def days(rule, release=RELEASE):
    return vault_basket.cover(release, MONEY, rule).days


def edited(tmp_path, monkeypatch, table, change):
    """The book's data in a folder of its own, with one table's rows changed by `change(row)`, read from now on."""
    data = shutil.copytree(HOME / "data", tmp_path / "data")
    path = data / table
    rows = list(csv.DictReader(path.open(encoding="utf-8", newline="")))
    for row in rows:
        change(row)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    monkeypatch.setenv("CHOKEPOINT_DATA", str(data))
    return data


@pytest.mark.parametrize(
    "name, tonnes, price",
    [
        ("silver", 7600 - 300, 38 / OUNCE),
        (
            "copper",
            1_700_000 - 110_000,
            4.90 / POUND,
        ),  # the price of US producers; that of COMEX alone is 480 cents
        ("antimony", 39_000 + 4_500 - 2_900 - 240, 25 / POUND),
        (
            "cobalt",
            14_000 - 4_500,
            21 / POUND,
        ),  # imports less exports, not reliance times use, which is 7,584 t
        ("potash", 5_600_000 - 170_000, 0.600),
        ("lead", 520_000 - 22_000, 1.06 / POUND),
        ("barite", 2_300_000 - 67_000, 0.210),
        ("phosphate_rock", 3_400_000, 0.100),
        ("hafnium", 72 - 15, 3800),
        ("germanium.dioxide", 17 - 0.015, 2500 / 0.69),  # by the germanium in it, at the price of dioxide
        ("ruthenium", 14 - 2.7 * 14 / 16.2, 690 / OUNCE),
        ("iridium", 2.2 - 2.7 * 2.2 / 16.2, 4400 / OUNCE),
        ("manganese", 640_000, 0.45),  # 4.50 dollars a metric ton unit
        ("tungsten", 11_700 - 4_700, 380 / 7.93),  # a unit of trioxide holds 7.93 kg of tungsten
        ("lithium", 3_800 - 2_000, 9 * 5.323),
    ],
)
def test_a_line_is_what_the_release_prints(name, tonnes, price):
    row = line(name)
    assert row.year == 2025 and row.net_imports == approx(tonnes) and row.price == approx(price, rel=1e-3)
    assert row.value == approx(1000 * tonnes * price, rel=1e-3)


def test_the_days_under_three_rules():
    found = {rule: vault_basket.cover(RELEASE, MONEY, rule) for rule in RULES}
    assert {rule: (c.year, len(c.minerals)) for rule, c in found.items()} == {
        EVERYTHING: (2025, 41),
        BEFORE: (2024, 40),
        INDUSTRY: (2025, 35),
    }
    assert [round(c.days) for c in found.values()] == [64, 100, 87]
    assert [round(c.days_of_use) for c in found.values()] == [44, 58, 57]
    for rule, c in found.items():
        assert (
            c.days == approx(365 * MONEY / (vault_basket.basket(RELEASE, rule).value.sum() / 1e9))
            and c.days > c.days_of_use
        )


def test_one_price_changed_changes_the_day(tmp_path, monkeypatch):
    before, silver = vault_basket.cover(RELEASE, MONEY), line("silver").value / 1e9

    def dearer(row):
        if row["mineral"] == "silver" and row["year"] == "2025":
            row["usd_per_kg"] = str(2 * float(row["usd_per_kg"]))

    edited(tmp_path, monkeypatch, f"minerals/{RELEASE}/prices.csv", dearer)
    after = vault_basket.cover(RELEASE, MONEY)
    assert after.days == approx(365 * MONEY / (before.value + silver)) and after.days < before.days - 5
    told = vault_basket.cover(RELEASE, vault_basket.capital()).days  # the book's own money, a slider's start
    assert facts.get("vault.cover_whole").value == approx(told) == after.days * vault_basket.capital() / MONEY
    assert (
        f"{told:.0f} days" in facts.get("vault.cover_whole").text
        and f"{told:.0f} to" in project_vault.lead(RELEASE).title
    )


@pytest.mark.parametrize("rule", [*RULES, LICENSED])
@pytest.mark.parametrize("release", [r for r in tables.releases("salient") if r in tables.releases("prices")])
def test_every_listed_mineral_is_counted_or_left_out_for_a_reason(release, rule):
    inside, out = set(vault_basket.basket(release, rule).mineral), vault_basket.left_out(release, rule)
    listed = set(tables.load("minerals").query("listed_2025").mineral)
    assert inside | set(out.mineral) == listed | {"rare_earths"} and not inside & set(out.mineral)
    assert (out.why != "").all() and out.mineral.is_unique


def test_every_choice_says_why_and_is_of_a_listed_mineral():
    choices = tables.load("vault_basket")
    assert set(choices.mineral) <= {*tables.load("minerals").query("listed_2025").mineral, "rare_earths"}
    plain = choices[choices.why.isna()]  # one form, one price: nothing was chosen
    prices = tables.load("prices", RELEASE).query("year == 2025")
    series = prices.groupby("mineral").series.nunique(dropna=False)
    assert (plain.price.notna() | (plain.mineral.map(series) == 1)).all() and plain.factor.eq(1).all()


def test_a_year_of_hoarding_is_treated_alike_for_copper_and_antimony():
    for back, year in ((0, 2025), (1, 2024)):
        assert {line(name, back=back).year for name in ("copper", "antimony", "silver")} == {year}
    assert all(vault_basket.basket(RELEASE, rule).year.nunique() == 1 for rule in RULES)
    assert (
        line("copper").net_imports > 1.9 * line("copper", back=1).net_imports
    )  # why the year is said beside the days


def test_what_is_printed_for_two_together_is_split_and_no_more_than_split():
    ruthenium, iridium = line("ruthenium"), line("iridium")
    assert ruthenium.exports + iridium.exports == approx(2.7)
    acid, other = line("fluorspar.acid"), line("fluorspar.metallurgical")
    assert acid.exports + other.exports == approx(7_000) and acid.use + other.use == approx(370_000)


def test_use_that_is_withheld_follows_from_the_reliance_or_its_bound():
    tungsten, indium, rhodium = line("tungsten"), line("indium"), line("rhodium")
    assert (tungsten.use_from, tungsten.use) == (
        "bound of reliance",
        approx(2 * tungsten.net_imports),
    )  # more than 50%
    assert (indium.use_from, indium.use) == ("reliance", approx(indium.net_imports))  # 100%
    assert (rhodium.use_from, rhodium.use) == (
        "net imports",
        approx(rhodium.net_imports),
    )  # nothing is printed
    assert line("copper").use_from == "consumption"


def test_an_older_release_has_the_basket_of_its_own_year():
    older = vault_basket.cover("mcs2025", MONEY)
    assert older.year == 2024 and older.days != approx(days(EVERYTHING), rel=0.05)
    told = older.days * vault_basket.capital() / MONEY
    assert facts.get("vault.cover_whole", "mcs2025").value == approx(told)
    assert facts.linked(project_vault.brief("mcs2025").sentences[1], "mcs2025").startswith(
        f"The money would replace about {told:.0f} days"
    )
    assert project_vault.how_long(release="mcs2025").defaults["basket_value"] == approx(
        older.value, abs=0.005
    )


def test_a_release_without_prices_has_no_basket_and_the_chapter_says_so(tmp_path, monkeypatch):
    data = edited(tmp_path, monkeypatch, "minerals.csv", lambda row: None)
    package = json.loads((data / "datapackage.json").read_text(encoding="utf-8"))
    package["resources"] = [r for r in package["resources"] if r["name"] != "mcs2024-prices"]
    (data / "datapackage.json").write_text(json.dumps(package), encoding="utf-8")
    assert vault_basket.lines("mcs2024").empty and vault_basket.cover("mcs2024", MONEY) is None
    assert (
        facts.find("vault.cover_whole", "mcs2024") is None
        and facts.find("gallium.vault_year", "mcs2024") is None
    )
    assert project_vault.UNKNOWN in project_vault.brief("mcs2024").sentences
    assert all(
        project_vault.UNKNOWN in part.html()
        for part in (project_vault.lead("mcs2024"), project_vault.counted("mcs2024"))
    )
    assert (
        project_vault.how_long(release="mcs2024").evaluate()["cover_days"] > 0
        and mineral.vault("gallium", "mcs2024") is None
    )


def test_the_page_lists_what_each_rule_takes_in_and_leaves_out():
    table = project_vault.lead(RELEASE).table
    assert len(table) == len(RULES)
    for rule, row in zip(RULES, table.to_dict("records"), strict=True):
        inside, out = vault_basket.basket(RELEASE, rule), vault_basket.left_out(RELEASE, rule)
        assert row["Minerals"] == inside.mineral.nunique() and row["Year"] == inside.year.iloc[0]
        assert set(row["Which"].split(", ")) == {called(m) for m in inside.mineral}
        assert (
            all(called(m) in row["Left out"] for m in out.mineral)
            and "not bought on balance" in row["Left out"]
        )
    first, before, industry = project_vault.counted(RELEASE).html().split("<li>")[1:]
    counted, left = first.split("<i>Left out:</i>")
    assert all(called(m) in counted for m in vault_basket.basket(RELEASE).mineral)
    assert all(called(m) in left for m in vault_basket.left_out(RELEASE).mineral)
    assert "scandium: no price printed" in before and "40 minerals" in before
    assert (
        "silver: left out by this rule" in industry and "platinum" in industry and "35 minerals" in industry
    )


def test_the_model_starts_from_the_basket_of_the_newest_release():
    newest = vault_basket.cover(tables.DEFAULT_RELEASE, MONEY)
    begins = project_vault.how_long().defaults["basket_value"]
    assert begins == approx(newest.value, abs=0.005)  # whatever the row of the assumptions says


def test_a_basket_among_the_assumptions_that_is_not_the_newest_releases_is_refused(monkeypatch):
    monkeypatch.setattr(vault_basket, "cover", lambda *asked: SimpleNamespace(value=70.0))
    with pytest.raises(UserError, match=r"vault\.basket_value is .*costs 70\.00 .*Write 70\.00"):
        vault_basket.require_assumption()


# --- one mineral ---


def said(code, release=RELEASE):
    part = mineral.vault(code, release)
    return part and " ".join(facts.linked(s, release) for s in part.sentences)


def test_china_is_named_where_it_is_a_main_source_of_us_imports_and_with_its_share_of_those():
    minerals = tables.load("minerals").query("kind != 'other'").mineral
    named = {m for m in minerals if "If it stopped selling" in (said(m) or "")}
    sources = {m: reliance.sources(RELEASE, m) for m in minerals}
    main = {m for m, rows in sources.items() if (rows[rows.iso3 == "CHN"].value >= 10).any()}
    assert named == {m for m in main if said(m)}
    assert {"gallium", "graphite", "antimony", "tungsten"} <= named
    assert not named & {
        "cobalt",
        "copper",
        "lead",
        "lithium",
        "magnesium",
        "nickel",
        "potash",
        "rhenium",
        "silver",
        "tellurium",
        "tin",
        "titanium",
        "vanadium",
        "zinc",
    }
    assert (
        "18% of them" in said("gallium")
        and "46% of them" in said("graphite")
        and "71% of them" in said("rare_earths")
    )


def test_a_stock_of_one_mineral_is_measured_by_that_mineral():
    year = facts.get("antimony.vault_year").value
    assert facts.get("antimony.stock_days").value == approx(365 * 100 / year)
    assert facts.get("antimony.stock_china").value == approx(365 * 100 / year / 0.55)
    assert f"{100 * year / 11670:.0f}% of the Vault’s money" in said("antimony") and "19% of" in said(
        "antimony"
    )
    assert "more than all of the Vault’s money" in said("aluminum") and "money is not the limit" in said(
        "gallium"
    )
    assert (
        said("beryllium") is None and said("thulium") is None and said("uranium") is None
    )  # sold on balance; no figures
