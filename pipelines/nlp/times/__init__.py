"""Time expressions: found in text, normalised to TIMEX3. Read next: `engine.py`."""
