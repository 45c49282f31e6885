"""How fast and how small the book is: what `make bench` measured, and what that would come to for many."""

import html

import pandas as pd

from chokepoint import tables
from chokepoint.charts.figure import Figure, figure
from chokepoint.charts.growth import growth
from chokepoint.prose.listing import Listing
from chokepoint.prose.searchable import row, scrolled

SOURCE = "M99"
NOISE = 0.05  # two runs of one build differ by as much


def measured() -> Listing:
    """Every figure beside its peer, with what it means and what we aim at."""
    rows = [
        row(
            f"measured-{r['key']}",
            [
                f"{html.escape(r['means'])} <code>{html.escape(r['key'])}</code>",
                f"<b>{_format_number(r['value'])} {html.escape(r['unit'])}</b><br><small>{html.escape(r['what'])}</small>",
                f"{_format_number(r['peer_value'])} {html.escape(r['unit'])}<br><small>{html.escape(r['peer'])}</small>",
                f"{r['ratio']:.3g}",
                "" if pd.isna(r["aim"]) else html.escape(r["aim"]),
            ],
        )
        for r in tables.load("performance").to_dict("records")
    ]
    return Listing(scrolled("cp-performance", ["What it means", "Here", "The peer", "Ratio", "Aim"], rows, of="measurements"))


def machine() -> Listing:
    """Where and when the figures were measured."""
    found = tables.load("performance")
    said = [f"{name}, on {day:%-d %B %Y}" for name, day in sorted(set(zip(found.machine, found.measured_on, strict=True)))]
    return Listing(f"<p>Measured on: {html.escape('; '.join(said))}.</p>")


def grows() -> Figure:
    """How the time of a build grows with pages, and with the length of a table."""
    points = tables.load("performance_points").merge(tables.load("performance")[["key", "value"]], on="key")
    page = points[points.key == "added_page_s"]
    return figure(
        growth(page),
        says=f"Each further mineral page takes {page.value.iloc[0]:.2g} s",
        alt_text="Line: seconds of a build in which 5, 10, 20 and 40 mineral pages are run and printed. It rises nearly straight.",
        table=page[["size", "seconds"]].rename(columns={"size": "Pages", "seconds": "Seconds"}),
        sources=[SOURCE],
    )


def longer() -> Figure:
    """How long checking and one page take as a table grows."""
    points = tables.load("performance_points").query("key == 'doubled_table_s'")
    first, last = points.iloc[0], points.iloc[-1]
    more = last.seconds - first.seconds
    return figure(
        growth(points, "how many times as long"),
        says=f"A table {last['size']} times as long "
        + (f"adds {more:.2g} s to {first.seconds:.2g} s" if more > NOISE * first.seconds else f"takes the same {first.seconds:.2g} s"),
        alt_text="Line: seconds to check all data and run one mineral's page, with the table of production once to eight times as long.",
        table=points[["size", "seconds"]].rename(columns={"size": "Times as long", "seconds": "Seconds"}),
        sources=[SOURCE],
    )


def _format_number(value: float) -> str:
    """A figure in as many digits as it deserves.

    >>> _format_number(184.31), _format_number(0.0312), _format_number(2301000.0)
    ('184', '0.0312', '2,301,000')
    """
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def many() -> Listing:
    """What one reader, edition or sample costs, as measured, and what many would: arithmetic, and an estimate."""
    found = tables.load("performance").set_index("key").value
    first, further = found["page_bytes_vs_stock"] / 1000, found["next_page_kb"]
    array, whole = 1e6 / found["sweep_vs_loop"], 1e6 / found["sweep_to_file_vs_loop"]
    rows = [
        ("First page of a visit", f"{first:.2f} MB", f"a million readers of three pages each: {first + 2 * further / 1000:.2f} TB"),
        ("Each further page", f"{further:.0f} kB", "in the figure above"),
        ("An edition, as files", f"{found['edition_mb']:.0f} MB", f"a thousand editions: {found['edition_mb']:.0f} GB"),
        (
            "One more mineral page, run and printed",
            f"{found['added_page_s']:.2f} s",
            f"a million: {found['added_page_s'] * 1e6 / 86400:.0f} days of this machine",
        ),
        (
            "A sample of the price floor, on arrays",
            f"{array:.2f} µs of one core",
            f"a billion: {array * 1000 / 60:.1f} minutes of one core",
        ),
        (
            "A sample, drawn, worked out and written",
            f"{whole:.2f} µs of this machine",
            f"a billion: {whole * 1000 / 60:.0f} minutes of this machine",
        ),
    ]
    cells = [row(f"many-{i}", map(html.escape, each)) for i, each in enumerate(rows)]
    return Listing(scrolled("cp-scale", ["What", "Measured, for one", "Worked out, for many"], cells, of="costs"))
