"""A sweep: the same numbers on one process or many, inside the ranges, complete or not there at all."""

import numpy as np
import pandas as pd
import pytest
from test_models_properties import BOX, ROWS, run

from chokepoint.errors import UserError
from chokepoint.models.sweep import CHUNK, sample, sweep, tornado


def test_one_process_and_two_write_the_same_file(tmp_path):
    seen = []
    one = sweep(
        "price_floor",
        ROWS,
        2 * CHUNK + 100,
        7,
        tmp_path / "one.parquet",
        workers=1,
        progress=lambda *a: seen.append(a),
    )
    two = sweep("price_floor", ROWS, 2 * CHUNK + 100, 7, tmp_path / "two.parquet", workers=2)
    assert one.read_bytes() == two.read_bytes()
    assert seen == [(n, 2 * CHUNK + 100) for n in (CHUNK, 2 * CHUNK, 2 * CHUNK + 100)]
    assert sorted(p.name for p in tmp_path.iterdir()) == ["one.parquet", "two.parquet"]


def test_rows_are_settings_inside_their_ranges_with_the_model_s_own_results(tmp_path):
    frame = pd.read_parquet(sweep("vault", ROWS, 4096, 1, tmp_path / "v.parquet"))
    for name, row in BOX["vault"].items():
        assert frame[name].between(float(row["low"]), float(row["high"])).all()
        middle = (float(row["low"]) + float(row["high"])) / 2
        assert frame[name].mean() == pytest.approx(middle, rel=0.01, abs=1e-3)  # an even cover of the range
    row = frame.iloc[1234]
    assert run("vault", {n: row[n] for n in BOX["vault"]})["carry"] == pytest.approx(row["carry"])
    assert np.isfinite(frame.to_numpy()).all()


def test_another_seed_other_samples_and_years_are_whole():
    ranges = (("life", 20.0, 38.0, True), ("price", 50.0, 130.0, False))
    first, other = sample(ranges, 1, 0, 1000), sample(ranges, 2, 0, 1000)
    assert set(first["life"]) == set(range(20, 39)) and not np.array_equal(first["price"], other["price"])
    assert np.array_equal(sample(ranges, 1, 1, 50)["price"], sample(ranges, 1, 1, 100)["price"][:50])


def test_results_that_share_a_setting_s_name_have_a_column_of_their_own(tmp_path):
    frame = pd.read_parquet(sweep("supply_risk", ROWS, 64, 1, tmp_path / "r.parquet"))
    assert set(BOX["supply_risk"]) < set(frame.columns)


def test_a_broken_sweep_leaves_nothing_behind(tmp_path):
    def stop(done, total):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        sweep("club", ROWS, 100, 1, tmp_path / "c.parquet", progress=stop)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "change, message",
    [
        (dict(model="clubb"), 'Did you mean "club"'),
        (dict(samples=0), "give 1 to"),
        (dict(out="nowhere/c.parquet"), "does not exist"),
    ],
)
def test_a_bad_request_is_refused_before_anything_runs(tmp_path, monkeypatch, change, message):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UserError, match=message):
        sweep(**{**dict(model="club", assumptions=ROWS, samples=10, seed=1, out="c.parquet"), **change})


def test_the_tornado_names_what_matters_most():
    rows = tornado("price_floor", ROWS, "levy")
    assert rows[0]["name"] == "world_price" and {r["name"] for r in rows} == set(BOX["price_floor"])
    low, here = (
        run("price_floor", {n: float(r["value"]) for n, r in BOX["price_floor"].items()} | moved)["levy"]
        for moved in ({"world_price": float(BOX["price_floor"]["world_price"]["low"])}, {})
    )
    assert rows[0]["at_low"] == low > rows[0]["at_value"] == here
    assert [r["swing"] for r in rows] == sorted((r["swing"] for r in rows), reverse=True)
    with pytest.raises(UserError, match="It gives autarky_price"):
        tornado("price_floor", ROWS, "tax")
