import numpy as np
import pytest
from numba import njit
from scipy.optimize import approx_fprime

from clusteract.estimators.networks import compiled
from clusteract.estimators.networks.architecture import Architecture
from clusteract.estimators.networks.compiled import ACTIVATIONS, Dropout
from clusteract.estimators.networks.layers import Layers

NO_DROPOUT = Dropout.none(np.float64)


@njit
def forward(parts, weights, inputs):
    return compiled.forward(parts, weights, inputs, NO_DROPOUT)


@njit
def backward(parts, weights, inputs, slope, gradient):
    compiled.backward(parts, weights, inputs, slope, gradient, NO_DROPOUT)


@pytest.mark.parametrize("units", [(3, 5, 4, 1), (2, 9, 13, 1)], ids=str)
@pytest.mark.parametrize("activation", sorted(ACTIVATIONS))
def test_gradient_is_the_slope_of_the_loss(units, activation):
    random = np.random.default_rng(0)
    net = Architecture(units)
    parts = Layers.make(net, 6, np.float64, activation)
    weights, inputs = random.normal(size=net.n_weights), random.normal(size=(6, units[0]))
    gradient = np.empty_like(weights)
    backward(parts, weights, inputs, forward(parts, weights, inputs).copy(), gradient)

    def loss(flat):
        return 0.5 * np.sum(forward(parts, flat, inputs) ** 2)

    numeric = approx_fprime(weights, loss, 1e-7)
    np.testing.assert_allclose(gradient, numeric, rtol=1e-4, atol=1e-5)


def test_glorot_weights_fill_their_range_and_biases_are_zero():
    net = Architecture((8, 64, 1))
    kernels, biases = net.views(net.glorot(np.random.default_rng(0))[None])
    limit = np.sqrt(6 / (8 + 64))
    assert 0.98 * limit < np.abs(kernels[0]).max() <= limit
    assert kernels[0].std() == pytest.approx(limit / np.sqrt(3), rel=0.1)
    assert not any(bias.any() for bias in biases)
