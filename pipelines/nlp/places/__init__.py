"""Toponyms: which spans name a place, which place of that name, and where it lies."""
