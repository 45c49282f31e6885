"""Chapter 2: how the House voted on the day of the meeting."""

import pandas as pd

from chokepoint.analysis import facts
from chokepoint.charts.bars import bars_under_names
from chokepoint.pages.components.figure import Figure, figure


def vote(release: str) -> Figure:
    """Votes for and against H.R. 4090, with those who left their party's side."""
    yes, no, crossed, back = (
        facts.get(f"house.hr4090_{k}", release) for k in ("yes", "no", "dem_yes", "rep_no")
    )
    frame = pd.DataFrame(
        {
            "name": [f"For, {crossed.text} among them", f"Against, {back.text} among them"],
            "value": [yes.value, no.value],
            "label": [f"{yes.value:.0f}", f"{no.value:.0f}"],
            "detail": [crossed.text, back.text],
        }
    )
    ahead = yes.value - no.value
    turn = f"passed by {ahead:.0f} votes" if ahead > 0 else "failed" if ahead < 0 else "was tied"
    return figure(
        bars_under_names(
            frame, x="value", y="name", label="label", detail="detail", x_title="Votes in the House"
        ),
        name="vote",
        title=f"H.R. 4090 {turn} in the House",
        table=frame[["name", "value"]].set_axis(["Side", "Votes"], axis=1),
        sources=yes.sources,
        alt_text=f"Two bars: {yes.value:.0f} votes for and {no.value:.0f} against.",
    )
