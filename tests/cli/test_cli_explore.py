import json

import pytest

from clusteract.cli.main import run


def test_explore_prints_the_overview_and_draws_the_sheet(tmp_path, capsys):
    assert run(["explore", "synthetic", "--out", str(tmp_path / "x")]) == 0
    printed = capsys.readouterr().out
    assert "synthetic (SYNTHETIC): 159 clusters" in printed
    written = {path.name for path in (tmp_path / "x").iterdir()}
    assert written == {"descriptors.png", "descriptors.svg", "overview.json"}


def test_json_is_one_document_on_stdout(tmp_path, capsys):
    assert run(["explore", "synthetic", "--json", "--out", str(tmp_path)]) == 0
    assert json.loads(capsys.readouterr().out)["data"]["n_descriptors"] == 24


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["no-such-table"], "No file or dataset 'no-such-table'"),
        (["synthetic", "--out", "{file}"], "cannot be written"),
    ],
)
def test_a_wrong_request_is_one_line_and_exit_code_1(arguments, message, tmp_path, capsys):
    (tmp_path / "file").write_text("")
    filled = [a.format(file=tmp_path / "file") for a in arguments]
    assert run(["explore", *filled]) == 1
    error = capsys.readouterr().err
    assert message in error
    assert error.count("\n") == 1
