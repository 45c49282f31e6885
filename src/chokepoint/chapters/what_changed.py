"""What moved between two releases: the numbers, the sentences made of them, and the series beneath."""

import html
import re
from collections.abc import Iterable
from difflib import SequenceMatcher
from functools import lru_cache
from importlib import import_module

import pandas as pd

from chokepoint import diff, facts, tables
from chokepoint.chapters import mineral as minerals
from chokepoint.charts import moved
from chokepoint.charts.figure import Figure, figure, link
from chokepoint.errors import UserError
from chokepoint.prose.changes import counts, figure_text, series_name
from chokepoint.prose.listing import Listing
from chokepoint.prose.searchable import row, searchable
from chokepoint.prose.sections import capital, known

CHAPTERS = {
    "01-dependence": "dependence",
    "02-ministerial": "ministerial",
    "03-price-floor": "price_floor",
    "04-project-vault": "project_vault",
    "05-frameworks": "frameworks",
    "06-china-responses": "china_responses",
    "07-futures": "futures",
    "08-since-february": "since_february",
    "09-disagreements": "disagreements",
}
MOST, LARGEST = 14, 120  # numbers in the chart; revisions in the list
_TABLES = {
    "capacity": "Capacity",
    "critical_list": "The list of critical minerals",
    "headline": "Summary table",
    "import_sources": "Import sources",
    "prices": "Prices",
    "production": "Output",
    "reserves": "Reserves",
    "salient": "United States: trade, use, reliance",
}


@lru_cache(maxsize=2)
def _changes(old: str, new: str) -> dict:
    return diff.diff(old, new)


def _moved(old: str, new: str) -> pd.DataFrame:
    """Facts that both releases have, and that read differently, those in per cent with their change, largest first."""
    rows = pd.DataFrame(
        [r for r in _changes(old, new)["facts"] if r["old"] and r["new"]], columns=["fact_id", "label", "old", "new", "reason"]
    )
    values = [[_number(text) for text in rows[c]] for c in ("old", "new")]
    rows = rows.assign(before=values[0], after=values[1])
    share = rows.old.str.endswith("%") & rows.new.str.endswith("%")
    rows["change"] = (rows.after - rows.before).where(share)
    return rows.sort_values("change", key=lambda c: c.abs(), ascending=False, kind="stable").reset_index(drop=True)


def _number(text: str) -> float:
    """
    >>> _number("69.23 %"), _number("more than 75 million tonnes")
    (69.23, nan)
    """
    found = re.fullmatch(r"([\d,.]+)(?: %)?", text)
    return float(found[1].replace(",", "")) if found else float("nan")


def before(release: str, old: str = "") -> str | None:
    """The release to compare with: the one named, else the one before; None where there is none.

    >>> before("mcs2026"), before("mcs2026", "mcs2024"), before("mcs2023")
    ('mcs2025', 'mcs2024', None)
    """
    held = tables.releases()
    if old and old not in held:
        raise UserError(f'what-changed: no release "{old}". Known: {", ".join(held)}; or leave it empty for the one before.')
    return old or next((r for r in reversed(held) if r < release), None)


def brief(old: str | None, new: str) -> Listing:
    """How many numbers, sentences and series moved; each count leads to its list on the page. old: see `before`."""
    if old is None:
        return Listing(_brief([f"{_name(new)} is the oldest edition that this book holds: there is none before it to compare with."]))
    changes, rows = _changes(old, new), _moved(old, new)
    fresh = rows.reason.str.startswith("new year").sum()
    turned, whole = _sentences(old, new), list(changes["tables"].values())
    revised = sum(r["change"] == "revised" and r["reason"].startswith("revised") for t in whole for r in t)
    pages = len({page for page, *_ in turned})
    said = [
        f"Between {_name(old)} and {_name(new)} {_to('numbers', len(rows))} number{'s' * (len(rows) != 1)} that this book states came to read otherwise: {fresh} because the latest year is a new one, the others because a figure was revised or its source changed.",
        f"Of the sentences at the head of a page {_to('sentences', len(turned))} {'reads' if len(turned) == 1 else 'read'} differently, on {pages} page{'s' * (pages > 1)}; the others say the same at both."
        if turned
        else "No sentence at the head of a page reads differently.",
        f"Beneath them {_to('series', f'{revised:,}')} figures that both releases print were revised by their publisher. A sentence can hold while its figures move.",
    ]
    return Listing(_brief(said))


def _brief(said: list[str]) -> str:
    items = "".join(f"<li>{s}</li>" for s in said)
    return f'<aside class="cp-brief" aria-label="In brief"><p class="cp-kicker">In brief</p><ul>{items}</ul></aside>'


def _to(anchor: str, count) -> str:
    return f'<a class="cp-fact" href="#{anchor}">{count}</a>'


def _name(release: str) -> str:
    """A release as one says it: MCS 2026."""
    return re.sub(r"([a-z]+)(\d{4})", lambda m: f"{m[1].upper()} {m[2]}", release)


def lead(old: str | None, new: str) -> Figure | None:
    """The numbers in per cent that moved most; nothing where there is nothing to compare with, or nothing moved."""
    if old is None:
        return None
    rows = _moved(old, new).dropna(subset="change")
    rows = rows.assign(row=rows.label.map(_short)).drop_duplicates("row")  # China's share is a fact of the mineral and of China
    leader = rows.row.str.contains(": largest")  # the same number as that of the country that leads
    rows = rows[~(leader & rows.duplicated(["old", "new"], keep=False))].head(MOST)
    if rows.empty:
        return None
    first = rows.iloc[0]
    told = rows.old.str.removesuffix(" %") + " → " + rows.new
    frame = pd.DataFrame({"row": rows.row, "old": rows.before, "new": rows.after, "told": told, "why": rows.reason})
    shown = pd.DataFrame({"Number": rows.label, _name(old): rows.old, _name(new): rows.new, "Why": rows.reason})
    return figure(
        moved.moved(frame, axis="Per cent", names=(_name(old), _name(new))),
        says=f"What moved most: {first.row.replace(': ', ', ')}, from {first.old.removesuffix(' %')} to {first.new}",
        table=shown,
        sources=[r.upper() for r in (old, new)],
        alt_text=f"Pairs of dots, one row for each of the {len(rows)} numbers in per cent that moved most, a grey dot at {_name(old)} and a blue one at {_name(new)}.",
    )


def _short(label: str) -> str:
    """A label that fits above a row on a phone.

    >>> _short("Net import reliance of the United States in 2023: Gallium")
    'Gallium: US reliance, 2023'
    >>> _short("China's share of world output, mined: Antimony")
    'Antimony: China, mined'
    >>> _short("Share of world output, mined, of DR Congo: Tantalum")
    'Tantalum: DR Congo, mined'
    """
    what, _, name = label.rpartition(": ")
    for long, short in _LABELS:
        what = re.sub(long, short, what)
    return f"{name.removesuffix(' (total)')}: {what}" if what else label


_LABELS = (
    (r"Net import reliance of the United States in ", "US reliance, "),
    (r"Net import reliance of the United States", "US reliance"),
    (r"China's share of world output", "China"),
    (r"Share of world output, (\w+), of (.+)", r"\2, \1"),
    (r"Share of the largest producing country", "largest"),
    (r"Share of the United States, signatories and attendees of world output", "bloc"),
    (r"Share of the United States, signatories and attendees", "bloc"),
    (r"Share of US imports from their largest source", "first source"),
)


# --- sentences ---


@lru_cache(maxsize=2)
def _sentences(old: str, new: str) -> list[tuple[str, str, str, str]]:
    """(page, its name, sentence at the old release, at the new) wherever they differ, of chapters and of minerals."""
    turned = []
    for page, name in CHAPTERS.items():
        chapter = import_module(f"chokepoint.chapters.{name}")
        turned += _differ(page, f"Chapter {int(page[:2])}", chapter.brief(old), chapter.brief(new))
    for r in tables.load("minerals").query("listed_2025").itertuples():
        turned += _differ(f"minerals/{r.mineral}", r.name, minerals.brief(r.mineral, old), minerals.brief(r.mineral, new))
    return turned


def _differ(page: str, name: str, before, after) -> Iterable[tuple[str, str, str, str]]:
    was = [facts.linked(s, before.release) for s in before.sentences]
    now = [facts.linked(s, after.release) for s in after.sentences]
    for i in range(max(len(was), len(now))):
        a, b = (texts[i] if i < len(texts) else "" for texts in (was, now))
        if a != b:
            yield page, name, a, b


def sentences(old: str | None, new: str) -> Listing:
    """The sentences that turned, old beside new, with the words that moved marked."""
    if old is None:
        return Listing("<p>Nothing to compare with.</p>")
    rows = [
        row(
            f"sentence-{i}",
            [f'<a href="{link(page)}">{html.escape(name)}</a>', *(_marked(a, b))],
        )
        for i, (page, name, a, b) in enumerate(_sentences(old, new))
    ]
    return Listing(searchable("cp-turned", ["Page", _name(old), _name(new)], rows, of="sentences"))


def _marked(old: str, new: str) -> tuple[str, str]:
    """Both sentences as HTML, what is in the one alone in <del> and <ins>.

    >>> _marked("China mines 60 %.", "China mines 36 %.")
    ('China mines <del>60</del> %.', 'China mines <ins>36</ins> %.')
    """
    a, b = re.split(r"(\s+)", old), re.split(r"(\s+)", new)
    was, now = [], []
    for kind, i, j, k, m in SequenceMatcher(None, a, b, autojunk=False).get_opcodes():
        for words, tag, out in ((a[i:j], "del", was), (b[k:m], "ins", now)):
            text = html.escape("".join(words))
            out.append(text if kind == "equal" or not text.strip() else f"<{tag}>{text}</{tag}>")
    return "".join(was), "".join(now)


# --- numbers and series ---


def numbers(old: str | None, new: str) -> Listing:
    """Every fact that moved, with a link to its evidence."""
    if old is None:
        return Listing("<p>Nothing to compare with.</p>")
    rows = [
        row(
            f"moved-{r.fact_id}",
            [_evidence(r.fact_id, r.label, new), html.escape(r.old), html.escape(r.new), html.escape(_reason(r.reason))],
        )
        for r in _moved(old, new).itertuples()
    ]
    alone = pd.DataFrame([r for r in _changes(old, new)["facts"] if not (r["old"] and r["new"])])
    more = "" if alone.empty else f"<p>Only one of the two releases prints what is needed for {len(alone)} further numbers.</p>"
    return Listing(searchable("cp-moved", ["Number", _name(old), _name(new), "Why"], rows, of="numbers") + more)


def _evidence(fact_id: str, label: str, release: str) -> str:
    if not known(fact_id, release):
        return html.escape(label)
    return f'<a href="{link("evidence", f"fact-{fact_id}")}">{html.escape(label)}</a>'


def _reason(reason: str) -> str:
    """A reason that fits a cell: a change of source names no more than that."""
    return "another source" if reason.startswith("another source") else reason


def series(old: str | None, new: str) -> Listing:
    """Of each table how much moved, and the largest revisions of listed minerals."""
    if old is None:
        return Listing("<p>Nothing to compare with.</p>")
    tables_of = _changes(old, new)["tables"]
    told = "".join(
        f"<li><strong>{html.escape(_TABLES.get(t, t))}.</strong> {html.escape(capital(counts(rows)))}.</li>"
        for t, rows in tables_of.items()
    )
    revised = [
        (t, r)
        for t, rows in tables_of.items()
        for r in rows
        if r["change"] == "revised" and r["listed"] and r["reason"] != diff.ROUNDED and not r["reason"].startswith("new ")
    ]
    largest = sorted(revised, key=lambda tr: -tr[1]["size"])[:LARGEST]
    rows = [
        row(
            f"revised-{i}",
            [
                html.escape(capital(series_name(r))),
                html.escape(_TABLES.get(t, t)),
                html.escape(figure_text(r["old"])),
                html.escape(f"{figure_text(r['new'])} {r['unit']}"),
                html.escape(r["reason"]),
            ],
        )
        for i, (t, r) in enumerate(largest)
    ]
    listed = searchable("cp-revised", ["Series", "Table", _name(old), _name(new), "Why"], rows, of="series")
    return Listing(
        f"<ul>{told}</ul><p>The {len(largest)} largest revisions of listed minerals, of {len(revised):,}, measured against the largest figure of the series:</p>{listed}"
    )
