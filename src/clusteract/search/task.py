"""A task of a search, which can run anywhere, and its result, which can be stored as JSON."""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from typing import Any

import numpy as np

from clusteract.search.execute import Outcome, cut_fold, execute
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
        fold = cut_fold(self.problem, X, y, self.train, self.test)
        outcome = execute(self.problem, fold)
        seconds = time.perf_counter() - start
        return _as_result(self, outcome, seconds)


@dataclass(frozen=True)
class TaskResult:
    """What one task found: plain values, the same on every machine of one kind but `seconds`.

    Attributes
    ----------
    key : str
        The task's key.
    split : int
    candidates : list of int
        Where the candidates stand among the plan's.
    test_scores, train_scores : dict
        For each scorer ("score" if there is one) a score per candidate, None where its fit
        failed; `train_scores` is None unless it was asked for.
    errors : list of (str, list of int)
        Traceback of each distinct failure, and the candidates (as positions in `candidates`).
    fits, fits_naive : dict
        Fits made, and fits GridSearchCV would have made, by unit.
    capped : int
        Candidates whose solver stopped at ``max_iter``.
    models : int
        Models of the last step trained; what is shared counts once.
    multimetric : bool or None
        Whether the scorer returns several scores; None if no fit was scored.
    seconds : float
        Wall time.
    """

    key: str
    split: int
    candidates: list[int]
    test_scores: dict[str, list[Any]]
    train_scores: dict[str, list[Any]] | None
    errors: list[tuple[str, list[int]]]
    fits: dict[str, int]
    fits_naive: dict[str, int]
    capped: int
    models: int
    multimetric: bool | None
    seconds: float

    def to_dict(self) -> dict[str, Any]:
        """Return the result as JSON values."""
        return asdict(self)

    @classmethod
    def from_dict(cls, record: dict[str, Any]) -> TaskResult:
        """Read a result back, bit for bit."""
        errors = [(text, list(positions)) for text, positions in record["errors"]]
        return cls(**{**record, "errors": errors})


def _as_result(task: SearchTask, outcome: Outcome, seconds: float) -> TaskResult:
    scored = [score for score in outcome.scores[0] if score is not None]
    columns = [_columns(scores) for scores in outcome.scores]
    by_text: dict[str, list[int]] = {}
    for position in sorted(outcome.errors):
        by_text.setdefault(outcome.errors[position], []).append(position)
    return TaskResult(
        key=task.key(),
        split=task.split,
        candidates=[int(i) for i in task.indices],
        test_scores=columns[0],
        train_scores=columns[1] if task.problem.return_train_score else None,
        errors=list(by_text.items()),
        fits=dict(sorted(outcome.fits.items())),
        fits_naive=dict(sorted(outcome.fits_naive.items())),
        capped=outcome.capped,
        models=outcome.models,
        multimetric=isinstance(scored[0], dict) if scored else None,
        seconds=seconds,
    )


def _columns(scores: list[Any]) -> dict[str, list[Any]]:
    """Turn one score (or dict of scores) per candidate into one list per scorer."""
    first = next((score for score in scores if score is not None), None)
    if not isinstance(first, dict):
        return {"score": scores} if first is not None else {}
    return {name: [None if s is None else s[name] for s in scores] for name in first}
