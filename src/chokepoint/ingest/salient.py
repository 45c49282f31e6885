"""United States salient statistics and prices: which statistic a label names, of what, in which unit."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pandas as pd

from chokepoint.ingest import values
from chokepoint.ingest.reference import Reference
from chokepoint.ingest.tidy import KEYS, Tables, exact, footnote

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
    r"(us ?prod(uction)?|production|prod|imports( for consumption)?|exports|consumption|consumtion|consump|stocks?|employment|"
    r"shipments|sales|supply|price|prices)\b[,: ]*"
)
PAID_FOR = "pound|kilogram|metric ton unit|metric ton|short ton|ton|troy ounce|carat"
POUND_KG, TROY_OUNCE_KG, SHORT_TON_KG = 0.45359237, 0.0311034768, 907.18474

# what a price is paid for -> canonical unit and how many kilograms that is (None: cannot be turned into a mass)
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


@dataclass(frozen=True)
class Label:
    """One printed value of the salient statistics and the words around it."""

    names: tuple[str, ...]
    words: str  # the label, statistic and series
    year: int
    printed: str
    unit: str
    notes: str = ""
    estimated: bool = False
    statistic: str = ""  # where the file says it in a column of its own
    where: str = ""


def statistic(words: str) -> str:
    """Which statistic a label names, or "" where none.

    >>> statistic("USprod Refinery-primary"), statistic("NIR Refined"), statistic("Net import relianceas a percentage")
    ('production', 'net_import_reliance', 'net_import_reliance')
    """
    for pattern, name in STATISTICS:
        if re.match(pattern, words.strip(), re.I):
            return name
    return ""


def series(words: str) -> str:
    """What a label says beyond its statistic.

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
    """The series of a net import reliance, one name for it in all releases.

    >>> reliance_series("Net import reliance as a percentage of apparent consumption: Compounds and metals", "Rare earths")
    'compounds and metals'
    >>> reliance_series("NIR Compounds-Metals", "Rare earths"), reliance_series("NIR", "Cobalt")
    ('compounds and metals', '')
    """
    said = re.sub(r"^.*?consumption|^nir( nir)?|^the united states was.*", "", words.strip(), flags=re.I)
    said = said.strip(" ,:()").lower().replace("-", " ")
    for pattern, name in (
        (r"^(all|all forms.*|consump|manganese content|based on value|mine|metal content)?$", ""),
        (r"compounds.*metals", "compounds and metals"),
        (r"ores|concentrate|zr ore", "ores and concentrates"),
        (r"^refined|^metal$", "refined"),
        (r"fesi2?[ -]si|total|metal and ferrosilicon", "total"),
        (r"fesi|ferrosilicon", "ferrosilicon"),
        (r"^si$|silicon metal", "silicon metal"),
    ):
        if re.search(pattern, said):
            return name
    own = re.sub(r"\W+", " ", commodity.lower())
    return "" if said in own or said in ("sponge", "dioxide", "hf", "bort", "stones", "alumina", "bauxite", "granite only") else said


def price_unit(printed: str) -> tuple[str, float | None]:
    """Canonical unit of a price and the kilograms it is paid for.

    >>> price_unit("dollars per metric ton"), price_unit("dollars per 50 grams")[0], price_unit("ctslb")[0]
    (('US$/t', 1000.0), 'US$/50 g', 'US¢/lb')
    """
    text = " ".join(printed.lower().split())
    if text in PRICES:
        return PRICES[text]
    paid_for = text.removeprefix("dollars per ")
    if paid_for in PRICES:
        return PRICES[paid_for]
    if pack := re.fullmatch(r"(\d+)[ -]?(grams|mil+iliters)", paid_for):
        return (f"US$/{pack[1]} g", int(pack[1]) / 1000) if pack[2] == "grams" else (f"US$/{pack[1]} ml", None)
    return "not stated", None


def row(label: Label, ref: Reference, source_id: str) -> tuple[str, dict[str, object] | str]:
    """Table and row (or reason for none) of a label: prices go to a table of their own."""
    words = re.sub(r"(?<=\d)\?(?=\w)", "-", " ".join(label.words.split()))
    named = label.statistic or statistic(words)
    if not named and re.fullmatch(r"d\w+|ctslb", label.unit) and label.unit in PRICES:
        named = "price"  # a header that lost its name still has the unit of a price
    table = "prices" if named == "price" else "salient"
    if not named:
        return table, f'header "{label.words}" names no statistic'
    rule = ref.commodity(label.names, f"{named}: {words}")
    if rule is None:
        return table, f'commodity "{label.names[0]}" is not in data/commodities.csv: add a row there'
    taken = _taken(label)
    if taken.qualifier == "blank":
        return table, "nothing printed in the cell"
    if taken.qualifier == "word" and (why := values.spoilt(label.printed)):
        return table, why
    common = {
        "mineral": rule["mineral"],
        "commodity": rule["commodity"],
        "year": label.year,
        "printed": label.printed,
        "printed_unit": " ".join(label.unit.split()),
        "qualifier": taken.qualifier,
        "estimated": label.estimated or taken.estimated,
        "footnote": footnote(label.notes),
        "correction_id": "",
        "superseded": None,
        "source_id": source_id,
    }
    if named == "price":
        return table, {**common, **_price(words, label.unit, taken)}
    unit = _unit(named, label.unit)
    if unit is None:
        return table, f'unit "{label.unit}" is not known'
    detail = reliance_series(words, rule["commodity"]) if named == "net_import_reliance" else _own(series(words), rule["commodity"])
    if named == "net_import_reliance" and (taken.value or 0) > 100:
        return table, "a net import reliance above 100 percent: header and figures of the file do not agree"
    numbers = {c: None if v is None else exact(v * unit[1]) for c, v in zip(("value", "low", "high"), taken[:3], strict=True)}
    return table, {**common, "statistic": named, "detail": detail, "unit": unit[0], **numbers}


def add(tables: Tables, label: Label) -> None:
    """Add a label to the salient statistics or the prices; a label that comes twice is told apart by its place."""
    table, made = row(label, tables.ref, tables.source_id)
    if isinstance(made, dict):
        column = "series" if table == "prices" else "detail"
        first = tables.rows.get(table, {}).get(tuple(made[k] for k in KEYS[table]))
        if first and first[0]["printed"] != made["printed"]:
            made[column] = f"{made[column]} (second series)".strip()
    tables.add(table, made, label.where)


def _taken(label: Label) -> values.Value:
    if label.printed or not label.notes:
        return values.parse(label.printed)
    return values.parse(label.notes.split(" ")[0].strip(".,"))


def _unit(named: str, printed: str) -> tuple[str, float] | None:
    if named == "net_import_reliance":
        return "percent", 1.0
    if named == "employment":
        return "count", 1.0
    return QUANTITIES.get(printed) or values.unit(printed)


def _price(words: str, unit: str, taken: values.Value) -> dict[str, object]:
    """Series, basis, unit and the price per kilogram where the unit is one of mass."""
    said = re.sub(rf",? ?(dollars|cents) per [a-z ]*?({PAID_FOR})s?", "", words, flags=re.I)
    head, tail = "", said
    if re.match("price", said, re.I):
        head, _, tail = re.sub(SPENT, "", said, count=1, flags=re.I).partition(":")
    if not tail and not words.lower().startswith("price,"):
        head, tail = "", head
    return {
        "series": re.sub(r"\s+(?=,)", "", tail.strip(" ,:")),  # a blank before a comma is a slip of the release
        "basis": head.strip(" ,:"),
        "unit": price_unit(unit)[0],
        "value": taken.value,
        "low": taken.low,
        "high": taken.high,
        "usd_per_kg": None,
    }


def per_kilogram(prices: pd.DataFrame) -> None:
    """Fill the price per kilogram, in place, where the unit is one of mass; the weight is of what the series names."""
    mass = {name: kilograms for name, kilograms in PRICES.values() if kilograms}
    for index in prices.index:
        name, value = prices.at[index, "unit"], prices.at[index, "value"]
        pack = re.fullmatch(r"US\$/(\d+) g", name)
        kilograms = int(pack[1]) / 1000 if pack else mass.get(name)
        if kilograms and pd.notna(value):
            prices.at[index, "usd_per_kg"] = float(f"{float(value) * (0.01 if name.startswith('US¢') else 1) / kilograms:.6g}")
