"""Model 4: who is inside, how concentrated supply is, and whether a member would cheat.

Shares of countries come in as arrays; membership is 0 or 1, or between for a weak commitment. Concentration
is the Herfindahl–Hirschman index, Σ share². A member who plays the repeated game keeps to the rules from a
patience of gain / (gain + detection × membership value) on; the stable club is that of Barrett (1994).
"""

import numpy as np

from .expr import maximum, where
from .model import DATA, IDENTITY, Model, check

LARGEST_CLUB = 60


def bloc_share(shares, members):
    """Share of the bloc. `shares` by country, of the world total (they may sum to less: other countries).

    Members 0–1.

    >>> round(bloc_share([0.7, 0.1, 0.05], [0, 1, 1]), 2)
    0.15
    """
    return float(np.sum(np.asarray(shares, dtype=float) * np.asarray(members, dtype=float)))


def concentration(shares):
    """Herfindahl–Hirschman index, 0–1: sum of squared shares.

    Unnamed countries left out make it a lower bound.

    >>> round(concentration([0.5, 0.5]), 2)
    0.5
    """
    return float(np.sum(np.asarray(shares, dtype=float) ** 2))


def concentration_bounds(shares):
    """Lowest and highest index that fit named shares summing to less than 1.

    The rest spread thin, or one more country.

    The rest can be one country only if that is no larger than a named one; else the highest value is a bound
    all the same.

    >>> [round(x, 2) for x in concentration_bounds([0.6, 0.2])]
    [0.4, 0.44]
    """
    low = concentration(shares)
    return low, low + max(0.0, 1 - float(np.sum(shares))) ** 2


def concentration_without(shares, left_out):
    """Index of the market that remains without one country (its position), 0–1.

    >>> concentration_without([0.5, 0.25, 0.25], 0)
    0.5
    """
    rest = np.delete(np.asarray(shares, dtype=float), left_out)
    return concentration(rest / rest.sum())


def concentration_inside(shares, members):
    """Index of the supply inside the bloc, 0–1; NaN for a bloc that produces nothing."""
    inside = np.asarray(shares, dtype=float) * np.asarray(members, dtype=float)
    return concentration(inside / inside.sum()) if inside.sum() > 0 else float("nan")


def coalition(
    *,
    levy,
    imports,
    diverted,
    detection,
    penalty,
    membership_value,
    patience,
    firm_fine,
    bloc_weight,
    club_benefit,
    joining_cost,
    retaliation,
    finance,
):
    """Work out whether a member would buy on the side, and an outsider join.

    levy              gap between the price inside and outside [US$/kg]
    imports           what the member buys [kt per period]
    diverted          share of it bought on the side [0–1]
    detection         chance of being found out in a period [0–1]
    penalty           fine when found out [US$ million]
    membership_value  what expulsion costs in each later period [US$ million]
    patience          worth of the next period's dollar today [0–1]
    firm_fine         a firm's fine when found out [US$/kg]
    bloc_weight       share of the market already inside [0–1]
    club_benefit      gain from joining a bloc that is the whole market [US$ million]
    joining_cost      [US$ million]
    retaliation       cost of China's answer [US$ million]
    finance           money offered to join [US$ million]

    A member who cheats once gains now, and loses membership for good if found out.

    >>> r = coalition(levy=50, imports=2, diverted=1, detection=0.3, penalty=25, membership_value=20,
    ...     patience=0.9, firm_fine=50, bloc_weight=0.4, club_benefit=100, joining_cost=25, retaliation=15,
    ...     finance=0)
    >>> r["temptation"], round(r["patience_needed"], 3), r["complies"], r["tipping_share"], r["joins"]
    (100, 0.939, 0, 0.4, 1)
    """
    temptation = levy * imports * diverted
    gain_now = temptation - detection * penalty
    patience_needed = maximum(gain_now, 0) / (
        maximum(gain_now, 0) + maximum(detection * membership_value, 1e-9)
    )
    tipping_share = (joining_cost + retaliation - finance) / club_benefit
    return {
        "temptation": temptation,
        "gain_now": gain_now,
        "patience_needed": patience_needed,
        "complies": where(patience >= patience_needed, 1, 0),
        "firm_gain": levy * (1 - detection) - detection * firm_fine,
        "detection_needed": levy / maximum(levy + firm_fine, 1e-9),
        "tipping_share": tipping_share,
        "joins": where(bloc_weight >= tipping_share, 1, 0),
        "empty_is_stable": where(tipping_share > 0, 1, 0),
        "full_is_stable": where(tipping_share < 1, 1, 0),
    }


def club(*, countries, benefit, cost, penalty):
    """Size of a stable club that provides something all enjoy (Barrett).

    No member gains by leaving, no outsider by joining.

    countries  that could join, at most 60 [countries]
    benefit    of a unit provided, to each [value]
    cost       slope of the cost of providing [value]
    penalty    what an outsider loses for each member inside [value]

    A member gains by staying while (members − 3) · benefit² / (2 · cost) stays below the penalty.

    >>> club(countries=20, benefit=1, cost=1, penalty=2)["stable_size"]
    7
    """
    largest = 3 + 2 * cost * penalty / (benefit * benefit)
    size = 1
    for k in range(2, LARGEST_CLUB + 1):
        size = size + where(k <= countries, where(k <= largest * (1 + 1e-12), 1, 0), 0)
    provided = (size * size + countries - size) * benefit / cost
    return {
        "stable_size": size,
        "stable_share": size / countries,
        "provided": provided,
        "provided_of_full": provided / (countries * countries * benefit / cost),
    }


def club_by_enumeration(*, countries, benefit, cost, penalty):
    """Return the same, by trying every size.

    The largest club that nobody wants to leave and nobody outside wants to join.
    """

    def member(k):
        return benefit * _provided(k) - cost * (k * benefit / cost) ** 2 / 2

    def outsider(k):
        return benefit * _provided(k) - cost * (benefit / cost) ** 2 / 2 - penalty * k

    def _provided(k):
        return (k * k + countries - k) * benefit / cost

    slack = 1e-9 * benefit * benefit / cost * countries
    stable = [
        k
        for k in range(1, int(countries) + 1)
        if (k == 1 or member(k) >= outsider(k - 1) - slack)
        and (k == countries or outsider(k) >= member(k + 1) - slack)
    ]
    return {"enumerated_size": max(stable, default=1)}


PUBLISHED_CONCENTRATION = {
    "cobalt": 0.491,
    "graphite": 0.500,
    "rare_earths": 0.499,
    "tungsten": 0.650,
    "antimony": 0.262,
    "copper": 0.108,
}
"""Index of mine production in 2023 as computed from the British Geological Survey's tables."""


def concentration_validation(shares_by_mineral):
    """Return indices of newer mine shares beside those published for 2023.

    Mineral → shares of the world total, by named country.
    """
    moved = {
        "cobalt": "higher: the newer estimates give the DR Congo, the leader, a larger share",
        "graphite": "higher: the newer estimates give China, the leader, a larger share",
    }
    return [
        check(
            f"concentration of {mineral.replace('_', ' ')} mining",
            concentration(shares_by_mineral[mineral]),
            seen,
            "index 0–1",
            seen - 0.12,
            seen + 0.12,
            moved.get(mineral, "another year and another survey: within 0.12"),
            "M40",
            DATA,
        )
        for mineral, seen in PUBLISHED_CONCENTRATION.items()
        if mineral in shares_by_mineral
    ]


def validation():
    """Textbook games and published concentrations."""

    def game(gain, loss):
        return coalition(
            levy=gain,
            imports=1,
            diverted=1,
            detection=1,
            penalty=0,
            membership_value=loss,
            patience=0.9,
            firm_fine=0,
            bloc_weight=0,
            club_benefit=1,
            joining_cost=0,
            retaliation=0,
            finance=0,
        )["patience_needed"]

    size = club(countries=20, benefit=1, cost=1, penalty=0)["stable_size"]
    rare_earths_2010 = concentration(np.array([130_000, 2_700]) / 133_600) * 10_000
    return [
        check(
            "patience that holds two price-setters together",
            game(0.5, 0.5),
            1 / 2,
            "share",
            0.5,
            0.5,
            "textbook, exact",
            "M37",
            IDENTITY,
        ),
        check(
            "patience that holds two quantity-setters together",
            game(1 / 64, 1 / 72),
            9 / 17,
            "share",
            9 / 17 - 1e-12,
            9 / 17 + 1e-12,
            "textbook, exact",
            "M37",
            IDENTITY,
        ),
        check(
            "largest stable club without penalties",
            size,
            3,
            "countries",
            3,
            3,
            "no large stable club without penalties: the finding of the climate-club literature",
            "M37",
            IDENTITY,
        ),
        check(
            "concentration of rare-earth mining, 2010",
            rare_earths_2010,
            9500,
            "index 0–10,000",
            9450,
            9550,
            "published rounded to hundreds",
            "M47",
            DATA,
        ),
    ]


COALITION = Model(
    name="coalition",
    title="Would a member cheat, and would an outsider join?",
    function=coalition,
    results={
        "temptation": ("US$ million per period", "saved by buying on the side"),
        "gain_now": ("US$ million per period", "the same after the fine to be expected"),
        "patience_needed": ("share", "worth of tomorrow’s dollar at which a member keeps to the rules"),
        "complies": ("1 yes, 0 no", "the member keeps to the rules"),
        "firm_gain": ("US$/kg", "what a firm expects to gain by cheating; below 0 it does not"),
        "detection_needed": ("share", "chance of being found out that keeps firms honest"),
        "tipping_share": ("share", "share of the market inside from which joining pays"),
        "joins": ("1 yes, 0 no", "an outsider joins"),
        "empty_is_stable": ("1 yes, 0 no", "with nobody inside, nobody joins"),
        "full_is_stable": ("1 yes, 0 no", "with all inside, nobody leaves"),
    },
    never={"patience_needed": "none: it keeps to them anyway"},
    cautions=(
        "There are no data on detection, fines or what membership is worth: these sliders illustrate a "
        "mechanism.",
        "China is a setting here, not a player.",
    ),
    validation=validation,
)

CLUB = Model(
    name="club",
    title="How large a club holds together by itself?",
    function=club,
    results={
        "stable_size": ("countries", "size that nobody wants to leave and nobody outside wants to join"),
        "stable_share": ("share", "the same as a share of the countries"),
        "provided": ("units", "what is provided in all"),
        "provided_of_full": ("share", "the same as a share of what all together would provide"),
    },
    cautions=("All countries are alike here; real ones are not.",),
    exact=club_by_enumeration,
    exact_results={"enumerated_size": ("countries", "the same by trying every size")},
)
