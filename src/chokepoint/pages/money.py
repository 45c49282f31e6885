"""Chapter 8's ladder of money: what was announced, agreed, signed and paid."""

import textwrap

import pandas as pd

from chokepoint.analysis import money
from chokepoint.analysis.events import day
from chokepoint.charts.rungs import stacked_rungs
from chokepoint.charts.theme import BRONZE, CLAY, LILAC, OTHER, TEAL, UNKNOWN
from chokepoint.data import tables
from chokepoint.pages.components.figure import Figure, figure

TALLY, MIXED = "Tally of others", "Private or mixed"
COLOURS = {
    "Loan or guarantee": TEAL,
    "Equity": BRONZE,
    "Grant or award": LILAC,
    "Letter of intent": OTHER,
    MIXED: CLAY,
    TALLY: UNKNOWN,
}


def _uncapitalised(text: str) -> str:
    """Write a description as it stands after a colon: first letter small, unless it begins a name.

    >>> loan = "Loan to the Brazilian producer"
    >>> _uncapitalised(loan), _uncapitalised("CHIPS incentive"), _uncapitalised("US$30 warrant")
    ('loan to the Brazilian producer', 'CHIPS incentive', 'US$30 warrant')
    """
    return (
        text[:1].lower() + text[1:]
        if text[1:2].islower() and text.split()[0] not in ("Defense", "Export-Import")
        else text
    )


def _payer(agency: str) -> str:
    """Whose money: Australia's where its agency is named first, else that of the United States.

    >>> _payer("Export Finance Australia"), _payer("EXIM")
    ('Australia', 'United States')
    """
    return "Australia" if "Australia" in agency else "United States"


def _pieces() -> pd.DataFrame:
    rows, parts = tables.load("finance").set_index("finance_id"), money.parts()
    own = parts.assign(rung=parts.stage, kind=parts.finance_id.map(rows.instrument).map(money.KINDS))
    others = money.apart().rename(columns={"amount_usd_m": "amount"})
    others = others.assign(
        kind=others.instrument.map(lambda i: TALLY if i == "tally" else MIXED),
    )
    others = others.dropna(subset=["rung"])  # what a whole firm is worth is no money that moves
    pieces = pd.concat([own, others], ignore_index=True)[["finance_id", "rung", "kind", "amount"]]
    told = rows.loc[pieces.finance_id].reset_index()
    twice = told.recipient.isin(
        told.drop_duplicates("finance_id").recipient.value_counts().loc[lambda n: n > 1].index
    )
    short = told.recipient.where(told.recipient != "Various", told.agency + ", several")
    names = short.where(
        ~twice, short + ": " + told.description.str.split(r"[:;,]", regex=True).str[0].map(_uncapitalised)
    )
    payer = told.agency.fillna("").map(_payer)
    payer = payer.where(pieces.kind.to_numpy() != MIXED, "private and mixed")
    return pieces.assign(
        deal=pieces.finance_id,
        name=names.to_numpy(),
        short=short.to_numpy(),
        payer=payer.to_numpy(),
        source_id=told.source_id.to_numpy(),
        told=[_describe_row(r) for r in told.to_dict("records")],
    )


def _rungs(pieces: pd.DataFrame, kind: str) -> list[str]:
    """Return the rungs of a kind, that of the largest sum first."""
    return list(dict.fromkeys(pieces[pieces.kind == kind].sort_values("amount", ascending=False).rung))


def _describe_row(row: dict) -> str:
    """Tell what is known of a deal in one sentence or three."""
    when = f", {day(row)}" if pd.notna(row.get("date")) else ""
    notes = [row[c] for c in ("status_note", "note") if pd.notna(row.get(c))]
    return (
        ". ".join(
            [f"{row['description']}: {row['amount_text']} ({row['agency']}{when}; {row['status']})", *notes]
        )
        + "."
    )


def ladder_of_money(release: str) -> Figure:
    """Every deal with a sum, on the rung that it has reached."""
    pieces = _pieces()
    public = pieces[pieces.rung.isin(money.STAGES)]
    total, paid = public.amount.sum() / 1000, public.amount[public.rung == money.PAID].sum() / 1000
    drawn = pieces.assign(
        narrow=pieces.told.map(lambda t: textwrap.wrap(t, 42)[:6]),
        wide=pieces.told.map(lambda t: textwrap.wrap(t, 100)[:6]),
    )
    silent = money.unpriced()
    table = pd.concat(
        [
            pd.DataFrame(
                {
                    "Deal": pieces.name,
                    "State": pieces.rung,
                    "Instrument": pieces.kind,
                    "US$ million": pieces.amount,
                    "Who pays": pieces.payer,
                    "What is known": pieces.told,
                    "source_id": pieces.source_id,
                }
            ),
            pd.DataFrame(
                {
                    "Deal": silent.recipient,
                    "State": silent.status,
                    "Instrument": silent.instrument,
                    "What is known": [_describe_row(r) for r in silent.to_dict("records")],
                    "source_id": silent.source_id,
                }
            ),
        ],
        ignore_index=True,
    )
    return figure(
        stacked_rungs(
            drawn[["rung", "deal", "name", "short", "payer", "kind", "amount", "narrow", "wide"]],
            colours=COLOURS,
            groups={
                "Public money in single deals, by how firm it is": money.STAGES,
                "Beside it": _rungs(pieces, MIXED),
                "What others add up, letters included": _rungs(pieces, TALLY),
            },
            first=public.loc[public.amount.where(public.rung != money.LETTER).idxmax(), "deal"],
            pale=["Letter of intent", TALLY],
            unit="US$ million",
        ),
        name="ladder-of-money",
        title=f"Of US${total:.0f} billion announced, US${paid:.1f} billion is known to have moved",
        table=table,
        alt_text=(
            "Bars on a ladder, each piece a deal, coloured by instrument: "
            + "; ".join(
                f"{stage.lower()}, US${public.amount[public.rung == stage].sum() / 1000:.1f} billion"
                for stage in money.STAGES
            )
            + ". Beside them private and mixed money, and the sums that State and the Pentagon give. "
            "Selects above narrow by instrument and payer and choose a deal, of which a panel tells."
        ),
    )
