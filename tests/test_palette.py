"""The colours of the charts: seen on both papers, told apart by readers who see fewer of them, one meaning each."""

import itertools
import json
import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from chokepoint.charts import theme

STYLE = (Path(__file__).resolve().parents[1] / "book/_static/chokepoint.css").read_text(encoding="utf-8")
PAPERS = sorted(set(re.findall(r"--cp-paper: (#\w{6})", STYLE)))
# Those that stand in one chart, and how far apart they must be seen to be: the third are named at their ends too.
TOGETHER = {
    "who": (("CHINA", "BLOC", "UNITED_STATES", "OTHER", "FLOOR"), 0.06),
    "verdicts": (("HOLDS", "UNSURE", "FAILS", "OTHER"), 0.06),
    "series": (("TEAL", "BRONZE", "CLAY", "LILAC"), 0.05),
}
COLOURS = {name: getattr(theme, name) for names, _ in TOGETHER.values() for name in names}
# What such eyes make of linear light: Machado, Oliveira and Fernandes (2009), severity 1.
EYES = {
    "all colours": np.eye(3),
    "no red": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "no green": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "no blue": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
}
# Linear light to Oklab, in which distance is difference as seen: Ottosson (2020).
TO_CONES = [
    [0.4122214708, 0.5363325363, 0.0514459929],
    [0.2119034982, 0.6806995451, 0.1073969566],
    [0.0883024619, 0.2817188376, 0.6299787005],
]
TO_LAB = [
    [0.2104542553, 0.7936177850, -0.0040720468],
    [1.9779984951, -2.4285922050, 0.4505937099],
    [0.0259040371, 0.7827717662, -0.8086757660],
]


def light(colour: str) -> np.ndarray:
    """Linear light of #rrggbb, 0 to 1."""
    parts = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    return np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)


def seen(colour: str, eye: str) -> np.ndarray:
    return np.array(TO_LAB) @ np.cbrt(np.array(TO_CONES) @ np.clip(np.array(EYES[eye]) @ light(colour), 0, 1))


def contrast(one: str, other: str) -> float:
    """As WCAG 2.2 reckons it."""
    low, high = sorted(float(light(c) @ [0.2126, 0.7152, 0.0722]) for c in (one, other))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("paper", PAPERS)
@pytest.mark.parametrize("name", COLOURS)
def test_a_mark_stands_out_from_the_paper(name, paper):
    assert contrast(COLOURS[name], paper) >= 3  # success criterion 1.4.11


@pytest.mark.parametrize("names, apart", TOGETHER.values(), ids=TOGETHER)
@pytest.mark.parametrize("eye", EYES)
def test_no_two_colours_are_taken_for_one_another(eye, names, apart):
    seen_as = {name: seen(COLOURS[name], eye) for name in names}
    distances = {
        pair: np.linalg.norm(seen_as[pair[0]] - seen_as[pair[1]]) for pair in itertools.combinations(names, 2)
    }
    assert len(PAPERS) == 2 and {pair: d for pair, d in distances.items() if d < apart} == {}


# --- one meaning a colour, asked of the built charts

CLUB = r"sign|club|bloc|member|inside|came|attended|partners|ministerial|framework"
MEANING = {  # of a colour: what must be spoken of where it is drawn
    "China": ((theme.CHINA, theme.CHINA_PALE), r"chin(a|ese)\b|beijing"),
    "the club": ((theme.BLOC_EARLIER, theme.BLOC, theme.BLOC_LATER, theme.BLOC_PALE), CLUB),
    "the United States": ((theme.UNITED_STATES,), r"united states|\bus\b|american|host|washington"),
    "a floor": ((theme.FLOOR,), r"floor|price"),
}
NAMES = {  # what has one colour wherever it is named
    **theme.PLACES,
    "At the mine": theme.MINED,
    "After the mine": theme.REFINED,
}
INKS = {"cp_ink", "cp_soft", "cp_grid", "cp_paper"}
NEUTRAL = {"#22252a", "#ffffff", "white", "black", "transparent"}


def charts(site: Path) -> Iterator[tuple[str, dict, str]]:
    """Each chart of the site: its id, its compiled picture, and what is said of it."""
    for path in sorted((site / "api" / "charts").rglob("*.json")):
        chart = json.loads(path.read_text(encoding="utf-8"))
        yield chart["id"], chart["spec"], f"{chart['title']} {chart['alt']}"


def scales(node: object) -> Iterator[dict[str, str]]:
    """Names and colours of each scale that gives colours to names."""
    if isinstance(node, dict):
        names, colours = node.get("domain"), node.get("range")
        if isinstance(names, list) and isinstance(colours, list) and any(map(is_colour, colours)):
            yield dict(zip(map(str, names), map(str, colours), strict=False))
        for value in node.values():
            yield from scales(value)
    elif isinstance(node, list):
        for value in node:
            yield from scales(value)


def is_colour(value: object) -> bool:
    return isinstance(value, str) and bool(re.fullmatch(r"#[0-9a-fA-F]{6}", value))


def colours_of(spec: dict) -> set[str]:
    return {*re.findall(r"#[0-9a-fA-F]{6}\b", json.dumps(spec))}


@pytest.mark.slow
def test_every_colour_of_every_chart_is_in_the_table(site):
    table = {c.lower() for c in vars(theme).values() if is_colour(c)} | {ink["value"] for ink in theme.INKS}
    strange = {
        name: sorted(colours_of(spec) - table - NEUTRAL - ramps(spec)) for name, spec, _ in charts(site)
    }
    assert {name: found for name, found in strange.items() if found} == {}


def ramps(spec: dict) -> set[str]:
    """Colours of the scales that turn a number into a shade."""
    return {
        colour
        for scale in spec.get("scales", [])
        if scale.get("type") not in ("ordinal", "band", "point")
        for colour in re.findall(r"#[0-9a-fA-F]{6}", json.dumps(scale))
    }


@pytest.mark.slow
@pytest.mark.parametrize("meaning", MEANING)
def test_a_colour_with_a_meaning_is_drawn_for_nothing_else(site, meaning):
    """A name that a scale gives such a colour speaks of it, or else the chart as a whole does."""
    colours, words = MEANING[meaning]
    faults = [
        f"{name}: {found}"
        for name, spec, said in charts(site)
        if (found := colours_of(spec) & {*colours}) and not re.search(words, said, re.I)
        if not all(
            re.search(words, of, re.I)
            for scale in scales(spec)
            for of, colour in scale.items()
            if colour in colours
        )
        or not any(colour in colours for scale in scales(spec) for colour in scale.values())
    ]
    assert faults == []


@pytest.mark.slow
def test_a_name_has_one_colour_wherever_it_stands(site):
    """It may be set aside in grey, or be a part of what is China's."""
    faults = [
        f"{name}: {of} is {colour}"
        for name, spec, _ in charts(site)
        for scale in scales(spec)
        for of, colour in scale.items()
        if of in NAMES and colour not in (NAMES[of], theme.OTHER, *MEANING["China"][0], *INKS)
    ]
    assert faults == []


def names_of(scale: dict, spec: dict) -> set[str]:
    """The names that a scale tells apart: those it lists, or those its data hold."""
    domain, tables = scale["domain"], {table["name"]: table for table in spec["data"]}
    if isinstance(domain, list):
        return {*map(str, domain)}
    table = tables.get(domain.get("data"), {})
    while isinstance(source := table.get("source"), str):
        table = tables[source]
    rows = table.get("values")
    return (
        {str(row[domain["field"]]) for row in rows if domain.get("field") in row}
        if isinstance(rows, list)
        else set()
    )


@pytest.mark.slow
def test_no_two_names_of_a_chart_have_one_of_the_colours_without_a_meaning(site):
    """Or a reader takes one for the other; what has a meaning, and the grey of all others, may be several’s."""
    plain, faults = {*theme.SERIES, *theme.SERIES_PALE}, []
    for name, spec, _ in charts(site):
        for scale in spec.get("scales", []):
            named = scale.get("range")
            colours = spec["config"]["range"]["category"] if named == "category" else named
            if (
                scale.get("type") != "ordinal"
                or not isinstance(colours, list)
                or not {*map(str, colours)} & plain
            ):
                continue
            names, own = names_of(scale, spec), [c for c in colours if c in plain]
            if len(names) > len(colours) or len(set(own)) < len(own):
                faults.append(f"{name}: {len(names)} names, {len(set(colours))} colours")
    assert faults == []


@pytest.mark.parametrize("places", [[], ["European Union"], ["Japan", "European Union"]])
def test_who_has_no_colour_of_its_own_gets_none_that_another_in_the_chart_has(places):
    others = ["Peru", "Chile", "Zambia", "Gabon"][: len(theme.SERIES) - len(places)]
    colours = theme.in_turn([*places, *others])
    assert len(set(colours.values())) == len(colours) and theme.OTHER not in colours.values()
    assert {name: colours[name] for name in places} == {name: theme.PLACES[name] for name in places}
