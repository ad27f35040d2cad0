"""Which cell of a row is wrong: the smallest correction after which most checks hold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from clusteract.audit.plausibility import Plausibility
from clusteract.chemistry.audit.checks import Check, Rows, active_checks

# Columns computed from another: when that is corrected, these may have to move with it.
FOLLOWERS = {
    "3_EHOMO": ("3_EHOMO/NL",),
    "3_ΔEHOMO": ("3_ΔEHOMO/NL",),
    "2_Q": ("2_Qave",),
    "1_Qmin": ("1_ΔQmin",),
    "1_Qmax": ("1_ΔQmax",),
}
# In doubt one of these is the wrong one: they were computed by hand from the others.
_DERIVED = frozenset(
    [
        "2_Qave",
        "1_ΔQmax",
        "1_ΔQmin",
        "2_Δnsave",
        "2_Δndave",
        "3_ΔEHOMO",
        "3_EHOMO/NL",
        "3_ΔEHOMO/NL",
    ]
)
_DOUBT = 0.4  # robust standard deviations of plausibility
_COST_OF_A_CELL, _COST_OF_A_GUESS = 0.5, 0.25
_MOST_ROUNDS = 8


@dataclass(frozen=True)
class Verdict:
    """A cell found wrong.

    Attributes
    ----------
    row, column : int, str
    expected : float
        What would fit, NaN where only that it is wrong is known.
    check : Check
        The first check that failed.
    rivals : tuple of str
        The other columns that could be wrong instead, as far as the checks can tell.
    likely : bool
        Whether the rest of the table makes this column the wrong one rather than its rivals.
    """

    row: int
    column: str
    expected: float
    check: Check
    rivals: tuple[str, ...] = ()
    likely: bool = False


@dataclass
class _Option:
    """One way to make a check hold: new values in one column and its followers."""

    check: int
    columns: tuple[str, ...]
    values: dict[str, np.ndarray]
    gain: np.ndarray


def diagnose(rows: Rows, plausibility: Plausibility) -> list[Verdict]:
    """Find the wrong cells of all rows.

    Greedy: of all corrections that make one failing check hold, take the one after which most
    checks hold; a tie goes to the cell that the rest of the table makes less plausible.

    Parameters
    ----------
    rows : Rows
    plausibility : Plausibility
        Breaks ties.
    """
    checks = active_checks(rows.values)
    at = np.flatnonzero(_evaluate(checks, rows).any(axis=0)) if checks else np.zeros(0, dtype=int)
    verdicts: list[Verdict] = []
    rows = rows.take(at)
    blamed: dict[int, set[str]] = {int(r): set() for r in at}
    for _ in range(_MOST_ROUNDS):
        fails = _evaluate(checks, rows) if len(at) else np.zeros((len(checks), 0), dtype=bool)
        open_rows = np.asarray(fails.any(axis=0))
        if not open_rows.any():
            break
        at, rows, fails = at[open_rows], rows.take(open_rows), fails[:, open_rows]
        options = _options(checks, rows, fails, at, blamed)
        rows, new = _apply_best(checks, rows, fails, at, options, plausibility)
        for verdict in new:
            blamed[verdict.row].add(verdict.column)
        verdicts.extend(new)
        if not new:
            break
    return verdicts + _unexplained(checks, rows, at)


def _evaluate(checks: Sequence[Check], rows: Rows) -> np.ndarray:
    return np.array([c.fails(rows) for c in checks])


def _options(
    checks: list[Check],
    rows: Rows,
    fails: np.ndarray,
    at: np.ndarray,
    blamed: dict[int, set[str]],
) -> list[_Option]:
    options = []
    for k, check in enumerate(checks):
        if not fails[k].any():
            continue
        for column, solve in check.solve.items():
            fresh = np.array([column not in blamed[int(r)] for r in at])
            for moved in _follower_sets(column, rows):
                values = _move(checks, rows, column, solve(rows), moved)
                gain = _gain(checks, rows, fails, values) - _COST_OF_A_CELL * len(moved)
                gain = gain - (0 if check.exact else _COST_OF_A_GUESS)
                usable = fails[k] & fresh & ~np.isnan(values[column])
                columns = (column, *moved)
                options.append(_Option(k, columns, values, np.where(usable, gain, -np.inf)))
    return options


def _follower_sets(column: str, rows: Rows) -> list[list[str]]:
    moved = [f for f in FOLLOWERS.get(column, ()) if f in rows.values]
    return [[], moved] if moved else [[]]


def _move(
    checks: list[Check], rows: Rows, column: str, solved: np.ndarray, followers: list[str]
) -> dict[str, np.ndarray]:
    """Put a value into a column and let the followers keep what ties them to it."""
    values, trial = {column: solved}, rows.put(column, solved)
    for follower in followers:
        moved = np.full(len(solved), np.nan)
        for check in checks:
            if check.exact and {column, follower} <= set(check.columns) and follower in check.solve:
                says = np.where(check.applies(rows), check.solve[follower](trial), np.nan)
                moved = np.where(np.isnan(moved), says, moved)
        values[follower] = np.where(np.isnan(moved), rows[follower], moved)
    return values


def _gain(
    checks: list[Check], rows: Rows, fails: np.ndarray, values: dict[str, np.ndarray]
) -> np.ndarray:
    """How many more checks hold with these values."""
    trial = rows
    for column, new in values.items():
        trial = trial.put(column, np.where(np.isnan(new), rows[column], new))
    touched = [k for k, c in enumerate(checks) if set(c.columns) & set(values)]
    after = np.array([checks[k].fails(trial) for k in touched])
    return fails[touched].sum(axis=0) - after.sum(axis=0).astype(float)


def _apply_best(
    checks: list[Check],
    rows: Rows,
    fails: np.ndarray,
    at: np.ndarray,
    options: list[_Option],
    plausibility: Plausibility,
) -> tuple[Rows, list[Verdict]]:
    verdicts: list[Verdict] = []
    values = {c: v.copy() for c, v in rows.values.items()}
    gains = np.array([o.gain for o in options]) if options else np.zeros((0, len(at)))
    for j in range(len(at)):
        most = gains[:, j].max(initial=0)
        if most <= 0:
            continue
        best = [o for o, g in zip(options, gains[:, j], strict=True) if g > most - 1e-9]
        chosen, rivals, likely = _choose(best, rows, j, int(at[j]), plausibility)
        check = checks[_first_failing(checks, fails[:, j], chosen.columns[0])]
        for column in chosen.columns:
            new = chosen.values[column][j]
            exact = checks[chosen.check].exact
            expected = float(new) if exact else float("nan")
            verdicts.append(Verdict(int(at[j]), column, expected, check, rivals, likely))
            values[column][j] = new
    return replace(rows, values=values), verdicts


def _first_failing(checks: list[Check], fails: np.ndarray, column: str) -> int:
    return next(k for k, f in enumerate(fails) if f and column in checks[k].columns)


def _choose(
    best: list[_Option], rows: Rows, j: int, row: int, plausibility: Plausibility
) -> tuple[_Option, tuple[str, ...], bool]:
    by_column: dict[str, _Option] = {}
    for option in best:
        by_column.setdefault(option.columns[0], option)
    if len(by_column) == 1:
        return best[0], (), False
    relief = {
        c: plausibility.relief(c, row, rows[c][j], o.values[c][j], tuple(by_column))
        for c, o in by_column.items()
    }
    most = max(relief.values())
    near = sorted(c for c, gained in relief.items() if gained > most - _DOUBT)
    chosen = max(near, key=lambda c: (c in _DERIVED, relief[c]))
    rivals = tuple(c for c in relief if c != chosen)
    clear = relief[chosen] - max(relief[c] for c in rivals) > plausibility.clear
    return by_column[chosen], rivals, clear


def _unexplained(checks: list[Check], rows: Rows, at: np.ndarray) -> list[Verdict]:
    """Blame every cell of a failing check that no other, holding check vouches for."""
    verdicts = []
    if not len(at):
        return []
    fails = _evaluate(checks, rows)
    vouching = np.array([c.exact & c.applies(rows) & (len(c.columns) > 1) for c in checks]) & ~fails
    for k, j in np.argwhere(fails):
        vouched = {c for m in np.flatnonzero(vouching[:, j]) for c in checks[m].columns}
        columns = [c for c in checks[k].columns if c not in vouched] or list(checks[k].columns)
        rivals = tuple(columns) if len(columns) > 1 else ()
        for column in columns:
            others = tuple(c for c in rivals if c != column)
            verdicts.append(Verdict(int(at[j]), column, float("nan"), checks[k], others))
    return verdicts
