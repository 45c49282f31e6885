"""One model of one system: a club's floors, contracts, money and Vault, China's answer, and what comes of it.

The recursion (`recursion`) is pure and knows no files; `assemble` adds up the countries of data/scenario to a
club, China and the rest; `run` is what a reader calls, and `band` says how sure it is.

>>> run("copper", members="us", floor=1.2).table.shape
(180, 37)
"""

from .assemble import PRESETS, Mineral, members_of, minerals
from .bands import band
from .calibrate import record
from .literature import beside, magnet_chain
from .results import SERIES
from .reversal import Reversal, reversals
from .runner import STORIES, Control, Scenario, controls, cover, run

__all__ = [
    "PRESETS",
    "SERIES",
    "STORIES",
    "Control",
    "Mineral",
    "Reversal",
    "Scenario",
    "band",
    "beside",
    "controls",
    "cover",
    "magnet_chain",
    "members_of",
    "minerals",
    "record",
    "reversals",
    "run",
]
