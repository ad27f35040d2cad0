"""What composition descriptors should be, and which formula fits the ones that are there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from itertools import combinations

import numpy as np

from clusteract.chemistry.audit.view import ClusterView
from clusteract.chemistry.elements import ELEMENTS
from clusteract.chemistry.levels import COMPOSITION

# Column of each sum -> field of an Element.
PROPERTIES = {"3_χ": "chi", "3_EA": "electron_affinity", "3_IE": "ionization_energy"}
_LAST_DIGITS = 2e-6  # relative: sums of rounded constants
_SAME = 2e-5
_MOST_ATOMS = 30.5  # of clusters that are searched for


class Composition:
    """Composition descriptors of a table beside what its labels say.

    Parameters
    ----------
    view : ClusterView

    Attributes
    ----------
    columns : tuple of str
        Composition columns that the table has.
    covered : ndarray of bool, (n,)
        Rows of which every element has frozen constants.
    """

    def __init__(self, view: ClusterView) -> None:
        self.view = view
        self.columns = tuple(c for c in COMPOSITION if view.has(c))
        frozen = np.array([e in ELEMENTS for e in view.elements], dtype=bool)
        self._found: dict[int, dict[str, int] | None] = {}
        self.covered = view.readable & ~(view.counts[:, ~frozen] > 0).any(axis=1)

    @cached_property
    def constants(self) -> dict[str, np.ndarray]:
        """Value of each of the view's elements by property: frozen, or the table's own."""
        return {p: self._constants_of(p) for p in PROPERTIES}

    @property
    def own_constants(self) -> dict[str, dict[str, float]]:
        """Elements whose constant in this table is not the frozen one, by property."""
        out = {}
        for prop in PROPERTIES:
            frozen = _frozen(self.view.elements, prop)
            differs = np.abs(self.constants[prop] - frozen) > 1e-4
            if differs.any():
                constants = zip(self.view.elements, self.constants[prop], differs, strict=True)
                out[prop] = {e: float(c) for e, c, d in constants if d}
        return out

    def _constants_of(self, prop: str) -> np.ndarray:
        frozen = _frozen(self.view.elements, prop)
        rows, total = self.covered, None
        if prop in self.columns:
            total = self.view.values[prop]
        elif f"{prop}ave" in self.columns:
            total = self.view.values[f"{prop}ave"] * self.view.counts.sum(axis=1)
        rows = rows & ~np.isnan(total) if total is not None else rows & False
        if total is None or rows.sum() < max(3 * len(frozen), 1):
            return frozen
        counts, total = self.view.counts[rows], total[rows]
        if np.mean(np.abs(counts @ frozen - total) < 1e-3) > 0.5:
            return frozen
        fitted = _fit_most(counts, total, frozen)
        return fitted if np.mean(np.abs(counts @ fitted - total) < 2e-3) > 0.8 else frozen

    @cached_property
    def expected(self) -> dict[str, np.ndarray]:
        """What each column should be, (n,); NaN where not covered."""
        return {c: np.where(self.covered, v, np.nan) for c, v in self._sums(self.view.counts)}

    def _sums(self, counts: np.ndarray) -> Iterable[tuple[str, np.ndarray]]:
        n_atoms = np.maximum(counts.sum(axis=1), 1)
        for column in self.columns:
            total = counts @ self.constants[column.removesuffix("ave")]
            yield column, total / n_atoms if column.endswith("ave") else total

    @cached_property
    def wrong(self) -> dict[str, np.ndarray]:
        """Cells that are not what the formula gives, beyond round-off, (n,)."""
        wrong = {}
        for column, expected in self.expected.items():
            values = self.view.values[column]
            slack = self.view.tolerance(column) + 1e-6
            far = np.abs(values - expected) > slack
            wrong[column] = far & ~np.isnan(expected) & ~np.isnan(values)
        return wrong

    def slight(self, column: str) -> np.ndarray:
        """Tell where a cell is off in its last digits only, (n,)."""
        expected = np.nan_to_num(self.expected[column])
        off = np.abs(self.view.values[column] - expected)
        return off <= np.maximum(_SAME, _LAST_DIGITS * np.abs(expected))

    def fits(self, row: int, atoms: Mapping[str, int]) -> bool:
        """Tell whether a formula gives all the composition values of a row."""
        return all(
            abs(self.view.values[c][row] - v) < _SAME + self.view.tolerance(c)[row]
            for c, v in describe(atoms, self.columns)
        )

    @cached_property
    def _by_values(self) -> dict[tuple[float, ...], int]:
        stacked = np.column_stack([self.expected[c] for c in self.columns])
        keys = np.round(stacked, 3)
        return {tuple(k): i for i, k in enumerate(keys) if not np.isnan(k).any()}

    def other_row(self, row: int) -> int | None:
        """Return a row whose formula gives this row's composition values, if there is one."""
        observed = [self.view.values[c][row] for c in self.columns]
        hit = self._by_values.get(tuple(np.round(observed, 3)))
        if hit is None or hit == row or not self.fits(row, self._atoms(hit)):
            return None
        return hit

    def _atoms(self, row: int) -> dict[str, int]:
        formula = self.view.formulas[row]
        return {} if formula is None else formula.elements

    def formula_of_values(self, row: int) -> dict[str, int] | None:
        """Search the formula that a row's composition values belong to.

        First the table's other rows, then every count of the label's elements and of the other
        elements in the table, at most four kinds at once, with N = round(3_IE / 3_IEave) atoms.
        """
        if row not in self._found:
            self._found[row] = self._formula_of_values(row)
        return self._found[row]

    def _formula_of_values(self, row: int) -> dict[str, int] | None:
        other = self.other_row(row)
        if other is not None:
            return self._atoms(other)
        if not {"3_IE", "3_IEave"} <= set(self.columns):
            return None
        total, mean = (float(self.view.values[c][row]) for c in ("3_IE", "3_IEave"))
        if not mean > 0 or not 1 <= total / mean < _MOST_ATOMS:
            return None
        return self._search(row, round(total / mean))

    def _search(self, row: int, n_atoms: int) -> dict[str, int] | None:
        own = [e for e in self._atoms(row) if e in ELEMENTS]
        others = [e for e in self.view.elements if e in ELEMENTS and e not in own]
        for extra in (0, 1):
            for added in combinations(others, extra):
                kinds = (*own, *added)
                if len(kinds) > 4:
                    continue
                counts = self._search_counts(row, n_atoms, kinds)
                if counts:
                    return counts
        return None

    def _search_counts(
        self, row: int, n_atoms: int, kinds: tuple[str, ...]
    ) -> dict[str, int] | None:
        counts = _partitions(n_atoms, len(kinds))
        energies = counts @ np.array([ELEMENTS[e].ionization_energy for e in kinds])
        for hit in np.flatnonzero(np.abs(energies - self.view.values["3_IE"][row]) < _SAME):
            atoms = {e: int(k) for e, k in zip(kinds, counts[hit], strict=True) if k}
            if self.fits(row, atoms):
                return atoms
        return None


def element_value(element: str, prop: str) -> float:
    """Return a frozen element's share in a sum such as ``3_EA``."""
    return float(getattr(ELEMENTS[element], PROPERTIES[prop]))


def _frozen(elements: Iterable[str], prop: str) -> np.ndarray:
    return np.array([element_value(e, prop) if e in ELEMENTS else 0.0 for e in elements])


def _fit_most(counts: np.ndarray, total: np.ndarray, start: np.ndarray) -> np.ndarray:
    """Least absolute deviations by reweighting: wrong rows must not bend the constants."""
    weights, fitted = np.ones(len(total)), start
    for _ in range(30):
        root = np.sqrt(weights)[:, None]
        fitted = np.linalg.lstsq(counts * root, total * root[:, 0], rcond=None)[0]
        weights = 1 / np.maximum(np.abs(counts @ fitted - total), 1e-6)
    return fitted


def describe(atoms: Mapping[str, int], columns: Iterable[str]) -> list[tuple[str, float]]:
    """Return (column, value) of composition descriptors of a formula of frozen elements."""
    n_atoms = sum(atoms.values())
    out = []
    for column in columns:
        prop = column.removesuffix("ave")
        total = sum(k * element_value(e, prop) for e, k in atoms.items())
        out.append((column, total / n_atoms if column.endswith("ave") else total))
    return out


_PARTITIONS: dict[tuple[int, int], np.ndarray] = {}


def _partitions(total: int, kinds: int) -> np.ndarray:
    """Return every way to share `total` atoms among so many elements, (n_ways, kinds)."""
    key = (total, kinds)
    if key not in _PARTITIONS:
        if kinds == 1:
            ways = [[total]]
        else:
            ways = [
                [k, *rest] for k in range(total + 1) for rest in _partitions(total - k, kinds - 1)
            ]
        _PARTITIONS[key] = np.array(ways)
    return _PARTITIONS[key]


def spell_atoms(atoms: Mapping[str, int]) -> str:
    """Write a formula.

    Examples
    --------
    >>> spell_atoms({"Fe": 2, "V": 1, "C": 3})
    'Fe2VC3'
    """
    return "".join(f"{e}{k if k > 1 else ''}" for e, k in atoms.items())
