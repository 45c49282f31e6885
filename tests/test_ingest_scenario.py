"""What the scenario model is fed: output, capacity, ore, projects, use and a grade, each worked by hand."""

import json

import pandas as pd
import pytest

from chokepoint.data.ingest import scenario as ingest
from chokepoint.errors import UserError

PLAIN = ("value", "year", "stage", "area_kind", "iso3", "detail", "basis", "mineral", "commodity")
PLAIN += ("statistic", "use", "scenario", "scope", "share_pct")
CHOICE = {
    **{"mineral": "tin", "refined": "mcs:smelter:", "ore": "", "trade": "8001", "form_matches": "true"},
    **{"us_use": "", "us_times": "", "us_secondary": "", "price_commodity": "Tin", "unit_basis": "content"},
    **{"china_use": "0.5", "note": "A note", "why_not": ""},
}


def rows(*cells: dict, **common) -> pd.DataFrame:
    plain = dict.fromkeys(PLAIN, "") | {"mineral": "tin", "commodity": "Tin", "year": 2024}
    made = [plain | {"area_kind": "country"} | common | row for row in cells]
    return pd.DataFrame(made, columns=list(PLAIN))


def output(stage: str = "smelter", world: float | None = 100.0, **by: float) -> pd.DataFrame:
    """A table of output: output(CHN=60) and the world's."""
    cells = [{"iso3": iso3, "value": value} for iso3, value in by.items()]
    total = [{"area_kind": "world", "value": world}] if world is not None else []
    return rows(*cells, *total, stage=stage, basis="content")


def flows(*of: tuple[str, str, str, float], buyers: bool = True) -> pd.DataFrame:
    """Trade: heading, exporter, importer, tonnes, which are sold at US$2,000 each."""
    columns = ["hs6", "exporter", "importer", "qty_t"]
    return pd.DataFrame(of, columns=columns).assign(value_kusd=lambda f: 2 * f.qty_t, buyers=buyers)


def world(**held: pd.DataFrame) -> ingest.World:
    """The tables that are given, and no others."""
    made = object.__new__(ingest.World)
    made.production = held.get("production", output(CHN=60.0, IDN=30.0, USA=10.0))
    made.capacity, made.salient = held.get("capacity", rows()), held.get("salient", rows())
    made.shares, made.iea, made.demand = (held.get(n, rows()) for n in ("shares", "iea", "demand"))
    made.trade = held.get("trade", flows(("8001", "IDN", "USA", 20.0), ("8001", "CHN", "JPN", 5.0)))
    made.buyers = pd.Series({"JPN": 3.0, "USA": 5.0, "DEU": 1.0})
    return made


def facts(held: ingest.World | None = None, **choice: str) -> ingest.Facts:
    return ingest.Facts(CHOICE | choice, held or world())


def stated(made: ingest.Facts, stage: str, quantity: str) -> dict[str, tuple]:
    """Country → value, basis and source; "" for the others together."""
    of = [r for r in made.rows if (r["stage"], r["quantity"]) == (stage, quantity)]
    return {r["iso3"]: (r["value"], r["basis"], r["source_id"]) for r in of}


def values(made: ingest.Facts, stage: str, quantity: str) -> dict[str, float]:
    return {iso3: value for iso3, (value, *_) in stated(made, stage, quantity).items()}


# --- output


def test_output_is_measured_and_what_no_country_is_named_for_goes_to_the_others():
    made = facts(world(production=output(world=110.0, CHN=60.0, IDN=30.0, USA=10.0)))
    assert stated(made, "refined", "output") == {
        iso3: (value, "measured", "MCS2026")
        for iso3, value in {"CHN": 60, "IDN": 30, "USA": 10, "": 10}.items()
    }
    assert [r["area_kind"] for r in made.rows if r["quantity"] == "output"] == ["country"] * 3 + ["other"]


def test_a_country_of_two_thousandths_is_named_a_smaller_one_is_not_save_the_united_states():
    made = facts(world(production=output(world=1000.0, CHN=995.0, PER=2.0, BRA=1.99, USA=0.5)))
    assert values(made, "refined", "output") == {"CHN": 995, "PER": 2, "USA": 0.5, "": 2.5}


def test_the_world_makes_no_less_than_its_countries_and_figures_have_four_digits():
    made = facts(world(production=output(world=50.0, CHN=60.123456, USA=40.0)))
    assert values(made, "refined", "output") == {"CHN": 60.12, "USA": 40}
    assert values(facts(world(production=output(world=None, CHN=7.0))), "refined", "output") == {"CHN": 7}


def test_output_is_of_its_year_stage_and_detail_alone():
    held = output(CHN=60.0)
    other = [held.assign(year=2023), held.assign(stage="mine"), held.assign(mineral="zinc")]
    held = pd.concat([held.assign(detail="primary"), *other, held.assign(detail="scrap", value=7.0)])
    made = facts(world(production=held), refined="mcs:smelter:primary")
    assert values(made, "refined", "output") == {"CHN": 60, "": 40}
    held = world(production=held)
    by, total, basis = held.usgs("tin", "smelter")
    assert (by.to_dict(), total, basis) == ({"CHN": 67}, 100, "content")


def test_what_a_country_makes_in_two_ways_is_added_up():
    two = [output(CHN=60.0, world=None), output(CHN=7.0, USA=3.0)]
    held = world(production=pd.concat(two), capacity=pd.concat(two).assign(year=2025))
    made = facts(held)
    assert values(made, "refined", "output") == {"CHN": 67, "": 30, "USA": 3}
    assert values(made, "refined", "capacity") == {"CHN": 67, "USA": 3}
    both = iea(("mine", "CHN", 2024, 5.0), ("mine", "CHN", 2024, 2.0), ("mine", "", 2024, 9.0))
    assert world(iea=both).iea_output("tin", "mine")[0].to_dict() == {"CHN": 7}
    share = {"stage": "refinery", "scope": "world", "iso3": "CHN"}
    of = rows(share | {"share_pct": 50.0}, share | {"share_pct": 30.0})
    studied = facts(world(production=output("mine", CHN=9.0), shares=of), refined="eu")
    assert values(studied, "refined", "output") == {"CHN": 80, "": 20}
    twice = flows(("8001", "IDN", "USA", 20.0), ("8001", "CHN", "USA", 5.0), ("8001", "IDN", "JPN", 2.0))
    bought, sold = facts(world(trade=twice))._flows("8001")
    assert bought.to_dict() == {"JPN": 2, "USA": 25} and sold.to_dict() == {"CHN": 5, "IDN": 22}
    by = (("CHN", 60.0, 60.0), ("JPN", 20.0, 20.0), ("", 80.0, 90.0))
    cells = [("refinery", iso3, 2024, before) for iso3, before, _ in by]
    cells += [("refinery", iso3, 2030, after) for iso3, _, after in by]
    assert values(facts(world(iea=iea(*cells)), refined="iea"), "refined", "coming") == {"": 10}


def iea(*cells: tuple[str, str, int, float], mineral: str = "tin") -> pd.DataFrame:
    """Stage, country ("" for the world), year, tonnes."""
    kinds = {"": "world"}
    return rows(
        *(
            {"stage": s, "iso3": c, "area_kind": kinds.get(c, "country"), "year": y, "value": v}
            for s, c, y, v in cells
        ),
        mineral=mineral,
    )


REFINED = [("refinery", "CHN", 2024, 60.0), ("refinery", "", 2024, 100.0), ("refinery", "USA", 2024, 0.0)]
LATER = [("refinery", "CHN", 2030, 50.0), ("refinery", "JPN", 2030, 30.0), ("refinery", "", 2030, 140.0)]


def test_the_ieas_refining_is_measured_and_a_part_of_it_derived():
    made = facts(world(iea=iea(*REFINED, *LATER)), refined="iea")
    assert stated(made, "refined", "output")["CHN"] == (60, "measured", "IEA2025")
    assert values(made, "refined", "output") == {"CHN": 60, "": 40}
    part = facts(world(iea=iea(*REFINED, *LATER, mineral="rare_earths")), refined="iea:rare_earths:0.25")
    assert stated(part, "refined", "output") == {
        "CHN": (15, "derived", "IEA2025"),
        "": (10, "derived", "IEA2025"),
    }


def test_what_is_coming_is_what_each_country_and_the_others_add_and_none_takes_away():
    """China loses 10, Japan adds 30; the others had 40 and will have 60."""
    made = facts(world(iea=iea(*REFINED, *LATER)), refined="iea")
    assert stated(made, "refined", "coming") == {
        "JPN": (30, "derived", "IEA2025"),
        "": (20, "derived", "IEA2025"),
    }
    assert {r["year"] for r in made.rows if r["quantity"] == "coming"} == {2030}
    half = facts(world(iea=iea(*REFINED, *LATER, mineral="x")), refined="iea:x:0.5")
    assert values(half, "refined", "coming") == {"JPN": 15, "": 10}
    fewer = [*LATER[:2], ("refinery", "", 2030, 90.0)]
    assert values(facts(world(iea=iea(*REFINED, *fewer)), refined="iea"), "refined", "coming") == {"JPN": 30}
    assert values(facts(), "refined", "coming") == {}


def test_a_light_element_that_china_alone_separates_is_judged_from_the_ore_it_is_in():
    held = world(iea=iea(*REFINED, ("mine", "CHN", 2024, 1.0), ("mine", "", 2024, 1.0), mineral="ree"))
    held.iea = pd.concat([held.iea, held.iea.assign(year=2030)])
    made = facts(held, refined="china_only", ore="iea:ree:0.2")
    assert stated(made, "refined", "output") == {
        "CHN": (19.8, "judged", "EUSTUDY2023"),
        "MYS": (0.2, "judged", "EUSTUDY2023"),
    }


def test_shares_of_the_eu_study_are_of_what_is_mined_and_of_no_more_than_all():
    def share(**cells) -> dict:
        return {"stage": "refinery", "scope": "world"} | cells

    cells = [share(iso3="CHN", share_pct=80.0), share(iso3="DEU", share_pct=10.0)]
    other = [share(iso3="FRA", share_pct=10.0, stage="mine"), share(iso3="FRA", share_pct=9.0, scope="EU")]
    held = world(production=output("mine", world=200.0, CHN=150.0), shares=rows(*cells, *other))
    assert stated(facts(held, refined="eu"), "refined", "output") == {
        "CHN": (160, "derived", "EUSTUDY2023"),
        "DEU": (20, "derived", "EUSTUDY2023"),
        "": (20, "derived", "EUSTUDY2023"),
    }
    more = world(production=held.production, shares=rows(*cells, share(iso3="FRA", share_pct=70.0)))
    assert values(facts(more, refined="eu"), "refined", "output") == {"CHN": 100, "FRA": 87.5, "DEU": 12.5}
    mined = facts(held, refined="mined")
    assert stated(mined, "refined", "output") == {
        "CHN": (150, "measured", "MCS2026"),
        "": (50, "measured", "MCS2026"),
    }


def us(statistic: str, detail: str, value: float | None, **cells) -> dict:
    return {"statistic": statistic, "detail": detail, "value": value} | cells


def test_old_scrap_of_the_united_states_is_output_too():
    held = world(salient=rows(us("production", "old scrap", 4.0), us("production", "new scrap", 9.0)))
    made = facts(held, us_secondary="old scrap")
    assert values(made, "refined", "output") == {"CHN": 60, "IDN": 30, "USA": 14}


@pytest.mark.parametrize(
    "cells",
    [
        (),
        (us("consumption", "reported", 4.0),),
        (us("imports", "apparent", 4.0),),
        (us("consumption", "apparent", 4.0, year=2023),),
        (us("consumption", "apparent", 4.0, commodity="Zinc"),),
        (us("consumption", "apparent", None),),
        (us("consumption", "apparent", 4.0), us("consumption", "apparent", 5.0)),
    ],
)
def test_a_figure_of_the_united_states_that_is_not_one_is_refused(cells):
    held = rows(*cells) if cells else rows(us("x", "y", 1.0))
    said = "tin: consumption 'apparent' is [02] figures of 2024"
    with pytest.raises(UserError, match=said):
        facts(world(salient=held), us_use="apparent")


# --- capacity and ore


def test_capacity_is_that_of_the_newest_year_stage_and_commodity():
    cells = [("CHN", 90.0, 2024), ("CHN", 95.0, 2025), ("IDN", 40.0, 2025), ("PER", 0.2, 2025)]
    held = rows(*({"iso3": c, "value": v, "year": y, "stage": "smelter"} for c, v, y in cells))
    other = [held.assign(stage="mine", value=7.0), held.assign(commodity="Zinc", value=7.0)]
    other += [held.assign(area_kind="world")]
    made = facts(world(capacity=pd.concat([held, *other])))
    assert stated(made, "refined", "capacity") == {
        "CHN": (95, "measured", "MCS2026"),
        "IDN": (40, "measured", "MCS2026"),
    }
    mined = world(capacity=held.assign(stage=""), production=output("mine", CHN=60.0))
    assert stated(facts(mined, refined="mined"), "refined", "capacity") == {}


def test_ore_is_measured_where_it_is_counted_as_the_metal_and_else_scaled_to_it():
    held = pd.concat([output(CHN=60.0, USA=10.0), output("mine", world=50.0, PER=40.0)])
    measured = facts(world(production=held), ore="mcs:mine")
    assert stated(measured, "ore", "output") == {
        "PER": (40, "measured", "MCS2026"),
        "": (10, "measured", "MCS2026"),
    }
    scaled = facts(world(production=held), ore="mcs:mine", unit_basis="gross")
    assert stated(scaled, "ore", "output") == {
        "PER": (80, "derived", "MCS2026"),
        "": (20, "derived", "MCS2026"),
    }
    assert stated(facts(world(production=held)), "ore", "output") == {}


def test_ore_of_another_stage_than_the_mine_is_scaled_to_the_metal():
    held = pd.concat([output(CHN=60.0), output("refinery", world=50.0, PER=40.0)])
    made = facts(world(production=held), ore="mcs:refinery")
    assert stated(made, "ore", "output")["PER"] == (80, "derived", "MCS2026")


def test_the_ieas_mining_is_ore_whole_or_in_part():
    cells = [("mine", "CHN", 2024, 30.0), ("mine", "", 2024, 40.0)]
    held = iea(*cells, *((s, c, 2030, v) for s, c, _, v in cells))
    whole = facts(world(iea=held), ore="iea")
    of = ("measured", "IEA2025")
    assert stated(whole, "ore", "output") == {"CHN": (30, *of), "": (10, *of)}
    part = facts(world(iea=held.assign(mineral="ree")), ore="iea:ree:0.5")
    assert stated(part, "ore", "output") == {"CHN": (15, "derived", "IEA2025"), "": (5, "derived", "IEA2025")}


# --- use


def test_use_is_output_and_imports_less_exports():
    made = facts()
    assert stated(made, "use", "use") == {
        "CHN": (55, "derived", "BACI2026-01"),
        "USA": (30, "derived", "BACI2026-01"),
        "IDN": (10, "derived", "BACI2026-01"),
        "JPN": (5, "derived", "BACI2026-01"),
    }
    names = ("use_below_zero", "us_derived", "us_published")
    assert [made.grade[name] for name in names] == [0, 30, None]


def test_who_sells_more_than_it_makes_uses_none_and_the_rest_is_brought_to_the_worlds_output():
    """The Netherlands sells 20 and makes none: uses add up to 120, and are scaled to 100."""
    made = facts(world(trade=flows(("8001", "NLD", "DEU", 20.0))))
    assert values(made, "use", "use") == {"CHN": 50, "IDN": 25, "DEU": 16.67, "USA": 8.333}
    assert made.grade["use_below_zero"] == 0.2 and made.grade["grade"] == "C"
    held = world(production=output(world=200.0, CHN=60.0), trade=flows(("8001", "CHN", "JPN", 10.0)))
    assert values(facts(held), "use", "use") == {"CHN": 50, "JPN": 10, "": 140}  # and never up


@pytest.mark.parametrize(
    ("part", "tonnes"), [("8001", 20), ("8001:0.5", 10), ("8001@4", 10), ("8001:0.5@8", 5), ("8002", 7)]
)
def test_a_heading_is_weighed_by_its_content_or_its_price(part, tonnes):
    trade = flows(("8001", "IDN", "USA", 20.0), ("8002", "IDN", "USA", 7.0))
    bought, sold = facts(world(trade=trade))._flows(part)
    assert bought.to_dict() == {"USA": tonnes} and sold.to_dict() == {"IDN": tonnes}
    both = facts(world(trade=trade), trade="8001 8002")
    assert values(both, "use", "use") == {"CHN": 60, "USA": 37, "IDN": 3}


def test_without_trade_use_is_judged_by_chinas_share_the_published_and_what_others_buy():
    held = world(salient=rows(us("consumption", "apparent", 5.0)))
    made = facts(held, trade="", us_use="apparent", us_times="2")
    assert stated(made, "use", "use") == {
        "CHN": (50, "judged", "M00"),
        "USA": (10, "measured", "MCS2026"),
        "JPN": (30, "judged", "M00"),
        "DEU": (10, "judged", "M00"),
    }
    assert (made.grade["us_published"], made.grade["grade"], made.grade["why"]) == (10, "C", "A note")
    blind = facts(held, trade="")
    of_others = [r for r in blind.rows if r["quantity"] == "use"][1:]
    assert {r["iso3"]: r["value"] for r in of_others} == {"USA": 27.78, "JPN": 16.67, "DEU": 5.556}
    assert "use elsewhere is a judgement" in facts(held, trade="", note="").grade["why"]
    all_of_it = facts(held, trade="", china_use="0.99", us_use="apparent")
    assert values(all_of_it, "use", "use") == {"CHN": 99, "USA": 5}


def test_magnets_are_used_where_they_are_made():
    of = [("Total", "STEPS", 1.0, 2024), ("Wind", "history", 2.0, 2024), ("Total", "history", 3.0, 2023)]
    of += [("Total", "history", 90.0, 2024)]
    cells = [{"use": u, "scenario": s, "value": v, "year": y} for u, s, v, y in of]
    name = "magnet_rare_earths"
    held = world(iea=iea(("refinery", "", 2024, 80.0), mineral=name), demand=rows(*cells, mineral=name))
    made = facts(held, trade="magnet_share")
    assert stated(made, "use", "use") == {
        "CHN": (94, "derived", "S181"),
        "JPN": (4.5, "judged", "M00"),
        "VNM": (0.5, "judged", "M00"),
        "DEU": (0.4, "judged", "M00"),
        "USA": (0.3, "judged", "M00"),
        "": (0.3, "judged", "M00"),
    }
    said = "Use is where magnets are made. The IEA's demand is 12% above its supply"
    assert (made.grade["grade"], made.grade["why"]) == ("B", said)
    held.demand = held.demand.assign(value=held.demand.value * 1.1)  # 99 of 80
    assert facts(held, trade="magnet_share").grade["grade"] == "C"


# --- the grade


@pytest.mark.parametrize(
    ("published", "grade"), [(30, "B"), (26.2, "B"), (26, "C"), (35.2, "B"), (35.4, "C")]
)
def test_a_use_is_borne_out_within_15_percent_of_what_is_published(published, grade):
    made = facts(world(salient=rows(us("consumption", "apparent", published))), us_use="apparent")
    assert made.grade["grade"] == grade
    assert "For the United States it is " in made.grade["why"]


def test_a_grade_says_what_it_rests_on():
    said = "negative figures, 0.0% of the world's use in all, count as none"
    grade = facts().grade
    assert grade["grade"] == "B" and grade["why"] == f"Use is output and imports less exports; {said}"
    other = facts(form_matches="false")
    assert (other.grade["grade"], other.grade["why"]) == ("C", "A note")
    none = facts(why_not="No output is known")
    assert none.rows == [] and none.grade["grade"] == "none" and none.grade["why"] == "No output is known"
    apart = [ingest._apart(gap) for gap in (0.0049, 0.005, -0.005, 0.2, -0.2)]
    assert apart == ["equal to", "0% above", "0% below", "20% above", "20% below"]


# --- what is read and written


def test_buyers_are_those_of_headings_that_count_without_china(tmp_path, monkeypatch):
    monkeypatch.setattr(pd, "read_csv", lambda *_, **__: pd.DataFrame())
    trade = pd.concat(
        [
            flows(("1", "PER", "JPN", 1.0), ("2", "PER", "JPN", 2.0), ("1", "PER", "CHN", 9.0)),
            flows(("3", "PER", "DEU", 5.0), buyers=False),
        ]
    )
    assert ingest.World(tmp_path, trade).buyers.to_dict() == {"JPN": 6.0}


def test_a_table_is_written_in_the_order_and_form_of_its_schema(tmp_path):
    for folder in ("schemas", "scenario"):
        (tmp_path / folder).mkdir()
    fields = [("mineral", "string"), ("value", "number"), ("year", "integer"), ("why", "string")]
    schema = {"fields": [{"name": n, "type": t} for n, t in fields], "primaryKey": ["mineral", "year"]}
    (tmp_path / "schemas" / "scenario_facts.json").write_text(json.dumps(schema))
    held = world()
    held.data = tmp_path
    cells = [("zinc", 2024, 1234567.8, "=1"), ("tin", 2030, 0.1234567, None), ("tin", 2024, None, "a")]
    cells += [("zinc", 2030, 999999.9, "b")]
    frame = pd.DataFrame(cells, columns=["mineral", "year", "value", "why"]).assign(unused=1)
    held.write("facts", frame)
    assert (tmp_path / "scenario" / "facts.csv").read_text().splitlines() == [
        "mineral,value,year,why",
        "tin,,2024,a",
        "tin,0.123457,2030,",
        "zinc,1234568,2024,'=1",
        "zinc,1e+06,2030,b",
    ]
