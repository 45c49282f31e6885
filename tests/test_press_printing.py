"""Pages that are printed again are those that differ: the site is what it would be if every page were printed anew."""

import shutil
from hashlib import sha256
from pathlib import Path

import pytest
from sampled import draw, everything, told

pytestmark = pytest.mark.slow
# File, old, new, a page that shows it. These change what every page repeats: a title, a word's explanation.
REPEATED = [
    ("data/minerals.csv", "\ngallium,Gallium,", "\ngallium,Gallium metal,", "minerals/gallium.html"),
    (
        "book/glossary.md",
        "## Adjustable tariff\n\nA tariff",
        "## Adjustable tariff\n\nOne tariff",
        "glossary.html",
    ),
    (
        "book/04-project-vault.ipynb",
        "# What would Project Vault buy",
        "# What could Project Vault buy",
        "03-price-floor.html",
    ),
]
CHANGES = [  # and these what a few pages show
    (
        "data/vault_basket.csv",
        "the price of metal is the only one",
        "the price of metal is the only one printed",
        "04-project-vault.html",
    ),
    (
        "book/04-project-vault.ipynb",
        "[2 February 2026](evidence.md#vault.launch)",
        "2 February 2026",
        "evidence.html",
    ),
    (
        "data/evidence/open_questions.csv",
        "Will EXIM lend to Aclara?",
        "Will EXIM lend anything to Aclara?",
        "open-questions.html",
    ),
    (
        "data/assumptions.csv",
        '"Benefit of a unit provided, to each"',
        "Benefit of a unit",
        "assumptions.html",
    ),
    (
        "book/04-project-vault.ipynb",
        "the Vault's money, public",
        "the money of the Vault, public",
        "rerun.html",
    ),
]


def printed(book) -> dict[str, str]:
    """A digest of every file of the site, built as it now must be."""
    run = book.run("build")
    assert run.returncode == 0, run.stderr
    site: Path = book.folder / "build" / "html"
    return {
        p.relative_to(site).as_posix(): sha256(p.read_bytes()).hexdigest()
        for p in site.rglob("*")
        if p.is_file()
    }


def changed(one: dict, other: dict) -> set[str]:
    return {name for name in one.keys() | other.keys() if one.get(name) != other.get(name)}


def test_what_changes_show_on_other_pages_is_printed_there(checkout):
    """Of a chapter, a mineral's page and all pages that list or explain: change upon change, and in the end each printed anew.

    First one that every page repeats, drawn by the seed, then all others at once, which that one can no longer hide;
    every week each change by itself, and all printed anew after each (see `sampled`).
    """
    checkout.reduce("04-project-vault", minerals=("gallium",))
    before = printed(checkout)
    for made in (
        [[c] for c in REPEATED + CHANGES] if everything() else [[draw("printing").choice(REPEATED)], CHANGES]
    ):
        for file, old, new, _ in made:
            checkout.edit(file, old, new)
        again = printed(checkout)
        assert {shows for *_, shows in made} <= changed(before, again), (made, told())
        before = again
        if everything() or made is CHANGES:
            shutil.rmtree(checkout.folder / "build" / "sphinx")  # what the printer keeps
            (checkout.folder / "build" / "site.json").unlink()
            assert changed(again, printed(checkout)) == set(), (made, told())
