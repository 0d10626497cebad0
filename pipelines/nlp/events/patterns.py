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
    gunman bomber attacker assailant shooter sniper militant rebel insurgent terrorist extremist guerrilla jihadist militiaman
    knifeman hitman mob counterpart musician artist player athlete parent volunteer staff crew employee sector industry
    spouse fiancee fiance girlfriend boyfriend sibling uncle aunt nephew niece cousin grandmother grandfather grandson
    granddaughter widow widower friend colleague classmate comrade staffer somebody someone""".split()
)

# Who speaks for somebody is of whom he speaks for: "a spokesman for its embassy".
STANDS_FOR = frozenset("spokesman spokeswoman spokesperson".split())

# Words that cannot be a party's head whatever the parse says.
NEVER_PARTY = frozenset(
    "it this that which what there one something anything nothing everything thing fact way time year month week day".split()
)

# Determiners of what is told as one of its kind, not as a deed known: "a protest", "any attack".
INDEFINITE = frozenset("a an any no some".split())

# Determiners of what was spoken of before: "the protest".
DEFINITE = frozenset("the this that these those".split())

# Words that stand alone for persons where a verb says what is done to them: "All were released".
BARE_QUANTIFIERS = frozenset(
    "all both neither none few some many several most others another dozens hundreds thousands those".split()
)

PERSONAL_PRONOUNS = frozenset("he she they we i you him her them us me his their our my its it".split())

# Pronouns for people whom nobody names: "someone had raised an alarm", "those who refused".
INDEFINITE_PERSONS = frozenset(
    "someone somebody anyone anybody everyone everybody nobody others those many several some all both few most".split()
)
THIRD_PERSON = frozenset("he she they it him her them his their its himself herself themselves itself".split())
PLURAL_PRONOUNS = frozenset("they them their themselves".split())

# Classes of event_noun_classes.csv whose nouns are people.
PERSON_CLASSES = (
    "persons prisoners leaders officials peacekeepers inspectors diplomats evacuees migrants minorities police troops"
    " militia parties roles"
).split()

# Class of the nouns of bodies that state no sector: "the coalition rejected it".
BODY_NOUNS = "bodies"

# Class of the nouns for bodies that also tell an act or a quality: "immunity from prosecution".
QUALITY_NOUNS = "qualities"

# Class of the participles and adjectives that stand for persons behind an article: "the condemned".
PERSONS_BY_STATE = "condition"

# Modal verbs by which a speaker asks for what another should do: "the minister said the union must act".
OBLIGATION = frozenset(("must", "should", "ought", "need"))

# Auxiliaries by which someone says what he is going to do, and verbs of what no one decides to do.
WILL = frozenset(("will", "would", "wo", "shall", "'ll", "’ll", "'d", "’d"))
NO_DEEDS = frozenset(
    """be have know mean matter happen need like love seem appear remain become get work last affect cause lead end feel think
    believe see hear find lose forget succeed fail survive die exist occur change sit stand hesitate rest tire say tell comment
    confirm disclose reveal specify name identify elaborate""".split()
)

# Sectors that make an event political by themselves; the others do so with a country.
POLITICAL_SECTORS = frozenset("GOV MIL COP JUD LEG SPY PTY REB OPP UAF ELI REF IGO UNO EUR NGO ISM".split())

# Auxiliaries of a passive that tells what was done, not what is so: "was vetoed", "has been lifted", not "is disputed".
PAST_PASSIVE = frozenset(("was", "were", "been", "got"))

# Sectors of those who fight: in "the shelling of the army" they shell.
ARMED_SECTORS = frozenset("MIL REB UAF ISM COP CRM".split())

# Sectors whose nameless groups belong to the country of the scene.
LOCAL_SECTORS = frozenset("GOV MIL COP JUD LEG SPY PTY REB OPP UAF AGR CVL EDU ELI JRN LAB MED REL SOC CRM BUS".split())
# Of these the bodies and office holders of a state, and those who fight it: the country that a sentence names is theirs.
STATE_SECTORS = frozenset("GOV MIL COP JUD LEG SPY PTY REB OPP UAF".split())

# Texts that say what holds as a rule: what they forbid or allow in the present tense is no event.
RULE_NOUNS = frozenset(
    """law legislation rule regulation constitution statute code charter convention notice guideline provision article clause
    section bylaw doctrine custom protocol bill treaty contract licence license policy tradition religion etiquette
    rulebook""".split()
)

# What somebody is given or has the use of, which tells no use: "the power to detain civilians".
POWERS = frozenset("power authority ability means capacity licence license mandate prerogative competence".split())

# Verbs by which somebody makes use of a power: "exercised its authority to ban the party".
USING = frozenset("use exercise invoke exert employ wield".split())

# Of the rules those that nobody passes to do something to somebody: "the king was bound by a constitution", not "by a new law".
NO_ACTS = frozenset("constitution charter custom tradition religion doctrine etiquette convention rulebook".split())

# Who is meant in general: "those who attack police officers".
ANYONE = frozenset("those anyone anybody everyone everybody whoever someone somebody people whomever".split())

# Verbs over a deed that say it is somebody's way: "governments tend to arrest".
INCLINATIONS = frozenset("tend like love enjoy hate".split())

# What interviewers do: "asked whether he would sign, the minister laughed".
INTERVIEWING = frozenset("ask question press quiz pose probe query".split())

HABITUAL_ADVERBS = frozenset(
    "usually often typically generally always routinely regularly sometimes normally frequently traditionally rarely".split()
)

# Adverbs by which an adjective of readiness says the contrary: "ill prepared for the talks".
UNDOING = frozenset("ill badly poorly inadequately insufficiently".split())

# Prepositions and nouns that together are a conjunction.
CONNECTIVES = frozenset((("in", "order"), ("on", "condition"), ("in", "case"), ("in", "return"), ("in", "response")))

# Those that only say why somebody does what the verb says, unless it is "to be".
MANNERS = frozenset((("in", "protest"),))

# Words in front of a deed that somebody did something else for, left out, feared or came close to: "instead of arresting them".
PASSED_OVER = frozenset(
    (("instead", "of"), ("rather", "than"), ("short", "of"), ("lieu", "of"), ("close", "to"), ("verge", "of"))
    + (("brink", "of"), ("risk", "of"), ("fear", "of"), ("event", "of"))
)

# Adverbs by which a deed came close to being done.
ALMOST = frozenset("almost nearly".split())

# Conjunctions whose clause in the present tells what others wait for.
AWAITED = frozenset("until till once".split())
