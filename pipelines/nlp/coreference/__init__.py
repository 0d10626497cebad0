"""Mentions that stand for one entity: name variants, nominals and pronouns. Read `component.py` first."""
