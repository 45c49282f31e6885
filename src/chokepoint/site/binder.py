"""Beside a page's title: buttons that open its notebook live, and what was set for this printing."""

import html
import json
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

from chokepoint.site import repo_url
from chokepoint.site.runs import Edition, Run

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
    told = {"title": edition.title, "about": edition.about} if edition else {}
    text = json.dumps({"pages": pages, "edition": told, "repository": repo_url.repository(home)})
    (stage / _FILE).write_text(text, encoding="utf-8")


def launch(pagename: str, stage: Path) -> str:
    """What stands under the title of a page; nothing where there is nothing to say."""
    known = _read(stage / _FILE)
    page = known.get("pages", {}).get(pagename, {})
    return _settings(known.get("edition", {}), page.get("settings", {})) + _buttons(
        known.get("repository", ""), page
    )


@lru_cache(maxsize=2)
def _read(path: Path) -> dict:
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}


def _settings(edition: dict, settings: dict) -> str:
    """The edition, and the parameters that are not the book's own."""
    parts = []
    if edition:
        parts.append(f"<p><strong>Edition: {_e(edition['title'])}.</strong> {_e(edition['about'])}</p>")
    if settings:
        given = ", ".join(f"<code>{_e(k)} = {_e(v)}</code>" for k, v in settings.items())
        parts.append(
            f"<p>Set for this page: {given}. It is a choice and no evidence. Sliders begin there; where the text speaks of the settings "
            "one starts from, it means the book’s own.</p>"
        )
    return (
        f'<aside class="cp-edition" aria-label="Settings of this page">{"".join(parts)}</aside>'
        if parts
        else ""
    )


def _buttons(repository: str, page: dict) -> str:
    """Links to the notebook of a page, live and as it stands in the repository."""
    if not (repository and page):
        return ""
    path = f"book/{page['notebook']}"
    live = repo_url.binder(repository, path)
    links = [f'<a href="{_e(live)}" rel="noopener">Open live in Binder</a>'] * bool(live)
    links.append(f'<a href="{_e(repo_url.source(repository, path))}" rel="noopener">The notebook</a>')
    own = "".join(
        f" It opens at its default: write <code>{_e(k)} = &quot;{_e(v)}&quot;</code> in its first cell of code."
        for k, v in page["own"].items()
    )
    wait = (
        "Binder sets up a computer for you first: a minute or two as a rule, longer after a change. This page needs none of it."
        * bool(live)
    )
    return f'<p class="cp-launch">{" · ".join(links)} <small>{wait}{own}</small></p>'


def _e(value: object) -> str:
    return html.escape(str(value))
