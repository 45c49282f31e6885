"""What is worked out from the tables: shares, standing, reliance, forecasts, spreads, differences between releases, facts."""
