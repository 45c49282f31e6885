"""Chokepoint: the 2026 critical-minerals bloc, explained and recomputed."""
