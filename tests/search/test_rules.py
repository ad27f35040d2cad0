"""A rule for a new estimator takes twenty lines; what is equal, random or unknown is told."""

import copy
import re

import numpy as np
import pytest
from sklearn.base import BaseEstimator, RegressorMixin, clone
from sklearn.datasets import make_regression
from sklearn.decomposition import PCA
from sklearn.feature_selection import RFE
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import Lasso, Ridge
from sklearn.neural_network import MLPRegressor
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler
from sklearn.svm import SVC, SVR, LinearSVR
from sklearn.tree import DecisionTreeRegressor

from clusteract.estimators.networks import DenseNetworkRegressor
from clusteract.search import SharedGridSearchCV
from clusteract.search.fingerprints import fingerprint
from clusteract.search.rules import Failure, Rule, register, registered_rules, rule_for
from clusteract.search.shareable import Shape, why_value_unshared

X, Y = make_regression(30, 3, noise=5.0, random_state=0)


class Halving(RegressorMixin, BaseEstimator):
    """Predicts the mean, closer by half with each step."""

    def __init__(self, n_steps=1):
        self.n_steps = n_steps

    def fit(self, rows, target):
        self.importances_ = np.zeros(rows.shape[1])
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
    registered_rules().pop(Halving)


def test_a_rule_of_ones_own(assert_same_search, halving_rule):
    ours = assert_same_search(Halving(), {"n_steps": [1, 5, 3]}, X, Y, cv=2)
    assert ours.n_fits_ == {"steps": 2 * 5}


def test_equal_settings_are_fitted_once(assert_same_search):
    ours = assert_same_search(Lasso(), {"alpha": [2.0, 5.0, 2.0]}, X, Y, cv=2)
    assert ours.n_fits_ == {"model fits": 2 * 2}


def test_an_estimator_of_the_users_own_is_left_to_scikit_learn(assert_same_search):
    ours = assert_same_search(Halving(), {"n_steps": [2, 5, 2]}, X, Y, cv=2)
    assert ours.unshared_[0].startswith("Halving is no estimator that sharing was written for")
    assert ours.n_fits_ == {"model fits": 2 * 3}


def test_only_networks_are_not_exact():
    loose = {cls for cls, rule in registered_rules().items() if not rule.exact}
    assert loose == {MLPRegressor, DenseNetworkRegressor}


def test_a_rule_that_is_not_exact_is_told_and_ranks_no_columns(
    assert_same_search, halving_rule, monkeypatch
):
    monkeypatch.setattr(rule_for(Halving()), "exact", False)
    ours = SharedGridSearchCV(Halving(), {"n_steps": [1, 2]}, cv=2).fit(X, Y)
    assert (ours.exact_, ours.n_fits_) == (False, {"steps": 2 * 2})
    selector = RFE(Halving(3), n_features_to_select=2, importance_getter="importances_")
    pipeline = Pipeline([("select", selector), ("model", SVR())])
    ours = assert_same_search(pipeline, {"model__C": [1.0, 2.0]}, X, Y, cv=2)
    assert ours.n_fits_["model fits"] == 2
    assert "steps" not in ours.n_fits_


def test_a_subclass_does_not_inherit_a_rule():
    class Own(SVR):
        pass

    assert type(rule_for(Own())) is Rule


def test_a_search_with_a_random_step_is_not_shared():
    steps = [("scale", StandardScaler()), ("pca", PCA(svd_solver="randomized")), ("model", Lasso())]
    search = SharedGridSearchCV(Pipeline(steps), {"model__alpha": [0.1, 1.0]}, cv=2).fit(X, Y)
    assert search.n_fits_ == {"model fits": 4}
    assert search.unshared_[0].startswith("PCA has random_state=None")


@pytest.mark.parametrize(
    ("estimator", "reason"),
    [
        (DecisionTreeRegressor(), "has random_state=None"),
        (DecisionTreeRegressor(random_state=np.random.RandomState(0)), "has random_state=a Random"),
        (Pipeline([("tree", DecisionTreeRegressor())]), "DecisionTreeRegressor has random_state"),
        (DecisionTreeRegressor(random_state=np.int64(3)), None),
        (SVC(), None),
        (Ridge(), None),
        (Ridge(solver="saga"), "has random_state=None"),
        (LinearSVR(), "has random_state=None"),
        (LinearSVR(dual=False, loss="squared_epsilon_insensitive"), None),
        (PCA(svd_solver="full"), None),
        (PCA(), None),
        (PCA(3), None),
        (StandardScaler(copy=False), "may write into its input"),
        (StandardScaler().set_output(transform="pandas"), "an output format of its own"),
        (FunctionTransformer(np.log1p), None),
        (FunctionTransformer(lambda x: x), "function <lambda> is not known to return"),
        (FrozenEstimator(Lasso()), "FrozenEstimator has a clone of its own"),
        (SVR(kernel="precomputed"), "pairwise"),
        ("passthrough", None),
    ],
    ids=lambda value: re.sub(r" at 0x\w+", "", str(value)),
)
def test_why_an_estimator_is_not_shared(estimator, reason):
    why = why_value_unshared(estimator, Shape(80, 90, 5))
    assert why is None if reason is None else reason in why


@pytest.mark.parametrize(
    ("n_components", "shape", "random"),
    [
        (3, Shape(400, 500, 20), False),  # small: full
        (3, Shape(900, 1000, 20), False),  # tall: eigenvectors of the covariance
        (3, Shape(900, 1000, 95), True),  # randomized
        (None, Shape(900, 1000, 95), False),
        (3, Shape(80, 90, None), True),  # an earlier step may have made many columns
    ],
)
def test_whether_pca_draws_is_known_from_the_solver_that_will_run(n_components, shape, random):
    assert (why_value_unshared(PCA(n_components), shape) is not None) == random


def test_two_classes_of_one_name_are_two():
    def power(k):
        class Power(BaseEstimator):
            exponent = k

        return Power

    assert fingerprint(power(1)()) != fingerprint(power(2)())
    assert fingerprint(FrozenEstimator(Lasso().fit(X, Y))) != fingerprint(FrozenEstimator(Lasso()))


def test_fingerprints_tell_apart_what_an_estimator_may_tell_apart():
    values = [1, 1.0, True, "1", None, np.float64(1), (1,), [1], np.array([1]), SVR(C=1), SVR]
    assert len({fingerprint(v) for v in values}) == len(values)
    assert fingerprint(np.arange(3)) == fingerprint(np.arange(3))
    assert fingerprint(np.zeros((2, 2))) == fingerprint(np.zeros((2, 2)))
    assert fingerprint(np.mean) == fingerprint(np.mean) != fingerprint(np.median)
    assert fingerprint(lambda: 0) != fingerprint(lambda: 0)
