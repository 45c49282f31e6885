"""What stands in the specification of a chart: its rows, its marks, and what its tooltips are called."""


def held(spec: dict, *columns: str) -> list[tuple]:
    """Cells of every row of a chart's data that has all of these columns."""
    rows = [row for table in spec["datasets"].values() for row in table]
    return [tuple(row[c] for c in columns) for row in rows if all(c in row for c in columns)]


def titles(layer: dict) -> dict[str, str]:
    """Column → title, of a layer's tooltip."""
    return {tip["field"]: tip["title"] for tip in layer["encoding"]["tooltip"]}


def marks(layers: list[dict]) -> list[str]:
    """The kind of mark of each layer."""
    return [layer["mark"]["type"] for layer in layers]
