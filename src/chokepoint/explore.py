"""Where models meet charts: one list of controls, one model, one view.

On a printed page the model is written out as a JavaScript function and recomputed by the reader's browser, with no server.
In a live kernel the same function runs on NumPy behind ipywidgets. There is no second copy of anything.
"""

import html
import json
import re
import zlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import altair as alt
import numpy as np
import pandas as pd
from traitlets import link as link_values

from chokepoint import tables
from chokepoint.charts.figure import canvas, embedded, link, live_csv, printing, source_line
from chokepoint.charts.theme import themed
from chokepoint.errors import UserError
from chokepoint.models import MODELS
from chokepoint.models.expr import Param, compile_vega
from chokepoint.wording import NO_END, describe_result, format_value, vega_sentence, written

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
        return "an assumption" if self.basis == "assumed" else f"{self.basis} [{self.source_id}]" if self.source_id else self.basis

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
        if printing():
            return {"text/html": self.to_html(), "text/plain": self.says}
        from chokepoint.charts.widget import bundle

        return bundle(self.widget(), self.says, self.sentence_at(), self.still())

    def starting(self, **values: float | None) -> "Explorable":
        """The same, with some sliders set to begin elsewhere (None: where they were): a choice of whoever prints, no evidence.

        UserError for a value that the slider cannot take; one between two of its steps is moved to the nearer.
        """
        return replace(self, controls=[_begun(c, values.get(c.name)) for c in self.controls])

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

    def sentence_at(self, **values: float) -> str:
        """The sentence, with the results at some settings."""
        return written(self.sentence, self.defaults | values | self.at(**values))

    # --- the page ---

    @cached_property
    def _view_text(self) -> str:
        """The view as text, to see which results it mentions."""
        return json.dumps(self.view(alt.Chart()).to_dict(validate=False))

    def program(self) -> tuple[str, list[str], str]:
        """The model as a JavaScript function of the controls: its name, the results it returns, its code."""
        moved = {c.name: Param(c.name) for c in self.controls}
        steps = compile_vega(MODELS[self.model].function(**(self.fixed | moved)), prefix="s")
        wanted = _named(f"{self._view_text} {vega_sentence(self.sentence)} {self.results}", [name for name, _ in steps])
        code = javascript(list(moved), _needed(steps, wanted), wanted)
        return f"cp_{self.model}_{zlib.crc32(code.encode()):08x}", wanted, code

    def spec(self) -> dict:
        """Vega-Lite in which the reader's browser calls the model, once for the present settings and once for each row of the curve."""
        name, wanted, _ = self.program()
        here = ", ".join(c.name for c in self.controls)
        there = ", ".join(f"datum.{c.name}" if c.name == self.along else c.name for c in self.controls)
        base = alt.Chart(pd.DataFrame({self.along: self._curve})).transform_calculate(cp_row=f"{name}({there})")
        for result in _named(self._view_text, wanted):
            base = base.transform_calculate(**{result: f"datum.cp_row.{result}"})
        spec = themed(self.view(base))
        signals = [{"name": c.name, "value": c.value} for c in self.controls]
        signals += [{"name": "cp_now", "expr": f"{name}({here})"}]
        signals += [{"name": result, "expr": f"cp_now.{result}"} for result in wanted]
        signals += [{"name": "cp_sentence", "expr": vega_sentence(self.sentence)}]
        spec["params"] = signals + spec["params"]
        return spec

    def columns(self) -> list[dict]:
        """What the curve holds of each setting: the control along which it runs, and the results it shows."""
        meanings, control = MODELS[self.model].results, next(c for c in self.controls if c.name == self.along)
        first = {"name": self.along, "label": control.label, "unit": control.unit, "percent": control.unit == "share"}
        drawn = {name: meanings[name] for name in _named(self._view_text, meanings)}
        return [first] + [
            {"name": name, "label": _capital(meaning), "unit": unit, "percent": unit == "share"} for name, (unit, meaning) in drawn.items()
        ]

    def to_html(self) -> str:
        """Sliders, chart, sentence and results, ready for the page's script."""
        meanings = MODELS[self.model].results
        name, _, code = self.program()
        now = self.at()
        sliders = "".join(_slider(self.model, c) for c in self.controls)
        results = "".join(_result(name, now[name], *meanings[name], MODELS[self.model].never.get(name, "")) for name in self.results)
        cautions = "".join(f"<li>{html.escape(c)}</li>" for c in MODELS[self.model].cautions)
        return (
            f'<script type="application/json" class="cp-model">{embedded([name, code])}</script>'
            f'<section class="cp-explorable" data-model="{self.model}" aria-label="{html.escape(self.says)}">'
            f'<p class="cp-says">{html.escape(self.says)}</p><div class="cp-desk"><form class="cp-controls" autocomplete="off">{sliders}'
            f'<button type="reset">Reset</button></form><div class="cp-stage">{canvas(self.spec(), self.alt_text, self.still())}'
            f'<p class="cp-sentence">{html.escape(self.sentence_at())}</p><p class="cp-said cp-hidden" role="status"></p></div></div>'
            f'<table class="cp-results"><caption class="cp-hidden">Results at these settings</caption><tbody>{results}</tbody></table>'
            f"{self._numbers()}"
            f'<div class="cp-cautions"><p>What this model cannot say</p><ul>{cautions}</ul></div>'
            f'<p class="cp-source">{source_line(sorted({c.source_id for c in self.controls if c.source_id}))} '
            f'Ranges and what is assumed: <a href="{link("assumptions", f"model-{self.model}")}">assumptions</a>.</p></section>'
        )

    def _numbers(self) -> str:
        """Where the page's script writes the curve at the present settings, as the table under a chart."""
        return (
            '<details class="cp-numbers cp-live-numbers"><summary>Numbers of the curve at these settings</summary>'
            '<div class="cp-scroll" tabindex="0" role="region" aria-label="Numbers of this curve"><table class="cp-table"><caption></caption>'
            '<thead></thead><tbody></tbody></table></div><button type="button" class="cp-save">Save as CSV</button>'
            f'<script type="application/json" class="cp-columns">{embedded(self.columns())}</script></details>'
        )

    # --- a live kernel ---

    def widget(self):
        """The same controls as ipywidgets; the model runs in the kernel, on NumPy, at each move."""
        import ipywidgets as widgets

        from chokepoint.charts.vega import compiled, fitted
        from chokepoint.charts.widget import live_chart

        sliders = {c.name: _live_slider(self.model, c) for c in self.controls}
        chart, words = live_chart(self.still(), self.alt_text), widgets.HTML()

        def move(_change=None) -> None:
            values = {name: round(slider.value, 10) for name, slider in sliders.items()}
            words.value = self._live_words(values)
            if _change:
                chart.spec = fitted(compiled(self.still(**values)))

        def reset(_button) -> None:
            for c in self.controls:
                sliders[c.name].value = c.value

        move()
        for slider in sliders.values():
            slider.observe(move, "value")
        button = widgets.Button(description="Reset")
        button.on_click(reset)
        grounds = {c.name: widgets.HTML(f"<small>{html.escape(f'{c.unit}; {c.grounds}')}</small>") for c in self.controls}
        rows = [widgets.HBox([slider, grounds[name]]) for name, slider in sliders.items()]
        box = widgets.VBox([widgets.HTML(f"<b>{html.escape(self.says)}</b>"), *rows, button, chart, words])
        return box.add_class("cp-live").add_class(f"cp-live-{self.model}")

    def _live_words(self, values: dict[str, float]) -> str:
        """The sentence, the results as on the page, all settings and results to save, and what the model cannot say."""
        model, now = MODELS[self.model], self.at(**values)
        settings = self.defaults | values
        rows = [(name, float(value), "") for name, value in settings.items()]
        rows += [(name, float(now[name]), unit) for name, (unit, _) in model.results.items() if name in now]
        results = "".join(_result(name, now[name], *model.results[name], model.never.get(name, "")) for name in self.results)
        cautions = "".join(f"<li>{html.escape(c)}</li>" for c in model.cautions)
        moved = html.escape(json.dumps({c.name: float(settings[c.name]) for c in self.controls}))
        return (
            f'<p class="cp-sentence">{html.escape(self.sentence_at(**values))}</p><table data-settings="{moved}"><tbody>{results}</tbody></table>'
            f"{live_csv(pd.DataFrame(rows, columns=['name', 'value', 'unit']), self.model)}"
            f"<details><summary>What this model cannot say</summary><ul>{cautions}</ul></details>"
        )

    def still(self, **values: float) -> dict:
        """The chart at some settings, with every number worked out here: Vega-Lite that needs no model."""
        spec = themed(self.view(alt.Chart(self.rows(**values))))
        numbers = self.defaults | values
        spec["params"] = [{"name": k, "value": float(v)} for k, v in (numbers | self.at(**values)).items()] + spec["params"]
        return spec


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


def _named(text: str, names: Iterable[str]) -> list[str]:
    """Those of some names that stand in a text, each as a word of its own.

    >>> _named("datum.levy > cost", ["levy", "revenue", "cost"])
    ['levy', 'cost']
    """
    words = set(re.findall(r"\w+", text))
    return [name for name in names if name in words]


def _needed(steps: Sequence[tuple[str, str]], wanted: Iterable[str]) -> list[tuple[str, str]]:
    """The steps of a calculation that lead to the wanted ones.

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
    """Steps as `compile_vega` writes them, as a JavaScript function that returns the wanted ones by name.

    Its arithmetic is that of the expressions: Vega's `max`, `pow` … are those of `Math`, and only `if` has another name.

    >>> javascript(["price"], [("gap", "(10 - price)"), ("levy", "if((gap > 0), gap, 0)")], ["levy"])
    '(price) => { const gap = (10 - price); const levy = when((gap > 0), gap, 0); return { levy }; }'
    """
    lines = "".join(f"const {name} = {expression}; " for name, expression in steps)
    lines = re.sub(r"\bif(?=\()", "when", lines)
    return f"({', '.join(arguments)}) => {{ {lines}return {{ {', '.join(wanted)} }}; }}"


def _capital(meaning: str) -> str:
    return meaning[:1].upper() + meaning[1:]


_ASKED: dict[tuple, dict[str, object]] = {}  # in this kernel: what a slider asks → model → its slider


def _live_slider(model: str, control: Control):
    """A slider; where another model of the notebook asks the same (label, unit, range) from the same start, the two move together."""
    import ipywidgets as widgets

    slider = widgets.FloatSlider(
        value=control.value,
        min=control.low,
        max=control.high,
        step=control.step,
        description=control.label,
        continuous_update=False,
        readout_format=".4g",
        style={"description_width": "20em"},
        layout={"width": "40em"},
    )
    asked = _ASKED.setdefault((control.label, control.unit, control.low, control.high, control.step), {})
    asked[model] = slider  # a cell that is run again starts afresh
    for other in asked.values():
        if other is not slider and other.comm is not None and other.value == slider.value:
            link_values((slider, "value"), (other, "value"))
    return slider.add_class(f"cp-{control.name}")


def _begun(control: Control, value: float | None) -> Control:
    if value is None:
        return control
    if not control.low <= value <= control.high:
        raise UserError(f"{control.label}: {value:g} is outside the range; give {control.low:g} to {control.high:g} {control.unit}.")
    return replace(control, value=float(control.grid[np.abs(control.grid - value).argmin()]), source_id="", basis="set for this printing")


def _percent(unit: str) -> str:
    """Marks of a number for the page's script: shown in per cent, or without end beyond so much."""
    return {"share": "data-percent", "months": f'data-no-end="{NO_END}"'}.get(unit, "")


def _unit(unit: str) -> str:
    return "" if unit in ("share", "-") else html.escape(unit)


def _result(name: str, value: float, unit: str, meaning: str, never: str) -> str:
    none = f' data-none="{html.escape(never)}"' if never else ""
    return (
        f'<tr><th scope="row">{html.escape(_capital(meaning))}</th>'
        f'<td data-result="{name}" data-value="{float(value)!r}" data-unit="{html.escape(unit)}"{none} {_percent(unit)}>{describe_result(float(value), unit, never)}</td>'
        f"<td>{_unit(unit)}</td></tr>"
    )


def _slider(model: str, c: Control) -> str:
    name, unit = f"{model}-{c.name}", _unit(c.unit)
    beside, below = (unit, "") if len(unit) <= 16 else ("", f" {unit}")  # a long one would push the name away
    source = f'<a href="{link("assumptions", f"assumption-{model}.{c.name}")}">{html.escape(c.grounds)}</a>'
    return (
        f'<div class="cp-control"><label for="{name}">{html.escape(c.label)}</label>'
        f'<output for="{name}" aria-live="off"><span {_percent(c.unit)}>{format_value(c.value, c.unit)}</span> {beside}</output>'
        f'<input type="range" id="{name}" name="{c.name}" min="{c.low:g}" max="{c.high:g}" step="{c.step:g}" value="{c.value:g}" data-unit="{html.escape(c.unit)}">'
        f"<small>{format_value(c.low, c.unit)} to {format_value(c.high, c.unit)}{below}; {source}</small></div>"
    )
