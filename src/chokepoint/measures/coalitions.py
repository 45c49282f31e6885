"""Who belongs to what, and where a country stands towards the bloc."""

from chokepoint import tables

CHINA, SIGNED, CAME, ELSEWHERE = "China", "US and signatories", "Attended only", "Elsewhere"
NOT_NAMED = "Not itemised"  # output that a source gives only as a remainder or for a group of countries


def members(coalition: str) -> frozenset[str]:
    """Country codes of a coalition; where the European Union is a member, its member states are.

    >>> "DEU" in members("framework_any")
    True
    """
    rows = tables.load("memberships")
    found = set(rows.query("coalition_id == @coalition").iso3)
    if "EUE" in found and coalition != "attendees_4feb":  # the Commission's seat on 4 February was no other delegation's
        found |= set(rows.query("coalition_id == 'eu27'").iso3)
    return frozenset(found)


def standing() -> dict[str, str]:
    """Where each country stands: China; the United States and the signatories of a framework; those that came to
    Washington on 4 February without a framework that is known. A country that is not here is elsewhere.

    >>> where = standing()
    >>> where["CHN"], where["AUS"], where["KOR"]
    ('China', 'US and signatories', 'Attended only')
    """
    came, signed = members("attendees_4feb"), members("framework_any") | {"USA"}
    return {iso3: CAME for iso3 in came} | {iso3: SIGNED for iso3 in signed} | {"CHN": CHINA}
