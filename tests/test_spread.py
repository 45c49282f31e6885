"""The pictures of a model's spread: what stands below their axes."""

import pandas as pd
import pytest

from chokepoint.pages.components import spread

BANDS = pd.DataFrame({"x": [0.1, 0.2], **{q: [1.0, 2.0] for q in ("q05", "q25", "q50", "q75", "q95")}})


def below_the_fan(monkeypatch, label: str, unit: str) -> tuple[str, str]:
    """Title and format of the horizontal axis of a fan along a control with that label and unit."""
    monkeypatch.setattr(spread, "assumptions", lambda _model: {"x": {"label": label, "unit": unit}})
    monkeypatch.setattr(spread, "fan_chart", lambda _bands, **given: given)
    made = spread.spread("price_floor", "deadweight_loss", "x", name="Output")
    vars(made)["bands"] = BANDS
    given = made.fan()
    return given["x_title"], given["x_format"]


@pytest.mark.parametrize(
    "label, unit, title, form",
    [
        ("Members that leave", "share", "Members that leave", "~%"),
        ("Floor", "US$/kg", "Floor, US$/kg", ",~f"),
        ("Elasticity of use", "-", "Elasticity of use", ",~f"),
        ("Months until the stock is full", "months", "Months until the stock is full", ",~f"),
    ],
)
def test_a_share_is_read_in_per_cent_and_any_other_unit_is_named_once(monkeypatch, label, unit, title, form):
    assert below_the_fan(monkeypatch, label, unit) == (title, form)
