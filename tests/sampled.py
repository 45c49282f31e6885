"""Tests too many to run each time: a sample, drawn by a seed that is printed; all of them every week (CHOKEPOINT_SWEEP=all)."""

import os
import random

SEED, SWEEP = "CHOKEPOINT_SEED", "CHOKEPOINT_SWEEP"
# A seed that has found faults; the same for everybody, so that a change is judged by what it changes.
USUAL = 492170


def everything() -> bool:
    """Whether all is to be run, and no sample."""
    return os.environ.get(SWEEP) == "all"


def seed() -> int:
    """The seed of this run: given, or the usual one."""
    return int(os.environ.setdefault(SEED, str(USUAL)))


def draw(name: str) -> random.Random:
    """Chance for one test, the same again for the same seed."""
    return random.Random(f"{seed()} {name}")


def told() -> str:
    """How to see the same again."""
    return (
        f"All of what is sampled otherwise; chance by the seed {seed()}: {SEED}={seed()}"
        if everything()
        else f"Sampled by the seed {seed()}; the same again: {SEED}={seed()}"
    )
