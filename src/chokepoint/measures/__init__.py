"""What we work out from the tables before anything is said or drawn: shares, standing, reliance, forecasts, spreads."""
