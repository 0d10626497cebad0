"""`make train`: fit the event coder's weights to the training articles; writes `event_weights.csv`, asked to also the others."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from spacy.language import Language

from pipelines.nlp.build import build_nlp
from pipelines.nlp.coreference.country_vote import ROLE as COUNTRY
from pipelines.nlp.coreference.country_vote import WEIGHTS_FILE as COUNTRIES_FILE
from pipelines.nlp.events.choice import WEIGHTS_FILE, load_weights
from pipelines.nlp.events.evidence import ACTOR, PARTICIPANT, RECIPIENT
from pipelines.nlp.events.judgement import EXISTS, RIGHT
from pipelines.nlp.events.lexicon import LEXICONS
from pipelines.nlp.events.row_confidence import CONFIDENCE
from pipelines.nlp.events.settling import DAY, PLACE
from pipelines.nlp.events.settling import WEIGHTS_FILE as SETTLING_FILE
from pipelines.settings import PROJECT_ROOT
from pipelines.training.corpus import Article, read_articles, readings
from pipelines.training.countries import country_cases
from pipelines.training.examples import examples_of
from pipelines.training.fit import PARTIES_HEADER, THRESHOLDS, fit_role, halfway, table, with_stakes
from pipelines.training.settling import COUNTRY_HEADER, cases_of, fit
from pipelines.training.settling import table as settling_table

_TRAINING = PROJECT_ROOT / "tests" / "cases" / "articles" / "training.jsonl"
_ROUNDS = 3  # what is chosen for one event is evidence for later ones, so the weights are fitted to their own choices
_START = "event_weights_by_hand.csv"
_PARTIES = "event_weights_parties.csv"
PARTY_ROLES = (ACTOR, RECIPIENT, PARTICIPANT, RIGHT)  # who they are, and whether they are right
_SETTLING_START = "settling_weights_by_hand.csv"


def main() -> None:
    """Fit and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--articles", type=Path, default=_TRAINING, help="articles coded by hand, JSON Lines")
    parser.add_argument("--rounds", type=int, default=_ROUNDS)
    parser.add_argument(
        "--parties", action="store_true", help="fit the weights of actor, recipient, participant and right too"
    )
    parser.add_argument(
        "--right", action="store_true", help="fit the weights of right alone, to the rows that those in use give"
    )
    parser.add_argument(
        "--confidence", action="store_true", help="fit the confidence of rows alone, to the rows that those in use give"
    )
    parser.add_argument("--settling", action="store_true", help="fit the weights of days and places too")
    parser.add_argument("--countries", action="store_true", help="fit the vote on countries, and nothing else")
    args = parser.parse_args()
    articles = read_articles(args.articles)
    nlp = build_nlp(is_explaining=True)
    if args.countries:
        _fit_countries(articles, nlp)
        return
    events: Any = nlp.get_pipe("events")
    if args.right:
        _fit_right(articles, nlp)
        return
    if args.confidence:
        _fit_confidence(articles, nlp)
        return
    by_hand = load_weights(_START)
    parties = load_weights(_PARTIES)
    # Who is weighed against whom is an earlier fit unless asked for, and so is the settling: a later one has to win to be kept.
    fixed = {} if args.parties else {role: with_stakes(role, parties[role]) for role in PARTY_ROLES}
    sure = {CONFIDENCE: load_weights().get(CONFIDENCE, {})}  # says nothing of what becomes a row
    weights: Mapping[str, Mapping[str, float]] = {**by_hand, **fixed}
    for number in range(1, args.rounds + 1):
        events.weights = weights
        examples = examples_of(readings(articles, nlp))
        fitted = {
            role: fit_role(role, examples[role], by_hand.get(role, {}))
            for role in (*PARTY_ROLES, EXISTS)
            if role not in fixed
        }
        chosen = fixed | {role: with_stakes(role, one.weights) for role, one in fitted.items()}
        weights = chosen | {role: {**chosen[role], "threshold": least} for role, least in THRESHOLDS.items()}
        losses = ", ".join(
            f"{role} {one.loss:.3f} ({len(examples[role])}, penalty {one.penalty:g})" for role, one in fitted.items()
        )
        sys.stdout.write(f"round {number}: log loss (examples) {losses}\n")
    if args.parties:
        found = {role: fitted[role].weights for role in PARTY_ROLES}
        text = table(found, header=PARTIES_HEADER, thresholds=False)
        (LEXICONS / _PARTIES).write_text(text, encoding="utf-8")
    _write({**weights, **sure})
    if args.settling:
        events.weights = weights
        _fit_settling(articles, nlp)


def _fit_right(articles: list[Article], nlp: Language) -> None:
    """Fit and write the weights of `right`: halfway from those in use to those that are best for the rows of these articles.

    They are the confidence of rows, so what did not become one says nothing of it.
    """
    weights, parties = load_weights(), load_weights(_PARTIES)
    fitted = fit_role(RIGHT, examples_of(readings(articles, nlp), only_rows=True)[RIGHT], parties[RIGHT])
    sys.stdout.write(f"{RIGHT}: log loss {fitted.loss:.3f}, penalty {fitted.penalty:g}\n")
    parties = {**parties, RIGHT: halfway(parties[RIGHT], fitted.weights)}
    found = {role: parties[role] for role in PARTY_ROLES}
    (LEXICONS / _PARTIES).write_text(table(found, header=PARTIES_HEADER, thresholds=False), encoding="utf-8")
    _write({**weights, RIGHT: parties[RIGHT]})


def _fit_confidence(articles: list[Article], nlp: Language) -> None:
    """Fit and write the weights of `confidence`: those that are best for the rows of these articles, from what `right` says."""
    fitted = fit_role(CONFIDENCE, examples_of(readings(articles, nlp))[CONFIDENCE], {RIGHT: 1.0}, is_free=True)
    sys.stdout.write(f"{CONFIDENCE}: log loss {fitted.loss:.3f}, penalty {fitted.penalty:g}\n")
    _write({**load_weights(), CONFIDENCE: fitted.weights})


def _write(weights: Mapping[str, Mapping[str, float]]) -> None:
    """Write the weights in use; the thresholds of rows stand in the code."""
    written = {role: {k: v for k, v in values.items() if k != "threshold"} for role, values in weights.items()}
    (LEXICONS / WEIGHTS_FILE).write_text(table(written), encoding="utf-8")


def _fit_settling(articles: list[Article], nlp: Language) -> None:
    """Fit and write the weights of days and places."""
    cases, starts = cases_of(readings(articles, nlp)), load_weights(_SETTLING_START)
    settled = {}
    for role in (DAY, PLACE):
        settled[role], share = fit(role, cases[role], starts[role])
        sys.stdout.write(f"{role}: settled rightly {share:.3f} ({len(cases[role])})\n")
    (LEXICONS / SETTLING_FILE).write_text(settling_table(settled), encoding="utf-8")


def _fit_countries(articles: list[Article], nlp: Language) -> None:
    """Fit and write the weights of the vote on the country of nameless parties."""
    cases = country_cases(readings(articles, nlp))
    weights, share = fit(COUNTRY, cases, {})
    sys.stdout.write(f"country: given rightly {share:.3f} ({len(cases)})\n")
    text = settling_table({COUNTRY: weights}, COUNTRY_HEADER)
    (LEXICONS / COUNTRIES_FILE).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
