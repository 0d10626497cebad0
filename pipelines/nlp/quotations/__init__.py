"""Quotations with their cue and speaker: `component.py` finds and attributes them, `marks.py` pairs quotation marks."""
