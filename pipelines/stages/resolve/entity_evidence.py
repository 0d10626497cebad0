"""What speaks for two profiles being one entity, and what against: weights of evidence that add up to log-odds.

What belongs here: the weights and the comparison of two profiles. What does not: which profiles are compared
(`entity_blocks.py`), what becomes of the result (`entity_clusters.py`).

The weights are natural logarithms of likelihood ratios, as in the model of Fellegi and Sunter: their sum is the log-odds of one
entity, the logistic function of it a probability. They are set by hand; `docs/decisions/` says how well they are calibrated.
"""

from __future__ import annotations

import json
import math
from collections.abc import Collection
from dataclasses import dataclass, field

from pipelines.nlp.actors.patterns import SUPRANATIONAL_CODES
from pipelines.stages.resolve.entity_names import RANKS, Likeness, Name, compare_names
from pipelines.stages.resolve.entity_profiles import ORGANISATION, PERSON, Profile, most

# How likely two bearers of names that are so alike are one, before anything else is known of them.
_NAMES = {
    Likeness.SAME: 4.0,
    Likeness.KNOWN: 4.0,
    Likeness.PARTICLE: 3.5,
    Likeness.SUBSET: 2.5,
    Likeness.ORDER: 2.0,
    Likeness.SPELLING: 1.0,
    Likeness.INITIAL: 0.5,
    Likeness.TURNED: 0.0,  # given names are surnames of others: "Paul Dale", "Dale Pauls"
    Likeness.TYPING: -1.0,
    Likeness.SURNAME: -1.5,
}
# What counts between organisations, and between a person's name and one that was taken for an organisation's.
_OF_ORGANISATIONS = frozenset({Likeness.SAME, Likeness.PARTICLE, Likeness.SPELLING})
_OF_KINDS = frozenset({Likeness.SAME, Likeness.PARTICLE, Likeness.ORDER})
_LONE_NAME = 1.0  # the same single word in two documents: the name of one, or a surname
_SAME_COUNTRY = 1.0
_OTHER_COUNTRY = -5.0
_SAME_OFFICE = 2.5  # "interior minister"
_LONGEST_OFFICE = 15.0  # years that two documents with the same office may lie apart
_SAME_ROLE = 0.8  # "senator", of whom there are many
_SAME_SECTOR = 0.8
_NEAR_SECTOR = -0.3
_FAR_SECTOR = -3.0
_FAR_SECTOR_AT_ONE_TIME = -5.5
_FAR_IN_CIVIL_LIFE = -1.5
_OTHER_GENERATION = -8.0
_ONE_GENERATION = -6.0  # only one of the names has "Jr."
_YEARS = ((60.0, -8.0), (40.0, -6.0), (25.0, -2.5))  # between the last of one and the first of the other
_ALONE_YEARS = ((8.0, -4.0), (3.0, -1.0))  # the same, of a surname alone
_ALONE_SAME_WEEK = 1.0
_TOLD_APART = -6.0  # in one document
_TOLD_APART_ALONE = -2.5  # the same of a surname alone, which the document may have left open
_COMPANY = 0.8  # each rare name that both are told with
_MOST_COMPANY = 2.4
RARE = 20  # documents
_NOISE = 1.5  # what a single document says against what many say may be an error of the coding
_MANY = 5
_ORGANISATION_WORD = 2.0  # an organisation's name of one word; longer ones as persons' names
_ORGANISATION_COUNTRY = -2.0
_BODY_COUNTRY = -6.0  # of two states' bodies, which documents tell apart
_OTHER_LAW = -3.5
_OTHER_KIND = -0.7
_OTHER_SURE_KIND = -4.0

_POLITICAL = frozenset("GOV MIL LEG JUD COP SPY PTY OPP REB UAF ELI PRE IGO UNO EUR".split())
# Offices that one person holds at a time; any title of two words and more is one too.
_OFFICES = frozenset("president premier chancellor king queen pope emperor sultan emir taoiseach".split())
_MANY_HOLD = frozenset("vice deputy former ex acting".split())


@dataclass(slots=True)
class Evidence:
    """What was compared: for each feature what was found, and its weight."""

    found: dict[str, tuple[str, float]] = field(default_factory=dict)

    def weight(self, feature: str) -> float:
        """The weight of a feature, 0 where nothing was found."""
        return self.found[feature][1] if feature in self.found else 0.0

    def add(self, feature: str, finding: str, weight: float) -> None:
        """Note a finding."""
        self.found[feature] = (finding, round(weight, 2))

    @property
    def log_odds(self) -> float:
        """The sum of the weights."""
        return sum(weight for _, weight in self.found.values())

    @property
    def text(self) -> str:
        """The evidence as JSON: of each feature what was found and its weight in log-odds."""
        features = {feature: {"found": found, "weight": weight} for feature, (found, weight) in self.found.items()}
        return json.dumps(features, ensure_ascii=False)

    @property
    def method(self) -> str:
        """By what two profiles are joined on this evidence."""
        finding = self.found["name"][0].split(":")[0]
        return {Likeness.SAME.value: "name", Likeness.SURNAME.value: "surname"}.get(finding, "spelling")


def probability(log_odds: float) -> float:
    """The logistic function."""
    return 1.0 / (1.0 + math.exp(-max(-50.0, min(50.0, log_odds))))


def compare(first: Profile, second: Profile, common: Collection[str]) -> Evidence | None:
    """The evidence on two profiles, or None where their names are not alike.

    Args:
        first: a profile.
        second: another one.
        common: the entity ids that tell little of whom they stand beside, as more than `RARE` documents have them.
    """
    likeness, names = _alike(first, second)
    is_one_key = not set(first.entity_ids).isdisjoint(second.entity_ids)
    is_organisation = first.kind == second.kind == ORGANISATION
    if is_one_key:
        likeness = likeness or Likeness.KNOWN
    elif (
        is_organisation and likeness not in _OF_ORGANISATIONS or first.kind != second.kind and likeness not in _OF_KINDS
    ):
        return None
    if likeness is None:
        return None
    evidence = Evidence()
    weight = _NAMES[likeness]
    if first.is_alone and second.is_alone and likeness in (Likeness.SAME, Likeness.PARTICLE):
        weight = _ORGANISATION_WORD if is_organisation else _LONE_NAME
    evidence.add("name", f"{likeness}: {names[0].text} / {names[1].text}", weight)
    _compare_kinds(evidence, first, second)
    unlike = _OTHER_COUNTRY
    if is_organisation:
        unlike = _ORGANISATION_COUNTRY if is_one_key else _BODY_COUNTRY
    _compare_countries(evidence, first, second, unlike)
    if is_organisation:
        _compare_laws(evidence, first, second)
    else:
        _compare_generations(evidence, first, second)
    is_foreign = evidence.weight("country") < 0
    is_same_office = _compare_titles(evidence, first, second, is_foreign=is_foreign)
    if not is_same_office:
        _compare_sectors(evidence, first, second, is_foreign=is_foreign)
    if not is_organisation:
        _compare_dates(evidence, first, second)
    is_together = not first.documents.isdisjoint(second.documents)
    if is_together:
        is_alone = first.is_alone or second.is_alone
        evidence.add("one document", "told apart", _TOLD_APART_ALONE if is_alone else _TOLD_APART)
    else:
        _compare_company(evidence, first, second, common)
    if min(first.size, second.size) == 1 and max(first.size, second.size) >= _MANY and likeness is Likeness.SAME:
        evidence.add("documents", "one against many", 0.0 if first.generations or second.generations else _NOISE)
    return evidence


def _alike(first: Profile, second: Profile) -> tuple[Likeness | None, tuple[Name, Name]]:
    """How the names that are most alike are alike, and which they are."""
    best: tuple[int, int, str, str] | None = None
    found: tuple[Likeness | None, tuple[Name, Name]] = (None, (next(iter(first.names)), next(iter(second.names))))
    others = _commonest(second)
    for a in _commonest(first):
        for b in others:
            likeness = compare_names(a, b) if a.text <= b.text else compare_names(b, a)
            if likeness is None:
                continue
            rank = (RANKS[likeness], -first.names[a] - second.names[b], a.text, b.text)
            if best is None or rank < best:
                best, found = rank, (likeness, (a, b))
    return found


_MOST_NAMES = 6  # spellings of each profile that are compared


def _commonest(profile: Profile) -> list[Name]:
    if len(profile.names) == 1:
        return list(profile.names)
    return sorted(profile.names, key=lambda name: (-profile.names[name], name.text))[:_MOST_NAMES]


def _compare_kinds(evidence: Evidence, first: Profile, second: Profile) -> None:
    if first.kind == second.kind:
        return
    person, other = (first, second) if first.kind == PERSON else (second, first)
    is_sure = bool(other.laws) or (person.is_alone or other.is_alone) and bool(person.titles and other.sectors)
    evidence.add("kind", f"{person.kind} / {other.kind}", _OTHER_SURE_KIND if is_sure else _OTHER_KIND)


def _compare_countries(evidence: Evidence, first: Profile, second: Profile, unlike: float) -> None:
    a, b = _countries(first), _countries(second)
    if not a or not b:
        return
    shared = a & b
    if shared:
        evidence.add("country", min(shared), _SAME_COUNTRY)
    else:
        evidence.add("country", f"{min(a)} / {min(b)}", unlike)


def _countries(profile: Profile) -> set[str]:
    """The countries that many of its documents give, without bodies of many states."""
    stated = {c: n for c, n in profile.countries.items() if c not in SUPRANATIONAL_CODES}
    most_told = max(stated.values(), default=0)
    return {country for country, n in stated.items() if 2 * n >= most_told}


def _compare_laws(evidence: Evidence, first: Profile, second: Profile) -> None:
    a, b = most(first.laws), most(second.laws)
    if a and b and a != b:
        evidence.add("legal form", f"{a} / {b}", _OTHER_LAW)


def _compare_generations(evidence: Evidence, first: Profile, second: Profile) -> None:
    a, b = most(first.generations), most(second.generations)
    if a and b and a != b:
        evidence.add("generation", f"{a} / {b}", _OTHER_GENERATION)
    elif a != b and not (first.is_alone or second.is_alone):
        evidence.add("generation", f"{a or 'none'} / {b or 'none'}", _ONE_GENERATION)


def _compare_titles(evidence: Evidence, first: Profile, second: Profile, *, is_foreign: bool) -> bool:
    """Whether both have one office; then their sectors add nothing. Two countries have each office twice."""
    if is_foreign:
        return False
    shared = first.titles.keys() & second.titles.keys()
    if _years_between(first, second) > _LONGEST_OFFICE:
        return False
    offices = sorted(title for title in shared if is_office(title))
    if offices:
        evidence.add("title", offices[0], _SAME_OFFICE)
        return True
    if shared:
        evidence.add("title", min(shared), _SAME_ROLE)
    return False


def is_office(title: str) -> bool:
    """Whether a title, in lower case, is an office that one person of a country holds at a time."""
    words = title.split()
    return words[-1] in _OFFICES or (len(words) > 1 and words[0] not in _MANY_HOLD) or len(words) > 2


def _compare_sectors(evidence: Evidence, first: Profile, second: Profile, *, is_foreign: bool) -> None:
    a, b = most(first.sectors), most(second.sectors)
    if a is None or b is None:
        return
    if first.sectors.keys() & second.sectors.keys():
        is_new = not is_foreign and _years_between(first, second) <= _LONGEST_OFFICE
        evidence.add("sector", a, _SAME_SECTOR if is_new else 0.0)
    elif a in _POLITICAL and b in _POLITICAL:
        evidence.add("sector", f"{a} / {b}", _NEAR_SECTOR)
    elif a in _POLITICAL or b in _POLITICAL:
        is_then = _years_between(first, second) <= 1.0
        evidence.add("sector", f"{a} / {b}", _FAR_SECTOR_AT_ONE_TIME if is_then else _FAR_SECTOR)
    else:
        evidence.add("sector", f"{a} / {b}", _FAR_IN_CIVIL_LIFE)


def _compare_dates(evidence: Evidence, first: Profile, second: Profile) -> None:
    years = _years_between(first, second)
    steps = _ALONE_YEARS if first.is_alone or second.is_alone else _YEARS
    weight = next((weight for least, weight in steps if years > least), 0.0)
    if weight:
        evidence.add("dates", f"{years:.0f} years apart", weight)
    elif first.is_alone != second.is_alone and first.first and second.first and years <= _WEEK:
        evidence.add("dates", "same week", _ALONE_SAME_WEEK)


_WEEK = 7 / 365.0


def _years_between(first: Profile, second: Profile) -> float:
    if not (first.first and first.last and second.first and second.last):
        return 0.0
    return max(0, (second.first - first.last).days, (first.first - second.last).days) / 365.25


def _compare_company(evidence: Evidence, first: Profile, second: Profile, common: Collection[str]) -> None:
    own = {*first.entity_ids, *second.entity_ids}
    shared = [other for other in first.company & second.company if other not in own and other not in common]
    if shared:
        evidence.add("company", f"{len(shared)} other names", min(_MOST_COMPANY, _COMPANY * len(shared)))
