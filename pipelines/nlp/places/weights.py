"""Points of evidence that a gazetteer name names a place where it stands; a span is accepted from `ACCEPT` up.

What belongs here: numbers. They were set by hand on the order of how often each sign is right in news text; a point is
roughly a factor of three in odds. What uses them: `evidence.py`, `matching.py`, `component.py`.
"""

from __future__ import annotations

ACCEPT = 1.0
SURE = 2.5  # enough to carry over to other mentions of the name and to the rest of a list
LISTED = -1.5  # least evidence that a list of places lifts

# The label of the name that the span is or is part of, and whether it is the whole name.
LABEL = {
    ("GPE", True): 3.0,
    ("GPE", False): 1.5,
    ("LOC", True): 2.5,
    ("LOC", False): 0.5,
    ("FAC", True): 1.5,
    ("FAC", False): -0.5,
    ("ORG", True): 0.5,
    ("ORG", False): -3.0,
    ("PERSON", True): -1.0,
    ("PERSON", False): -3.0,
    ("NORP", True): 0.0,
    ("NORP", False): -1.0,
    ("PRODUCT", True): 0.5,
    ("", True): 0.0,
}
OTHER_LABEL = -2.0

# The size of the likeliest place: its prior against that of a town of 100,000.
TYPICAL_PRIOR = 5.0
PRIOR_SLOPE = 0.8
PRIOR_LIMITS = (-1.0, 2.5)
LARGE_TOWN = 4.7  # prior: about 50,000 people

# Within the name of a body.
PUBLIC_BODY = 2.5  # "Tulsa Police Department"
LOCAL_BODY = 1.5  # the same, taken for a person
BODY_OF_PLACE = 1.0  # "Ministry of Health of Chad"
BODY_IN_PLACE = 0.5  # "Lutheran School in Omaha"
PRIVATE_BODY = -4.0  # "Denver Post"

# Before the name.
STRONG_PREPOSITION = 1.5  # "in", "near", "the island"
IN_PERSON = 4.0  # "in", "near" and what the model takes for a person
WEAK_PREPOSITION = 0.5  # "from", "of"
OF_PLACE = 2.5  # "the village of", "Ann Lee, 43, of"
ARTICLE = 1.0  # "a Denver restaurant"
PARTY = 3.0  # "D-Ohio"
ADDRESS = 2.0  # "12 Elm St., Salem"
NUMBERED = -4.0  # "100 B.C."
TITLE = -3.0  # "President Lincoln"
COURTESY_TITLE = -5.0  # "Mr. Houston"

# After the name.
IN_REGION = 3.0  # "Utica, New York", for both
COUNTY = 2.0  # "Clay County"
PLURAL_COUNTIES = 3.0  # "Clay and Pope counties"
LOCAL_NOUN = 1.5  # "Denver residents"
BASED = 3.0  # "Denver-based"
DATELINE = 2.0  # "DENVER -"
EPONYM = -4.0  # "Marburg virus"
STREET = -5.0  # "Memphis Street"
SCHOOL = -3.0  # "Kennedy Elementary"
FEATURE = -4.0  # "Snake River", which is not at Snake

# The name itself.
SURNAME = -3.0  # of a person named in full elsewhere
SURNAME_OF_GPE = -2.0
SPEAKER = -2.0  # "Houston said"
NOT_A_NAME = -1.0  # tagged as a common word
LONGER_NAME = -2.0  # a capitalised word goes before or after
LONGER_PLACE = -3.0  # a place whose name goes on: "Ras Lanuf"
IN_LIST = 2.5

# Weight of a country that a document names by an adjective or a people, and of each word of its public life.
DEMONYM = 0.8
CUE = 0.7
MOST_CUES = 4
