"""Shapley values against all orders, and against models whose contributions are known."""

from itertools import permutations

import numpy as np
import pytest
from sklearn.ensemble import RandomForestRegressor
from sklearn.neural_network import MLPRegressor
from sklearn.svm import SVR

from clusteract.explain import shapley_values

RANDOM = np.random.default_rng(0)
X = RANDOM.normal(size=(60, 4))
Y = X[:, 0] * X[:, 1] + X[:, 2]
MODELS = {
    "trees": RandomForestRegressor(20, random_state=0),
    "kernel": SVR(),
    "network": MLPRegressor(hidden_layer_sizes=(8,), solver="lbfgs", max_iter=2000, random_state=0),
}


def every_order(predict, x, background):
    """Shapley values of one cluster by their definition."""
    p, total = len(x), np.zeros(len(x))
    orders = list(permutations(range(p)))
    for order in orders:
        rows = background.copy()
        before = predict(rows).mean()
        for j in order:
            rows[:, j] = x[j]
            after = predict(rows).mean()
            total[j] += after - before
            before = after
    return total / len(orders)


@pytest.mark.parametrize("name", MODELS)
def test_sampled_values_agree_with_all_orders(name):
    predict = MODELS[name].fit(X, Y).predict
    background = X[:10]
    found = shapley_values(predict, X[50:53], background, draws=2000, seed=1)
    for i in range(3):
        exact = every_order(predict, X[50 + i], background)
        assert np.all(np.abs(found.values[i] - exact) < 5 * found.errors[i] + 1e-9)
        assert found.errors[i].max() < 0.1


def test_contributions_add_up_to_the_prediction():
    model = MODELS["trees"].fit(X, Y)
    found = shapley_values(model.predict, X[:9], X[20:], draws=10)
    np.testing.assert_allclose(found.base + found.values.sum(axis=1), model.predict(X[:9]))


def test_a_descriptor_that_is_not_used_contributes_nothing():
    found = shapley_values(lambda A: A[:, 0] ** 2, X[:5], X, draws=20)
    assert np.abs(found.values[:, 1:]).max() == 0


def test_the_same_seed_gives_the_same_values():
    a, b = (shapley_values(lambda A: A[:, 0] * A[:, 3], X[:5], X, seed=3) for _ in range(2))
    np.testing.assert_array_equal(a.values, b.values)
