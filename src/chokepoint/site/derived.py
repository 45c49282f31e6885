"""Files that are made from others, and made again where those changed or they themselves did."""

import hashlib
import json
from contextlib import suppress
from pathlib import Path

from chokepoint.data.result_cache import replace


class DerivedFiles:
    """Files of `folder`, each noted in the file `notes` with a digest of what it was made from and of itself.

    Whoever makes one asks first whether it is current: to read it is much quicker than to make it.
    """

    def __init__(self, folder: Path, notes: Path) -> None:
        self.folder, self.notes = folder, notes
        self.known: dict[str, list[str]] = {}
        self.changed = False
        with suppress(OSError, ValueError):
            known = json.loads(notes.read_text(encoding="utf-8"))
            self.known = known if isinstance(known, dict) else {}

    def is_current(self, name: str, input_digest: str) -> bool:
        """Whether the file is there as it was made, and was made from this.

        input_digest: a digest, or another text that differs where what the file is made from does.

        >>> from tempfile import TemporaryDirectory
        >>> with TemporaryDirectory() as folder:
        ...     files = DerivedFiles(Path(folder), Path(folder) / "notes.json")
        ...     files.write("page", "draft 1", b"words")
        ...     files.is_current("page", "draft 1"), files.is_current("page", "draft 2")
        (True, False)
        """
        with suppress(OSError):
            return self.known.get(name) == [input_digest, _sha((self.folder / name).read_bytes())]
        return False

    def write(self, name: str, input_digest: str, content: bytes) -> None:
        """Write a file and note what it was made from; what did not change keeps its time."""
        write(self.folder / name, content)
        self.known[name], self.changed = [input_digest, _sha(content)], True

    def save(self) -> None:
        """Note what was made; where it cannot be written, all is made again the next time."""
        if self.changed:
            replace(self.notes, json.dumps(self.known))


def write(path: Path, content: bytes) -> None:
    """Write a file, where it is not there already: what did not change keeps its time."""
    if not path.is_file() or path.read_bytes() != content:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def digest_of(value: object) -> str:
    """Return a digest of anything that can be written as JSON.

    >>> digest_of({"a": 1, "b": 2}) == digest_of({"b": 2, "a": 1})
    True
    """
    return _sha(json.dumps(value, sort_keys=True).encode())


def _sha(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
