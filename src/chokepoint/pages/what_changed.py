"""What moved between two releases: the numbers, the sentences made of them, and the series beneath."""

import re
from collections.abc import Iterable
from difflib import SequenceMatcher
from functools import partial
from importlib import import_module

import pandas as pd
from markupsafe import Markup

from chokepoint.analysis import difference, facts
from chokepoint.charts.slope import slope
from chokepoint.data import memory, tables
from chokepoint.pages import mineral as minerals
from chokepoint.pages.amounts import capital, edition
from chokepoint.pages.changes import counts, figure_text, is_revision, series_name, signed
from chokepoint.pages.components.brief import Brief
from chokepoint.pages.components.figure import Figure, figure
from chokepoint.pages.components.listing import Listing
from chokepoint.pages.components.table import Row, Table
from chokepoint.pages.markup import chapters, dash, fold, html_list, page_link, paragraph

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


def _moved(old: str, new: str) -> pd.DataFrame:
    """Return facts that both releases have, and that read differently.

    Those in per cent come first, largest moves first: see `difference.diff`.
    """
    columns = ["fact_id", "label", "unit", "old", "restated", "new", "move", "revision", "new_year", "reason"]
    rows = pd.DataFrame(
        [r for r in difference.diff(old, new)["facts"] if r["old"] and r["new"]], columns=columns
    )
    return rows.assign(change=rows.move.astype(float).where(rows.unit == "%"))


def _years(old: str, new: str) -> list[int]:
    """Return the latest year of each of the two."""
    return [int(tables.load("production", release).year.max()) for release in (old, new)]


def brief(old: str | None, new: str) -> Brief:
    """Say how many numbers, sentences and series moved; each count leads to its list on the page.

    old: see `difference.before`.
    """
    if old is None:
        only = (
            f"{edition(new)} is the oldest edition that this book holds: there is none before it to "
            "compare with."
        )
        return Brief([only], new)
    rows, turned = _moved(old, new), _sentences(old, new)
    revised = len(_revised(old, new))
    pages = len({page for page, *_ in turned})
    said = [
        f"Between {edition(old)} and {edition(new)} {_to('numbers', len(rows))} "
        f"number{'s' * (len(rows) != 1)} that this book states came to read otherwise. "
        f"{_shares_of_the_move(rows, _years(old, new))}",
        f"Of the sentences at the head of a page {_to('sentences', len(turned))} "
        f"{'reads' if len(turned) == 1 else 'read'} differently, on {pages} page{'s' * (pages > 1)}; the "
        "others say the same at both."
        if turned
        else "No sentence at the head of a page reads differently.",
        f"Beneath them {_to('series', f'{revised:,}')} figures that both releases print were revised. A "
        "sentence can hold while its figures move.",
    ]
    return Brief(said, new)


def _shares_of_the_move(rows: pd.DataFrame, years: list[int]) -> str:
    """Say of how many numbers the revision was the larger part of the move, of how many the new year.

    It also says where the two pull apart.
    """
    both = rows[rows.restated.notna() & rows.revision.notna() & rows.new_year.notna()]
    more = int((both.revision.abs() > both.new_year.abs()).sum())
    apart = int((both.new_year.astype(float) * both.move.astype(float) < 0).sum())
    only = int((rows.reason.str.startswith("revised") | rows.reason.str.contains("correction")).sum())
    said = (
        f"For {len(both)} of them the newer release prints {years[0]} too, so that the move can be split: "
        f"in {more} a revision of {years[0]} is the larger "
        f"part, in {len(both) - more} the new year, and in {apart} the new year went the other way. "
        if len(both)
        else ""
    )
    left = len(rows) - len(both) - only
    if rows.empty:
        return ""
    return (
        said + f"{only} are of one year, or an estimate given anew, and were revised; {left} cannot be split."
    )


def _to(anchor: str, count: int | str) -> str:
    return f"[{count}](#{anchor})"


def lead(old: str | None, new: str) -> Figure | None:
    """Draw the numbers in per cent that moved most.

    Nothing where there is nothing to compare with, or nothing moved.
    """
    if old is None:
        return None
    rows = _moved(old, new).dropna(subset="change")
    rows = rows.assign(row=rows.label.map(_short)).drop_duplicates(
        "row"
    )  # China's share is a fact of the mineral and of China
    leader = rows.row.str.contains(": largest")  # the same number as that of the country that leads
    rows = rows[~(leader & rows.duplicated(["old", "new"], keep=False))].head(MOST)
    if rows.empty:
        return None
    first, (year, _) = rows.iloc[0], _years(old, new)
    change = rows.old.str.removesuffix("%") + " → " + rows.new
    numbers = {"old": rows.old, "restated": rows.restated, "new": rows.new}
    frame = pd.DataFrame({name: [_percent(text) for text in column] for name, column in numbers.items()})
    whole = (
        frame.restated.isna() & rows.revision.notna().to_numpy()
    )  # of one year: all of the move is a revision
    frame = frame.assign(
        restated=frame.restated.astype(float).where(~whole, frame.new),
        row=rows.row.to_numpy(),
        change=change.to_numpy(),
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
        slope(
            frame, x_title="Per cent", names=(edition(old), f"{year}, as {edition(new)} has it", edition(new))
        ),
        name="lead",
        title=f"What moved most: {first.row.replace(': ', ', ')}, from {first.old.removesuffix('%')} to "
        f"{first.new}",
        table=shown,
        sources=[r.upper() for r in (old, new)],
        alt_text=f"Pairs of dots, one row for each of the {len(rows)} numbers in per cent that moved most, a "
        f"grey dot at {edition(old)} and a teal one at {edition(new)}; between them, where it can be "
        f"told, a small dot at what {edition(new)} says of {year}.",
    )


def _percent(text: str | None) -> float | None:
    """Return the number in a text; None where there is none.

    >>> _percent("69.23%"), _percent("over 99%"), _percent("under 1%"), _percent(None)
    (69.23, 99.0, 1.0, None)
    """
    found = re.search(r"[\d.]+", text) if isinstance(text, str) else None
    return float(found[0]) if found else None


def _short(label: str) -> str:
    """Write a label that fits above a row on a phone.

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


@memory.remembered
def _sentences(old: str, new: str) -> list[tuple[str, str, str, str]]:
    """Return the sentences of chapters and of minerals, wherever they differ.

    Each comes as (page, its name, sentence at the old release, at the new).
    """
    pages = {page: partial(_of_chapter, page, name, old, new) for page, name in CHAPTERS.items()}
    for r in tables.load("minerals").query("listed_2025").itertuples():
        pages[f"minerals/{r.mineral}"] = partial(_of_mineral, r.mineral, r.name, old, new)
    kept = (memory.kept("differences", f"{page} {old} {new}", work) for page, work in pages.items())
    return [tuple(row) for rows in kept for row in rows]


def _of_chapter(page: str, module: str, old: str, new: str) -> list[tuple]:
    chapter = import_module(f"chokepoint.pages.{module}")
    return list(_differ(page, f"Chapter {int(page[:2])}", chapter.brief(old), chapter.brief(new)))


def _of_mineral(mineral: str, name: str, old: str, new: str) -> list[tuple]:
    briefs = minerals.brief(mineral, old), minerals.brief(mineral, new)
    return list(_differ(f"minerals/{mineral}", name, *briefs))


def _differ(page: str, name: str, before: Brief, after: Brief) -> Iterable[tuple[str, str, str, str]]:
    was = [facts.linked(s, before.release) for s in before.sentences]
    now = [facts.linked(s, after.release) for s in after.sentences]
    for i in range(max(len(was), len(now))):
        a, b = (texts[i] if i < len(texts) else "" for texts in (was, now))
        if a != b:
            yield page, name, a, b


def sentences(old: str | None, new: str) -> Listing:
    """List the sentences that turned, old beside new, with the words that moved marked."""
    if old is None:
        return Listing(paragraph("Nothing to compare with."))
    rows = [
        Row([page_link(page, name), *_marked(a, b)], f"sentence-{i}")
        for i, (page, name, a, b) in enumerate(_sentences(old, new))
    ]
    return Table("cp-turned", ["Page", edition(old), edition(new)], rows, "sentences")


def _marked(old: str, new: str) -> list[Markup]:
    """Both sentences as HTML, what is in the one alone in <del> and <ins>.

    >>> _marked("China mines 60%.", "China mines 36%.")
    [Markup('China mines <del>60%.</del>'), Markup('China mines <ins>36%.</ins>')]
    """
    a, b = re.split(r"(\s+)", old), re.split(r"(\s+)", new)
    was, now = [], []
    for kind, i, j, k, m in SequenceMatcher(None, a, b, autojunk=False).get_opcodes():
        for words, tag, out in ((a[i:j], "del", was), (b[k:m], "ins", now)):
            text = "".join(words)
            out.append((text, "" if kind == "equal" or not text.strip() else tag))
    return [chapters.marked(parts) for parts in (was, now)]


# --- numbers and series ---


def numbers(old: str | None, new: str) -> Listing:
    """List every fact that moved, by revision and by the new year, the largest moves first.

    Each has a link to its evidence.
    """
    if old is None:
        return Listing(paragraph("Nothing to compare with."))
    year = _years(old, new)[0]
    rows = [
        Row(
            [
                page_link("evidence", r.label, f"fact-{r.fact_id}"),
                r.old,
                r.restated if isinstance(r.restated, str) else _NONE,
                r.new,
                *(_change(part, r.unit) for part in (r.revision, r.new_year)),
                _reason(r.reason),
            ],
            f"moved-{r.fact_id}",
        )
        for r in _moved(old, new).itertuples()
    ]
    heads = [
        "Number",
        edition(old),
        f"{edition(new)} of {year}",
        edition(new),
        "By revision",
        "By the new year",
        "Why",
    ]
    alone = pd.DataFrame([r for r in difference.diff(old, new)["facts"] if not (r["old"] and r["new"])])
    more = f"Only one of the two releases prints what is needed for {len(alone)} further numbers."
    return Listing(Table("cp-moved", heads, rows, "numbers"), *([] if alone.empty else [paragraph(more)]))


_NONE = dash("cannot be told")


def _change(part: float | None, unit: str) -> Markup | str:
    """Write a part of a move in words."""
    if part is None or pd.isna(part):
        return _NONE
    return signed(part) + (" points" if unit == "%" else "")


def _reason(reason: str) -> str:
    """Write a reason that fits a cell: a change of source names no more than that."""
    return re.sub(r"another source: .*", "another source", reason)


@memory.remembered
def _revised(old: str, new: str) -> list[tuple[str, dict]]:
    """Return (table, row) of every figure that both releases print, and differently.

    The largest revisions come first, measured against the series.
    """
    rows = [(t, r) for t, rows in difference.diff(old, new)["tables"].items() for r in rows if is_revision(r)]
    return sorted(rows, key=lambda tr: -tr[1]["size"])


def series(old: str | None, new: str) -> Listing:
    """List of each table how much moved, the largest revisions of listed minerals.

    Folded away is every revision.
    """
    if old is None:
        return Listing(paragraph("Nothing to compare with."))
    tables_of = difference.diff(old, new)["tables"]
    counted = [
        chapters.table_moves(_TABLES.get(t, t), capital(counts(rows))) for t, rows in tables_of.items()
    ]
    revised = _revised(old, new)
    listed = [tr for tr in revised if tr[1]["listed"]]
    heads = ["Series", "Table", edition(old), edition(new), "Why"]
    largest = Table("cp-revised", heads, _revision_rows(listed[:LARGEST], "revised"), "series")
    named = [_TABLES.get(t, t) for t in dict.fromkeys(t for t, _ in revised)]
    every = Table("cp-revised", heads, _revision_rows(revised, "every"), "revised figures", named)
    return Listing(
        html_list(counted),
        paragraph(
            f"The {min(LARGEST, len(listed))} largest revisions of listed minerals, of {len(listed):,}, "
            "measured against the largest figure of the series:"
        ),
        largest,
        fold(f"All {len(revised):,} revised figures, of every mineral, to search and to save", every),
    )


def _revision_rows(revised: list[tuple[str, dict]], anchor: str) -> list[Row]:
    return [
        Row(
            [
                capital(series_name(r)),
                _TABLES.get(t, t),
                figure_text(r["old"]),
                f"{figure_text(r['new'])} {r['unit']}",
                r["reason"],
            ],
            f"{anchor}-{i}",
        )
        for i, (t, r) in enumerate(revised)
    ]
