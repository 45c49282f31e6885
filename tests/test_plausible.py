"""A figure that cannot be right is caught, with its row and its neighbour: when a release is read, and in the tables of the project."""

import csv
import io
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pytest
import small_data
from click.testing import CliRunner

from chokepoint.cli import main
from chokepoint.data import check, consistency, tables
from chokepoint.data.ingest import plausibility, usgs
from chokepoint.data.ingest.plausibility.exceptions import same_figure
from chokepoint.data.ingest.plausibility.scale import figure

HOME = small_data.HOME
PUBLISHED = HOME.parent / "shared" / "releases"


@pytest.fixture(scope="module")
def sound(tmp_path_factory) -> Path:
    """A data folder with parts of two releases, and a release folder to be given, all of it sound."""
    home = tmp_path_factory.mktemp("sound")
    small_data.make(home)
    shutil.copytree(small_data.RELEASES / "mcs2026", home / "given")
    return home


@pytest.fixture
def place(sound, tmp_path, monkeypatch) -> "Place":
    home = tmp_path / "home"
    shutil.copytree(sound, home)
    monkeypatch.setenv("CHOKEPOINT_DATA", str(home / "data"))
    return Place(home)


@dataclass
class Place:
    """A data folder and a release to be given, to be broken at will."""

    home: Path

    @property
    def main(self) -> Path:
        return self.home / "given" / "MCS2026_Commodities_Data.csv"

    @property
    def data(self) -> Path:
        return self.home / "data"

    def given(
        self, statistic: str, country: str, year: str, detail: str = "", chapter: str = "TIN", **cells: str
    ) -> str:
        """Change cells of one line of the release to be given; return where it stands."""
        found = small_data.rows(self.main)
        at = [
            i
            for i, r in enumerate(found)
            if (r["MCS chapter"], r["Statistics"], r["Country"], r["Year"])
            == (chapter, statistic, country, year)
            and detail in r["Statistics_detail"]
        ]
        assert len(at) == 1, at
        found[at[0]] |= cells
        small_data.write(self.main, found)
        return f"MCS2026_Commodities_Data.csv line {at[0] + 2}"

    def text(self, change: Callable[[str], str]) -> None:
        self.main.write_text(change(self.main.read_text(encoding="utf-8")), encoding="utf-8")

    def cell(self, table: str, picked: dict[str, str], **cells: str) -> str:
        """Change cells of one row of a table of the project; return where it stands."""
        path = self.data / f"{table}.csv"
        row = small_data.line(path, **picked)
        found = small_data.rows(path)
        found[row - 2] |= cells
        small_data.write(path, found)
        return f"{table}.csv row {row}"

    def row(self, table: str, **picked: str) -> str:
        return f"row {small_data.line(self.data / f'{table}.csv', **picked)}"

    def run(self, *command: str) -> tuple[int, str]:
        result = CliRunner().invoke(main, [part.format(home=self.home) for part in command])
        assert result.exception is None or isinstance(result.exception, SystemExit), repr(result.exception)
        return result.exit_code, result.output


GIVE = ("ingest", "usgs", "{home}/given")
PRODUCTION, RESERVES = "minerals/mcs2026/production", "minerals/mcs2026/reserves"
OLD = "minerals/mcs2025/production"
TIN = {"mineral": "tin", "area": "Peru", "year": "2025"}
FACT, LOAN = {"fact_id": "stibnite.loan"}, {"finance_id": "finance.stibnite_loan"}
EVENT = {"event_id": "event.2025-10-30-busan"}


def loan(p: Place) -> str:
    """What the row of the loan holds now, US$ million."""
    path = p.data / "evidence" / "finance.csv"
    return small_data.rows(path)[small_data.line(path, **LOAN) - 2]["amount_usd_m"]


@dataclass(frozen=True)
class Fault:
    """One fault: what is broken, which gives what the message must hold, and the command that must refuse it.

    `about`: the series or rows that it changes or is judged by. Faults about different ones are independent: none is a neighbour,
    a part, a total or a reference of another.
    """

    name: str
    about: tuple[str, ...]
    breaks: Callable[[Place], tuple[str, ...]]
    command: tuple[str, ...] = ("check",)


def both(**cells: str) -> Callable[[Place], str]:
    """Two cells of a tidy row that agree with each other, and with nothing else."""
    return lambda p: p.cell(OLD, {"mineral": "tin", "area": "Peru", "year": "2024"}, **cells)


def semicolons(text: str) -> str:
    made = io.StringIO()
    csv.writer(made, delimiter=";", lineterminator="\n").writerows(csv.reader(io.StringIO(text)))
    return made.getvalue()


def thousands(text: str) -> str:
    """Points between thousands, as a spreadsheet with a decimal comma writes them."""
    found = list(csv.DictReader(io.StringIO(text)))
    made = io.StringIO()
    writer = csv.DictWriter(made, found[0].keys(), lineterminator="\n")
    writer.writeheader()
    writer.writerows(
        r | {"Value": r["Value"].replace(",", ".") if r["Value"][0].isdigit() else r["Value"]} for r in found
    )
    return made.getvalue()


# Such a release is refused as it is read, before any figure is judged; or the fault is reported in two lines.
ALONE = ("all of the release",)

FAULTS = [
    # --- a release as it is given: scale
    Fault("a thousand times smaller than last year's release", ("tin output of 2024",), lambda p: (p.given("Production", "Peru", "2024", Value="32.3"), "32.3 t is 960 times smaller than 31,000 t in mcs2025", p.row(OLD, mineral="tin", area="Peru", year="2024"), "--accept production.value"), GIVE),
    Fault("ten times larger than last year's release", ("tin output of 2024",), lambda p: (p.given("Production", "China", "2024", Value="710,000"), "710,000 t is 10 times larger than 69,000 t in mcs2025", p.row(OLD, mineral="tin", area="China", year="2024")), GIVE),
    Fault("a hundred times smaller", ("tin output of 2024",), lambda p: (p.given("Production", "Bolivia", "2024", Value="212"), "212 t is 99 times smaller than 21,000 t in mcs2025"), GIVE),
    Fault("the newest year ten times larger than the year before", ("tin output of 2024", "tin output of 2025"), lambda p: (p.given("Production", "Peru", "2025", Value="330,000"), "330,000 t is 10 times larger than 32,300 t of 2024", "MCS2026_Commodities_Data.csv line 59"), GIVE),
    Fault("reserves a thousand times smaller", ("tin reserves",), lambda p: (p.given("Reserves", "Peru", "2025", Value="150"), "150 t is 870 times smaller than 130,000 t in mcs2025", p.row("minerals/mcs2025/reserves", mineral="tin", area="Peru")), GIVE),
    Fault("a bound ten times smaller", ("rare-earth reserves",), lambda p: (p.given("Reserves", "World total", "2025", chapter="RARE EARTHS", Value=">8,500,000"), "11 times smaller than 90,000,000 t in mcs2025"), GIVE),
    Fault("a unit of thousand tons in place of tons", ("tin output of 2024",), lambda p: (p.given("Production", "Brazil", "2024", Unit="thousand metric tons"), "27,600,000 t is 950 times larger than 29,000 t in mcs2025"), GIVE),
    Fault("last year's misprint of a unit, whose correction is gone", ALONE, lambda p: (small_data.write(p.data / "corrections.csv", [r for r in small_data.rows(p.data / "corrections.csv") if r["correction_id"] != "MCS2026-01"]), "reserves value of vanadium, Australia", "10,000 t is 850 times smaller than 8,500,000 t in mcs2025", "what MCS2025-01 corrected is printed again")[1:], GIVE),
    Fault("imports in kilograms called tons", ("tin imports",), lambda p: (p.given("Import", "United States", "2024", "Refined", Value="25,400,000"), "25,400,000 t is 1,000 times larger than 25,000 t in mcs2025"), GIVE),
    Fault("a price in dollars called cents", ("tin prices",), lambda p: (p.given("Price", "United States", "2024", Value="13.68"), "US¢/lb is 86 times smaller than"), GIVE),
    # --- a total that does not fit
    Fault("a world total with a digit lost", ("tin output of 2024",), lambda p: (p.given("Production", "World total", "2024", Value="29,400"), "29,400 t is"), GIVE),
    Fault("a world total of another table", ("tin output of 2024", "tin output of 2025"), lambda p: (p.given("Production", "World total", "2025", Value="390,000"), "390,000 t is the total of 16 areas that add up to 291,100 t, 25% less", "in mcs2025 it is 300,000 t", p.row(OLD, mineral="tin", area="World", year="2024")), GIVE),
    Fault("shares of imports that do not make a hundred", ("tin import shares",), lambda p: (p.given("Import sources 2021-2024", "Brazil", "2021–24", Value="1"), "not 100", "Peru 31"), GIVE),
    # --- a sign, a year
    Fault("output below nothing", ("tin output of 2025",), lambda p: (p.given("Production", "Laos", "2025", Value="-1,800"), "-1,800 t is negative; beside it stands 1,860 t"), GIVE),
    Fault("a price below nothing", ("tin prices",), lambda p: (p.given("Price", "United States", "2025", Value="-1,500"), "is negative"), GIVE),
    Fault("output of a year before the release", ("tin output of 2025",), lambda p: (p.given("Production", "Nigeria", "2025", Year="2015"), "2015 is no year of mcs2026, whose figures here are from 2024 to 2025"), GIVE),
    Fault("output of a year to come", ("tin output of 2025",), lambda p: (p.given("Production", "Nigeria", "2025", Year="2052"), "2052 is no year of mcs2026"), GIVE),
    Fault("reserves two years old", ("tin reserves",), lambda p: (p.given("Reserves", "China", "2025", Year="2023"), "2023 is no year of mcs2026, whose figures here are of 2025"), GIVE),
    Fault("a statistic of a century ago", ("tin stocks",), lambda p: (p.given("Stock", "United States", "2021", Year="1921"), "1921 is no year of mcs2026"), GIVE),
    # --- a line twice, another separator
    Fault("a line given twice with another figure", ALONE, lambda p: (p.text(lambda t: t + t.splitlines()[-1].replace("21,000", "12,000") + "\n"), "line 106", "is given twice, as '21,000'", "line 105")[1:], GIVE),
    Fault("semicolons", ALONE, lambda p: (p.text(semicolons), "is separated by semicolons; a comma is expected")[1:], GIVE),
    Fault("tabs", ALONE, lambda p: (p.text(lambda t: semicolons(t).replace(";", "\t")), "is separated by tabs; a comma is expected")[1:], GIVE),
    Fault("points between thousands throughout", ALONE, lambda p: (p.text(thousands), '"1.900.000" is written with a decimal comma', "line 2")[1:], GIVE),
    Fault("points between thousands in a single figure", ("tin output of 2024",), lambda p: (p.given("Production", "Indonesia", "2024", Value="55.000"), "55 t is 910 times smaller than 50,000 t in mcs2025"), GIVE),
    # --- the tables of the project: figures
    Fault("a value that is not what its row prints", ("tin output of 2025",), lambda p: (p.cell(PRODUCTION, TIN, value="33"), "33 t is 980 times smaller than 32,300 t of 2024 (row")),
    Fault("a value and its print a hundred times too small", ("tin output of 2024",), lambda p: (both(value="310", printed="310")(p), "310 t is", "times smaller than", "row")),
    Fault("a value at odds with its print, too near to its neighbour to tell by that", ("tin output of 2025",), lambda p: (p.cell(PRODUCTION, TIN, value="39000"), '39,000 t is not the "33,000" metric tons printed in this row: 33,000 t')),
    Fault("a sign", ("tin output of 2025",), lambda p: (p.cell(PRODUCTION, TIN, value="-33000"), "-33,000 t is negative; beside it stands 32,300 t")),
    Fault("a year", ("tin output of 2025",), lambda p: (p.cell(PRODUCTION, TIN, year="2002"), "2002 is no year of mcs2026")),
    Fault("a total", ("tin output of 2025", "tin output of 2024"), lambda p: (p.cell(PRODUCTION, {"mineral": "tin", "area": "World", "year": "2025"}, value="390000", printed="390,000"), "add up to 291,100 t", "in mcs2025 it is 300,000 t (row")),
    Fault("the code of another area", ("tin output of 2025",), lambda p: (p.cell(PRODUCTION, TIN, iso3="CHL"), "CHL is the code of Chile, not of Peru; Peru is PER")),
    Fault("a code that is none", ("tin output of 2025",), lambda p: (p.cell(PRODUCTION, TIN, iso3="PEX"), '"PEX" is not in geography')),
    Fault("a country without its code", ("tin output of 2025",), lambda p: (p.cell(PRODUCTION, TIN, iso3=""), "is empty beside Peru, a country; PER is expected")),
    Fault("a mineral that is none", ("tin reserves",), lambda p: (p.cell(RESERVES, {"mineral": "tin", "area": "Peru"}, mineral="tinn"), '"tinn" is not in minerals. Did you mean "tin"?')),
    Fault("a row twice", ("last row of production",), lambda p: (small_data.write(p.data / f"{PRODUCTION}.csv", [*(found := small_data.rows(p.data / f"{PRODUCTION}.csv")), found[-1]]), f"production.csv row {len(small_data.rows(p.data / f'{PRODUCTION}.csv')) + 1}", "duplicate key")[1:]),
    Fault("reliance above all that is used", ("tin reliance",), lambda p: (p.cell("minerals/mcs2026/salient", {"mineral": "tin", "statistic": "net_import_reliance", "year": "2024"}, value="175", printed="175"), "175 percent is a net import reliance above 100 percent")),
    Fault("a share of imports", ("tin import shares",), lambda p: (p.cell("minerals/mcs2026/import_sources", {"mineral": "tin", "area": "Peru"}, value="3.1", printed="3.1"), "not 100", "Bolivia 27")),
    Fault("a table separated by semicolons, its sentences with commas in them", ("timeline",), lambda p: ((path := p.data / "evidence/timeline.csv").write_text(semicolons(path.read_text(encoding="utf-8")), encoding="utf-8"), "timeline.csv row 1", "is separated by semicolons; a comma is expected")[1:]),
    # --- the evidence: words and numbers
    Fault("a number that is not what its words say", ("uk.tungsten",), lambda p: (p.cell("evidence/ledger", {"fact_id": "uk.tungsten"}, value="17", text="GBP 71 million"), '17 GBP million is not what text says beside it: "GBP 71 million"')),
    Fault("a number of another scale than its words", ("uk.tungsten",), lambda p: (p.cell("evidence/ledger", {"fact_id": "uk.tungsten"}, unit="GBP billion", text="GBP 71 million"), '71 GBP billion is not what text says beside it: "GBP 71 million"')),
    Fault("a number with a comma", ("uk.tungsten",), lambda p: (p.cell("evidence/ledger", {"fact_id": "uk.tungsten"}, value="7,100"), '"7,100" is not a number, which value_type says it is. Write 7100')),
    Fault("a date that is not what its words say", ("house.hr4090_senate",), lambda p: (p.cell("evidence/ledger", {"fact_id": "house.hr4090_senate"}, value="2026-05-02", text="5 February 2026"), '2026-05-02 is not what text says beside it: "5 February 2026"')),
    Fault("an amount that is not what its words say", ("stibnite.loan",), lambda p: (p.cell("evidence/finance", {"finance_id": "finance.stibnite_loan"}, amount_usd_m="2.906", amount_text="US$2.906 billion"), '2.906 US$ million is not what amount_text says beside it: "US$2.906 billion"')),
    Fault("a value beside the reference to it", ("stibnite.loan",), lambda p: (p.cell("evidence/ledger", FACT, value="2.906"), 'value is said by "finance.stibnite_loan" of finance.csv, which the row refers to. Leave it empty')),
    Fault("a value that the row it points at holds", ("stibnite.loan",), lambda p: (p.cell("evidence/ledger", FACT, column="", value=f"{float(loan(p)) / 1000:g}", value_type="number"), 'is amount_usd_m of "finance.stibnite_loan" in finance.csv. Write amount_usd_m in column')),
    Fault("a number in figures that a column holds", ("stibnite.loan",), lambda p: (p.cell("evidence/finance", LOAN, amount_text=f"US${float(loan(p)):,g} million"), f"amount_text states amount_usd_m ({loan(p)} US$ million) in figures. Write {{amount_usd_m:US$ million}} in their place")),
    Fault("an event that types the amount it is about", ("stibnite.loan", "timeline"), lambda p: (p.cell("evidence/timeline", {"event_id": "event.2026-05-21-stibnite"}, description=f"A loan of ${float(loan(p)) / 1000:g}bn"), f"description states amount_usd_m ({loan(p)} US$ million) in figures. Write {{amount_usd_m:US$ million}} in their place")),
    Fault("one number of one source in two tables", ("us_capital.state",), lambda p: (p.cell("evidence/readings", {"reading_id": "us_capital.state"}, row_key="", column="", value="30"), "30 US$ billion of S001 stands in finance.csv finance.state_tally too. Write finance:finance.state_tally in row_key")),
    Fault("a reference to a row that is not there", ("stibnite.loan",), lambda p: (p.cell("evidence/ledger", FACT, row_key="finance.stibnite_lone"), 'column "finance.stibnite_lone" is no row of finance.csv. Did you mean finance.stibnite_loan?')),
    Fault("a reference to a column that is not there", ("stibnite.loan",), lambda p: (p.cell("evidence/ledger", FACT, column="amount"), 'column "amount" is no column of finance')),
    Fault("a unit that the column cannot be given in", ("stibnite.loan",), lambda p: (p.cell("evidence/ledger", FACT, unit="days"), '"days" is neither a style')),
    Fault("a claim whose number is another", ("C0-01",), lambda p: (p.cell("evidence/claims", {"claim_id": "C0-01"}, value="2"), "2 meeting is not what statement says beside it")),
    # --- the evidence: states and dates
    Fault("an event that happened on a day to come", ("timeline",), lambda p: (p.cell("evidence/timeline", EVENT, date="2027-12-10", date_start="2027-12-10", as_of="2026-11-24"), '2027-12-10 is "happened", but lies after as_of 2026-11-24')),
    Fault("known to a day that no source comes near", ("timeline",), lambda p: (p.cell("evidence/timeline", EVENT, as_of="2031-01-01"), "2031-01-01 is more than half a year after the newest source in sources.csv")),
    Fault("scheduled for a day that has passed", ("timeline",), lambda p: (p.cell("evidence/timeline", EVENT, happened="scheduled"), 'is "scheduled", but 2025-10-30 had passed by as_of')),
    Fault("signed after what is known", ("agreement.argentina_framework",), lambda p: (p.cell("evidence/agreements", {"agreement_id": "agreement.argentina_framework"}, as_of="2026-02-03"), '2026-02-04 is "signed", but lies after as_of 2026-02-03')),
    Fault("paid after what is known", ("finance.stibnite_dpa",), lambda p: (p.cell("evidence/finance", {"finance_id": "finance.stibnite_dpa"}, as_of="2022-01-01"), '2022-12-19 is "paid", but lies after as_of 2022-01-01')),
    Fault("a control in force before it applies", ("control.2010-embargo",), lambda p: (p.cell("evidence/controls", {"control_id": "control.2010-embargo"}, as_of="2010-09-01"), "2010-09-21", "lies after as_of 2010-09-01")),
]  # fmt: skip


def test_the_folder_that_is_broken_below_is_sound_and_takes_its_release(place):
    assert check.check(place.data) == []
    before = small_data.contents(place.data)
    code, said = place.run(*GIVE)
    assert code == 0, said
    assert small_data.contents(place.data) == before


def rounds() -> list[list[Fault]]:
    """All faults, those of one command and about different things together: one run of the command reports them all.

    A check takes seconds however many faults it finds.
    """
    made: list[tuple[tuple[str, ...], set[str], list[Fault]]] = []
    for fault in FAULTS:
        about = {*fault.about}
        fits = (
            taken
            for taken in made
            if taken[0] == fault.command and not {*ALONE} & (taken[1] | about) and not taken[1] & about
        )
        command, taken, faults = next(fits, (fault.command, set(), []))
        if not faults:
            made.append((command, taken, faults))
        taken |= about
        faults.append(fault)
    return [faults for *_, faults in made]


def round_name(faults: list[Fault]) -> str:
    return faults[0].name + (f" and {len(faults) - 1} more" if len(faults) > 1 else "")


@pytest.mark.parametrize("faults", rounds(), ids=round_name)
def test_a_fault_is_caught_with_its_row_and_its_neighbour(place, faults):
    """Each is reported as if it were the only one (`Fault.about` says why they are independent), in a line of its own."""
    expected = {fault.name: fault.breaks(place) for fault in faults}
    before = small_data.contents(place.data)
    code, said = place.run(*faults[0].command)
    assert code == 2, said
    assert "… and" not in said, "all that was found is shown"
    missed = {name: [part for part in parts if part not in said] for name, parts in expected.items()}
    assert {name: parts for name, parts in missed.items() if parts} == {}, said
    where = {name: _lines_of(parts, said) for name, parts in expected.items()}
    assert len({*where.values()}) == len(faults), (where, said)
    if len(faults) > 1:  # no fault may borrow another's words
        lines = said.splitlines()
        spread = [
            n
            for n, parts in expected.items()
            if not any(all(part in line for part in parts) for line in lines)
        ]
        assert spread == [], said
    assert small_data.contents(place.data) == before, "a refusal writes nothing"


def _lines_of(parts: tuple[str, ...], said: str) -> tuple[int, ...]:
    """The lines that hold most of what is expected."""
    held = [sum(part in line for part in parts) for line in said.splitlines()]
    return tuple(i for i, number in enumerate(held) if number == max(held))


def test_every_fault_is_tried_once():
    tried = [fault.name for faults in rounds() for fault in faults]
    assert sorted(tried) == sorted(fault.name for fault in FAULTS)


def test_there_are_faults_enough_of_every_kind():
    assert len(FAULTS) >= 40 and len({f.name for f in FAULTS}) == len(FAULTS)


# --- what is accepted


def test_a_figure_that_is_named_goes_in_and_stands_in_the_list_of_exceptions(place):
    place.given("Production", "Peru", "2024", Value="323")
    code, said = place.run(*GIVE, "--accept", "production.value")
    assert code == 0 and "entered in data/known_exceptions.csv" in said
    written = [r for r in small_data.rows(place.data / "known_exceptions.csv") if "Accepted" in r["reason"]]
    assert {(r["release"], r["table"], r["rule"], r["value"]) for r in written} == {
        ("mcs2026", "production", "scale", "323"), ("mcs2026", "production", "total", "294000")
    }  # fmt: skip
    assert check.check(place.data) == []


def test_an_exception_holds_for_its_value_alone(place):
    place.given("Production", "Peru", "2024", Value="323")
    place.run(*GIVE, "--accept", "production.value")
    place.given("Production", "Peru", "2024", Value="3.23")
    code, said = place.run(*GIVE)
    assert code == 2 and "3.23 t is" in said


def test_accepting_one_column_accepts_no_other(place):
    place.given("Production", "Peru", "2024", Value="323")
    code, said = place.run(*GIVE, "--accept", "production.year")
    assert code == 2 and "--accept production.value" in said
    code, said = place.run(*GIVE, "--accept", "prodction.value")
    assert code == 2 and 'Did you mean "production.value"?' in said


def test_faults_of_one_kind_are_one_line_and_counted(place):
    place.text(
        lambda t: t.replace("TIN,World", "tin,World").replace("metric tons,2024", "thousand metric tons,2024")
    )
    code, said = place.run(*GIVE)
    assert (
        code == 2
        and said.count("\n") < 20
        and "more of it like this" in said
        and "figures cannot be right as read" in said
    )


# --- last year's misprints


@pytest.fixture
def next_year(place) -> Place:
    """The release of 2026 once more as that of 2027: its years moved on by one, its misprints as they were."""
    folder = place.home / "given"
    text = place.main.read_text(encoding="utf-8")
    for year in range(2025, 2020, -1):
        text = text.replace(f",{year},", f",{year + 1},")
    text = text.replace("2021–24", "2022–25")
    shutil.rmtree(folder)
    folder.mkdir()
    (folder / "MCS2027_Commodities_Data.csv").write_text(text, encoding="utf-8")
    return place


def test_a_misprint_that_comes_again_is_named_and_refused_where_it_changes_a_figure(next_year):
    code, said = next_year.run(*GIVE)
    assert code == 2
    assert (
        "reserves value of vanadium, Australia, 2026: 10,000 t is 1,000 times smaller than 10,000,000 t in mcs2026"
        in said
    )
    assert (
        "what MCS2026-01 corrected is printed again" in said
        and "Give mcs2027 its row in data/corrections.csv" in said
    )
    assert "what MCS2026-02 corrected is printed again (1 row: rare_earths, Rare earths, Brazil, 2026" in said


def test_a_misprint_that_was_accepted_is_named_by_check_too(next_year):
    code, said = next_year.run(*GIVE, "--accept", "reserves.value")
    assert code == 0 and "tables missing, which the release before has: critical_list, headline" in said
    code, said = next_year.run("check")
    assert (
        code == 0
        and "Worth a look" in said
        and "mcs2027/reserves.csv row" in said
        and "what MCS2026-01 corrected is printed again" in said
    )


def test_a_misprint_whose_correction_was_made_again_is_not_named(next_year):
    corrections = small_data.rows(next_year.data / "corrections.csv")
    again = [
        r | {"correction_id": r["correction_id"].replace("2026", "2027"), "release": "mcs2027"}
        for r in corrections
        if r["release"] == "mcs2026"
    ]
    small_data.write(next_year.data / "corrections.csv", corrections + again)
    code, said = next_year.run(*GIVE)
    assert code == 0 and "printed again" not in said, said
    code, said = next_year.run("check")
    assert code == 0 and "printed again" not in said, said


# --- the project's own tables, and the releases themselves


def _known_rows() -> list[dict[str, str]]:
    return small_data.rows(HOME / "data" / "known_exceptions.csv")


@pytest.mark.parametrize(
    "listed", _known_rows(), ids=lambda r: f"{r['release']} {r['table']} {r['key']}"[:80]
)
def test_every_exception_is_still_a_figure_of_its_release(listed):
    path = HOME / "data" / "minerals" / listed["release"] / f"{listed['table']}.csv"
    if not path.exists():
        pytest.skip(f"{listed['release']} is not among the tables of the project")
    picked = dict(part.split("=", 1) for part in listed["key"].split(";"))
    found = [r for r in small_data.rows(path) if all(r[c] == v for c, v in picked.items())]
    column = "year" if listed["rule"] == "year" else figure(found[0])
    assert len(found) == 1 and same_figure(found[0][column], listed["value"])


@pytest.mark.slow
@pytest.mark.parametrize("table", ["production", "reserves", "capacity", "salient", "prices"])
def test_nine_slips_of_the_decimal_mark_in_ten_are_seen_by_the_neighbours_alone(table):
    """Of figures of the newest release drawn at even distances, each made 10, 100 or 1,000 times larger or smaller."""
    data = tables.data_dir()
    held = {
        (p.parent.name, p.stem): pd.read_csv(p, dtype=str, keep_default_na=False)
        for p in sorted((data / "minerals").glob(f"mcs*/{table}.csv"))
    }
    accepted = plausibility.read(data)
    newest = max(held)
    figures = held[newest]
    above = [i for i in figures.index if pd.to_numeric(figures.at[i, "value"], errors="coerce") > 0]
    drawn = above[:: max(len(above) // 30, 1)][:30]
    slips = {i: (10, 0.1, 100, 0.01, 1000, 0.001)[n % 6] for n, i in enumerate(drawn)}
    # Every neighbour of a figure, its parts and its total are of its own mineral: one figure of each is judged at a time.
    nth = figures.loc[drawn].groupby("mineral").cumcount()
    caught = 0
    for _, together in nth.groupby(nth):
        broken = figures.copy()
        for i in together.index:
            broken.at[i, "value"] = str(float(broken.at[i, "value"]) * slips[i])
        minerals = set(figures.mineral[together.index])
        of_minerals = {
            at: frame[frame.mineral.isin(minerals)] for at, frame in (held | {newest: broken}).items()
        }
        found = plausibility.findings(
            of_minerals, accepted, lambda *at: str(at), {table: set(broken.index)}, newest[0]
        )
        caught += figures.mineral[[f.row for f in found if f.refused]].nunique()
    assert caught >= 0.8 * len(drawn), f"{caught} of {len(drawn)}"


@pytest.mark.slow
@pytest.mark.published
@pytest.mark.parametrize(
    "order",
    [("mcs2024", "mcs2025", "mcs2026"), ("mcs2026", "mcs2025", "mcs2024")],
    ids=lambda o: f"{o[0]} first",
)
def test_the_releases_as_published_go_in_without_a_false_refusal(tmp_path, order):
    data = tmp_path / "data"
    shutil.copytree(HOME / "data", data, ignore=shutil.ignore_patterns("minerals"))
    for release in order:
        usgs.ingest(PUBLISHED / f"usgs_{release}", data)


@pytest.mark.slow
@pytest.mark.published
def test_the_release_of_2023_goes_in_before_and_after_the_others(tmp_path):
    data = tmp_path / "data"
    shutil.copytree(HOME / "data", data)
    usgs.ingest(PUBLISHED / "usgs_mcs2023", data)


def test_a_day_up_to_which_all_is_known_is_not_ahead():
    event = {"event_id": "e", "date_start": "2026-11-10", "as_of": "2026-11-10", "happened": "scheduled"}
    found = consistency.faults({"timeline": pd.DataFrame([event])})
    assert [column for _, _, column, _ in found] == ["happened"]
