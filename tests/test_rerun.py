"""Newer data by the recipes of the page `rerun`, each as a new user would do it: what changed is named, and nothing else changes."""

import csv
import html
import io
import json
import re
from collections import defaultdict
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow
HOME = Path(__file__).resolve().parents[1]
PUBLISHED = HOME.parent / "shared/releases/usgs_mcs2026"
SERIES = ("MCS chapter", "Section", "Commodity", "Country", "Statistics", "Statistics_detail", "Unit")
CHANGED = 50
GALLIUM = ("GALLIUM", "China", "2026", "Production", "900,000")
PLAIN = (
    "Australia",
    "Brazil",
    "Canada",
    "Chile",
    "China",
    "Germany",
    "India",
    "Japan",
    "Mexico",
    "Peru",
    "Russia",
    "South Africa",
)


def made_up(folder: Path) -> list[dict]:
    """The release of 2026 as that of 2027 might be: its first year dropped, its last printed once more as the year after.

    In fifty cells of 2025, printed in both, production is made a tenth larger; China's gallium of 2026 is a third less than the
    year before. Returns the fifty rows as they were.
    """
    folder.mkdir()
    for small in PUBLISHED.glob(
        "*.csv"
    ):  # the small tables say the year of the release, and of their figures
        text = (
            small.read_bytes()
            .decode("utf-8", "replace")
            .replace("MCS2026", "MCS2027")
            .replace("2025_estimated", "2026_estimated")
        )
        (folder / small.name.replace("2026", "2027")).write_text(text, encoding="utf-8")
    path = folder / "MCS2027_Commodities_Data.csv"
    published = (PUBLISHED / "MCS2026_Commodities_Data.csv").read_bytes().decode("cp1252")
    rows = list(csv.DictReader(io.StringIO(published, newline="")))
    series = defaultdict(list)
    for row in rows:
        series[tuple(row[name] for name in SERIES)].append(row)
    printed, revised = [], []
    for found in series.values():
        years = sorted({row["Year"] for row in found})
        if not years[-1].isdigit() or len(years[-1]) > 4:  # a period, such as 2021-24
            printed += [
                row | {"Year": row["Year"].replace("24", "25").replace("2021", "2022")} for row in found
            ]
            continue
        stay = [row for row in found if len(years) > 1 and row["Year"] != years[0]]
        printed += stay + [
            row | {"Year": str(int(years[-1]) + 1)} for row in found if row["Year"] == years[-1]
        ]
        first = stay[-1] if stay else {}
        number = first.get("Value", "").replace(",", "")
        is_output = first.get("Section", "").startswith("World") and first.get("Statistics") == "Production"
        if (
            is_output
            and len(stay) == 1
            and len(revised) < CHANGED
            and number.isdigit()
            and int(number) >= 1000
            and first["Country"] in PLAIN
        ):
            revised.append(dict(first))
            first["Value"] = f"{int(number) * 11 // 10:,}"
    for row in printed:
        if (row["MCS chapter"], row["Country"], row["Year"], row["Statistics"], row["Value"]) == GALLIUM:
            row["Value"] = "600,000"
    with open(path, "w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0].keys())
        writer.writeheader()
        writer.writerows(printed)
    return revised


@pytest.fixture
def next_release(checkout, tmp_path):
    """A checkout into which the made-up release of 2027 was put by the recipe, and the rows that were revised in it."""
    revised = made_up(tmp_path / "mcs2027")
    command = ("ingest", "usgs", str(tmp_path / "mcs2027"))
    said = checkout.run(
        *command
    )  # 2026's misprints are in it once more, and totals were not revised with their parts
    assert said.returncode == 2 and "what MCS2026-01 corrected is printed again" in said.stderr, (
        said.stdout + said.stderr
    )
    fixes = checkout.folder / "data" / "corrections.csv"
    lines = fixes.read_text(encoding="utf-8").splitlines()
    again = [
        line.replace("MCS2026-", "MCS2027-", 1).replace(",mcs2026,", ",mcs2027,", 1)
        for line in lines
        if line.startswith("MCS2026-")
    ]
    again = [line.replace("year=2024,year,set,2025", "year=2025,year,set,2026") for line in again]
    fixes.write_text("\n".join([*lines, *again]) + "\n", encoding="utf-8")
    said = checkout.run(*command)
    assert (
        said.returncode == 2
        and "production value of gallium, refinery, World, 2026: 900 t is the total of 5 areas" in said.stderr
    ), said.stdout + said.stderr
    said = checkout.run(*command, "--accept", "production.value", "--accept", "reserves.year")
    assert said.returncode == 0 and "mcs2027" in said.stdout, said.stdout + said.stderr
    assert checkout.run("check").returncode == 0
    return checkout, revised


@pytest.mark.published
def test_the_next_release_is_told_from_the_last_by_exactly_what_was_changed_in_it(next_release):
    checkout, revised = next_release
    assert len(revised) == CHANGED
    run = checkout.run("diff", "mcs2026", "mcs2027", "--json")
    found = json.loads(run.stdout)["tables"]
    told = [row for table in found.values() for row in table if row["reason"] == "revised by the publisher"]
    assert {(row["area"], row["year"]) for row in told} == {(row["Country"], 2025) for row in revised}
    assert len(told) == CHANGED
    assert all(row["new"] == pytest.approx(1.1 * row["old"], rel=0.01) for row in told)


@pytest.mark.published
def test_the_book_follows_the_newest_release_and_says_what_changed(next_release):
    checkout, revised = next_release
    checkout.reduce("01-dependence", "what-changed", minerals=("gallium",))
    run = checkout.run("build")
    assert run.returncode == 0, run.stdout + run.stderr
    page = (checkout.standing.parent / "what-changed.html").read_text(encoding="utf-8")
    assert "MCS 2026" in page and "MCS 2027" in page and "Gallium, China, refined, from over 99 to 67" in page
    assert "2026" in (checkout.standing.parent / "minerals/gallium.html").read_text(encoding="utf-8")


def test_a_private_table_changes_its_minerals_page_and_the_chapters_that_use_it_and_nothing_else(checkout):
    checkout.reduce("01-dependence", "02-ministerial", "03-price-floor", minerals=("gallium", "tin"))
    before = printed(checkout)
    own = checkout.folder / "data" / "private" / "gallium"
    own.mkdir(parents=True)
    header, *rows = (
        (checkout.folder / "data/minerals/mcs2026/production.csv").read_text(encoding="utf-8").splitlines()
    )
    rows = [
        row.replace("China,country,CHN,2025,900,", "China,country,CHN,2025,600,")
        for row in rows
        if row.startswith("gallium,")
    ]
    rows = [row[: row.rindex(",")] + ",OWN1" for row in rows]
    (own / "mcs2026-production.csv").write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    stated = {
        "source_id": "OWN1",
        "publisher": "A newsroom",
        "title": "Our own survey",
        "date": "2026-11-01",
        "kind": "dataset",
    }
    stated |= {"viewpoint": "A newsroom", "read_as": "original", "reliability": "Not published"}
    with (checkout.folder / "data/evidence/sources.csv").open(encoding="utf-8") as file:
        columns = next(csv.reader(file))
    with (own / "sources.csv").open("w", encoding="utf-8", newline="") as file:
        rows = csv.DictWriter(file, columns, lineterminator="\n")
        rows.writeheader()
        rows.writerow(stated)
    assert checkout.run("check").returncode == 0
    after = printed(checkout)
    moved = {page for page in after if after[page] != before[page]}
    # Chapter 2's map tells of each country's largest shares of output, and so uses the table of production.
    assert {
        "minerals/gallium.html",
        "01-dependence.html",
        "02-ministerial.html",
        "evidence.html",
        "sources.html",
    } <= moved
    assert not moved & {"minerals/tin.html", "03-price-floor.html", "assumptions.html", "glossary.html"}
    assert ">67%<" in after["minerals/gallium.html"] and "source-OWN1" in after["minerals/gallium.html"]
    assert not [page for page in moved if page.startswith("minerals/") and page != "minerals/gallium.html"]


def printed(checkout) -> dict[str, str]:
    run = checkout.run("build")
    assert run.returncode == 0, run.stdout + run.stderr
    site = checkout.standing.parent
    return {p.relative_to(site).as_posix(): p.read_text(encoding="utf-8") for p in site.rglob("*.html")}


def test_what_became_of_10_november_is_told_by_the_recipe_of_the_page(checkout):
    """The recipe "Add an event, with its source", followed to the letter: two rows at the ends of two tables, and nothing else."""
    checkout.reduce("06-china-responses", "08-since-february", minerals=("rare_earths", "tin"))
    evidence = checkout.folder / "data" / "evidence"
    added = {
        "sources": {
            "source_id": "S900",
            "publisher": "MOFCOM",
            "title": "Announcement No. 99 of 2026",
            "date": "2026-11-10",
            "kind": "primary government",
            "viewpoint": "Chinese government",
            "read_as": "original",
            "reliability": "Made up for this test",
        },
        "timeline": {
            "event_id": "event.2026-11-10-extended",
            "date": "2026-11-10",
            "date_start": "2026-11-10",
            "date_precision": "day",
            "happened": "happened",
            "as_of": "2026-11-10",
            "category": "china_controls",
            "actor": "China",
            "iso3s": "CHN",
            "description": "Beijing extends the suspension by a year",
            "settles": "event.2026-11-10-suspension-ends",
            "outcome": "extended",
            "source_id": "S900",
            "confidence": "primary",
            "published": "true",
        },
    }
    for table, row in added.items():
        with open(evidence / f"{table}.csv", newline="", encoding="utf-8") as file:
            columns = next(csv.reader(file))
        with open(evidence / f"{table}.csv", "a", newline="", encoding="utf-8") as file:
            csv.DictWriter(file, columns, lineterminator="\n").writerow(row)
    run = checkout.run("check")
    assert run.returncode == 0 and "sound" in run.stdout, run.stdout + run.stderr
    pages = {name: re.sub(r"<[^>]+>", "", html.unescape(text)) for name, text in printed(checkout).items()}
    assert all(
        "it was extended" in pages[name] for name in ("08-since-february.html", "minerals/rare_earths.html")
    )
    assert (
        "On 10 November 2026: Beijing extends the suspension by a year." in pages["06-china-responses.html"]
    )
    assert "Beijing extends the suspension by a year" in pages["08-since-february.html"]
    for name, page in pages.items():
        said = " ".join(page.split())
        assert (
            "10 November 2026, after the evidence" not in said
            and "from 10 November 2026 on, is described as planned" not in said
        ), name
        if (
            name not in ("404.html", "embed.html", "search.html", "genindex.html")
            and "now stands on a page" not in said
        ):
            assert "Evidence to 10 November 2026." in said, name
    asked = " ".join(pages["open-questions.html"].split())
    assert "What follows once the suspension of the October package ends" in asked
    at = asked.index("What follows once the suspension of the October package ends")
    assert "answered" in asked[at : at + 400] and "Beijing extends" in asked[at : at + 900]
    assert (
        "What follows once the suspension of the October package ends" not in pages["06-china-responses.html"]
    )


@pytest.mark.parametrize(
    "name, text, hint",
    [
        ("galium/mcs2026-production.csv", None, '"gallium"'),
        ("gallium/mcs2026-prodction.csv", None, '"mcs2026-production"'),
        (
            "gallium/mcs2026-production.csv",
            ("gallium,Gallium,refinery,,,China", "tin,Gallium,refinery,,,China"),
            "is not gallium",
        ),
        ("gallium/mcs2026-production.csv", (",MCS2026", ",OWN1"), '"OWN1" is not in sources'),
    ],
)
def test_a_faulty_private_table_is_refused_with_its_place(small_checkout, name, text, hint):
    header, *rows = (
        (small_checkout.folder / "data/minerals/mcs2026/production.csv")
        .read_text(encoding="utf-8")
        .splitlines()
    )
    held = "\n".join([header, *(row for row in rows if row.startswith("gallium,"))]) + "\n"
    path = small_checkout.folder / "data" / "private" / name
    path.parent.mkdir(parents=True)
    path.write_text(held.replace(*text) if text else held, encoding="utf-8")
    run = small_checkout.run("check")
    assert run.returncode == 2 and f"private/{name}" in run.stderr and hint in run.stderr
