"""Putting the results of a search's tasks together into scikit-learn's result table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from clusteract.errors import InputError
from clusteract.search import sklearn_internals as internals
from clusteract.search.problem import SearchProblem
from clusteract.search.task import TaskResult


@dataclass
class SearchResult:
    """A finished search, under the names that GridSearchCV gives its parts.

    Attributes
    ----------
    candidates : list of dict
    fits : list of dict
        What became of each candidate on each split, candidate by candidate, as GridSearchCV
        keeps it: "test_scores", "train_scores", "fit_error", "fit_time", "score_time".
    refit : bool, str or callable
        What chooses the best candidate.
    multimetric : bool
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
    fits: list[dict[str, Any]]
    refit: Any
    multimetric: bool
    n_fits: dict[str, int]
    n_fits_naive: dict[str, int]
    n_capped: int
    n_models: int
    exact: bool

    @cached_property
    def cv_results_(self) -> dict[str, Any]:
        """The result table."""
        return internals.format_results(self.candidates, self.fits)

    @cached_property
    def best_index_(self) -> int:
        """The chosen candidate: the first of those ranked first."""
        return internals.best_index(self.refit, self._refit_metric, self.cv_results_)

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


def assemble(
    problem: SearchProblem,
    candidates: list[dict[str, Any]],
    n_splits: int,
    results: Iterable[TaskResult],
    refit: Any,
) -> SearchResult:
    """Put every candidate's scores on every split where GridSearchCV puts them."""
    done = list(results)
    _check_complete(done, (len(candidates), n_splits))
    fits: list[dict[str, Any]] = [{}] * (len(candidates) * n_splits)
    for result in done:
        for place, fit in zip(result.candidates, result.each(), strict=True):
            fits[place * n_splits + result.split] = fit
    internals.report_failures(fits, problem.error_score)
    if callable(problem.scoring):
        internals.insert_error_scores(fits, problem.error_score)
    return SearchResult(
        candidates,
        fits,
        refit,
        multimetric=isinstance(fits[0]["test_scores"], dict),
        n_fits=_total(r.fits for r in done),
        n_fits_naive=_total(r.fits_naive for r in done),
        n_capped=sum(r.capped for r in done),
        n_models=sum(r.models for r in done),
        exact=problem.exact,
    )


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
