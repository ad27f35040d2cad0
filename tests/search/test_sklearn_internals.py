"""scikit-learn's private names do what the exact tier takes them to do."""

import warnings

import numpy as np
from sklearn.base import clone
from sklearn.datasets import make_regression
from sklearn.exceptions import ConvergenceWarning
from sklearn.svm import SVR

from clusteract.search import sklearn_internals as internals

X, Y = make_regression(30, 3, noise=5.0, random_state=0)


def test_libsvm_is_called_as_svr_calls_it():
    for machine in (SVR(), SVR(kernel="poly", C=3.0, max_iter=40, shrinking=False)):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)
            fitted = clone(machine).fit(X, Y)
        solved = internals.libsvm_solve(machine, np.ascontiguousarray(X), Y, fitted._gamma)
        np.testing.assert_array_equal(solved.support, fitted.support_)
        np.testing.assert_array_equal(solved.coef, fitted.dual_coef_[0])
        assert solved.intercept == fitted.intercept_[0]
        assert (solved.iterations, solved.capped) == (fitted.n_iter_, bool(fitted.fit_status_))
