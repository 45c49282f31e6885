"""Runs of eight words of the five articles that the book takes its questions from, kept as hashes: nothing copied from them passes unseen.

The articles are not part of the project. `article_runs.bin` holds, sorted, the first six bytes of the BLAKE2b hash of every run of eight
words in them, and no word that can be read. It is made anew, where the articles lie beside the checkout, by

    python tests/copied.py ../shared/seeds
"""

import re
import sys
from collections.abc import Iterable, Iterator
from hashlib import blake2b
from pathlib import Path

HASHES = Path(__file__).with_name("article_runs.bin")
WORDS, BYTES = 8, 6  # with six bytes two different runs are taken for one about once in ten thousand checks of the whole book


def runs(text: str) -> Iterator[str]:
    """Every run of eight words of a text, in small letters and without punctuation.

    >>> list(runs("One, two three four five six seven EIGHT."))
    ['one two three four five six seven eight']
    """
    words = re.findall(r"[a-z0-9]+(?:'[a-z]+)?", text.lower().replace("’", "'"))
    return (" ".join(words[i : i + WORDS]) for i in range(len(words) - WORDS + 1))


def hashed(run: str) -> bytes:
    """A run as it is kept."""
    return blake2b(run.encode(), digest_size=32).digest()[:BYTES]


def of(texts: Iterable[str]) -> bytes:
    """What the file holds for some texts."""
    return b"".join(sorted({hashed(run) for text in texts for run in runs(text)}))


def articles() -> frozenset[bytes]:
    """The hashes of all runs of the articles."""
    content = HASHES.read_bytes()
    return frozenset(content[i : i + BYTES] for i in range(0, len(content), BYTES))


def copied(text: str, known: frozenset[bytes]) -> list[str]:
    """The runs of a text that stand in the articles too."""
    return [run for run in runs(text) if hashed(run) in known]


def texts(folder: Path) -> list[str]:
    """The articles of a folder."""
    return [path.read_text(encoding="utf-8", errors="replace") for path in sorted(folder.glob("*.txt"))]


if __name__ == "__main__":
    HASHES.write_bytes(of(texts(Path(sys.argv[1]))))
