"""read_table: a spreadsheet, CSV or Parquet file in, a Table out, or one clear line."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from os import PathLike

import numpy as np

from clusteract.errors import InputError
from clusteract.paths import user_path
from clusteract.table.cells import how_written, is_numeric, plain_numbers, to_number
from clusteract.table.columns import (
    Columns,
    check_header,
    choose_columns,
    find_all_names,
    unnamed_remarks,
)
from clusteract.table.delimited import read_delimited
from clusteract.table.domain import Domain, detect_domain, find_domain
from clusteract.table.files import read_file
from clusteract.table.kinds import codes
from clusteract.table.layout import find_layout
from clusteract.table.names import find_names, read_names, told_apart
from clusteract.table.sheet import Sheet, is_blank, shown, tidy
from clusteract.table.table import Source, Table
from clusteract.table.workbook import read_contained

# What becomes of a cell of words in a column of numbers.
REFUSE, MISSING = "refuse", "missing"


def read_table(
    path: str | PathLike[str],
    *,
    sheet: str | None = None,
    name: str | None = None,
    target: str | None = None,
    descriptors: str | Sequence[str] | None = None,
    groups: str | None = None,
    require_target: bool = True,
    allow_duplicates: bool = False,
    domain: str | None = None,
    unreadable: str = REFUSE,
) -> Table:
    r"""Read a table from .xlsx, .csv, .tsv or .parquet.

    What is not named is found: the only visible sheet that is a table, its header, the names of the
    rows, the target where only one column is called like one, and every other column of numbers or
    of few different words as descriptor. `Table.source.remarks` says what was decided. Empty cells
    and words such as NA become NaN. Workbooks and Parquet files are parsed in a child process with
    limits on size, memory and time.

    Parameters
    ----------
    path : str or path
    sheet : str, optional
        A workbook's sheet.
    name, target : str, optional
        Columns of names (several with commas between name a row together) and target.
    descriptors : str or sequence of str, optional
        Column names, or a range ``"3_VDE/VIE:3_IEave"`` in the file's order.
    groups : str, optional
        The column, or two with a comma between, that names each row's group; it is no descriptor.
    require_target : bool
        False for tables to predict: the target may be absent or have gaps.
    allow_duplicates : bool
        True to keep names that stand twice as they are, which an audit wants to see; else the
        number of the row is added.
    domain : str, optional
        Such as ``"clusters"``, or ``"none"``; found by the names of the rows by default.
    unreadable : {"refuse", "missing"}
        What becomes of a cell of words or of a spreadsheet's error in a column of numbers.

    Returns
    -------
    Table

    Raises
    ------
    InputError
        One line with file, sheet, row, column, value, what is allowed and what to do.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "small.csv"
    >>> _ = path.write_text("c,lg(k1),3_IE¯,2_Q\nFeS-,-11.5,7.5,0.1\nFe2S-,-12,7.6,NA\n")
    >>> table = read_table(path)
    >>> table.descriptor_names, table.target.tolist(), table.missing_cells
    (('3_IEave', '2_Q'), [-11.5, -12.0], ((1, '2_Q'),))
    """
    if unreadable not in (REFUSE, MISSING):
        raise InputError(f"unreadable is {unreadable!r}; it must be {REFUSE!r} or {MISSING!r}")
    path = user_path(path)
    kind, data = read_file(path)
    if sheet is not None and kind != "workbook":
        raise InputError(f"{path.name} has no sheets; leave out sheet {shown(sheet)}")
    cells = _read_cells(kind, data, path.name, sheet)
    check_header(cells)
    names_at, remark = find_names(cells) if name is None else (find_all_names(cells, name), "")
    names = read_names(cells, names_at)
    field = detect_domain(names) if domain is None else find_domain(domain)
    columns = choose_columns(
        cells,
        names=names_at,
        target=target,
        descriptors=descriptors,
        groups=groups,
        require_target=require_target,
        domain=field,
    )
    apart, repeated = (names, ()) if allow_duplicates else told_apart(cells, names)
    reader = _Reader(cells, columns, field, require_target, unreadable)
    remarks = (*cells.remarks, *filter(None, [remark]), *unnamed_remarks(cells), *repeated)
    return reader.table(apart, path.stem, hashlib.sha256(data).hexdigest(), remarks)


def _read_cells(kind: str, data: bytes, file: str, sheet: str | None) -> Sheet:
    if kind == "text":
        return find_layout(read_delimited(data, file))
    return find_layout(read_contained(kind, data, file, sheet))


class _Reader:
    """Cells of chosen columns turned into a table, with a remark on each thing decided."""

    def __init__(
        self, sheet: Sheet, columns: Columns, domain: Domain, require_target: bool, unreadable: str
    ) -> None:
        self.sheet, self.columns, self.domain = sheet, columns, domain
        self.require_target, self.unreadable = require_target, unreadable
        self.remarks: list[str] = list(columns.remarks)

    def table(
        self, names: tuple[str, ...], stem: str, sha256: str, remarks: tuple[str, ...]
    ) -> Table:
        """Return the table; what is wrong in it is named by cell."""
        sheet, columns, domain = self.sheet, self.columns, self.domain
        self._check_rows()
        y = self._target()
        X = np.column_stack([self._descriptor(j) for j in columns.descriptors])
        self._check_filled(X)
        titles = tuple(domain.canonical(sheet.title(j)) for j in columns.descriptors)
        self._remark_on_columns(titles, X)
        at = dict(zip(columns.descriptors, titles, strict=True))
        source = Source(
            stem, sha256, file=sheet.file, sheet=sheet.name, remarks=(*remarks, *self.remarks)
        )
        return Table(
            names=names,
            descriptors=X,
            descriptor_names=titles,
            target=y,
            target_name=None
            if y is None or columns.target is None
            else sheet.title(columns.target),
            source=source,
            name_column=" / ".join(sheet.header[j] for j in columns.names) or "name",
            domain_name=domain.name,
            categories={at[j]: values for j, values in columns.categories.items()},
            groups=self._groups(),
            units={sheet.title(j): unit for j, unit in sheet.units.items()},
        )

    def _check_rows(self) -> None:
        sheet, columns = self.sheet, self.columns
        if not sheet.body:
            raise InputError(f"{sheet.at()} has a header but no rows; add rows")
        if len(sheet.body) == 1 and self.require_target:
            raise InputError(f"{sheet.at(sheet.body[0])} is the only one; at least 2 are needed")
        used = [j for j in (columns.target, *columns.descriptors) if j is not None]
        if not any(is_numeric(sheet.cell(i, j)) for i in sheet.body for j in used):
            titles = ", ".join(sheet.title(j) for j in used)
            raise InputError(
                f"{sheet.at()}: no numeric column (columns: {titles}); expected numbers below a "
                "header: choose another sheet or other columns"
            )

    def _groups(self) -> tuple[str, ...] | None:
        sheet, columns = self.sheet, self.columns.groups
        if not columns:
            return None
        for i in sheet.body:
            for j in columns:
                if is_blank(sheet.cell(i, j)):
                    raise InputError(
                        f"{sheet.at(i, j)}: the group is missing; name the row's group"
                    )
        return tuple(" / ".join(tidy(str(sheet.cell(i, j))) for j in columns) for i in sheet.body)

    def _descriptor(self, column: int) -> np.ndarray:
        if column in self.columns.categories:
            return codes(self.sheet, column, self.columns.categories[column])
        return self._numbers(column)

    def _numbers(self, column: int) -> np.ndarray:
        plain = plain_numbers(self.sheet.column(column))  # one by one is slow
        if plain is not None:
            return plain
        values = np.array([self._number(i, column) for i in self.sheet.body])
        self._remark_on_spelling(column)
        return values

    def _number(self, row: int, column: int) -> float:
        sheet = self.sheet
        try:
            return to_number(sheet.cell(row, column), decimal_comma=sheet.decimal_comma)
        except ValueError as problem:
            if self.unreadable == MISSING:
                self.remarks.append(f"{sheet.at(row, column)}: {problem}; taken as missing")
                return np.nan
            raise InputError(
                f"{sheet.at(row, column)}: {problem}; correct the cell, leave the column out "
                "(--descriptors), or take such cells as missing (--unreadable missing)"
            ) from problem

    def _remark_on_spelling(self, column: int) -> None:
        spelled: dict[str, list[int]] = {}
        for i in self.sheet.body:
            words = None if self.sheet.decimal_comma else how_written(self.sheet.cell(i, column))
            if words is not None:
                spelled.setdefault(words, []).append(i)
        for words, rows in spelled.items():
            cell = shown(self.sheet.cell(rows[0], column))
            more = f" and {len(rows) - 1} more" if len(rows) > 1 else ""
            title = self.sheet.title(column)
            self.remarks.append(f"column {title}, row {rows[0] + 1}{more}: {cell} is {words}")

    def _target(self) -> np.ndarray | None:
        """Return the target, None where it is absent or (if not required) has gaps."""
        column, sheet = self.columns.target, self.sheet
        if column is None:
            return None
        y = self._numbers(column)
        gaps = [sheet.body[i] for i in np.flatnonzero(np.isnan(y))]
        if gaps and self.require_target:
            more = f" (and {len(gaps) - 1} more)" if len(gaps) > 1 else ""
            raise InputError(
                f"{sheet.at(gaps[0], column)}: the target is missing{more}; give its value, or "
                "delete the row"
            )
        if gaps:
            self.remarks.append(
                f"target {shown(sheet.title(column))} has no value in row {gaps[0] + 1}"
                f"{f' and {len(gaps) - 1} more' if len(gaps) > 1 else ''}: not used"
            )
            return None
        if self.require_target and np.ptp(y) == 0:
            raise InputError(
                f"{sheet.at(column=column)}: the target is {y[0]:g} in every row; nothing can be "
                "learned from it: choose another target"
            )
        return y

    def _check_filled(self, X: np.ndarray) -> None:
        empty = np.flatnonzero(np.isnan(X).all(axis=0))
        if self.require_target and empty.size:
            raise InputError(
                f"{self.sheet.at(column=self.columns.descriptors[empty[0]])} has no value in any "
                "row; delete it, or leave it out of the descriptors"
            )

    def _remark_on_columns(self, titles: tuple[str, ...], X: np.ndarray) -> None:
        """Say what was read otherwise than written, and which columns say nothing."""
        if self.sheet.decimal_comma:
            self.remarks.append("numbers have decimal commas")
        written = [self.sheet.title(j) for j in self.columns.descriptors]
        for word, title, values in zip(written, titles, X.T, strict=True):
            if word != title:
                self.remarks.append(f"column {shown(word)} read as {title}")
            finite = values[~np.isnan(values)]
            if len(finite) > 1 and np.ptp(finite) == 0:
                self.remarks.append(f"descriptor {title} is {finite[0]:g} in every row")
