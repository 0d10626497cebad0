"""Mentions of one document that stand for one entity."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import spacy
from spacy.language import Language
from spacy.tokens import Doc

from pipelines.nlp.annotations import DocumentContext, MentionSpan
from pipelines.nlp.coreference.discourse import Discourse
from pipelines.nlp.parsed import parsed

CASES = [
    json.loads(line)
    for line in (Path(__file__).parents[1] / "cases" / "coreference.jsonl").read_text("utf-8").splitlines()
]
TAG = re.compile(r"\[([^\]]+)\]\(([\w+]+)\)")


def untag(text: str) -> tuple[str, list[tuple[int, int, str]]]:
    """The text without tags, and start, end and entity of each tagged mention."""
    plain, spans, at = "", [], 0
    for match in TAG.finditer(text):
        plain += text[at : match.start()]
        spans.append((len(plain), len(plain) + len(match.group(1)), match.group(2)))
        plain += match.group(1)
        at = match.end()
    return plain + text[at:], spans


@pytest.mark.model
@pytest.mark.parametrize("case", CASES, ids=lambda c: c["id"])
def test_mentions_of_one_entity(nlp: Language, case: dict[str, Any]) -> None:
    text, spans = untag(case["text"])
    doc = nlp(text)
    found = {(doc[m.start].idx, doc[m.end - 1].idx + len(doc[m.end - 1])): m for m in doc._.mentions}
    assert not [t for t in case.get("absent", ()) if any(doc[m.start : m.end].text == t for m in doc._.mentions)]
    keys: dict[str, str] = {}
    for start, end, wanted in spans:
        assert (start, end) in found, text[start:end]
        entity = found[start, end].entity
        assert entity is not None
        if "+" in wanted:
            assert {m.key for m in entity.members} == {keys[part] for part in wanted.split("+")}
        else:
            assert entity.key == keys.setdefault(wanted, entity.key), text[start:end]
    assert len(set(keys.values())) == len(keys)


def _mention(nlp: Language, text: str, name: str, document_id: str = "d1") -> MentionSpan:
    doc = nlp.make_doc(text)
    doc._.context = DocumentContext(document_id, text)
    doc = nlp(doc)
    return next(m for m in doc._.mentions if doc[m.start : m.end].text == name)


@pytest.mark.model
def test_title_seen_once_holds_for_the_surname(nlp: Language) -> None:
    mention = _mention(nlp, "Ghanaian Foreign Minister Amara Okoye arrived. Later Okoye left.", "Okoye")
    assert (mention.country, mention.sector) == ("GHA", "GOV")
    assert mention.entity is not None and mention.entity.titles == ["Foreign Minister"]


@pytest.mark.model
def test_full_name_has_one_key_in_every_document(nlp: Language) -> None:
    first = _mention(nlp, "José Peñaloza spoke.", "José Peñaloza", "d1")
    second = _mention(nlp, "Then Jose Penaloza left Lima.", "Jose Penaloza", "d2")
    assert first.entity is not None and second.entity is not None
    assert first.entity.key == second.entity.key


@pytest.mark.model
def test_role_without_name_stays_in_its_document(nlp: Language) -> None:
    keys = {_mention(nlp, "The Ghanaian envoy left.", "The Ghanaian envoy", d).entity.key for d in ("d1", "d2")}
    assert len(keys) == 2


@pytest.mark.model
def test_another_body_of_a_state_stays_in_its_document(nlp: Language) -> None:
    text = "The Malian army left. Another Malian army arrived."
    keys = {_mention(nlp, text, "Another Malian army", d).entity.key for d in ("d1", "d2")}
    assert len(keys) == 2


@pytest.mark.model
@pytest.mark.parametrize(
    ("text", "role", "name"),
    [
        ("The governor of Texas left.", "The governor", "The governor of Texas"),
        ("The leader of Venezuela's opposition left.", "The leader", "The leader"),
        ("A group of US senators left.", "A group", "A group"),
        ("The mayor of Hiroshima's sister city left.", "The mayor", "The mayor"),
    ],
)
def test_owner_is_the_object_behind_of(nlp: Language, text: str, role: str, name: str) -> None:
    entity = _mention(nlp, text, role).entity
    assert entity is not None and entity.name == name


@pytest.mark.model
def test_role_without_name_keeps_country_and_sector(nlp: Language) -> None:
    mention = _mention(nlp, "The Ghanaian envoy left.", "The Ghanaian envoy")
    assert (mention.country, mention.sector, mention.title, mention.is_name) == ("GHA", "GOV", "envoy", False)


@pytest.mark.model
@pytest.mark.parametrize(
    ("text", "group", "countries"),
    [
        (
            "Envoys of Brazil and Japan met in Oslo. They dined. The two presidents wrote.",
            "The two presidents",
            "BRA JPN",
        ),
        (  # two states that no words join, and that the story is about
            "SUVA - Joint statement on the visit of the Foreign Minister of the Republic of Korea to Fiji. The Fijian minister "
            "thanked the Korean minister. Experts joined them at dinner. The two sides agreed to widen trade.",
            "The two sides",
            "FJI KOR",
        ),
        ("Brazil and Japan traded. They grew. Two men were hurt. Later the two men left.", "the two men", ""),
        ("Brazil and Japan traded. They grew. Both governments signed.", "Both governments", "BRA JPN"),
    ],
)
def test_groups_of_states(nlp: Language, text: str, group: str, countries: str) -> None:
    doc = nlp(text)
    found = [m for m in doc._.mentions if doc[m.start : m.end].text == group and m.entity is not None]
    assert sorted(n.country for m in found for n in m.entity.members) == countries.split()


@pytest.mark.model
def test_police_take_the_country_of_the_place(nlp: Language) -> None:
    assert _mention(nlp, "In Kenya, police fired tear gas.", "police").country == "KEN"
    assert _mention(nlp, "Police fired tear gas.", "Police").country is None


@pytest.mark.model
@pytest.mark.parametrize(
    ("text", "phrase", "country"),
    [
        (  # a body's name that several states use is the story's own
            "TAURANGA, New Zealand - Labour attacked the budget on Monday. New Zealand nurses had asked for more.",
            "Labour",
            "NZL",
        ),
        ("Labour attacked the budget on Monday. Britain's nurses had asked for more.", "Labour", "GBR"),
        (  # the capital of another state is a town of the story's
            "Lebanon shut its banks. In Tripoli, crowds blocked a road. The Lebanese cabinet met.",
            "Tripoli",
            "LBN",
        ),
        ("Libya shut its banks. In Tripoli, crowds blocked a road.", "Tripoli", "LBY"),
        (  # what the sentence looks at is not where its bodies are
            "MANILA, May 3 - Philippine fishermen left Palawan. Senators accused the navy of ignoring Chinese boats.",
            "Senators",
            "PHL",
        ),
        (  # a word for a state's own bodies, though it also stands for other states
            "Police in Ghana fired tear gas in Kumasi. State media blamed students in Tamale.",
            "State media",
            "GHA",
        ),
        (  # the first of two countries is the home of bodies that are none's, and not the other that their sentence names
            "Ghana closed its border in March. Traders in Ghana lost money. Togo called the closure unfair. "
            "Ghana refused talks. The finance ministry asked Togo for patience.",
            "The finance ministry",
            "GHA",
        ),
        (  # and so is a politician's whom nothing else gives a country
            "Ghana closed its border in March. Traders in Ghana lost money. Togo called the closure unfair. "
            "Ghana refused talks. Opposition leader Kofi Addai told Togo to wait.",
            "Kofi Addai",
            "GHA",
        ),
        (  # nobody's where the second country is named as often
            "Ghana closed its border in March. Traders in Ghana lost money. Togo closed its ports. "
            "Traders in Togo lost money. It rained. The finance ministry asked both for patience.",
            "The finance ministry",
            None,
        ),
        (  # in a whole story the first sentence tells where it is
            "Ghana closed its border in March. Traders in Ghana lost money. Togo closed its ports. Traders in Togo lost "
            "money. It rained. It was cold. The finance ministry asked both for patience.",
            "The finance ministry",
            "GHA",
        ),
        (  # which is neither where somebody goes to nor whose mission is told of
            "Ghana's farmers met the Togolese ambassador. The Togolese embassy sent them home. Lorries to Togo stood "
            "still. It rained in Accra. It was cold. The road was wet. The finance ministry asked for patience.",
            "The finance ministry",
            "GHA",
        ),
        (  # what belongs to another state in a sentence does not set the sentence there
            "Ghana held a vote in Kumasi. Traders in Ghana lost money. China's embassy congratulated the prime minister.",
            "the prime minister",
            "GHA",
        ),
        (  # what people speak is nobody's country
            "Belgium held a vote in Namur. In six villages people speak French and mayors have not been appointed.",
            "mayors",
            "BEL",
        ),
        ("Ghana refused to sign with Togo, whose troops hold the two regions.", "whose troops", "TGO"),
        (
            "Ghana's army met the parties, but the country's three opposition coalitions stayed away.",
            "the country's three opposition coalitions",
            "GHA",
        ),
        ("Rebels in Nepal lifted a blockade of the western town of Dailekh.", "the western town", "NPL"),
        (  # an ambassador is of the other state
            "Ghana closed its border. Traders in Ghana lost money. Ghana protested to Togo and summoned the ambassador.",
            "the ambassador",
            "TGO",
        ),
        (
            "Ghana held a vote in Kumasi. The regional court in Tamale met. Foreign observers left.",
            "Foreign observers",
            None,
        ),
        (  # who summons an ambassador is the host
            "Ghana summoned the ambassador of Togo. Traders in Ghana lost money. It rained. It was cold. Roads were wet. "
            "Nobody came. The finance ministry asked for patience.",
            "The finance ministry",
            "GHA",
        ),
        (  # one of a people before the name
            "Police in Accra arrested a Togolese, Kossi Mensah, on Monday. Ghana's army searched houses in Tema.",
            "Kossi Mensah",
            "TGO",
        ),
        (  # several of a people are not whoever is named next
            "Ghana arrested six Togolese, Kofi Addai said in Accra. Ghana's army searched houses in Tema.",
            "Kofi Addai",
            "GHA",
        ),
    ],
)
def test_country_of_the_story(nlp: Language, text: str, phrase: str, country: str | None) -> None:
    assert _mention(nlp, text, phrase).country == country


@pytest.mark.model
def test_officials_of_both_countries_are_one_party_each(nlp: Language) -> None:
    mention = _mention(nlp, "Kenya and Ghana signed a pact, said officials from both countries.", "officials")
    assert mention.entity is not None
    assert {m.country for m in mention.entity.members} == {"KEN", "GHA"}
    assert {m.sector for m in mention.entity.members} == {"GOV"}


@pytest.mark.model
@pytest.mark.parametrize("text", ["", " \n\n ", ".", "both countries", "Mr", "U.S.-backed", "and and", "Bank of"])
def test_odd_texts_do_no_harm(nlp: Language, text: str) -> None:
    doc = nlp(text)
    assert all(m.start < m.end for m in doc._.mentions)
    assert all(m.entity is not None for m in doc._.mentions)


@pytest.mark.parametrize(
    ("text", "inside"),
    [
        ('a " b c " d " e', "0111 00 11"),
        ("“ a b ” c `` d '' e", "111 00 11 00"),
        ('" a “ b " c', "1111 00"),
        ("” a '' b", "0000"),
    ],
)
def test_what_stands_inside_quotation_marks(text: str, inside: str) -> None:
    words = text.split(" ")
    discourse = Discourse(parsed(Doc(spacy.blank("en").vocab, words)), words, [0] * len(words))
    assert discourse.in_quote == [flag == "1" for flag in inside.replace(" ", "")]


def test_a_blank_line_ends_a_quotation() -> None:
    words = ["“", "a", "\n\n", "b"]
    discourse = Discourse(parsed(Doc(spacy.blank("en").vocab, words)), words, [0] * len(words))
    assert discourse.in_quote == [True, True, False, False]
