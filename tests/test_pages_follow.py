"""Pages follow the evidence: where a cell is another, no part of a page shows it as it was; and rows may stand in any order."""

import os
import random
import re
import shutil
from pathlib import Path
from unittest import mock

import cells
import moved
import pytest
from sampled import draw, everything, of_each, told

from chokepoint.analysis import facts
from chokepoint.data import tables
from chokepoint.data.references import Unresolved, amount, converted
from chokepoint.site import fact_links
from chokepoint.site.lists import question_list

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("pages follow")]  # pages are drawn once for all
HOME = Path(__file__).resolve().parents[1]
RELEASE = tables.DEFAULT_RELEASE
CHAPTERS = [path.stem for path in sorted((HOME / "book").glob("0*.ipynb"))]
ONE_OF_MANY = [
    ("mineral", "antimony"),
    ("mineral", "rare_earths"),
    ("country", "united-states"),
    ("country", "japan"),
]
# Of the chapters more than half, and of minerals and countries one each; every week all.
FOLLOWED = CHAPTERS if everything() else sorted(draw("moved values").sample(CHAPTERS, 5))
ONES = of_each("moved values", ONE_OF_MANY, lambda one: one[0])
LISTS = {"questions": question_list}
SIZES = {"US$ million": "US$ billion", "US$ billion": "US$ million"}
# Old values that stand beside new ones, and why.
REVIEWED = {
    "US$150 million": "of a deal in tungsten, for one mine",
    "US$30 billion": "trade of both sides, agreed at the White House",
}


def shown(data: Path, chapters: list[str] = FOLLOWED) -> dict[tuple[str, str], str]:
    """What every cell of the chapters prints with these data, of minerals, countries and lists too."""
    with mock.patch.dict(os.environ, {"CHOKEPOINT_DATA": str(data)}):
        found = {(page, source): html for page in chapters for source, html in cells.printed(page).items()}
        for kind, one in ONES:
            printed = cells.printed(kind, **{kind: one})
            found |= {(f"{kind} {one}", source): html for source, html in printed.items()}
        return found | {("list", name): str(make(RELEASE)) for name, make in LISTS.items()}


def words(html: str) -> str:
    """What a reader sees of a part of a page."""
    plain = re.sub(r"<[^>]+>", " ", re.sub(r"<script.*?</script>", " ", html, flags=re.S))
    return " ".join(plain.replace("\N{MINUS SIGN}", "-").split())


def forms(number: float, unit: str) -> set[str]:
    """How pages write a number with its unit, in either size; none where the unit says too little to know it by."""
    found = set()
    for size in (unit, SIZES.get(unit, unit)):
        try:
            found.add(amount(converted(abs(number), unit, size), size))
        except Unresolved:
            continue
    if unit.startswith("share"):
        found = {f"{100 * number:.12g}%", f"{100 * number:.12g}%"}
    return {form for form in found if unit and not re.fullmatch(r"[\d.,]+", form)}


def stands(form: str, text: str) -> bool:
    """Whether a number stands in a text, and not as a part of another."""
    return bool(re.search(rf"(?<![\d.,]){re.escape(form)}(?![\w]|[.,]\d)", text))


@pytest.fixture(scope="module")
def as_it_is():
    return shown(HOME / "data")


@pytest.fixture(scope="module")
def moving(tmp_path_factory):
    """A copy of the data in which every number of the evidence is another, and what each was and is."""
    folder = tmp_path_factory.mktemp("moved") / "data"
    shutil.copytree(HOME / "data", folder)
    return folder, moved.move_all(folder, "evidence/")


def test_no_part_of_a_page_that_shows_a_moved_value_shows_it_as_it_was(moving, as_it_is):
    folder, moves = moving
    before = {place: words(html) for place, html in as_it_is.items()}
    after = {place: words(html) for place, html in shown(folder).items()}
    assert before.keys() == after.keys()
    followed, stale = set(), []
    for cell, move in moves.items():
        old, new = forms(move.was, move.unit), forms(move.now, move.unit)
        for place, text in after.items():
            if any(stands(form, text) for form in new) and any(stands(form, before[place]) for form in old):
                followed.add(cell)
                stale += [
                    (cell, place, form)
                    for form in old - REVIEWED.keys()
                    if stands(form, text) and "US$" in form + move.unit
                ]
    assert len(followed) > 10 * len(FOLLOWED), told()
    assert not stale, "\n".join([told(), *map(str, stale)])


def test_a_sentence_states_a_fact_as_the_moved_table_has_it(moving):
    folder, _ = moving
    with mock.patch.dict(os.environ, {"CHOKEPOINT_DATA": str(folder)}):
        pages = [*cells.printed("05-frameworks").values(), *cells.printed("08-since-february").values()]
        links = re.findall(
            r'<a class="cp-fact" href="cp:evidence#fact-([\w.-]+)"[^>]*>([^<]+)</a>', "".join(pages)
        )
        known = {fact_id: facts.get(fact_id) for fact_id, _ in links}
    assert len(links) > 10
    assert all(facts.agrees(text, known[fact_id]) for fact_id, text in links)


def test_typed_prose_that_states_a_moved_fact_is_refused_with_its_place(moving):
    folder, _ = moving
    book = HOME / "book"
    links = [link for path in (*book.glob("*.md"), *book.glob("*.ipynb")) for link in fact_links.links(path)]
    stated = {link.fact_id: facts.get(link.fact_id) for link in links}
    with mock.patch.dict(os.environ, {"CHOKEPOINT_DATA": str(folder)}):
        said = "\n".join(fact_links.faults(book))
        now = {fact_id: facts.find(fact_id) for fact_id in stated}
    typed = [
        link
        for link in links
        if not stated[link.fact_id].computation and not facts.agrees(link.text, now[link.fact_id])
    ]
    assert len(typed) > 100
    assert [str(link) for link in typed if f"{link}: the text says" not in said] == []


def shuffled(folder: Path) -> None:
    """Put the rows of every table of the evidence in another order."""
    chance = random.Random(4)
    for declared in moved.hand_kept(folder):
        if not declared["path"].startswith("evidence/"):
            continue
        rows = moved.rows_of(folder / declared["path"])
        chance.shuffle(rows)
        moved.write(folder / declared["path"], rows)


def test_the_order_of_rows_changes_no_fact_and_no_page(tmp_path, as_it_is):
    """Every fact; and of the chapters two, drawn by the seed, every week all of them (see `sampled`)."""
    folder = tmp_path / "data"
    shutil.copytree(HOME / "data", folder)
    shuffled(folder)
    as_ordered = facts.evaluate(RELEASE)
    with mock.patch.dict(os.environ, {"CHOKEPOINT_DATA": str(folder)}):
        assert facts.evaluate(RELEASE) == as_ordered
    chapters = CHAPTERS if everything() else draw("order of rows").sample(FOLLOWED, 2)
    after = shown(folder, chapters)
    assert [place for place, html in after.items() if html != as_it_is[place]] == [], told()
