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
from chokepoint.prose.amounts import edition
from chokepoint.prose.changes import counts, figure_text, is_revision, series_name, signed
from chokepoint.prose.listing import Listing
from chokepoint.prose.searchable import row, searchable
from chokepoint.prose.sections import capital, fact_exists

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
    """Facts that both releases have, and that read differently, those in per cent first, largest moves first: see `diff.diff`."""
    columns = ["fact_id", "label", "unit", "old", "restated", "new", "move", "revision", "new_year", "reason"]
    rows = pd.DataFrame([r for r in _changes(old, new)["facts"] if r["old"] and r["new"]], columns=columns)
    return rows.assign(change=rows.move.astype(float).where(rows.unit == "%"))


def _years(old: str, new: str) -> list[int]:
    """The latest year of each of the two."""
    return [int(tables.load("production", release).year.max()) for release in (old, new)]


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
        return Listing(_brief([f"{edition(new)} is the oldest edition that this book holds: there is none before it to compare with."]))
    rows, turned = _moved(old, new), _sentences(old, new)
    revised = len(_revised(old, new))
    pages = len({page for page, *_ in turned})
    said = [
        f"Between {edition(old)} and {edition(new)} {_to('numbers', len(rows))} number{'s' * (len(rows) != 1)} that this book states came to read otherwise. {_shares_of_the_move(rows, _years(old, new))}",
        f"Of the sentences at the head of a page {_to('sentences', len(turned))} {'reads' if len(turned) == 1 else 'read'} differently, on {pages} page{'s' * (pages > 1)}; the others say the same at both."
        if turned
        else "No sentence at the head of a page reads differently.",
        f"Beneath them {_to('series', f'{revised:,}')} figures that both releases print were revised. A sentence can hold while its figures move.",
    ]
    return Listing(_brief(said))


def _shares_of_the_move(rows: pd.DataFrame, years: list[int]) -> str:
    """Of how many numbers the revision was the larger part of the move, of how many the new year, and where they pull apart."""
    both = rows[rows.restated.notna() & rows.revision.notna() & rows.new_year.notna()]
    more = int((both.revision.abs() > both.new_year.abs()).sum())
    apart = int((both.new_year.astype(float) * both.move.astype(float) < 0).sum())
    only = int((rows.reason.str.startswith("revised") | rows.reason.str.contains("correction")).sum())
    said = (
        f"For {len(both)} of them the newer release prints {years[0]} too, so that the move can be split: in {more} a revision of {years[0]} is the larger "
        f"part, in {len(both) - more} the new year, and in {apart} the new year went the other way. "
        if len(both)
        else ""
    )
    left = len(rows) - len(both) - only
    if rows.empty:
        return ""
    return said + f"{only} are of one year, or an estimate given anew, and were revised; {left} cannot be split."


def _brief(said: list[str]) -> str:
    items = "".join(f"<li>{s}</li>" for s in said)
    return f'<aside class="cp-brief" aria-label="In brief"><p class="cp-kicker">In brief</p><ul>{items}</ul></aside>'


def _to(anchor: str, count) -> str:
    return f'<a class="cp-fact" href="#{anchor}">{count}</a>'


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
    first, (year, _) = rows.iloc[0], _years(old, new)
    told = rows.old.str.removesuffix(" %") + " → " + rows.new
    numbers = {"old": rows.old, "restated": rows.restated, "new": rows.new}
    frame = pd.DataFrame({name: [_percent(text) for text in column] for name, column in numbers.items()})
    whole = frame.restated.isna() & rows.revision.notna().to_numpy()  # of one year: all of the move is a revision
    frame = frame.assign(
        restated=frame.restated.astype(float).where(~whole, frame.new),
        row=rows.row.to_numpy(),
        told=told.to_numpy(),
        why=rows.reason.to_numpy(),
    )
    shown = pd.DataFrame({
        "Number": rows.label,
        edition(old): rows.old,
        f"{edition(new)} of {year}": rows.restated,
        edition(new): rows.new,
        "By revision, points": rows.revision,
        "By the new year, points": rows.new_year,
        "Why": rows.reason,
    })  # fmt: skip
    return figure(
        moved.moved(frame, axis="Per cent", names=(edition(old), f"{year}, as {edition(new)} has it", edition(new))),
        says=f"What moved most: {first.row.replace(': ', ', ')}, from {first.old.removesuffix(' %')} to {first.new}",
        table=shown,
        sources=[r.upper() for r in (old, new)],
        alt_text=f"Pairs of dots, one row for each of the {len(rows)} numbers in per cent that moved most, a grey dot at {edition(old)} and a blue one at {edition(new)}; between them, where it can be told, a small dot at what {edition(new)} says of {year}.",
    )


def _percent(text: str | None) -> float | None:
    """
    >>> _percent("69.23 %"), _percent("over 99 %"), _percent("under 1 %"), _percent(None)
    (69.23, 99.0, 1.0, None)
    """
    found = re.search(r"[\d.]+", text) if isinstance(text, str) else None
    return float(found[0]) if found else None


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
    return Listing(searchable("cp-turned", ["Page", edition(old), edition(new)], rows, of="sentences"))


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
    """Every fact that moved, by revision and by the new year, the largest moves first, with a link to its evidence."""
    if old is None:
        return Listing("<p>Nothing to compare with.</p>")
    year = _years(old, new)[0]
    rows = [
        row(
            f"moved-{r.fact_id}",
            [
                _evidence(r.fact_id, r.label, new),
                html.escape(r.old),
                html.escape(r.restated) if isinstance(r.restated, str) else _NONE,
                html.escape(r.new),
                *(_change(part, r.unit) for part in (r.revision, r.new_year)),
                html.escape(_reason(r.reason)),
            ],
        )
        for r in _moved(old, new).itertuples()
    ]
    heads = ["Number", edition(old), f"{edition(new)} of {year}", edition(new), "By revision", "By the new year", "Why"]
    alone = pd.DataFrame([r for r in _changes(old, new)["facts"] if not (r["old"] and r["new"])])
    more = "" if alone.empty else f"<p>Only one of the two releases prints what is needed for {len(alone)} further numbers.</p>"
    return Listing(searchable("cp-moved", heads, rows, of="numbers") + more)


_NONE = '<span class="cp-none" title="cannot be told">–</span>'


def _change(part: float | None, unit: str) -> str:
    """A part of a move, as HTML."""
    if part is None or pd.isna(part):
        return _NONE
    return signed(part) + (" points" if unit == "%" else "")


def _evidence(fact_id: str, label: str, release: str) -> str:
    if not fact_exists(fact_id, release):
        return html.escape(label)
    return f'<a href="{link("evidence", f"fact-{fact_id}")}">{html.escape(label)}</a>'


def _reason(reason: str) -> str:
    """A reason that fits a cell: a change of source names no more than that."""
    return re.sub(r"another source: .*", "another source", reason)


@lru_cache(maxsize=2)
def _revised(old: str, new: str) -> list[tuple[str, dict]]:
    """(table, row) of every figure that both releases print, and differently; the largest revisions first, measured against the series."""
    rows = [(t, r) for t, rows in _changes(old, new)["tables"].items() for r in rows if is_revision(r)]
    return sorted(rows, key=lambda tr: -tr[1]["size"])


def series(old: str | None, new: str) -> Listing:
    """Of each table how much moved, the largest revisions of listed minerals, and folded away every revision."""
    if old is None:
        return Listing("<p>Nothing to compare with.</p>")
    tables_of = _changes(old, new)["tables"]
    told = "".join(
        f"<li><strong>{html.escape(_TABLES.get(t, t))}.</strong> {html.escape(capital(counts(rows)))}.</li>"
        for t, rows in tables_of.items()
    )
    revised = _revised(old, new)
    listed = [tr for tr in revised if tr[1]["listed"]]
    heads = ["Series", "Table", edition(old), edition(new), "Why"]
    largest = searchable("cp-revised", heads, _revision_rows(listed[:LARGEST], "revised"), of="series")
    named = [_TABLES.get(t, t) for t in dict.fromkeys(t for t, _ in revised)]
    every = searchable("cp-revised", heads, _revision_rows(revised, "every"), named, of="revised figures")
    return Listing(
        f"<ul>{told}</ul><p>The {min(LARGEST, len(listed))} largest revisions of listed minerals, of {len(listed):,}, measured against the largest figure of the series:</p>{largest}"
        f'<details class="cp-numbers"><summary>All {len(revised):,} revised figures, of every mineral, to search and to save</summary>{every}</details>'
    )


def _revision_rows(revised: list[tuple[str, dict]], anchor: str) -> list[str]:
    return [
        row(
            f"{anchor}-{i}",
            [
                html.escape(capital(series_name(r))),
                html.escape(_TABLES.get(t, t)),
                html.escape(figure_text(r["old"])),
                html.escape(f"{figure_text(r['new'])} {r['unit']}"),
                html.escape(r["reason"]),
            ],
        )
        for i, (t, r) in enumerate(revised)
    ]
