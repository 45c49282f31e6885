"""The bands of a fan have their names where there is room for them, and none over another."""

import pandas as pd
import pytest

from chokepoint.charts import fan

FLAT = pd.DataFrame({"x": [0, 10, 20], "q05": 0, "q25": 20, "q50": 50, "q75": 80, "q95": 100})
FALLING = pd.DataFrame(
    {
        "x": [0, 5, 10, 20],
        "q05": [190, 60, 10, 0],
        "q25": [310, 100, 20, 0],
        "q50": [440, 150, 30, 0],
        "q75": [600, 220, 40, 0],
        "q95": [880, 330, 60, 0],
    }
)


def test_a_wide_fan_has_the_names_of_both_bands_and_of_the_middle_on_a_phone():
    named = fan._named(FLAT)
    assert named.name.tolist() == [texts[0] for texts in fan.NAMES.values()]
    assert (named.least == min(named.least)).all() and named.x.between(0, 20).all()


@pytest.mark.parametrize("scale", [0.001, 1, 1e6])
@pytest.mark.parametrize("lower", [0, -1e4])
def test_names_stand_in_their_bands_whatever_the_unit(scale, lower):
    rows = FLAT.assign(**{q: (FLAT[q] + lower) * scale for q in FLAT if q != "x"})
    named = fan._named(rows)
    for text, place in zip(named.name, named.to_dict("records"), strict=True):
        if text == fan.NAMES["half"][0]:
            assert rows.q25.iloc[0] < place["at"] < rows.q75.iloc[0]


def test_where_the_fan_is_too_steep_a_name_stands_over_it_or_not_at_all():
    named = fan._named(FALLING).set_index("name")
    assert named.loc["nine runs of ten"].dy < 0
    assert "middle run" not in named.index


def test_a_fan_without_width_has_no_names():
    assert fan._named(FLAT.assign(q05=1.0, q25=1.0, q50=1.0, q75=1.0, q95=1.0)).empty
