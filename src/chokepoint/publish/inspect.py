"""Read the printed site as a crawler would: every link and anchor leads somewhere, nothing comes from elsewhere."""

import os
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

from chokepoint.errors import UserError
from chokepoint.publish import kernels
from chokepoint.publish.about import root_path, site_address

_LOADED = {("script", "src"), ("link", "href"), ("img", "src"), ("iframe", "src"), ("source", "src"), ("object", "data")}
_LOADING_LINKS = {"stylesheet", "preload", "icon", "modulepreload", "manifest", "prefetch"}


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.ids: set[str] = set()
        self.links: list[str] = []
        self.loads: list[str] = []
        self.charts = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.ids |= {given[k] for k in ("id", "name") if k in given}
        self.charts += "cp-chart" in given.get("class", "").split()
        for name, value in given.items():
            if (tag, name) in _LOADED and (tag != "link" or given.get("rel", "") in _LOADING_LINKS):
                self.loads.append(value)
            elif tag == "a" and name == "href":
                self.links.append(value)


def require_whole(site: Path) -> None:
    """UserError listing each broken link, missing anchor and foreign request of the printed site."""
    paths = [path for path in sorted(site.rglob("*.html")) if "_static" not in path.parts]
    with ProcessPoolExecutor(os.cpu_count(), kernels.loaded(), kernels.die_with_parent) as readers:
        read = readers.map(_parse, paths, chunksize=20)
        pages = dict(zip((path.relative_to(site).as_posix() for path in paths), read, strict=True))
    faults = [f"{page}: {fault}" for page, parsed in pages.items() for fault in _faults(site, page, parsed, pages)]
    if faults:
        raise UserError(
            "The printed site is not whole:\n" + "\n".join(faults[:30]) + (f"\n… and {len(faults) - 30} more" if len(faults) > 30 else "")
        )


def _parse(path: Path) -> _Page:
    page = _Page()
    page.feed(path.read_text(encoding="utf-8"))
    return page


def _faults(site: Path, page: str, parsed: _Page, pages: dict[str, _Page]) -> Iterator[str]:
    for address in parsed.loads:
        parts = urlsplit(address)
        if parts.scheme in ("http", "https") or parts.netloc:
            yield f"loads {address} from another site"
        elif parts.scheme != "data" and parts.path and not _target(site, page, parts.path).is_file():
            yield f"loads {address}, which is not there"
    for address in parsed.links:
        parts = urlsplit(address)
        if parts.scheme or parts.netloc:
            continue
        target = _target(site, page, parts.path) if parts.path else site / page
        name = target.relative_to(site.resolve()).as_posix() if target.is_relative_to(site.resolve()) else page
        if not target.is_file():
            yield f"links to {address}, which is not there"
        elif parts.fragment and name in pages and unquote(parts.fragment) not in pages[name].ids:
            yield f"links to {address}, but nothing there is called #{parts.fragment}"


def _target(site: Path, page: str, path: str) -> Path:
    """The file that a path of a page means; one that begins at the server's root begins at the site's own place there."""
    root = root_path(site_address())
    near = site / page if not path.startswith(root) else site / "index.html"
    return near.parent.joinpath(unquote(path.removeprefix(root))).resolve()
