"""The public money for projects, by how firm it is.

It ranges from a letter that binds nobody to dollars that were paid.
"""

import pandas as pd

from chokepoint.data import tables

LETTER, OFFERED, AGREED, SIGNED, PAID = (
    "Letter or memorandum: binds nobody",
    "Conditional, optional or announced",
    "Approved or agreed",
    "Signed, not known to be paid",
    "Paid or drawn",
)
STAGES = [LETTER, OFFERED, AGREED, SIGNED, PAID]
_STAGE = {
    "non-binding": LETTER,
    "under discussion": LETTER,
    "announced": OFFERED,
    "conditional": OFFERED,
    "option": OFFERED,
    "approved": AGREED,
    "agreed": AGREED,
    "partly paid": AGREED,
    "signed": SIGNED,
    "in force": SIGNED,
    "drawing": SIGNED,
    "paid": SIGNED,
    "completed": SIGNED,
}
KINDS = {
    "loan": "Loan or guarantee",
    "loan guarantee": "Loan or guarantee",
    "equity": "Equity",
    "option": "Equity",
    "grant": "Grant or award",
    "award": "Grant or award",
    "letter of intent": "Letter of intent",
}
APART = {  # not public money of one deal: why
    "tally": "a sum that somebody else made",
    "acquisition": "one firm buys another",
    "fund": "public and private money together",
    "private capital": "money of private investors",
    "memorandum": "the price of a whole firm, in private hands",
}


def deals() -> pd.DataFrame:
    """Return published deals of public money with a sum, each once: the rows of `finance` with kind.

    A sum that another row holds already, by its column `part_of`, is not among them.
    """
    rows = tables.load("finance").query("published").dropna(subset=["amount_usd_m"])
    return rows[rows.instrument.isin(KINDS) & rows.part_of.isna()].assign(
        kind=lambda f: f.instrument.map(KINDS)
    )


def apart() -> pd.DataFrame:
    """Return published sums that are not added up, with the reason: column why."""
    rows = tables.load("finance").query("published").dropna(subset=["amount_usd_m"])
    return rows[rows.instrument.isin(APART)].assign(why=lambda f: f.instrument.map(APART))


def unpriced() -> pd.DataFrame:
    """Return published promises without a sum: floors, purchases, stakes whose price is not stated."""
    return tables.load("finance").query("published and amount_usd_m.isna()")


def parts() -> pd.DataFrame:
    """Return each deal in its parts by how firm they are: finance_id, source_id, stage, amount [US$ million].

    The parts of a deal add up to its sum.

    >>> rows = parts()
    >>> rows[rows.finance_id == "finance.lac_loan"].set_index("stage").amount.to_dict() == {
    ...     SIGNED: 1795.0,
    ...     PAID: 435.0,
    ... }
    True
    """
    paid = tables.load("finance_payments").pivot(index="finance_id", columns="state", values="amount_usd_m")
    return pd.DataFrame([part for row in deals().to_dict("records") for part in _split(row, paid)])


def _split(row: dict, paid: pd.DataFrame) -> list[dict]:
    """Split one deal by how firm its parts are.

    They are what is paid; what is bound beyond that, where it is known; and the rest as the deal itself
    stands.
    """
    known = (
        paid.loc[row["finance_id"]].fillna(0)
        if row["finance_id"] in paid.index
        else {"paid": 0.0, "obligated": 0.0}
    )
    bound = max(known["obligated"] - known["paid"], 0)
    sizes = {PAID: known["paid"], SIGNED: bound}
    rest = _STAGE[row["status"]]
    sizes[rest] = sizes.get(rest, 0) + row["amount_usd_m"] - known["paid"] - bound
    return [
        {
            "finance_id": row["finance_id"],
            "source_id": row["source_id"],
            "stage": stage,
            "amount": round(float(size), 6),
        }
        for stage, size in sizes.items()
        if size > 1e-9
    ]
