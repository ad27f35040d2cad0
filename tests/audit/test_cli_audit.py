import json

import pytest

from clusteract.audit import audit, rule_summaries
from clusteract.cli.main import run


@pytest.fixture
def spoiled(tmp_path, clean, put):
    path = tmp_path / "t.csv"
    put(clean, {(4, "3_EA"): 88.0}).to_frame().to_csv(path, index=False)
    return path


def test_prints_the_story(capsys, spoiled):
    assert run(["audit", str(spoiled)]) == 0
    out = capsys.readouterr().out
    assert "1 wrong cell (1 cause)" in out
    assert "row 4: 3_EA" in out
    assert "--repair mends it" in out


def test_it_says_how_rows_are_counted_and_which_cells_are_empty(capsys, tmp_path, clean, put):
    path = tmp_path / "t.csv"
    put(clean, {(4, "3_α"): None}).to_frame().to_csv(path, index=False)
    assert run(["audit", str(path)]) == 0
    out = capsys.readouterr().out
    assert f"row 4 ({clean.names[4]}): no 3_α" in out
    assert "rows count from 0, the first one below the header" in out


def test_any_table_is_read_by_its_own_columns(capsys, tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("yield,what,T,pH\n" + "".join(f"{i / 7},w{i},1,{i**2}\n" for i in range(9)))
    assert run(["audit", str(path)]) == 0
    assert "'what' is text with 9 different values: left out" in capsys.readouterr().err
    assert run(["audit", str(path), "--name", "what", "--target", "yield"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("audit of t: 1 warning in 9 rows\n  warning  T: the same value")
    assert "rows count" not in out


def test_json_has_what_was_agreed(capsys, spoiled):
    assert run(["audit", str(spoiled), "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert {"table", "sha256", "n_rows", "findings"} <= set(document)
    finding = document["findings"][0]
    agreed = {"rule", "severity", "rows", "clusters", "columns", "message", "expected", "repair"}
    assert agreed <= set(finding)
    assert (finding["rows"], finding["columns"]) == ([4], ["3_EA"])
    assert finding["repair"] == "recomputed"


def test_strict_fails_on_an_error(capsys, spoiled):
    assert run(["audit", str(spoiled), "--strict"]) == 1
    assert "1 cells that cannot be true (--strict)" in capsys.readouterr().err


def test_strict_passes_a_clean_table(tmp_path, clean):
    path = tmp_path / "clean.csv"
    clean.to_frame().to_csv(path, index=False)
    assert run(["audit", str(path), "--strict"]) == 0


def test_repair_writes_a_copy(capsys, tmp_path, spoiled):
    out = tmp_path / "mended.csv"
    before = spoiled.read_bytes()
    assert run(["audit", str(spoiled), "--repair", str(out)]) == 0
    assert "1 changes, each in the log" in capsys.readouterr().err
    assert spoiled.read_bytes() == before
    assert run(["audit", str(out), "--strict"]) == 0


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["nothing.csv"], 1, "nothing.csv"),
        (["--repair", "SAME"], 1, "is the audited table"),
        (["--set-missing"], 2, "--set-missing goes with --repair"),
    ],
)
def test_wrong_requests(capsys, spoiled, arguments, code, message):
    arguments = [str(spoiled) if a == "SAME" else a for a in arguments]
    table = [] if arguments[0].endswith(".csv") else [str(spoiled)]
    assert run(["audit", *table, *arguments]) == code
    assert message in capsys.readouterr().err


def test_every_rule_has_a_summary(clean):
    summaries = rule_summaries("clusters")
    assert all(summaries.values())
    assert len(summaries) > 30
    assert audit(clean).skipped == {}
