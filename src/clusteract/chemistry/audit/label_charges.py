"""Charges in labels: a lost or added sign shows in what the bare core must have been."""

from __future__ import annotations

import re
from collections import defaultdict

import numpy as np

from clusteract.audit.finding import Finding, spell_rows
from clusteract.audit.registry import rule
from clusteract.chemistry.audit.core_references import PAIRS, core_table, recover_references
from clusteract.chemistry.audit.view import ClusterView
from clusteract.chemistry.formula import MINUS_SIGNS, PLUS_SIGNS, try_parse_formula

_SAME = 6e-5
_FEWEST_MATCHES = 2
_DASH = f"[{MINUS_SIGNS}_]"
_SUFFIX = re.compile(rf"{_DASH}(?:\d+{_DASH})?M\d+(?:{_DASH}\d+)?$")  # isomer and multiplicity


@rule(
    "label-charge",
    domain="clusters",
    settles=2,
    summary="A label's charge fits the bare core that its Δ-values were taken from",
)
def resolve_charges(view: ClusterView) -> tuple[list[Finding], ClusterView]:
    """Find labels with a wrong charge; return the view with better ones.

    Either the Δ-charges of one or two metal atoms leave another charge for the bare core, or all
    the row's references are those of the same metals with another charge.
    """
    better = {**_by_references(view), **_by_charge_balance(view)}
    if not better:
        return [], view
    formulas, findings = list(view.formulas), []
    for row, (charge, why) in sorted(better.items()):
        label = _with_charge(view, view.table.names[row], charge)
        formulas[row] = try_parse_formula(label)
        findings.append(
            view.finding(
                "label-charge",
                "error",
                f"{view.table.names[row]} has a wrong charge: {why}",
                rows=[row],
                columns=[view.table.name_column],
                expected=[label],
                repair="recomputed",
                cause=f"{spell_rows([row])}: the label {view.table.names[row]} should be {label}: "
                f"{why}",
            )
        )
    return findings, ClusterView(view.table, formulas)


def _by_charge_balance(view: ClusterView) -> dict[int, tuple[int, str]]:
    """Return row -> (charge, why) where the bare core's charges add up to another whole number."""
    if not view.has("2_Q", "1_ΔQmin"):
        return {}
    left = np.where(view.n_metals == 1, view.values["2_Q"] - view.values["1_ΔQmin"], np.nan)
    if view.has("1_ΔQmax"):
        both = view.values["2_Q"] - view.values["1_ΔQmin"] - view.values["1_ΔQmax"]
        left = np.where(view.n_metals == 2, both, left)
    whole = np.abs(left - np.round(left)) < _SAME
    rows = np.flatnonzero(whole & (np.abs(left) < 3) & (np.round(left) != view.charge))
    why = "the charges of its bare core add up to {}"
    rows = rows[~np.isnan(view.charge[rows])]
    return {int(r): (int(np.round(left[r])), why.format(int(np.round(left[r])))) for r in rows}


def _by_references(view: ClusterView) -> dict[int, tuple[int, str]]:
    """Return row -> (charge, why) where all references are another charge state's."""
    references = {v: recover_references(view, v, d) for v, d in PAIRS if view.has(v, d)}
    if len(references) < _FEWEST_MATCHES:
        return {}
    constants = np.array([f.constant for f in references.values()])
    cores = np.array(list(core_table(view, references).values()))
    better = {}
    for own, other in _charge_states(view):
        rows = np.flatnonzero(view.core == own)
        there = ~np.isnan(cores[:, other, None]) & ~np.isnan(constants[:, rows])
        like_other = np.abs(constants[:, rows] - cores[:, other, None]) < _SAME
        like_own = np.abs(constants[:, rows] - cores[:, own, None]) < _SAME
        foreign = (like_other | ~there).all(axis=0) & (there.sum(axis=0) >= _FEWEST_MATCHES)
        # Where both charge states share their references, the labels say nothing wrong.
        foreign &= ~(like_own & there).any(axis=0)
        if 0 < foreign.sum() < (view.core == other).sum():
            name = view.core_names[other]
            charge = int(view.charge[view.core == other][0])
            for row in rows[foreign]:
                better[int(row)] = (charge, f"its Δ-values were taken from {name}")
    return better


def _charge_states(view: ClusterView) -> list[tuple[int, int]]:
    """Return pairs of cores of the same metals with different known charges."""
    states: dict[tuple, list[int]] = defaultdict(list)
    listed: set[int] = set()
    for row in np.flatnonzero(view.core >= 0):
        core, formula = int(view.core[row]), view.formulas[row]
        if core not in listed and formula is not None and formula.charge is not None:
            listed.add(core)
            states[tuple(sorted(formula.metals.items()))].append(core)
    return [(a, b) for group in states.values() for a in group for b in group if a != b]


def _with_charge(view: ClusterView, label: str, charge: int) -> str:
    """Put a charge on a label, with the minus sign that the table uses."""
    used = [n[-1] for n in view.table.names if n and n[-1] in MINUS_SIGNS]
    minus = max(set(used), key=used.count) if used else "-"
    match = _SUFFIX.search(label)
    suffix = match.group() if match else ""
    body = label.removesuffix(suffix).rstrip(MINUS_SIGNS + PLUS_SIGNS)
    size = "" if abs(charge) <= 1 else f"^{abs(charge)}"
    sign = "" if charge == 0 else size + (minus if charge < 0 else "+")
    return body + sign + suffix
