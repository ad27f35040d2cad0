"""View: a table as the rules see it, with what each label says as arrays."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache, cached_property
from typing import Any

import numpy as np

from clusteract.audit.finding import Finding, Repair, Severity, spell_rows
from clusteract.chemistry.elements import valence_electrons
from clusteract.chemistry.formula import Formula
from clusteract.chemistry.levels import canonical_name
from clusteract.table.table import Table

_DECIMALS = 9
_OF_NUMBERS = ("values", "_tolerances", "memo")
_valence = cache(valence_electrons)


class View:
    """A table with parsed labels, under the canonical column names.

    Parameters
    ----------
    table : Table
    formulas : sequence of Formula or None, optional
        In place of the labels' own, where a label was found wrong.
    """

    def __init__(self, table: Table, formulas: Sequence[Formula | None] | None = None) -> None:
        self.table = table
        self.formulas = tuple(formulas or table.formulas)
        self.spelled = {canonical_name(d): d for d in table.descriptor_names}
        masked = table.mask_sentinels().descriptors
        self.values = {c: masked[:, j] for j, c in enumerate(self.spelled)}
        self._tolerances: dict[str, np.ndarray] = {}
        self.memo: dict[str, Any] = {}  # what is costly to make and used by several rules

    def with_values(self, values: Mapping[str, np.ndarray]) -> View:
        """Return the view with other numbers in some columns; findings still quote the table."""
        other = View(self.table, self.formulas)
        for name, attribute in self.__dict__.items():  # what labels say is the same
            if name not in _OF_NUMBERS:
                other.__dict__[name] = attribute
        other.values = {**self.values, **values}
        return other

    @property
    def n(self) -> int:
        """Number of rows."""
        return self.table.n_rows

    def has(self, *columns: str) -> bool:
        """Tell whether all these canonical columns are there."""
        return all(c in self.values for c in columns)

    # --- labels as arrays -----------------------------------------------------------------

    @cached_property
    def known(self) -> np.ndarray:
        """Whether the label is a formula with a metal, (n,)."""
        return np.array([f is not None and bool(f.metals) for f in self.formulas], dtype=bool)

    @cached_property
    def elements(self) -> tuple[str, ...]:
        """Elements that occur in labels."""
        found: dict[str, None] = {}
        for f in self.formulas:
            if f is not None:
                found.update(dict.fromkeys(f.metals))
                found.update(dict.fromkeys(f.ligands))
        return tuple(found)

    @cached_property
    def counts(self) -> np.ndarray:
        """Atoms of each of `elements`, (n, n_elements)."""
        place = {e: j for j, e in enumerate(self.elements)}
        counts = np.zeros((self.n, len(place)))
        for i, f in enumerate(self.formulas):
            if f is not None:
                for part in (f.metals, f.ligands):
                    for element, k in part.items():
                        counts[i, place[element]] = k
        return counts

    def _of_labels(self, number) -> np.ndarray:
        known = zip(self.formulas, self.known, strict=True)
        return np.array([number(f) if k else np.nan for f, k in known], dtype=float)

    @cached_property
    def n_metals(self) -> np.ndarray:
        """Metal atoms, NaN where the label says nothing, (n,)."""
        return self._of_labels(lambda f: f.n_metals)

    @cached_property
    def n_ligands(self) -> np.ndarray:
        """Ligand atoms, (n,)."""
        return self._of_labels(lambda f: f.n_ligands)

    @cached_property
    def n_atoms(self) -> np.ndarray:
        """All atoms, (n,)."""
        return self.n_metals + self.n_ligands

    @cached_property
    def charge(self) -> np.ndarray:
        """Charge in e, NaN where the label does not say, (n,)."""
        return self._of_labels(lambda f: np.nan if f.charge is None else f.charge)

    @cached_property
    def multiplicity(self) -> np.ndarray:
        """Spin multiplicity, NaN where the label does not say, (n,)."""
        return self._of_labels(lambda f: np.nan if f.multiplicity is None else f.multiplicity)

    @cached_property
    def valence(self) -> np.ndarray:
        """Mean number of valence s and d electrons of the neutral metal atoms, (n,)."""
        return self._of_labels(mean_valence)

    @cached_property
    def core_names(self) -> tuple[str, ...]:
        """Each core once, in the order of the table."""
        return tuple(dict.fromkeys(self._cores))

    @cached_property
    def _cores(self) -> list[str]:
        return [f.core if f is not None and f.metals else "" for f in self.formulas]

    @cached_property
    def core(self) -> np.ndarray:
        """Number of each row's core in `core_names`, -1 where there is none, (n,)."""
        place = {name: j for j, name in enumerate(self.core_names)}
        return np.array([place[c] if c else -1 for c in self._cores])

    # --- numbers --------------------------------------------------------------------------

    def tolerance(self, column: str) -> np.ndarray:
        """Half a unit of the last decimal that a cell is written with, (n,).

        A cell may have lost trailing zeros, so none counts as written with fewer than four
        decimals, unless nearly all of its column is.
        """
        if column not in self._tolerances:
            places = decimals(self.values[column])
            usual = int(np.quantile(places, 0.9)) if len(places) else 0
            places = np.clip(places, min(4, usual), _DECIMALS)
            slack = 1e-9 * np.abs(np.nan_to_num(self.values[column]))
            self._tolerances[column] = 0.6 * 10.0**-places + slack + 1e-9
        return self._tolerances[column]

    # --- findings -------------------------------------------------------------------------

    def finding(
        self,
        rule: str,
        severity: Severity,
        message: str,
        *,
        rows: Iterable[int] = (),
        columns: Sequence[str] = (),
        expected: Iterable[float | str] | None = None,
        repair: Repair | None = None,
        story: str = "",
    ) -> Finding:
        """Make a finding about cells; `columns` may be canonical names or the table's."""
        at = tuple(int(r) for r in rows)
        spelled = tuple(self.spelled.get(c, c) for c in columns)
        return Finding(
            rule=rule,
            severity=severity,
            message=message,
            rows=at,
            clusters=tuple(self.table.names[r] for r in at),
            columns=spelled,
            values=self._cells(at, spelled),
            expected=None if expected is None else tuple(_plain(v) for v in expected),
            repair=repair,
            story=story or self._where(at) + message,
        )

    def _where(self, rows: tuple[int, ...]) -> str:
        if not rows:
            return ""
        return f"{spell_rows(rows)} ({self.table.names[rows[0]]}{', ...' * (len(rows) > 1)}): "

    def _cells(self, rows: tuple[int, ...], columns: tuple[str, ...]) -> tuple:
        if len(columns) != 1 or not rows:
            return ()
        if columns[0] == self.table.name_column:
            return tuple(self.table.names[r] for r in rows)
        if columns[0] == self.table.target_name and self.table.target is not None:
            return tuple(float(v) for v in self.table.target[list(rows)])
        return tuple(float(v) for v in self.table.column(columns[0])[list(rows)])


def _plain(value: float | str) -> float | str:
    return value if isinstance(value, str) else float(value)


def mean_valence(formula: Formula) -> float:
    """Mean valence electrons of a formula's metal atoms; NaN outside the d block."""
    total = sum((_valence(e) or np.nan) * k for e, k in formula.metals.items())
    return total / formula.n_metals


def decimals(values: np.ndarray) -> np.ndarray:
    """Return with how many decimals each value is written, at most 9, whatever float made of it.

    Examples
    --------
    >>> decimals(np.array([2.0, 0.1 + 0.2, 1 / 3]))
    array([0, 1, 9])
    """
    places = np.full(len(values), _DECIMALS)
    for d in range(_DECIMALS - 1, -1, -1):
        exact = np.abs(np.round(values, d) - values) <= 1e-12 * np.maximum(1, np.abs(values))
        places[exact] = d
    return places
