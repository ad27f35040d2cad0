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


def test_auto_takes_one_of_its_candidates(table):
    found = nested_cross_validate(
        table, [get_recipe("auto")], outer=OuterFolds(2), inner_folds=2, baselines=False
    )
    chosen = [f.best_params["model"] for f in found.best.folds]
    assert all("AdditiveGPR" in c or "Trees" in c or "Boosting" in c for c in chosen)
    assert np.isfinite(found.best.mean("test", "rmse"))
