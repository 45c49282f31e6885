"""The scenario model's facts by mineral, stage and country, from the tables and CEPII BACI's trade of 2024.

Output and capacity are those of the tables (USGS, IEA) and the EU study's shares. Use is output and imports
less exports where the traded form is the one that is modelled; else it is the published use of the United
States with a judgement for the rest. Which series each mineral takes, and what is a judgement, is said by
hand in data/scenario/choices.csv; the same inputs give the same files.
"""

import json
import sqlite3
from pathlib import Path

import pandas as pd

from chokepoint.data.ingest.package import inert
from chokepoint.errors import UserError

RELEASE, YEAR = "mcs2026", 2024  # trade and the IEA's refining are of 2024, so outputs are too
TRADE, EU, IEA, USGS, OURS = "BACI2026-01", "EUSTUDY2023", "IEA2025", "MCS2026", "M00"
COPIES = ("baci_hs17_2024_30_materials.parquet", "baci.db")
CLOSE = 0.15  # of world use, or of the published use of the United States: within it a use is borne out
SMALL = 0.002  # of the world's: what is less, but the United States', goes into the others
CHINA_MAGNETS, CHINA_MAGNETS_SOURCE = 0.94, "S181"
OTHER_MAGNETS = {"JPN": 0.045, "VNM": 0.005, "DEU": 0.004, "USA": 0.003}  # of the world's; judgement
ROW = ["mineral", "stage", "quantity", "iso3", "area_kind", "year", "value", "unit", "basis", "source_id"]


def ingest(path: Path, data: Path) -> str:
    """Write data/scenario/facts.csv and grades.csv from BACI under `path`; return what was graded how."""
    world = World(Path(data), traded(Path(path)))
    choices = pd.read_csv(world.data / "scenario" / "choices.csv", keep_default_na=False)
    minerals = [Facts(choice, world) for choice in choices.to_dict("records")]
    world.write("facts", pd.DataFrame([row for m in minerals for row in m.rows], columns=ROW))
    world.write("grades", pd.DataFrame([m.grade for m in minerals]))
    counts = pd.Series([m.grade["grade"] for m in minerals]).value_counts()
    return ", ".join(f"{counts.get(g, 0)} of grade {g}" for g in ("A", "B", "C", "none"))


def traded(path: Path) -> pd.DataFrame:
    """Return BACI's flows of 2024: exporter, importer, hs6, value_kusd, qty_t, buyers (whether they count).

    Two public copies are read: 30 headings of HS 2017, and of HS 1992 what those have not.
    UserError where one of them is missing.
    """
    found = {name: sorted(path.glob(f"**/{name}")) for name in COPIES}
    for name, files in found.items():
        if not files:
            raise UserError(f"{path}: no file {name}. Give the folder of the releases.")
    newer, older = (files[0] for files in found.values())
    flows = pd.read_parquet(newer).assign(buyers=lambda f: f.material != "cokingcoal")
    with sqlite3.connect(f"file:{older}?mode=ro", uri=True) as held:
        asked = """SELECT a.country_iso3 AS exporter, b.country_iso3 AS importer, printf('%06d', k) AS hs6,
            CAST(v AS REAL) AS value_kusd, CAST(q AS REAL) AS qty_t FROM baci_trade
            JOIN country_codes_V202401b AS a ON a.country_code = i
            JOIN country_codes_V202401b AS b ON b.country_code = j WHERE t = '2024'"""
        more = pd.read_sql(asked, held)
    flows = pd.concat([flows, more[~more.hs6.isin(flows.hs6)].assign(buyers=False)])
    taiwan = {"S19": "TWN"}
    return flows.replace({"exporter": taiwan, "importer": taiwan})


class World:
    """The project's own tables that facts come from, and the trade of one year."""

    def __init__(self, data: Path, trade: pd.DataFrame) -> None:
        def read(name: str) -> pd.DataFrame:
            return pd.read_csv(data / "minerals" / name, keep_default_na=False, na_values=[""])

        self.data, self.trade = data, trade
        self.production, self.capacity = read(f"{RELEASE}/production.csv"), read(f"{RELEASE}/capacity.csv")
        self.salient, self.shares = read(f"{RELEASE}/salient.csv"), read("eustudy2023/eu_supply_shares.csv")
        self.iea, self.demand = read("iea2025/iea_production.csv"), read("iea2025/iea_demand.csv")
        bought = trade[trade.buyers].groupby("importer").value_kusd.sum()
        self.buyers = bought.drop(["CHN", "HKG"], errors="ignore")  # a stand-in where no use is published

    def usgs(self, mineral: str, stage: str, detail: str = "") -> tuple[pd.Series, float, str]:
        """Return output by country, the world's, and the weight basis."""
        held = self.production
        rows = held[(held.mineral == mineral) & (held.stage == stage) & (held.year == YEAR)]
        rows = rows[rows.detail == detail] if detail else rows
        by = rows[rows.area_kind == "country"].dropna(subset=["value"]).groupby("iso3").value.sum()
        printed = rows[rows.area_kind == "world"].value.dropna()
        return by[by > 0], max(float(printed.iloc[0]) if len(printed) else 0.0, by.sum()), rows.basis.iloc[0]

    def iea_output(self, mineral: str, stage: str, year: int = YEAR) -> tuple[pd.Series, float]:
        """Return output by country and the world's; for years to come the base case."""
        rows = self.iea[(self.iea.mineral == mineral) & (self.iea.stage == stage) & (self.iea.year == year)]
        by = rows[rows.area_kind == "country"].groupby("iso3").value.sum()
        return by[by > 0], float(rows[rows.area_kind == "world"].value.iloc[0])

    def iea_demand(self, mineral: str) -> float:
        """Return the world's demand in the year."""
        held = self.demand
        rows = held[(held.mineral == mineral) & (held.use == "Total") & (held.scenario == "history")]
        return float(rows[rows.year == YEAR].value.iloc[0])

    def write(self, table: str, frame: pd.DataFrame) -> None:
        """Write a table of data/scenario in the order and form of its schema."""
        text = (self.data / "schemas" / f"scenario_{table}.json").read_text(encoding="utf-8")
        described = json.loads(text)
        frame = frame[[f["name"] for f in described["fields"]]]
        frame = frame.sort_values(described["primaryKey"], kind="stable")
        for field in described["fields"]:
            name = field["name"]
            if field["type"] == "string":
                frame[name] = frame[name].fillna("").map(inert)
            elif field["type"] == "number":
                frame[name] = [
                    None if pd.isna(v) else f"{v:.6g}" if abs(v) < 1e6 else f"{v:.0f}" for v in frame[name]
                ]
        frame.to_csv(self.data / "scenario" / f"{table}.csv", index=False, lineterminator="\n")


class Facts:
    """One mineral's rows of facts.csv, and its row of grades.csv."""

    def __init__(self, choice: dict, world: World) -> None:
        self.choice, self.world, self.name = choice, world, choice["mineral"]
        self.rows: list[dict] = []
        self.grade: dict = dict.fromkeys(("use_below_zero", "us_derived", "us_published"))
        self.grade |= {"mineral": self.name, "grade": "none", "why": choice["why_not"]}
        self.grade |= {"year": YEAR, "basis": "derived", "source_id": OURS}
        if not choice["why_not"]:
            output, total = self._refined()
            self._capacity()
            self._ore(total)
            self._coming()
            self._use(output, total)
            self.grade["grade"], self.grade["why"] = self._graded()

    def _add(
        self,
        stage: str,
        quantity: str,
        by: pd.Series,
        total: float,
        source: str,
        basis: str,
        year: int = YEAR,
    ) -> None:
        """Add rows of countries that matter, largest first, and of the others together."""
        if total <= 0:
            return
        by = by[(by >= SMALL * total) | (by.index == "USA")].sort_values(ascending=False, kind="stable")
        found = [(iso3, "country", value) for iso3, value in by.items()]
        if total - by.sum() > 1e-6 * total:
            found.append(("", "other", total - by.sum()))
        for iso3, kind, value in found:  # four significant digits: no source has more
            values = (self.name, stage, quantity, iso3, kind, year, float(f"{value:.4g}"), "t", basis, source)
            self.rows.append(dict(zip(ROW, values, strict=True)))

    def _refined(self) -> tuple[pd.Series, float]:
        kind, *rest = self.choice["refined"].split(":")
        source, basis = IEA, "measured"
        if kind == "mcs":
            (output, total, _), source = self.world.usgs(self.name, rest[0], rest[1]), USGS
        elif kind == "iea":
            output, total = self.world.iea_output(rest[0] if rest else self.name, "refinery")
            if rest:
                output, total, basis = output * float(rest[1]), total * float(rest[1]), "derived"
        elif kind == "china_only":
            _, of, part = self.choice["ore"].split(":")
            total = self.world.iea_output(of, "refinery")[1] * float(part)
            output, source, basis = pd.Series({"CHN": 0.99 * total, "MYS": 0.01 * total}), EU, "judged"
        else:
            (output, total, _), source = self.world.usgs(self.name, "mine"), USGS
            if kind == "eu":
                held = self.world.shares
                seen = held[
                    (held.mineral == self.name) & (held.stage == "refinery") & (held.scope == "world")
                ]
                by = seen.groupby("iso3").share_pct.sum()
                output, source, basis = by / max(100.0, by.sum()) * total, EU, "derived"
        if second := self._us("production", self.choice["us_secondary"]):
            output, total = output.add(pd.Series({"USA": second}), fill_value=0), total + second
        self._add("refined", "output", output, total, source, basis)
        return output, total

    def _capacity(self) -> None:
        kind, *rest = self.choice["refined"].split(":")
        held = self.world.capacity
        rows = held[(held.mineral == self.name) & (held.area_kind == "country")].dropna(subset=["value"])
        rows = rows[(rows.stage == (rest or [""])[0]) & (rows.commodity == self.choice["price_commodity"])]
        if kind == "mcs" and len(rows):
            by = rows[rows.year == rows.year.max()].groupby("iso3").value.sum()
            by = by[by >= SMALL * by.sum()]
            self._add("refined", "capacity", by, float(by.sum()), USGS, "measured", 2025)

    def _ore(self, total: float) -> None:
        """Add mine output in the refined form's units, unless by-product or the traded form itself."""
        kind, *rest = self.choice["ore"].split(":")
        if kind == "iea":
            by, mined = self.world.iea_output(rest[0] if rest else self.name, "mine")
            scale, source = float(rest[1]) if rest else 1.0, IEA
        elif kind == "mcs":
            by, mined, basis = self.world.usgs(self.name, rest[0])
            same = basis == self.choice["unit_basis"] and rest[0] == "mine"
            scale, source = 1.0 if same and mined else total / mined, USGS
        else:
            return
        self._add("ore", "output", by * scale, mined * scale, source, "measured" if scale == 1 else "derived")

    def _coming(self) -> None:
        """Add what the IEA's base case adds from 2024 to 2030: its count of announced projects."""
        for stage, column in (("refinery", "refined"), ("mine", "ore")):
            kind, *rest = self.choice[column].split(":")
            if kind == "iea":
                of, part = (rest[0], float(rest[1])) if rest else (self.name, 1.0)
                (before, all_before), (after, all_after) = (
                    self.world.iea_output(of, stage, year) for year in (YEAR, 2030)
                )
                added = after.sub(before, fill_value=0).clip(lower=0) * part
                others = max(0.0, ((all_after - after.sum()) - (all_before - before.sum())) * part)
                self._add(column, "coming", added[added > 0], added.sum() + others, IEA, "derived", 2030)

    def _use(self, output: pd.Series, total: float) -> None:
        trade, published = self.choice["trade"], self._us("consumption", self.choice["us_use"])
        if published is not None and self.choice["us_times"]:
            published *= float(self.choice["us_times"])
        self.grade["us_published"] = published
        if trade == "magnet_share":
            china = CHINA_MAGNETS * total
            self._add("use", "use", pd.Series({"CHN": china}), china, CHINA_MAGNETS_SOURCE, "derived")
            self._add("use", "use", pd.Series(OTHER_MAGNETS) * total, total - china, OURS, "judged")
        elif trade:
            use = output
            for part in trade.split():
                bought, sold = self._flows(part)
                use = use.add(bought, fill_value=0).sub(sold, fill_value=0)
            self.grade["use_below_zero"] = float(use[use < 0].abs().sum() / total)
            self.grade["us_derived"] = float(use.get("USA", 0))
            use = use.clip(lower=0)
            use *= min(1.0, total / use.sum())  # sellers of more than they make are over by so much
            self._add("use", "use", use[use > 0], total, TRADE, "derived")
        else:
            china, us = float(self.choice["china_use"]) * total, published or 0.0
            self._add("use", "use", pd.Series({"CHN": china}), china, OURS, "judged")
            buyers, rest = self.world.buyers, max(0.0, total - china - us)
            if us:
                self._add("use", "use", pd.Series({"USA": us}), us, USGS, "measured")
                buyers = buyers.drop("USA", errors="ignore")
            self._add("use", "use", buyers / buyers.sum() * rest, rest, OURS, "judged")

    def _flows(self, part: str) -> tuple[pd.Series, pd.Series]:
        """Return a heading's imports and exports by country, in tonnes of the form."""
        heading, _, price = part.partition("@")
        heading, _, content = heading.partition(":")
        flows = self.world.trade[self.world.trade.hs6 == heading]
        tonnes = flows.value_kusd / float(price) if price else flows.qty_t * float(content or 1)
        return tonnes.groupby(flows.importer).sum(), tonnes.groupby(flows.exporter).sum()

    def _us(self, statistic: str, detail: str) -> float | None:
        held = self.world.salient
        if not detail:
            return None
        rows = held[(held.mineral == self.name) & (held.statistic == statistic) & (held.year == YEAR)]
        rows = rows[(rows.detail == detail) & (rows.commodity == self.choice["price_commodity"])]
        values = rows.value.dropna()
        if len(values) != 1:
            raise UserError(
                f"data/scenario/choices.csv {self.name}: {statistic} {detail!r} is {len(values)} figures of "
                f"{YEAR} in {RELEASE}; expected one."
            )
        return float(values.iloc[0])

    def _graded(self) -> tuple[str, str]:
        """Grade: A all stages and use measured, B use derived and borne out, C something is a judgement."""
        choice, grade = self.choice, self.grade
        if choice["trade"] == "magnet_share":
            made = self.world.iea_output("magnet_rare_earths", "refinery")[1]
            gap = self.world.iea_demand("magnet_rare_earths") / made - 1
            said = f"Use is where magnets are made. The IEA's demand is {_apart(gap)} its supply"
            return "B" if abs(gap) <= CLOSE else "C", said
        if not choice["trade"]:
            return "C", choice["note"] or "No trade in this form is at hand: use elsewhere is a judgement"
        if choice["form_matches"] != "true":
            return "C", choice["note"]
        below, published = grade["use_below_zero"], grade["us_published"]
        said = "Use is output and imports less exports; negative figures, "
        said += f"{100 * below:.1f}% of the world's use in all, count as none"
        off = 0.0
        if published is not None:
            off = grade["us_derived"] / published - 1
            said += f". For the United States it is {_apart(off)} the published figure"
        return "B" if max(below, abs(off)) <= CLOSE else "C", said


def _apart(gap: float) -> str:
    """Say how far a figure is from another.

    >>> _apart(-0.134), _apart(0.002)
    ('13% below', 'equal to')
    """
    if abs(gap) < 0.005:
        return "equal to"
    return f"{100 * abs(gap):.0f}% {'above' if gap > 0 else 'below'}"
