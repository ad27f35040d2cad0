"""read_table: a spreadsheet, CSV or Parquet file in, a Table out, or one clear line."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from os import PathLike
from pathlib import Path

import numpy as np

from clusteract.errors import InputError
from clusteract.table.cells import is_number, plain_numbers, to_number
from clusteract.table.columns import Columns, choose_columns, is_row_number, names_column
from clusteract.table.delimited import read_delimited
from clusteract.table.domain import Domain, detect_domain, find_domain
from clusteract.table.files import read_file
from clusteract.table.sheet import Sheet, is_blank, shown, tidy
from clusteract.table.table import Source, Table
from clusteract.table.workbook import read_contained


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
) -> Table:
    r"""Read a table from .xlsx, .csv, .tsv or .parquet.

    By default the first sheet is read, its first column as names, the second as target and the
    rest as descriptors. Other spellings of a domain's descriptors become the usual ones;
    `Table.source.remarks` says which. Empty cells and words such as NA become NaN.
    Workbooks and Parquet files are parsed in a child process with limits on size, memory and time.

    Parameters
    ----------
    path : str or path
    sheet : str, optional
        A workbook's sheet.
    name, target : str, optional
        Columns of names and target.
    descriptors : str or sequence of str, optional
        Column names, or a range ``"3_VDE/VIE:3_IEave"`` in the file's order.
    groups : str, optional
        The column, or two with a comma between, that names each row's group; it is no descriptor.
    require_target : bool
        False for tables to predict: the target may be absent or have gaps.
    allow_duplicates : bool
        True to keep rows of the same name, which an audit wants to see.
    domain : str, optional
        Such as ``"clusters"``, or ``"none"``; found by the names of the rows by default.

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
    path = Path(path).expanduser()
    kind, data = read_file(path)
    if sheet is not None and kind != "workbook":
        raise InputError(f"{path.name} has no sheets; leave out sheet {shown(sheet)}")
    if kind == "text":
        cells = read_delimited(data, path.name)
    else:
        cells = read_contained(kind, data, path.name, sheet)
    field = _domain(cells, name) if domain is None else find_domain(domain)
    columns = choose_columns(
        cells,
        name=name,
        target=target,
        descriptors=descriptors,
        groups=groups,
        require_target=require_target,
        domain=field,
    )
    digest = hashlib.sha256(data).hexdigest()
    return _to_table(cells, columns, path.stem, digest, require_target, allow_duplicates, field)


def _domain(sheet: Sheet, name: str | None) -> Domain:
    column = names_column(sheet, name)
    return detect_domain([tidy(str(sheet.cell(i, column))) for i in sheet.body])


def _to_table(
    sheet: Sheet,
    columns: Columns,
    stem: str,
    sha256: str,
    require_target: bool,
    allow_duplicates: bool,
    domain: Domain,
) -> Table:
    _check_rows(sheet, columns, require_target)
    names = _read_names(sheet, columns.name)
    if not allow_duplicates:
        _check_duplicates(sheet, names)
    y, gaps = _read_target(sheet, columns.target, require_target)
    X = np.column_stack([_read_numbers(sheet, j) for j in columns.descriptors])
    _check_filled(sheet, columns, X, require_target)
    remarks = (*sheet.remarks, *_remarks(sheet, columns, X, domain), *gaps)
    return Table(
        names=names,
        descriptors=X,
        descriptor_names=tuple(domain.canonical(sheet.header[j]) for j in columns.descriptors),
        target=y,
        target_name=None if y is None else sheet.header[columns.target],  # type: ignore[index]
        source=Source(stem, sha256, file=sheet.file, sheet=sheet.name, remarks=remarks),
        name_column=sheet.header[columns.name] or "name",
        groups=_read_groups(sheet, columns.groups),
        domain_name=domain.name,
    )


def _check_rows(sheet: Sheet, columns: Columns, require_target: bool) -> None:
    found = len(sheet.body)
    if found == 0:
        raise InputError(f"{sheet.at()} has a header but no rows; add rows")
    if found == 1 and require_target:
        raise InputError(f"{sheet.at(sheet.body[0])} is the only one; at least 2 are needed")
    used = [j for j in (columns.target, *columns.descriptors) if j is not None]
    if not any(is_number(sheet.cell(i, j)) for i in sheet.body for j in used):
        raise InputError(
            f"{sheet.at()}: no numeric column (columns: {', '.join(sheet.header[j] for j in used)})"
            "; expected names, then numbers: choose another sheet or other columns"
        )


def _read_names(sheet: Sheet, column: int) -> tuple[str, ...]:
    names = []
    for i in sheet.body:
        cell = sheet.cell(i, column)
        if is_blank(cell):
            raise InputError(f"{sheet.at(i, column)}: the name is missing; name the row")
        if is_number(cell) and not _read_number(sheet, i, column).is_integer():
            raise InputError(
                f"{sheet.at(i, column)}: {shown(cell)} is no name; the first column holds names "
                "unless another one is chosen (--name)"
            )
        names.append(f"{cell:.0f}" if isinstance(cell, float) else tidy(str(cell)))
    return tuple(names)


def _read_groups(sheet: Sheet, columns: tuple[int, ...]) -> tuple[str, ...] | None:
    if not columns:
        return None
    for i in sheet.body:
        for j in columns:
            if is_blank(sheet.cell(i, j)):
                raise InputError(f"{sheet.at(i, j)}: the group is missing; name the row's group")
    return tuple(" / ".join(tidy(str(sheet.cell(i, j))) for j in columns) for i in sheet.body)


def _check_duplicates(sheet: Sheet, names: tuple[str, ...]) -> None:
    first: dict[str, int] = {}
    for row, name in zip(sheet.body, names, strict=True):
        if name in first:
            raise InputError(
                f"{sheet.at(row)}: the name {shown(name)} stands already in row {first[name] + 1}; "
                "names must differ: delete the copy, or number isomers (Fe3C4-1-M10, Fe3C4-2-M8)"
            )
        first[name] = row


def _read_numbers(sheet: Sheet, column: int) -> np.ndarray:
    plain = plain_numbers(sheet.column(column))  # one by one is slow
    if plain is not None:
        return plain
    return np.array([_read_number(sheet, i, column) for i in sheet.body])


def _read_number(sheet: Sheet, row: int, column: int) -> float:
    try:
        return to_number(sheet.cell(row, column), decimal_comma=sheet.decimal_comma)
    except ValueError as problem:
        raise InputError(
            f"{sheet.at(row, column)}: {problem}; correct the cell, or leave the column out "
            "(--descriptors)"
        ) from problem


def _read_target(
    sheet: Sheet, column: int | None, require_target: bool
) -> tuple[np.ndarray | None, tuple[str, ...]]:
    """Return the target, None where it is absent or (if not required) has gaps, and remarks."""
    if column is None:
        return None, ()
    y = _read_numbers(sheet, column)
    gaps = [sheet.body[i] for i in np.flatnonzero(np.isnan(y))]
    if gaps and require_target:
        more = f" (and {len(gaps) - 1} more)" if len(gaps) > 1 else ""
        raise InputError(
            f"{sheet.at(gaps[0], column)}: the target is missing{more}; give its value, or delete "
            "the row"
        )
    if gaps:
        return None, (f"target {shown(sheet.header[column])} has gaps: not used",)
    if require_target and np.ptp(y) == 0:
        raise InputError(
            f"{sheet.at(column=column)}: the target is {y[0]:g} in every row; nothing can be "
            "learned from it: choose another target"
        )
    return y, ()


def _check_filled(sheet: Sheet, columns: Columns, X: np.ndarray, require_target: bool) -> None:
    empty = np.flatnonzero(np.isnan(X).all(axis=0))
    if require_target and empty.size:
        raise InputError(
            f"{sheet.at(column=columns.descriptors[empty[0]])} has no value in any row; "
            "delete it, or leave it out of the descriptors"
        )


def _remarks(sheet: Sheet, columns: Columns, X: np.ndarray, domain: Domain) -> tuple[str, ...]:
    """Say what was read otherwise than written, and which columns say nothing."""
    written = [sheet.header[j] for j in columns.descriptors]
    read = [(w, domain.canonical(w)) for w in written]
    remarks = [f"column {shown(w)} read as {r}" for w, r in read if w != r]
    if sheet.decimal_comma:
        remarks.append("numbers have decimal commas")
    if any(is_row_number(sheet, j) for j in range(columns.name)):
        remarks.append("a first column that only numbers the rows is left out")
    for (_, name), values in zip(read, X.T, strict=True):
        known = values[~np.isnan(values)]
        if len(known) > 1 and np.ptp(known) == 0:
            remarks.append(f"descriptor {name} is {known[0]:g} in every row")
    return tuple(remarks)
