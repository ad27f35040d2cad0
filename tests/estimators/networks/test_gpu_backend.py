import sys

import numpy as np
import pytest

from clusteract.errors import InputError
from clusteract.estimators.networks import DenseNetworkRegressor
from clusteract.estimators.networks import gpu_backend as accelerator
from clusteract.estimators.networks.gpu_backend import padded
from clusteract.estimators.networks.many import train_many

pytest.importorskip("jax", reason="JAX is not installed")


def tasks(changes, sizes=(60, 61), backend="jax"):
    """Networks of one padded shape: each number of slots is compiled once for all tests."""
    random = np.random.default_rng(0)
    made = []
    for change in changes:
        for n in sizes:
            X = random.normal(size=(n, 3))
            base = {
                "hidden": (12, 8),
                "learning_rate": 1e-2,
                "epochs": 6,
                "batch_size": 20,
                "random_state": n,
            }
            network = DenseNetworkRegressor(**(base | change), backend=backend)
            made.append(network._task(X, np.abs(X[:, 0])))
    return made


def both(changes, sizes=(60, 61)):
    return [train_many(tasks(changes, sizes, backend)) for backend in ("numpy", "jax")]


def test_agrees_with_numpy_dropout_and_unequal_folds_included():
    for one, other in zip(*both([{"dropout_rate": 0.4}, {"alpha": 0.1}]), strict=True):
        np.testing.assert_allclose(one.weights, other.weights, atol=2e-5)
        for ours, theirs in zip(one.history, other.history, strict=True):
            assert ours == pytest.approx(theirs, rel=1e-4)


def test_batch_mates_change_a_network_by_rounding_only():
    asked = tasks([{"epochs": 8, "alpha": alpha, "dropout_rate": 0.2} for alpha in (0, 0.1)])
    together, alone = train_many(asked), train_many(asked[2:3])
    np.testing.assert_allclose(together[2].weights, alone[0].weights, atol=2e-5)


def test_finished_networks_leave_the_batch():
    numpy, jax = both([{"epochs": 3}, {"epochs": 9}], sizes=(60,))
    assert [trained.n_iter for trained in jax] == [3, 9]
    np.testing.assert_allclose(jax[1].weights, numpy[1].weights, atol=2e-5)


def test_no_step_is_all_padding():
    sizes = ((60, 20), (116, 64), (115, 128), (64, 64), (65, 64))
    for n, batch in sizes:
        change = {"batch_size": batch, "validation_fraction": 0}
        shape = tasks([change], sizes=(n,))[0].shape
        wide = padded(shape)
        assert wide.n_train >= n
        assert -(-wide.n_train // wide.batch_size) == -(-n // shape.batch_size)


def test_numpy_training_and_prediction_need_no_jax(monkeypatch):
    monkeypatch.setitem(sys.modules, "jax", None)  # import jax raises ImportError
    X = np.random.default_rng(0).normal(size=(30, 2))
    network = DenseNetworkRegressor(4, 4, 4, epochs=2, random_state=0).fit(X, X[:, 0])
    assert network.predict(X).shape == (30,)


def test_where_jax_is_absent_its_backend_says_what_to_do(monkeypatch):
    accelerator._program.cache_clear()
    monkeypatch.setitem(sys.modules, "jax", None)
    with pytest.raises(InputError, match=r"needs JAX, which is not installed: pip install"):
        train_many(tasks([{}]))
