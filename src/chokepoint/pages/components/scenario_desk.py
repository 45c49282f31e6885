"""What would you do?: the scenario model under the reader's hand, on the page and in a live kernel.

The page runs the model as a script of its own (`scenario`, book/_static/scenario.js); book/_static/desk.js
reads the controls and gives the panels their rows. In a kernel the same model runs in Python.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING
from urllib.parse import quote

import altair as alt
import pandas as pd
from markupsafe import Markup

from chokepoint.analysis.decisions import ANSWERS, run
from chokepoint.charts.paths import datasets, paths
from chokepoint.charts.theme import CONFIG, looked, themed
from chokepoint.charts.vega import VEGA_LITE
from chokepoint.data import tables
from chokepoint.errors import UserError
from chokepoint.models import scenario as model
from chokepoint.models.scenario import assemble, bands, results, runner
from chokepoint.models.scenario.inputs import YEARS
from chokepoint.pages.amounts import capital
from chokepoint.pages.components import scenario as scripts
from chokepoint.pages.components.base import Component
from chokepoint.pages.components.figure import anchor, canvas, numbers, save_link, source_line
from chokepoint.pages.markup import for_notebook, macros, with_links

if TYPE_CHECKING:  # it is imported where a live kernel shows something
    from ipywidgets import Widget

_template, _figure = macros("desk"), macros("figure")
GROUPS = {
    "floors": "Floors under prices",
    "contracts": "Contracts with makers",
    "money": "Public money for plants",
    "vault": "The Vault",
    "answer": "China’s answer",
    "members": "Members who may leave",
}
LEVERS = {  # of the sliders in sight: what they ask, and their lowest, highest and step
    "floor": ("Floor under the price", 1.0, 5.0, 0.1),
    "money": ("Public money for plants, of the club’s spending", 0.0, 1.0, 0.01),
    "vault": ("The Vault’s money, in years of the club’s spending", 0.0, 3.0, 0.05),
}
PLAIN = "=/:;,()+-*!'"  # of an address in an attribute
SPARSE = 6  # months, of which a still picture draws one
WORDS = {"share": "share", "year": "year", "days": "days", "t": "tonnes", "members": "members"}
NEVER = {"half": f"not by {results.LAST}", "cover_days": "no imports to cover"}
STAGES = {"floor_ore": "ore", "floor": "refined form", "floor_product": "what is made of it"}


@dataclass(frozen=True)
class Panel:
    """One of the pictures: what it shows, its unit and number format, series of the model and their names."""

    name: str
    title: str
    unit: str
    number: str
    series: Mapping[str, str]
    baseline: str  # the series that is dashed: doing nothing


PANELS = (
    Panel(
        "share",
        "Refined outside China",
        "of world output",
        "~%",
        {"outside_share": "your choice"},
        "outside_share",
    ),
    Panel(
        "unserved",
        "Need unmet",
        "of the club’s need",
        "~%",
        {"unserved": "your choice"},
        "unserved",
    ),
    Panel(
        "price",
        "Price",
        "US$ a kilogram",
        ",.3~r",
        {"price_outside": "outside the club", "price_inside": "in the club"},
        "price_outside",
    ),
    Panel("cover", "The Vault’s cover", "days of net imports", ",.3~r", {"cover": "your choice"}, "cover"),
    Panel(
        "pays",
        "Who pays",
        "US$ million a year",
        ",.3~r",
        {"buyers": "buyers", "taxpayers": "taxpayers"},
        "taxpayers",
    ),
    Panel(
        "made",
        "Made and used",
        "tonnes a year in the club",
        "~s",
        {"output_club": "made", "use_club": "used"},
        "output_club",
    ),
)


@dataclass(frozen=True)
class ScenarioDesk(Component):
    """A choice to begin with: a mineral, who acts together, a story and China's answer.

    UserError, with the names there are, for what may not be.

    >>> desk = ScenarioDesk("copper", "us", "nothing", "none")
    >>> desk.text
    'For refined copper this changes nothing: nothing was chosen.'
    """

    mineral: str = "gallium"
    members: str = "came"
    story: str = "everything"
    answer: str = "cut"

    @cached_property
    def run(self) -> model.Scenario:
        """The model at the choice."""
        return run(self.mineral, self.members, self.story, self.answer)

    @property
    def title(self) -> str:
        """What the page asks."""
        return "Choose for the club, let China answer, see what follows"

    @property
    def text(self) -> str:
        """See `Component`."""
        return self.run.sentence

    def panels(
        self, scenario: model.Scenario | None = None, band: pd.DataFrame | None = None
    ) -> list[tuple[Panel, dict, pd.DataFrame]]:
        """Return each panel with its Vega-Lite and its means by year; a band as of `model.band`."""
        made = []
        for panel in PANELS:
            months, years = rows(panel, scenario or self.run)
            spec = themed(_chart(panel)) | {"datasets": datasets(months, years) | _banded(panel, band)}
            made.append((panel, spec, years.rename(columns={"year": "Year"} | _names(panel))))
        return made

    def still(self) -> dict:
        """See `Component`: all panels in two columns."""
        held: dict[str, list[dict]] = {}
        drawn = []
        for panel in PANELS:
            if panel.name == "price" and not runner.shows_price_levels(self.mineral):
                continue
            months, years = rows(panel, self.run)
            held |= datasets(months[SPARSE // 2 :: SPARSE], years, f"_{panel.name}")
            chart = _chart(panel, f"_{panel.name}")
            drawn.append(chart.properties(width=330, title=f"{panel.title}, {panel.unit}"))
        pairs = alt.vconcat(*(alt.hconcat(*drawn[i : i + 2]) for i in range(0, len(drawn), 2)))
        return looked(pairs.to_dict(validate=False)) | {"datasets": held, "config": CONFIG}

    # --- the page ---

    def html(self) -> Markup:
        """Stories, levers, panels, sentence and figures, ready for the page's scripts."""
        scenario = self.run
        panels = [
            (
                panel,
                panel.unit,
                canvas(spec, self._alt(panel, years), anchor(f"scenario-{panel.name}")),
                numbers(years),
            )
            for panel, spec, years in self.panels()
        ]
        return _template.desk(
            [["scenario-model", scripts.model_script()], ["scenario-data", scripts.data_script()]],
            self._own(),
            self.title,
            self,
            _minerals(),
            assemble.PRESETS,
            model.STORIES,
            ANSWERS,
            LEVERS,
            STAGES,
            {title: [c for c in model.controls().values() if c.of == of] for of, title in GROUPS.items()},
            panels,
            scenario,
            runner.shows_price_levels(self.mineral),
            self._figures(scenario),
            call(self.mineral, self.members, scenario.settings),
            [with_links(words, "") for words in cautions()],
            grounds()[self.mineral],
            source_lines(),
            _picture(self.still()),
        )

    def _alt(self, panel: Panel, years: pd.DataFrame) -> str:
        first, last = years.iloc[0], years.iloc[-1]
        said = "; ".join(
            f"{name.lower()} {_format_value(first[name], panel)} in {first['Year']:.0f}, "
            f"{_format_value(last[name], panel)} in {last['Year']:.0f}"
            for name in years.columns[1:]
        )
        return f"{panel.title}, {panel.unit}, by month, at the settings that the page begins with: {said}."

    def _own(self) -> dict:
        """Return what the page's script needs beside the model's data."""
        names = tables.load("geography").set_index("iso3")["name"]
        return {
            "start": {
                "mineral": self.mineral,
                "members": self.members,
                "story": self.story,
                "answer": self.answer,
            },
            "answers": {name: settings for name, (_, settings) in ANSWERS.items()},
            "parts": runner.PARTS,
            "panels": [
                {"name": p.name, "series": [*p.series], "baseline": p.baseline, "percent": p.number == "~%"}
                for p in PANELS
            ],
            "stages": list(STAGES),
            "levers": list(LEVERS),
            "countries": {
                code: name for code, name in names.items() if code not in assemble.CHINA and code != "EUE"
            },
            "grounds": grounds(),
            "never": NEVER,
        }

    @staticmethod
    def _figures(scenario: model.Scenario) -> list[dict]:
        """Return what a run comes to, a row each; members only where some may leave."""
        return [
            {
                "name": name,
                "meaning": f"{WORDS[unit]} {meaning}" if unit in WORDS else meaning,
                "unit": unit,
                "shown_unit": "" if unit in WORDS else unit,
                "here": describe(scenario.summary.value[name], name, unit, rough(scenario.mineral, unit)),
                "there": describe(scenario.summary.nothing[name], name, unit, rough(scenario.mineral, unit)),
                "hidden": (unit == "members" and not scenario.summary.value["members"])
                or (name == "highest_price" and not runner.shows_price_levels(scenario.mineral)),
            }
            for name, (unit, meaning) in results.SUMMARY.items()
        ]

    # --- a live kernel ---

    def widget(self) -> "Widget":
        """Return the same choices as ipywidgets; the model runs in the kernel at each of them."""
        import ipywidgets as widgets

        from chokepoint.charts.vega import compiled, fitted
        from chokepoint.pages.components.live_chart import live_chart

        known = model.controls()
        wide = {"style": {"description_width": "11em"}, "layout": {"width": "36em"}}
        mineral = widgets.Dropdown(
            options=[(name, code) for code, name in _minerals().items()],
            value=self.mineral,
            description="Mineral",
            **wide,
        )
        members = widgets.Combobox(
            value=self.members,
            options=list(model.PRESETS),
            description="Members",
            continuous_update=False,
            **wide,
        )
        story = widgets.Dropdown(
            options=[(title, name) for name, (title, _) in model.STORIES.items()],
            value=self.story,
            description="Story",
            **wide,
        )
        answer = widgets.Dropdown(
            options=[(title, name) for name, (title, _) in ANSWERS.items()],
            value=self.answer,
            description="China’s answer",
            **wide,
        )
        boxes = {
            name: widgets.BoundedFloatText(
                value=self.run.settings[name], min=c.low, max=c.high, step=c.step, description=name,
                continuous_update=False, tooltip=f"{c.meaning}: {c.low:g} to {c.high:g} {c.unit}", **wide,
            ).add_class(f"cp-{name}")
            for name, c in known.items()
        }  # fmt: skip
        pictures = {
            panel.name: live_chart(spec, self._alt(panel, years)) for panel, spec, years in self.panels()
        }
        unpriced = widgets.HTML(_template.unpriced())
        words, below = widgets.HTML(), widgets.HTML()
        sure = widgets.Checkbox(
            False, description=f"How sure it is: the band of {bands.DRAWS} runs", indent=False
        )
        places = {
            panel.name: widgets.VBox(
                [
                    widgets.HTML(for_notebook(_figure.title(f"{panel.title}, {panel.unit}"))),
                    pictures[panel.name],
                ]
            )
            for panel in PANELS
        }
        busy = [False]  # while a story sets many boxes, the model waits for the last

        def show(_change: dict | None = None) -> None:
            if busy[0]:
                return
            settings = {name: box.value for name, box in boxes.items()}
            try:
                scenario = model.run(mineral.value, members.value, **settings)
            except UserError as error:
                words.value = for_notebook(_template.refused(str(error)))
                return
            words.value = for_notebook(_template.said(scenario.sentence))
            below.value = for_notebook(
                _template.live(
                    self._figures(scenario),
                    call(mineral.value, members.value, scenario.settings),
                    save_link(scenario.table, f"{mineral.value}-scenario"),
                    [with_links(said, "") for said in cautions()],
                    grounds()[mineral.value],
                    next(line for line, of in source_lines().items() if mineral.value in of),
                )
            )
            quiet = not runner.shows_price_levels(mineral.value)
            places["price"].layout.display = "none" if quiet else None
            unpriced.layout.display = None if quiet else "none"
            if _change is not None:
                band = model.band(mineral.value, members.value, **settings) if sure.value else None
                for panel, spec, _ in self.panels(scenario, band):
                    pictures[panel.name].spec = fitted(compiled(spec))

        def begin(change: dict) -> None:
            """Set what the story, the answer and the mineral come to."""
            try:
                chosen = run(mineral.value, members.value, story.value, answer.value).settings
            except UserError as error:
                words.value = for_notebook(_template.refused(str(error)))
                return
            busy[0] = True
            for name, value in chosen.items():
                boxes[name].value = value
            busy[0] = False
            show(change)

        for choice in (mineral, members, story, answer):
            choice.observe(begin, "value")
        for box in (*boxes.values(), sure):
            box.observe(show, "value")
        show()
        asked = {
            name: widgets.HBox(
                [boxes[name], widgets.HTML(_figure.small(f"{c.meaning}: {c.low:g} to {c.high:g} {c.unit}"))],
                layout={"flex_flow": "row wrap"},
            )
            for name, c in known.items()
        }
        folded = widgets.Accordion(
            [widgets.VBox([asked[c.name] for c in known.values() if c.of == of]) for of in GROUPS],
            titles=list(GROUPS.values()),
        )
        grid = widgets.GridBox(
            list(places.values()),
            layout={"grid_template_columns": "repeat(2, minmax(0, 1fr))", "grid_gap": "1em"},
        )
        made = widgets.VBox(
            [
                widgets.HTML(_figure.title(self.title)),
                mineral,
                members,
                story,
                answer,
                words,
                grid,
                unpriced,
                sure,
                folded,
                below,
            ]
        )
        return made.add_class("cp-scenario")


def rows(panel: Panel, scenario: model.Scenario) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return what a panel draws by month, and its means by year.

    t (a year and its part), or year; its lines as a and b; doing nothing as g.
    """
    path, nothing = (_covered(frame) for frame in (scenario.table, scenario.nothing))
    lines = {letter: path[name] for letter, name in zip("ab", panel.series, strict=False)}
    drawn = pd.DataFrame({**lines, "g": nothing[panel.baseline]})
    years = drawn.groupby(path.year.rename("year")).mean().reset_index()
    return drawn.assign(t=path.year + (path.month - 0.5) / 12), years


def _banded(panel: Panel, band: pd.DataFrame | None) -> dict[str, list[dict]]:
    """Return the band about a panel's first line as its table; none where none is drawn."""
    if band is None:
        return {}
    of = band[band.series == next(iter(panel.series))]
    drawn = of.assign(t=of.year + 0.5)[["t", "q5", "q25", "q75", "q95"]]
    return {"band": drawn.to_dict("records")} if len(drawn) else {}


def _chart(panel: Panel, suffix: str = "") -> alt.LayerChart:
    return paths(
        range(YEARS[0], YEARS[1] + 1),
        lines=list(panel.series.values()),
        title=None,
        number=panel.number,
        tooltip=_names(panel),
        suffix=suffix,
    )


def _names(panel: Panel) -> dict[str, str]:
    """Return the columns of a panel's rows, by their names on the page."""
    lines = dict(zip("ab", map(capital, panel.series.values()), strict=False))
    return lines | {"g": "Doing nothing"}


def _covered(path: pd.DataFrame) -> pd.DataFrame:
    """Add days of cover: none where the club imports nothing."""
    imports = path.net_imports.where(path.net_imports > 1e-9 * path.use_club)
    return path.assign(cover=365 * path.vault / imports)


def _format_value(value: float, panel: Panel) -> str:
    return "none" if math.isnan(value) else describe(value, "", "share" if panel.number == "~%" else "")


def rough(mineral: str, unit: str) -> bool:
    """Say whether a figure is told to one digit: money that rests on a price which the model has not earned.

    >>> rough("gallium", "US$ million/year"), rough("gallium", "share"), rough("copper", "US$ million/year")
    (True, False, False)
    """
    return unit.startswith("US$ million") and not runner.shows_price_levels(mineral)


def describe(value: float, name: str, unit: str, roughly: bool = False) -> str:
    """Write a figure as the page's script does, to one digit where that is all that is earned.

    >>> describe(0.1414, "", "share"), describe(-1234.5, "", "t"), describe(2.345, "", "t")
    ('14.1%', '−1,234', '2.35')
    >>> describe(-88.7, "", "US$ million", roughly=True), describe(0.0, "", "US$ million", roughly=True)
    ('about −90', '0')
    >>> describe(math.nan, "half", "year")
    'not by 2040'
    """
    if math.isnan(value):
        return NEVER.get(name, "none")
    size = abs(value)
    if roughly and size >= 1:
        step = 10.0 ** math.floor(math.log10(size))
        size = math.floor(size / step + 0.5) * step
    if unit == "share":
        text = f"{100 * size:.1f}%"
    elif unit == "year":
        text = f"{size:.0f}"
    else:
        text = f"{size:,.0f}" if size >= 100 else f"{size:.3g}"
    said = f"\N{MINUS SIGN}{text}" if value < 0 and text.strip("0.,%") else text
    return f"about {said}" if roughly and said != "0" else said


def call(mineral: str, members: str, settings: Mapping[str, float]) -> str:
    """Return the run as a line of Python: what differs from the start.

    >>> start = {name: control.default for name, control in model.controls().items()}
    >>> call("tin", "us", start | {"floor": 1.5})
    'scenario.run("tin", members="us", floor=1.5)'
    """
    moved = "".join(
        f", {name}={int(settings[name]) if settings[name] == int(settings[name]) else settings[name]!r}"
        for name, control in model.controls().items()
        if settings[name] != control.default
    )
    return f'scenario.run("{mineral}", members="{members}"{moved})'


def _minerals() -> dict[str, str]:
    """Return the minerals that can be run, by their names."""
    names = tables.load("minerals").set_index("mineral")["name"]
    listed = [
        (m.mineral, names[m.mineral] + f" ({m.form})" * (m.form != names[m.mineral].lower()))
        for m in model.minerals()
    ]
    return dict(sorted(listed, key=lambda one: one[1].lower()))


def grounds() -> dict[str, str]:
    """Say how well each mineral is known: its grade and why, and how many of its figures are measured."""
    bases = tables.load("scenario_facts").groupby(["mineral", "basis"]).size()
    said = {}
    for known in model.minerals():
        counts = ", ".join(
            f"{bases.get((known.mineral, b), 0)} {b}" for b in ("measured", "derived", "judged")
        )
        why = f" {known.why.rstrip('.')}." if known.why else ""
        said[known.mineral] = f"{capital(known.form)}: grade {known.grade}.{why} Its figures: {counts}."
    return said


def source_lines() -> dict[str, list[str]]:
    """Return each line of sources with the minerals whose measured and derived figures rest on them."""
    facts = tables.load("scenario_facts")
    measured = facts[facts.basis != "judged"].groupby("mineral").source_id.unique().map(sorted)
    lines: dict[str, list[str]] = {}
    for known in model.minerals():
        lines.setdefault(source_line(measured[known.mineral]), []).append(known.mineral)
    return lines


def cautions() -> list[str]:
    """Return what the model cannot say."""
    scores = tables.load("scenario_calibration").set_index("measure").value
    most = tables.rows("scenario_behaviour", parameter="highest").value.iloc[0]
    return [
        "What China will do. Its answer is a setting, and so is everybody else’s choice.",
        "A price to the dollar. Each past jump predicted from the others is missed by a typical factor of "
        f"{scores.left_out_model_factor:.1f}, by one constant for all of them by "
        f"{scores.left_out_constant_factor:.1f} ([models against the world](validation)).",
        f"A price beyond {most:g} times that of the start: there what is left is shared out, and the figure "
        "is the model’s limit, no forecast.",
        "How large stocks are, who hoards, how far a floor is believed, how much leaks through third "
        "countries: judgements, with the ranges that the band is drawn from. The band is a spread of "
        "assumptions and no probability.",
        "Anything that a single form hides: grades, by-products, quality of scrap, a plant’s own trouble.",
        "What a shortage does to factories, jobs or arms, and what happens to other minerals.",
    ]


def _picture(spec: dict) -> str:
    """Return a picture of the panels, as an address that holds it, for a page without scripts."""
    import vl_convert

    drawn = {**spec, "config": {**spec["config"], "background": "white"}}
    svg = vl_convert.vegalite_to_svg(drawn, vl_version=VEGA_LITE)
    return f"data:image/svg+xml,{quote(svg, safe=PLAIN)}"
