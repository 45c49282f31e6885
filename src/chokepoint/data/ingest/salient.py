"""United States salient statistics and prices: which statistic a label names, of what, in which unit."""

import re

import pandas as pd

from chokepoint.data.ingest import values
from chokepoint.data.ingest.reference import Reference
from chokepoint.data.ingest.tidy import KEYS, Reading, Row, Tables, footnote

# what a label begins with -> statistic; tried in order
STATISTICS = [
    (r"price|prod price|\d+[- ]?\??grams? |.*standard solution", "price"),
    (r"nir\b|net import reliance|the united states was", "net_import_reliance"),
    (r"imports?\b", "imports"),
    (r"exports?\b", "exports"),
    (r"consum|apparent\b|domestic consumption", "consumption"),
    (r"stocks?\b", "stocks"),
    (r"employment|people employed", "employment"),
    (r"shipments?\b", "shipments"),
    (r"sold ?used|sold or used|sold and used", "sold_or_used"),
    (r"sales|sold|grade-a-sales|wallboard|products", "sales"),
    (r"supply", "supply"),
    (r"us ?prod|prod\b|production|mine\b|refinery|extracted|withdrawn|recycled", "production"),
    (r"pig iron|raw steel|copper recovered|continuous|furnace", "production"),
]
# the words a label spends on saying the statistic, not the series
SPENT = (
    r"(us ?prod(uction)?|production|prod|imports( for consumption)?|exports|consumption|consumtion|consump|"
    r"stocks?|employment|shipments|sales|supply|price|prices)\b[,: ]*"
)
PAID_FOR = "pound|kilogram|metric ton unit|metric ton|short ton|ton|troy ounce|carat"
POUND_KG, TROY_OUNCE_KG, SHORT_TON_KG = 0.45359237, 0.0311034768, 907.18474

# what a price is paid for -> canonical unit and how many kilograms that is (None: cannot be turned into a
# mass)
PRICES = {
    "metric ton": ("US$/t", 1000.0),
    "ton": ("US$/t", 1000.0),
    "dt": ("US$/t", 1000.0),
    "kilogram": ("US$/kg", 1.0),
    "dkg": ("US$/kg", 1.0),
    "gram": ("US$/g", 0.001),
    "dg": ("US$/g", 0.001),
    "pound": ("US$/lb", POUND_KG),
    "dlb": ("US$/lb", POUND_KG),
    "cents per pound": ("US¢/lb", POUND_KG),
    "ctslb": ("US¢/lb", POUND_KG),
    "troy ounce": ("US$/troy oz", TROY_OUNCE_KG),
    "dtoz": ("US$/troy oz", TROY_OUNCE_KG),
    "dto": ("US$/troy oz", TROY_OUNCE_KG),
    "short ton": ("US$/short ton", SHORT_TON_KG),
    "dst": ("US$/short ton", SHORT_TON_KG),
    "dry metric ton unit": ("US$/dry metric ton unit", None),
    "metric ton unit": ("US$/metric ton unit", None),
    "carat": ("US$/carat", None),
    "dct": ("US$/carat", None),
    "df": ("US$/flask", None),
    "index": ("index", None),
    "mdol": ("US$ million", None),
}
QUANTITIES = {"mdol": ("US$ million", 1.0), "msqft": ("million square feet", 1.0)}


# pattern of what a label of net import reliance says → its series; tried in order
RELIANCE = [
    (r"^(all|all forms.*|consump|manganese content|based on value|mine|metal content)?$", ""),
    (r"compounds.*metals", "compounds and metals"),
    (r"ores|concentrate|zr ore", "ores and concentrates"),
    (r"^refined|^metal$", "refined"),
    (r"fesi2?[ -]si|total|metal and ferrosilicon", "total"),
    (r"fesi|ferrosilicon", "ferrosilicon"),
    (r"^si$|silicon metal", "silicon metal"),
]
# words that only name the commodity's one form
ITSELF = ("sponge", "dioxide", "hf", "bort", "stones", "alumina", "bauxite", "granite only")


def statistic(words: str) -> str:
    """Return which statistic a label names, or "" where none.

    >>> (statistic("USprod Refinery-primary"), statistic("NIR Refined"),
    ...     statistic("Net import relianceas a percentage"))
    ('production', 'net_import_reliance', 'net_import_reliance')
    """
    return next((name for pattern, name in STATISTICS if re.match(pattern, words.strip(), re.I)), "")


def series(words: str) -> str:
    """Return what a label says beyond its statistic.

    >>> series("Imports for consumption: Ore and concentrates"), series("Consump Apparent"), series("Exports")
    ('ore and concentrates', 'apparent', '')
    """
    said = re.sub(SPENT, "", words.strip(), count=1, flags=re.I).strip(" ,:")
    said = re.sub(r",? ?\bnumber$", "", said)
    for short, whole in (("Apprnt", "apparent"), ("Rprtd", "reported"), (r"Est\b", "estimated")):
        said = re.sub(rf"\b{short}", whole, said)
    plain = said[1:] == said[1:].lower() and not re.search(r"\d", said)
    return said.lower() if plain else said


def _own(said: str, commodity: str) -> str:
    """No series where the words only repeat the commodity."""
    return "" if said.casefold() in commodity.casefold() else said


def reliance_series(words: str, commodity: str) -> str:
    """Return the series of a net import reliance, one name for it in all releases.

    >>> words = "Net import reliance as a percentage of apparent consumption: Compounds and metals"
    >>> reliance_series(words, "Rare earths")
    'compounds and metals'
    >>> reliance_series("NIR Compounds-Metals", "Rare earths"), reliance_series("NIR", "Cobalt")
    ('compounds and metals', '')
    """
    said = re.sub(r"^.*?consumption|^nir( nir)?|^the united states was.*", "", words.strip(), flags=re.I)
    said = said.strip(" ,:()").lower().replace("-", " ")
    own = said in re.sub(r"\W+", " ", commodity.lower()) or said in ITSELF
    return next((name for pattern, name in RELIANCE if re.search(pattern, said)), "" if own else said)


def price_unit(printed: str) -> tuple[str, float | None]:
    """Return the canonical unit of a price and the kilograms it is paid for.

    >>> price_unit("dollars per metric ton"), price_unit("dollars per 50 grams")[0], price_unit("ctslb")[0]
    (('US$/t', 1000.0), 'US$/50 g', 'US¢/lb')
    """
    text = " ".join(printed.lower().split())
    paid_for = text.removeprefix("dollars per ")
    pack = re.fullmatch(r"(\d+)[ -]?(grams|mil+iliters)", paid_for)
    if not pack:
        return PRICES.get(text) or PRICES.get(paid_for) or ("not stated", None)
    return (f"US$/{pack[1]} g", int(pack[1]) / 1000) if pack[2] == "grams" else (f"US$/{pack[1]} ml", None)


def row(label: Reading, ref: Reference, source_id: str) -> tuple[str, Row | str]:
    """Return table and row (or reason for none) of a label: prices go to a table of their own."""
    words = re.sub(r"(?<=\d)\?(?=\w)", "-", " ".join(label.text.split()))
    named = label.statistic or statistic(words)
    if not named and re.fullmatch(r"d\w+|ctslb", label.unit) and label.unit in PRICES:
        named = "price"  # a header that lost its name still has the unit of a price
    table = "prices" if named == "price" else "salient"
    if not named:
        return table, f'header "{label.text}" names no statistic'
    rule = ref.commodity(label.names, f"{named}: {words}")
    if rule is None:
        return table, f'commodity "{label.names[0]}" is not in data/commodities.csv: add a row there'
    # A cell left blank may have its figure in the notes.
    bare = not label.printed and label.notes
    cell = values.parse(label.notes.split(" ")[0].strip(".,") if bare else label.printed)
    if fault := values.fault(label.printed, cell):
        return table, fault
    common = {
        "mineral": rule["mineral"],
        "commodity": rule["commodity"],
        "year": label.year,
        "printed": label.printed,
        "printed_unit": " ".join(label.unit.split()),
        "qualifier": cell.qualifier,
        "estimated": label.estimated or cell.estimated,
        "footnote": footnote(label.notes),
        "correction_id": "",
        "superseded": None,
        "source_id": source_id,
    }
    if named == "price":
        return table, {**common, **_price(words, label.unit, cell)}
    unit = _unit(named, label.unit)
    if unit is None:
        return table, f'unit "{label.unit}" is not known'
    detail = (
        reliance_series(words, rule["commodity"])
        if named == "net_import_reliance"
        else _own(series(words), rule["commodity"])
    )
    if named == "net_import_reliance" and (cell.value or 0) > 100:
        return table, "a net import reliance above 100 percent: header and figures of the file do not agree"
    numbers = values.numbers(cell, unit[1])
    return table, {**common, "statistic": named, "detail": detail, "unit": unit[0], **numbers}


def add(tables: Tables, label: Reading) -> None:
    """Add a label to the salient statistics or the prices.

    A label that comes twice is told apart by its place.
    """
    table, made = row(label, tables.ref, tables.source_id)
    if isinstance(made, dict):
        column = "series" if table == "prices" else "detail"
        first = tables.rows.get(table, {}).get(tuple(made[k] for k in KEYS[table]))
        if first and first[0]["printed"] != made["printed"]:
            made[column] = f"{made[column]} (second series)".strip()
    tables.add(table, made, label.where)


def _unit(named: str, printed: str) -> tuple[str, float] | None:
    if named == "net_import_reliance":
        return "percent", 1.0
    if named == "employment":
        return "count", 1.0
    return QUANTITIES.get(printed) or values.unit(printed)


def _price(words: str, unit: str, cell: values.Value) -> Row:
    """Return series, basis, unit and value of a price; the price per kilogram is filled in last."""
    said = re.sub(rf",? ?(dollars|cents) per [a-z ]*?({PAID_FOR})s?", "", words, flags=re.I)
    head, tail = "", said
    if re.match("price", said, re.I):
        head, _, tail = re.sub(SPENT, "", said, count=1, flags=re.I).partition(":")
    if not tail and not words.lower().startswith("price,"):
        head, tail = "", head
    return {
        "series": re.sub(
            r"\s+(?=,)", "", tail.strip(" ,:")
        ),  # a blank before a comma is a slip of the release
        "basis": head.strip(" ,:"),
        "unit": price_unit(unit)[0],
        "value": cell.value,
        "low": cell.low,
        "high": cell.high,
        "usd_per_kg": None,
    }


def per_kilogram(prices: pd.DataFrame) -> None:
    """Fill the price per kilogram, in place, where the unit is one of mass.

    The weight is of what the series names.
    """
    mass = {name: kilograms for name, kilograms in PRICES.values() if kilograms}
    for index, unit, value in prices[["unit", "value"]].itertuples(name=None):
        pack = re.fullmatch(r"US\$/(\d+) g", unit)
        kilograms = int(pack[1]) / 1000 if pack else mass.get(unit)
        if kilograms and pd.notna(value):
            dollars = float(value) * (0.01 if unit.startswith("US¢") else 1)
            prices.at[index, "usd_per_kg"] = float(f"{dollars / kilograms:.6g}")
