"""Natural population analysis in an output file: charges, spin densities, configurations."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import numpy as np

from clusteract.errors import InputError

_ATOM = r"^\s*([A-Z][a-z]?)\s*(\d+)\s+"
_NUMBER = r"(-?\d+\.\d+)"
_SUMMARY_ROW = re.compile(_ATOM + r"\s+".join([_NUMBER] * 5) + rf"(?:\s+{_NUMBER})?\s*$")
_CONFIGURATION_ROW = re.compile(
    _ATOM + r"(?:\[core\])?\s*((?:\d[SPDFGHIspdfghi]\(\s*\d+\.\d+\s*\))+)"
)
_CONTINUED_ROW = re.compile(r"^\s+((?:\d[SPDFGHIspdfghi]\(\s*\d+\.\d+\s*\))+)\s*$")
_SHELL = re.compile(r"(\d[SPDFGHIspdfghi])\(\s*(\d+\.\d+)\s*\)")
_NEW_ANALYSIS = re.compile(
    r"N A T U R A L\s{2,}A T O M I C\s{2,}O R B I T A L|\*+ *(?:Gaussian )?NBO"
)
_TOTAL_ROW = "* Total *"


@dataclass(frozen=True)
class PopulationAnalysis:
    """Natural populations of one structure, summed over spins.

    Attributes
    ----------
    symbols : tuple of str, (n_atoms,)
    charges : ndarray, (n_atoms,)
        Natural charges, e.
    spins : ndarray, (n_atoms,), or None
        Natural spin densities; None in a closed-shell analysis.
    configurations : tuple of dict, (n_atoms,)
        Shell such as ``"4s"`` -> electrons; empty where the file has none.
    line : int
        Line of the table's heading, from 1.
    number, of : int
        Which of the file's analyses it is.
    """

    symbols: tuple[str, ...]
    charges: np.ndarray
    spins: np.ndarray | None
    configurations: tuple[dict[str, float], ...]
    line: int
    number: int = 1
    of: int = 1


@dataclass
class _Table:
    """One summary table with the configurations that follow it; spin: total, alpha or beta."""

    spin: str
    line: int
    rows: list[tuple[str, list[float]]] = field(default_factory=list)
    complete: bool = False
    configurations: dict[int, dict[str, float]] = field(default_factory=dict)


def parse_populations(lines: Iterable[str], name: str = "output") -> PopulationAnalysis:
    """Read the last natural population analysis among the lines of an output.

    Understands NBO 3.1 as in Gaussian (``pop=nbo``; spin densities are the difference of the
    alpha and beta populations) and NBO 5 to 7 (a column of their own), closed and open shell.

    Parameters
    ----------
    lines : iterable of str
    name : str
        For messages.

    Raises
    ------
    InputError
        Where there is no analysis, or the last one breaks off.

    Examples
    --------
    >>> text = '''
    ... Summary of Natural Population Analysis:
    ...                         Natural Population
    ...  Atom No    Charge      Core   Valence   Rydberg     Total
    ... -----------------------------------------------------------
    ...   Fe  1   0.25000  17.99000   7.71000   0.05000  25.75000
    ... ===========================================================
    ...  * Total *  0.25000  17.99000   7.71000   0.05000  25.75000
    ...  Atom No         Natural Electron Configuration
    ...   Fe  1      [core]4S( 0.52)3d( 7.12)4p( 0.11)
    ... '''
    >>> found = parse_populations(text.splitlines())
    >>> found.charges.tolist(), found.configurations[0]["3d"]
    ([0.25], 7.12)
    """
    analyses = list(_analyses(_tables(lines)))
    if not analyses:
        raise InputError(
            f"{name}: no natural population analysis in it; run the calculation with pop=nbo "
            "(Gaussian) or with NBO"
        )
    return _combine(analyses[-1], len(analyses), name)


def _tables(lines: Iterable[str]) -> Iterator[_Table | None]:
    """Yield every summary table, and None where a new analysis begins."""
    spin, table, in_configurations, last_atom = "total", None, False, 0
    for number, line in enumerate(lines, start=1):
        if _NEW_ANALYSIS.search(line):
            spin, in_configurations = "total", False
            yield None
        elif "Alpha spin orbitals" in line or "Beta spin orbitals" in line:
            spin = "alpha" if "Alpha" in line else "beta"
        elif "Summary of Natural Population Analysis" in line:
            table, in_configurations = _Table(spin, number), False
            yield table
        elif "Natural Electron Configuration" in line:
            in_configurations = True
        elif table is not None and not table.complete:
            _read_summary_line(table, line)
        elif table is not None and in_configurations:
            last_atom, in_configurations = _read_configuration_line(table, line, last_atom)


def _read_summary_line(table: _Table, line: str) -> None:
    found = _SUMMARY_ROW.match(line)
    if found:
        numbers = [float(v) for v in found.groups()[2:] if v is not None]
        table.rows.append((found[1], numbers))
    elif _TOTAL_ROW in line:
        table.complete = True


def _read_configuration_line(table: _Table, line: str, last_atom: int) -> tuple[int, bool]:
    """Read one line of configurations; return its atom and whether more may follow."""
    found = _CONFIGURATION_ROW.match(line)
    if found:
        last_atom, shells = int(found[2]), found[3]
        table.configurations[last_atom] = _shells(shells)
        return last_atom, True
    more = _CONTINUED_ROW.match(line)
    if more and last_atom in table.configurations:
        table.configurations[last_atom].update(_shells(more[1]))
        return last_atom, True
    # Rules and the blank line above the table come before its rows; text ends it.
    return last_atom, not (table.configurations and line.strip(" -\n"))


def _shells(text: str) -> dict[str, float]:
    return {shell.lower(): float(n) for shell, n in _SHELL.findall(text)}


def _analyses(tables: Iterable[_Table | None]) -> Iterator[dict[str, _Table]]:
    """Gather the tables of one analysis by spin."""
    current: dict[str, _Table] = {}
    for table in tables:
        if table is None or table.spin in current:
            if current:
                yield current
            current = {}
        if table is not None:
            current[table.spin] = table
    if current:
        yield current


def _combine(tables: dict[str, _Table], count: int, name: str) -> PopulationAnalysis:
    for table in tables.values():
        if not table.complete or not table.rows:
            raise InputError(
                f"{name}, line {table.line}: the natural population analysis breaks off; the "
                "file is truncated: copy it again or finish the calculation"
            )
    total = tables.get("total")
    alpha, beta = tables.get("alpha"), tables.get("beta")
    if total is None:
        raise InputError(
            f"{name}: populations of single spins only, without the table summed over spins; "
            "keep the whole NBO part of the output"
        )
    symbols = tuple(symbol for symbol, _ in total.rows)
    numbers = [row for _, row in total.rows]
    spins = None
    if all(len(row) == 6 for row in numbers):
        spins = np.array([row[5] for row in numbers])
    elif alpha is not None and beta is not None:
        totals = [np.array([row[4] for _, row in t.rows]) for t in (alpha, beta)]
        spins = totals[0] - totals[1]
    shells = [total.configurations.get(k + 1, {}) for k in range(len(symbols))]
    if not any(shells) and alpha is not None and beta is not None:
        shells = [
            _add(alpha.configurations, beta.configurations, k + 1) for k in range(len(symbols))
        ]
    return PopulationAnalysis(
        symbols,
        np.array([row[0] for row in numbers]),
        spins,
        tuple(shells),
        line=total.line,
        number=count,
        of=count,
    )


def _add(
    alpha: dict[int, dict[str, float]], beta: dict[int, dict[str, float]], atom: int
) -> dict[str, float]:
    one, other = alpha.get(atom, {}), beta.get(atom, {})
    return {shell: one.get(shell, 0.0) + other.get(shell, 0.0) for shell in {**one, **other}}
