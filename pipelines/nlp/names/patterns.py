"""Word lists of the name finder.

What belongs here: closed lists of words that begin, end or surround names. What does not: names themselves, which are CSV
in `pipelines/lexicons/`.
"""

from __future__ import annotations

# Labels of spaCy's model that are names; the others are times, numbers and quantities.
NAME_LABELS = frozenset("PERSON ORG GPE LOC FAC NORP EVENT PRODUCT WORK_OF_ART LAW LANGUAGE".split())

# Capitalised words that are no part of a name where they begin a sentence, and those that never are.
CALENDAR = frozenset(
    "monday tuesday wednesday thursday friday saturday sunday january february march april may june july august "
    "september october november december jan feb mar apr jun jul aug sep sept oct nov dec mon tue wed thu fri sat "
    "sun christmas easter ramadan gmt est pst cet utc edt bst a.m. p.m. am pm".split()
)
# Of these some are names of people too: "Jan Falk", "Theresa May".
CALENDAR_NAMES = frozenset({"jan", "may", "june", "april", "august"})
FUNCTION_WORDS = frozenset(
    "the a an this that these those he she it they we i you his her its their our my your him them us me who "
    "which what when where why how and or but nor so yet for in on at by to of from with without within into onto "
    "over under after before during since until till while as if than then there here no not only also even just "
    "still again both either neither all some any each every many much more most few several other another such "
    "same one two three four five six seven eight nine ten first second third last next new old former late "
    "meanwhile however moreover although though because despite amid among against between about above below up "
    "down out off through across around near along behind beside beyond like unlike according earlier later now "
    "today yesterday tomorrow is are was were be been being has have had do does did will would can could may "
    "might must shall should let yes well thus hence per via vs v. versus".split()
)
# Words that often stand capitalised in headlines, tables and titles and are no names by themselves.
COMMON_CAPITALISED = frozenset(
    "attendance scorers scorer halftime note result results standings tabulate tabulated played won lost drawn "
    "points goals women men group division round final semifinal semifinals quarterfinal leading summary scores "
    "sales net profit revenue shares total average latest previous forecast parent current year month week day "
    "prices price bid ask high low close volume index source editor newsroom desk telephone fax phone photo file "
    "copyright reserved rights story highlights headlines press digest diary update correction corrected refile "
    "adds recasts repeats eds attn byline contact copy mr mrs ms miss sir dame lord lady madam dr god internet "
    "e-mail email page chapter article section table figure part north south east west northern southern eastern "
    "western central".split()
)
COMPASS = frozenset(
    "north south east west northern southern eastern western central northeast northwest southeast southwest "
    "northeastern northwestern southeastern southwestern greater downtown upper lower inner outer mid".split()
)
# Faiths, with the key of the people who hold them.
RELIGIONS = {
    **dict.fromkeys("muslim muslims moslem moslems islamic islam islamist islamists".split(), "muslims"),
    **dict.fromkeys("christian christians christianity".split(), "christians"),
    **dict.fromkeys("catholic catholics roman".split(), "catholics"),
    **dict.fromkeys("protestant protestants".split(), "protestants"),
    **dict.fromkeys("jew jews jewish judaism".split(), "jews"),
    **dict.fromkeys("hindu hindus".split(), "hindus"),
    **dict.fromkeys("buddhist buddhists".split(), "buddhists"),
    **dict.fromkeys("shiite shiites shi'ite shi'ites shia shias".split(), "shiites"),
    **dict.fromkeys("sunni sunnis".split(), "sunnis"),
    **dict.fromkeys("sikh sikhs".split(), "sikhs"),
}
HONORIFICS = frozenset(
    "mr mr. mrs mrs. ms ms. miss sir dame lord lady dr dr. madam madame monsieur herr senor señor don".split()
)

# Towns and regions that are given names as well: with one more name, and nothing that says otherwise, a person.
PLACE_GIVEN_NAMES = frozenset(
    "florence vienna austin sydney paris victoria chelsea dakota virginia savannah charlotte madison brooklyn adelaide siena "
    "sienna cheyenne lourdes valencia geneva lincoln jackson orlando phoenix camden kingston preston bristol devon augusta "
    "aurora carson odessa montana lorraine holland medina olympia bethany alexandria verona dallas houston denver memphis "
    "trenton lancaster alberta raleigh clinton easton weston salem catalina avalon hamilton harrison nelson wellington "
    "washington jericho nazareth brittany carlisle stafford clifton winston sheffield lyon ravenna pia roma".split()
)

# Lower-case words inside names of people and organisations.
PARTICLES = frozenset(
    "de del della der den des du da dos das di do van von zu zur bin bint ibn ben al el la le las los y e ul ter "
    "ten af av".split()
)

# Words that open a sentence before the names of several people: "Brothers Tom and Ian Rae".
KIN_OPENERS = frozenset("brothers sisters twins cousins siblings".split())

# Last words of organisations' names ...
ORG_TAILS = frozenset(
    "corp corp. corporation inc inc. ltd ltd. limited plc llc co co. company companies ag sa s.a. nv n.v. bv gmbh "
    "kk ab asa oyj spa s.p.a. group holdings holding industries international technologies systems laboratories "
    "electronics motors motor airlines airways air bank bancorp banking financial securities insurance assurance "
    "partners associates trust fund funds capital investments investment petroleum oil gas energy steel chemical "
    "chemicals pharmaceuticals foods stores exchange telecom telecommunications communications networks media "
    "entertainment pictures studios records publishing press news times post herald tribune gazette journal "
    "chronicle telegraph guardian observer mail express daily mirror university college institute institution "
    "academy school hospital clinic museum library foundation society association federation league confederation "
    "union unions organization organisation alliance coalition front movement party council committee commission "
    "board agency authority bureau office service services administration department ministry secretariat "
    "assembly congress parliament senate court tribunal police guard army navy force forces command corps brigade "
    "battalion division regiment club fc f.c. cf sc afc united rovers athletic rangers wanderers albion hotspur "
    "county city town team cup orchestra band church synod brotherhood liberation chamber center centre network "
    "programme program project campaign initiative observatory watch embassy consulate cabinet jihad cartel".split()
)
# ... of which these end a place's name too, or the name of an event, and decide nothing alone.
WEAK_ORG_TAILS = frozenset(
    "city town county united air cup center centre project campaign division team school park times post mail "
    "express press oil gas energy steel capital international central program programme council office services "
    "news records watch band daily mirror network trust union front forces force command guard movement league".split()
)
# A demonym before these is no part of the name: "the Peruvian Interior Ministry".
PUBLIC_BODY_TAILS = frozenset(
    "ministry parliament government cabinet senate congress embassy consulate army navy police court assembly "
    "presidency guard force forces office council".split()
)
ORG_HEADS = frozenset(
    "university bank ministry department house church institute academy college school chamber board bureau "
    "office association federation union council committee commission court confederation society league party "
    "army front movement organization organisation museum duchy".split()
)

LOC_TAILS = frozenset(
    "river lake sea ocean bay gulf strait straits channel canal island islands isle peninsula cape mountain "
    "mountains mount hill hills valley desert forest coast beach harbour harbor province state district county "
    "region prefecture oblast republic territory territories city village town heights plains basin delta falls "
    "glacier reef archipelago airport street avenue road square boulevard bridge stadium arena park palace castle "
    "cathedral tower towers highway expressway port terminal camp base prison jail gardens garden crossing plaza "
    "zone corridor border pass ridge volcano".split()
)
FACILITY_TAILS = frozenset(
    "airport street avenue road square boulevard bridge stadium arena palace castle cathedral tower towers "
    "highway expressway terminal camp base prison jail plaza crossing park".split()
)
LOC_HEADS = frozenset("mount lake cape gulf bay port isle fort strait river sea".split())

EVENT_TAILS = frozenset(
    "cup open championship championships olympics games tournament prix classic masters trophy derby marathon "
    "tour series war revolution uprising conference summit festival prize award awards treaty accord accords "
    "agreement agreements convention act pact protocol declaration charter constitution plan operation bowl final "
    "finals grand slam massacre holocaust intifada day eve week year anniversary congress2 round doctrine crisis "
    "affair spring initiative2 law bill amendment report".split()
) - {"congress2", "initiative2"}

CERTAIN_EVENT_TAILS = frozenset(
    "cup open championship championships olympics games prix classic masters trophy derby marathon war prize "
    "award awards day treaty accord accords festival tournament bowl".split()
)

PERSON_TAILS = frozenset("jr jr. sr sr. ii iii iv".split())

SAYING_LEMMAS = frozenset(
    "say tell add ask reply state claim argue insist explain note declare announce warn deny admit acknowledge "
    "concede confirm believe think hope want vow pledge urge recall comment joke complain".split()
)
# What people do and bodies do not.
HUMAN_VERBS = frozenset(
    "resign retire marry bear die testify sit stand smile laugh wear fly travel arrive walk land pray weep graduate sleep "
    "drive sing dance swim run kneel wake bowl bat".split()
)
PERSON_VERBS = SAYING_LEMMAS | HUMAN_VERBS | frozenset({"score", "win", "shoot"})

# "the outskirts of X": X is a place.
PLACE_OWNERS = frozenset(
    "resident residents people inhabitants town city village province district region capital port outskirts streets north "
    "south east west northeast northwest southeast southwest mayor governor suburb suburbs island area centre center".split()
)
LOCATIVE_PREPOSITIONS = frozenset(
    "in at near from to outside inside around across through into toward towards throughout via".split()
)

# Acronyms and abbreviations in capitals that name nothing.
NO_ACRONYMS = frozenset(
    "GMT EST CEO CFO COO TV PC ID OK US$ USD DM FF PM AM BST CET PST RBI ERA HR AB MP MPs MVP II III IV VI VII "
    "VIII IX XI XII VAT GDP GNP CPI PPI IPO EPS P/E NA N/A HIV AIDS DNA SARS COVID MW KM KG LB OZ NO VS AKA RPM "
    "MPH UFO VIP FAQ ETA YR QTR MTH PCT BLN MLN TRLN EX INT FWD TEL FAX NET PRE DIV SHR REVS AVG SHRS I A".split()
)
MONEY_NOUNS = frozenset(
    "shares share stock bonds unit subsidiary plant profit profits sales earnings results rights".split()
)
SPORTS = {
    "soccer": "soccer", "football": "soccer", "cricket": "cricket", "tennis": "tennis", "golf": "golf", "baseball": "baseball",
    "basketball": "basketball", "hockey": "hockey", "rugby": "rugby", "cycling": "cycling", "athletics": "athletics",
    "boxing": "boxing", "swimming": "swimming", "skiing": "skiing", "motorcycling": "motorcycling", "badminton": "badminton",
    "volleyball": "volleyball", "handball": "handball", "nhl": "hockey", "nba": "basketball", "nfl": "football",
    "rallying": "rallying", "squash": "squash", "rowing": "rowing", "sailing": "sailing", "snooker": "snooker", "judo": "judo",
    "wrestling": "wrestling", "fencing": "fencing", "gymnastics": "gymnastics", "triathlon": "triathlon", "darts": "darts",
}  # fmt: skip
SPORT_WORDS = frozenset(
    "match matches championship innings wicket wickets inning goal goals striker midfielder defender goalkeeper "
    "coach league tournament quarterfinal semifinal halftime runs batsman bowler pitcher homer touchdown "
    "quarterback seeded set sets qualifier cup division standings referee medal lap laps race stadium fullback "
    "winger scored unbeaten umpire playoffs".split()
)
SPORT_VERBS = frozenset(
    "beat defeat win lose draw play face host thrash edge rout trounce crush down top blank score visit meet "
    "eliminate sign sell buy outplay hammer trail lead overcome upset".split()
)
