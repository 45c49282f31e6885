"""What has happened since the ministerial, and the days on which something set down in a text ends."""

import pandas as pd

from chokepoint import tables

MEETING = pd.Timestamp(2026, 2, 4)
KEPT, NOT_FOUND, UNTRACED, AHEAD = (
    "Kept, after the day named",
    "Day passed, no result found",
    "Day passed, outcome not traced",
    "Set for a day after the evidence ends",
)
# The promise of a text, by its row of `agreements` → the row that kept it.
_KEPT_BY = {"agreement.eu_japan_statement": "agreement.eu_mou"}
_NAMES = {
    "agreement.australia_framework": "Australia: finance in half a year",
    "agreement.japan_framework": "Japan: projects in half a year",
    "agreement.uae_framework": "Emirates: projects in half a year",
    "agreement.uk_mou": "Britain: a ministerial meeting",
    "agreement.mexico_action_plan": "Mexico: the action plan's work",
    "agreement.eu_japan_statement": "EU: a memorandum",
    "agreement.chile_statement": "Chile: consultations open",
    "agreement.colombia_framework": "Colombia: projects in half a year",
    "agreement.forge": "FORGE: Korea's chair",
    "controls.control.2025-70": "China: October package suspended",
    "controls.control.2025-72": "China: ban on the US suspended",
    "event.2026-07-13-s232-deadline": "US: talks under Section 232",
    "event.2026-07-24-surcharge-ends": "US: import surcharge",
}
_TERM = {"event.2026-07-13-s232-deadline": 180, "event.2026-07-24-surcharge-ends": 150}  # days; each ends on the day of its row


def newest_evidence() -> pd.Timestamp:
    """Day of the newest source that was opened."""
    return pd.Timestamp(tables.load("ledger").set_index("fact_id").value["evidence.newest_opened"])


def events() -> pd.DataFrame:
    """Published events and scheduled days from the meeting on, oldest first."""
    rows = tables.load("timeline").query("published and date_start >= @MEETING")
    return rows.sort_values(["date_start", "event_id"]).reset_index(drop=True)


def happened() -> pd.DataFrame:
    """What has happened after the day of the meeting; neither a day that passed without an act nor one that is only set."""
    return events().query("happened == 'happened' and date_start > @MEETING")


def deadlines() -> pd.DataFrame:
    """Terms that end after the meeting, first to end first: key, name, start, due, kept (a day, or none), outcome, text, source_id.

    Those of agreements are counted from the signature with the days that the text names; half a year is 182 days.
    """
    rows = pd.DataFrame([*_of_agreements(), *_of_events()])
    rows = rows[rows.due > MEETING].sort_values(["due", "key"]).reset_index(drop=True)
    seen = newest_evidence()
    looked_for = set(tables.load("timeline").query("published and happened == 'lapsed'").row_key.dropna())
    rows["outcome"] = [
        KEPT if pd.notna(r.kept) else AHEAD if r.due > seen else NOT_FOUND if r.searched or r.row_key in looked_for else UNTRACED
        for r in rows.itertuples()
    ]
    return rows


def _of_agreements():
    texts = tables.load("agreements").query("published").set_index("agreement_id")
    for key, row in texts[texts.deadline_days.notna()].drop(index=list(_KEPT_BY.values())).iterrows():
        yield {
            "key": key,
            "name": _NAMES.get(key, f"{row.partner}: {row.instrument}"),
            "start": row.date_start,
            "due": row.date_start + pd.Timedelta(days=int(row.deadline_days)),
            "kept": texts.date_start.get(_KEPT_BY.get(key), pd.NaT),
            "text": row.commits,
            "row_key": f"agreements:{key}",
            "searched": False,
            "source_id": row.source_id,
        }


def _of_events():
    controls = tables.load("controls").set_index("control_id").suspended_from
    rows = tables.load("timeline").query("published and happened != 'happened'")
    for row in rows.to_dict("records"):
        table, _, key = str(row["row_key"]).partition(":")
        if table == "agreements" and key != "agreement.forge":
            continue  # counted from its own text
        named = row["event_id"] if pd.isna(row["row_key"]) else key if table == "agreements" else f"controls.{key}"
        due = row["date_start"] + pd.offsets.MonthEnd(0) if row["date_precision"] == "month" else row["date_start"]
        start = (
            MEETING
            if key == "agreement.forge"
            else due - pd.Timedelta(days=_TERM[named])
            if named in _TERM
            else controls.get(_suspended(key), MEETING)
        )
        yield {
            "key": row["event_id"],
            "name": _NAMES.get(named, row["description"]),
            "start": start,
            "due": due,
            "kept": pd.NaT,
            "text": row["description"],
            "row_key": row["row_key"],
            "searched": "not found" in row["description"] or "no successor" in row["description"],
            "source_id": row["source_id"],
        }


def _suspended(control_id: str) -> str:
    """The measure whose suspension an announcement made."""
    return {"control.2025-70": "control.2025-57", "control.2025-72": "control.2024-46-item2"}.get(control_id, control_id)
