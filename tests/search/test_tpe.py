import numpy as np

from clusteract.search.tpe import propose

GRID = {"a": list(range(6)), "b": list(range(6)), "c": ["x", "y", "z"]}


def worth(candidate):
    return -((candidate["a"] - 4) ** 2) - (candidate["b"] - 1) ** 2 + (candidate["c"] == "y")


def draw(number, seed):
    random = np.random.default_rng(seed)
    codes = random.permutation(6 * 6 * 3)[:number]
    return [{"a": i % 6, "b": i // 6 % 6, "c": GRID["c"][i // 36]} for i in codes.tolist()]


def search(seed):
    tried = draw(16, seed)
    for generation in range(3):
        scores = [worth(one) for one in tried]
        tried += propose(GRID, tried, scores, 8, [seed, generation])
    return tried


def test_proposals_find_more_than_as_many_random_draws():
    found = np.mean([max(map(worth, search(seed))) for seed in range(20)])
    drawn = np.mean([max(map(worth, draw(40, seed))) for seed in range(20)])
    assert found > drawn + 0.2


def test_nothing_is_proposed_twice():
    for seed in range(5):
        tried = [tuple(one.values()) for one in search(seed)]
        assert len(set(tried)) == len(tried)


def test_the_same_seed_proposes_the_same():
    assert search(3) == search(3)


def test_a_candidate_that_failed_counts_as_the_worst():
    tried = [{"a": a, "b": 0, "c": "x"} for a in range(6)]
    scores = [np.nan, np.nan, np.nan, np.nan, np.nan, 1.0]
    proposed = propose(GRID, tried, scores, 6, [0])
    assert np.mean([one["a"] == 5 for one in proposed]) > 0.5


def test_a_grid_that_is_used_up_proposes_nothing():
    grid = {"a": [0, 1]}
    assert propose(grid, [{"a": 0}, {"a": 1}], [0.0, 1.0], 3, [0]) == []
