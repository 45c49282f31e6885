"""The charts of a page and the numbers under them, as files that its script reads once the page has loaded.

A chart weighs more than the words around it. In the page itself the charts would keep a reader waiting for
the words, and the numbers would be sent to everyone though few save them. They are scripts, because a page
that is opened from a folder may read no other files.
"""

import hashlib
import json
import re
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

from markupsafe import Markup

from chokepoint.pages.embedded import embedded
from chokepoint.pages.markup import macros

CHARTS, NUMBERS = "charts", "numbers"  # the folders of both below _static
_KINDS = {CHARTS: "cp-spec", NUMBERS: "cp-csv"}
_template = macros("finish")


def _data(kind: str) -> re.Pattern:
    """Match what a script of this kind holds, after its opening tag."""
    return re.compile(
        rf'(?P<tag><script type="application/json" class="{_KINDS[kind]}"[^>]*)>(?P<text>.*?)(?=</script>)',
        re.S,
    )


def taken_out(body: str, page: str, write: Callable[[str, str], None]) -> str:
    """Return a page's HTML without its charts and their numbers, which are written to files.

    Each script element then names its file and its place there. write: is given a file's name below _static
    and its text, "" where the page has nothing for it.

    >>> chart = '<script type="application/json" class="cp-spec">{"data":[]}</script>'
    >>> written = {}
    >>> taken_out(chart, "minerals/tin", written.__setitem__)
    '<script type="application/json" class="cp-spec" data-file="charts/minerals-tin.js?49d34c49" data-at="0"></script>'
    >>> print(written["charts/minerals-tin.js"], end="")
    (window.chokepointFiles ??= {})["charts/minerals-tin.js"] = {"tables":[],"parts":[{"data":[]}]};
    """  # noqa: E501  the output is one line
    for kind in _KINDS:
        found = [json.loads(one["text"]) for one in _data(kind).finditer(body)]
        name = f"{kind}/{page.replace('/', '-')}.js"
        text = _script(name, *_by_column(found) if kind == CHARTS else ([], found)) if found else ""
        write(name, text)
        version = hashlib.sha256(text.encode()).hexdigest()[:8]
        places = iter(range(len(found)))
        body = _data(kind).sub(
            lambda one, name=name, version=version, places=places: _template.elsewhere(
                Markup(one["tag"]), f"{name}?{version}", next(places)
            ),
            body,
        )
    return body


def put_back(body: str, static: Path) -> str:
    """Return a page's HTML with its charts and numbers in it again. static: the site's folder _static."""
    parts = cache(lambda name: _parts(static / name))  # each file once
    for kind in _KINDS:
        body = re.sub(
            rf'(<script type="application/json" class="{_KINDS[kind]}"[^>]*?) '
            r'data-file="([^"?]+)\?\w+" data-at="(\d+)">',
            lambda one: f"{one[1]}>{embedded(parts(one[2])[int(one[3])])}",
            body,
        )
    return body


def _script(name: str, tables: list, parts: list) -> str:
    text = json.dumps({"tables": tables, "parts": parts}, separators=(",", ":"), ensure_ascii=False)
    return f"(window.chokepointFiles ??= {{}})[{json.dumps(name)}] = {text};\n"


def _by_column(specs: list[dict]) -> tuple[list, list[dict]]:
    """Return the tables of all charts, each once, and the charts with numbers in place of their tables.

    Rows that have the same names become columns: a file is then shorter, and like stands beside like.

    >>> rows = [{"year": 2024, "t": 1}, {"year": 2025, "t": 2}]
    >>> _by_column([{"data": [{"name": "a", "values": rows}]}])
    ([{'names': ['year', 't'], 'columns': [[2024, 2025], [1, 2]]}], [{'data': [{'name': 'a', 'table': 0}]}])
    """
    tables: dict[str, int] = {}

    def placed(name: str, held: object) -> tuple[str, object]:
        if name != "values":
            return name, held
        return "table", tables.setdefault(json.dumps(_columns(held)), len(tables))

    specs = [
        spec | {"data": [dict(placed(*one) for one in data.items()) for data in spec.get("data", [])]}
        for spec in specs
    ]
    return [json.loads(text) for text in tables], specs


def _columns(values: object) -> object:
    if isinstance(values, list) and values and all(isinstance(row, dict) for row in values):
        names = list(values[0])
        if names and all(list(row) == names for row in values):
            return {"names": names, "columns": [[row[name] for row in values] for name in names]}
    return {"values": values}


def _parts(path: Path) -> list:
    """Return the charts, or the numbers, that a file of the site holds."""
    _, _, text = path.read_text(encoding="utf-8").partition(" = ")
    held = json.loads(text.rstrip("\n;"))
    tables = [_values(table) for table in held["tables"]]
    for part in held["parts"] if tables else ():
        part["data"] = [
            dict(("values", tables[held]) if name == "table" else (name, held) for name, held in data.items())
            for data in part["data"]
        ]
    return held["parts"]


def _values(table: dict) -> object:
    return list(_rows(table)) if "columns" in table else table["values"]


def _rows(table: dict) -> Iterator[dict]:
    for cells in zip(*table["columns"], strict=True):
        yield dict(zip(table["names"], cells, strict=True))
