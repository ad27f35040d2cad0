"""A standardised target: the same network as on a target scaled by hand, told in its own unit."""

import json

import numpy as np
import pytest

from clusteract.estimators.networks import DenseNetworkRegressor, fit_dense
from clusteract.estimators.networks.scale import Scale
from clusteract.estimators.pairwise import PairwiseDifferenceRegressor

CUT = 108  # of 120 rows the last tenth is set aside


@pytest.fixture(scope="module")
def far():
    X = np.random.default_rng(3).normal(size=(120, 3))
    return X, 2 * np.abs(X[:, 0]) + X[:, 1] - 12.0


def network(standardize=True, **changes):
    settings = {"hidden": (16, 8), "epochs": 40, "learning_rate": 1e-2, "random_state": 1}
    return DenseNetworkRegressor(**(settings | changes), standardize_target=standardize)


def test_it_is_a_network_on_a_target_scaled_by_the_rows_trained_on(far):
    X, y = far
    scale = Scale.of(y[:CUT])
    ours, plain = network().fit(X, y), network(False).fit(X, scale.apply(y))
    expected = plain.predict(X) * scale.spread + scale.mean
    np.testing.assert_allclose(ours.predict(X), expected, rtol=1e-12)
    assert ours.n_iter_ == plain.n_iter_


def test_losses_are_in_the_square_of_the_targets_unit(far):
    X, y = far
    fitted = network(alpha=0.0, epochs=1).fit(X, y)
    error = np.mean((fitted.predict(X[CUT:]) - y[CUT:]) ** 2)
    assert fitted.history_[0]["val_loss"] == pytest.approx(error, rel=1e-5)
    json.dumps(fitted.history_)


def test_the_unit_of_the_target_does_not_matter(far):
    X, y = far
    small = network().fit(X, y).predict(X)
    large = network().fit(X, -40_000 + 500 * y).predict(X)
    np.testing.assert_allclose(large, -40_000 + 500 * small, rtol=1e-6)


def test_a_target_far_from_zero_for_its_spread_is_learned(far):
    X, y = far
    settings = {"dropout_rate": 0.0, "epochs": 300, "patience": 40}
    scores = [network(on, **settings).fit(X, y - 1e6).score(X, y) for on in (True, False)]
    assert scores[0] > 0.95 > 0.5 > np.nan_to_num(scores[1])


def test_given_validation_rows_are_in_the_same_unit(far):
    X, y = far
    given = network().fit(X[:CUT], y[:CUT], validation=(X[CUT:], y[CUT:]))
    assert given.history_ == network().fit(X, y).history_


def test_a_constant_target_is_predicted(far):
    X, _ = far
    fitted = network(epochs=300).fit(X, np.full(len(X), -12.3))
    assert np.abs(fitted.predict(X) + 12.3).max() < 0.5


def test_in_company_each_network_keeps_its_own_unit(far):
    X, y = far
    # Scaled, the first two are one training; the third is not scaled at all.
    requests = [(network(), X, y), (network(), X, 2 * y), (network(False), X, y)]
    for fitted, (estimator, _, target) in zip(fit_dense(requests), requests, strict=True):
        alone = estimator.fit(X, target)
        np.testing.assert_array_equal(fitted.predict(X), alone.predict(X))
        assert fitted.history_ == alone.history_


def test_jax_agrees(far):
    pytest.importorskip("jax")
    X, y = far
    ours, theirs = (network(epochs=8, backend=b).fit(X, y) for b in ("numpy", "jax"))
    np.testing.assert_allclose(theirs.predict(X), ours.predict(X), rtol=1e-4)


def test_a_network_saved_before_there_was_a_choice_predicts(far):
    X, y = far
    old = network(False, epochs=2).fit(X, y)
    expected, state = old.predict(X), old.__getstate__()
    del state["standardize_target"], state["shuffle_validation"]
    again = DenseNetworkRegressor.__new__(DenseNetworkRegressor)
    again.__setstate__(state)
    np.testing.assert_array_equal(again.predict(X), expected)
    assert again.standardize_target is False


@pytest.mark.parametrize("direction", ["one", "both"])
@pytest.mark.parametrize("most", [10_000, 150], ids=["stored", "streamed"])
def test_differences_of_pairs_are_brought_to_a_unit_too(far, direction, most):
    X = far[0][:40]
    y = 500 * (2 * X[:, 0] + X[:, 1]) - 40_000
    base = network(hidden=(32,), dropout_rate=0, epochs=40, random_state=None)
    settings = {"max_pairs": most, "direction": direction, "random_state": 0}
    model = PairwiseDifferenceRegressor(base, **settings).fit(X, y)
    difference, true = model.difference(X[:20], X[20:]), y[:20] - y[20:]
    assert np.corrcoef(difference, true)[0, 1] > 0.85
    assert np.mean((difference - true) ** 2) < 0.3 * np.var(true)
    first = model.base_.history_[0]["loss"]
    assert first > 0.05 * np.var(y)  # of differences, in the square of their unit
