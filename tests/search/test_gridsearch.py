"""The same bits as GridSearchCV, for every way of asking that it knows.

No model here goes through LAPACK, whose result may change with where its arguments lie in memory:
GridSearchCV itself does not repeat those fits to the last bit.
"""

import re

import numpy as np
import pandas as pd
import pytest
from scipy.sparse import csr_matrix
from sklearn.base import BaseEstimator, RegressorMixin, TransformerMixin
from sklearn.cluster import KMeans
from sklearn.compose import TransformedTargetRegressor
from sklearn.datasets import make_classification, make_regression
from sklearn.exceptions import FitFailedWarning
from sklearn.feature_selection import RFE, SelectKBest, SelectPercentile, f_classif, f_regression
from sklearn.linear_model import Lasso
from sklearn.metrics import make_scorer, mean_pinball_loss
from sklearn.model_selection import GroupKFold, LeaveOneOut, RepeatedKFold, ShuffleSplit
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsRegressor
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import MinMaxScaler, StandardScaler
from sklearn.svm import SVC, SVR

from clusteract.search import SharedGridSearchCV

X, Y = make_regression(31, 5, noise=20.0, random_state=0)  # 31 rows: folds of unequal size
XC, YC = make_classification(40, 6, random_state=0)
STEPS = [("scale", StandardScaler()), ("select", SelectKBest(f_regression)), ("model", SVR())]
GRID = {
    "scale": [StandardScaler(), MinMaxScaler(), "passthrough"],
    "select__k": [1, "all"],
    "model__C": [10.0],
    "model__degree": [2, 3],
}
TWO_SCORES = ["r2", "neg_mean_absolute_error"]


class TrainingJitter(TransformerMixin, BaseEstimator):
    def __init__(self, size=0.1):
        self.size = size

    def fit(self, rows, target=None):
        return self

    def fit_transform(self, rows, target=None):
        return rows + self.size * np.sin(np.arange(rows.size)).reshape(rows.shape)

    def transform(self, rows):
        return rows


class InPlace(TransformerMixin, BaseEstimator):
    def __init__(self, factor=2.0):
        self.factor = factor

    def fit(self, rows, target=None):
        self.top_ = rows.max()
        return self

    def transform(self, rows):
        rows *= self.factor / self.top_
        return rows


class Destructive(RegressorMixin, BaseEstimator):
    def __init__(self, power=1):
        self.power = power

    def fit(self, rows, target):
        self.level_ = (rows**self.power).max() + target.min()
        rows[:] = 0.0
        target[:] = 0.0
        return self

    def predict(self, rows):
        return rows[:, 0] * self.level_


def last_of_the_best(results):
    return int(np.flatnonzero(results["rank_test_r2"] == 1)[-1])


def spread_and_bias(estimator, rows, target):
    error = estimator.predict(rows) - target
    return {"spread": -error.std(), "bias": -abs(error.mean())}


def seen_by_scaler(pipeline, rows, target):
    return -abs(pipeline[:-1].transform(rows)).sum()


def without_addresses(settings):
    """Name settings the same in every worker process."""
    return re.sub(" at 0x[0-9a-f]+", "", str(settings))


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"scoring": "neg_root_mean_squared_error", "return_train_score": True},
        {"scoring": "neg_median_absolute_error"},
        {"scoring": make_scorer(mean_pinball_loss, greater_is_better=False, alpha=0.2)},
        {"scoring": TWO_SCORES, "refit": "r2", "return_train_score": True},
        {"scoring": {"a": "r2", "b": seen_by_scaler}, "refit": "b"},
        {"scoring": TWO_SCORES, "refit": False},
        {"scoring": TWO_SCORES, "refit": last_of_the_best},
        {"scoring": spread_and_bias, "refit": "spread"},
        {"scoring": seen_by_scaler},
        {"refit": False},
        {"cv": RepeatedKFold(n_splits=2, n_repeats=2, random_state=1)},
        {"cv": ShuffleSplit(2, random_state=1)},
    ],
    ids=without_addresses,
)
def test_every_setting_of_the_search(assert_same_search, settings):
    assert_same_search(Pipeline(STEPS), GRID, X, Y, **{"cv": 3, **settings})


def test_the_number_of_workers_makes_no_difference(assert_same_search):
    assert_same_search(SVR(), {"C": [1.0, 2.0]}, X, Y, cv=2, n_jobs=2)


def test_one_row_at_a_time(assert_same_search):
    settings = {"cv": LeaveOneOut(), "scoring": "neg_mean_squared_error"}
    assert_same_search(SVR(), {"degree": [2, 3]}, X[:12], Y[:12], **settings)


def test_a_list_of_grids_that_set_different_parameters(assert_same_search):
    grids = [
        {"scale": ["passthrough"], "model__C": [1.0, 2.0]},
        {"model": [Lasso(), KNeighborsRegressor()], "select__k": [2]},
        {"model": [Lasso()], "model__alpha": [0.1, 1.0]},
    ]
    assert_same_search(Pipeline(STEPS), grids, X, Y, cv=3)


def test_ties_go_to_the_first(assert_same_search):
    ours = assert_same_search(
        Pipeline(STEPS), {"model__degree": [5, 2, 3], "select__k": [2]}, X, Y, cv=3
    )
    assert ours.best_params_["model__degree"] == 5


@pytest.mark.parametrize("error_score", [np.nan, -7.5])
def test_failed_fits_score_the_error_score(assert_same_search, error_score):
    grid = {"model__C": [1.0, -1.0], "select__k": [2, 3]}
    assert_same_search(Pipeline(STEPS), grid, X, Y, cv=3, error_score=error_score)
    assert_same_search(
        Pipeline(STEPS), grid, X, Y, cv=3, error_score=error_score, scoring=TWO_SCORES, refit="r2"
    )


def test_failed_fits_are_told():
    search = SharedGridSearchCV(SVR(), {"C": [1.0, -1.0]}, cv=3, scoring="r2")
    with (
        pytest.warns(FitFailedWarning, match="3 fits failed out of a total of 6"),
        pytest.warns(UserWarning, match="One or more of the test scores are non-finite"),
    ):
        search.fit(X, Y)
    with pytest.raises(ValueError, match="All the 3 fits failed"):
        SharedGridSearchCV(SVR(), {"C": [-1.0]}, cv=3).fit(X, Y)
    with pytest.raises(ValueError, match="'C' parameter of SVR must be"):
        SharedGridSearchCV(SVR(), {"C": [-1.0]}, cv=3, error_score="raise").fit(X, Y)


def test_an_unknown_parameter_is_refused():
    with pytest.raises(ValueError, match="Invalid parameter 'nonsense'"):
        SharedGridSearchCV(Pipeline(STEPS), {"model__nonsense": [1]}, cv=3).fit(X, Y)


def test_groups_reach_the_splitter(assert_same_search):
    groups = {"groups": np.arange(len(Y)) % 5}
    assert_same_search(Pipeline(STEPS), GRID, X, Y, groups, cv=GroupKFold(5))


def test_sample_weights_reach_fit_and_score(assert_same_search):
    weights = np.linspace(0.1, 2.0, len(Y))
    grid = {"alpha": [0.1, 10.0]}
    assert_same_search(Lasso(), grid, X, Y, {"sample_weight": weights}, cv=3)
    named = {"model__sample_weight": weights, "scale__sample_weight": weights}
    assert_same_search(Pipeline(STEPS), GRID, X, Y, named, cv=3)


def test_a_frame_keeps_its_column_names(assert_same_search):
    frame = pd.DataFrame(X, columns=list("abcde"))
    ours = assert_same_search(Pipeline(STEPS), GRID, frame, pd.Series(Y), cv=3)
    assert list(ours.feature_names_in_) == list("abcde")


def test_classifiers_and_their_scores(assert_same_search):
    steps = [("scale", StandardScaler()), ("select", SelectPercentile(f_classif)), ("m", SVC())]
    grid = [
        {"select__percentile": [20, 50, 100], "m__C": [0.5, 5.0], "m__shrinking": [True, False]},
        {"m": [GaussianNB()], "m__var_smoothing": [0.1, 1.0], "select__percentile": [40]},
    ]
    scoring = ["accuracy", "roc_auc", "f1"]
    assert_same_search(Pipeline(steps), grid, XC, YC, cv=3, scoring=scoring, refit="roc_auc")


def test_without_a_target(assert_same_search):
    grid = {"scale": ["passthrough", StandardScaler()], "cluster__n_clusters": [2, 3]}
    steps = [("scale", StandardScaler()), ("cluster", KMeans(n_init=1, random_state=0))]
    assert_same_search(Pipeline(steps), grid, X, cv=3)


def test_sparse_rows(assert_same_search):
    steps = [("select", SelectKBest(f_regression)), ("model", Lasso())]
    grid = {"select__k": [2, 4], "model__alpha": [0.1, 1.0]}
    assert_same_search(Pipeline(steps), grid, csr_matrix(X), Y, cv=3)


def test_several_targets(assert_same_search):
    both = np.column_stack([Y, Y**2])
    assert_same_search(KNeighborsRegressor(), {"n_neighbors": [1, 3]}, X, both, cv=3)


def test_steps_that_write_into_their_input(assert_same_search):
    steps = [("first", InPlace()), ("second", InPlace()), ("model", Destructive())]
    grid = {"second__factor": [2.0, 3.0], "model__power": [1, 2]}
    assert_same_search(Pipeline(steps), grid, X, Y, cv=3, refit=False)


def test_a_transformer_whose_fit_transform_is_not_fit_then_transform(assert_same_search):
    steps = [("jitter", TrainingJitter()), ("model", SVR())]
    grid = {"jitter__size": [0.0, 0.5], "model__C": [1.0, 10.0]}
    assert_same_search(Pipeline(steps), grid, X, Y, cv=3, return_train_score=True)


def test_estimators_inside_estimators(assert_same_search):
    model = TransformedTargetRegressor(Pipeline(STEPS), func=np.cbrt, inverse_func=lambda v: v**3)
    grid = {"regressor__select__k": [2, 3], "regressor__model__C": [1.0, 9.0]}
    assert_same_search(model, grid, X, Y, cv=3)
    selector = RFE(Lasso(), n_features_to_select=2)
    grid = {"select": [selector, SelectKBest(f_regression, k=2)], "model__C": [1.0, 9.0]}
    assert_same_search(Pipeline(STEPS), grid, X, Y, cv=3)


def test_pairwise_input_is_left_to_scikit_learn(assert_same_search):
    ours = assert_same_search(SVR(kernel="precomputed"), {"C": [1.0, 2.0]}, X @ X.T, Y, cv=3)
    assert ours.unshared_ == ["the input is pairwise (precomputed); scikit-learn's own search ran"]
