import numpy as np
import pytest
from sklearn.ensemble import RandomForestRegressor
from sklearn.feature_selection import SelectKBest, f_regression
from sklearn.impute import SimpleImputer
from sklearn.model_selection import GridSearchCV, KFold
from sklearn.pipeline import Pipeline

from clusteract.errors import InputError
from clusteract.recipes import get_recipe
from clusteract.validation import OuterFolds

SMALL_FOREST = {"model__n_estimators": [10, 20], "model__max_depth": [None]}


@pytest.fixture(scope="module")
def forest():
    return get_recipe("rfr-kbest").with_grid(SMALL_FOREST)


@pytest.fixture(scope="module")
def svr():
    return get_recipe("svr-rbf-kbest")


def test_it_is_scikit_learns_nested_search(small_table, forest, nested):
    found = nested(small_table, [forest]).best
    X, y = small_table.descriptors, small_table.target
    grid = forest.grid_for(small_table.n_descriptors)
    for fold, (train, test) in zip(
        found.folds, KFold(3, shuffle=True, random_state=7).split(X), strict=True
    ):
        pipeline = Pipeline(
            [
                ("impute", SimpleImputer(strategy="median", keep_empty_features=True)),
                ("feature_select", SelectKBest(f_regression)),
                ("model", RandomForestRegressor(random_state=7)),
            ]
        )
        plain = GridSearchCV(pipeline, grid, cv=3, scoring="neg_root_mean_squared_error")
        plain.fit(X[train], y[train])
        assert fold.test_predictions == tuple(plain.predict(X[test]))
        assert fold.best_params == plain.best_params_
        assert fold.inner_score == plain.best_score_
        # k = 7, 8, 9 and leaves of 1 and 2, on 3 inner folds: one forest serves both sizes.
        assert (fold.fits, fold.fits_naive) == (3 * 2 * 3 + 1, 3 * 2 * 2 * 3 + 1)
        kept = plain.best_estimator_["feature_select"].get_support()
        assert fold.selected == tuple(np.array(small_table.descriptor_names)[kept])


def test_the_result_does_not_depend_on_the_number_of_workers(
    small_table, forest, svr, nested, predictions
):
    options = {"budget": {"svr-rbf-kbest": 5}, "baselines": True}
    one = nested(small_table, [forest, svr], jobs=1, **options)
    two = nested(small_table, [forest, svr], jobs=2, **options)
    assert predictions(one) == predictions(two)


def test_a_stored_run_is_taken_from_the_store(
    small_table, forest, svr, nested, predictions, memory_store
):
    store, moments = memory_store(), []
    options = {"budget": {"svr-rbf-kbest": 5}, "baselines": True, "store": store}
    first = nested(small_table, [forest, svr], **options)
    kept = len(store)
    again = nested(small_table, [forest, svr], moments=moments, **options)
    assert predictions(first) == predictions(again)
    assert len(store) == kept
    assert moments[-1].resumed == moments[-1].done


def test_an_interrupted_run_resumes_with_the_same_result(
    small_table, svr, nested, predictions, memory_store
):
    options = {"budget": {"svr-rbf-kbest": 5}}
    store = memory_store(stop_at=4)
    with pytest.raises(KeyboardInterrupt):
        nested(small_table, [svr], store=store, **options)
    resumed = nested(small_table, [svr], store=memory_store(store), **options)
    assert predictions(resumed) == predictions(nested(small_table, [svr], **options))


def test_test_targets_never_reach_the_choice(small_table, forest, nested):
    """Changing a test fold's targets changes no prediction for it."""
    from dataclasses import replace

    before = nested(small_table, [forest]).best.folds[0]
    y = small_table.target.copy()
    y[list(before.test)] += 100.0
    after = nested(replace(small_table, target=y), [forest]).best.folds[0]
    assert after.test_predictions == before.test_predictions
    assert after.best_params == before.best_params


def test_shuffled_targets_score_zero_and_the_mean_has_no_r(small_table, forest, nested):
    result = nested(small_table, [forest], outer=OuterFolds(5, 1, 7), baselines=True)
    assert result.shuffled_recipe == "rfr-kbest"
    assert abs(result.baselines["shuffled"].mean("test", "r")) < 0.4
    assert np.isnan(result.baselines["mean"].mean("test", "r"))
    assert result.baselines["mean"].mean("test", "rmse") > result.best.mean("test", "rmse")


def test_another_seed_gives_other_folds(small_table, svr, nested):
    options = {"budget": {"svr-rbf-kbest": 3}}
    one = nested(small_table, [svr], **options)
    other = nested(small_table, [svr], outer=OuterFolds(3, 1, 8), **options)
    assert one.best.folds[0].test != other.best.folds[0].test


def test_a_sentinel_is_imputed_or_kept_as_published(small_table, svr, nested, predictions):
    X = small_table.descriptors.copy()
    X[5, 3] = -999.0
    table = small_table.with_descriptors(X, small_table.descriptor_names)
    assert table.sentinel_cells == ((5, table.descriptor_names[3]),)
    imputed = nested(table, [svr], budget={"svr-rbf-kbest": 3})
    assert np.isnan(imputed.table.descriptors[5, 3])
    published = nested(table, [svr], budget={"svr-rbf-kbest": 3}, missing="as-published")
    assert published.table.descriptors[5, 3] == -999.0
    assert predictions(imputed) != predictions(published)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"outer": OuterFolds(40, 1, 0)}, "60 rows are too few for 40 outer folds"),
        ({"inner_folds": 25}, "40 rows are too few for 25 inner folds"),
        ({"jobs": 0}, "jobs: 0; must be a positive number"),
    ],
)
def test_impossible_settings_are_refused(small_table, svr, change, message, nested):
    with pytest.raises(InputError, match=message):
        nested(small_table, [svr], **change)


def test_a_missing_value_as_published_is_refused(small_table, svr, nested):
    X = small_table.descriptors.copy()
    X[2, 0] = np.nan
    table = small_table.with_descriptors(X, small_table.descriptor_names)
    with pytest.raises(InputError, match="such cells"):
        nested(table, [svr], missing="as-published")


def test_a_constant_target_is_refused(small_table, svr, nested):
    from dataclasses import replace

    table = replace(small_table, target=np.full(60, -12.0))
    with pytest.raises(InputError, match="is constant; there is nothing to model"):
        nested(table, [svr])
