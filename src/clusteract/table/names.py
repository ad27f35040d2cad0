"""Which columns name the rows, and the names: made of several columns, numbered, told apart."""

from __future__ import annotations

import re
from collections import Counter

from clusteract.errors import InputError
from clusteract.table.cells import is_number, is_numeric
from clusteract.table.sheet import Sheet, is_blank, shown, tidy

_NAME_LIKE = re.compile(
    r"(names?|labels?|ids?|no\.?|nr\.?|number|index|samples?|entry|entries|compounds?|molecules?"
    r"|clusters?|materials?|formulas?|codes?|keys?|cas|specimens?)([ _].*)?|.*[ _]?names?",
    re.IGNORECASE,
)
_DISTINCT = 0.5  # of the cells of a column of names


def find_names(sheet: Sheet) -> tuple[tuple[int, ...], str]:
    """Return the columns that name the rows, and a remark where it is none.

    The first column, where it is called like names or holds words that mostly differ; one without
    a header that only numbers the rows is passed over. Else rows are numbered.
    """
    columns = sheet.filled_columns
    counters = [j for j in columns[:1] if is_row_number(sheet, j)]
    rest = [j for j in columns if j not in counters]
    if rest and _is_of_names(sheet, rest[0]):
        remark = "a first column that only numbers the rows is left out" if counters else ""
        return (rest[0],), remark
    if counters:
        return tuple(counters), "rows are named by the first column, which numbers them"
    return (), "no column of names: rows are numbered (--name chooses one)"


def _is_of_names(sheet: Sheet, column: int) -> bool:
    cells = [c for c in sheet.column(column) if not is_blank(c)]
    distinct = len({str(c) for c in cells})
    words = [c for c in cells if isinstance(c, str) and not is_numeric(c)]
    if _NAME_LIKE.fullmatch(sheet.header[column]) or not sheet.header[column]:
        whole = all(is_number(c) and float(str(c).replace(",", ".")).is_integer() for c in cells)
        return distinct >= _DISTINCT * len(cells) and (whole or 2 * len(words) >= len(cells))
    return 2 * len(words) > len(cells) and distinct > _DISTINCT * len(cells)


def is_row_number(sheet: Sheet, column: int) -> bool:
    """Tell whether a column without a name counts the rows from 0 or 1, as pandas writes it."""
    if sheet.header[column]:
        return False
    cells = [sheet.cell(i, column) for i in sheet.body]
    if not cells or not all(is_number(c) for c in cells):
        return False
    values = [float(str(c).replace(",", ".")) for c in cells]
    return all(v == i + values[0] for i, v in enumerate(values)) and values[0] in (0, 1)


def read_names(sheet: Sheet, columns: tuple[int, ...]) -> tuple[str, ...]:
    """Return a name per row, from one column or several; the row's number without any.

    Raises
    ------
    InputError
        Where a name is missing.
    """
    if not columns:
        return tuple(str(i) for i in range(1, len(sheet.body) + 1))
    return tuple(" / ".join(_name(sheet, i, j) for j in columns) for i in sheet.body)


def _name(sheet: Sheet, row: int, column: int) -> str:
    cell = sheet.cell(row, column)
    if is_blank(cell):
        raise InputError(f"{sheet.at(row, column)}: the name is missing; name the row")
    return f"{cell:.0f}" if isinstance(cell, float) and cell.is_integer() else tidy(str(cell))


def told_apart(sheet: Sheet, names: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return names of which each stands once: repeated ones with the number of their row.

    Returns
    -------
    names : tuple of str
    remarks : tuple of str
    """
    repeated = {name for name, k in Counter(names).items() if k > 1}
    if not repeated:
        return names, ()
    apart = tuple(
        f"{name} #{row + 1}" if name in repeated else name
        for row, name in zip(sheet.body, names, strict=True)
    )
    first = next(n for n in names if n in repeated)
    remark = (
        f"{len(repeated)} name{'s' * (len(repeated) > 1)} that stand{'s' * (len(repeated) == 1)} "
        f"more than once, such as {shown(first)}: told apart by their "
        "row (#); if they repeat one material, keep them in one fold (--groups)"
    )
    return apart, (remark,)
