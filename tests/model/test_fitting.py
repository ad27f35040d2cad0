"""A final fit chooses as the inner search of a study does, and does not depend on the jobs."""

from dataclasses import replace

import numpy as np
import pytest
from sklearn.model_selection import GridSearchCV, KFold, cross_val_predict

from clusteract.chemistry.synthetic import make_synthetic_table
from clusteract.errors import InputError
from clusteract.model import HonestScore, fit_best, fit_model
from clusteract.model.fitting import training_ranges
from clusteract.model.saving import dump_model
from clusteract.recipes import get_recipe
from clusteract.runs import Runner
from clusteract.runs.executors import open_workers
from clusteract.validation import OuterFolds
from clusteract.validation.nested import nested_cross_validate

FEW = {
    "model__C": [0.1, 10],
    "model__epsilon": [0.1],
    "model__degree": [3],
    "model__gamma": ["scale", 0.1],
    "model__tol": [1e-3],
    "model__shrinking": [True],
    "scaler": ["standard"],
}


@pytest.fixture(scope="module")
def svr():
    return get_recipe("svr-rbf-kbest").with_grid(FEW)


def test_it_chooses_and_fits_as_scikit_learns_grid_search_does(svr, small_table):
    model = fit_model(small_table, svr, inner_folds=4, seed=3)
    X, y = small_table.descriptors, small_table.target
    peer = GridSearchCV(
        svr.pipeline(3, impute=True), svr.grid_for(24), cv=KFold(4), scoring=svr.scoring
    ).fit(X, y)
    assert model.params["model__C"] == peer.best_params_["model__C"]
    np.testing.assert_array_equal(model.pipeline.predict(X), peer.predict(X))


def test_the_same_seed_gives_the_same_bytes_with_one_and_two_jobs(small_table):
    recipe = get_recipe("rfr-kbest").with_grid({"model__n_estimators": [3, 4]})
    one, two = (
        dump_model(fit_model(small_table, recipe, budget=3, inner_folds=3, seed=5, jobs=jobs))
        for jobs in (1, 2)
    )
    assert one == two


def test_another_seed_gives_another_forest(small_table):
    recipe = get_recipe("rfr-kbest").with_grid({"model__n_estimators": [3]})
    a, b = (fit_model(small_table, recipe, budget=1, inner_folds=2, seed=s) for s in (1, 2))
    X = small_table.descriptors
    assert not np.array_equal(a.pipeline.predict(X), b.pipeline.predict(X))


@pytest.fixture(scope="module")
def study(svr, small_table):
    outer = OuterFolds(3, seed=4)
    return nested_cross_validate(
        small_table, [svr], outer=outer, inner_folds=3, seed=4, baselines=False
    )


def test_a_studys_best_recipe_carries_its_honest_score(study, svr):
    model = fit_best(study, [svr])
    assert model.honest == HonestScore(
        r_mean=study.best.mean("test", "r"),
        r_std=study.best.std("test", "r"),
        rmse_mean=study.best.mean("test", "rmse"),
        rmse_std=study.best.std("test", "rmse"),
        outer_folds=3,
        outer_repeats=1,
        inner_folds=3,
        budget=None,
        seed=4,
    )
    assert "3 outer folds, 3 inner folds, the whole grid, seed 4" in str(model.honest)
    assert model.search == {"inner_folds": 3, "budget": None, "seed": 4}


def test_a_budget_beyond_the_grid_is_the_whole_grid(study, svr):
    generous = {**study.settings, "budget": {svr.name: 5000}}
    model = fit_best(replace(study, settings=generous), [svr])
    assert "the whole grid" in str(model.honest)
    assert dump_model(model) == dump_model(fit_best(study, [svr]))


def test_a_recipe_that_is_not_in_the_study_is_refused(study, svr):
    with pytest.raises(InputError, match="'svr-rbf' is not in this study; did you mean svr-rbf-kb"):
        fit_best(study, [svr], recipe="svr-rbf")


class Memory(dict):
    """A store that counts what is put into it, and stops the work after so many."""

    def __init__(self, after=None):
        self.puts, self.after = 0, after

    def put(self, key, value, *, label, fold):
        self.puts += 1
        self[key] = value
        if self.puts == self.after:
            raise KeyboardInterrupt


def fit(table, recipe, store, seen=None, jobs=1):
    with open_workers(jobs) as workers:
        runner = Runner(workers, store, [].append if seen is None else seen.append)
        return fit_model(table, recipe, inner_folds=3, runner=runner)


def test_a_search_is_taken_from_the_store_the_second_time(svr, small_table):
    store, seen = Memory(), []
    first = fit(small_table, svr, store)
    n = store.puts
    second = fit(small_table, svr, store, seen)
    assert n > 0
    assert store.puts == n
    assert seen[-1].resumed == seen[-1].done - 1  # no store of plain values keeps the model
    assert dump_model(first) == dump_model(second)


def test_its_inner_errors_are_of_clusters_that_the_model_had_not_seen(svr, small_table):
    model = fit_model(small_table, svr, inner_folds=4, seed=3)
    known, plain = model.pipeline[0], model.pipeline[1:]
    X, y = small_table.descriptors, small_table.target
    folds = KFold(4, shuffle=True, random_state=3)
    np.testing.assert_allclose(known.errors_, y - cross_val_predict(plain, X, y, cv=folds))


@pytest.mark.parametrize("jobs", [1, 2])
def test_its_inner_errors_are_resumed_and_the_bytes_are_the_same(svr, small_table, jobs):
    whole, seen = Memory(), []
    expected = fit(small_table, svr, whole, seen)
    stopped = Memory(after=whole.puts - 1)
    with pytest.raises(KeyboardInterrupt):
        fit(small_table, svr, stopped, jobs=jobs)
    stopped.after = None
    again = fit(small_table, svr, stopped, seen)
    assert stopped.puts == whole.puts
    assert (seen[-1].done, seen[-1].resumed) == (seen[-1].total, seen[-1].total - 2)
    assert dump_model(again) == dump_model(expected)


def test_sentinels_are_masked_and_named_in_the_ranges(svr):
    table = make_synthetic_table(60, seed=1)
    X = table.descriptors.copy()
    X[3, 0] = -999
    spoiled = table.with_descriptors(X, table.descriptor_names)
    imputed, published = (
        fit_model(spoiled, svr, budget=1, inner_folds=2, missing=missing)
        for missing in ("impute", "as-published")
    )
    assert imputed.ranges[0, 0] == np.delete(X[:, 0], 3).min()
    assert published.ranges[0, 0] == -999


def test_the_training_data_are_described_without_their_values(svr, small_table):
    data = fit_model(small_table, svr, budget=1, inner_folds=2).data
    assert (data.n_rows, data.synthetic) == (60, True)
    assert data.domain == "clusters"


def test_too_few_clusters_for_the_inner_folds_are_refused(svr, small_table):
    with pytest.raises(InputError, match="5 rows are too few for 10 inner folds"):
        fit_model(small_table.take(range(5)), svr, inner_folds=10)


def test_ranges_leave_missing_values_out():
    X = np.array([[1.0, np.nan, 2.0], [3.0, np.nan, np.nan]])
    np.testing.assert_array_equal(training_ranges(X), [[1, 3], [np.nan, np.nan], [2, 2]])
