"""Pairs by number, and the statistics of their differences, against brute force."""

import numpy as np
import pytest
from sklearn.preprocessing import StandardScaler

from clusteract.estimators.pairwise.pairs import PairRows, all_pairs, count_pairs, nth_pairs

RANDOM = np.random.default_rng(0)
X, Y = RANDOM.normal(size=(12, 4)) + 5, RANDOM.normal(size=12)
SOME = all_pairs(12)[RANDOM.permutation(66)[:20]]


@pytest.mark.parametrize("n", [2, 3, 50])
def test_every_pair_has_its_number(n):
    expected = np.column_stack(np.triu_indices(n, 1))
    np.testing.assert_array_equal(all_pairs(n), expected)


def test_numbers_are_exact_for_many_clusters():
    n = 30_000
    numbers = np.array([0, n - 2, n - 1, count_pairs(n) - 1])
    i, j = nth_pairs(numbers, n)
    assert list(zip(i.tolist(), j.tolist(), strict=True)) == [
        (0, 1),
        (0, n - 1),
        (1, 2),
        (n - 2, n - 1),
    ]


@pytest.mark.parametrize("pairs", [None, SOME])
@pytest.mark.parametrize("both", [False, True])
def test_standardized_differences_are_those_of_a_standard_scaler(pairs, both):
    raw = PairRows(X, Y, pairs, both)
    D, _ = raw.take(np.arange(len(raw)))
    rows, scale = raw.standardized()
    scaler = StandardScaler().fit(D)
    np.testing.assert_allclose(scale, scaler.scale_, rtol=1e-10)
    np.testing.assert_allclose(rows.take(np.arange(len(rows)))[0], scaler.transform(D), atol=1e-10)


def test_both_directions_hold_each_pair_and_its_reverse():
    rows = PairRows(X, Y, SOME, both=True)
    D, d = rows.take(np.arange(40))
    np.testing.assert_array_equal(D[:20], -D[20:])
    np.testing.assert_array_equal(d[:20], -d[20:])


def test_a_constant_column_is_not_blown_up():
    constant = np.column_stack([X[:, 0], np.full(12, 1e6 + 0.1)])
    rows, scale = PairRows(constant, Y).standardized()
    assert scale[1] == 1
    assert np.abs(rows.take(np.arange(66))[0][:, 1]).max() < 1e-9
