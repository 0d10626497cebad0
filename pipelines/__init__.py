"""Communiqué: news text to a warehouse of political events."""
