"""Seven mechanisms as pure functions, one file each. They know no files: numbers in, named results out.

>>> MODELS["price_floor"].results["levy"]
('US$/kg', 'levy on each kilogram imported')
"""

from .model import Model
from .price_floor import PRICE_FLOOR, STAGE_CASCADE

MODELS: dict[str, Model] = {model.name: model for model in (PRICE_FLOOR, STAGE_CASCADE)}
