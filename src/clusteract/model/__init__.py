"""Models kept and used: fitted on all rows, saved without pickle, predicting new clusters."""

from clusteract.model.columns import ColumnDiff, ColumnMismatch
from clusteract.model.fitting import fit_best, fit_model
from clusteract.model.predicting import Predictions, predict
from clusteract.model.saved_model import HonestScore, SavedModel, TrainingData
from clusteract.model.saving import load_model, save_model

__all__ = [
    "ColumnDiff",
    "ColumnMismatch",
    "HonestScore",
    "Predictions",
    "SavedModel",
    "TrainingData",
    "fit_best",
    "fit_model",
    "load_model",
    "predict",
    "save_model",
]
