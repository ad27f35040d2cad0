"""Tables as people keep them: each is read, with a remark, or refused in one clear line."""

from pathlib import Path

import numpy as np
import pytest

from clusteract.errors import InputError
from clusteract.table import read_table

NUMBERS = "name,target,a,b\n" + "".join(f"r{i},{i / 3:.3f},{i % 5},{i * 0.5}\n" for i in range(12))


@pytest.fixture
def text(tmp_path):
    def write(content: str) -> Path:
        path = tmp_path / "t.csv"
        path.write_text(content, encoding="utf-8")
        return path

    return write


def replaced(row: int, column: int, cell: str) -> str:
    lines = [line.split(",") for line in NUMBERS.splitlines()]
    lines[row][column] = cell
    return "\n".join(",".join(line) for line in lines) + "\n"


@pytest.mark.parametrize(
    ("cell", "value", "remark"),
    [
        ("12%", 0.12, "column a, row 4: '12%' is a percentage, taken as its hundredth part"),
        ('"1,234.5"', 1234.5, "'1,234.5' is a number with separators of thousands"),
        ("<0.1", np.nan, "'<0.1' is a limit, taken as missing"),
        ("1.5D+01", 15.0, "'1.5D+01' is a number as Fortran writes it"),
    ],
)
def test_numbers_in_other_spellings(text, cell, value, remark):
    table = read_table(text(replaced(3, 2, cell)))
    assert table.column("a")[2] == pytest.approx(value, nan_ok=True)
    assert any(remark in said for said in table.source.remarks)


def test_a_cell_of_words_is_named_or_missing_if_asked(text):
    path = text(replaced(3, 2, "abc"))
    with pytest.raises(InputError, match=r"row 4 .*column 'a': 'abc' is no number.*--unreadable"):
        read_table(path)
    table = read_table(path, unreadable="missing")
    assert np.isnan(table.column("a")[2])
    assert any("'abc' is no number" in said for said in table.source.remarks)


def test_without_names_rows_are_numbered(text):
    table = read_table(text("target,a\n1.5,2\n2.5,3\n3.5,5\n"))
    assert table.names == ("1", "2", "3")
    assert "rows are numbered" in table.source.remarks[0]


def test_names_can_be_made_of_two_columns_and_rows_grouped(text):
    rows = "".join(f"{i},h{i % 3},s{i},{i / 7:.3f},{i}\n" for i in range(9))
    table = read_table(
        text(",host,solute,barrier,x\n" + rows),
        name="host,solute",
        groups="host",
        target="barrier",
    )
    assert table.names[:2] == ("h0 / s0", "h1 / s1")
    assert table.groups[:3] == ("h0", "h1", "h2")
    assert table.descriptor_names == ("x",)


def test_few_words_are_a_category_and_many_are_left_out(text):
    rows = "".join(f"r{i},{i},{'AB'[i % 2]},C{i}H{i},{i % 2 == 0}\n" for i in range(12))
    table = read_table(text("name,target,kind,smiles,flag\n" + rows))
    assert table.descriptor_names == ("kind", "flag")
    assert table.categories == {"kind": ("A", "B"), "flag": ("False", "True")}
    assert table.column("kind").tolist()[:3] == [0, 1, 0]
    assert any(
        "'smiles' is text with 12 different values: left out" in r for r in table.source.remarks
    )


def test_the_target_is_asked_for_where_none_looks_like_one(text):
    path = text("name,a,b\nx,1,2\ny,2,4\nz,4,1\n")
    with pytest.raises(InputError, match=r"which column is the target\? .*--target.* a, b"):
        read_table(path)
    assert read_table(path, target="b").target_name == "b"
    assert read_table(path, require_target=False).target is None


def test_titles_units_totals_and_notes_are_no_data(make_book):
    data = [[f"r{i}", i / 3, i * 0.5] for i in range(1, 9)]
    book = make_book(
        [
            ["My data of 2024", None, None],
            [None, None, None],
            ["name", "target", "a"],
            [None, "eV", "(kg)"],
            *data,
            ["Mean", 1.5, 2.25],
            [None, None, None],
            ["* measured at 300 K", None, None],
        ]
    )
    table = read_table(book)
    assert table.n_rows == 8
    assert table.units == {"target": "eV", "a": "kg"}
    said = " | ".join(table.source.remarks)
    for words in ("'My data of 2024'", "read as units", "'Mean'", "'* measured at 300 K'"):
        assert words in said


def test_a_row_called_mean_among_the_others_stays(text):
    assert read_table(text(replaced(3, 0, "Mean"))).n_rows == 12


def test_the_only_sheet_that_is_a_table_is_taken(make_book):
    data = [["name", "target", "a"], *[[f"r{i}", i / 3, i % 4] for i in range(6)]]
    table = read_table(make_book([["read me"]], Data=data))
    assert table.source.sheet == "Data"
    assert "sheet 'Data' is read, of 2 sheets" in table.source.remarks
    with pytest.raises(InputError, match=r"several sheets look like tables: 'Sheet1', 'More'"):
        read_table(make_book(data, More=data))


@pytest.mark.parametrize("kind", ["error", "formula"])
def test_what_a_spreadsheet_could_not_compute_is_named(tmp_path, kind):
    import xlsxwriter

    path = tmp_path / "t.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet()
        for i, row in enumerate([["name", "target", "a"], *[[f"r{i}", i, i] for i in range(5)]]):
            sheet.write_row(i, 0, row)
        if kind == "error":
            sheet.write_formula(3, 2, "=1/0", None, "#DIV/0!")
        else:
            sheet.write_formula(3, 2, "=B4*2", None, "")
    shown = "#DIV/0!" if kind == "error" else "a formula without a value"
    with pytest.raises(InputError, match=rf"row 4 .*column 'a': '{shown}' is no number"):
        read_table(path)


def test_a_hidden_sheet_is_not_read(tmp_path):
    import xlsxwriter

    path = tmp_path / "t.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        old, new = book.add_worksheet("old"), book.add_worksheet("new")
        for sheet, factor in ((old, 1), (new, 2)):
            for i, row in enumerate(
                [["name", "target", "a"], *[[f"r{i}", factor * i, i] for i in range(5)]]
            ):
                sheet.write_row(i, 0, row)
        new.activate()
        new.set_first_sheet()
        old.hide()
    table = read_table(path)
    assert (table.source.sheet, table.target[2]) == ("new", 4)
    assert read_table(path, sheet="old").target[2] == 2
