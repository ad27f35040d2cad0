"""read_table: what is read, and one clear line for each thing that can be wrong."""

import hashlib

import numpy as np
import pandas as pd
import pytest

from clusteract.errors import InputError
from clusteract.table import read_table


def test_workbook_is_read_as_the_study_does(make_book, rows):
    path = make_book(rows, Scratch=[[1.5, 2.5], [3.5, 4.5]])
    table = read_table(path)
    assert table.names == ("FeS-", "Fe2S-", "Fe3S")
    assert table.target.tolist() == [-12.5, -11.0, -10.0]
    assert table.descriptor_names == ("1_Q", "2_S", "3_T")
    np.testing.assert_array_equal(table.descriptors[:, 2], [7.0, 7.5, 8.0])
    assert (table.target_name, table.name_column) == ("lg(k1)", "Clusters")


def test_source_has_file_sheet_and_hash_but_no_folder(make_book, rows):
    path = make_book(rows)
    source = read_table(path).source
    assert (source.name, source.file, source.sheet) == ("table", "table.xlsx", "Sheet1")
    assert source.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert not source.synthetic


@pytest.mark.parametrize("suffix", [".csv", ".tsv", ".parquet"])
def test_every_format_gives_the_same_table(make_book, rows, tmp_path, suffix):
    frame = pd.DataFrame(rows[1:], columns=rows[0])
    path = tmp_path / f"same{suffix}"
    if suffix == ".parquet":
        frame.to_parquet(path)
    else:
        frame.to_csv(path, index=False, sep="\t" if suffix == ".tsv" else ",")
    assert read_table(path).content_hash == read_table(make_book(rows)).content_hash


def test_values_survive_to_the_last_bit(make_book, rows):
    values = np.random.default_rng(0).normal(size=3) * 1e-7
    for row, value in zip(rows[1:], values, strict=True):
        row[2] = float(f"{value:.16g}")  # a workbook keeps 16 digits
    expected = [row[2] for row in rows[1:]]
    assert read_table(make_book(rows)).column("1_Q").tolist() == expected


def test_another_sheet_is_read_when_named(make_book, rows):
    table = read_table(make_book([["scratch"]], Table=rows), sheet="Table")
    assert (table.n_rows, table.source.sheet) == (3, "Table")


def test_columns_can_be_chosen_by_name(make_book, rows):
    path = make_book(rows)
    table = read_table(path, name="Clusters", target="3_T", descriptors="lg(k1):1_Q")
    assert table.target_name == "3_T"
    assert table.descriptor_names == ("lg(k1)", "1_Q")


def test_other_spellings_become_the_usual_names_and_are_told(make_book, rows):
    rows[0][2:] = ["2_σ¯", "2_Δnd¯", "3_alpha"]
    table = read_table(make_book(rows))
    assert table.descriptor_names == ("2_σave", "2_Δndave", "3_α")
    assert table.source.remarks[0] == "column '2_σ¯' read as 2_σave"
    assert read_table(make_book(rows), descriptors="2_σave").descriptor_names == ("2_σave",)


@pytest.mark.parametrize("empty", [None, "NA", "n/a", "-", "nan", "  "])
def test_missing_descriptors_become_nan_and_are_named(make_book, rows, empty):
    rows[2][3] = empty
    table = read_table(make_book(rows))
    assert np.isnan(table.descriptors[1, 1])
    assert table.missing_cells == ((1, "2_S"),)


def test_sentinels_stay_as_written_and_are_named(make_book, rows):
    rows[1][4] = -999
    table = read_table(make_book(rows))
    assert table.descriptors[0, 2] == -999
    assert table.sentinel_cells == ((0, "3_T"),)


def test_constant_column_is_a_remark(make_book, rows):
    for row in rows[1:]:
        row[3] = 4.0
    assert "descriptor 2_S is 4 in every row" in read_table(make_book(rows)).source.remarks


def test_empty_rows_between_are_skipped_and_row_numbers_still_fit(make_book, rows):
    rows.insert(2, [None] * 5)
    rows[-1][2] = "abc"
    with pytest.raises(InputError, match=r"row 5 \(the header is row 1\), column '1_Q': 'abc'"):
        read_table(make_book(rows))


def test_what_a_text_file_does_otherwise_is_told(make_text):
    table = read_table(make_text(";c;y;x\n0;FeS-;-1,5;2\n1;Fe2S-;-2,5;3\n"))
    assert table.target.tolist() == [-1.5, -2.5]
    assert table.names == ("FeS-", "Fe2S-")
    assert table.source.remarks == (
        "a first column that only numbers the rows is left out",
        "numbers have decimal commas",
    )


def test_names_are_tidied(make_book, rows):
    rows[1][0] = " FeS-\n\x1b(2)\u200b "
    assert read_table(make_book(rows)).names[0] == "FeS- (2)"


def test_whole_numbers_can_be_names_and_fractions_are_not(make_book, rows):
    for i, row in enumerate(rows[1:]):
        row[0] = 17 + i
    assert read_table(make_book(rows)).names == ("17", "18", "19")
    rows[1][0] = 17.5
    assert read_table(make_book(rows)).names == ("1", "2", "3")


# --- tables to predict -------------------------------------------------------------------------


def test_second_column_is_a_target_only_where_it_looks_like_one(make_book, rows):
    with_target = read_table(make_book(rows), require_target=False)
    assert with_target.target_name == "lg(k1)"
    without = read_table(make_book([r[:1] + r[2:] for r in rows]), require_target=False)
    assert without.target is None
    assert without.descriptor_names == ("1_Q", "2_S", "3_T")


def test_named_target_may_be_absent_from_a_table_to_predict(make_book, rows):
    bare = make_book([r[:1] + r[2:] for r in rows])
    assert read_table(bare, target="lg(k1)", require_target=False).target is None


def test_target_with_gaps_is_not_used_in_a_table_to_predict(make_book, rows):
    rows[1][1] = None
    table = read_table(make_book(rows), require_target=False)
    assert table.target is None
    assert "target 'lg(k1)' has no value in row 2: not used" in table.source.remarks


def test_one_row_can_be_predicted_but_not_learned_from(make_book, rows):
    path = make_book(rows[:2])
    assert read_table(path, require_target=False).n_rows == 1
    with pytest.raises(InputError, match=r"row 2 .* is the only one; at least 2 are needed"):
        read_table(path)


# --- what can be wrong -------------------------------------------------------------------------


def spoil(rows, row, column, value):
    rows[row][column] = value
    return rows


@pytest.mark.parametrize(
    ("row", "column", "value", "message"),
    [
        (2, 2, "abc", r"row 3 \(the header is row 1\), column '1_Q': 'abc' is no number; numbers"),
        (2, 2, "1,5", r"column '1_Q': '1,5' is text with a decimal comma; write a decimal point"),
        (2, 2, "inf", r"row 3 .*column '1_Q': 'inf' is infinite; finite numbers"),
        (2, 2, True, r"row 3 .*column '1_Q': TRUE is no number"),
        (2, 1, "-inf", r"row 3 .*column 'lg\(k1\)': '-inf' is infinite"),
        (2, 1, "low", r"row 3 .*column 'lg\(k1\)': 'low' is no number"),
        (2, 1, None, r"row 3 .*column 'lg\(k1\)': the target is missing; give its value"),
        (2, 1, "NaN", r"row 3 .*column 'lg\(k1\)': the target is missing"),
        (2, 0, None, r"row 3 .*column 'Clusters': the name is missing; name the row"),
        (0, 3, "1_Q", r"columns C \('1_Q'\) and D \('1_Q'\) have the same name; rename or delete"),
    ],
)
def test_one_wrong_cell_is_named(make_book, rows, row, column, value, message):
    path = make_book(spoil(rows, row, column, value))
    with pytest.raises(InputError, match=r"^table.xlsx, sheet 'Sheet1'.*" + message) as error:
        read_table(path)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"target": "lg(k2)"}, r"no column 'lg\(k2\)' for the target; did you mean lg\(k1\)\?"),
        ({"name": "Cluster"}, r"no column 'Cluster' for the names; did you mean Clusters\?"),
        ({"descriptors": "1_Q:4_T"}, r"no column '4_T' for the descriptors; did you mean 3_T"),
        ({"descriptors": ["1_Q", "X"]}, r"no column 'X' for the descriptors; known: 1_Q, "),
        ({"descriptors": "3_T:1_Q"}, r"the range '3_T:1_Q' runs backwards; write '1_Q:3_T'"),
        ({"descriptors": "1_Q,1_Q"}, r"column '1_Q' is asked for twice; name it once"),
        ({"descriptors": ""}, r"no descriptor asked for; name columns or a range"),
        ({"target": "1_Q", "descriptors": "1_Q:3_T"}, r"'1_Q' is the target and among the desc"),
        ({"descriptors": "lg(k1):3_T"}, r"'lg\(k1\)' would be the target, but is among the desc"),
        ({"descriptors": ["Clusters"]}, r"'Clusters' is the column of names and among the desc"),
        ({"target": "Clusters"}, r"column 'Clusters' is both names and target; name another"),
        ({"sheet": "Sheet2"}, r"table.xlsx has no sheet 'Sheet2'; did you mean Sheet1\?"),
    ],
)
def test_wrong_choice_of_columns_is_named(make_book, rows, options, message):
    with pytest.raises(InputError, match=message):
        read_table(make_book(rows), **options)


def test_a_descriptor_is_no_target_unless_it_is_named(make_text):
    path = make_text("c,3_IE,2_Q\nFeS-,7.5,0.1\nFe2S-,7.6,0.2\n")
    with pytest.raises(InputError, match=r"column '3_IE' would be the target, but is a descr"):
        read_table(path)
    assert read_table(path, target="3_IE").target_name == "3_IE"
    assert read_table(path, require_target=False).target is None


def test_gaps_in_the_target_are_counted(make_book, rows):
    rows[1][1] = rows[3][1] = None
    with pytest.raises(InputError, match=r"row 2 .*the target is missing \(and 1 more\)"):
        read_table(make_book(rows))


def test_constant_target_is_refused(make_book, rows):
    for row in rows[1:]:
        row[1] = -12.0
    with pytest.raises(InputError, match=r"the target is -12 in every row; nothing can be learned"):
        read_table(make_book(rows))


def test_column_without_values_is_refused(make_book, rows):
    for row in rows[1:]:
        row[3] = None
    with pytest.raises(InputError, match=r"column '2_S' has no value in any row; delete it"):
        read_table(make_book(rows))
    assert read_table(make_book(rows), require_target=False).n_descriptors == 3


def test_repeated_names_are_told_apart_by_their_row(make_book, rows):
    rows[3][0] = "FeS-"
    table = read_table(make_book(rows))
    assert table.names == ("FeS- #2", "Fe2S-", "FeS- #4")
    assert "told apart by their row" in table.source.remarks[0]
    assert read_table(make_book(rows), allow_duplicates=True).names[2] == "FeS-"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ([], r"table.xlsx, sheet 'Sheet1' is empty; expected a header row"),
        ([["c", "y", "x"]], r"has a header but no rows; add rows"),
        ([["c", "y", "x"], ["a", "b", "c"], ["d", "e", "f"]], r"no numeric column \(columns: y, x"),
        ([["c", "y"], ["a", 1], ["b", 2]], r"no descriptor column beside names and target"),
        ([["Fe", 1.5, 2], ["Co", 2, 3]], r"row 1 holds numbers \(1.5\) where column names are"),
    ],
)
def test_sheets_that_are_no_table(make_book, content, message):
    with pytest.raises(InputError, match=message):
        read_table(make_book(content))


def test_text_files_have_no_sheets(make_text):
    with pytest.raises(InputError, match=r"table.csv has no sheets; leave out sheet 'Test'"):
        read_table(make_text("c,y,x\na,1,2\nb,2,3\n"), sheet="Test")


def test_long_values_are_cut_in_messages(make_book, rows):
    with pytest.raises(InputError, match=r"'x{40,60}\.\.\.' is no number") as error:
        read_table(make_book(spoil(rows, 2, 2, "x" * 5000)))
    assert len(str(error.value)) < 350
