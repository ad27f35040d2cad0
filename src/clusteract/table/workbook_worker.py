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
    """Return the sheet names and one sheet's cells."""
    check_archive(data, request["limits"])
    import python_calamine

    try:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
    except python_calamine.PasswordError as problem:
        raise Refused("is encrypted; save it without a password, or as .csv") from problem
    sheets = book.sheet_names
    wanted = request["sheet"]
    if wanted is None and sheets:
        wanted = sheets[0]
    if wanted not in sheets:
        return {"sheets": sheets, "sheet": None, "rows": []}
    check_sheet(data, sheets.index(wanted), request["limits"])
    rows = book.get_sheet_by_name(wanted).to_python(skip_empty_area=False)
    return {"sheets": sheets, "sheet": wanted, "rows": plain(rows, request["limits"])}


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


def check_sheet(data: bytes, index: int, limits: dict) -> None:
    """Refuse a sheet whose cells reach too far: the parser holds the whole rectangle."""
    import zipfile

    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for part in sheet_parts(archive, index):
            rows, columns = extent(archive.read(part), limits["cells"])
            too_far = rows > limits["rows"] or columns > limits["columns"]
            if too_far or rows * columns > limits["cells"]:
                raise Refused(
                    f"has cells out to row {rows:,} and column {columns:,}; at most "
                    f"{limits['rows']:,} rows, {limits['columns']:,} columns and "
                    f"{limits['cells']:,} cells are read: delete stray cells, or save the table "
                    "alone as .csv"
                )


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
    values = [table.column(name).to_pylist() for name in order]
    cells = [list(order), *map(list, zip(*values, strict=True))]
    return {"sheets": [], "sheet": None, "rows": plain(cells, limits)}


def parquet_order(schema) -> list[str]:
    """Return the columns, a named pandas index first and numbered ones left out."""
    pandas = json.loads((schema.metadata or {}).get(b"pandas", b"{}"))
    index = [i for i in pandas.get("index_columns", []) if isinstance(i, str) and i in schema.names]
    named = [i for i in index if not (i.startswith("__index_level_") and is_integer(schema, i))]
    return named + [n for n in schema.names if n not in index]


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
