"""PairwiseDifferenceRegressor: an ordinary estimator, with what a difference must be."""

import numpy as np
import pytest
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.utils.estimator_checks import parametrize_with_checks

from clusteract.errors import InputError
from clusteract.estimators.pairwise import PairwiseDifferenceRegressor, diagnose

RANDOM = np.random.default_rng(0)
X = RANDOM.normal(size=(40, 3))
Y = X[:, 0] ** 2 + X[:, 1] + 0.1 * RANDOM.normal(size=40)
TREES = HistGradientBoostingRegressor(max_iter=20, random_state=0)


@parametrize_with_checks([PairwiseDifferenceRegressor()])
def test_scikit_learn_takes_it_for_its_own(estimator, check):
    check(estimator)


def test_antisymmetric_by_construction():
    model = PairwiseDifferenceRegressor(TREES, direction="antisymmetric").fit(X, Y)
    found = diagnose(model, X)
    assert found.identity == found.antisymmetry == 0
    assert found.size > 0.5


def test_a_one_way_model_tells_how_far_it_is_from_a_difference():
    found = diagnose(PairwiseDifferenceRegressor(TREES).fit(X, Y), X)
    assert 0 < found.antisymmetry < found.size
    assert 0 < found.additivity < found.size


def test_a_linear_model_adds_up_but_for_its_intercept():
    model = PairwiseDifferenceRegressor().fit(X, Y)
    found = diagnose(model, X)
    assert found.additivity == pytest.approx(found.identity, rel=1e-6)


def test_combining_directions_is_the_mean_of_both():
    one = PairwiseDifferenceRegressor(TREES, random_state=0).fit(X, Y)
    two = PairwiseDifferenceRegressor(TREES, combine=True, random_state=0).fit(X, Y)
    a, b = X[:5], X[5:10]
    expected = (one.difference(a, b) - one.difference(b, a)) / 2
    np.testing.assert_allclose(two.difference(a, b), expected)


def test_mean_median_and_spread_are_those_over_references():
    new = RANDOM.normal(size=(4, 3))
    for name, reduce in (("mean", np.mean), ("median", np.median)):
        model = PairwiseDifferenceRegressor(TREES, aggregate=name, random_state=0).fit(X, Y)
        against = model.predict_against(new)
        np.testing.assert_allclose(model.predict(new), reduce(against, axis=1))
        if name == "mean":
            np.testing.assert_allclose(model.predict(new, return_std=True)[1], against.std(axis=1))


def test_certainty_trusts_a_wrong_reference_less():
    y = Y.copy()
    y[7] += 50  # one wrong measurement
    new = RANDOM.normal(size=(20, 3))
    truth = new[:, 0] ** 2 + new[:, 1]
    error = {}
    for name in ("mean", "certainty"):
        model = PairwiseDifferenceRegressor(TREES, aggregate=name, random_state=0).fit(X, y)
        error[name] = np.abs(model.predict(new) - truth).mean()
    assert error["certainty"] < 0.7 * error["mean"]


def test_only_given_pairs_are_learned_from():
    pairs = np.array([[0, 1], [2, 3], [1, 4]])
    model = PairwiseDifferenceRegressor().fit(X, Y, pairs=pairs)
    assert model.n_pairs_ == 3
    np.testing.assert_allclose(
        model.difference(X[pairs[:, 0]], X[pairs[:, 1]]), Y[[0, 2, 1]] - Y[[1, 3, 4]]
    )


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ({"direction": "up"}, "direction='up' of pairs must be one of: one, both, antisymmetric"),
        ({"aggregate": "medain"}, "did you mean median"),
        ({"max_pairs": 1}, "max_pairs=1 must be at least 2"),
        ({"holdout": 1.0}, "holdout=1.0 must be at least 0 and below 1"),
    ],
)
def test_wrong_settings_are_named(setting, message):
    with pytest.raises(InputError, match=message):
        PairwiseDifferenceRegressor(**setting).fit(X, Y)
