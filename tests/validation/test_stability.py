"""Repeated elimination: planted columns stay, intervals count what is independent."""

import numpy as np
import pytest
from sklearn.ensemble import RandomForestRegressor
from sklearn.feature_selection import RFE

from clusteract.validation.stability import Stability, eliminate, wilson_interval

RANDOM = np.random.default_rng(0)


def test_elimination_keeps_what_matters():
    X = RANDOM.normal(size=(60, 5))
    kept = eliminate(X, 3 * X[:, 1] - 2 * X[:, 4], keep=2, seed=0)
    assert kept.tolist() == [False, True, False, False, True]
    forest = RFE(RandomForestRegressor(random_state=0), n_features_to_select=2)
    assert forest.fit(X, 3 * X[:, 1] - 2 * X[:, 4]).support_.tolist() == kept.tolist()


def test_shares_and_their_order():
    kept = np.array([[[1, 1, 0], [1, 0, 1], [1, 1, 0], [1, 1, 0]]], bool)
    found = Stability(("a", "b", "c"), kept)
    np.testing.assert_allclose(found.share, [1, 0.75, 0.25])
    assert found.top(2) == ["a", "b"]


def test_intervals_count_training_sets_where_there_are_several():
    one = Stability(("a",), np.ones((1, 100, 1), bool))
    many = Stability(("a",), np.ones((10, 10, 1), bool))
    assert one.intervals()[0, 0] == wilson_interval(100, 100)[0]
    assert many.intervals()[0, 0] == wilson_interval(10, 10)[0]


def test_the_index_is_one_for_equal_selections_and_near_zero_for_chance():
    same = np.tile(np.arange(10) < 4, (1, 50, 1))
    assert Stability(tuple("abcdefghij"), same).index == 1
    chance = np.array([[RANDOM.permutation(10) < 4 for _ in range(500)]])
    assert Stability(tuple("abcdefghij"), chance).index == pytest.approx(0, abs=0.02)


def test_the_index_is_undefined_where_everything_is_kept():
    assert Stability(("a",), np.ones((1, 3, 1), bool)).to_dict()["index"] is None
