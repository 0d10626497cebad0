"""The office holder whom a surname means at a document's date.

What belongs here: the choice among people of public life with one surname, by office, country and date. What does not: a
document's own full names (`naming.py`), what sector a leader has at a date (`actors/component.py`).
"""

from __future__ import annotations

from datetime import date, timedelta

from pipelines.nlp.actors.lexicon import ActorLexicon
from pipelines.nlp.actors.patterns import FORMER, SUPRANATIONAL_CODES
from pipelines.nlp.actors.phrase_index import Entry, Kind, fold, split_words
from pipelines.nlp.coreference.story_country import Names

_GRACE = timedelta(days=60)  # a title is used a little before and after the office


def office_holder(
    lexicon: ActorLexicon, surname: str, title: str | None, country: str | None, on: date | None
) -> Entry | None:
    """The one bearer of a surname who holds an office at a date.

    Args:
        lexicon: has the people of public life.
        surname: the name, folded.
        title: the title that the phrase gives; without one a surname tells no office holder.
        country: the country that the phrase gives, or None.
        on: the document's date; without one nobody is told apart.

    Returns:
        The entry, or None where nobody or more than one fits.
    """
    if on is None or not title or any(fold(word) in FORMER for word in title.split()):
        return None
    fitting = {entry.key: entry for entry in lexicon.leaders.get(surname, ()) if holds_office(entry, on)}
    found = [entry for entry in fitting.values() if country is None or entry.country in (None, country)]
    return found[0] if len(found) == 1 else None


def holds_office(entry: Entry, on: date) -> bool:
    """Whether a date lies in an entry's time of office."""
    return (entry.since is None or entry.since - _GRACE <= on) and (entry.until is None or on <= entry.until + _GRACE)


def is_before_office(entry: Entry, on: date | None) -> bool:
    """Whether a date lies so long before an entry's time of office that a surname alone cannot mean it."""
    return on is not None and entry.since is not None and on < entry.since - _OBSCURE


_OBSCURE = timedelta(days=4 * 365)


def is_foreign(entry: Entry, country: str | None) -> bool:
    """Whether a phrase gives the bearer of a surname another country than an entry has."""
    return country is not None and entry.country not in (None, country, *SUPRANATIONAL_CODES)


def namesake_in_office(
    lexicon: ActorLexicon, entry: Entry | None, words: tuple[str, ...], on: date | None
) -> Entry | None:
    """The one person with the given name and surname of an entry who holds an office at a date, else the entry.

    Args:
        lexicon: has the people of public life.
        entry: what the lexicons have for a full name; kept where it is no person's.
        words: the name, folded.
        on: the document's date.
    """
    if entry is None or entry.kind is not Kind.LEADER or on is None or holds_office(entry, on) or len(words) != 2:
        return entry
    same = [
        other
        for other in lexicon.leaders.get(words[-1], ())
        if other.country == entry.country and fold(split_words(other.name)[0]) == words[0] and holds_office(other, on)
    ]
    return same[0] if len(same) == 1 else entry


def without_namesakes(names: Names) -> Names:
    """The names of a document, less what is known of leaders whose surname somebody else bears who was named in full before.

    Where anything else is of the leader's country, the leader is as likely as a namesake: "Brigitte Macron visited Lyon. Macron
    condemned it".

    Args:
        names: all names; those of such a person lose the country and sector of the leader.
    """
    spoken_of = {m.country for m in names.mentions if m.label != "PERSON"}
    bearers: dict[str, bool] = {}  # by surname: whether who was named first with it is named in full and no leader
    entries = list(names.entries)
    for i, (mention, text, entry) in enumerate(zip(names.mentions, names.texts, names.entries, strict=True)):
        words = split_words(text)
        if mention.label != "PERSON" or not words:
            continue
        is_leader = entry is not None and entry.kind is Kind.LEADER
        is_others = bearers.setdefault(fold(words[-1]), not is_leader and len(words) > 1)
        if is_leader and is_others and len(words) == 1 and mention.title is None and mention.country not in spoken_of:
            entries[i] = mention.country = mention.sector = None
    return Names(names.mentions, names.texts, entries)
