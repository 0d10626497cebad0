"""Closed word lists of the actor describer.

What belongs here: function words and prefixes the describer reads structure from. What does not: names, demonyms and
actor nouns, which are CSV in `pipelines/lexicons/` and may be extended by an analyst.
"""

from __future__ import annotations

import re

# One token each: abbreviations with inner periods, words, any other sign. The lexicons and the text are cut the same way.
TOKEN = re.compile(r"(?:[A-Za-z]\.){2,}|[A-Za-z]{1,4}\.(?=\s|$)|\w+|[^\w\s]")

# Codes PLOVER writes in the place of a country for bodies of many states.
SUPRANATIONAL_CODES = frozenset({"IGO", "EUR"})

SECTOR_CODES = frozenset(
    "GOV MIL COP JUD LEG SPY PTY REB OPP UAF UNK AGR BUS CRM CVL EDU ELI JRN LAB MED REF PRE REL SOC "
    "IGO UNO EUR NGO ISM IMG MNC".split()
)

# A preposition ends the core of a phrase; these tell whose the core is, in order of trust.
OWNER_PREPOSITIONS = ("of", "for", "in", "from", "at", "within", "across", "inside", "near", "on", "based")
BOUNDARIES = frozenset(
    "of for in from at within across inside near on to with against who whom whose which that by over under between "
    "about after before during based and or as into towards toward , ( ) ; : - – — including".split()
) - {"-"}
# These end the core even where nothing of it is known yet ("residents of Kabul").
CERTAIN_PREPOSITIONS = frozenset({"of", "from", "in", "at", "for"})
# Of these only sector is taken too: "spokesman for Hezbollah", not "lawyer in the army's trial".
SECTOR_PREPOSITIONS = frozenset({"of", "for", "at", "from"})

# "US-backed Syrian rebels": the first member of such a compound says nothing of who the rebels are.
COMPOUND_TAILS = frozenset(
    "backed born allied funded supported made controlled held occupied trained sponsored brokered mediated imposed style "
    "built supplied educated speaking friendly linked dominated aligned bound administered financed armed protected "
    "claimed proposed designed sanctioned".split()
)

HYPHENS = frozenset(("-", "–", "‑"))
# "Pro-Russian separatists": whom somebody is for or against, they are not of.
STANCES = frozenset("pro anti".split())

# "An Iraq War veteran": who was in a war is mostly of another country than the one it is called by.
WARS = frozenset(("war", "wars"))
TOOK_PART = frozenset("veteran veterans vet vets hero heroes".split())  # monitors of a war may be of its country

FORMER = frozenset("former ex ousted deposed exiled toppled onetime erstwhile overthrown retired".split())
# Offices whose former holders are elites (PLOVER: ELI).
OFFICE_SECTORS = frozenset({"GOV", "LEG", "JUD"})
# "Republic of X" is a state, whatever X is, and one that nobody lists where X is unknown.
STATE_HEADS = frozenset("republic kingdom emirate sultanate caliphate principality".split())
# Organs of a state: what they did, they did while it was there.
STATE_SECTORS = OFFICE_SECTORS | {"MIL", "COP", "SPY"}

TITLE_PREFIXES = frozenset(
    "deputy vice assistant acting interim former ex senior first second chief associate caretaker outgoing incoming "
    "lieutenant under permanent late then lord honorary executive".split()
)

# Plural people after an article mostly stand for the state ("the Israelis rejected"), without one for people.
DEFINITE = frozenset({"the"})
ETHNIC = frozenset({"ethnic"})

# What a body of many states is, rather than what its people do: its officials keep the sector of their office.
INTERGOVERNMENTAL_SECTORS = frozenset({"IGO", "UNO", "EUR"})

# Cities that GeoNames lists with "City" and news without.
SHORT_CITY_NAMES = frozenset({"New York", "Quebec", "Ho Chi Minh", "Quezon"})

# Cities that are mostly something else in running text: a first name, a surname or a word.
AMBIGUOUS_PLACES = frozenset(
    "Reading Mobile Victoria Nancy Of Orange Date Male Bath Sale Enterprise Independence Union Liberty Police March "
    "Batman Man Van Lens Tours Hamilton Jackson Lincoln Clinton Wilson Warren Sterling Austin Madison Arlington Florence "
    "Salem Clarence Charlotte Savannah Augusta Salvador Leon Cristobal Santo Bishop Carlos Martinez Gonzalez "
    "Irving Carson Marion Henderson Chandler Allen Lawrence Tyler Dayton Sandy Surprise Palm Rosario Concord Wa Bo Ho Same "
    "Mary Marks Engels Gorky Kirov Khan Ali Hassan Saint Central Centre Mission Industry Commerce Pearl Normal Home Best "
    "Republic Hub Mile Kennedy Ventura Moreno Torres Sosa Garcia Romero Herrera Aguilar "
    "Wad Paradise Temple Worth Beaver Norman Denton Aurora Troy Regina Eugene Elizabeth".split()
)
