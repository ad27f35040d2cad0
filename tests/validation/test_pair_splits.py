"""Pair splits: what "unseen" means, and how much a random split gives away."""

import numpy as np

from clusteract.validation.pairs import disjoint_pair_splits, random_pair_split


def test_a_random_split_deals_out_every_pair_once():
    split = random_pair_split(12, seed=3)
    together = np.vstack([split.train, split.tests["random"]])
    assert len(np.unique(together, axis=0)) == len(together) == 66
    assert (together[:, 0] < together[:, 1]).all()


def test_a_random_split_leaves_no_cluster_unseen():
    assert set(random_pair_split(159).clusters.tolist()) == set(range(159))


def test_unseen_clusters_are_in_no_training_pair():
    for split in disjoint_pair_splits(23, folds=5):
        seen = set(split.train.ravel().tolist())
        assert seen == set(split.clusters.tolist())
        assert not seen & set(split.tests["both-unseen"].ravel().tolist())
        new, reference = split.tests["one-seen"].T
        assert not seen & set(new.tolist())
        assert set(reference.tolist()) == seen


def test_every_cluster_is_unseen_once():
    new = [np.unique(s.tests["one-seen"][:, 0]) for s in disjoint_pair_splits(23, folds=5)]
    assert sorted(np.concatenate(new).tolist()) == list(range(23))
