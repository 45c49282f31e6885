"""Every assumption of a model varied at once.

Millions of samples to a Parquet file, in flat memory, on every core.

Sample number i is the same whoever computes it: chunk k is the k-th block of one scrambled Sobol sequence
fixed by the seed.
"""

import os
import warnings
from collections import deque
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from chokepoint.errors import UserError
from chokepoint.models.cluster import cluster

from .evaluate import assumptions_of, model_named

CHUNK = 2**15  # samples worked on together: with twenty columns about 10 MB
IN_FLIGHT = 8  # chunks being computed or waiting to be written; bounds memory
MOST_SAMPLES = 2**30  # length of the Sobol sequence
WHOLE = ("year", "years", "months", "countries")  # units that are counted, if the slider counts them too


def sweep(model, assumptions, samples, seed, out, scheduler=None, progress=None, workers=None):
    """Run a model at many points of its assumptions' ranges; write settings and results to a Parquet file.

    model        its name
    assumptions  rows of data/assumptions.csv: a DataFrame or a list of dicts
    samples      how many; a power of two covers the ranges best
    seed         whole number; the same seed gives the same file, on one process or many
    out          path of the Parquet file; it appears when it is complete
    scheduler    address of a Dask scheduler; None: processes on this machine
    progress     called with (samples done, samples in all) after each chunk
    workers      processes on this machine; None: one for each core

    Returns the path. UserError for an unknown model, a bad number of samples, or a scheduler that cannot be
    reached.
    """
    rows = assumptions_of(model, assumptions)
    ranges = tuple(
        (row["name"], row["low"], row["high"], row["unit"] in WHOLE and row["step"] == 1) for row in rows
    )
    out, samples = Path(out), int(samples)
    if not 1 <= samples <= MOST_SAMPLES:
        raise UserError(f"samples={samples} is outside the range: give 1 to {MOST_SAMPLES}.")
    if not out.parent.is_dir():
        raise UserError(f"{out}: the folder {out.parent} does not exist. Make it, or choose another.")
    if out.is_dir():
        raise UserError(f"{out}: this is a folder. Give the name of a Parquet file in it.")
    chunks = -(-samples // CHUNK)
    with _executor(scheduler, min(chunks, workers or os.cpu_count() or 1)) as executor:
        futures = (
            executor.submit(chunk, model, ranges, seed, k, min(CHUNK, samples - k * CHUNK))
            for k in range(chunks)
        )
        _write(_in_order(futures), out, samples, progress)
    return out


def chunk(model, ranges, seed, number, size):
    """Return settings and results of one block of samples: name → array.

    Results are prefixed where they share a setting's name.
    """
    settings = sample(ranges, seed, number, size)
    results = model_named(model).function(**settings)
    columns = dict(settings)
    for name, values in results.items():
        columns[column(name, settings)] = np.broadcast_to(np.asarray(values, dtype=float), (size,))
    return columns


def column(result, settings):
    """Column of a result: its name, or `result_…` where a setting has that name already."""
    return f"result_{result}" if result in settings else result


def sample(ranges, seed, number, size):
    """Block `number` of the settings: (name, low, high, whole) → name → array of `size`."""
    from scipy.stats import qmc  # takes a second to import: not for every use of the models

    sequence = qmc.Sobol(len(ranges), scramble=True, rng=seed)
    if number:
        sequence.fast_forward(number * CHUNK)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # the last block need not be a power of two
        unit = sequence.random(size)
    settings = {}
    for i, (name, low, high, whole) in enumerate(ranges):
        settings[name] = (
            np.minimum(high, np.floor(low + unit[:, i] * (high - low + 1)))
            if whole
            else low + unit[:, i] * (high - low)
        )
    return settings


@contextmanager
def _executor(scheduler, workers):
    """Return an Executor: processes here, or a Dask cluster at an address."""
    if scheduler is None:
        with ProcessPoolExecutor(workers) if workers > 1 else ThreadPoolExecutor(1) as executor:
            yield executor
        return
    with cluster(scheduler) as executor:
        yield executor


def _in_order(futures):
    """Results in the order of the futures, only IN_FLIGHT of them begun at a time."""
    waiting: deque[Future] = deque()
    for future in futures:
        waiting.append(future)
        if len(waiting) >= IN_FLIGHT:
            yield waiting.popleft().result()
    while waiting:
        yield waiting.popleft().result()


def _write(chunks, out, samples, progress):
    """Chunks to a Parquet file beside `out`, moved into place when it is whole."""
    import pyarrow as pa
    from pyarrow import parquet

    part, done = out.with_name(out.name + ".part"), 0
    writer: parquet.ParquetWriter | None = None
    try:
        for columns in chunks:
            table = pa.table(columns)
            writer = writer or parquet.ParquetWriter(
                part, table.schema, use_dictionary=False, compression="zstd", compression_level=1
            )
            writer.write_table(table)
            done += table.num_rows
            if progress:
                progress(done, samples)
        if writer:
            writer.close()
        part.replace(out)
    finally:
        if writer:
            writer.close()
        part.unlink(missing_ok=True)


def tornado(model, assumptions, result):
    """How far each assumption alone moves a result, from its low to its high end, the others at their value.

    Rows with name, label, unit, at_low, at_high, at_value, swing; the widest first.
    """
    rows, function = assumptions_of(model, assumptions), model_named(model).function
    if result not in model_named(model).results:
        raise UserError(
            f'{model} has no result "{result}". It gives {", ".join(model_named(model).results)}.'
        )
    base = {row["name"]: row["value"] for row in rows}
    table = []
    for row in rows:
        low, high = (float(function(**{**base, row["name"]: row[end]})[result]) for end in ("low", "high"))
        table.append(
            {
                "name": row["name"],
                "label": row["label"],
                "unit": row["unit"],
                "low": row["low"],
                "high": row["high"],
                "at_low": low,
                "at_high": high,
                "at_value": float(function(**base)[result]),
                "swing": abs(high - low),
            }
        )
    return sorted(table, key=lambda r: -r["swing"])
