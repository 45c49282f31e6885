"""Pages as their readers meet them: at the width of a phone and of a desk, in light and in dark, read by axe as well as by eye.

A page of each kind each time, and the longest of each template; a sample of the others, every week all of them (see `sampled`).
"""

import gzip
from functools import cache
from pathlib import Path

import pytest
from sampled import draw, everything, told

from chokepoint.site.redirects import leads_on

VIEWS = [(1440, "light"), (1440, "dark"), (360, "light"), (360, "dark")]  # every page in each of them
SHARDS = 8 if everything() else 2  # every core crawls
OF_A_TEMPLATE = 1  # pages of minerals, and of countries, besides those that are always looked at
OF_THE_REST = 2  # pages of the story and of reference besides those of KINDS
IN_EACH_VIEW = 2  # pages of KINDS that axe reads by all rules in two views, and in all four for contrast
FROM_A_FOLDER = 5  # pages of KINDS that are opened from a folder too
PLAIN_KB, CHARTS_KB = 200, 600  # what a page may send, gzipped, without charts and with them
FONTS_KB = 90  # what its fonts may weigh besides: once for all pages
# One page of each kind.
KINDS = [
    "index",
    "03-price-floor",
    "06-china-responses",
    "minerals/gallium",
    "countries/argentina",
    "minerals",
    "countries",
    "evidence",
]
KINDS += [
    "sources",
    "assumptions",
    "validation",
    "what-changed",
    "glossary",
    "data-dictionary",
    "rerun",
    "search",
    "404",
]


@pytest.mark.slow
@pytest.mark.parametrize(
    "shard", [pytest.param(i, marks=pytest.mark.xdist_group(f"crawl-{i}")) for i in range(SHARDS)]
)
def test_a_page_is_whole_light_and_open_to_everyone(site, address, visit, shard):
    """Charts drawn, nothing complained of, nothing asked for elsewhere, no sideways scroll, no weight, and axe has nothing to say.

    All but axe meet a page whole; of a long list axe reads the head and the first rows, which one function prints like the others.
    """
    faults, looked_at, chance = [], some(site), draw("each view")
    everywhere = KINDS if everything() else chance.sample(KINDS, IN_EACH_VIEW)
    print(f"{len(looked_at)} of {len(pages(site))} pages")
    for page in looked_at[shard::SHARDS]:
        seen = visit(address_of(address, page))
        faults += [
            f"{page}: {fault}" for fault in [*faults_of(seen, address), *overweight(site, address, seen)]
        ]
        faults += [f"{page}: {fault}" for fault in looks(seen, page, page in everywhere)]
        seen.close()
    assert not faults, "\n".join([*faults, told()])


def from_a_folder() -> list[str]:
    """The cover, the search, a page of each template and some others of KINDS, or all; without a server there is no 404 page."""
    always = ["index", "search", "minerals/gallium", "countries/argentina"]
    others = [kind for kind in KINDS if kind not in (*always, "404")]
    chosen = others if everything() else draw("from a folder").sample(others, FROM_A_FOLDER - len(always))
    return [*always, *chosen]


@pytest.mark.slow
@pytest.mark.xdist_group("browser")
@pytest.mark.parametrize("page", from_a_folder())
def test_a_page_of_each_kind_is_the_same_from_a_folder(site, visit, page):
    seen = visit(f"{site.as_uri()}/{page}.html", width=360, scheme="dark")
    assert not [*faults_of(seen, site.as_uri()), *sideways(seen, 360)]


def pages(site: Path) -> list[str]:
    """Every page of the site, by name; the frame of one chart, which test_embed reads, is none."""
    return sorted(
        p.relative_to(site).as_posix().removesuffix(".html")
        for p in site.rglob("*.html")
        if "_static" not in p.parts and p.name != "embed.html" and not leads_on(p)
    )


def some(site: Path) -> list[str]:
    """A page of each kind and some others; of those of a template the longest and some others; or all."""
    names, chance = pages(site), draw("crawl")
    looked_at = [page for page in names if page in KINDS or everything()]
    rest = [page for page in names if "/" not in page and page not in looked_at]
    looked_at += sorted(chance.sample(rest, min(len(rest), OF_THE_REST)))
    for folder in ("minerals/", "countries/"):
        others = [page for page in names if page.startswith(folder) and page not in looked_at]
        longest = sorted(others, key=lambda page: (site / f"{page}.html").stat().st_size)[-1:]
        looked_at += sorted({*longest, *chance.sample(others, min(len(others), OF_A_TEMPLATE))})
    return looked_at


def address_of(address: str, page: str) -> str:
    """A page below the site's path; the 404 page, whose links begin at the server's root, from there."""
    return f"{address.removesuffix('/chokepoint') if page == '404' else address}/{page}.html"


def faults_of(seen, root: str) -> list[str]:
    """What a page complained of, asked for elsewhere, or left undrawn."""
    root = root.removesuffix("/chokepoint")
    undrawn = [f"chart {i + 1} has {n} marks" for i, n in enumerate(seen.marks()) if n < 1]
    foreign = [f"asked for {r}" for r in seen.requests if not r.startswith((root, "data:", "blob:"))]
    return [*seen.complaints, *foreign, *undrawn]


def overweight(site: Path, address: str, seen) -> list[str]:
    """The kilobytes a page sends, where they are too many."""
    sent = {r.removeprefix(address).lstrip("/").split("?")[0] for r in seen.requests if r.startswith(address)}
    fonts = {file for file in sent if file.endswith(".woff2")}
    limits = [
        ("", sent - fonts, CHARTS_KB if seen.marks() else PLAIN_KB),
        (" of fonts", fonts, FONTS_KB),
    ]
    weights = [(what, sum(_gzipped(site / file) for file in files), most) for what, files, most in limits]
    return [f"sends {n // 1000} kB{what}, more than {most}" for what, n, most in weights if n > most * 1000]


@cache
def _gzipped(path: Path) -> int:
    return len(gzip.compress(path.read_bytes(), 6))


def looks(seen, page: str, everywhere: bool) -> list[str]:
    """Every width and scheme on one visit. All rules on a desk in the light or on a phone in the dark, those of contrast in the other.

    Of some (`everywhere`) all rules in both, and those of contrast in each view; every week, of a page of each kind, all rules in each.
    """
    faults = []
    for width, scheme in VIEWS:
        seen.look(width, scheme)
        faults += [f"{width} px, {scheme}: {fault}" for fault in sideways(seen, width)]
    two = [VIEWS[0], VIEWS[-1]]
    whole = VIEWS if everywhere and everything() else two if everywhere else [draw(page).choice(two)]
    for width, scheme in VIEWS if everywhere else two:
        seen.look(width, scheme)
        rules = None if (width, scheme) in whole else ["color-contrast"]
        faults += [f"{width} px, {scheme}: {fault}" for fault in seen.violations(rules)]
    return faults


def sideways(seen, width: int) -> list[str]:
    """How far the page is wider than the screen."""
    over = seen.page.evaluate("document.documentElement.scrollWidth") - width
    return [f"wider than the screen by {over} px"] if over > 0 else []
