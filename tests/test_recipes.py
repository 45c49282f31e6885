"""The recipes of CONTRIBUTING.md and of the page `rerun`, followed to the letter in one copy: at most three files each.

All are carried out first; then one process checks the copy and says what its pages show, and its own fast tests are run: those that a
recipe has broken before, every week all of them (see `sampled`). What was entered since is taken out of the copy before it starts.
"""

import csv
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest
import test_plausible as plausible
from conftest import Checkout
from nbformat.v4 import new_code_cell
from sampled import everything

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("recipes")]  # followed once for all
HOME = Path(__file__).resolve().parents[1]
TEXTS = {p: (HOME / p).read_text(encoding="utf-8") for p in ("CONTRIBUTING.md", "book/rerun.md")}
TERM, SENTENCE = "event.2026-11-10-suspension-ends", "Beijing extends the suspension of the October package"
BEGINS, FORECAST = "event.2026-12-04-polysilicon", "forecast.polysilicon_begins"
MOLYBDENUM = "    - {mineral: molybdenum}\n"


def held(table: str, key: str, column: str, folder: Path = HOME) -> str:
    """What a cell holds now: the row is the one whose first cell is the key."""
    with (folder / "data" / f"{table}.csv").open(newline="", encoding="utf-8") as file:
        return next(row[column] for row in csv.DictReader(file) if next(iter(row.values())) == key)


OLD_LOAN, OLD_PRICE = (
    float(held("evidence/finance", "finance.stibnite_loan", "amount_usd_m")),
    float(held("assumptions", "price_floor.world_price", "value")),
)
LOAN, PRICE = 2950 if OLD_LOAN != 2950 else 2906, 69 if OLD_PRICE != 69 else 68

CHART = '''

def china_bars(rows: pd.DataFrame) -> alt.Chart:
    """Draw one bar a mineral, columns name and share_2035 [%]."""
    x = alt.X("share_2035:Q", title="China, 2035, forecast, %")
    return alt.Chart(rows).mark_bar(color=CHINA).encode(x, alt.Y("name:N", title=None, sort="-x"))
'''
FIGURE = '''

def refined_in_2035(release: str) -> Figure:
    """Show China's share of refining in 2035."""
    rows = china_refined()
    title, alt_text = "Forecast: bars of 2035", "One bar a mineral: China's share of refining in 2035."
    return figure(dumbbell.china_bars(rows), name="refined-in-2035", title=title, alt_text=alt_text, table=rows[["name", "share_2035", "source_id"]])
'''
CHAPTER = '''"""Chapter 10: what scrap can give."""

from chokepoint.pages.components.brief import Brief
from chokepoint.pages.futures import lead

__all__ = ["brief", "lead"]


def brief(release: str) -> Brief:
    """Say what the agency expects."""
    return Brief(["Outside China {futures.iea_kt_2035} are expected in 2035."], release)
'''


class Newcomer:
    """Somebody who edits a copy of the project; `touched` are the files that the task at hand took."""

    def __init__(self, folder: Path):
        self.folder, self.touched = folder, set()

    def path(self, name: str) -> Path:
        self.touched.add(name)
        return self.folder / name

    def row(self, table: str, **cells: str) -> None:
        """A row at the end of a table."""
        path = self.path(f"data/{table}.csv")
        with path.open(newline="", encoding="utf-8") as file:
            columns = next(csv.reader(file))
        with path.open("a", newline="", encoding="utf-8") as file:
            csv.DictWriter(file, columns, lineterminator="\n").writerow(cells)

    def rows(self, table: str, change: Callable[[list[dict[str, str]]], list[dict[str, str]]]) -> None:
        """All rows of a table, changed."""
        path = self.path(f"data/{table}.csv")
        with path.open(newline="", encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        with path.open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, rows[0], lineterminator="\n")
            writer.writeheader()
            writer.writerows(change(rows))

    def cells(self, table: str, key: str, **cells: str) -> None:
        """Some cells of the row with this key."""
        assert held(table, key, next(iter(cells)), self.folder) != next(iter(cells.values()))
        self.rows(
            table, lambda rows: [row | cells if next(iter(row.values())) == key else row for row in rows]
        )

    def source(self, **cells: str) -> str:
        """A source with the next free number, as `rerun` has it; return its id."""
        with (self.folder / "data" / "evidence" / "sources.csv").open(newline="", encoding="utf-8") as file:
            taken = [
                int(i[1:]) for row in csv.DictReader(file) if re.fullmatch(r"S\d+", i := row["source_id"])
            ]
        self.row("evidence/sources", source_id=(free := f"S{max(taken) + 1}"), read_as="original", **cells)
        return free

    def replace(self, name: str, *pairs: tuple[str, str]) -> None:
        """Each `old` by its `new`, once."""
        path = self.path(name)
        text = path.read_text(encoding="utf-8")
        for old, new in pairs:
            assert old in text, f"{name}: {old}"
            text = text.replace(old, new, 1)
        path.write_text(text, encoding="utf-8")

    def append(self, name: str, text: str) -> None:
        with self.path(name).open("a", encoding="utf-8") as file:
            file.write(text)


def before(do: Newcomer) -> None:
    """The copy as it is before any of the tasks, whatever somebody has entered since."""
    do.rows("evidence/timeline", lambda rows: [row for row in rows if row["settles"] != TERM])
    for table, key, cells in (
        ("evidence/timeline", BEGINS, {"happened": "scheduled"}),
        ("forecasts", FORECAST, {"outcome": "", "settled_on": "", "source_id": ""}),
    ):
        if held(table, key, next(iter(cells)), do.folder) != next(iter(cells.values())):
            do.cells(table, key, **cells)
    runs = do.path("book/runs.yml")
    runs.write_text(runs.read_text(encoding="utf-8").replace(MOLYBDENUM, ""), encoding="utf-8")


def event(do: Newcomer) -> None:
    source = do.source(publisher="MOFCOM", title="Announcement No. 99 of 2026", date="2026-11-10",
                       kind="primary government", viewpoint="Chinese government", reliability="Primary")  # fmt: skip
    told = {"event_id": "event.2026-11-10-extended", "date": "2026-11-10", "date_start": "2026-11-10", "date_precision": "day",
            "happened": "happened", "as_of": "2026-11-10", "actor": "China", "category": "china_controls", "description": SENTENCE,
            "source_id": source, "confidence": "primary", "published": "true", "settles": TERM, "outcome": "extended"}  # fmt: skip
    do.row("evidence/timeline", **told)


def number(do: Newcomer) -> None:
    do.cells("evidence/finance", "finance.stibnite_loan", amount_usd_m=str(LOAN))
    link, name = r"[US\\${:.3f} billion](evidence.md#stibnite.loan)", "book/08-since-february.ipynb"
    do.replace(name, (link.format(OLD_LOAN / 1000), link.format(LOAN / 1000)))


def forecast_settled(do: Newcomer) -> None:
    source = do.source(publisher="U.S. Customs and Border Protection", title="Notice of 4 December 2026", date="2026-12-04",
                       kind="primary government", viewpoint="US government", reliability="Primary")  # fmt: skip
    do.cells("evidence/timeline", BEGINS, happened="happened", as_of="2026-12-04", source_id=source)
    do.cells("forecasts", FORECAST, outcome="yes", settled_on="2026-12-04", source_id=source)


def assumption_moved(do: Newcomer) -> None:
    ours = {"basis": "assumed", "source_id": "", "confidence": "assumed"}
    do.cells("assumptions", "price_floor.world_price", value=str(PRICE), **ours)


def assumption_added(do: Newcomer) -> None:
    do.replace(
        "src/chokepoint/models/supply_shock.py",
        ("    highest_multiple,\n):", "    highest_multiple,\n    recycling=0,\n):"),
        ("price stops rising [x]\n", "price stops rising [x]\n    recycling          won from scrap [share of a year's need]\n"),
        ("+ buffer - hoarding\n    available", "+ buffer + recycling - hoarding\n    available"),
    )  # fmt: skip
    row = {"assumption_id": "supply_shock.recycling", "model": "supply_shock", "name": "recycling", "symbol": "rec",
           "label": "Won from scrap", "value": "0.05", "low": "0", "high": "0.5", "step": "0.01", "unit": "share of need",
           "basis": "assumed", "confidence": "assumed"}  # fmt: skip
    do.row("assumptions", **row)
    do.replace("src/chokepoint/pages/china_responses.py", ('"hoarding"],', '"hoarding", "recycling"],'))


def chart(do: Newcomer) -> None:
    do.append("src/chokepoint/charts/dumbbell.py", CHART)
    do.replace("src/chokepoint/pages/futures.py", ("from chokepoint.charts.", "from chokepoint.charts import dumbbell\nfrom chokepoint.charts."))  # fmt: skip
    do.append("src/chokepoint/pages/futures.py", FIGURE)
    path = do.path("book/07-futures.ipynb")
    notebook = nbformat.read(path, as_version=4)
    notebook.cells.insert(-2, new_code_cell("chapter.refined_in_2035(release)", id="refined-in-2035"))
    nbformat.write(notebook, path)


def minerals_page(do: Newcomer) -> None:
    do.replace("book/runs.yml", ("    - {mineral: nickel}\n", f"{MOLYBDENUM}    - {{mineral: nickel}}\n"))  # fmt: skip


def chapter(do: Newcomer) -> None:
    do.path("src/chokepoint/pages/scrap.py").write_text(CHAPTER, encoding="utf-8")
    notebook = nbformat.read(do.folder / "book" / "07-futures.ipynb", as_version=4)
    notebook.cells = [c for c in notebook.cells if "chapter." not in c.source or {"brief", "lead"} & set(c.metadata.get("tags", []))]  # fmt: skip
    for cell in notebook.cells:
        cell.source = re.sub(
            r"\bfutures as\b|(?<=pages/)futures(?=\.py)",
            lambda m: m[0].replace("futures", "scrap"),
            cell.source,
        )
        cell.source = cell.source.replace('("07")', '("11")')
    notebook.cells[0].source = "# What scrap can give"
    nbformat.write(notebook, do.path("book/11-scrap.ipynb"))
    do.replace("_toc.yml", ("- file: 10-does-it-work\n", "- file: 10-does-it-work\n      - file: 11-scrap\n"))


RECIPES = {
    event: ("CONTRIBUTING.md", r"\*\*An event\.\*\*.+sources\.csv.+timeline\.csv.+`settles`.+`outcome`"),
    number: ("book/rerun.md", r"## Change a number that somebody stated"),
    forecast_settled: ("book/rerun.md", r"## Settle a forecast.+forecasts\.csv.+`rule`.+`outcome`.+`settled_on`.+`source_id`"),
    assumption_moved: ("book/rerun.md", r"## Change an assumption"),
    assumption_added: ("CONTRIBUTING.md", r"\*\*An assumption more, with its slider\.\*\*.+models/.+assumptions\.csv.+explore\("),
    chart: ("CONTRIBUTING.md", r"\*\*A chart\.\*\*.+charts/.+figure\(.+pages/.+source_id.+notebook"),
    minerals_page: ("CONTRIBUTING.md", r"\*\*A mineral's page\.\*\*.+book/runs\.yml"),
    chapter: ("CONTRIBUTING.md", r"\*\*A chapter\.\*\*.+book/.+pages/.+_toc\.yml"),
}  # fmt: skip

CLEAN = {k: v for k, v in os.environ.items() if not k.startswith(("CHOKEPOINT", "PYTEST"))}
BROKEN_BEFORE = {
    "a value that the row it points at holds",
    "a number in figures that a column holds",
    "an event that types the amount it is about",
}
assert BROKEN_BEFORE <= {fault.name for fault in plausible.FAULTS}
ASK_OF_ANY_STATE = [
    "tests/test_evidence.py::test_a_lead_that_was_not_opened_carries_no_published_row",
    "tests/test_models_evaluate.py::test_golden_values_come_out_of_a_table_of_their_inputs_too",
    "tests/test_chapters_countries.py::test_a_mineral_outside_the_list_is_in_the_index_and_linked_once_it_has_a_page",
    "tests/test_chapters_does_it_work.py::test_one_that_is_due_is_scored_and_one_without_an_outcome_is_said_to_be_due",
    *(
        f"tests/test_plausible.py::test_a_fault_is_caught_with_its_row_and_its_neighbour[{plausible.round_name(faults)}]"
        for faults in plausible.rounds()
        if BROKEN_BEFORE & {fault.name for fault in faults}
    ),
]
SEEN = """
import json
import cells
import pandas as pd
from click.testing import CliRunner
from chokepoint.analysis import facts
from chokepoint.cli import main
from chokepoint.data import tables
from chokepoint.pages import china_responses, does_it_work, price_floor, suspensions
from chokepoint.site.runs import plan
done = CliRunner().invoke(main, ["check"])
seen = {"check": [done.exit_code, done.output], "pages": [run.page for run in plan(tables.home() / "book")]}
seen["outcome"] = suspensions.afterwards("control.2025-70", pd.Timestamp("2026-11-10"))
seen["score"] = does_it_work.score("mcs2026").text
seen["loan"] = facts.get("stibnite.loan").text
seen["floor"] = {c.name: c.value for c in price_floor.who_pays().controls}
seen["shock"] = china_responses.how_bad().html()
for name in ("08-since-february", "07-futures", "11-scrap"):
    seen[name] = cells.printed(name)
seen["mineral"] = cells.printed("mineral", mineral="molybdenum")
print(json.dumps(seen))
"""


@pytest.fixture(scope="module")
def followed(tmp_path_factory):
    """What the pages of the copy show, and the files that each recipe touched."""
    folder = Checkout(tmp_path_factory.mktemp("newcomer") / "chokepoint").folder
    before(Newcomer(folder))
    touched = {}
    for recipe in RECIPES:
        recipe(newcomer := Newcomer(folder))
        touched[recipe] = newcomer.touched
    path = os.pathsep.join([str(folder / "src"), str(folder / "tests")])
    done = subprocess.run([sys.executable, "-c", SEEN], cwd=folder, env=CLEAN | {"PYTHONPATH": path}, capture_output=True, text=True, timeout=600)  # fmt: skip
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1]), touched, folder


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda r: r.__name__)
def test_a_recipe_stands_in_the_text_and_takes_at_most_three_files(recipe, followed):
    text, words = RECIPES[recipe]
    assert re.search(words, " ".join(TEXTS[text].split()))
    assert 1 <= len(followed[1][recipe]) <= 3
    assert not any(name.startswith("tests/") for name in followed[1][recipe])


def test_after_all_recipes_the_book_is_sound(followed):
    code, said = followed[0]["check"]
    assert code == 0 and "are sound" in said, said


def test_no_test_is_edited_but_ones_own(followed):
    """The copy's fast tests ask the same of it: those that a recipe once broke, every week all that `make check` runs."""
    command = [sys.executable, "-m", "pytest", "-m", "not slow", "--tb=short", "-p", "no:cacheprovider"]
    command += ["-n", "2"] if everything() else ASK_OF_ANY_STATE
    path = os.pathsep.join([str(followed[2] / "src"), str(followed[2] / "tests")])
    done = subprocess.run(command, cwd=followed[2], env=CLEAN | {"PYTHONPATH": path}, capture_output=True, text=True, timeout=1800)  # fmt: skip
    assert done.returncode == 0, done.stdout[-5000:]


def test_an_event_stands_in_the_timeline_and_settles_its_term(followed):
    seen, *_ = followed
    assert "it was extended, on 10 November 2026" in seen["outcome"]
    assert any(SENTENCE in shown for shown in seen["08-since-february"].values())


def test_a_changed_number_changes_wherever_it_stands(followed):
    seen, *_ = followed
    shown = " ".join(seen["08-since-february"].values())
    assert (
        seen["loan"] == f"US${LOAN / 1000:g} billion"
        and f"{LOAN:,}" in shown
        and f"{OLD_LOAN:,.0f}" not in shown
    )


def test_a_forecast_that_is_settled_is_scored(followed):
    assert "is settled" in followed[0]["score"] or "are settled" in followed[0]["score"]


def test_a_slider_starts_at_the_moved_assumption_and_an_added_one_has_its_slider(followed):
    seen, *_ = followed
    assert seen["floor"]["world_price"] == PRICE
    assert "Won from scrap" in seen["shock"]


def test_a_chart_stands_in_its_chapter(followed):
    assert "Forecast: bars of 2035" in followed[0]["07-futures"]["chapter.refined_in_2035(release)"]


def test_a_mineral_has_its_page_and_a_chapter_too(followed):
    seen, *_ = followed
    assert {"minerals/molybdenum", "11-scrap"} <= set(seen["pages"])
    assert any("olybdenum" in shown for shown in seen["mineral"].values())
    assert "are expected in 2035" in seen["11-scrap"]["chapter.brief(release)"]
