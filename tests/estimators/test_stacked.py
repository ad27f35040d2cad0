import numpy as np
import pytest
from sklearn.base import clone
from sklearn.dummy import DummyRegressor
from sklearn.linear_model import LinearRegression
from sklearn.neighbors import KNeighborsRegressor
from sklearn.utils.estimator_checks import parametrize_with_checks

from clusteract.estimators.log_target import LogTargetRegressor
from clusteract.estimators.stacked import StackedRegressor

MEMBERS = [LinearRegression(), DummyRegressor()]


@parametrize_with_checks(
    [StackedRegressor(MEMBERS, folds=3), LogTargetRegressor(LinearRegression())]
)
def test_scikit_learn_accepts_them(estimator, check):
    check(estimator)


def line(n=60, noise=0.3, seed=0):
    random = np.random.default_rng(seed)
    X = random.uniform(-1, 1, (n, 2))
    return X, X[:, 0] + noise * random.normal(size=n)


def test_where_noise_decides_nobody_takes_all():
    X, y = line()
    twins = [LinearRegression(), LinearRegression(fit_intercept=False)]
    assert StackedRegressor(twins).fit(X, y).weights_.min() > 0.1


def test_errors_of_unseen_rows_are_honest():
    X, y = line(n=80, noise=1.0)
    stack = StackedRegressor([KNeighborsRegressor(1), LinearRegression()]).fit(X, y)
    assert np.std(y - stack.out_of_fold_) > 0.9
    assert np.std(y - KNeighborsRegressor(1).fit(X, y).predict(X)) == 0


def test_settled_weights_fit_the_same_stack_without_inner_folds():
    X, y = line()
    stack = StackedRegressor(MEMBERS).fit(X, y)
    settled = clone(stack).set_params(**stack.settled_params()).fit(X, y)
    assert settled.out_of_fold_ is None
    np.testing.assert_array_equal(settled.predict(X), stack.predict(X))


def test_logarithms_are_tried_on_targets_over_decades_alone():
    X, y = line()
    log = [LinearRegression()]
    assert StackedRegressor(MEMBERS, log).fit(X, y).all_weights_[2] == 0
    over_decades = StackedRegressor(MEMBERS, log).fit(X, np.exp(3 * y))
    assert over_decades.all_weights_[2] > 0.5


def test_a_stack_of_nothing_is_refused():
    with pytest.raises(ValueError, match="at least one member"):
        StackedRegressor([]).fit(*line())


def test_a_logarithm_leaves_the_range_by_no_more_than_the_range():
    X = np.arange(1.0, 4.0)[:, None]
    model = LogTargetRegressor(LinearRegression()).fit(X, 10 ** X[:, 0])
    assert model.predict([[99.0]]) == pytest.approx(1e5)
