"""Parse one workbook or Parquet file from standard input; print its cells as JSON.

Runs alone as ``python -I -S workbook_worker.py REQUEST`` and never imports clusteract: it starts
in milliseconds, holds itself to limits, and may die without taking the program with it.
"""

from __future__ import annotations

import io
import json
import re
import sys

_TOKEN = re.compile(rb"<(?:\w+:)?(?:(row)|c)(?=[\s/>])([^>]*)>")
_REFERENCE = re.compile(rb"""\sr\s*=\s*["']([A-Z]*)(\d+)["']""")
_CELL = re.compile(rb"<(?:\w+:)?c(?=\s)([^>]*[^/])>(.*?)</(?:\w+:)?c>", re.DOTALL)
_SHEET = re.compile(rb"""<(?:\w+:)?sheet\s[^>]*?\w+:id\s*=\s*["']([^"']+)["']""")
_RELATION = re.compile(rb"<(?:\w+:)?Relationship\s[^>]*>")
_MAX_TEXT = 300  # characters of a cell that are kept: names and numbers are shorter


class Refused(Exception):
    """The file is not read, for a reason that the user can act on."""


def hold_to_limits(limits: dict) -> None:
    """Cap memory and time of this process where the system can."""
    try:
        import resource
    except ImportError:  # Windows: the checks before parsing and the parent's clock remain
        return
    caps = {"RLIMIT_AS": limits["memory"], "RLIMIT_CPU": limits["seconds"], "RLIMIT_CORE": 0}
    for name, cap in caps.items():
        try:
            resource.setrlimit(getattr(resource, name), (cap, cap))
        except (ValueError, OSError, AttributeError):  # macOS refuses some of them
            continue


def read_workbook(data: bytes, request: dict) -> dict:
    """Return the sheet names, and the cells of the wanted sheet or of those that are tables.

    Hidden sheets are read where they are asked for by name only.
    """
    check_archive(data, request["limits"])
    import python_calamine

    try:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
    except python_calamine.PasswordError as problem:
        raise Refused("is encrypted; save it without a password, or as .csv") from problem
    sheets, wanted = book.sheet_names, request["sheet"]
    if wanted is not None:
        if wanted not in sheets:
            return {"sheets": sheets, "sheet": None, "rows": []}
        return {"sheets": sheets, "sheet": wanted, "rows": cells_of(book, data, wanted, request)}
    visible = [m.name for m in book.sheets_metadata if str(m.visible).endswith(".Visible")]
    if not visible:
        return {"sheets": sheets, "sheet": None, "rows": []}
    cells = {name: cells_of(book, data, name, request) for name in visible}
    tables = [name for name in visible if looks_like_table(cells[name])]
    chosen = tables[0] if tables else visible[0]
    others = [name for name in sheets if name != chosen]
    answer = {"sheets": sheets, "sheet": chosen, "rows": cells[chosen]}
    return {**answer, "tables": tables, "others": others}


def cells_of(book, data: bytes, name: str, request: dict) -> list:
    """Return a sheet's cells; what a spreadsheet could not compute is its error's text."""
    parts = check_sheet(data, book.sheet_names.index(name), request["limits"])
    rows = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
    rows = plain(rows, request["limits"])
    for row, column, shown in failed_cells(parts):
        if row < len(rows) and column < len(rows[row]) and rows[row][column] is None:
            rows[row][column] = shown
    return rows


def looks_like_table(rows: list) -> bool:
    """Tell whether a sheet has words above columns of numbers."""
    filled = [row for row in rows if sum(cell is not None for cell in row) > 1]
    if len(filled) < 3:
        return False
    words = max(sum(isinstance(c, str) for c in row) for row in filled[:5])
    numbers = sum(
        any(isinstance(c, (int, float)) and not isinstance(c, bool) for c in row) for row in filled
    )
    return words > 1 and 2 * numbers >= len(filled)


def check_archive(data: bytes, limits: dict) -> None:
    """Refuse zip bombs from the central directory, before anything is unpacked."""
    import zipfile

    end = data.rfind(b"PK\x05\x06")
    if end < 0:
        raise Refused("is damaged (it ends early); copy or save the table again")
    directory_size = int.from_bytes(data[end + 12 : end + 16], "little")
    if directory_size > 200 * limits["entries"]:
        raise Refused(f"has over {limits['entries']:,} parts inside; a table needs about a dozen")
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = archive.infolist()
        if "xl/workbook.xml" not in archive.namelist():
            raise Refused(
                "is a ZIP archive, but no .xlsx workbook; save the table as .xlsx or .csv"
            )
    unzipped = sum(part.file_size for part in parts)
    if len(parts) > limits["entries"] or unzipped > limits["unzipped"]:
        raise Refused(
            f"unzips to {unzipped / 2**20:,.0f} MiB in {len(parts):,} parts; at most "
            f"{limits['unzipped'] / 2**20:,.0f} MiB in {limits['entries']:,} parts are read: "
            "save the table alone as .xlsx or .csv"
        )


def check_sheet(data: bytes, index: int, limits: dict) -> list[bytes]:
    """Refuse a sheet whose cells reach too far: the parser holds the whole rectangle.

    Returns the XML of its parts.
    """
    import zipfile

    found = []
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for part in sheet_parts(archive, index):
            found.append(archive.read(part))
            rows, columns = extent(found[-1], limits["cells"])
            too_far = rows > limits["rows"] or columns > limits["columns"]
            if too_far or rows * columns > limits["cells"]:
                raise Refused(
                    f"has cells out to row {rows:,} and column {columns:,}; at most "
                    f"{limits['rows']:,} rows, {limits['columns']:,} columns and "
                    f"{limits['cells']:,} cells are read: delete stray cells, or save the table "
                    "alone as .csv"
                )
    return found if len(found) == 1 else []


def failed_cells(parts: list[bytes]):
    """Yield row and column, from 0, and text of errors and of formulas that were never computed."""
    for xml in parts:
        if b't="e"' not in xml and b"<f" not in xml:
            continue
        for cell in _CELL.finditer(xml):
            reference = _REFERENCE.search(b" " + cell[1])
            value = re.search(rb"<(?:\w+:)?v>([^<]+)</", cell[2])
            if reference is None or (value is not None and b't="e"' not in cell[1]):
                continue
            if value is not None:
                shown = value[1].decode("utf-8", "replace")
            elif re.search(rb"<(?:\w+:)?f\b", cell[2]):
                shown = "a formula without a value"
            else:
                continue
            yield int(reference[2]) - 1, column_number(reference[1]) - 1, shown


def sheet_parts(archive, index: int) -> list[str]:
    """Return the part of the archive that holds a sheet; every part where unsure."""
    names = set(archive.namelist())
    try:
        identifiers = _SHEET.findall(archive.read("xl/workbook.xml"))
        relations = _RELATION.findall(archive.read("xl/_rels/workbook.xml.rels"))
        wanted = [r for r in relations if re.search(rb"""Id=["']%b["']""" % identifiers[index], r)]
        target = re.findall(rb"""Target=["']([^"']+)["']""", wanted[0])[0].decode()
        part = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
        if part in names:
            return [part]
    except (KeyError, IndexError, UnicodeDecodeError, re.error):
        pass
    return sorted(names)


def extent(xml: bytes, max_cells: int) -> tuple[int, int]:
    """Return the last row and column that hold something, counting from 1."""
    row = column = last_row = last_column = count = 0
    for token in _TOKEN.finditer(xml):
        reference = _REFERENCE.search(token[2])
        if token[1]:
            row, column = int(reference[2]) if reference else row + 1, 0
            continue
        column = column + 1
        if reference:
            column, row = column_number(reference[1]), int(reference[2])
        if token[2].endswith(b"/"):  # styled, but empty
            continue
        last_row, last_column, count = max(last_row, row), max(last_column, column), count + 1
        if count > max_cells:
            break
    return last_row, last_column


def column_number(letters: bytes) -> int:
    """Return 1 for A, 27 for AA; no more than a spreadsheet can have."""
    number = 0
    for letter in letters[:4]:
        number = 26 * number + letter - 64
    return number


def read_parquet(data: bytes, request: dict) -> dict:
    """Return a Parquet file's column names and values as rows of cells."""
    import pyarrow
    import pyarrow.parquet

    file = pyarrow.parquet.ParquetFile(pyarrow.BufferReader(data))
    rows, columns, limits = file.metadata.num_rows, len(file.schema_arrow), request["limits"]
    unpacked = sum(file.metadata.row_group(i).total_byte_size for i in range(file.num_row_groups))
    if rows > limits["rows"] or columns > limits["columns"] or rows * columns > limits["cells"]:
        raise Refused(
            f"holds {rows:,} rows x {columns:,} columns; at most {limits['rows']:,} x "
            f"{limits['columns']:,} and {limits['cells']:,} cells are read: keep names, target "
            "and descriptors only"
        )
    if unpacked > limits["unzipped"]:
        raise Refused(f"unpacks to {unpacked / 2**20:,.0f} MiB: keep the needed columns only")
    table = file.read(use_threads=False)
    order = parquet_order(file.schema_arrow)
    nested = [name for name in order if is_nested(file.schema_arrow, name)]
    if nested:
        raise Refused(
            f"holds lists or dictionaries in column {nested[0]!r}, where numbers or words are "
            "expected; unpack them into columns of their own, or leave the column out"
        )
    values = [table.column(name).to_pylist() for name in order]
    cells = [list(order), *map(list, zip(*values, strict=True))]
    return {"sheets": [], "sheet": None, "rows": plain(cells, limits)}


def parquet_order(schema) -> list[str]:
    """Return the columns, a named pandas index first and numbered ones left out."""
    pandas = json.loads((schema.metadata or {}).get(b"pandas", b"{}"))
    index = [i for i in pandas.get("index_columns", []) if isinstance(i, str) and i in schema.names]
    named = [i for i in index if not (i.startswith("__index_level_") and is_integer(schema, i))]
    return named + [n for n in schema.names if n not in index]


def is_nested(schema, name: str) -> bool:
    """Tell whether a Parquet column holds lists, structures or maps."""
    return schema.field(name).type.num_fields > 0 and "dictionary" not in str(
        schema.field(name).type
    )


def is_integer(schema, name: str) -> bool:
    """Tell whether a Parquet column holds integers."""
    return "int" in str(schema.field(name).type)


def plain(rows: list, limits: dict) -> list:
    """Return rows of cells that JSON has: numbers, booleans, short texts, None."""
    letters = 0
    for row in rows:
        for j, cell in enumerate(row):
            if cell == "" or cell is None:
                row[j] = None
            elif not isinstance(cell, (float, int, bool)):
                row[j] = text(cell)
                letters += len(row[j])
        if letters > limits["letters"]:
            raise Refused(f"holds over {limits['letters']:,} letters of text; keep numbers only")
    return rows


def text(cell) -> str:
    """Return a cell that is no number as text; dates in ISO form."""
    if hasattr(cell, "isoformat"):
        return cell.isoformat()
    return str(cell)[:_MAX_TEXT]


READERS = {"workbook": read_workbook, "parquet": read_parquet}


def main() -> None:
    """Read the request from the command line and the file from standard input."""
    request = json.loads(sys.argv[1])
    hold_to_limits(request["limits"])
    sys.path += request["packages"]
    try:
        answer = READERS[request["kind"]](sys.stdin.buffer.read(), request)
    except Refused as problem:
        answer = {"refused": str(problem)}
    except MemoryError:
        answer = {"exhausted": "memory"}
    except Exception as problem:  # whatever a parser makes of a damaged file
        answer = {"damaged": " ".join(f"{type(problem).__name__}: {problem}".split())[:120]}
    sys.stdout.write(json.dumps(answer))


if __name__ == "__main__":
    main()
