"""The parts of event resolution: likeness of texts, pairs that are compared, evidence on a pair, and clusters of pairs."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.stages.resolve.half_linkage import cluster
from pipelines.stages.resolve.likeness import DIMENSIONS, cosines, sketch_norms, sketch_texts, stems, weight
from pipelines.stages.resolve.pair_evidence import EXCLUDING, PairEvidence, weights
from pipelines.stages.resolve.report_pairs import LARGEST_BLOCK
from pipelines.stages.resolve.report_words import head_and_word, names_whose
from tests.unit.event_reports import (
    BUKAVU,
    CONGO,
    GOMA,
    NORTH_KIVU,
    TUESDAY,
    WEDNESDAY,
    Candidates,
    Party,
    Report,
    body,
    frames,
    person,
    state,
)

FIRE = "Fire destroyed two warehouses of tobacco growers in the harbour of Mombasa last night."
PARLIAMENT = "Parliament in Lima voted to lower the salaries of judges."
REBELS = Party("the rebels", "COD", "REB")


def likeness(*texts: str) -> float:
    sketches = sketch_texts(texts, len(texts))
    return float(cosines(sketches, np.array([0]), np.array([1]), sketch_norms(sketches))[0])


def test_cosines_of_many_pairs_are_those_of_each():
    draw = np.random.default_rng(5)
    sketches = draw.integers(-127, 127, (300, DIMENSIONS)).astype(np.int8)
    sketches[7] = 0  # an empty text
    first, second = draw.integers(0, 300, (2, 9_001))
    norms = sketch_norms(sketches)
    whole = sketches.astype(np.int64)
    lengths = np.sqrt((whole**2).sum(axis=1)).astype(np.float32)
    products = (whole[first] * whole[second]).sum(axis=1).astype(np.float32)
    scale = lengths[first] * lengths[second]
    expected = np.divide(products, scale, out=np.zeros_like(products), where=scale > 0)
    assert np.array_equal(cosines(sketches, first, second, norms), expected)
    assert not len(cosines(sketches, first[:0], second[:0], norms))


def pairs_of(*reports: Report) -> set[str]:
    read = frames(reports).read()
    found = Candidates.of(read)
    return {f"{read.mention_ids[a]}+{read.mention_ids[b]}" for a, b in zip(found.first, found.second, strict=True)}


def evidence(one: Report, other: Report) -> dict[str, float]:
    """Log-odds of a pair by piece of evidence, without those that say nothing."""
    found = PairEvidence(frames([one, other]).read(), np.array([0]), np.array([1])).log_odds()
    return {name: float(value[0]) for name, value in found.items() if value[0] != 0}


class TestLikeness:
    def test_forms_of_a_word_have_one_stem(self):
        assert stems("Bombing, bombed; they FOUGHT and fight") == ["bomb", "bomb", "they", "fight", "and", "fight"]
        assert stems("freed, sued, boycotted") == stems("free, sue, boycott")
        assert stems("expulsion, explosions") == stems("expelled, exploded")

    def test_unknown_words_tell_most(self):
        assert weight("zyzzyva") == 1.0
        assert weight("the") < 0.1

    def test_a_text_is_like_itself_and_unlike_another(self):
        assert likeness(FIRE, FIRE) == pytest.approx(1.0)
        assert likeness(FIRE, "Tobacco growers lost two warehouses to a fire in Mombasa harbour.") > 0.5
        assert abs(likeness(FIRE, PARLIAMENT)) < 0.2

    def test_a_text_without_a_word_is_like_nothing(self):
        assert likeness(FIRE, " — ") == 0.0

    def test_a_sketch_does_not_depend_on_other_texts(self):
        alone, among = sketch_texts([FIRE], 1), sketch_texts([PARLIAMENT, FIRE], 2)
        assert alone.shape == (1, DIMENSIONS)
        assert (alone[0] == among[1]).all()

    def test_one_word_repeated_keeps_its_weight(self):
        assert likeness("tobacco " * 2000, "tobacco") == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("the communist rebels", ["rebel", "communist"]),
        ("Malian rebels", ["rebel"]),
        ("gunmen from the northern province", ["gunmen"]),
        ("Thousands of teachers", ["teacher"]),
        ("tens of thousands of angry miners", ["miner", "angri"]),
        ("seven of the journalists", ["journalist"]),
        ("37 of them", ["37"]),
        ("some of them", ["some"]),
        ("two of them in the north of Mali", ["two"]),
        ("tens of thousands of them", ["ten"]),
        ("1,200 of the workers", ["worker"]),
        ("1,500 of the ships", ["ship"]),
        ("1,500 ships", ["ship", "1500"]),
        ("1.5 million of the workers", ["worker"]),
        ("40% of the nurses", ["nurs"]),
        ("two-thirds of the miners", ["miner"]),
        ("a pair of rebels", ["rebel"]),
        ("fifteen of the miners", ["miner"]),
        ("the government of Chad", ["govern"]),
        ("", []),
    ],
)
def test_a_party_has_a_head_and_a_telling_word_that_is_no_countrys(text, words):
    assert head_and_word(text) == words


@pytest.mark.parametrize(
    ("text", "is_told"),
    [
        ("Malian rebels", True),
        ("a dozen villagers of Kidal", True),
        ("three of the US soldiers", True),
        ("The police", False),
        ("its generals", False),
        ("12 journalists", False),
        ("", False),
        ("Baghdad police", True),
        ("Paris police", True),
        ("Moscow's officials", True),
        ("Gaza residents", True),
        ("the U.S. police", True),
        ("KENYAN POLICE", True),
        ("THE POLICE", False),
        ("A dozen villagers", False),
        ("the Prime Minister", False),
        ("The Supreme Court", False),
        ("Riot police", False),
        ("Masked gunmen", False),
        ("the army's soldiers", False),
        ("us", False),
        ("two of us", False),
    ],
)
def test_a_phrase_tells_whose_a_party_is_by_a_name(text, is_told):
    assert names_whose(text) == is_told


BOMBING = Report("a", FIRE.replace("destroyed", "[destroyed]"), place=GOMA, actors=(REBELS,))
TREATY = Report("b", PARLIAMENT.replace("voted", "[voted]"), place=GOMA, actors=(REBELS,))


class TestCandidatePairs:
    @pytest.mark.parametrize(
        ("change", "is_compared"),
        [
            ({}, True),
            ({"actors": ()}, True),
            ({"place": None}, True),
            ({"place": None, "actors": ()}, False),
            ({"day": WEDNESDAY, "published": WEDNESDAY}, False),
            ({"day": TUESDAY, "is_day_told": False}, True),
            ({"event_type": "AID"}, False),
        ],
        ids=["place and party", "place", "party", "neither", "other day", "published on the next day", "other family"],
    )
    def test_a_day_a_family_and_a_thing_are_shared(self, change, is_compared):
        assert pairs_of(BOMBING, replace(TREATY, **change)) == ({"a+b"} if is_compared else set())

    def test_an_undated_report_needs_two_things(self):
        undated = replace(TREATY, day=None)
        assert pairs_of(BOMBING, undated) == {"a+b"}
        assert pairs_of(BOMBING, replace(undated, actors=())) == set()

    def test_texts_alike_are_compared_whatever_they_share(self):
        other = replace(BOMBING, name="b", day=None, place=None, actors=())
        assert pairs_of(BOMBING, other) == {"a+b"}
        assert pairs_of(BOMBING, replace(other, published=date(2022, 1, 1))) == set()

    @pytest.mark.parametrize(
        ("published", "others", "is_compared"),
        [
            (TUESDAY, date(2024, 5, 30), True),
            (None, TUESDAY, True),
            (TUESDAY, None, True),
            (None, None, True),
            (TUESDAY, date(2024, 8, 30), False),
        ],
    )
    def test_texts_alike_are_compared_within_a_month_or_undated(self, published, others, is_compared):
        one = replace(BOMBING, day=None, published=published, place=None, actors=())
        other = replace(one, name="b", published=others)
        assert pairs_of(one, other) == ({"a+b"} if is_compared else set())

    def test_reports_of_one_document_are_compared(self):
        other = replace(TREATY, document="a", place=None, actors=(), day=None)
        assert pairs_of(BOMBING, other) == {"a+b"}

    def test_a_pair_comes_once_the_first_below_the_second(self):
        found = Candidates.of(frames([replace(BOMBING, name=name) for name in "abcd"]).read())
        pairs = list(zip(found.first.tolist(), found.second.tolist(), strict=True))
        assert pairs == [(0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (2, 3)]
        assert found.left_out == 0

    def test_a_large_block_is_bounded_and_what_is_left_out_is_counted(self):
        count = LARGEST_BLOCK + 30
        reports = [replace(BOMBING, name=f"r{n:03d}", actors=()) for n in range(count)]
        found = Candidates.of(frames(reports).read(), with_texts=False)
        assert len(found.first) <= count * LARGEST_BLOCK // 2
        left_out = count * (count - 1) // 2 - len(found.first)
        assert found.left_out == 2 * left_out  # an assault is of two families, so the block comes twice

    def test_the_likely_pairs_of_a_large_block_are_kept(self):
        towns = [replace(BOMBING, name=f"r{n:03d}", place=(f"Town {n // 2 % 130}", *GOMA[1:])) for n in range(260)]
        read = frames(towns).read()
        found = Candidates.of(read, with_texts=False)
        pairs = set(zip(found.first.tolist(), found.second.tolist(), strict=True))
        assert found.left_out > 0
        assert all((n, n + 1) in pairs for n in range(0, 260, 2))

    def test_a_long_document_is_bounded_too(self):
        count = 3 * LARGEST_BLOCK
        reports = [replace(TREATY, name=f"r{n:03d}", document="d", place=None, actors=()) for n in range(count)]
        found = Candidates.of(frames(reports).read())
        assert len(found.first) <= count * LARGEST_BLOCK // 2
        assert len(found.first) + found.left_out == count * (count - 1) // 2

    def test_two_long_documents_alike_are_bounded(self):
        count = 2 * LARGEST_BLOCK
        reports = [
            replace(TREATY, name=f"{d}{n:03d}", document=d, place=None, actors=()) for d in "de" for n in range(count)
        ]
        found = Candidates.of(frames(reports).read())
        assert len(found.first) <= count * LARGEST_BLOCK + LARGEST_BLOCK**2
        assert found.left_out > 0


class TestPairEvidence:
    def test_every_piece_has_a_weight(self):
        named = set(PairEvidence(frames([BOMBING, TREATY]).read(), np.array([0]), np.array([1])).log_odds())
        assert named | {name for name in weights() if name.startswith("party_")} == set(weights())
        assert set(EXCLUDING) <= named

    def test_the_pieces_add_up_to_the_probability(self):
        pair = PairEvidence(frames([BOMBING, TREATY]).read(), np.array([0]), np.array([1]))
        total = sum(float(value[0]) for value in pair.log_odds().values())
        assert pair.judge()[0][0] == pytest.approx(1 / (1 + np.exp(-total)), abs=1e-6)

    @pytest.mark.parametrize(
        ("change", "is_excluded"),
        [({}, False), ({"place": BUKAVU}, True), ({"place": CONGO}, False), ({"modality": "future"}, True),
         ({"modality": "historical"}, False), ({"is_negated": True}, True),
         ({"day": WEDNESDAY, "published": WEDNESDAY}, True)],
        ids=["the same", "other town", "its country", "planned", "told again", "denied", "other day"],
    )  # fmt: skip
    def test_what_excludes(self, change, is_excluded):
        reports = frames([BOMBING, replace(BOMBING, name="b", **change)]).read()
        assert PairEvidence(reports, np.array([0]), np.array([1])).judge()[1].tolist() == [is_excluded]

    @pytest.mark.parametrize(
        ("one", "other", "piece"),
        [(GOMA, GOMA, "same_place"), (GOMA, BUKAVU, "other_place"), (GOMA, CONGO, "doubtful_within"),
         (GOMA, NORTH_KIVU, "place_within"), (BUKAVU, NORTH_KIVU, "other_place"), (CONGO, CONGO, "same_area"),
         (GOMA, ("Sake", "COD", "Nord-Kivu", -1.57, 29.04, 206122, "town"), "near_place"), (GOMA, None, None)],
    )  # fmt: skip
    def test_places(self, one, other, piece):
        found = evidence(replace(BOMBING, place=one), replace(BOMBING, name="b", place=other))
        assert [name for name in found if name.endswith(("place", "area", "within"))] == ([piece] if piece else [])

    @pytest.mark.parametrize(
        ("one", "other", "weight_name"),
        [
            (person("Ana Torres"), person("Ana Torres"), "party_same_person"),
            (body("Red Cross"), body("Red Cross"), "party_same_body"),
            (state("Chad", "TCD"), state("Chad", "TCD"), "party_same_state"),
            (state("Chad", "TCD"), state("Niger", "NER"), "party_other_state"),
            (person("Ana Torres", "PER"), person("Luis Vega", "PER"), "party_other_name"),
            (person("Ana Torres", "PER"), person("Ana Torres Ruiz", "PER"), "party_same_words"),
            (Party("Muslim rebels", "PHL"), Party("communist rebels", "PHL"), "party_other_of_kind"),
            (Party("rebels", "PHL"), Party("communist rebels", "PHL"), "party_same_words"),
            (Party("rebels"), Party("the rebels", "PHL"), "party_alike"),
            (Party("Filipino fishermen", "PHL"), Party("Vietnamese boatmen", "VNM"), "party_other_country"),
            (Party("fishermen", "PHL"), state("Vietnam", "VNM"), "party_presumed_country"),
            (Party("fishermen", "PHL"), Party("Vietnamese boatmen", "VNM"), "party_presumed_country"),
            (Party("fishermen", "PHL"), Party("Vietnamese fishermen", "VNM"), "party_presumed_alike"),
            (Party("rebels", "PHL", "REB"), Party("Malay insurgents", "MYS", "REB"), "party_presumed_alike"),
            (Party("soldiers", "PHL", "MIL"), Party("troops", "PHL", "MIL"), "party_same_office"),
            (Party("soldiers", "PHL", "MIL"), Party("strikers", "PHL", "LAB"), "party_other_sector"),
            (Party("soldiers", "PHL", "MIL"), state("Philippines", "PHL"), "party_same_country"),
            (Party("soldiers"), Party("strikers"), "party_unknown"),
        ],
    )
    def test_parties(self, one, other, weight_name):
        found = evidence(replace(BOMBING, actors=(one,)), replace(BOMBING, name="b", actors=(other,)))
        assert found["actors"] == pytest.approx(weights()[weight_name])

    @pytest.mark.parametrize(("party", "are_strangers"), [(state("Niger", "NER"), True), (None, False)])
    def test_where_one_names_no_party_there_is_none_that_differs(self, party, are_strangers):
        one = replace(BOMBING, actors=(state("Chad", "TCD"),))
        found = evidence(one, replace(one, name="b", document="b", actors=() if party is None else (party,)))
        assert ("strangers" in found) == are_strangers

    def test_of_a_longer_list_the_best_fit_counts(self):
        many = replace(BOMBING, name="b", actors=(state("Chad", "TCD"), person("Ana Torres"), REBELS))
        one = replace(BOMBING, actors=(person("Ana Torres"),))
        assert evidence(one, many)["actors"] == pytest.approx(weights()["party_same_person"])

    @pytest.mark.parametrize(
        ("deaths", "piece"), [(9, "same_count"), (11, "close_count"), (40, "other_count"), (None, None)]
    )
    def test_counts(self, deaths, piece):
        one, other = (replace(BOMBING, name=n, more=(("fatalities", c),)) for n, c in (("a", 9), ("b", deaths)))
        assert [name for name in evidence(one, other) if name.endswith("count")] == ([piece] if piece else [])


def clusters(count: int, links: dict[tuple[int, int], float]) -> list[int]:
    """Clusters of items by the probability of their pairs; a pair below 0 excludes."""
    pairs = list(links)
    values = np.array([links[pair] for pair in pairs], dtype=np.float32)
    first, second = (np.array([pair[side] for pair in pairs], dtype=np.int64) for side in (0, 1))
    return cluster(count, first, second, np.maximum(values, 0), values < 0).tolist()


class TestClusters:
    def test_a_chain_does_not_close(self):
        assert clusters(4, {(0, 1): 0.9, (1, 2): 0.8, (2, 3): 0.9}) == [0, 0, 2, 2]

    def test_what_fits_all_is_one(self):
        assert clusters(3, {(0, 1): 0.9, (1, 2): 0.8, (0, 2): 0.7}) == [0, 0, 0]

    def test_a_pair_that_is_not_compared_is_no_link(self):
        assert clusters(3, {(0, 1): 0.9, (1, 2): 0.6}) == [0, 0, 2]

    def test_a_pair_that_excludes_each_other_counts_against(self):
        assert clusters(3, {(0, 1): 0.9, (1, 2): 0.9, (0, 2): 0.2}) == [0, 0, 0]
        assert clusters(3, {(0, 1): 0.9, (1, 2): 0.9, (0, 2): -1}) == [0, 0, 2]

    def test_weak_pairs_and_nothing(self):
        assert clusters(2, {(0, 1): 0.49}) == [0, 1]
        assert clusters(2, {}) == [0, 1]
        assert clusters(0, {}) == []

    @settings(max_examples=60, deadline=None)
    @given(
        st.dictionaries(
            st.tuples(st.integers(0, 7), st.integers(0, 7)).filter(lambda pair: pair[0] < pair[1]),
            st.sampled_from([-1.0, 0.3, 0.5, 0.6, 0.8, 0.9]),
        ),
        st.randoms(use_true_random=False),
    )
    def test_the_order_of_pairs_does_not_matter(self, links, draw):
        mixed = list(links.items())
        draw.shuffle(mixed)
        found = clusters(8, dict(mixed))
        assert found == clusters(8, links)
        assert all(name <= item and found[name] == name for item, name in enumerate(found))
