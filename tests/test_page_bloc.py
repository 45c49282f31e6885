"""The ministerial, the frameworks and what partners sell, of small made-up tables."""

import pandas as pd
import pytest
from made_up_tables import facts_of

from chokepoint.pages import (
    agreements,
    bills,
    frameworks,
    ministerial,
    partner_trade,
)

RELEASE = "mcs2026"


@pytest.mark.parametrize("yes, turn", [(213, "passed by 3 votes"), (209, "failed"), (210, "was tied")])
def test_a_vote_is_told_by_who_had_more(monkeypatch, yes, turn):
    held = {"yes": yes, "no": 210, "dem_yes": 5, "rep_no": 4}
    facts_of(monkeypatch, bills, {f"house.hr4090_{key}": value for key, value in held.items()})
    figure = bills.vote(RELEASE)
    assert figure.title == f"H.R. 4090 {turn} in the House"
    assert figure.table.Votes.tolist() == [yes, 210]


def test_a_release_without_both_steps_draws_no_lead(monkeypatch):
    none = pd.DataFrame(columns=["mine", "refinery"])
    monkeypatch.setattr(frameworks.supply, "inside_pairs", lambda _: none)
    monkeypatch.setattr(frameworks.supply, "inside_of_two_steps", lambda _: none)
    assert frameworks.lead(RELEASE) is None


def test_what_the_papers_bring_turns_with_the_shares_of_minerals(monkeypatch):
    def told(binding=0, mined=6, refined=2, known=10, known_refined=10) -> str:
        values = {
            "frameworks.texts_binding": binding,
            "partners.sells_to_china": 50,
            "partners.sells_to_us": 20,
        }
        values |= {"frameworks.majority_mined": mined, "frameworks.majority_refined": refined}
        values |= {"dependence.known_mined": known, "dependence.known_refined": known_refined}
        facts_of(monkeypatch, frameworks, values)
        monkeypatch.setattr(frameworks, "fact_exists", lambda name, _: name in values)
        return " ".join(frameworks.brief(RELEASE).sentences)

    assert "ore more than metal" in told() and "none of the texts is known to bind" in told()
    assert "{frameworks.texts_binding} of the texts are known to bind" in told(binding=1)
    assert "bring in metal as well as ore" in told(mined=2, refined=2)
    assert "ore more than metal" in told(mined=4, refined=4, known=10, known_refined=20)
    assert "does not print who makes what at both steps" in told(known_refined=0)


def test_the_customer_is_who_takes_more(monkeypatch):
    def told(china: float, us: float) -> str:
        facts_of(monkeypatch, frameworks, {"partners.sells_to_china": china, "partners.sells_to_us": us})
        monkeypatch.setattr(frameworks, "fact_exists", lambda *_: True)
        return frameworks._sold(RELEASE)

    assert told(50, 20).startswith("Their customer is China:")
    assert told(20, 50).startswith("Their customer is the United States:")
    monkeypatch.setattr(frameworks, "fact_exists", lambda *_: False)
    assert frameworks._sold(RELEASE).startswith("China mines more than half")


@pytest.mark.parametrize(
    "binding, instrument, said",
    [
        ("no", "framework", "Binds nobody, by its own text"),
        ("no", "plan", "Binds nobody"),
        ("yes", "plan", "Binds, by its own text"),
        ("none", "forum", ""),
    ],
)
def test_a_plan_binds_nobody_by_what_it_is(binding, instrument, said):
    assert agreements.binds({"binding": binding, "instrument": instrument}) == said


SALES = {"China": 40.0, "United States": 20.0, "European Union": 45.0, "Japan": 5.0}


def test_the_first_of_buyers_is_the_largest_of_those_that_are_named():
    rows = pd.DataFrame([SALES | {partner_trade.trade.OTHER: 90.0, partner_trade.trade.UNNAMED: 90.0}])
    assert partner_trade._first(rows) == "European Union"


def test_to_whom_a_country_sells_is_not_said_where_most_buyers_are_not_named(monkeypatch):
    def told(unnamed: float, iso3: str = "PER") -> str:
        shares = pd.DataFrame({partner_trade.trade.UNNAMED: [unnamed]})
        monkeypatch.setattr(partner_trade.trade, "shares", lambda _: shares)
        return partner_trade._to_whom(iso3, pd.DataFrame())

    assert told(50.1).startswith("; most of it in flows so small")
    assert told(50).endswith("sells_to_china} of it went to China") and told(0, "CHN") == ""


GROUPS = partner_trade.trade.GROUPS


def sales(**by_year: tuple[float, float]) -> pd.DataFrame:
    """Rows of what was sold: year → (to China, to Japan) [US$]."""
    rows = [
        {"year": int(year[1:]), "value_usd": china + japan, "source_id": "S700"}
        | dict.fromkeys(GROUPS, 0)
        | {"China": china, "Japan": japan}
        for year, (china, japan) in by_year.items()
    ]
    return pd.DataFrame(rows)


def test_what_partners_sold_is_drawn_in_billions_where_it_comes_to_two():
    rows = sales(y2002=(1e8, 4e8), y2024=(1.5e9, 0.5e9))
    figure = partner_trade._by_year(rows, "Title", "All")
    assert "US$ billion of the year, by buyer, 2002–2024" in figure.subtitle
    assert figure.alt_text.endswith("2002: US$500 million, 20% to China; 2024: US$2.0 billion, 75% to China.")
    drawn = [row for rows in figure.chart.to_dict(validate=False)["datasets"].values() for row in rows]
    assert {(row["year"], row["to"]): row["value"] for row in drawn} == {
        (2002, "China"): 0.1,
        (2002, "Japan"): 0.4,
        (2024, "China"): 1.5,
        (2024, "Japan"): 0.5,
    }
    less = partner_trade._by_year(sales(y2024=(1.5e9, 0.4e9)), "Title", "All")
    assert "US$ million of the year" in less.subtitle


@pytest.mark.parametrize(
    "last, way", [((3e9, 1e9), "rose from 20% to 75%"), ((1e8, 9e8), "fell from 20% to 10%")]
)
def test_china_s_part_of_partners_sales_is_told_from_the_first_year_to_the_last(monkeypatch, last, way):
    rows = sales(y2002=(1e9, 4e9), y2013=(0, 1e9), y2024=last)
    monkeypatch.setattr(partner_trade.trade, "partners", lambda: rows)
    assert partner_trade.over_time().title == f"China’s part of partners’ sales {way}"
    monkeypatch.setattr(partner_trade.trade, "years", list)
    assert partner_trade.over_time() is None


def sold_by(monkeypatch, rows: pd.DataFrame, iso3: str = "PER") -> object:
    monkeypatch.setattr(partner_trade.countries, "code", lambda _: iso3)
    monkeypatch.setattr(partner_trade.trade, "sold", lambda *_: rows)
    monkeypatch.setattr(partner_trade.trade, "in_all", lambda rows: rows)
    return partner_trade.sold("peru", RELEASE)


def test_a_country_s_sales_are_drawn_of_two_years_or_more_and_a_million(monkeypatch):
    rows = sales(y2002=(1e9, 4e9), y2024=(3e9, 1e9))
    assert sold_by(monkeypatch, rows).title == "Of what it sold, China bought 20% in 2002 and 75% in 2024"
    china = sold_by(monkeypatch, rows, "CHN").title
    assert china == "China sold US$5.0 billion in 2002 and US$4.0 billion in 2024"
    assert sold_by(monkeypatch, rows.head(1)) is None
    assert sold_by(monkeypatch, sales(y2002=(1, 4), y2024=(5e5, 499_999))) is None
    assert sold_by(monkeypatch, sales(y2002=(1, 4), y2024=(5e5, 5e5))) is not None


def exported(monkeypatch, *shares: dict[str, float], fact: bool = True) -> object:
    """What a country sells, of the shares of buyers [%] of each heading, the largest first."""
    headings = ["260300", "740311"] * 5
    rows = pd.DataFrame([dict.fromkeys(GROUPS, 0.0) | share for share in shares]).assign(
        heading=headings[: len(shares)],
        value_usd=[5e9 / (i + 1) for i in range(len(shares))],
        source_id="S700",
    )
    monkeypatch.setattr(partner_trade.countries, "code", lambda _: "PER")
    monkeypatch.setattr(partner_trade.trade, "exports", lambda *_: rows)
    monkeypatch.setattr(partner_trade, "goods", lambda heading, short=False: f"Goods {heading}")
    monkeypatch.setattr(partner_trade, "fact_exists", lambda *_: fact)
    monkeypatch.setattr(partner_trade, "_to_whom", lambda *_: "; to whom")
    monkeypatch.setattr(partner_trade.trade, "sold", lambda *_: rows)
    monkeypatch.setattr(partner_trade.trade, "in_all", lambda rows: rows)
    return partner_trade.sells("peru", RELEASE)


def test_the_largest_sale_is_told_with_its_largest_buyer(monkeypatch):
    year = partner_trade.trade.years()[-1]
    section = exported(monkeypatch, {"China": 30.0, "Japan": 60.0}, {"China": 99.0})
    assert section.title == (
        f"Its largest sale is goods 260300, US$5.0 billion in {year}, 60% of it to Japan"
    )
    assert len(section.sentences) == 1 and section.sentences[0].endswith("coal aside; to whom.")
    small = exported(monkeypatch, {"China": 0.4, partner_trade.trade.OTHER: 99.6}, fact=False)
    assert small.title.endswith(f"US$5.0 billion in {year}") and small.sentences == []
    many = exported(monkeypatch, *[{"China": 50.0}] * 10)
    assert "US$5.0 billion" in many.title and "A bar for each of 8 goods" in many.figure.alt_text
    assert len(many.figure.table) == 10


@pytest.mark.parametrize(
    "present, day, union, kind",
    [
        (False, "2026-02-04", False, ministerial.ABSENT),
        (True, None, False, ministerial.ATTENDED),
        (True, None, True, ministerial.UNION),
        (True, "2026-02-03", True, ministerial.EARLIER),
        (True, "2026-02-04", True, ministerial.SIGNED),
        (True, "2026-02-05", False, ministerial.LATER),
    ],
)
def test_a_delegation_is_told_by_whether_it_came_and_when_it_signed(present, day, union, kind):
    assert ministerial._kind(present, pd.Timestamp(day) if day else pd.NaT, union) == kind


def test_who_came_is_set_against_who_signed_and_who_stayed_away(monkeypatch):
    def told(signed: int, came: int, away: dict[str, str], open_: bool = True) -> list[str]:
        kinds = [ministerial.SIGNED] * signed + [ministerial.ATTENDED] * (came - signed)
        rows = [{"iso3": f"X{i}", "presence": "present", "kind": k} for i, k in enumerate(kinds)]
        rows += [{"iso3": i, "presence": p, "kind": ministerial.ABSENT} for i, p in away.items()]
        people = pd.DataFrame(rows).assign(
            delegation=lambda r: r.iso3.map({"DNK": "Denmark", "GRL": "Greenland"})
        )
        monkeypatch.setattr(ministerial, "delegations", lambda: people)
        asked = pd.DataFrame({"question_id": ["open.zone_members"] * open_})
        monkeypatch.setattr(ministerial.listing, "open_questions", lambda *_: asked)
        return list(ministerial.brief(RELEASE).sentences)

    few = told(4, 10, {"DNK": "absent", "GRL": "absent"})
    assert few[0].endswith("far more came than committed themselves.")
    assert few[2].endswith("; Denmark and Greenland stayed away.") and "are not published" in few[1]
    many = told(5, 9, {"DNK": "present"}, open_=False)
    assert many[0].endswith("most who came committed themselves.")
    assert "stayed away" not in many[2] and "has since been told" in many[1]
