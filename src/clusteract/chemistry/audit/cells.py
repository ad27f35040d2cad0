"""The row checks as findings: verdicts on single cells, gathered by rule, column and cause."""

from __future__ import annotations

from collections.abc import Hashable, Iterator

import numpy as np

from clusteract.audit.finding import Finding, spell_rows
from clusteract.audit.plausibility import plausibility
from clusteract.audit.registry import rule
from clusteract.chemistry.audit.checks import CHECKS, Check
from clusteract.chemistry.audit.diagnosis import Verdict, diagnose
from clusteract.chemistry.audit.grids import printed_grids
from clusteract.chemistry.audit.references import explain_references
from clusteract.chemistry.audit.rowdata import make_rows
from clusteract.chemistry.audit.view import ClusterView

_MOST_SINGLE = 30


def _found(view: ClusterView) -> list[Finding]:
    """Hold every row against every check and say which cells are wrong; done once a view."""
    if "cells" not in view.memo:
        grids = printed_grids(view)
        explained = explain_references(view, grids)
        rows = make_rows(
            view, references=explained.references, grids=grids, corrected=explained.corrected
        )
        verdicts = diagnose(rows, plausibility(view))
        findings = _findings(view, verdicts, explained.references)
        view.memo["cells"] = explained.findings + findings
    return view.memo["cells"]


def _findings(
    view: ClusterView, verdicts: list[Verdict], references: dict[str, np.ndarray]
) -> list[Finding]:
    """Gather verdicts: rows with the same verdicts make one cause."""
    by_row: dict[int, list[Verdict]] = {}
    for v in verdicts:
        by_row.setdefault(v.row, []).append(v)
    groups: dict[Hashable, list[int]] = {}
    for row, of_row in sorted(by_row.items()):
        alone = row if len(by_row) <= _MOST_SINGLE and _about_reference(of_row) else None
        key = (alone, tuple((v.check.summary, v.column, v.rivals, v.likely) for v in of_row))
        groups.setdefault(key, []).append(row)
    findings: list[Finding] = []
    for rows in groups.values():
        cause = _cause_text(view, rows, by_row[rows[0]], references)
        findings += _tell(view, [v for r in rows for v in by_row[r]], cause)
    return findings


def _about_reference(verdicts: list[Verdict]) -> bool:
    return all(v.check.rule == "reference" for v in verdicts)


def _tell(view: ClusterView, verdicts: list[Verdict], cause: str) -> Iterator[Finding]:
    """Yield one finding for each column and rule of a cause."""
    cells: dict[tuple[str, str], list[Verdict]] = {}
    for v in verdicts:
        cells.setdefault((v.check.rule, v.column), []).append(v)
    for (name, column), alike in cells.items():
        expected = [v.expected for v in alike]
        exact = bool(np.isfinite(expected).all())
        yield view.finding(
            name,
            "error",
            f"{column}{_doubt(alike[0])} is wrong: {alike[0].check.summary}",
            rows=[v.row for v in alike],
            columns=[column],
            expected=expected if exact else None,
            repair="recomputed" if exact and not alike[0].rivals else None,
            cause=cause,
        )


def _doubt(verdict: Verdict) -> str:
    if not verdict.rivals:
        return ""
    word = "less likely" if verdict.likely else "or"
    return f" ({word} {' or '.join(verdict.rivals)})"


def _cause_text(
    view: ClusterView, rows: list[int], verdicts: list[Verdict], references: dict[str, np.ndarray]
) -> str:
    where = spell_rows(rows) + (f" ({view.table.names[rows[0]]})" if len(rows) == 1 else "")
    columns = " and ".join(dict.fromkeys(v.column + _doubt(v) for v in verdicts))
    reasons = "; ".join(dict.fromkeys(v.check.summary for v in verdicts))
    text = f"{where}: {columns} {'is' if len(verdicts) == 1 else 'are'} wrong: {reasons}"
    if len(rows) == 1 and _about_reference(verdicts):
        value, delta = verdicts[0].check.columns
        here = view.values[value][rows[0]] - view.values[delta][rows[0]]
        usual, core = references[value][rows[0]], view.core_names[view.core[rows[0]]]
        text += f" ({here:.6g} here, {usual:.6g} in most rows of {core})"
    return text


def _register(name: str, checks: list[Check]) -> None:
    """Register the row checks of one name as a rule: all rows are diagnosed together."""
    columns = min((check.columns for check in checks), key=len)

    @rule(
        name,
        domain="clusters",
        summary="; ".join(dict.fromkeys(check.summary for check in checks)),
        needs=columns if len({check.columns for check in checks}) == 1 else (),
    )
    def find(view: ClusterView) -> list[Finding]:
        return [f for f in _found(view) if f.rule == name]


def register_checks() -> None:
    """Register the rules of all checks, once every family has added its own."""
    by_name: dict[str, list[Check]] = {}
    for check in CHECKS:
        by_name.setdefault(check.rule, []).append(check)
    for name, checks in by_name.items():
        _register(name, checks)
