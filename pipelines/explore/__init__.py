"""The page for looking at the published warehouse (`make explore`, docs/explore.md).

What belongs here: reading the published file for the page, drawing it as HTML and SVG, and serving it on this machine. What does
not: numbers of its own; whatever the page shows is a row of a table, or a sum of rows that it names.

Each view is one module: `relations.py` (two countries by month), `timeline.py` (their events), `places.py` (map), `network.py`,
`disagreements.py`, `documents.py` (text and rows), `events.py` (reports of one event), `reasons.py` (why it was coded so).
`page.py` puts the views together, `server.py` serves them, `templates/` and `static/` say how they look.
"""
