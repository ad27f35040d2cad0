"""The calibration figure counts clusters, not their repeats."""

import numpy as np

from clusteract.chemistry.synthetic import make_synthetic_table
from clusteract.report.figures import calibration
from clusteract.validation.intervals import Coverage


def coverage(repeats):
    measured = np.tile(np.linspace(-13, -9, 20), repeats)
    low, high = measured - np.where(np.arange(20 * repeats) % 10, 1, -1), measured + 1
    return Coverage(
        recipe="r",
        rows=(*range(20),) * repeats,
        measured=tuple(measured),
        predicted=tuple(measured),
        ends={level: (tuple(low), tuple(high)) for level in (0.8, 0.9, 0.95)},
        groups=(("Fe",) * 12 + ("V",) * 8) * repeats,
    )


def test_repeats_do_not_narrow_what_chance_does():
    table = make_synthetic_table(20, seed=0)
    once, often = (calibration(table, coverage(n), "r").figure.axes for n in (1, 5))
    band, again = (axes[0].collections[0].get_paths()[0].vertices for axes in (once, often))
    np.testing.assert_array_equal(again, band)
    reach, later = (axes[1].collections[0].get_segments() for axes in (once, often))
    np.testing.assert_array_equal(later, reach)
    assert [t.get_text() for t in often[1].get_yticklabels()] == ["Fe (12)", "V (8)"]
