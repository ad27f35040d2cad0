"""SharedGridSearchCV: GridSearchCV's answers, bit for bit, from a small part of the fits."""

from __future__ import annotations

import time
import warnings
from numbers import Integral
from typing import Any

from sklearn.base import clone, is_classifier
from sklearn.model_selection import GridSearchCV, check_cv
from sklearn.utils import indexable
from sklearn.utils.parallel import Parallel, delayed

from clusteract.search import sklearn_internals as internals
from clusteract.search.outcome import SearchResult
from clusteract.search.plan import SearchPlan, plan_search
from clusteract.search.shareable import is_plain_table
from clusteract.search.task import SearchTask, TaskResult


class SharedGridSearchCV(GridSearchCV):
    """Grid search that fits each distinct piece of a pipeline once per training set.

    A drop-in for :class:`sklearn.model_selection.GridSearchCV`: the same parameters, methods
    and attributes, and the same values in them as with ``n_jobs=1``, times apart. Candidates
    that share work split its time by what each would cost alone. Networks, which are trained
    side by side, are the one exception: their scores agree within 1e-8, ``exact_`` is False.

    Parameters
    ----------
    estimator, param_grid, scoring, n_jobs, refit, cv, verbose, pre_dispatch, error_score, \
return_train_score
        As in GridSearchCV. ``n_jobs`` counts tasks of a few seconds, not fits; the result does
        not depend on it.

    Attributes
    ----------
    n_fits_ : dict
        Fits made during the search, by unit ("trees", "solver calls", ...).
    n_fits_naive_ : dict
        Fits that GridSearchCV makes.
    unshared_ : list of str
        What could not be shared, and why.
    exact_ : bool
        Whether the scores have GridSearchCV's bits.
    n_capped_ : int
        Fits, counted by candidate and split, whose solver stopped at ``max_iter``.

    Notes
    -----
    Only what is proven to be equal is shared. Estimators, functions and scorers of the user's own
    (but for classes that a rule is registered for), whatever draws from a stream without a seed,
    writes into its input, prints every fit, or takes metadata routing, callbacks or pairwise
    (precomputed) input is left to scikit-learn's own search, and ``unshared_`` says so. A warning
    that stems from shared work is given once, not once for each candidate.

    Examples
    --------
    Ten forest sizes cost as many trees as the largest:

    >>> from sklearn.datasets import make_regression
    >>> from sklearn.ensemble import RandomForestRegressor
    >>> X, y = make_regression(40, 4, random_state=0)
    >>> search = SharedGridSearchCV(
    ...     RandomForestRegressor(random_state=0), {"n_estimators": [1, 2, 3, 4]}, cv=2
    ... ).fit(X, y)
    >>> search.n_fits_, search.n_fits_naive_
    ({'trees': 8}, {'trees': 20})
    """

    cv: Any
    verbose: int
    n_splits_: int

    def fit(self, X: Any, y: Any = None, **params: Any) -> SharedGridSearchCV:
        """Search the grid, then refit the best candidate on all rows.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
        y : array-like of shape (n_samples,) or (n_samples, n_outputs), optional
        **params
            Passed to the estimator's ``fit``, the scorer and the splitter as GridSearchCV does.

        Returns
        -------
        self
        """
        reason = internals.why_left_to_sklearn(self, GridSearchCV) or self._why_left(X, y, params)
        splits, result, started = None, None, False
        if not reason:
            try:
                internals.validate_search(self)
                scorers, routed = internals.scorers_and_params(self, X, params)
                X, y = indexable(X, y)
                splits = self._split(X, y, routed.splitter.split)
                plan = self._plan(X, y, splits, routed)
                reason = next(iter(plan.unshared), None)
                started = not reason
                if started:
                    result = plan.assemble(self._run(plan, X, y), self.refit)
            except Exception as error:  # scikit-learn meets it too, and says it as users know it
                reason = f"sharing met {type(error).__name__}"
        if result is None:
            return self._leave(str(reason), X, y, params, splits, started)
        self._keep(plan, result)
        self.cv_results_ = result.cv_results_
        self._choose(result)
        self._refit_best(X, y, routed.estimator.fit)
        self.scorer_ = internals.public_scorer(scorers)
        return self

    def _why_left(self, X: Any, y: Any, params: dict[str, Any]) -> str | None:
        """Say what of the data or the splitter scikit-learn must see as it is."""
        if not all(map(is_plain_table, [X, y, *params.values()])):
            return "the data are of a kind of their own"
        if self.cv is None or isinstance(self.cv, (Integral, list, tuple)):
            return None
        ours = type(self.cv).__module__.startswith("sklearn.model_selection")
        seeded = isinstance(getattr(self.cv, "random_state", None), (Integral, type(None)))
        return None if ours and seeded else "the splitter is the user's own"

    def _plan(self, X: Any, y: Any, splits: list[Any], routed: Any) -> SearchPlan:
        return plan_search(
            self.estimator,
            self.param_grid,
            X,
            y,
            splits=splits,
            scoring=self.scoring,
            error_score=self.error_score,
            return_train_score=self.return_train_score,
            fit_params=routed.estimator.fit,
            score_params=routed.scorer.score,
        )

    def _leave(
        self, reason: str, X: Any, y: Any, params: dict[str, Any], splits: Any, started: bool
    ) -> SharedGridSearchCV:
        """Run scikit-learn's own search, on splits that may have been drawn already."""
        own = self.cv, self.verbose
        with warnings.catch_warnings():
            if splits is not None:  # then scorers have been resolved, and this was said
                weights_unread = "The scoring .*does not support sample_weight"
                warnings.filterwarnings("ignore", message=weights_unread)
            try:
                self.cv = self.cv if splits is None else splits
                self.verbose = 0 if started else self.verbose  # its line has been printed
                super().fit(X, y, **params)
            finally:
                self.cv, self.verbose = own
        self.unshared_ = [f"{reason}; scikit-learn's own search ran"]
        self.n_fits_naive_ = {"model fits": self.n_splits_ * len(self.cv_results_["params"])}
        self.n_fits_ = dict(self.n_fits_naive_)
        self.n_capped_ = 0
        self.exact_ = True
        return self

    def _split(self, X: Any, y: Any, split_params: dict[str, Any]) -> list[Any]:
        cv = check_cv(self.cv, y, classifier=is_classifier(self.estimator))
        self.n_splits_ = cv.get_n_splits(X, y, **split_params)
        splits = list(cv.split(X, y, **split_params))
        if len(splits) != self.n_splits_:
            raise ValueError(
                "cv.split and cv.get_n_splits return inconsistent results. "
                f"Expected {self.n_splits_} splits, got {len(splits)}"
            )
        return splits

    def _run(self, plan: SearchPlan, X: Any, y: Any) -> list[TaskResult]:
        if self.verbose:
            n = len(plan.candidates)
            print(
                f"Fitting {self.n_splits_} folds for each of {n} candidates, "
                f"totalling {self.n_splits_ * n} fits"
            )
        parallel = Parallel(n_jobs=self.n_jobs, pre_dispatch=self.pre_dispatch)
        return parallel(delayed(_run_task)(task, X, y) for task in plan.tasks)

    def _keep(self, plan: SearchPlan, result: SearchResult) -> None:
        self.multimetric_ = result.multimetric
        self.n_fits_ = result.n_fits
        self.n_fits_naive_ = result.n_fits_naive
        self.n_capped_ = result.n_capped
        self.exact_ = result.exact
        self.unshared_ = plan.unshared

    def _choose(self, result: SearchResult) -> None:
        if callable(self.scoring) and self.multimetric_:
            internals.check_refit(self, result.fits[0]["test_scores"])
        if not self.refit and self.multimetric_:
            return
        self.best_index_ = result.best_index_
        if not callable(self.refit):
            self.best_score_ = result.best_score_
        self.best_params_ = result.best_params_

    def _refit_best(self, X: Any, y: Any, fit_params: dict[str, Any]) -> None:
        if not self.refit:
            return
        best = clone(self.best_params_, safe=False)
        self.best_estimator_ = clone(self.estimator).set_params(**best)
        start = time.time()
        target = () if y is None else (y,)
        self.best_estimator_.fit(X, *target, **fit_params)
        self.refit_time_ = time.time() - start
        if hasattr(self.best_estimator_, "feature_names_in_"):
            self.feature_names_in_ = self.best_estimator_.feature_names_in_


def _run_task(task: SearchTask, X: Any, y: Any) -> TaskResult:
    return task.run(X, y)
