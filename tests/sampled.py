"""Tests too many to run each time: a sample, drawn by a seed that is printed; all of them every week (CHOKEPOINT_SWEEP=all)."""

import os
import random
from collections.abc import Callable, Hashable, Iterable
from typing import TypeVar

T = TypeVar("T")

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


def of_each(name: str, things: Iterable[T], kind: Callable[[T], Hashable], number: int = 1) -> list[T]:
    """A sample with so many things of each kind, or all there are, in the order given; every week all things."""
    every = list(things)
    if everything():
        return every
    kinds: dict[Hashable, list[int]] = {}
    for at, thing in enumerate(every):
        kinds.setdefault(kind(thing), []).append(at)
    chance = draw(name)
    return [
        every[at]
        for at in sorted(at for of in kinds.values() for at in chance.sample(of, min(number, len(of))))
    ]


def of_groups(items: list) -> list:
    """Leave of the tests marked `some_of(group, number)` so many of each group, and every other; every week all.

    For what is alike and takes long: builds that are ended at a moment, and what a build finds damaged.
    """
    if everything():
        return items
    groups: dict[str, list] = {}
    for item in items:
        if mark := item.get_closest_marker("some_of"):
            groups.setdefault(mark.args[0], []).append((mark.args[1], item))
    left_out = set()
    for name, members in groups.items():
        number = min(members[0][0], len(members))
        kept = draw(name).sample(range(len(members)), number)
        left_out |= {item for at, (_, item) in enumerate(members) if at not in kept}
    return [item for item in items if item not in left_out]


def newest_and(name: str, releases: list[T]) -> list[T]:
    """The last of some releases and one of the others; every week all."""
    return of_each(name, releases, lambda release: release == releases[-1])


def told() -> str:
    """How to see the same again."""
    return (
        f"All of what is sampled otherwise; chance by the seed {seed()}: {SEED}={seed()}"
        if everything()
        else f"Sampled by the seed {seed()}; the same again: {SEED}={seed()}"
    )
