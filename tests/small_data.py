"""A data folder in small: the project's own tables and evidence, and of the releases only parts of two (tests/small_releases)."""

import csv
import io
import json
import shutil
from pathlib import Path

from chokepoint.data import tables
from chokepoint.data.ingest import usgs

HOME = Path(__file__).resolve().parents[1]
DATA = HOME / "data"
RELEASES = Path(__file__).with_name("small_releases")
OWN = ("releases", "commodities", "corrections", "known_exceptions", "known_gaps", "release_files")
EVIDENCE = (
    *("ledger", "timeline", "agreements", "finance", "controls", "claims", "memberships"),
    *("readings", "markets", "vault", "attendees"),  # the ledger refers to them
)


def make(folder: Path) -> Path:
    """Write the data folder into `folder`, both releases in it, and return it."""
    data = folder / "data"
    declared = {
        r["name"]: r for r in json.loads((DATA / "datapackage.json").read_text(encoding="utf-8"))["resources"]
    }
    schemas = {r["name"]: r["schema"] for r in tables.package(DATA)["resources"]}
    names, wanted = set(), {*OWN, *EVIDENCE}
    while wanted:  # tables with all that they refer to
        names |= wanted
        of = [schemas[name] for name in wanted]
        keys = [key["reference"] for schema in of for key in schema.get("foreignKeys", [])]
        keys += [
            field["foreignList"] for schema in of for field in schema["fields"] if "foreignList" in field
        ]
        wanted = {key["resource"] for key in keys if key["resource"]} - names
    for name in names:
        (data / declared[name]["path"]).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(DATA / declared[name]["path"], data / declared[name]["path"])
    shutil.copytree(DATA / "schemas", data / "schemas")
    described = json.loads((DATA / "datapackage.json").read_text(encoding="utf-8"))
    described["resources"] = [r for r in described["resources"] if r["name"] in names]
    (data / "datapackage.json").write_text(
        json.dumps(described, indent=2, ensure_ascii=False) + "\n", encoding="utf-8"
    )
    for release in ("mcs2025", "mcs2026"):
        usgs.ingest(RELEASES / release, data)
    return data


def rows(path: Path) -> list[dict[str, str]]:
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def write(path: Path, found: list[dict[str, str]]) -> None:
    made = io.StringIO()
    writer = csv.DictWriter(made, found[0].keys(), lineterminator="\n")
    writer.writeheader()
    writer.writerows(found)
    path.write_text(made.getvalue(), encoding="utf-8")


def line(path: Path, **picked: str) -> int:
    """The one row with these cells, counted as a spreadsheet does: the header is row 1."""
    at = [
        i
        for i, row in enumerate(rows(path), 2)
        if all(row[column] == value for column, value in picked.items())
    ]
    assert len(at) == 1, (picked, at)
    return at[0]


def contents(folder: Path) -> dict[str, bytes]:
    return {
        p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()
    }
