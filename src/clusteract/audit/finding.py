"""Finding: what one rule found wrong in which cells, and what should stand there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

Severity = Literal["error", "warning", "note"]
SEVERITIES: tuple[Severity, ...] = ("error", "warning", "note")
Repair = Literal["recomputed", "dropped"]


@dataclass(frozen=True)
class Finding:
    """Cells of a table that break one rule.

    Attributes
    ----------
    rule : str
        Name in the registry.
    severity : {"error", "warning", "note"}
        Error: cannot be true. Warning: suspicious. Note: good to know.
    message : str
        Why, in one sentence.
    rows : tuple of int
        From 0; empty where the finding is about whole columns.
    names : tuple of str
        Labels of `rows`.
    columns : tuple of str
        As the table spells them. Every row of `rows` is meant in each of them.
    values : tuple
        What stands there: row by row for one column, else empty.
    expected : tuple or None
        What should stand there, in step with `values`; None where it cannot be known.
    repair : {"recomputed", "dropped"} or None
        How `repair` mends it; None: flag only.
    cause : str
        The cause, in words; findings of one cause share it.
    """

    rule: str
    severity: Severity
    message: str
    rows: tuple[int, ...] = ()
    names: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    values: tuple[Any, ...] = ()
    expected: tuple[Any, ...] | None = None
    repair: Repair | None = None
    cause: str = ""

    @property
    def cells(self) -> set[tuple[int, str]]:
        """(row, column) of each cell that the finding is about."""
        return {(r, c) for r in self.rows for c in self.columns}

    def to_dict(self) -> dict[str, Any]:
        """Return the finding for JSON; missing numbers become null."""
        return {
            "rule": self.rule,
            "severity": self.severity,
            "rows": list(self.rows),
            "clusters": list(self.names),
            "columns": list(self.columns),
            "message": self.message,
            "values": _plain(self.values),
            "expected": None if self.expected is None else _plain(self.expected),
            "repair": self.repair,
        }


def _plain(values: tuple[Any, ...]) -> list[Any]:
    """Turn numbers into plain ones, rounded to the digits that tables have; NaN into None."""
    return [v if isinstance(v, str) else _number(v) for v in values]


def _number(value: Any) -> float | None:
    return None if value is None or not np.isfinite(value) else float(f"{float(value):.9g}")


def spell_rows(rows: tuple[int, ...] | list[int]) -> str:
    """Say which rows, in few words; rows count from 0.

    Examples
    --------
    >>> spell_rows([3, 4, 5, 9])
    'rows 3 to 5, 9'
    """
    parts, ordered = [], sorted(set(rows))
    while ordered:
        run = 1
        while run < len(ordered) and ordered[run] == ordered[0] + run:
            run += 1
        first, last = ordered[0], ordered[run - 1]
        parts.append(f"{first} to {last}" if run > 2 else ", ".join(map(str, ordered[:run])))
        ordered = ordered[run:]
    shown = ", ".join(parts[:8]) + (f" and {len(parts) - 8} more places" if len(parts) > 8 else "")
    return f"{'row' if len(set(rows)) == 1 else 'rows'} {shown}"
