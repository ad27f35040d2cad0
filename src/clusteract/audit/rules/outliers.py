"""Outliers: values far from what the other columns of their row let one expect."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from clusteract.audit.finding import Finding
from clusteract.audit.plausibility import plausibility
from clusteract.audit.registry import rule
from clusteract.audit.view import View

_FAR = 9.0  # robust standard deviations
_ALONE = 1.3  # times as far as the farthest value that is none
_SHOWN_FAR = 1000.0
_FEWEST = 20
_FEWEST_VALUES, _MOSTLY = 10, 0.75  # of a column of fewer, or mostly of one, no value is odd


@rule("outlier", summary="Values fit what the rest of the table lets one expect")
def outliers(view: View) -> Iterator[Finding]:
    """Report single values far off and apart, in columns that no exact rule checks."""
    if view.n < _FEWEST:
        return
    model = plausibility(view)
    by_rows: dict[tuple[int, ...], dict[str, np.ndarray]] = {}
    for column, values in {**view.measured, **view.target_column}.items():
        distinct, place, counts = np.unique(values, return_inverse=True, return_counts=True)
        levels = len(distinct) < _FEWEST_VALUES or counts.max() > _MOSTLY * view.n
        if column in view.explained or levels:
            continue
        distance = model.distance(column, values)
        # What stands in several rows is a property that they share, no slip of a hand.
        far = (distance > _FAR) & (counts[place] == 1)
        far &= distance > _ALONE * distance[~far].max(initial=0)
        rows = tuple(int(r) for r in np.flatnonzero(far))
        if 0 < len(rows) <= max(3, 0.02 * view.n):
            by_rows.setdefault(rows, {})[column] = distance[list(rows)]
    for rows, columns in by_rows.items():
        message = "; ".join(
            f"{column} lies {', '.join(_spell(d) for d in distances[:5])} robust standard "
            "deviations from what its row lets expect"
            for column, distances in columns.items()
        )
        yield view.finding("outlier", "warning", message, rows=rows, columns=list(columns))


def _spell(distance: float) -> str:
    return f"{distance:.0f}" if distance < _SHOWN_FAR else f"over {_SHOWN_FAR:.0f}"
