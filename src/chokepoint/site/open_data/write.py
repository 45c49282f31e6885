"""Write everything that goes with the pages for other people's programs."""

import hashlib
import json
import shutil
from collections.abc import Mapping
from pathlib import Path

from chokepoint.analysis import events
from chokepoint.analysis.facts import Fact
from chokepoint.site import crosslinks, page_metadata, redirects
from chokepoint.site.open_data import charts, database, feeds, package
from chokepoint.site.open_data.catalogue import FILES, JSON
from chokepoint.site.open_data.documents import FOLDER, Document
from chokepoint.site.open_data.records import Book, documents

SCHEMAS = Path(__file__).with_name("schemas")
_FRAME = "embed.html"  # the page that shows one chart alone


def files(
    stage: Path, cache_folder: Path, release: str, facts: Mapping[str, Fact], state: str
) -> dict[str, bytes]:
    """Make it for a site whose pages are rendered from `stage`: the content of each file by its address.

    cache_folder: for what is made from the tables alone; state: a digest of them and of the code. It is used
    again while that is the same.
    """
    pages = {
        path.relative_to(stage).with_suffix("").as_posix()
        for path in stage.rglob("*")
        if path.suffix in (".md", ".ipynb")
    }
    shown, pages_by_fact = charts.read(stage), crosslinks.stating(stage)
    book = Book(facts, pages_by_fact, shown, pages, redirects.gone(pages))
    metadata = _metadata(release)
    made = {
        document.address: document.text(metadata).encode()
        for document in [*documents(book), *(chart.document(_FRAME) for chart in shown.charts)]
    }
    tables, archive = _of_tables(cache_folder, state)
    made[f"{FOLDER}/chokepoint.sqlite"] = database.completed(
        tables, facts.values(), pages_by_fact, shown.charts
    )
    made[f"{FOLDER}/data-package.zip"] = archive
    made |= {address: feed.encode() for address, feed in feeds.feeds(book, release).items()}
    made |= {f"{FOLDER}/schema/{path.name}": path.read_bytes() for path in sorted(SCHEMAS.glob("*.json"))}
    made[f"{FOLDER}/index.json"] = _index(made, metadata).encode()
    return made


def _metadata(release: str) -> dict[str, str]:
    """Return what every file says of the book."""
    return {
        "book": page_metadata.BOOK,
        "version": page_metadata.version(),
        "release": release,
        "evidence_to": f"{events.newest_evidence():%Y-%m-%d}",
        "licence": page_metadata.LICENCE,
    }


def _index(made: Mapping[str, bytes], metadata: Mapping[str, str]) -> str:
    """Return the list of what there is; single files are in the lists of charts, minerals and countries."""
    files = []
    for file in FILES:
        content = made.get(file.address, b"")
        schema = f"{FOLDER}/schema/{Path(file.address).stem}.json"
        entry = {
            "address": file.address,
            "title": file.title,
            "description": file.description,
            "media_type": file.media_type,
            "bytes": len(content) or None,
            "schema": schema if file.media_type == JSON else None,
        }
        files.append({name: value for name, value in entry.items() if value is not None})
    schemas = [address for address in made if address.startswith(f"{FOLDER}/schema/")]
    return Document(f"{FOLDER}/index.json", "index", "Index", {"files": files, "schemas": schemas}).text(
        metadata
    )


def _of_tables(cache_folder: Path, state: str) -> tuple[bytes, bytes]:
    """Return the database of the tables alone and the data package."""
    folder = cache_folder / state[:16]
    paths = [folder / "tables.sqlite", folder / "data-package.zip"]
    if not all(path.is_file() for path in paths):
        for old in cache_folder.glob("*/"):
            shutil.rmtree(old, ignore_errors=True)
        folder.mkdir(parents=True)
        for path, make in zip(paths, (database.of_tables, package.package), strict=True):
            new = path.with_suffix(".new")
            new.write_bytes(make())
            new.replace(path)
    return paths[0].read_bytes(), paths[1].read_bytes()


def state_of(inputs: Mapping[str, str]) -> str:
    """Return a digest of the tables and the code among the inputs of a build."""
    of = {name: digest for name, digest in inputs.items() if name.startswith(("data/", "the package"))}
    return hashlib.sha256(json.dumps(of, sort_keys=True).encode()).hexdigest()
