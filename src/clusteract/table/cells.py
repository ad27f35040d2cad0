"""From a cell to a number: what counts as a number, as missing, and as neither."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

import numpy as np

from clusteract.table.sheet import Cell, is_blank, shown

# Texts that stand for a missing value, in lower case.
MISSING_WORDS = frozenset(
    ["na", "n/a", "n.a.", "nan", "#n/a", "null", "none", "-", "--", "–", "—", ".", "?"]
)

_NUMBER = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?")
_NUMBERS = re.compile(r"(?:[-+]?(?:[0-9]++\.?[0-9]*+|\.[0-9]++)(?:[eE][-+]?[0-9]++)?\n)*+")
_COMMA_NUMBER = re.compile(r"[-+]?\d+,\d+([eE][-+]?\d+)?")
# Bounds, percentages, thousands and exponents of Fortran, as people and programs write them.
_LIMIT = re.compile(r"[<>≤≥]\s*[-+]?[\d.,]+(?:[eE][-+]?\d+)?")
_PERCENT = re.compile(r"([-+]?(?:\d+\.?\d*|\.\d+))\s*%")
_THOUSANDS = re.compile(r"[-+]?\d{1,3}(?:,\d{3})+(?:\.\d+)?")
_FORTRAN = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)[dD][-+]?\d+")
_INFINITE = re.compile(r"[-+]?(inf|infinity|∞)", re.IGNORECASE)
_ALLOWED = "numbers, or an empty cell where a value is missing, are allowed"


def to_number(cell: Cell, *, decimal_comma: bool = False) -> float:
    """Return a cell's number, NaN where it is missing.

    Raises
    ------
    ValueError
        With what is wrong and what is allowed, for a message that says where.

    Examples
    --------
    >>> to_number("-1.5"), to_number("−2,5", decimal_comma=True), to_number("n/a")
    (-1.5, -2.5, nan)
    """
    if is_blank(cell):
        return math.nan
    if isinstance(cell, bool):
        raise ValueError(f"{str(cell).upper()} is no number; {_ALLOWED}")
    if isinstance(cell, str):
        return _text_to_number(cell.strip(), decimal_comma)
    return _finite(float(cell), cell)  # type: ignore[arg-type]  # None is blank


def plain_numbers(cells: Sequence[Cell]) -> np.ndarray | None:
    """Return a column's numbers where every cell is plain text like 1.25, else None.

    Examples
    --------
    >>> plain_numbers(["1", "-2.5e3"]).tolist(), plain_numbers(["1", "n/a"]), plain_numbers(["inf"])
    ([1.0, -2500.0], None, None)
    """
    if set(map(type, cells)) != {str}:
        return None
    text = "\n".join(cells) + "\n"  # type: ignore[arg-type]
    if text.count("\n") != len(cells) or not _NUMBERS.fullmatch(text):
        return None
    numbers = np.array(list(map(float, cells)))  # type: ignore[arg-type]
    return numbers if np.isfinite(numbers).all() else None


def has_decimal_comma(cell: Cell) -> bool:
    """Tell whether a cell is text like 1,25."""
    return isinstance(cell, str) and _COMMA_NUMBER.fullmatch(_ascii(cell.strip())) is not None


def has_decimal_point(cell: Cell) -> bool:
    """Tell whether a cell is text like 1.25."""
    if not isinstance(cell, str) or "." not in cell:
        return False
    return _NUMBER.fullmatch(_ascii(cell.strip())) is not None


def is_number(cell: Cell) -> bool:
    """Tell whether a cell is a number, or text that reads as one."""
    if isinstance(cell, str):
        return bool(_NUMBER.fullmatch(_ascii(cell.strip()))) or has_decimal_comma(cell)
    return cell is not None and not isinstance(cell, bool)


def is_numeric(cell: Cell) -> bool:
    """Tell whether a cell is a number, or text that stands for one, such as 12 % or <0.1.

    Examples
    --------
    >>> is_numeric("1,234.5"), is_numeric("<0.1"), is_numeric("1.5D+01"), is_numeric("fcc")
    (True, True, True, False)
    """
    return is_number(cell) or how_written(cell) is not None


def how_written(cell: Cell) -> str | None:
    """Return how a text that is no plain number stands for one; None where it does not."""
    if not isinstance(cell, str):
        return None
    text = _ascii(cell.strip())
    for words, pattern in _SPELLINGS.items():
        if pattern.fullmatch(text):
            return words
    return None


def is_word_for_missing(cell: Cell) -> bool:
    """Tell whether a cell is a word such as NA, or the dash that people write for it."""
    return isinstance(cell, str) and cell.strip().lower() in MISSING_WORDS


_SPELLINGS = {
    "a limit, taken as missing": _LIMIT,
    "a percentage, taken as its hundredth part": _PERCENT,
    "a number with separators of thousands": _THOUSANDS,
    "a number as Fortran writes it": _FORTRAN,
}


def _spelled_otherwise(text: str) -> float | None:
    """Return the number of a text in one of `_SPELLINGS`; NaN for a limit, None for others."""
    if _LIMIT.fullmatch(text):
        return math.nan
    percent = _PERCENT.fullmatch(text)
    if percent:
        return float(percent[1]) / 100
    if _THOUSANDS.fullmatch(text):
        return float(text.replace(",", ""))
    if _FORTRAN.fullmatch(text):
        return float(re.sub("[dD]", "e", text))
    return None


def _text_to_number(text: str, decimal_comma: bool) -> float:
    if text.lower() in MISSING_WORDS:
        return math.nan
    number = _ascii(text)
    otherwise = None if decimal_comma else _spelled_otherwise(number)
    if otherwise is not None:
        return otherwise
    if _COMMA_NUMBER.fullmatch(number):
        if not decimal_comma:
            raise ValueError(f"{shown(text)} is text with a decimal comma; write a decimal point")
        number = number.replace(",", ".")
    if _NUMBER.fullmatch(number):
        return _finite(float(number), text)
    if _INFINITE.fullmatch(number):
        raise ValueError(f"{shown(text)} is infinite; finite {_ALLOWED}")
    raise ValueError(f"{shown(text)} is no number; {_ALLOWED}")


def _ascii(text: str) -> str:
    return text.replace("\N{MINUS SIGN}", "-")


def _finite(number: float, written: Cell) -> float:
    if math.isinf(number):
        raise ValueError(f"{shown(written)} is infinite; finite {_ALLOWED}")
    return number
