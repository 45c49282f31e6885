"""Where models meet charts: one list of controls, one model, one view.

On a printed page the model is compiled to Vega expressions and recomputed by the reader's browser, with no server.
In a live kernel the same function runs on NumPy behind ipywidgets. There is no second copy of anything.
"""

import html
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import altair as alt
import numpy as np
import pandas as pd

from chokepoint import tables
from chokepoint.charts.figure import canvas, link, live_box, printing, source_line
from chokepoint.charts.theme import themed
from chokepoint.errors import UserError
from chokepoint.models import MODELS
from chokepoint.models.expr import Field, Param, compile_vega
from chokepoint.wording import vega_sentence, written

NO_END = 1200  # months beyond which a stock that is hardly drawn is said to have no end
MOST_POINTS = 121  # of a curve


@dataclass(frozen=True)
class Control:
    """One slider: a parameter of the model with its default, range, unit and source."""

    name: str
    label: str
    value: float
    low: float
    high: float
    step: float
    unit: str
    source_id: str
    basis: str

    @property
    def grounds(self) -> str:
        """What its default rests on, in a word or two."""
        return "an assumption" if self.basis == "assumed" else f"{self.basis} [{self.source_id}]"

    @property
    def grid(self) -> np.ndarray:
        """Every value the slider can take, free of binary dust (0.30000000000000004)."""
        count = round((self.high - self.low) / self.step)
        return np.round(self.low + self.step * np.arange(count + 1), 10)


@dataclass(frozen=True)
class Explorable:
    """See `explore`."""

    model: str
    says: str
    controls: Sequence[Control]
    fixed: dict[str, float]
    along: str
    view: Callable[[alt.Chart], alt.TopLevelMixin]
    results: Sequence[str]
    sentence: str
    alt_text: str

    def _repr_mimebundle_(self, include=None, exclude=None) -> dict:
        return {"text/html": self.to_html(), "text/plain": self.says} if printing() else self.widget()._repr_mimebundle_()

    # --- the numbers ---

    @property
    def defaults(self) -> dict[str, float]:
        """Every parameter at its default."""
        return self.fixed | {c.name: c.value for c in self.controls}

    def at(self, **values: float) -> dict[str, float]:
        """Named results of the model with some parameters moved."""
        return MODELS[self.model].function(**(self.defaults | values))

    def rows(self, **values: float) -> pd.DataFrame:
        """The curve that the view draws: one row for each of some values of the parameter `along`, with every result."""
        grid = self._curve
        results = MODELS[self.model].function(**(self.defaults | values | {self.along: grid}))
        return pd.DataFrame({self.along: grid} | {k: np.broadcast_to(v, grid.shape) for k, v in results.items()})

    @property
    def _curve(self) -> np.ndarray:
        """Where the curve is worked out: no more values of the slider than a chart has room for, both ends among them."""
        grid = next(c for c in self.controls if c.name == self.along).grid
        return np.unique(np.append(grid[:: -(-len(grid) // MOST_POINTS)], grid[-1]))

    def said(self, **values: float) -> str:
        """The sentence, with the results at some settings."""
        return written(self.sentence, self.defaults | values | self.at(**values))

    # --- the page ---

    def spec(self) -> dict:
        """Vega-Lite in which the reader's browser does the model's arithmetic."""
        moved = {c.name: Param(c.name) for c in self.controls}
        function = MODELS[self.model].function
        here = compile_vega(function(**(self.fixed | moved)), prefix="s")
        there = compile_vega(function(**(self.fixed | moved | {self.along: Field(self.along)})), target="datum", prefix="d")
        base = alt.Chart(pd.DataFrame({self.along: self._curve}))
        for name, expression in there:
            base = base.transform_calculate(**{name: expression})
        spec = themed(self.view(base))
        signals = [{"name": c.name, "value": c.value} for c in self.controls]
        signals += [{"name": name, "expr": expression} for name, expression in here]
        signals += [{"name": "cp_sentence", "expr": vega_sentence(self.sentence)}]
        spec["params"] = signals + spec["params"]
        return spec

    def to_html(self) -> str:
        """Sliders, chart, sentence and results, ready for the page's script."""
        meanings = MODELS[self.model].results
        now = self.at()
        sliders = "".join(_slider(self.model, c) for c in self.controls)
        results = "".join(_result(name, now[name], *meanings[name]) for name in self.results)
        cautions = "".join(f"<li>{html.escape(c)}</li>" for c in MODELS[self.model].cautions)
        return (
            f'<section class="cp-explorable" data-model="{self.model}" aria-label="{html.escape(self.says)}">'
            f'<p class="cp-says">{html.escape(self.says)}</p><div class="cp-desk"><form class="cp-controls">{sliders}'
            f'<button type="reset">Reset</button></form><div class="cp-stage">{canvas(self.spec(), self.alt_text)}'
            f'<p class="cp-sentence" role="status">{html.escape(self.said())}</p></div></div>'
            f'<table class="cp-results"><caption class="cp-hidden">Results at these settings</caption><tbody>{results}</tbody></table>'
            f'<div class="cp-cautions"><p>What this model cannot say</p><ul>{cautions}</ul></div>'
            f'<p class="cp-source">{source_line(sorted({c.source_id for c in self.controls if c.source_id}))} '
            f'Ranges and what is assumed: <a href="{link("assumptions", f"model-{self.model}")}">assumptions</a>.</p></section>'
        )

    # --- a live kernel ---

    def widget(self):
        """The same controls as ipywidgets; the model runs in the kernel, on NumPy, at each move."""
        import ipywidgets as widgets

        sliders = {
            c.name: widgets.FloatSlider(
                value=c.value,
                min=c.low,
                max=c.high,
                step=c.step,
                description=c.label,
                continuous_update=False,
                readout_format=".4g",
                style={"description_width": "20em"},
                layout={"width": "40em"},
            )
            for c in self.controls
        }
        chart = live_box(self._live_chart({}))
        words = widgets.HTML(html.escape(self.said()))

        def move(_change) -> None:
            values = {name: round(slider.value, 10) for name, slider in sliders.items()}
            chart.chart = self._live_chart(values)
            words.value = html.escape(self.said(**values))

        def reset(_button) -> None:
            for c in self.controls:
                sliders[c.name].value = c.value

        for slider in sliders.values():
            slider.observe(move, "value")
        button = widgets.Button(description="Reset")
        button.on_click(reset)
        grounds = {c.name: widgets.HTML(f"<small>{html.escape(f'{c.unit}; {c.grounds}')}</small>") for c in self.controls}
        rows = [widgets.HBox([slider, grounds[name]]) for name, slider in sliders.items()]
        return widgets.VBox([widgets.HTML(f"<b>{html.escape(self.says)}</b>"), *rows, button, chart, words])

    def _live_chart(self, values: dict[str, float]) -> alt.TopLevelMixin:
        spec = themed(self.view(alt.Chart(self.rows(**values))))
        numbers = self.defaults | values
        spec["params"] = [{"name": k, "value": float(v)} for k, v in (numbers | self.at(**values)).items()] + spec["params"]
        return alt.Chart.from_dict(spec)


def explore(
    model: str, controls: Sequence[str], view: Callable, *, along: str, says: str, results: Sequence[str], sentence: str, alt_text: str
) -> Explorable:
    """An explorable of `model`, on the page and live.

    controls: parameters the reader moves; the others stay at their defaults of `data/assumptions.csv`.
    view: a function from a chart with one row for each value of the control `along` (and a column for each result) to the
    chart to show; it may also use every control and result at the present settings as a parameter of the same name.
    results: named results listed under the chart. sentence: what they mean; see `wording` for how.
    """
    rows = tables.load("assumptions").query("model == @model").set_index("name")
    unknown = [c for c in [*controls, along] if c not in rows.index]
    if unknown:
        raise UserError(f"{model} has no assumption {unknown[0]!r}; data/assumptions.csv has {', '.join(rows.index)}")
    made = [
        Control(
            name,
            *(rows.loc[name, k] for k in ("label", "value", "low", "high", "step", "unit")),
            *(rows[k].fillna("")[name] for k in ("source_id", "basis")),
        )
        for name in controls
    ]
    fixed = {name: float(value) for name, value in rows["value"].items() if name not in controls}
    return Explorable(model, says, made, fixed, along, view, results, sentence, alt_text)


def _percent(unit: str) -> str:
    """Marks of a number for the page's script: shown in per cent, or without end beyond so much."""
    return {"share": "data-percent", "months": f'data-no-end="{NO_END}"'}.get(unit, "")


def _shown(value: float, unit: str) -> str:
    """A number as the page's script writes it.

    >>> _shown(0.1277, "share"), _shown(20.111, "kt/year"), _shown(22935.8, "US$")
    ('12.8 %', '20.11', '22,940')
    >>> _shown(3e9, "months")
    'no end'
    """
    if unit == "months" and value > NO_END:
        return "no end"
    if unit == "share":
        return f"{100 * value:,.3g} %"
    return f"{float(f'{value:.4g}'):,.0f}" if abs(value) >= 9999.5 else f"{value:,.4g}"


def _unit(unit: str) -> str:
    return "" if unit in ("share", "-") else html.escape(unit)


def _result(name: str, value: float, unit: str, meaning: str) -> str:
    return (
        f'<tr><th scope="row">{html.escape(meaning[:1].upper() + meaning[1:])}</th>'
        f'<td data-result="{name}" data-value="{float(value)!r}" {_percent(unit)}>{_shown(value, unit)}</td>'
        f"<td>{_unit(unit)}</td></tr>"
    )


def _slider(model: str, c: Control) -> str:
    name, unit = f"{model}-{c.name}", _unit(c.unit)
    beside, below = (unit, "") if len(unit) <= 16 else ("", f" {unit}")  # a long one would push the name away
    source = f'<a href="{link("assumptions", f"assumption-{model}.{c.name}")}">{html.escape(c.grounds)}</a>'
    return (
        f'<div class="cp-control"><label for="{name}">{html.escape(c.label)}</label>'
        f'<output for="{name}"><span {_percent(c.unit)}>{_shown(c.value, c.unit)}</span> {beside}</output>'
        f'<input type="range" id="{name}" name="{c.name}" min="{c.low:g}" max="{c.high:g}" step="{c.step:g}" value="{c.value:g}">'
        f"<small>{_shown(c.low, c.unit)} to {_shown(c.high, c.unit)}{below}; {source}</small></div>"
    )
