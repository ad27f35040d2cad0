"""PairwiseWork: what a pairwise comparison of the paper is made of."""

from __future__ import annotations

from dataclasses import dataclass

from mou2025.pair_models import list_pair_models


@dataclass(frozen=True)
class PairwiseWork:
    """What a pairwise comparison is made of.

    Attributes
    ----------
    models : tuple of str
        Of `list_pair_models`.
    folds, seed : int
        Outer, cluster-disjoint folds.
    trials : int
        Of the network's tuning inside each training set; 0 leaves it out.
    products : bool
        Add the products of every two descriptors.
    exhaustive : bool
        Repeat the reference in full.
    explain : bool
        Measure the columns' importance for the network.
    backend : {"numpy", "jax"}
        What trains the network; "jax" is for a GPU.
    """

    models: tuple[str, ...] = tuple(list_pair_models())
    folds: int = 10
    seed: int = 42
    trials: int = 4
    products: bool = True
    exhaustive: bool = False
    explain: bool = True
    backend: str = "numpy"
