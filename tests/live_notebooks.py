"""Which notebooks run in a real JupyterLab, and which in a kernel alone: some of them in a test run, every week each in both."""

from pathlib import Path

from sampled import draw, everything

BOOK = Path(__file__).resolve().parents[1] / "book"
NAMES = sorted(path.stem for path in BOOK.glob("*.ipynb"))
DESK, VAULT = "07-futures", "04-project-vault"
WITH_SLIDERS = [
    "03-price-floor",
    "04-project-vault",
    "05-frameworks",
    "06-china-responses",
    "rock-to-motor",
    "validation",
]
START, TEMPLATE = "start-here", "country"  # where a reader begins; one notebook for many pages
IN_A_KERNEL = 2  # besides these two
EVERY_WEEK = "what-changed"  # all facts at several releases: longer than all that run in a kernel each time
# Notebooks of which the tests of JupyterLab ask more than that they run.
ALWAYS = ["mineral", DESK, VAULT]


def in_jupyterlab() -> list[str]:
    """Those that other tests ask about, and one more; or all."""
    if everything():
        return NAMES
    others = [name for name in NAMES if name not in ALWAYS]
    return sorted([*ALWAYS, draw("a notebook in JupyterLab").choice(others)])


def in_a_kernel() -> list[str]:
    """The first, a template, which is rendered otherwise than it is shown live, and some that JupyterLab does not run; or all."""
    if everything():
        return NAMES
    always = [START, TEMPLATE]
    others = [name for name in NAMES if name not in {*always, *in_jupyterlab(), EVERY_WEEK}]
    return sorted([*always, *draw("notebooks in a kernel").sample(others, IN_A_KERNEL)])
