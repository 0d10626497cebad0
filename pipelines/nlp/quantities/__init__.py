"""Quantities: `component.py` finds amounts, shares, counts and measures, `numbers.py` reads numbers."""
