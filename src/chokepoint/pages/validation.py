"""Every model against published numbers and episodes, hits and misses alike."""

import altair as alt
import pandas as pd

from chokepoint.analysis import facts
from chokepoint.analysis.concentration_backtest import FITTED, TEST, checks
from chokepoint.charts.curves import curves
from chokepoint.charts.dumbbell import dumbbell, ratio_dots
from chokepoint.charts.theme import INK
from chokepoint.data import tables
from chokepoint.models import MODELS, scenario
from chokepoint.pages.amounts import capital
from chokepoint.pages.components.brief import Brief
from chokepoint.pages.components.explorable import Explorable, explore
from chokepoint.pages.components.figure import Figure, figure
from chokepoint.pages.components.listing import Listing
from chokepoint.pages.components.spread import Spread, spread
from chokepoint.pages.components.table import Row, Table
from chokepoint.pages.markup import chapters, macros

limits = macros("explorable").limits

MODELS_OF = {
    "1": ("price_floor", "stage_cascade"),
    "2": ("project_value", "price_protection"),
    "3": ("vault",),
    "4": ("coalition",),
    "5": ("supply_shock",),
    "7": ("supply_risk",),
    "8": ("separation",),
}


def brief(release: str) -> Brief:
    """Say how many checks are tests at all, how many of them passed, what the others are.

    It also says which models fail.
    """
    failed = checks(release).query("kind == @TEST and outcome == 'missed'").model.value_counts()
    return Brief(
        [
            "Of {validation.checks} checks {validation.tests} are tests, figures that a model was not set "
            "to meet and could have missed: {validation.within} passed, {validation.missed} failed.",
            "The others prove nothing about the world: {validation.identities} are true by construction, "
            "{validation.fitted} are what a model was fitted to, {validation.bounds} are only bounds, "
            "{validation.data} set one survey beside another and {validation.arithmetic} are arithmetic.",
            f"Most failures are those of {_reader(failed.index[0])}. The price jumps of the supply shock "
            f"have no skill: predicted from the others, each is missed by a factor of {{shock.left_out}}, "
            f"and by {{shock.left_out_constant}} if one number is taken for all.",
        ],
        release,
    )


def _reader(model: str) -> str:
    return {"supply_shock": "the supply shock"}.get(model, model.replace("_", " "))


def lead(release: str) -> Figure:
    """Draw predicted over seen for each test, and in grey for what a model was fitted to.

    All else is in the tables.
    """
    every = checks(release)
    tests = every[every.kind == TEST]
    drawn = every[every.kind.isin([TEST, FITTED])].dropna(subset=["error"])
    drawn = drawn.assign(ratio=drawn.error + 1, what=drawn.what.map(capital))
    passed, missed = (tests[tests.outcome == outcome] for outcome in ("within", "missed"))
    title = f"{len(tests)} out-of-sample tests: {len(passed)} passed, {len(missed)} failed"
    return figure(
        ratio_dots(drawn[["what", "ratio", "outcome", "predicted", "seen", "unit"]]),
        name="lead",
        title=title,
        table=_table(every),
        sources=sorted(every.source_id.unique()),
        alt_text=(
            f"One row for each of {len(drawn)} checks, a dot where the model’s number lies over the "
            "published one, on a logarithmic axis; grey dots are what a model was fitted to. "
            f"{len(every) - len(drawn)} checks that test nothing are in the table alone. Passed: "
            f"{'; '.join(passed.what)}. Failed: {'; '.join(missed.what)}."
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
    parts = [
        Table(
            "cp-checks",
            ["Check", "Model", "Seen", "Off by"],
            [_row(r) for r in checks(release).query("model == @name").to_dict("records")],
            search=False,
            label=f"Checks of {name}",
            caption=MODELS[name].title,
        )
        for name in MODELS_OF[number]
    ]
    return Listing(*parts, limits([c for name in MODELS_OF[number] for c in MODELS[name].cautions]))


def _row(r: dict) -> Row:
    seen = chapters.under(f"{r['seen']:,.4g}", "" if r["unit"] == "share" else r["unit"])
    return Row([chapters.check(r), f"{r['predicted']:,.4g}", seen, chapters.outcome(_off(r["error"]), r)])


def _off(error: float) -> str:
    r"""Write a relative error as one says it.

    >>> _off(0.165), _off(5.08), _off(0)
    ('+16.5%', '6.1 times', 'exact')
    """
    if pd.isna(error):
        return "–"
    if abs(error) < 1e-6:
        return "exact"
    return (
        f"{100 * error:+.1f}%".replace("-", "−").replace(" ", "\N{NO-BREAK SPACE}")
        if abs(error) < 1
        else f"{error + 1:.1f} times"
    )


def jumps(release: str) -> Figure:
    """Draw each past price jump as the scenario model has it from the others, beside what was seen."""
    rows = scenario.record()
    titles = tables.load("scenario_episodes").set_index("episode").title
    whole = rows.episode.map(titles) + ": " + rows.what
    figures = r", [\d.]+ over [\d.]+ .*$"  # the two prices, which the table has
    rows["name"] = (
        rows.episode.map(titles).str.partition(":")[0] + ": " + rows.what.str.replace(figures, "", regex=True)
    )
    model, constant = (facts.get(f"scenario.left_out{end}", release).value for end in ("", "_constant"))
    better = "less than" if model < constant else "no less than"
    tested = rows.constant.isna()
    shown = pd.DataFrame(
        {
            "Jump": whole,
            "Model, times": rows.left_out,
            "Model fitted to all, times": rows.fitted,
            "Seen, times": rows.seen,
            "One number for all, times": rows.constant,
            "Off by a factor of": rows.factor.round(2),
            "Fitted": (~tested).map({True: "to the others", False: "to none of these"}),
            "source_id": rows.source_id,
        }
    )
    return figure(
        dumbbell(
            rows[["name", "left_out", "seen"]],
            y="name",
            start="left_out",
            end="seen",
            names=("model", "seen"),
            x_title="Price, times the price before",
            scale=alt.Scale(type="log", domain=[0.7, 80], nice=False),
            axis=alt.Axis(values=[1, 2, 5, 10, 20, 50], format="~g"),
            tooltip={"name": "Jump", "which": "Reading", "value": ("Times", ".1f")},
            height=40,
        ),
        name="jumps",
        title=f"Past price jumps: the model misses by {better} one number does",
        table=shown,
        alt_text=f"A row for each of {len(rows)} price jumps, the worst miss first, with two dots: what the "
        "model says when it is fitted to the other episodes, and what was seen. "
        + " ".join(f"{r.name}: {r.left_out:.1f} and {r.seen:.1f}." for r in rows.itertuples(index=False))
        + " Of lithium nothing was used to fit.",
    )


def index() -> Explorable:
    """Model 7 under the reader's hand."""
    return explore(
        "supply_risk",
        ["moved", "risk_from", "risk_to", "concentration", "exposure", "import_reliance", "recycling"],
        curves(
            "moved",
            {"score": ("Risk score", INK)},
            x_title="Share of supply moved to another country",
            y_title="GeoPolRisk score",
            y_format=".2f",
            word="format(score, '.3f')",
        ),
        along="moved",
        title="Moving supply to another country helps only as far as that country is safer",
        results=["exposure_after", "score", "characterisation", "eu_score"],
        sentence="Imports weighted by political risk come to {exposure_after:.3f} of all supply. Times the "
        "concentration of world production that is a score of {score:.3f}.",
        alt_text="The GeoPolRisk score against the share of supply that is moved to another country; the "
        "line falls if that country is safer and rises if not.",
        named={
            "All moved to a safer one": {"moved": "high"},
            "All moved to the safest": {"moved": "high", "risk_to": "low"},
            "All moved to the riskiest": {"moved": "high", "risk_to": "high"},
        },
    )


def index_spread() -> Spread:
    """Model 7 with every assumption free."""
    return spread("supply_risk", "score", "moved", name="Risk score", held=("moved",))
