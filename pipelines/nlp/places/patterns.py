"""Word lists and expressions of the places component; no logic.

Lists an analyst may extend are lexicons (`pipelines/lexicons/places_*.csv`).
"""

from __future__ import annotations

import re

KINDS = (
    "country",
    "admin1",
    "admin2",
    "city",
    "continent",
    "region",
    "water",
    "relief",
    "island",
    "historic",
    "landmark",
)

# Letters that Unicode does not decompose.
FOLDED_LETTERS = str.maketrans(
    {"ł": "l", "Ł": "L", "ø": "o", "Ø": "O", "đ": "d", "Đ": "D", "ı": "i", "ß": "ss", "æ": "ae", "Æ": "Ae", "œ": "oe"}
    | dict.fromkeys("’‘ʻʼ`´", "'")
)
EXPANSIONS = {"st": "saint", "ste": "sainte", "ft": "fort", "mt": "mount"}

_ADMIN = (
    "county", "parish", "province", "state", "region", "district", "governorate", "prefecture", "oblast",
    "regency", "municipality", "canton", "krai", "voivodeship", "emirate", "borough",
)  # fmt: skip
ADMIN_WORDS = frozenset(_ADMIN)
# Regions whose name without its kind is too general to stand for them ("Pacific County", "Red River County").
GENERAL_NAMES = re.compile(
    r"(?:.* )?(?:River|Lake|Bay|Island|Creek|Valley|Beach|Park|City|Sea|Pacific|Atlantic|Prince)", re.IGNORECASE
)
ADMIN_SUFFIXES = re.compile(rf" (?:{'|'.join(_ADMIN)}|department|territory|Respublika|oblast'|kray)$", re.IGNORECASE)
ADMIN_KINDS = frozenset({"admin1", "admin2"})
CITY_KINDS = frozenset({"city"})
# "Republic of Lakewood" is no town's: a state that no gazetteer has, where it has none of these.
STATE_KINDS = frozenset({"country", "admin1", "historic", "region", "island"})
COUNTY_WORDS = frozenset(
    {"county", "parish", "province", "township", "prefecture", "governorate", "oblast", "voivodeship"}
)
SETTLEMENT_WORDS = frozenset({"city", "town", "village", "suburb", "port", "hamlet", "township"})

DIRECTIONS = frozenset(
    "north south east west northern southern eastern western central northeast northwest southeast southwest northeastern "
    "northwestern southeastern southwestern upper lower inner outer greater downtown midtown uptown mid".split()
)
CONNECTORS = frozenset(
    "of the and de del la las los le les el al du des da do di y sur upon on am an der den au aux en e es".split()
)

ELISIONS = frozenset(("d'", "d’", "l'", "l’"))
POSSESSIVES = frozenset(("'s", "’s"))
NAME_JOINTS = frozenset(("-", "'", "’", "/", "'s", "’s"))
LIST_JOINTS = frozenset(
    ((",",), ("and",), ("or",), (",", "and"), (",", "or"), ("&",), (";",), (",", "the"), ("and", "the"))
)
CLOSING_TAGS = frozenset("PUNCT ADP CCONJ SCONJ ADV PRON SYM".split())  # of the word after "Paris, Texas"
NOUN_TAGS = frozenset(("NOUN", "PROPN", "ADJ"))
DASHES = frozenset(("-", "–", "—", "--"))
BREAKS = frozenset((",", ".", ";", ":", "(", "-", "–", "—", "'s", "’s"))  # a name that goes on after one is two names

# Words that are names of small towns somewhere and of nearly everything else in English text.
NEVER_PLACES = frozenset(
    """
    january february march april may june july august september october november december monday tuesday wednesday
    thursday friday saturday sunday christmas easter thanksgiving spring summer autumn winter day time god lord jesus
    christ bible one two three four five six seven eight nine ten eleven twelve first second third more most many much
    less few over best police officer sheriff mayor governor president secretary minister premier chancellor senator
    leader chief judge king queen prince princess pope bishop vice deputy general colonel major captain sergeant
    lieutenant professor doctor coach university college school academy institute hospital clinic center centre church
    temple mosque chapel library museum zoo airport station bank court courthouse jail prison house hall hotel park
    garden gardens market mall plaza store farm farms council committee commission board bureau agency department
    ministry office authority district administration region division section unit union federation association league
    club society corporation company group party congress parliament senate assembly army navy force guard legion
    patrol post street avenue road drive lane highway boulevard parkway place square trail bridge creek river lake
    lakes bay island valley hill hills mountain mount ridge forest woods beach field springs reservoir county parish
    state city town village country nation federal national international metro rural urban industry mining media
    power drug medical health hurricane storm star sun moon earth world war peace olympic olympics cup english spanish
    french german canadian american mad hot free golden mission soul delta magnet enterprise homestead facebook google
    twitter honda ford dodge lincoln mercury nato aids commerce export treasury labor labour defense defence energy
    interior agriculture transport education trade finance home coca justice law beer parks rivers naval honey coast
    noble mound republic emerald gateway do as on to of is we us it an and al el
    """.split()
)

# Nouns of public bodies that a place's name begins: the place is named, too ("Tulsa Police Department").
PUBLIC_BODY_WORDS = frozenset(
    """
    police sheriff county parish city council fire department health hospital school schools district court courthouse
    jail ministry agency authority centers centre center bureau army navy force airport embassy consulate government
    parliament senate legislature congress house patrol guard commission board chamber library municipal township town
    office services service utilities volunteer medical administration institutes national federal supreme circuit
    superior attorney prosecutor coroner mayor environmental public highway state division
    """.split()
)
BODY_HEADS = frozenset("the city of town village county state commonwealth a an".split())
# Names of firms, media, teams and universities: not where things are.
PRIVATE_BODY_WORDS = frozenset(
    """
    university college institute times post herald news journal star daily tribune gazette chronicle register
    telegraph guardian press radio television tv broadcasting magazine review inc corp corporation company ltd llc plc
    co group bank airlines airways motors united fc rovers wanderers athletic telecom fried bell insurance records
    pictures
    """.split()
)
# After a place's name, words that say of what kind it is or what is in it.
KIND_WORDS = COUNTY_WORDS | SETTLEMENT_WORDS | PUBLIC_BODY_WORDS | ADMIN_WORDS | DIRECTIONS
STREET_WORDS = frozenset(
    """
    street st st. avenue ave ave. road rd rd. drive dr dr. lane ln ln. boulevard blvd blvd. highway hwy hwy. parkway
    pkwy pkwy. court ct ct. circle square way terrace trail pike turnpike expressway freeway route plaza alley bridge
    """.split()
)
# After a name: a river, lake, hill or park of that name, which is another place.
FEATURE_WORDS = frozenset(
    """
    river lake creek bay beach island islands mountain mountains valley forest park hills canyon peninsula strait
    plateau dam
    """.split()
)
PERSON_TITLES = frozenset(
    """
    mr mr. mrs mrs. ms ms. miss dr dr. prof prof. sen sen. rep rep. gov gov. sgt sgt. lt lt. capt capt. col col. gen
    gen. maj maj. cpl cpl. pvt pvt. cmdr cmdr. adm adm. rev rev. fr fr. sir lady lord dame judge justice detective det
    det. officer sheriff deputy president senator congressman congresswoman representative secretary minister
    chancellor premier king queen prince princess pope coach professor doctor father brother sister saint captain
    sergeant lieutenant colonel general major corporal commander admiral
    """.split()
)
# Titles that go before people alone, whatever the model says of the name.
COURTESY_TITLES = frozenset("mr mr. mrs mrs. ms ms. miss sgt sgt. lt lt. capt capt. sen sen. rep rep.".split())
STRONG_PREPOSITIONS = frozenset(
    "in near outside around across throughout inside within toward towards via at into".split()
)
NO_PERSONS = frozenset(("in", "near", "outside"))  # of these, what hardly ever stands before a person
WEAK_PREPOSITIONS = frozenset("from to of for between through over off visiting leaving".split())
# After a name: people and things that are of a place.
LOCAL_NOUNS = frozenset(
    """
    resident residents native natives man woman men women teenager teen couple police authorities officials
    firefighters voters crews suburb suburbs neighborhood neighbourhood area areas region regions province provinces
    county state states border district districts camp camps town village island city home homes restaurant office
    plant campus headquarters mayor council farm farms mine laboratory
    """.split()
)
PLURAL_ADMIN = frozenset("counties districts provinces townships parishes prefectures governorates".split())
# Before a name, with or without "of": what kind of place it is.
PLACE_NOUNS = (
    frozenset(
        """
    island community area suburb outskirts coast capital slum resort outpost neighborhood neighbourhood parts part
    streets mayor governor resident residents people border shores region
    """.split()
    )
    | SETTLEMENT_WORDS
    | ADMIN_WORDS
)
PARTIES = frozenset("D R I DFL GOP Dem Rep".split())  # "Ann Lee (D-Ohio)"
# After a name: what is called after a place and is elsewhere.
EPONYMS = frozenset("virus ebolavirus strain flu fever hemorrhagic haemorrhagic syndrome disease crude crudes".split())
# After a name that the model takes for a person: bodies that only places have.
LOCAL_BODIES = frozenset("police sheriff fire county city volunteer".split())
SCHOOL_WORDS = frozenset("elementary middle high school primary".split())
PERSON_VERBS = frozenset("said says told added asked argued explained recalled laughed replied".split())

# Words that tell in which country a text is at home, where it names none.
COUNTRY_CUES = {
    "USA": frozenset(
        """
        $ sheriff sheriffs deputies county counties grader graders freshman sophomore township fbi gop republican
        democrat democratic congressman medicaid interstate ave ave. blvd blvd. sgt sgt. councilman selectman downtown
        baseball
        """.split()
    ),
    "GBR": frozenset("£ councillor councillors mp mps constabulary pub motorway nhs tory borough".split()),
    "CAN": frozenset("rcmp mountie mounties mla mlas".split()),
    "IND": frozenset("crore lakh lakhs panchayat tehsil".split()),
    "IRL": frozenset("gardaí gardai garda taoiseach".split()),
}
