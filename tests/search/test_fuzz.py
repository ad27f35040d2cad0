"""Searches drawn at random as users write them, right or wrong, against GridSearchCV.

`CLUSTERACT_FUZZ=2000 python -m pytest tests/search/test_fuzz.py` is the long run.
"""

import copy
import os
import re
import warnings

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array
from sklearn import config_context
from sklearn.base import BaseEstimator, RegressorMixin, TransformerMixin, clone
from sklearn.compose import TransformedTargetRegressor
from sklearn.decomposition import PCA
from sklearn.ensemble import (
    ExtraTreesRegressor,
    GradientBoostingClassifier,
    GradientBoostingRegressor,
    RandomForestClassifier,
    RandomForestRegressor,
)
from sklearn.feature_selection import RFE, SelectKBest, SelectPercentile, f_regression
from sklearn.frozen import FrozenEstimator
from sklearn.kernel_ridge import KernelRidge
from sklearn.linear_model import Lasso, LogisticRegression, Ridge
from sklearn.metrics import make_scorer, max_error
from sklearn.model_selection import GridSearchCV, GroupKFold, KFold, ShuffleSplit
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier, KNeighborsRegressor
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import (
    FunctionTransformer,
    MinMaxScaler,
    PolynomialFeatures,
    RobustScaler,
    StandardScaler,
)
from sklearn.svm import SVC, SVR, LinearSVR
from sklearn.tree import DecisionTreeRegressor

from clusteract.search import SharedGridSearchCV

CASES = int(os.environ.get("CLUSTERACT_FUZZ", "300"))
TREE = DecisionTreeRegressor(random_state=0)


class Converting(RegressorMixin, BaseEstimator):
    """Its constructor converts."""

    def __init__(self, c=1.0):
        self.c = float(c)

    def fit(self, rows, target):
        self.level_ = float(np.mean(target))
        return self

    def predict(self, rows):
        return np.full(np.shape(rows)[0], self.level_ * self.c)


class Drawing(TransformerMixin, BaseEstimator):
    """It draws from NumPy's own stream, and says so to nobody."""

    def fit(self, rows, target=None):
        self.noise_ = np.random.normal()  # noqa: NPY002 - the stream that users seed
        return self

    def transform(self, rows):
        return np.asarray(rows, dtype=float) + self.noise_


def powered(k):
    class Power(TransformerMixin, BaseEstimator):
        def fit(self, rows, target=None):
            return self

        def transform(self, rows):
            return np.asarray(rows, dtype=float) ** k

    return Power()


def reads_the_model(estimator, rows, target):
    model = estimator[-1] if isinstance(estimator, Pipeline) else estimator
    return -float(np.sum([np.size(v) for v in vars(model).values()])) - rows.shape[0]


def refits(estimator, rows, target):
    return float(estimator.fit(rows, target).score(rows, target))


def own_metric(truth, guess):
    return float(np.abs(np.ravel(truth) - np.ravel(guess)).max())


def last(results):
    return len(results["params"]) - 1


def some(*values):
    return st.lists(st.sampled_from(values), min_size=1, max_size=3)


FIRST = some(
    *("passthrough", None, StandardScaler(), MinMaxScaler(), RobustScaler(), PCA(), PCA(2)),
    *(StandardScaler(copy=False), PolynomialFeatures(2), FunctionTransformer(np.cbrt), Drawing()),
    *(powered(1), powered(3), FrozenEstimator(StandardScaler().fit([[0.0] * 5, [2.0] * 5]))),
    StandardScaler().set_output(transform="pandas"),
)
COUNTS = some(1, 2, 3, 5, 0, -1, 9, 0.5, None, "x")
SELECTORS = st.one_of(
    st.just((None, {})),
    st.tuples(
        st.builds(SelectKBest, st.just(f_regression)),
        st.fixed_dictionaries({"k": some(1, 2, 4, "all", 0, 9, -1)}),
    ),
    st.tuples(
        st.builds(SelectPercentile, st.just(f_regression)),
        st.fixed_dictionaries({"percentile": some(20, 60.0, 100, 130)}),
    ),
    st.tuples(
        st.builds(RFE, st.sampled_from([TREE, Ridge(), SVR(kernel="linear", max_iter=500)])),
        st.fixed_dictionaries(
            {"n_features_to_select": COUNTS}, optional={"step": some(1, 2, 0.4, 0)}
        ),
    ),
)
SEEDS = st.sampled_from([0, 0, 0, 3, None])
FOREST = st.fixed_dictionaries(
    {"n_estimators": some(1, 3, 11, 14)},
    optional={
        "max_depth": some(None, 1, 3, 4, 0),
        "min_samples_leaf": some(1, 3),
        "criterion": some("squared_error", "nonsense"),
    },
)
MACHINE = st.fixed_dictionaries(
    {"C": some(0.1, 20.0, -1.0)},
    optional={
        "kernel": some("rbf", "poly", "linear", "precomputed", "rbf"),
        "gamma": some("scale", "auto", 0.3),
        "degree": some(1, 2),
        "tol": some(1e-3, 1e-2),
        "shrinking": st.just([True, False]),
    },
)
ALPHAS = st.fixed_dictionaries({"alpha": some(0.1, 1.0, 10.0, -1.0)})
BOOSTING = st.fixed_dictionaries(
    {"n_estimators": some(1, 4, 21)}, optional={"learning_rate": some(0.1, 0.3)}
)
REGRESSORS = st.one_of(
    st.tuples(st.builds(RandomForestRegressor, random_state=SEEDS), FOREST),
    st.tuples(st.builds(ExtraTreesRegressor, random_state=SEEDS, bootstrap=st.booleans()), FOREST),
    st.tuples(st.builds(GradientBoostingRegressor, random_state=SEEDS), BOOSTING),
    st.tuples(st.just(SVR(max_iter=1500)), MACHINE),
    st.tuples(st.just(Ridge()), ALPHAS),
    st.tuples(st.just(Ridge(copy_X=False)), ALPHAS),
    st.tuples(st.just(Lasso()), ALPHAS),
    st.tuples(st.just(KernelRidge(kernel="rbf")), ALPHAS),
    st.tuples(
        st.just(LinearSVR(dual=False, loss="squared_epsilon_insensitive")),
        st.fixed_dictionaries({"C": some(0.1, 1.0)}),
    ),
    st.tuples(
        st.just(KNeighborsRegressor()),
        st.fixed_dictionaries({"n_neighbors": some(1, 3, 40, 0)}),
    ),
    st.tuples(st.just(Converting()), st.fixed_dictionaries({"c": some(1, 2.0)})),
    st.tuples(
        st.just(TransformedTargetRegressor(Lasso())),
        st.fixed_dictionaries({"regressor__alpha": some(0.1, 1.0)}),
    ),
)
CLASSIFIERS = st.one_of(
    st.tuples(
        st.builds(RandomForestClassifier, random_state=SEEDS),
        st.fixed_dictionaries({"n_estimators": some(1, 3, 8)}, optional={"max_depth": some(2, 4)}),
    ),
    st.tuples(st.builds(GradientBoostingClassifier, random_state=SEEDS), BOOSTING),
    st.tuples(st.just(SVC(max_iter=1500)), MACHINE),
    st.tuples(st.just(LogisticRegression()), st.fixed_dictionaries({"C": some(0.1, 2.0, -1.0)})),
    st.tuples(st.just(GaussianNB()), st.fixed_dictionaries({"var_smoothing": some(1e-9, 0.1)})),
    st.tuples(st.just(KNeighborsClassifier()), st.fixed_dictionaries({"n_neighbors": some(1, 3)})),
)
SHARED_SCORERS = [
    *(None, None, "r2", "neg_root_mean_squared_error", "neg_mean_absolute_error"),
    *(make_scorer(max_error, greater_is_better=False), "neg_median_absolute_error"),
    *(["r2", "neg_mean_squared_error"], {"r2": "r2", "b": "explained_variance"}, "accuracy"),
]
SCORERS = [
    *SHARED_SCORERS,
    *(reads_the_model, refits, make_scorer(own_metric), {"r2": "r2", "b": reads_the_model}),
    "neg_root_mean_squared_log_error",
]
CLASS_SCORERS = [None, "accuracy", "neg_log_loss", ["accuracy", "r2"], "roc_auc", refits]
SPLITTERS = [
    *(2, 3, 2, KFold(2, shuffle=True, random_state=1), KFold(2, shuffle=True), GroupKFold(2)),
    *(ShuffleSplit(2, random_state=0), [(np.arange(12), np.arange(12, 24))]),
]
TABLES = ["array", "array", "array", "fortran", "single", "frame", "list", "sparse", "nan", "ties"]


def draw_table(seed, form, classes):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(28, 5)) * 10.0 ** rng.integers(-1, 2, 5)
    y = X[:, 0] / X[:, 0].std() + rng.normal(size=28)
    y = (y > 0).astype(int) if classes else y
    if form == "ties":
        return X.round(), y.round(1)
    if form == "nan":
        X[rng.integers(28), 2] = np.nan
    forms = {"fortran": np.asfortranarray, "single": np.float32, "sparse": csr_array}
    forms |= {"list": np.ndarray.tolist, "frame": lambda a: pd.DataFrame(a, columns=list("abcde"))}
    return forms.get(form, np.copy)(X), (y.tolist() if form == "list" else y)


@st.composite
def searches(draw):
    """Draw (estimator, grid, X, y, settings of the search, arguments of fit, routing)."""
    classes = draw(st.sampled_from([False, False, False, True]))
    model, model_grid = draw(CLASSIFIERS if classes else REGRESSORS)
    estimator, grid = model, dict(model_grid)
    if draw(st.sampled_from([True, True, False])):
        selector, select_grid = draw(SELECTORS)
        steps = [("a", StandardScaler()), ("b", selector), ("m", model)]
        estimator = Pipeline(steps)
        grid = {f"m__{name}": values for name, values in model_grid.items()}
        grid |= {f"b__{name}": values for name, values in select_grid.items()}
        if draw(st.booleans()):
            grid["a"] = draw(FIRST)
    X, y = draw_table(draw(st.integers(0, 3)), draw(st.sampled_from(TABLES)), classes)
    scoring = draw(st.sampled_from(CLASS_SCORERS if classes else SCORERS))
    several = isinstance(scoring, (list, dict))
    refit = draw(st.sampled_from([True, True, False, last]))
    refit = ("accuracy" if classes else "r2") if several and refit is True else refit
    how = {
        "scoring": scoring,
        "refit": refit,
        "cv": draw(st.sampled_from(SPLITTERS)),
        "error_score": draw(st.sampled_from([np.nan, np.nan, 0, "raise"])),
        "return_train_score": draw(st.booleans()),
        "verbose": draw(st.sampled_from([0, 0, 0, 1, 3])),
    }
    fit_params = {}
    if isinstance(how["cv"], GroupKFold) or draw(st.sampled_from([False] * 5 + [True])):
        fit_params["groups"] = np.arange(28) % 4
    if draw(st.sampled_from([False] * 5 + [True])):
        weighted = "m__sample_weight" if isinstance(estimator, Pipeline) else "sample_weight"
        fit_params[weighted] = np.linspace(0.5, 2.0, 28)
    return estimator, grid, X, y, how, fit_params, draw(st.sampled_from([False] * 9 + [True]))


def outcome(cls, describe_search, search, capsys):
    """Return everything that a user can see of a search, and whether it was shared."""
    estimator, grid, X, y, how, fit_params, routing = search
    X, y = copy.deepcopy((X, y))  # a refit may write into them
    np.random.seed(0)  # noqa: NPY002
    shared = None
    with (
        warnings.catch_warnings(record=True) as caught,
        config_context(enable_metadata_routing=routing),
    ):
        warnings.simplefilter("always")
        try:
            done = cls(clone(estimator), grid, **how).fit(X, y, **fit_params)
            seen_by_user = describe_search(done)
            if how["refit"]:
                seen_by_user.append(done.predict(X).tobytes())
            shared = not getattr(done, "unshared_", [1])
        except Exception as error:
            seen_by_user = [type(error).__name__, without_place(error)]
            caught.clear()  # documented: a shared search that fails has begun other candidates too
    lines = [line.partition("total time")[0] for line in capsys.readouterr().out.splitlines()]
    told = sorted({(w.category.__name__, without_place(w.message)) for w in caught})
    return [seen_by_user, told, [line.rstrip(".") for line in lines]], shared


def without_place(message):
    """Leave out the class's name, and the line of `_fit_and_score`: callbacks have their own."""
    message = str(message).replace("SharedGridSearchCV", "GridSearchCV")
    return re.sub(r"line \d+, in _fit_and_score", "in _fit_and_score", message)


@pytest.mark.filterwarnings("default")
@pytest.mark.slow
def test_any_search_is_what_scikit_learn_makes_of_it(describe_search, capsys):
    tally = {True: 0, False: 0, None: 0}

    @settings(
        max_examples=CASES,
        deadline=None,
        derandomize=True,  # the same draws for everybody
        phases=[Phase.generate],
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(search=searches())
    def compare(search):
        theirs, _ = outcome(GridSearchCV, describe_search, search, capsys)
        ours, shared = outcome(SharedGridSearchCV, describe_search, search, capsys)
        tally[shared] += 1
        if theirs != ours:
            again, _ = outcome(GridSearchCV, describe_search, search, capsys)
            if again == theirs:  # else scikit-learn does not repeat itself
                pytest.fail(difference(search, theirs, ours))

    compare()
    assert tally[True] > CASES / 6, tally


def difference(search, theirs, ours):
    """Say what was searched, and the first few things that differ."""
    estimator, grid, X, _, *rest = search
    lines = [f"{estimator} {grid} {type(X).__name__} {rest}"]
    for mine, other in zip(ours, theirs, strict=True):
        lines += [f"theirs only: {x!r}"[:1500] for x in other if x not in mine][:3]
        lines += [f"ours only: {x!r}"[:1500] for x in mine if x not in other][:3]
    return "\n".join(lines)
