"""CSV and TSV: encodings, delimiters, decimal marks, and broken files."""

import pytest

from clusteract.errors import InputError
from clusteract.table.delimited import read_delimited

TEXT = "c{d}lg(k1){d}2_Δns\nFeS¯{d}-1{p}5{d}2\nFe2S¯{d}-2{p}5{d}3\n"


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_delimiter_is_found(delimiter):
    sheet = read_delimited(TEXT.format(d=delimiter, p=".").encode(), "t.csv")
    assert sheet.header == ["c", "lg(k1)", "2_Δns"]
    assert sheet.rows[1] == ["FeS¯", "-1.5", "2"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_encodings(encoding):
    sheet = read_delimited(TEXT.format(d=",", p=".").encode(encoding), "t.csv")
    assert (sheet.header[0], sheet.rows[1][0]) == ("c", "FeS¯")


def test_windows_text_is_read_with_a_remark():
    sheet = read_delimited("c,y,x\nFeS¯,1,2\n".encode("cp1252"), "t.csv")
    assert sheet.rows[1][0] == "FeS¯"
    assert sheet.remarks == ("t.csv is not UTF-8: read as Windows-1252",)


@pytest.mark.parametrize("delimiter", [";", "\t"])
def test_decimal_commas_are_understood(delimiter):
    assert read_delimited(TEXT.format(d=delimiter, p=",").encode(), "t.csv").decimal_comma


def test_commas_inside_names_do_not_confuse():
    sheet = read_delimited(b'c;"y, log";x\n"Fe;S";1;2\n', "t.csv")
    assert sheet.header == ["c", "y, log", "x"]
    assert sheet.rows[1][0] == "Fe;S"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("c;y;x\na;1,5;2\nb;2.5;3\n", r"mixes decimal commas \('1,5' in row 2\) and decimal poin"),
        ("c,y,x\na,1,2\nb,2\n", r"row 3 .* has 2 cells where the header has 3; a delimiter too"),
        ("c,y,x\na,1,2,9\n", r"row 2 .* has 4 cells where the header has 3"),
        ('c,y,x\n"a,1,2\nb,2,3\n', r"near row 2: broken quotes"),
        ("c\na\nb\n", r"the first row has one column only; .*comma, semicolon, tab"),
        (f"c,y,x\n{'a' * 200_000},1,2\n", r"near row 2: .*field larger than field limit"),
    ],
)
def test_broken_text_is_named(text, message):
    with pytest.raises(InputError, match=rf"^t.csv.*{message}"):
        read_delimited(text.encode(), "t.csv")


def test_bytes_that_are_no_text_are_named():
    with pytest.raises(InputError, match=r"byte 6 is neither UTF-8 nor Windows-1252.*CSV UTF-8"):
        read_delimited(b"c,y,x\n\x81,1,2\n", "t.csv")


def test_a_million_columns_are_refused():
    header = ",".join(f"c{i}" for i in range(10**6))
    with pytest.raises(InputError, match="too large: a first line of over 200,000 characters"):
        read_delimited(f"{header}\n{header}\n".encode(), "t.csv")


def test_columns_and_rows_are_capped():
    with pytest.raises(InputError, match=r"too large: 2,001 columns in row 1; at most"):
        read_delimited((",".join("x" * 2001) + "\n").encode(), "t.csv")
    with pytest.raises(InputError, match=r"too large: more than 100,000 rows of 2 columns"):
        read_delimited(b"a,1\n" * 100_002, "t.csv")
