"""Facts of who makes what, of US reliance, of controls and of the bloc: worked out from the tables."""

from collections.abc import Callable
from functools import lru_cache

import pandas as pd

from chokepoint.analysis import coalitions, reliance, supply
from chokepoint.analysis.facts import _WORDS, computed
from chokepoint.data import tables


@computed(
    "rare_earths.china_mined",
    "China's share of the rare earths mined in the release's latest year",
    "%",
    "{:.2f} %",
    "China's mine output over the printed world total, rare-earth oxides, latest year of the release",
    yearly=True,
)
def _china_mined(release: str, year: int | None = None):
    return _share_of(release, "rare_earths", "mine", "china", year)


# --- who makes what: for every mineral whose producers are published ---

_STEPS = {"mine": "mined", "refinery": "refined"}
_REFINED = "The mine is USGS; refining is USGS where it has countries, else the IEA's base year (for rare earths the four magnet elements)."


def _of(whole: Callable, release: str, year: int | None) -> pd.DataFrame:
    """A measure of supply at a release, or of an earlier year of it."""
    return whole(release, year) if year else whole(release)


@lru_cache(maxsize=32)
def _summary(data: str, release: str, year: int | None) -> dict:
    magnets = _of(supply.summary_of_pairs, release, year)
    return (magnets[magnets.index.get_level_values("mineral") == supply.MAGNET].to_dict("index")) | _of(
        supply.summary, release, year
    ).to_dict("index")


def _share_of(release: str, mineral: str, step: str, whose: str, year: int | None = None):
    """A column of supply.summary for a mineral and step, with its sources and rows; nothing where it is not known."""
    row = _summary(str(tables.data_dir()), release, year).get((mineral, step))
    if row is None or pd.isna(row[whose]):
        return None, ()
    sources = row["sources"] + (("S001",) if whose == "inside" else ())
    rows, alone = _output_rows(release, mineral, step, whose, year)
    return float(row[whose]), sources, {"rows": rows} | _extreme(float(row[whose]), alone)


def _extreme(share: float, alone: bool = False) -> dict[str, str]:
    """The text of a share that rounding would make nothing or everything. alone: what it counts is all there is.

    >>> _extreme(0.4), _extreme(99.6), _extreme(0), _extreme(50), _extreme(100), _extreme(100, alone=True)
    ({'text': 'under 1 %'}, {'text': 'over 99 %'}, {}, {}, {'text': 'over 99 %'}, {})
    """
    return (
        {"text": "under 1 %"} if 0 < share < 1 else {"text": "over 99 %"} if share > 99 and not alone else {}
    )


@lru_cache(maxsize=32)
def _output(data: str, release: str, year: int | None) -> dict[tuple[str, str], pd.DataFrame]:
    """Rows of supply.output with a figure, by mineral and step; and where each country stands."""
    magnets = _of(supply.pairs, release, year).query("mineral == @supply.MAGNET")
    rows = pd.concat([_of(supply.output, release, year), magnets], ignore_index=True)
    rows = rows[rows.value > 0].assign(where=rows.iso3.map(coalitions.standing()))
    return dict(list(rows.groupby(["mineral", "step"])))


def _output_rows(
    release: str, mineral: str, step: str, whose: str, year: int | None
) -> tuple[tuple[str, ...], bool]:
    """The countries that a share counts, and the world total, as "China 2025: 270,000 t"; and whether they are all that make any."""
    output = _output(str(tables.data_dir()), release, year).get((mineral, step))
    if output is None:
        return (), False
    countries = output[output.area_kind == "country"]
    if whose == "largest":
        counted = countries.head(1)
    elif whose == "china":
        counted = countries[countries.iso3 == "CHN"]
    else:
        counted = countries[countries["where"].isin([coalitions.SIGNED, coalitions.CAME])]
    world = output.iloc[0]
    told = [f"{r.area} {r.year}: {supply.mass(r.value, r.kilograms)}" for r in counted.itertuples()]
    return (*told, f"World {world.year}: {supply.mass(world.world, world.kilograms)}"), len(counted) == len(
        output
    )


def _register_shares(mineral: str, name: str, step: str) -> None:
    word = _STEPS[step]
    digits = "{:.1f} %" if mineral in ("rare_earths", supply.MAGNET) and word == "refined" else "{:.0f} %"
    wanted = [
        (
            "china",
            f"China's share of world output, {word}: {name}",
            "China's output over the printed world total, latest year.",
        ),
        (
            "largest",
            f"Share of the largest producing country, {word}: {name}",
            "Largest country over the printed world total, latest year.",
        ),
        (
            "inside",
            f"Share of the United States, signatories and attendees, {word}: {name}",
            "Output of the United States, every signatory of a framework and every delegation of 4 February over the world total.",
        ),
    ]
    for whose, label, how in wanted:
        fact_id = f"{mineral}.{whose}_{word}"
        if fact_id != "rare_earths.china_mined":
            computed(
                fact_id,
                label,
                "%",
                digits if whose != "inside" else "{:.0f} %",
                f"{how} {_REFINED}",
                yearly=True,
            )(lambda r, w=whose, year=None: _share_of(r, mineral, step, w, year))


@lru_cache(maxsize=8)
def _imports(data: str, release: str) -> tuple[dict, dict]:
    lines, first = reliance.lines(release), reliance.main_sources(release)
    return lines.set_index("mineral").to_dict("index"), first.set_index("mineral").to_dict("index")


def _reliance(release: str, mineral: str, year: int | None = None):
    """Net import reliance as printed: a figure, or a bound in words."""
    if year:
        text = reliance.readings(mineral, year).get(release)
        return (text, (release.upper(),)) if text else (None, ())
    row = _imports(str(tables.data_dir()), release)[0].get(mineral)
    return (
        (row["text"], (row["source_id"],), {"rows": (f"{row['what']}: {row['text']}",)})
        if row
        else (None, ())
    )


def _main_source(release: str, mineral: str):
    row = _imports(str(tables.data_dir()), release)[1].get(mineral)
    if row is None:
        return None, ()
    return (
        float(row["value"]),
        (row["source_id"],),
        {
            "rows": (f"{row['area']}: {row['text']}",),
            "text": row["text"],
            "as_of": f"{row['first_year']}–{row['last_year']}",
        },
    )


def _register_reliance(mineral: str, name: str) -> None:
    computed(
        f"{mineral}.reliance",
        f"Net import reliance of the United States: {name}",
        "%",
        "{}",
        "As USGS prints it for the release's latest year, a bound where figures are withheld",
        yearly=True,
    )(lambda r, year=None: _reliance(r, mineral, year))
    computed(
        f"{mineral}.main_source",
        f"Share of US imports from their largest source: {name}",
        "%",
        "{:.0f} %",
        "Average of the four years that USGS prints, for the form that speaks for the mineral",
    )(lambda r: _main_source(r, mineral))


def _first_licence(mineral: str) -> dict | None:
    """The first licence on a mineral that took effect; on the rare earths, the first on any of them."""
    minerals = tables.load("minerals")
    group = minerals.mineral[minerals.group == "rare earths"] if mineral == "rare_earths" else ()
    links = tables.rows("control_minerals", mineral=[mineral, *group])
    rows = tables.rows("controls", control_id=links.control_id).query(
        "published and instrument == 'licence' and took_effect == 'yes'"
    )
    ordered = links.merge(rows, on="control_id").sort_values("effective_date_start", kind="stable")
    return None if ordered.empty else ordered.iloc[0].to_dict()


def _controlled_since(mineral: str):
    row = _first_licence(mineral)
    if row is None:
        return None, ()
    return (
        f"{row['effective_date_start']:%-d %B %Y}",
        (row["source_id"],),
        {"rows": (f"{row['legal_reference']}: {row['items']}",)},
    )


for _row in tables.load("minerals").query("kind != 'other'").itertuples():
    for _step in _STEPS:
        _register_shares(_row.mineral, _row.name, _step)
    _register_reliance(_row.mineral, _row.name)
    computed(
        f"{_row.mineral}.controlled_since",
        f"Day from which China asks an export licence: {_row.name}",
        "",
        "{}",
        "First licence in the table of controls that names the mineral and took effect",
    )(lambda _, m=_row.mineral: _controlled_since(m))


# --- the years that are compared ---


def _year(fact_id: str, label: str, step: str, source: str) -> None:
    def value(release: str):
        rows = supply.output(release)
        rows = rows[(rows.mineral == "rare_earths") & (rows.step == step)]
        return (None, ()) if rows.empty else (float(rows.year.max()), tuple(sorted(rows.source_id.unique())))

    computed(fact_id, label, "", "{:.0f}", f"Latest year of the rows used, {source}")(value)


_year("rare_earths.year_mined", "Year of the rare earths' mine output", "mine", "US Geological Survey")
_year(
    "rare_earths.year_refined",
    "Year of the magnet rare earths' refining",
    "refinery",
    "International Energy Agency",
)


# --- over all minerals ---


def _both(release: str, year: int | None) -> pd.DataFrame:
    return _of(supply.china_pairs, release, year)


def _output_sources(release: str) -> tuple[str, ...]:
    return tuple(sorted(supply.output(release).source_id.unique()))


def _count(fact_id: str, label: str, how: str, counted, extra: tuple[str, ...] = ()) -> None:
    """A number of minerals; `counted` gives which, from the release and a year (None: its latest)."""

    def value(release: str, year: int | None = None):
        which = list(counted(release, year))
        return (
            float(len(which)),
            _output_sources(release) + extra,
            {"rows": tuple(_names()[m] for m in which)},
        )

    computed(fact_id, label, "minerals", "{:.0f}", how, yearly=True)(value)


def _names() -> dict[str, str]:
    return tables.load("minerals").set_index("mineral").name.to_dict()


def _where(shares: pd.DataFrame, test) -> list[str]:
    """Minerals (the index of `shares`) for which the test holds."""
    return list(shares.index[test(shares)])


_count(
    "dependence.both_known",
    "Minerals whose producers are known at the mine and after it, of one and the same product",
    "Minerals with country figures at both steps that count one product; ore and another product made of it are left out",
    lambda r, y: _both(r, y).index,
)
_count(
    "dependence.higher_refined",
    "Of these, minerals in which China's share is larger after the mine",
    "China's share after the mine above its share at the mine",
    lambda r, y: _where(_both(r, y), lambda t: t.refinery > t.mine),
)
_count(
    "dependence.majority_mined",
    "Of these, minerals of which China mines more than half",
    "China's share at the mine above 50 %",
    lambda r, y: _where(_both(r, y), lambda t: t.mine > 50),
)
_count(
    "dependence.majority_refined",
    "Of these, minerals of which China makes more than half after the mine",
    "China's share after the mine above 50 %",
    lambda r, y: _where(_both(r, y), lambda t: t.refinery > 50),
)
_count(
    "dependence.other_product",
    "Minerals of which another product is counted after the mine than at it",
    "Minerals with country figures at both steps, where the two count different products",
    lambda r, y: sorted(set(supply.two_steps(r).query("not alike").mineral)),
)
for _step, _word in _STEPS.items():
    _count(
        f"dependence.known_{_word}",
        f"Minerals whose producers are known, {_word}",
        "Minerals with country figures at this step",
        lambda r, y, s=_step: _of(supply.leaders, r, y).query("step == @s").mineral,
    )
    _count(
        f"dependence.china_leads_{_word}",
        f"Minerals in which China is the largest producer, {_word}",
        "Largest country is China",
        lambda r, y, s=_step: _of(supply.leaders, r, y).query("step == @s and iso3 == 'CHN'").mineral,
    )
    _count(
        f"frameworks.majority_{_word}",
        f"Minerals of which the United States, signatories and attendees hold more than half, {_word}",
        "Their summed share above 50 %",
        lambda r, y, s=_step: _where(_of(supply.inside, r, y), lambda t: t[s] > 50),
        extra=("S001",),
    )
    _count(
        f"frameworks.china_majority_{_word}",
        f"Minerals of which China holds more than half, {_word}",
        "China's share above 50 %",
        lambda r, y, s=_step: _where(_of(supply.china, r, y), lambda t: t[s] > 50),
    )


def _reliance_count(test):
    """A number of lines of the table of net import reliance; `test` gives which, as a mask."""

    def count(release: str):
        lines = reliance.lines(release)
        if lines.empty:
            return None, ()
        which = lines[test(lines)]
        return (
            float(len(which)),
            tuple(lines.source_id.unique()),
            {"rows": tuple(f"{r.what}: {r.text}" for r in which.itertuples())},
        )

    return count


computed(
    "reliance.lines",
    "Listed minerals and groups with a net import reliance",
    "minerals",
    "{:.0f}",
    "Listed minerals and groups of them for which any table of the release states a reliance, figure or bound",
)(_reliance_count(lambda t: t.value.notna()))
computed(
    "reliance.full",
    "Listed minerals and groups for which the United States relies on imports altogether",
    "minerals",
    "{:.0f}",
    "Net import reliance printed as 100 %",
)(_reliance_count(lambda t: t.value == 100))
computed(
    "reliance.half",
    "Further listed minerals and groups with at least half net import reliance",
    "minerals",
    "{:.0f}",
    "Printed figure of 50 to 99 %, or a lower bound of 50 % or more",
)(_reliance_count(lambda t: (t.value >= 50) & (t.value < 100) & (t.kind != "less")))
computed(
    "reliance.bounds",
    "Listed minerals and groups for which only a bound is printed",
    "minerals",
    "{:.0f}",
    "More than or less than a printed figure, because a company's data are withheld",
)(_reliance_count(lambda t: t.kind.isin(["greater", "less"])))


@tables.view("agreements")
def _signed(rows: pd.DataFrame) -> pd.DataFrame:
    """The bilateral texts that were signed; a page that counts them depends on no other row."""
    return rows[
        (rows.status == "signed")
        & rows.instrument.isin(["framework", "memorandum", "strategic partnership"])
        & rows.iso3s.notna()
    ]


def _texts(fact_id: str, label: str, how: str, test) -> None:
    def value(release: str):
        which = _signed()[test]
        return float(len(which)), tuple(sorted({"S001", *which.source_id})), {"rows": tuple(which.partner)}

    computed(fact_id, label, "texts", "{:.0f}", how)(value)


_texts(
    "frameworks.texts",
    "Frameworks, memorandums and partnerships whose partner is known",
    "Signed rows of these three kinds in the table of agreements",
    lambda t: t.status == "signed",
)
_texts(
    "frameworks.texts_binding",
    "Of these, texts that bind",
    "Rows whose column binding says yes",
    lambda t: t.binding == "yes",
)
_texts(
    "frameworks.texts_not_binding",
    "Of these, texts that bind nobody by their own words, which were read",
    "Rows whose column binding says no",
    lambda t: t.binding == "no",
)
_texts(
    "frameworks.texts_unseen",
    "Of these, texts that we have not seen",
    "Rows whose column binding says text not seen or said not to",
    lambda t: t.binding.isin(["text not seen", "said not to"]),
)
_texts(
    "frameworks.texts_said_not",
    "Texts not seen that a party or a report says do not bind",
    "Rows whose column binding says said not to",
    lambda t: t.binding == "said not to",
)


def _partners(
    fact_id: str, label: str, unit: str, how: str, batches: tuple[str, ...], text: str, note: str
) -> None:
    """A number of partners that signed, counted from the table of agreements; `text` has a place for it."""

    def value(release: str):
        which = _signed(release)
        which = which[which.batch.isin(batches) & which.published]
        number = which.iso3s.nunique()
        further = {
            "text": text.format(_WORDS[number] if unit == "agreements" and number < len(_WORDS) else number),
            "as_of": f"{which.as_of.max():%Y-%m-%d}",
            "note": note,
            "rows": tuple(which.partner),
        }
        return float(number), tuple(sorted(which.source_id.unique())), further

    computed(fact_id, label, unit, text, how, "corroborated")(value)


_EARLIER, _FEBRUARY, _AFTER = "earlier_ten", "eleven_4feb", "after_february"
_partners(
    "frameworks.established",
    "Partners with a signed framework established here",
    "partners",
    "Partners of signed frameworks, memorandums and partnerships in the table of agreements",
    (_EARLIER, _FEBRUARY, _AFTER),
    "{} partners",
    "The EU counted once; three of the earlier ten and the seventeen concluded are missing",
)
_partners(
    "frameworks.earlier_established",
    "Of the earlier ten, those established here by date",
    "agreements",
    "Signed rows of the five months before the ministerial in the table of agreements",
    (_EARLIER,),
    "{}",
    "Placed by date; State does not name them",
)
_partners(
    "frameworks.since_february",
    "Frameworks and memorandums signed after the ministerial",
    "agreements",
    "Signed rows since the ministerial in the table of agreements",
    (_AFTER,),
    "{}",
    "",
)
