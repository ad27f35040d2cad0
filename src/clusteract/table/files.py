"""Files that tables come in: what is there, what it really is, and its bytes, within limits."""

from __future__ import annotations

import difflib
from pathlib import Path

from clusteract.errors import InputError, close_matches
from clusteract.table.sheet import shown

MAX_FILE_BYTES = 64 * 2**20

KINDS = {
    ".xlsx": "workbook",
    ".xlsm": "workbook",
    ".csv": "text",
    ".tsv": "text",
    ".txt": "text",
    ".parquet": "parquet",
}
ALLOWED = ".xlsx, .csv, .tsv or .parquet"

_KIND_WORDS = {
    "workbook": "an Excel workbook (.xlsx)",
    "parquet": "a Parquet file",
    "text": "text, perhaps a CSV file",
    "ole": "an old Excel workbook (.xls)",
    "locked": "an encrypted workbook",
    "binary": "none of the table formats",
}
_OLE_MAGIC = bytes.fromhex("d0cf11e0a1b11ae1")
_TEXT_WITH_NULS = (b"\xff\xfe", b"\xfe\xff")  # UTF-16, which old Excel exports use


def read_file(path: Path) -> tuple[str, bytes]:
    """Return a table file's kind (workbook, text or parquet) and its bytes.

    Raises
    ------
    InputError
        Where there is no such file, or its content is not what its name says.
    """
    try:
        _check_path(path)
    except OSError as problem:
        raise InputError(f"{path}: cannot be read ({problem.strerror})") from problem
    kind = KINDS.get(path.suffix.lower())
    if kind is None:
        raise InputError(
            f"{path.name}: {shown(path.suffix) if path.suffix else 'no extension'} is no table "
            f"format; {ALLOWED} are allowed: save the table as one of them"
        )
    try:
        with path.open("rb") as stream:
            data = stream.read(MAX_FILE_BYTES + 1)
    except OSError as problem:
        raise InputError(f"{path}: cannot be read ({problem.strerror})") from problem
    _check_content(path.name, kind, data)
    return kind, data


def _check_path(path: Path) -> None:
    if path.is_dir():
        raise InputError(f"{path} is a folder; give the file in it: {_tables_in(path, '')}")
    if not path.exists():
        raise InputError(f"No file {path}; {_tables_in(path.parent, path.name)}")
    if not path.is_file():
        raise InputError(f"{path} is no regular file; {ALLOWED} are allowed")


def _tables_in(folder: Path, name: str) -> str:
    if not folder.is_dir():
        return f"there is no folder {folder} either: check the path"
    tables = sorted(p.name for p in folder.iterdir() if p.suffix.lower() in KINDS)
    if not tables:
        return f"{folder.absolute()} has no {ALLOWED}"
    return close_matches(name, difflib.get_close_matches(name, tables) or tables[:8])


def _check_content(name: str, kind: str, data: bytes) -> None:
    if not data.strip():
        raise InputError(f"{name} is empty (0 bytes of content); save or copy the table again")
    if len(data) > MAX_FILE_BYTES:
        raise InputError(
            f"{name} is larger than {MAX_FILE_BYTES // 2**20} MiB, the most that is read; "
            "keep names, target and descriptors only"
        )
    found = _kind_of(data)
    if found == "locked":
        raise InputError(
            f"{name} is encrypted; open it with its password and save it without one, or as .csv"
        )
    if found == "ole":
        raise InputError(f"{name} is an old Excel workbook (.xls); save it as .xlsx or .csv")
    if found != kind:
        raise InputError(
            f"{name} is not what its name says: it is {_KIND_WORDS[found]}, not "
            f"{_KIND_WORDS[kind]}, or it is damaged; rename it, or save the table again"
        )


def _kind_of(data: bytes) -> str:
    if data.startswith(b"PK\x03\x04"):
        return "workbook"
    if data.startswith(b"PAR1"):
        return "parquet"
    if data.startswith(_OLE_MAGIC):
        return "locked" if "EncryptedPackage".encode("utf-16-le") in data else "ole"
    if b"\0" in data[:4096] and not data.startswith(_TEXT_WITH_NULS):
        return "binary"
    return "text"
