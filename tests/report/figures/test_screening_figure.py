from types import SimpleNamespace

import numpy as np
import pytest

from clusteract.chemistry.synthetic import make_synthetic_table
from clusteract.report.figures.screening import screening_figure


@pytest.fixture
def found():
    """Thirty candidates, the first five suggested, one with an interval without ends."""
    rng = np.random.default_rng(0)
    predicted = rng.normal(-11, 1, 30)
    reach = np.where(np.arange(30) == 1, np.inf, 1.0)
    return SimpleNamespace(
        names=make_synthetic_table(30, seed=1).names,
        target="lg(k1)",
        predicted=predicted,
        low=predicted - reach,
        high=predicted + reach,
        level=0.9,
        threshold=-10.0,
        best_known=-9.0,
        novelty=rng.uniform(0, 9, 30),
        inside=np.arange(30) % 2 == 0,
        suggestions=(0, 1, 2, 3, 4),
    )


def test_suggestions_are_named_in_order(found):
    drawing = screening_figure(make_synthetic_table(30, seed=1), found)
    labels = [t.get_text() for t in drawing.figure.axes[1].get_yticklabels()]
    assert labels == [f"{i}  {name}" for i, name in enumerate(found.names[:5], start=1)]
    assert "15 of 30 lie inside" in drawing.caption
    drawing.figure.canvas.draw()


def test_nothing_suggested_is_drawn_too(found):
    found.suggestions = ()
    drawing = screening_figure(make_synthetic_table(30, seed=1), found)
    assert "suggestion" not in drawing.caption
    drawing.figure.canvas.draw()
