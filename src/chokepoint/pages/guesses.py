"""Four questions that the reader answers before the chapters do, each with all the answers that are held."""

import pandas as pd

from chokepoint.analysis import facts, history
from chokepoint.data import tables
from chokepoint.pages import magnets
from chokepoint.pages.components.guess import Guess, Reading

CHINA = {"CHN"}
EVERYTHING = "All that is imported"


def gallium(release: str) -> Guess | None:
    """Ask for China's share of the world's gallium; nothing where the release does not hold it."""
    if (usgs := facts.find("gallium.china_refined", release)) is None:
        return None
    return Guess(
        "gallium",
        "Of every hundred kilograms of gallium refined in the world, how many are Chinese?",
        [_reading(usgs, "US Geological Survey", settles=True), *_reported(), *_studied()],
        "{gallium.china_refined}, by the US Geological Survey. Whoever buys it abroad has needed China’s "
        "licence since {gallium.controlled_since}.",
        release,
        "%",
    )


def signatures(release: str) -> Guess:
    """Ask how many of the countries that came on 4 February signed something that day."""
    came, signed = (facts.get(f, release) for f in ("ministerial.countries", "frameworks.signed_4feb"))
    return Guess(
        "signatures",
        "How many of the countries that came to Washington signed a framework or memorandum that day?",
        [
            _reading(signed, "Signed on the day", settles=True),
            _reading(facts.get("frameworks.earlier", release), "Had signed in the five months before"),
            _reading(came, "Came"),
        ],
        "{frameworks.signed_4feb}, of {ministerial.countries}. Another {frameworks.earlier} texts had been "
        "signed in the five months before.",
        release,
        " countries",
        high=60,
    )


def graphite(release: str) -> Guess | None:
    """Ask how long US$100 million of graphite would last; nothing where the release cannot tell."""
    names = {
        EVERYTHING: "graphite.stock_days",
        "Only what China sold": "graphite.stock_china",
    }
    found = {label: facts.find(fact_id, release) for label, fact_id in names.items()}
    if None in found.values():
        return None
    return Guess(
        "graphite",
        "US$100 million is spent on natural graphite. For how many days would that replace US imports?",
        [
            Reading(label, fact.value, f"{fact.value:,.0f} days", fact.sources[0], label == EVERYTHING)
            for label, fact in found.items()
        ],
        "{graphite.stock_days}; if China alone stopped selling, {graphite.stock_china}. What a stock is "
        "worth in time depends on the mineral more than on the money.",
        release,
        " days",
        high=1500,
    )


def month(release: str) -> Guess | None:
    """Ask for the month of 2025 in which China exported the fewest magnets; nothing where none are held."""
    rows = magnets.exports().query("area == 'World' and month.str.startswith('2025')")
    if rows.empty:
        return None
    rows = rows.sort_values("month")
    least = rows.loc[rows.value_t.idxmin()]
    names = pd.to_datetime(rows.month).dt.strftime("%B")
    return Guess(
        "month",
        "In April 2025 China put magnets under licence. In which month of 2025 did it export the fewest?",
        [
            Reading(name, row.value_t, f"{row.value_t:,.0f} t", row.source_id, row.month == least.month)
            for name, row in zip(names, rows.itertuples(), strict=True)
        ],
        f"In {pd.Timestamp(least.month):%B}: {{magnets.world_{least.month.replace('-', '_')}}} left China, "
        "against {magnets.world_2025_03} in March. Months for which nobody quotes the customs are missing.",
        release,
        choices=True,
    )


def _reading(fact: facts.Fact, label: str, settles: bool = False) -> Reading:
    return Reading(label, fact.value, fact.text, fact.sources[0], settles)


def _reported() -> list[Reading]:
    """Return China's share of the output that was reported to the British Geological Survey, newest year."""
    rows = history.shares("gallium", CHINA)
    return [
        Reading(
            f"British Geological Survey, {row.year}, of what was reported",
            row.share_pct,
            f"{row.share_pct:.0f}%",
            row.source_id,
        )
        for row in rows.tail(1).itertuples()
    ]


def _studied() -> list[Reading]:
    """Return China's share in the European Union's study of critical materials."""
    if not (held := tables.releases("eu_supply_shares")):
        return []
    rows = tables.load("eu_supply_shares", held[-1])
    rows = rows.query("mineral == 'gallium' and stage == 'refinery' and scope == 'world' and iso3 == 'CHN'")
    return [
        Reading("European Union’s study", row.share_pct, f"{row.share_pct:.0f}%", row.source_id)
        for row in rows.itertuples()
    ]
