"""What the cells of a column are: numbers, one of few values, or text."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from clusteract.table.cells import is_numeric, is_word_for_missing
from clusteract.table.sheet import Cell, Sheet, is_blank, tidy

NUMBERS, CATEGORY, TEXT = "numbers", "category", "text"
_NUMERIC = 0.5  # of the cells: where more are numbers, the others are named as wrong
_MOST_VALUES = 50  # of a category
_SHARE = 0.5  # of the cells that may differ in a category


@dataclass(frozen=True)
class Kind:
    """What a column's cells are.

    Attributes
    ----------
    kind : {"numbers", "category", "text"}
    values : tuple of str
        The different ones, sorted; of a category.
    """

    kind: str
    values: tuple[str, ...] = ()


def kind_of(sheet: Sheet, column: int) -> Kind:
    """Tell what a column's cells are; where most are numbers, it is one of numbers.

    Words with few different values are a category, as are TRUE and FALSE; other words are text.
    """
    cells = [c for c in sheet.column(column) if not (is_blank(c) or is_word_for_missing(c))]
    numbers = sum(not isinstance(c, bool) and is_numeric(c) for c in cells)
    if numbers > _NUMERIC * len(cells) or not cells:
        return Kind(NUMBERS)
    values = sorted({spelled(c) for c in cells})
    few = len(values) <= 2 or len(values) <= min(_MOST_VALUES, _SHARE * len(cells))
    return Kind(CATEGORY if few else TEXT, tuple(values))


def codes(sheet: Sheet, column: int, values: tuple[str, ...]) -> np.ndarray:
    """Return a category's cells as the places of their values, NaN where missing or unknown."""
    places = {value: float(i) for i, value in enumerate(values)}
    return np.array([places.get(spelled(c), np.nan) for c in sheet.column(column)])


def spelled(cell: Cell) -> str:
    """Return a cell as one of a category's values."""
    return str(cell).upper() if isinstance(cell, bool) else tidy(str(cell))
