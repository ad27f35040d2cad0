"""Progress: what a long study reports while it runs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Progress:
    """A moment of a study.

    Attributes
    ----------
    done, total : int
        Fits of the search space answered, and to answer (shared and stored ones count). The
        total is a guess for parts of the work that depend on which recipe will be the best.
    recipe : str
        The recipe, or the check, whose piece finished last.
    fold, n_folds : int
        Its outer fold.
    resumed : int
        Of `done`, those found in the store.
    """

    done: int
    total: int
    recipe: str
    fold: int
    n_folds: int
    resumed: int


Report = Callable[[Progress], None]


def ignore(progress: Progress) -> None:
    """Report nothing."""
