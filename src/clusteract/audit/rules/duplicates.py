"""Duplicates: names, rows, and values copied from one row to another."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import numpy as np

from clusteract.audit.finding import Finding, Severity
from clusteract.audit.registry import rule
from clusteract.audit.view import View, decimals

_FEWEST_COPIED = 3
_FEWEST_DIGITS = 1000  # a value of fewer digits is often met twice
_IDENTIFYING = 0.95  # of the names differ where names tell rows apart
_SHOWN = 5


def equal_rows(view: View, *more: np.ndarray) -> list[np.ndarray]:
    """Return the rows of each set with the same measured values, and in more columns.

    Tables of one column have none: its values repeat by nature.
    """
    columns = [view.values[c] for c in view.measured_or_category]
    if len(columns) < 2:
        return []
    keys = np.nan_to_num(np.column_stack([*columns, *more]), nan=1e300)
    _, inverse, counts = np.unique(keys, axis=0, return_inverse=True, return_counts=True)
    order = np.argsort(inverse.ravel(), kind="stable")
    return [rows for rows in np.split(order, np.cumsum(counts)[:-1]) if len(rows) > 1]


@rule("same-row", summary="No row stands in the table twice")
def same_row(view: View) -> Iterator[Finding]:
    """Report rows with the same values throughout, target included.

    Where names tell rows apart, a name that is repeated with them makes it certain; and where
    the domain says so, other names do too.
    """
    names, target = view.table.names, view.table.target
    named = len(set(names)) >= _IDENTIFYING * view.n
    repeats: list[tuple[int, int]] = []
    for rows in equal_rows(view, *([] if target is None or view.distinct else [target])):
        whole = len({names[r] for r in rows}) == 1 and (target is None or np.ptp(target[rows]) == 0)
        if (whole and named) or view.distinct:
            yield _certain_repeat(view, rows, whole)
        else:
            repeats += [(int(r), int(rows[0])) for r in rows[1:]]
    if repeats:
        decisive = [*view.measured.values()] if target is None else [target]
        telling = any(10 * len(np.unique(v)) > view.n for v in decisive)
        severity: Severity = "warning" if telling else "note"
        shown = "; ".join(f"{r} repeats {first}" for r, first in sorted(repeats)[:_SHOWN])
        more = f"; {len(repeats) - _SHOWN} more" if len(repeats) > _SHOWN else ""
        message = f"rows are equal to earlier ones in every column ({shown}{more}): a random split "
        message += "puts copies on both sides; delete them, or give --groups"
        at = sorted(r for r, _ in repeats)
        yield view.finding("same-row", severity, message, rows=at, columns=[view.table.name_column])


def _certain_repeat(view: View, rows: np.ndarray, whole: bool) -> Finding:
    names = sorted({view.table.names[r] for r in rows})
    if whole:
        what = f"the row of {names[0]} is repeated"
    else:
        what = f"{', '.join(names)} share all values that differ between {view.rows}"
    return view.finding(
        "same-row",
        "error" if whole or len(names) > 1 else "warning",
        f"{what} (first in row {rows[0]})",
        rows=rows[1:],
        columns=[view.table.name_column],
        repair="dropped" if whole else None,
    )


@rule("same-name", summary="Every row has its own name")
def same_name(view: View) -> Iterator[Finding]:
    """Report names that occur more than once; many of them are told together."""
    names = view.table.names
    often = {name: k for name, k in Counter(names).items() if k > 1}
    columns = [view.table.name_column]
    if len(often) > _SHOWN:
        rows = [i for i, name in enumerate(names) if name in often]
        severity: Severity = "warning" if 2 * len(rows) < view.n else "note"
        shown = ", ".join(list(often)[:_SHOWN])
        message = f"{len(often)} names stand in several rows ({shown}, ...)"
        yield view.finding("same-name", severity, message, rows=rows, columns=columns)
        return
    for name, k in often.items():
        rows = [i for i, other in enumerate(names) if other == name]
        message = f"{name} is the name of {k} rows"
        yield view.finding("same-name", "warning", message, rows=rows, columns=columns)


@rule("copied", summary="No two rows share several measured values")
def copied(view: View) -> Iterator[Finding]:
    """Report pairs of rows of which three or more values are equal to the last digit."""
    shared: dict[tuple[int, int], list[str]] = {}
    measured = tuple(view.measured)
    for column in measured:
        for pair in _equal_pairs(view, column):
            shared.setdefault(pair, []).append(column)
    twins = {pair for pair, columns in shared.items() if len(columns) == len(measured)}
    pairs = {
        pair: columns
        for pair, columns in shared.items()
        if len(view.sources(columns)) >= _FEWEST_COPIED and pair not in twins
    }
    if not view.distinct and len(pairs) > _SHOWN:
        return  # rows of this table share values by nature
    for pair, columns in pairs.items():
        names = [view.table.names[r] for r in pair]
        message = f"{names[0]} and {names[1]} share {', '.join(columns)}"
        yield view.finding("copied", "warning", message, rows=pair, columns=columns)


def _equal_pairs(view: View, column: str) -> Iterator[tuple[int, int]]:
    """Yield pairs of rows with the same telling value; rare ones only."""
    values = view.values[column]
    digits = np.abs(values) * 10.0 ** decimals(values)
    telling = np.flatnonzero(np.isfinite(values) & (digits > _FEWEST_DIGITS))
    order = telling[np.argsort(values[telling], kind="stable")]
    same = np.flatnonzero(values[order][1:] == values[order][:-1])
    if len(same) > len(order) // 10:  # such values repeat by nature
        return
    for k in same:
        first, second = sorted((int(order[k]), int(order[k + 1])))
        yield first, second
