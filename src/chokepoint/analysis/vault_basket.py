"""The Vault's basket: what a year of US net imports of the listed minerals costs.

It is worked out line by line from a release. One rule for every mineral on the list of 2025: imports less
exports of the form that is traded last, times the price of that form, both of the same year, wherever the
release prints both. data/vault_basket.csv holds what code cannot decide: which series and which price are
meant, how a unit of the one is turned into the other, and why. A mineral that stays out is named with the
reason.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from chokepoint.analysis import reliance
from chokepoint.data import memory, tables, views
from chokepoint.data.tables import by_release
from chokepoint.errors import UserError

FROM_RELIANCE = "reliance"  # stands in place of an import series: net imports are reliance times consumption
MONEY_METALS = ("precious metals", "platinum group")  # bought by investors as well as by industry
NONE = float("nan")
YEARS = 2  # of a release: the latest and the one before
STOCK = 100  # of one mineral [US$ million], a round sum to measure with
MAIN = 10  # share of US imports [%] from which a country is called a main source
MOST_YEARS = 30  # beyond these a stock lasts for as long as anybody plans
DAYS_A_MONTH, DAYS_A_YEAR = 365 / 12, 365
ROUNDED = 0.005  # US$ billion: the basket is written with two decimals
UNIT_KG = 10  # a metric ton unit is a hundredth of a tonne
NO_TRADE, NO_PRICE, SOLD, LATER = (
    "no net imports printed",
    "no price printed",
    "not bought on balance",
    "value stated for a later year only",
)
TEXTS = (
    "commodity",
    "imports",
    "exports",
    "exports_of",
    "shares_with",
    "consumption",
    "reliance",
    "price",
    "why",
)
COLUMNS = [
    *("line", "mineral", "form", "year", "imports", "exports", "net_imports", "price", "priced_as", "value"),
    *("use", "use_value", "use_from", "missing", "source_id", "why"),
]


@dataclass(frozen=True)
class Rule:
    """Which lines are counted, and of which year: name (as a title), words (in a sentence)."""

    name: str
    words: str
    years_back: int = 0
    without: tuple[str, ...] = ()
    licensed: bool = False  # only what China asks an export licence for


EVERYTHING, BEFORE, INDUSTRY, LICENSED = "everything", "before", "industry", "licensed"
RULES: Mapping[str, Rule] = {
    EVERYTHING: Rule("Every listed mineral that can be priced", "everything"),
    BEFORE: Rule("The same in the year before", "everything in the year before", years_back=1),
    INDUSTRY: Rule(
        "Without silver and the platinum metals",
        "everything but silver and the platinum metals",
        without=MONEY_METALS,
    ),
}
"""Three ways to say what the money is spread over.

The first is the headline; the second shows what a year of hoarding does.
"""
NARROW = Rule(
    "Only what China asks an export licence for", "what China asks an export licence for", licensed=True
)
_RULES = {**RULES, LICENSED: NARROW}


@by_release
def lines(release: str = tables.DEFAULT_RELEASE) -> pd.DataFrame:
    """Return one row a line, for the latest year of the release and the year before.

    `missing` says what keeps a line out, and is empty for one that is in. imports, exports, net_imports, use
    [t]; price [US$/kg of what is counted]; value, use_value [US$/year]; priced_as: the price series;
    use_from: consumption, reliance, bound of reliance, or net imports where nothing else is printed. Empty at
    a release that holds no trade of the United States or no prices.

    >>> rows = lines("mcs2026").query("year == 2025").set_index("line")
    >>> f"{rows.value['copper'] / 1e9:.1f}", rows.missing["copper"], rows.missing["germanium.metal"]
    ('17.2', '', 'not bought on balance')
    """
    return _lines(_choices(tables.load("vault_basket")), release)


def of(mineral: str, release: str, year: int | None = None) -> pd.DataFrame:
    """Return the lines of one mineral in a year (None: the latest), as `lines` has them.

    Of the choices, no more is read than they need.
    """
    rows = _of(mineral, release)
    return rows[rows.year == (rows.year.max() if year is None else year)].reset_index(drop=True)


@memory.remembered
def _of(mineral: str, release: str) -> pd.DataFrame:
    own = tables.rows("vault_basket", mineral=mineral)
    others = {other for told in own.shares_with.dropna() for other in told.split(";")}
    own = _choices(
        pd.concat(
            [own, *(tables.rows("vault_basket", mineral=other) for other in sorted(others))],
            ignore_index=True,
        )
    )
    rows = _lines(own, release)
    return rows[rows.mineral == mineral]


def basket(release: str, rule: str = EVERYTHING, year: int | None = None) -> pd.DataFrame:
    """Return the lines that a rule counts in a year, dearest first, as `lines` has them.

    Without a year it is the latest of the release.
    """
    rows, asked = lines(release), _RULES[rule]
    group = tables.load("minerals").set_index("mineral").group
    year = (rows.year.max() if year is None else year) - asked.years_back
    rows = rows[(rows.year == year) & (rows.missing == "") & ~rows.mineral.map(group).isin(asked.without)]
    if asked.licensed:
        rows = rows[rows.mineral.isin(under_licence())]
    return rows.sort_values("value", ascending=False, ignore_index=True)


@views.view("controls", "control_minerals")
def under_licence(controls: pd.DataFrame, links: pd.DataFrame) -> list[str]:
    """List the minerals that a Chinese export licence in force names.

    >>> {"gallium", "tungsten"} < set(under_licence()), "copper" in under_licence()
    (True, False)
    """
    rows = controls.query(
        "published and instrument == 'licence' and took_effect == 'yes' and status == 'in force'"
    )
    return sorted({*links[links.control_id.isin(rows.control_id)].mineral})


def left_out(release: str, rule: str = EVERYTHING) -> pd.DataFrame:
    """Return every listed mineral, and the rare earths as one, that has no line in the basket.

    Columns: mineral, why (in words).
    """
    minerals, inside = tables.load("minerals"), set(basket(release, rule).mineral)
    minerals = minerals[
        minerals.listed_2025 | minerals.mineral.isin(tables.load("vault_basket").mineral)
    ]  # the rare earths as one
    rows, asked = lines(release), _RULES[rule]
    here = rows[rows.year == rows.year.max() - asked.years_back]
    prices = (
        tables.load("prices", release)
        if release in tables.releases("prices")
        else pd.DataFrame(columns=["mineral", "usd_per_kg"])
    )
    priced, sold = set(prices.dropna(subset=["usd_per_kg"]).mineral), _net_exporters(release)
    found = []
    for row in minerals[~minerals.mineral.isin(inside)].itertuples():
        own = here[here.mineral == row.mineral]
        if row.group in asked.without or (asked.licensed and row.mineral not in under_licence()):
            why = "left out by this rule"
        elif len(own):
            why = ", ".join(dict.fromkeys(own[own.missing != ""].missing))
        elif row.headline_mineral == "rare_earths":
            why = (
                "counted among the rare earths"
                if "rare_earths" in inside
                else "printed only among the rare earths"
            )
        elif row.mineral in sold:
            why = SOLD
        else:
            why = NO_TRADE if row.mineral in priced else "no net imports and no price printed"
        found.append({"mineral": row.mineral, "why": why})
    return pd.DataFrame(found, columns=["mineral", "why"])


@dataclass(frozen=True)
class Cover:
    """Return what a sum replaces under a rule, in value and use [US$ billion a year].

    With them come the days of each, the year, lines and minerals.
    """

    rule: str
    year: int
    value: float
    use: float
    days: float
    days_of_use: float
    minerals: tuple[str, ...]


def cover(release: str, capital: float, rule: str = EVERYTHING, year: int | None = None) -> Cover | None:
    """Return how long a sum [US$ billion] replaces net imports, and use.

    It is spread over the basket for equal days. None where there is no basket.

    >>> one, two = (cover("mcs2026", capital) for capital in (10, 20))
    >>> round(two.days / one.days, 6), one.days > one.days_of_use
    (2.0, True)
    """
    rows = basket(release, rule, year)
    if rows.empty:
        return None
    value, use = float(rows.value.sum() / 1e9), float(rows.use_value.sum() / 1e9)
    return Cover(
        rule,
        int(rows.year.iloc[0]),
        value,
        use,
        365 * capital / value,
        365 * capital / use,
        tuple(dict.fromkeys(rows.mineral)),
    )


def capital() -> float:
    """Return the Vault's money as announced, by its parts [US$ billion]."""
    rows = tables.load("assumptions").query("model == 'vault'").set_index("name").value
    return float(rows.loan + rows.private_capital)


def aim() -> float:
    """Return the days of supply that are given as the Vault's aim."""
    return float(tables.row("vault", vault_id="vault.cover_days").value)


def require_assumption() -> None:
    """UserError where data/assumptions.csv has another basket than the newest release gives.

    The Vault's model starts from that row wherever it is asked for without a release.
    """
    row = tables.row("assumptions", assumption_id="vault.basket_value")
    newest = cover(tables.DEFAULT_RELEASE, capital())
    if row is not None and newest and abs(row.value - newest.value) > ROUNDED:
        raise UserError(
            f"data/assumptions.csv: vault.basket_value is {row.value:g}, and the basket of the newest "
            f"release costs {newest.value:.2f} US$ billion (data/vault_basket.csv). "
            f"Write {newest.value:.2f} there."
        )


def china_in_imports(mineral: str, release: str) -> tuple[float, str, str] | None:
    """Return China's share of US imports of a mineral [%], the years averaged and its source.

    None where China is no main source.

    >>> china_in_imports("gallium", "mcs2026"), china_in_imports("copper", "mcs2026")
    ((18.0, '2021–24', 'MCS2026'), None)
    """
    rows = reliance.sources(release, mineral)
    rows = rows[(rows.iso3 == "CHN") & (rows.value >= MAIN)]
    if rows.empty:
        return None
    row = rows.iloc[0]
    return float(row.value), f"{row.first_year}–{row.last_year % 100:02d}", row.source_id


def duration(days: float) -> str:
    """Return a time in the unit in which it is easiest to grasp.

    >>> duration(63.9), duration(404), duration(2517), duration(20000)
    ('64 days', '13 months', '7 years', 'more than 30 years')
    """
    if days > MOST_YEARS * DAYS_A_YEAR:
        return f"more than {MOST_YEARS} years"
    if days < 1.5 * DAYS_A_YEAR:
        return f"{days:.0f} days" if days < DAYS_A_YEAR else f"{days / DAYS_A_MONTH:.0f} months"
    return f"{days / DAYS_A_YEAR:.0f} years" if days >= 3 * DAYS_A_YEAR else f"{days / DAYS_A_YEAR:.1f} years"


def weight(tonnes: float) -> str:
    """Tonnes in a row of figures.

    >>> weight(40360), weight(11.6667)
    ('40,360 t', '11.7 t')
    """
    return f"{tonnes:,.0f} t" if tonnes >= 100 else f"{tonnes:.3g} t"


# --- one line ---


def _choices(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.fillna(dict.fromkeys(TEXTS, ""))


def _lines(choices: pd.DataFrame, release: str) -> pd.DataFrame:
    if release not in tables.releases("salient") or release not in tables.releases("prices") or choices.empty:
        return pd.DataFrame(columns=COLUMNS)
    years, printed, source = _printed(release)
    rows = pd.DataFrame(
        [_line(c, year, printed, source) for year in years for c in choices.to_dict("records")]
    )
    return _valued(_shared(rows))[COLUMNS]


@memory.remembered
def _printed(release: str) -> tuple[list[int], Mapping[tuple, list[dict]], str]:
    """Return the newest years of a release, its rows of trade and prices in them, and its source.

    The rows are by statistic, mineral and year.
    """
    trade, prices = tables.load("salient", release), tables.load("prices", release)
    years = sorted(int(y) for y in trade.year.dropna().unique())[-YEARS:]
    trade = trade[trade.year.isin(years)]
    trade = trade.assign(
        what=trade.detail.fillna(""),
        amount=trade.value.fillna(trade.high.where(trade.qualifier == "small") / 2),
    )
    prices = prices[prices.year.isin(years)]
    by_unit = prices.unit.str.contains("metric ton unit", na=False)
    told = prices.series.fillna("") + " | " + prices.basis.fillna("") + "|" + prices.unit
    prices = prices.assign(
        what=told, amount=prices.usd_per_kg.fillna(prices.value.where(by_unit) / UNIT_KG), statistic="price"
    )
    printed: dict[tuple, list[dict]] = {}
    for row in (*trade.to_dict("records"), *prices.to_dict("records")):
        printed.setdefault((row["statistic"], row["mineral"], row["year"]), []).append(row)
    return years, printed, trade.source_id.iloc[0] if len(trade) else ""


def _line(choice: dict, year: int, printed: Mapping[tuple, list[dict]], source: str) -> dict:
    """Return what the release prints of a line in a year; a number that it does not print is missing."""

    def series(statistic: str, pattern: str, mineral: str = choice["mineral"]) -> list[dict]:
        rows = printed.get((statistic, mineral, year), [])
        own = choice["commodity"] if mineral == choice["mineral"] else ""
        return [
            r
            for r in rows
            if re.search(pattern, r["what"], re.IGNORECASE) and (not own or r["commodity"] == own)
        ]

    def amount(statistic: str, pattern: str, mineral: str = choice["mineral"]) -> tuple[float, str]:
        rows = series(statistic, pattern, mineral)
        return sum(r["amount"] for r in rows) if rows else NONE, "; ".join(
            f"{mineral} {r['what']}" for r in rows
        )

    imports = (
        amount("imports", choice["imports"])[0] if choice["imports"] not in ("", FROM_RELIANCE) else NONE
    )
    exports, sold_as = (
        amount("exports", choice["exports"], choice["exports_of"] or choice["mineral"])
        if choice["exports"]
        else (0.0, "")
    )
    use, used_as = amount("consumption", choice["consumption"]) if choice["consumption"] else (NONE, "")
    reliance = (
        series("net_import_reliance", choice["reliance"]) or [{"value": NONE, "low": NONE, "high": NONE}]
    )[0]
    bound = reliance["low"] if pd.notna(reliance["low"]) else reliance["high"]
    stated = pd.notna(choice["stated_usd"])
    price = next((r for r in series("price", choice["price"]) if pd.notna(r["amount"]) and not stated), None)
    return {
        **{name: choice[name] for name in ("line", "mineral", "form", "why", "stated_usd", "stated_year")},
        "year": year,
        "imports": imports,
        "exports": exports,
        "use": use,
        "sold_as": sold_as,
        "used_as": used_as,
        "by_reliance": choice["imports"] == FROM_RELIANCE,
        "reliance": reliance["value"] / 100,
        "bound": bound / 100,
        "price": price["amount"] * choice["factor"] if price else NONE,
        "priced_as": ", ".join(part.strip() for part in price["what"].split("|") if part.strip())
        if price
        else "",
        "source_id": choice["source_id"] if stated else source,
    }


def _shared(rows: pd.DataFrame) -> pd.DataFrame:
    """Return exports and use that are printed for several lines together, split among them.

    They are split by the lines' imports.
    """
    for amount, told in (("exports", "sold_as"), ("use", "used_as")):
        together = rows[rows[told] != ""].groupby(["year", told])
        part = rows.imports / together.imports.transform("sum").reindex(rows.index)
        several = together.line.transform("size").reindex(rows.index).fillna(1) > 1
        rows = rows.assign(**{amount: rows[amount].where(~several, rows[amount] * part)})
    return rows


def _valued(rows: pd.DataFrame) -> pd.DataFrame:
    """Net imports and use by weight and value, and what keeps a line out."""
    stated = rows.stated_usd.where(rows.stated_year <= rows.year)
    net = (rows.imports - rows.exports).where(~rows.by_reliance, rows.reliance * rows.use)
    value = stated.fillna(1000 * net * rows.price)
    use, source = rows.use, pd.Series("consumption", rows.index)
    for other, name in (
        (net / rows.reliance, "reliance"),
        (net / rows.bound, "bound of reliance"),
        (net, "net imports"),
    ):
        source = source.where(use.notna(), name)
        use = use.fillna(other)
    use_value = (1000 * use * rows.price).where(rows.stated_usd.isna(), stated / rows.reliance.fillna(1))
    source = source.where(rows.stated_usd.isna() | rows.reliance.isna(), "reliance")
    missing = pd.Series("", rows.index)
    missing = missing.mask(rows.stated_usd.isna() & rows.price.isna(), NO_PRICE)
    missing = missing.mask(rows.stated_usd.isna() & net.isna(), NO_TRADE)
    missing = missing.mask(net <= 0, SOLD)
    missing = missing.mask(rows.stated_usd.notna() & stated.isna(), LATER)
    return rows.assign(
        net_imports=net, value=value, use=use, use_value=use_value, use_from=source, missing=missing
    )


def _net_exporters(release: str) -> set[str]:
    rows = tables.load("salient", release) if release in tables.releases("salient") else None
    if rows is None:
        return set()
    last = rows[(rows.statistic == "net_import_reliance") & (rows.year == rows.year.max())]
    return set(last[last.qualifier == "net_exporter"].mineral)
