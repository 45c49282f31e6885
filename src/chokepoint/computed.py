"""Facts that we compute from tables: each a short function of the release. See `facts.computed`."""

from chokepoint import tables
from chokepoint.facts import computed, share


def _production(release: str):
    table = tables.load("production", release)
    return table, int(table.year.max())


@computed("rare_earths.china_mined", "China's share of the rare earths mined in the release's latest year", "%", "{:.2f} %",
          "China's mine output over the printed world total, rare-earth oxides, latest year of the release")
def _china_mined(release: str):
    table, year = _production(release)
    return share(table, "rare_earths", "mine", "CHN", year)
