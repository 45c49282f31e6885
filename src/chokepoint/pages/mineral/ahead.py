"""What the IEA expects of a mineral's mines: its base case, a forecast."""

import pandas as pd

from chokepoint.analysis import forecast
from chokepoint.charts.dumbbell import dumbbell
from chokepoint.pages.amounts import capital, share, with_article
from chokepoint.pages.components.figure import figure
from chokepoint.pages.components.section import Section
from chokepoint.pages.mineral_text import name

THEN = 2035
MAGNETS = "magnet_rare_earths"
# The four that MAGNETS adds up, and the page of them all.
OF_MAGNETS = ("dysprosium", "neodymium", "praseodymium", "rare_earths", "terbium")


def mined_ahead(mineral: str, release: str) -> Section | None:
    """Show what each country mines now and in the IEA's base case; nothing for what it does not follow."""
    rows = forecast.mined(MAGNETS if mineral in OF_MAGNETS else mineral)
    if rows.empty:
        return None
    years = rows.pivot_table(index="area", columns="year", values="value", sort=False).dropna()
    now, world = int(years.columns.min()), rows[rows.area_kind == "world"].area.iloc[0]
    shares = 100 * years / years.loc[world]
    named = rows[rows.area_kind == "country"].area.unique()
    places = years.drop(index=world).sort_values(now, ascending=False)
    first = shares.loc[[area for area in places.index if area in set(named)], THEN].idxmax()
    drawn = pd.DataFrame({"area": places.index, "now": places[now], "then": places[THEN]})
    drawn = drawn.assign(now=drawn.now / 1000, then=drawn.then / 1000)
    table = places.T.join(years.loc[[world]].T).T.rename_axis("area").reset_index()
    heads = {year: f"{year}, t" if year == now else f"{year}, forecast, t" for year in years.columns}
    what = "magnet rare earths" if mineral in OF_MAGNETS else name(mineral)
    said = [
        "Later years are the agency’s base case, a forecast and no promise. This edition gives mining alone; "
        "what it expects of refining is in [chapter 7](07-futures)."
    ]
    if mineral in OF_MAGNETS:
        said.append("It counts neodymium, praseodymium, dysprosium and terbium together.")
    return Section(
        "What the IEA expects of mines",
        said,
        release,
        figure(
            dumbbell(
                drawn,
                y="area",
                start="now",
                end="then",
                names=(str(now), f"{THEN}, forecast"),
                x_title="Mined, thousand t",
                tooltip={"area": "Country", "which": "Year", "value": ("Thousand t", ",.4~g")},
                height=42,
            ),
            name="mined-ahead",
            title=f"Forecast: {with_article(first)} would mine {share(shares.loc[first, THEN])} of the "
            f"world’s {what} in {THEN}, after {share(shares.loc[first, now])} in {now}",
            table=table.rename(columns={"area": "Country"} | heads),
            sources=sorted(set(rows.source_id)),
            alt_text=f"Two dots for each country: thousand tonnes mined in {now}, and in {THEN} by the IEA’s "
            "base case. "
            + "; ".join(f"{capital(r.area)} {r.now:.4g}, {r.then:.4g}" for r in drawn.itertuples())
            + ".",
        ),
    )
