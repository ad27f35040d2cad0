import json

import numpy as np
import pytest
from sklearn.neural_network import MLPRegressor

from clusteract.estimators.learning_curves import learning_curves
from clusteract.estimators.networks import DenseNetworkRegressor


@pytest.fixture(scope="module")
def rows():
    X = np.random.default_rng(0).normal(size=(60, 2))
    return X, np.abs(X[:, 0])


def test_a_dense_network_tells_its_losses(rows):
    network = DenseNetworkRegressor(8, 8, 8, learning_rate=1e-2, random_state=0).fit(*rows)
    curves = learning_curves(network)
    assert len(curves["loss"]) == len(curves["validation_loss"]) == network.n_iter_
    assert np.argmin(curves["validation_loss"]) + 1 == curves["kept"][0] == network.best_epoch_


def test_a_perceptron_tells_its_loss_and_the_error_that_stopped_it(rows):
    settings = {"early_stopping": True, "random_state": 0, "max_iter": 500}
    network = MLPRegressor(hidden_layer_sizes=(8,), **settings).fit(*rows)
    curves = learning_curves(network)
    assert min(curves["validation_error"]) == pytest.approx(1 - network.best_validation_score_)
    assert curves["loss"] == network.loss_curve_
    network.set_params(early_stopping=False, tol=1e-2).fit(*rows)
    assert set(learning_curves(network)) == {"loss", "kept"}


def test_what_overflowed_is_none_and_goes_through_json(rows):
    network = DenseNetworkRegressor(8, 8, 8, learning_rate=1e30, epochs=3, random_state=0)
    curves = learning_curves(network.fit(rows[0] * 1e15, rows[1]))
    assert None in curves["loss"]
    assert json.loads(json.dumps(curves, allow_nan=False)) == curves
