"""Beside a page's title: buttons that open its notebook live, and what was set for this printing."""

import json
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

from markupsafe import Markup

from chokepoint.pages.markup import macros
from chokepoint.site import page_metadata, repo_url
from chokepoint.site.runs import Edition, Run

_template = macros("launch")
_FILE = "runs.json"  # beside the pages that are to be printed: which notebook made which, with what


def record(runs: Iterable[Run], edition: Edition | None, stage: Path, home: Path) -> None:
    """Leave word of what the printer cannot see in the pages themselves."""
    pages = {
        run.page: {
            "notebook": run.notebook.name,
            "own": {
                k: v
                for k, v in run.parameters.items()
                if run.page != run.notebook.stem and k in ("mineral", "country")
            },
            "settings": run.settings,
        }
        for run in runs
    }
    about = {"title": edition.title, "about": edition.about} if edition else {}
    text = json.dumps({"pages": pages, "edition": about, "repository": repo_url.repository(home)})
    (stage / _FILE).write_text(text, encoding="utf-8")


def launch(pagename: str, stage: Path) -> Markup:
    """Return what stands under the title of a page; nothing where there is nothing to say."""
    known = _read(stage / _FILE)
    page, edition = known.get("pages", {}).get(pagename, {}), known.get("edition", {})
    settings = page.get("settings", {})
    address = page_metadata.site_address()
    book = f"{address}{pagename}.html" if edition and address else ""
    set_here = _template.settings(edition, settings, book) if edition or settings else Markup("")
    return set_here + _buttons(known.get("repository", ""), page)


@lru_cache(maxsize=2)
def _read(path: Path) -> dict:
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}


def _buttons(repository: str, page: dict) -> Markup:
    """Links to the notebook of a page, live and as it stands in the repository."""
    if not (repository and page):
        return Markup("")
    path = f"book/{page['notebook']}"
    return _template.buttons(
        repo_url.binder(repository, path), repo_url.source(repository, path), page["own"]
    )
