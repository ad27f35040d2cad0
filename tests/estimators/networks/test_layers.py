import numpy as np
import pytest
from scipy.optimize import approx_fprime

from clusteract.estimators.networks.architecture import Architecture
from clusteract.estimators.networks.layers import ACTIVATIONS, Layers


@pytest.mark.parametrize("activation", sorted(ACTIVATIONS))
def test_gradient_is_the_slope_of_the_loss(activation):
    random = np.random.default_rng(0)
    net = Architecture((3, 5, 4, 1))
    layers = Layers(net, 2, 6, np.float64, activation)
    weights, inputs = random.normal(size=(2, net.n_weights)), random.normal(size=(2, 6, 3))
    gradient = np.empty_like(weights)
    layers.backward(weights, layers.forward(weights, inputs).copy(), gradient)

    def loss(flat):
        return 0.5 * np.sum(layers.forward(flat.reshape(2, -1), inputs) ** 2)

    numeric = approx_fprime(weights.ravel(), loss, 1e-7).reshape(2, -1)
    np.testing.assert_allclose(gradient, numeric, rtol=1e-4, atol=1e-5)


def test_glorot_weights_fill_their_range_and_biases_are_zero():
    net = Architecture((8, 64, 1))
    kernels, biases = net.views(net.glorot(np.random.default_rng(0))[None])
    limit = np.sqrt(6 / (8 + 64))
    assert 0.98 * limit < np.abs(kernels[0]).max() <= limit
    assert kernels[0].std() == pytest.approx(limit / np.sqrt(3), rel=0.1)
    assert not any(bias.any() for bias in biases)
