"""The scenario model's facts by mineral, stage and country, from the project's own tables and two public releases.

Output and capacity are the project's tables (USGS, IEA) and the EU study's shares; use is output plus imports less exports (CEPII BACI) where
the traded form is the one that is modelled, else the published use of the United States with a judgement for the rest. What is a judgement,
and which series each mineral takes, is said by hand in data/scenario/choices.csv; this step derives facts.csv and grades.csv from it, and the
same inputs give the same files.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd

from chokepoint.errors import UserError
from chokepoint.ingest.package import inert

RELEASE, YEAR = "mcs2026", 2024  # trade and the IEA's refining are of 2024, so outputs are too
TRADE, EU, IEA, USGS, OURS = "BACI2026-01", "EUSTUDY2023", "IEA2025", "MCS2026", "M00"
CLOSE = 0.15  # of world use, or of the published use of the United States: within it a derived use counts as borne out
SMALL = 0.002  # of the world's: what is less goes into "Other countries"
CHINA_MAGNETS, CHINA_MAGNETS_SOURCE = 0.94, "S181"
OTHER_MAGNETS = {"JPN": 0.045, "VNM": 0.005, "DEU": 0.004, "USA": 0.003}  # of the world's; judgement
OTHERS = "Other countries"


def ingest(path: Path, data: Path) -> str:
    """Write data/scenario/facts.csv and grades.csv from the releases under `path`; returns a line on what was graded how."""
    path, data = Path(path), Path(data)
    trade, shares = _trade(path), _eu(path, data)
    choices = pd.read_csv(data / "scenario" / "choices.csv", keep_default_na=False)
    world = Tables(data)
    key = _buyers(trade)
    facts, grades = [], []
    for choice in choices.to_dict("records"):
        rows, grade = _mineral(choice, world, trade, shares, key)
        facts += rows
        grades.append(grade)
    _write(pd.DataFrame(facts), "facts", data)
    _write(pd.DataFrame(grades), "grades", data)
    counts = pd.Series([g["grade"] for g in grades]).value_counts()
    return "; ".join(f"{counts.get(g, 0)} of grade {g}" for g in ("A", "B", "C")) + f"; {counts.get('none', 0)} cannot be run"


class Tables:
    """The project's own tables that the facts come from."""

    def __init__(self, data: Path):
        def read(name: str) -> pd.DataFrame:
            return pd.read_csv(data / "minerals" / name, keep_default_na=False, na_values=[""])

        self.production, self.capacity = read(f"{RELEASE}/production.csv"), read(f"{RELEASE}/capacity.csv")
        self.salient, self.iea, self.demand = (
            read(f"{RELEASE}/salient.csv"),
            read("iea2025/iea_production.csv"),
            read("iea2025/iea_demand.csv"),
        )

    def usgs(self, mineral: str, stage: str, detail: str) -> tuple[pd.Series, float, str]:
        """Output by country, the world's, and the weight basis."""
        held = self.production
        rows = held[(held.mineral == mineral) & (held.stage == stage) & (held.year == YEAR)]
        if detail:
            rows = rows[rows.detail == detail]
        by = rows[rows.area_kind == "country"].dropna(subset=["value"]).groupby("iso3").value.sum()
        printed = rows[rows.area_kind == "world"].value.dropna()
        total = float(printed.iloc[0]) if len(printed) else 0.0
        return by[by > 0], max(total, float(by.sum())), rows.basis.iloc[0]

    def iea_output(self, mineral: str, stage: str, year: int = YEAR) -> tuple[pd.Series, float]:
        """Output by country and the world's; for years to come the base case."""
        rows = self.iea[(self.iea.mineral == mineral) & (self.iea.stage == stage) & (self.iea.year == year)]
        by = rows[rows.area_kind == "country"].groupby("iso3").value.sum()
        return by[by > 0], float(rows[rows.area_kind == "world"].value.iloc[0])


def _trade(path: Path) -> pd.DataFrame:
    """BACI of 2024: exporter, importer (ISO 3166 alpha-3), material, tonnes, thousand dollars."""
    found = sorted(path.glob("**/baci_hs17_2024_30_materials.parquet"))
    if not found:
        raise UserError(f"{path}: no file baci_hs17_2024_30_materials.parquet is in it. Give the folder of the releases.")
    frame = pd.read_parquet(found[0]).replace({"exporter": {"S19": "TWN"}, "importer": {"S19": "TWN"}})
    return frame[["material", "exporter", "importer", "qty_t", "value_kusd"]]


def _eu(path: Path, data: Path) -> pd.DataFrame:
    """The EU study's shares of world supply at processing: material in lower case, iso3, share [0–1]."""
    found = sorted(path.glob("**/fact_GlobalSupplyShares&t.csv"))
    if not found:
        raise UserError(f"{path}: no file fact_GlobalSupplyShares&t.csv is in it. Give the folder of the releases.")
    frame = pd.read_csv(found[0], encoding="latin1")
    frame = frame[frame.Stage == "P"]
    known = {}
    for row in pd.read_csv(data / "geography.csv", keep_default_na=False).to_dict("records"):
        for name in (row["name"], *row["usgs_names"].split("|"), *row["iea_names"].split("|"), *row["state_names"].split("|")):
            known[name.strip().lower()] = row["iso3"]
    known |= {"congo, d.r.": "COD", "korea, south": "KOR", "korea, north": "PRK", "brasilia": "BRA", "türkiye": "TUR", "czechia": "CZE"}
    known |= {"iran": "IRN", "russia": "RUS", "vietnam": "VNM", "laos": "LAO", "myanmar": "MMR", "macedonia": "MKD", "ivory coast": "CIV"}
    share = pd.to_numeric(frame.Share.str.rstrip("%").str.lstrip("<"), errors="coerce").fillna(0) / 100
    iso3 = frame.Country.str.strip().str.lower().map(known).fillna("")
    return pd.DataFrame({"material": frame.Material.str.lower(), "iso3": iso3, "share": share})


def _buyers(trade: pd.DataFrame) -> pd.Series:
    """Each country's share of what the world buys abroad of the traded materials, by value: a stand-in where no use is published."""
    bought = trade[trade.material != "cokingcoal"].groupby("importer").value_kusd.sum()
    return bought.drop(["CHN", "HKG", "USA"], errors="ignore").pipe(lambda s: s / s.sum())


def _mineral(choice: dict, world: Tables, trade: pd.DataFrame, shares: pd.DataFrame, key: pd.Series) -> tuple[list[dict], dict]:
    name = choice["mineral"]
    grade = {"mineral": name, "grade": "none", "use_below_zero": None, "us_derived": None, "us_published": None, "why": choice["why_not"]}
    if choice["why_not"]:
        return [], grade
    output, total, source, basis = _refined(choice, world, shares)
    rows = _rows(name, "refined", "output", output, total, source, basis)
    rows += _capacity(choice, world)
    rows += _ore(choice, world, output, total)
    rows += _coming(choice, world)
    use, use_rows = _use(choice, world, trade, output, total, key, grade)
    rows += use_rows
    grade["grade"], grade["why"] = _graded(choice, world, grade, basis)
    return rows, grade


def _refined(choice: dict, world: Tables, shares: pd.DataFrame) -> tuple[pd.Series, float, str, str]:
    name, (kind, *rest) = choice["mineral"], choice["refined"].split(":")
    if kind == "mcs":
        output, total, _ = world.usgs(name, rest[0], rest[1])
        return output, total, USGS, "measured"
    if kind == "iea":
        output, total = world.iea_output(rest[0] if rest else name, "refinery")
        part = float(rest[1]) if rest else 1.0
        return output * part, total * part, IEA, "measured" if part == 1 else "derived"
    if kind == "china_only":
        _, of, part = choice["ore"].split(":")
        total = world.iea_output(of, "refinery")[1] * float(part)
        return pd.Series({"CHN": 0.99 * total, "MYS": 0.01 * total}), total, EU, "judged"
    mined, total, _ = world.usgs(name, "mine", "")
    if kind == "own":
        return mined, total, USGS, "measured"
    total *= float(choice["content"]) if choice["content"] and not choice["trade"] else 1.0
    seen = shares[shares.material == name].groupby("iso3").share.sum()
    seen = seen / seen.sum()
    return seen.drop("", errors="ignore") * total, total, EU, "derived"


def _capacity(choice: dict, world: Tables) -> list[dict]:
    kind, *rest = choice["refined"].split(":")
    if kind != "mcs":
        return []
    name, held = choice["mineral"], world.capacity
    rows = held[(held.mineral == name) & (held.stage == rest[0]) & (held.area_kind == "country")].dropna(subset=["value"])
    rows = rows[rows.commodity == choice["price_commodity"]]
    by = rows[rows.year == rows.year.max()].groupby("iso3").value.sum() if len(rows) else pd.Series(dtype=float)
    return _rows(name, "refined", "capacity", by[by > 0], float(by.sum()), USGS, "measured", rest=False, year=2025)


def _ore(choice: dict, world: Tables, output: pd.Series, total: float) -> list[dict]:
    """Mine output in the refined form's units; none where ore is not what limits (by-products, quartz) or is the traded form itself."""
    name, (kind, *rest) = choice["mineral"], choice["ore"].split(":")
    if kind in ("host", "own"):
        return []
    if kind == "iea":
        mined, all_mined = world.iea_output(rest[0] if rest else name, "mine")
        part = float(rest[1]) if rest else 1.0
        return _rows(name, "ore", "output", mined * part, all_mined * part, IEA, "measured" if part == 1 else "derived")
    mined, all_mined, basis = world.usgs(name, rest[0], "")
    same = basis == choice["unit_basis"] and rest[0] == "mine"
    scale = 1.0 if same and all_mined else total / all_mined
    return _rows(name, "ore", "output", mined * scale, all_mined * scale, USGS, "measured" if scale == 1 else "derived")


def _coming(choice: dict, world: Tables) -> list[dict]:
    """What the IEA's base case adds from 2024 to 2030, where it follows the mineral: its count of announced projects."""
    rows = []
    for stage, column in (("refinery", "refined"), ("mine", "ore")):
        kind, *rest = choice[column].split(":")
        if kind != "iea":
            continue
        of, part = (rest[0], float(rest[1])) if rest else (choice["mineral"], 1.0)
        before, after = world.iea_output(of, stage)[0], world.iea_output(of, stage, 2030)[0]
        added = after.sub(before, fill_value=0).clip(lower=0) * part
        others = (world.iea_output(of, stage, 2030)[1] - after.sum()) - (world.iea_output(of, stage)[1] - before.sum())
        total = float(added.sum() + max(0.0, others * part))
        rows += _rows(
            choice["mineral"], {"refinery": "refined", "mine": "ore"}[stage], "coming", added[added > 0], total, IEA, "derived", year=2030
        )
    return rows


def _use(choice, world, trade, output, total, key, grade) -> tuple[pd.Series, list[dict]]:
    name, material = choice["mineral"], choice["trade"]
    published = _us_use(choice, world)
    grade["us_published"] = published
    if material == "magnet_share":
        use = pd.Series({"CHN": CHINA_MAGNETS, **OTHER_MAGNETS}) * total
        rows = _rows(name, "use", "use", use[["CHN"]], float(use["CHN"]), CHINA_MAGNETS_SOURCE, "derived", rest=False)
        return use, rows + _rows(name, "use", "use", use.drop("CHN"), total - use["CHN"], OURS, "judged")
    if material:
        content, flows = float(choice["content"]), trade[trade.material == material]
        bought, sold = flows.groupby("importer").qty_t.sum() * content, flows.groupby("exporter").qty_t.sum() * content
        use = output.add(bought, fill_value=0).sub(sold, fill_value=0)
        grade["use_below_zero"] = float(-use[use < 0].sum() / total)
        grade["us_derived"] = float(use.get("USA", 0))
        use = use.clip(lower=0)
        use = use * min(1.0, total / use.sum())  # countries that sell more than they are known to make are over by so much
        return use, _rows(name, "use", "use", use[use > 0], total, TRADE, "derived")
    china = float(choice["china_use"]) * total
    us = published if published is not None else 0.0
    rest = max(0.0, total - china - us)
    others = key * rest
    rows = _rows(name, "use", "use", pd.Series({"CHN": china}), china, OURS, "judged", rest=False)
    if published:
        rows += _rows(name, "use", "use", pd.Series({"USA": us}), us, USGS, "measured", rest=False)
    return pd.Series({"CHN": china, "USA": us}).add(others, fill_value=0), rows + _rows(name, "use", "use", others, rest, OURS, "judged")


def _us_use(choice: dict, world: Tables) -> float | None:
    if not choice["us_use"]:
        return None
    name, detail, held = choice["mineral"], choice["us_use"], world.salient
    rows = held[(held.mineral == name) & (held.statistic == "consumption") & (held.year == YEAR)]
    rows = rows[(rows.detail == detail) & (rows.commodity == choice["price_commodity"])].dropna(subset=["value"])
    if len(rows) != 1:
        raise UserError(f"data/scenario/choices.csv {name}: us_use {detail!r} is {len(rows)} figures of {YEAR} in {RELEASE}; expected one.")
    return float(rows.value.iloc[0])


def _graded(choice: dict, world: Tables, grade: dict, basis: str) -> tuple[str, str]:
    """A: all stages and use measured. B: use derived and borne out. C: something is a judgement."""
    if choice["trade"] == "magnet_share":
        made, used = world.iea_output("magnet_rare_earths", "refinery")[1], _demand(world, "magnet_rare_earths")
        gap = used / made - 1
        if abs(gap) <= CLOSE:
            return "B", f"Use derived from where magnets are made; the IEA's demand is {gap:+.0%} of its supply"
        return "C", f"The IEA's demand is {gap:+.0%} of its supply"
    if not choice["trade"]:
        return "C", choice["note"] or "Use outside the United States is a judgement: no trade in this form is at hand"
    if choice["form_matches"] != "true":
        return "C", f"Use derived from trade in a part of its forms. {choice['note']}"
    below, derived, published = grade["use_below_zero"], grade["us_derived"], grade["us_published"]
    if below > CLOSE:
        return "C", f"Use comes out below zero by {below:.0%} of the world's"
    if published is not None and abs(derived / published - 1) > CLOSE:
        return "C", f"Derived use of the United States is {derived / published - 1:+.0%} from the published one"
    borne = "" if published is None else f"; the United States {derived / published - 1:+.0%} from the published use"
    return "B", f"Use derived; below zero by {below:.1%} of the world's{borne}"


def _demand(world: Tables, mineral: str) -> float:
    held = world.demand
    rows = held[(held.mineral == mineral) & (held.use == "Total") & (held.scenario == "history") & (held.year == YEAR)]
    return float(rows.value.iloc[0])


def _rows(mineral, stage, quantity, by: pd.Series, total: float, source, basis, *, rest=True, year=YEAR) -> list[dict]:
    """Countries that matter, largest first, and the others together."""
    if total <= 0:
        return []
    by = by[by >= SMALL * total].sort_values(ascending=False, kind="stable")
    rows = [(iso3, "country", value) for iso3, value in by.items()]
    left = total - by.sum()
    if rest and left > 1e-6 * total:
        rows.append(("", "other", left))
    what = {"mineral": mineral, "stage": stage, "quantity": quantity}
    return [
        {**what, "iso3": iso3, "area_kind": kind, "year": year, "value": _rounded(value), "unit": "t", "basis": basis, "source_id": source}
        for iso3, kind, value in rows
    ]


def _rounded(value: float) -> float:
    """Four significant digits: no source has more."""
    return float(f"{value:.4g}") if np.isfinite(value) else value


def _write(frame: pd.DataFrame, table: str, data: Path) -> None:
    described = json.loads((data / "schemas" / f"scenario_{table}.json").read_text(encoding="utf-8"))
    columns = [f["name"] for f in described["fields"]]
    frame = frame[columns].sort_values(described["primaryKey"], kind="stable")
    for field in described["fields"]:
        if field["type"] == "string":
            frame[field["name"]] = frame[field["name"]].fillna("").map(inert)
        elif field["type"] == "number":
            frame[field["name"]] = [
                None if pd.isna(v) else f"{float(v):.6g}" if abs(v) < 1e6 else str(int(v)) for v in frame[field["name"]]
            ]
    frame.to_csv(data / "scenario" / f"{table}.csv", index=False, lineterminator="\n", encoding="utf-8")
