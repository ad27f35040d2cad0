"""The columns that a model needs, held against those that a table has."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass

from clusteract.errors import InputError
from clusteract.table.domain import ANY, Domain


@dataclass(frozen=True)
class ColumnDiff:
    """How a table's columns differ from a model's descriptors.

    Attributes
    ----------
    missing : tuple of str
        Descriptors of the model that the table lacks.
    unknown : tuple of str
        Columns of the table that the model does not know.
    nearest : tuple of (str or None), (n_missing,)
        For each missing one the unknown column that resembles it, None where none does.
    """

    missing: tuple[str, ...]
    unknown: tuple[str, ...]
    nearest: tuple[str | None, ...]

    def lines(self) -> list[str]:
        r"""Return the difference as a table of two columns, one line a descriptor or column.

        Examples
        --------
        >>> diff = compare_columns(("3_EHOMO", "2_Q"), ("2_Q", "HOMO", "note"))
        >>> print(*diff.lines(), sep="\n")
        - 3_EHOMO missing; nearest: HOMO
        + note    unknown
        """
        width = max(len(n) for n in (*self.missing, *self.unknown))
        rows = [
            f"- {name:{width}} missing" + (f"; nearest: {near}" if near else "")
            for name, near in zip(self.missing, self.nearest, strict=True)
        ]
        rest = [u for u in self.unknown if u not in self.nearest]
        return rows + [f"+ {name:{width}} unknown" for name in rest]


class ColumnMismatch(InputError):
    """A table lacks descriptors of a model; `diff` says which and what it has instead."""

    def __init__(self, message: str, diff: ColumnDiff) -> None:
        super().__init__(message)
        self.diff = diff


def compare_columns(
    needed: Sequence[str], found: Sequence[str], domain: Domain = ANY
) -> ColumnDiff:
    """Compare a model's descriptors with a table's columns, by their canonical names.

    Parameters
    ----------
    needed, found : sequence of str
    domain : Domain
        Whose spellings of a column are one.
    """
    have = {domain.canonical(c) for c in found}
    want = {domain.canonical(c) for c in needed}
    missing = tuple(c for c in needed if domain.canonical(c) not in have)
    unknown = tuple(c for c in found if domain.canonical(c) not in want)
    return ColumnDiff(missing, unknown, tuple(_nearest(c, unknown) for c in missing))


def _nearest(name: str, columns: Sequence[str]) -> str | None:
    near = difflib.get_close_matches(name, columns, n=1, cutoff=0.6)
    return near[0] if near else None


def match_columns(
    needed: Sequence[str], found: Sequence[str], where: str, domain: Domain = ANY
) -> list[int]:
    """Return the position in `found` of each needed descriptor.

    Parameters
    ----------
    needed, found : sequence of str
    where : str
        The table, for messages.
    domain : Domain

    Raises
    ------
    ColumnMismatch
        Where descriptors are missing, with the whole difference.
    InputError
        Where two columns are spellings of one descriptor.
    """
    diff = compare_columns(needed, found, domain)
    if diff.missing:
        raise ColumnMismatch(_summary(diff, len(needed), where), diff)
    names = [domain.canonical(c) for c in found]
    positions = []
    for descriptor in needed:
        at = [i for i, name in enumerate(names) if name == domain.canonical(descriptor)]
        if len(at) > 1:
            raise InputError(
                f"{where}: columns {found[at[0]]!r} and {found[at[1]]!r} are both {descriptor}; "
                "delete one"
            )
        positions.append(at[0])
    return positions


def _summary(diff: ColumnDiff, n_needed: int, where: str) -> str:
    shown = [
        repr(name) + (f" (is it {near!r}?)" if near else "")
        for name, near in list(zip(diff.missing, diff.nearest, strict=True))[:5]
    ]
    more = "" if len(diff.missing) <= 5 else f" and {len(diff.missing) - 5} more"
    return (
        f"{where}: {len(diff.missing)} of the model's {n_needed} descriptors missing: "
        f"{', '.join(shown)}{more}; add or rename those columns"
    )
