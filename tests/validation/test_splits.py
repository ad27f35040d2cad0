import numpy as np
import pytest
from sklearn.base import clone
from sklearn.linear_model import LinearRegression
from sklearn.model_selection import KFold, cross_val_score

from clusteract.errors import InputError
from clusteract.validation import OuterFolds, inner_splits


def test_the_first_repeat_is_scikit_learns_shuffled_kfold():
    ours = list(OuterFolds(folds=10, repeats=2, seed=42).split(range(159)))
    theirs = list(KFold(10, shuffle=True, random_state=42).split(np.empty(159)))
    assert len(ours) == 20
    for (a, b), (c, d) in zip(ours, theirs, strict=False):
        assert np.array_equal(a, c)
        assert np.array_equal(b, d)


def test_repeats_differ():
    splits = list(OuterFolds(folds=5, repeats=2, seed=0).split(range(50)))
    assert not np.array_equal(splits[0][1], splits[5][1])


def test_inner_folds_are_contiguous_blocks():
    assert [list(test) for _, test in inner_splits(2, 5)] == [[0, 1, 2], [3, 4]]


@pytest.mark.parametrize(
    ("folds", "n", "message"),
    [
        (1, 50, "outer folds: 1; there must be at least 2"),
        (10, 12, "12 rows are too few for 10 outer folds.*use at most 6 folds"),
        (10, 19, "each test set needs at least 2 rows"),
        (10, 3, "at least 2 rows; add rows$"),
    ],
)
def test_impossible_folds_are_refused(folds, n, message):
    with pytest.raises(InputError, match=message):
        list(OuterFolds(folds=folds).split(range(n)))


@pytest.mark.parametrize(
    "splits",
    [
        list(OuterFolds(4, repeats=2).split(range(40), groups=[i // 4 for i in range(40)])),
        inner_splits(4, 40, groups=[i // 4 for i in range(40)]),
    ],
)
def test_no_fold_parts_a_group(splits):
    for train, test in splits:
        assert not {i // 4 for i in train} & {i // 4 for i in test}
        assert len(train) + len(test) == 40


def test_more_folds_than_groups_are_refused():
    with pytest.raises(InputError, match="3 groups are too few for 4 outer folds"):
        list(OuterFolds(4).split(range(30), groups=["a", "b", "c"] * 10))


def test_scikit_learn_takes_our_folds_and_we_take_its():
    X, y = np.arange(30.0).reshape(-1, 1), np.arange(30.0)
    scores = cross_val_score(LinearRegression(), X, y, cv=OuterFolds(3, repeats=2))
    np.testing.assert_allclose(scores, 1)
    assert clone(OuterFolds(3, 2, 5), safe=False) == OuterFolds(3, 2, 5)
