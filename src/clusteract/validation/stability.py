"""How stable is a selection? Elimination repeated over seeds, and how often each column stays."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import stats
from sklearn.dummy import DummyRegressor
from sklearn.ensemble import RandomForestRegressor
from sklearn.feature_selection import RFE
from sklearn.pipeline import make_pipeline

from clusteract.search.refit import fit_for_predictions


def eliminate(X: np.ndarray, y: np.ndarray, *, keep: int, seed: int) -> np.ndarray:
    """Select descriptors by recursive elimination in a forest of 100 trees.

    Parameters
    ----------
    X : ndarray, (n_rows, n_descriptors)
    y : ndarray, (n_rows,)
    keep : int
    seed : int
        Of the forest.

    Returns
    -------
    ndarray of bool, (n_descriptors,)
    """
    selector = RFE(
        RandomForestRegressor(random_state=seed), n_features_to_select=min(keep, X.shape[1])
    )
    return fit_for_predictions(make_pipeline(selector, DummyRegressor()), X, y)[0].support_


@dataclass(frozen=True)
class Stability:
    """Selections of one size, made again and again.

    Attributes
    ----------
    descriptors : tuple of str, (n_descriptors,)
    kept : ndarray of bool, (n_groups, n_repeats, n_descriptors)
        A group is one training set; a repeat is one seed.
    """

    descriptors: tuple[str, ...]
    kept: np.ndarray

    @property
    def share(self) -> np.ndarray:
        """Share of all selections that kept each descriptor, (n_descriptors,)."""
        return self.kept.mean(axis=(0, 1))

    @property
    def independent(self) -> int:
        """Number of selections that the intervals count.

        Seeds, where there is one training set; training sets, where there are several: two seeds
        on one training set say little more than one.
        """
        groups, repeats, _ = self.kept.shape
        return repeats if groups == 1 else groups

    def intervals(self, level: float = 0.95) -> np.ndarray:
        """Return low and high of each share, (n_descriptors, 2); see `wilson_interval`."""
        n = self.independent
        return np.array([wilson_interval(share * n, n, level) for share in self.share])

    @property
    def index(self) -> float:
        """Agreement of the selections: 1 where all are the same, about 0 where by chance.

        NaN where everything was kept.

        References
        ----------
        S. Nogueira, K. Sechidis, G. Brown, J. Mach. Learn. Res. 18 (2018) 174.
        """
        kept = self.kept.reshape(-1, self.kept.shape[2])
        share, size = kept.mean(axis=0), kept.sum(axis=1).mean() / kept.shape[1]
        if len(kept) < 2 or size in (0, 1):
            return math.nan
        variance = np.mean(share * (1 - share)) * len(kept) / (len(kept) - 1)
        return float(1 - variance / (size * (1 - size)))

    def top(self, n: int) -> list[str]:
        """Return the n most often kept descriptors, the first named first where they tie."""
        order = np.argsort(-self.share, kind="stable")[:n]
        return [self.descriptors[i] for i in order]

    def to_dict(self) -> dict[str, Any]:
        """Return plain values."""
        low, high = self.intervals().T.tolist()
        return {
            "training_sets": self.kept.shape[0],
            "repeats": self.kept.shape[1],
            "index": None if math.isnan(self.index) else self.index,
            "descriptors": {
                name: {"share": share, "low": a, "high": b}
                for name, share, a, b in zip(
                    self.descriptors, self.share.tolist(), low, high, strict=True
                )
            },
        }


def wilson_interval(successes: float, n: int, level: float = 0.95) -> tuple[float, float]:
    """Return the score interval of a share, which stays inside 0 to 1.

    References
    ----------
    E. B. Wilson, J. Am. Stat. Assoc. 22 (1927) 209, doi:10.1080/01621459.1927.10502953.

    Examples
    --------
    >>> low, high = wilson_interval(10, 10)
    >>> round(low, 3), round(high, 3)
    (0.722, 1.0)
    """
    z = float(stats.norm.ppf((1 + level) / 2))
    share = successes / n
    centre = share + z**2 / (2 * n)
    half = z * math.sqrt(share * (1 - share) / n + z**2 / (4 * n**2))
    low, high = (centre - half) / (1 + z**2 / n), (centre + half) / (1 + z**2 / n)
    return max(low, 0.0), min(high, 1.0)
