"""Rows of one group are never parted: outer folds, inner folds, and those of the intervals."""

from dataclasses import replace

import numpy as np
import pytest

from clusteract.errors import InputError
from clusteract.recipes import get_recipe
from clusteract.runs import Runner
from clusteract.runs.executors import open_workers
from clusteract.table import Source, Table
from clusteract.validation import OuterFolds, nested_cross_validate
from clusteract.validation.design import Design

RECIPE = get_recipe("rfr-kbest").with_grid(
    {"model__n_estimators": [10, 20], "model__min_samples_leaf": [1], "feature_select__k": [3]}
)
N, SIZE = 120, 6


@pytest.fixture(scope="module")
def table():
    """Twenty materials, measured six times each: a descriptor names the material, none predicts."""
    random = np.random.default_rng(0)
    material = np.arange(N) // SIZE
    X = random.normal(size=(N // SIZE, 3))[material] + 1e-3 * random.normal(size=(N, 3))
    y = random.normal(size=N // SIZE)[material] + 0.05 * random.normal(size=N)
    order = random.permutation(N)
    names = tuple(f"row {i}" for i in range(N))
    groups = tuple(f"m{k}" for k in material[order])
    return Table(names, X[order], ("a", "b", "c"), y[order], "y", Source("g", ""), groups=groups)


@pytest.fixture(scope="module")
def result(table):
    return nested_cross_validate(table, [RECIPE], outer=OuterFolds(5), inner_folds=4)


def shared(table, train, test):
    return {table.groups[i] for i in train} & {table.groups[i] for i in test}


def test_no_outer_fold_parts_a_group(table, result):
    for fold in result.best.folds:
        assert not shared(table, fold.train, fold.test)
    assert result.settings["groups"] == 20


def test_no_fit_of_a_study_sees_a_group_that_it_is_judged_on(table):
    seen = []

    class Watching:
        def get(self, key):
            return None

        def put(self, key, value, **labels):
            pass

    design = Design(table, (RECIPE,), OuterFolds(5), 4)
    with open_workers() as workers:
        runner = Runner(workers, Watching())
        submit = workers.executor.submit

        def watch(timed, function, *args):
            if function.__name__ == "refit_and_predict":
                seen.append((args[3], args[4]))
            elif function.__name__ == "run_task":
                task, X = args[0], args[1]
                rows = [int(np.flatnonzero((table.descriptors == x).all(axis=1))[0]) for x in X]
                seen.append(([rows[i] for i in task.train], [rows[i] for i in task.test]))
            return submit(timed, function, *args)

        workers.executor.submit = watch
        nested_cross_validate(table, [RECIPE], outer=OuterFolds(5), inner_folds=4, runner=runner)
    parted = [bool(shared(table, *split)) for split in seen]
    assert len(seen) > 50
    assert sum(parted) == len(design.random_splits) == 5  # those that say what that is worth


def test_a_random_split_is_shown_to_flatter(result):
    flattering = result.random_split.mean("test", "r")
    assert flattering > 0.9
    assert result.best.mean("test", "r") < flattering - 0.4


def test_without_groups_nothing_is_measured_beside(table):
    plain = replace(table, groups=None)
    found = nested_cross_validate(plain, [RECIPE], outer=OuterFolds(5), inner_folds=4)
    assert found.random_split is None
    assert "groups" not in found.settings


def test_one_value_of_a_column_is_left_out_after_the_other(table):
    coarse = np.array([float(int(g[1:]) % 3) for g in table.groups])
    wider = table.with_descriptors(
        np.column_stack([table.descriptors, coarse]), (*table.descriptor_names, "lab")
    )
    design = Design(wider, (RECIPE,), "lab", 4)
    design.check()
    assert design.folds.labels == ("0", "1", "2")
    assert design.settings["left_out"] == ["0", "1", "2"]
    for (_, test), label in zip(design.splits, design.folds.labels, strict=True):
        assert set(coarse[test]) == {float(label)}
    by_group = Design(table, (RECIPE,), "material", 4)
    assert len(by_group.splits) == 20


def test_what_can_not_be_left_out_is_told(table):
    plain = replace(table, groups=None)
    with pytest.raises(InputError, match=r"'highst' can't be left out.*did you mean highest"):
        Design(plain, (RECIPE,), "highst").check()


def test_fewer_groups_than_inner_folds_are_refused_before_any_work(table):
    with pytest.raises(InputError, match="16 groups are too few for 17 inner folds"):
        Design(table, (RECIPE,), OuterFolds(5), 17).check()
