"""`make train`: fit the event coder's weights to the training articles; writes `event_weights.csv`, `settling_weights.csv`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from pipelines.nlp.build import build_nlp
from pipelines.nlp.events.choice import WEIGHTS_FILE, load_weights
from pipelines.nlp.events.evidence import ACTOR, PARTICIPANT, RECIPIENT
from pipelines.nlp.events.judgement import EXISTS, RIGHT
from pipelines.nlp.events.lexicon import LEXICONS
from pipelines.nlp.events.settling import DAY, PLACE
from pipelines.nlp.events.settling import WEIGHTS_FILE as SETTLING_FILE
from pipelines.settings import PROJECT_ROOT
from pipelines.training.corpus import read_articles, readings
from pipelines.training.examples import examples_of
from pipelines.training.fit import THRESHOLDS, fit_role, table
from pipelines.training.settling import cases_of, fit
from pipelines.training.settling import table as settling_table

_TRAINING = PROJECT_ROOT / "tests" / "cases" / "articles" / "training.jsonl"
_ROUNDS = 3  # what is chosen for one event is evidence for later ones, so the weights are fitted to their own choices
_START = "event_weights_by_hand.csv"
_SETTLING_START = "settling_weights_by_hand.csv"


def main() -> None:
    """Fit and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--articles", type=Path, default=_TRAINING, help="articles coded by hand, JSON Lines")
    parser.add_argument("--rounds", type=int, default=_ROUNDS)
    args = parser.parse_args()
    articles = read_articles(args.articles)
    nlp = build_nlp(is_explaining=True)
    events: Any = nlp.get_pipe("events")
    weights = by_hand = load_weights(_START)
    for number in range(1, args.rounds + 1):
        events.weights = weights
        examples = examples_of(readings(articles, nlp))
        fitted = {
            role: fit_role(role, examples[role], by_hand.get(role, {}))
            for role in (ACTOR, RECIPIENT, PARTICIPANT, EXISTS, RIGHT)
        }
        weights = {role: one.weights for role, one in fitted.items()}
        weights |= {role: {**weights[role], "threshold": least} for role, least in THRESHOLDS.items()}
        losses = ", ".join(
            f"{role} {one.loss:.3f} ({len(examples[role])}, penalty {one.penalty:g})" for role, one in fitted.items()
        )
        sys.stdout.write(f"round {number}: log loss (examples) {losses}\n")
    (LEXICONS / WEIGHTS_FILE).write_text(table(list(fitted.values())), encoding="utf-8")
    events.weights = weights
    cases, starts = cases_of(readings(articles, nlp)), load_weights(_SETTLING_START)
    settled = {}
    for role in (DAY, PLACE):
        settled[role], share = fit(role, cases[role], starts[role])
        sys.stdout.write(f"{role}: settled rightly {share:.3f} ({len(cases[role])})\n")
    (LEXICONS / SETTLING_FILE).write_text(settling_table(settled), encoding="utf-8")


if __name__ == "__main__":
    main()
