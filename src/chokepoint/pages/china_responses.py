"""Chapter 6: what Beijing said and did, what lapses when, what it needs, how much a cut would take away."""

import altair as alt
import pandas as pd

from chokepoint.analysis import events, facts, supply
from chokepoint.charts.curves import curves
from chokepoint.charts.dumbbell import dumbbell
from chokepoint.charts.gantt import gantt
from chokepoint.charts.theme import CHINA, CHINA_PALE, INK, OTHER, UNSURE
from chokepoint.data import tables
from chokepoint.errors import UserError
from chokepoint.models import MODELS
from chokepoint.pages import suspensions
from chokepoint.pages.amounts import capital, date, in_words, listed
from chokepoint.pages.components.brief import Brief
from chokepoint.pages.components.explorable import Explorable, explore
from chokepoint.pages.components.figure import Figure, figure
from chokepoint.pages.components.listing import Listing
from chokepoint.pages.markup import fact_exists, paragraph, with_links
from chokepoint.parameters import nearest

KINDS = ("licence", "ban", "technology control", "extraterritorial licence")
HELD, UNCHECKED, SUSPENDED, NEVER = (
    "In force",
    "In force once; later status not checked",
    "Suspended",
    "Suspended before it applied",
)
COLOURS = {HELD: CHINA, UNCHECKED: UNSURE, SUSPENDED: CHINA_PALE, NEVER: OTHER}
START = "2023-01-01"
VOICES = ("quote.vance_bloc", "quote.lin_trade", "quote.lin_open")  # Washington proposes, Beijing replies
A_YEAR = pd.Timedelta(days=365)  # a status older than that at the end of the evidence is not taken to hold


def controls() -> pd.DataFrame:
    """Return published Chinese export controls announced since 2023 that limit goods or know-how."""
    rows = tables.load("controls").query("published and instrument in @KINDS")
    return rows[rows.announced_date_start >= START].sort_values(["effective_date_start", "control_id"])


def phases(control: dict, seen: pd.Timestamp) -> list[dict]:
    """Return the stretches of one control: in force, suspended.

    What followed the last known day is not drawn.

    seen: the last day of the evidence, to which a control in force is drawn.
    """
    start, pause, back = control["effective_date_start"], control["suspended_from"], control["suspended_to"]
    if pd.isna(pause):
        return [
            {"kind": HELD if seen - control["as_of"] < A_YEAR else UNCHECKED, "start": start, "end": seen}
        ]
    if control["took_effect"] != "yes":
        return [{"kind": NEVER, "start": pause, "end": back}]
    return [{"kind": HELD, "start": start, "end": pause}, {"kind": SUSPENDED, "start": pause, "end": back}]


def brief(release: str) -> Brief:
    """Say what bites and whether it was eased, whom China has listed since, what it needs itself."""
    stated = tables.row("ledger", fact_id="controls.april_licences")
    april = controls().set_index("control_id").loc[stated.row_key]
    stays = "were never suspended" if pd.isna(april.suspended_from) else "are suspended as well"
    fell = (
        "; after them its exports of magnets fell from {magnets.world_2025_03} in March 2025 to "
        "{magnets.world_2025_05} in May"
        + (
            ", and were {magnets.world_2025_11} in November"
            if fact_exists("magnets.world_2025_11", release)
            else ""
        )
        if fact_exists("magnets.world_2025_05", release)
        else ""
    )
    needs = (
        "It needs the world as well: its own mines cover {needs.cobalt_own_ore} of the cobalt that it "
        "refines, {needs.nickel_own_ore} of the nickel and {needs.copper_own_ore} of the copper."
        if fact_exists("needs.cobalt_own_ore", release)
        else "A cut of {imf.cut} in rare earths would cost {imf.loss_us} of US output within a year, by a "
        "model of the IMF’s staff."
    )
    return Brief(
        [
            "China answered the bloc with words and lists; what bites came before. Its licences of "
            f"{{controls.april_licences}} on {{controls.april_elements}} {stays}{fell}.",
            "On {controls.mp_listed} it put {controls.mp_listed_firms} of the United States on its control "
            f"list, MP Materials among them{_listed_elsewhere()}.",
            needs,
        ],
        release,
    )


def _listed_elsewhere() -> str:
    """Say of which other places China has listed firms, as the rest of a sentence."""
    listings = tables.rows("controls", instrument="entity listing").query("published").target
    places = [
        adjective
        for place, adjective in {"Japanese": "Japanese", "European Union": "European"}.items()
        if listings.str.startswith(place).any()
    ]
    return f"; {listed(places)} ones are listed too" if places else ""


def suspended(release: str) -> Listing:
    """To when each suspension runs by its text, and what is known of its end."""
    return Listing(paragraph(with_links(" ".join(suspensions.sentences()), release)))


def lead(release: str) -> Figure:
    """Every control since 2023 as a bar: in force, suspended, or suspended before it applied."""
    rows, seen = controls(), events.newest_evidence()
    drawn = [
        {"row": c["items"] if pd.isna(c["name"]) else c["name"], "detail": c["legal_reference"], **phase}
        for c in rows.to_dict("records")
        for phase in phases(c, seen)
    ]
    ends = rows.suspended_to.dropna().drop_duplicates().sort_values()
    marks = pd.DataFrame(
        {
            "date": [seen, *ends],
            "label": [f"evidence ends {seen:%-d %b %Y}", *(f"suspension to {d:%-d %b %Y}" for d in ends)],
        }
    )
    paused, never = (
        rows.suspended_from.notna().sum(),
        (rows.suspended_from.notna() & (rows.took_effect != "yes")).sum(),
    )
    held = sum(d["kind"] == HELD and d["end"] == seen for d in drawn)
    unchecked = sum(d["kind"] == UNCHECKED for d in drawn)
    title = (
        f"{capital(in_words(held))} of {in_words(len(rows))} Chinese controls hold; {in_words(paused)} were "
        f"suspended, {in_words(never)} never began"
    )
    subtitle = f"Controls announced since {START[:4]}, as they stood when the evidence ends, {date(seen)}"
    were = "was" if unchecked == 1 else "were"
    subtitle += f"; {in_words(unchecked)} {were} not checked again." if unchecked else "."
    shown = pd.DataFrame(
        {
            "Goods": rows["items"],
            "Instrument": rows.instrument,
            "Reference": rows.legal_reference,
            "Aimed at": rows.target,
            "In effect from": rows.effective_date_start.dt.strftime("%Y-%m-%d"),
            "Took effect": rows.took_effect,
            "Suspended from": rows.suspended_from.dt.strftime("%Y-%m-%d"),
            "Suspended to, on paper": rows.suspended_to.dt.strftime("%Y-%m-%d"),
            "source_id": rows.source_id,
        }
    )
    return figure(
        gantt(
            pd.DataFrame(drawn),
            marks,
            colours=COLOURS,
            start=START,
            end=f"{max([seen, *ends]) + pd.DateOffset(months=2):%Y-%m-%d}",
        ),
        name="lead",
        title=title,
        subtitle=subtitle,
        table=shown,
        alt_text=(
            f"Bars in time, from 2023, one row a control. {held} run to the end of the evidence; {paused} "
            "end in a suspension whose last day by its text, "
            f"{' or '.join(date(d) for d in ends)}, is marked. Nothing is drawn after those days."
        ),
    )


def how_bad(mineral: str | None = None, release: str = tables.DEFAULT_RELEASE) -> Explorable:
    """Put model 5 under the reader's hand.

    With a mineral, it starts from China's share of that mineral's output at the last step that is known.
    UserError where neither step is known for that mineral.
    """
    made = explore(
        "supply_shock",
        ["china_share", "cut", "months", "buffer", "leakage", "hoarding"],
        curves(
            "cut",
            {"missing": ("Missing", INK), "withheld": ("Withheld", OTHER)},
            x_title="Share of Chinese supply withheld",
            y_title="Share of a year’s need",
            y_format=".0%",
            x_expr="format(datum.value, '.0%')",
            word="format(missing, '.1%') + (cp_column < 310 ? '' : ' missing')",
        ),
        along="cut",
        title="A cut bites when stocks and detours run out",
        results=["effective_cut", "withheld", "available", "missing"],
        sentence="At these settings {missing?{missing:.1%} of a year’s need is missing, once stocks are used "
        "up|nothing is missing: stocks and detours cover the cut}.",
        alt_text="Share of a year’s need that is withheld and that is missing, against the share of Chinese "
        "supply withheld. What is missing stays at nothing until stocks run out and rises from there.",
        named={
            "China withholds all": {"cut": "high"},
            "All, but much leaks": {"cut": "high", "leakage": "high"},
            "All, with large stocks": {"cut": "high", "buffer": "high"},
        },
    )
    return made.with_defaults(china_share=_share_of_china(mineral, release)) if mineral else made


def _share_of_china(mineral: str, release: str) -> float:
    """China's share [0–1] of a mineral's output, refined where that is known, else mined."""
    known = supply.china(release)
    if mineral not in known.index:
        raise UserError(
            f"mineral {mineral!r}: no published output by country. {nearest(mineral, known.index)}"
        )
    steps = known.loc[mineral].dropna()
    return round(float(steps.get("refinery", steps.iloc[-1])) / 100, 2)


def how_wrong(release: str) -> Figure:
    """Draw the fitted price jumps beside those seen, and the one number for all that does as well."""
    rows = pd.DataFrame(
        [r for r in MODELS["supply_shock"].validation() if r["what"].startswith("price multiple")]
    )
    rows["name"] = rows.what.str.removeprefix("price multiple: ").map(
        lambda name: name[:1].upper() + name[1:]
    )
    rows = rows.sort_values("seen", ascending=False)
    model, constant = (facts.get(f"shock.left_out{end}", release).value for end in ("", "_constant"))
    one = facts.get("shock.constant", release).value
    finding = "has no skill" if model >= constant else "beats one number for all"
    shown = pd.DataFrame(
        {
            "Episode": rows.name,
            "Fitted, times": rows.predicted.round(2),
            "Seen, times": rows.seen,
            "One number for all, times": round(one, 2),
            "Off by a factor of": (
                rows[["predicted", "seen"]].max(axis=1) / rows[["predicted", "seen"]].min(axis=1)
            ).round(2),
            "source_id": rows.source_id,
        }
    )
    return figure(
        dumbbell(
            rows[["name", "predicted", "seen"]],
            y="name",
            start="predicted",
            end="seen",
            names=("fitted", "seen"),
            x_title="Price, times the price before",
            scale=alt.Scale(type="log", domain=[1.5, 40], nice=False),
            axis=alt.Axis(values=[2, 5, 10, 20, 40], format="~g"),
            level=one,
            level_label=f"one number for all: {one:.1f}",
            tooltip={"name": "Episode", "which": "Reading", "value": ("Times", ".1f")},
        ),
        name="how-wrong",
        title=f"A rule for past price jumps {finding}",
        subtitle="Each of the six predicted from the other five: the rule misses by a factor of "
        f"{model:.2f}, one number for all by {constant:.2f}.",
        table=shown,
        alt_text=(
            "Pairs of dots, fitted and seen, for six price episodes on a logarithmic axis, and a dashed "
            f"line at {one:.1f} times, the one number for all. "
            "The two of 2009 to 2011 lie far above what is fitted, the later ones below."
        ),
    )
