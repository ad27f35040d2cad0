import numpy as np
import pytest
from sklearn.linear_model import LinearRegression
from sklearn.model_selection import LeaveOneOut, cross_val_predict
from sklearn.utils.estimator_checks import parametrize_with_checks

from clusteract.estimators.formula_search import (
    FormulaRegressor,
    _loo_error,
    _standardised,
)


@parametrize_with_checks([FormulaRegressor(beam=3)])
def test_scikit_learn_accepts_it(estimator, check):
    check(estimator)


@pytest.fixture
def X():
    return np.random.default_rng(0).uniform(0.5, 2, (80, 6))


@pytest.mark.parametrize(
    ("truth", "expected"),
    [
        (lambda X: 2 + X[:, 0] * X[:, 1], "2 + 1 * a * b"),
        (lambda X: 1 - 2 / X[:, 4], "1 - 2 / e"),
        (lambda X: 3 * X[:, 2] ** 2 - X[:, 3] ** 0.5, "0 + 3 * (c)^2 - 1 * sqrt(d)"),
    ],
)
def test_planted_formulas_are_found(X, truth, expected):
    model = FormulaRegressor().fit(X, truth(X))
    model.intercept_ = round(model.intercept_, 6) + 0.0
    assert model.formula(list("abcdef")) == expected


def test_no_more_descriptors_than_allowed(X):
    y = X.sum(axis=1) + np.random.default_rng(1).normal(0, 0.1, 80)
    for most in (1, 2, 3):
        model = FormulaRegressor(max_descriptors=most, max_terms=4).fit(X, y)
        assert (model.powers_ != 0).any(axis=0).sum() <= most


def test_noise_alone_gives_a_constant(X):
    y = np.random.default_rng(5).normal(size=80)
    assert len(FormulaRegressor(max_terms=2).fit(X, y).coef_) <= 1


def test_the_leave_one_out_error_is_the_one_of_refitting(X):
    y = X[:, 0] + np.random.default_rng(2).normal(0, 0.3, 80)
    unseen = cross_val_predict(LinearRegression(), X[:, :2], y, cv=LeaveOneOut())
    assert _loo_error(_standardised(X[:, :2]), y) == pytest.approx(np.mean((y - unseen) ** 2))


def test_a_ratio_does_not_explode_on_new_clusters(X):
    y = 1 / X[:, 0]
    model = FormulaRegressor().fit(X, y)
    assert model.predict(np.zeros((1, 6)))[0] <= y.max() + 1e-9
    assert np.isfinite(model.predict(-np.ones((1, 6)))).all()
