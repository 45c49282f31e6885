"""How fast and how small the book is: what `make bench` measured, and what that would come to for many."""

from chokepoint.charts.lines import growth
from chokepoint.data import tables
from chokepoint.pages.components.figure import Figure, figure
from chokepoint.pages.components.listing import Listing
from chokepoint.pages.components.table import Row, Table
from chokepoint.pages.markup import chapters, paragraph

SOURCE = "M99"
AXES = {"x": "size", "y": "seconds", "y_title": "Seconds", "y_unit": "seconds"}
NOISE = 0.05  # two runs of one build differ by as much


def measured() -> Table:
    """Every figure beside its peer, with what it means and what we aim at."""
    rows = [
        Row(
            [
                chapters.coded(r["means"], r["key"]),
                chapters.measured(f"{_digits(r['value'])} {r['unit']}", r["what"]),
                chapters.under(f"{_digits(r['peer_value'])} {r['unit']}", r["peer"]),
                f"{r['ratio']:.3g}",
                r["aim"],
            ],
            f"measured-{r['key']}",
        )
        for r in tables.load("performance").to_dict("records")
    ]
    heads = ["What it means", "Here", "The peer", "Ratio", "Aim"]
    return Table("cp-performance", heads, rows, "measurements", search=False)


def machine() -> Listing:
    """Where and when the figures were measured."""
    found = tables.load("performance")
    machines = [
        f"{name}, on {day:%-d %B %Y}"
        for name, day in sorted(set(zip(found.machine, found.measured_on, strict=True)))
    ]
    return Listing(paragraph(f"Measured on: {'; '.join(machines)}."))


def grows() -> Figure:
    """How the time of a build grows with pages, and with the length of a table."""
    points = tables.load("performance_points").merge(tables.load("performance")[["key", "value"]], on="key")
    page = points[points.key == "added_page_s"]
    return figure(
        growth(page, x_title="pages run and printed", **AXES),
        name="pages",
        title=f"Each further mineral page takes {page.value.iloc[0]:.2g} s",
        alt_text="Line: seconds of a build in which 5, 10, 20 and 40 mineral pages are run and printed. It "
        "rises nearly straight.",
        table=page[["size", "seconds"]].rename(columns={"size": "Pages", "seconds": "Seconds"}),
        sources=[SOURCE],
    )


def longer() -> Figure:
    """How long checking and one page take as a table grows."""
    points = tables.load("performance_points").query("key == 'doubled_table_s'")
    first, last = points.iloc[0], points.iloc[-1]
    more = last.seconds - first.seconds
    return figure(
        growth(points, x_title="how many times as long", **AXES),
        name="tables",
        title=f"A table {last['size']} times as long "
        + (
            f"adds {more:.2g} s to {first.seconds:.2g} s"
            if more > NOISE * first.seconds
            else f"takes the same {first.seconds:.2g} s"
        ),
        alt_text="Line: seconds to check all data and run one mineral’s page, with the table of production "
        "once to eight times as long.",
        table=points[["size", "seconds"]].rename(columns={"size": "Times as long", "seconds": "Seconds"}),
        sources=[SOURCE],
    )


def _digits(value: float) -> str:
    """Write a figure in as many digits as it deserves.

    >>> _digits(184.31), _digits(0.0312), _digits(2301000.0)
    ('184', '0.0312', '2,301,000')
    """
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def many() -> Table:
    """Show what one reader, edition or sample costs, as measured, and what many would.

    The latter is arithmetic, and an estimate.
    """
    found = tables.load("performance").set_index("key").value
    first, further = found["page_bytes_vs_stock"] / 1000, found["next_page_kb"]
    array, whole = 1e6 / found["sweep_vs_loop"], 1e6 / found["sweep_to_file_vs_loop"]
    rows = [
        (
            "First page of a visit",
            f"{first:.2f} MB",
            f"a million readers of three pages each: {first + 2 * further / 1000:.2f} TB",
        ),
        ("Each further page", f"{further:.0f} kB", "in the figure above"),
        (
            "An edition, as files",
            f"{found['edition_mb']:.0f} MB",
            f"a thousand editions: {found['edition_mb']:.0f} GB",
        ),
        (
            "One more mineral page, run and printed",
            f"{found['added_page_s']:.2f} s",
            f"a million: {found['added_page_s'] * 1e6 / 86400:.0f} days of this machine",
        ),
        (
            "An edition of one chapter, its notebook run",
            f"{found['edition_of_chapter_s']:.1f} s of this machine",
            f"10,000 on a hundred such machines: {found['edition_of_chapter_s'] * 100 / 60:.0f} minutes",
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
    cells = [Row(each, f"many-{i}") for i, each in enumerate(rows)]
    heads = ["What", "Measured, for one", "Worked out, for many"]
    return Table("cp-scale", heads, cells, "costs", search=False)
