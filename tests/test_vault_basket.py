"""The Vault's basket: one rule for every listed mineral, worked out from the release, and what a day of it is."""

import csv
import json
import shutil
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest
from pytest import approx

from chokepoint.analysis import facts, reliance, vault_basket
from chokepoint.analysis.facts import vault as vault_facts
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


# --- the rule, on a small release made up for it ---

MADE = "mcs2091"


def salient(
    mineral: str, statistic: str, value: float | None, detail: str = "", year: int = 2090, **other
) -> dict:
    own = {
        "mineral": mineral,
        "commodity": mineral.capitalize(),
        "statistic": statistic,
        "detail": detail or None,
    }
    return own | {"year": year, "value": value, "unit": "t", "source_id": "MCS2091"} | other


def price(mineral: str, usd: float | None, series: str = "metal", year: int = 2090, **other) -> dict:
    own = {"mineral": mineral, "commodity": mineral.capitalize(), "series": series, "unit": "US$/kg"}
    return own | {"year": year, "usd_per_kg": usd, "value": usd} | other


def choice(line: str, mineral: str = "", **other) -> dict:
    own = {"line": line, "mineral": mineral or line, "form": line, "imports": "^", "price": ".", "factor": 1}
    return own | {"why": "as traded", "source_id": "OTHER"} | other


@pytest.fixture
def small(made_up):
    """Every kind of line once, in 2090, and some of them in 2089 and 2088 too."""
    reliance = "net_import_reliance"
    trade = [
        *(
            salient("tin", "imports", 300, "metal"),
            salient("tin", "imports", 100, "scrap"),
            salient("tin", "imports", 7, "ore"),
        ),
        *(salient("tin", "exports", 50, "metal"), salient("tin", "consumption", 500, "apparent")),
        *(
            salient("tin", "imports", 100, "metal", 2089),
            salient("tin", "exports", 10, "metal", 2089),
            salient("tin", "imports", 9000, "metal", 2088),
        ),
        salient("tin", "imports", 6000, "metal", commodity="Tin alloys"),
        salient("silver", "imports", 10),
        *(salient("indium", "imports", 40), salient("indium", reliance, 80)),
        *(salient("tungsten", "imports", 70), salient("tungsten", "exports", 20)),
        salient("tungsten", reliance, None, qualifier="greater", low=50),
        *(salient("bismuth", "imports", 5), salient("bismuth", reliance, None, qualifier="less", high=25)),
        *(salient("antimony", "consumption", 200), salient("antimony", reliance, 60)),
        *(salient("gallium", "imports", 5), salient("gallium", "exports", 9)),
        *(salient("scandium", "imports", 3), salient("scandium", "exports", 3, year=2089)),
        salient("rhenium", "imports", None, qualifier="small", high=0.5),
        *(salient("fluorspar", "imports", 30, "acid"), salient("fluorspar", "imports", 10, "other")),
        *(salient("fluorspar", "exports", 8), salient("fluorspar", "consumption", 100)),
        *(salient("hafnium", reliance, 40), salient("boron", reliance, None, qualifier="net_exporter")),
        *(salient("ruthenium", "imports", 6), salient("iridium", "imports", 2)),
        *(salient("platinum", "exports", 4, "other"), salient("platinum", "exports", 70, "platinum")),
        salient("cesium", reliance, None, year=2089, qualifier="net_exporter"),
    ]
    made_up.put("salient", trade, MADE)
    prices = [
        *(price("tin", 20), price("tin", 15, year=2089), price("silver", 800), price("indium", 100)),
        price("tungsten", None, unit="US$/metric ton unit", value=380),
        *(price("bismuth", 10), price("antimony", 10), price("gallium", 300), price("rhenium", 4000)),
        *(
            price("fluorspar", 2),
            price("germanium", 1500),
            price("cesium", 90),
            price("cesium", None, year=2089),
            *(price("ruthenium", 1000), price("iridium", 2000)),
        ),
    ]
    made_up.put("prices", prices, MADE)
    both = {"exports": "^", "consumption": "^"}
    made_up.put(
        "vault_basket",
        [
            choice("tin", commodity="Tin", imports="^metal|^scrap", exports="^", consumption="^apparent"),
            *(choice("silver"), choice("indium", reliance="^"), choice("rhenium"), choice("scandium")),
            choice("tungsten", exports="^", reliance="^", factor=2),
            *(choice("bismuth", reliance="^"), choice("gallium", exports="^"), choice("germanium")),
            choice("antimony", imports="reliance", consumption="^", reliance="^"),
            choice("fluorspar.acid", "fluorspar", imports="^acid", **both),
            choice("fluorspar.other", "fluorspar", imports="^other", **both),
            choice("ruthenium", exports="other", exports_of="platinum", shares_with="iridium"),
            choice("iridium", exports="other", exports_of="platinum", shares_with="ruthenium"),
            choice("hafnium", imports=None, reliance="^", stated_usd=1e6, stated_year=2090),
            choice("zirconium", imports=None, stated_usd=3e6, stated_year=2089),
            choice("rare_earths", imports=None, stated_usd=2e6, stated_year=2089),
        ],
    )
    named = [
        *("tin", "indium", "tungsten", "bismuth", "antimony", "gallium", "scandium", "rhenium", "fluorspar")
    ]
    named += [*("hafnium", "zirconium", "germanium", "cesium", "boron", "uranium")]
    listed = [{"mineral": m, "kind": "listed", "listed_2025": True, "headline_mineral": m} for m in named]
    made_up.put(
        "minerals",
        [
            *listed,
            {"mineral": "silver", "kind": "listed", "listed_2025": True, "group": "precious metals"},
            *(
                {"mineral": m, "kind": "listed", "listed_2025": True, "group": "platinum group"}
                for m in ("ruthenium", "iridium")
            ),
            {
                "mineral": "neodymium",
                "kind": "listed",
                "listed_2025": True,
                "headline_mineral": "rare_earths",
            },
            {
                "mineral": "rare_earths",
                "kind": "group",
                "listed_2025": False,
                "headline_mineral": "rare_earths",
            },
            {"mineral": "sand", "kind": "other", "listed_2025": False},
        ],
    )
    return made_up


def made_lines(year: int = 2090):
    rows = vault_basket.lines(MADE)
    assert set(rows.year) == {2089, 2090}
    return rows[rows.year == year].set_index("line")


def test_each_line_is_net_imports_times_price_of_its_year(small):
    rows = made_lines()
    assert rows.net_imports.dropna().to_dict() == approx(
        {
            **{"tin": 350, "silver": 10, "indium": 40, "tungsten": 50, "bismuth": 5, "antimony": 120},
            **{"gallium": -4, "scandium": 3, "rhenium": 0.25, "fluorspar.acid": 24, "fluorspar.other": 8},
            **{"ruthenium": 3, "iridium": 1},
        }
    )
    counted = rows[rows.missing == ""].value / 1e6
    assert counted.to_dict() == approx(
        {
            **{"tin": 7, "silver": 8, "indium": 4, "tungsten": 50 * 380 / 10 * 2 / 1000, "bismuth": 0.05},
            **{"antimony": 1.2, "rhenium": 1, "fluorspar.acid": 0.048, "fluorspar.other": 0.016},
            **{"hafnium": 1, "zirconium": 3, "rare_earths": 2, "ruthenium": 3, "iridium": 2},
        }
    )
    before = made_lines(2089)
    assert (before.net_imports["tin"], before.value["tin"]) == (90, 90 * 15 * 1000)


def test_what_keeps_a_line_out_is_said(small):
    rows = made_lines()
    assert rows[rows.missing != ""].missing.to_dict() == {
        "gallium": vault_basket.SOLD,
        "scandium": vault_basket.NO_PRICE,
        "germanium": vault_basket.NO_TRADE,
    }
    before = made_lines(2089).missing
    assert before["hafnium"] == vault_basket.LATER and before[["zirconium", "rare_earths"]].eq("").all()
    assert before["silver"] == before["scandium"] == vault_basket.NO_TRADE


def test_use_is_what_is_printed_or_follows_from_the_reliance(small):
    rows = made_lines()
    told = list(zip(rows.use_from, rows.use, strict=True))
    assert dict(zip(rows.index, told, strict=True))["tin"] == ("consumption", 500)
    assert (rows.use_from["indium"], rows.use["indium"]) == ("reliance", approx(50))
    assert (rows.use_from["tungsten"], rows.use["tungsten"]) == ("bound of reliance", approx(100))
    assert (rows.use_from["bismuth"], rows.use["bismuth"]) == ("bound of reliance", approx(20))
    assert (rows.use_from["silver"], rows.use["silver"]) == ("net imports", 10)
    assert (rows.use["fluorspar.acid"], rows.use["fluorspar.other"]) == (75, 25)
    assert rows.use_value["tin"] == 500 * 20 * 1000 and rows.use_value["indium"] == approx(5e6)
    assert (rows.use_from["hafnium"], rows.use_value["hafnium"]) == ("reliance", approx(1e6 / 0.4))
    assert rows.use_value["zirconium"] == 3e6, "without a reliance all of it is imported"


def test_a_stated_value_has_its_own_source(small):
    rows = made_lines()
    assert rows.source_id["hafnium"] == "OTHER" and rows.source_id["tin"] == "MCS2091"
    assert rows.priced_as["tin"] == "metal, US$/kg" and rows.priced_as["hafnium"] == ""


def test_a_basket_is_its_rule_of_its_year_the_dearest_first(small):
    whole = vault_basket.basket(MADE)
    assert list(whole.line[:3]) == ["silver", "tin", "indium"] and len(whole) == 14
    money = {"silver", "ruthenium", "iridium"}
    assert set(whole.line) - set(vault_basket.basket(MADE, INDUSTRY).line) == money
    assert set(vault_basket.basket(MADE, BEFORE).line) == {"tin", "zirconium", "rare_earths"}
    assert vault_basket.basket(MADE, year=2089).line.tolist() == ["zirconium", "rare_earths", "tin"]
    one = {"published": True, "instrument": "licence", "took_effect": "yes", "status": "in force"}
    wrong = [{"published": False}, {"instrument": "ban"}, {"took_effect": "no"}, {"status": "suspended"}]
    controls = [
        one | {"control_id": "c"},
        *(one | other | {"control_id": f"c{i}"} for i, other in enumerate(wrong)),
    ]
    small.put("controls", controls)
    linked = [("c", "indium"), ("c", "zinc"), *((f"c{i}", "tin") for i in range(4))]
    small.put("control_minerals", [{"control_id": i, "mineral": m} for i, m in linked])
    assert vault_basket.under_licence() == ["indium", "zinc"]
    assert vault_basket.basket(MADE, LICENSED).line.tolist() == ["indium"]


def test_money_lasts_as_many_days_as_it_buys_of_a_year(small):
    cover = vault_basket.cover(MADE, 2, year=2089)
    assert (cover.year, cover.value, cover.rule) == (2089, approx(6.35e-3), EVERYTHING)
    assert cover.days == approx(365 * 2 / 6.35e-3) and cover.minerals == ("zirconium", "rare_earths", "tin")
    assert cover.use == approx(6.35e-3) and cover.days_of_use == approx(cover.days)
    whole = vault_basket.cover(MADE, 2)
    assert whole.days_of_use == approx(365 * 2 / whole.use) and whole.use > whole.value
    assert len(whole.minerals) == 13, "two forms of fluorspar are one mineral"
    assert vault_basket.cover("mcs2090", 2) is None


def test_a_mineral_that_is_left_out_has_its_reason(small):
    out = vault_basket.left_out(MADE).set_index("mineral").why.to_dict()
    assert out == {
        "gallium": vault_basket.SOLD,
        "scandium": vault_basket.NO_PRICE,
        "germanium": vault_basket.NO_TRADE,
        "cesium": vault_basket.NO_TRADE,  # sold on balance in the year before alone
        "boron": vault_basket.SOLD,
        "uranium": "no net imports and no price printed",
        "neodymium": "counted among the rare earths",
    }
    assert vault_basket.left_out(MADE, INDUSTRY).set_index("mineral").why["silver"] == "left out by this rule"
    before = vault_basket.left_out(MADE, BEFORE).set_index("mineral").why
    assert before["hafnium"] == vault_basket.LATER and before["silver"] == vault_basket.NO_TRADE
    assert before["scandium"] == vault_basket.NO_TRADE, "no price was printed either, and the trade is told"
    small.put("controls", [])
    licensed = vault_basket.left_out(MADE, LICENSED)
    assert set(licensed.why) == {"left out by this rule"}


def test_a_rare_earth_that_no_line_counts_is_printed_among_them(small):
    rows = [choice("tin", imports="^metal"), choice("rare_earths")]
    small.put("vault_basket", rows)
    out = vault_basket.left_out(MADE).set_index("mineral").why
    assert (
        out["neodymium"] == "printed only among the rare earths"
        and out["rare_earths"] == vault_basket.NO_TRADE
    )


def test_the_lines_of_one_mineral_are_the_same_as_among_all(small):
    alone, among = vault_basket.of("fluorspar", MADE), vault_basket.lines(MADE)
    among = among[(among.mineral == "fluorspar") & (among.year == 2090)]
    assert alone.equals(among.reset_index(drop=True))
    ruthenium = vault_basket.of("ruthenium", MADE)
    assert ruthenium.line.tolist() == ["ruthenium"] and ruthenium.net_imports.tolist() == [3]
    assert vault_basket.of("tin", MADE, 2089).net_imports.tolist() == [90]


def test_the_models_own_basket_may_differ_by_what_two_decimals_round(small, monkeypatch):
    small.put(
        "assumptions", [{"assumption_id": "vault.basket_value", "model": "vault", "name": "x", "value": 70.0}]
    )
    monkeypatch.setattr(vault_basket, "capital", lambda: 1)
    for value, refused in ((70.004, False), (69.996, False), (70.006, True), (69.99, True)):
        monkeypatch.setattr(vault_basket, "cover", lambda *asked, value=value: SimpleNamespace(value=value))
        if refused:
            with pytest.raises(UserError, match="vault.basket_value"):
                vault_basket.require_assumption()
        else:
            vault_basket.require_assumption()


def test_china_is_a_main_source_from_a_tenth_on(monkeypatch):
    def sources(china: float):
        row = {"iso3": "CHN", "value": china, "first_year": 2098, "last_year": 2101, "source_id": "MCS2102"}
        return lambda release, mineral: pd.DataFrame([row | {"iso3": "CAN", "value": 60.0}, row])

    monkeypatch.setattr(vault_basket.reliance, "sources", sources(10.0))
    assert vault_basket.china_in_imports("tin", MADE) == (10, "2098–01", "MCS2102")
    monkeypatch.setattr(vault_basket.reliance, "sources", sources(9.0))
    assert vault_basket.china_in_imports("tin", MADE) is None


@pytest.mark.parametrize(
    "days, told",
    [
        (364.4, "364 days"),
        (365, "12 months"),
        (547, "18 months"),
        (547.5, "1.5 years"),
        (1094, "3.0 years"),
        (1095, "3 years"),
        (10950, "30 years"),
        (10951, "more than 30 years"),
    ],
)
def test_a_time_is_told_in_days_months_or_years(days, told):
    assert vault_basket.duration(days) == told
    assert [vault_basket.weight(t) for t in (100, 99.96)] == ["100 t", "100 t"]
    assert [vault_basket.weight(t) for t in (1234.4, 99.94)] == ["1,234 t", "99.9 t"]


# --- the facts of that small release ---


@pytest.fixture
def money(small, monkeypatch):
    parts = {"loan": 1.5, "private_capital": 0.5, "basket_value": 9}
    small.put("assumptions", [{"model": "vault", "name": n, "value": v} for n, v in parts.items()])
    monkeypatch.setattr(vault_basket, "aim", lambda: 73.0)
    return vault_basket.cover(MADE, 2)


def test_the_vaults_money_is_its_loan_and_its_private_part(money):
    assert vault_basket.capital() == 2
    found = vault_facts.days_of_imports(MADE, EVERYTHING)
    assert found.value == approx(365 * 2 / money.value) and found.text == vault_basket.duration(found.value)
    assert vault_facts.days_of_use(MADE, EVERYTHING).value == approx(365 * 2 / money.use)
    assert tuple(found.sources) == ("M31", "MCS2091", "OTHER")


def test_the_aim_costs_a_fifth_of_a_year_where_it_is_a_fifth_of_its_days(money):
    assert vault_facts.cost_of_sixty_days(MADE).value == approx(money.value / 5)
    assert vault_facts.cost_of_sixty_days_of_use(MADE).value == approx(money.use / 5)


def test_a_basket_is_counted_by_minerals_and_year(money):
    assert vault_facts.minerals_counted(MADE, EVERYTHING).value == 13
    assert (vault_facts.basket_year(MADE).value, vault_facts.basket_year_before(MADE).value) == (2090, 2089)
    assert vault_facts.days_of_imports("mcs2090", EVERYTHING) is None


def test_the_two_dearest_are_minerals_and_not_lines(money, monkeypatch):
    found = vault_facts.two_dearest(MADE)
    assert found.value == approx(100 * (8e6 + 7e6) / (1e9 * money.value))
    assert found.rows == ("silver: US$0.0 billion", "tin: US$0.0 billion")
    split = pd.DataFrame({"mineral": ["a", "b", "c", "b"], "value": [4e9, 3e9, 1e9, 2e9], "source_id": "S"})
    monkeypatch.setattr(vault_basket, "basket", lambda release, year: split)
    assert vault_facts.two_dearest(MADE).rows == ("b: US$5.0 billion", "a: US$4.0 billion")
    monkeypatch.setattr(vault_basket, "basket", lambda release, year: split[:0])
    assert vault_facts.two_dearest(MADE) is None


def test_copper_is_its_line_of_the_rules_year(monkeypatch):
    rows = pd.DataFrame({"line": ["tin", "copper"], "net_imports": [5e6, 1.25e6], "source_id": ["A", "B"]})
    monkeypatch.setattr(
        vault_basket, "basket", lambda release, rule, year: rows if rule == BEFORE else rows[:1]
    )
    assert vault_facts.copper(MADE, BEFORE).value == 1.25 and vault_facts.copper(MADE, EVERYTHING) is None


def test_a_year_of_a_mineral_and_a_stock_of_it(small, monkeypatch):
    year = vault_facts.mineral_year("tin", MADE)
    assert (year.value, year.text, year.note) == (approx(7), "US$7 million", "as traded.")
    assert year.rows == ("tin, 2090: 350 t net at US$20.00 a kilogram (metal, US$/kg)",)
    assert vault_facts.mineral_year("hafnium", MADE).rows == ("hafnium: as stated",)
    assert vault_facts.mineral_year("tin", MADE, 2089).value == approx(1.35)
    assert vault_facts.mineral_year("gallium", MADE) is None and vault_facts.stock("gallium", MADE) is None
    assert vault_facts.stock("tin", MADE).value == approx(365 * 100 / 7)
    monkeypatch.setattr(vault_basket, "china_in_imports", lambda mineral, release: (40.0, "2086–89", "Z"))
    china = vault_facts.stock_against_china("tin", MADE)
    assert china.value == approx(365 * 100 / 7 / 0.4) and tuple(china.sources) == ("MCS2091", "Z")
    assert vault_facts.stock_against_china("gallium", MADE) is None
    monkeypatch.setattr(vault_basket, "china_in_imports", lambda mineral, release: None)
    assert vault_facts.stock_against_china("tin", MADE) is None


def test_a_year_is_told_in_millions_up_to_a_billion(monkeypatch):
    def told(usd: float) -> str:
        row = {
            "value": usd,
            "missing": "",
            "source_id": "A",
            "why": "",
            "price": vault_basket.NONE,
            "form": "x",
        }
        monkeypatch.setattr(vault_basket, "of", lambda mineral, release, year: pd.DataFrame([row]))
        return vault_facts.mineral_year("tin", MADE).text

    assert [told(usd) for usd in (999e6, 1e9, 12.34e9, 1.234e6)] == [
        *("US$999 million", "US$1.0 billion", "US$12.3 billion", "US$1.23 million"),
    ]
