"""The worker's own pieces, called here instead of in a child process."""

import datetime
import io
import json
import zipfile

import pandas as pd
import pytest
from handmade import FAR, GOOD, make_workbook

from clusteract.table import workbook_worker as worker
from clusteract.table.workbook import LIMITS


def request(**changes):
    return {"sheet": None, "limits": LIMITS, **changes}


def answer_of(monkeypatch, capsys, kind, data):
    """Run the worker's main here, without its limits: they would bind the tests too."""
    asked = json.dumps(request(kind=kind, packages=[]))
    monkeypatch.setattr(worker.sys, "argv", ["worker", asked])
    stdin = type("Stdin", (), {"buffer": io.BytesIO(data)})
    monkeypatch.setattr(worker.sys, "stdin", stdin)
    monkeypatch.setattr(worker, "hold_to_limits", lambda limits: None)
    worker.main()
    return json.loads(capsys.readouterr().out)


def test_answer_is_json(monkeypatch, capsys):
    answer = answer_of(monkeypatch, capsys, "workbook", make_workbook())
    assert answer["sheets"] == ["A & B"]
    assert answer["rows"] == [["c", "y", "x"], ["FeS-", 1.0, 2.0]]


@pytest.mark.parametrize(
    ("data", "kind"), [(make_workbook(GOOD + FAR), "refused"), (b"PK\5\6" + bytes(18), "refused")]
)
def test_refusals_are_answers(monkeypatch, capsys, data, kind):
    assert list(answer_of(monkeypatch, capsys, "workbook", data)) == [kind]


def test_damage_and_exhaustion_are_answers(monkeypatch, capsys):
    assert list(answer_of(monkeypatch, capsys, "parquet", b"PAR1" * 20)) == ["damaged"]

    def exhaust(data, request):
        raise MemoryError

    monkeypatch.setitem(worker.READERS, "parquet", exhaust)
    assert answer_of(monkeypatch, capsys, "parquet", b"") == {"exhausted": "memory"}


def test_limits_are_set_where_the_system_can(monkeypatch):
    resource = pytest.importorskip("resource")
    asked = {}
    monkeypatch.setattr(resource, "setrlimit", lambda which, cap: asked.update({which: cap}))
    worker.hold_to_limits(LIMITS)
    assert asked[resource.RLIMIT_AS] == (LIMITS["memory"], LIMITS["memory"])
    assert asked[resource.RLIMIT_CPU][0] == LIMITS["seconds"]

    def refuse(which, cap):
        raise ValueError("not on this system")

    monkeypatch.setattr(resource, "setrlimit", refuse)
    worker.hold_to_limits(LIMITS)  # goes on without


def test_unknown_sheet_answers_with_the_known_ones():
    answer = worker.read_workbook(make_workbook(), request(sheet="Nope"))
    assert answer == {"sheets": ["A & B"], "sheet": None, "rows": []}


@pytest.mark.parametrize(
    ("xml", "expected"),
    [
        (b'<row r="3"><c r="B3"><v>1</v></c><c><v>2</v></c></row>', (3, 3)),
        (b"<row><c><v>1</v></c></row><row><c><v>1</v></c><c><v>1</v></c></row>", (2, 2)),
        (b'<row r="9"/><row r="10"><c r="Z10" s="1"/></row>', (0, 0)),
        (b"<x:row r='2'><x:c r='AA2'><x:v>1</x:v></x:c></x:row>", (2, 27)),
        (b'<cols><col min="1"/></cols><row><c r="A1"><v>1</v></c></row>', (1, 1)),
    ],
)
def test_extent_is_where_the_last_value_stands(xml, expected):
    assert worker.extent(xml, max_cells=100) == expected


def test_counting_cells_stops_at_the_cap():
    xml = b"<row>" + b"<c><v>1</v></c>" * 50
    assert worker.extent(xml, max_cells=10) == (1, 11)


def test_every_part_is_checked_where_the_sheet_is_hidden():
    with zipfile.ZipFile(io.BytesIO(make_workbook(target="elsewhere.xml"))) as archive:
        assert worker.sheet_parts(archive, 0) == sorted(archive.namelist())
    with zipfile.ZipFile(io.BytesIO(make_workbook())) as archive:
        assert worker.sheet_parts(archive, 0) == ["xl/worksheets/sheet1.xml"]


def test_parquet_in_order():
    stream = io.BytesIO()
    frame = pd.DataFrame({"y": [1.0], "when": [datetime.date(2020, 1, 2)], "c": ["FeS-"]})
    frame.set_index("c").to_parquet(stream)
    answer = worker.read_parquet(stream.getvalue(), request())
    assert answer["rows"] == [["c", "y", "when"], ["FeS-", 1.0, "2020-01-02"]]


def test_long_texts_are_cut():
    assert worker.plain([["a" * 5000, "", None, 1.5]], LIMITS) == [["a" * 300, None, None, 1.5]]
