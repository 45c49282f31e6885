"""The colours of the charts are seen on both papers, and told apart by readers who see fewer of them."""

import itertools
import re
from pathlib import Path

import numpy as np
import pytest

from chokepoint.charts import theme

STYLE = (Path(__file__).resolve().parents[1] / "book/_static/chokepoint.css").read_text(encoding="utf-8")
PAPERS = sorted(set(re.findall(r"--cp-paper: (#\w{6})", STYLE)))
COLOURS = {
    name: getattr(theme, name) for name in ("CHINA", "BLOC", "UNITED_STATES", "OTHER", "ACCENT", "FLOOR")
}
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


@pytest.mark.parametrize("eye", EYES)
def test_no_two_colours_are_taken_for_one_another(eye):
    apart = {
        pair: np.linalg.norm(seen(COLOURS[pair[0]], eye) - seen(COLOURS[pair[1]], eye))
        for pair in itertools.combinations(COLOURS, 2)
    }
    assert len(PAPERS) == 2 and {pair for pair, distance in apart.items() if distance < 0.06} == set()
