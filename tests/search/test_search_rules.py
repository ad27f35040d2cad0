"""A rule for a new estimator takes twenty lines; what is equal, random or unknown is told."""

import copy
import warnings

import numpy as np
import pytest
from comparing import assert_same_search
from sklearn.base import BaseEstimator, RegressorMixin, clone
from sklearn.datasets import make_regression
from sklearn.decomposition import PCA
from sklearn.exceptions import ConvergenceWarning
from sklearn.feature_selection import RFE
from sklearn.linear_model import Lasso
from sklearn.neural_network import MLPRegressor
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC, SVR
from sklearn.tree import DecisionTreeRegressor

from clusteract.estimators.networks import DenseNetworkRegressor
from clusteract.search import SharedGridSearchCV
from clusteract.search import sklearn_internals as private
from clusteract.search.determinism import why_random
from clusteract.search.fingerprints import fingerprint
from clusteract.search.rules import Failure, Rule, register, registered_rules, rule_for
from clusteract.search.rules.base import _RULES

X, Y = make_regression(30, 3, noise=5.0, random_state=0)


class Halving(RegressorMixin, BaseEstimator):
    """Predicts the mean, closer by half with each step."""

    def __init__(self, n_steps=1):
        self.n_steps = n_steps

    def fit(self, rows, target):
        self.path_ = [target.mean() * (1 - 0.5**k) for k in range(1, self.n_steps + 1)]
        return self

    def predict(self, rows):
        return np.full(len(rows), self.path_[self.n_steps - 1])


@pytest.fixture
def halving_rule():
    @register(Halving)
    class HalvingRule(Rule):
        unit = "steps"

        def group_key(self, estimator):
            return self.key_without(estimator, "n_steps")

        def fit(self, variants, training):
            longest = clone(max(variants, key=lambda v: v.n_steps))
            done = training.attempt(lambda: longest.fit(training.X, training.y))
            training.count(self.unit, longest.n_steps)
            if isinstance(done, Failure):
                return [done] * len(variants)
            return [copy.copy(longest).set_params(n_steps=v.n_steps) for v in variants]

    yield
    del _RULES[Halving]


def test_a_rule_of_ones_own(halving_rule):
    ours = assert_same_search(Halving(), {"n_steps": [1, 5, 3]}, X, Y, cv=2)
    assert ours.n_fits_ == {"steps": 2 * 5}


def test_an_unknown_estimator_works_and_equal_settings_are_fitted_once():
    ours = assert_same_search(Halving(), {"n_steps": [2, 5, 2]}, X, Y, cv=2)
    assert ours.n_fits_ == {"model fits": 2 * 2}


def test_only_networks_are_not_exact():
    loose = {cls for cls, rule in registered_rules().items() if not rule.exact}
    assert loose == {MLPRegressor, DenseNetworkRegressor}


def test_a_rule_that_is_not_exact_is_told_and_ranks_no_columns(halving_rule, monkeypatch):
    monkeypatch.setattr(rule_for(Halving()), "exact", False)
    ours = SharedGridSearchCV(Halving(), {"n_steps": [1, 2]}, cv=2).fit(X, Y)
    assert (ours.exact_, ours.n_fits_) == (False, {"steps": 2 * 2})
    selector = RFE(Halving(3), n_features_to_select=2, importance_getter=no_importances)
    pipeline = Pipeline([("select", selector), ("model", SVR())])
    ours = assert_same_search(pipeline, {"model__C": [1.0, 2.0]}, X, Y, cv=2)
    assert ours.n_fits_["model fits"] == 2
    assert "steps" not in ours.n_fits_


def no_importances(halving):
    return np.zeros(3)


def test_a_subclass_does_not_inherit_a_rule():
    class Own(SVR):
        pass

    assert type(rule_for(Own())) is Rule


def test_a_shared_prefix_behind_a_random_step_is_not_shared():
    steps = [("scale", StandardScaler()), ("pca", PCA()), ("model", Lasso())]
    grid = {"model__alpha": [0.1, 1.0, 2.0]}
    search = SharedGridSearchCV(Pipeline(steps), grid, cv=2).fit(X, Y)
    assert search.n_fits_ == {"model fits": 6, "transformer fits": 2 + 6}
    assert search.unshared_[0].startswith("PCA has random_state=None")


@pytest.mark.parametrize(
    ("estimator", "reason"),
    [
        (DecisionTreeRegressor(), "has random_state=None"),
        (DecisionTreeRegressor(random_state=np.random.RandomState(0)), "has random_state=a Random"),
        (Pipeline([("tree", DecisionTreeRegressor())]), "DecisionTreeRegressor has random_state"),
        (DecisionTreeRegressor(random_state=np.int64(3)), None),
        (SVC(), None),
        (PCA(svd_solver="full"), None),
        ("passthrough", None),
    ],
)
def test_why_an_estimator_is_random(estimator, reason):
    found = why_random(estimator)
    assert found is None if reason is None else reason in found


def test_fingerprints_tell_apart_what_an_estimator_may_tell_apart():
    values = [1, 1.0, True, "1", None, np.float64(1), (1,), [1], np.array([1]), SVR(C=1), SVR]
    assert len({fingerprint(v) for v in values}) == len(values)
    assert fingerprint(np.arange(3)) == fingerprint(np.arange(3))
    assert fingerprint(np.zeros((2, 2))) == fingerprint(np.zeros((2, 2)))
    assert fingerprint(np.mean) == fingerprint(np.mean) != fingerprint(np.median)
    assert fingerprint(lambda: 0) != fingerprint(lambda: 0)


def test_libsvm_is_called_as_svr_calls_it():
    for machine in (SVR(), SVR(kernel="poly", C=3.0, max_iter=40, shrinking=False)):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)
            fitted = clone(machine).fit(X, Y)
        found = private.libsvm_solve(machine, np.ascontiguousarray(X), Y, fitted._gamma)
        np.testing.assert_array_equal(found.support, fitted.support_)
        np.testing.assert_array_equal(found.coef, fitted.dual_coef_[0])
        assert found.intercept == fitted.intercept_[0]
        assert (found.iterations, found.capped) == (fitted.n_iter_, bool(fitted.fit_status_))
