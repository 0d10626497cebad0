"""The event coder: clauses to PLOVER events, by frames and operators from the lexicons."""
