"""Labels: a formula must fit its row; where it does not, the label or the row is wrong."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np

from clusteract.audit.finding import Finding, spell_rows
from clusteract.audit.registry import rule
from clusteract.chemistry.audit.checks import Rows, active_checks
from clusteract.chemistry.audit.formula_fit import Composition, spell_atoms
from clusteract.chemistry.audit.rowdata import make_rows
from clusteract.chemistry.audit.view import ClusterView, mean_valence
from clusteract.chemistry.formula import MINUS_SIGNS, Formula, try_parse_formula

_BODY = re.compile(r"(?:[A-Z][a-z]?\d*)+")
_LONG_COUNT = re.compile(r"\d{2,}")
_MOST_ROWS = 2000
# These depend on the core's reference, which changes with the label.
_OF_THE_CORE = ("reference", "bare-charge")


@rule(
    "label",
    domain="clusters",
    settles=1,
    summary="A label's formula fits its row",
)
def resolve_labels(view: ClusterView) -> tuple[list[Finding], ClusterView]:
    """Find labels whose formula does not fit the row; return the view with better ones.

    A label is wrong where another formula gives all composition values of the row and, if it is
    not just the label without a stray digit, fits the row's charges and energies better.
    """
    composition, rows = Composition(view), make_rows(view)
    formulas, findings = list(view.formulas), []
    for row in _suspects(composition)[:_MOST_ROWS]:
        better, certain = _better_label(composition, rows, int(row))
        if better is None:
            continue
        formulas[row] = try_parse_formula(better)
        findings.append(_report(view, int(row), better, certain))
    return findings, ClusterView(view.table, formulas) if findings else view


def _suspects(composition: Composition) -> np.ndarray:
    """Rows in which the composition columns do not fit, all of them or at least two."""
    if not composition.columns:
        return np.zeros(0, dtype=int)
    grave = [w & ~composition.slight(c) for c, w in composition.wrong.items()]
    enough = min(2, len(composition.columns))
    return np.flatnonzero(np.sum(grave, axis=0) >= enough)


def _better_label(composition: Composition, rows: Rows, row: int) -> tuple[str | None, bool]:
    view = composition.view
    label = view.table.names[row]
    for shorter in _without_a_digit(label):
        formula = try_parse_formula(shorter)
        if formula is not None and composition.fits(row, formula.elements):
            return shorter, True
    atoms = composition.formula_of_values(row)
    if atoms is None:
        return None, False
    better = _relabel(label, atoms)
    formula = try_parse_formula(better)
    if formula is None or not formula.metals:
        return None, False
    votes = _failures(rows, row, view.formulas[row]) - _failures(rows, row, formula)
    alone = len(composition.columns) > 2 and not _neighbour_wrong(composition, row)
    return (better, votes > 0) if votes > 0 or (votes == 0 and alone) else (None, False)


def _without_a_digit(label: str) -> Iterator[str]:
    """Yield the label with each digit of its long counts left out, the last digit first."""
    for match in _LONG_COUNT.finditer(label):
        for k in reversed(range(match.start(), match.end())):
            yield label[:k] + label[k + 1 :]


def _relabel(label: str, atoms: Mapping[str, int]) -> str:
    """Put other atoms into a label, in the label's order, and keep its charge and suffix."""
    match = _BODY.match(label)
    body = match.group() if match else ""
    order = {e: k for k, e in enumerate(re.findall(r"[A-Z][a-z]?", body))}
    ordered = dict(sorted(atoms.items(), key=lambda item: order.get(item[0], 99)))
    return spell_atoms(ordered) + label[len(body) :]


def _failures(rows: Rows, row: int, formula: Formula | None) -> int:
    """Count the checks that a row fails if this is its formula."""
    if formula is None or not formula.metals:
        return 0
    one = replace(
        rows.take(np.array([row])),
        n_metals=np.array([float(formula.n_metals)]),
        n_ligands=np.array([float(formula.n_ligands)]),
        valence=np.array([mean_valence(formula)]),
    )
    checks = [c for c in active_checks(one.values) if c.rule not in _OF_THE_CORE]
    return sum(bool(c.fails(one)[0]) for c in checks)


def _neighbour_wrong(composition: Composition, row: int) -> bool:
    near = [r for r in (row - 1, row + 1) if 0 <= r < composition.view.n]
    return any(bool(w[near].any()) for w in composition.wrong.values())


def _report(view: ClusterView, row: int, better: str, certain: bool) -> Finding:
    label = view.table.names[row]
    long_count = _LONG_COUNT.search(label)
    why = "a stray digit" if certain and long_count else "another cluster's label"
    return view.finding(
        "label",
        "error",
        f"{label} does not fit its row: the composition values are those of {better}",
        rows=[row],
        columns=[view.table.name_column],
        expected=[better],
        repair="recomputed" if certain else None,
        cause=f"{spell_rows([row])}: the label {label} has {why}; the row is that of {better}",
    )


@rule("label-parse", domain="clusters", summary="Every label is a chemical formula")
def unreadable_labels(view: ClusterView) -> Iterator[Finding]:
    """Report labels that are no formula, and those with digits that look out of place."""
    unread = [i for i, f in enumerate(view.formulas) if f is None]
    if unread and len(unread) < view.n:
        yield view.finding(
            "label-parse",
            "warning",
            "not a formula: rules that need one skip these rows",
            rows=unread,
            columns=[view.table.name_column],
        )
    for i, f in enumerate(view.formulas):
        if f is not None and f.remarks:
            yield view.finding(
                "label-parse",
                "warning",
                "; ".join(f.remarks),
                rows=[i],
                columns=[view.table.name_column],
            )


@rule(
    "label-signs",
    domain="clusters",
    summary="One minus sign for all anions, and one spelling of single atoms",
)
def mixed_spellings(view: ClusterView) -> Iterator[Finding]:
    """Note tables that write charges or single atoms in more than one way."""
    signs: dict[str, list[int]] = {}
    ones: dict[bool, list[int]] = {True: [], False: []}
    for i, (name, f) in enumerate(zip(view.table.names, view.formulas, strict=True)):
        if f is None:
            continue
        if name[-1:] in MINUS_SIGNS and name:
            signs.setdefault(name[-1], []).append(i)
        if 1 in f.ligands.values():
            ones[bool(re.search(r"[A-Z][a-z]?1(?!\d)", name))].append(i)
    for what, spelled in (("minus signs", signs.values()), ("single atoms", ones.values())):
        groups = sorted((g for g in spelled if g), key=len)
        if len(groups) > 1:
            rows = [r for g in groups[:-1] for r in g]
            message = f"{what} are written in {len(groups)} ways; these rows differ from the most"
            columns = [view.table.name_column]
            yield view.finding("label-signs", "note", message, rows=rows, columns=columns)
