from dataclasses import replace

import pytest

from clusteract.report.figures.learning_curves import learning_curves, learning_figures

CURVES = {"loss": [9.0, 4.0, 1.0, None], "validation_loss": [8.0, 3.0, 3.5, 5.0], "kept": [2]}


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
    assert line.get_ydata().tolist() == CURVES["validation_loss"]
    assert (dot.get_xdata()[0], dot.get_ydata()[0]) == (2, 3.0)
    assert loss.lines[0].get_ydata()[:3].tolist() == CURVES["loss"][:3]


def test_the_axis_names_what_the_network_kept_of_its_validation_rows(learned):
    assert learning_curves(learned, "knn").figure.axes[1].get_ylabel() == "validation loss"
    shares = {"loss": [4.0, 1.0], "validation_error": [0.9, 0.4], "kept": [2]}
    knn = learned.recipes["knn"]
    folds = tuple(replace(fold, curves=shares) for fold in knn.folds)
    other = replace(learned, recipes={"knn": replace(knn, folds=folds)})
    panel = learning_curves(other, "knn").figure.axes[1]
    assert panel.get_ylabel() == "validation error / variance (1 − R²)"
    assert panel.lines[0].get_ydata().tolist() == [0.9, 0.4]


def test_caption_says_how_long_they_trained(learned):
    caption = learning_curves(learned, "knn").caption
    assert "2 in the median; training ended after 4 to 4 epochs" in caption
