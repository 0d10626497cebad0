"""Country, sector and title of actor phrases: lexicon, describer. Read `component.py` first."""
