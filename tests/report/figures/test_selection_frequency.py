from dataclasses import replace

import numpy as np
from matplotlib.colors import to_hex

from clusteract.report.figures import selection_frequency
from clusteract.report.figures.selection_frequency import selection_figures
from clusteract.report.figures.style import LEVEL_COLOURS


def with_selected(result, selected):
    recipes = {
        name: replace(r, folds=tuple(replace(f, selected=selected) for f in r.folds))
        for name, r in result.recipes.items()
    }
    return replace(result, recipes=recipes)


def test_bars_are_the_shares_of_folds_in_the_colour_of_the_level(result):
    axes = selection_frequency(result).figure.axes[0]
    names = [label.get_text() for label in axes.get_yticklabels()]
    shares = result.recipes["ridge"].selection_frequency(names)
    assert np.allclose([bar.get_width() for bar in axes.patches], 100 * shares)
    colours = [to_hex(bar.get_facecolor()) for bar in axes.patches]
    assert colours == [LEVEL_COLOURS[int(name[0])] for name in names]


def test_caption_names_what_every_fold_kept(result):
    drawing = selection_frequency(with_selected(result, ("3_μ", "1_Qmin")))
    assert "Kept in every fold by every recipe: 3_μ and 1_Qmin." in drawing.caption
    assert "22 descriptors never kept." in drawing.caption


def test_nothing_is_drawn_where_nothing_is_selected(result):
    for selected in ((), result.table.descriptor_names):
        assert list(selection_figures(with_selected(result, selected))) == []
