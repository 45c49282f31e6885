"""The bands of a fan have their names where there is room for them, and none over another."""

import numpy as np
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


def bands(width: float, rise: float) -> dict:
    """Curves [px] along 120 places: bands of one width each, all rising by `rise` to the right."""
    along = np.linspace(0, rise, fan._STEPS + 1)
    levels = zip(("q05", "q25", "q50", "q75", "q95"), range(5), strict=True)
    return {q: along + width * i for q, i in levels}


@pytest.mark.parametrize("width, fits", [(fan.SIZE + 1.9, False), (fan.SIZE + 2, True)])
def test_a_name_stands_in_a_band_only_where_the_letters_have_a_pixel_on_either_side(width, fits):
    ways = list(fan._ways("half", bands(width, 0), 0.1))
    assert bool(ways) == fits and all(way["good"] == pytest.approx(width) for way in ways)


def test_the_name_of_the_middle_stands_clear_of_a_line_that_rises_under_or_over_it():
    """Over it, the name begins above the line's highest point there; under it, it ends below the lowest."""
    curves = bands(40, 24)
    n = 12
    ways = list(fan._ways("middle", curves, n / fan._STEPS))
    assert {way["dy"] < 0 for way in ways} == {True, False}
    for way in ways:
        i = round(way["share"] * fan._STEPS - n / 2)
        line = curves["q50"][i : i + n + 1]
        if way["dy"] < 0:
            assert way["at"] == line.max() and way["up"] - fan.SIZE / 2 > line.max()
        else:
            assert way["at"] == line.min() and way["up"] + fan.SIZE / 2 < line.min()
        assert way["up"] == way["at"] - way["dy"]  # up is counted upwards, dy downwards
    assert not list(fan._ways("middle", bands(fan.SIZE, 0), 0.1))


def test_of_two_places_the_one_with_more_room_is_taken_and_names_do_not_meet():
    named = fan._named(FLAT.assign(q25=45)).set_index("name")
    assert named.loc["half of the runs"]["at"] == pytest.approx(65)
    assert named.loc["nine runs of ten"]["at"] == pytest.approx(22.5)
    one = {"share": 0.5, "align": "center", "up": 50.0, "wide": 0.25}
    for share, align, up, meet in (
        (0.75, "center", 50.0, False),
        (0.74, "center", 50.0, True),
        (0.625, "left", 50.0, False),
        (0.62, "left", 50.0, True),
        (0.375, "right", 50.0, False),
        (0.38, "right", 50.0, True),
        (0.5, "center", 50.0 + fan.SIZE + 2, False),
        (0.5, "center", 50.0 - fan.SIZE - 1, True),
    ):
        assert fan._meet({"share": share, "align": align, "up": up}, 0.25, one) == meet, (share, align, up)
