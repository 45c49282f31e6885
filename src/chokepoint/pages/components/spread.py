"""The spread of a model on its page: a fan along one control and a tornado, under one computed finding."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import altair as alt
import numpy as np
import pandas as pd
from markupsafe import Markup

from chokepoint.analysis.uncertainty import SAMPLES, assumptions, fan, results, swings
from chokepoint.charts.fan import fan as fan_chart
from chokepoint.charts.theme import themed
from chokepoint.charts.tornado import tornado
from chokepoint.models.evaluate import model_named
from chokepoint.pages.components.base import Component
from chokepoint.pages.components.figure import anchor, canvas, live_numbers, numbers, source_line
from chokepoint.pages.markup import for_notebook, macros, with_links

if TYPE_CHECKING:  # it is imported where a live kernel shows something
    from ipywidgets import Widget

LONG, DAYS_A_MONTH = 365, 365 / 12  # days; more of them are told in months

_template, _figure = macros("spread"), macros("figure")


def spread(model: str, result: str, along: str, *, name: str, held: Sequence[str] = ()) -> "Spread":
    """Make a fan and a tornado of one result, side by side.

    name: the result in words, as the subject of the finding. held: what the reader chooses rather than what
    is uncertain.
    """
    return Spread(model, result, along, name, tuple(held))


@dataclass(frozen=True)
class Spread(Component):
    """See `spread`."""

    model: str
    result: str
    along: str
    name: str
    held: Sequence[str]

    @property
    def text(self) -> str:
        """See `Component`."""
        return f"{self.title}. {self._ends()} {self._bars()}"

    def still(self) -> dict:
        """See `Component`: the fan."""
        return themed(self.fan())

    def html(self) -> Markup:
        """Both under one finding, with the numbers of each and what the bands mean."""
        panels = [
            (
                title,
                canvas(themed(chart), alt_text, anchor(f"{self.model}-{self.result}-{kind}")),
                numbers(table),
            )
            for kind, (title, chart, alt_text, table) in zip(
                ("fan", "tornado"), self._pictures(), strict=True
            )
        ]
        return _template.spread(self.title, panels, self._reading(), source_line(self._sources()))

    def widget(self) -> "Widget":
        """Both, one below the other."""
        import ipywidgets as widgets

        from chokepoint.pages.components.live_chart import live_chart

        parts = [widgets.HTML(_figure.title(self.title))]
        for title, chart, alt_text, table in self._pictures():
            parts += [
                widgets.HTML(_figure.small(title)),
                live_chart(themed(chart), alt_text),
                widgets.HTML(live_numbers(table, f"{self.name} {title}")),
            ]
        parts += [
            widgets.HTML(for_notebook(_figure.small(words)))
            for words in (self._reading(), source_line(self._sources()))
        ]
        return widgets.VBox(parts)

    def _sources(self) -> list[str]:
        """List the sources of the model's assumptions."""
        return sorted(
            {row["source_id"] for row in assumptions(self.model).values() if pd.notna(row["source_id"])}
        )

    # --- the numbers ---

    @cached_property
    def bands(self) -> pd.DataFrame:
        """Quantiles along the control: see `uncertainty.fan`."""
        return fan(self.model, self.result, self.along, self.held)

    @cached_property
    def rows(self) -> pd.DataFrame:
        """What moves the result most: see `uncertainty.swings`."""
        return swings(self.model, self.result, self.held)

    @property
    def unit(self) -> str:
        """Unit of the result."""
        return model_named(self.model).results[self.result][0]

    @property
    def title(self) -> str:
        """The finding: between what values nine runs of ten lie, to the two figures that a spread bears."""
        ends = np.quantile(results(self.model, self.result, self.held), (0.05, 0.95))
        unit = self.unit
        if unit == "days" and ends[1] > LONG:
            unit, ends = "months", ends / DAYS_A_MONTH
        low, high = (float(f"{end:.2g}") for end in ends)
        return f"{self.name}: {amount(low, unit)} to {amount(high, unit)}{counted(unit)}"

    # --- the pictures ---

    @property
    def _axis(self) -> dict[str, str]:
        """Title and number format of the result's axis."""
        if _is_share(self.unit):
            return {"title": "Share", "shape": "~%"}
        return {"title": {"x": "Times"}.get(self.unit, self.unit), "shape": ",~f"}

    def fan(self) -> alt.LayerChart:
        """Bands along the control."""
        control = assumptions(self.model)[self.along]
        label, unit = control["label"], control["unit"]
        has_unit = unit in ("share", "-") or label.lower().startswith(unit)
        return fan_chart(
            self.bands,
            x_title=label if has_unit else f"{label}, {unit}",
            x_format="~%" if unit == "share" else ",~f",
            y_title=self._axis["title"],
            y_format=self._axis["shape"],
        )

    def tornado(self) -> alt.LayerChart:
        """Draw a bar for each assumption."""
        frame = self.rows[["label", "range", "at_low", "at_value", "at_high"]].rename(
            columns={"label": "row"}
        )
        frame["ends"] = [self._from_to(row) for row in self.rows.to_dict("records")]
        return tornado(frame, x_title=self._axis["title"], x_format=self._axis["shape"])

    def _from_to(self, row: dict) -> str:
        """Say what the result is at both ends of an assumption, without its unit, which the axis has."""
        unit = self.unit if _is_share(self.unit) else "-"
        return " to ".join(amount(row[end], unit) for end in ("at_low", "at_high"))

    def _pictures(self) -> list[tuple[str, alt.LayerChart, str, pd.DataFrame]]:
        """Of each of the two: what it is, chart, alt text, numbers."""
        bands = self.bands.set_axis(
            [self.along.replace("_", " ").capitalize(), "5%", "25%", "Middle", "75%", "95%"], axis=1
        )
        moved = self.rows[["label", "range", "at_low", "at_value", "at_high"]].set_axis(
            [
                "Assumption",
                "Range",
                "Result at its low end",
                "Result at the default",
                "Result at its high end",
            ],
            axis=1,
        )
        return [
            ("Every assumption varies at once", self.fan(), self._ends(), bands),
            ("Each assumption alone, low to high", self.tornado(), self._bars(), moved),
        ]

    def _reading(self) -> Markup:
        """Say what moves the result most, and how to read both."""
        first = self.rows.label.iloc[0]
        held = ", ".join(h.replace("_", " ") for h in self.held)
        return with_links(
            f"What moves it most: {first[0].lower() + first[1:]}. "
            f"Dark band: half of {SAMPLES:,} runs; pale: nine of ten, as in the title. "
            f"In each run every assumption lies anywhere in its [range](assumptions#model-{self.model}): "
            "a spread of assumptions, not a probability. "
            f"{f'Held at the default, as choices: {held}. ' if held else ''}"
            "Faint bars end at the assumption’s low end, strong bars at its high end; beside them the result "
            "at both.",
            "",
        )

    def _ends(self) -> str:
        """Describe the fan for those who do not see it."""
        left, right = (
            [amount(row[q], self.unit) for q in ("q05", "q95")]
            for _, row in self.bands.iloc[[0, -1]].iterrows()
        )
        return (
            f"A fan: nine runs of ten lie between {left[0]} and {left[1]} at the left end, {right[0]} "
            f"and {right[1]} at the right."
        )

    def _bars(self) -> str:
        """Describe the bars for those who do not see them."""
        longest = self.rows.iloc[0].to_dict()
        return (
            f"Bars of {self._axis['title']}, the longest first, which goes from {self._from_to(longest)}: "
            f"{'; '.join(self.rows.label)}."
        )


def _is_share(unit: str) -> bool:
    return unit.split()[0] in ("share", "ratio")


def amount(value: float, unit: str) -> str:
    """Write a result in a sentence, the currency before it; the rest of the unit is `counted`.

    >>> large, small = amount(-1234.5, "A$ million"), amount(0.0067, "US$ billion/year")
    >>> amount(0.05, "share"), large, amount(50, "US$/kg"), small
    ('5%', '−A$1,234', 'US$50', 'US$0')
    """
    size = abs(value)
    text = (
        f"{100 * size:.0f}%"
        if _is_share(unit)
        else f"{size:,.0f}"
        if size >= 100 or size == round(size)
        else "0"
        if size < 0.01
        else f"{size:.2g}"
        if size < 1
        else f"{size:.3g}"
    )
    money = re.match(r"(US|A)\$", unit)
    return f"{'−' if value < 0 and text.strip('0%') else ''}{money[0] if money else ''}{text}"


def counted(unit: str) -> str:
    """Write what follows a number in a sentence.

    >>> counted("US$ million/year"), counted("US$/kg"), counted("share"), counted("x")
    (' million a year', ' a kilogram', '', ' times')
    """
    if _is_share(unit):
        return ""
    rest = re.sub(r"^(US|A)\$ ?", "", unit).replace("/kg", " a kilogram").replace("/year", " a year").strip()
    return f" {'times' if rest == 'x' else rest}" if rest else ""
