"""Every model against published numbers and episodes, hits and misses alike."""

import html

import pandas as pd

from chokepoint.charts.checks import over_seen
from chokepoint.charts.curves import curves
from chokepoint.charts.figure import Figure, figure, link
from chokepoint.charts.theme import CHINA
from chokepoint.explore import Explorable, explore
from chokepoint.measures.tested import BOUND, checks
from chokepoint.models import MODELS
from chokepoint.prose.findings import Brief
from chokepoint.prose.listing import Listing
from chokepoint.prose.sections import capital
from chokepoint.prose.spread import Spread, spread

MODELS_OF = {
    "1": ("price_floor", "stage_cascade"),
    "2": ("project_value", "price_protection"),
    "3": ("vault",),
    "4": ("coalition",),
    "5": ("supply_shock",),
    "6": ("buildout",),
    "7": ("supply_risk",),
}
EXACT = 0.002  # closer than this is drawn together: a row each would show nothing


def brief(release: str) -> Brief:
    """How many checks there are, how many were a test at all, and which failed."""
    most = checks(release).query("outcome == 'missed'").model.value_counts()
    return Brief(
        [
            "{validation.checks} published numbers or episodes are set against the models. In {validation.within} the model is within the band that was stated for it, in "
            "{validation.missed} it is outside.",
            "{validation.fitted} more are figures that a model was fitted to and {validation.bounds} are only bounds; neither counts as a success.",
            f"Most misses fall to {_reader(most.index[0])} and {_reader(most.index[1])}. The supply shock is wrong by a factor of {{shock.typical_error}} as a rule, and does not rank episodes."
            if len(most) > 1
            else "The supply shock is wrong by a factor of {shock.typical_error} as a rule, and does not rank episodes.",
        ],
        release,
    )


def _reader(model: str) -> str:
    return {"buildout": "the build-out", "supply_shock": "the supply shock"}.get(model, model.replace("_", " "))


def lead(release: str) -> Figure:
    """Predicted over seen for each check that has a ratio, those that agree exactly left to the tables."""
    every = checks(release)
    tests = every[(every.outcome != BOUND) & ~every.what.str.startswith("typical")]
    drawn = tests[tests.error.abs() > EXACT].assign(ratio=lambda r: r.error + 1, what=lambda r: r.what.map(capital))
    missed, exact = every[every.outcome == "missed"], int((every.error.abs() <= EXACT).sum())
    worst = missed.loc[missed.error.abs().idxmax()]
    says = f"{len(missed)} misses of {len(every)}: the shock model is too low where the past was worst, the build-out too fast for the past and too slow for 2030"
    if not ({"buildout", "supply_shock"} <= set(missed.model)):
        says = f"{len(missed)} misses of {len(every)}; the widest is {worst.what}"
    table = _table(every)
    return figure(
        over_seen(drawn[["what", "ratio", "outcome", "predicted", "seen", "unit"]]),
        says=says,
        table=table,
        sources=sorted(every.source_id.unique()),
        alt_text=(
            f"One row for each of {len(drawn)} checks, a dot where the model's number lies over the published one, on a logarithmic axis. {exact} checks that agree exactly and "
            f"{int(every.error.isna().sum())} whose published value is zero, and bounds, are not drawn. Missed: {'; '.join(missed.what)}."
        ),
    )


def _table(rows: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "Model": rows.model.str.replace("_", " "),
            "Check": rows.what,
            "Model says": rows.predicted,
            "Seen": rows.seen,
            "Unit": rows.unit,
            "Off by, %": 100 * rows.error,
            "Outcome": rows.outcome,
            "Note": rows.note,
        }
    )


def model(number: str, release: str) -> Listing:
    """One model's checks, predicted and seen side by side with the error, and what it cannot say."""
    parts = []
    for name in MODELS_OF[number]:
        rows = checks(release).query("model == @name").to_dict("records")
        head = "".join(f'<th scope="col">{h}</th>' for h in ("Check", "Model", "Seen", "Off by"))
        parts.append(
            f'<div class="cp-scroll" tabindex="0" role="region" aria-label="Checks of {_e(name)}"><table class="cp-list cp-checks"><caption>{_e(MODELS[name].title)}</caption>'
            f"<thead><tr>{head}</tr></thead><tbody>{''.join(map(_row, rows))}</tbody></table></div>"
        )
    cautions = "".join(f"<li>{_e(c)}</li>" for name in MODELS_OF[number] for c in MODELS[name].cautions)
    return Listing(f'{"".join(parts)}<div class="cp-cautions"><p>What this model cannot say</p><ul>{cautions}</ul></div>')


def _row(r: dict) -> str:
    outcome = f"<b>{_e(r['outcome'])}</b>" if r["outcome"] == "missed" else _e(r["outcome"])
    source = f'<a href="{link("sources", "source-" + r["source_id"])}">{_e(r["source_id"])}</a>'
    unit = "" if r["unit"] == "share" else f"<br><small>{_e(r['unit'])}</small>"
    return (
        f"<tr><td>{_e(capital(r['what']))}<br><small>{_e(capital(r['note']))} [{source}]</small></td><td>{r['predicted']:,.4g}</td>"
        f"<td>{r['seen']:,.4g}{unit}</td><td>{_off(r['error'])}<br><small>{outcome}</small></td></tr>"
    )


def _off(error: float) -> str:
    """A relative error as one says it.

    >>> _off(0.165), _off(5.08), _off(0)
    ('+16.5\xa0%', '6.1 times', 'exact')
    """
    if pd.isna(error):
        return "–"
    if abs(error) < 1e-6:
        return "exact"
    return f"{100 * error:+.1f} %".replace("-", "−").replace(" ", "\N{NO-BREAK SPACE}") if abs(error) < 1 else f"{error + 1:.1f} times"


def _e(text: str) -> str:
    return html.escape(str(text))


def index() -> Explorable:
    """Model 7 under the reader's hand."""
    return explore(
        "supply_risk",
        ["moved", "risk_from", "risk_to", "concentration", "exposure", "import_reliance", "recycling"],
        curves(
            "moved",
            {"score": ("Risk score", CHINA)},
            x_title="Share of supply moved to another country",
            y_title="GeoPolRisk score",
            y_format=".2f",
            word="format(score, '.3f')",
        ),
        along="moved",
        says="Moving supply to another country helps only as far as that country is safer",
        results=["exposure_after", "score", "characterisation", "eu_score"],
        sentence="Imports weighted by political risk come to {exposure_after:.3f} of all supply. Times the concentration of world production that is a score of {score:.3f}.",
        alt_text="The GeoPolRisk score against the share of supply that is moved to another country; the line falls if that country is safer and rises if not.",
    )


def index_spread() -> Spread:
    """Model 7 with every assumption free."""
    return spread("supply_risk", "score", "moved", name="Risk score", held=("moved",))
