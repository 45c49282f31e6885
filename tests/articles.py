"""Whether a text repeats eight words in a row of the five articles the project started from.

The articles are not part of the project. `article_runs.txt` holds a short hash of each of their runs of eight words, from which no word can be
read back; where the articles lie beside the checkout, `python tests/articles.py` makes the file anew, and a test compares the two.
"""

import hashlib
import re
from functools import cache
from pathlib import Path

SEEDS = Path(__file__).resolve().parents[2] / "shared" / "seeds"
FILE = Path(__file__).with_name("article_runs.txt")
RUN = 8  # words
DIGITS = 10  # of a hash: of ten million runs of the book about one would be taken for one of the articles' by chance


def words(text: str) -> list[str]:
    """The words of a text as they are compared: lower case, one kind of apostrophe, no punctuation."""
    return re.findall(r"[a-z0-9']+", text.lower().replace("’", "'"))


def runs(text: str) -> dict[str, str]:
    """hash → the run, of every eight words in a row."""
    found = words(text)
    every = (" ".join(found[i : i + RUN]) for i in range(len(found) - RUN + 1))
    return {hashlib.blake2b(run.encode(), digest_size=DIGITS // 2).hexdigest(): run for run in every}


@cache
def of_articles() -> frozenset[str]:
    """Hashes of the articles' runs."""
    return frozenset(FILE.read_text(encoding="ascii").split())


def copied(text: str) -> list[str]:
    """Runs of a text that stand in one of the articles."""
    return sorted(run for key, run in runs(text).items() if key in of_articles())


def from_articles() -> str:
    """What the file must hold, made from the articles themselves."""
    keys = {
        key
        for path in SEEDS.glob("*.txt")
        for key in runs(path.read_text(encoding="utf-8", errors="replace"))
    }
    return "\n".join(sorted(keys)) + "\n"


if __name__ == "__main__":
    FILE.write_text(from_articles(), encoding="ascii")
