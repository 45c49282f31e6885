"""The two indexes: every mineral and every country with its page, to search and to sort."""

import html

import pandas as pd

from chokepoint import facts, tables
from chokepoint.charts.figure import link
from chokepoint.facts.countries import prefix, share_id
from chokepoint.measures import countries, reliance, supply
from chokepoint.prose.country import product
from chokepoint.prose.findings import with_links
from chokepoint.prose.searchable import searchable
from chokepoint.prose.sections import fact_exists

NONE = '<span class="cp-none" title="not published">–</span>'
_WORD = {"mine": "mined", "refinery": "refined"}


def mineral_index(release: str) -> str:
    """A row a mineral: who leads at each step, China's and the bloc's share, US reliance, Chinese licences since when."""
    rows = tables.load("minerals").query("listed_2025 or mineral == 'rare_earths'").sort_values("name")
    summary = supply.summary(release)
    bought = reliance.lines(release).set_index("mineral")
    body = [_mineral_row(r, summary, bought, release) for r in rows.to_dict("records")]
    heads = ["Mineral", "Group", "First at the mine", "First after it", "China, mined", "China, refined", "Inside the bloc, last step"]
    return searchable("cp-index", [*heads, "US net imports", "Chinese licence since"], body, sorted(set(rows.group)), of="minerals")


def _mineral_row(row: dict, summary: pd.DataFrame, bought: pd.DataFrame, release: str) -> str:
    speaks, one = row["headline_mineral"], row["mineral"]
    steps = [s for s in _WORD if (speaks, s) in summary.index and pd.notna(summary.largest[speaks, s])]
    first = {s: (f"{html.escape(summary.leader[speaks, s])} {_fact(f'{speaks}.largest_{_WORD[s]}', release)}") for s in steps}
    shares = {s: _share_cell(f"{speaks}.china_{_WORD[s]}", summary.china[speaks, s], release) for s in steps}
    last = steps[-1] if steps else ""
    inside = _share_cell(f"{speaks}.inside_{_WORD[last]}", summary.inside[speaks, last], release) if last else _cell(NONE, -1)
    stated = reliance.speaks_for(one, release)  # of a single rare earth its group, as for output
    reach = _cell(_fact(f"{stated}.reliance", release), bought.value[stated]) if stated else _cell(NONE, -1)
    since = f"{one}.controlled_since"
    when = pd.to_datetime(_text(since, release), format="%d %B %Y").strftime("%Y%m%d") if fact_exists(since, release) else "99999999"
    named = f'<a href="{link(f"minerals/{one}")}">{html.escape(row["name"].split(" (")[0])}</a>'
    cells = [_cell(named), _cell(html.escape(row["group"])), *(_cell(first.get(s, NONE)) for s in _WORD)]
    cells += [*(shares.get(s, _cell(NONE, -1)) for s in _WORD), inside, reach]
    return f"<tr>{''.join(cells)}{_cell(_fact(since, release) if fact_exists(since, release) else NONE, when)}</tr>"


def country_index(release: str) -> str:
    """A row a country: region, where it stands, since when, its largest share of any listed mineral, and how many it is named for."""
    seats = tables.load("attendees").set_index("iso3")
    body = [_country_row(iso3, name, seats, release) for iso3, name in countries.names().items()]
    heads = ["Country", "Region", "4 February", "Framework", "Largest share of world output", "Minerals it is named for"]
    return searchable("cp-index", heads, body, [*dict.fromkeys(countries.STATUS.values()), "Came", "Not on the list"], of="countries")


def _country_row(iso3: str, name: str, seats: pd.DataFrame, release: str) -> str:
    rows = countries.brings(iso3, release)
    top, size = NONE, -1
    if len(rows):
        first = rows.iloc[0]
        page = f'<a href="{link(f"minerals/{first.mineral}")}">{html.escape(product(first))}</a>'
        top = f"{_fact(share_id(iso3, first), release)} of {page}, {_WORD[first.step]}"
        size = float(first.share)
    region = seats.region[iso3] if iso3 in seats.index else "North America"
    came = "Host" if iso3 == countries.HOST else "Came" if countries.came(iso3) else "Not on the list"
    text = countries.signed(iso3)
    when = "99999999" if text is None else f"{text.date_start:%Y%m%d}"
    day = "" if text is None or countries.status(iso3) == "signed_day" else f", {_fact(f'{prefix(iso3)}.signed', release)}"
    status = f'<span class="cp-label">{html.escape(countries.STATUS[countries.status(iso3)])}</span>{day}'
    named = f'<a href="{link(f"countries/{countries.slug(iso3)}")}">{html.escape(name)}</a>'
    count = rows.mineral.nunique()
    cells = [_cell(named), _cell(html.escape(region)), _cell(came), _cell(status, when), _cell(top, size), _cell(str(count or NONE), count)]
    return f"<tr>{''.join(cells)}</tr>"


def _share_cell(fact_id: str, value: float, release: str) -> str:
    return _cell(NONE, -1) if pd.isna(value) or not fact_exists(fact_id, release) else _cell(_fact(fact_id, release), value)


def _cell(content: str, order: object = None) -> str:
    return f"<td>{content}</td>" if order is None else f'<td data-order="{order}">{content}</td>'


def _fact(fact_id: str, release: str) -> str:
    return with_links(f"{{{fact_id}}}", release)


def _text(fact_id: str, release: str) -> str:
    return facts.get(fact_id, release).text


INDEXES = {"mineral-index": mineral_index, "country-index": country_index}
