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
from clusteract.model.saved_model import SavedModel
from clusteract.model.training_overlap import in_training
from clusteract.model.uncertainty import check_level, judge, trust_of
from clusteract.table import Table
from clusteract.validation.training_memory import IntervalModel

_SHORTLIST = 2000  # candidates among which diversity is looked at
_TOP = 0.9  # quantile of the measured targets that is the default threshold


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
        Distance to the nearest training clusters; above 1 is beyond the border.
    reasons : tuple of tuple of str
        Why a candidate lies outside the model's domain; empty inside.
    unusual : tuple of tuple of str
        What else is unusual about it, and no reason to call it outside.
    measured : ndarray of bool
        Candidates that the model was trained on.
    suggestions : tuple of int
        Rows to measure or compute next, the most promising first, no two alike.
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

    @property
    def inside(self) -> np.ndarray:
        """Whether each candidate lies inside the model's domain."""
        return np.array([not r for r in self.reasons], dtype=bool)

    @property
    def ranking(self) -> np.ndarray:
        """Rows from the highest prediction to the lowest."""
        return np.argsort(-self.predicted, kind="stable")

    def to_frame(self) -> pd.DataFrame:
        """Return all candidates, the highest prediction first."""
        percent = f"{100 * self.level:g} %"
        place = {row: i for i, row in enumerate(self.suggestions, start=1)}
        frame = pd.DataFrame(
            {
                "cluster": list(self.names),
                f"{self.target} predicted": self.predicted,
                f"low {percent}": self.low,
                f"high {percent}": self.high,
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
                "cluster": self.names[i],
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
    >>> from clusteract.chemistry.synthetic import make_synthetic_table
    >>> from clusteract.recipes import get_recipe
    >>> from clusteract.model import fit_model
    >>> model = fit_model(
    ...     make_synthetic_table(80, seed=1), get_recipe("gp-additive"), inner_folds=2
    ... )
    >>> found = screen(model, make_synthetic_table(50, seed=2, target=False), pick=3)
    >>> len(found.suggestions), bool(np.all(found.low < found.high))
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
    known = np.asarray(trust.training.target)
    threshold = float(np.quantile(known, _TOP)) if threshold is None else threshold
    if not math.isfinite(threshold):
        raise InputError(f"threshold is {threshold}; it must be a number")
    judged = judge(model, trust, used)
    low, high = trust.interval(judged.values, judged.difficulty, level)
    best = float(known.max())
    found = Screening(
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
    )
    allowed = ~found.measured & (found.inside | (not only_inside))
    rows = np.flatnonzero(allowed)
    return replace(found, suggestions=_suggest(found, trust, used, rows, pick))


def _suggest(
    found: Screening, trust: IntervalModel, table: Table, free: np.ndarray, pick: int
) -> tuple[int, ...]:
    """Take the largest expected gain again and again, less where a pick is near already."""
    rows = free[np.argsort(-found.gain[free], kind="stable")[:_SHORTLIST]]
    value = found.gain[rows].copy()
    Z = trust.border.space.standardise(table.descriptors[rows])
    picked: list[int] = []
    while len(picked) < min(pick, len(rows)):
        best = int(np.argmax(value))
        picked.append(int(rows[best]))
        apart = np.sqrt(np.abs(Z - Z[best])).mean(axis=1) / trust.border.usual_distance
        value *= np.minimum(apart, 1.0)
        value[best] = -1.0
    return tuple(picked)
