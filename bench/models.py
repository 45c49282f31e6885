"""The models on arrays: against a Python loop, and against the same equations by hand."""

import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from time import perf_counter

import numpy as np

from bench import bench
from chokepoint.data import tables
from chokepoint.models import MODELS
from chokepoint.models.evaluate import assumptions_of
from chokepoint.models.sweep import CHUNK, sample, sweep

MODEL = "price_floor"


def ranges() -> tuple:
    """The model's assumptions as `sweep` draws them."""
    return tuple(
        (r["name"], r["low"], r["high"], False) for r in assumptions_of(MODEL, tables.load("assumptions"))
    )


def rates(ours: tuple[Callable, int], peer: tuple[Callable, int], repeat: int) -> tuple[float, float]:
    """Samples a second of two (work, samples), tried in turn so that a busy machine hurts both; the best try of each."""

    def once(work: Callable) -> float:
        start = perf_counter()
        work()
        return perf_counter() - start

    tries = [(once(ours[0]), once(peer[0])) for _ in range(repeat)]
    return tuple(
        samples / min(times)
        for samples, times in zip((ours[1], peer[1]), zip(*tries, strict=True), strict=True)
    )


def by_loop() -> tuple[Callable, int]:
    """The model called once for each sample with plain numbers, nothing written; and the number of samples."""
    draws, few = sample(ranges(), 1, 0, CHUNK), 2000
    rows = [{name: float(values[i]) for name, values in draws.items()} for i in range(few)]
    return lambda: [MODELS[MODEL].function(**row) for row in rows], few


def on_arrays() -> tuple[Callable, int]:
    """The model called once for a chunk of arrays, as the sweep does."""
    draws = sample(ranges(), 1, 0, CHUNK)
    return lambda: MODELS[MODEL].function(**draws), CHUNK


@bench
def sweep_vs_loop() -> dict:
    """One chunk as the sweep works it out, on one core; against a Python loop over the same function."""
    value, peer = rates(on_arrays(), by_loop(), repeat=8)
    return dict(
        what="the price floor on a chunk of arrays, one core",
        unit="samples/s",
        value=value,
        peer="a Python loop over the same function",
        peer_value=peer,
    )


@bench
def sweep_to_file_vs_loop() -> dict:
    """The command as it is run, drawing, starting processes and writing included; against the loop, which writes nothing."""
    with tempfile.TemporaryDirectory() as folder:
        whole = (
            (lambda: sweep(MODEL, tables.load("assumptions"), 64 * CHUNK, 1, Path(folder) / "s.parquet")),
            64 * CHUNK,
        )
        value, peer = rates(whole, by_loop(), repeat=3)
    return dict(
        what="a whole sweep of the price floor, from drawing to the file, all cores",
        unit="samples/s",
        value=value,
        peer="a Python loop over the same function, nothing written",
        peer_value=peer,
    )


@bench
def sweep_vs_numpy() -> dict:
    """One chunk as the sweep works it out; against the same equations written out by hand on the same draws."""
    draws = sample(ranges(), 1, 0, CHUNK)
    by_hand, ours = price_floor_by_hand(**draws), MODELS[MODEL].function(**draws)
    if set(by_hand) != set(ours) or not all(
        np.allclose(ours[name], values, rtol=1e-9, atol=1e-6) for name, values in by_hand.items()
    ):
        raise AssertionError(
            "the equations by hand are not those of the model: the comparison would mean nothing"
        )
    value, peer = rates(on_arrays(), (lambda: price_floor_by_hand(**draws), CHUNK), repeat=30)
    return dict(
        what="the price floor on a chunk of arrays, one core",
        unit="samples/s",
        value=value,
        peer="the same equations in NumPy, by hand",
        peer_value=peer,
    )


@bench
def sweep_memory() -> dict:
    """Highest memory of a sweep of four million samples on two processes, parent and one child; against one tenth of the samples."""

    def peak(samples: int) -> float:
        code = (
            "import resource, sys; from chokepoint.data import tables; from chokepoint.models.sweep import sweep; "
            f"sweep({MODEL!r}, tables.load('assumptions'), {samples}, 1, sys.argv[1], workers=2); "
            "print(sum(resource.getrusage(w).ru_maxrss for w in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)))"
        )
        with tempfile.TemporaryDirectory() as folder:
            run = subprocess.run(
                [sys.executable, "-c", code, f"{folder}/s.parquet"],
                capture_output=True,
                text=True,
                check=True,
            )
        return float(run.stdout) / 1024

    return dict(
        what="memory of a sweep of 4 million samples",
        unit="MB",
        value=peak(4_000_000),
        peer="a sweep of 400 thousand",
        peer_value=peak(400_000),
    )


def price_floor_by_hand(
    world_price,
    floor,
    base_price,
    base_demand,
    base_supply,
    demand_elasticity,
    supply_elasticity,
    evasion_share,
    rent_kept,
    price_response,
):
    """The equations of model 1 as one would write them in NumPy without thinking of a browser."""
    autarky = base_price * (base_demand / base_supply) ** (1 / (supply_elasticity + demand_elasticity))
    bloc = np.maximum(world_price, np.minimum(floor, autarky))
    demand = base_demand * (bloc / base_price) ** -demand_elasticity
    supply = base_supply * (bloc / base_price) ** supply_elasticity
    supply_before = base_supply * (world_price / base_price) ** supply_elasticity
    imports = np.maximum(0, demand - supply)
    imports_before = np.maximum(
        0, base_demand * (world_price / base_price) ** -demand_elasticity - supply_before
    )
    world_after = np.maximum(0, world_price - price_response * (imports_before - imports))
    levy = bloc - world_after
    terms = (world_price - world_after) * imports
    revenue = (1 - evasion_share) * levy * imports
    evasion = rent_kept * evasion_share * levy * imports
    less = 1 - demand_elasticity
    buyers = -base_demand * base_price**demand_elasticity * (bloc**less - world_price**less) / less
    more = 1 + supply_elasticity
    scale = base_supply * base_price**-supply_elasticity / more
    world_more = world_price**more
    sellers = scale * (bloc**more - world_more)
    loss = terms - (buyers + sellers + revenue + evasion)
    extra = supply - supply_before
    contract = np.maximum(0, floor - world_price) * base_supply * (floor / base_price) ** supply_elasticity
    return {
        "autarky_price": autarky,
        "bloc_price": bloc,
        "levy": levy,
        "demand": demand,
        "supply": supply,
        "imports": imports,
        "revenue": revenue,
        "evasion": evasion,
        "consumer_surplus_change": buyers,
        "producer_surplus_change": sellers,
        "deadweight_loss": loss,
        "extra_supply": extra,
        "secure_cost": np.where(extra > 1e-9, loss / np.maximum(extra, 1e-9), 0),
        "idle_floor": np.maximum(0, floor - autarky),
        "world_price_after": world_after,
        "terms_of_trade_gain": terms,
        "contract_cost": contract,
        "contract_loss": np.where(floor > world_price, contract - scale * (floor**more - world_more), 0),
    }
