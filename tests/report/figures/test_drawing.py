import matplotlib
import pytest
from matplotlib.image import imread

from clusteract.errors import InputError
from clusteract.report.figures import descriptor_sheet, parity, save_drawing
from clusteract.report.figures.drawing import PNG_DPI, safe_stem
from clusteract.report.figures.style import COLUMN
from clusteract.table import Table


def test_same_result_gives_the_same_bytes_whatever_the_users_settings(result, tmp_path):
    first = save_drawing(parity(result, "ridge"), tmp_path / "a")
    with matplotlib.rc_context({"font.size": 20, "svg.hashsalt": "x", "axes.grid": True}):
        second = save_drawing(parity(result, "ridge"), tmp_path / "b")
    assert first.png.read_bytes() == second.png.read_bytes()
    assert first.svg.read_bytes() == second.svg.read_bytes()
    assert b"<dc:date>" not in first.svg.read_bytes()


def test_png_is_fine_enough_for_print(result, tmp_path):
    file = save_drawing(parity(result, "ridge"), tmp_path)
    assert PNG_DPI >= 200
    assert imread(file.png).shape[1] == round(COLUMN * PNG_DPI)


def test_users_settings_are_left_alone(result):
    before = dict(matplotlib.rcParams)
    parity(result, "ridge")
    assert dict(matplotlib.rcParams) == before


def test_name_in_another_script_and_dollar_signs_are_drawn(tmp_path):
    import pandas as pd

    frame = pd.DataFrame({"c": ["a", "b", "c"], "y": [1.0, 2, 4], "$\\frac 簇": [1.0, 3, 2]})
    sheet = descriptor_sheet(Table.from_frame(frame, target="y"))
    assert save_drawing(sheet, tmp_path).svg.stat().st_size > 1000


def test_unwritable_folder_is_named(result, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match=r"file.*cannot be written"):
        save_drawing(parity(result, "ridge"), tmp_path / "file")


@pytest.mark.parametrize("name", ["../up", "a/b", "..", ".hidden", "con\0", ""])
def test_names_stay_inside_their_folder(name, tmp_path):
    stem = safe_stem(name)
    assert (tmp_path / stem).resolve().parent == tmp_path.resolve()
    assert not stem.startswith(".")
