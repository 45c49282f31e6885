"""Who belongs to what, and where a country stands towards the bloc."""

import pandas as pd

from chokepoint.data import views

CHINA, SIGNED, CAME, ELSEWHERE = "China", "US and signatories", "Attended only", "Elsewhere"
NOT_NAMED = "Not itemised"  # output that a source gives only as a remainder or for a group of countries


@views.view("memberships")
def members(rows: pd.DataFrame, coalition: str) -> frozenset[str]:
    """Country codes of a coalition; where the European Union is a member, its member states are.

    >>> "DEU" in members("framework_any")
    True
    """
    found = set(rows.iso3[rows.coalition_id == coalition])
    if (
        "EUE" in found and coalition != "attendees_4feb"
    ):  # the Commission's seat on 4 February was no other delegation's
        found |= set(rows.iso3[rows.coalition_id == "eu27"])
    return frozenset(found)


def standing() -> dict[str, str]:
    """Return where each country stands; a country that is not here is elsewhere.

    China; the United States and the signatories of a framework; those that came to Washington on 4 February
    without a framework that is known.

    >>> where = standing()
    >>> where["CHN"], where["AUS"], where["KOR"]
    ('China', 'US and signatories', 'Attended only')
    """
    came, signed = members("attendees_4feb"), members("framework_any") | {"USA"}
    return dict.fromkeys(came, CAME) | dict.fromkeys(signed, SIGNED) | {"CHN": CHINA}


# key → name, short name, coalitions that make it up; the United States is in each but the Union and China
CLUBS = {
    "signed": ("US and who signed", "Signed", ("framework_any",)),
    "came": ("US, signed or came", "Signed or came", ("framework_any", "attendees_4feb")),
    "day": ("US and the eleven of 4 February", "4 February", ("signed_4feb",)),
    "track": ("US, EU, Japan, Mexico", "Trade track", ("trade_track",)),
    "g7": ("G7", "G7", ("g7",)),
    "quad": ("Quad", "Quad", ("quad",)),
    "msp": ("Minerals Security Partnership", "MSP", ("msp",)),
    "pax": ("Pax Silica", "Pax Silica", ("pax_silica",)),
    "union": ("European Union", "EU", ("eu27",)),
    "china": ("China alone", "China", ()),
}


def club(key: str) -> frozenset[str]:
    """Country codes of one of CLUBS.

    >>> sorted(club("quad"))
    ['AUS', 'IND', 'JPN', 'USA']
    """
    if key == "china":
        return frozenset({"CHN"})
    inside = frozenset().union(*(members(c) for c in CLUBS[key][2]))
    return inside if key == "union" else inside | {"USA"}
