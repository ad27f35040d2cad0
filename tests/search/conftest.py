"""Shared searches held against scikit-learn's own, bit for bit."""

import warnings

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.exceptions import FitFailedWarning
from sklearn.model_selection import GridSearchCV

from clusteract.search import SharedGridSearchCV

KEPT = ("best_index_", "best_score_", "best_params_", "multimetric_", "n_splits_")


def run_search(search, X, y, fit_params):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FitFailedWarning)
        for told_by_both in ("One or more of the", "Scoring failed", "k=99", "Found n_features"):
            warnings.filterwarnings("ignore", message=told_by_both)
        return search.fit(X, y, **fit_params)


def same_search(estimator, grid, X, y=None, fit_params=None, **settings):
    """Assert that every attribute of the two searches but the times has the same bits."""
    theirs, ours = (
        run_search(cls(clone(estimator), grid, **settings), X, y, fit_params or {})
        for cls in (GridSearchCV, SharedGridSearchCV)
    )
    assert ours.exact_
    assert describe(theirs) == describe(ours)
    if theirs.refit and hasattr(theirs, "predict"):
        np.testing.assert_array_equal(theirs.predict(X), ours.predict(X), strict=True)
    return ours


def describe(search):
    """Write down everything that a fitted search holds but the times, to the last bit."""
    columns = {
        name: exactly(column)
        for name, column in search.cv_results_.items()
        if not name.endswith("_time")
    }
    return list(columns.items()) + [(k, repr(getattr(search, k, "none"))) for k in KEPT]


def exactly(column):
    if not isinstance(column, np.ndarray) or column.dtype == object:
        return type(column).__name__, repr(column)
    mask = np.ma.getmaskarray(column)
    return type(column).__name__, str(column.dtype), mask.tolist(), column[~mask].tobytes()


@pytest.fixture(scope="session")
def assert_same_search():
    """Return `same_search`: it runs both searches, compares them and returns ours."""
    return same_search


@pytest.fixture(scope="session")
def describe_search():
    """Return `describe`."""
    return describe
