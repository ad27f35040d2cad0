"""Figures of a study, one file per figure, worth putting in a paper."""

from clusteract.plots.border import border_figure
from clusteract.plots.calibration import calibration
from clusteract.plots.descriptor_sheet import correlations, descriptor_sheet
from clusteract.plots.drawing import Drawing, FigureFile, save_drawing, save_figure
from clusteract.plots.learning_curves import learning_curves
from clusteract.plots.parity import parity
from clusteract.plots.recipe_comparison import recipe_comparison
from clusteract.plots.registry import draw_all, figure, list_figures
from clusteract.plots.selection_frequency import selection_frequency

__all__ = [
    "Drawing",
    "FigureFile",
    "border_figure",
    "calibration",
    "correlations",
    "descriptor_sheet",
    "draw_all",
    "figure",
    "learning_curves",
    "list_figures",
    "parity",
    "recipe_comparison",
    "save_drawing",
    "save_figure",
    "selection_frequency",
]
