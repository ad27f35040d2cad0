from dataclasses import replace

import pytest
from sklearn.linear_model import Ridge

from clusteract.report.figures import recipe_comparison
from clusteract.validation import compare_recipes


def row_labels(axes):
    return [t.get_text().replace("\n", " ").replace("\xa0", " ") for t in axes.get_yticklabels()]


def test_recipes_are_sorted_by_error_and_baselines_stand_below(result):
    labels = row_labels(recipe_comparison(result).figure.axes[0])
    ranked = sorted(result.recipes.values(), key=lambda r: r.mean("test", "rmse"))
    assert labels == [r.title for r in ranked] + ["Mean of the training set", "Shuffled targets"]


def test_third_panel_shows_the_corrected_interval_of_the_difference(result):
    panel = recipe_comparison(result).figure.axes[2]
    best = result.best
    other = next(r for r in result.recipes.values() if r is not best)
    known = compare_recipes(other, best, "rmse")
    bars = [line.get_xdata() for line in panel.lines if list(line.get_ydata()) == [1, 1]]
    assert list(bars[0]) == pytest.approx([known.low, known.high])


def test_constant_baseline_has_no_correlation(result):
    texts = [t.get_text() for t in recipe_comparison(result).figure.axes[0].texts]
    assert texts == ["undefined (constant)"]


def test_a_hopeless_recipe_is_written_at_the_edge(result):
    recipe = next(r for r in result.recipes.values() if r is not result.best)
    folds = tuple(replace(f, test_predictions=(50.0,) * len(f.test)) for f in recipe.folds)
    recipes = {**result.recipes, recipe.name: replace(recipe, folds=folds)}
    panel = recipe_comparison(replace(result, recipes=recipes)).figure.axes[1]
    assert panel.get_xlim()[1] < 10
    assert float(panel.texts[0].get_text()) > 50


def test_one_recipe_alone_is_drawn(handmade_study, small_table):
    study = handmade_study(small_table, models={"ridge": Ridge()}, baselines=False)
    drawing = recipe_comparison(study)
    assert row_labels(drawing.figure.axes[0]) == ["Model ridge + SelectKBest"]
    assert "no skill" not in drawing.caption
