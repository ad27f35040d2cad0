import numpy as np
import pytest
from sklearn.base import clone
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import parametrize_with_checks

from clusteract.errors import InputError
from clusteract.estimators.networks import DenseNetworkRegressor


@pytest.fixture(scope="module")
def bend():
    X = np.random.default_rng(3).normal(size=(120, 3))
    return X, np.abs(X[:, 0]) + 0.5 * X[:, 1] - 12.0


def small(**changes):
    settings = {"hidden": (16, 8), "epochs": 40, "learning_rate": 1e-2, "random_state": 1}
    return DenseNetworkRegressor(**(settings | changes))


@parametrize_with_checks([DenseNetworkRegressor(16, 16, 16, epochs=200, random_state=0)])
def test_is_an_ordinary_estimator(estimator, check):
    check(estimator)


def test_learns_a_bend_that_no_line_can_follow(bend):
    X, y = bend
    network = small(epochs=300, dropout_rate=0.0, patience=40).fit(X, y)
    assert network.score(X, y) > 0.98


def test_same_seed_same_bytes_and_another_seed_another_network(bend):
    first, again, other = (small(random_state=s).fit(*bend) for s in (1, 1, 2))
    np.testing.assert_array_equal(first.predict(bend[0]), again.predict(bend[0]))
    assert first.history_ == again.history_
    assert first.history_ != other.history_


def test_stops_after_patience_and_keeps_the_best_weights(bend):
    X, y = bend
    network = small(epochs=500, patience=7, alpha=0.0).fit(X, y)
    losses = [record["val_loss"] for record in network.history_]
    assert network.n_iter_ == network.best_epoch_ + 7 < 500
    assert network.best_epoch_ == 1 + int(np.argmin(losses))
    cut = 108  # the last tenth of 120 rows
    error = np.mean((network.predict(X[cut:]) - y[cut:]) ** 2)
    assert error == pytest.approx(min(losses), rel=1e-5)


def test_validation_loss_includes_the_l2_term(bend):
    network = small(alpha=0.5, epochs=1).fit(*bend)
    error = np.mean((network.predict(bend[0][108:]) - bend[1][108:]) ** 2)
    penalty = 0.5 * sum(np.sum(kernel**2) for kernel in network.coefs_[:-1])
    assert network.history_[0]["val_loss"] == pytest.approx(error + penalty, rel=1e-5)


def test_given_validation_rows_leave_all_rows_for_training(bend):
    X, y = bend
    split = small(epochs=5).fit(X, y)
    given = small(epochs=5).fit(X[:108], y[:108], validation=(X[108:], y[108:]))
    np.testing.assert_array_equal(split.predict(X), given.predict(X))


def test_rows_set_aside_at_random_are_as_many_and_the_same_for_a_seed(bend):
    X, y = bend
    rows = [
        small(shuffle_validation=on, random_state=seed)._task(X, y).rows
        for on, seed in ((False, 1), (True, 1), (True, 1), (True, 2))
    ]
    last, first, again, other = (part.y_val.tolist() for part in rows)
    assert len(last) == len(first) == 12
    assert first == again
    assert last != first != other
    assert sorted([*rows[1].y, *rows[1].y_val]) == sorted(y.astype(np.float32))
    fitted = small(shuffle_validation=True, epochs=5).fit(X, y)
    given = small(epochs=5).fit(rows[1].X, rows[1].y, validation=(rows[1].X_val, rows[1].y_val))
    np.testing.assert_array_equal(fitted.predict(X), given.predict(X))


def test_without_validation_rows_every_epoch_is_run(bend):
    network = small(validation_fraction=0, epochs=30).fit(*bend)
    assert network.n_iter_ == network.best_epoch_ == 30


def test_learning_rate_is_halved_on_a_plateau_down_to_its_floor(bend):
    plateau = {"plateau_patience": 3, "patience": 60, "min_learning_rate": 4e-3}
    network = small(epochs=200, **plateau).fit(*bend)
    rates = sorted({record["learning_rate"] for record in network.history_}, reverse=True)
    assert rates == [1e-2, 5e-3, 4e-3]


def test_three_widths_name_the_same_network_as_hidden(bend):
    named = DenseNetworkRegressor(12, 10, 8, epochs=3, random_state=0).fit(*bend)
    listed = DenseNetworkRegressor(hidden=[12, 10, 8], epochs=3, random_state=0).fit(*bend)
    assert [kernel.shape for kernel in named.coefs_] == [(3, 12), (12, 10), (10, 8), (8, 1)]
    np.testing.assert_array_equal(named.predict(bend[0]), listed.predict(bend[0]))


def test_grid_search_over_a_pipeline_ranks_by_pearson_r(bend):
    pipe = make_pipeline(StandardScaler(), small(epochs=200, dropout_rate=0.0, patience=30))
    grid = {"densenetworkregressor__learning_rate": [1e-6, 1e-2]}
    search = GridSearchCV(pipe, grid, cv=3, error_score="raise").fit(*bend)
    assert search.best_params_ == {"densenetworkregressor__learning_rate": 1e-2}
    assert search.best_score_ > 0.6


def test_clone_forgets_what_was_learned(bend):
    assert not hasattr(clone(small().fit(*bend)), "coefs_")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"dropout_rate": 1.0}, "dropout_rate=1.0 of the dense network must be 0 <= dropout_rate"),
        ({"alpha": -1}, "alpha=-1 of the dense network must be at least 0"),
        ({"learning_rate": 0}, "learning_rate=0 of the dense network must be more than 0"),
        ({"hidden": (8, 0)}, r"hidden=\(8, 0\) of the dense network must be layers"),
        ({"epochs": 0}, "epochs=0 of the dense network must be at least 1"),
        ({"plateau_patience": 0}, "plateau_patience=0 of the dense network must be None or"),
        ({"backend": "torch"}, "backend='torch' of the dense network must be"),
        ({"validation_fraction": 1.0}, "validation_fraction=1.0 must be at least 0 and below 1"),
    ],
)
def test_wrong_settings_are_named(bend, change, message):
    with pytest.raises(InputError, match=message):
        small(**change).fit(*bend)
