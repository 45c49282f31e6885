"""Seven mechanisms as pure functions, one file each, and the scenario model that joins them.

The mechanisms know no files: numbers in, named results out. `scenario` takes its facts from data/scenario.

>>> MODELS["price_floor"].results["levy"]
('US$/kg', 'levy on each kilogram that pays it')
"""

from . import scenario
from .coalition import CLUB, COALITION
from .model import Model
from .price_floor import PRICE_FLOOR, STAGE_CASCADE
from .price_protection import PRICE_PROTECTION
from .project_value import PROJECT_VALUE
from .separation import SEPARATION
from .supply_risk import SUPPLY_RISK
from .supply_shock import SUPPLY_SHOCK
from .vault import STOCKPILE, VAULT

__all__ = ["MODELS", "Model", "scenario"]

MODELS: dict[str, Model] = {
    model.name: model
    for model in (
        PRICE_FLOOR,
        STAGE_CASCADE,
        PROJECT_VALUE,
        PRICE_PROTECTION,
        VAULT,
        STOCKPILE,
        COALITION,
        CLUB,
        SUPPLY_SHOCK,
        SUPPLY_RISK,
        SEPARATION,
    )
}
