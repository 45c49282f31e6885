"""What a country brings, signed and was told: the tables seen from one country's side.

The countries are the delegations of 4 February 2026, the notable absentees and the host. The European Union
is one of them; its output is that of its member states.
"""

import re
import unicodedata

import pandas as pd

from chokepoint.analysis import coalitions, reserves, supply
from chokepoint.analysis.spelling import ours
from chokepoint.data import memory, tables, views
from chokepoint.data.tables import by_release
from chokepoint.errors import UserError

HOST, CHINA, UNION = "USA", "CHN", "EUE"
FRAMEWORKS = (
    "framework",
    "memorandum",
    "strategic partnership",
)  # what counts as a framework; plans and statements do not
_SERIES = ["mineral", "step", "form"]


@views.view("geography", "attendees")
def names(geography: pd.DataFrame, attendees: pd.DataFrame) -> dict[str, str]:
    """iso3 → name of every country that has a page, by name."""
    rows = geography[geography.iso3.isin([*attendees.iso3, HOST])].sort_values(
        "name", key=lambda n: n.map(_plain)
    )
    return dict(zip(rows.iso3, rows.name, strict=True))


def slug(iso3: str) -> str:
    """Return the name as it stands in an address and in the parameter of a page.

    >>> slug("COK"), slug("TUR")
    ('cook-islands', 'turkiye')
    """
    return slugs()[iso3]


@memory.remembered
def slugs() -> dict[str, str]:
    """Return the name in an address of every country that has a page, by iso3."""
    return {iso3: re.sub(r"\W+", "-", _plain(name).lower()) for iso3, name in names().items()}


def _plain(name: str) -> str:
    return unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()


def code(page: str) -> str:
    """iso3 of a page's name. UserError when no country has that page.

    >>> code("dr-congo")
    'COD'
    """
    found = [iso3 for iso3 in names() if slug(iso3) == page]
    if found:
        return found[0]
    raise UserError(f'No country page "{page}". The pages: {", ".join(map(slug, names()))}.')


# --- what it brings ---


@by_release
def output_shares(release: str = tables.DEFAULT_RELEASE, year: int | None = None) -> pd.DataFrame:
    """Return each country's share [%] of world output and its place, per mineral and step; value [t].

    The place is that among the countries named. Rows that the source withholds are kept without a value. The
    Union's rows are sums of its members, without a place.
    year: as in `supply.output`. A form that a release prints beside the series that speaks for the mineral
    (rutile, alumina) has rows of its own: column form.

    >>> row = output_shares().query("iso3 == 'ARG' and mineral == 'lithium' and step == 'mine'").iloc[0]
    >>> round(float(row.share), 1), int(row.place)
    (7.9, 5)
    """
    rows = pd.concat([supply.output(release, year), supply.forms(release, year)], ignore_index=True).query(
        "area_kind == 'country'"
    )
    rows = rows.assign(place=rows.groupby(_SERIES).value.rank(ascending=False, method="min"))
    union = rows[rows.iso3.isin(coalitions.members("eu27"))].dropna(subset=["value"])
    same = ["world", "year", "what", "alone", "kilograms", "release", "source_id"]
    sums = union.groupby(_SERIES).agg({"value": "sum", "share": "sum"} | dict.fromkeys(same, "first"))
    sums = sums.reset_index().assign(iso3=UNION, area=names()[UNION])
    return pd.concat([rows[rows.iso3.isin(names())], sums], ignore_index=True).sort_values(
        ["iso3", "share"], ascending=[True, False], ignore_index=True
    )


def brings(iso3: str, release: str) -> pd.DataFrame:
    """Rows of `output_shares` of one country that have a figure above nothing, largest share first."""
    rows = output_shares(release)
    return rows[(rows.iso3 == iso3) & (rows.value > 0)].reset_index(drop=True)


def withheld(iso3: str, release: str) -> list[str]:
    """Minerals of which its output at some step is withheld."""
    rows = output_shares(release)
    return sorted(set(rows[(rows.iso3 == iso3) & (rows.qualifier == "withheld")].mineral))


@by_release
def underground(release: str = tables.DEFAULT_RELEASE) -> pd.DataFrame:
    """Return the reserves of the countries that have a page: rows of `reserves.series`.

    Those of the Union are summed from its members.
    """
    rows = reserves.series(release).query("area_kind == 'country' and value > 0")
    rows = rows[rows.mineral.isin(tables.load("minerals").query("kind != 'other'").mineral)]
    union = rows[rows.iso3.isin(coalitions.members("eu27"))]
    sums = union.groupby("mineral").agg(
        {"value": "sum", "share": lambda s: s.sum(min_count=1), "source_id": "first"}
    )
    return pd.concat(
        [rows[rows.iso3.isin(names())], sums.reset_index().assign(iso3=UNION, counted="")], ignore_index=True
    )


# --- what it signed ---


@memory.remembered
def texts(iso3: str) -> pd.DataFrame:
    """Agreements, plans, statements and refusals that name it, oldest first; forums apart."""
    rows = tables.rows("agreements", iso3s=iso3)
    rows = rows[rows.published & (rows.batch != "forum")]
    return rows.sort_values("date_start", na_position="last")


@memory.remembered
def signed(iso3: str) -> pd.Series | None:
    """Return the first framework, memorandum or partnership it signed with the United States, or None."""
    rows = texts(iso3)
    rows = rows[(rows.status == "signed") & rows.instrument.isin(FRAMEWORKS)]
    return None if rows.empty else rows.iloc[0]


def came(iso3: str) -> bool:
    """Whether the State Department's list of 4 February has it."""
    return iso3 in coalitions.members("attendees_4feb")


def in_union(iso3: str) -> bool:
    """Whether it is a member state of the European Union."""
    return iso3 in coalitions.members("eu27")


STATUS = {
    "host": "Host",
    "china": "China",
    "signed_day": "Signed on 4 February",
    "signed_before": "Signed before",
    "signed_since": "Signed since",
    "union": "Through the European Union",
    "came": "None known",
    "away": "None known",
}


@memory.remembered
def status(iso3: str) -> str:
    """Where it stands towards the frameworks: a key of STATUS.

    >>> status("ARG"), status("AUS"), status("COL"), status("DNK"), status("CAN"), status("CHL")
    ('signed_day', 'signed_before', 'signed_since', 'union', 'came', 'away')
    """
    if iso3 in (HOST, CHINA):
        return "host" if iso3 == HOST else "china"
    text = signed(iso3)
    if text is not None:
        return {"eleven_4feb": "signed_day", "earlier_ten": "signed_before"}.get(text.batch, "signed_since")
    return "union" if in_union(iso3) else "came" if came(iso3) else "away"


# --- what was done to it, and what it does ---


def aimed_at(iso3: str) -> pd.DataFrame:
    """Chinese measures whose target names it, oldest first."""
    return _aimed_at(iso3, names()[iso3])


@views.view("controls")
def _aimed_at(controls: pd.DataFrame, iso3: str, name: str) -> pd.DataFrame:
    rows = controls.query("published")
    words = {"JPN": "Japan", "USA": r"United States|\bUS\b|MP Materials"}.get(iso3, re.escape(name))
    return rows[rows.target.str.contains(words, regex=True)].sort_values(
        "effective_date_start", na_position="last"
    )


def own_controls(iso3: str, release: str) -> pd.DataFrame:
    """Limits on exports that it set itself, as USGS lists them; empty where the release has no such list."""
    if release not in tables.releases("export_controls"):
        return pd.DataFrame(columns=["control", "commodity", "minerals", "since", "source_id"])
    rows = tables.load("export_controls", release).query("iso3 == @iso3")
    return rows.assign(commodity=rows.commodity.map(ours))


def events(iso3: str) -> pd.DataFrame:
    """Dated events that name it, oldest first."""
    return tables.rows("timeline", iso3s=iso3).query("published").sort_values("date_start")


def controls_of_others(release: str) -> pd.DataFrame:
    """Limits on exports of listed minerals by countries but China, as USGS lists them.

    Columns: area, iso3, control, commodity, minerals, since, source_id. Empty where the release has no such
    list.

    >>> rows = controls_of_others("mcs2026").set_index(["area", "commodity"])
    >>> rows.control["DR Congo", "cobalt"], int(rows.since["Indonesia", "nickel ore"])
    ('Export quota', 2020)
    """
    columns = ["area", "iso3", "control", "commodity", "minerals", "since", "source_id"]
    if release not in tables.releases("export_controls"):
        return pd.DataFrame(columns=columns)
    listed = set(tables.load("minerals").query("listed_2025").mineral)
    rows = tables.load("export_controls", release).query("iso3 != 'CHN'")
    named = rows.minerals.fillna("").map(lambda cell: bool(listed & set(cell.split(";"))))
    return rows.loc[named, columns].assign(commodity=rows.commodity.map(ours)).reset_index(drop=True)
