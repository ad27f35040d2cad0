"""PlainDifferences: what a difference must be, and a spread that is honest."""

import numpy as np
import pytest
from sklearn.ensemble import ExtraTreesRegressor
from sklearn.utils.estimator_checks import parametrize_with_checks

from clusteract.estimators.pairwise import PlainDifferences, diagnose

RANDOM = np.random.default_rng(0)
X = RANDOM.normal(size=(60, 3))
NOISE = 0.5
Y = X[:, 0] + NOISE * RANDOM.normal(size=60)


@parametrize_with_checks([PlainDifferences()])
def test_scikit_learn_takes_it_for_its_own(estimator, check):
    check(estimator)


def test_differences_add_up():
    found = diagnose(PlainDifferences(ExtraTreesRegressor(20, random_state=0)).fit(X, Y), X)
    assert found.identity == found.antisymmetry == 0
    assert found.additivity == pytest.approx(0, abs=1e-12)


def test_the_spread_is_that_of_honest_errors():
    trees = PlainDifferences(ExtraTreesRegressor(50, random_state=0)).fit(X, Y)
    _, spread = trees.predict(X[:3], return_std=True)
    assert (spread > 0.8 * NOISE).all()  # though every training error is 0
