import numpy as np
import pytest

from clusteract.estimators.networks import DenseNetworkRegressor, kernels
from clusteract.estimators.networks import cpu_backend as processor


def tanh(values):
    outputs = np.array(values, dtype=float).reshape(1, -1)
    kernels.activate(kernels.TANH, outputs, np.zeros(outputs.size))
    return outputs.ravel()


@pytest.mark.parametrize("size", [1e-8, 1e-3, 0.1, 0.625, 1.0, 5.0, 30.0])
def test_tanh_is_numpys_to_three_units_in_the_last_place(size):
    x = size * np.random.default_rng(0).normal(size=20_000)
    expected = np.tanh(x)
    assert np.max(np.abs(tanh(x) - expected) / np.spacing(np.abs(expected))) <= 3


def test_tanh_where_its_halves_meet_and_at_what_is_not_finite():
    seam = np.nextafter(np.log(2) / 4 * np.array([1, 3, 5]), [0.0, 0.0, 9.0])
    np.testing.assert_allclose(tanh(seam), np.tanh(seam), rtol=7e-16)
    odd = [np.nan, np.inf, -np.inf, 0.0, -0.0]
    np.testing.assert_array_equal(tanh(odd), np.tanh(odd))


def test_kept_machine_code_goes_stale_with_any_file_of_the_folder(monkeypatch):
    X = np.random.default_rng(0).normal(size=(30, 2))
    DenseNetworkRegressor(4, 4, 4, epochs=1).fit(X, X[:, 0])  # compiled and kept
    kept = processor._train._cache._cache_file
    assert len(kept._source_stamp) > 10
    assert kept._load_index()
    monkeypatch.setattr(kept, "_source_stamp", [(0.0, 0), *kept._source_stamp[1:]])
    assert not kept._load_index()
