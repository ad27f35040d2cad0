"""Putting the results of a search's tasks together into scikit-learn's result table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from numbers import Integral
from typing import Any

import numpy as np

from clusteract.errors import InputError
from clusteract.search import sklearn_internals as private
from clusteract.search import table
from clusteract.search.problem import SearchProblem
from clusteract.search.task import TaskResult


@dataclass
class SearchResult:
    """A finished search, under the names that GridSearchCV gives its parts.

    Attributes
    ----------
    candidates : list of dict
    test_scores, train_scores : dict
        For each scorer an array of shape (n_candidates, n_splits).
    refit : bool, str or callable
        What chooses the best candidate.
    multimetric : bool
    seconds : ndarray of shape (n_candidates, n_splits)
        Each candidate's share of its task's wall time.
    n_fits, n_fits_naive : dict
        Fits made, and fits GridSearchCV would have made, by unit.
    n_capped : int
        Fits that stopped at ``max_iter``, counted by candidate and split.
    n_models : int
        Models of the last step trained; GridSearchCV trains one per candidate and split.
    exact : bool
        Whether the scores have GridSearchCV's bits; else they agree within 1e-8 (networks that
        are trained side by side).
    """

    candidates: list[dict[str, Any]]
    test_scores: dict[str, np.ndarray]
    train_scores: dict[str, np.ndarray] | None
    refit: Any
    multimetric: bool
    seconds: np.ndarray
    n_fits: dict[str, int]
    n_fits_naive: dict[str, int]
    n_capped: int
    n_models: int
    exact: bool

    @cached_property
    def cv_results_(self) -> dict[str, Any]:
        """The result table."""
        return table.result_table(
            self.candidates, self.test_scores, self.train_scores, self.seconds
        )

    @cached_property
    def best_index_(self) -> int:
        """The chosen candidate: the first of those ranked first."""
        if callable(self.refit):
            return _checked_index(self.refit(self.cv_results_), len(self.candidates))
        return self.cv_results_[f"rank_test_{self._refit_metric}"].argmin()

    @property
    def _refit_metric(self) -> str:
        return self.refit if self.multimetric else "score"

    @property
    def best_params_(self) -> dict[str, Any]:
        """The chosen candidate's parameters."""
        return self.candidates[self.best_index_]

    @property
    def best_score_(self) -> float:
        """The chosen candidate's mean test score."""
        return self.cv_results_[f"mean_test_{self._refit_metric}"][self.best_index_]


def _checked_index(index: Any, n_candidates: int) -> int:
    if not isinstance(index, Integral):
        raise TypeError("best_index_ returned is not an integer")
    if not 0 <= int(index) < n_candidates:
        raise IndexError("best_index_ index out of range")
    return index  # type: ignore[return-value]


def assemble(
    problem: SearchProblem,
    candidates: list[dict[str, Any]],
    n_splits: int,
    results: Iterable[TaskResult],
    refit: Any,
) -> SearchResult:
    """Fill the scores of every candidate on every split from the tasks' results."""
    done = sorted(results, key=lambda r: (r.split, r.candidates))
    shape = (len(candidates), n_splits)
    _check_complete(done, shape)
    names = list(next((r.test_scores for r in done if r.test_scores), _names(problem)))
    test = {name: np.full(shape, _filler(problem)) for name in names}
    train = {name: np.full(shape, _filler(problem)) for name in names}
    seconds = np.zeros(shape)
    errors = np.full(shape, None, dtype=object)
    for result in done:
        rows = np.asarray(result.candidates)
        seconds[rows, result.split] = result.seconds / len(rows)
        for text, positions in result.errors:
            errors[rows[positions], result.split] = text
        _fill(test, rows, result.split, result.test_scores)
        _fill(train, rows, result.split, result.train_scores or {})
    private.report_failures(errors.ravel().tolist(), problem.error_score)
    return SearchResult(
        candidates,
        test,
        train if problem.return_train_score else None,
        refit,
        multimetric=any(r.multimetric for r in done) or problem.is_multimetric,
        seconds=seconds,
        n_fits=_total(r.fits for r in done),
        n_fits_naive=_total(r.fits_naive for r in done),
        n_capped=sum(r.capped for r in done),
        n_models=sum(r.models for r in done),
        exact=problem.exact,
    )


def _names(problem: SearchProblem) -> list[str]:
    """Name the scorers when no fit was scored."""
    if not problem.is_multimetric:
        return ["score"]
    return list(problem.scoring)


def _filler(problem: SearchProblem) -> float:
    return np.nan if problem.error_score == "raise" else float(problem.error_score)


def _fill(
    scores: dict[str, np.ndarray], rows: np.ndarray, split: int, found: dict[str, list[Any]]
) -> None:
    for name, column in found.items():
        known = [value is not None for value in column]
        values = [value for value in column if value is not None]
        scores[name][rows[known], split] = values


def _total(counts: Iterable[dict[str, int]]) -> dict[str, int]:
    total: Counter[str] = Counter()
    for count in counts:
        total.update(count)
    return dict(sorted(total.items()))


def _check_complete(done: list[TaskResult], shape: tuple[int, int]) -> None:
    filled = np.zeros(shape, dtype=int)
    for result in done:
        filled[result.candidates, result.split] += 1
    if (filled != 1).any():
        candidate, split = np.argwhere(filled != 1)[0]
        raise InputError(
            f"search: candidate {candidate} on split {split} has {filled[candidate, split]} "
            "results; each needs exactly one: assemble the result of every task of one plan"
        )
