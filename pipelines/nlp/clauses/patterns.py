"""Closed word lists of English grammar that the clause layer reads by."""

from __future__ import annotations

RELATIVE_PRONOUNS = frozenset(("who", "whom", "which", "that", "whose"))

# Verbs whose subject, not their object, is the understood subject of their infinitive.
SUBJECT_CONTROL = frozenset(
    ("promise", "threaten", "vow", "pledge", "agree", "offer", "swear", "plan", "telephone", "phone", "use", "utilise")
)

# Verbs whose prepositional object is the understood subject: "called on the rebels to disarm".
PREPOSITIONAL_CONTROL = frozenset(
    (
        ("call", "on"),
        ("call", "upon"),
        ("call", "for"),
        ("appeal", "to"),
        ("prevail", "on"),
        ("rely", "on"),
        ("push", "for"),
    )
)

# Prepositions of several words, by their first word and the word that follows it.
COMPLEX_PREPOSITIONS = {
    ("according", "to"): "according to",
    ("because", "of"): "because of",
    ("due", "to"): "because of",
    ("ahead", "of"): "before",
    ("prior", "to"): "before",
    ("along", "with"): "with",
    ("together", "with"): "with",
    ("out", "of"): "from",
    ("on", "behalf"): "for",
    ("such", "as"): "including",
    # With a noun between: "burned a flag in front of the embassy".
    ("front", "of"): "outside",
}

# Nouns that only measure or group what their of-phrase names: "a series of attacks", "dozens of people".
TRANSPARENT_NOUNS = frozenset(
    """series number dozen dozens hundred hundreds thousand thousands million millions kind sort type form round wave package
    couple lot lots bit part parts list spate string range set batch group handful majority many most some several score scores
    ton tons tonne tonnes litre litres barrel barrels truckload truckloads planeload crate crates
    total piece bulk rest member members any all both half one two three four five six seven eight nine ten none each
    tranche tranches instalment instalments installment installments consignment consignments portion portions slice chunk
    chunks load loads shipload shiploads planeloads busload busloads
    act acts campaign pair trio remnant share amount level lack case cases volley barrage flurry""".split()
)

# Nouns of undertakings whose content is the noun before them: "a mediation effort", "the reform process".
UNDERTAKING_NOUNS = frozenset(
    "effort attempt bid process programme program campaign mission operation move step drive initiative round session"
    " activity".split()
)

# Transparent nouns that are parties themselves when people are meant: the of-phrase adds to them, it does not replace them.
PARTITIVE_OF_PEOPLE = frozenset(("group", "member", "members", "majority", "handful", "campaign"))

NEGATIONS = frozenset(("not", "n't", "never", "no", "neither", "nor", "n’t"))
# Particles that the parser takes for prepositions where the object follows: "voted down the bill".
PARTICLES = frozenset(("down", "off", "out", "up", "back", "away", "aside"))

NEGATIVE_PRONOUNS = frozenset(("nobody", "none", "neither", "nothing"))
FUTURE_AUXILIARIES = frozenset(("will", "shall", "'ll", "’ll", "wo"))
HYPOTHETICAL_AUXILIARIES = frozenset(("would", "could", "may", "might", "should", "must", "can", "ca", "'d", "’d"))
CONDITION_MARKS = frozenset(("if", "unless", "whether", "provided", "lest"))
