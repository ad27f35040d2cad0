"""Pipelines, grids and data drawn at random, against GridSearchCV."""

import numpy as np
import pytest
from comparing import assert_same_search
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sklearn.ensemble import ExtraTreesRegressor, GradientBoostingRegressor, RandomForestRegressor
from sklearn.feature_selection import RFE, SelectKBest, SelectPercentile, f_regression
from sklearn.neighbors import KNeighborsRegressor
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import MinMaxScaler, RobustScaler, StandardScaler
from sklearn.svm import SVR
from sklearn.tree import DecisionTreeRegressor

TREE = DecisionTreeRegressor(random_state=0)
SCALERS = [StandardScaler(), MinMaxScaler(), MinMaxScaler((-1, 1)), RobustScaler(), "passthrough"]
COUNTS = st.lists(st.integers(1, 6), min_size=1, max_size=3)
SELECTORS = st.one_of(
    st.tuples(st.just(SelectKBest(f_regression)), st.fixed_dictionaries({"k": COUNTS})),
    st.tuples(
        st.just(SelectPercentile(f_regression)),
        st.fixed_dictionaries(
            {"percentile": st.lists(st.integers(20, 100), min_size=1, max_size=3)}
        ),
    ),
    st.tuples(
        st.builds(RFE, st.just(TREE), step=st.sampled_from([1, 2, 0.4])),
        st.fixed_dictionaries({"n_features_to_select": COUNTS}),
    ),
)
SEEDS = st.integers(0, 5)
SIZES = st.lists(st.integers(1, 14), min_size=1, max_size=3)
DEPTHS = st.lists(st.sampled_from([None, 1, 2, 3, 4]), min_size=1, max_size=2)
FOREST_GRID = st.fixed_dictionaries(
    {"n_estimators": SIZES},
    optional={
        "max_depth": DEPTHS,
        "min_samples_leaf": st.just([1, 3]),
        "max_features": st.just([0.6]),
    },
)
KERNELS = st.lists(st.sampled_from(["rbf", "poly", "linear"]), min_size=1, max_size=2)
MODELS = st.one_of(
    st.tuples(st.builds(RandomForestRegressor, random_state=SEEDS), FOREST_GRID),
    st.tuples(
        st.builds(ExtraTreesRegressor, random_state=SEEDS, bootstrap=st.booleans()), FOREST_GRID
    ),
    st.tuples(
        st.builds(
            GradientBoostingRegressor, random_state=SEEDS, subsample=st.sampled_from([1.0, 0.6])
        ),
        st.fixed_dictionaries(
            {"n_estimators": st.lists(st.integers(1, 24), min_size=1, max_size=3)},
            optional={"learning_rate": st.just([0.1, 0.3]), "max_features": st.just([None, 2])},
        ),
    ),
    st.tuples(
        st.just(SVR(max_iter=2000)),
        st.fixed_dictionaries(
            {"C": st.just([0.1, 20.0]), "kernel": KERNELS},
            optional={
                "gamma": st.just(["scale", "auto", 0.3]),
                "degree": st.just([1, 2]),
                "tol": st.just([1e-3, 1e-2, 1e-4]),
                "shrinking": st.just([True, False]),
                "epsilon": st.just([0.01, 0.5]),
            },
        ),
    ),
    st.tuples(st.just(KNeighborsRegressor()), st.just({"n_neighbors": [1, 3]})),
)
SCORINGS = st.sampled_from(["neg_root_mean_squared_error", "r2", None, "neg_mean_absolute_error"])


def draw_table(seed, n_rows, rounded):
    """Draw a table; rounding makes ties between rows, columns and split points."""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n_rows, 6)) * 10.0 ** rng.integers(-2, 3, 6)
    y = X[:, 0] / X[:, 0].std() + rng.normal(size=n_rows)
    return (X.round(), y.round(1)) if rounded else (X, y)


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@settings(
    max_examples=10,
    deadline=None,
    derandomize=True,  # the same draws for everybody
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
@given(
    scalers=st.lists(st.sampled_from(SCALERS), min_size=1, max_size=2),
    selector=SELECTORS,
    model=MODELS,
    scoring=SCORINGS,
    seed=SEEDS,
    n_rows=st.integers(24, 40),
    n_folds=st.integers(2, 3),
    rounded=st.booleans(),
    train_score=st.booleans(),
)
def test_any_pipeline_on_any_table(
    scalers, selector, model, scoring, seed, n_rows, n_folds, rounded, train_score
):
    (select, select_grid), (estimator, model_grid) = selector, model
    pipeline = Pipeline([("scale", StandardScaler()), ("select", select), ("model", estimator)])
    grid = {"scale": scalers}
    grid |= {f"select__{name}": values for name, values in select_grid.items()}
    grid |= {f"model__{name}": values for name, values in model_grid.items()}
    X, y = draw_table(seed, n_rows, rounded)
    ours = assert_same_search(
        pipeline, grid, X, y, cv=n_folds, scoring=scoring, return_train_score=train_score
    )
    assert all(ours.n_fits_[unit] <= ours.n_fits_naive_[unit] for unit in ours.n_fits_)
