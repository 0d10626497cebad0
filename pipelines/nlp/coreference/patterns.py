"""Word lists of coreference.

What belongs here: pronouns, heads of nominals and words of agreement. What does not: actor words with sectors, which are
CSV (`pipelines/lexicons/actor_nouns.csv`).
"""

from __future__ import annotations

MALE_PRONOUNS = frozenset({"he", "him", "his", "himself"})
FEMALE_PRONOUNS = frozenset({"she", "her", "hers", "herself"})
PLURAL_PRONOUNS = frozenset({"they", "them", "their", "theirs", "themselves"})
THING_PRONOUNS = frozenset({"it", "its", "itself"})

MALE_WORDS = frozenset(
    "mr mr. sir lord king prince emperor sultan emir sheikh shah pope father brother son husband uncle spokesman "
    "businessman chairman congressman bishop archbishop cardinal ayatollah mullah imam rabbi".split()
)
FEMALE_WORDS = frozenset(
    "mrs mrs. ms ms. miss madam madame dame lady queen princess empress mother sister daughter wife widow "
    "spokeswoman businesswoman chairwoman congresswoman nun".split()
)

# Nouns for an organisation named just before, with the sectors it may be of.
BODY_SECTORS: dict[str, frozenset[str]] = {
    word: frozenset(sectors.split())
    for words, sectors in (
        ("agency organisation organization", "UNO IGO NGO JRN SPY COP MED"),
        ("group movement militia faction", "REB UAF ISM NGO SOC OPP CRM PTY"),
        ("party", "PTY OPP"),
        ("company firm airline bank manufacturer lender carmaker automaker retailer", "BUS MNC"),
        ("newspaper daily broadcaster network magazine", "JRN"),
        ("court tribunal", "JUD"),
        ("parliament assembly legislature chamber", "LEG"),
        ("union federation", "LAB"),
        ("alliance bloc", "IGO EUR MIL"),
        ("ministry", "GOV"),
        ("charity", "NGO SOC"),
        ("university", "EDU"),
        ("cartel gang", "CRM"),
    )
    for word in words.split()
}

# Bodies of which a state has one: the same entity in every document.
UNIQUE_BODIES = frozenset(
    "government administration regime junta parliament army navy military police opposition cabinet judiciary leadership "
    "presidency monarchy electorate population authority".split()
)

# Heads that name a body or a thing rather than one person.
BODY_WORDS = frozenset(
    "government administration regime junta parliament army military police opposition company bank court cabinet "
    "ministry party group force navy militia union team congress senate council committee commission agency "
    "organisation organization movement delegation coalition alliance embassy church media press newspaper staff "
    "personnel leadership judiciary state authority authorities community population public crowd mob university "
    "hospital airline firm bloc faction network department office board body guard troop troops people clergy "
    "insurgency wing branch service family minority majority airlines television radio assembly legislature corps "
    "garrison brigade battalion regiment fleet federation association foundation institute institution centre "
    "center chamber convoy patrol unit cell camp mission panel tribunal jury prosecution monarchy presidency "
    "treasury consulate business industry electorate station village hamlet town suburb neighbourhood "
    "neighborhood marketplace mosque synagogue temple monastery school college daily magazine tabloid website "
    "outlet farm warship warplane jet bomber helicopter gunboat submarine destroyer frigate carrier tank "
    "artillery missile aircraft base drone campaign lobby charity league utility subsidiary startup cartel "
    "syndicate mafia clinic ambulance gang corporation commons house headquarters academy gendarmerie "
    "conglomerate brokerage lender multinational kindergarten kirk sect diocese congregation household elite "
    "society tribe regulator watchdog bureaucracy throne municipality directorate inspectorate politburo squad "
    "detachment contingent column hall front television".split()
)

STATE_HEADS = frozenset("republic kingdom sultanate emirate principality".split())  # also with a capital: "the Kingdom"
COUNTRY_HEADS = frozenset("country nation state".split()) | STATE_HEADS
COUNTRY_GROUP_HEADS = frozenset("countries nations states neighbours neighbors governments republics".split())
PERSON_GROUP_HEADS = frozenset(
    "leaders presidents ministers men officials diplomats premiers politicians statesmen rivals candidates "
    "generals women envoys negotiators monarchs chancellors".split()
)
SIDE_HEADS = frozenset("sides parties allies foes enemies rivals partners powers capitals".split())
# Heads that name people or bodies even where nothing tells whose they are; others ("alliance", "head") need a country or sector.
ANIMATE_HEADS = frozenset(
    "man woman person people group member supporter follower loyalist relative individual youth crowd organizer "
    "organiser participant veteran colleague counterpart rival opponent enemy source boy girl child".split()
)
PAIR_WORDS = {"both": 2, "two": 2, "three": 3, "four": 4}

# Words for the same office: "the dictator" may be called president elsewhere.
OFFICE_SYNONYMS = {
    word: group
    for group, words in {
        "head": "president leader dictator strongman ruler autocrat despot tyrant head incumbent caudillo statesman",
        "premier": "premier",
        "minister": "minister secretary",
        "envoy": "ambassador envoy diplomat emissary representative",
        "soldier": "general commander colonel admiral marshal officer",
        "rebel": "rebel guerrilla warlord insurgent militant",
        "lawmaker": "senator lawmaker congressman congresswoman deputy legislator parliamentarian",
        "cleric": "cleric ayatollah imam priest bishop archbishop cardinal pope pontiff rabbi mufti",
        "lawyer": "lawyer attorney barrister solicitor prosecutor",
        "speaker": "spokesman spokeswoman spokesperson",
        "monarch": "king queen monarch emir sultan emperor prince",
        "chief": "chairman chairwoman chairperson director chief executive boss",
    }.items()
    for word in words.split()
}
# "the prime minister" is a premier and no other minister.
PREMIER_TITLES = frozenset({"prime minister", "premier", "chancellor", "taoiseach"})

# Adjectives of a region, to the continents (GeoNames codes) a country of that kind lies on.
REGION_ADJECTIVES: dict[str, frozenset[str]] = {
    adjective: frozenset(continents.split())
    for continents, adjectives in {
        "SA": ("south american", "andean"),
        "SA NA": ("latin american",),
        "NA": ("north american", "central american", "caribbean"),
        "AF": ("african", "west african", "east african", "north african", "central african", "southern african"),
        "AS": (
            "asian",
            "southeast asian",
            "central asian",
            "south asian",
            "east asian",
            "gulf",
            "caucasus",
            "himalayan",
        ),
        "AS AF": ("middle eastern", "arab", "muslim"),
        "EU": ("european", "balkan", "baltic", "nordic", "scandinavian"),
        "OC": ("pacific",),
    }.items()
    for adjective in adjectives
}

# Articles that one spelling of a name joins with a hyphen and another does not: "al-Sayed", "Al Sayed".
ARTICLES_OF_NAMES = frozenset("al el ul ad as at ar an".split())

# British and American spellings of words in organisations' names.
_SPELLING_PAIRS = (
    ("organisation", "organization"), ("defence", "defense"), ("labour", "labor"), ("centre", "center"),
    ("programme", "program"), ("organisations", "organizations"), ("harbour", "harbor"),
)  # fmt: skip
SPELLINGS = dict(_SPELLING_PAIRS)

# Words after which a full name is that of another member of the family.
KIN_WORDS = frozenset("father son dad grandfather grandson namesake elder younger senior junior late".split())

# Last words of companies' names that the short form drops.
COMPANY_TAILS = frozenset(
    "corp corp. corporation inc inc. ltd ltd. limited plc llc co co. company ag sa s.a. nv n.v. bv gmbh kk ab asa "
    "oyj spa group holdings holding".split()
)
# Subjects of these verbs are no things a pronoun stands for: "it is clear that".
EXPLETIVE_LEMMAS = frozenset("be seem appear rain snow take remain become".split())

# A capital is a place, not its government, as the subject of these.
PLACE_VERBS = frozenset(
    "be have become remain lie stand host see experience suffer face celebrate wake brace grow look seem appear get sit "
    "feel sleep burn shake fall shut receive witness mark".split()
)
# Country of the place is passed on to these where the phrase names none.
LOCAL_SECTORS = frozenset("GOV MIL COP JUD LEG REB OPP PTY UAF SPY".split())
# To these only where the text says what country it happens in.
CIVIL_SECTORS = frozenset("CVL EDU LAB AGR MED SOC CRM ELI JRN REL".split())

# Words for people who are mostly of another country than the one they are in, or of several.
FOREIGN_WORDS = frozenset(
    "foreign foreigner international migrant immigrant refugee asylum expatriate expat tourist visitor traveller traveler "
    "peacekeeper mercenary observer inspector ambassador envoy diplomat ally partner neighbour neighbor passenger crew "
    "country nation state counterpart coalition world global western jihadist smuggler pilgrim investor regional "
    "neighbouring neighboring overseas".split()
)
# What is called foreign as it deals with other countries: a state's own ministry.
FOREIGN_OFFICES = frozenset("affairs minister ministry office secretary".split())
# Missions of one state in another.
MISSION_WORDS = frozenset("ambassador embassy consul consulate".split())
# Parts of a country, which are western or regional ones of it.
DISTRICT_WORDS = frozenset(
    "city cities town towns village villages province provinces district districts region regions suburb suburbs".split()
)
# A coalition of these is one of the place's parties.
HOME_POLITICS = frozenset("opposition ruling governing government".split())
# One of these is mostly the speaker's own: "state media", "the nation's courts"; several are other people's.
HOME_WORDS = frozenset("country nation state".split())
