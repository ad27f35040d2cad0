"""Which rows of a table a model was trained on."""

from __future__ import annotations

import numpy as np

from clusteract.table import Table


def in_training(training: Table, table: Table) -> np.ndarray:
    """Tell which rows are training rows, by what the domain takes for the same, (n_rows,).

    Parameters
    ----------
    training, table : Table
    """
    identity = training.domain.identity
    trained = set(identity(training))
    return np.array([key in trained for key in identity(table)], dtype=bool)
