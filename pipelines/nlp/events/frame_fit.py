"""Which of a predicate's frames fits a site: particle, object, actor and prepositional phrases as a frame asks for them.

What belongs here: testing frames against a site. What does not: sites, and where roles are read (`matcher.py`).

Forty of 41 frames do not fit. So what is known of a site is read once for all of its frames, and a frame is asked first what
costs least. These are functions, as an object that the matcher held and that held the matcher would keep its document until the
garbage collector came.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from pipelines.nlp.events.lexicon import Frame, PrepCondition
from pipelines.nlp.events.parties import PartyReader
from pipelines.nlp.parsed import Token

if TYPE_CHECKING:
    from pipelines.nlp.events.matcher import FrameMatcher, Site

_BESIDE_VERB = frozenset("advmod prep prt acomp intj".split())  # what a particle may be: "walked free", "said no"
_WHEN = frozenset(("DATE", "TIME"))
AS = "as"  # what somebody or something is called
_BODIES = frozenset(("ORG", "GPE", "LOC", "FAC", "EVENT"))


def first_fitting(matcher: FrameMatcher, site: Site, frames: tuple[Frame, ...]) -> Frame | None:
    """The first of a predicate's ranked frames that a site fits.

    Args:
        matcher: reads the roles of the document's sites.
        site: the predicate.
        frames: all frames of one lemma and part of speech.
    """
    obj = matcher.object_of(site)
    forms: set[str] | None = None
    asked: Iterable[Frame] = _of_particle(site, frames) if frames[0].pos == "verb" else frames
    words = matcher.words_of(site.token.sent)
    for frame in asked:
        if frame.words and frame.words.isdisjoint(words):
            continue
        if obj is None:
            if frame.objects or frame.object_party:
                continue
        elif frame.no_object:
            continue
        elif frame.objects:
            if forms is None:
                forms = matcher.forms_of_heads(obj)
            if frame.objects.isdisjoint(forms):
                continue
        if (
            (not frame.actors or _has_actor(matcher, site, frame))
            and (not frame.preps or _has_any_prep(matcher, site, frame))
            and (obj is None or not frame.object_party or _names_parties(matcher.parties, obj, frame))
        ):
            return frame
    return None


def _of_particle(site: Site, frames: tuple[Frame, ...]) -> Iterator[Frame]:
    """The frames of a verb that ask for the particle it has, and those that ask for none where none asks for that one."""
    verb, token = site.verb, site.token
    own = verb.particle if verb is not None else ""
    is_modifier = token.dep_ == "amod"  # "an alleged role"
    takes_none = not own or all(frame.particle != own for frame in frames)
    beside = {own} if own else {c.lower_ for c in token.children if c.dep_ in _BESIDE_VERB} if verb is not None else ()
    for frame in frames:
        if frame.particle in beside if frame.particle else takes_none and (frame.specificity or not is_modifier):
            yield frame


def _names_parties(parties: PartyReader, obj: Token, frame: Frame) -> bool:
    """Whether an object is a party, and one of persons where the frame asks for such."""
    if not any(p.is_party for p in parties.parties(obj)):
        return False
    return not frame.object_person or _is_person(parties, obj)


def _is_person(parties: PartyReader, obj: Token) -> bool:
    """Whether a phrase is itself persons or a people, not a body, a place or a thing that names persons."""
    if obj.pos_ != "PRON" and not parties.names_party(obj):
        return False
    named = [p for p in parties.parties(obj) if p.is_party]
    return any(p.mention is None or not p.mention.is_name or p.mention.label not in _BODIES for p in named)


def _has_actor(matcher: FrameMatcher, site: Site, frame: Frame) -> bool:
    for role in frame.actor:
        for token in matcher.role_tokens(site, role):
            if not frame.actors.isdisjoint(matcher.forms_of_heads(token)):
                return True
    return False


def _has_any_prep(matcher: FrameMatcher, site: Site, frame: Frame) -> bool:
    for condition in frame.preps:
        if condition.preposition == AS and not condition.heads.isdisjoint(matcher.words_quoted(site)):
            return True
        objects = matcher.role_tokens(site, condition.preposition)
        if objects and _is_filled(matcher, condition, objects, frame):
            return True
    return False


def _is_filled(matcher: FrameMatcher, condition: PrepCondition, objects: list[Token], frame: Frame) -> bool:
    """Whether some objects of a preposition are what a condition of a frame asks for."""
    if frame.event_type is not None and matcher.lexicon.traits_of(frame.event_type, frame.mode).way:
        objects = [o for o in objects if o.ent_type_ not in _WHEN]  # "arrived at noon" tells of no place
    if condition.is_party:
        return any(p.is_party for o in objects for p in matcher.parties.parties(o))
    if not condition.heads:
        return bool(objects)
    return any(matcher.heads_fit(o, condition.heads) for o in objects)
