"""Small files to read: workbooks, Parquet and text, written for each test."""

import pytest
import xlsxwriter

HEADER = ["Clusters", "lg(k1)", "1_Q", "2_S", "3_T"]
ROWS = [["FeS-", -12.5, 0.1, 1.0, 7.0], ["Fe2S-", -11.0, 0.2, 1.5, 7.5], ["Fe3S", -10, 0.3, 2, 8]]


def _write_sheet(book, name, rows):
    sheet = book.add_worksheet(name)
    for i, row in enumerate(rows):
        for j, cell in enumerate(row):
            if cell is not None:
                sheet.write(i, j, cell)


@pytest.fixture
def rows():
    """Return header and rows of a good table, free to spoil."""
    return [list(row) for row in (HEADER, *ROWS)]


@pytest.fixture
def make_book(tmp_path):
    """Return a function that writes a workbook: rows of its first sheet, then other sheets."""

    def write(rows, name="table.xlsx", sheet="Sheet1", **others):
        path = tmp_path / name
        with xlsxwriter.Workbook(path, {"nan_inf_to_errors": True}) as book:
            _write_sheet(book, sheet, rows)
            for other, its_rows in others.items():
                _write_sheet(book, other, its_rows)
        return path

    return write


@pytest.fixture
def make_text(tmp_path):
    """Return a function that writes text, or bytes, to a file."""

    def write(content, name="table.csv"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write
