"""Which of a predicate's frames fits a site: particle, object, actor and prepositional phrases as a frame asks for them.

What belongs here: testing frames against a site. What does not: sites, and where roles are read (`matcher.py`).

Forty of 41 frames do not fit. So what is known of a site is read once for all of its frames, and a frame is asked first what
costs least.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from pipelines.nlp.events.lexicon import Frame, PrepCondition
from pipelines.nlp.parsed import Token

if TYPE_CHECKING:
    from pipelines.nlp.events.matcher import FrameMatcher, Site

_BESIDE_VERB = frozenset("advmod prep prt acomp intj".split())  # what a particle may be: "walked free", "said no"
_WHEN = frozenset(("DATE", "TIME"))
_BODIES = frozenset(("ORG", "GPE", "LOC", "FAC", "EVENT"))


class FrameFitter:
    """Tests frames against the sites of one Doc."""

    def __init__(self, matcher: FrameMatcher) -> None:
        """
        Args:
            matcher: reads the roles of the document's sites.
        """
        self.matcher = matcher
        self.parties = matcher.parties

    def first(self, site: Site, frames: tuple[Frame, ...]) -> Frame | None:
        """The first of a predicate's ranked frames that a site fits.

        Args:
            site: the predicate.
            frames: all frames of one lemma and part of speech.
        """
        obj = self.matcher.object_of(site)
        if frames[0].pos == "verb":
            return self._first(site, _of_particle(site, frames), obj)
        return self._first(site, frames, obj)

    def _first(self, site: Site, frames: Iterable[Frame], obj: Token | None) -> Frame | None:
        forms: set[str] | None = None
        for frame in frames:
            if obj is None:
                if frame.objects or frame.object_party:
                    continue
            elif frame.no_object:
                continue
            elif frame.objects:
                if forms is None:
                    forms = self.matcher.forms_of_heads(obj)
                if frame.objects.isdisjoint(forms):
                    continue
            if (
                (not frame.actors or self._has_actor(site, frame))
                and (not frame.preps or self._has_any_prep(site, frame))
                and (obj is None or not frame.object_party or self._names_parties(obj, frame))
            ):
                return frame
        return None

    def _names_parties(self, obj: Token, frame: Frame) -> bool:
        """Whether an object is a party, and one of persons where the frame asks for such."""
        if not any(p.is_party for p in self.parties.parties(obj)):
            return False
        return not frame.object_person or self._is_person(obj)

    def _is_person(self, obj: Token) -> bool:
        """Whether a phrase is itself persons or a people, not a body, a place or a thing that names persons."""
        if obj.pos_ != "PRON" and not self.parties.names_party(obj):
            return False
        parties = [p for p in self.parties.parties(obj) if p.is_party]
        return any(p.mention is None or not p.mention.is_name or p.mention.label not in _BODIES for p in parties)

    def _has_actor(self, site: Site, frame: Frame) -> bool:
        for role in frame.actor:
            for token in self.matcher.role_tokens(site, role):
                if not frame.actors.isdisjoint(self.matcher.forms_of_heads(token)):
                    return True
        return False

    def _has_any_prep(self, site: Site, frame: Frame) -> bool:
        for condition in frame.preps:
            objects = self.matcher.role_tokens(site, condition.preposition)
            if objects and self._is_filled(condition, objects, frame):
                return True
        return False

    def _is_filled(self, condition: PrepCondition, objects: list[Token], frame: Frame) -> bool:
        """Whether some objects of a preposition are what a condition of a frame asks for."""
        if frame.event_type is not None and self.matcher.lexicon.traits_of(frame.event_type, frame.mode).way:
            objects = [o for o in objects if o.ent_type_ not in _WHEN]  # "arrived at noon" tells of no place
        if condition.is_party:
            return any(p.is_party for o in objects for p in self.parties.parties(o))
        if not condition.heads:
            return bool(objects)
        return any(self.matcher.heads_fit(o, condition.heads) for o in objects)


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
