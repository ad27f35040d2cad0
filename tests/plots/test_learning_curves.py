from dataclasses import replace

import pytest

from clusteract.plots.learning_curves import learning_curves, learning_figures

CURVES = {"loss": [9.0, 4.0, 1.0, None], "validation": [8.0, 3.0, 3.5, 5.0], "kept": [2]}


@pytest.fixture(scope="module")
def learned(result):
    knn = result.recipes["knn"]
    folds = tuple(replace(fold, curves=CURVES) for fold in knn.folds)
    return replace(result, recipes={**result.recipes, "knn": replace(knn, folds=folds)})


def test_only_recipes_that_learn_by_epochs_are_drawn(result, learned):
    assert list(learning_figures(result)) == []
    assert [d.name for d in learning_figures(learned)] == ["learning-knn"]


def test_lines_are_the_losses_and_dots_the_kept_epochs(learned):
    loss, validation = learning_curves(learned, "knn").figure.axes
    line, dot = validation.lines[:2]
    assert line.get_ydata().tolist() == CURVES["validation"]
    assert (dot.get_xdata()[0], dot.get_ydata()[0]) == (2, 3.0)
    assert loss.lines[0].get_ydata()[:3].tolist() == CURVES["loss"][:3]


def test_caption_says_how_long_they_trained(learned):
    caption = learning_curves(learned, "knn").caption
    assert "2 in the median; training ended after 4 to 4 epochs" in caption
