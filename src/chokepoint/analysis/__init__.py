"""Results worked out from the tables.

Shares, standing, reliance, forecasts, spreads, differences between releases, and facts.
"""
