"""Files that are missing, or not what their names say."""

import pytest

from clusteract.errors import InputError
from clusteract.table import files
from clusteract.table.files import read_file

OLE = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("t.xlsx", b"c,y,x\n", r"t.xlsx is not what its name says: it is text, perhaps a CSV"),
        ("t.csv", b"PK\x03\x04rest", r"it is an Excel workbook \(.xlsx\), not text"),
        ("t.xlsx", b"PAR1rest", r"it is a Parquet file, not an Excel workbook"),
        ("t.parquet", b"text", r"it is text, perhaps a CSV file, not a Parquet file"),
        ("t.csv", bytes(range(256)), r"it is none of the table formats"),
        ("t.xlsx", OLE, r"t.xlsx is an old Excel workbook \(.xls\); save it as .xlsx or .csv"),
        (
            "t.xlsx",
            OLE + "EncryptedPackage".encode("utf-16-le"),
            r"t.xlsx is encrypted; open it with its password and save it without one",
        ),
        ("t.csv", b"", r"t.csv is empty \(0 bytes of content\)"),
        ("t.csv", b" \n\n", r"t.csv is empty"),
        ("t.doc", b"hi", r"t.doc: '.doc' is no table format; .xlsx, .csv, .tsv or .parquet are"),
        ("table", b"hi", r"table: no extension is no table format"),
    ],
)
def test_wrong_content_is_named(make_text, name, content, message):
    with pytest.raises(InputError, match=message):
        read_file(make_text(content, name))


def test_missing_file_suggests_its_neighbours(make_text, tmp_path):
    make_text("c,y,x\n", "clusters.csv")
    with pytest.raises(InputError, match=r"No file .*cluster.csv; did you mean clusters.csv\?"):
        read_file(tmp_path / "cluster.csv")


def test_missing_folder_is_told(tmp_path):
    with pytest.raises(InputError, match=r"there is no folder .*nowhere either: check the path"):
        read_file(tmp_path / "nowhere" / "t.csv")


def test_folder_lists_its_tables(make_text, tmp_path):
    make_text("c,y,x\n", "clusters.csv")
    with pytest.raises(InputError, match=r"is a folder; give the file in it: known: clusters.csv"):
        read_file(tmp_path)


def test_folder_without_tables(tmp_path):
    with pytest.raises(InputError, match=r"No file .*t.csv; .* has no .xlsx, .csv, .tsv or .parq"):
        read_file(tmp_path / "t.csv")


def test_impossible_path_is_one_line(tmp_path):
    with pytest.raises(InputError, match=r"cannot be read \(File name too long\)"):
        read_file(tmp_path / ("a" * 5000 + ".csv"))


def test_size_is_capped(make_text, monkeypatch):
    monkeypatch.setattr(files, "MAX_FILE_BYTES", 2**20)
    with pytest.raises(InputError, match=r"t.csv is larger than 1 MiB, the most that is read"):
        read_file(make_text(b"c,y,x\n" * 200_000, "t.csv"))
