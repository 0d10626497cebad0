"""Evidence: what speaks for and against a candidate in a role, as named features; one function each.

What belongs here: the features. What does not: their weights (`lexicons/event_weights.csv`), choosing (`choice.py`).
A function returns the names of what it sees; a name that the weights do not know counts nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from pipelines.nlp.events.candidate_places import Candidate, Place
from pipelines.nlp.events.matcher import Site
from pipelines.nlp.events.party_phrase import PartyPhrase
from pipelines.nlp.events.paths import crossed, source_kind
from pipelines.nlp.parsed import Doc, Span

ACTOR, RECIPIENT, PARTICIPANT = "actor", "recipient", "participant"

# Prepositions that are told apart; all others count as one.
_KNOWN_PREPOSITIONS = frozenset(
    "by of with to for from in on against at over between among into about as after during near before through".split()
)
_OWN_RELATIONS = frozenset(("subj", "obj", "iobj", "poss", "adj"))
_OBJECTS = frozenset(("obj", "iobj"))
_OUTSIDE = frozenset(("below", "controlled", "inner.actor", "inner.recipient"))
_SCENE = frozenset(("in", "at", "near", "outside", "inside", "around", "across", "throughout", "off", "within"))
# Where somebody comes from, where the frame lists no such party: "flew in from Abidjan".
_WAYS = frozenset(("from", "via"))
_PART_OF_PLACE = frozenset(("conj", "appos", "compound", "nmod"))
_SECTOR_GROUPS = {
    **dict.fromkeys("GOV IGO UNO EUR".split(), "state"),
    **dict.fromkeys("MIL COP SPY".split(), "force"),
    **dict.fromkeys("JUD LEG".split(), "institution"),
    **dict.fromkeys("REB UAF ISM CRM".split(), "armed"),
    **dict.fromkeys("PTY OPP".split(), "party"),
    **dict.fromkeys("CVL REF EDU AGR MED REL ELI PRE SOC LAB NGO JRN".split(), "civil"),
    **dict.fromkeys("BUS MNC".split(), "business"),
}
_ATTENDED = frozenset(("during", "at", "in"))
_FAR = 12  # tokens
_FINITE = frozenset(("VBD", "VBP", "VBZ", "MD"))
# Keys of doc.user_data, asked for every draft: whether one sentence is the whole text, and which sentences have a finite verb.
_ALONE, _TELLS = "events_told_alone", "events_sentences_that_tell"


@dataclass(slots=True)
class Situation:
    """The event whose roles are filled."""

    doc: Doc
    site: Site
    event_type: str
    mode: str | None
    group: str  # kind of act, by which it is learned who can do or suffer it
    roles: dict[str, tuple[str, ...]]  # role name -> relations that the frame lists for it, the likeliest first
    is_composed: bool  # an operator made it
    is_alone: bool = False  # no other sentence of the document could name the parties
    vacant: frozenset[str] = frozenset()  # roles that no candidate fills by a relation that the frame lists
    subject: str = "none"  # what stands as the predicate's subject: party, thing or none
    # Asked for each candidate: the tokens of the sentence, and how the predicate stands.
    sentence: range = field(init=False)
    form: str = field(init=False)

    def __post_init__(self) -> None:
        sent = self.site.token.sent
        self.sentence = range(sent.start, sent.end)
        self.form = self._form()

    def _form(self) -> str:
        """Verb, passive, adj, noun, light, undergo or exist."""
        site = self.site
        if site.noun is not None:
            return {"actor": "light", "undergo": "undergo", "exist": "exist"}.get(site.support or "", "noun")
        if site.token.pos_ == "ADJ":
            return "adj"
        return "passive" if site.verb is not None and site.verb.is_passive else "verb"


def relation_class(place: Place) -> str:
    """A relation with rare prepositions joined and steps grouped."""
    relation = place.relation
    if relation.startswith("told."):
        return f"{relation}:{place.inner}"
    if relation.startswith("above."):
        return f"{relation}:{min(place.steps, 2)}"
    if relation == "below":
        return f"below:{min(place.steps, 3)}"
    if relation not in _OWN_RELATIONS and relation not in _OUTSIDE and relation not in _KNOWN_PREPOSITIONS:
        relation = "prep"
    if not place.inner:
        return relation
    inner = place.inner
    if inner not in ("poss", "adj", "thing", "first", "rest") and inner not in _KNOWN_PREPOSITIONS:
        inner = "prep"
    return f"{relation}>{inner}"


def named_by_frame(situation: Situation, role: str, place: Place) -> int | None:
    """How early the frame lists a place's relation for a role: 0 first; None where it does not."""
    listed = situation.roles.get(role, ())
    return listed.index(place.relation) if place.relation in listed else None


def stands_as_listed(situation: Situation, role: str, candidate: Candidate) -> bool:
    """Whether a candidate stands at a relation that the frame lists for a role."""
    listed = situation.roles.get(role, ())
    return bool([place for place in candidate.places if place.relation in listed])


def where_it_stands(situation: Situation, candidate: Candidate) -> list[str]:
    """Relation to the predicate, alone and with the predicate's form."""
    found: list[str] = []
    for place in candidate.places:
        name = relation_class(place)
        found += (f"at={name}", f"at={situation.form}:{name}")
        if situation.is_alone and name == "inner.recipient":
            found.append("alone:inner.recipient")  # a lone sentence names the other side elsewhere, or means no one
    return found


def what_the_frame_says(situation: Situation, candidate: Candidate, role: str) -> list[str]:
    """Whether the frame lists the candidate's relation for this role, for the other, or not at all."""
    found = []
    for place in candidate.places:
        rank = named_by_frame(situation, role, place)
        if rank is not None:
            kind = "inside" if place.inner and place.inner not in ("first", "rest") else "itself"
            found.append(f"frame={'first' if rank == 0 else 'later'}:{kind}")
    if not found:
        others = [r for r in situation.roles if r != role and stands_as_listed(situation, r, candidate)]
        found.append("frame=other" if others else "frame=silent")
    return found


def what_is_vacant(situation: Situation, candidate: Candidate, role: str) -> list[str]:
    """A role that nobody fills as the frame says is open to others; one whose place a thing or a party takes, hardly."""
    if role not in situation.vacant:
        if stands_as_listed(situation, role, candidate):
            return []
        return [f"taken:{kind_of(situation.doc, candidate.parties[0])}"]
    found = ["vacant"]
    for place in candidate.places:
        if place.relation not in situation.roles.get(role, ()):
            relation = relation_class(place).partition(">")[0]
            found.append(f"vacant:{relation}")
            if relation.startswith("above.subj"):
                found.append(f"vacant:{relation}:subject={situation.subject}")
    return found


def what_kind_it_is(situation: Situation, candidate: Candidate) -> list[str]:
    """Person, organisation, state, people, nominal, pronoun or place; with the kind of act."""
    kind = kind_of(situation.doc, candidate.parties[0])
    return [f"kind={kind}", f"kind={situation.group}:{kind}"]


def what_it_can_do(situation: Situation, candidate: Candidate) -> list[str]:
    """Its sector with the kind of act: courts convict, soldiers kill, civilians suffer."""
    sector = _SECTOR_GROUPS.get(candidate.parties[0].sector or "", "none")
    return [f"sector={situation.group}:{sector}"]


def which_type(situation: Situation, candidate: Candidate) -> list[str]:
    """The type, as some acts have both sides named, others seldom; and whether another sentence could name them."""
    found = [f"type={situation.event_type}", f"form={situation.form}"]
    if situation.is_composed:
        found.append("composed")
    if situation.is_alone:
        found.append("alone")
    return found


def whether_it_is_scene(situation: Situation, candidate: Candidate) -> list[str]:
    """A place in a phrase of place is where something happens, mostly no party to it."""
    party = candidate.parties[0]
    mention = party.mention
    if mention is None or mention.label not in ("GPE", "LOC", "FAC"):
        return []
    token = situation.doc[party.head]
    while token.dep_ in _PART_OF_PLACE:
        token = token.head
    if token.dep_ != "pobj":
        return []
    preposition = token.head.lower_
    is_way = (
        preposition in _WAYS
        and token.head.head.pos_ == "VERB"
        and not any(preposition in listed for listed in situation.roles.values())
    )
    if preposition not in _SCENE and not is_way:
        return []
    found = ["scene", f"scene:{situation.group}"]
    if situation.is_alone:
        found.append("alone:scene")  # nothing else could tell whose country it is done to
    return found


def how_far_it_is(situation: Situation, candidate: Candidate) -> list[str]:
    """Distance in tokens and the side, within the sentence."""
    head, here = candidate.head, situation.site.token.i
    if head not in situation.sentence:
        return ["outside_sentence"]
    if head < here:
        return ["before:far" if here - head > _FAR else "before:near"]
    return ["after:far" if head - here > _FAR else "after:near"]


def whether_it_attends(situation: Situation, candidate: Candidate) -> list[str]:
    """Who does something at an event that a noun names takes part in it: "he said during a meeting with the envoy"."""
    noun = situation.site.noun
    if noun is None or noun.dep_ != "pobj" or noun.head.lower_ not in _ATTENDED:
        return []
    attends = any(place.relation == "above.subj" and place.steps == 1 for place in candidate.places)
    return ["attends"] if attends else []


def how_it_is_reached(situation: Situation, candidate: Candidate, role: str) -> list[str]:
    """What lies between a party that is no argument and the predicate, and whether it is only who tells of the event."""
    listed = situation.roles.get(role, ())
    for place in candidate.places:
        if place.relation in _OWN_RELATIONS or place.relation in listed:
            return []
    head, site = situation.doc[candidate.head], situation.site.token
    if head.i not in situation.sentence:
        return []
    told_by = source_kind(head, site)
    found = [] if told_by is None else [told_by]
    arcs = [f"crosses={arc}" for arc in crossed(head, site)]
    if arcs and situation.is_alone:
        arcs.append("alone:crosses")  # each of a sentence's clauses has its own parties
    return found + arcs


@dataclass(slots=True)
class Seen:
    """What was seen of a candidate that is the same in every role: where it stands, and what it is."""

    where: list[str]
    what: list[str]


def seen_of(situation: Situation, candidate: Candidate) -> Seen:
    """What is to be seen of a candidate whatever its role.

    Args:
        situation: the event.
        candidate: the candidate.
    """
    return Seen(
        where_it_stands(situation, candidate),
        [
            *what_kind_it_is(situation, candidate),
            *what_it_can_do(situation, candidate),
            *which_type(situation, candidate),
            *whether_it_is_scene(situation, candidate),
            *how_far_it_is(situation, candidate),
            *whether_it_attends(situation, candidate),
        ],
    )


def evidence_for(situation: Situation, candidate: Candidate, role: str, seen: Seen | None = None) -> list[str]:
    """Everything seen of a candidate in a role, sorted by function.

    Args:
        situation: the event.
        candidate: the candidate.
        role: the role.
        seen: of the candidate in any role of the same event, where that is known.
    """
    seen = seen_of(situation, candidate) if seen is None else seen
    return [
        *seen.where,
        *what_the_frame_says(situation, candidate, role),
        *what_is_vacant(situation, candidate, role),
        *seen.what,
        *how_it_is_reached(situation, candidate, role),
    ]


def pair_evidence(doc: Doc, actor: Candidate, recipient: Candidate, *, is_own: bool) -> list[str]:
    """What the actor taken says of a recipient: its own people, its own country."""
    found = []
    if is_own:
        found.append("own")
    if len(actor.parties) > 1 and not _is_done_to(recipient):
        found.append("beside_several")  # "A and B signed": the other side may be among them
    countries = {p.country for p in actor.parties if p.country}
    others = {p.country for p in recipient.parties}
    if countries and others and others <= countries:
        found.append("same_country")
        if all(p.sector is None and kind_of(doc, p) == "state" for p in recipient.parties):
            found.append("same_country:state")
        if all(p.sector is None and kind_of(doc, p) == "state" for p in actor.parties):
            found.append("same_country:actor_state")
    return found


def _is_done_to(candidate: Candidate) -> bool:
    """Whether a party is itself the object of the verb: "A and B condemned C"."""
    return any(place.relation in _OBJECTS and not place.inner for place in candidate.places)


def stands_alone(sent: Span) -> bool:
    """Whether no other sentence of the document has a finite verb: a dateline or a stray mark beside one tells nothing."""
    doc = sent.doc
    alone = doc.user_data.get(_ALONE)
    if alone is None:
        told = (s for s in doc.sents if any(t.tag_ in _FINITE for t in s))
        alone = doc.user_data[_ALONE] = next(told, None) is None or next(told, None) is None
    if not alone or len(sent) == len(doc):
        return bool(alone)
    told_here: dict[int, bool] = doc.user_data.setdefault(_TELLS, {})
    if sent.start not in told_here:
        told_here[sent.start] = any(t.tag_ in _FINITE for t in sent)
    return told_here[sent.start]


def kind_of(doc: Doc, party: PartyPhrase) -> str:
    """person, organisation, state, people, place, nominal, pronoun or thing."""
    if doc[party.head].pos_ == "PRON":
        return "pronoun"
    mention = party.mention
    if mention is None or not mention.is_name:
        return "nominal" if party.is_party and (party.sector or mention is not None) else "plain"
    return {"PERSON": "person", "ORG": "organisation", "GPE": "state", "NORP": "people"}.get(mention.label, "place")
