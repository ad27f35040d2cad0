"""References: a Δ-value is measured from the bare core, so from one constant per core."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from clusteract.audit.finding import Finding, spell_rows
from clusteract.chemistry.audit.checks import Check, register_check
from clusteract.chemistry.audit.core_references import (
    PAIRS,
    References,
    core_table,
    recover_references,
)
from clusteract.chemistry.audit.grids import off_grid
from clusteract.chemistry.audit.view import ClusterView

_SAME = 3e-5
_MOST_ROWS = 3000  # rows for which another core is looked for


def _register_reference(value: str, delta: str) -> None:
    register_check(
        Check(
            rule="reference",
            summary=f"{value} minus {delta} is one constant per core",
            columns=(value, delta),
            residual=lambda r: r[value] - r[delta] - r.references.get(value, np.nan),
            tolerance=lambda r: r.tol(value) + r.tol(delta) + 2 * _SAME,
            solve={
                value: lambda r: r[delta] + r.references[value],
                delta: lambda r: r[value] - r.references[value],
            },
        )
    )


for _value, _delta in PAIRS:
    _register_reference(_value, _delta)


@dataclass
class ExplainedReferences:
    """What is known of the references before single cells are looked at.

    Attributes
    ----------
    references : dict of value column to ndarray
        The constant each row is held against; NaN where there is none or it is explained here.
    corrected : dict of column to ndarray
        Δ-columns in which cells explained here are replaced.
    findings : list of Finding
    """

    references: dict[str, np.ndarray] = field(default_factory=dict)
    corrected: dict[str, np.ndarray] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)


def explain_references(view: ClusterView, grids: dict[str, np.ndarray]) -> ExplainedReferences:
    """Find Δ-values taken from another core, from an impossible one, or from two of them."""
    pairs = {value: delta for value, delta in PAIRS if view.has(value, delta)}
    recovered = {v: recover_references(view, v, d) for v, d in pairs.items()}
    out = ExplainedReferences(references={v: f.majority.copy() for v, f in recovered.items()})
    foreign = _foreign_cores(view, recovered)
    for value, delta in pairs.items():
        at = np.array([r for r, (_, values) in foreign.items() if value in values], dtype=int)
        _correct(view, out, recovered[value], value, delta, at)
    out.findings += _report_foreign(view, recovered, pairs, foreign)
    for value, delta in pairs.items():
        handled = {r for r, (_, values) in foreign.items() if value in values}
        for rows in _shared_alternatives(view, recovered[value], handled):
            out.findings += _report_shared(view, out, recovered[value], value, delta, rows, grids)
        out.findings += _report_undecided(view, recovered[value], value, delta)
    return out


# --- Δ taken from another core of the table -------------------------------------------------


def _foreign_cores(
    view: ClusterView, recovered: dict[str, References]
) -> dict[int, tuple[str, tuple[str, ...]]]:
    """Return row -> (the core whose references it has, in which columns)."""
    if len(recovered) < 2:
        return {}
    deviates = np.array([f.deviates for f in recovered.values()])
    rows = np.flatnonzero(deviates.sum(axis=0) >= 2)[:_MOST_ROWS]
    table = np.array(list(core_table(view, recovered).values()))  # (n_pairs, n_cores)
    constants = np.array([f.constant for f in recovered.values()])
    foreign = {}
    for row in rows:
        same = np.abs(table - constants[:, row, None]) < 2 * _SAME
        hits = (same & deviates[:, row, None]).sum(axis=0)
        best = int(np.argmax(hits))
        if hits[best] >= 2 and 2 * hits[best] >= deviates[:, row].sum():
            at = [v for v, s in zip(recovered, same[:, best] & deviates[:, row], strict=True) if s]
            foreign[int(row)] = (view.core_names[best], tuple(at))
    return foreign


def _correct(
    view: ClusterView,
    out: ExplainedReferences,
    recovered: References,
    value: str,
    delta: str,
    rows: np.ndarray,
) -> None:
    column = out.corrected.setdefault(delta, view.values[delta].copy())
    column[rows] = view.values[value][rows] - recovered.majority[rows]
    if view.has(f"{delta}/NL"):
        each = out.corrected.setdefault(f"{delta}/NL", view.values[f"{delta}/NL"].copy())
        each[rows] = column[rows] / np.where(view.n_ligands > 0, view.n_ligands, np.nan)[rows]


def _report_foreign(
    view: ClusterView,
    recovered: dict[str, References],
    pairs: dict[str, str],
    foreign: dict[int, tuple[str, tuple[str, ...]]],
) -> Iterator[Finding]:
    for row, (core, values) in foreign.items():
        own = view.core_names[view.core[row]]
        columns = [pairs[v] for v in values]
        cause = (
            f"{spell_rows([row])} ({view.table.names[row]}): {', '.join(columns)} were taken from "
            f"the bare core {core} instead of {own}: value minus Δ is {core}'s constant"
        )
        for value in values:
            delta = pairs[value]
            expected = view.values[value][row] - recovered[value].majority[row]
            message = (
                f"{value} minus {delta} is {recovered[value].constant[row]:.6g}, the constant of "
                f"{core}; that of {own} is {recovered[value].majority[row]:.6g}"
            )
            yield view.finding(
                "reference",
                "error",
                message,
                rows=[row],
                columns=[delta],
                expected=[expected],
                repair="recomputed",
                cause=cause,
            )


# --- two references in one core -------------------------------------------------------------


def _shared_alternatives(
    view: ClusterView, recovered: References, handled: set[int]
) -> Iterator[np.ndarray]:
    """Yield the rows of each group of two or more that share another constant than their core."""
    rows = np.flatnonzero(recovered.deviates)
    rows = rows[[int(r) not in handled for r in rows]] if len(rows) else rows
    for group in np.unique(recovered.group[rows]):
        shared = rows[recovered.group[rows] == group]
        if len(shared) >= 2:
            yield shared


def _report_shared(
    view: ClusterView,
    out: ExplainedReferences,
    recovered: References,
    value: str,
    delta: str,
    rows: np.ndarray,
    grids: dict[str, np.ndarray],
) -> list[Finding]:
    why = _impossible(view, recovered, value, rows, grids)
    expected = view.values[value][rows] - recovered.majority[rows]
    out.references[value][rows] = np.nan
    core = view.core_names[view.core[rows[0]]]
    other, usual = recovered.constant[rows[0]], recovered.majority[rows[0]]
    n_usual = int(
        (np.abs(recovered.constant - usual) < _SAME)[view.core == view.core[rows[0]]].sum()
    )
    cause = (
        f"{core}: {delta} of {spell_rows(list(rows))} was taken from another bare reference "
        f"({other:.6g}) than that of the core's other {n_usual} rows ({usual:.6g})"
        + (f"; {why}" if why else "")
    )
    if why:
        _correct(view, out, recovered, value, delta, rows)
    message = (
        f"{value} minus {delta} is {other:.6g} in {spell_rows(list(rows))}, but {usual:.6g} in the "
        "core's other rows"
    )
    wrong = {delta: (message, expected)}
    if view.has(f"{delta}/NL"):
        wrong[f"{delta}/NL"] = f"{delta}/NL goes with {delta}", expected / view.n_ligands[rows]
    return [
        view.finding(
            "reference",
            "error" if why else "warning",
            message,
            rows=rows,
            columns=[column],
            expected=values,
            repair="recomputed" if why else None,
            cause=cause,
        )
        for column, (message, values) in wrong.items()
    ]


def _impossible(
    view: ClusterView,
    recovered: References,
    value: str,
    rows: np.ndarray,
    grids: dict[str, np.ndarray],
) -> str:
    """Say why the other constant cannot be right; empty where it can."""
    if not recovered.possible[rows].all():
        return (
            f"no bare core of this charge has it: the mean charge of its metal atoms is "
            f"{view.charge[rows[0]] / view.n_metals[rows[0]]:.4g}"
        )
    step = grids.get(value)
    if step is None or np.isnan(step[rows[0]]):
        return ""
    pair = np.array([recovered.constant[rows[0]], recovered.majority[rows[0]]])
    off = off_grid(pair, step[rows[0]])
    if off[0] and not off[1]:
        return f"it is no mean of {view.n_metals[rows[0]]:.0f} atoms' printed populations"
    return ""


def _report_undecided(
    view: ClusterView, recovered: References, value: str, delta: str
) -> Iterator[Finding]:
    """Report cores whose rows have several constants, none of them in the majority."""
    open_rows = (recovered.group >= 0) & np.isnan(recovered.majority)
    first = np.full(len(view.core_names), np.inf)
    last = np.full(len(view.core_names), -np.inf)
    np.minimum.at(first, view.core[open_rows], recovered.constant[open_rows])
    np.maximum.at(last, view.core[open_rows], recovered.constant[open_rows])
    for core in np.flatnonzero(last - first > 2 * _SAME):
        rows = np.flatnonzero(open_rows & (view.core == core))
        groups = [rows[recovered.group[rows] == g] for g in dict.fromkeys(recovered.group[rows])]
        parts = [f"{recovered.constant[g[0]]:.6g} in {spell_rows(list(g))}" for g in groups]
        columns = [c for c in (delta, f"{delta}/NL") if view.has(c)]
        cause = (
            f"{view.core_names[core]}: {delta} was taken from {len(groups)} bare references "
            f"({'; '.join(parts)}), none in the majority"
        )
        message = f"{value} minus {delta} is not one constant in {view.core_names[core]}"
        yield view.finding("reference", "warning", message, rows=rows, columns=columns, cause=cause)
