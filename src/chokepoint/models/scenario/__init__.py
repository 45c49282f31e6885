"""One model of one system: a club's floors, contracts, money and Vault, China's answer, and what comes of them month by month.

The recursion (`recursion`) is pure and knows no files; `assemble` adds up the tables' countries to a club, China and the rest;
`run` of `runner` is what a reader calls.
"""

from .runner import Scenario, run

__all__ = ["Scenario", "run"]
