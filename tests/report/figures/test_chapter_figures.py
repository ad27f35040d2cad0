"""Figures of the chapters: they say what their numbers say, and stay small."""

import numpy as np
import pytest

from clusteract.explain import Explanation, find_threshold
from clusteract.report.figures.beeswarm import beeswarm
from clusteract.report.figures.dependence import dependence
from clusteract.report.figures.importance import importance_figure
from clusteract.report.figures.stability import stability_figure
from clusteract.report.figures.transfer import against_figure, transfer_parity
from clusteract.validation.stability import Stability

RANDOM = np.random.default_rng(0)


@pytest.fixture(scope="module")
def table(small_table):
    return small_table.mask_sentinels()


@pytest.fixture(scope="module")
def explanation(table):
    X = table.descriptors
    values = 0.01 * RANDOM.normal(size=X.shape)
    values[:, 0] = np.where(X[:, 0] > np.nanmedian(X[:, 0]), 0.8, -0.8)
    permutation = np.zeros((3, X.shape[1]))
    permutation[:, 0] = 0.5
    return Explanation("Planted", table.descriptor_names, X, values, 0 * values, permutation)


def texts(figure):
    return [t.get_text() for t in figure.findobj(lambda a: hasattr(a, "get_text"))]


def test_stability_marks_somebody_elses_choice(table):
    kept = np.tile(np.arange(table.n_descriptors) < 8, (1, 5, 1))
    found = Stability(table.descriptor_names, kept)
    drawing = stability_figure(table, [("All", found)], marked=["3_α"], marked_as="theirs")
    assert "3_α ◆" in texts(drawing.figure)
    assert "agreement 1.00" in drawing.caption


def test_transfer_counts_what_lies_in_the_band(table):
    y = np.asarray(table.target)
    against = y[:, None] + np.array([0.1, 0.3])
    drawing = transfer_parity(table, against, "A model")
    assert f"{len(y)} of {len(y)} rows lie inside" in drawing.caption
    assert "SYNTHETIC" in texts(drawing.figure)
    assert "Mean spread (standard deviation) 0.10" in against_figure(table, against, "A").caption


def test_explanations_name_the_planted_descriptor(table, explanation):
    first = table.descriptor_names[0]
    assert f"Mean sizes: {first} (0.80)" in beeswarm(table, explanation, "planted").caption
    labels = [
        t.get_text()
        for t in importance_figure(table, [explanation]).figure.axes[0].get_yticklabels()
    ]
    assert labels[0] == first


def test_dependence_tells_the_step(table, explanation):
    first = table.descriptor_names[0]
    step = find_threshold(explanation.X[:, 0], explanation.values[:, 0])
    drawing = dependence(table, explanation, {first: step, table.descriptor_names[1]: None})
    assert f"{first}: step at" in drawing.caption
    assert "R² 1.00" in drawing.caption
