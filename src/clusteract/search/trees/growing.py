"""Regression forests grown tree by tree, with scikit-learn's trees but not its checks.

The trees are those that ``fit`` of the forest grows: one is grown by scikit-learn each time and
must be equal, or scikit-learn grows them all.
"""

from __future__ import annotations

from functools import lru_cache
from hashlib import sha256
from numbers import Integral
from typing import Any, NamedTuple

import numpy as np
from sklearn.base import clone
from sklearn.ensemble import ExtraTreesRegressor, RandomForestRegressor

from clusteract.search import sklearn_internals as internals
from clusteract.search.rules.base import Rule, Training

FREE = ("n_estimators", "max_depth")  # settings that trees of one growth may differ in
FEWEST = 10  # trees below which the check costs more than it saves
_LARGEST_INT = np.iinfo(np.int32).max
_EPSILON = np.finfo(np.float64).eps  # impurity at which scikit-learn calls a node pure


def applies(forest: Any, training: Training) -> bool:
    """Tell whether trees can be grown here outside the forest's ``fit``."""
    return (
        type(forest) in (ExtraTreesRegressor, RandomForestRegressor)
        and forest.n_estimators >= FEWEST
        and not training.fit_params
        and forest.criterion in ("squared_error", "friedman_mse")
        and forest.monotonic_cst is None
        and plain_growth(forest, training)
    )


def plain_growth(model: Any, training: Training) -> bool:
    """Tell whether trees grow to a depth alone, on finite arrays: what a `TreeGrower` knows."""
    X, y = training.X, training.y
    return (
        isinstance(model.min_samples_split, Integral)
        and isinstance(model.min_samples_leaf, Integral)
        and model.min_weight_fraction_leaf == 0.0
        and model.max_leaf_nodes is None
        and model.ccp_alpha == 0.0
        and isinstance(X, np.ndarray)
        and X.dtype in (np.float64, np.float32)
        and isinstance(y, np.ndarray)
        and y.ndim == 1
        and y.dtype == np.float64
        and bool(np.isfinite(X).all() and np.isfinite(y).all())
    )


def grow(forest: Any, training: Training) -> Any:
    """Grow a forest, or return None where scikit-learn's first tree differs from ours."""
    first = clone(forest).set_params(n_estimators=1).fit(*training.data)
    X = np.asfortranarray(training.X, dtype=np.float32)
    y = np.ascontiguousarray(training.y.reshape(-1, 1))
    bag = internals.rows_in_each_bag(first)
    draws = draw(int(forest.random_state), int(forest.n_estimators), len(y), bag)
    grower = internals.TreeGrower(first.estimators_[0], len(y), forest.max_depth)
    check = grower.grow(X, y, draws.weight(0), draws.numbers[0])
    if not internals.same_tree(check, first.estimators_[0].tree_):
        return None
    key = _key(forest, X, y)
    grown = training.store.get(key, {})
    trees = []
    for i in range(forest.n_estimators):
        tree = _grown_before(grown, i, forest)
        if tree is None:
            tree = grower.grow(X, y, draws.weight(i), draws.numbers[i])
            training.count("trees", 1)
        trees.append(tree)
    if forest.max_depth is None or training.keep:
        training.store[key] = {**grown, forest.max_depth: trees}
    return _assemble(first, forest, trees, draws)


def _key(forest: Any, X: np.ndarray, y: np.ndarray) -> tuple[str, str]:
    """Name the trees of a forest, whatever their number and depth."""
    rows = sha256(X.tobytes(order="F") + y.tobytes()).hexdigest()
    return Rule.key_without(forest, *FREE, "n_jobs"), f"{X.shape}{rows}"


def _grown_before(grown: dict[Any, list[Any]], i: int, forest: Any) -> Any:
    """Find tree i among those grown already, at this depth limit or without one."""
    same = grown.get(forest.max_depth, [])
    if i < len(same):
        return same[i]
    full = grown.get(None, [])
    fits = i < len(full) and _is_within(full[i], forest)
    return full[i] if fits else None


def _is_within(tree: Any, forest: Any) -> bool:
    """Tell whether a tree grown without a limit would be the same tree with it.

    So it is if no node at the limit was so much as tried for a split: trying draws from the
    random stream, whether a split is found or not.
    """
    if tree.max_depth != forest.max_depth:
        return tree.max_depth < forest.max_depth
    at_limit = tree.compute_node_depths() == forest.max_depth + 1
    fewest = max(forest.min_samples_split, 2 * forest.min_samples_leaf)
    untried = (tree.n_node_samples < fewest) | (tree.impurity <= _EPSILON)
    return bool(untried[at_limit].all())


def _assemble(first: Any, forest: Any, trees: list[Any], draws: Draws) -> Any:
    """Put trees into a fitted forest, as their estimators."""
    model = first.estimators_[0]
    estimators = []
    for tree, seed in zip(trees, draws.seeds, strict=True):
        estimator = object.__new__(type(model))
        estimator.__dict__.update(model.__dict__, tree_=tree, random_state=seed)
        estimators.append(estimator)
    first.estimators_ = estimators
    first.n_estimators = forest.n_estimators
    return first


class Draws(NamedTuple):
    """What a forest's random state decides for each tree.

    Attributes
    ----------
    seeds : list of int
        The trees' own ``random_state``.
    numbers : list of int
        What each tree's splitter draws.
    weights : ndarray of shape (n_trees, n_rows) or None
        How often each row is in the bag; None without bootstrap.
    """

    seeds: list[int]
    numbers: list[int]
    weights: np.ndarray | None

    def weight(self, i: int) -> np.ndarray | None:
        """Return the weights of the rows for one tree."""
        return None if self.weights is None else self.weights[i]


@lru_cache(maxsize=8)
def draw(seed: int, n_trees: int, n_rows: int, bag: int) -> Draws:
    """Draw what a forest of `n_trees` draws, without the data.

    Parameters
    ----------
    seed : int
        The forest's ``random_state``.
    n_trees, n_rows : int
    bag : int
        Rows drawn for each tree; 0 without bootstrap.
    """
    stream = np.random.RandomState(seed)
    seeds = [int(stream.randint(_LARGEST_INT)) for _ in range(n_trees)]
    numbers = [int(np.random.RandomState(s).randint(0, _LARGEST_INT)) for s in seeds]
    if not bag:
        return Draws(seeds, numbers, None)
    bags = [np.random.RandomState(s).randint(0, n_rows, bag) for s in seeds]
    weights = [np.bincount(rows, minlength=n_rows) for rows in bags]
    return Draws(seeds, numbers, np.array(weights, dtype=np.float64))
