"""Model 7: published supply-risk indices, reproduced.

GeoPolRisk (Gemechu 2015; Santillán-Saldivar 2022; Koyamparambath 2024) is reproduced exactly; the EU's and
the US Geological Survey's older formulas are shown beside it. They disagree because they ask different
questions.
"""

import numpy as np

from .expr import maximum, minimum, power
from .model import IDENTITY, Model, check

COPPER_MIDPOINT = 0.409412948  # the published library's reference, recovered from its workbook [US$/kg]


def supply_risk(
    *,
    concentration,
    exposure,
    price,
    moved,
    risk_from,
    risk_to,
    eu_world,
    eu_actual,
    import_reliance,
    recycling,
    substitution,
    disruption,
    trade_exposure,
    vulnerability,
):
    """Scores of one mineral for one buyer.

    concentration    of world production, Herfindahl–Hirschman index [0–1]
    exposure         imports weighted by the political risk of where they come from, over all supply [0–1]
    price            [US$/kg]
    moved            share of all supply moved from one supplier to another [0–1]
    risk_from        political risk of the supplier it is moved from [0–1]
    risk_to          and of the one it is moved to [0–1]
    eu_world         EU method: concentration of world supply weighted by governance and trade [0–10]
    eu_actual        the same of the EU's own suppliers [0–10]
    import_reliance  [0–1]
    recycling        share of use met from scrap [0–1]
    substitution     EU substitution index; 1: no substitute [0–1]
    disruption       US method: chance that supply fails [0–1]
    trade_exposure   US method [0–1]
    vulnerability    US method [0–1]

    >>> r = supply_risk(concentration=0.470663478647389, exposure=0.5842266185959466,
    ...     price=2.2269069573987443, moved=0, risk_from=0.588, risk_to=0.3, eu_world=2, eu_actual=2,
    ...     import_reliance=0.8, recycling=0.1, substitution=0.9, disruption=0.5, trade_exposure=0.5,
    ...     vulnerability=0.5)
    >>> r["score"], r["characterisation"]
    (0.27497413262676956, 1.4956581418407857)
    """
    exposure_after = maximum(0, minimum(1, exposure - moved * (risk_from - risk_to)))
    score = concentration * exposure_after
    midpoint = score * price
    return {
        "exposure_after": exposure_after,
        "score": score,
        "midpoint": midpoint,
        "characterisation": midpoint / COPPER_MIDPOINT,
        "eu_score": (eu_world * import_reliance / 2 + eu_actual * (1 - import_reliance / 2))
        * (1 - recycling)
        * substitution,
        "us_score": power(maximum(disruption * trade_exposure * vulnerability, 0), 1 / 3),
    }


def political_risk(stability):
    """Risk 0–1 from the World Bank's political-stability estimate (−2.5 to 2.5).

    A country without one counts as 0, as published.

    >>> round(float(political_risk(-0.44107362627983093)), 6)
    0.588215
    """
    stability = np.asarray(stability, dtype=float)
    return np.where(np.isnan(stability), 0.0, np.clip((2.5 - stability) / 5, 0, 1))


def trade_exposure(risks, imports_t, domestic_t):
    """Return imports weighted by risk over all supply: imports and the buyer's own mines [0–1].

    0 without imports.

    >>> trade_exposure([0.5, 0.2], [60, 40], 0)
    0.38
    """
    imports_t = np.asarray(imports_t, dtype=float)
    supply = imports_t.sum() + domestic_t
    return float((np.asarray(risks, dtype=float) * imports_t).sum() / supply) if supply > 0 else 0.0


def validation():
    """Return the published test case: graphite, imports of the United States in 2022."""
    exposure = 50585.910846903287 / 86586.111
    given = {
        "concentration": 0.470663478647389,
        "exposure": exposure,
        "price": 2.2269069573987443,
        "moved": 0,
        "risk_from": 0,
        "risk_to": 0,
        "eu_world": 0,
        "eu_actual": 0,
        "import_reliance": 0,
        "recycling": 0,
        "substitution": 0,
        "disruption": 0,
        "trade_exposure": 0,
        "vulnerability": 0,
    }
    results = supply_risk(**given)
    rows = []
    for what, predicted, seen, unit in (
        ("exposure", exposure, 0.5842266185959466, "share"),
        ("score", results["score"], 0.27497413262676956, "share"),
        ("midpoint", results["midpoint"], 0.61234180905123825, "US$/kg"),
        ("characterisation factor", results["characterisation"], 1.4956581418407857, "ratio"),
        ("political risk of China, 2022", float(political_risk(-0.44107362627983093)), 0.588215, "share"),
        (
            "political risk of South Africa, 2022",
            float(political_risk(-0.722118079662323)),
            0.644424,
            "share",
        ),
    ):
        tolerance = 1e-9 if "political" not in what else 1e-6
        rows.append(
            check(
                f"GeoPolRisk, graphite: {what}",
                predicted,
                seen,
                unit,
                seen * (1 - tolerance),
                seen * (1 + tolerance),
                "must agree to 1e-9" if tolerance == 1e-9 else "published to six digits",
                "M61",
                IDENTITY,
            )
        )
    return rows


SUPPLY_RISK = Model(
    name="supply_risk",
    title="How risky is a supply, by the published indices?",
    function=supply_risk,
    results={
        "exposure_after": ("share", "risk-weighted imports over all supply, after the move"),
        "score": ("share", "GeoPolRisk: concentration times exposure"),
        "midpoint": ("US$/kg", "score times price"),
        "characterisation": ("ratio", "the same, copper being 1"),
        "eu_score": ("index", "EU method; critical from 1.0 if the economic importance is 2.8 or more"),
        "us_score": ("index", "method of the US list of 2021: third root of three parts; critical from 0.40"),
    },
    cautions=(
        "The inputs of the EU and US methods are not public in one table: those two sliders illustrate a "
        "formula.",
        "A partner without a governance score counts as no risk, as in the published method; Taiwan is one.",
        "Indices disagree because they ask different questions; the US survey now measures lost output "
        "instead (chapter 6).",
    ),
    validation=validation,
)
