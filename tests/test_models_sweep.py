"""A sweep: the same numbers on one process or many, inside the ranges, complete or not there at all."""

from concurrent.futures import Future

import numpy as np
import pandas as pd
import pytest
from test_models_properties import BOX, ROWS, run

from chokepoint.errors import UserError
from chokepoint.models.sweep import CHUNK, IN_FLIGHT, MOST_SAMPLES, column, sample, sweep, tornado
from chokepoint.models.sweep import _in_order as in_order


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


def test_only_what_is_counted_in_steps_of_one_is_whole(tmp_path):
    """Years of a mine are whole and reach both ends; a price and a share are not."""
    rows = [{**r, "step": "0.5"} if r["name"] == "depreciation_years" else r for r in ROWS]
    frame = pd.read_parquet(sweep("project_value", rows, 2048, 1, tmp_path / "p.parquet"))
    whole = {name for name in BOX["project_value"] if (frame[name] % 1 == 0).all()}
    counted = {
        n for n, r in BOX["project_value"].items() if r["unit"] in ("year", "years") and r["step"] == "1"
    }
    assert whole == counted - {"depreciation_years"} and "life" in whole
    assert {frame.life.min(), frame.life.max()} == {
        float(BOX["project_value"]["life"][e]) for e in ("low", "high")
    }


def test_a_blocks_samples_do_not_depend_on_how_many_are_asked_for(tmp_path):
    few, many = (
        pd.read_parquet(sweep("club", ROWS, n, 3, tmp_path / f"{n}.parquet")) for n in (CHUNK, CHUNK + 1)
    )
    assert len(few) == CHUNK and len(many) == CHUNK + 1
    pd.testing.assert_frame_equal(few, many[:CHUNK])


def test_a_folder_or_too_many_samples_are_refused(tmp_path):
    with pytest.raises(UserError, match="this is a folder"):
        sweep("club", ROWS, 10, 1, tmp_path)
    with pytest.raises(UserError, match="is outside the range"):
        sweep("club", ROWS, MOST_SAMPLES + 1, 1, tmp_path / "c.parquet")
    assert column("levy", {"levy": 1}) == "result_levy" and column("levy", {}) == "levy"


def test_results_come_in_the_order_in_which_they_were_begun_only_some_at_a_time():
    begun = []

    def begin():
        for k in range(20):
            begun.append(k)
            made = Future()
            made.set_result(k)
            yield made

    waiting = in_order(begin())
    assert next(waiting) == 0 and len(begun) == IN_FLIGHT
    assert list(waiting) == list(range(1, 20))
