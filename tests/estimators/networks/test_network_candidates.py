import numpy as np
import pytest
from sklearn.base import clone
from sklearn.linear_model import Ridge
from sklearn.neural_network import MLPRegressor

from clusteract.errors import InputError
from clusteract.estimators.networks import DenseNetworkRegressor, fit_dense, fit_predict_many


@pytest.fixture(scope="module")
def folds():
    X = np.random.default_rng(0).normal(size=(62, 3))
    y = np.abs(X[:, 0]) - X[:, 1]
    test_sets = np.array_split(np.arange(62), 3)  # of 21, 21 and 20 rows
    return [(np.delete(X, test, 0), np.delete(y, test), X[test]) for test in test_sets]


NETWORKS = [
    (
        DenseNetworkRegressor(hidden=(8, 8), learning_rate=1e-2, epochs=20, random_state=1),
        [{"alpha": 1e-2}, {"epochs": 5}, {"hidden": (6,), "dropout_rate": 0.5}, {"epochs": 20}],
    ),
    (
        MLPRegressor(solver="sgd", learning_rate_init=1e-2, early_stopping=True, random_state=1),
        [{"alpha": 1.0}, {"hidden_layer_sizes": (7, 3)}, {"activation": "tanh"}],
    ),
]


@pytest.mark.parametrize(("estimator", "candidates"), NETWORKS)
def test_predicts_what_each_candidate_alone_would(folds, estimator, candidates):
    together = fit_predict_many(estimator, candidates, folds, n_jobs=2)
    for candidate, row in zip(candidates, together, strict=True):
        for (X, y, X_test), predicted in zip(folds, row, strict=True):
            alone = clone(estimator).set_params(**candidate).fit(X, y).predict(X_test)
            np.testing.assert_allclose(predicted, alone, atol=1e-8)


@pytest.mark.parametrize(("estimator", "wrong"), [(n, {"alpha": -1.0}) for n, _ in NETWORKS])
def test_a_candidate_that_is_refused_does_not_stop_the_others(folds, estimator, wrong):
    (refused,), (fine,) = fit_predict_many(estimator, [wrong, {}], folds[:1])
    assert isinstance(refused, Exception)
    assert fine.shape == (21,)


def test_fit_dense_gives_ordinary_fitted_estimators(folds):
    estimator = NETWORKS[0][0]
    X, y, X_test = folds[0]
    fitted = fit_dense([(estimator, X, y)])[0]
    alone = clone(estimator).fit(X, y)
    np.testing.assert_array_equal(fitted.predict(X_test), alone.predict(X_test))
    assert (fitted.history_, fitted.n_features_in_) == (alone.history_, 3)
    assert not hasattr(estimator, "coefs_")


def test_other_estimators_are_refused_by_name(folds):
    with pytest.raises(InputError, match="Ridge can't be fitted in batches; give Dense"):
        fit_predict_many(Ridge(), [{}], folds)
