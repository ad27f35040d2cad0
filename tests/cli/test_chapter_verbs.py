"""The verbs that make one chapter: output, exit codes, words for what is wrong."""

import json

import pytest

from clusteract.chemistry.synthetic import make_synthetic_table
from clusteract.cli.main import VERBS, WRONG_INPUT, WRONG_USAGE, run

MINE = ("select", "pairwise", "transfer", "explain")


@pytest.fixture(scope="module")
def csv(tmp_path_factory):
    table = make_synthetic_table(24, seed=1)
    table = table.with_descriptors(table.descriptors[:, :3], table.descriptor_names[:3])
    path = tmp_path_factory.mktemp("tables") / "small.csv"
    table.to_frame().to_csv(path, index=False)
    return str(path)


@pytest.mark.parametrize("verb", MINE)
def test_every_verb_has_help(verb, capsys):
    assert verb in VERBS
    assert run([verb, "--help"]) == 0
    assert "Usage: clusteract" in capsys.readouterr().out


def test_pairwise_prints_its_tables_and_its_summary(csv, tmp_path, capsys):
    command = [
        "pairwise",
        csv,
        "--target",
        "lg(k1)",
        "--recipes",
        "pair-linear,rfr-kbest",
        "--folds",
        "3",
    ]
    command += ["--jobs", "1", "--out", str(tmp_path / "run")]
    assert run(command) == 0
    assert "both unseen" in capsys.readouterr().out
    assert run([*command, "--json"]) == 0
    summary = json.loads(capsys.readouterr().out)
    assert set(summary["chapters"]["pairwise"]) == {"pair-linear", "rfr-kbest"}


@pytest.mark.parametrize(
    ("args", "code", "words"),
    [
        (["pairwise", "CSV", "--recipes", "pair-lin"], WRONG_INPUT, "did you mean pair-linear"),
        (["explain", "CSV", "--recipes", "rfr-kbes"], WRONG_INPUT, "did you mean rfr-kbest"),
        (
            ["transfer", "CSV", "CSV", "--recipes", "gp-aditive"],
            WRONG_INPUT,
            "did you mean gp-additive",
        ),
        (["select", "CSV", "--keep", "0"], WRONG_USAGE, "--keep"),
        (
            ["select", "CSV", "--keep", "2", "--folds", "20"],
            WRONG_INPUT,
            "are too few for 20 outer",
        ),
        (["pairwise", "CSV", "--folds", "20"], WRONG_INPUT, "are too few for 20 outer"),
        (["select", "nowhere.csv"], WRONG_INPUT, "nowhere.csv"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(args, code, words, csv, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    args = [csv if a == "CSV" else a for a in args]
    assert run(args) == code
    error = capsys.readouterr().err
    assert words in error
    assert "Traceback" not in error
    assert not list(tmp_path.iterdir())
