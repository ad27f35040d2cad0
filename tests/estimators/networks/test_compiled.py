import numpy as np
import pytest

from clusteract.estimators.networks import compiled


def tanh(values):
    outputs = np.array(values, dtype=float).reshape(1, -1)
    compiled.activate(compiled.TANH, outputs, np.zeros(outputs.size))
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
