"""The release of 2027 as it might be, of tin alone, made of the small one of 2026, with rows that list it at a publisher on this machine."""

import csv
import hashlib
from pathlib import Path

from small_data import RELEASES

NAME, FILE = "mcs2027", "MCS2027_Commodities_Data.csv"
REVISED = {"China": "75,000", "World total": "294,000"}  # of 2025: 71,000 and 290,000 in mcs2026
NEW = {"China": "55,000", "World total": "274,000"}  # of 2026
COLUMNS = ("release", "file", "url", "md5", "bytes")


def make(folder: Path) -> Path:
    """Write the release into a folder; its years are 2025, revised, and 2026."""
    folder.mkdir(parents=True)
    with (RELEASES / "mcs2026" / "MCS2026_Commodities_Data.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["MCS chapter"] == "TIN"]
    printed = []
    for row in rows:
        if row["Statistics"] == "Production" and row["Year"] == "2025":
            printed.append(row | {"Value": REVISED.get(row["Country"], row["Value"])})
            printed.append(row | {"Year": "2026", "Value": NEW.get(row["Country"], row["Value"])})
        elif row["Statistics"] == "Reserves":
            printed.append(row | {"Year": "2026"})
    with (folder / FILE).open("w", encoding="utf-8", newline="") as file:
        written = csv.DictWriter(file, rows[0].keys(), lineterminator="\n")
        written.writeheader()
        written.writerows(printed)
    return folder


def listed(release: str, path: Path, address: str, md5: str | None = None) -> dict[str, str]:
    """The row of data/release_files.csv of a file that is published at an address."""
    content = path.read_bytes()
    md5 = md5 or hashlib.md5(content).hexdigest()
    return dict(
        zip(COLUMNS, (release, path.name, f"{address}/{path.name}", md5, str(len(content))), strict=True)
    )


def write_list(data: Path, *rows: dict[str, str]) -> None:
    """List these files in a data folder, and no others; a publisher on this machine has no certificate for https."""
    package = data / "datapackage.json"
    declared = package.read_text(encoding="utf-8")
    package.write_text(declared.replace('"https://.*"', '"https?://.*"'), encoding="utf-8")
    with (data / "release_files.csv").open("w", encoding="utf-8", newline="") as file:
        written = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        written.writeheader()
        written.writerows(rows)
