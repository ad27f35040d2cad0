"""Splits that ask what screening asks: another group, larger ones, better ones."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from clusteract.errors import InputError, close_matches
from clusteract.table import Table
from clusteract.table.domain import UNREAD, all_domains
from clusteract.validation.splits import GivenFolds, Split

_FEWEST = 3  # rows of a test group: fewer say nothing about a correlation
_SHARE = 0.2


def list_hard_splits(table: Table | None = None) -> list[str]:
    """Return the kinds of hard splits of a table, or of any that some domain knows.

    Examples
    --------
    >>> from clusteract.chemistry.synthetic import make_synthetic_table
    >>> list_hard_splits(make_synthetic_table(20))
    ['metal', 'ligand', 'core', 'largest', 'highest', 'lowest']
    """
    domains = all_domains().values() if table is None else [table.domain]
    kinds = [kind for domain in domains for kind in (*domain.groupings, *domain.orderings)]
    return list(dict.fromkeys([*kinds, *_BY_TARGET]))


def question_words(kind: str) -> str:
    """Say what a hard split asks.

    Examples
    --------
    >>> question_words("metal"), question_words("largest")
    ('one metal left out of training at a time', 'the largest fifth left out of training')
    """
    if kind.endswith("est"):
        return f"the {kind} fifth left out of training"
    return f"one {kind} left out of training at a time"


def hard_folds(table: Table, kind: str) -> GivenFolds:
    """Return the folds of a hard split.

    Parameters
    ----------
    table : Table
    kind : str
        One group of a grouping of the table's domain left out at a time (groups of three rows or
        more; labels that can't be read are no group). Rows that belong to the left-out group and
        to another one are not trained on either. Or the fifth that is largest by one of the
        domain's orderings; the fifth with the ``highest``, or ``lowest``, target.

    Raises
    ------
    InputError
        For an unknown kind, or a table that has no two such groups.

    Examples
    --------
    >>> from clusteract.chemistry.synthetic import make_synthetic_table
    >>> folds = hard_folds(make_synthetic_table(120, seed=0), "metal")
    >>> folds.labels
    ('Co', 'Fe', 'Mo', 'Rh', 'Ta', 'V')
    """
    if kind in table.domain.groupings:
        return group_folds(table, kind, table.domain.groupings[kind](table))
    if kind not in _sorted_by(table):
        raise InputError(
            f"{table.source.name} has no hard split {kind!r}; "
            f"{close_matches(kind, list_hard_splits(table))}"
        )
    return GivenFolds((_last_fifth(_sorted_by(table)[kind](table)),), kind, (kind,))


def group_folds(table: Table, kind: str, groups: Sequence[str]) -> GivenFolds:
    """Return the folds that leave out one group of rows after the other.

    Parameters
    ----------
    table : Table
    kind : str
        What the groups are.
    groups : sequence of str, (n_rows,)

    Raises
    ------
    InputError
        Where there are no two groups of three rows or more.
    """
    labels, splits = _by_group(np.array(groups))
    if not splits:
        raise InputError(
            f"{table.source.name} has no two groups by {kind} of {_FEWEST} {table.domain.rows} or "
            "more"
        )
    return GivenFolds(splits, kind, labels)


def _by_group(groups: np.ndarray) -> tuple[tuple[str, ...], tuple[Split, ...]]:
    names = sorted({*groups.tolist()} - {UNREAD})
    splits = {g: (_without(groups, g), np.flatnonzero(groups == g)) for g in names}
    kept = {g: s for g, s in splits.items() if min(map(len, s)) >= _FEWEST}
    return (tuple(kept), tuple(kept.values())) if len(kept) > 1 else ((), ())


def _without(groups: np.ndarray, group: str) -> np.ndarray:
    """Return the rows whose groups, such as the two metals of Fe-V, share none with a group's."""
    left_out = set(group.split("-"))
    return np.flatnonzero([left_out.isdisjoint(g.split("-")) for g in groups.tolist()])


def _last_fifth(values: np.ndarray) -> Split:
    order = np.argsort(values, kind="stable")
    cut = len(order) - max(round(_SHARE * len(order)), 2)
    return np.sort(order[:cut]), np.sort(order[cut:])


def _sorted_by(table: Table) -> dict[str, Callable[[Table], np.ndarray]]:
    return {**table.domain.orderings, **_BY_TARGET}


def _target(table: Table) -> np.ndarray:
    if table.target is None:
        raise InputError(f"{table.source.name} has no target; name its column (target=...)")
    return table.target


_BY_TARGET: dict[str, Callable[[Table], np.ndarray]] = {
    "highest": _target,
    "lowest": lambda table: -_target(table),
}
