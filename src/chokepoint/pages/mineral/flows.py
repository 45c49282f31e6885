"""Who sells a mineral to whom: from the mine to the buyer, and China's part in what others buy."""

import pandas as pd

from chokepoint.analysis import coalitions, facts, trade
from chokepoint.analysis.facts.trade import KEYS, LEAST_BOUGHT, buyers, china_of_imports, percent
from chokepoint.charts.flow import flow
from chokepoint.charts.theme import BLOC, BRONZE, TEAL, UNITED_STATES
from chokepoint.charts.years import share_lines
from chokepoint.data import tables
from chokepoint.pages import standings
from chokepoint.pages.amounts import capital, listed, with_article
from chokepoint.pages.components.figure import Figure, figure
from chokepoint.pages.components.section import Section
from chokepoint.pages.country_text import page_links
from chokepoint.pages.mineral_text import name, output_by_step
from chokepoint.pages.partner_trade import LICENCE

MOST = 6  # countries shown by name in a column
SMALL = 0.5  # % of a heading's trade: flows below it are in the column's blocks and drawn as no band
OTHERS = "Others"
LINES = {
    "US and signatories": BLOC,
    "United States": UNITED_STATES,
    "European Union": TEAL,
    "Japan": BRONZE,
}


def trades(mineral: str, release: str) -> Section | None:
    """Show who sells a mineral to whom in the newest year; nothing where no heading of customs covers it."""
    rows = trade.headings(mineral)
    if rows.empty or not trade.years():
        return None
    row, year = rows.iloc[0], trade.years()[-1]
    flows = trade.flows(row.heading, year)
    if flows.empty:
        return None
    said = [
        f"Counted: heading HS {row.heading}, {row.goods[0].lower() + row.goods[1:]}. In {year} countries "
        f"sold each other {{{mineral}.sold}} of it; {{{mineral}.sold_by_china}} came from China.",
        *_bought(mineral, release),
        *_caveats(mineral, row),
    ]
    sellers = list(flows.groupby("exporter").value_usd.sum().sort_values(ascending=False).index[:MOST])
    named = flows[flows.importer.notna()]
    bought = list(named.groupby("importer").value_usd.sum().sort_values(ascending=False).index[:MOST])
    return Section(
        "Who sells to whom",
        said,
        release,
        _flow_figure(mineral, release, flows, year, row.goods),
        (),
        page_links([*sellers, *bought]),
    )


def _bought(mineral: str, release: str) -> list[str]:
    """Say China's part in what the bloc, the United States, the Union and Japan buy."""
    whose = {"bloc": "the United States and all signatories together", "us": "the United States"}
    whose |= {KEYS["European Union"]: "the European Union", KEYS["Japan"]: "Japan"}
    found = {key: facts.find(f"{mineral}.{key}_buys_from_china", release) for key in whose}
    parts = [
        f"{{{fact.fact_id}}} of what {whose[key]} bought"
        for key, fact in found.items()
        if fact and fact.value > 0
    ]
    if parts:
        return [f"From China came {listed(parts)}, each from outside its own circle."]
    return [
        "No flow from China to the United States, the signatories, the European Union or Japan is large "
        "enough to be named."
    ]


def _caveats(mineral: str, row: pd.Series) -> list[str]:
    caveats = []
    if len(row.minerals) > 1:
        caveats.append(
            f"{capital(listed([name(m) for m in row.minerals]))} share one heading of customs, with indium, "
            "niobium and others: this is one flow of all of them, and nobody can say how much of it is "
            f"{name(mineral)}."
        )
    if row.heading == trade.COAL:
        caveats.append("The heading holds all bituminous coal: most of it is burnt in power stations.")
    return caveats


def _names() -> dict[str, str]:
    rows = tables.load("geography")
    return dict(zip(rows.iso3, rows.name, strict=True))


def _blocks(shares: pd.Series, column: int, names: dict[str, str], unit: str) -> pd.DataFrame:
    """Return the largest countries of a column, and the others together; shares [%] by code."""
    shares = shares.sort_values(ascending=False)
    named = shares[shares.index.isin(list(names))].head(MOST)
    named = named[named >= 1]
    standing = coalitions.standing()
    frame = pd.DataFrame({"code": named.index, "share": named.to_numpy(dtype=float)})
    frame["name"] = frame.code.map(names)
    frame["kind"] = frame.code.map(standing).fillna(coalitions.ELSEWHERE)
    rest = max(100 - float(named.sum()), 0)
    if rest >= 0.5:
        other = {"code": OTHERS, "share": rest, "name": OTHERS, "kind": coalitions.NOT_NAMED}
        frame = pd.concat([frame, pd.DataFrame([other])], ignore_index=True)
    return frame.assign(column=column, text=[f"{percent(s)} of {unit}" for s in frame.share])


def _flow_figure(mineral: str, release: str, flows: pd.DataFrame, year: int, goods: str) -> Figure:
    names, whole = _names(), float(flows.value_usd.sum())
    by = {
        side: 100 * flows.groupby(side).value_usd.sum().astype(float) / whole
        for side in ("exporter", "importer")
    }
    steps = output_by_step(mineral, release)
    step = next((s for s in ("mine", "refinery") if s in steps and (steps[s].share > 0).any()), None)
    parts, heads, sources = [], [], {*flows.source_id}
    if step:
        output = steps[step][(steps[step].area_kind == "country") & (steps[step].share > 0)]
        shares = output.set_index("iso3").share.astype(float)
        shares = shares * min(1, 100 / float(shares.sum()))
        parts.append(_blocks(shares, 0, names, "world output"))
        heads.append(f"{'Mined' if step == 'mine' else 'Made'} in|{int(output.year.iloc[0])}, by weight")
        sources |= {*output.source_id}
    first = len(parts)
    parts += [
        _blocks(by["exporter"], first, names, "all sold"),
        _blocks(by["importer"], first + 1, names, "all bought"),
    ]
    heads += [f"Sold by|{year}, by value", f"Bought by|{year}, by value"]
    bands = _bands(flows, parts, first, whole)
    table = _table(flows, names, year)
    seller, buyer = flows[flows.importer.notna()].iloc[0][["exporter", "importer"]]
    best = parts[first].iloc[0]
    largest = float(flows[flows.importer.notna()].share_pct.iloc[0])
    title = (
        f"{capital(with_article(best['name']))} sells the most, {percent(best.share)} by value in {year}; "
        f"the largest flow, {percent(largest)}, goes from {with_article(names[seller])} to "
        f"{with_article(names[buyer])}"
    )
    used = set(pd.concat(parts).kind)
    return figure(
        flow(
            pd.concat(parts)[["column", "name", "share", "kind", "text"]],
            bands,
            heads,
            colours={kind: colour for kind, colour in standings.COLOURS.items() if kind in used},
        ),
        name="flows",
        title=title,
        subtitle=f"{capital(goods)}: shares of all trade between countries by value, {year}"
        + (", beside shares of output; bands on the left only join the same country. " if step else ". ")
        + LICENCE,
        table=table,
        sources=sorted(sources),
        alt_text=f"Bands from sellers to buyers in {year}. Sellers: {_list_shares(parts[first])}. Buyers: "
        f"{_list_shares(parts[first + 1])}.",
    )


def _list_shares(blocks: pd.DataFrame) -> str:
    return "; ".join(
        f"{who} {share:.0f} percent" for who, share in zip(blocks["name"], blocks.share, strict=True)
    )


def _bands(flows: pd.DataFrame, parts: list[pd.DataFrame], first: int, whole: float) -> pd.DataFrame:
    """Return the bands between blocks: from seller to buyer, and who mines joined to the same seller."""
    sellers, bought = parts[first], parts[first + 1]
    short = dict(zip(sellers.code, sellers["name"], strict=True))
    far = dict(zip(bought.code, bought["name"], strict=True))
    pairs = flows.assign(
        start=flows.exporter.map(short).fillna(OTHERS), end=flows.importer.map(far).fillna(OTHERS)
    )
    sums = (
        pairs.groupby(["start", "end"])
        .value_usd.sum()
        .astype(float)
        .mul(100 / whole)
        .reset_index(name="share")
    )
    order = {block: i for i, block in enumerate([*sellers["name"], *bought["name"]])}
    sums = sums.sort_values(["start", "end"], key=lambda c: c.map(order), kind="stable")
    kinds = dict(zip(sellers["name"], sellers.kind, strict=True))
    sums = sums[sums.start.isin(sellers["name"]) & sums.end.isin(bought["name"])]
    drawn = sums.assign(
        column=first,
        reach=sums.share,
        kind=sums.start.map(kinds),
        text=[f"{percent(s)} of the trade" for s in sums.share],
    )
    if first == 0:
        return drawn
    mined = parts[0][parts[0].code != OTHERS].merge(
        sellers[["code", "share"]], on="code", suffixes=("", "_sold")
    )
    same = pd.DataFrame(
        {
            "column": 0,
            "start": mined["name"],
            "end": mined["name"],
            "share": mined.share,
            "reach": mined.share_sold,
            "kind": mined.kind,
            "text": [
                f"{percent(a)} of output, {percent(b)} of sales"
                for a, b in zip(mined.share, mined.share_sold, strict=True)
            ],
        }
    )
    return pd.concat([same, drawn], ignore_index=True)


def _table(flows: pd.DataFrame, names: dict[str, str], year: int) -> pd.DataFrame:
    """Return the flows of at least SMALL % by name, and the rest together."""
    large = flows[(flows.share_pct >= SMALL) & flows.importer.notna()]
    rest = flows.drop(large.index)
    frame = pd.DataFrame(
        {
            "Seller": large.exporter.map(names).fillna(large.exporter),
            "Buyer": large.importer.map(names).fillna(large.importer),
            "Year": year,
            "Value, US$": large.value_usd.astype("int64"),
            "Share of the trade, %": large.share_pct.astype(float).round(2),
        }
    )
    if rest.empty:
        return frame
    last = ["All smaller flows", "", year, int(rest.value_usd.sum()), round(float(rest.share_pct.sum()), 2)]
    return pd.concat([frame, pd.DataFrame([last], columns=list(frame))], ignore_index=True)


def bought_from_china(mineral: str, release: str) -> Figure | None:
    """Draw China's share of what the bloc, the United States, the Union and Japan buy, by year."""
    rows = trade.headings(mineral)
    if rows.empty or not trade.years():
        return None
    heading, goods = rows.heading.iloc[0], rows.goods.iloc[0]
    parts = [china_of_imports(heading, codes).assign(name=who) for who, codes in buyers().values()]
    every = pd.concat(parts, ignore_index=True)
    if every.empty or every.year.nunique() < 2 or every.share_pct.max() < 1:
        return None
    every = every.assign(year=every.year.astype(int), share=every.share_pct.astype(float).round(1))
    told = []
    for who, of in every.groupby("name", sort=False):
        told.append(
            f"{who} {of['share'].iloc[0]:.0f} percent in {of.year.iloc[0]}, {of['share'].iloc[-1]:.0f} in "
            f"{of.year.iloc[-1]}"
        )
    lead = every[every["name"] == next(iter(LINES))]
    lead = every if lead.empty else lead
    title = (
        f"China’s part in what {'the US and signatories buy' if lead is not every else 'they buy'}: "
        f"{percent(lead['share'].iloc[0])} in {lead.year.iloc[0]}, {percent(lead['share'].iloc[-1])} in "
        f"{lead.year.iloc[-1]}"
    )
    source = tables.part(trade.TABLE, tables.releases(trade.TABLE)[-1], heading=heading).source_id.iloc[0]
    wide = every.pivot_table(index="year", columns="name", values="share").reindex(columns=list(LINES))
    return figure(
        share_lines(every[["year", "share", "name"]], colours=LINES, y_title="% from China"),
        name="bought-from-china",
        title=title,
        subtitle=f"{capital(goods)}: imports from outside each circle, by value, share from China "
        f"in per cent, {every.year.min()}–{every.year.max()}; years with less than "
        f"US${LEAST_BOUGHT / 1e6:.0f} million are left out.",
        table=wide.reset_index()
        .rename_axis(columns=None)
        .rename(columns={"year": "Year"} | {who: f"{who}, %" for who in LINES}),
        sources=[source],
        alt_text=f"Lines of China’s share of imports by value: {'; '.join(told)}.",
    )
