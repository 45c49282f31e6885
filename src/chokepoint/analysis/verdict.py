"""Does it work? Three tests, each with a rule from the data to a standing, and a rule for how sure that is.

**Price.** Can a builder count on a price that the bloc stands behind? Met: a reference price is published (a
row `zone.reference_price` of the ledger) and a plurilateral agreement that binds is signed. In part: one of
the two, or an agreement signed that is only meant to bind. Not met: neither. Floors in contracts of single
firms, and a minimum price that one country sets alone, do not count.

**Supply.** Is metal made outside China? Measured by magnet rare earths, the series that the International
Energy Agency (IEA) gives by country. Met: the newest measured year reaches the share outside China that the
agency's base case has for 2030. In part: it has gone at least half of the way there from 2024. Not met: less.

**Membership.** Is anybody bound, and who? Met: a complete list of the zone's members is published (a
coalition `zone`) and at least half of the partners that signed a text are bound by one. In part: a list, or
one partner that is bound. Not met: neither. A text that is meant to bind, of which it is not known that it
does, does not count.

How sure we are: of the price, *high* where what we know of the agreement rests on more than one source, else
*moderate*. Of the supply, by the years between the newest measured year and the newest evidence: *high* up to
one, *moderate* at two, *low* beyond. Of the membership, by the part of the texts that we have not seen and of
which nobody said whether they bind: *high* where there is none, *moderate* up to half, *low* beyond.
"""

from dataclasses import dataclass

import pandas as pd

from chokepoint.analysis import countries, events, facts
from chokepoint.data import tables, views

NOT, PART, MET = "not met", "met in part", "met"
LOW, MODERATE, HIGH = "low", "moderate", "high"
REFERENCE_PRICE, ZONE = "zone.reference_price", "zone"  # a fact of the ledger; a coalition
GOAL, START = 2030, 2024  # years of the base case and of the first measurement
HALF = 0.5
BINDING = [*countries.FRAMEWORKS, "trade agreement", "plurilateral agreement"]


@dataclass(frozen=True)
class Standing:
    """One test: where it stands, and how sure that is."""

    name: str
    standing: str
    confidence: str


def tests(release: str = tables.DEFAULT_RELEASE) -> list[Standing]:
    """Return the three tests, in the order price, supply, membership.

    >>> [test.name for test in tests()]
    ['price', 'supply', 'membership']
    """
    return [
        Standing("price", price(release), price_confidence()),
        Standing("supply", supply(), supply_confidence()),
        Standing("membership", membership(), membership_confidence()),
    ]


def overall(found: list[Standing]) -> str:
    """Return the standing of the whole: met where all are, not met where all are not, else in part.

    >>> overall([Standing("price", MET, HIGH), Standing("supply", NOT, LOW)])
    'met in part'
    """
    standings = {test.standing for test in found}
    return standings.pop() if len(standings) == 1 else PART


def confidence(found: list[Standing]) -> str:
    """Return the confidence of the whole: that of its weakest test."""
    return min((test.confidence for test in found), key=[LOW, MODERATE, HIGH].index)


# --- price ---


def reference_price(release: str = tables.DEFAULT_RELEASE) -> facts.Fact | None:
    """Return the published reference price of the zone, if there is one."""
    return facts.find(REFERENCE_PRICE, release)


@views.view("agreements")
def plurilateral(rows: pd.DataFrame) -> pd.DataFrame:
    """Return what is known of a plurilateral agreement: status, binding, confidence, a row a text."""
    rows = rows.query("published and instrument == 'plurilateral agreement'")
    return rows[["agreement_id", "status", "binding", "confidence", "source_id"]].reset_index(drop=True)


def price(release: str = tables.DEFAULT_RELEASE) -> str:
    """Return where the test of the price stands; the rule is at the head of this module."""
    signed = plurilateral().query("status == 'signed'").binding
    published = reference_price(release) is not None
    if published and (signed == "yes").any():
        return MET
    return PART if published or signed.isin(["yes", "intended"]).any() else NOT


def price_confidence() -> str:
    """Return how sure the standing of the price is."""
    known = plurilateral().confidence.isin(["primary", "corroborated"])
    return HIGH if known.any() else MODERATE


@views.view("finance")
def floors(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the floors with a number in contracts of single firms that are signed or in force.

    Columns recipient, floor [US$/kg], status, source_id.
    """
    held = rows.query(
        "published and instrument == 'price floor' and status in ['signed', 'agreed', 'in force']"
    )
    kept = held.dropna(subset=["floor_usd_per_kg"]).rename(columns={"floor_usd_per_kg": "floor"})
    return kept[["recipient", "floor", "status", "source_id"]].reset_index(drop=True)


# --- supply ---


def outside() -> pd.DataFrame:
    """Return the share of magnet rare earths refined outside China [%] by year, measured and expected.

    Columns year, share, forecast, source_id; of a year that several editions measure, the newest. The base
    case is that of the newest edition. Empty where there is none.
    """
    columns = ["year", "share", "forecast", "source_id"]
    made = []
    for release in tables.releases("iea_production"):
        rows = tables.load("iea_production", release)
        rows = rows.query("mineral == 'magnet_rare_earths' and stage == 'refinery'")
        world, china = (
            rows[of].set_index("year").value for of in (rows.area_kind == "world", rows.iso3 == "CHN")
        )
        if world.empty:
            continue
        ahead = rows[rows.area_kind == "world"].set_index("year").forecast.astype(bool)
        share = (100 * (1 - china / world)).rename("share").to_frame()
        made.append(share.assign(forecast=ahead, source_id=rows.source_id.iloc[0]).reset_index())
    if not made:
        return pd.DataFrame(columns=columns)
    measured = pd.concat(made).query("not forecast").drop_duplicates("year", keep="last")
    return pd.concat([measured, made[-1].query("forecast")])[columns].sort_values("year", ignore_index=True)


def progress() -> float | None:
    """Return how far the newest measured share has gone from that of 2024 to the base case's for 2030.

    1 is all of the way; None where a year is missing.
    """
    rows = outside().set_index("year")
    measured = rows[~rows.forecast.astype(bool)].share
    if START not in measured or GOAL not in rows.index:
        return None
    return float((measured.iloc[-1] - measured[START]) / (rows.share[GOAL] - measured[START]))


def supply() -> str:
    """Return where the test of the supply stands; the rule is at the head of this module."""
    gone = progress()
    if gone is None or gone < HALF:
        return NOT
    return MET if gone >= 1 else PART


def measured_year() -> int | None:
    """Return the newest year of which the share outside China is measured, not expected."""
    rows = outside()
    years = rows.year[~rows.forecast.astype(bool)]
    return None if years.empty else int(years.max())


def supply_confidence() -> str:
    """Return how sure the standing of the supply is."""
    year = measured_year()
    if year is None:
        return LOW
    behind = events.newest_evidence().year - year
    return HIGH if behind <= 1 else MODERATE if behind == 2 else LOW


# --- membership ---


@views.view("agreements")
def bound(rows: pd.DataFrame, binding: str = "yes") -> int:
    """Return how many partners have signed a text of minerals or trade with Washington that binds.

    binding: "yes", or "intended": meant to bind, and not known to.
    """
    rows = rows.query("published and status == 'signed' and binding == @binding and iso3s.notna()")
    return int(rows[rows.instrument.isin(BINDING)].iso3s.nunique())


def listed_members() -> int:
    """Return how many members a complete published list of the zone names; 0 where there is none."""
    zone = tables.rows("coalitions", coalition_id=ZONE)
    if zone.empty or not zone.complete.iloc[0]:
        return 0
    return int(tables.rows("memberships", coalition_id=ZONE).query("published").iso3.nunique())


def membership() -> str:
    """Return where the test of the membership stands; the rule is at the head of this module."""
    signed, held = facts.get("frameworks.established").value, bound()
    if listed_members() and held >= HALF * signed:
        return MET
    return PART if listed_members() or held else NOT


def membership_confidence() -> str:
    """Return how sure the standing of the membership is."""
    texts, unseen, said = (
        facts.get(f"frameworks.{name}").value for name in ("texts", "texts_unseen", "texts_said_not")
    )
    unknown = (unseen - said) / texts if texts else 1.0
    return HIGH if unknown == 0 else MODERATE if unknown <= HALF else LOW
