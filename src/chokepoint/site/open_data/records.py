"""Facts, minerals, countries, events, sources, forecasts and the scenario's inputs, each as a document."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from chokepoint.analysis import countries, events, own_forecasts
from chokepoint.analysis.facts import Fact
from chokepoint.analysis.facts.supply import prefix
from chokepoint.data import tables
from chokepoint.site.open_data.charts import Chart, Shown
from chokepoint.site.open_data.documents import FOLDER, Document, ids, plain, records

# What the page of the scenario model gives of a mineral and of each of its countries, in its order.
_WORLD = (
    "price_usd_per_kg",
    "growth_a_year",
    "ore_share",
    "input_share",
    "stock_months",
    "traded_as_ore",
    "ore_is_no_limit",
    "iea_counts_projects",
)
_OF_COUNTRY = (
    "use_t",
    "refined_t",
    "refining_capacity_t",
    "ore_t",
    "refining_coming_t",
    "ore_coming_t",
    "can_cut",
)
_FLAGS = {"traded_as_ore", "ore_is_no_limit", "iea_counts_projects", "can_cut"}


@dataclass(frozen=True)
class Book:
    """What documents are made from.

    facts: by id. pages_by_fact: the pages that state each. shown: what the notebooks show. pages: those of
    the site. moved: addresses given up, each with the place that it leads to.
    """

    facts: Mapping[str, Fact]
    pages_by_fact: Mapping[str, list[str]]
    shown: Shown
    pages: Collection[str]
    moved: Mapping[str, str]

    def address(self, page: str, anchor: str = "") -> str | None:
        """Return where something stands on the site; None where that page is not there."""
        place = page if page in self.pages else self.moved.get(page, "")
        found, _, within = place.partition("#")
        anchor = anchor or within
        return f"{found}.html{f'#{anchor}' if anchor else ''}" if found else None


def documents(book: Book) -> list[Document]:
    """Return the documents of everything that is no chart."""
    given = [_facts(book), _charts(book), _events(book), _sources(book), _forecasts(book)]
    return [*given, *_minerals(book), *_countries(book), _scenario(book.shown.scenario or {})]


def _facts(book: Book) -> Document:
    entries = {fact_id: _fact(fact, book) for fact_id, fact in sorted(book.facts.items())}
    return Document(f"{FOLDER}/facts.json", "facts", "Facts", {"facts": entries})


def _fact(fact: Fact, book: Book) -> dict[str, Any]:
    """Return a fact without the columns that it leaves empty."""
    stated = {
        "label": fact.label,
        "value": fact.text if (value := plain(fact.value)) is None else value,
        "unit": fact.unit,
        "text": fact.text,
        "prose": fact.prose,
        "as_of": fact.as_of,
        "sources": list(fact.sources),
        "confidence": fact.confidence,
        "computation": fact.computation,
        "rows": list(fact.rows),
        "note": fact.note,
        "conflict_group": fact.conflict_group,
        "superseded": [{"text": text, "sources": list(sources)} for text, sources in fact.superseded],
        "page": book.address("evidence", f"fact-{fact.fact_id}"),
        "stated_on": [f"{page}.html" for page in book.pages_by_fact.get(fact.fact_id, ())],
    }
    always = {"label", "value", "unit", "text", "sources", "confidence", "page"}
    return {name: value for name, value in stated.items() if name in always or value}


def _charts(book: Book) -> Document:
    entries = [chart.entry() for chart in book.shown.charts]
    return Document(f"{FOLDER}/charts.json", "charts", "Charts", {"charts": entries})


def _minerals(book: Book) -> list[Document]:
    rows, also = tables.load("minerals").sort_values("mineral"), defaultdict(list)
    for row in tables.rows("names", kind="mineral").to_dict("records"):
        also[row["key"]].append({"name": row["name"], "language": plain(row["language"])})
    own = _by_prefix(book, rows.mineral)
    listed, single = [], []
    for row in rows.to_dict("records"):
        mineral = row["mineral"]
        if not (page := book.address(f"minerals/{mineral}")):
            continue
        entry = {
            "id": mineral,
            "name": row["name"],
            "symbol": plain(row["symbol"]),
            "group": plain(row["group"]),
            "on_us_list": bool(row["listed_2025"]),
            "page": page,
            "address": f"{FOLDER}/minerals/{mineral}.json",
        }
        content = entry | {
            "names": also[mineral],
            "in_brief": book.shown.briefs.get(page.partition(".html")[0], []),
            "facts": own[mineral],
            "charts": [chart.entry() for chart in book.shown.charts if _is_of(chart, mineral, page)],
        }
        listed.append(entry)
        single.append(_single(content, "mineral"))
    content = {"minerals": listed}
    return [Document(f"{FOLDER}/minerals.json", "minerals", "Minerals", content), *single]


def _is_of(chart: Chart, mineral: str, page: str) -> bool:
    """Whether a chart is of a mineral; on the page of its group, whose charts of it begin with its name."""
    own = page == f"minerals/{mineral}.html"
    return f"{chart.page}.html" == page.partition("#")[0] and (
        own or chart.place.startswith(f"{mineral}-chart-")
    )


def _countries(book: Book) -> list[Document]:
    named = countries.names()
    own = _by_prefix(book, map(prefix, named))
    drawn = _by_page(book.shown.charts)
    listed, single = [], []
    for iso3, name in sorted(named.items()):
        slug = countries.slug(iso3)
        if not (page := book.address(f"countries/{slug}")):
            continue
        entry = {
            "id": slug,
            "name": name,
            "iso3": iso3,
            "came_4_february": countries.came(iso3),
            "standing": countries.STATUS[countries.status(iso3)],
            "page": page,
            "address": f"{FOLDER}/countries/{slug}.json",
        }
        content = entry | {
            "in_brief": book.shown.briefs.get(f"countries/{slug}", []),
            "facts": own[prefix(iso3)],
            "charts": drawn[f"countries/{slug}"],
        }
        listed.append(entry)
        single.append(_single(content, "country"))
    content = {"countries": listed}
    return [Document(f"{FOLDER}/countries.json", "countries", "Countries", content), *single]


def _single(content: dict[str, Any], schema: str) -> Document:
    rest = {name: value for name, value in content.items() if name not in ("name", "address")}
    return Document(content["address"], schema, content["name"], rest)


def _by_prefix(book: Book, wanted: Iterable[str]) -> dict[str, dict[str, dict]]:
    """Return facts by the first part of their id, `cobalt` of `cobalt.china_mined`."""
    found: dict[str, dict[str, dict]] = {name: {} for name in wanted}
    for fact_id, fact in sorted(book.facts.items()):
        if (of := found.get(fact_id.partition(".")[0])) is not None:
            of[fact_id] = _fact(fact, book)
    return found


def _by_page(charts: Iterable[Chart]) -> dict[str, list[dict[str, str]]]:
    found = defaultdict(list)
    for chart in charts:
        found[chart.page].append(chart.entry())
    return found


def _events(book: Book) -> Document:
    rows = tables.load("timeline").query("published").sort_values(["date_start", "event_id"])
    shown = set(events.events().event_id)
    entries = []
    for row in rows.to_dict("records"):
        event = {
            "id": row["event_id"],
            "date": plain(row["date"]),
            "date_start": plain(row["date_start"]),
            "date_precision": row["date_precision"],
            "happened": row["happened"],
            "category": row["category"],
            "actor": plain(row["actor"]),
            "countries": ids(row["iso3s"]),
            "text": row["description"],
            "settles": plain(row["settles"]),
            "outcome": plain(row["outcome"]),
            "sources": ids(row["source_id"], row["source_ids"]),
            "confidence": row["confidence"],
            "page": book.address("08-since-february", row["event_id"]) if row["event_id"] in shown else None,
        }
        entries.append({name: value for name, value in event.items() if value is not None})
    return Document(f"{FOLDER}/events.json", "events", "Events", {"events": entries})


def _sources(book: Book) -> Document:
    rows = tables.load("sources").sort_values("source_id")
    entries = [
        {"id": row.pop("source_id"), **row, "page": book.address("sources", f"source-{source_id}")}
        for source_id, row in zip(rows.source_id, records(rows), strict=True)
    ]
    return Document(f"{FOLDER}/sources.json", "sources", "Sources", {"sources": entries})


def _forecasts(book: Book) -> Document:
    wanted = [
        "name",
        "statement",
        "test",
        "rests_on",
        "probability",
        "made_on",
        "evidence_to",
        "due",
        "state",
        "rule",
    ]
    wanted += ["column", "holds", "settles_from", "outcome", "settled_on", "source_id", "note"]
    rows = own_forecasts.forecasts()
    entries = [
        {"id": forecast_id, **row, "page": book.address("10-does-it-work")}
        for forecast_id, row in zip(rows.forecast_id, records(rows[wanted]), strict=True)
    ]
    return Document(f"{FOLDER}/forecasts.json", "forecasts", "Forecasts", {"forecasts": entries})


def _scenario(given: Mapping[str, Any]) -> Document:
    """Return what the scenario model is given on its page, with names; no minerals without that page."""
    minerals = []
    for sent in given.get("minerals", {}).values():
        mineral = dict(sent)
        world, codes, figures = (mineral.pop(name) for name in ("world", "codes", "figures"))
        size = len(_OF_COUNTRY)
        of = [
            {"iso3": code or None} | _named(_OF_COUNTRY, figures[size * i : size * (i + 1)])
            for i, code in enumerate(codes)
        ]
        most = mineral.pop("prices")
        minerals.append(
            mineral | _named(_WORLD, world) | {"highest_price_shown_usd_per_kg": most, "countries": of}
        )
    content = {
        "minerals": minerals,
        "behaviour": records(tables.load("scenario_behaviour")),
        "controls": given.get("policy", []),
        "stories": [{"id": name, **story} for name, story in given.get("stories", {}).items()],
        "clubs": [{"id": name, **club} for name, club in given.get("presets", {}).items()],
    }
    return Document(f"{FOLDER}/scenario.json", "scenario", "Inputs of the scenario model", content)


def _named(names: Iterable[str], figures: Iterable[float]) -> dict[str, float | bool]:
    return {
        name: bool(figure) if name in _FLAGS else figure for name, figure in zip(names, figures, strict=True)
    }
