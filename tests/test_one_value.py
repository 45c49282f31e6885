"""One value changed in one table of the evidence changes every place that shows it."""

import csv
import json
import math
import re
import shutil
from pathlib import Path

import pytest

from chokepoint.analysis import facts
from chokepoint.data import check, tables
from chokepoint.data.references import amount
from chokepoint.pages import money, since_february

DATA = Path(__file__).resolve().parents[1] / "data"
RELEASE = tables.DEFAULT_RELEASE
IN_WORDS = {
    "equity.count_ap": "the fourth",
    "truce.months": "one year",
}  # texts that state their number in words


def changed(folder: Path) -> dict[tuple[str, str, str], tuple[float, float, str]]:
    """Move every number of the evidence in the data at `folder`, each by a factor of its own; as it was, as it is, and its unit.

    Keyed by table, key and column. A number of the ledger is one that no other table holds.
    """
    described = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))["resources"]
    moved = {}
    for declared in described:
        if not declared["path"].startswith("evidence/"):
            continue
        name, fields = declared["name"], declared["schema"]["fields"]
        key = declared["schema"]["primaryKey"]
        numeric = {f["name"]: f for f in fields if f["type"] in ("number", "integer")}
        path = folder / declared["path"]
        with open(path, encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        for row in rows:
            stated = {"value": {"type": "number"}} if row.get("value_type") == "number" else {}
            for column, field in (numeric | stated).items():
                if not row[column]:
                    continue
                old, step = float(row[column]), len(moved) + 1
                whole = field["type"] == "integer" or old == round(old)
                new = old + math.copysign(1000 + step, old) if whole else round(old * (1.5 + step / 1000), 6)
                own = field.get("unit", "column unit")
                unit = row.get("unit", "") if "column unit" in own else own
                moved[name, row[key if isinstance(key, str) else key[0]], column] = old, new, unit
                row[column] = f"{new:.12g}"
        with open(path, "w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, rows[0], lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
    return moved


@pytest.fixture(scope="module")
def moved(tmp_path_factory):
    """A copy of the data in which every number of the evidence is another, and what each was and is."""
    folder = tmp_path_factory.mktemp("moved") / "data"
    shutil.copytree(DATA, folder)
    return folder, changed(folder)


def test_every_fact_follows_the_one_cell_that_holds_it(moved, monkeypatch):
    folder, cells_moved = moved
    rows = list(csv.DictReader((DATA / "evidence" / "ledger.csv").open(encoding="utf-8", newline="")))
    before = {row["fact_id"]: facts.find(row["fact_id"]) for row in rows}
    monkeypatch.setenv("CHOKEPOINT_DATA", str(folder))
    after = {row["fact_id"]: facts.find(row["fact_id"]) for row in rows}
    numbers = {f for f, fact in before.items() if fact and isinstance(fact.value, float)}
    assert len(numbers) > 120
    for fact_id in numbers:
        old, new = before[fact_id], after[fact_id]
        assert any(
            old.value / was == pytest.approx(new.value / now) for was, now, _ in cells_moved.values() if was
        ), fact_id
        assert old.value != new.value and (old.text != new.text or fact_id in IN_WORDS), fact_id


def test_words_beside_a_number_that_has_changed_are_reported(moved):
    """Where a text has the number in words, nothing can fill it in: `check` names the place."""
    folder, _ = moved
    said = "\n".join(map(str, check.check(folder)))
    assert all(f'is not what text says beside it: "{text}"' in said for text in IN_WORDS.values())


@pytest.mark.slow
def test_no_table_under_a_figure_shows_an_amount_of_the_evidence_as_it_was(moved, monkeypatch):
    folder, cells_moved = moved
    before = shown()
    monkeypatch.setenv("CHOKEPOINT_DATA", str(folder))
    after = shown()
    typed = " ".join(p.read_text(encoding="utf-8") for p in (DATA / "evidence").glob("*.csv"))
    stale, seen = (
        set(),
        0,
    )  # an amount that a text types is another one, of the same size: `check` sees to that
    for where, (was, _, unit) in cells_moved.items():
        if where[0] == "finance" and where[2] == "amount_usd_m":
            amounts = {amount(was, unit), amount(was / 1000, "US$ billion")}
            seen += any(standing(number, before) for number in amounts)
            stale |= {
                (*where, n) for n in amounts if standing(n, before) and standing(n, after) and n not in typed
            }
    assert seen > 20 and not stale


def shown() -> str:
    """The tables under the figures of chapters 8 and 9 and the texts of chapter 5, which show the evidence."""
    figures = [since_february.lead(RELEASE), since_february.terms(RELEASE), money.ladder_of_money(RELEASE)]
    return " ".join(figure.table.to_csv() for figure in figures)


def standing(number: str, text: str) -> bool:
    """Whether a number stands in a text, and not as a part of another."""
    return bool(re.search(rf"(?<![\d.,]){re.escape(number)}(?![\d]|[.,]\d)", text))
