"""Read the printed site as a crawler would: links and anchors lead somewhere, nothing is from elsewhere."""

import posixpath
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

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


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.ids: set[str] = set()
        self.links: list[str] = []
        self.loads: list[str] = []
        self.charts: list[str] = []
        self.files: list[str] = []  # below _static, which a script reads later

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.ids |= {given[k] for k in ("id", "name") if k in given}
        if "cp-chart" in given.get("class", "").split():
            self.charts.append(given.get("id", ""))
        if "data-file" in given:
            self.files.append(given["data-file"])
        for name, value in given.items():
            if (tag, name) in _LOADED and (tag != "link" or given.get("rel", "") in _LOADING_LINKS):
                self.loads.append(value)
            elif tag == "a" and name == "href":
                self.links.append(value)


def require_whole(site: Path) -> None:
    """UserError listing each broken link, missing anchor, foreign request and shared address of a chart."""
    pages = {
        path.relative_to(site).as_posix(): _parse(path)
        for path in sorted(site.rglob("*.html"))
        if "_static" not in path.parts
    }
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


def _parse(path: Path) -> _Page:
    page = _Page()
    page.feed(path.read_text(encoding="utf-8"))
    return page


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
