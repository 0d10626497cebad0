"""Training: rows are matched with coded events, weights start from those set by hand, the same examples give the same file."""

from __future__ import annotations

from importlib import import_module
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from pipelines.training.corpus import read_articles
from pipelines.training.countries import country_cases
from pipelines.training.examples import Example
from pipelines.training.matching import Designation, is_party, match_rows, same_name, side_is_right

START = {"bias": -1.0, "at=subj": 2.0, "seldom": 0.7, "threshold": 0.5}


@pytest.fixture(scope="module")
def fit() -> ModuleType:
    """The module, loaded where it is used: scikit-learn takes more than a second in every process that collects tests."""
    return import_module("pipelines.training.fit")


def examples(count: int = 60) -> list[Example]:
    """Subjects are mostly right, phrases with "in" never; five articles."""
    rows = []
    for number in range(count):
        is_subject = number % 2 == 0
        evidence = {"at=subj": 1.0} if is_subject else {"at=in": 1.0}
        rows.append(Example(f"article {number % 5}", evidence, is_subject and number % 6 != 0))
    return [*rows, Example("article 0", {"seldom": 1.0}, True)]


def test_the_same_examples_give_the_same_bytes(fit):
    first, second = (fit.table({"actor": fit.fit_role("actor", examples(), START).weights}).encode() for _ in range(2))
    assert first == second
    assert first.endswith(
        f"exists,threshold,{fit.THRESHOLDS['exists']:g}\nright,threshold,{fit.THRESHOLDS['right']:g}\n".encode()
    )


def test_weights_move_from_where_they_start(fit):
    fitted = fit.fit_role("actor", examples(), START)
    assert fitted.weights["seldom"] == START["seldom"]  # seen too seldom to be moved
    assert fitted.weights["at=in"] < 0 < fitted.weights["at=subj"]
    assert "threshold" not in fitted.weights
    assert fitted.weights["at=subj"] != START["at=subj"]


def test_a_start_that_explains_the_examples_stays(fit):
    rows = [Example(f"article {n % 5}", {"at=subj": 1.0}, n % 4 != 0) for n in range(80)]
    start = {"bias": 0.0, "at=subj": 1.0986}  # log odds of three in four
    fitted = fit.fit_role("actor", rows, start)
    assert fitted.weights["at=subj"] == pytest.approx(start["at=subj"], abs=0.01)


def test_order_of_evidence_does_not_matter(fit):
    rows = [Example(e.article, dict(reversed(list(e.evidence.items()))), e.label) for e in examples()]
    assert fit.fit_role("actor", rows, START).weights == fit.fit_role("actor", examples(), START).weights


def test_halfway_scores_are_the_mean_of_both(fit):
    assert fit.halfway({"bias": -1.0, "at=subj": 2.0}, {"bias": -2.0, "at=in": 1.0}) == {
        "bias": -1.5,
        "at=in": 0.5,
        "at=subj": 1.0,
    }


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        ("the Kenyan police", "police of Kenya", True),
        ("EU", "European Union", True),
        ("Mélanie Roux", "Melanie", True),
        ("the ministry of the interior", "the army", False),
        ("of the", "the of", False),
    ],
)
def test_designations_of_one_party(one, other, is_same):
    assert same_name(one, other) is is_same


def party(text: str, country: str = "", **more: Any) -> dict[str, Any]:
    return {"text": text, "names": [], "country": country, "sectors": [], "optional": False, **more}


def test_a_side_is_right_when_nothing_is_missing_and_nothing_added():
    police, army = Designation("police", "Kenya Police", "KEN"), Designation("the army", "", "KEN")
    assert is_party(police, party("Kenyan police", "KEN"), with_country=True)
    assert not is_party(police, party("Ugandan police", "UGA"), with_country=True)
    assert is_party(police, party("Ugandan police", "UGA"), with_country=False)
    assert side_is_right([police], [party("police", "KEN")])
    assert not side_is_right([police, army], [party("police", "KEN")])
    assert not side_is_right([police], [party("police", "KEN"), party("army", "KEN")])
    assert side_is_right([police], [party("police", "KEN"), party("army", "KEN", optional=True)])


def row(start: int, *, actors=(), recipients=(), event_type="COERCE") -> Any:
    def as_parties(names):
        return tuple(SimpleNamespace(text=name, entity_id=None, country=None) for name in names)

    return SimpleNamespace(
        event_type=event_type, start_char=start, end_char=start + 6, sentence_start_char=0, sentence_end_char=100,
        actors=as_parties(actors), recipients=as_parties(recipients),
    )  # fmt: skip


def coded(start: int, *, actors=(), recipients=(), **more: Any) -> dict[str, Any]:
    return {
        "types": ["COERCE"], "start_char": start, "end_char": start + 6, "symmetric": False, "required": True,
        "actors": [party(name) for name in actors], "recipients": [party(name) for name in recipients], **more,
    }  # fmt: skip


def matched(rows, events):
    return match_rows([(None, one) for one in rows], events, {})


def test_a_coded_event_is_told_by_the_row_that_fits_it_best():
    event = coded(10, actors=["police"], recipients=["Mara"])
    wrong, right = row(10, actors=["army"]), row(40, actors=["police"], recipients=["Mara"])
    first, second = matched([wrong, right], [event])
    assert first.coded is None
    assert second.coded is event
    assert (second.is_right, second.is_near) == (True, False)


def test_rows_of_other_types_and_sentences_tell_nothing():
    event = coded(10, actors=["police"])
    assert matched([row(10, actors=["police"], event_type="AID")], [event])[0].coded is None
    assert matched([row(10, actors=["police"])], [coded(150, actors=["police"])])[0].coded is None


def test_sides_of_a_symmetric_event_may_be_swapped():
    event = coded(10, actors=["police"], recipients=["miners"], symmetric=True)
    assert matched([row(10, actors=["miners"], recipients=["police"])], [event])[0].is_right
    event["symmetric"] = False
    assert not matched([row(10, actors=["miners"], recipients=["police"])], [event])[0].is_right


def test_countries_are_learned_from_coded_parties_that_were_voted_on():
    voted, stated = SimpleNamespace(head=3), SimpleNamespace(head=9)
    vote = SimpleNamespace(
        asked={3: None}, options=lambda head, rules: {None: {"nothing", "rules"}, "KEN": {"here"}, "UGA": {"back=1"}}
    )
    one = row(10, actors=["police"], recipients=["miners"])
    event = coded(10) | {"actors": [party("police", "KEN")], "recipients": [party("miners", "UGA")]}
    draft = SimpleNamespace(actors=(voted,), recipients=(stated,))
    article = SimpleNamespace(article_id="a", events=(event,))
    reading: Any = SimpleNamespace(article=article, drafts=((draft, one),), names={}, vote=vote)
    (case,) = country_cases([reading])
    assert case.right == (False, True, False)
    assert case.options[1] == {"here"}


def test_articles_are_read_in_order(tmp_path):
    path = tmp_path / "articles.jsonl"
    path.write_text(
        '{"id": "b", "text": "One.", "published_date": "2024-05-01", "events": []}\n'
        '{"id": "a", "text": "Two.", "published_date": null, "events": []}\n',
        encoding="utf-8",
    )
    first, second = read_articles(path)
    assert (first.article_id, second.article_id) == ("b", "a")
    assert first.published_date is not None
    assert second.published_date is None
    path.write_text("no json\n", encoding="utf-8")
    with pytest.raises(ValueError, match="Expecting value"):
        read_articles(path)


def test_of_penalties_that_lose_about_as_little_the_greatest_is_taken_or_the_smallest(fit, monkeypatch):
    monkeypatch.setattr(fit, "_NEARLY", 1e9)
    assert fit.fit_role("actor", examples(), START).penalty == 30.0
    assert fit.fit_role("actor", examples(), START, is_free=True).penalty == 1.0
    monkeypatch.setattr(fit, "_NEARLY", 1.0)
    assert fit.fit_role("actor", examples(), START).penalty < 30.0
