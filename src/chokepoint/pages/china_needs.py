"""China's own needs: the ore that its plants must buy, who sells it, and what of that comes from the bloc."""

import pandas as pd

from chokepoint.analysis import china_needs, countries
from chokepoint.charts.bars import bars, share_axis
from chokepoint.charts.theme import BLOC, CHINA, OTHER
from chokepoint.data import tables
from chokepoint.pages.amounts import capital, in_words
from chokepoint.pages.components.figure import Figure, figure
from chokepoint.pages.mineral_text import name


def own_ore() -> Figure | None:
    """Draw how much of what China refines its own mines could cover; nothing without the IEA's figures."""
    if not tables.releases("iea_production"):
        return None
    rows = china_needs.own_ore().dropna(subset=["own_ore_pct"])
    rows = rows.assign(
        Mineral=[capital(name(m)) for m in rows.mineral], label=rows.own_ore_pct.map("{:.0f}%".format)
    )
    least, year = rows.iloc[0], int(rows.year.iloc[0])
    return figure(
        bars(
            rows[["Mineral", "own_ore_pct", "label"]],
            x="own_ore_pct",
            y="Mineral",
            label="label",
            color=CHINA,
            x_axis=share_axis("China’s mines, % of what China refines"),
            end=115,
            tooltip={"Mineral": "Mineral", "own_ore_pct": ("Own ore, %", ".1f")},
            height=30,
        ),
        name="own-ore",
        title=f"China’s mines cover {least.own_ore_pct:.0f}% of the {name(least.mineral)} it refines",
        subtitle=f"Its own ore over what its plants refine, {year}; the most is "
        f"{rows.own_ore_pct.iloc[-1]:.0f}% of the {name(rows.mineral.iloc[-1])}.",
        table=pd.DataFrame(
            {
                "Mineral": rows.Mineral,
                "Year": rows.year,
                "Mined in China, t": rows.mined_t,
                "Refined in China, t": rows.refined_t,
                "Own ore, %": rows.own_ore_pct.round(1),
                "source_id": rows.source_id,
            }
        ),
        sources=sorted({*rows.source_id, "MCS2026"} & set(tables.load("sources").source_id)),
        alt_text="Bars of China’s mine output as a share of its refined output: "
        + "; ".join(f"{r.Mineral} {r.own_ore_pct:.0f} percent" for r in rows.itertuples())
        + ".",
    )


def sellers() -> Figure | None:
    """Draw what part of China's purchases is from the United States and signatories, if flows are held."""
    if not tables.releases("trade_flows"):
        return None
    rows = china_needs.imports().sort_values("bloc_pct", ascending=False)
    area = countries.names()
    first = [area.get(c, c) for c in rows.first_seller]
    rows = rows.assign(
        label=[
            f"{r.bloc_pct:.0f}%; {who} {r.first_share_pct:.0f}%"
            for r, who in zip(rows.itertuples(), first, strict=True)
        ]
    )
    year, half = int(rows.year.iloc[0]), int((rows.bloc_pct > 50).sum())
    return figure(
        bars(
            rows[["good", "bloc_pct", "label"]],
            x="bloc_pct",
            y="good",
            label="label",
            color=BLOC,
            x_axis=share_axis("From the United States and signatories, % of value"),
            end=270,
            tooltip={"good": "Good", "label": "Bloc; first seller"},
            height=30,
            size=11.5,
            limit=120,
        ),
        name="sellers",
        title=f"The bloc sells China more than half of {in_words(half)} of {in_words(len(rows))} goods",
        subtitle=f"Share of China’s imports from the United States and signatories, by value, {year}, and "
        "the first seller.",
        table=pd.DataFrame(
            {
                "Good": rows.good,
                "Heading": rows.heading,
                "Year": rows.year,
                "China’s imports, US$": rows.value_usd,
                "First seller": first,
                "First seller, %": rows.first_share_pct.round(1),
                "Second seller": [area.get(c, c) for c in rows.second_seller],
                "Second seller, %": rows.second_share_pct.round(1),
                "United States and signatories, %": rows.bloc_pct.round(1),
                "source_id": rows.source_id,
            }
        ),
        alt_text="Bars of the share of China’s imports that comes from the United States and "
        "the countries that signed "
        "with it, with the first seller of each good: "
        + "; ".join(f"{r.good} {r.label}" for r in rows.itertuples())
        + ".",
    )


def heavy_feed() -> Figure | None:
    """Draw rare-earth ore of Myanmar beside China's own; nothing without the yearbook."""
    if not tables.releases("yearbook_production"):
        return None
    rows = china_needs.heavy_feed()
    top, last = rows.loc[rows.burma_t.idxmax()], rows.iloc[-1]
    drawn = rows.assign(Year=rows.year.astype(str), label=rows.burma_t.map("{:,.0f} t".format))
    return figure(
        bars(
            drawn[["Year", "burma_t", "label"]],
            x="burma_t",
            y="Year",
            label="label",
            color=OTHER,
            x_axis=None,
            room=1.35,
            tooltip={"Year": "Year", "burma_t": ("Myanmar, t of oxide", ",.0f")},
        ),
        name="heavy-feed",
        title=f"Myanmar’s rare-earth ore went from {top.burma_t:,.0f} t to {last.burma_t:,.0f} t",
        subtitle=f"Tonnes of oxide mined, {top.year} and {last.year}, an estimate from China’s imports.",
        table=rows.rename(
            columns={"year": "Year", "burma_t": "Myanmar, t of oxide", "china_t": "China, t of oxide"}
        ),
        alt_text="Bars of rare-earth ore mined in Myanmar, tonnes of oxide, an estimate from "
        "China’s imports: " + "; ".join(f"{r.year} {r.burma_t:,.0f}" for r in rows.itertuples()) + ".",
    )
