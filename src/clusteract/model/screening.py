"""screen: rank many candidates, each with interval, domain and chance; say which to do next."""

from __future__ import annotations

import io
import math
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from clusteract.errors import InputError
from clusteract.model.predicting import ready
from clusteract.model.predictions import percent
from clusteract.model.saved_model import SavedModel
from clusteract.model.training_overlap import in_training
from clusteract.model.uncertainty import check_level, judge, trust_of
from clusteract.table import Table
from clusteract.validation.training_memory import IntervalModel

_SHORTLIST = 2000  # candidates among which diversity is looked at
_TOP = 0.9  # quantile of the measured targets that is the default threshold
# Of the training errors' root mean square: an expected gain below it is none. Such candidates
# differ by how an error's tail is drawn, not by what was measured.
_NO_GAIN = 1e-3


@dataclass(frozen=True, eq=False)
class Screening:
    """Candidates with what a model says of them; arrays are (n,), in the table's order.

    Attributes
    ----------
    names : tuple of str
    target : str
    predicted, low, high : ndarray
    level : float
        Of the interval.
    threshold, best_known : float
    chance : ndarray
        Probability that the target lies above the threshold.
    gain : ndarray
        Expected improvement on the best measured cluster.
    novelty : ndarray
        Distance to the nearest training clusters; above 1 is beyond the applicability domain.
    reasons : tuple of tuple of str
        Why a candidate lies outside the model's domain; empty inside.
    unusual : tuple of tuple of str
        What else is unusual about it, and no reason to call it outside.
    measured : ndarray of bool
        Candidates that the model was trained on.
    suggestions : tuple of int
        Rows to measure or compute next, the most promising first, no two alike.
    by_prediction : bool
        No candidate is expected to beat the best measured one: suggestions are ranked by their
        prediction instead of their gain.
    row : str
        What a candidate is called.
    """

    names: tuple[str, ...]
    target: str
    predicted: np.ndarray
    low: np.ndarray
    high: np.ndarray
    level: float
    threshold: float
    best_known: float
    chance: np.ndarray
    gain: np.ndarray
    novelty: np.ndarray
    reasons: tuple[tuple[str, ...], ...]
    unusual: tuple[tuple[str, ...], ...]
    measured: np.ndarray
    suggestions: tuple[int, ...]
    by_prediction: bool = False
    row: str = "row"

    @property
    def inside(self) -> np.ndarray:
        """Whether each candidate lies inside the model's domain."""
        return np.array([not r for r in self.reasons], dtype=bool)

    @property
    def ranking(self) -> np.ndarray:
        """Rows from the highest prediction to the lowest."""
        return np.lexsort((np.array(self.names, dtype=object), -self.predicted))

    def to_frame(self) -> pd.DataFrame:
        """Return all candidates, the highest prediction first."""
        place = {row: i for i, row in enumerate(self.suggestions, start=1)}
        frame = pd.DataFrame(
            {
                self.row: list(self.names),
                f"{self.target} predicted": self.predicted,
                f"low {percent(self.level)}": self.low,
                f"high {percent(self.level)}": self.high,
                f"chance above {self.threshold:.4g}": self.chance,
                "expected gain": self.gain,
                "novelty": self.novelty,
                "domain": ["outside" if r else "inside" for r in self.reasons],
                "why outside": ["; ".join(r) for r in self.reasons],
                "unusual": ["; ".join(r) for r in self.unusual],
                "measured": self.measured,
                "measure next": [place.get(i) for i in range(len(self.names))],
            }
        )
        frame["measure next"] = frame["measure next"].astype("Int64")
        frame = frame.iloc[self.ranking]
        frame.insert(0, "rank", np.arange(1, len(frame) + 1))
        return frame

    def to_csv(self) -> str:
        """Return `to_frame` as CSV text; numbers in full precision."""
        text = io.StringIO()
        self.to_frame().to_csv(text, index=False, lineterminator="\n")
        return text.getvalue()

    def records(self, rows: np.ndarray | tuple[int, ...]) -> list[dict[str, Any]]:
        """Return some candidates as plain records, as `screen --json` prints them."""
        return [
            {
                self.row: self.names[i],
                "predicted": float(self.predicted[i]),
                "low": float(self.low[i]),
                "high": float(self.high[i]),
                "chance": float(self.chance[i]),
                "gain": float(self.gain[i]),
                "novelty": float(self.novelty[i]),
                "outside": list(self.reasons[i]),
                "unusual": list(self.unusual[i]),
                "measured": bool(self.measured[i]),
            }
            for i in map(int, rows)
        ]


def screen(
    model: SavedModel,
    table: Table,
    *,
    level: float = 0.9,
    threshold: float | None = None,
    pick: int = 10,
    only_inside: bool = False,
) -> Screening:
    """Rank candidates and suggest which to measure or compute next.

    Parameters
    ----------
    model : SavedModel
        Fitted by this version: it holds what intervals and domain need.
    table : Table
        Candidates; columns are matched by name.
    level : float
        Of the intervals.
    threshold : float, optional
        Target above which a candidate is a hit; by default that of the best tenth of the
        model's training clusters.
    pick : int
        Number of suggestions.
    only_inside : bool
        Suggest nothing outside the model's domain, where its chances are less to be believed.

    Returns
    -------
    Screening

    Raises
    ------
    InputError
        Where columns or values are missing, or the model was saved without what screening needs.

    Examples
    --------
    >>> from clusteract import make_synthetic_table
    >>> from clusteract.recipes import get_recipe
    >>> from clusteract.model import fit_model
    >>> model = fit_model(
    ...     make_synthetic_table(80, seed=1), get_recipe("gp-additive"), inner_folds=2
    ... )
    >>> ranked = screen(model, make_synthetic_table(50, seed=2, target=False), pick=3)
    >>> len(ranked.suggestions), bool(np.all(ranked.low < ranked.high))
    (3, True)
    """
    check_level(level)
    if pick < 0:
        raise InputError(f"pick is {pick}; it must be 0 or more")
    used = ready(model, table)
    trust = trust_of(model, used)
    if trust is None:
        raise InputError(
            f"{model.label}: this model holds no training errors, so it has no intervals; fit it "
            "again with `clusteract fit`"
        )
    measured = np.asarray(trust.training.target)
    threshold = float(np.quantile(measured, _TOP)) if threshold is None else threshold
    if not math.isfinite(threshold):
        raise InputError(f"threshold is {threshold}; it must be a number")
    judged = judge(model, trust, used)
    low, high = trust.interval(judged.values, judged.difficulty, level)
    best = float(measured.max())
    result = Screening(
        names=table.names,
        target=model.target,
        predicted=judged.values,
        low=low,
        high=high,
        level=level,
        threshold=threshold,
        best_known=best,
        chance=trust.chance_above(judged.values, judged.difficulty, threshold),
        gain=trust.expected_gain(judged.values, judged.difficulty, best),
        novelty=judged.novelty,
        reasons=judged.reasons,
        unusual=judged.unusual,
        measured=in_training(trust.training, used),
        suggestions=(),
        row=model.domain.row,
    )
    free = np.flatnonzero(~result.measured & (result.inside | (not only_inside)))
    worth = _worth(result, free, _NO_GAIN * float(np.sqrt(np.mean(trust.errors**2))))
    return replace(
        result,
        suggestions=_suggest(result, trust, used, free, worth, pick),
        by_prediction=bool(len(free)) and float(worth.max()) <= 1.0,
    )


def _worth(result: Screening, free: np.ndarray, least: float) -> np.ndarray:
    """Return each free candidate's gain over the least that counts; below 1 the prediction ranks.

    Parameters
    ----------
    result : Screening
    free : ndarray of int, (n,)
        Rows that may be suggested.
    least : float
        The smallest gain that counts.
    """
    predicted, gain = result.predicted[free], result.gain[free]
    lowest = predicted.min(initial=np.inf)
    span = predicted.max(initial=-np.inf) - lowest
    place = (predicted - lowest) / span if len(free) and span > 0 else np.zeros(len(free))
    counts = gain > least
    # Below single precision lies what a sum's order decides, and so a row's place in the file.
    worth = np.where(counts, gain / (least if least > 0 else 1.0), (1 + place) / 2)
    return worth.astype(np.float32).astype(float)


def _suggest(
    result: Screening,
    trust: IntervalModel,
    table: Table,
    free: np.ndarray,
    worth: np.ndarray,
    pick: int,
) -> tuple[int, ...]:
    """Take the largest worth again and again, less where a pick is near already."""
    # Ties go to the higher prediction, then by name: never by the order of the rows.
    names = np.array([result.names[i] for i in free], dtype=object)
    predicted = result.predicted[free].astype(np.float32)
    order = np.lexsort((names, -predicted, -worth))[:_SHORTLIST]
    rows, value = free[order], worth[order]
    Z = trust.applicability_domain.space.standardise(table.descriptors[rows])
    picked: list[int] = []
    while len(picked) < min(pick, len(rows)):
        best = int(np.argmax(value.astype(np.float32)))  # the first of equals
        picked.append(int(rows[best]))
        apart = (
            np.sqrt(np.abs(Z - Z[best])).mean(axis=1) / trust.applicability_domain.usual_distance
        )
        value = value * np.minimum(apart, 1.0)
        value[best] = -1.0
    return tuple(picked)
