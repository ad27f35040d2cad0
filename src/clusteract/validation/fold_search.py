"""One recipe on one outer fold: its search, then the refit of what that chose."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
from sklearn.base import BaseEstimator, clone
from sklearn.model_selection import ParameterGrid
from sklearn.pipeline import Pipeline

from clusteract.estimators.learning_curves import learning_curves
from clusteract.recipes import Recipe
from clusteract.runs import Flow, Job, Place, Steps
from clusteract.search.budget import count_candidates, is_exhaustive
from clusteract.search.refit import fit_for_predictions
from clusteract.validation.records import FoldResult
from clusteract.validation.search_plans import Search, Searched
from clusteract.validation.splits import Split, inner_splits


@dataclass(frozen=True)
class Problem:
    """What every fold of a study shares: the data and how it is searched.

    Attributes
    ----------
    X : ndarray, (n_rows, n_descriptors)
    y : ndarray, (n_rows,)
    descriptors : tuple of str, (n_descriptors,)
    inner_folds : int
    seed : int
    impute : bool
        Fit a median imputer inside each training set.
    groups : tuple of str, (n_rows,), or None
        Rows that no split parts.
    categories : dict of int to int
        Columns that hold codes of categories, and how many each has.
    """

    X: np.ndarray
    y: np.ndarray
    descriptors: tuple[str, ...]
    inner_folds: int
    seed: int
    impute: bool
    groups: tuple[str, ...] | None = None
    categories: dict[int, int] = field(default_factory=dict)

    def groups_of(self, rows: np.ndarray) -> list[str] | None:
        """Return the groups of some rows."""
        return None if self.groups is None else [self.groups[i] for i in rows]


class FoldOutcome(NamedTuple):
    """What a fold's search came to.

    Attributes
    ----------
    result : FoldResult
    chosen : Pipeline
        Unfitted. What a model settled by its own inner folds (`StackedRegressor`) is kept.
    errors : ndarray, (n_train,), or None
        Target minus prediction by those inner folds, where the model has them.
    """

    result: FoldResult
    chosen: Pipeline
    errors: np.ndarray | None = None


@dataclass(frozen=True)
class FoldSearch:
    """One recipe on one outer fold.

    Attributes
    ----------
    problem : Problem
    recipe : Recipe
    split : (training rows, test rows)
    budget : int or None
    place : Place
        Recipe (or check) and fold.
    """

    problem: Problem
    recipe: Recipe
    split: Split
    budget: int | None
    place: Place

    @property
    def n_candidates(self) -> int:
        """Settings that are searched."""
        return count_candidates(self._grid, self.budget, self.recipe.halving)

    @property
    def _grid(self) -> dict[str, list[Any]]:
        return self.recipe.grid_for(len(self.problem.descriptors))

    @property
    def has_own_folds(self) -> bool:
        """Whether there is one candidate, whose fit predicts its own inner folds: no search."""
        return self.n_candidates == 1 and hasattr(self._pipeline[-1], "settled_params")

    @property
    def _pipeline(self) -> Pipeline:
        problem = self.problem
        return self.recipe.pipeline(
            problem.seed, impute=problem.impute, categories=problem.categories
        )

    @property
    def n_fits_naive(self) -> int:
        """Pipelines that a plain grid search fits for it, the refit included."""
        if self.has_own_folds:
            return 1
        return self.n_candidates * self.problem.inner_folds + 1

    @property
    def n_steps(self) -> int:
        """Candidates times folds that its jobs cover, the refit included: for progress."""
        halving = self.recipe.halving
        if self.has_own_folds or halving is None or is_exhaustive(self._grid, self.budget):
            return self.n_fits_naive
        return halving.n_steps(self.n_candidates, self.problem.inner_folds) + 1

    def flow(self) -> Flow[FoldOutcome]:
        """Return its jobs: the search, then the refit."""

        def steps() -> Steps[FoldOutcome]:
            searched, chosen = yield from self.search_steps()
            args = (chosen, self.problem.X, self.problem.y, *self.split)
            [refitted] = yield [Job(self.place, refit_and_predict, args)]
            result = self._result(searched, refitted, flow.seconds)
            return FoldOutcome(result, settle(chosen, refitted), own_errors(refitted))

        flow = Flow(steps(), self.n_steps)
        return flow

    def search_steps(self) -> Steps[tuple[Searched | None, Pipeline]]:
        """Search the training set; return how that ended, and the unfitted pipeline it chose."""
        (train, _), problem = self.split, self.problem
        pipeline = self._pipeline
        if self.has_own_folds:
            [only] = ParameterGrid(self._grid)
            return None, pipeline.set_params(**clone_params(only))
        search = Search(
            self.recipe,
            pipeline,
            problem.X[train],
            problem.y[train],
            inner_splits(problem.inner_folds, len(train), problem.groups_of(train)),
            self.budget,
            problem.seed,
            self.place,
        )
        searched = yield from search.steps()
        params = clone_params(searched.best.best_params_)
        return searched, clone(pipeline).set_params(**params)

    def _result(
        self, searched: Searched | None, refitted: dict[str, Any], seconds: float
    ) -> FoldResult:
        (train, test), problem = self.split, self.problem
        return FoldResult(
            recipe=self.place.label,
            fold=self.place.fold,
            train=tuple(int(i) for i in train),
            test=tuple(int(i) for i in test),
            y_train=tuple(problem.y[train].tolist()),
            y_test=tuple(problem.y[test].tolist()),
            train_predictions=tuple(refitted["train"]),
            test_predictions=tuple(refitted["test"]),
            best_params=describe_params(refitted.get("settled") or _best_params(searched)),
            selected=tuple(problem.descriptors[i] for i in refitted["selected"]),
            inner_score=_inner_score(searched, refitted),
            fits=(searched.fits if searched else 0) + 1,
            fits_naive=self.n_fits_naive,
            capped=searched.best.n_capped if searched else 0,
            seconds=seconds,
            curves=refitted.get("curves", {}),
        )


def refit_and_predict(
    model: Pipeline, X: np.ndarray, y: np.ndarray, train: np.ndarray, test: np.ndarray
) -> dict[str, Any]:
    """Fit on the outer training set; predict both sets; say what was kept and how it learned."""
    fitted = fit_for_predictions(model, X[train], y[train])
    return {
        "train": fitted.predict(X[train]).tolist(),
        "test": fitted.predict(X[test]).tolist(),
        "selected": selected_columns(fitted, X.shape[1]),
        "curves": learning_curves(fitted[-1]),
        **own_folds(fitted, y[train]),
    }


def own_folds(fitted: Pipeline, y: np.ndarray) -> dict[str, Any]:
    """Return what a model's own inner folds settled, and their errors; nothing without them."""
    model = fitted[-1]
    if getattr(model, "out_of_fold_", None) is None:
        return {}
    settled = {f"{fitted.steps[-1][0]}__{k}": v for k, v in model.settled_params().items()}
    return {"settled": settled, "errors": (y - model.out_of_fold_).tolist()}


def own_errors(refitted: dict[str, Any]) -> np.ndarray | None:
    """Return the errors of a model's own inner folds, as `own_folds` told them."""
    return np.array(refitted["errors"]) if "errors" in refitted else None


def settle(chosen: Pipeline, refitted: dict[str, Any]) -> Pipeline:
    """Return a pipeline that keeps what its own inner folds settled, and so fits without them."""
    return clone(chosen).set_params(**refitted["settled"]) if "settled" in refitted else chosen


def _best_params(searched: Searched | None) -> dict[str, Any]:
    return searched.best.best_params_ if searched else {}


def _inner_score(searched: Searched | None, refitted: dict[str, Any]) -> float:
    if searched:
        return float(searched.best.best_score_)
    return -float(np.sqrt(np.mean(np.square(refitted["errors"]))))


def selected_columns(fitted: BaseEstimator, n_descriptors: int) -> list[int]:
    """Return the columns that the pipeline's selector kept; all, where it has none."""
    steps = getattr(fitted, "named_steps", {})
    selector = steps.get("feature_select", "passthrough")
    if not hasattr(selector, "get_support"):
        return list(range(n_descriptors))
    kept = np.flatnonzero(selector.get_support())
    if "encode" in steps:  # an encoded column stands for the one that it was made of
        kept = np.unique(steps["encode"].origin_[kept])
    return kept.tolist()


def clone_params(params: dict[str, Any]) -> dict[str, Any]:
    """Return parameters with estimators cloned, so that fitting leaves the grid's own alone."""
    return {k: clone(v) if isinstance(v, BaseEstimator) else v for k, v in params.items()}


def describe_params(params: dict[str, Any]) -> dict[str, Any]:
    """Return parameters as JSON can carry them: estimators by their text, tuples as lists."""
    return {k: _plain(v) for k, v in sorted(params.items())}


def _plain(value: Any) -> Any:
    if isinstance(value, (tuple, list)):
        return [_plain(v) for v in value]
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, (str, int, bool, type(None))):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    return " ".join(str(value).split())
