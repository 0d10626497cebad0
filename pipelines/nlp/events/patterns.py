"""Closed word lists of the event coder; what an analyst may extend is in `pipelines/lexicons/`."""

from __future__ import annotations

PARTY_LABELS = frozenset(("PERSON", "ORG", "GPE", "NORP", "LOC", "FAC"))

# Phrases of a noun that is no party, in the order in which they name the party behind it: "Iran's missile programme",
# "sanctions on Cuba", "a request from Pakistan".
INNER_PREPOSITIONS = ("of", "on", "against", "by", "from", "with", "between", "to", "for", "in", "over", "at")

# People nouns that state no sector but are persons acted on or acting.
PEOPLE_NOUNS = frozenset(
    """people person man woman child boy girl men women children family relative resident citizen civilian victim passenger
    worker foreigner native others hostage prisoner detainee captive suspect inmate bystander individual group crowd team
    delegation envoy negotiator side nation country state government leader official authority community population
    minority tribe clan partner ally neighbour neighbor rival opponent supporter follower youth teenager couple wife husband
    son daughter brother sister mother father driver guard immigrant migrant tourist traveller traveler user voter member
    counterpart musician artist player athlete parent volunteer staff crew employee""".split()
)

# Words that cannot be a party's head whatever the parse says.
NEVER_PARTY = frozenset(
    "it this that which what there one something anything nothing everything thing fact way time year month week day".split()
)

PERSONAL_PRONOUNS = frozenset("he she they we i you him her them us me his their our my its it".split())

THIRD_PERSON = frozenset("he she they it him her them his their its himself herself themselves itself".split())
PLURAL_PRONOUNS = frozenset("they them their themselves".split())

# Classes of event_noun_classes.csv whose nouns are people.
PERSON_CLASSES = (
    "persons prisoners leaders officials peacekeepers inspectors diplomats evacuees migrants minorities perpetrators police"
    " troops militia parties media"
).split()

# Types whose unnamed actor is the state in whose place it was done.
ACTS_OF_STATE = frozenset(("COERCE", "SANCTION"))

# Modal verbs by which a speaker asks for what another should do: "the minister said the union must act".
OBLIGATION = frozenset(("must", "should", "ought", "need"))

# An event of these types and modes in a peacekeeping context is aid (CAMEO 074, military protection or peacekeeping).
PEACEKEEPING_IS_AID = frozenset((("MOBILIZE", "troops"), ("MOBILIZE", None), ("CONSULT", "visit")))
PEACEKEEPING_WORDS = frozenset(
    "peacekeeping peacekeeper peace-keeping peacekeepers monusco minusma unifil amisom".split()
)

# What an operator's event makes of the one it governs: still to come, or told of as having happened.
TO_COME = frozenset(("AGREE", "REQUEST", "THREATEN"))
TOLD_OF = frozenset(("ACCUSE", "SUPPORT"))

SYMMETRIC_TYPES = frozenset(("CONSULT",))
WITH_IS_ACTOR = frozenset(("CONSULT", "AGREE", "COOPERATE"))

COOPERATIVE = frozenset(("AGREE", "CONSULT", "SUPPORT", "CONCEDE", "COOPERATE", "AID", "RETREAT"))

# Adverbs and temporal phrases that tell an event again as background.
HISTORICAL_WORDS = frozenset("ago previously formerly earlier historically".split())

# Types in which a plural subject without object acts on itself: "the two armies clashed".
RECIPROCAL_TYPES = frozenset(("ASSAULT", "SUPPORT", "REJECT"))

# Predicates whose recipients' number is a count of the dead, the injured, the arrested.
FATAL_WORDS = frozenset("kill die dead death killing murder execute massacre slay assassinate behead".split())
INJURY_WORDS = frozenset("wound injure hurt maim injury".split())
ARREST_WORDS = frozenset("arrest detain jail imprison round detention capture nab".split())
CROWD_TYPES = frozenset(("PROTEST",))

# Sectors that make an event political by themselves; the others do so with a country.
POLITICAL_SECTORS = frozenset("GOV MIL COP JUD LEG SPY PTY REB OPP UAF ELI REF IGO UNO EUR NGO ISM".split())

# Sectors whose nameless groups belong to the country of the scene.
LOCAL_SECTORS = frozenset("GOV MIL COP JUD LEG SPY PTY REB OPP UAF AGR CVL EDU ELI JRN LAB MED REL SOC CRM BUS".split())
