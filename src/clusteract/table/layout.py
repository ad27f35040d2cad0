"""Where the table lies in a sheet: titles above it, units below its header, totals, notes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from clusteract.table.cells import is_numeric, is_word_for_missing
from clusteract.table.sheet import Sheet, is_blank, shown, tidy

_JUDGED = 50  # rows that say how wide the table is
_NUMERIC = 0.8  # of a column's cells
_SUMMARY = re.compile(
    r"(mean|average|avg|total|totals|sum|std|sd|stdev|standard deviation|median|min|max|minimum"
    r"|maximum|count|mittelwert|summe)\b[ .:()]*",
    re.IGNORECASE,
)


def find_layout(sheet: Sheet) -> Sheet:
    """Return the sheet with its header, units and rows found, and a remark on all left out.

    Above the header stand rows of fewer cells; a row of words below it, over columns of numbers,
    is units; at the end, a row that sums up the others and rows with words alone are no data.
    """
    header = _header_row(sheet)
    remarks = [
        f"row {i + 1} above the header is no data: {_first_text(sheet, i)}"
        for i in range(header)
        if not _is_empty(sheet, i)
    ]
    found = replace(sheet, header_row=header)
    units = _units_row(found)
    left_out: set[int] = set()
    if units is not None:
        left_out.add(units)
        remarks.append(f"row {units + 1} below the header is read as units")
        found = replace(found, units=_units(found, units), left_out=frozenset(left_out))
    for row, why in _trailing(found):
        left_out.add(row)
        remarks.append(f"row {row + 1} is no data ({why}): {_first_text(sheet, row)}")
    return replace(found, left_out=frozenset(left_out), remarks=(*sheet.remarks, *remarks))


def _filled(sheet: Sheet, row: int) -> list[int]:
    return [j for j, cell in enumerate(sheet.rows[row]) if not is_blank(cell)]


def _is_empty(sheet: Sheet, row: int) -> bool:
    return not _filled(sheet, row)


def _first_text(sheet: Sheet, row: int) -> str:
    filled = _filled(sheet, row)
    return shown(tidy(str(sheet.cell(row, filled[0])))) if filled else "empty"


def _header_row(sheet: Sheet) -> int:
    """Return the first row that is at least half as wide as the table."""
    rows = [i for i in range(len(sheet.rows)) if not _is_empty(sheet, i)][:_JUDGED]
    if not rows:
        return sheet.header_index  # which says that the sheet is empty
    width = max(len(_filled(sheet, i)) for i in rows)
    return next(i for i in rows if 2 * len(_filled(sheet, i)) >= width)


def _units_row(sheet: Sheet) -> int | None:
    """Return the row below the header where it holds words over columns of numbers."""
    body = sheet.body
    if len(body) < 3:
        return None
    first, rest = body[0], body[1 : _JUDGED + 1]
    cells = [(j, sheet.cell(first, j)) for j in _filled(sheet, first)]
    if any(is_numeric(cell) or is_word_for_missing(cell) for _, cell in cells):
        return None
    over_numbers = [j for j, _ in cells if _share_of_numbers(sheet, j, rest) >= _NUMERIC]
    return first if over_numbers and 2 * len(over_numbers) >= len(cells) else None


def _share_of_numbers(sheet: Sheet, column: int, rows: list[int]) -> float:
    cells = [c for c in (sheet.cell(i, column) for i in rows) if not is_blank(c)]
    return sum(map(is_numeric, cells)) / len(cells) if cells else 0.0


def _units(sheet: Sheet, row: int) -> dict[int, str]:
    return {j: tidy(str(sheet.cell(row, j))).strip("()[]") for j in _filled(sheet, row)}


def _trailing(sheet: Sheet) -> Iterator[tuple[int, str]]:
    """Yield the rows at the end that are no data, the last first, and why."""
    numeric = [
        j
        for j in range(len(sheet.header))
        if _share_of_numbers(sheet, j, sheet.body[:_JUDGED]) >= _NUMERIC
    ]
    for row in reversed(sheet.body):
        filled = _filled(sheet, row)
        numbers = [j for j in filled if j in numeric and is_numeric(sheet.cell(row, j))]
        first = sheet.cell(row, filled[0])
        if numeric and not numbers and len(filled) <= max(1, len(sheet.header) // 3):
            yield row, "a note below the table"
        elif isinstance(first, str) and _SUMMARY.fullmatch(tidy(first)):
            yield row, "it sums up the others"
        else:
            return
