"""Chapter 2: who came on 4 February 2026, what was announced, how shares moved."""

import pandas as pd

from chokepoint.analysis.coalitions import members
from chokepoint.analysis.events import MEETING
from chokepoint.charts.dots import dots
from chokepoint.charts.theme import BLOC, BLOC_EARLIER, BLOC_LATER, BLOC_PALE, OTHER, SERIES, TEAL
from chokepoint.charts.tiles import tiles
from chokepoint.data import tables
from chokepoint.pages.amounts import listed
from chokepoint.pages.components import listing
from chokepoint.pages.components.brief import Brief
from chokepoint.pages.components.figure import Figure, figure

SIGNED, EARLIER, LATER, UNION, ATTENDED, ABSENT = (
    "Signed on 4 February",
    "Had signed before",
    "Signed later",
    "Through the EU’s text of April",
    "Came, no framework found",
    "Did not come",
)
COLOURS = {
    SIGNED: BLOC,
    EARLIER: BLOC_EARLIER,
    LATER: BLOC_LATER,
    UNION: TEAL,  # the union’s colour wherever it stands beside others
    ATTENDED: BLOC_PALE,
    ABSENT: "transparent",
}
SHORT = {
    "Democratic Republic of the Congo": "DR Congo",
    "United Arab Emirates": "Emirates",
    "Republic of Korea": "South Korea",
    "Dominican Republic": "Dominican Rep.",
    "European Commission": "EU Commission",
    "United Kingdom": "UK",
}
HOURS = dict(
    zip(("early trading", "morning", "intraday", "day", "unspecified"), (*SERIES, OTHER), strict=True)
)


def delegations() -> pd.DataFrame:
    """Return everyone on the host's list, and the notable absentees.

    Each has what it had signed by the newest evidence.
    """
    people = tables.load("attendees").query("published").copy()
    signed = (
        tables.load("memberships").query("coalition_id == 'framework_any' and published").set_index("iso3")
    )
    people["since"] = pd.to_datetime(people.iso3.map(signed.since), format="%Y-%m-%d")
    people["signed_source"] = people.iso3.map(signed.source_id)
    united = members("eu27")
    people["kind"] = [
        _kind(p == "present", since, iso3 in united)
        for p, since, iso3 in zip(people.presence, people.since, people.iso3, strict=True)
    ]
    return people


def _kind(present: bool, since: pd.Timestamp, in_union: bool = False) -> str:
    """Return the kind of a delegation: whether it came, and when it signed.

    >>> _kind(True, MEETING), _kind(True, pd.NaT), _kind(False, pd.Timestamp(2026, 9, 8))
    ('Signed on 4 February', 'Came, no framework found', 'Did not come')
    """
    if not present:
        return ABSENT
    if pd.isna(since):
        return UNION if in_union else ATTENDED
    return SIGNED if since == MEETING else EARLIER if since < MEETING else LATER


def brief(release: str) -> Brief:
    """Say who came and signed, what was proposed, and why many were wary; each turns with the evidence."""
    people = delegations().set_index("iso3")
    came = people.query("presence == 'present'")
    few = (came.kind == SIGNED).sum() < len(came) / 2
    asked = listing.open_questions(tables.rows("open_questions", question_id="open.zone_members"))
    away = [people.delegation[iso3] for iso3 in ("DNK", "GRL") if people.presence.get(iso3) == "absent"]
    tariffs = (
        "The President had just threatened Canada with a tariff of {canada.tariff} if it dealt with China, "
        "and South Korea with one of {korea.tariff}"
    )
    return Brief(
        [
            "{ministerial.countries} and {ministerial.institutions} came to Washington on "
            "{ministerial.date}, and {frameworks.signed_4feb} signed a framework or memorandum: "
            + ("far more came than committed themselves." if few else "most who came committed themselves."),
            "Vice President Vance proposed a trade zone in which prices could not fall below a floor; "
            + (
                "its members, its prices and its tariffs are not published."
                if len(asked)
                else "who belongs to it has since been told."
            ),
            f"{tariffs}; {listed(away)} stayed away." if away else f"{tariffs}.",
        ],
        release,
    )


def lead(release: str) -> Figure:
    """Draw a tile a delegation, by region, coloured by what it had signed."""
    people = delegations()
    order = {kind: i for i, kind in enumerate(COLOURS)}
    size = people.query("presence == 'present'").region.value_counts()
    people = people.assign(rank=people.kind.map(order), size=people.region.map(size)).sort_values(
        ["size", "region", "rank", "delegation"], ascending=[False, True, True, True]
    )
    counts = people.kind.value_counts()
    named = {f"{kind} ({counts.get(kind, 0)})": colour for kind, colour in COLOURS.items()}
    frame = pd.DataFrame(
        {
            "group": people.region,
            "label": people.delegation.replace(SHORT),
            "short": people.iso3,
            "kind": people.kind + " (" + people.kind.map(counts).astype(str) + ")",
            "detail": people.since.map(
                lambda d: f"framework or memorandum of {d:%-d %B %Y}" if pd.notna(d) else "none found"
            ),
        }
    )
    title = f"{counts[SIGNED]} of {len(people) - counts[ABSENT]} delegations signed on the day"
    shown = pd.DataFrame(
        {
            "Delegation": people.delegation,
            "Region": people.region,
            "Status": people.kind,
            "Signed": people.since.dt.strftime("%Y-%m-%d"),
            "Note": people.note,
        }
    )
    sources = sorted({*people.source_id, *people.signed_source.dropna()})
    return figure(
        tiles(frame, colours=named, hollow=f"{ABSENT} ({counts[ABSENT]})"),
        name="lead",
        title=title,
        table=shown,
        sources=sources,
        alt_text=(
            f"Tiles by region, one a delegation. {counts[SIGNED]} are coloured as signed on 4 February, "
            f"{counts.get(EARLIER, 0)} as signed before, "
            f"{counts.get(LATER, 0)} as signed later, {counts.get(UNION, 0)} as members of the European "
            f"Union, whose Commission signed in April, {counts.get(ATTENDED, 0)} as attended only; "
            f"{counts[ABSENT]} hollow tiles are absentees that we chose as notable."
        ),
    )


def snapshots() -> pd.DataFrame:
    """Stated share moves of 4 February [percent], with the time of day at which each was taken."""
    moves = tables.load("markets").query("published and date == '2026-02-04' and measure == 'change'")
    return moves.assign(hour=pd.Categorical(moves.time_basis, list(HOURS), ordered=True))


def shares(release: str) -> Figure:
    """Draw a dot a snapshot: the same share, different outlets and hours."""
    moves = snapshots()
    deepest = moves.groupby("instrument")["value"].min().fillna(moves.groupby("instrument").value_low.min())
    frame = pd.DataFrame(
        {
            "row": moves.instrument.str.replace(r"four miners .*", "Four miners, one range", regex=True),
            "value": moves["value"],
            "low": moves.value_low,
            "high": moves.value_high,
            "kind": moves.hour.astype(str),
            "source": moves.outlet,
        }
    )
    rows = (
        frame.assign(deepest=moves.instrument.map(deepest))
        .sort_values("deepest")
        .row.drop_duplicates()
        .tolist()
    )
    shown = pd.DataFrame(
        {
            "Share": moves.instrument,
            "Move, %": moves["value"],
            "From, %": moves.value_low,
            "To, %": moves.value_high,
            "Time of day": moves.time_basis,
            "Outlet": moves.outlet,
            "source_id": moves.source_id,
        }
    )
    title = (
        "Every share measured more than once fell furthest in early trading"
        if earliest_is_deepest(moves)
        else "The same share has a different fall in every snapshot"
    )
    return figure(
        dots(
            frame,
            x="value",
            y="row",
            color="kind",
            colours=HOURS,
            x_title="Change on 4 February, %",
            order=rows,
            zero=True,
        ),
        name="shares",
        title=title,
        table=shown,
        alt_text=(
            "Dots on an axis of percent, a row a share, coloured by the time of day. Early-trading figures "
            "lie furthest to the left; the S&P 500, for comparison, is near zero."
        ),
    )


def earliest_is_deepest(moves: pd.DataFrame) -> bool:
    """Return whether early trading shows the lowest figure of each share.

    Only shares with several timed snapshots count.
    """
    timed = moves[moves.hour.isin(["early trading", "morning", "intraday"]) & moves["value"].notna()]
    groups = [g.sort_values("hour") for _, g in timed.groupby("instrument") if len(g) > 1]
    return bool(groups) and all(
        g.hour.iloc[0] == "early trading" and g["value"].iloc[0] == g["value"].min() for g in groups
    )
