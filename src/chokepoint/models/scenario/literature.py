"""The model beside what others have worked out: where it agrees, where not, and why."""

import math

import pandas as pd

from chokepoint.data import memory, tables

from .assemble import behaviour_values
from .runner import run

MINERAL, HEAVY, BY, MONTHS = "neodymium", "dysprosium", 2035, 84
MORE = 1500.0  # t of oxide a year: 15% of a use of some ten thousand tonnes, bought magnets included


def refined(members: str, **settings: float) -> float:
    """Return what a club refines of the magnet rare earths in 2035 [t]."""
    path = run(MINERAL, members, **settings).table
    return float(path[path.year == BY].output_club.mean())


def price_of_more(members: str) -> float:
    """Return the public money from 2026 to 2032 for MORE oxide a year in 2035 [US$ million]."""
    before, low, high = refined(members), 0.0, 1000.0
    for _ in range(10):
        middle = (low + high) / 2
        enough = refined(members, money=middle, money_months=MONTHS) - before >= MORE
        low, high = (low, middle) if enough else (middle, high)
    return high * MONTHS / 12


@memory.remembered
def beside() -> pd.DataFrame:
    """Return what a study says, what this model says of the same, whether they agree, and why not.

    Columns source_id (of sources.csv), what, theirs and ours (ratios, NaN where the abstract has no figure),
    agrees, why.
    """
    alone, together = (
        float(tables.row("ledger", fact_id=f"imf.subsidy_{who}").value) for who in ("alone", "together")
    )
    before = refined("us")
    by_floor, by_money = (
        refined("us", floor=1.8) - before,
        refined("us", money=100, money_months=MONTHS) - before,
    )
    path = run(HEAVY, "came", cut=0.8, cut_from=24, cut_months=MONTHS, leak=0).table
    first, later = (float(path[path.year == year].unserved.mean()) for year in (2028, 2033))
    rows = [
        (
            "M65",
            "Cost of subsidies for plants: together over alone",
            together / alone,
            price_of_more("came") / price_of_more("us"),
            "Here a plant costs the same whoever builds it; there importers who act together save.",
        ),
        (
            "M65",
            "Output added by a floor at 1.8 times the price over that of US$100 million a year",
            math.nan,
            by_floor / by_money,
            "There a floor works, and costs more. Here one on oxide does nothing: the United States "
            "separates more than its magnet makers use, and imports magnets.",
        ),
        (
            "M66",
            "Harm of an 80% cut in the sixth year over that in the first",
            0.0,
            later / first,
            "Both have the harm fade. There output is lost within a year and hardly any later; here a part "
            "of the need at the start’s price goes without until new plants stand.",
        ),
    ]
    frame = pd.DataFrame(rows, columns=["source_id", "what", "theirs", "ours", "why"])
    return frame.assign(agrees=(frame.theirs - frame.ours).abs() < 0.25)


def magnet_chain() -> pd.DataFrame:
    """Return what separates magnet rare earths outside China, by year, with no policy [kt NdPr oxide a year].

    Columns year, model (capacity times the share that runs), iea (output, all magnet rare earths), plants
    (capacity of the plants of data/scenario/plants.csv that run or are being built and state it as NdPr).
    They differ: plants that stand ran at less than half of what they could in 2024, the IEA's base case
    counts projects of which no plant in the table tells, and the model's NdPr is 96.5% of the IEA's.
    """
    path = run(MINERAL, "us").nothing
    able = (path.refinery_club + path.refinery_rest) * behaviour_values()["running"]
    iea = tables.load("iea_production", "iea2025").query(
        "mineral == 'magnet_rare_earths' and stage == 'refinery'"
    )
    plants = tables.load("scenario_plants").query("product == 'NdPr oxide' and status != 'planned'")
    rows = []
    for year in (2024, 2030, 2035):
        of = iea[iea.year == year].set_index("iso3").value
        world = iea[(iea.year == year) & (iea.area_kind == "world")].value.iloc[0]
        stands = plants[plants.start.fillna("9999").astype(str) <= str(year)].capacity_t.sum()
        model = able[path.year == year].mean() if year > 2024 else able[0]  # the start is of 2024
        rows.append((year, model / 1000, (world - of["CHN"]) / 1000, stands / 1000))
    return pd.DataFrame(rows, columns=["year", "model", "iea", "plants"])
