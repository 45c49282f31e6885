"""What partners sell, and to whom: chapter 5's figures, and those of a country's page."""

import pandas as pd

from chokepoint.analysis import countries, facts, trade
from chokepoint.analysis.facts.supply import prefix
from chokepoint.analysis.facts.trade import money, percent
from chokepoint.charts.flow import buyers
from chokepoint.charts.theme import BRONZE, CHINA, OTHER, TEAL, UNITED_STATES, UNKNOWN
from chokepoint.charts.years import stacked_years
from chokepoint.pages.amounts import capital, in_words, with_article
from chokepoint.pages.components.figure import Figure, figure
from chokepoint.pages.components.listing import Listing
from chokepoint.pages.components.section import Section
from chokepoint.pages.markup import fact_exists, paragraph, with_links

COLOURS = {
    "China": CHINA,
    "United States": UNITED_STATES,
    "European Union": TEAL,
    "Japan": BRONZE,
    trade.OTHER: OTHER,
    trade.UNNAMED: UNKNOWN,
}
NOTHING = "no flow recorded"
ALL, ALL_LABEL = "all", "All goods but coal"
MOST = 8  # headings drawn on a country's page; the table has all
LICENCE = "BACI of CEPII, small flows added up by seller, under the Etalab 2.0 licence."


def goods(heading: str, short: bool = False) -> str:
    """Name what a heading covers; short: up to its first comma, with each mineral that shares it.

    >>> goods("811010", short=True), goods("811292", short=True)
    ('Antimony metal', 'Gallium, germanium, hafnium and others')
    """
    row = trade.headings().set_index("heading").loc[heading]
    if short and len(row.minerals) > 1:
        return f"{capital(', '.join(row.minerals))} and others"
    return capital(row.goods.split(",")[0].split(";")[0] if short else row.goods)


def _first(rows: pd.DataFrame) -> str:
    """Name the group of buyers that takes the most, others aside."""
    return max(trade.BUYERS, key=lambda name: float(rows[name].iloc[0]))


# --- chapter 5 ---


def sentence(release: str) -> Listing | None:
    """Say how much of what the partners sell goes to China, and how much to the others."""
    if not trade.years():
        return None
    first, last = trade.years()[0], trade.years()[-1]
    to_china = [
        facts.get(f"partners.{name}", release).value for name in ("sold_to_china_first", "sells_to_china")
    ]
    turned = to_china[1] > to_china[0]
    return Listing(
        paragraph(
            with_links(
                f"Of what the partners sold in {last}, {{partners.sells}} without coal, "
                "{partners.sells_to_china} went to China, {partners.sells_to_us} to the United States, "
                "{partners.sells_to_eu} to the European Union and {partners.sells_to_japan} to Japan. "
                f"In {first} the same countries sold {{partners.sold_to_china_first}} to China and "
                "{partners.sold_to_us_first} to the United States"
                f"{': their trade has turned the other way for two decades' if turned else ''}.",
                release,
            )
        )
    )


def partners() -> Figure | None:
    """Draw who buys what each signatory sells, of all goods or of one, in the newest year."""
    if not trade.years():
        return None
    year, names = trade.years()[-1], countries.names()
    whose = {iso3: trade.sold(iso3, year) for iso3 in trade.signatories()}
    parts = [trade.in_all(rows).assign(iso3=iso3, heading=ALL) for iso3, rows in whose.items()]
    parts += [rows.assign(iso3=iso3) for iso3, rows in whose.items()]
    rows = trade.shares(pd.concat(parts, ignore_index=True))
    sums = rows[rows.heading == ALL].set_index("iso3")
    order = sorted(
        whose, key=lambda i: (-(sums["China"].get(i, -1.0)), -(sums.value_usd.get(i, 0)), names[i])
    )
    held = sorted(set(rows.heading) - {ALL}, key=lambda h: goods(h, short=True))
    choices = {ALL: ALL_LABEL} | {h: goods(h, short=True) for h in held}
    every = pd.MultiIndex.from_product([choices, order], names=["heading", "iso3"])
    drawn = rows.set_index(["heading", "iso3"])[[*trade.GROUPS, "value_usd"]].reindex(every).reset_index()
    drawn = drawn.assign(
        at=drawn.iso3.map(order.index),
        name=drawn.iso3.map(names),
        worth=drawn.value_usd.map(lambda v: NOTHING if pd.isna(v) else money(v)),
    ).rename(columns={"heading": "choice"})
    sold = rows[rows.heading == ALL]
    more = sold[sold["China"] > 50]
    table = rows.assign(
        at=rows.iso3.map(order.index),
        goods=[ALL_LABEL if h == ALL else f"HS {h}: {goods(h)}" for h in rows.heading],
        iso3=rows.iso3.map(names),
        year=year,
    ).sort_values(["goods", "at"], key=lambda c: c.ne(ALL_LABEL) if c.name == "goods" else c, kind="stable")
    return figure(
        buyers(drawn.drop(columns=["iso3", "value_usd"]), colours=COLOURS, choices=choices),
        name="partners",
        title=f"China buys {facts.get('partners.sells_to_china').text} of what the partners sell",
        subtitle=f"Exports of minerals of the list by buyer, {year}: value, and shares of it in per cent. "
        f"{capital(in_words(len(more)))} of {in_words(len(order))} sell China more than half.",
        table=_table(table, ["iso3", "goods", "year"], {"iso3": "Seller", "goods": "Goods", "year": "Year"}),
        alt_text=f"A bar of a hundred per cent for each of {len(order)} partners, by who buys what it sells "
        f"in {year}, China from the left: "
        + "; ".join(
            f"{names[i]} {sums['China'][i]:.0f} percent to China"
            if i in sums.index
            else f"{names[i]} {NOTHING}"
            for i in order
        )
        + ". A select chooses one of the goods.",
    )


def _table(rows: pd.DataFrame, keys: list[str], heads: dict[str, str]) -> pd.DataFrame:
    """Return rows of shares as a reader's table."""
    shares = rows[trade.GROUPS].round(1)
    frame = pd.concat([rows[keys], rows.value_usd.astype("int64"), shares, rows[["source_id"]]], axis=1)
    return frame.rename(columns=heads | {"value_usd": "Value, US$"} | {g: f"{g}, %" for g in trade.GROUPS})


def over_time() -> Figure | None:
    """Draw what all partners sold each year, by who bought it."""
    if not trade.years():
        return None
    rows = trade.partners()
    shares = trade.shares(rows)
    first, last = shares.iloc[0], shares.iloc[-1]
    way = "rose" if last["China"] > first["China"] else "fell"
    title = (
        f"China’s part of partners’ sales {way} from {percent(first['China'])} to {percent(last['China'])}"
    )
    return _by_year(rows, title, "All partners with a framework, members of the Union within the Union")


def _by_year(rows: pd.DataFrame, title: str, whose: str) -> Figure:
    billions = rows.value_usd.max() >= 2e9
    unit, size = ("US$ billion", 1e9) if billions else ("US$ million", 1e6)
    long = rows.melt("year", trade.GROUPS, var_name="to", value_name="value")
    long = long[long.value > 0].astype({"value": float, "year": int})
    shares = trade.shares(rows)
    ends = [f"{r.year}: {money(r.value_usd)}, {percent(r.China)} to China" for r in shares.itertuples()]
    return figure(
        stacked_years(
            long.assign(value=(long.value / size).round(4)),
            value="value",
            by="to",
            colours=COLOURS,
            y_title=unit,
        ),
        name="sales-by-year",
        title=title,
        subtitle=f"{whose}: exports of minerals of the list without coal, {unit} of the year, by buyer, "
        f"{rows.year.min()}–{rows.year.max()}.",
        table=_table(shares, ["year"], {"year": "Year"}),
        alt_text=f"Columns by year, stacked by buyer. {ends[0]}; {ends[-1]}.",
    )


# --- a country's page ---


def sells(country: str, release: str) -> Section | None:
    """Say what a country sells under each heading in the newest year and who buys; or that nothing is."""
    if not trade.years():
        return None
    iso3, year = countries.code(country), trade.years()[-1]
    rows, heading = trade.exports(iso3), "What it sells, and to whom"
    if rows.empty:
        said = [
            f"No flow is recorded for {year} under the headings of customs that cover minerals of the list."
        ]
        return Section(heading, said, release)
    at, said = prefix(iso3), []
    whose = capital(with_article(countries.names()[iso3]))
    if fact_exists(f"{at}.sells", release):
        total = trade.in_all(trade.sold(iso3, year))
        to = _to_whom(iso3, total)
        said.append(f"{whose} sold {{{at}.sells}} of minerals of the list in {year}, coal aside{to}.")
    said += _notes(iso3)
    shown = rows.head(MOST)
    drawn = shown.assign(
        at=range(len(shown)),
        name=[goods(h, short=True) for h in shown.heading],
        worth=shown.value_usd.map(money),
    )
    first, best = shown.iloc[0], _first(shown)
    share = float(first[best])
    title = (
        f"Its largest sale is {_lower(goods(first.heading, short=True))}, {money(first.value_usd)} in {year}"
        + (f", {percent(share)} of it to {with_article(best)}" if share >= 0.5 else "")
    )
    table = rows.assign(goods=[f"HS {h}: {goods(h)}" for h in rows.heading])
    pictured = figure(
        buyers(drawn[["at", "name", "worth", *trade.GROUPS]], colours=COLOURS),
        name="sells",
        title=title,
        subtitle=f"Exports by heading of customs and buyer, {year}: value, and shares of it in per cent. "
        + LICENCE,
        table=_table(table, ["goods"], {"goods": "Goods"}),
        alt_text=f"A bar for each of {len(shown)} goods by who buys them: "
        + "; ".join(
            f"{r.name}, {r.worth}, {round(s)} percent to China"
            for r, s in zip(drawn.itertuples(), drawn["China"], strict=True)
        )
        + ".",
    )
    return Section(heading, said, release, pictured)


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]


def _to_whom(iso3: str, total: pd.DataFrame) -> str:
    """Say the share that goes to China, and who is the largest of the four otherwise."""
    shares = trade.shares(total)
    if float(shares[trade.UNNAMED].iloc[0]) > 50:
        return "; most of it in flows so small that their buyers are not named"
    if iso3 == countries.CHINA:
        return ""
    return f"; {{{prefix(iso3)}.sells_to_china}} of it went to China"


def _notes(iso3: str) -> list[str]:
    notes = []
    if iso3 == countries.UNION:
        notes.append(
            "Trade between member states is left out; where small buyers are not named, some may be members."
        )
    if iso3 == countries.CHINA:
        notes.append("What is shown as sold to China goes to Hong Kong and Macao.")
    return notes


def sold(country: str, release: str) -> Figure | None:
    """Draw what a country sold each year since the first held, by who bought it, coal aside."""
    if not trade.years():
        return None
    iso3 = countries.code(country)
    rows = trade.in_all(trade.sold(iso3))
    if len(rows) < 2 or rows.value_usd.max() < 1e6:
        return None
    shares = trade.shares(rows)
    first, last = shares.iloc[0], shares.iloc[-1]
    if iso3 == countries.CHINA:
        title = (
            f"China sold {money(first.value_usd)} in {first.year} and {money(last.value_usd)} in {last.year}"
        )
    else:
        title = (
            f"Of what it sold, China bought {percent(first['China'])} in {first.year} and "
            f"{percent(last['China'])} in {last.year}"
        )
    return _by_year(rows, title, capital(with_article(countries.names()[iso3])))
