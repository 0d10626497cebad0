"""Roles: what a type of event and the frame of its predicate say of who stands where, and the choice made by it.

What belongs here: making a `Situation` of a frame or an operator, and asking for a choice. What does not: the candidates
(`candidates.py`), the evidence (`evidence.py`), the choice itself (`choice.py`).
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from pipelines.immutable import dataclass
from pipelines.nlp.clauses.phrases import coordinated
from pipelines.nlp.events.candidates import CandidateReader
from pipelines.nlp.events.choice import ArgumentChooser, Choice
from pipelines.nlp.events.evidence import ACTOR, PARTICIPANT, RECIPIENT, Situation, stands_alone
from pipelines.nlp.events.lexicon import Frame, read_rows
from pipelines.nlp.events.matcher import ACTOR as SUPPORTED
from pipelines.nlp.events.matcher import UNDERGO, Site
from pipelines.nlp.events.party_phrase import PartyPhrase
from pipelines.nlp.events.themes import ThemeReader
from pipelines.nlp.parsed import Token

_TOWARDS = frozenset(("to", "into", "towards", "toward"))
_PAIRING = frozenset(("between", "among"))
# Where an operator's own parties stand, the likeliest first: "urged Iran to", "called on Iran to", "demanded of Iran".
_SPEAKER_RELATIONS = ("subj", "by", "poss", "from", "adj")
_ADDRESSEE_RELATIONS = ("iobj", "obj", "on", "upon", "to", "with", "from", "of", "against")


@dataclass(frozen=True, slots=True)
class RoleRule:
    """What a type says of its roles; see `lexicons/event_roles.csv`."""

    group: str
    is_together: bool
    is_reciprocal: bool
    owns_object: bool
    tells_of: bool
    is_disasters: bool
    counts: frozenset[str]
    no_event_with: frozenset[str]


@cache
def load_role_rules() -> dict[tuple[str, str], RoleRule]:
    """Rules by type and mode; mode "" holds for all modes without a row.

    Raises:
        LexiconError: the file is missing or a row is malformed.
    """
    return {
        (row["event_type"], row["event_mode"]): RoleRule(
            group=row["group"],
            is_together=row["roles"] == "together",
            is_reciprocal=row["reciprocal"] == "true",
            owns_object=row["own_object"] == "true",
            tells_of=row["told_of"] == "true",
            is_disasters=row["disaster"] == "true",
            counts=frozenset(filter(None, row["counts"].split("|"))),
            no_event_with=frozenset(filter(None, row["no_event_with"].split("|"))),
        )
        for _, row in read_rows("event_roles.csv")
    }


def role_rule(event_type: str, mode: str | None) -> RoleRule:
    """The rule of a type in a mode."""
    rules = load_role_rules()
    return rules.get((event_type, mode or "-")) or rules[event_type, ""]


class RoleFiller:
    """Fills the roles of one Doc's events."""

    def __init__(self, reader: CandidateReader, chooser: ArgumentChooser, themes: ThemeReader) -> None:
        self.reader = reader
        self.themes = themes
        self.chooser = chooser

    def by_frame(self, site: Site, frame: Frame, mode: str | None, event_type: str) -> Choice:
        """Who fills the roles that a frame lists at its site."""
        actor, recipient = frame.actor, frame.recipient
        if site.noun is not None and site.support == SUPPORTED and "subj" not in actor:
            actor = ("subj", *actor)
        if site.noun is not None and site.support == UNDERGO:
            recipient = ("obj", *(r for r in recipient if r != "obj"))
        if site.noun is None and "iobj" not in recipient:
            recipient = ("iobj", *recipient)
        actor, recipient = self._possessors(site, actor, recipient)
        # "reinforced the alliance": the object that the frame asks for is part of the predicate, not whom it is done to
        asked = bool(frame.objects) and "obj" not in (*frame.actor, *frame.recipient)
        part = self.reader.matcher.object_of(site) if asked else None
        return self._fill(site, actor, recipient, event_type, mode, part=part)

    def _possessors(
        self, site: Site, actor: tuple[str, ...], recipient: tuple[str, ...]
    ) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Whom the possessor of a deed done to persons plays: who acts in "Iran's arrest of the editor", else who suffers it."""
        if "poss" not in actor or "poss" not in recipient:
            return actor, recipient
        matcher = self.reader.matcher
        acts = any(self.reader.parties.is_party(t) for t in matcher.role_tokens(site, "of"))
        acts = acts or any(self.reader.is_body(t) for t in matcher.role_tokens(site, "poss"))
        if acts:
            return actor, tuple(r for r in recipient if r != "poss")
        return tuple(r for r in actor if r != "poss"), recipient

    def by_operator(
        self,
        site: Site,
        event_type: str,
        mode: str | None,
        *,
        inner: tuple[list[PartyPhrase], list[PartyPhrase]] | None = None,
        is_controlled: bool = False,
    ) -> Choice:
        """Who utters or does what an operator says, and to whom.

        Args:
            site: the operator.
            event_type: what it makes of the event it governs.
            mode: the mode of that.
            inner: actors and recipients of the event it governs.
            is_controlled: who is to act in that event is whom the operator is addressed to: "called for the sides to stop".
        """
        recipient = (*_ADDRESSEE_RELATIONS, "controlled", "inner.actor", "inner.recipient")
        return self._fill(site, _SPEAKER_RELATIONS, recipient, event_type, mode, inner, is_controlled=is_controlled)

    def _fill(
        self,
        site: Site,
        actor: Iterable[str],
        recipient: Iterable[str],
        event_type: str,
        mode: str | None,
        inner: tuple[list[PartyPhrase], list[PartyPhrase]] | None = None,
        *,
        is_controlled: bool = False,
        part: Token | None = None,
    ) -> Choice:
        rule = role_rule(event_type, mode)
        actor, recipient = tuple(actor), tuple(recipient)
        if rule.owns_object:
            recipient = tuple(r for r in recipient if r != "obj")
            actor = (*actor, "obj", "of")
        pairing = tuple(r for r in (*actor, *recipient) if r in _PAIRING)
        roles: dict[str, tuple[str, ...]]
        if rule.is_together:
            roles = {PARTICIPANT: tuple(dict.fromkeys((*actor, *recipient, "with")))}
        else:
            roles = {
                ACTOR: tuple(dict.fromkeys((*actor, *pairing))),
                RECIPIENT: tuple(dict.fromkeys((*recipient, *pairing))),
            }
        listed = [name for names in roles.values() for name in names]
        candidates = self.reader.collect(site, listed, event_type, inner=inner, is_controlled=is_controlled)
        parts = {token.i for token in coordinated(part)} if part is not None else set()
        if not rule.owns_object:
            candidates = [c for c in candidates if c.head not in parts or c.is_named]
            parts = set()
        candidates = [c for c in candidates if not self.reader.is_on_air(c, listed)]
        for candidate in candidates:
            first = candidate.parties[0]
            candidate.may_act = not self.themes.is_no_party(first, acts=True)
            # "troops were sent" by nobody named: they act, and are nobody's victims
            candidate.may_suffer = candidate.head not in parts and not self.themes.is_no_party(first, acts=False)
            if "from" in recipient and "to" not in recipient and self._is_destination(first, site):
                candidate.may_suffer = False
        doc = self.reader.parties.doc
        is_alone = stands_alone(site.token.sent)
        situation = Situation(doc, site, event_type, mode, rule.group, roles, inner is not None, is_alone)
        return self.chooser.choose(situation, candidates)

    def _is_destination(self, party: PartyPhrase, site: Site) -> bool:
        """Whether a party is the place that somebody goes to: "fled to Lomé and later to Lusaka"."""
        mention, token = party.mention, self.reader.parties.doc[party.head]
        if mention is None or mention.label not in ("GPE", "LOC", "FAC"):
            return False
        while token.dep_ in ("conj", "compound", "nmod", "appos"):
            token = token.head
        preposition = token.head
        while token.dep_ == "pobj" and preposition.dep_ == "conj":
            preposition = preposition.head
        return token.dep_ == "pobj" and token.head.lower_ in _TOWARDS and preposition.head.i == site.top.i
