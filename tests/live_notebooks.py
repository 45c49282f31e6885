"""Which notebooks run in a real JupyterLab, and which in a kernel alone: each runs live in every test run, in one or the other."""

from pathlib import Path

from sampled import draw, everything

BOOK = Path(__file__).resolve().parents[1] / "book"
NAMES = sorted(path.stem for path in BOOK.glob("*.ipynb"))
TEMPLATES = ["country", "mineral"]  # one notebook, a page for each country or mineral
DESK = "07-futures"
WITH_SLIDERS = [
    "03-price-floor",
    "04-project-vault",
    "05-frameworks",
    "06-china-responses",
    "rock-to-motor",
    "validation",
]
# Notebooks of which the tests of JupyterLab ask more than that they run.
START = "start-here"
ALWAYS = [START, *TEMPLATES, DESK, "03-price-floor", "04-project-vault", "08-since-february"]


def in_jupyterlab() -> list[str]:
    """The templates and those that other tests ask about, another with sliders and another without; or all."""
    if everything():
        return NAMES
    chance, others = draw("notebooks in JupyterLab"), [name for name in NAMES if name not in ALWAYS]
    drawn = [
        chance.choice([name for name in others if name in WITH_SLIDERS]),
        chance.choice([name for name in others if name not in WITH_SLIDERS]),
    ]
    return sorted([*ALWAYS, *drawn])


def in_a_kernel() -> list[str]:
    """Those that JupyterLab does not run, the first, and a template, which is printed otherwise than it is shown live; or all."""
    if everything():
        return NAMES
    return sorted([START, TEMPLATES[0], *(name for name in NAMES if name not in in_jupyterlab())])
