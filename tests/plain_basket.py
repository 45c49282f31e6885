"""A small table of a reader's own, for charts typed into cells: net imports and prices of 27 minerals, as they once stood in the book."""

from pathlib import Path

import pandas as pd

PATH = Path(__file__).with_name("fixtures") / "basket.csv"
CODE = f"import pandas as pd; basket = pd.read_csv({str(PATH)!r})"


def basket() -> pd.DataFrame:
    """The table: mineral, label, net_imports_t, price_usd_per_t, net_imports_usd, basket, source_id."""
    return pd.read_csv(PATH)
