"""How good is a classifier: which classes it confuses, and how well it ranks.

Labels are integers 0 … K − 1, in two classes 0 and 1 (1 is the one of interest: a sick cell).
Scores are any numbers, higher for 1; probabilities p are scores in [0, 1] that claim P(label = 1).

Source: Fawcett 2006, An introduction to ROC analysis; Davis & Goadrich 2006; Niculescu-Mizil &
Caruana 2005, Predicting good probabilities.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from engine.array import Array
from engine.scaling import multiplied_back, scaled
from engine.validate import integer, require, same_shape, scalar, square, vector

MOST_CLASSES = 4096
"""K² counts are 128 MB then."""


def confusion_matrix(labels: ArrayLike, predicted: ArrayLike, K: int | None = None) -> Array:
    """How often class i (row) was predicted to be class j (column).

    Args:
        labels, predicted: (N,), N ≥ 1.
        K: the number of classes; 1 + the largest seen, and at least 2, if not given.

    Returns:
        (K, K), counts.

    Raises:
        ShapeError: labels and predictions of different shapes.
        DomainError: not integers, negative, or ≥ K.

    >>> confusion_matrix([0, 0, 1, 1, 1], [0, 1, 1, 1, 0]).tolist()
    [[1.0, 1.0], [1.0, 2.0]]
    """
    y = vector("confusion_matrix", "labels", labels)
    y_hat = vector("confusion_matrix", "predicted", predicted)
    same_shape("confusion_matrix", "labels and predicted", y, y_hat)
    both = np.concatenate([y, y_hat])
    if K is not None:
        K = integer("confusion_matrix", "K", K, low=1, high=MOST_CLASSES)
    wrong = (both < 0) | (both >= (K or MOST_CLASSES)) | (both != np.floor(both))
    expected = f"integer labels from 0 to {(K or MOST_CLASSES) - 1}"
    require(not wrong.any(), "confusion_matrix", expected, both[wrong][:1])
    K = K or max(2, int(both.max()) + 1)
    cells = np.bincount((y * K + y_hat).astype(np.intp), minlength=K * K)
    return cells.reshape(K, K).astype(np.float64)


class Report(NamedTuple):
    """Scores of a confusion matrix; NaN where there is nothing to count.

    `accuracy` is the fraction of right answers. For each class, (K,): `precision`, the fraction of
    its predictions that are right; `recall`, the fraction of its cases found; `f1`, their harmonic
    mean.
    """

    accuracy: float
    precision: Array
    recall: Array
    f1: Array


def report(matrix: ArrayLike) -> Report:
    """Accuracy, precision, recall and F₁ of a confusion matrix (K, K).

    Raises:
        ShapeError: not (K, K).
        DomainError: not counts, or all 0.

    >>> found = report([[90, 5], [2, 3]])
    >>> found.accuracy, found.precision.round(3).tolist(), found.recall.round(3).tolist()
    (0.93, [0.978, 0.375], [0.947, 0.6])
    """
    M, _ = scaled(square("report", "matrix", matrix))
    require((M >= 0).all() and M.any(), "report", "counts ≥ 0, not all 0", matrix)
    right = np.diag(M)
    with np.errstate(invalid="ignore"):
        precision, recall = right / M.sum(axis=0), right / M.sum(axis=1)
        f1 = 2 * right / (M.sum(axis=0) + M.sum(axis=1))
    return Report(float(right.sum() / M.sum()), precision, recall, f1)


class Roc(NamedTuple):
    """What each threshold does, from the strictest to the laxest; M is one more than the scores.

    "1" is predicted for scores ≥ `thresholds`, (M,), the first being ∞. `false_positive_rate` and
    `true_positive_rate`, (M,), are the fractions of the zeros and of the ones predicted to be 1.
    """

    thresholds: Array
    false_positive_rate: Array
    true_positive_rate: Array


def roc(labels: ArrayLike, scores: ArrayLike) -> Roc:
    """True against false positive rate for every threshold: from (0, 0) to (1, 1).

    Equal scores are one threshold: a slanted line, not a step.

    Args:
        labels: (N,), 0 and 1, both present.
        scores: (N,), finite.

    Raises:
        ShapeError: labels and scores of different shapes.
        DomainError: an argument outside its domain.

    >>> curve = roc([0, 1, 0, 1], [0.1, 0.9, 0.6, 0.4])
    >>> curve.false_positive_rate.tolist(), curve.true_positive_rate.tolist()
    ([0.0, 0.0, 0.5, 0.5, 1.0], [0.0, 0.5, 0.5, 1.0, 1.0])
    """
    thresholds, zeros, ones = _by_threshold("roc", labels, scores)
    require(zeros[-1] > 0, "roc", "labels of both classes", "only 1")
    return Roc(thresholds, zeros / zeros[-1], ones / ones[-1])


def auc(labels: ArrayLike, scores: ArrayLike) -> float:
    """The area under the ROC: the probability that a one is ranked above a zero, ties half.

    ½ is guessing, 1 is perfect; below ½ the scores are upside down.

    Args:
        labels, scores: as for `roc`.

    Raises:
        ShapeError, DomainError: as for `roc`.

    >>> auc([0, 1, 0, 1], [0.1, 0.9, 0.6, 0.4])
    0.75

    Source: Hanley & McNeil 1982.
    """
    curve = roc(labels, scores)
    return float(np.trapezoid(curve.true_positive_rate, curve.false_positive_rate))


class PrecisionRecall(NamedTuple):
    """What each threshold does where ones are few: `thresholds`, `precision`, `recall`, (M,)."""

    thresholds: Array
    precision: Array
    recall: Array


def precision_recall(labels: ArrayLike, scores: ArrayLike) -> PrecisionRecall:
    """Precision against recall for every threshold, from the strictest that says "1" at all.

    Args:
        labels: (N,), 0 and 1, at least one 1.
        scores: (N,), finite.

    Raises:
        ShapeError, DomainError: as for `roc`.

    >>> precision_recall([0, 1, 0, 1], [0.1, 0.9, 0.6, 0.4]).precision.round(3).tolist()
    [1.0, 0.5, 0.667, 0.5]
    """
    thresholds, zeros, ones = _by_threshold("precision_recall", labels, scores)
    said = zeros[1:] + ones[1:]
    return PrecisionRecall(thresholds[1:], ones[1:] / said, ones[1:] / ones[-1])


def average_precision(labels: ArrayLike, scores: ArrayLike) -> float:
    """Σ (Rₖ − Rₖ₋₁) Pₖ: the area under precision against recall, as steps.

    Args:
        labels, scores: as for `precision_recall`.

    Raises:
        ShapeError, DomainError: as for `roc`.

    >>> average_precision([0, 1, 1], [0.3, 0.8, 0.1])
    0.8333333333333333
    """
    curve = precision_recall(labels, scores)
    return float(np.diff(curve.recall, prepend=0) @ curve.precision)


def cheapest_threshold(
    labels: ArrayLike, scores: ArrayLike, *, miss: float = 1.0, false_alarm: float = 1.0
) -> tuple[float, float]:
    """From which score on to say "1" when a miss and a false alarm cost differently.

    Args:
        labels, scores: as for `roc`.
        miss, false_alarm: cost of one, in [0, ∞).

    Returns:
        The threshold (∞: never), and the mean cost of one case with it.

    Raises:
        ShapeError, DomainError: an argument outside its domain.

    >>> cheapest_threshold([0, 1, 0, 1], [0.1, 0.9, 0.6, 0.4], miss=10.0)
    (0.4, 0.25)

    Source: Elkan 2001, The foundations of cost-sensitive learning.
    """
    where = "cheapest_threshold"
    miss = scalar(where, "miss", miss, low=0)
    false_alarm = scalar(where, "false_alarm", false_alarm, low=0)
    thresholds, zeros, ones = _by_threshold(where, labels, scores)
    (miss, false_alarm), e = scaled(np.array([miss, false_alarm]))
    costs = (miss * (ones[-1] - ones) + false_alarm * zeros) / (ones[-1] + zeros[-1])
    best = int(np.argmin(costs))
    return float(thresholds[best]), float(multiplied_back(where, "cost", costs[best], e))


def _by_threshold(where: str, labels: ArrayLike, scores: ArrayLike) -> tuple[Array, Array, Array]:
    """Thresholds downwards from ∞, and how many zeros and ones reach each."""
    y, scores = two_classes(where, labels), vector(where, "scores", scores)
    same_shape(where, "labels and scores", y, scores)
    require(y.max() == 1, where, "a label 1", "only 0")
    order = np.argsort(-scores, kind="stable")
    ranked, y = scores[order], y[order]
    last = np.append(
        np.flatnonzero(ranked[1:] != ranked[:-1]), len(y) - 1
    )  # the last of equal scores
    ones = np.append(0.0, np.cumsum(y)[last])
    zeros = np.append(0.0, (np.cumsum(1 - y))[last])
    return np.append(np.inf, ranked[last]), zeros, ones


def two_classes(where: str, labels: ArrayLike) -> Array:
    """Labels as an array (N,) of 0 and 1.

    Raises:
        ShapeError: not one axis.
        DomainError: empty, or another number.

    >>> two_classes("roc", [True, False]).tolist()
    [1.0, 0.0]
    """
    y = vector(where, "labels", labels)
    wrong = (y != 0) & (y != 1)
    require(not wrong.any(), where, "labels 0 and 1", y[wrong][:1])
    return y
