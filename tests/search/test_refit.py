"""The refit of what a search chose: scikit-learn's predictions and selection, less work."""

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.datasets import make_regression
from sklearn.ensemble import GradientBoostingRegressor, RandomForestRegressor
from sklearn.feature_selection import RFE, SelectKBest, f_regression
from sklearn.neural_network import MLPRegressor
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVR

from clusteract.search.refit import fit_for_predictions

X, Y = make_regression(40, 7, noise=20.0, random_state=0)
FOREST = RandomForestRegressor(15, random_state=3)
BOOSTED = GradientBoostingRegressor(n_estimators=25, random_state=3)
NETWORK = MLPRegressor(hidden_layer_sizes=(5,), max_iter=30, random_state=3)


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@pytest.mark.parametrize(
    ("selector", "model"),
    [
        (RFE(FOREST, n_features_to_select=3), FOREST),
        (RFE(FOREST, n_features_to_select=4, step=2), SVR(C=5.0)),
        (SelectKBest(f_regression, k=3), BOOSTED),
        (SelectKBest(f_regression, k=3), NETWORK),
        ("passthrough", FOREST),
        (None, SVR()),
    ],
    ids=lambda step: type(step).__name__,
)
def test_it_predicts_and_selects_what_fit_does(selector, model):
    steps = [("scaler", StandardScaler()), ("feature_select", selector), ("model", model)]
    pipeline = Pipeline(steps)
    ours, theirs = fit_for_predictions(pipeline, X, Y), clone(pipeline).fit(X, Y)
    np.testing.assert_array_equal(ours.predict(X), theirs.predict(X), strict=True)
    if hasattr(selector, "get_support"):
        np.testing.assert_array_equal(ours[1].get_support(), theirs[1].get_support())
    assert not hasattr(model, "n_features_in_")


def test_a_fit_that_fails_raises_its_own_error():
    pipeline = Pipeline([("scaler", StandardScaler()), ("model", SVR(C=-1.0))])
    with pytest.raises(ValueError, match="'C' parameter of SVR must be"):
        fit_for_predictions(pipeline, X, Y)
