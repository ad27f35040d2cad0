"""Progress: what long work reports while it runs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Progress:
    """A moment of a run.

    Attributes
    ----------
    done, total : int
        Steps answered, and to answer (shared and stored ones count): fits of the search space,
        or jobs. The total is a guess for parts of the work that depend on which recipe will be
        the best.
    label : str
        The recipe, or the check, whose job finished last.
    fold, n_folds : int
        Its outer fold.
    resumed : int
        Of `done`, those found in the store.
    """

    done: int
    total: int
    label: str
    fold: int
    n_folds: int
    resumed: int


Report = Callable[[Progress], None]
Say = Callable[[str], None]


def ignore(moment: Progress | str) -> None:
    """Report nothing."""
