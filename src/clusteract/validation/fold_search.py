"""The pieces that a nested cross-validation consists of, and the unit that they add up to."""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import scipy
import sklearn
from sklearn.base import BaseEstimator, clone
from sklearn.pipeline import Pipeline

import clusteract
from clusteract.estimators.learning_curves import learning_curves
from clusteract.recipes import Recipe
from clusteract.runs.piece import Piece
from clusteract.search import SearchResult
from clusteract.search.budget import count_candidates, is_exhaustive
from clusteract.search.fingerprints import array_digest, fingerprint
from clusteract.search.refit import fit_for_predictions
from clusteract.validation.records import FoldResult
from clusteract.validation.search_plans import Question, Search
from clusteract.validation.splits import Split, inner_splits


@dataclass(frozen=True)
class Problem:
    """What every unit of a study shares: the data and how it is searched.

    Attributes
    ----------
    X : ndarray, (n_rows, n_descriptors)
    y : ndarray, (n_rows,)
    descriptors : tuple of str, (n_descriptors,)
    inner_folds : int
    seed : int
    impute : bool
        Fit a median imputer inside each training set.
    """

    X: np.ndarray
    y: np.ndarray
    descriptors: tuple[str, ...]
    inner_folds: int
    seed: int
    impute: bool


@dataclass
class FoldSearch:
    """One recipe on one outer fold: its search's tasks, then the refit of what they chose.

    `first_pieces` and `accept` are the whole protocol: a result accepted may call for further
    pieces; when none is left, `result` is there.
    """

    problem: Problem
    recipe: Recipe
    fold: int
    split: Split
    budget: int | None
    result: FoldResult | None = None
    _search: Search | None = field(default=None, repr=False)
    _chosen: Pipeline | None = field(default=None, repr=False)
    _seconds: float = 0.0

    @property
    def label(self) -> str:
        """Recipe and fold, for the store and for progress."""
        return self.recipe.name

    @property
    def n_candidates(self) -> int:
        """Settings that this unit searches."""
        return count_candidates(self._grid, self.budget, self.recipe.looks)

    @property
    def _grid(self) -> dict[str, list[Any]]:
        return self.recipe.grid_for(len(self.problem.descriptors))

    @property
    def n_fits_naive(self) -> int:
        """Pipelines that a plain grid search fits for it, the refit included."""
        return self.n_candidates * self.problem.inner_folds + 1

    @property
    def n_steps(self) -> int:
        """Candidates times folds that its pieces cover, the refit included: for progress."""
        looks = self.recipe.looks
        if looks is None or is_exhaustive(self._grid, self.budget):
            return self.n_fits_naive
        return looks.n_steps(self.n_candidates, self.problem.inner_folds) + 1

    @property
    def pipeline(self) -> Pipeline:
        """The recipe's unfitted pipeline."""
        return self.recipe.pipeline(self.problem.seed, impute=self.problem.impute)

    def first_pieces(self) -> list[Piece]:
        """Plan the search; return the pieces that it begins with."""
        (train, _), problem = self.split, self.problem
        question = Question(
            self.recipe,
            self.pipeline,
            problem.X[train],
            problem.y[train],
            inner_splits(problem.inner_folds, len(train)),
            self.budget,
            problem.seed,
        )
        self._search = Search(question)
        return self._search.pieces()

    def accept(self, piece: Piece, answer: Any, seconds: float) -> list[Piece]:
        """Take a piece's result; return the pieces that it makes possible."""
        self._seconds += seconds
        if piece.kind == "refit":
            self._finish(answer)
            return []
        assert self._search is not None
        following = self._search.accept(piece, answer)
        return following or (self._after_search() if self._search.chosen else [])

    def chosen(self) -> Pipeline:
        """Return the unfitted pipeline that the search chose."""
        if self._chosen is None:
            params = clone_params(self._found.best_params_)
            self._chosen = clone(self.pipeline).set_params(**params)
        return clone(self._chosen)

    @property
    def _found(self) -> SearchResult:
        assert self._search is not None
        assert self._search.chosen is not None
        return self._search.chosen

    def _after_search(self) -> list[Piece]:
        args = (self.chosen(), self.problem.X, self.problem.y, *self.split)
        return [Piece(refit_key(*args), "refit", refit_and_predict, args, covers=1)]

    def _finish(self, answer: dict[str, Any]) -> None:
        assert self._search is not None
        found, (train, test) = self._found, self.split
        kept = answer["selected"]
        self.result = FoldResult(
            recipe=self.recipe.name,
            fold=self.fold,
            train=tuple(int(i) for i in train),
            test=tuple(int(i) for i in test),
            y_train=tuple(self.problem.y[train].tolist()),
            y_test=tuple(self.problem.y[test].tolist()),
            train_predictions=tuple(answer["train"]),
            test_predictions=tuple(answer["test"]),
            best_params=describe_params(found.best_params_),
            selected=tuple(self.problem.descriptors[i] for i in kept),
            inner_score=float(found.best_score_),
            fits=self._search.fits + 1,
            fits_naive=self.n_fits_naive,
            capped=found.n_capped,
            seconds=self._seconds,
            curves=answer.get("curves", {}),
        )
        self._search = None


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
    }


def selected_columns(fitted: BaseEstimator, n_descriptors: int) -> list[int]:
    """Return the columns that the pipeline's selector kept; all, where it has none."""
    steps = getattr(fitted, "named_steps", {})
    if "feature_select" not in steps or steps["feature_select"] == "passthrough":
        return list(range(n_descriptors))
    return np.flatnonzero(steps["feature_select"].get_support()).tolist()


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


def library_versions() -> dict[str, str]:
    """Return the versions of what computes results."""
    return {
        "clusteract": clusteract.__version__,
        "numpy": np.__version__,
        "scikit-learn": sklearn.__version__,
        "scipy": scipy.__version__,
    }


def refit_key(model: Pipeline, *arrays: np.ndarray) -> str:
    """Return the key of one fit: all that its predictions depend on."""
    parts = [fingerprint(model), fingerprint(library_versions()), *map(array_digest, arrays)]
    return hashlib.sha256("\n".join(["refit", *parts]).encode()).hexdigest()
