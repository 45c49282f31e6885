"""What a kilogram of magnet goes through."""

from chokepoint.analysis import facts
from chokepoint.analysis.facts.models import assumption
from chokepoint.analysis.facts.registry import OWN, Answer, fact

assumption(
    "rock.oxide_per_magnet",
    "stage_cascade",
    "oxide_per_magnet",
    "Oxide of neodymium and praseodymium that goes into a kilogram of magnet",
    "kg",
    "{:g} kg",
)
assumption(
    "rock.magnet_per_car",
    "stage_cascade",
    "magnet_per_car",
    "Magnets in an electric car",
    "kg",
    "{:g} kg",
)


@fact(
    "rock.ore_per_magnet",
    "Rock for a kilogram of magnet, at least",
    "kg",
    "{:.0f} kg",
    how="Oxide that goes into it, over the part of neodymium and praseodymium in the rare earths of Mountain "
    "Pass, over the grade of its ore; nothing lost on the way",
    confidence="modelled",
)
def ore_per_magnet() -> Answer:
    return _before_oxide("rock.grade")


@fact(
    "rock.concentrate_per_magnet",
    "Concentrate for a kilogram of magnet, at least",
    "kg",
    "{:.1f} kg",
    how="Oxide that goes into it, over the part of neodymium and praseodymium in the rare earths of Mountain "
    "Pass, over the most that a concentrate often holds of rare earths; nothing lost on the way",
    confidence="modelled",
)
def concentrate_per_magnet() -> Answer:
    return _before_oxide("rock.concentrate_high")


def _before_oxide(held: str) -> Answer:
    """Return what holds a kilogram of magnet's oxide, `held` being its rare earths [%]."""
    used = [facts.get(name) for name in ("rock.oxide_per_magnet", "rock.magnet_part", held)]
    oxide, part, rare_earths = (float(f.value) for f in used)
    sources = sorted({source for f in used for source in f.sources} - {OWN})
    return Answer(
        oxide / (part / 100) / (rare_earths / 100), sources, rows=tuple(f"{f.label}: {f.text}" for f in used)
    )
