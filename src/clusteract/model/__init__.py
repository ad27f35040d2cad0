"""Models kept and used: fitted on all rows, saved without pickle, predicting new clusters."""

from clusteract.model.columns import ColumnDiff, ColumnMismatch
from clusteract.model.fitting import fit_best, fit_model
from clusteract.model.predicting import predict
from clusteract.model.predictions import Predictions
from clusteract.model.refit import saving_way
from clusteract.model.saved_model import HonestScore, SavedModel, TrainingData
from clusteract.model.saving import describe_file, load_model, save_model
from clusteract.model.screening import Screening, screen

__all__ = [
    "ColumnDiff",
    "ColumnMismatch",
    "HonestScore",
    "Predictions",
    "SavedModel",
    "Screening",
    "TrainingData",
    "describe_file",
    "fit_best",
    "fit_model",
    "load_model",
    "predict",
    "save_model",
    "saving_way",
    "screen",
]
