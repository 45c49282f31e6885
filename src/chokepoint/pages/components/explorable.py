"""Where models meet charts: one list of controls, one model, one view.

On a printed page the model is written out as a JavaScript function and recomputed by the reader's browser,
with no server. In a live kernel the same function runs on NumPy behind ipywidgets. There is no second copy of
anything.
"""

import json
import re
import zlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import altair as alt
import numpy as np
import pandas as pd
from markupsafe import Markup
from traitlets import link as link_values

from chokepoint.charts.ghost import with_ghost
from chokepoint.charts.theme import themed
from chokepoint.charts.vega import LOW
from chokepoint.data import tables
from chokepoint.errors import UserError
from chokepoint.models import MODELS
from chokepoint.models.expr import Param
from chokepoint.models.sentence import NO_END, describe_result, format_value, vega_sentence, written
from chokepoint.models.vega import compile_vega
from chokepoint.pages.amounts import capital
from chokepoint.pages.components.base import Component
from chokepoint.pages.components.figure import anchor, canvas, live_numbers, save_link, source_line
from chokepoint.pages.markup import for_notebook, macros

if TYPE_CHECKING:  # it is imported where a live kernel shows something
    from ipywidgets import FloatSlider, Widget

MOST_POINTS = 121  # of a curve
IN_SIGHT = 2  # sliders; the others are folded
_START = "cp_start"  # a column of the curve of the start, in a live chart
LOW_PLOT = 240  # px, of a plot on a phone, where the sentence stands under it
_template, _figure = macros("explorable"), macros("figure")


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
        return (
            "an assumption"
            if self.basis == "assumed"
            else f"{self.basis} [{self.source_id}]"
            if self.source_id
            else self.basis
        )

    @property
    def grid(self) -> np.ndarray:
        """Every value the slider can take, free of binary dust (0.30000000000000004)."""
        count = round((self.high - self.low) / self.step)
        return np.round(self.low + self.step * np.arange(count + 1), 10)


@dataclass(frozen=True)
class Explorable(Component):
    """See `explore`."""

    model: str
    title: str
    controls: Sequence[Control]
    fixed: dict[str, float]
    along: str
    view: Callable[[alt.Chart], alt.TopLevelMixin]
    results: Sequence[str]
    sentence: str
    alt_text: str
    named: Mapping[str, Mapping[str, float]]
    per: float = 1.0

    @property
    def text(self) -> str:
        """See `Component`."""
        return f"{self.title}. {self.sentence_at()}"

    def with_defaults(self, **values: float | None) -> "Explorable":
        """Return the same, with some sliders set to begin elsewhere (None: where they were).

        This is a choice of the edition, no evidence. UserError for a value that the slider cannot take; one
        between two of its steps is moved to the nearer.
        """
        return replace(self, controls=[_with_default(c, values.get(c.name)) for c in self.controls])

    # --- the numbers ---

    @property
    def defaults(self) -> dict[str, float]:
        """Every parameter at its default."""
        return self.fixed | {c.name: c.value for c in self.controls}

    def evaluate(self, **values: float) -> dict[str, float]:
        """Named results of the model with some parameters moved."""
        return MODELS[self.model].function(**(self.defaults | values))

    def rows(self, **values: float) -> pd.DataFrame:
        """Return the curve that the view draws.

        It has one row for each of some values of the parameter `along`, with every result.
        """
        grid = self._curve
        results = MODELS[self.model].function(**(self.defaults | values | {self.along: grid}))
        return pd.DataFrame(
            {self.along: grid} | {k: np.broadcast_to(v, grid.shape) for k, v in results.items()}
        )

    @property
    def _curve(self) -> np.ndarray:
        """Return the values at which the curve is worked out.

        They are no more values of the slider than a chart has room for, both ends among them.
        """
        grid = next(c for c in self.controls if c.name == self.along).grid
        return np.unique(np.append(grid[:: -(-len(grid) // MOST_POINTS)], grid[-1]))

    def sentence_at(self, **values: float) -> str:
        """Return the sentence, with the results at some settings."""
        return written(self.sentence, self.defaults | values | self.evaluate(**values))

    # --- the page ---

    @cached_property
    def _view(self) -> str:
        """The view as text, to see which results it mentions."""
        return json.dumps(self.view(alt.Chart()).to_dict(validate=False))

    def program(self) -> tuple[str, list[str], str]:
        """Return the model as a JavaScript function of the controls: its name, results and code."""
        moved = {c.name: Param(c.name) for c in self.controls}
        steps = compile_vega(MODELS[self.model].function(**(self.fixed | moved)), prefix="s")
        wanted = _named(
            f"{self._view} {vega_sentence(self.sentence)} {self.results}", [name for name, _ in steps]
        )
        code = javascript(list(moved), _needed(steps, wanted), wanted)
        return f"cp_{self.model}_{zlib.crc32(code.encode()):08x}", wanted, code

    def spec(self) -> dict:
        """Return Vega-Lite in which the reader's browser calls the model.

        It calls it once for the present settings and once for each row of the curve.
        """
        name, wanted, _ = self.program()
        here = ", ".join(c.name for c in self.controls)
        there = ", ".join(f"datum.{c.name}" if c.name == self.along else c.name for c in self.controls)
        base = alt.Chart(pd.DataFrame({self.along: self._curve})).transform_calculate(
            cp_row=f"{name}({there})"
        )
        start = alt.Chart(pd.DataFrame({self.along: self._curve})).transform_calculate(
            cp_row=f"{name}({', '.join(self._at_start())})"
        )
        for result in _named(self._view, wanted):
            base = base.transform_calculate(**{result: f"datum.cp_row.{result}"})
            start = start.transform_calculate(**{result: f"datum.cp_row.{result}"})
        spec = self._spec(base, start)
        signals = [{"name": c.name, "value": c.value} for c in self.controls]
        signals += [{"name": "cp_now", "expr": f"{name}({here})"}]
        signals += [{"name": result, "expr": f"cp_now.{result}"} for result in wanted]
        signals += [{"name": "cp_sentence", "expr": vega_sentence(self.sentence)}]
        signals += [{"name": "cp_moved", "expr": self._moved()}]
        spec["params"] = signals + spec["params"]
        return spec

    def _at_start(self) -> list[str]:
        """Return the arguments of the model for a row of the curve of the start."""
        return [f"datum.{c.name}" if c.name == self.along else repr(float(c.value)) for c in self.controls]

    def _moved(self) -> str:
        """Vega expression: whether any control is elsewhere than at the start."""
        return " || ".join(f"abs({c.name} - {float(c.value)!r}) > 1e-9" for c in self.controls)

    def _spec(self, now: alt.Chart, start: alt.Chart) -> dict:
        """Return the view with the curve of the start under it, seen once a slider has moved."""
        begun = next(c.value for c in self.controls if c.name == self.along) * self.per
        spec = themed(with_ghost(self.view(now), self.view(start), begun))
        return spec | {"usermeta": {LOW: LOW_PLOT}}

    def columns(self) -> list[dict]:
        """Say what the curve holds of each setting: the control along which it runs, and the results."""
        meanings, control = MODELS[self.model].results, next(c for c in self.controls if c.name == self.along)
        first = {
            "name": self.along,
            "label": control.label,
            "unit": control.unit,
            "percent": control.unit == "share",
        }
        drawn = {name: meanings[name] for name in _named(self._view, meanings)}
        return [first] + [
            {"name": name, "label": capital(meaning), "unit": unit, "percent": unit == "share"}
            for name, (unit, meaning) in drawn.items()
        ]

    def html(self) -> Markup:
        """Sliders, chart, sentence and results, ready for the page's script."""
        name, _, code = self.program()
        return _template.explorable(
            [name, code],
            self,
            Markup("").join(_slider(self.model, c) for c in self.controls[:IN_SIGHT]),
            Markup("").join(_slider(self.model, c) for c in self.controls[IN_SIGHT:]),
            canvas(self.spec(), self.alt_text, anchor(self.model), self.still()),
            self._results(self.evaluate()),
            MODELS[self.model].cautions,
            source_line(self._sources()),
        )

    def _sources(self) -> list[str]:
        """List the sources of the controls' defaults."""
        return sorted({c.source_id for c in self.controls if c.source_id})

    def small(self, page: str) -> Markup:
        """Return it as it stands on the first page: picture above sliders, its limits and numbers folded.

        page: where the whole of it is.
        """
        name, _, code = self.program()
        return _template.small(
            [name, code],
            self,
            Markup("").join(_slider(self.model, c) for c in self.controls),
            canvas(self.spec(), self.alt_text, anchor(self.model), self.still()),
            self._results(self.evaluate()),
            MODELS[self.model].cautions,
            source_line(self._sources()),
            page,
        )

    def _results(self, now: dict[str, float]) -> list[dict]:
        """Return the named results as the templates write them."""
        model = MODELS[self.model]
        return [
            {"name": name, "value": value, "unit": unit, "shown_unit": _unit(unit), "meaning": meaning}
            | {"never": never, "no_end": NO_END, "text": describe_result(value, unit, never, digits=3)}
            for name in self.results
            for value, (unit, meaning), never in [
                (float(now[name]), model.results[name], model.never.get(name, ""))
            ]
        ]

    # --- a live kernel ---

    def widget(self) -> "Widget":
        """Return the same controls as ipywidgets; the model runs in the kernel, on NumPy, at each move."""
        import ipywidgets as widgets

        from chokepoint.pages.components.live_chart import live_chart

        sliders = {c.name: _live_slider(self.model, c) for c in self.controls}
        readings = {c.name: widgets.HTML() for c in self.controls}
        chart, words = live_chart(self.still(apart=True), self.alt_text), widgets.HTML()
        links = for_notebook(_figure.small(source_line(self._sources())))

        def move(_change: dict | None = None) -> None:
            values = {name: round(slider.value, 10) for name, slider in sliders.items()}
            words.value = self._live_words(values)
            for c in self.controls:
                readings[c.name].value = for_notebook(_template.reading(*_reading(c, values[c.name])))
            if _change:
                chart.spec = self._redrawn(chart.spec, values)

        def go(values: Mapping[str, float]) -> None:
            for c in self.controls:
                sliders[c.name].value = values.get(c.name, c.value)

        move()
        for slider in sliders.values():
            slider.observe(move, "value")
        buttons = []
        for said, wish in [*self.named.items(), ("Reset", {})]:
            buttons.append(widgets.Button(description=said, layout={"width": "auto"}))
            buttons[-1].on_click(lambda _button, wish=wish: go(wish))
        rows = [
            widgets.HBox([sliders[c.name], readings[c.name]], layout={"flex_flow": "row wrap"})
            for c in self.controls
        ]
        box = widgets.VBox(
            [
                widgets.HTML(_figure.title(self.title)),
                *rows,
                widgets.HBox(buttons),
                chart,
                words,
                widgets.HTML(links),
            ]
        )
        return box.add_class("cp-live").add_class(f"cp-live-{self.model}")

    def _live_words(self, values: dict[str, float]) -> Markup:
        """Return the words of the live view.

        They are the sentence, the results as on the page, all settings and results to save, and what the
        model cannot say.
        """
        model, now = MODELS[self.model], self.evaluate(**values)
        settings = self.defaults | values
        rows = [(name, float(value), "") for name, value in settings.items()]
        rows += [(name, float(now[name]), unit) for name, (unit, _) in model.results.items() if name in now]
        moved = json.dumps({c.name: float(settings[c.name]) for c in self.controls})
        saved = save_link(pd.DataFrame(rows, columns=["name", "value", "unit"]), self.model)
        columns = self.columns()
        curve = self.rows(**values)[[c["name"] for c in columns]]
        curve.columns = [f"{c['label']}, {c['unit']}" if _unit(c["unit"]) else c["label"] for c in columns]
        return _template.live(
            self.sentence_at(**values),
            moved,
            self._results(now),
            saved,
            live_numbers(curve, f"{self.model} curve", "Numbers of the curve at these settings"),
            model.cautions,
        )

    def still(self, apart: bool = False, **values: float) -> dict:
        """Return the chart at some settings, every number worked out here: Vega-Lite without a model.

        apart: the curve of the start is marked, so that `_redrawn` finds the other, of which it may be a
        copy.
        """
        start = self.rows().assign(**{_START: 1}) if apart else self.rows()
        spec = self._spec(alt.Chart(self.rows(**values)), alt.Chart(start))
        numbers = [{"name": k, "value": v} for k, v in self._settings(values).items()]
        spec["params"] = numbers + spec["params"]
        return spec

    def _settings(self, values: Mapping[str, float]) -> dict[str, float]:
        """Return what the view's parameters are at some settings: every control and every result."""
        moved = {"cp_moved": any(values[n] != self.defaults[n] for n in values)}
        return {k: float(v) for k, v in (self.defaults | values | moved | self.evaluate(**values)).items()}

    def _redrawn(self, spec: dict, values: Mapping[str, float]) -> dict:
        """Return a compiled chart at other settings: the curve and the parameters, all else as it is.

        To make and compile it anew takes half a second; this, a few milliseconds, with the model's run.
        """
        curve = self.rows(**values)
        rows = (
            curve.astype(object).where(np.isfinite(curve), None).to_dict("records")
        )  # as Altair writes them
        settings = self._settings(values)

        def is_now(data: dict) -> bool:
            first = next(iter(data.get("values") or []), {})
            return _START not in first and set(curve) <= set(first)

        return spec | {
            "data": [data | {"values": rows} if is_now(data) else data for data in spec["data"]],
            "signals": [
                signal | {"value": settings[signal["name"]]} if signal["name"] in settings else signal
                for signal in spec["signals"]
            ],
        }


def explore(
    model: str,
    controls: Sequence[str],
    view: Callable,
    *,
    along: str,
    title: str,
    results: Sequence[str],
    sentence: str,
    alt_text: str,
    named: Mapping[str, Mapping[str, float | str]],
    per: float = 1.0,
) -> Explorable:
    """Make an explorable of `model`, on the page and live.

    controls: parameters the reader moves, the two that matter most first: the page folds the others. What is
    not named stays at its default of `data/assumptions.csv`.
    view: a function from a chart with one row for each value of the control `along` (and a column for each
    result) to the chart to show; it may also use every control and result at the present settings as a
    parameter of the same name.
    results: named results listed under the chart. sentence: what they mean; see `models.sentence` for how.
    named: what a button says → the controls it sets, each to a value or to the "low" or "high" end of its
    slider; the others go to their start. per: units of the picture's x axis in one of `along` (12 where the
    slider is in years and the axis in months).
    UserError for a name that `data/assumptions.csv` does not hold, or a value that a slider cannot take.
    """
    rows = tables.load("assumptions").query("model == @model").set_index("name")
    unknown = [c for c in [*controls, along] if c not in rows.index]
    if unknown:
        raise UserError(
            f"{model} has no assumption {unknown[0]!r}; data/assumptions.csv has {', '.join(rows.index)}"
        )
    made = [
        Control(
            name,
            *(rows.loc[name, k] for k in ("label", "value", "low", "high", "step", "unit")),
            *(rows[k].fillna("")[name] for k in ("source_id", "basis")),
        )
        for name in controls
    ]
    fixed = {name: float(value) for name, value in rows["value"].items() if name not in controls}
    by_name = {c.name: c for c in made}
    wishes = {
        said: {name: _wished(by_name[name], value) for name, value in wish.items()}
        for said, wish in named.items()
    }
    return Explorable(model, title, made, fixed, along, view, results, sentence, alt_text, wishes, per)


def _wished(control: Control, value: float | str) -> float:
    if isinstance(value, str):
        return float({"low": control.low, "high": control.high}[value])
    return _with_default(control, value).value


def _named(text: str, names: Iterable[str]) -> list[str]:
    """Those of some names that stand in a text, each as a word of its own.

    >>> _named("datum.levy > cost", ["levy", "revenue", "cost"])
    ['levy', 'cost']
    """
    words = set(re.findall(r"\w+", text))
    return [name for name in names if name in words]


def _needed(steps: Sequence[tuple[str, str]], wanted: Iterable[str]) -> list[tuple[str, str]]:
    """Return the steps of a calculation that lead to the wanted ones.

    >>> _needed([("a", "x + 1"), ("b", "2 * x"), ("c", "a * a")], ["c"])
    [('a', 'x + 1'), ('c', 'a * a')]
    """
    words, kept = set(wanted), []
    for name, expression in reversed(steps):
        if name in words:
            kept.append((name, expression))
            words |= set(re.findall(r"\w+", expression))
    return kept[::-1]


def javascript(arguments: Sequence[str], steps: Sequence[tuple[str, str]], wanted: Sequence[str]) -> str:
    """Write steps of `compile_vega` as a JavaScript function that returns the wanted ones by name.

    Its arithmetic is that of the expressions: Vega's `max`, `pow` … are those of `Math`, and only `if` has
    another name.

    >>> javascript(["price"], [("gap", "(10 - price)"), ("levy", "if((gap > 0), gap, 0)")], ["levy"])
    '(price) => { const gap = (10 - price); const levy = when((gap > 0), gap, 0); return { levy }; }'
    """
    lines = "".join(f"const {name} = {expression}; " for name, expression in steps)
    lines = re.sub(r"\bif(?=\()", "when", lines)
    return f"({', '.join(arguments)}) => {{ {lines}return {{ {', '.join(wanted)} }}; }}"


_ASKED: dict[tuple, dict[str, object]] = {}  # in this kernel: what a slider asks → model → its slider


def _live_slider(model: str, control: Control) -> "FloatSlider":
    """Make a slider, linked to those of other models that ask the same.

    Where another model of the notebook asks the same (label, unit, range) from the same start, the two move
    together.
    """
    import ipywidgets as widgets

    slider = widgets.FloatSlider(
        value=control.value,
        min=control.low,
        max=control.high,
        step=control.step,
        description=control.label,
        continuous_update=True,  # the page sends a move once the last is answered: none piles up
        readout_format=f".{_decimals(control.step)}f",
        style={"description_width": "20em"},
        layout={"width": "40em"},
    )
    asked = _ASKED.setdefault((control.label, control.unit, control.low, control.high, control.step), {})
    asked[model] = slider  # a cell that is run again starts afresh
    for other in asked.values():
        if other is not slider and other.comm is not None and other.value == slider.value:
            link_values((slider, "value"), (other, "value"))
    return slider.add_class(f"cp-{control.name}")


def _decimals(step: float) -> int:
    """Return how many decimals the values of a slider have.

    >>> _decimals(0.00001), _decimals(0.25), _decimals(5.0)
    (5, 2, 0)
    """
    return len(f"{step:.10f}".rstrip("0").partition(".")[2])


def _with_default(control: Control, value: float | None) -> Control:
    if value is None:
        return control
    if not control.low <= value <= control.high:
        raise UserError(
            f"{control.label}: {value:g} is outside the range; give {control.low:g} to {control.high:g} "
            f"{control.unit}."
        )
    return replace(
        control,
        value=float(control.grid[np.abs(control.grid - value).argmin()]),
        source_id="",
        basis="set for this printing",
    )


def _reading(c: Control, value: float) -> tuple[str, str]:
    """Return what a slider stands at, with its unit, and its range and grounds."""
    now, low, high = (format_value(v, c.unit) for v in (value, c.low, c.high))
    return f"{now} {_unit(c.unit)}".strip(), f"{low} to {high}; {c.grounds}"


def _unit(unit: str) -> str:
    return "" if unit in ("share", "-") else unit


def _slider(model: str, c: Control) -> Markup:
    value, low, high = (format_value(v, c.unit) for v in (c.value, c.low, c.high))
    return _template.slider(c, model, _unit(c.unit), NO_END, value, low, high)
