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


def _text_to_number(text: str, decimal_comma: bool) -> float:
    if text.lower() in MISSING_WORDS:
        return math.nan
    number = _ascii(text)
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
