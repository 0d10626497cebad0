"""Proper names with label, title, country and sector. Read `component.py` first."""
