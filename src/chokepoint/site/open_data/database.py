"""The tables, the facts and the charts as one SQLite file.

A table of the data package is a table here. The tables that come with every release are one, with the
release in the first column, which is part of its key. Keys are those of the package, and a missing value is
NULL; a key with missing values, which SQLite would hold to nothing, is not declared. The same data give the
same bytes: one page size, rows in the order of their key, no time.
"""

import csv
import io
import sqlite3
from collections.abc import Callable, Iterable, Mapping
from contextlib import closing
from operator import itemgetter

import pandas as pd

from chokepoint.analysis.facts import Fact
from chokepoint.data import tables
from chokepoint.data.descriptor import listed
from chokepoint.data.references import is_template
from chokepoint.errors import UserError
from chokepoint.site.open_data.charts import Chart
from chokepoint.site.open_data.documents import ids, records

_TYPES = {"integer": "INTEGER", "year": "INTEGER", "boolean": "INTEGER", "number": "REAL"}
_READ = {"integer": int, "year": int, "number": float, "boolean": "true".__eq__}
_PAGE = 4096  # bytes
_OURS = """
CREATE TABLE facts (
  fact_id TEXT PRIMARY KEY, label TEXT NOT NULL, value REAL, text TEXT NOT NULL, unit TEXT, as_of TEXT,
  confidence TEXT NOT NULL, computation TEXT, note TEXT
) WITHOUT ROWID;
CREATE TABLE fact_sources (
  fact_id TEXT NOT NULL REFERENCES facts, source_id TEXT NOT NULL REFERENCES sources,
  PRIMARY KEY (fact_id, source_id)
) WITHOUT ROWID;
CREATE TABLE fact_pages (
  fact_id TEXT NOT NULL REFERENCES facts, page TEXT NOT NULL, PRIMARY KEY (fact_id, page)
) WITHOUT ROWID;
CREATE TABLE charts (
  chart_id TEXT PRIMARY KEY, title TEXT NOT NULL, alt TEXT NOT NULL, page TEXT NOT NULL, address TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE chart_sources (
  chart_id TEXT NOT NULL REFERENCES charts, source_id TEXT NOT NULL REFERENCES sources,
  PRIMARY KEY (chart_id, source_id)
) WITHOUT ROWID;
"""


def of_tables() -> bytes:
    """Return a database of the tables of the data package alone."""
    with closing(_new()) as made:
        of = _by_table()
        for name in sorted(of):
            _create(made, name, of[name])
        return made.serialize()


def completed(
    of_tables: bytes, facts: Iterable[Fact], pages_by_fact: Mapping[str, list[str]], charts: Iterable[Chart]
) -> bytes:
    """Return a database of the tables, facts and charts; pages_by_fact: those that state each."""
    with closing(_new()) as made:
        made.deserialize(of_tables)
        made.executescript(_OURS)
        _insert_facts(made, sorted(facts, key=lambda fact: fact.fact_id), pages_by_fact)
        _insert_charts(made, charts)
        _insert_own_sources(made)
        made.commit()
        if astray := made.execute("PRAGMA foreign_key_check").fetchall():
            raise UserError(f"The database has rows that refer to none; the first are of {astray[:5]}.")
        return made.serialize()


def _new() -> sqlite3.Connection:
    made = sqlite3.connect(":memory:")
    made.execute(f"PRAGMA page_size = {_PAGE}")
    return made


def _by_table() -> dict[str, list[tuple[str, dict]]]:
    """Return by table the resources that it holds, each with its release, "" for one without releases."""
    found: dict[str, list[tuple[str, dict]]] = {}
    for resource in tables.package()["resources"]:
        folder, *inner = resource["path"].split("/")
        release = inner[0] if folder == "minerals" else ""
        found.setdefault(resource["name"].removeprefix(f"{release}-"), []).append((release, resource))
    return found


def _create(made: sqlite3.Connection, name: str, resources: list[tuple[str, dict]]) -> None:
    """Create one table and fill it."""
    schema, yearly = resources[0][1]["schema"], bool(resources[0][0])
    key = [*["release"] * yearly, *listed(schema["primaryKey"])]
    fields = {"release": "string"} if yearly else {}
    for _, resource in resources:  # an older release may lack a column
        fields |= {field["name"]: field["type"] for field in resource["schema"]["fields"]}
    rows = [row for release, resource in resources for row in _rows(release, resource, fields)]
    places = [list(fields).index(column) for column in key]
    whole = all(row[place] is not None for place in places for row in rows)
    if whole:
        rows.sort(key=itemgetter(*places))
    else:
        rows.sort(key=lambda row: [(row[place] is not None, row[place]) for place in places])
    lines = [
        f"{_quoted(field)} {_TYPES.get(kind, 'TEXT')}{' NOT NULL' * (field in key and whole)}"
        for field, kind in fields.items()
    ]
    lines += [f"PRIMARY KEY ({', '.join(map(_quoted, key))})"] * whole
    for reference in schema.get("foreignKeys") or ():
        (column,), target = listed(reference["fields"]), reference["reference"]["resource"] or name
        lines.append(f"FOREIGN KEY ({_quoted(column)}) REFERENCES {_quoted(target)}")
    # Without a number for each row the table is in the order of its key, which then needs no index.
    made.execute(f"CREATE TABLE {_quoted(name)} ({', '.join(lines)}){' WITHOUT ROWID' * whole}")
    marks = ", ".join("?" * len(fields))
    made.executemany(f"INSERT INTO {_quoted(name)} VALUES ({marks})", rows)
    made.commit()


def _rows(release: str, resource: dict, fields: dict[str, str]) -> Iterable[tuple]:
    """Return the rows of a resource, its cells in the order of the table's columns."""
    names, *lines = csv.reader(io.StringIO(_text(resource)))
    read = dict(zip(names, zip(*lines, strict=True), strict=True)) if lines else {}
    nothing = [None] * len(lines)
    cells = [
        [release] * len(lines)
        if name == "release" and release
        else _values(read[name], kind)
        if name in read
        else nothing
        for name, kind in fields.items()
    ]
    return zip(*cells, strict=True)


def _text(resource: dict) -> str:
    """Return a table as CSV: what is published, and no private table that speaks in its place."""
    if is_template(resource["schema"]):
        return tables.as_text(resource["name"])
    return (tables.data_dir() / resource["path"]).read_text(encoding="utf-8")


def _values(texts: Iterable[str], kind: str) -> list[str | int | float | None]:
    """Return the values of a column.

    >>> _values(["", "a"], "string"), _values(["", "3.5"], "number"), _values(["true", "false"], "boolean")
    ([None, 'a'], [None, 3.5], [True, False])
    """
    read: Callable = _READ.get(kind, str)
    return [read(text) if text else None for text in texts]


def _quoted(name: str) -> str:
    return f'"{name}"'


def _insert_facts(
    made: sqlite3.Connection, facts: list[Fact], pages_by_fact: Mapping[str, list[str]]
) -> None:
    made.executemany(
        "INSERT INTO facts VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (
                fact.fact_id,
                fact.label,
                None if isinstance(fact.value, str) or pd.isna(fact.value) else float(fact.value),
                fact.text,
                fact.unit or None,
                fact.as_of or None,
                fact.confidence,
                fact.computation or None,
                fact.note or None,
            )
            for fact in facts
        ],
    )
    sources = [(fact.fact_id, source) for fact in facts for source in sorted(set(ids(*fact.sources)))]
    made.executemany("INSERT INTO fact_sources VALUES (?, ?)", sources)
    pages = [
        (fact.fact_id, f"{page}.html")
        for fact in facts
        for page in sorted(pages_by_fact.get(fact.fact_id, ()))
    ]
    made.executemany("INSERT INTO fact_pages VALUES (?, ?)", pages)


def _insert_own_sources(made: sqlite3.Connection) -> None:
    """Add the sources of private tables that a fact or a chart names: the pages name them too."""
    named = "SELECT source_id FROM fact_sources UNION SELECT source_id FROM chart_sources"
    missing = [source for (source,) in made.execute(f"{named} EXCEPT SELECT source_id FROM sources")]
    fields = [field for _, field, *_ in made.execute("PRAGMA table_info(sources)")]
    rows = tables.rows("sources", source_id=missing).reindex(columns=fields)
    marks = ", ".join("?" * len(fields))
    cells = [[row.get(field) for field in fields] for row in records(rows)]
    made.executemany(f"INSERT INTO sources VALUES ({marks})", cells)


def _insert_charts(made: sqlite3.Connection, charts: Iterable[Chart]) -> None:
    ordered = sorted(charts, key=lambda chart: chart.address)
    made.executemany(
        "INSERT INTO charts VALUES (?, ?, ?, ?, ?)",
        [(c.entry()["id"], c.title, c.alt, c.entry()["page"], c.address) for c in ordered],
    )
    sources = [(c.entry()["id"], source) for c in ordered for source in sorted(c.sources)]
    made.executemany("INSERT INTO chart_sources VALUES (?, ?)", sources)
