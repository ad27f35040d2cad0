import numpy as np
import pytest

from clusteract.estimators.networks import DenseNetworkRegressor
from clusteract.estimators.networks.many import train_many
from clusteract.estimators.networks.task import Rows, Task


def rows(n, seed=0, inputs=3):
    X = np.random.default_rng(seed).normal(size=(n, inputs))
    return Rows.split(X, np.abs(X[:, 0]) - X[:, 1], 0.1)


def setting(**changes):
    base = {"hidden": (16, 8), "epochs": 30, "learning_rate": 1e-2, "random_state": 0}
    return DenseNetworkRegressor(**(base | changes))._setting()


@pytest.fixture(scope="module")
def company():
    """Networks of several shapes, fold sizes, rates and seeds; some stop early."""
    folds = [rows(60, 0), rows(60, 1), rows(61, 2)]
    changes = [
        {"learning_rate": rate, "alpha": alpha, "dropout_rate": drop, "random_state": seed}
        for seed, (rate, alpha, drop) in enumerate(
            [(1e-4, 1e-6, 0.0), (1e-2, 1e-2, 0.4), (3e-2, 1e-4, 0.05), (1e-1, 0.0, 0.2)]
        )
    ]
    changes += [{"hidden": (8,), "dropout_last": True}, {"hidden": ()}, {"batch_size": 20}]
    return [Task(setting(**change), fold) for change in changes for fold in folds]


def test_a_network_does_not_depend_on_its_batch_mates(company):
    together = train_many(company)
    for task, trained in zip(company, together, strict=True):
        alone = train_many([task])[0]
        np.testing.assert_array_equal(alone.weights, trained.weights)
        assert alone.history == trained.history


def test_order_and_threads_change_nothing(company):
    forward = train_many(company)
    backward = train_many(company[::-1], n_jobs=2)[::-1]
    for one, other in zip(forward, backward, strict=True):
        np.testing.assert_array_equal(one.weights, other.weights)


def test_networks_stop_at_their_own_epochs(company):
    epochs = {trained.n_iter for trained in train_many(company)}
    assert len(epochs) > 3


def test_fewer_epochs_are_the_beginning_of_more():
    fold = rows(60)
    tasks = [Task(setting(epochs=epochs), fold) for epochs in (12, 3, 25, 12)]
    together = train_many(tasks)
    for task, trained in zip(tasks, together, strict=True):
        alone = train_many([task])[0]
        np.testing.assert_array_equal(alone.weights, trained.weights)
        assert trained.n_iter == task.setting.epochs


def test_what_is_kept_can_be_chosen():
    tasks = [Task(setting(epochs=2, random_state=s), rows(40)) for s in range(3)]
    kept = train_many(tasks, use=lambda number, trained: (number, trained.n_iter))
    assert kept == [(0, 2), (1, 2), (2, 2)]


def test_a_network_that_overflows_stops_without_a_warning():
    fold = rows(60)
    wild = Rows.given(fold.X * 1e30, fold.y, fold.X_val, fold.y_val)
    trained = train_many([Task(setting(learning_rate=1e30), wild)])[0]
    assert trained.n_iter < 30
