"""Model 8: two neighbouring rare earths taken apart in a row of mixer-settlers.

Acid (aqueous) and solvent (organic) flow against each other through stages that each reach equilibrium, and
the separation factor β is the same in all: y/(1 − y) = β x/(1 − x), y and x being the share of the more
extractable element in the solvent and in the acid. Part of the extract is sent back through the scrubbing
section: the reflux. That is the column of McCabe and Thiele, so the fewest stages are Fenske's, the least
reflux is Underwood's, and the stages at any reflux follow exactly (Smoker), since a step from one stage to
the next is a fractional linear map. Extraction without scrubbing is Kremser's.
"""

from .expr import absolute, log, maximum, power, where
from .model import ARITHMETIC, BOUND, Model, check

DAYS, MINUTES = 365, 1440  # of a year, of a day
PATIENCE = 10  # years beyond which nobody waits for a row to come to rest


def kremser(*, extraction_factor, stages):
    """Share of a metal that a plain countercurrent extraction leaves behind, 0–1.

    extraction_factor  flow in the solvent over flow in the acid, at equilibrium [ratio]
    stages             equilibrium stages [stages]

    >>> kremser(extraction_factor=2, stages=3)  # (2 − 1) / (2⁴ − 1)
    0.06666666666666667
    """
    even = absolute(extraction_factor - 1) < 1e-6
    safe = where(even, 2, extraction_factor)
    return where(even, 1 / (stages + 1), (safe - 1) / (power(safe, stages + 1) - 1))


def kremser_stages(*, extraction_factor, left):
    """Stages after which only `left` (0–1) of the metal is left; the inverse of `kremser`.

    >>> round(kremser_stages(extraction_factor=2, left=1 / 15), 9)
    3.0
    """
    even = absolute(extraction_factor - 1) < 1e-6
    safe = where(even, 2, extraction_factor)
    return where(even, 1 / left - 1, log((1 / left) * (1 - 1 / safe) + 1 / safe) / log(safe))


def logit(share):
    """Logarithm of the odds of a share between 0 and 1."""
    return log(share / (1 - share))


def _section(factor, slope, level, low, high):
    """Stages between two compositions of the acid in a section whose operating line is slope · x + level.

    One stage takes x to (y(x) − level) / slope. That map has two fixed points, where the line meets the
    equilibrium curve; the ratio of the distances from them grows by the same factor at each stage.
    """
    gain = factor - 1
    square, linear = slope * gain, slope + level * gain - factor
    root = power(maximum(linear * linear - 4 * square * level, 1e-18), 0.5)
    near, far = (-linear - root) / (2 * square), (-linear + root) / (2 * square)
    top = factor - level * gain
    growth = (top - square * near) / (top - square * far)
    return log((high - near) * (low - far) / ((high - far) * (low - near))) / log(growth)


def separation(
    *,
    separation_factor,
    feed_share,
    purity,
    reflux_multiple,
    aqueous_feed,
    feed,
    residence,
    efficiency,
    extraction_factor,
):
    """Stages, reflux, metal held and start-up of a cascade that takes two elements apart.

    separation_factor  ratio of the two elements' distribution between solvent and acid [ratio, above 1]
    feed_share         share of the more extractable element in the feed [0–1]
    purity             of both products [0–1]
    reflux_multiple    reflux over the least that would do with stages without end [x, above 1]
    aqueous_feed       share of the feed that comes in with the acid, the rest with the solvent [0–1]
    feed               rare earths fed, as oxide [t/year]
    residence          time that each liquid spends in a stage, mixer and settler [minutes]
    efficiency         equilibrium stages that a tank is worth [0–1]
    extraction_factor  of the more extractable element, if it were extracted without scrubbing [ratio]

    Held is what flows through all tanks in one residence: stages × volume × loading, volume and loading being
    residence × flow. The first product comes when the tanks are filled and have drawn the excess of one
    element that the section above the feed holds; with all extract sent back it is drawn at no more than
    solvent flow × (y − x) at the feed, the start-up rule of isotope plants (Benedict, Pigford and Levi).
    Once running, a disturbed balance dies away in held / (impurities leaving × ln of the separation), the
    estimate for columns of Skogestad and Morari.

    >>> r = separation(separation_factor=1.5, feed_share=0.5, purity=0.99, reflux_multiple=5.41258 / 3.9,
    ...     aqueous_feed=1, feed=1000, residence=30, efficiency=1, extraction_factor=1.2)
    >>> round(r["least_stages"], 1), round(r["least_reflux"], 2), round(r["stages"], 1)
    (22.7, 3.9, 40.0)
    """
    gain, waste = separation_factor - 1, 1 - purity
    # where the feed's line meets the equilibrium curve: there a cascade of least reflux would pinch
    half = aqueous_feed + (1 - aqueous_feed) * separation_factor - feed_share * gain
    pinch_x = 2 * feed_share / (half + power(half * half + 4 * aqueous_feed * gain * feed_share, 0.5))
    pinch_y = separation_factor * pinch_x / (1 + gain * pinch_x)
    least_reflux = (purity - pinch_y) / (pinch_y - pinch_x)
    reflux = reflux_multiple * least_reflux
    # flows of rare earths, for each unit of feed
    extract = (feed_share - waste) / (purity - waste)
    scrub_acid = reflux * extract
    scrub_solvent = scrub_acid + extract
    acid = scrub_acid + aqueous_feed
    solvent = scrub_solvent - (1 - aqueous_feed)
    slope, level = scrub_acid / scrub_solvent, extract * purity / scrub_solvent
    feed_x = (feed_share - (1 - aqueous_feed) * level) / (aqueous_feed + (1 - aqueous_feed) * slope)
    scrubbing = _section(separation_factor, slope, level, feed_x, purity)
    extracting = _section(separation_factor, acid / solvent, -(1 - extract) * waste / solvent, waste, feed_x)
    stages = scrubbing + extracting
    tanks = stages / efficiency
    # what is held, in days of feed, and how long the start takes
    in_scrubbing = scrubbing * (scrub_acid + scrub_solvent) * residence / MINUTES / efficiency
    held_days = in_scrubbing + extracting * (acid + solvent) * residence / MINUTES / efficiency
    mean = log((1 - feed_share) / waste) / (logit(purity) - logit(feed_share))
    drawn = scrub_solvent * (separation_factor * feed_share / (1 + gain * feed_share) - feed_share)
    build_days = in_scrubbing * (mean - feed_share) / drawn
    kept = 1 - kremser(extraction_factor=extraction_factor, stages=stages)
    other = 1 - kremser(extraction_factor=extraction_factor / separation_factor, stages=stages)
    settling = held_days / (purity * waste * 2 * logit(purity))
    return {
        "least_stages": 2 * logit(purity) / log(separation_factor),
        "least_reflux": least_reflux,
        "reflux": reflux,
        "extracting": extracting,
        "scrubbing": scrubbing,
        "stages": stages,
        "tanks": tanks,
        "extract": feed * extract,
        "recovered": extract * purity / feed_share,
        "turned_over": scrub_solvent / extract,
        "held_days": held_days,
        "held": held_days * feed / DAYS,
        "first_product": held_days + build_days,
        "settling": settling,
        "settles": where(settling < PATIENCE * DAYS, 1, 0),
        "plain_recovered": kept,
        "plain_purity": feed_share * kept / (feed_share * kept + (1 - feed_share) * other),
    }


def validation():
    """Three textbook cascades, and two rows of tanks in a patent as bounds."""
    column = separation(
        separation_factor=1.5,
        feed_share=0.5,
        purity=0.99,
        reflux_multiple=2.70629 / 0.5 / 3.9,  # the least reflux of this column is 3.9
        aqueous_feed=1,
        feed=1000,
        residence=30,
        efficiency=1,
        extraction_factor=1.2,
    )
    pull = (0.798 * 0.953) ** 0.5 * 1150 / 990  # slope of the curved equilibrium at its two ends, kg per kg
    nicotine = kremser_stages(extraction_factor=pull, left=(0.001 / 0.999) / (0.01 / 0.99))
    benzene = (logit(0.95) - logit(0.04)) / log(2.5)
    return [
        _textbook(
            "stages of Skogestad’s column A, α = 1.5", column["stages"], 40, "M67", "39 trays and a boiler"
        ),
        _textbook("stages that take nicotine out of water", nicotine, 8.3, "M68", "read off a drawing there"),
        _textbook("fewest plates for benzene and toluene", benzene, 6.7, "M73", "read off a drawing there"),
        *(
            check(
                f"fewest stages for Nd and Pr of 99.9%, β = {factor}",
                2 * logit(0.999) / log(factor),
                tanks,
                "stages",
                0,
                tanks,
                "the patent’s row must be longer; its purity is not in what was read",
                "M69",
                BOUND,
            )
            for factor, tanks in ((1.4, 144), (2.5, 48))
        ),
    ]


def _textbook(what, predicted, seen, source, note):
    """Return a check within 5% of a worked example: the theory is the same, so it proves the arithmetic."""
    return check(what, predicted, seen, "stages", 0.95 * seen, 1.05 * seen, note, source, ARITHMETIC)


SEPARATION = Model(
    name="separation",
    title="How many tanks part two neighbours?",
    function=separation,
    results={
        "least_stages": ("stages", "fewest, if all extract were sent back"),
        "least_reflux": ("ratio", "least reflux, with stages without end"),
        "reflux": ("ratio", "extract sent back over extract taken out"),
        "extracting": ("stages", "stages that pull the one element into the solvent"),
        "scrubbing": ("stages", "stages that wash the other out again"),
        "stages": ("stages", "both together, each at equilibrium"),
        "tanks": ("tanks", "tanks in a row, each a little short of equilibrium"),
        "extract": ("t/year", "product of the more extractable element, as oxide"),
        "recovered": ("share", "of that element in the feed"),
        "turned_over": ("x", "metal that the solvent carries for each unit of product"),
        "held_days": ("days", "days of feed that lie in the tanks"),
        "held": ("t", "rare earths that lie in the tanks, as oxide"),
        "first_product": ("days", "from the first feed to the first pure product, at the least"),
        "settling": ("days", "in which a small error of balance, left alone, falls to a third"),
        "settles": ("yes or no", "whether that takes less than ten years"),
        "plain_recovered": ("share", "part of that element that as many stages take without washing back"),
        "plain_purity": ("share", "purity without washing back, with as many stages"),
    },
    cautions=(
        "Two elements only, and one separation factor for all tanks. Real liquors hold up to fifteen, one "
        "row after another, and the factor shifts with acidity and loading.",
        "What stops a plant is left out: crud, third phases, impurities, wear, errors of pumps and people.",
        "Times are those of one row that runs without fault. Commissioning several in turn takes longer. An "
        "error of balance is left alone here; a good crew sees it early and draws it out.",
        "Reagents, effluents, energy and cost are not in it.",
    ),
    validation=validation,
)
