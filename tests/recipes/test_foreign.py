"""Any regressor as a recipe: made, tried before the search, refused in one line."""

import numpy as np
import pytest
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.ensemble import HistGradientBoostingRegressor, RandomForestRegressor, StackingRegressor
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.kernel_ridge import KernelRidge
from sklearn.linear_model import Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import clusteract as ca
from clusteract.errors import InputError
from clusteract.recipes import check_recipe, find_recipes
from clusteract.validation import OuterFolds, nested_cross_validate

STACK = StackingRegressor([("ridge", Ridge()), ("krr", KernelRidge())], cv=2)


class Pretrained(RegressorMixin, BaseEstimator):
    """Stands in for a foundation model of tables: `fit` keeps the rows, weights may be absent."""

    def __init__(self, weights="there", device="cpu"):
        self.weights = weights
        self.device = device

    def fit(self, X, y):
        if self.weights != "there":
            raise FileNotFoundError(f"no weights at {self.weights}: download them first")
        self.X_, self.y_ = np.asarray(X), np.asarray(y)
        return self

    def predict(self, X):
        return self.y_[np.abs(np.asarray(X)[:, None] - self.X_).sum(axis=2).argmin(axis=1)]


class Drifting(Ridge):
    """Never the same twice."""

    def predict(self, X):
        return super().predict(X) + np.random.default_rng().normal()


def score(recipe, table):
    return nested_cross_validate(
        table, [recipe], outer=OuterFolds(2), inner_folds=2, baselines=False
    ).best


@pytest.mark.parametrize(
    ("model", "grid"),
    [
        ("catboost:CatBoostRegressor", {"model__depth": [2, 3], "model__iterations": [20]}),
        ("xgboost:XGBRegressor", {"model__max_depth": [2, 3], "model__n_estimators": [20]}),
        ("lightgbm:LGBMRegressor", {"model__num_leaves": [4, 8], "model__n_estimators": [20]}),
    ],
)
def test_foreign_trees_are_searched_and_scored_the_same_twice(small_table, model, grid):
    pytest.importorskip(model.partition(":")[0])
    quiet = {
        "catboost": {"verbose": 0, "allow_writing_files": False},
        "lightgbm": {"verbose": -1, "min_child_samples": 3},
    }.get(model.partition(":")[0], {})
    recipe = ca.Recipe.of(model, {**grid}, name="trees", params=quiet)
    (remark,) = check_recipe(recipe, small_table)
    assert "fitted again when it is loaded" in remark
    plain = recipe.see(small_table)
    assert plain is small_table
    scored = score(recipe, small_table)
    assert scored.pooled.r > 0.3
    key = min(grid, key=lambda name: len(grid[name]) == 1)
    assert scored.folds[0].best_params[key] in grid[key]
    assert score(recipe, small_table).folds[0].test_predictions == scored.folds[0].test_predictions


@pytest.mark.parametrize(
    ("model", "settings"),
    [
        (GaussianProcessRegressor(alpha=0.1, normalize_y=True), {"scaler": "standard"}),
        (KernelRidge(), {"scaler": ["standard", "robust"], "select": "kbest"}),
        (HistGradientBoostingRegressor(max_iter=20), {}),
        (STACK, {"scaler": "standard"}),
        (RandomForestRegressor(n_estimators=10), {"select": "from-model"}),
        (make_pipeline(StandardScaler(), Ridge()), {"grid": {"ridge__alpha": [0.1, 10.0]}}),
        (Pretrained(), {}),
    ],
)
def test_scikit_learns_models_are_recipes(small_table, model, settings):
    recipe = ca.Recipe.of(model, **settings)
    assert all("fitted again" in remark for remark in check_recipe(recipe, small_table))
    assert np.isfinite(score(recipe, small_table).pooled.rmse)


def test_random_states_without_a_seed_get_the_studys():
    pipeline = make_pipeline(StandardScaler(), RandomForestRegressor(random_state=None))
    recipe = ca.Recipe.of(pipeline, {"randomforestregressor__max_depth": [2]})
    assert recipe.pipeline(7)[-1].random_state == 7
    given = ca.Recipe.of(RandomForestRegressor(random_state=3))
    assert given.pipeline(7)[-1].random_state == 3


def test_what_cannot_be_repeated_is_said(small_table):
    remark, *_ = check_recipe(ca.Recipe.of(Drifting()), small_table)
    assert "not deterministic" in remark


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: ca.Recipe.of("nowhere:Model"), "`nowhere` is not installed: pip install nowhere"),
        (lambda: ca.Recipe.of("sklearn.swm:SVR"), "no module 'sklearn.swm' in sklearn"),
        (
            lambda: ca.Recipe.of("sklearn.svm:SWR"),
            "no class 'SWR' in .*; did you mean SVR",
        ),
        (lambda: ca.Recipe.of("sklearn.svm:SVC"), "SVC is a classifier; give a regressor"),
        (lambda: ca.Recipe.of("pathlib:Path"), "is no regressor"),
        (lambda: ca.Recipe.of("sklearn.svm"), "is no regressor|module:Class"),
        (lambda: ca.Recipe.of(Ridge(), {"model__alhpa": [1]}), "did you mean model__alpha"),
        (lambda: ca.Recipe.of(Ridge(), {"model__alpha": 1}), "must be a list"),
        (lambda: ca.Recipe.of(Ridge(), scaler="standart"), "no scaler 'standart'; did you mean"),
        (lambda: ca.Recipe.of(Ridge(), select="k-best"), "did you mean kbest"),
        (lambda: ca.Recipe.of(Ridge(), budget=0), "budget is 0"),
        (lambda: ca.Recipe.of(Ridge(), colums="own"), "no setting 'colums'"),
        (lambda: ca.Recipe.of("sklearn.svm:SVR", params={"c": 1}), "SVR can't be made"),
        (lambda: ca.Recipe.of(make_pipeline(Ridge()), scaler="robust"), "brings its own scaler"),
        (lambda: find_recipes(7), "recipes: 7 is none"),
        (lambda: find_recipes([]), "no recipe named"),
        (lambda: find_recipes(["rfr-rfe", "rfr-rfe"]), "named twice"),
    ],
)
def test_what_is_wrong_is_one_line(make, words):
    with pytest.raises(InputError, match=words) as error:
        make()
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("recipe", "words"),
    [
        (ca.Recipe.of(Ridge(), {"model__alpha": [1.0, -1.0]}), "with model__alpha = -1.0"),
        (ca.Recipe.of(Pretrained("hub"), name="tabular"), "'tabular' .* no weights at hub"),
    ],
)
def test_a_recipe_that_cannot_be_fitted_is_refused_before_the_search(small_table, recipe, words):
    with pytest.raises(InputError, match=words):
        nested_cross_validate(small_table, [recipe], outer=OuterFolds(2), inner_folds=2)


def test_what_cannot_be_saved_is_said_before_the_search(small_table):
    local = type("Local", (Ridge,), {"__module__": "__main__"})
    with pytest.raises(InputError, match=r"recipe 'mine' can't be saved: .* can't be found again"):
        check_recipe(ca.Recipe.of(local(), name="mine"), small_table)
    with pytest.raises(InputError, match="can't be saved"):
        ca.Recipe.of(local(), name="mine").check_saveable()


def test_one_name_is_one_recipe():
    names = [
        [r.name for r in find_recipes(given)] for given in ("rfr-rfe", ["rfr-rfe"], "rfr-rfe,auto")
    ]
    assert names == [["rfr-rfe"], ["rfr-rfe"], ["rfr-rfe", "auto"]]
    assert [r.name for r in find_recipes([Ridge(), "sklearn.svm:SVR"])] == ["Ridge", "SVR"]


def test_a_package_brings_recipes_by_entry_points(monkeypatch):
    from clusteract.recipes import registry

    class Entry:
        value = "other_package:theirs"

        def load(self):
            return ca.Recipe.of(Ridge(), name="theirs")

    monkeypatch.setattr(registry, "entry_points", lambda group: [Entry()])
    registry._load_entry_points.cache_clear()
    assert ca.get_recipe("theirs").title == "Ridge"
