import numpy as np
import pytest
from sklearn.model_selection import KFold

from clusteract.errors import InputError
from clusteract.validation import OuterFolds, inner_splits


def test_the_first_repeat_is_scikit_learns_shuffled_kfold():
    ours = OuterFolds(folds=10, repeats=2, seed=42).split(159)
    theirs = list(KFold(10, shuffle=True, random_state=42).split(np.empty(159)))
    assert len(ours) == 20
    for (a, b), (c, d) in zip(ours, theirs, strict=False):
        assert np.array_equal(a, c)
        assert np.array_equal(b, d)


def test_repeats_differ():
    splits = OuterFolds(folds=5, repeats=2, seed=0).split(50)
    assert not np.array_equal(splits[0][1], splits[5][1])


def test_inner_folds_are_contiguous_blocks():
    assert [list(test) for _, test in inner_splits(2, 5)] == [[0, 1, 2], [3, 4]]


@pytest.mark.parametrize(
    ("folds", "n", "message"),
    [
        (1, 50, "outer folds: 1; there must be at least 2"),
        (10, 12, "12 clusters are too few for 10 outer folds.*use at most 6 folds"),
        (10, 19, "each test set needs at least 2 clusters"),
        (10, 3, "at least 2 clusters; add clusters$"),
    ],
)
def test_impossible_folds_are_refused(folds, n, message):
    with pytest.raises(InputError, match=message):
        OuterFolds(folds=folds).split(n)
