"""ApplicabilityDomain: whether a row lies inside what a model was trained on, and why."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from clusteract.errors import InputError
from clusteract.table import Table
from clusteract.validation.neighbours import Neighbourhood, nearest

_NEAREST = 3
# A training cluster seldom lies that far from the others; the farthest one sets no limit alone.
_QUANTILE = 0.99
_FARTHER = 1.25  # than that quantile
_VARIANCE = 0.95  # of the descriptors, kept by the components that leverage is measured on
_BEYOND = 0.25  # of a descriptor's training range: less beyond it is a small extrapolation
_SHOWN = 3

# What is measured beside what was never seen, in the order of `Judgement.measures`.
MEASURES = ("distance", "leverage", "range")
_DISTANCE, _LEVERAGE, _RANGE = range(3)


@dataclass(frozen=True)
class Judgement:
    """What an applicability domain says of rows.

    Attributes
    ----------
    measures : ndarray, (n, len(MEASURES))
        Distance to the nearest training clusters, leverage, and how far the worst descriptor is
        beyond its range; each in units of its limit: above 1 is outside.
    seen : ndarray of bool, (n,)
    reasons : tuple of tuple of str, (n,)
        Why each cluster is outside, in words; empty inside.
    remarks : tuple of tuple of str, (n,)
        What else is unusual about each cluster, in words; but training clusters like that were
        predicted no worse.
    """

    measures: np.ndarray
    seen: np.ndarray
    reasons: tuple[tuple[str, ...], ...]
    remarks: tuple[tuple[str, ...], ...]

    @property
    def distance(self) -> np.ndarray:
        """To the nearest training clusters, in units of the limit, (n,)."""
        return self.measures[:, _DISTANCE]

    @property
    def inside(self) -> np.ndarray:
        """Whether each cluster lies inside, (n,)."""
        return np.array([not r for r in self.reasons], dtype=bool)

    def words(self) -> list[str]:
        """Return one phrase a cluster.

        Examples
        --------
        >>> reasons = (), ("no training cluster holds W",)
        >>> seen = np.array([True, False])
        >>> Judgement(np.zeros((2, 3)), seen, reasons, ((), ())).words()
        ['inside', 'outside: no training cluster holds W']
        """
        return ["outside: " + "; ".join(r) if r else "inside" for r in self.reasons]


class ApplicabilityDomain:
    """The applicability domain of a model: what was seen, ranges, distance and leverage.

    A row is outside where any of these holds:

    - the table's domain finds in it what no training row holds, such as an element;
    - a descriptor lies beyond its training range by more than a quarter of that range;
    - its three nearest training clusters are farther, by a quarter, than those of 99 % of
      training clusters;
    - its leverage on the main components exceeds, by a quarter, three times the mean, 3 k / n,
      and that of 99 % of training clusters (P. Gramatica, QSAR Comb. Sci. 2007, 26, 694,
      doi:10.1002/qsar.200610151).

    The last three limits are raised as far as `raised_limits` found that training clusters, left
    out in blocks, were predicted no worse; what lies between is remarked on. No target is used
    here. Whether errors are larger outside is for each study to show (`fold_trust`).

    Parameters
    ----------
    table : Table
        The training clusters, with the columns that the model sees.
    tested : ndarray, (len(MEASURES),), optional
        What `raised_limits` returned, each 1 or more.
    known : (Neighbourhood, ndarray), optional
        Of the table's descriptors, with its own distances, where they are known already.

    Examples
    --------
    >>> from clusteract.chemistry.synthetic import make_synthetic_table
    >>> table = make_synthetic_table(150, seed=1)
    >>> domain = ApplicabilityDomain(table)
    >>> bool(domain.judge(table).inside.mean() > 0.9)
    True
    >>> domain.judge(make_synthetic_table(5, seed=2, heteronuclear=True)).reasons[0][0]
    'no training cluster holds ... together'
    """

    def __init__(
        self,
        table: Table,
        tested: np.ndarray | None = None,
        known: tuple[Neighbourhood, np.ndarray] | None = None,
    ) -> None:
        self.names = table.descriptor_names
        self.tested = np.ones(len(MEASURES)) if tested is None else np.asarray(tested, dtype=float)
        self._never_seen = (
            None if table.domain.never_seen is None else table.domain.never_seen(table)
        )
        self.space = Neighbourhood(table.descriptors) if known is None else known[0]
        own = self.space.own_distances() if known is None else known[1]
        usual = np.quantile(_mean_of_nearest(own), _QUANTILE)
        self.usual_distance = max(_FARTHER * float(usual), 1e-9)
        self._set_components()
        # What says only what a row is made of has rules of its own.
        self._ranged = np.array([not table.domain.is_count(n) for n in self.names])
        self._low, self._high = _ranges(table.descriptors)

    def _set_components(self) -> None:
        Z = self.space.Z
        left, sizes, right = np.linalg.svd(Z, full_matrices=False)
        share = np.cumsum(sizes**2) / max(np.sum(sizes**2), 1e-300)
        k = min(int(np.searchsorted(share, _VARIANCE)) + 1, int(np.sum(sizes > 1e-9)))
        self._components = right[:k].T / np.maximum(sizes[:k], 1e-300)
        own = (left[:, :k] ** 2).sum(axis=1)
        usual = max(3 * k / len(Z), float(np.quantile(own, _QUANTILE)), 1e-9)
        self._usual_leverage = _FARTHER * usual

    def judge(self, table: Table, distances: np.ndarray | None = None) -> Judgement:
        """Judge a table's clusters.

        Parameters
        ----------
        table : Table
            With the same columns, in the same order.
        distances : ndarray, (n, n_training), optional
            Where they are known already (`ApplicabilityDomain.space`).

        Raises
        ------
        InputError
            For other columns.
        """
        if table.descriptor_names != self.names:
            raise InputError(
                f"{table.source.name}: its columns are not those of the training table; "
                "bring them into that order first"
            )
        excess = self._excess(table.descriptors)
        measures = self._measures(table.descriptors, excess, distances)
        reasons = self._unseen(table)
        seen = np.array([not r for r in reasons], dtype=bool)
        remarks: list[tuple[str, ...]] = [()] * table.n_rows
        for i in np.flatnonzero(np.any(measures > 1, axis=1)):
            known = table.descriptors[i], excess[i]
            outside = measures[i] > self.tested
            reasons[i] += tuple(self._words(*known, measures[i] / self.tested, outside))
            odd = ~outside & (measures[i] > 1)
            remarks[i] = tuple(self._words(*known, measures[i], odd))
        return Judgement(measures / self.tested, seen, tuple(reasons), tuple(remarks))

    def _measures(
        self, X: np.ndarray, excess: np.ndarray, distances: np.ndarray | None
    ) -> np.ndarray:
        far = self.space.distances(X) if distances is None else distances
        leverage = ((self.space.standardise(X) @ self._components) ** 2).sum(axis=1)
        return np.column_stack(
            [
                _mean_of_nearest(far) / self.usual_distance,
                leverage / self._usual_leverage,
                excess.max(axis=1, initial=0.0),
            ]
        )

    def _unseen(self, table: Table) -> list[tuple[str, ...]]:
        return [()] * table.n_rows if self._never_seen is None else self._never_seen(table)

    def _excess(self, X: np.ndarray) -> np.ndarray:
        """Return how far each value is beyond its range, in units of what is allowed."""
        slack = _BEYOND * (self._high - self._low) + 1e-9
        with np.errstate(invalid="ignore"):
            beyond = np.maximum(self._low - X, X - self._high) / slack
        return np.where(self._ranged & (beyond > 0), beyond, 0.0)

    def _words(
        self, x: np.ndarray, excess: np.ndarray, measures: np.ndarray, said: np.ndarray
    ) -> Iterator[str]:
        """Say those of a cluster's measures that are to be said."""
        if said[_RANGE]:
            yield from self._range_words(x, excess)
        if said[_DISTANCE]:
            yield f"far from all training rows ({measures[_DISTANCE]:.1f} times the limit)"
        if said[_LEVERAGE]:
            times = f"{measures[_LEVERAGE]:.1f} times the limit"
            yield f"an unusual mixture of descriptors (leverage {times})"

    def _range_words(self, x: np.ndarray, excess: np.ndarray) -> Iterator[str]:
        columns = np.flatnonzero(excess > 1)
        for j in columns[:_SHOWN]:
            side = "above" if x[j] > self._high[j] else "below"
            limit = self._high[j] if x[j] > self._high[j] else self._low[j]
            yield f"{self.names[j]} {x[j]:.3g} is {side} {limit:.3g}"
        if len(columns) > _SHOWN:
            more = len(columns) - _SHOWN
            yield f"{more} more descriptor{'s' if more > 1 else ''} out of range"


def _mean_of_nearest(distances: np.ndarray) -> np.ndarray:
    _, far = nearest(distances, min(_NEAREST, max(distances.shape[1] - 1, 1)))
    return far.mean(axis=1)


def _ranges(X: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    known = ~np.isnan(X)
    low = np.min(X, axis=0, where=known, initial=np.inf)
    high = np.max(X, axis=0, where=known, initial=-np.inf)
    none = ~known.any(axis=0)
    return np.where(none, -np.inf, low), np.where(none, np.inf, high)
