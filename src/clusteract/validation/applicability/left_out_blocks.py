"""How far from its training clusters a model was tried: blocks of them left out and predicted."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.cluster.hierarchy import fcluster, ward
from scipy.stats import norm

from clusteract.table import Table
from clusteract.validation.applicability.domain import MEASURES, ApplicabilityDomain
from clusteract.validation.neighbours import Neighbourhood
from clusteract.validation.splits import Split

BLOCKS = 5
_FEWEST = 10  # clusters beyond a limit, and within: fewer say nothing
_SURE = float(norm.ppf(0.95))
# Of the clusters that were tried beyond a limit: the farthest ones alone set none.
_QUANTILE = 0.9


def left_out_blocks(X: np.ndarray) -> list[Split]:
    """Return splits that leave out one block of neighbouring clusters after the other.

    What a random fold leaves out has near neighbours in training; a block has none (leave one
    cluster out: B. Meredig et al., Mol. Syst. Des. Eng. 2018, 3, 819, doi:10.1039/C8ME00012C).
    Blocks are Ward's. One that holds more than half of all clusters is not left out.

    Parameters
    ----------
    X : ndarray, (n_rows, n_descriptors)

    Examples
    --------
    >>> X = np.repeat([[0.0], [1.0], [2.0], [3.0], [4.0]], 4, axis=0)
    >>> [test.tolist() for _, test in left_out_blocks(X)][0]
    [0, 1, 2, 3]
    """
    if len(X) < 2 * _FEWEST:
        return []
    blocks = fcluster(ward(Neighbourhood(X).Z), BLOCKS, "maxclust")
    splits = [(np.flatnonzero(blocks != b), np.flatnonzero(blocks == b)) for b in np.unique(blocks)]
    return sorted((s for s in splits if 2 * len(s[1]) <= len(X)), key=lambda s: int(s[1][0]))


def raised_limits(table: Table, blocks: Sequence[Split], errors: np.ndarray) -> np.ndarray:
    """Return how far beyond each limit of a domain left-out clusters were predicted no worse.

    Parameters
    ----------
    table : Table
        The training clusters, with the columns that the model sees.
    blocks : sequence of Split
        Of `left_out_blocks`.
    errors : ndarray, (n_rows,)
        Of a model that had not seen the cluster's block.

    Returns
    -------
    ndarray, (len(MEASURES),)
        In units of the limit. 1 where clusters beyond it were predicted worse, or where fewer
        than ten were tried: then what lies beyond it is outside.
    """
    judged = [
        ApplicabilityDomain(table.take(train)).judge(table.take(test)) for train, test in blocks
    ]
    if not judged:
        return np.ones(len(MEASURES))
    size = np.abs(np.concatenate([errors[test] for _, test in blocks]))
    seen = np.concatenate([j.seen for j in judged])
    measures = np.vstack([j.measures for j in judged])
    return np.array([_tested(values[seen], size[seen]) for values in measures.T])


def _tested(values: np.ndarray, size: np.ndarray) -> float:
    beyond = values > 1
    if min(beyond.sum(), (~beyond).sum()) < _FEWEST or _larger(size[beyond], size[~beyond]):
        return 1.0
    return float(np.quantile(values[beyond], _QUANTILE))


def _larger(a: np.ndarray, b: np.ndarray) -> bool:
    """Tell whether errors are larger in `a`, more than noise (one-sided, 95 %)."""
    spread = np.sqrt(a.var(ddof=1) / len(a) + b.var(ddof=1) / len(b))
    return bool(a.mean() - b.mean() > _SURE * spread)
