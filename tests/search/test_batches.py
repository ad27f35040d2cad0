import numpy as np
import pytest
from sklearn.feature_selection import SelectKBest, f_regression
from sklearn.model_selection import GridSearchCV
from sklearn.neural_network import MLPRegressor
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler

from clusteract.estimators.networks import DenseNetworkRegressor
from clusteract.search import SharedGridSearchCV

PERCEPTRON = MLPRegressor(
    hidden_layer_sizes=(8, 4), early_stopping=True, random_state=0, max_iter=400
)
CASES = {
    "perceptron": (
        PERCEPTRON,
        {"model__solver": ["adam", "sgd"], "model__learning_rate_init": [1e-2, 3e-2]},
    ),
    "dense": (
        DenseNetworkRegressor(hidden=(8, 4), learning_rate=1e-2, epochs=30, random_state=0),
        {"model__epochs": [5, 30], "model__hidden": [(8, 4), (6,)]},
    ),
}


@pytest.mark.parametrize(("model", "grid"), CASES.values(), ids=CASES)
def test_batches_score_as_grid_search_does(model, grid):
    X = np.random.default_rng(1).normal(size=(62, 4))
    y = np.abs(X[:, 0]) - X[:, 1]
    selector = SelectKBest(f_regression)
    pipe = Pipeline([("scaler", StandardScaler()), ("select", selector), ("model", model)])
    settings = {"cv": 3, "scoring": "neg_root_mean_squared_error", "return_train_score": True}
    grid = {"select__k": [2, 3], **grid}
    ours = SharedGridSearchCV(pipe, grid, **settings).fit(X, y)
    theirs = GridSearchCV(pipe, grid, **settings).fit(X, y)
    for name in ("mean_test_score", "mean_train_score", "std_test_score"):
        np.testing.assert_allclose(ours.cv_results_[name], theirs.cv_results_[name], atol=1e-8)
    assert ours.best_params_ == theirs.best_params_
    assert not ours.exact_
