"""Read the printed site as a crawler would: links and anchors lead somewhere, nothing is from elsewhere."""

import hashlib
import json
import posixpath
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

from chokepoint.data.result_cache import replace
from chokepoint.errors import UserError
from chokepoint.site.page_metadata import root_path, site_address

_LOADED = {
    ("script", "src"),
    ("link", "href"),
    ("img", "src"),
    ("iframe", "src"),
    ("source", "src"),
    ("object", "data"),
}
_LOADING_LINKS = {"stylesheet", "preload", "icon", "modulepreload", "manifest", "prefetch"}


@dataclass
class _Page:
    """What a page may be linked to at, and what it leads to."""

    ids: set[str] = field(default_factory=set)
    links: list[str] = field(default_factory=list)
    loads: list[str] = field(default_factory=list)
    charts: list[str] = field(default_factory=list)
    files: list[str] = field(default_factory=list)  # below _static, which a script reads later


class _Parser(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.page = _Page()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.page.ids |= {given[k] for k in ("id", "name") if k in given}
        if "cp-chart" in given.get("class", "").split():
            self.page.charts.append(given.get("id", ""))
        if "data-file" in given:
            self.page.files.append(given["data-file"])
        for name, value in given.items():
            if (tag, name) in _LOADED and (tag != "link" or given.get("rel", "") in _LOADING_LINKS):
                self.page.loads.append(value)
            elif tag == "a" and name == "href":
                self.page.links.append(value)


def require_whole(site: Path, kept: Path | None = None) -> None:
    """UserError listing each broken link, missing anchor, foreign request and shared address of a chart.

    kept: the file with what was read of pages, which are parsed again where they are others.
    """
    paths = {
        path.relative_to(site).as_posix(): path
        for path in sorted(site.rglob("*.html"))
        if "_static" not in path.parts
    }
    pages = _parsed(paths, kept)
    files = {path.relative_to(site).as_posix() for path in site.rglob("*") if path.is_file()}
    faults = [
        f"{page}: {fault}" for page, parsed in pages.items() for fault in _faults(page, parsed, pages, files)
    ]
    if faults:
        raise UserError(
            "The printed site is not whole:\n"
            + "\n".join(faults[:30])
            + (f"\n… and {len(faults) - 30} more" if len(faults) > 30 else "")
        )


def _parsed(paths: dict[str, Path], kept: Path | None) -> dict[str, _Page]:
    """Return the pages by name; what `kept` holds of those that are as they were is not read again."""
    code, known = Path(__file__).read_bytes(), _load(kept)
    digests = {name: hashlib.sha256(code + path.read_bytes()).hexdigest() for name, path in paths.items()}
    pages = {name: known.get(digest) or _parse(paths[name]) for name, digest in digests.items()}
    if kept and known.keys() != set(digests.values()):
        read = {digest: vars(pages[name]) for name, digest in digests.items()}
        replace(kept, json.dumps(read, default=sorted))
    return pages


def _load(kept: Path | None) -> dict[str, _Page]:
    """Return what was kept of pages, by their digests; nothing where it is damaged."""
    with suppress(OSError, ValueError, TypeError, LookupError, AttributeError):
        stored = json.loads(kept.read_text(encoding="utf-8")) if kept else {}
        return {digest: _Page(**of | {"ids": set(of["ids"])}) for digest, of in stored.items()}
    return {}


def _parse(path: Path) -> _Page:
    parser = _Parser()
    parser.feed(path.read_text(encoding="utf-8"))
    return parser.page


def _faults(page: str, parsed: _Page, pages: dict[str, _Page], files: set[str]) -> Iterator[str]:
    root = root_path(site_address())
    for address in parsed.loads:
        parts = urlsplit(address)
        if parts.scheme in ("http", "https") or parts.netloc:
            yield f"loads {address} from another site"
        elif parts.scheme != "data" and parts.path and _target(root, page, parts.path) not in files:
            yield f"loads {address}, which is not there"
    for address in parsed.files:
        if f"_static/{urlsplit(address).path}" not in files:
            yield f"loads _static/{address}, which is not there"
    for place in sorted({place for place in parsed.charts if parsed.charts.count(place) > 1}):
        yield f"two charts have the address #{place}: give one of them another name"
    for address in parsed.links:
        parts = urlsplit(address)
        if parts.scheme or parts.netloc:
            continue
        target = _target(root, page, parts.path) if parts.path else page
        if target not in files:
            yield f"links to {address}, which is not there"
        elif parts.fragment and target in pages and unquote(parts.fragment) not in pages[target].ids:
            yield f"links to {address}, but nothing there is called #{parts.fragment}"


def _target(root: str, page: str, path: str) -> str:
    """Return the file of the site that a path of a page means.

    A path that begins with `root`, the site's own place on a server, begins there.

    >>> page = "minerals/tin.html"
    >>> _target("/book/", page, "../glossary.html"), _target("/book/", page, "/book/index.html")
    ('glossary.html', 'index.html')
    """
    near = "" if path.startswith(root) else posixpath.dirname(page)
    return posixpath.normpath(posixpath.join(near, unquote(path.removeprefix(root))))
