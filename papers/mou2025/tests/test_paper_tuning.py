"""Tuning the pairwise network: inside the reference's space, taken up where it was stopped."""

import numpy as np
import pytest

from clusteract.estimators.networks import DenseNetworkRegressor
from clusteract.estimators.pairwise import PairwiseDifferenceRegressor
from mou2025.tuning import tune_network

RANDOM = np.random.default_rng(0)
X = RANDOM.normal(size=(12, 3))
Y = X[:, 0] - X[:, 1]


class Stopping(PairwiseDifferenceRegressor):
    """Counts its fits, and is stopped by the user before one of them."""

    fits = 0
    stop_at = None

    def fit(self, *args, **kwargs):
        """Fit, unless it is stopped."""
        if Stopping.fits == Stopping.stop_at:
            raise KeyboardInterrupt
        Stopping.fits += 1
        return super().fit(*args, **kwargs)


@pytest.fixture
def model(monkeypatch):
    monkeypatch.setattr(Stopping, "fits", 0)
    return Stopping(DenseNetworkRegressor(epochs=2), random_state=0)


def test_settings_lie_in_the_references_space(model):
    found = tune_network(model, X, Y, trials=2)
    assert len(found["base__hidden"]) == 3
    assert all(64 <= units <= 512 and units % 32 == 0 for units in found["base__hidden"])
    assert 0.05 <= found["base__dropout_rate"] <= 0.4
    assert 1e-6 <= found["base__learning_rate"] <= 1e-2
    model.set_params(**found)
    assert Stopping.fits == 4  # two trials on two inner splits


def test_whole_trials_judge_on_one_more_split_and_train_as_long_as_the_model(model):
    tune_network(model, X, Y, trials=1, whole=True)
    assert Stopping.fits == 3


def test_a_stopped_search_is_taken_up_where_it_was(model, monkeypatch, tmp_path):
    storage = tmp_path / "tuning.sqlite"
    monkeypatch.setattr(Stopping, "stop_at", 2)
    with pytest.raises(KeyboardInterrupt):
        tune_network(model, X, Y, trials=3, storage=str(storage))
    assert storage.exists()
    monkeypatch.setattr(Stopping, "stop_at", None)
    tune_network(model, X, Y, trials=2, storage=str(storage))
    assert Stopping.fits == 4  # the first trial was not done again
    assert not storage.exists()
