"""CSV and TSV: encoding, delimiter and decimal mark found from the text itself."""

from __future__ import annotations

import codecs
import csv
import io

from clusteract.errors import InputError
from clusteract.table.cells import has_decimal_comma, has_decimal_point
from clusteract.table.sheet import MAX_CELLS, MAX_COLUMNS, MAX_ROWS, Cell, Sheet

_DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab"}
_LINES_TO_JUDGE = 50
_LETTERS_TO_JUDGE = 200_000


def read_delimited(data: bytes, file: str) -> Sheet:
    r"""Read delimited text.

    Parameters
    ----------
    data : bytes
        The file's content: UTF-8 (with or without BOM), UTF-16 with BOM, or Windows-1252.
    file : str
        The file's name, for messages.

    Examples
    --------
    >>> read_delimited(b"c;lg(k1)\nFeS-;-11,5\n", "t.csv").decimal_comma
    True
    """
    text, remarks = _decode(data, file)
    delimiter = _find_delimiter(text, file)
    rows: list[list[Cell]] = []
    try:
        for fields in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True):
            rows.append([field or None for field in fields])
            _check_size(rows, file)
    except csv.Error as problem:
        raise InputError(
            f"{file}, near row {len(rows) + 1}: broken quotes or an endless field ({problem}); "
            "save the table again as CSV"
        ) from problem
    sheet = Sheet(file, None, rows, _uses_decimal_comma(rows, delimiter, file), remarks)
    _check_lengths(sheet)
    return sheet


def _decode(data: bytes, file: str) -> tuple[str, tuple[str, ...]]:
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data.decode("utf-16", errors="replace"), ()
    try:
        return data.decode("utf-8-sig"), ()
    except UnicodeDecodeError:
        pass
    try:
        return data.decode("cp1252"), (f"{file} is not UTF-8: read as Windows-1252",)
    except UnicodeDecodeError as problem:
        raise InputError(
            f"{file}: byte {problem.start} is neither UTF-8 nor Windows-1252 text; "
            "save the table as 'CSV UTF-8'"
        ) from problem


def _find_delimiter(text: str, file: str) -> str:
    """Choose the delimiter that gives the most columns on which the first lines agree."""
    lines = text[:_LETTERS_TO_JUDGE].splitlines()
    if len(text) > _LETTERS_TO_JUDGE:
        lines = lines[:-1]  # perhaps cut
    unquoted = ["".join(line.split('"')[::2]) for line in lines if line.strip()][:_LINES_TO_JUDGE]
    if not unquoted:
        raise InputError(_too_large(file, f"a first line of over {_LETTERS_TO_JUDGE:,} characters"))

    def columns(delimiter: str) -> tuple[bool, int]:
        counts = [line.count(delimiter) for line in unquoted]
        return counts[0] > 0 and len(set(counts)) == 1, counts[0]

    best = max(_DELIMITERS, key=columns)
    if best not in unquoted[0]:
        raise InputError(
            f"{file}: the first row has one column only; expected names, target and descriptors "
            f"separated by {', '.join(_DELIMITERS.values())}"
        )
    return best


def _check_size(rows: list[list[Cell]], file: str) -> None:
    width = len(rows[-1])
    if width > MAX_COLUMNS:
        raise InputError(_too_large(file, f"{width:,} columns in row {len(rows)}"))
    if len(rows) - 1 > MAX_ROWS or len(rows) * width > MAX_CELLS:
        raise InputError(_too_large(file, f"more than {len(rows) - 2:,} rows of {width:,} columns"))


def _too_large(file: str, found: str) -> str:
    return (
        f"{file} is too large: {found}; at most {MAX_ROWS:,} rows, {MAX_COLUMNS:,} columns and "
        f"{MAX_CELLS:,} cells are read: keep names, target and descriptors only"
    )


def _uses_decimal_comma(rows: list[list[Cell]], delimiter: str, file: str) -> bool:
    if delimiter == ",":
        return False
    first_comma = _find(rows, has_decimal_comma)
    first_point = _find(rows, has_decimal_point)
    if first_comma and first_point:
        raise InputError(
            f"{file} mixes decimal commas ({first_comma[1]!r} in row {first_comma[0]}) and decimal "
            f"points ({first_point[1]!r} in row {first_point[0]}); use one of them"
        )
    return first_comma is not None


def _find(rows: list[list[Cell]], wanted) -> tuple[int, Cell] | None:
    return next(((i + 1, c) for i, row in enumerate(rows) for c in row if wanted(c)), None)


def _check_lengths(sheet: Sheet) -> None:
    width = len(sheet.header)
    for i in sheet.body:
        if len(sheet.rows[i]) != width:
            raise InputError(
                f"{sheet.at(i)} has {len(sheet.rows[i])} cells where the header has {width}; "
                "a delimiter too many or too few, or the file is cut short: correct the row"
            )
