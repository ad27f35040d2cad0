"""A task of a search, which can run anywhere, and its result, which can be stored as JSON."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from typing import Any

import numpy as np

from clusteract.search.execute import Outcome, execute
from clusteract.search.fingerprints import array_digest, fingerprint
from clusteract.search.problem import SearchProblem
from clusteract.versions import arithmetic


@dataclass(frozen=True)
class SearchTask:
    """Some candidates on one training set.

    Attributes
    ----------
    problem : SearchProblem
        The estimator and these candidates.
    split : int
        Which split of the plan.
    indices : ndarray of int
        Where these candidates stand among the plan's.
    train, test : ndarray of int
        The rows of the split.
    data_digest : str
        Hash of `X`, `y` and the fit and score arguments.
    n_fits_naive : dict
        Fits that GridSearchCV would make, by unit, as far as the plan can tell.
    """

    problem: SearchProblem
    split: int
    indices: np.ndarray
    train: np.ndarray
    test: np.ndarray
    data_digest: str
    n_fits_naive: dict[str, int] = field(default_factory=dict)

    def key(self) -> str:
        """Hash everything that the scores depend on."""
        problem = self.problem
        table = problem.table
        parts = [
            arithmetic(),
            fingerprint(problem.estimator),
            fingerprint(problem.scoring),
            fingerprint(problem.error_score),
            fingerprint(problem.return_train_score),
            fingerprint(table.names),
            fingerprint(table.values),
            array_digest(table.codes),
            array_digest(np.asarray(self.train, dtype=np.int64)),
            array_digest(np.asarray(self.test, dtype=np.int64)),
            self.data_digest,
        ]
        return sha256("\n".join(parts).encode()).hexdigest()

    def run(self, X: Any, y: Any = None) -> TaskResult:
        """Fit and score these candidates on the plan's data."""
        start = time.perf_counter()
        outcome = execute(self.problem, X, y, self.train, self.test)
        seconds = time.perf_counter() - start
        return _as_result(self, outcome, seconds)


@dataclass(frozen=True)
class TaskResult:
    """What one task found: plain values, the same on every machine of one kind but `seconds`.

    Attributes
    ----------
    split : int
    candidates : list of int
        Where the candidates stand among the plan's.
    test_scores, train_scores : list
        For each candidate a score, or a dict of scores; `train_scores` is None unless it was
        asked for.
    errors : list of (str or None)
        For each candidate the traceback of a fit that failed.
    fit_seconds, score_seconds : list of float
        For each candidate its share.
    fits, fits_naive : dict
        Fits made, and fits GridSearchCV would have made, by unit.
    capped : int
        Candidates whose solver stopped at ``max_iter``.
    models : int
        Models of the last step trained; what is shared counts once.
    seconds : float
        Wall time.
    """

    split: int
    candidates: list[int]
    test_scores: list[Any]
    train_scores: list[Any] | None
    errors: list[str | None]
    fit_seconds: list[float]
    score_seconds: list[float]
    fits: dict[str, int]
    fits_naive: dict[str, int]
    capped: int
    models: int
    seconds: float

    def to_dict(self) -> dict[str, Any]:
        """Return the result as JSON values."""
        return asdict(self)

    @classmethod
    def from_dict(cls, record: dict[str, Any]) -> TaskResult:
        """Read a result back, bit for bit."""
        return cls(**record)

    def each(self) -> Iterator[dict[str, Any]]:
        """Yield what became of each candidate, under GridSearchCV's own names."""
        for i in range(len(self.candidates)):
            fit = {"fit_error": self.errors[i], "test_scores": self.test_scores[i]}
            if self.train_scores is not None:
                fit["train_scores"] = self.train_scores[i]
            yield fit | {"fit_time": self.fit_seconds[i], "score_time": self.score_seconds[i]}


def _as_result(task: SearchTask, outcome: Outcome, seconds: float) -> TaskResult:
    return TaskResult(
        split=task.split,
        candidates=[int(i) for i in task.indices],
        test_scores=outcome.scores[0],
        train_scores=outcome.scores[1] if task.problem.return_train_score else None,
        errors=outcome.errors,
        fit_seconds=outcome.fit_seconds.tolist(),
        score_seconds=outcome.score_seconds.tolist(),
        fits=dict(sorted(outcome.fits.items())),
        fits_naive=dict(sorted(outcome.fits_naive.items())),
        capped=outcome.capped,
        models=outcome.models,
        seconds=seconds,
    )
