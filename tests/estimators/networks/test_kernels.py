import numpy as np
import pytest

from clusteract.estimators.networks import kernels


def tanh(values):
    outputs = np.array(values, dtype=float).reshape(1, 1, -1)
    kernels.add_bias_tanh(outputs, 1, 1, np.zeros((1, outputs.size)), 0)
    return outputs.ravel()


@pytest.mark.parametrize("size", [1e-8, 1e-3, 0.1, 0.625, 1.0, 5.0, 30.0])
def test_tanh_is_numpys_to_two_units_in_the_last_place(size):
    x = size * np.random.default_rng(0).normal(size=20_000)
    expected = np.tanh(x)
    assert np.max(np.abs(tanh(x) - expected) / np.spacing(np.abs(expected))) <= 2


def test_tanh_at_its_seam_and_at_what_is_not_finite():
    seam = np.nextafter(0.625, [0.0, 1.0])
    np.testing.assert_allclose(tanh(seam), np.tanh(seam), rtol=4e-16)
    odd = [np.nan, np.inf, -np.inf, 0.0, -0.0]
    np.testing.assert_array_equal(tanh(odd), np.tanh(odd))
