import numpy as np
import pytest

from clusteract.chemistry.synthetic import make_synthetic_table
from clusteract.recipes import get_recipe
from clusteract.validation import OuterFolds, nested_cross_validate


@pytest.fixture(scope="module")
def table():
    return make_synthetic_table(60, seed=3, noise=0.2)


def test_the_process_finds_the_planted_signal(table):
    result = nested_cross_validate(
        table,
        [get_recipe("gp-additive"), get_recipe("gp-composition")],
        outer=OuterFolds(3),
        inner_folds=3,
        baselines=False,
    )
    assert result.recipes["gp-additive"].pooled.r > 0.7
    assert result.recipes["gp-composition"].pooled.r < result.recipes["gp-additive"].pooled.r


@pytest.mark.parametrize(
    ("recipe", "more"), [("gp-descriptors", 0), ("gp-additive", 46), ("gp-composition", 16)]
)
def test_what_each_recipe_sees(table, recipe, more):
    assert get_recipe(recipe).see(table).n_descriptors == 24 + more


def test_auto_says_the_weights_of_its_members(table):
    found = nested_cross_validate(
        table, [get_recipe("auto")], outer=OuterFolds(2), inner_folds=2, baselines=False
    )
    weights = np.array([f.best_params["model__weights"] for f in found.best.folds])
    assert weights.sum(axis=1) == pytest.approx(1)
    assert [f.fits for f in found.best.folds] == [1, 1]
    assert np.isfinite(found.best.mean("test", "rmse"))
