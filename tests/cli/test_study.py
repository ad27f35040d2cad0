"""``clusteract study``: what is refused, before anything is written."""

import json

import pytest

from clusteract.chemistry.synthetic import make_synthetic_table
from clusteract.cli.main import run

ROWS = 40


@pytest.fixture
def frame():
    return make_synthetic_table(ROWS, seed=1).to_frame()


@pytest.fixture
def study(tmp_path, capsys):
    """Run a study of one recipe on a frame; return its exit code, its stderr and its folder."""

    def study(frame, *args, name="table.csv"):
        path, out = tmp_path / name, tmp_path / "run"
        frame.to_csv(path, index=False)
        options = ["--data", path, "--recipes", "svr-rbf-kbest", "--out", out, "--jobs", "1"]
        code = run([str(a) for a in ("study", "compare", *options, *args)])
        return code, capsys.readouterr().err, out

    return study


def one_line(err):
    """Return stderr's only line."""
    (line,) = err.splitlines()
    return line


@pytest.mark.parametrize(
    ("spoil", "args", "message"),
    [
        (lambda f: f.iloc[:1], (), "row 2 (the header is row 1) is the only one"),
        (lambda f: f.iloc[:0], (), "no rows"),
        (lambda f: f.iloc[:12], (), "12 rows are too few for 10 outer folds"),
        (lambda f: f.iloc[:, :1], (), "column"),
        (lambda f: f.assign(**{"3_μ": ["high"] + [1.0] * (ROWS - 1)}), (), "'high'"),
        (lambda f: f.assign(**{"3_μ": ["inf"] + [1.0] * (ROWS - 1)}), (), "inf"),
        (lambda f: f.assign(**{"lg(k1)": [None] + [1.0] * (ROWS - 1)}), (), "lg(k1)"),
        (lambda f: f.assign(**{"lg(k1)": -12.0}), (), "the target is -12 in every row"),
        (lambda f: f, ("--target", "lg(k2)"), "did you mean lg(k1)"),
        (lambda f: f, ("--descriptors", "3_α:3_nonsense"), "3_nonsense"),
        (lambda f: f, ("--descriptors", "lg(k1):3_α"), "lg(k1)"),
        (lambda f: f, ("--recipes", "rfr-ref"), "unknown recipe 'rfr-ref'; did you mean rfr-rfe"),
        (lambda f: f, ("--seed", "-4"), "seed is -4"),
        (lambda f: f, ("--jobs", "0"), "jobs: 0"),
        (lambda f: f, ("--leave-out", "metals"), "--leave-out is 'metals'; did you mean metal"),
        (lambda f: f, ("--groups", "material"), "no column 'material' for the groups"),
        (
            lambda f: f.assign(Clusters=[f"no {i}" for i in range(ROWS)]),
            ("--leave-out", "metal"),
            "'metal' can't be left out: it is no descriptor and not the column of the groups",
        ),
    ],
)
def test_bad_input_is_one_clear_line_and_nothing_is_written(study, frame, spoil, args, message):
    code, err, out = study(spoil(frame), *args)
    assert code == 1
    assert message in one_line(err)
    assert not out.exists()


def test_columns_named_twice_are_refused(study, frame):
    twice = frame.set_axis([*frame.columns[:-1], frame.columns[2]], axis=1)
    code, err, _ = study(twice)
    assert code == 1
    assert repr(str(frame.columns[2])) in one_line(err)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("studdy",), "unknown preset 'studdy'; did you mean study"),
        (("compare", "--data", "nowhere.xlsx"), "nowhere.xlsx"),
        (("compare", "--data", "."), "folder"),
        (("nowhere.toml",), "no such study file"),
    ],
)
def test_what_is_not_there_is_told(capsys, tmp_path, monkeypatch, arguments, message):
    monkeypatch.chdir(tmp_path)
    assert run(["study", *arguments]) == 1
    assert message in one_line(capsys.readouterr().err)
    assert list(tmp_path.iterdir()) == []


def test_a_run_folder_with_other_things_in_it_is_left_alone(study, frame, tmp_path):
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "thesis.docx").write_text("years of work")
    code, err, out = study(frame)
    assert code == 1
    assert "holds other files and no run" in one_line(err)
    assert [p.name for p in out.iterdir()] == ["thesis.docx"]


def test_a_file_in_place_of_the_run_folder_is_told(study, frame, tmp_path):
    (tmp_path / "run").write_text("a file")
    code, err, _ = study(frame)
    assert code == 1
    assert "is a file; give a folder for the run" in one_line(err)


def test_a_folder_that_cannot_be_made_is_told(study, frame, tmp_path):
    (tmp_path / "file").write_text("")
    code, err, _ = study(frame, "--out", tmp_path / "file" / "run")
    assert code == 1
    assert "cannot be written" in one_line(err)


def test_another_table_than_the_studys_is_refused(capsys, tmp_path, frame):
    frame.to_csv(tmp_path / "table.csv", index=False)
    (tmp_path / "study.toml").write_text(
        f'recipes = ["rfr-rfe"]\n[data]\ntable = "{tmp_path}/table.csv"\nsha256 = "{"0" * 64}"\n'
    )
    assert run(["study", str(tmp_path / "study.toml")]) == 1
    assert "the table is not the one of this study" in one_line(capsys.readouterr().err)


def test_groups_are_kept_together_and_columns_are_left_out(study, frame):
    lab = frame.assign(lab=[f"lab {i % 3}" for i in range(len(frame))])
    code, err, out = study(lab, "--leave-out", "lab")
    assert code == 0, err
    summary = json.loads((out / "summary.json").read_text(encoding="utf-8"))
    assert summary["settings"]["left_out"] == ["lab 0", "lab 1", "lab 2"]
    assert "one lab left out" in (out / "report.html").read_text(encoding="utf-8")
    assert summary["random_split"] is None
    pairs = frame.assign(material=[f"m{i // 2}" for i in range(len(frame))])
    code, err, out = study(pairs, "--groups", "material", "--fresh")
    assert code == 0, err
    summary = json.loads((out / "summary.json").read_text(encoding="utf-8"))
    assert summary["settings"]["groups"] == len(frame) // 2
    assert summary["random_split"]["test"]["rmse_mean"] > 0
    assert "a random split would have claimed" in (out / "report.html").read_text(encoding="utf-8")
