"""The open data as the site has them, for a build that changes nothing of what they are made from."""

import hashlib
import json
import os
import shutil
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from chokepoint.data.result_cache import replace
from chokepoint.site import crosslinks
from chokepoint.site.derived import digest_of
from chokepoint.site.staging import names_in


class OpenDataCache:
    """What is noted in `folder` of the open data of a site: what they were made from, and each file.

    digest: see `input_digest`.
    """

    def __init__(self, folder: Path, digest: str) -> None:
        self.notes, self.digest = folder / "made.json", digest

    def reuse(self, site: Path, rendered: Path) -> bool:
        """Put the files of `site` into `rendered` too, where they are what would be made now; else False.

        They are no copies: what stands in a site is never written to.
        """
        with suppress(OSError, ValueError, LookupError, TypeError, AttributeError):
            noted = json.loads(self.notes.read_text(encoding="utf-8"))
            files = noted["files"].items()
            if noted["input_digest"] == self.digest and all(
                _sha((site / address).read_bytes()) == content for address, content in files
            ):
                for address, _ in files:
                    _link(site / address, rendered / address)
                return True
        return False

    def record(self, files: Mapping[str, bytes]) -> None:
        """Record what was made, by address."""
        digests = {address: _sha(content) for address, content in files.items()}
        replace(self.notes, json.dumps({"input_digest": self.digest, "files": digests}))


def input_digest(stage: Path, inputs: Mapping[str, str], folder: Path) -> str:
    """Return a digest of all that the open data are made from.

    Those are the inputs of the build, of the book only which pages there are, where facts are stated, and
    what notebooks show. folder: for what each notebook was found to show.
    """
    apart = {name: digest for name, digest in inputs.items() if not name.startswith("book/")}
    moved = inputs.get("book/moved.yml", "")
    return digest_of(
        [apart, moved, names_in(stage), crosslinks.stating(stage), _output_digests(stage, folder)]
    )


def _output_digests(stage: Path, folder: Path) -> dict[str, str]:
    """Return a digest of the outputs of each notebook; only those that changed are looked into."""
    notes, known = folder / "outputs.json", {}
    with suppress(OSError, ValueError, TypeError):
        known = dict(json.loads(notes.read_text(encoding="utf-8")))
    found = {}
    for path in sorted(stage.rglob("*.ipynb")):
        name, content = path.relative_to(stage).as_posix(), path.read_bytes()
        file = _sha(content)
        before = known.get(name, ["", ""])
        outputs = before[1] if before[0] == file else digest_of(_outputs(content))
        found[name] = [file, outputs]
    if found != known:
        replace(notes, json.dumps(found))
    return {name: outputs for name, (_, outputs) in found.items()}


def _outputs(notebook: bytes) -> list:
    return [cell.get("outputs", []) for cell in json.loads(notebook)["cells"]]


def _link(path: Path, new: Path) -> None:
    new.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(path, new)
    except OSError:  # a file system without links
        shutil.copyfile(path, new)


def _sha(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
