"""Hold a shared search against scikit-learn's own."""

import warnings

import numpy as np
from sklearn.base import clone
from sklearn.exceptions import FitFailedWarning
from sklearn.model_selection import GridSearchCV

from clusteract.search import SharedGridSearchCV


def search_both(estimator, grid, X, y=None, fit_params=None, **settings):
    """Run both searches; return (theirs, ours), or raise if one fails and the other does not."""
    theirs, ours = (
        _run(cls(clone(estimator), grid, **settings), X, y, fit_params or {})
        for cls in (GridSearchCV, SharedGridSearchCV)
    )
    return theirs, ours


def _run(search, X, y, fit_params):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FitFailedWarning)
        for told_by_both in ("One or more of the", "Scoring failed", "k=99", "Found n_features"):
            warnings.filterwarnings("ignore", message=told_by_both)
        return search.fit(X, y, **fit_params)


def assert_same_search(estimator, grid, X, y=None, fit_params=None, **settings):
    """Assert that every attribute of the two searches but the times has the same bits."""
    theirs, ours = search_both(estimator, grid, X, y, fit_params, **settings)
    assert ours.exact_
    assert list(theirs.cv_results_) == list(ours.cv_results_)
    for name, column in theirs.cv_results_.items():
        if not name.endswith("_time"):
            assert_same_column(name, column, ours.cv_results_[name])
    for name in ("best_index_", "best_score_", "best_params_", "multimetric_", "n_splits_"):
        assert hasattr(theirs, name) == hasattr(ours, name), name
        assert repr(getattr(theirs, name, None)) == repr(getattr(ours, name, None)), name
    if theirs.refit and hasattr(theirs, "predict"):
        np.testing.assert_array_equal(theirs.predict(X), ours.predict(X), strict=True)
    return ours


def assert_same_column(name, theirs, ours):
    assert type(theirs) is type(ours), name
    if not isinstance(theirs, np.ndarray) or theirs.dtype == object:
        assert repr(theirs) == repr(ours), name
        return
    assert theirs.dtype == ours.dtype, name
    np.testing.assert_array_equal(np.ma.getmaskarray(theirs), np.ma.getmaskarray(ours), name)
    shown = np.ma.getmaskarray(theirs) == 0
    np.testing.assert_array_equal(np.ma.getdata(theirs)[shown], np.ma.getdata(ours)[shown], name)
