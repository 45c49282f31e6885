"""The two indexes: every mineral and every country with its page, to search and to sort."""

import pandas as pd
from markupsafe import Markup

from chokepoint.analysis import countries, facts, reliance, supply
from chokepoint.analysis.facts.supply import prefix, share_id
from chokepoint.data import tables
from chokepoint.pages.components.table import Row, Table
from chokepoint.pages.country_text import product
from chokepoint.pages.markup import dash, fact_exists, macros, page_link, with_links
from chokepoint.site.settings import minerals_with_page

NONE = dash("not published")
_WORD = {"mine": "mined", "refinery": "refined"}
_template = macros("reference_lists")
_NEVER = "99999999"  # after every day


def mineral_index(release: str) -> Markup:
    """Make a row a mineral that has a page.

    Its cells: who leads at each step, China's and the bloc's share, US reliance, Chinese licences since when.
    """
    rows = tables.rows("minerals", mineral=minerals_with_page(tables.home() / "book")).sort_values("name")
    summary = supply.summary(release)
    bought = reliance.lines(release).set_index("mineral")
    body = [_mineral_row(r, summary, bought, release) for r in rows.to_dict("records")]
    heads = [
        "Mineral",
        "Group",
        "First at the mine",
        "First after it",
        "China, mined",
        "China, refined",
        "Inside the bloc, last step",
    ]
    heads += ["US net imports", "Chinese licence since"]
    return Table("cp-index", heads, body, "minerals", sorted(set(rows.group))).html()


def _mineral_row(row: dict, summary: pd.DataFrame, bought: pd.DataFrame, release: str) -> Row:
    speaks, one = row["headline_mineral"], row["mineral"]
    steps = [s for s in _WORD if (speaks, s) in summary.index and pd.notna(summary.largest[speaks, s])]
    first = {
        s: Markup("{} {}").format(summary.leader[speaks, s], _fact(f"{speaks}.largest_{_WORD[s]}", release))
        for s in steps
    }
    shares = {s: _share_cell(f"{speaks}.china_{_WORD[s]}", summary.china[speaks, s], release) for s in steps}
    last = steps[-1] if steps else ""
    inside = (
        _share_cell(f"{speaks}.inside_{_WORD[last]}", summary.inside[speaks, last], release)
        if last
        else (NONE, -1)
    )
    stated = reliance.speaks_for(one, release)  # of a single rare earth its group, as for output
    reach = (_fact(f"{stated}.reliance", release), bought.value[stated]) if stated else (NONE, -1)
    since = f"{one}.controlled_since"
    when = (NONE, _NEVER)
    if fact_exists(since, release):
        day = pd.to_datetime(facts.get(since, release).text, format="%d %B %Y")
        when = (_fact(since, release), f"{day:%Y%m%d}")
    cells = [
        (page_link(f"minerals/{one}", row["name"].split(" (")[0]), None),
        (row["group"], None),
        *((first.get(s, NONE), None) for s in _WORD),
        *(shares.get(s, (NONE, -1)) for s in _WORD),
        inside,
        reach,
        when,
    ]
    return _row(cells)


def country_index(release: str) -> Markup:
    """Make a row a country.

    Its cells: region, where it stands, since when, its largest share of any listed mineral, and how many it
    is named for.
    """
    seats = tables.load("attendees").set_index("iso3")
    body = [_country_row(iso3, name, seats, release) for iso3, name in countries.names().items()]
    heads = [
        "Country",
        "Region",
        "4 February",
        "Framework",
        "Largest share of world output",
        "Minerals it is named for",
    ]
    filters = [*dict.fromkeys(countries.STATUS.values()), "Came", "Not on the list"]
    return Table("cp-index", heads, body, "countries", filters).html()


def _country_row(iso3: str, name: str, seats: pd.DataFrame, release: str) -> Row:
    rows = countries.brings(iso3, release)
    top, size = NONE, -1
    if len(rows):
        first = rows.iloc[0]
        page = page_link(f"minerals/{first.mineral}", product(first))
        top = Markup("{} of {}, {}").format(_fact(share_id(iso3, first), release), page, _WORD[first.step])
        size = float(first.share)
    region = seats.region[iso3] if iso3 in seats.index else "North America"
    came = "Host" if iso3 == countries.HOST else "Came" if countries.came(iso3) else "Not on the list"
    text = countries.signed(iso3)
    when = _NEVER if text is None else f"{text.date_start:%Y%m%d}"
    plain = text is None or countries.status(iso3) == "signed_day"
    since = "" if plain else _fact(f"{prefix(iso3)}.signed", release)
    count = rows.mineral.nunique()
    cells = [
        (page_link(f"countries/{countries.slug(iso3)}", name), None),
        (region, None),
        (came, None),
        (_template.status(countries.STATUS[countries.status(iso3)], since), when),
        (top, size),
        (count or NONE, count),
    ]
    return _row(cells)


def _share_cell(fact_id: str, value: float, release: str) -> tuple[Markup, float]:
    """Return a share and what it is sorted by."""
    return (
        (NONE, -1)
        if pd.isna(value) or not fact_exists(fact_id, release)
        else (_fact(fact_id, release), value)
    )


def _row(cells: list[tuple]) -> Row:
    """Make a row of cells, each with what it is sorted by, None where that is its text."""
    return Row([c for c, _ in cells], orders=[o for _, o in cells])


def _fact(fact_id: str, release: str) -> Markup:
    return with_links(f"{{{fact_id}}}", release)


INDEXES = {"mineral-index": mineral_index, "country-index": country_index}
