import numpy as np
from matplotlib.figure import Figure

from clusteract.report.figures.limits import robust_limits, scatter_clipped


def test_limits_hold_a_far_group_but_not_a_sentinel():
    groups = np.concatenate([np.linspace(0, 1, 50), np.linspace(5, 6, 5)])
    assert robust_limits(groups, pad=0) == (0, 6)
    assert robust_limits(np.append(groups, -999.0), pad=0) == (0, 6)


def test_limits_of_constant_missing_and_no_values_have_a_width():
    for values in ([2.0, 2.0], [0.0], [np.nan, np.inf], []):
        low, high = robust_limits(np.array(values))
        assert low < high


def test_points_outside_are_counted_and_marked_at_the_edge():
    axes = Figure().add_subplot()
    axes.set(xlim=(0, 1), ylim=(0, 1))
    x, y = np.array([0.5, -999, 2, np.nan]), np.array([0.5, 0.5, 9, 0.5])
    assert scatter_clipped(axes, x, y) == 2
    drawn = [tuple(p) for c in axes.collections for p in c.get_offsets()]
    assert set(drawn) == {(0.5, 0.5), (0, 0.5), (1, 1)}
