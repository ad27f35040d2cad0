"""Units: columns of which some rows are written in another unit, and dates made of numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date, timedelta

import numpy as np

from clusteract.audit.finding import Finding
from clusteract.audit.registry import rule
from clusteract.audit.view import View

# What one unit of a quantity is in another that people use for it.
_FACTORS = {
    1000.0: "such as g and kg, or meV and eV",
    100.0: "such as a fraction and percent, or cm and m",
    1e6: "such as mg and kg",
    27.2114: "such as hartree and eV",
    627.509: "such as hartree and kcal/mol",
    2625.5: "such as hartree and kJ/mol",
    96.485: "such as eV and kJ/mol",
    23.0605: "such as eV and kcal/mol",
}
_KELVIN = 273.15
_FEWEST = 5  # rows, and different values, in either unit
_GAP = 0.5  # of a factor's logarithm must separate the two
_CLOSE = 0.35  # of it is how near the medians must come
_MOST_BLOCKS = 3
_FIRST_DAY, _LAST_DAY = 36526, 47848  # of 2000 to 2030, in days as spreadsheets count them
_FEWEST_LARGER = 20  # times the largest other value
_DATE = re.compile(
    r"\d{1,2}[- /.](jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*([- /.]\d{2,4})?"
    r"|(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[- /.]\d{1,4}"
    r"|\d{4}-\d{2}-\d{2}([ T]00:00:00)?",
    re.IGNORECASE,
)


@rule("unit", summary="All rows of a column are in the same unit")
def units(view: View) -> Iterator[Finding]:
    """Report columns of two separate ranges that a change of unit makes one."""
    for column, values in {**view.measured, **view.target_column}.items():
        change = None if column in view.explained else _other_unit(values)
        if change:
            rows, what = change
            message = f"{column} looks like two units: these rows differ by {what}"
            yield view.finding("unit", "warning", message, rows=rows, columns=[column])


def _other_unit(values: np.ndarray) -> tuple[np.ndarray, str] | None:
    """Return the smaller set of rows that fit the others in another unit, and which."""
    at = np.flatnonzero(np.isfinite(values) & (values != 0))
    if len(at) < 2 * _FEWEST or len(np.unique(np.sign(values[at]))) > 1:
        return None
    size = np.log10(np.abs(values[at]))
    order = np.argsort(size, kind="stable")
    gaps = np.diff(size[order])
    cut = int(np.argmax(gaps)) + 1
    parts = [at[order[:cut]], at[order[cut:]]]
    if min(len(np.unique(values[p])) for p in parts) < _FEWEST:
        return None
    small = min(parts, key=len)
    if 1 + (np.diff(np.sort(small)) > 1).sum() > max(_MOST_BLOCKS, len(small) // 10):
        return None  # units change from one source to the next, not from row to row
    low, high = (np.median(size[np.isin(at, p)]) for p in parts)
    factor = min(_FACTORS, key=lambda f: abs(high - low - np.log10(f)))
    step = np.log10(factor)
    if gaps[cut - 1] > _GAP * step and abs(high - low - step) < _CLOSE * min(step, 1):
        return np.sort(small), f"a factor of {factor:g}, {_FACTORS[factor]}"
    cold, warm = values[parts[0]], values[parts[1]]
    apart = warm.min() - cold.max() > _GAP * _KELVIN
    if apart and cold.max() < _KELVIN and abs(np.median(warm) - np.median(cold) - _KELVIN) < 30:
        return np.sort(small), f"{_KELVIN}, such as °C and K"
    return None


@rule("date", summary="No value was turned into a date by a spreadsheet")
def dates(view: View) -> Iterator[Finding]:
    """Report names and categories that read like dates, and numbers that count days."""
    texts: dict[str, Sequence[str]] = {view.table.name_column: view.table.names}
    for column in view.categorical:
        levels = view.table.categories[view.spelled[column]]
        texts[column] = [levels[int(v)] if np.isfinite(v) else "" for v in view.values[column]]
    for column, cells in texts.items():
        rows = [i for i, text in enumerate(cells) if _DATE.fullmatch(text.strip())]
        if 0 < len(rows) <= view.n // 2:
            message = f"{cells[rows[0]]} in {column} looks like a date that a spreadsheet made"
            yield view.finding("date", "warning", message, rows=rows, columns=[column])
    for column, values in view.measured.items():
        days = (values >= _FIRST_DAY) & (values <= _LAST_DAY) & (values == np.round(values))
        others = np.abs(values[~days & np.isfinite(values)])
        if 0 < days.sum() <= view.n // 2 and _FEWEST_LARGER * others.max() < _FIRST_DAY:
            rows = list(np.flatnonzero(days))
            day = date(1899, 12, 30) + timedelta(int(values[rows[0]]))
            message = f"{column} holds {values[rows[0]]:g}, a spreadsheet's number of {day}: a "
            message += f"text such as {day.month}/{day.day} was taken for a date"
            yield view.finding("date", "warning", message, rows=rows, columns=[column])
