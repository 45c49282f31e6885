"""The site as it is published: the book, its editions, and the brief as PDF, in build/published/html."""

from collections.abc import Callable
from pathlib import Path

from chokepoint.data import tables
from chokepoint.site import pdf, runs
from chokepoint.site.build import build, root
from chokepoint.site.extras import Extras


def publish(
    release: str = tables.DEFAULT_RELEASE,
    home: Path | None = None,
    chrome: str = "",
    say: Callable[[str], None] = print,
) -> Path:
    """Build every edition, then the book that links them; return its folder. No browser, no PDF."""
    home = home or root()
    built = {}
    for edition in runs.editions(home / "editions"):
        say(f"Edition {edition.name}: {edition.title}")
        built[edition.name] = build(edition.release or release, home, edition.settings, edition, say=say)
    sheets = pdf.briefs(home / "book", chrome) if chrome else []
    say(f"On paper: {', '.join(sheets) or 'nothing'} (what this machine has a browser and fonts for)")
    return build(release, home, extras=Extras(built, sheets, chrome), say=say)
