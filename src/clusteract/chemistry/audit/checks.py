"""Check: something that must hold between the cells of one row, and how to solve it for each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace

import numpy as np

Solver = Callable[["Rows"], np.ndarray]


@dataclass(frozen=True)
class Rows:
    """Some rows of a table with all that checks need, every array (n_rows,).

    Attributes
    ----------
    values, tolerances : mapping of canonical column to array
    n_metals, n_ligands, charge, valence : ndarray
        NaN where the label does not say.
    references : mapping of value column to array
        The bare core's value, NaN where it is not known.
    grids : mapping of column to array
        Step of which every value of a column is a whole multiple, where it has one.
    """

    values: Mapping[str, np.ndarray]
    tolerances: Mapping[str, np.ndarray]
    n_metals: np.ndarray
    n_ligands: np.ndarray
    charge: np.ndarray
    valence: np.ndarray
    references: Mapping[str, np.ndarray] = field(default_factory=dict)
    grids: Mapping[str, np.ndarray] = field(default_factory=dict)

    def __getitem__(self, column: str) -> np.ndarray:
        """Return a column's cells."""
        return self.values[column]

    def tol(self, column: str) -> np.ndarray:
        """Round-off of a column's cells."""
        return self.tolerances[column]

    def take(self, rows: np.ndarray) -> Rows:
        """Return some of the rows."""

        def part(arrays: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
            return {name: values[rows] for name, values in arrays.items()}

        return Rows(
            part(self.values),
            part(self.tolerances),
            self.n_metals[rows],
            self.n_ligands[rows],
            self.charge[rows],
            self.valence[rows],
            part(self.references),
            part(self.grids),
        )

    def put(self, column: str, values: np.ndarray) -> Rows:
        """Return the rows with other values in one column."""
        return replace(self, values={**self.values, column: values})


@dataclass(frozen=True)
class Check:
    """One thing that must hold in every row.

    Attributes
    ----------
    rule : str
        The rule it belongs to.
    summary : str
        What must hold, for the message.
    columns : tuple of str
        The cells it ties together.
    residual : callable
        Rows -> (n_rows,): how far it is from holding; NaN where it does not apply.
    tolerance : callable
        Rows -> (n_rows,): round-off.
    solve : mapping of column to callable
        What a column would have to be for the check to hold.
    exact : bool
        False for bounds and estimates, which tell that a cell is wrong but not its value.
    """

    rule: str
    summary: str
    columns: tuple[str, ...]
    residual: Solver
    tolerance: Solver
    solve: Mapping[str, Solver]
    exact: bool = True

    def fails(self, rows: Rows) -> np.ndarray:
        """Tell where it does not hold, (n_rows,); False where it does not apply."""
        residual = np.abs(self.residual(rows))
        return np.where(np.isnan(residual), False, residual > self.tolerance(rows))

    def applies(self, rows: Rows) -> np.ndarray:
        """Tell where it says anything, (n_rows,)."""
        return ~np.isnan(self.residual(rows))


CHECKS: list[Check] = []


def register_check(check: Check) -> Check:
    """Add a check to those that every row is held against."""
    CHECKS.append(check)
    return check


def active_checks(columns: Iterable[str]) -> list[Check]:
    """Return the checks whose columns a table has."""
    there = set(columns)
    return [c for c in CHECKS if there.issuperset(c.columns)]


def where(condition: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Return the values where a check applies, else NaN."""
    return np.where(condition, values, np.nan)
