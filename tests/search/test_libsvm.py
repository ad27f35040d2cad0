"""Support vector machines: settings the solver cannot tell apart, and our own solver."""

import warnings

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.datasets import make_classification, make_regression
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import KFold, ParameterGrid
from sklearn.svm import SVC, SVR, NuSVR

from clusteract.search import SharedGridSearchCV
from clusteract.search import sklearn_internals as internals
from clusteract.search.libsvm import families
from clusteract.search.libsvm.kernels import KernelMaker, KernelSetting
from clusteract.search.rules import Training, rule_for

X, Y = make_regression(45, 3, noise=10.0, random_state=0)
X = X * [1.0, 3.0, 0.1]
Y = Y / Y.std()
HARD = {
    "C": [0.1, 5.0, 300.0],
    "epsilon": [0.01, 0.3],
    "tol": [1e-4, 1e-2, 1e-3],
    "shrinking": [True, False],
    "gamma": ["scale", "auto", 0.7],
}
needs_numba = pytest.mark.skipif(not families.AVAILABLE, reason="numba is not installed")


def test_what_the_kernel_ignores_makes_no_difference(assert_same_search):
    grid = [
        {"kernel": ["rbf"], "degree": [2, 3], "coef0": [0.0, 1.0], "gamma": [0.1, 1.0]},
        {"kernel": ["linear"], "degree": [2, 3], "gamma": ["scale", 0.1]},
        {"kernel": ["sigmoid"], "degree": [2, 3], "coef0": [0.0, 0.1]},
        {"kernel": ["poly"], "degree": [1, 2], "gamma": [0.01, 0.1]},
    ]
    ours = assert_same_search(SVR(max_iter=5000), grid, X, Y, cv=2)
    assert ours.n_fits_ == {"solver calls": 2 * (2 + 1 + 2 + 4)}


def test_an_ignored_parameter_must_still_be_valid(assert_same_search):
    ours = assert_same_search(SVR(), {"degree": [2, -1, 3]}, X, Y, cv=2)
    assert np.isnan(ours.cv_results_["mean_test_score"]).tolist() == [False, True, False]


@pytest.mark.parametrize("machine", [SVC(), NuSVR(), SVR()], ids=str)
def test_shrinking_is_solved_apart_only_where_it_could_matter(assert_same_search, machine):
    rows, target = make_classification(60, 4, random_state=0) if type(machine) is SVC else (X, Y)
    grid = {"C": [0.01, 500.0], "shrinking": [True, False]}
    assert_same_search(machine, grid, rows, target, cv=2)


@needs_numba
@pytest.mark.parametrize("kernel", ["rbf", "poly", "linear"])
@pytest.mark.parametrize("max_iter", [-1, 150, 1500])
def test_our_solver_has_libsvms_bits(assert_same_search, kernel, max_iter):
    if kernel != "rbf" and max_iter == -1:
        max_iter = 20_000
    grid = HARD if kernel != "linear" else {**HARD, "gamma": ["scale"], "C": [0.1, 1, 5, 50, 90.0]}
    machine = SVR(kernel=kernel, max_iter=max_iter, degree=2, coef0=0.5)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        ours = assert_same_search(machine, grid, X, Y, cv=2)
        solved = solve(machine, grid)
        assert (ours.n_capped_ > 0) == any(s.capped for s in solved)
        for solution in solved:
            check_against_libsvm(solution)


def solve(machine, grid):
    machines = [clone(machine).set_params(**params) for params in ParameterGrid(grid)]
    return families.solve(machines, X, Y)


def check_against_libsvm(solution):
    fitted = solution.refit()
    coef = solution.bundle.coef[solution.row]
    np.testing.assert_array_equal(np.flatnonzero(coef), fitted.support_)
    np.testing.assert_array_equal(coef[fitted.support_], fitted.dual_coef_[0])
    assert -solution.bundle.rho[solution.row] == fitted.intercept_[0]
    assert solution.capped == bool(fitted.fit_status_)
    np.testing.assert_array_equal(
        families.predict([solution], X)[0], fitted.predict(X), strict=True
    )


@needs_numba
def test_every_candidate_that_hits_the_limit_is_counted_and_warned_of():
    search = SharedGridSearchCV(SVR(max_iter=20), {**HARD, "degree": [2, 3]}, cv=2, refit=False)
    with pytest.warns(ConvergenceWarning, match=r"early \(max_iter=20\).  Consider pre-proc"):
        search.fit(X, Y)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        alone = [
            SVR(max_iter=20, **params).fit(X[train], Y[train]).fit_status_
            for train, _ in KFold(2).split(X)
            for params in ParameterGrid(HARD)
        ]
    assert search.n_capped_ == 2 * sum(alone)


@needs_numba
def test_a_convergence_warning_made_an_error_fails_the_fit_as_it_does_alone(assert_same_search):
    with warnings.catch_warnings():
        warnings.simplefilter("error", ConvergenceWarning)
        ours = assert_same_search(SVR(max_iter=60), HARD, X, Y, cv=2, refit=False)
    failed = np.isnan(ours.cv_results_["mean_test_score"])
    assert failed.any()
    assert not failed.all()


@needs_numba
def test_one_wrong_bit_and_libsvm_does_the_work(assert_same_search, monkeypatch):
    monkeypatch.setattr(families, "_agrees", lambda *arguments: False)
    assert solve(SVR(), HARD) is None
    assert_same_search(SVR(), HARD, X, Y, cv=2)


def test_without_numba_libsvm_does_the_work(assert_same_search, monkeypatch):
    monkeypatch.setattr(families, "AVAILABLE", False)
    machines = [SVR(degree=d, shrinking=s) for d in (2, 3) for s in (True, False)]
    training = Training(X, Y, formula=True)
    fitted = rule_for(machines[0]).fit(machines, training)
    assert [type(f) for f in fitted] == [SVR] * 4
    assert [f.degree for f in fitted] == [2, 2, 3, 3]
    assert_same_search(SVR(), {**HARD, "degree": [2, 3]}, X, Y, cv=2)


def test_dot_products_are_libsvms():
    linear = SVR(kernel="linear").fit(X, Y)
    dots = internals.libsvm_dots(X, linear.support_vectors_)
    expected = np.zeros(len(X))
    for column, weight in zip(dots.T, linear.dual_coef_[0], strict=True):
        expected += weight * column
    np.testing.assert_array_equal(expected + linear.intercept_[0], linear.predict(X))


def test_the_kernel_between_rows_is_what_libsvm_predicts_with():
    maker = KernelMaker(np.ascontiguousarray(X))
    between = maker.between(np.ascontiguousarray(X[:5]), KernelSetting("rbf", 0.3, 0.0, 0))
    exact = np.exp(-0.3 * ((X[:, None] - X[None, :5]) ** 2).sum(axis=2))
    np.testing.assert_allclose(between, exact, rtol=1e-13)
