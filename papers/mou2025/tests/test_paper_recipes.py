"""The reference's recipes: its grids, its steps, and selection nested in the second set."""

import numpy as np
import pytest

import mou2025.recipes  # noqa: F401 - registers them
from clusteract.recipes import get_recipe

SIZES = {"ref-rfr": 15, "ref-gbr": 30, "ref-mlr": 1, "ref-svr": 48}


@pytest.mark.parametrize("name", SIZES)
def test_grids_are_the_references(name):
    assert get_recipe(name).n_candidates(8) == SIZES[name]
    assert get_recipe(f"{name}-rfe").n_candidates(24) == SIZES[name]
    assert get_recipe(name).scoring == get_recipe(f"{name}-rfe").scoring == "r2"


def test_the_second_set_selects_inside_the_pipeline():
    X = np.random.default_rng(0).normal(size=(30, 12))
    pipeline = get_recipe("ref-mlr-rfe").pipeline(seed=2).fit(X, X[:, 3] - X[:, 5])
    kept = pipeline["feature_select"].get_support()
    assert kept.sum() == 8
    assert kept[[3, 5]].all()


def test_the_references_kernel_sees_unscaled_descriptors():
    assert [name for name, _ in get_recipe("ref-svr").pipeline(2).steps] == ["model"]
