"""Themes: what an event is about, or is done to or with, where that is no party.

What belongs here: telling parties from things when a draft is finished, and the phrase that becomes the theme. What does
not: who plays which role (`choice.py`); the nouns themselves (`pipelines/lexicons/thing_nouns.csv`).
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from pipelines.errors import LexiconError
from pipelines.nlp.annotations import MentionSpan
from pipelines.nlp.clauses.patterns import TRANSPARENT_NOUNS
from pipelines.nlp.clauses.phrases import head_forms, lemma_of, phrase_preps
from pipelines.nlp.events.drafts import Draft
from pipelines.nlp.events.lexicon import read_rows
from pipelines.nlp.events.matcher import FrameMatcher
from pipelines.nlp.events.parties import PartyReader
from pipelines.nlp.events.party_phrase import PartyPhrase, merge_parties
from pipelines.nlp.events.patterns import PARTY_LABELS
from pipelines.nlp.parsed import Doc, Token
from pipelines.records import Theme

_NEVER = frozenset(("document", "deed", "occasion", "means", "matter"))
_NOT_ACTED_ON = frozenset(("facility", "building", "terrain", "vessel"))
_ENDS_NO_NAME = frozenset(("deed", "matter", "building"))  # "Homeland Security", "City Hall" are parties
_FIRST = "first"
_NAMED_THINGS = frozenset(("ORG", "LOC", "FAC", "GPE"))  # labels that the model also gives to what is no party
_BODIES = frozenset("GOV LEG JUD COP MIL".split())
_PEOPLE = frozenset(("PERSON", "NORP"))
# Prepositions by which a clause says what it is about or what was used, the likeliest first.
_TOPIC_ROLES = ("about", "over", "regarding", "concerning", "on", "against", "to", "for", "with", "of")


@cache
def load_thing_nouns() -> dict[str, frozenset[str]]:
    """Classes of each noun of `thing_nouns.csv`.

    Raises:
        LexiconError: a row names a class that there is not.
    """
    classes = _NEVER | _NOT_ACTED_ON | {_FIRST}
    found: dict[str, set[str]] = {}
    for number, row in read_rows("thing_nouns.csv"):
        if row["class"] not in classes:
            raise LexiconError(f"thing_nouns.csv, line {number}: there is no class {row['class']!r}")
        found.setdefault(row["lemma"], set()).add(row["class"])
    return {lemma: frozenset(names) for lemma, names in found.items()}


class ThemeReader:
    """Tells the parties of one Doc's finished drafts from things."""

    def __init__(self, doc: Doc, matcher: FrameMatcher, parties: PartyReader) -> None:
        """
        Args:
            doc: the document.
            matcher: reads the arguments of a site.
            parties: reader of the document's parties.
        """
        self.doc = doc
        self.matcher = matcher
        self.parties = parties
        self._nouns = load_thing_nouns()
        self._known_classes: dict[tuple[int, int], frozenset[str]] = {}  # by head and mention of a phrase

    def settle(self, draft: Draft) -> None:
        """Leave a draft with parties only, and with the thing that it is done to as its theme."""
        things = [p for p in draft.recipients if self._is_thing(p, acts=False)]
        draft.has_subject = bool(draft.actors)
        draft.actors = self._parties_of(draft.actors, acts=True)
        draft.recipients = self._parties_of(draft.recipients, acts=False)
        draft.theme = next(iter(things), None) or draft.theme

    def add_theme(self, draft: Draft) -> None:
        """Give a settled draft without a theme the thing that its predicate names."""
        draft.theme = draft.theme or self._told_theme(draft)

    def is_no_party(self, phrase: PartyPhrase, *, acts: bool) -> bool:
        """Whether a phrase names a thing that is nobody's, as a subject (`acts`) or as someone acted on."""
        return self._is_thing(phrase, acts=acts) and not self._owners(phrase, acts=acts)

    def record(self, theme: PartyPhrase, text: str) -> Theme:
        """The row of a theme; `text` is the document's canonical text."""
        start, last = self.doc[theme.start].idx, self.doc[theme.end - 1]
        end = last.idx + len(last)
        return Theme(text[start:end], start, end)

    def _parties_of(self, phrases: list[PartyPhrase], *, acts: bool) -> list[PartyPhrase]:
        """The parties among phrases; for a thing whose it is ("Norway's refusal", "a Greek tanker")."""
        kept: list[PartyPhrase] = []
        for phrase in phrases:
            found = self._owners(phrase, acts=acts) if self._is_thing(phrase, acts=acts) else [phrase]
            kept = merge_parties(kept, found)
        return kept

    def _owners(self, phrase: PartyPhrase, *, acts: bool) -> list[PartyPhrase]:
        """Whose a thing is: parties that its phrase names before the head, who made, fired or did it, whom it comes from."""
        head = self.doc[phrase.head]
        found = self.parties.adjectival(head)
        preps = phrase_preps(head) if acts else {}
        agents = [token for name in ("by", "from", "between") for token in preps.get(name, ())]
        for child in head.lefts:
            if child.dep_ == "poss" and child.pos_ != "PRON" or self._is_body(child):
                agents.append(child)
        for child in head.rights:
            if child.dep_ == "acl" and child.tag_ in ("VBN", "VBD"):
                agent = self.parties.clauses.predicate(child).subject
                agents += [agent] if agent is not None and agent.i != head.i else []
            elif child.dep_ == "appos":
                agents.append(child)
        for token in agents:
            found = merge_parties(found, [p for p in self.parties.parties(token) if p.is_party])
        name = phrase.mention if phrase.mention is not None and phrase.mention.is_name else None
        if name is not None:  # whoever stands in a bridge's name does not own it
            found = [p for p in found if p.end <= name.start or name.end <= p.start]
        return [p for p in found if not self._is_thing(p, acts=True)]

    def _is_body(self, token: Token) -> bool:
        """The council of "a council decision": a noun for a political body before another noun."""
        if token.dep_ != "compound" or token.pos_ not in ("NOUN", "PROPN"):
            return False
        return self.parties.describer.describe_text(token.text).sector in _BODIES

    def _is_thing(self, phrase: PartyPhrase, *, acts: bool) -> bool:
        """Whether a phrase names no party, as a subject (`acts`) or as someone acted on."""
        classes = self._classes(phrase)
        if classes & _NEVER:
            return True
        if not acts and classes & _NOT_ACTED_ON:
            return phrase.sector is None  # "an army base", "a police station": those in it suffer
        if phrase.is_party:
            return False
        # A name that nothing labelled is a party where its last word is no noun for things.
        return bool(classes) or self.doc[phrase.head].pos_ != "PROPN"

    def _classes(self, phrase: PartyPhrase) -> frozenset[str]:
        """Classes of the noun that heads a phrase; of a name, of its last word, or of its first ("Operation Dawn")."""
        key = (phrase.head, id(phrase.mention))
        known = self._known_classes.get(key)
        if known is None:
            known = self._known_classes[key] = self._find_classes(phrase)
        return known

    def _find_classes(self, phrase: PartyPhrase) -> frozenset[str]:
        head = self.doc[phrase.head]
        mention = phrase.mention
        if mention is not None and mention.label in _PEOPLE:
            return frozenset()
        if mention is not None and mention.is_name and mention.start <= phrase.head < mention.end:
            return self._classes_of_name(mention)
        if head.pos_ == "PRON":
            return frozenset()
        if lemma_of(head) in TRANSPARENT_NOUNS:  # "a group of motorcycles"
            head = next(iter(phrase_preps(head).get("of", ())), head)
        forms = sorted(head_forms(head), key=len, reverse=True)
        return next((self._nouns[form] for form in forms if form in self._nouns), frozenset()) - {_FIRST}

    def _classes_of_name(self, mention: MentionSpan) -> frozenset[str]:
        if mention.label not in _NAMED_THINGS or mention.country is not None and mention.label == "GPE":
            return frozenset()
        words = [t for t in self.doc[mention.start : mention.end] if not t.is_punct]
        if words and words[0].dep_ == "det":
            words = words[1:]
        if len(words) < 2:
            return frozenset()  # one word is a name of something else: "the Post", "Summit"
        first = self._nouns.get(words[0].lower_, frozenset())
        if _FIRST in first:
            return frozenset(("document",))
        before = next((i for i, t in enumerate(words) if i and t.pos_ == "ADP"), len(words))
        return self._nouns.get(words[before - 1].lower_, frozenset()) - _ENDS_NO_NAME - {_FIRST}

    def _told_theme(self, draft: Draft) -> PartyPhrase | None:
        """The thing among the arguments of the predicate: its object first, then what it is about."""
        taken = {draft.site.token.i, draft.trigger.i, draft.top.i}
        parties = draft.parties()
        for token in self._argument_tokens(draft):
            if token.i in taken or any(p.start <= token.i < p.end for p in parties):
                continue
            found = self._thing(token)
            if found is not None:
                return found
        return None

    def _argument_tokens(self, draft: Draft) -> Iterator[Token]:
        site = draft.site
        obj = self.matcher.object_of(site)
        if obj is not None:
            yield obj
        for role in _TOPIC_ROLES:
            yield from self.matcher.role_tokens(site, role)

    def _thing(self, token: Token) -> PartyPhrase | None:
        """The phrase of a common noun that names no party itself."""
        mention = self.parties.mention(token)
        if mention is not None and mention.is_name:
            is_thing = mention.label not in PARTY_LABELS or bool(self._classes_of_name(mention))
        else:
            is_thing = not self.parties.is_party(token)
        thing = self.parties.thing(token)
        return thing if is_thing or thing is not None and self._classes(thing) & _NEVER else None
