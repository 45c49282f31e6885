"""The modules that a mineral's page is made of: some of its functions have the same names, and hide them."""

from importlib import import_module

cut, flows, market, output, policy, publishers, record, united_states, unknown = (
    import_module(f"chokepoint.pages.mineral.{part}")
    for part in (
        *("cut", "flows", "market", "output", "policy"),
        *("publishers", "record", "united_states", "unknown"),
    )
)

RELEASE = "mcs2026"
