"""Training on pairs: closed form against brute force, streaming against what it must learn."""

import numpy as np
import pytest
from sklearn.ensemble import GradientBoostingRegressor, HistGradientBoostingRegressor
from sklearn.linear_model import LinearRegression, SGDRegressor
from sklearn.neighbors import KNeighborsRegressor

from clusteract.estimators.networks import DenseNetworkRegressor
from clusteract.estimators.pairwise import PairwiseDifferenceRegressor
from clusteract.estimators.pairwise.pairs import PairRows
from clusteract.estimators.pairwise.training import train_on_pairs

RANDOM = np.random.default_rng(0)
X = RANDOM.normal(size=(40, 5)) @ RANDOM.normal(size=(5, 5))
Y = X @ np.array([1.0, -2.0, 0.5, 0.0, 3.0]) + RANDOM.normal(size=40)


@pytest.mark.parametrize("both", [False, True])
@pytest.mark.parametrize("scaled", [False, True])
def test_least_squares_in_closed_form_is_that_of_all_pairs(both, scaled):
    rows = PairRows(X, Y, both=both)
    rows = rows.standardized()[0] if scaled else rows
    expected = LinearRegression().fit(*rows.take(np.arange(len(rows))))
    found = train_on_pairs(LinearRegression(), rows, 2, np.random.RandomState(0))
    np.testing.assert_allclose(found.coef_, expected.coef_, rtol=1e-9)
    assert found.intercept_ == pytest.approx(expected.intercept_, abs=1e-9)


def test_closed_form_finds_the_shortest_solution_where_there_are_many():
    wide = RANDOM.normal(size=(10, 20))
    rows, _ = PairRows(wide, Y[:10]).standardized()
    expected = LinearRegression().fit(*rows.take(np.arange(45)))
    found = train_on_pairs(LinearRegression(), rows, 2, np.random.RandomState(0))
    np.testing.assert_allclose(found.coef_, expected.coef_, atol=1e-9)


def test_linear_pairs_in_both_directions_are_plain_least_squares():
    new = RANDOM.normal(size=(7, 5))
    pairwise = PairwiseDifferenceRegressor(direction="both").fit(X, Y)
    plain = LinearRegression().fit(X, Y)
    np.testing.assert_allclose(pairwise.predict(new), plain.predict(new), rtol=1e-9)


STREAMED = {
    "histograms": HistGradientBoostingRegressor(max_iter=60),
    "exact boosting": GradientBoostingRegressor(n_estimators=60),
    "partial fit": SGDRegressor(),
    "drawn": KNeighborsRegressor(3),
    "network": DenseNetworkRegressor(hidden=(32,), dropout_rate=0, learning_rate=0.01, epochs=40),
}


@pytest.mark.parametrize("name", STREAMED)
def test_more_pairs_than_fit_are_learned_from_some_at_a_time(name):
    model = PairwiseDifferenceRegressor(STREAMED[name], max_pairs=150, random_state=0).fit(X, Y)
    difference = model.difference(X[:20], X[20:])
    assert np.corrcoef(difference, Y[:20] - Y[20:])[0, 1] > 0.85


def test_a_streamed_boosted_model_has_all_its_trees_and_its_own_settings():
    base = HistGradientBoostingRegressor(max_iter=60)
    model = PairwiseDifferenceRegressor(base, max_pairs=150, random_state=0).fit(X, Y)
    assert model.base_.n_iter_ == 60
    assert model.base_.warm_start is False


def test_a_network_stops_on_pairs_of_clusters_that_it_never_trained_on():
    network = DenseNetworkRegressor(hidden=(8,), dropout_rate=0, epochs=3)
    model = PairwiseDifferenceRegressor(network, holdout=0.25, random_state=0).fit(X, Y)
    assert model.n_pairs_ == 30 * 29 / 2
    assert len(model.y_) == 40
    assert np.isfinite([epoch["val_loss"] for epoch in model.base_.history_]).all()
