"""View: a table as the rules see it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from clusteract.audit.finding import Finding, Repair, Severity, spell_rows
from clusteract.table.table import Table

_DECIMALS = 9
_MOST_ALONE = 3  # columns with the same trouble are told one by one
_SHOWN = 5


class View:
    """A table under the usual spelling of its columns; a domain may know more of its rows.

    Parameters
    ----------
    table : Table

    Attributes
    ----------
    values : dict of str to ndarray, (n,)
        By column, sentinels masked.
    memo : dict
        What is costly to make and used by several rules.
    explained : frozenset of str
        Columns that exact rules check: nothing statistical need be said of them.
    derived : frozenset of str
        Columns that follow from the label alone.
    distinct : bool
        Rows of different names can't share all that was measured, and a measured number runs on
        in equal steps by mistake only.
    """

    explained: frozenset[str] = frozenset()
    derived: frozenset[str] = frozenset()
    distinct = False

    def __init__(self, table: Table) -> None:
        self.table = table
        self.spelled = {table.domain.canonical(d): d for d in table.descriptor_names}
        masked = table.mask_sentinels().descriptors
        self.values = {c: masked[:, j] for j, c in enumerate(self.spelled)}
        self._tolerances: dict[str, np.ndarray] = {}
        self.memo: dict[str, Any] = {}

    @property
    def measured(self) -> dict[str, np.ndarray]:
        """The columns that do not follow from the label, and no categories."""
        left_out = {*self.derived, *self.categorical}
        return {c: v for c, v in self.values.items() if c not in left_out}

    @property
    def measured_or_category(self) -> tuple[str, ...]:
        """The columns that do not follow from the label."""
        return tuple(c for c in self.values if c not in self.derived)

    @property
    def categorical(self) -> tuple[str, ...]:
        """The columns whose numbers are codes of categories."""
        return tuple(c for c in self.values if self.spelled[c] in self.table.categories)

    @property
    def target_column(self) -> dict[str, np.ndarray]:
        """The target by its name; empty where there is none."""
        target, name = self.table.target, self.table.target_name
        return {} if target is None or not name or name in self.values else {name: target}

    def label_numbers(self) -> list[np.ndarray]:
        """Return what labels say as numbers, each (n,)."""
        return []

    def why_missing(self, column: str, rows: Sequence[int]) -> str:
        """Return why a column has no value in some rows, where that is known; else ""."""
        return ""

    def sources(self, columns: Sequence[str]) -> set[str]:
        """Return what columns were computed from: those of one source count once."""
        return set(columns)

    @property
    def rows(self) -> str:
        """What rows are called."""
        return self.table.domain.rows

    @property
    def n(self) -> int:
        """Number of rows."""
        return self.table.n_rows

    def has(self, *columns: str) -> bool:
        """Tell whether all these canonical columns are there."""
        return all(c in self.values for c in columns)

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
        cause: str = "",
    ) -> Finding:
        """Make a finding about cells; `columns` may be canonical names or the table's."""
        at = tuple(int(r) for r in rows)
        spelled = tuple(self.spelled.get(c, c) for c in columns)
        return Finding(
            rule=rule,
            severity=severity,
            message=message,
            rows=at,
            names=tuple(self.table.names[r] for r in at),
            columns=spelled,
            values=self._cells(at, spelled),
            expected=None if expected is None else tuple(_plain(v) for v in expected),
            repair=repair,
            cause=cause or self._where(at) + message,
        )

    def column_findings(
        self, rule: str, severity: Severity, texts: Mapping[str, str], *, link: str = ": "
    ) -> Iterator[Finding]:
        """Yield a finding for each column, or one for all of them where there are many."""
        lines = [f"{column}{link}{text}" for column, text in texts.items()]
        if len(lines) > _MOST_ALONE:
            message = f"{len(lines)} columns: {'; '.join(lines[:_SHOWN])}; ..."
            yield self.finding(rule, severity, message, columns=list(texts))
            return
        for column, line in zip(texts, lines, strict=True):
            yield self.finding(rule, severity, line, columns=[column])

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
