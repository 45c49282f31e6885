"""The map of chapter 2: where each country stands, what it signed, what it brings."""

import textwrap

import pandas as pd

from chokepoint.analysis import countries
from chokepoint.charts import maps
from chokepoint.charts.theme import (
    BLOC,
    BLOC_EARLIER,
    BLOC_LATER,
    BLOC_PALE,
    CHINA,
    FAILS,
    OTHER,
    TEAL,
    UNITED_STATES,
)
from chokepoint.data import tables, views
from chokepoint.pages.amounts import capital, date
from chokepoint.pages.components.figure import Figure, figure
from chokepoint.pages.country_text import product

KINDS = {
    "host": ("Host", UNITED_STATES),
    "signed_before": ("Signed before 4 February", BLOC_EARLIER),
    "signed_day": ("Signed on 4 February", BLOC),
    "signed_since": ("Signed since", BLOC_LATER),
    "union": ("Through the European Union", TEAL),
    "came": ("Came, no framework found", BLOC_PALE),
    "china": ("China", CHINA),
    "away": ("Absent, no framework found", "transparent"),
}
WAVERS, AWAY = "Hesitant or refused, as reported", "Did not come"
OUTLINES = {WAVERS: FAILS, AWAY: OTHER}
MOST = 5  # shares shown
NOTHING = "signed nothing"
_WAVERING = ("none", "absent", "hesitant")  # status of `agreements`


def places() -> pd.DataFrame:
    """Return everyone with a page, as the map shows it.

    Columns iso3, country, region, status key, kind, outline, papers, status, sources.
    """
    people = tables.load("attendees").query("published").set_index("iso3")
    regions = tables.load("geography").set_index("iso3").region
    rows = pd.DataFrame({"iso3": list(countries.names()), "country": list(countries.names().values())})
    rows["region"] = rows.iso3.map(people.region).fillna(rows.iso3.map(regions))
    rows["key"] = rows.iso3.map(countries.status)
    rows["kind"] = rows.key.map(lambda key: KINDS[key][0])
    wavers = wavering()
    rows["outline"] = [
        WAVERS if i in wavers else AWAY if not countries.came(i) and key not in ("host", "china") else None
        for i, key in zip(rows.iso3, rows.key, strict=True)
    ]
    rows["sources"] = rows.iso3.map(
        lambda i: tuple(sorted({*people.source_id.get([i], []), *_signed(i).source_id}))
    )
    rows["papers"] = rows.iso3.map(lambda i: "|".join(sorted(set(_signed(i).instrument))))
    came = rows.iso3.map(
        lambda i: "host" if i == countries.HOST else "came" if countries.came(i) else "did not come"
    )
    text = {k: v[0][0].lower() + v[0][1:] for k, v in KINDS.items()} | {
        "came": "no framework is known",
        "away": "no framework is known",
    }
    text["union"] = "signed through the European Union"
    said = came + "; " + rows.key.map(text)
    said = said.where(rows.iso3.map(wavers) != NOTHING, came)  # what is added below says it
    rows["status"] = said.where(
        ~rows.key.isin(["host", "china"]), rows.kind.where(rows.key == "host", "did not come")
    )
    rows["status"] = (
        rows.status + rows.iso3.map(wavers).map(lambda w: f"; {w}", na_action="ignore").fillna("")
    ).map(capital)
    return rows


@views.view("agreements")
def wavering(agreements: pd.DataFrame) -> dict[str, str]:
    """iso3 → what is reported of those that hesitate, refused or came and signed nothing."""
    rows = agreements.query("published and status in @_WAVERING")
    words = {"none": NOTHING, "absent": "said to have declined", "hesitant": "said to hesitate"}
    return {r.iso3s: words[r.status] for r in rows.itertuples()}


@views.view("agreements")
def _paper_sources(agreements: pd.DataFrame) -> list[str]:
    """List the sources of what was signed, and of what is reported of those that did not."""
    rows = agreements.query("published and (status == 'signed' or status in @_WAVERING)")
    return sorted({*rows.source_id})


def _signed(iso3: str) -> pd.DataFrame:
    """Return what it put its name to with the United States; forums and what others say of it apart."""
    rows = countries.texts(iso3)
    return rows[rows.status == "signed"]


def _tooltip_lines(iso3: str, width: int) -> list[str]:
    texts = [
        f"{date(r.date_start) if pd.notna(r.date_start) else 'Undated'}: "
        f"{r.instrument if r.instrument in r.instrument_name else r.instrument_name}"
        for r in _signed(iso3).itertuples()
    ]
    if not texts and iso3 == countries.HOST:
        texts = ["It is the other party to all of them"]
    if not texts and wavering().get(iso3) == NOTHING:
        return []  # its status says so
    if not texts:
        by_union = countries.in_union(iso3)
        texts = [
            "Nothing in its own name; the Union’s memorandum counts for it"
            if by_union
            else "Nothing with the United States that we could find"
        ]
    lines = [line for text in texts for line in textwrap.wrap(text, width, subsequent_indent="   ")]
    return lines[:6]


def _shares(release: str) -> pd.DataFrame:
    rows = (
        countries.output_shares(release)
        .query("value > 0 and share >= 0.05")
        .sort_values("share", ascending=False)
    )
    rows = rows.groupby("iso3").head(MOST)
    what = [f"{capital(product(r))}, {'mined' if r.step == 'mine' else 'refined'}" for r in rows.itertuples()]
    return pd.DataFrame(
        {"iso3": rows.iso3, "what": what, "share": rows.share, "rank": rows.groupby("iso3").cumcount()}
    )


def who_signed(release: str) -> Figure:
    """Draw the map: click a country, and the panel below tells of it."""
    rows, topology, shares = places().drop(columns="sources"), tables.outlines(), _shares(release)
    own = rows.key.isin(["signed_day", "signed_before", "signed_since"])
    states = own & (rows.iso3 != countries.UNION)
    largest = shares[shares["rank"] == 0].set_index("iso3")
    drawn = rows.assign(
        narrow=rows.iso3.map(lambda i: _tooltip_lines(i, 46)),
        wide=rows.iso3.map(lambda i: _tooltip_lines(i, 52)),
        page=rows.iso3.map(lambda i: f"countries/{countries.slug(i)}.html"),
    )
    counts = rows.kind.value_counts()
    named = {
        f"{label} ({counts.get(label, 0)})" if label not in ("Host", "China") else label: colour
        for label, colour in KINDS.values()
    }
    drawn["kind"] = rows.kind.map({label.rsplit(" (", 1)[0]: label for label in named})
    share = largest.what.reindex(rows.iso3) + ", " + largest.share.map("{:.1f}%".format).reindex(rows.iso3)
    table = pd.DataFrame(
        {
            "Country": rows.country,
            "Region": rows.region,
            "Status": rows.status,
            "Signed": rows.iso3.map(lambda i: "; ".join(t.strip() for t in _tooltip_lines(i, 400)) or "–"),
            "Largest share of world output": share.to_numpy(),
        }
    )
    sources = sorted(
        {
            *tables.load("attendees").source_id,
            *_paper_sources(),
            *countries.output_shares(release).source_id,
            "NE2018",
        }
    )
    return figure(
        maps.delegations(topology, drawn, shares, colours=named, outlines=OUTLINES),
        name="who-signed",
        title=f"{int(states.sum())} countries have signed for themselves",
        table=table,
        sources=sources,
        alt_text=(
            f"World map in which {len(rows)} delegations and absentees are coloured by what they signed. "
            + "; ".join(f"{k}: {v}" for k, v in counts.items())
            + ". A panel below tells of the country chosen in the select above, or by a click. Borders "
            "are those of Natural Earth and take no position on disputes."
        ),
    )
