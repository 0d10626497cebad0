"""Fitting: logistic regression over the evidence, starting from the weights set by hand, written as a table of weights.

What belongs here: the fit and the file. What does not: examples (`examples.py`). The same articles
give the same file, bit for bit: nothing is drawn at random and weights are rounded.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize
from scipy.sparse import csr_matrix
from scipy.special import expit
from sklearn.feature_extraction import DictVectorizer
from sklearn.metrics import log_loss

from pipelines.nlp.events.evidence import ACTOR, PARTICIPANT, RECIPIENT
from pipelines.nlp.events.judgement import EXISTS, RIGHT
from pipelines.training.examples import Example

_PENALTIES = (1.0, 3.0, 10.0, 20.0, 30.0)  # of the squared distance from the start
_NEARLY = 1.01  # a penalty whose loss in cross-validation is at most this many times the least is about as good
# Added to the fitted weights. To the bias of the recipient: an empty side that has a likely party costs an analyst more than a
# doubtful party does. To the rest: who only tells of an event, stands in another clause, repeats a name, or is beside several
# who act together is hardly ever the other side, nor is the place of the scene, nor whom only a phrase deep inside another names;
# the articles have too few of each to fit it; whom somebody offers or threatens to do something to mostly is.
# To an event: long articles refer to deeds and suppose them more than ours do, and few nouns tell of a deed that no verb says
# was done; a lone sentence does not.
# They also tell more of other things, so what a word mostly means there counts for more.
STAKES: Mapping[str, Mapping[str, float]] = {
    ACTOR: {"source": -3.0},
    RECIPIENT: {
        "bias": 1.3,
        "source": -2.0,
        "says": -2.0,
        "crosses=relcl": -1.2,
        "crosses=clause": -1.2,
        "crosses=appos": -1.5,
        "beside_several": -2.5,
        "kind=plain": -1.0,
        "taken:nominal": -3.0,
        "taken:plain": -3.0,
        "type=AGREE": -2.0,
        "scene": -1.5,
        "alone:scene": 1.5,
        "vacant:below:3": -0.5,
        "at=inner.recipient": 0.6,
        "alone:inner.recipient": -0.6,
    },
    PARTICIPANT: {
        "source": -2.0,
        "says": -2.0,
        "crosses=advcl": -3.0,
        "crosses=ccomp": -3.0,
        "crosses=clause": -3.0,
        "crosses=pcomp": -3.0,
        "at=at": -2.0,
    },
    EXISTS: {
        "form=noun": -0.85,
        "tell=background": -0.4,
        "modality=hypothetical": -0.5,
        "alone": 0.9,
        "likelihood": 0.4,
    },
}
_FOLDS = 5
_DIGITS = 3
# A draft becomes a row where an event is likelier than none, and of rows of its kind one in six has all its parties right.
THRESHOLDS = {EXISTS: 0.5, RIGHT: 0.16}
_LEAST = 3  # examples that evidence has to be seen in
HEADER = (
    "# Weights of the evidence of a party in a role, of a draft being an event and being right; logarithms of odds, added up.\n"
    "# Fitted by `make train` to tests/cases/articles/training.jsonl; not to be edited by hand.\n"
    "# threshold: probability from which a draft becomes a row.\n"
)
PARTIES_HEADER = (
    "# Weights of the evidence of a party in a role, and of all parties of a draft being right; logarithms of odds, added up.\n"
    "# Fitted by `python -m pipelines.training --parties` to tests/cases/articles/training.jsonl, from the weights set by hand;\n"
    "# `make train` keeps them (docs/decisions/0107).\n"
)


@dataclass(frozen=True, slots=True)
class Fitted:
    """Weights of one role."""

    role: str
    weights: dict[str, float]
    loss: float  # log loss of cross-validation
    penalty: float  # that was taken


def fit_role(role: str, examples: Sequence[Example], start: Mapping[str, float], *, is_free: bool = False) -> Fitted:
    """Fit one role: the weights that lose least on the examples and are not far from where they start.

    Args:
        role: name of the role.
        examples: its examples; at least two articles.
        start: weights set by hand, which evidence that is seen too seldom keeps.
        is_free: of the penalties that lose about as little as the best one, the smallest is taken in place of the greatest.
            For weights whose start was fitted to the same articles: cross-validation thinks too well of the start.
    """
    seen: dict[str, int] = {}
    for example in examples:
        for name in example.evidence:
            seen[name] = seen.get(name, 0) + 1
    vectorizer = DictVectorizer()
    matrix = vectorizer.fit_transform([{k: v for k, v in e.evidence.items() if seen[k] >= _LEAST} for e in examples])
    base = np.array(
        [start.get("bias", 0.0) + sum(start.get(k, 0.0) * v for k, v in e.evidence.items()) for e in examples]
    )
    labels = np.array([e.label for e in examples], dtype=float)
    fold_of = {article: i % _FOLDS for i, article in enumerate(sorted({e.article for e in examples}))}
    folds = np.array([fold_of[e.article] for e in examples])
    losses: dict[float, float] = {}
    for penalty in _PENALTIES:
        predicted = np.zeros(len(labels))
        for fold in range(_FOLDS):
            held = folds == fold
            shift, moved = _minimum(matrix[~held], base[~held], labels[~held], penalty)
            predicted[held] = expit(base[held] + shift + matrix[held] @ moved)
        losses[penalty] = float(log_loss(labels, np.clip(predicted, 1e-6, 1 - 1e-6)))
    least = min(losses.values())
    near = [penalty for penalty, loss in losses.items() if loss <= _NEARLY * least]
    taken = min(near) if is_free else max(near)
    bias, moved = _minimum(matrix, base, labels, taken)
    weights = dict(start)
    weights["bias"] = weights.get("bias", 0.0) + bias
    for name, move in zip(vectorizer.get_feature_names_out(), moved, strict=True):
        weights[str(name)] = weights.get(str(name), 0.0) + float(move)
    return Fitted(role, _rounded(weights), losses[taken], taken)


def with_stakes(role: str, weights: Mapping[str, float]) -> dict[str, float]:
    """Weights as the pipeline applies them: what was fitted, and what stands outside the fit (`STAKES`)."""
    staked = dict(weights)
    for name, added in STAKES.get(role, {}).items():
        staked[name] = staked.get(name, 0.0) + added
    return _rounded(staked)


def halfway(one: Mapping[str, float], other: Mapping[str, float]) -> dict[str, float]:
    """Weights between two fits: their scores are the mean of both."""
    names = one.keys() | other.keys()
    return _rounded({name: (one.get(name, 0.0) + other.get(name, 0.0)) / 2 for name in names})


def _rounded(weights: Mapping[str, float]) -> dict[str, float]:
    rounded = {name: round(weight, _DIGITS) for name, weight in weights.items() if name != "threshold"}
    return {name: rounded[name] for name in sorted(rounded, key=lambda n: (n != "bias", n)) if rounded[name]}


def _minimum(matrix: csr_matrix, base: np.ndarray, labels: np.ndarray, penalty: float) -> tuple[float, np.ndarray]:
    """Bias and weights, added to the base scores, with the least logistic loss and squared size."""

    def loss(values: np.ndarray) -> tuple[float, np.ndarray]:
        scores = base + values[0] + matrix @ values[1:]
        gap = expit(scores) - labels
        size = float(values[1:] @ values[1:])
        total = float(np.sum(np.logaddexp(0, scores) - labels * scores)) + penalty / 2 * size
        return total, np.concatenate(([gap.sum()], matrix.T @ gap + penalty * values[1:]))

    found = minimize(loss, np.zeros(matrix.shape[1] + 1), jac=True, method="L-BFGS-B", options={"maxiter": 2000})
    return float(found.x[0]), found.x[1:]


def table(weights: Mapping[str, Mapping[str, float]], *, header: str = HEADER, thresholds: bool = True) -> str:
    """The text of a file of weights, by role."""
    out = io.StringIO()
    out.write(header)
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(("role", "evidence", "weight"))
    for role, values in weights.items():
        for name, weight in values.items():
            writer.writerow((role, name, f"{weight:g}"))
    for role, least in THRESHOLDS.items() if thresholds else ():
        writer.writerow((role, "threshold", f"{least:g}"))
    return out.getvalue()
