"""Which clusters of a table a model was trained on."""

from __future__ import annotations

from typing import Any

import numpy as np

from clusteract.chemistry.formula import Formula
from clusteract.table import Table


def in_training(training: Table, table: Table) -> np.ndarray:
    """Tell which clusters are training clusters, by formula where there is one, (n_rows,).

    Parameters
    ----------
    training, table : Table
    """
    trained = {_key(f, n) for f, n in zip(training.formulas, training.names, strict=True)}
    pairs = zip(table.formulas, table.names, strict=True)
    return np.array([_key(f, n) in trained for f, n in pairs], dtype=bool)


def _key(formula: Formula | None, name: str) -> Any:
    if formula is None:
        return name
    atoms = frozenset(formula.elements.items())
    return atoms, formula.charge, formula.isomer, formula.multiplicity
