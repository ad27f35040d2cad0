from dataclasses import replace

import pytest
from sklearn.linear_model import Ridge

from clusteract.report.summary import summary_dict
from clusteract.report.words import findings


def shifted(recipe, name, by):
    """The same recipe with every test prediction further off, by fold and cluster the same."""
    folds = tuple(
        replace(f, test_predictions=tuple(y + by * (1 + 0.1 * i) for y in f.y_test))
        for i, f in enumerate(recipe.folds)
    )
    return replace(recipe, name=name, title=f"Recipe {name}", folds=folds)


@pytest.fixture
def clear_study(result):
    """A recipe of error 0.1, one of error 2, beside baselines."""
    ridge = result.recipes["ridge"]
    recipes = {"good": shifted(ridge, "good", 0.1), "bad": shifted(ridge, "bad", 2.0)}
    return replace(result, recipes=recipes)


def test_headline_names_the_best_with_its_figures(clear_study):
    words = findings(summary_dict(clear_study))
    assert words["headline"].startswith(
        "The best recipe for lg(k1) is Recipe good: honest test RMSE 0.115"
    )
    assert "over 4 outer folds" in words["headline"]


def test_a_clear_difference_is_more_than_noise(clear_study):
    words = findings(summary_dict(clear_study))
    assert words["beaten"] == "It beats Recipe bad (2.185 higher RMSE) by more than noise."
    assert "noise" not in words


def test_no_difference_is_noise(clear_study):
    twin = replace(clear_study.recipes["good"], name="twin", title="Recipe twin")
    study = replace(clear_study, recipes={**clear_study.recipes, "twin": twin})
    words = findings(summary_dict(study))
    assert words["noise"].startswith("Its lead over Recipe twin (0.000 higher RMSE) is within")


def test_baselines_are_put_beside(result):
    words = findings(summary_dict(result))
    assert words["baseline"].startswith("Always predicting the training mean has RMSE 1.")
    assert "With the targets shuffled, the search of Model ridge + SelectKBest" in words["shuffled"]
    assert words["cost"] == "160 models fitted; a plain nested grid search would have fitted 1,600."


@pytest.mark.parametrize(
    ("by", "said"),
    [(9.0, "raises it by"), (0.1, "lowers it by")],
)
def test_a_recipe_worse_than_the_mean_is_called_so(result, by, said):
    only = {"r": shifted(result.recipes["ridge"], "r", by)}
    assert said in findings(summary_dict(replace(result, recipes=only)))["baseline"]


def test_no_better_than_the_mean_is_called_so(result):
    mean = replace(result.baselines["mean"], name="flat", title="Flat")
    words = findings(summary_dict(replace(result, recipes={"flat": mean})))
    assert words["baseline"].endswith("the best recipe is not better than that beyond noise.")


def test_one_recipe_without_baselines_is_described_alone(handmade_study, small_table):
    study = handmade_study(small_table, models={"ridge": Ridge()}, baselines=False)
    words = findings(summary_dict(study))
    assert set(words) == {"headline", "cost"}
    assert words["headline"].startswith("Model ridge + SelectKBest: honest test RMSE")
