"""Composition descriptors: sums and means over the atoms of the formula."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from clusteract.audit.finding import Finding, spell_rows
from clusteract.audit.registry import rule
from clusteract.chemistry.audit.formula_fit import Composition, element_value, spell_atoms
from clusteract.chemistry.audit.view import ClusterView
from clusteract.chemistry.elements import ELEMENTS

_SAME = 2e-5
_MOST_ROWS = 2000
_SLIPS = (-1, 1, -2, 2, -3, 3)


@rule(
    "composition",
    domain="clusters",
    summary="Composition descriptors are those of the label's formula",
)
def wrong_composition(view: ClusterView) -> Iterator[Finding]:
    """Report composition cells that are not what the formula gives, grouped by their cause."""
    composition = Composition(view)
    if not composition.columns:
        return
    yield from _report_constants(view, composition)
    yield from _report_uncovered(view, composition)
    wrong = np.array([composition.wrong[c] for c in composition.columns])
    slight = np.array([composition.slight(c) for c in composition.columns])
    for part in (wrong & ~slight, wrong & slight):
        for rows, columns, cause in _blocks(view, composition, part):
            yield from _report_block(view, composition, part, rows, columns, cause)


def _report_constants(view: ClusterView, composition: Composition) -> Iterator[Finding]:
    for prop, constants in composition.own_constants.items():
        values = ", ".join(f"{e} {c:.6g}" for e, c in constants.items())
        columns = [c for c in (prop, f"{prop}ave") if view.has(c)]
        message = f"{prop} was made with other elemental constants than the package's: {values}"
        yield view.finding("composition", "warning", message, columns=columns)


def _report_uncovered(view: ClusterView, composition: Composition) -> Iterator[Finding]:
    outside = np.flatnonzero(view.readable & ~composition.covered)
    if len(outside):
        unknown = sorted(e for e in view.elements if e not in ELEMENTS)
        message = f"no frozen constants for {', '.join(unknown)}: composition not checked"
        columns = [view.table.name_column]
        yield view.finding("composition", "note", message, rows=outside, columns=columns)


# --- causes ---------------------------------------------------------------------------------


def _blocks(
    view: ClusterView, composition: Composition, wrong: np.ndarray
) -> Iterator[tuple[list[int], tuple[str, ...], tuple[str, str]]]:
    """Yield (rows, columns, cause) for runs of rows that are wrong for the same reason."""
    rows = np.flatnonzero(wrong.any(axis=0))
    open_block: tuple[list[int], tuple[str, ...], tuple[str, str]] | None = None
    for k, row in enumerate(int(r) for r in rows):
        columns = tuple(c for c, w in zip(composition.columns, wrong[:, row], strict=True) if w)
        cause = _cause(view, composition, row, columns) if k < _MOST_ROWS else ("unknown", "")
        if (
            open_block
            and cause == open_block[2]
            and row - open_block[0][-1] <= 2
            and (columns == open_block[1] or cause[0] == "other cluster")
        ):
            open_block[0].append(row)
            continue
        if open_block:
            yield open_block
        open_block = ([row], columns, cause)
    if open_block:
        yield open_block


def _cause(
    view: ClusterView, composition: Composition, row: int, columns: tuple[str, ...]
) -> tuple[str, str]:
    if all(composition.slight(c)[row] for c in columns):
        return "last digits", ""
    divisor = _wrong_divisor(view, composition, row, columns)
    if divisor:
        return "divisor", divisor
    swapped = _swapped_element(view, composition, row, columns)
    if swapped:
        return "element", swapped
    if len(columns) > 1 and composition.formula_of_values(row) is not None:
        return "other cluster", ""
    by = _slip(view, composition, row, columns)
    if by:
        return "slipped", f"{by:+d}"
    return "unknown", ""


def _wrong_divisor(
    view: ClusterView, composition: Composition, row: int, columns: tuple[str, ...]
) -> str:
    """Say by what the sums were divided instead of the number of atoms."""
    if not all(c.endswith("ave") for c in columns):
        return ""
    counts = {"metal": view.n_metals[row], "ligand": view.n_ligands[row]}
    for what, count in counts.items():
        total = {c: composition.expected[c][row] * view.n_atoms[row] for c in columns}
        if count and all(abs(view.values[c][row] - t / count) < _SAME for c, t in total.items()):
            return what
    return ""


def _slip(view: ClusterView, composition: Composition, row: int, columns: tuple[str, ...]) -> int:
    """Return by how many rows the values slipped: the row whose values stand here, less this."""
    for by in _SLIPS:
        if 0 <= row + by < view.n and all(
            abs(view.values[c][row] - composition.expected[c][row + by]) < _SAME for c in columns
        ):
            return by
    return 0


def _swapped_element(
    view: ClusterView, composition: Composition, row: int, columns: tuple[str, ...]
) -> str:
    """Say which element's constant was used in place of whose, where one swap explains it all."""
    formula = view.formulas[row]
    known = [e for e in view.elements if e in ELEMENTS]
    for own, n in (formula.elements if formula else {}).items():
        for other in known:
            if other != own and all(
                abs(_shift(view, composition, row, c, own, other, n)) < _SAME for c in columns
            ):
                return f"{own} as if it were {other}"
    return ""


def _shift(
    view: ClusterView, composition: Composition, row: int, column: str, own: str, other: str, n: int
) -> float:
    prop = column.removesuffix("ave")
    change = n * (element_value(other, prop) - element_value(own, prop))
    change = change / view.n_atoms[row] if column.endswith("ave") else change
    return float(view.values[column][row] - composition.expected[column][row] - change)


# --- words ----------------------------------------------------------------------------------


def _report_block(
    view: ClusterView,
    composition: Composition,
    wrong: np.ndarray,
    rows: list[int],
    columns: tuple[str, ...],
    cause: tuple[str, str],
) -> Iterator[Finding]:
    text = _cause_text(view, composition, rows, columns, cause)
    for column, cells in zip(composition.columns, wrong, strict=True):
        at = [r for r in rows if cells[r]]
        if not at:
            continue
        yield view.finding(
            "composition",
            "warning" if cause[0] == "last digits" else "error",
            f"{column} is not that of the formula",
            rows=at,
            columns=[column],
            expected=composition.expected[column][at],
            repair="recomputed",
            cause=text,
        )


def _cause_text(
    view: ClusterView,
    composition: Composition,
    rows: list[int],
    columns: tuple[str, ...],
    cause: tuple[str, str],
) -> str:
    where, what = spell_rows(rows), ", ".join(columns)
    if cause[0] == "other cluster":
        return f"{where}: {what} belong to other clusters ({_evidence(view, composition, rows)})"
    if cause[0] == "slipped":
        return f"{where}: {what} hold the values of the rows {cause[1]} further down the table"
    if cause[0] == "element":
        return f"{where}: {what} were computed with {cause[1]}"
    if cause[0] == "divisor":
        verb = "divided by the number of" + (" metal atoms" if cause[1] == "metal" else " ligands")
        return f"{where}: {what} are sums {verb}, not of all atoms"
    if cause[0] == "last digits":
        return f"{where}: {what} differ from the formula's in the last digits"
    return f"{where}: {what} are not those of the formula, for no visible reason"


def _evidence(view: ClusterView, composition: Composition, rows: list[int]) -> str:
    """Whose values the rows hold: some in words, and how many are of clusters not in the table."""
    shown: list[str] = []
    strangers = 0
    for row in rows[:_MOST_ROWS]:
        other = composition.other_row(row)
        atoms = composition.formula_of_values(row)
        strangers += other is None and atoms is not None
        if len(shown) < 3 and atoms is not None:
            whose = view.table.names[other] if other is not None else spell_atoms(atoms)
            shown.append(f"{view.table.names[row]} has those of {whose}")
    tail = f"; {strangers} hold those of clusters that the table lacks" if strangers else ""
    return "; ".join(shown) + tail
