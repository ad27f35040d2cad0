"""The paper's own figures: they say what their numbers say."""

import numpy as np
import pytest

from clusteract import make_synthetic_table
from mou2025.figures.interactions import interaction_figure
from mou2025.figures.pair_schemes import PairRow, pair_schemes

RANDOM = np.random.default_rng(0)


@pytest.fixture(scope="module")
def table():
    return make_synthetic_table(60, seed=1)


def texts(figure):
    return [t.get_text() for t in figure.findobj(lambda a: hasattr(a, "get_text"))]


def scores(*r):
    values = {"r": list(r), "rmse": [1 - x for x in r]}
    return values if r else {"r": [], "rmse": []}


def test_leaky_and_honest_stand_in_one_row(table):
    schemes = {"random": scores(0.9), "one-seen": scores(0.8, 0.7), "both-unseen": scores(0.6, 0.5)}
    row = PairRow("a", "A model", {**schemes, "new": scores()})
    drawing = pair_schemes(table, [row])
    assert "A model: r 0.90 at random, 0.75 with one row unseen, 0.55 with both" in drawing.caption
    assert row.mean("new", "r") is None
    assert row.std("random", "r") is None


def test_a_wild_model_gets_a_logarithmic_axis(table):
    schemes = dict.fromkeys(("random", "one-seen", "both-unseen", "new"), scores(0.5, 0.4))
    wild = {**schemes, "new": {"r": [0.1], "rmse": [50.0]}}
    figure = pair_schemes(table, [PairRow("a", "A", schemes), PairRow("b", "B", wild)]).figure
    assert [axes.get_xscale() for axes in figure.axes] == ["linear", "log"]


def test_a_product_has_two_colours(table):
    drawing = interaction_figure(table, ["1_Qmax", "1_Qmax × 3_α"], np.array([1.0, 3.0]))
    assert len(drawing.figure.axes[0].patches) == 3
    assert "Products hold 75 %" in drawing.caption
