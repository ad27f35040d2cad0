"""Splits of pairs of clusters: at random, and such that tests hold clusters never trained on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from sklearn.model_selection import train_test_split

from clusteract.estimators.pairwise.pairs import all_pairs
from clusteract.validation.splits import OuterFolds

RANDOM, ONE_SEEN, BOTH_UNSEEN = "random", "one-seen", "both-unseen"


@dataclass(frozen=True)
class PairSplit:
    """Training pairs, and one or more sets of test pairs; a pair is (first, second) row.

    Attributes
    ----------
    train : ndarray of int, (n_pairs, 2)
    tests : mapping of str to ndarray of int, (n_pairs, 2)
        ``random``: drawn from all pairs; nearly every one has both its clusters in training.
        ``one-seen``: a new cluster against a training cluster. ``both-unseen``: two new clusters.
    clusters : ndarray of int
        Rows that training may use.
    """

    train: np.ndarray
    tests: Mapping[str, np.ndarray]
    clusters: np.ndarray


def random_pair_split(n_rows: int, test_share: float = 0.2, seed: int = 16) -> PairSplit:
    """Split all pairs at random, as the reference did.

    The score on such test pairs says little about a new cluster: training has seen both clusters
    of nearly every test pair, in n - 2 other pairs each.

    Parameters
    ----------
    n_rows : int
    test_share : float
    seed : int
        16 is the reference's.

    Examples
    --------
    >>> split = random_pair_split(159)
    >>> len(split.train), len(split.tests["random"])
    (10048, 2513)
    """
    train, test = train_test_split(
        all_pairs(n_rows), test_size=test_share, random_state=seed, shuffle=True
    )
    return PairSplit(train, {RANDOM: test}, np.unique(train))


def disjoint_pair_splits(n_rows: int, folds: int = 10, seed: int = 42) -> list[PairSplit]:
    """Split clusters into folds; train on pairs of training clusters, test on pairs with others.

    Parameters
    ----------
    n_rows : int
    folds : int
        Shuffled, as `OuterFolds(folds, seed=seed)`.
    seed : int

    Examples
    --------
    >>> split = disjoint_pair_splits(20, folds=10)[0]
    >>> len(split.train), {name: len(pairs) for name, pairs in split.tests.items()}
    (153, {'one-seen': 36, 'both-unseen': 1})
    """
    return [_disjoint(*split) for split in OuterFolds(folds, seed=seed).split(range(n_rows))]


def _disjoint(train: np.ndarray, test: np.ndarray) -> PairSplit:
    one_seen = np.column_stack([np.repeat(test, len(train)), np.tile(train, len(test))])
    tests = {ONE_SEEN: one_seen, BOTH_UNSEEN: test[all_pairs(len(test))]}
    return PairSplit(train[all_pairs(len(train))], tests, train)
