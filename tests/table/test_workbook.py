"""Hostile and damaged workbooks: none of them brings the program down."""

import io
import math
import subprocess
import sys
import zipfile

import numpy as np
import pandas as pd
import pytest
from handmade import FAR, GOOD, MAIN, make_workbook, number, text

from clusteract.errors import InputError
from clusteract.table import workbook
from clusteract.table.workbook import read_contained


def read(data, **options):
    return read_contained("workbook", data, "t.xlsx", **options)


@pytest.mark.parametrize("target", ["worksheets/sheet1.xml", "/xl/worksheets/sheet1.xml"])
def test_hand_made_workbook_is_read(target):
    sheet = read(make_workbook(target=target))
    assert sheet.name == "A & B"
    assert sheet.rows == [["c", "y", "x"], ["FeS-", 1.0, 2.0]]


def test_cells_that_are_no_plain_numbers():
    rows = GOOD + (
        f'<row r="3"><c t="e"><v>#DIV/0!</v></c><c t="b"><v>1</v></c>{number("1e999")}</row>'
    )
    assert read(make_workbook(rows)).rows[2] == [None, True, math.inf]


@pytest.mark.parametrize(
    "far",
    [FAR, FAR.replace('"', "'"), FAR.replace("XFD", "&#88;FD"), FAR.replace("<c ", '<c a=">" ')],
)
def test_far_cell_is_refused_before_its_rectangle_is_made(far):
    with pytest.raises(
        InputError, match=r"t.xlsx has cells out to row 1,048,576 and column .*most"
    ):
        read(make_workbook(GOOD + far))


def test_far_cells_that_are_only_styled_do_no_harm():
    far = FAR.replace("><v>1</v></c>", ' s="1"/>')
    declared = '<dimension ref="A1:XFD1048576"/>'
    assert len(read(make_workbook(GOOD + far, dimension=declared)).rows) == 2


def test_a_parser_that_aborts_does_not_take_the_program_with_it():
    unchecked = {"rows": 2**40, "columns": 2**40, "cells": 2**60}
    with pytest.raises(InputError, match=r"t.xlsx: parsing it took more than 1.5 GiB of memory or"):
        read(make_workbook(GOOD + FAR), limits=unchecked)


@pytest.mark.skipif(sys.platform != "linux", reason="memory is capped on Linux only")
def test_memory_is_capped():
    rows = ("<row>" + 20 * '<c t="s"><v>0</v></c>' + "</row>") * 1000
    strings = f'<sst xmlns="{MAIN}"><si><t>{"a" * 30_000}</t></si></sst>'
    with pytest.raises(InputError, match=r"more than 0.2 GiB of memory or 30 s, or broke the pars"):
        read(make_workbook(rows, sharedStrings=strings), limits={"memory": 2**28})


def test_time_is_capped(monkeypatch, tmp_path):
    worker = tmp_path / "worker.py"
    worker.write_text("import time\ntime.sleep(60)\n")
    monkeypatch.setattr(workbook, "_WORKER", worker)
    with pytest.raises(InputError, match=r"or 1 s, or broke the parser"):
        read(make_workbook(), limits={"seconds": 1})


def test_worker_that_dies_is_told(monkeypatch, tmp_path):
    worker = tmp_path / "worker.py"
    worker.write_text("import os\nos.abort()\n")
    monkeypatch.setattr(workbook, "_WORKER", worker)
    with pytest.raises(InputError, match=r"broke the parser; it is damaged or no table"):
        read(make_workbook())


def test_zip_bomb_is_refused_unopened():
    with pytest.raises(InputError, match=r"t.xlsx unzips to 8 MiB in 5 parts; at most 4 MiB"):
        read(make_workbook(bomb="0" * 2**23), limits={"unzipped": 2**22})


def test_many_parts_are_refused():
    stream = io.BytesIO(make_workbook())
    with zipfile.ZipFile(stream, "a") as archive:
        for i in range(3000):
            archive.writestr(f"docProps/a-part-with-a-rather-long-name-{i}", "")
    with pytest.raises(InputError, match=r"in 3,004 parts; at most|over 2,000 parts inside"):
        read(stream.getvalue())


def test_billion_laughs_are_not_laughed():
    entities = '<!ENTITY a0 "lol">' + "".join(
        f'<!ENTITY a{i} "{f"&a{i - 1};" * 10}">' for i in range(1, 12)
    )
    rows = f'<row r="1">{text("&a11;")}</row>'
    with pytest.raises(InputError, match=r"t.xlsx: damaged, or no workbook \(XmlError: .*entity"):
        read(make_workbook(rows, doctype=f"<!DOCTYPE x [{entities}]>"))


@pytest.mark.parametrize("kept", [100, 700, -1])
def test_truncated_workbook_is_damaged(kept):
    with pytest.raises(InputError, match=r"t.xlsx.* damaged.*(copy|save)"):
        read(make_workbook()[:kept])


def test_every_flipped_block_is_a_clear_error_or_a_sheet():
    data = make_workbook()
    for start in range(0, len(data) - 64, 151):
        spoiled = data[:start] + bytes(64) + data[start + 64 :]
        try:
            outcome = read(spoiled).file
        except InputError as problem:
            outcome = str(problem)
        assert outcome.startswith("t.xlsx")


def test_zip_that_is_no_workbook():
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("a.txt", "hello")
    with pytest.raises(InputError, match=r"t.xlsx is a ZIP archive, but no .xlsx workbook"):
        read(stream.getvalue())


def test_sheet_whose_part_is_missing():
    with pytest.raises(InputError, match=r"damaged, or no workbook \(WorksheetNotFound"):
        read(make_workbook(target="worksheets/sheet9.xml"))


def test_endless_text_is_refused():
    rows = "".join(f"<row>{text('a' * 200) * 20}</row>" for _ in range(50))
    with pytest.raises(InputError, match=r"t.xlsx holds over 9,999 letters of text"):
        read(make_workbook(rows), limits={"letters": 9_999})


def test_worker_never_imports_the_program():
    code = (
        f"import runpy, sys; runpy.run_path({str(workbook._WORKER)!r}, run_name='worker');"
        "print([m for m in sys.modules if m.split('.')[0] in ('clusteract', 'numpy', 'pandas')])"
    )
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", code], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


# --- Parquet -----------------------------------------------------------------------------------


def parquet(frame, **options):
    stream = io.BytesIO()
    frame.to_parquet(stream, **options)
    return stream.getvalue()


def read_parquet(data, **options):
    return read_contained("parquet", data, "t.parquet", **options)


FRAME = pd.DataFrame({"c": ["FeS-", "Fe2S-"], "y": [-1.0, -2.0], "x": [1, None]})


@pytest.mark.parametrize("frame", [FRAME, FRAME.set_index("c"), FRAME.set_axis([7, 9])])
def test_index_of_pandas_is_names_or_nothing(frame):
    assert read_parquet(parquet(frame)).rows == [
        ["c", "y", "x"],
        ["FeS-", -1.0, 1.0],
        ["Fe2S-", -2.0, None],
    ]


@pytest.mark.parametrize("shape", [(100_001, 1), (2, 2_001)])
def test_parquet_is_capped_by_its_own_metadata(shape):
    frame = pd.DataFrame(np.zeros(shape)).set_axis([f"c{i}" for i in range(shape[1])], axis=1)
    with pytest.raises(InputError, match=rf"t.parquet holds {shape[0]:,} rows x {shape[1]:,} col"):
        read_parquet(parquet(frame))


def test_parquet_that_unpacks_to_much_is_refused():
    data = parquet(pd.DataFrame({"c": [f"{i:0100d}" for i in range(2000)]}))
    with pytest.raises(InputError, match=r"t.parquet unpacks to \d+ MiB: keep the needed columns"):
        read_parquet(data, limits={"unzipped": 1000})


def test_damaged_parquet_is_one_line():
    data = parquet(FRAME)
    for spoiled in (data[:-200], data[:60] + b"\xff" * 60 + data[120:]):
        with pytest.raises(InputError, match=r"t.parquet: damaged, or no Parquet file") as error:
            read_parquet(spoiled)
        assert "\n" not in str(error.value)
