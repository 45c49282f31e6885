"""Reference lists printed from the registry and the tables.

Every fact, source and assumption has an anchor.
"""

from urllib.parse import quote

import pandas as pd
from markupsafe import Markup

from chokepoint.analysis import events, facts, publishers
from chokepoint.data import tables
from chokepoint.pages.api import api_list
from chokepoint.pages.components.table import Row, Table
from chokepoint.pages.markup import dash, macros, page_link
from chokepoint.parameters import KINDS
from chokepoint.site.open_data import catalogue
from chokepoint.site.runs import interface

_IN_ADDRESSES = "%:/?#@!$&'()*+,;=~"  # what an address may hold as it is; brackets, for one, it may not
_template = macros("reference_lists")


def fact_list(release: str) -> Markup:
    """Every fact: value, sources, confidence, and how it was computed."""
    known = facts.evaluate(release)
    # By `iter`, because a GroupBy has an attribute `keys`, and dict would take it for a mapping.
    readings = dict(iter(tables.load("readings").query("published").groupby("conflict_group")))
    rows = [_fact_row(fact, readings.get(fact.conflict_group)) for _, fact in sorted(known.items())]
    heads = ["What", "Value", "As of", "Sources", "Confidence", "How it was come by"]
    labels = sorted({fact.confidence for fact in known.values()})
    return Table("cp-facts", heads, rows, "numbers", labels).html()


def _fact_row(fact: facts.Fact, readings: pd.DataFrame | None) -> Row:
    ordered = (
        []
        if readings is None
        else readings.fillna({"adopted": False})
        .sort_values("adopted", ascending=False, kind="stable")
        .to_dict("records")
    )
    cells = [
        _template.fact_name(fact),
        _template.fact_value(fact),
        fact.as_of,
        _template.sources(fact.sources),
        fact.confidence,
        _template.fact_grounds(fact, ordered),
    ]
    return Row(cells, f"fact-{fact.fact_id}")


def source_list(release: str) -> Markup:
    """Every source: who published it, when, what it is, where it stands, and how we read it."""
    rows = [
        Row(
            [
                _template.code(s["source_id"]),
                _template.document(s, _address(str(s["url"]))),
                str(s["date"])[:10],
                s["kind"],
                s["viewpoint"],
                _template.reliability(
                    s["reliability"], s["read_through"].split(";") if s["read_through"] else []
                ),
            ],
            f"source-{s['source_id']}",
        )
        for s in tables.load("sources").fillna("").sort_values("source_id").to_dict("records")
    ]
    heads = ["Id", "Source", "Date", "Kind", "Viewpoint", "How it was read"]
    return Table("cp-sources", heads, rows, "sources").html()


def _address(url: str) -> str:
    """Where a document stands on the web; empty where it does not."""
    return quote(url.split()[0], safe=_IN_ADDRESSES) if url.startswith(("https://", "http://")) else ""


def assumption_list(release: str) -> Markup:
    """Every parameter of every model: default, range, unit, and what it rests on."""
    parts, heads = [], ["What", "Symbol", "Default", "Range", "Unit", "Source", "Basis", "Note"]
    for model, group in tables.load("assumptions").groupby("model"):
        rows = [
            Row(
                [
                    a["label"],
                    _template.code(a["symbol"]),
                    f"{a['value']:g}",
                    f"{a['low']:g} to {a['high']:g}",
                    a["unit"],
                    _template.sources([a["source_id"]]) if pd.notna(a["source_id"]) else "",
                    a["basis"],
                    a["note"],
                ],
                f"assumption-{a['assumption_id']}",
            )
            for a in group.to_dict("records")
        ]
        name = model.replace("_", " ")
        parts += [
            _template.model_head(model, name.capitalize()),
            Table("cp-assumptions", heads, rows, f"assumptions: {name}"),
        ]
    return Markup("").join(parts)


def dictionary(release: str) -> Markup:
    """Every table: what it holds, where it comes from, and what each column means.

    Tables of yearly releases are there once.
    """
    described, parts, resources = set(), [], tables.package()["resources"]
    for declared in resources:
        name = (
            declared["path"].split("/")[-1].removesuffix(".csv")
            if declared["path"].startswith("minerals/")
            else declared["name"]
        )
        if name in described:
            continue
        described.add(name)
        rows = [
            Row(
                [
                    _template.code(f["name"]),
                    f.get("description") or f.get("title"),
                    f["type"],
                    f.get("unit"),
                    _rule(f.get("constraints", {})),
                ],
                f"column-{name}-{f['name']}",
            )
            for f in declared["schema"]["fields"]
        ]
        releases = [r["name"].removesuffix(f"-{name}") for r in resources if r["name"].endswith(f"-{name}")]
        licences = ", ".join(licence["name"] for licence in declared.get("licenses", [])) or "CC-BY-4.0"
        parts += [
            _template.table_head(
                name,
                declared.get("title", name),
                declared.get("description"),
                declared["path"],
                ", ".join(releases) if len(releases) > 1 else "",
                licences,
            ),
            Table(
                "cp-dictionary",
                ["Column", "Meaning", "Type", "Unit", "Allowed"],
                rows,
                f"columns: {name}",
                search=False,
            ),
        ]
    return Markup("").join(parts)


def _rule(limits: dict) -> str:
    """Write what a column's values are held to.

    >>> _rule({"minimum": 0, "maximum": 100}), _rule({"minimum": 0}), _rule({"maximum": 5, "required": True})
    ('0 to 100', 'from 0', 'required; to 5')
    """
    low, high = limits.get("minimum"), limits.get("maximum")
    span = (
        f"{low} to {high}"
        if low is not None and high is not None
        else f"from {low}"
        if low is not None
        else f"to {high}"
        if high is not None
        else ""
    )
    return "; ".join(
        filter(
            None,
            ["required" if limits.get("required") else "", span, ", ".join(map(str, limits.get("enum", [])))],
        )
    )


def question_list(release: str) -> Markup:
    """List what is not known, and what is known since.

    Below, the rows of the evidence that rest on no source we have opened.
    """
    rows = []
    for q in (
        tables.load("open_questions")
        .sort_values("status", key=lambda s: s.map(list(_STATUS).index), kind="stable")
        .to_dict("records")
    ):
        status, answer, source = _answer(q)
        cells = [q["question"], _STATUS[status], q["why"], _template.looked_for(q)]
        rows.append(Row([*cells, _template.answer(answer, source)], q["question_id"]))
    heads = ["What was asked", "State", "Why it matters", "What was looked for", "What is known"]
    return Table("cp-questions", heads, rows, "open questions", _STATUS.values()).html()


_STATUS = {"open": "open", "partly": "in part", "answered": "answered"}


def _answer(question: dict) -> tuple[str, str, str]:
    """Status, answer and its source.

    They are of the event that settles the term a question asks about, where there is one, else its own.
    """
    settled = events.settled(question["term"]) if pd.notna(question["term"]) else None
    if settled is not None:
        return "answered", settled.how, settled.how_source
    return (
        question["status"],
        "" if pd.isna(question["answer"]) else question["answer"],
        question["answer_source_id"],
    )


def parameter_list(release: str) -> Markup:
    """List the parameters of every notebook: what each means, its type, its default and what it may be."""
    rows = [
        Row(
            [
                _TEMPLATES.get(path.stem) or page_link(path.stem, path.stem),
                _template.code(p.name),
                p.meaning[:1].upper() + p.meaning[1:],
                KINDS[p.type],
                "none" if p.default is None else _template.code(p.default),
                p.allowed,
            ],
            f"parameter-{path.stem}-{p.name}",
        )
        for path in sorted((tables.home() / "book").glob("*.ipynb"))
        for p in interface(path).values()
    ]
    heads = ["Notebook", "Parameter", "What it means", "Type", "Default", "Allowed"]
    return Table("cp-parameters", heads, rows, "parameters").html()


_TEMPLATES = {"mineral": "mineral: every page of a mineral", "country": "country: every page of a country"}


def rule_list(release: str) -> Markup:
    """List every rule on which publisher's series is used, for which years, and why.

    Of BGS each series stands there, with the gap to USGS where both print a year; of the others the names
    that must be read with care.
    """
    names = tables.load("minerals").set_index("mineral").name.str.partition(" (")[0]
    rows = [
        Row(
            [
                "BGS",
                page_link(f"minerals/{r.mineral}", names[r.mineral]),
                r.product,
                _span(r.first_year, r.last_year),
                "joined" if r.joined else "apart",
                f"{r.largest:.1f} points" if r.years else dash("no year in common"),
                r.reason,
            ],
            f"rule-{r.mineral}-{r.stage}-{i}",
        )
        for i, r in enumerate(publishers.joins(release=release).itertuples())
    ]
    whose = {"usgs-history": "USGS, historical statistics", "baci": "CEPII BACI"}
    others = tables.load("crosswalk").query("publisher in @whose and note.notna()")
    rows += [
        Row(
            [
                whose[r.publisher],
                page_link(f"minerals/{r.mineral}", names[r.mineral]),
                r.product,
                _span(r.first_year, r.last_year),
                dash("joins nothing"),
                dash("not compared"),
                r.note,
            ],
            f"rule-{r.publisher}-{r.mineral}",
        )
        for r in others.itertuples()
    ]
    heads = ["Publisher", "Mineral", "Counts", "Years used", "With newer figures", "Largest gap", "Why"]
    return Table("cp-rules", heads, rows, "rules", ["BGS", *whose.values(), "joined", "apart"]).html()


def file_list(linked: bool) -> Markup:
    """List what the site offers beside its pages. linked: whether it goes with this site."""
    return _template.files(catalogue.FILES, linked)


def _span(first: float, last: float) -> str:
    """Say which years of a series are used.

    >>> _span(1996, float("nan")), _span(float("nan"), float("nan"))
    ('from 1996', 'all')
    """
    words = [f"{word} {year:.0f}" for word, year in (("from", first), ("to", last)) if pd.notna(year)]
    return " ".join(words) or "all"


LISTS = {
    "fact-list": fact_list,
    "source-list": source_list,
    "assumption-list": assumption_list,
    "data-dictionary": dictionary,
    "question-list": question_list,
    "parameter-list": parameter_list,
    "api-list": api_list,
    "rule-list": rule_list,
}
