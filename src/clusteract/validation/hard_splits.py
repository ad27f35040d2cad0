"""Splits that ask what screening asks: another metal, another ligand, larger, better ones."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from clusteract.errors import InputError, close_matches
from clusteract.table import Table
from clusteract.validation.groups import UNREAD, main_ligand, main_metal
from clusteract.validation.splits import GivenFolds, Split

_FEWEST = 3  # clusters of a test group: fewer say nothing about a correlation
_SHARE = 0.2


def list_hard_splits() -> list[str]:
    """Return the kinds of hard splits.

    Examples
    --------
    >>> list_hard_splits()
    ['metal', 'ligand', 'largest', 'highest', 'lowest']
    """
    return [*_GROUPS, *_SORTED]


def question_words(kind: str) -> str:
    """Say what a hard split asks.

    Examples
    --------
    >>> question_words("metal")
    'one metal left out of training at a time'
    """
    return _QUESTIONS.get(kind, f"one value of {kind} left out of training at a time")


def hard_folds(table: Table, kind: str) -> GivenFolds:
    """Return the folds of a hard split.

    Parameters
    ----------
    table : Table
    kind : {"metal", "ligand", "largest", "highest", "lowest"}
        One metal, or the ligand that names a family, left out at a time (groups of three
        clusters or more; labels that are no formulas are no group). Clusters that hold a metal
        that is left out beside another are not trained on either. Or the fifth with most atoms;
        the fifth with the highest, or lowest, target.

    Raises
    ------
    InputError
        For an unknown kind, a table that has no two such groups, or the largest of clusters
        whose labels are no formulas.

    Examples
    --------
    >>> from clusteract.chemistry.synthetic import make_synthetic_table
    >>> folds = hard_folds(make_synthetic_table(120, seed=0), "metal")
    >>> folds.labels
    ('Co', 'Fe', 'Mo', 'Rh', 'Ta', 'V')
    """
    if kind in _GROUPS:
        return group_folds(table, kind, _GROUPS[kind](table))
    if kind in _SORTED:
        labels, splits = (kind,), (_last_fifth(_SORTED[kind](table)),)
    else:
        raise InputError(f"no hard split {kind!r}; {close_matches(kind, list_hard_splits())}")
    return GivenFolds(splits, kind, tuple(labels))


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
            f"{table.source.name} has no two groups by {kind} of {_FEWEST} clusters or more"
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


def _n_atoms(table: Table) -> np.ndarray:
    unread = [n for n, f in zip(table.names, table.formulas, strict=True) if f is None]
    if unread:
        raise InputError(
            f"{table.source.name}: {unread[0]!r} is no formula ({len(unread)} such labels), so "
            "which clusters have most atoms is not known"
        )
    return np.array([f.n_atoms for f in table.formulas if f], dtype=float)


def _target(table: Table) -> np.ndarray:
    if table.target is None:
        raise InputError(f"{table.source.name} has no target; name its column (target=...)")
    return table.target


_GROUPS: dict[str, Callable[[Table], tuple[str, ...]]] = {
    "metal": main_metal,
    "ligand": main_ligand,
}
_SORTED: dict[str, Callable[[Table], np.ndarray]] = {
    "largest": _n_atoms,
    "highest": _target,
    "lowest": lambda table: -_target(table),
}
_QUESTIONS = {
    "metal": "one metal left out of training at a time",
    "ligand": "one family of ligands left out of training at a time",
    "largest": "the fifth with most atoms left out of training",
    "highest": "the fifth with the highest target left out of training",
    "lowest": "the fifth with the lowest target left out of training",
}
