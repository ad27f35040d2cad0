"""Sheet: the cells of one table as they were read, and how to say where a cell stands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from clusteract.errors import InputError

Cell = float | int | bool | str | None

# Far more than any small table needs, far less than what brings a machine down.
MAX_ROWS = 100_000
MAX_COLUMNS = 2_000
MAX_CELLS = 4_000_000


@dataclass(frozen=True)
class Sheet:
    """Cells as written: numbers, texts, booleans, None where empty.

    Attributes
    ----------
    file : str
        File name, without folders.
    name : str or None
        The sheet's name, None where the format has no sheets.
    rows : list of list
        Row ``i`` of the list is row ``i + 1`` as a spreadsheet program counts.
    decimal_comma : bool
        True where the file writes 1,5 for one and a half.
    remarks : tuple of str
        What was noticed while reading, in words.
    header_row : int or None
        Index of the header; by default the first row with anything in it.
    units : mapping of int to str
        Units of columns, where a row of them stands below the header.
    left_out : frozenset of int
        Indices of rows that are no data.
    """

    file: str
    name: str | None
    rows: list[list[Cell]]
    decimal_comma: bool = False
    remarks: tuple[str, ...] = ()
    header_row: int | None = None
    units: Mapping[int, str] = field(default_factory=dict)
    left_out: frozenset[int] = frozenset()

    @cached_property
    def header_index(self) -> int:
        """Index of the header: the first row with anything in it, where nothing else is known."""
        if self.header_row is not None:
            return self.header_row
        for i, row in enumerate(self.rows):
            if any(not is_blank(c) for c in row):
                return i
        raise InputError(
            f"{self.at()} is empty; expected a header row, then rows of data: "
            "choose another sheet or file"
        )

    @cached_property
    def header(self) -> list[str]:
        """Column names, tidied; empty text where there is none."""
        return ["" if c is None else tidy(str(c)) for c in self.rows[self.header_index]]

    @cached_property
    def filled_columns(self) -> list[int]:
        """Positions of the columns with a name, or with anything below."""
        width = max([len(self.header), *(len(self.rows[i]) for i in self.body)])
        return [j for j in range(width) if self._is_filled(j)]

    def _is_filled(self, column: int) -> bool:
        if column < len(self.header) and self.header[column]:
            return True
        return any(not is_blank(self.cell(i, column)) for i in self.body)

    def title(self, column: int) -> str:
        """Return a column's name, or its letter where the header has none."""
        named = self.header[column] if column < len(self.header) else ""
        return named or column_letters(column)

    @cached_property
    def body(self) -> list[int]:
        """Indices of the rows under the header that hold anything."""
        below = range(self.header_index + 1, len(self.rows))
        filled = (i for i in below if any(not is_blank(c) for c in self.rows[i]))
        return [i for i in filled if i not in self.left_out]

    def cell(self, row: int, column: int) -> Cell:
        """Return one cell, None where the row is shorter than the header."""
        cells = self.rows[row]
        return cells[column] if column < len(cells) else None

    def column(self, column: int) -> list[Cell]:
        """Return the cells of one column under the header."""
        rows = [self.rows[i] for i in self.body]
        return [cells[column] if column < len(cells) else None for cells in rows]

    def at(self, row: int | None = None, column: int | None = None) -> str:
        """Say where: file, sheet, row as a spreadsheet program counts, column by its name."""
        parts = [self.file]
        if self.name is not None:
            parts.append(f"sheet {shown(self.name)}")
        if row is not None:
            parts.append(f"row {row + 1} (the header is row {self.header_index + 1})")
        if column is not None:
            parts.append(f"column {shown(self.title(column))}")
        return ", ".join(parts)


def is_blank(cell: Cell) -> bool:
    """Tell whether a cell holds nothing but white space."""
    return cell is None or (isinstance(cell, str) and not cell.strip())


def tidy(text: str) -> str:
    r"""Return a name on one line, without characters that do not print.

    Examples
    --------
    >>> tidy(" Fe2\u200bS-\n(isomer\u00a02) ")
    'Fe2S- (isomer 2)'
    """
    if text.isprintable() and " " not in text:
        return text
    return "".join(c for c in " ".join(text.split()) if c.isprintable())


def shown(value: object, width: int = 60) -> str:
    """Return a value on one line for a message, quoted and cut to `width` characters."""
    text = repr(value)
    return text if len(text) <= width else text[: width - 4] + "..." + text[-1]


def column_letters(column: int) -> str:
    """Return a column's letters as spreadsheet programs count.

    Examples
    --------
    >>> column_letters(0), column_letters(25), column_letters(26), column_letters(16383)
    ('A', 'Z', 'AA', 'XFD')
    """
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters
