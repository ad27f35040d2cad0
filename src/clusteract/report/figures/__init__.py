"""Figures of a study, one file per figure, worth putting in a paper."""

from clusteract.report.figures.applicability import applicability_figure
from clusteract.report.figures.calibration import calibration
from clusteract.report.figures.descriptor_sheet import correlations, descriptor_sheet
from clusteract.report.figures.drawing import Drawing, FigureFile, save_drawing, save_figure
from clusteract.report.figures.learning_curves import learning_curves
from clusteract.report.figures.parity import parity
from clusteract.report.figures.recipe_comparison import recipe_comparison
from clusteract.report.figures.registry import drawings_by_chapter, figure, list_figures
from clusteract.report.figures.selection_frequency import selection_frequency

__all__ = [
    "Drawing",
    "FigureFile",
    "applicability_figure",
    "calibration",
    "correlations",
    "descriptor_sheet",
    "drawings_by_chapter",
    "figure",
    "learning_curves",
    "list_figures",
    "parity",
    "recipe_comparison",
    "save_drawing",
    "save_figure",
    "selection_frequency",
]
