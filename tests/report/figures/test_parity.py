from dataclasses import replace

import numpy as np
import pytest

from clusteract.errors import InputError
from clusteract.report.figures import parity


def legend(drawing):
    return [t.get_text() for t in drawing.figure.axes[0].get_legend().get_texts()]


def test_legend_has_the_metrics_of_train_and_test_over_all_folds(result):
    training, test, identity = legend(parity(result, "ridge"))
    r = [np.corrcoef(f.y_test, f.test_predictions)[0, 1] for f in result.recipes["ridge"].folds]
    assert f"r {np.mean(r):.2f} ± {np.std(r, ddof=1):.2f}" in test
    pooled = np.corrcoef(*result.recipes["ridge"].out_of_fold())[0, 1]
    assert f"pooled: r {pooled:.2f}" in test
    assert training.startswith("training  r 0.")
    assert identity == "y = x"


def test_axes_are_square_and_named(result):
    axes = parity(result, "ridge").figure.axes[0]
    assert axes.get_xlabel() == "measured lg(k1)"
    assert axes.get_ylabel() == "predicted lg(k1)"
    assert axes.get_xlim() == axes.get_ylim()


def test_every_cluster_is_a_test_point_once(result):
    rings = parity(result, "ridge").figure.axes[0].collections[1]
    assert len(rings.get_offsets()) == result.table.n_rows


def test_a_wild_prediction_does_not_stretch_the_axes(result):
    recipe = result.recipes["ridge"]
    fold = recipe.folds[0]
    wild = replace(fold, test_predictions=(-999.0, *fold.test_predictions[1:]))
    folds = (wild, *recipe.folds[1:])
    study = replace(result, recipes={"ridge": replace(recipe, folds=folds)})
    drawing = parity(study, "ridge")
    assert drawing.figure.axes[0].get_xlim()[0] > -25
    assert "1 prediction outside the axes" in drawing.caption


def test_unknown_recipe_suggests_a_known_one(result):
    with pytest.raises(InputError, match=r"no recipe 'rigde'.*did you mean ridge\?"):
        parity(result, "rigde")
