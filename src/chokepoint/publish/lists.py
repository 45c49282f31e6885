"""Reference lists printed from the registry and the tables: every fact, source and assumption, each with an anchor."""

import html
from collections.abc import Iterable
from urllib.parse import quote

import pandas as pd

from chokepoint import facts, tables
from chokepoint.charts.figure import link
from chokepoint.measures import events
from chokepoint.parameters import KINDS
from chokepoint.prose.searchable import row, scrolled, searchable
from chokepoint.publish.runs import interface

_IN_ADDRESSES = "%:/?#@!$&'()*+,;=~"  # what an address may hold as it is; brackets, for one, it may not


def fact_list(release: str) -> str:
    """Every fact: value, sources, confidence, and how it was computed."""
    known = facts.evaluate(release)
    readings = {group: rows for group, rows in tables.load("readings").query("published").groupby("conflict_group")}
    rows = [_fact_row(fact, readings.get(fact.conflict_group)) for _, fact in sorted(known.items())]
    heads = ["What", "Value", "As of", "Sources", "Confidence", "How it was come by"]
    return searchable("cp-facts", heads, rows, sorted({fact.confidence for fact in known.values()}), of="numbers")


def _fact_row(fact: facts.Fact, readings: pd.DataFrame | None) -> str:
    how = _e((fact.computation or "Stated by the source").removesuffix(".")) + "." + (f" {_e(fact.note)}" if fact.note else "")
    value = f"<b>{_e(fact.text)}</b>{_superseded(fact)}"
    return row(
        f"fact-{fact.fact_id}",
        [
            f"{_e(fact.label)} <code>{_e(fact.fact_id)}</code>",
            value,
            _e(fact.as_of),
            _sources(fact.sources),
            _e(fact.confidence),
            how + _used(fact) + _conflict(readings),
        ],
    )


def _used(fact: facts.Fact) -> str:
    """The rows that a computed fact was worked out from, one click away."""
    if not fact.rows:
        return ""
    items = "".join(f"<li>{_e(row)}</li>" for row in fact.rows)
    return f'<details class="cp-readings"><summary>from {len(fact.rows)} rows</summary><ul>{items}</ul></details>'


def _superseded(fact: facts.Fact) -> str:
    """Readings that a later one replaced, under the value."""
    return "".join(f"<br><small>superseded: <s>{_e(text)}</s> ({_sources(sources)})</small>" for text, sources in fact.superseded)


def _conflict(readings: pd.DataFrame | None) -> str:
    """What each source says where they differ, the reading adopted first, with its reason."""
    if readings is None:
        return ""
    ordered = readings.fillna({"adopted": False}).sort_values("adopted", ascending=False, kind="stable").to_dict("records")
    items = [
        f"<li>{'<b>Adopted:</b> ' if r['adopted'] else ''}{_e(r['reading'])} ({_e(r['outlet'])}, {_sources([r['source_id']])})"
        f"{'. ' + _e(r['why']) if pd.notna(r['why']) else ''}</li>"
        for r in ordered
    ]
    return f'<details class="cp-readings"><summary>{len(items)} readings</summary><ul>{"".join(items)}</ul></details>'


def source_list(release: str) -> str:
    """Every source: who published it, when, what it is, where it stands, and how we read it."""
    rows = []
    for s in tables.load("sources").fillna("").sort_values("source_id").to_dict("records"):
        title = _e(s["title"])
        url = str(s["url"])
        if url.startswith(("https://", "http://")):
            title = f'<a href="{_e(quote(url.split()[0], safe=_IN_ADDRESSES))}" rel="noopener noreferrer">{title}</a>'
        rows.append(
            row(
                f"source-{s['source_id']}",
                [
                    f"<code>{_e(s['source_id'])}</code>",
                    f"{_e(s['publisher'])}: {title}" + (f" <small>(the word of {_e(s['origin'])})</small>" if s["origin"] else ""),
                    _e(str(s["date"])[:10]),
                    _e(s["kind"]),
                    _e(s["viewpoint"]),
                    _e(s["reliability"]) + _brought(s["read_through"]),
                ],
            )
        )
    return searchable("cp-sources", ["Id", "Source", "Date", "Kind", "Viewpoint", "How it was read"], rows, of="sources")


def _brought(relays: str) -> str:
    """By which sources a text that was not read itself came to us, linked."""
    return f" <small>(read through {_sources(relays.split(';'))})</small>" if relays else ""


def assumption_list(release: str) -> str:
    """Every parameter of every model: default, range, unit, and what it rests on."""
    parts = []
    for model, group in tables.load("assumptions").groupby("model"):
        rows = [
            row(
                f"assumption-{a['assumption_id']}",
                [
                    _e(a["label"]),
                    f"<code>{_e(a['symbol'])}</code>",
                    f"{a['value']:g}",
                    f"{a['low']:g} to {a['high']:g}",
                    _e(a["unit"]),
                    _sources([a["source_id"]]) if pd.notna(a["source_id"]) else "",
                    _e(a["basis"]),
                    _e(a["note"] if pd.notna(a["note"]) else ""),
                ],
            )
            for a in group.to_dict("records")
        ]
        parts.append(f'<h2 id="model-{_e(model)}">{_e(model.replace("_", " ").capitalize())}</h2>')
        heads = ["What", "Symbol", "Default", "Range", "Unit", "Source", "Basis", "Note"]
        parts.append(searchable("cp-assumptions", heads, rows, of=f"assumptions: {model.replace('_', ' ')}"))
    return "".join(parts)


def dictionary(release: str) -> str:
    """Every table: what it holds, where it comes from, and what each column means. Tables of yearly releases once."""
    described, parts = set(), []
    for declared in tables.package()["resources"]:
        name = declared["path"].split("/")[-1].removesuffix(".csv") if declared["path"].startswith("minerals/") else declared["name"]
        if name in described:
            continue
        described.add(name)
        schema = declared["schema"]
        rows = [
            row(
                f"column-{name}-{f['name']}",
                [
                    f"<code>{_e(f['name'])}</code>",
                    _e(f.get("description") or f.get("title")),
                    _e(f["type"]),
                    _e(f.get("unit")),
                    _e(_rule(f.get("constraints", {}))),
                ],
            )
            for f in schema["fields"]
        ]
        held = [r["name"].removesuffix(f"-{name}") for r in tables.package()["resources"] if r["name"].endswith(f"-{name}")]
        parts.append(
            f'<h2 id="table-{_e(name)}">{_e(declared.get("title", name))}</h2><p>{_e(declared.get("description"))} '
            f"<code>data/{_e(declared['path'])}</code>{'; releases: ' + _e(', '.join(held)) if len(held) > 1 else ''}. "
            f"Licence: {_e(', '.join(licence['name'] for licence in declared.get('licenses', [])) or 'CC-BY-4.0')}.</p>"
        )
        parts.append(scrolled("cp-dictionary", ["Column", "Meaning", "Type", "Unit", "Allowed"], rows, of=f"columns: {name}"))
    return "".join(parts)


def _rule(limits: dict) -> str:
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
    return "; ".join(filter(None, ["required" if limits.get("required") else "", span, ", ".join(map(str, limits.get("enum", [])))]))


def question_list(release: str) -> str:
    """What is not known, what is known since, and the rows of the evidence that rest on no source we have opened."""
    asked = []
    for q in (
        tables.load("open_questions").sort_values("status", key=lambda s: s.map(list(_STATUS).index), kind="stable").to_dict("records")
    ):
        status, answer, source = _answer(q)
        told = f"{_e(answer)}. {_sources([source])}" if answer else ""
        looked = f"{_e(q['looked_for'])}. {_sources([q['source_id']]) if pd.notna(q['source_id']) else ''}"
        asked.append(row(q["question_id"], [_e(q["question"]), _STATUS[status], _e(q["why"]), looked, told]))
    heads = ["What was asked", "State", "Why it matters", "What was looked for", "What is known"]
    return searchable("cp-questions", heads, asked, list(_STATUS.values()), of="open questions")


_STATUS = {"open": "open", "partly": "in part", "answered": "answered"}


def _answer(question: dict) -> tuple[str, str, str]:
    """Status, answer and its source: of the event that settles the term a question asks about, where there is one, else its own."""
    settled = events.settled(question["term"]) if pd.notna(question["term"]) else None
    if settled is not None:
        return "answered", settled.how, settled.how_source
    return question["status"], "" if pd.isna(question["answer"]) else question["answer"], question["answer_source_id"]


def parameter_list(release: str) -> str:
    """The parameters of every notebook: what each means, its type, its default and what it may be."""
    rows = [
        row(
            f"parameter-{path.stem}-{p.name}",
            [
                f'<a href="{link(path.stem)}">{_e(path.stem)}</a>' if path.stem not in _TEMPLATES else f"{_TEMPLATES[path.stem]}",
                f"<code>{_e(p.name)}</code>",
                _e(p.meaning[:1].upper() + p.meaning[1:]),
                KINDS[p.type],
                "none" if p.default is None else f"<code>{_e(p.default)}</code>",
                _e(p.allowed),
            ],
        )
        for path in sorted((tables.home() / "book").glob("*.ipynb"))
        for p in interface(path).values()
    ]
    heads = ["Notebook", "Parameter", "What it means", "Type", "Default", "Allowed"]
    return searchable("cp-parameters", heads, rows, of="parameters")


_TEMPLATES = {"mineral": "mineral: every page of a mineral", "country": "country: every page of a country"}


def _sources(ids: Iterable[str]) -> str:
    return ", ".join(f'<a href="{link("sources", f"source-{_e(s)}")}">{_e(s)}</a>' for s in ids)


def _e(value) -> str:
    return html.escape("" if pd.isna(value) else str(value))


LISTS = {
    "fact-list": fact_list,
    "source-list": source_list,
    "assumption-list": assumption_list,
    "data-dictionary": dictionary,
    "question-list": question_list,
    "parameter-list": parameter_list,
}
