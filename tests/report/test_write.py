import pytest

from clusteract.errors import InputError
from clusteract.report import write_report


def test_figures_and_page_are_written_with_what_the_run_kept(result, tmp_path):
    extras = {
        "study": {"versions": {"python": "3.99"}},
        "audit": {"summary_line": "All is well.", "causes": []},
        "command": "clusteract study mine.toml",
    }
    short = write_report(result, tmp_path, extras)
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert all(text in page for text in ("3.99", "All is well.", "clusteract study mine.toml"))
    assert len(list((tmp_path / "figures").glob("*.svg"))) == 5
    assert short.sentences[0] in (tmp_path / "report.md").read_text(encoding="utf-8")


def test_a_folder_that_can_not_be_written_is_named(result, tmp_path):
    (tmp_path / "figures").write_text("in the way")
    with pytest.raises(InputError, match=r"figures.*cannot be written"):
        write_report(result, tmp_path)
