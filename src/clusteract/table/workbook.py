"""Excel workbooks and Parquet files, parsed in a child process with limits on memory and time."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

from clusteract.errors import InputError, close_matches
from clusteract.table.sheet import MAX_CELLS, MAX_COLUMNS, MAX_ROWS, Sheet, shown

LIMITS = {
    "memory": 3 * 2**29,  # bytes of address space; a small table needs a tenth of it
    "seconds": 30,
    "unzipped": 256 * 2**20,
    "entries": 2_000,
    "rows": MAX_ROWS,
    "columns": MAX_COLUMNS,
    "cells": MAX_CELLS // 2,  # a cell costs more memory there than in a text file
    "letters": 20_000_000,
}

_WORKER = Path(__file__).with_name("workbook_worker.py")
_PACKAGES = {"workbook": ("python_calamine",), "parquet": ("pyarrow", "numpy")}
# Threads and memory pools reserve address space, which is capped.
_FRUGAL = {
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "ARROW_DEFAULT_MEMORY_POOL": "system",
}
_WORDS = {"workbook": "workbook", "parquet": "Parquet file"}


def read_contained(
    kind: str, data: bytes, file: str, sheet: str | None = None, *, limits: dict | None = None
) -> Sheet:
    """Parse a workbook or Parquet file where it cannot bring the program down.

    Parameters
    ----------
    kind : {"workbook", "parquet"}
    data : bytes
        The file's content; what is parsed is exactly what was hashed.
    file : str
        The file's name, for messages.
    sheet : str, optional
        By default the only visible one that is a table.
    limits : dict, optional
        Entries of `LIMITS` to change.

    Raises
    ------
    InputError
        Where the file is damaged, encrypted, too large, or has no such sheet.
    """
    limits = {**LIMITS, **(limits or {})}
    request = {"kind": kind, "sheet": sheet, "limits": limits, "packages": _folders_of(kind, file)}
    answer = _ask_worker(json.dumps(request), data, limits["seconds"])
    if "refused" in answer:
        raise InputError(f"{file} {answer['refused']}")
    if "exhausted" in answer:
        raise InputError(
            f"{file}: parsing it took more than {limits['memory'] / 2**30:.1f} GiB of memory or "
            f"{limits['seconds']} s, or broke the parser; it is damaged or no table: "
            "save the table alone as .csv"
        )
    if "damaged" in answer:
        raise InputError(
            f"{file}: damaged, or no {_WORDS[kind]} ({answer['damaged']}); "
            "open it in a spreadsheet program and save it again, or copy it again"
        )
    if kind == "workbook" and answer["sheet"] is None:
        raise InputError(_no_such_sheet(file, sheet, answer["sheets"]))
    tables = answer.get("tables", [])
    if len(tables) > 1:
        names = ", ".join(map(shown, tables))
        raise InputError(
            f"{file}: several sheets look like tables: {names}; name the one to read (--sheet)"
        )
    others = answer.get("others")
    remark = f"sheet {shown(answer['sheet'])} is read, of {len(answer['sheets'])} sheets"
    return Sheet(file, answer["sheet"], answer["rows"], remarks=(remark,) if others else ())


def _folders_of(kind: str, file: str) -> list[str]:
    """Return the folders to import the parser from: the child sees no site-packages itself."""
    specs = {package: find_spec(package) for package in _PACKAGES[kind]}
    if kind == "parquet" and specs["pyarrow"] is None:
        raise InputError(
            f"{file}: reading .parquet needs pyarrow, which is not installed: "
            "pip install 'clusteract[parquet]', or save the table as .csv"
        )
    folders = [str(Path(s.origin).parents[1]) for s in specs.values() if s and s.origin]
    return list(dict.fromkeys(folders))


def _ask_worker(request: str, data: bytes, seconds: int) -> dict:
    command = [sys.executable, "-I", "-S", str(_WORKER), request]
    environment = {**os.environ, **_FRUGAL}
    try:
        child = subprocess.run(
            command, input=data, capture_output=True, timeout=seconds, env=environment, check=False
        )
    except subprocess.TimeoutExpired:
        return {"exhausted": "time"}
    try:
        return json.loads(child.stdout)
    except ValueError:  # it died: out of memory, out of time, or a crash in the parser
        return {"exhausted": f"exit {child.returncode}"}


def _no_such_sheet(file: str, sheet: str | None, sheets: list[str]) -> str:
    if sheet is None:
        return f"{file} has no sheet at all; save the table again as .xlsx or .csv"
    return f"{file} has no sheet {shown(sheet)}; {close_matches(sheet, sheets)}"
