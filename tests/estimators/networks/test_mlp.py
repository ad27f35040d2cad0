import numpy as np
import pytest
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import ParameterSampler
from sklearn.neural_network import MLPRegressor
from threadpoolctl import threadpool_limits

from clusteract.estimators.networks import fit_perceptrons
from clusteract.estimators.networks.mlp import can_batch
from clusteract.recipes import get_recipe

UNSETTLED = pytest.mark.filterwarnings(
    "ignore:Stochastic Optimizer:sklearn.exceptions.ConvergenceWarning"
)
STUDY = {
    "hidden_layer_sizes": [(100, 50, 25), (120, 60, 30), (150, 75, 35)],
    "activation": ["relu", "tanh"],
    "solver": ["adam", "sgd"],
    "validation_fraction": [0.1, 0.2],
    "alpha": [1e-4, 1e-3, 1e-2],
    "learning_rate_init": [1e-3, 1e-2],
}


@pytest.fixture(scope="module")
def table():
    random = np.random.default_rng(5)
    X = random.normal(size=(80, 7))
    return X, X @ random.normal(size=7) * 0.3 + np.abs(X[:, 0]) - 12.0


def perceptron(**changes):
    base = {"hidden_layer_sizes": (9, 6), "random_state": 3, "max_iter": 60}
    return MLPRegressor(**(base | changes))


def assert_same_fit(estimators, X, y):
    """Every attribute of ours is scikit-learn's; loss curves to 1e-8, epochs exactly."""
    ours = fit_perceptrons([(estimator, X, y) for estimator in estimators])
    with threadpool_limits(1, user_api="blas"):
        theirs = [estimator.fit(X, y) for estimator in estimators]
    for one, other in zip(ours, theirs, strict=True):
        assert (one.n_iter_, one.t_) == (other.n_iter_, other.t_)
        for name in ("loss_curve_", "validation_scores_", "best_loss_", "best_validation_score_"):
            if getattr(other, name) is None:
                assert getattr(one, name) is None
            else:
                np.testing.assert_allclose(getattr(one, name), getattr(other, name), atol=1e-8)
        np.testing.assert_allclose(one.predict(X), other.predict(X), atol=1e-8)


@UNSETTLED
def test_sampled_candidates_of_the_study_train_as_in_scikit_learn(table):
    sampled = ParameterSampler(STUDY, 12, random_state=0)
    fixed = {"early_stopping": True, "random_state": 42, "max_iter": 60}
    assert_same_fit([MLPRegressor(**fixed, **candidate) for candidate in sampled], *table)


@UNSETTLED
def test_drawn_candidates_of_the_grid_stop_where_scikit_learn_stops(table):
    """The whole agreement, 200 candidates to their end, is `benchmarks/networks.py --agree`."""
    grid = get_recipe("mlp-kbest").grid
    grid = {k.removeprefix("model__"): list(v) for k, v in grid.items() if k.startswith("model__")}
    drawn = ParameterSampler(grid, 24, random_state=1)
    fixed = {"early_stopping": True, "random_state": 42, "max_iter": 200}
    estimators = [MLPRegressor(**fixed, **candidate) for candidate in drawn]
    assert_same_fit(estimators, *table)
    assert sum(one.n_iter_ < 200 for one in estimators) >= 8


@UNSETTLED
@pytest.mark.parametrize(
    "changes",
    [
        {"early_stopping": False},
        {"early_stopping": False, "tol": 1e-2},
        {"batch_size": 30},
        {"batch_size": 30, "shuffle": False, "activation": "logistic"},
        {"activation": "identity", "hidden_layer_sizes": 5},
        {"solver": "sgd", "nesterovs_momentum": False, "momentum": 0.5},
        {"solver": "sgd", "learning_rate": "invscaling", "power_t": 0.3},
        {"solver": "sgd", "learning_rate": "adaptive", "tol": 1e-1, "n_iter_no_change": 2},
        {"early_stopping": True, "beta_1": 0.5, "beta_2": 0.9, "epsilon": 1e-3},
        {"early_stopping": True, "solver": "sgd", "learning_rate_init": 0.5},
    ],
    ids=str,
)
def test_every_other_setting_trains_as_in_scikit_learn(table, changes):
    assert_same_fit([perceptron(**changes), perceptron(**changes, random_state=4)], *table)


def test_company_and_threads_change_no_bit(table):
    X, y = table
    settings = {"early_stopping": True, "learning_rate_init": 3e-2, "max_iter": 1000}
    requests = [(perceptron(**settings, alpha=a), X[i:], y[i:])
                for i in (0, 1) for a in (0.0, 0.1, 1.0)]  # fmt: skip
    together = fit_perceptrons(requests, n_jobs=2)
    for request, one in zip(requests, together, strict=True):
        alone = fit_perceptrons([request])[0]
        np.testing.assert_array_equal(one.predict(X), alone.predict(X))


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@UNSETTLED
def test_overflow_with_early_stopping_runs_out_of_epochs_and_keeps_what_was_best(table):
    settings = {"solver": "sgd", "learning_rate_init": 1.0, "activation": "identity"}
    settings["early_stopping"] = True
    assert_same_fit([perceptron(**settings)], *table)
    assert np.isnan(fit_perceptrons([(perceptron(**settings), *table)])[0].loss_)


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@UNSETTLED
def test_overflow_without_early_stopping_is_an_error(table):
    wild = perceptron(solver="sgd", learning_rate_init=1.0, activation="identity")
    with pytest.raises(ValueError, match="non-finite parameter weights"):
        wild.fit(*table)
    assert "non-finite parameter weights" in str(fit_perceptrons([(wild, *table)])[0])


def test_reaching_max_iter_warns_as_scikit_learn_does(table):
    with pytest.warns(ConvergenceWarning, match=r"Maximum iterations \(2\) reached"):
        fit_perceptrons([(perceptron(max_iter=2), *table)])


@pytest.mark.filterwarnings("ignore:lbfgs failed:sklearn.exceptions.ConvergenceWarning")
@UNSETTLED
@pytest.mark.parametrize("changes", [{"solver": "lbfgs"}, {"random_state": None}], ids=str)
def test_what_cannot_be_batched_is_fitted_by_scikit_learn(table, changes):
    assert not can_batch(perceptron(**changes), *table)
    assert fit_perceptrons([(perceptron(**changes), *table)])[0].n_iter_ > 1


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"alpha": -1.0}, "The 'alpha' parameter of MLPRegressor must be a float"),
        ({"hidden_layer_sizes": (0,)}, "hidden_layer_sizes must be > 0"),
        ({"early_stopping": True, "validation_fraction": 0.01}, "validation set is too small"),
    ],
)
def test_what_scikit_learn_refuses_comes_back_as_its_error(table, changes, message):
    assert message in str(fit_perceptrons([(perceptron(**changes), *table)])[0])


def test_rows_with_nan_get_scikit_learns_own_error(table):
    X = table[0].copy()
    X[3, 2] = np.nan
    assert "contains NaN" in str(fit_perceptrons([(perceptron(), X, table[1])])[0])
