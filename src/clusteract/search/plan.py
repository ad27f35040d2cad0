"""Cutting a search into tasks of a few seconds without losing what they share."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import numpy as np

from clusteract.errors import InputError
from clusteract.search.candidates import CandidateTable, expand_grid
from clusteract.search.execute import groups, n_columns
from clusteract.search.fingerprints import array_digest, fingerprint
from clusteract.search.outcome import SearchResult, assemble
from clusteract.search.problem import SearchProblem
from clusteract.search.rules import Rule
from clusteract.search.shareable import shape_of
from clusteract.search.task import SearchTask, TaskResult

SECONDS_PER_TASK = 4.0


@dataclass(frozen=True)
class SearchPlan:
    """A search cut into tasks.

    Attributes
    ----------
    problem : SearchProblem
    candidates : list of dict
        In ParameterGrid order.
    tasks : list of SearchTask
        Split by split; within a split, groups that share nothing may be apart.
    unshared : list of str
        What could not be shared, and why.
    n_splits : int
    """

    problem: SearchProblem
    candidates: list[dict[str, Any]]
    tasks: list[SearchTask]
    unshared: list[str]
    n_splits: int

    def assemble(self, results: Iterable[TaskResult], refit: Any = True) -> SearchResult:
        """Put the results of all tasks, in any order, together as GridSearchCV would.

        Parameters
        ----------
        results : iterable of TaskResult
        refit : bool, str or callable
            What chooses the best candidate: as in GridSearchCV.

        Raises
        ------
        InputError
            If a task's result is missing.
        """
        return assemble(self.problem, self.candidates, self.n_splits, results, refit)


def plan_search(
    estimator: Any,
    param_grid: Any,
    X: Any,
    y: Any = None,
    *,
    splits: list[tuple[np.ndarray, np.ndarray]],
    scoring: Any = None,
    error_score: Any = np.nan,
    return_train_score: bool = False,
    fit_params: dict[str, Any] | None = None,
    score_params: dict[str, Any] | None = None,
    seconds_per_task: float = SECONDS_PER_TASK,
) -> SearchPlan:
    """Plan a grid search as tasks that share whatever can be shared exactly.

    Parameters
    ----------
    estimator : estimator
        A Pipeline, whose steps are shared, or any other estimator.
    param_grid : dict or list of dict
        As in GridSearchCV.
    X, y : array-like
        The data that every task will be run on.
    splits : list of (train, test)
        Row indices.
    scoring, error_score, return_train_score
        As in GridSearchCV.
    fit_params, score_params : dict, optional
        Arguments for ``fit`` and for the scorer; those with one entry a row are cut to the fold.
    seconds_per_task : float
        Rough size of a task.

    Returns
    -------
    SearchPlan

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.linear_model import Ridge
    >>> X, y = np.arange(6.0).reshape(-1, 1), np.arange(6.0)
    >>> splits = [(np.arange(3), np.arange(3, 6)), (np.arange(3, 6), np.arange(3))]
    >>> plan = plan_search(Ridge(solver="svd"), {"alpha": [1e3, 1e-9]}, X, y, splits=splits)
    >>> result = plan.assemble([task.run(X, y) for task in plan.tasks])
    >>> result.best_params_
    {'alpha': 1e-09}
    """
    candidates = expand_grid(param_grid)
    if not candidates or not splits:
        raise InputError(
            f"search: {len(candidates)} candidates on {len(splits)} splits; "
            "both must be at least 1: check param_grid and splits"
        )
    problem = SearchProblem(
        estimator,
        CandidateTable.from_dicts(candidates),
        scoring,
        error_score,
        return_train_score,
        fit_params or {},
        score_params or {},
    )
    shape = shape_of(X, (len(train) for train, _ in splits))
    problem.reason = problem.why_unshared(shape)
    digest = _data_digest(X, y, problem)
    pieces = list(_cut(problem, n_columns(X), seconds_per_task))
    tasks = [
        SearchTask(part, split, indices, np.asarray(train), np.asarray(test), digest, naive)
        for split, (train, test) in enumerate(splits)
        for part, indices, naive in pieces
    ]
    unshared = [problem.reason] if problem.reason else []
    return SearchPlan(problem, candidates, tasks, unshared, len(splits))


def _data_digest(X: Any, y: Any, problem: SearchProblem) -> str:
    parts = [
        array_digest(X),
        array_digest(y),
        fingerprint(problem.fit_params),
        fingerprint(problem.score_params),
    ]
    return sha256("\n".join(parts).encode()).hexdigest()


def _cut(
    problem: SearchProblem, n_features: int, target: float
) -> Iterator[tuple[SearchProblem, np.ndarray, dict[str, int]]]:
    """Cut the candidates into pieces of about `target` seconds, never through shared work."""
    waiting: list[_Atom] = []
    everyone = np.arange(len(problem.table))
    for atom in _apart(everyone) if problem.reason else _atoms(problem, 0, everyone, n_features):
        if waiting and sum(a.seconds for a in waiting) + atom.seconds > target:
            yield _piece(problem, waiting)
            waiting = []
        waiting.append(atom)
    yield _piece(problem, waiting)


@dataclass
class _Atom:
    """Candidates that are best fitted together, and what that costs."""

    members: np.ndarray
    seconds: float
    naive: Counter[str]


def _apart(members: np.ndarray) -> Iterator[_Atom]:
    """Share nothing."""
    for member in members:
        yield _Atom(np.array([member]), Rule.unit_seconds, Counter({Rule.unit: 1}))


def _piece(
    problem: SearchProblem, atoms: list[_Atom]
) -> tuple[SearchProblem, np.ndarray, dict[str, int]]:
    indices = np.sort(np.concatenate([atom.members for atom in atoms]))
    naive: Counter[str] = sum((atom.naive for atom in atoms), Counter())
    return problem.subset(indices), indices, dict(sorted(naive.items()))


def _atoms(
    problem: SearchProblem, depth: int, members: np.ndarray, n_features: int
) -> Iterator[_Atom]:
    """Walk the steps as the execution will, with costs in place of fits."""
    step = problem.steps[depth]
    last = depth == len(problem.steps) - 1
    for group in groups(step, members):
        own = _Atom(np.concatenate(group.members), group.seconds(n_features), Counter())
        own.naive = group.naive(n_features, last)
        if last:
            yield own
            continue
        below = [
            atom for rows in group.members for atom in _atoms(problem, depth + 1, rows, n_features)
        ]
        yield from _merged(own, below) if group.rule.keep_together else _led(own, below)


def _merged(own: _Atom, below: list[_Atom]) -> Iterator[_Atom]:
    yield _Atom(
        own.members,
        own.seconds + sum(atom.seconds for atom in below),
        sum((atom.naive for atom in below), own.naive),
    )


def _led(own: _Atom, below: list[_Atom]) -> Iterator[_Atom]:
    """Charge a step's own cost to the first of the atoms behind it."""
    below[0].seconds += own.seconds
    below[0].naive = below[0].naive + own.naive
    yield from below
