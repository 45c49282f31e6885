"""What a model's result is worth when every assumption varies: a fan along one control, and what moves it most.

Each assumption is drawn evenly from its range. The bands are a spread of assumptions, not probabilities: nobody knows how
likely the values within a range are.
"""

import html
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import altair as alt
import numpy as np
import pandas as pd

from chokepoint import tables
from chokepoint.charts import fan as fan_chart
from chokepoint.charts import tornado as tornado_chart
from chokepoint.charts.figure import canvas, link, live_box, numbers, printing
from chokepoint.charts.theme import themed
from chokepoint.models.evaluate import assumptions_of, model_named
from chokepoint.models.sweep import WHOLE, sample, tornado

SAMPLES, SEED, POINTS, ROWS = 2048, 1, 25, 6
QUANTILES = {"q05": 0.05, "q25": 0.25, "q50": 0.50, "q75": 0.75, "q95": 0.95}


def draws(model: str, held: Sequence[str] = ()) -> dict[str, np.ndarray]:
    """Settings of the model: each assumption spread evenly over its range, those `held` at their default."""
    rows = assumptions_of(model, tables.load("assumptions"))
    free = tuple((r["name"], r["low"], r["high"], r["unit"] in WHOLE and r["step"] == 1) for r in rows if r["name"] not in held)
    fixed = {r["name"]: np.full(SAMPLES, r["value"]) for r in rows if r["name"] in held}
    return sample(free, SEED, 0, SAMPLES) | fixed


def fan(model: str, result: str, along: str, held: Sequence[str] = ()) -> pd.DataFrame:
    """Quantiles of a result over all draws, at each of some values of the control `along`: columns x, q05 … q95."""
    row = next(r for r in assumptions_of(model, tables.load("assumptions")) if r["name"] == along)
    steps = np.unique(np.linspace(0, round((row["high"] - row["low"]) / row["step"]), POINTS).round())
    grid = np.round(row["low"] + steps * row["step"], 10)
    settings = {name: np.broadcast_to(values, (len(grid), SAMPLES)) for name, values in draws(model, held).items()}
    settings[along] = np.broadcast_to(grid[:, None], (len(grid), SAMPLES))
    values = np.broadcast_to(model_named(model).function(**settings)[result], (len(grid), SAMPLES))
    return pd.DataFrame({"x": grid} | {name: np.quantile(values, q, axis=1) for name, q in QUANTILES.items()})


def swings(model: str, result: str, held: Sequence[str] = ()) -> pd.DataFrame:
    """The assumptions that move a result most, each alone from low to high: columns row, range, at_low, at_value, at_high, swing."""
    rows = [r for r in tornado(model, tables.load("assumptions"), result) if r["name"] not in held and r["swing"] > 0]
    frame = pd.DataFrame(rows).head(ROWS)
    return frame.assign(row=frame.label, range=[f"{r.low:g} to {r.high:g} {r.unit}" for r in frame.itertuples()])


def spread(model: str, result: str, along: str, *, name: str, held: Sequence[str] = ()) -> "Spread":
    """A fan and a tornado of one result, side by side, with the finding over them.

    name: the result in words, as the subject of the finding. held: what the reader chooses rather than what is uncertain.
    """
    return Spread(model, result, along, name, tuple(held))


@dataclass(frozen=True)
class Spread:
    """See `spread`."""

    model: str
    result: str
    along: str
    name: str
    held: Sequence[str]

    def _repr_mimebundle_(self, include=None, exclude=None) -> dict:
        if printing():
            return {"text/html": self.to_html(), "text/plain": self.says}
        import ipywidgets as widgets

        charts = [live_box(alt.Chart.from_dict(themed(chart))) for chart in self.charts()]
        return widgets.VBox([widgets.HTML(f"<b>{html.escape(self.says)}</b>"), *charts])._repr_mimebundle_()

    @cached_property
    def bands(self) -> pd.DataFrame:
        """See `fan`."""
        return fan(self.model, self.result, self.along, self.held)

    @cached_property
    def rows(self) -> pd.DataFrame:
        """See `swings`."""
        return swings(self.model, self.result, self.held)

    @property
    def unit(self) -> str:
        return model_named(self.model).results[self.result][0]

    @property
    def is_share(self) -> bool:
        """Whether the result is shown in per cent."""
        return self.unit.split()[0] in ("share", "ratio")

    @property
    def says(self) -> str:
        """The finding: nine draws of ten, and what moves it most."""
        low, high = np.quantile(np.broadcast_to(model_named(self.model).function(**draws(self.model, self.held))[self.result], SAMPLES), (0.05, 0.95))
        first = self.rows.label.iloc[0]
        return f"{self.name}: {self._said(low)} to {self._said(high)}{self._counted} in nine draws of ten. What moves it most: {first[0].lower() + first[1:]}"

    @property
    def _counted(self) -> str:
        """What follows a number: its unit without the currency, which stands before it."""
        words = {"/kg": " a kilogram", "/year": " a year", "x": " times"}
        rest = "" if self.is_share else self.unit.removeprefix("US$").removeprefix("A$").strip()
        for short, long in words.items():
            rest = rest.replace(short, long) if short != "x" or rest == "x" else rest
        return f" {rest.strip()}" if rest else ""

    def _said(self, value: float) -> str:
        if self.is_share:
            return f"{100 * value:.0f} %"
        size = abs(value)
        text = f"{size:,.0f}" if size >= 100 or size == round(size) else f"{size:.2g}" if size < 1 else f"{size:.3g}"
        money = next((m for m in ("US$", "A$") if self.unit.startswith(m)), "")
        return f"{'−' if value < 0 else ''}{money}{text}"

    def charts(self) -> tuple[alt.LayerChart, alt.LayerChart]:
        """The fan and the tornado."""
        control = next(r for r in assumptions_of(self.model, tables.load("assumptions")) if r["name"] == self.along)
        unit = "" if control["unit"] in ("share", "-") or control["label"].lower().startswith(control["unit"]) else f", {control['unit']}"
        shape, title = ("~%", "Share") if self.is_share else (",~f", {"x": "Times"}.get(self.unit, self.unit))
        return (fan_chart.fan(self.bands, x_title=f"{control['label']}{unit}", x_format="~%" if control["unit"] == "share" else ",~f", y_title=title, y_format=shape),
                tornado_chart.tornado(self.rows[["row", "range", "at_low", "at_value", "at_high"]], x_title=title, x_format=shape))

    def to_html(self) -> str:
        """Both charts under one finding, with what the bands mean and the numbers of each."""
        along, moved = self.charts()
        bands, rows = self.bands, self.rows
        wide = f"at the left end nine draws of ten lie between {self._said(bands.q05.iloc[0])} and {self._said(bands.q95.iloc[0])}, at the right between {self._said(bands.q05.iloc[-1])} and {self._said(bands.q95.iloc[-1])}"
        shown = rows[["label", "range", "at_low", "at_value", "at_high"]].set_axis(["Assumption", "Range", "Result at its low end", "Result at the default", "Result at its high end"], axis=1)
        quantiles = bands.set_axis([self.along.replace("_", " ").capitalize(), "5 %", "25 %", "Middle", "75 %", "95 %"], axis=1)
        held = f" Held at the default, as choices rather than uncertainties: {', '.join(h.replace('_', ' ') for h in self.held)}." if self.held else ""
        return (f'<figure class="cp-figure cp-spread"><figcaption class="cp-says">{html.escape(self.says)}</figcaption><div class="cp-pair">'
                f'<div><p class="cp-kicker">Every assumption varies at once</p>{canvas(themed(along), f"A fan: {wide}.")}{numbers(quantiles)}</div>'
                f'<div><p class="cp-kicker">Each assumption alone, low to high</p>{canvas(themed(moved), f"Bars, the longest first: {chr(59).join(rows.label)}.")}{numbers(shown)}</div></div>'
                f'<p class="cp-source">Dark band: half of {SAMPLES:,} draws; pale band: nine in ten; line: the middle. Each assumption is drawn evenly from its '
                f'<a href="{link("assumptions", f"model-{self.model}")}">range</a>: a spread of assumptions, not a probability.{html.escape(held)} '
                "Yellow bars end at the assumption’s low end, blue bars at its high end.</p></figure>")
